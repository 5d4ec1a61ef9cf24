/*
 * yaml_merge: the `<<` key of YAML 1.1, which documents still use.
 *
 * https://yaml.org/type/merge.html: the members of one mapping, or of each
 * mapping of a list, are taken over where the mapping has no such key itself;
 * the first of a list wins.
 */
#ifndef JSON_YAML_MERGE_H
#define JSON_YAML_MERGE_H

#include "json/node.h"

/* True for a mapping and for a list of mappings: what `<<` takes. */
bool merge_accepts(const struct json_node *value);

/* Nodes that merge_into will copy, for the budget. `from` is acceptable. */
uint32_t merge_cost(const struct json_node *from);

/*
 * Copies the members of `from` into `object`, whose own names are all
 * different, at index `at` (of its own members), where the `<<` stood.
 */
void merge_into(struct arena *arena, struct json_node *object, const struct json_node *from,
                size_t at);

#endif
