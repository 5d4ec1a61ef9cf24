/*
 * type: which Python type FastAPI would have written as a schema.
 *
 * Scalars only: a schema without `enum` and `const`, of one type (beside null)
 * and perhaps a format. Lists, dictionaries, models, unions and choices follow
 * from the schema's rules themselves.
 */
#ifndef SCHEMA_PYDANTIC_TYPE_H
#define SCHEMA_PYDANTIC_TYPE_H

#include "schema/pydantic/reading.h"
#include "schema/schema.h"

struct pydantic_type {
    unsigned types;          /* one bit of enum schema_type */
    const char *format;      /* NULL: none, or one that is not in the table */
    const char *label;       /* in the loc of a union's errors */
    const char *constrained; /* the same with limits; NULL: no difference */
    pydantic_reader *read;
    /* What pydantic's strict mode says of a value that only lax mode takes. */
    const char *error;
    const char *message;
};

/*
 * The type, or NULL. Does not follow `$ref`. A format without a type is that of a
 * dictionary's keys: of strings.
 */
const struct pydantic_type *pydantic_type_of(const struct schema *schema);

/* True for `anyOf` a number and a text of digits, which is how a Decimal is written. */
bool pydantic_is_decimal(const struct schema *schema);
extern const struct pydantic_type pydantic_decimal;

#endif
