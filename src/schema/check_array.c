/* check_array: rules about the elements of an array. */
#include "schema/marks.h"
#include "schema/run.h"

#include "json/number.h"

bool check_max_items(struct spot *spot, const struct rule *rule)
{
    return spot->instance->type != JSON_ARRAY || spot->instance->size <= rule->u.count ||
           run_fail(spot, KEYWORD_MAX_ITEMS, rule->node);
}

bool check_min_items(struct spot *spot, const struct rule *rule)
{
    return spot->instance->type != JSON_ARRAY || spot->instance->size >= rule->u.count ||
           run_fail(spot, KEYWORD_MIN_ITEMS, rule->node);
}

bool check_prefix_items(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_ARRAY)
        return true;
    struct json_path path = {.up = spot->path};
    bool valid = true;
    for (const struct json_node *item = json_first(spot->instance);
         item != NULL && path.index < rule->u.list.count; item = json_next(item), path.index++) {
        marks_set(spot->marks, path.index);
        if (!run_apply(spot->run, rule->u.list.items[path.index], item, &path, NULL)) {
            valid = false;
            if (run_is_over(spot->run))
                break;
        }
    }
    return valid;
}

/* How many elements prefixItems has taken; its rule stands right before that of items. */
static size_t prefix_length(const struct spot *spot, const struct rule *items)
{
    if (items == spot->schema->rules || items[-1].keyword != KEYWORD_PREFIX_ITEMS)
        return 0;
    return items[-1].u.list.count;
}

bool check_items(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_ARRAY)
        return true;
    size_t skipped = prefix_length(spot, rule);
    struct json_path path = {.up = spot->path};
    bool valid = true;
    marks_set_all(spot->marks);
    for (const struct json_node *item = json_first(spot->instance); item != NULL;
         item = json_next(item), path.index++) {
        if (path.index >= skipped && !run_apply(spot->run, rule->u.schema, item, &path, NULL)) {
            valid = false;
            if (run_is_over(spot->run))
                break;
        }
    }
    return valid;
}

/* ---- contains ---- */

static size_t count_matches(struct spot *spot, const struct rule *rule)
{
    struct run *run = spot->run;
    bool all = run->collect || spot->marks != NULL; /* else two numbers are enough to decide */
    uint64_t max = rule->u.contains.max;
    uint64_t enough = max < UINT64_MAX ? max + 1 : rule->u.contains.min;
    bool collect = run->collect;
    run->collect = false;
    struct json_path path = {.up = spot->path};
    size_t matched = 0;
    for (const struct json_node *item = json_first(spot->instance); item != NULL;
         item = json_next(item), path.index++) {
        if (!all && matched >= enough)
            break;
        if (run_apply(run, rule->u.contains.schema, item, &path, NULL)) {
            matched++;
            marks_set(spot->marks, path.index);
        }
        if (run->outcome != VALIDATE_VALID)
            break;
    }
    run->collect = collect;
    return matched;
}

bool check_contains(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_ARRAY)
        return true;
    size_t matched = count_matches(spot, rule);
    if (spot->run->outcome != VALIDATE_VALID)
        return false;
    if (matched >= rule->u.contains.min && matched <= rule->u.contains.max)
        return true;
    bool few = matched < rule->u.contains.min;
    const struct json_node *limit = few ? rule->u.contains.min_rule : rule->u.contains.max_rule;
    enum keyword keyword = !few            ? KEYWORD_MAX_CONTAINS
                           : limit != NULL ? KEYWORD_MIN_CONTAINS
                                           : KEYWORD_CONTAINS;
    struct violation *violation =
        run_report(spot, keyword, limit != NULL ? limit : rule->node, spot->instance, spot->path);
    if (violation != NULL)
        violation->matched = matched;
    return false;
}

/* ---- uniqueItems ---- */

enum {
    FEW_ITEMS = 8,
    COMPARISONS_PER_ITEM = 16, /* of different values with one hash: more were made to collide */
};

static bool few_are_unique(const struct json_node *array)
{
    for (const struct json_node *a = json_first(array); a != NULL; a = json_next(a))
        for (const struct json_node *b = json_next(a); b != NULL; b = json_next(b))
            if (json_equal(a, b))
                return false;
    return true;
}

/* An open table of elements by value; two words a slot: the node and its hash. */
static bool many_are_unique(struct run *run, const struct json_node *array)
{
    size_t slots = 16;
    while (slots < (size_t)array->size * 2)
        slots *= 2;
    uint64_t *table = scratch_take(run, slots * 2);
    size_t budget = (size_t)array->size * COMPARISONS_PER_ITEM;
    for (const struct json_node *item = json_first(array); item != NULL; item = json_next(item)) {
        uint32_t hash = json_value_hash(item);
        size_t i = hash & (slots - 1);
        for (; table[i * 2] != 0; i = (i + 1) & (slots - 1)) {
            if (budget-- == 0)
                return run_give_up(run, VALIDATE_PATTERN_BUDGET);
            const struct json_node *other = (const struct json_node *)(uintptr_t)table[i * 2];
            if (table[i * 2 + 1] == hash && json_equal(item, other))
                return false;
        }
        table[i * 2] = (uint64_t)(uintptr_t)item;
        table[i * 2 + 1] = hash;
    }
    return true;
}

bool check_unique_items(struct spot *spot, const struct rule *rule)
{
    const struct json_node *instance = spot->instance;
    if (instance->type != JSON_ARRAY || instance->size < 2)
        return true;
    struct scratch_mark mark = scratch_mark(spot->run);
    bool unique = instance->size <= FEW_ITEMS ? few_are_unique(instance)
                                              : many_are_unique(spot->run, instance);
    scratch_release(spot->run, mark);
    if (unique || spot->run->outcome != VALIDATE_VALID)
        return unique;
    return run_fail(spot, KEYWORD_UNIQUE_ITEMS, rule->node);
}

/* ---- unevaluatedItems ---- */

bool check_unevaluated_items(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_ARRAY)
        return true;
    struct json_path path = {.up = spot->path};
    bool valid = true;
    for (const struct json_node *item = json_first(spot->instance); item != NULL;
         item = json_next(item), path.index++) {
        if (marks_has(spot->marks, path.index))
            continue;
        if (rule->u.schema->kind == SCHEMA_NEVER) {
            run_report(spot, KEYWORD_UNEVALUATED_ITEMS, rule->node, item, &path);
            valid = false;
        } else if (!run_apply(spot->run, rule->u.schema, item, &path, NULL)) {
            valid = false;
        }
        if (!valid && run_is_over(spot->run))
            break;
    }
    marks_set_all(spot->marks);
    return valid;
}
