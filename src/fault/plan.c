#include "fault/plan.h"

#include "base/mem.h"
#include "fault/alias.h"
#include "fault/rule.h"
#include "fault/sequence.h"
#include "fault/words.h"
#include "json/yaml.h"

#include <stdlib.h>

/* A plan while it is read: the rules in native words, in memory that goes away afterwards. */
struct reading {
    struct fault_plan *plan;
    struct arena scratch;
    struct diags *diags;
    struct json_node *rules; /* an array; translated one by one */
};

static struct fault_plan *plan_new(void)
{
    enum { BLOCK_SIZE = 4096 };
    struct fault_plan *plan = mem_alloc_zero(sizeof *plan);
    atomic_init(&plan->references, 1);
    arena_init(&plan->arena, BLOCK_SIZE, NULL);
    map_init(&plan->selectors, &plan->arena);
    map_init(&plan->scenarios, &plan->arena);
    map_init(&plan->quotas, &plan->arena);
    return plan;
}

struct fault_plan *fault_plan_retain(struct fault_plan *plan)
{
    if (plan != NULL)
        atomic_fetch_add_explicit(&plan->references, 1, memory_order_relaxed);
    return plan;
}

void fault_plan_release(struct fault_plan *plan)
{
    if (plan == NULL || atomic_fetch_sub_explicit(&plan->references, 1, memory_order_acq_rel) > 1)
        return;
    for (struct plan_pattern *entry = plan->patterns; entry != NULL; entry = entry->next)
        pattern_free(entry->pattern);
    arena_clear(&plan->arena);
    free(plan);
}

/* --- collecting rules ------------------------------------------------------------ */

/* The list of that name, or NULL; an empty value (`faults:` with nothing behind) is no list. */
static const struct json_node *list_in(struct reading *reading, const struct json_node *root,
                                       const char *name)
{
    const struct json_node *list = json_member(root, name);
    if (list == NULL || json_is(list, JSON_NULL) || json_is(list, JSON_ARRAY))
        return json_is(list, JSON_ARRAY) ? list : NULL;
    char shown[WORDS_SHOWN_SIZE];
    words_show(list, shown);
    diag_error(reading->diags, json_place(list), "put a dash before each element, or use [ ]",
               "`%s` must be a list, not %s", name, shown);
    return NULL;
}

/* Rules without a name are called after their number. */
static void name_rule(struct reading *reading, struct json_node *rule, size_t number)
{
    if (!json_is(rule, JSON_OBJECT) || json_member(rule, "name") != NULL)
        return;
    const char *name = arena_printf(&reading->scratch, "rule %zu", number);
    struct json_node *text = json_new_string(&reading->scratch, str_from(name));
    text->source = rule->source;
    text->offset = rule->offset;
    json_set(&reading->scratch, rule, str_from("name"), text);
}

static void collect_faults(struct reading *reading, const struct json_node *list)
{
    size_t number = 1;
    for (const struct json_node *rule = json_first(list); rule != NULL; rule = json_next(rule)) {
        struct json_node *native = alias_translate(&reading->scratch, rule, reading->diags);
        name_rule(reading, native, number++);
        json_append(reading->rules, native);
    }
}

static void collect_sequences(struct reading *reading, const struct json_node *list)
{
    struct json_node *steps = json_new(&reading->scratch, JSON_ARRAY);
    for (const struct json_node *node = json_first(list); node != NULL; node = json_next(node))
        sequence_expand(&reading->scratch, node, reading->diags, steps);
    for (const struct json_node *rule = json_first(steps); rule != NULL; rule = json_next(rule))
        json_append(reading->rules, alias_translate(&reading->scratch, rule, reading->diags));
}

static void collect(struct reading *reading, const struct json_node *root)
{
    if (root == NULL || json_is(root, JSON_NULL))
        return;
    if (json_is(root, JSON_ARRAY)) {
        diag_error(reading->diags, json_place(root), "write faults: before the list",
                   "a fault plan is an object, not a list");
        return;
    }
    words_check(root, WORDS_PLAN, reading->diags);
    const struct json_node *faults = list_in(reading, root, "faults");
    const struct json_node *sequences = list_in(reading, root, "sequences");
    if (faults != NULL)
        collect_faults(reading, faults);
    if (sequences != NULL)
        collect_sequences(reading, sequences);
}

/* --- compiling them ---------------------------------------------------------------- */

static void check_names(struct reading *reading)
{
    struct fault_plan *plan = reading->plan;
    struct map names;
    map_init(&names, &reading->scratch);
    const struct json_node *node = json_first(reading->rules);
    for (size_t i = 0; i < plan->rule_count; i++, node = json_next(node)) {
        struct rule *rule = &plan->rules[i];
        const struct json_node *name = json_member(node, "name");
        if (json_is(name, JSON_STRING) && map_put(&names, rule->name, rule) != NULL)
            diag_error(reading->diags, json_place(name), "give it a name of its own",
                       "two rules are called `%s`", rule->name.data);
    }
}

/* A required state that no rule leads to is most likely a slip, but an admin call may set it. */
static void check_states(struct reading *reading)
{
    struct fault_plan *plan = reading->plan;
    const struct json_node *node = json_first(reading->rules);
    for (size_t i = 0; i < plan->rule_count; i++, node = json_next(node)) {
        const struct rule *rule = &plan->rules[i];
        if (rule->required != NULL && !rule->required->entered)
            diag_warning(reading->diags, json_place(json_member(node, "state")),
                         "add next_state: to the rule that comes before it",
                         "no rule leads to state `%s` of scenario `%s`", rule->required->name.data,
                         rule->scenario->name.data);
    }
}

static void compile(struct reading *reading)
{
    struct fault_plan *plan = reading->plan;
    size_t count = reading->rules->size;
    if (count > PLAN_MAX_RULES) {
        diag_error(reading->diags, json_place(json_first(reading->rules)), NULL,
                   "the plan has %zu rules; %d is the most", count, PLAN_MAX_RULES);
        return;
    }
    if (count == 0)
        return;
    plan->rules = arena_alloc_zero(&plan->arena, count * sizeof *plan->rules);
    struct gate *gates = arena_alloc_zero(&reading->scratch, count * sizeof *gates);
    plan->rule_count = count;
    const struct json_node *node = json_first(reading->rules);
    for (size_t i = 0; i < count; i++, node = json_next(node))
        rule_read(plan, node, reading->diags, &plan->rules[i], &gates[i]);
    plan->groups = gate_groups(gates, count, &plan->arena, &plan->group_count);
    check_names(reading);
    check_states(reading);
}

static void reading_begin(struct reading *reading, struct diags *diags)
{
    enum { BLOCK_SIZE = 4096 };
    *reading = (struct reading){.plan = plan_new(), .diags = diags};
    arena_init(&reading->scratch, BLOCK_SIZE, NULL);
    reading->rules = json_new(&reading->scratch, JSON_ARRAY);
}

/* The plan, or NULL if there were errors since. */
static struct fault_plan *reading_end(struct reading *reading, size_t errors_before)
{
    arena_clear(&reading->scratch);
    if (reading->diags->errors == errors_before)
        return reading->plan;
    fault_plan_release(reading->plan);
    return NULL;
}

struct fault_plan *fault_plan_read(const struct json_node *root, struct diags *diags)
{
    struct reading reading;
    size_t errors = diags->errors;
    reading_begin(&reading, diags);
    collect(&reading, root);
    compile(&reading);
    return reading_end(&reading, errors);
}

/* --- one rule in a header ------------------------------------------------------------ */

/* Each request's header is a plan of its own, with nothing to remember. */
static void check_needs_no_memory(struct reading *reading)
{
    static const struct {
        const char *section;
        const char *word;
    } words[] = {
        {"when", "nth"},   {"when", "skip"}, {"when", "first"}, {"when", "every"},
        {"when", "after"}, {"when", "for"},  {"do", "quota"},   {NULL, "scenario"},
    };
    const struct json_node *rule = json_first(reading->rules);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const struct json_node *section =
            words[i].section != NULL ? json_member(rule, words[i].section) : rule;
        const struct json_node *node = json_member(section, words[i].word);
        if (node != NULL)
            diag_error(reading->diags, json_name_place(node),
                       "send the plan to the admin interface, or load it with --faults",
                       "`%s` needs a memory between requests, and a header has none",
                       words[i].word);
    }
}

static void collect_header(struct reading *reading, const struct json_node *root)
{
    bool whole_rule = json_member(root, "do") != NULL;
    struct json_node *rule = whole_rule
                                 ? alias_translate(&reading->scratch, root, reading->diags)
                                 : alias_translate_action(&reading->scratch, root, reading->diags);
    if (json_member(rule, "name") == NULL)
        json_set(&reading->scratch, rule, str_from("name"),
                 json_new_string(&reading->scratch, str_from("header")));
    json_append(reading->rules, rule);
}

struct fault_plan *fault_plan_read_header(struct str text, struct diags *diags)
{
    static const struct yaml_limits limits = {.max_depth = 64, .max_nodes = 10000};
    struct reading reading;
    size_t errors = diags->errors;
    struct source *source = arena_alloc(&diags->arena, sizeof *source);
    *source =
        (struct source){.name = "X-Understudy-Fault", .text = arena_copy_str(&diags->arena, text)};
    reading_begin(&reading, diags);
    const struct json_node *root = json_read_document(&diags->arena, source, &limits, diags);
    if (root != NULL) {
        collect_header(&reading, root);
        check_needs_no_memory(&reading);
        compile(&reading);
    }
    return reading_end(&reading, errors);
}

/* --- looking at a plan ----------------------------------------------------------------- */

size_t fault_plan_count(const struct fault_plan *plan)
{
    return plan->rule_count;
}

struct str fault_plan_name(const struct fault_plan *plan, size_t index)
{
    return plan->rules[index].name;
}

struct str fault_plan_operation(const struct fault_plan *plan, size_t index, struct place *place)
{
    const struct rule *rule = &plan->rules[index];
    if (place != NULL)
        *place = rule->operation_place;
    return rule->operation;
}

void fault_plan_write_json(const struct fault_plan *plan, struct json_writer *writer)
{
    json_begin_object(writer);
    json_put_key(writer, "faults");
    json_begin_array(writer);
    for (size_t i = 0; i < plan->rule_count; i++)
        json_put_raw(writer, plan->rules[i].json);
    json_end_array(writer);
    json_end_object(writer);
}
