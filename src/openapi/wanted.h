/*
 * wanted: what a schema wants of a text that has no type of its own.
 *
 * Query, path, header, cookie and form values are texts; whether "5" is a
 * number is for the schema to say. A `struct wanted` is the set of subschemas
 * that may hold for one value: that of the parameter itself, or all that its
 * properties, items, allOf, anyOf and oneOf say about one member or element.
 * The empty set says nothing: a text is then a string.
 *
 * Looking through a schema is bounded in depth and steps; what lies beyond
 * counts as "says nothing".
 */
#ifndef OPENAPI_WANTED_H
#define OPENAPI_WANTED_H

#include "base/arena.h"
#include "schema/schema.h"

enum { WANTED_MAX = 8 };

struct wanted {
    const struct schema *schemas[WANTED_MAX];
    size_t count;
};

/* The set of one schema, which may be NULL. */
struct wanted wanted_of(const struct schema *schema);

/*
 * The types that may be meant: bits of enum schema_type, with NUMBER set
 * wherever INTEGER is. A schema that has properties or items but no `type` is
 * meant to be an object or an array.
 */
unsigned wanted_types(const struct wanted *wanted);

/* What is said about a member, by properties, else patternProperties, else additionalProperties. */
struct wanted wanted_member(const struct wanted *wanted, struct str name);

/* What is said about the element at `index`. */
struct wanted wanted_element(const struct wanted *wanted, size_t index);

/* The names of all declared properties, each once, in order of declaration. */
const struct str *wanted_names(const struct wanted *wanted, struct arena *arena, size_t *count);

/* True if members that are not declared are described (by a pattern or by additionalProperties). */
bool wanted_has_open_members(const struct wanted *wanted);

/* True if one of the schemas accepts the value, or the set is empty. */
bool wanted_accepts(const struct wanted *wanted, const struct json_node *value,
                    struct arena *scratch);

#endif
