#include "json/index.h"

#include "json/pointer.h"

enum { LARGE = 64 }; /* children; below it the list is as fast */

/* One of the two, by the container's type. */
struct json_children {
    struct map names;
    const struct json_node **elements;
};

void json_index_init(struct json_index *index, struct arena *arena)
{
    index->arena = arena;
    map_init(&index->containers, arena);
}

static struct json_children *index_children(struct json_index *index,
                                            const struct json_node *container)
{
    struct json_children *children = arena_alloc_zero(index->arena, sizeof *children);
    map_init(&children->names, index->arena);
    if (container->type == JSON_ARRAY)
        children->elements =
            arena_alloc(index->arena, container->size * sizeof(const struct json_node *));
    size_t count = 0;
    for (struct json_node *child = json_first(container); child != NULL; child = json_next(child)) {
        if (container->type == JSON_ARRAY)
            children->elements[count++] = child;
        else
            map_put(&children->names, json_name(child), child);
    }
    return children;
}

static const struct json_children *children_of(struct json_index *index,
                                               const struct json_node *container)
{
    struct str address = str_make((const char *)&container, sizeof container);
    struct json_children *children = map_get(&index->containers, address);
    if (children == NULL) {
        children = index_children(index, container);
        map_put(&index->containers, arena_copy_str(index->arena, address), children);
    }
    return children;
}

const struct json_node *json_index_member(struct json_index *index, const struct json_node *object,
                                          struct str name)
{
    if (!json_is(object, JSON_OBJECT) || object->size < LARGE)
        return json_member_str(object, name);
    return map_get(&children_of(index, object)->names, name);
}

static const struct json_node *find_element(struct json_index *index, const struct json_node *array,
                                            struct str token)
{
    size_t element;
    if (!json_pointer_index(token, &element) || element >= array->size)
        return NULL;
    if (array->size < LARGE)
        return json_element(array, element);
    return children_of(index, array)->elements[element];
}

const struct json_node *json_index_find(struct json_index *index, const struct json_node *root,
                                        struct str pointer)
{
    if (!json_pointer_is_valid(pointer))
        return NULL;
    struct buf name;
    buf_init(&name, NULL);
    const struct json_node *node = root;
    while (node != NULL && pointer.len > 0) {
        struct str token = json_pointer_next(&pointer);
        if (node->type == JSON_ARRAY) {
            node = find_element(index, node, token);
            continue;
        }
        if (str_find_char(token, '~') < token.len)
            token = json_pointer_unescape(token, &name);
        node = node->type == JSON_OBJECT ? json_index_member(index, node, token) : NULL;
    }
    buf_free(&name);
    return node;
}
