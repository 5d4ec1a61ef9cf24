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
    list->count++;
    list->kept++;
    violation->next = NULL;
    if (list->last == NULL || compare_places(list->last, violation, body) <= 0) {
        if (list->last != NULL)
            list->last->next = violation;
        else
            list->first = violation;
        list->last = violation;
        return;
    }
    struct violation **at = &list->first;
    while (compare_places(*at, violation, body) <= 0)
        at = &(*at)->next;
    violation->next = *at;
    *at = violation;
}

static void cut(struct validation *findings)
{
    size_t room = findings->max_violations > 0 ? findings->max_violations : FINDINGS_DEFAULT_MAX;
    struct violation *last = findings->first;
    for (size_t kept = 1; last != NULL && kept < room; kept++)
        last = last->next;
    if (last == NULL)
        return;
    findings->truncated = findings->truncated || last->next != NULL;
    last->next = NULL;
    findings->last = last;
}

void findings_merge(struct validation *findings, const struct findings_list *added,
                    const struct schema *body)
{
    struct violation *own = findings->first;
    struct violation *other = added->first;
    struct violation **at = &findings->first;
    struct violation *last = NULL;
    while (own != NULL || other != NULL) {
        bool takes_own = other == NULL || (own != NULL && compare_places(own, other, body) <= 0);
        struct violation **from = takes_own ? &own : &other;
        last = *from;
        *from = last->next;
        *at = last;
        at = &last->next;
    }
    *at = NULL;
    findings->last = last;
    findings->count += added->count;
    findings->truncated = findings->truncated || added->count > added->kept;
    cut(findings);
}
