#include "schema/branches.h"

/* ---- the nearest branch ---- */

/* How far off a branch is; the smaller the nearer, by kind, then number, then depth. */
struct distance {
    enum {
        PASSED,
        NEAR,         /* only details are wrong */
        ANOTHER_TAG,  /* a member with a fixed value says that another branch was meant */
        ANOTHER_TYPE, /* the value is of no type that the branch accepts */
    } kind;
    size_t violations;
    size_t depth; /* of the first violation: the deeper the further it got */
};

static size_t path_depth(const struct json_path *path)
{
    size_t depth = 0;
    for (; path != NULL; path = path->up)
        depth++;
    return depth;
}

static bool is_tag_mismatch(const struct violation *violation, size_t depth, size_t at)
{
    bool fixed = violation->keyword == KEYWORD_CONST || violation->keyword == KEYWORD_ENUM;
    return fixed && depth == at + 1 && violation->path->name.data != NULL;
}

static bool is_type_mismatch(const struct violation *violation, size_t depth, size_t at)
{
    return depth == at &&
           (violation->keyword == KEYWORD_TYPE || violation->keyword == KEYWORD_FALSE_SCHEMA);
}

static struct distance measure(const struct violation *first, size_t at)
{
    struct distance distance = {PASSED, 0, 0};
    for (const struct violation *violation = first; violation != NULL;
         violation = violation->next) {
        size_t depth = path_depth(violation->path);
        if (violation == first)
            distance = (struct distance){NEAR, 0, depth};
        distance.violations++;
        if (is_type_mismatch(violation, depth, at))
            distance.kind = ANOTHER_TYPE;
        else if (distance.kind == NEAR && is_tag_mismatch(violation, depth, at))
            distance.kind = ANOTHER_TAG;
    }
    return distance;
}

static bool is_nearer(struct distance a, struct distance b)
{
    if (a.kind != b.kind)
        return a.kind < b.kind;
    if (a.violations != b.violations)
        return a.violations < b.violations;
    return a.depth > b.depth;
}

static size_t find_best(const struct violation *violation, size_t at)
{
    size_t best = 0;
    struct distance nearest = measure(violation->branches[0], at);
    for (size_t i = 1; i < violation->branch_count; i++) {
        struct distance distance = measure(violation->branches[i], at);
        if (is_nearer(distance, nearest)) {
            nearest = distance;
            best = i;
        }
    }
    return best;
}

/* ---- what the branches say ---- */

/* Goes through one branch again, collecting. It marks even what fails, so that
 * unevaluated* does not report the same members once more. */
static struct violation *hear_branch(struct spot *spot, const struct schema *branch)
{
    struct report_list list = {0};
    struct report_list *former = run_redirect(spot->run, &list);
    run_apply(spot->run, branch, spot->instance, spot->path, spot->marks);
    run_redirect(spot->run, former);
    return list.first;
}

bool branches_report(struct spot *spot, enum keyword keyword, const struct json_node *rule,
                     const struct schema_list *list, size_t matched)
{
    struct run *run = spot->run;
    struct violation *violation = run_report(spot, keyword, rule, spot->instance, spot->path);
    if (violation == NULL)
        return false;
    violation->matched = matched;
    if (run->room == 0)
        return false;
    violation->branches = arena_alloc(run->arena, list->count * sizeof(struct violation *));
    violation->branch_count = list->count;
    for (size_t i = 0; i < list->count; i++)
        violation->branches[i] = hear_branch(spot, list->items[i]);
    violation->best = find_best(violation, path_depth(spot->path));
    return false;
}
