/*
 * fastapi_union: unions and discriminators as pydantic reports them.
 *
 * A union adds one element to loc for each of its members: the name of that
 * member's validator, which follows from its schema.
 */
#ifndef MOCK_FASTAPI_UNION_H
#define MOCK_FASTAPI_UNION_H

#include "mock/fastapi_error.h"

/* The members of the union that no member of accepts the value, or NULL for another violation. */
const struct schema_list *fastapi_union_members(const struct violation *violation);

bool fastapi_accepts_null_only(const struct schema *schema);

/* How many members there are beside null. */
size_t fastapi_union_size(const struct schema_list *members);

/* Appends the loc element that names a member of a union: "str", "list[int]", "Cat", ... */
void fastapi_union_label(const struct part *part, const struct schema *schema, struct buf *out);

/* The words for a discriminator's property that is absent or has no known value. */
void fastapi_tag_error(const struct violation *violation, struct arena *arena,
                       struct fastapi_error *out);

#endif
