/*
 * names: the members of a large object in an order that brings equal names
 * together, for finding repetitions and for comparing objects.
 */
#ifndef JSON_NAMES_H
#define JSON_NAMES_H

#include "json/node.h"

/*
 * Fills `sorted` with the object->size members by hash, then by name; members
 * of the same name keep the order of the document. O(n) for ordinary names and
 * O(n log n) comparisons for names that were made to collide. Scratch memory
 * comes from the heap and is given back.
 */
void names_sort(const struct json_node *object, struct json_node **sorted);

/* Equality of names, by hash first. */
static inline bool names_equal(const struct json_node *a, const struct json_node *b)
{
    return a->name_hash == b->name_hash && str_equal(json_name(a), json_name(b));
}

#endif
