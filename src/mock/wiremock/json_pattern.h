/*
 * json_pattern: the two of WireMock's patterns that look into JSON.
 *
 * equalToJson compares by meaning, numbers by value; placeholders of JsonUnit
 * stand for values: ${json-unit.ignore}, ${json-unit.any-string}, any-number,
 * any-boolean, and ${json-unit.regex}EXPRESSION.
 *
 * matchesJsonPath takes names, indexes and [*] in any chain, and one filter at
 * the end: $.items[?(@.name == 'a')] with ==, !=, <, <=, >, >=, =~ /expression/, or
 * the mere existence of a member. A filter on an object looks at the object.
 */
#ifndef WIREMOCK_JSON_PATTERN_H
#define WIREMOCK_JSON_PATTERN_H

#include "mock/wiremock/value_pattern.h"

struct json_pattern;
struct json_path_pattern;

/* The operand is the JSON itself, or a string that holds it. NULL and a problem for a mistake. */
const struct json_pattern *json_pattern_read(struct pattern_matching *matching,
                                             const struct json_node *operand, bool any_order,
                                             bool extra_elements);

/* False, too, for a text that is not JSON. */
bool json_pattern_matches(struct pattern_matching *matching, const struct json_pattern *pattern,
                          struct str text);

const struct json_path_pattern *json_path_pattern_read(struct pattern_matching *matching,
                                                       struct str expression);

/*
 * True if the path leads to something in the text: a value that is not null,
 * nor empty. With `test`, if it says yes to one of the values, as text (strings
 * without quotes, others as JSON).
 */
bool json_path_pattern_matches(struct pattern_matching *matching,
                               const struct json_path_pattern *pattern, struct str text,
                               bool (*test)(void *context, struct pattern_matching *matching,
                                            struct str value),
                               void *context);

#endif
