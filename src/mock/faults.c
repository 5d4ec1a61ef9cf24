#include "mock/faults.h"

#include "json/yaml.h"

#include <errno.h>

enum {
    MAX_DEPTH = 100,
    MAX_NODES = 200000,
    MAX_FILE = 16 * 1024 * 1024,
};

static const struct yaml_limits limits = {.max_depth = MAX_DEPTH, .max_nodes = MAX_NODES};

static const char *nearest_operation(const struct bill *bill, struct str wrong, struct arena *arena)
{
    const char *nearest = bill_nearest_operation(bill, wrong, arena);
    if (nearest != NULL)
        return arena_printf(arena, "did you mean \"%s\"?", nearest);
    return "write it as METHOD /path from the document, or its operationId";
}

static bool check_operations(const struct bill *bill, const struct fault_plan *plan,
                             struct arena *arena, struct diags *diags)
{
    size_t errors = diags->errors;
    for (size_t i = 0; i < fault_plan_count(plan); i++) {
        struct place place;
        struct str operation = fault_plan_operation(plan, i, &place);
        if (operation.len == 0 || bill_find_operation(bill, operation, NULL) != NULL)
            continue;
        diag_error(diags, place, nearest_operation(bill, operation, arena),
                   "the contract has no operation \"%.*s\"", (int)operation.len, operation.data);
    }
    return diags->errors == errors;
}

static struct fault_plan *read_tree(const struct bill *bill, const struct json_node *root,
                                    struct arena *arena, struct diags *diags)
{
    struct fault_plan *plan = fault_plan_read(root, diags);
    if (plan != NULL && !check_operations(bill, plan, arena, diags)) {
        fault_plan_release(plan);
        return NULL;
    }
    return plan;
}

/* A text in UTF-16 is read from a copy in the tree's arena, and diags point to it. */
struct fault_plan *faults_read(const struct bill *bill, const struct source *source,
                               struct diags *diags)
{
    struct json_node *root = json_read_document(&diags->arena, source, &limits, diags);
    return root != NULL ? read_tree(bill, root, &diags->arena, diags) : NULL;
}

struct fault_plan *faults_read_header(const struct bill *bill, struct str text, struct diags *diags)
{
    struct fault_plan *plan = fault_plan_read_header(text, diags);
    if (plan == NULL || check_operations(bill, plan, &diags->arena, diags))
        return plan;
    fault_plan_release(plan);
    return NULL;
}

/* Adds the lists of one file's plan to those of the first. */
static void join(struct json_node *into, struct json_node *from, struct arena *arena)
{
    for (struct json_node *member = json_first(from); member != NULL; member = json_next(member)) {
        struct json_node *list = json_member_str(into, json_name(member));
        struct json_node *copy = json_copy(arena, member);
        if (!json_is(list, JSON_ARRAY) || !json_is(member, JSON_ARRAY)) {
            json_set(arena, into, json_name(member), copy);
            continue;
        }
        for (struct json_node *next, *element = json_first(copy); element != NULL; element = next) {
            next = json_next(element);
            json_remove(copy, element);
            json_append(list, element);
        }
    }
}

static struct json_node *read_file(const char *path, struct arena *arena, struct diags *diags)
{
    struct source *source = arena_alloc_zero(arena, sizeof *source);
    enum source_outcome outcome = source_read(arena, path, MAX_FILE, source);
    if (outcome == SOURCE_OK)
        return json_read_document(arena, source, &limits, diags);
    diag_error(diags, (struct place){NULL, 0}, "name a readable file",
               "cannot read the fault plan %s: %s", path,
               outcome == SOURCE_TOO_LARGE ? "it is too large" : strerror(errno));
    return NULL;
}

struct fault_plan *faults_read_files(const struct bill *bill, const char *const *paths,
                                     size_t count, struct arena *arena, struct diags *diags)
{
    struct json_node *whole = NULL;
    size_t errors = diags->errors;
    for (size_t i = 0; i < count; i++) {
        struct json_node *root = read_file(paths[i], arena, diags);
        if (root == NULL)
            continue;
        if (whole == NULL || !json_is(root, JSON_OBJECT) || !json_is(whole, JSON_OBJECT))
            whole = whole == NULL ? root : whole;
        else
            join(whole, root, arena);
    }
    return diags->errors == errors ? read_tree(bill, whole, arena, diags) : NULL;
}
