/*
 * unknown: words of a document that have no meaning where they stand.
 *
 * OpenAPI allows no other words than its own and x-... (3.1.1, 4.9), but most
 * tools pass over them. A misspelt `responses` would be a contract without
 * answers, so each is a warning, with the nearest word that there is.
 */
#ifndef OPENAPI_UNKNOWN_H
#define OPENAPI_UNKNOWN_H

#include "openapi/load.h"
#include "openapi/nearest.h"

enum openapi_object {
    OBJECT_ROOT,
    OBJECT_COMPONENTS,
    OBJECT_OPERATION,
    OBJECT_PARAMETER,
    OBJECT_REQUEST_BODY,
    OBJECT_RESPONSE,
    OBJECT_MEDIA_TYPE,
};

/* A warning in load.diags for each unknown word of `object` (which may be NULL). */
void unknown_words(struct load load, const struct json_node *object, enum openapi_object kind);

/* A warning if the member's name is nearly, but not quite, "x-understudy". */
void unknown_extension(struct load load, const struct json_node *member);

#endif
