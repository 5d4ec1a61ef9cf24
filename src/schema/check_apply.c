/* check_apply: rules that apply other schemas to the same value. */
#include "schema/branches.h"
#include "schema/marks.h"
#include "schema/run.h"

/* ---- references ---- */

bool check_ref(struct spot *spot, const struct rule *rule)
{
    return run_apply(spot->run, rule->u.schema, spot->instance, spot->path, spot->marks);
}

/* Core 8.2.3.2: the outermost resource in the dynamic scope that has the anchor. */
static const struct schema *dynamic_target(const struct run *run, const struct rule *rule)
{
    const struct schema_dynamic_anchor *anchor = rule->u.dynamic.anchor;
    if (anchor == NULL)
        return rule->u.dynamic.fallback;
    const struct schema_dynamic_target *targets =
        atomic_load_explicit(&anchor->targets, memory_order_acquire);
    for (size_t i = 0; i < run->scope_count; i++)
        for (const struct schema_dynamic_target *target = targets; target != NULL;
             target = target->next)
            if (target->resource == run->scope[i])
                return target->schema;
    return rule->u.dynamic.fallback;
}

bool check_dynamic_ref(struct spot *spot, const struct rule *rule)
{
    return run_apply(spot->run, dynamic_target(spot->run, rule), spot->instance, spot->path,
                     spot->marks);
}

/* ---- allOf, not, if ---- */

bool check_all_of(struct spot *spot, const struct rule *rule)
{
    bool valid = true;
    for (size_t i = 0; i < rule->u.list.count; i++) {
        if (!run_apply(spot->run, rule->u.list.items[i], spot->instance, spot->path, spot->marks)) {
            valid = false;
            if (run_is_over(spot->run))
                break;
        }
    }
    return valid;
}

/* True if the schema accepts the spot's value. Reports nothing; a failure marks nothing. */
static bool accepts(struct spot *spot, const struct schema *schema, bool marking)
{
    struct run *run = spot->run;
    bool collect = run->collect;
    run->collect = false;
    bool good;
    if (!marking || spot->marks == NULL) {
        good = run_apply(run, schema, spot->instance, spot->path, NULL);
    } else {
        struct scratch_mark mark = scratch_mark(run);
        struct marks own = marks_new(run, spot->instance);
        good = run_apply(run, schema, spot->instance, spot->path, &own);
        if (good)
            marks_merge(spot->marks, &own);
        scratch_release(run, mark);
    }
    run->collect = collect;
    return good && run->outcome == VALIDATE_VALID;
}

bool check_not(struct spot *spot, const struct rule *rule)
{
    bool accepted = accepts(spot, rule->u.schema, false);
    if (spot->run->outcome != VALIDATE_VALID)
        return false;
    return !accepted || run_fail(spot, KEYWORD_NOT, rule->node);
}

bool check_if(struct spot *spot, const struct rule *rule)
{
    bool holds = accepts(spot, rule->u.conditional.condition, true);
    if (spot->run->outcome != VALIDATE_VALID)
        return false;
    const struct schema *next =
        holds ? rule->u.conditional.then_schema : rule->u.conditional.else_schema;
    return next == NULL || run_apply(spot->run, next, spot->instance, spot->path, spot->marks);
}

/* ---- anyOf, oneOf ---- */

/* How many branches accept the value; stops where more would not matter. */
static size_t count_accepting(struct spot *spot, const struct schema_list *list, size_t enough)
{
    size_t matched = 0;
    for (size_t i = 0; i < list->count && matched < enough; i++) {
        matched += accepts(spot, list->items[i], true);
        if (spot->run->outcome != VALIDATE_VALID)
            break;
    }
    return matched;
}

static bool check_any(struct spot *spot, const struct schema_list *list,
                      const struct json_node *node)
{
    /* Whoever asks what was evaluated wants to hear it of every branch that passes. */
    size_t enough = spot->marks != NULL ? SIZE_MAX : 1;
    size_t matched = count_accepting(spot, list, enough);
    if (matched > 0 || spot->run->outcome != VALIDATE_VALID)
        return spot->run->outcome == VALIDATE_VALID;
    return branches_report(spot, KEYWORD_ANY_OF, node, list, 0);
}

static bool check_one(struct spot *spot, const struct schema_list *list,
                      const struct json_node *node)
{
    size_t matched = count_accepting(spot, list, spot->run->collect ? SIZE_MAX : 2);
    if (matched == 1 || spot->run->outcome != VALIDATE_VALID)
        return spot->run->outcome == VALIDATE_VALID;
    return branches_report(spot, KEYWORD_ONE_OF, node, list, matched);
}

bool check_any_of(struct spot *spot, const struct rule *rule)
{
    return check_any(spot, &rule->u.list, rule->node);
}

bool check_one_of(struct spot *spot, const struct rule *rule)
{
    return check_one(spot, &rule->u.list, rule->node);
}

/* ---- discriminator ---- */

static bool check_alternatives(struct spot *spot, const struct rule *rule)
{
    const struct schema_list *list = &rule->u.discriminator.list;
    const struct json_node *node = rule->u.discriminator.list_node;
    return rule->u.discriminator.exclusive ? check_one(spot, list, node)
                                           : check_any(spot, list, node);
}

static const struct json_node *find_tag(const struct json_node *object, const struct rule *rule)
{
    const struct json_node *member = json_first(object);
    while (member != NULL && (member->name_hash != rule->u.discriminator.hash ||
                              !str_equal(json_name(member), rule->u.discriminator.name)))
        member = json_next(member);
    return json_is(member, JSON_STRING) ? member : NULL;
}

static const struct schema_branch_key *find_key(const struct rule *rule, struct str value)
{
    for (size_t i = 0; i < rule->u.discriminator.key_count; i++)
        if (str_equal(rule->u.discriminator.keys[i].value, value))
            return &rule->u.discriminator.keys[i];
    return NULL;
}

static bool report_tag(struct spot *spot, const struct rule *rule)
{
    struct violation *violation =
        run_report(spot, KEYWORD_DISCRIMINATOR, rule->node, spot->instance, spot->path);
    if (violation != NULL)
        violation->name = rule->u.discriminator.name;
    return false;
}

static bool choose(struct spot *spot, const struct rule *rule, struct choosing *choosing)
{
    const struct json_node *tag = find_tag(spot->instance, rule);
    const struct schema_branch_key *key = tag != NULL ? find_key(rule, json_text(tag)) : NULL;
    if (key == NULL && !rule->u.discriminator.open)
        return report_tag(spot, rule);
    if (key == NULL || key->branch == SCHEMA_BRANCH_SHARED)
        return check_alternatives(spot, rule);
    choosing->tag = key->value;
    return run_apply(spot->run, rule->u.discriminator.list.items[key->branch], spot->instance,
                     spot->path, spot->marks);
}

/*
 * A base schema often lists its children, each of which has the base in its
 * allOf: on the way back to the base the choice is already made.
 */
static bool is_chosen(const struct run *run, const struct rule *rule,
                      const struct json_node *instance)
{
    const struct choosing *choosing = run->choosing;
    while (choosing != NULL && (choosing->rule != rule || choosing->instance != instance))
        choosing = choosing->up;
    return choosing != NULL;
}

bool check_discriminator(struct spot *spot, const struct rule *rule)
{
    struct run *run = spot->run;
    if (spot->instance->type != JSON_OBJECT)
        return check_alternatives(spot, rule);
    if (is_chosen(run, rule, spot->instance))
        return true;
    struct choosing choosing = {run->choosing, rule, spot->instance, spot->path, {NULL, 0}};
    run->choosing = &choosing;
    bool good = choose(spot, rule, &choosing);
    run->choosing = choosing.up;
    return good;
}
