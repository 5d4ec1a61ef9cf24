/*
 * body: the fields of a form as one object, by schema and `encoding`.
 *
 * Shared by form.c and multipart.c, which differ in how fields are spelled but
 * not in what they mean (OpenAPI 3.1.1, 4.8.15).
 */
#ifndef OPENAPI_BODY_H
#define OPENAPI_BODY_H

#include "openapi/contract.h"
#include "openapi/convert.h"
#include "openapi/field.h"

/* The `encoding` entry of a property, or NULL. */
const struct json_node *body_encoding(const struct media_type *media, struct str name);

/*
 * First the declared properties in order of declaration, then what is left in
 * order of appearance.
 */
struct json_node *body_from_fields(const struct media_type *media, const struct field_list *fields,
                                   struct converter *converter);

#endif
