#include "fault/rule.h"

#include "fault/words.h"
#include "json/number.h"
#include "json/reader.h"

bool literal_is_in(const struct literal *literal, struct str text)
{
    struct str wanted = literal->text;
    if (!literal->first)
        return str_contains(text, wanted);
    return text.len >= wanted.len && str_equal(str_make(text.data, wanted.len), wanted);
}

/* FNV-1a, 64 bits: the same on every machine and in every version, as replay wants it. */
static uint64_t name_identity(struct str name)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (unsigned char)name.data[i]) * UINT64_C(1099511628211);
    return h;
}

struct rng rule_rng(const struct rule *rule, uint64_t seed, uint64_t match_number)
{
    struct rng rng;
    rng_seed_nth(&rng, seed ^ rule->identity, match_number);
    return rng;
}

const struct json_node *rule_own_copy(struct fault_plan *plan, const struct json_node *node)
{
    struct buf text;
    buf_init(&text, &plan->arena);
    json_write(&text, node, JSON_EXACT);
    struct source *source = arena_alloc(&plan->arena, sizeof *source);
    *source = (struct source){.name = "fault plan", .text = str_make(buf_text(&text), text.len)};
    struct json_document document;
    struct json_error error;
    static const struct json_read_options unlimited = {0};
    /* What was just written can be read. */
    bool read = json_read(&plan->arena, source, &unlimited, &document, &error);
    return read ? document.root : json_new(&plan->arena, JSON_NULL);
}

/* --- when -------------------------------------------------------------------- */

static void read_nth(struct fault_plan *plan, const struct json_node *node, struct diags *diags,
                     struct when *when)
{
    bool list = json_is(node, JSON_ARRAY);
    size_t count = list ? node->size : 1;
    if (count == 0) {
        diag_error(diags, json_place(node), "name at least one match, counted from 1",
                   "`nth` is an empty list: the rule would never fire");
        return;
    }
    uint64_t *nth = arena_alloc_zero(&plan->arena, count * sizeof *nth);
    const struct json_node *element = list ? json_first(node) : node;
    for (size_t i = 0; i < count; i++, element = json_next(element))
        words_uint(element, "nth", 1, INT64_MAX, diags, &nth[i]);
    when->nth = nth;
    when->nth_count = count;
}

static void read_for(const struct json_node *node, struct diags *diags, struct when *when)
{
    if (duration_read(node, "for", diags, &when->for_us) && when->for_us == 0)
        diag_error(diags, json_place(node), "leave `for` out to mean for ever",
                   "`for` is no time at all: the rule would never fire");
}

static void check_when(const struct json_node *node, struct diags *diags, const struct when *when)
{
    if (when->nth_count > 0 && (when->first > 0 || when->every > 0))
        diag_error(diags, json_place(node), "keep `nth` alone, or `first` and `every`",
                   "`nth` says already which matches are meant");
    if (when->first > 0 && when->every > when->first)
        diag_error(diags, json_place(node), "raise `first` or lower `every`",
                   "the rule can never fire: of the first %llu matches none is an %lluth",
                   (unsigned long long)when->first, (unsigned long long)when->every);
}

static void read_when(struct fault_plan *plan, const struct json_node *node, struct diags *diags,
                      struct when *when)
{
    if (node == NULL)
        return;
    words_check(node, WORDS_WHEN, diags);
    if (!json_is(node, JSON_OBJECT))
        return;
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member)) {
        struct str word = json_name(member);
        if (str_is(word, "nth"))
            read_nth(plan, member, diags, when);
        else if (str_is(word, "skip"))
            words_uint(member, "skip", 0, INT64_MAX, diags, &when->skip);
        else if (str_is(word, "first"))
            words_uint(member, "first", 1, INT64_MAX, diags, &when->first);
        else if (str_is(word, "every"))
            words_uint(member, "every", 1, INT64_MAX, diags, &when->every);
        else if (str_is(word, "after"))
            duration_read(member, "after", diags, &when->after_us);
        else if (str_is(word, "probability"))
            when->has_probability =
                words_fraction(member, "probability", diags, &when->probability);
        else if (str_is(word, "for"))
            read_for(member, diags, when);
    }
    check_when(node, diags, when);
}

/* --- scenarios ----------------------------------------------------------------- */

static struct scenario_state *scenario_state(struct fault_plan *plan, struct scenario *scenario,
                                             struct str name)
{
    struct scenario_state *state = map_get(&scenario->states, name);
    if (state != NULL)
        return state;
    state = arena_alloc_zero(&plan->arena, sizeof *state);
    state->name = arena_copy_str(&plan->arena, name);
    state->index = (uint32_t)scenario->states.count;
    map_put(&scenario->states, state->name, state);
    return state;
}

static struct scenario *scenario_named(struct fault_plan *plan, struct str name)
{
    struct scenario *scenario = map_get(&plan->scenarios, name);
    if (scenario != NULL)
        return scenario;
    scenario = arena_alloc_zero(&plan->arena, sizeof *scenario);
    scenario->name = arena_copy_str(&plan->arena, name);
    scenario->index = (uint32_t)plan->scenarios.count;
    map_init(&scenario->states, &plan->arena);
    map_put(&plan->scenarios, scenario->name, scenario);
    scenario_state(plan, scenario, str_from("Started"))->entered = true;
    return scenario;
}

static void read_scenario(struct fault_plan *plan, const struct json_node *node,
                          struct diags *diags, struct rule *rule)
{
    const struct json_node *name = json_member(node, "scenario");
    const struct json_node *required = json_member(node, "state");
    const struct json_node *next = json_member(node, "next_state");
    struct str text;
    if (name == NULL) {
        const struct json_node *lonely = required != NULL ? required : next;
        if (lonely != NULL)
            diag_error(diags, json_name_place(lonely), "add scenario: and its name",
                       "a state without the `scenario` that it is of");
        return;
    }
    if (required == NULL && next == NULL) {
        diag_error(diags, json_name_place(name), "add `state`, `next_state` or both",
                   "`scenario` alone does nothing");
        return;
    }
    if (!words_text(name, "scenario", diags, &text))
        return;
    struct scenario *scenario = scenario_named(plan, text);
    rule->scenario = scenario;
    if (required != NULL && words_text(required, "state", diags, &text))
        rule->required = scenario_state(plan, scenario, text);
    if (next != NULL && words_text(next, "next_state", diags, &text)) {
        struct scenario_state *state = scenario_state(plan, scenario, text);
        state->entered = true;
        rule->next = state;
    }
}

/* How many matches `when` lets through at most; UINT64_MAX: any number. */
static uint64_t most_firings(const struct when *when)
{
    if (when->nth_count > 0)
        return when->nth_count;
    if (when->first > 0)
        return when->every > 0 ? when->first / when->every : when->first;
    return UINT64_MAX;
}

/* A quota counts only what `when` lets through to it. */
static void check_quota(const struct json_node *action, struct diags *diags,
                        const struct rule *rule)
{
    const struct quota *quota = rule->action.quota;
    const struct json_node *node = json_member(action, "quota");
    uint64_t most = most_firings(&rule->when);
    bool shared = json_member(node, "name") != NULL;
    if (quota == NULL || shared || most > quota->requests)
        return;
    diag_warning(diags, json_name_place(node), "leave `when` out, or make two rules of it",
                 "the rule never fires: `when` lets %llu matches come to the quota, which lets "
                 "%llu requests pass",
                 (unsigned long long)most, (unsigned long long)quota->requests);
}

/* --- the whole ------------------------------------------------------------------ */

static void read_name(struct fault_plan *plan, const struct json_node *node, struct diags *diags,
                      struct rule *rule)
{
    enum { NAME_MAX_BYTES = 200 };
    const struct json_node *name = json_member(node, "name");
    struct str text = str_from("?");
    if (name != NULL && words_text(name, "name", diags, &text) && text.len > NAME_MAX_BYTES)
        diag_error(diags, json_place(name), NULL, "the rule's name is longer than %d bytes",
                   NAME_MAX_BYTES);
    rule->name = arena_copy_str(&plan->arena, text);
    rule->identity = name_identity(rule->name);
}

void rule_read(struct fault_plan *plan, const struct json_node *node, struct diags *diags,
               struct rule *rule, struct gate *gate)
{
    *rule = (struct rule){.attempt_max = UINT32_MAX};
    *gate = (struct gate){.key.attempt_max = UINT32_MAX};
    words_check(node, WORDS_RULE, diags);
    if (!json_is(node, JSON_OBJECT))
        return;
    read_name(plan, node, diags, rule);
    condition_read(plan, json_member(node, "match"), diags, rule, gate);
    read_when(plan, json_member(node, "when"), diags, &rule->when);
    read_scenario(plan, node, diags, rule);
    gate->key.attempt_min = rule->attempt_min;
    gate->key.attempt_max = rule->attempt_max;
    const struct json_node *action = json_member(node, "do");
    if (action != NULL)
        action_read(plan, action, rule->name, diags, &rule->action);
    else
        diag_error(diags, json_place(node), "add for example do: {status: 503}",
                   "the rule does not say what to `do`");
    check_quota(action, diags, rule);
    struct buf text;
    buf_init(&text, &plan->arena);
    json_write(&text, node, JSON_EXACT);
    rule->json = str_make(buf_text(&text), text.len);
}
