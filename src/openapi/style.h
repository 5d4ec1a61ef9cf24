/*
 * style: how OpenAPI spells arrays and objects in one text or in several fields.
 *
 * The table of style values in OpenAPI 3.1.1, 4.8.12.4 (RFC 6570 behind it).
 * What is read depends on what the schema wants: "a,b" is an array, an object,
 * or just a string with a comma.
 *
 * Every function returns NULL where the text does not fit its style; then, and
 * if converter->malformed is set, there is no value.
 */
#ifndef OPENAPI_STYLE_H
#define OPENAPI_STYLE_H

#include "openapi/contract.h"
#include "openapi/convert.h"
#include "openapi/field.h"

struct spelling {
    enum parameter_style style;
    bool explode;
};

/* "deepObject". */
const char *parameter_style_name(enum parameter_style style);

/* The style of that name in OpenAPI; false for one that it does not know. */
bool parameter_style_from(struct str name, enum parameter_style *style);

/* Tells names that belong to somebody else, for objects whose members are fields. */
struct name_claim {
    bool (*is_claimed)(const void *context, struct str name);
    const void *context;
    bool strong; /* holds against declared members too, not only against open ones */
};

/* A value in one text: path and header parameters, and whatever is not exploded. */
struct json_node *style_read_text(struct converter *converter, struct spelling spelling,
                                  struct str name, const struct wanted *wanted, struct str raw);

/*
 * A value in the fields of a query, a Cookie header or a form; *absent is set,
 * with NULL, where no field is of it. Fields that were read become `used`.
 */
struct json_node *style_read_fields(struct converter *converter, struct spelling spelling,
                                    struct str name, const struct wanted *wanted,
                                    const struct field_list *fields, const struct name_claim *claim,
                                    bool *absent);

/*
 * A group of fields, "name[a]=1&name[b][c]=2" or "name[]=1&name[]=2", as an
 * object or array. OpenAPI's deepObject is one level; more are read as usual.
 */
struct json_node *style_read_group(struct converter *converter, const struct wanted *wanted,
                                   struct field *group);

/* An object whose members are fields of their own; NULL if there are none of it. */
struct json_node *style_read_members(struct converter *converter, const struct wanted *wanted,
                                     const struct field_list *fields,
                                     const struct name_claim *claim);

#endif
