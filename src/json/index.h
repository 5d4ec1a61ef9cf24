/*
 * index: finding values by JSON Pointer in trees in which many pointers are
 * followed.
 *
 * A container's children are a linked list; a document with ten thousand
 * schemas and as many references to them would be walked for a minute. The
 * index remembers the children of each large container that a pointer went
 * through, at its first visit: names in a map, elements in a table.
 *
 * The tree must not change any more. All memory is the arena's. Not
 * thread-safe.
 */
#ifndef JSON_INDEX_H
#define JSON_INDEX_H

#include "base/map.h"
#include "json/node.h"

struct json_index {
    struct arena *arena;
    struct map containers; /* address of a large container: struct json_children */
};

void json_index_init(struct json_index *index, struct arena *arena);

/* json_pointer_find (json/pointer.h), at a cost that does not depend on the containers' sizes. */
const struct json_node *json_index_find(struct json_index *index, const struct json_node *root,
                                        struct str pointer);

/* json_member_str, the same way. */
const struct json_node *json_index_member(struct json_index *index, const struct json_node *object,
                                          struct str name);

#endif
