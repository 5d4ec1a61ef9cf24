#include "mock/findings.h"

/* ---- the order of places ---- */

size_t path_length(const struct json_path *path)
{
    size_t length = 0;
    for (; path != NULL; path = path->up)
        length++;
    return length;
}

const struct json_path *path_cut(const struct json_path *path, size_t length, size_t wanted)
{
    for (; length > wanted; length--)
        path = path->up;
    return path;
}

static bool is_element(const struct json_path *path)
{
    return path->name.data == NULL;
}

static bool same_segment(const struct json_path *a, const struct json_path *b)
{
    if (is_element(a) || is_element(b))
        return is_element(a) && is_element(b) && a->index == b->index;
    return str_equal(a->name, b->name);
}

/* Where the schema declares a member; undeclared ones come last. */
static size_t declared_at(const struct schema *schema, struct str name)
{
    const struct schema_object *object = schema != NULL ? schema_object(schema) : NULL;
    const struct schema_property *property =
        object != NULL ? schema_object_find(object, name, str_hash(name)) : NULL;
    return property != NULL ? (size_t)(property - object->properties) : SIZE_MAX;
}

static const struct schema *child_schema(const struct schema *schema, const struct json_path *path)
{
    if (schema == NULL)
        return NULL;
    if (is_element(path)) {
        const struct rule *items = schema_rule(schema_resolve(schema), KEYWORD_ITEMS);
        return items != NULL ? items->u.schema : NULL;
    }
    const struct schema_object *object = schema_object(schema);
    const struct schema_property *property =
        object != NULL ? schema_object_find(object, path->name, str_hash(path->name)) : NULL;
    return property != NULL ? property->schema : NULL;
}

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_segments(const struct json_path *a, const struct json_path *b,
                            const struct schema *schema)
{
    if (is_element(a) != is_element(b))
        return is_element(a) ? -1 : 1;
    if (is_element(a))
        return compare_sizes(a->index, b->index);
    return compare_sizes(declared_at(schema, a->name), declared_at(schema, b->name));
}

/*
 * Two paths of the same length. The body comes behind all that stands elsewhere
 * in a request. `*schema` is set to that of the place where they still agree.
 * Recursion follows the path of a rule, which is short.
 */
static int compare_paths(const struct json_path *a, const struct json_path *b,
                         const struct schema *body, const struct schema **schema)
{
    if (a == NULL)
        return 0;
    int order = compare_paths(a->up, b->up, body, schema);
    if (order != 0)
        return order;
    bool is_same = same_segment(a, b);
    if (a->up == NULL) {
        *schema = body;
        return is_same ? 0 : str_is(a->name, "body") ? 1 : -1;
    }
    if (!is_same)
        return compare_segments(a, b, *schema);
    *schema = child_schema(*schema, a);
    return 0;
}

/* <0 if `a` comes first, 0 if the order does not matter; what encloses comes before. */
static int compare_places(const struct violation *a, const struct violation *b,
                          const struct schema *body)
{
    size_t length_a = path_length(a->path);
    size_t length_b = path_length(b->path);
    size_t shared = length_a < length_b ? length_a : length_b;
    const struct schema *schema = NULL;
    int order = compare_paths(path_cut(a->path, length_a, shared),
                              path_cut(b->path, length_b, shared), body, &schema);
    return order != 0 ? order : compare_sizes(length_a, length_b);
}

bool path_is_below(const struct json_path *path, const struct json_path *of)
{
    size_t length = path_length(path);
    size_t wanted = path_length(of);
    if (length < wanted)
        return false;
    path = path_cut(path, length, wanted);
    for (; path != of && path != NULL; path = path->up, of = of->up)
        if (!same_segment(path, of))
            return false;
    return true;
}

/* ---- lists ---- */

void findings_add(struct findings_list *list, struct violation *violation,
                  const struct schema *body)
{
    violation->next = NULL;
    if (list->last == NULL) {
        list->first = violation;
    } else {
        list->is_unordered = list->is_unordered || compare_places(list->last, violation, body) > 0;
        list->last->next = violation;
    }
    list->last = violation;
    list->count++;
    list->kept++;
}

/* Both are in order; of two at one place that of `a` comes first. */
static struct violation *merge(struct violation *a, struct violation *b, const struct schema *body)
{
    struct violation *first = NULL;
    struct violation **at = &first;
    while (a != NULL && b != NULL) {
        struct violation **from = compare_places(a, b, body) <= 0 ? &a : &b;
        *at = *from;
        at = &(*at)->next;
        *from = *at;
    }
    *at = a != NULL ? a : b;
    return first;
}

/* Sorts a list of `count`, by halves: at most as many as are kept, so the recursion is shallow. */
static struct violation *sort(struct violation *first, size_t count, const struct schema *body)
{
    if (count < 2)
        return first;
    struct violation *end = first;
    for (size_t i = 1; i < count / 2; i++)
        end = end->next;
    struct violation *rest = end->next;
    end->next = NULL;
    first = sort(first, count / 2, body);
    return merge(first, sort(rest, count - count / 2, body), body);
}

/* Leaves as many as are wanted, and sets `last`. */
static void cut(struct validation *findings)
{
    size_t room = findings->max_violations > 0 ? findings->max_violations : FINDINGS_DEFAULT_MAX;
    struct violation *last = findings->first;
    for (size_t kept = 1; kept < room && last != NULL && last->next != NULL; kept++)
        last = last->next;
    findings->last = last;
    if (last == NULL || last->next == NULL)
        return;
    last->next = NULL;
    findings->truncated = true;
}

void findings_merge(struct validation *findings, const struct findings_list *added,
                    const struct schema *body)
{
    struct violation *sorted =
        added->is_unordered ? sort(added->first, added->kept, body) : added->first;
    findings->first = merge(findings->first, sorted, body);
    findings->count += added->count;
    findings->truncated = findings->truncated || added->count > added->kept;
    cut(findings);
}
