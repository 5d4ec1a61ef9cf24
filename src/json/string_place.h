/*
 * string_place: where a mistake inside a string stands in the file.
 *
 * Paths, patterns and templates are languages of their own within strings. A
 * fault at byte 7 of such a text is told at its own column, not at the quote.
 */
#ifndef JSON_STRING_PLACE_H
#define JSON_STRING_PLACE_H

#include "json/node.h"

/*
 * The place in the source of byte `index` of a string's decoded value, in JSON
 * or YAML. Exact for strings that stand plain or in quotes on one line; the
 * string's beginning for those that go over several.
 */
struct place json_place_in_string(const struct json_node *string, size_t index);

#endif
