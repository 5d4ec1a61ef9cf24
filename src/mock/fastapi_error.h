/*
 * fastapi_error: a violation in pydantic's words.
 *
 * Given one broken rule, says what pydantic v2 reports for it: `type`, `msg`
 * and `ctx`. The words are those of pydantic-core's error table; which of them
 * applies follows from the Python type that FastAPI would have written as this
 * schema (a named enum is an Enum, an inline one a Literal, an object with
 * declared properties a model, ...).
 */
#ifndef MOCK_FASTAPI_ERROR_H
#define MOCK_FASTAPI_ERROR_H

#include "mock/part.h"
#include "schema/validate.h"

/*
 * Appends `"type":...,` and `"msg":...` to out; ctx (an object's text, or
 * nothing) goes to `ctx`. Both are JSON.
 */
void fastapi_error_write(const struct part *part, const struct violation *violation,
                         struct buf *out, struct buf *ctx);

/* The loc element that names a member of a union: "str", "list[int]", "Cat", ... */
void fastapi_union_label(const struct part *part, const struct schema *schema, struct buf *out);

#endif
