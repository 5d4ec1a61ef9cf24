/*
 * reading: what pydantic v2 makes of one scalar.
 *
 * Each type has a reader. It takes the value as JSON has it and says what
 * pydantic's lax mode (its default) reads there ("5" is the integer 5), or which
 * error pydantic reports. The words are those of pydantic-core's error table.
 * Readers are pure; what they make lives in the arena.
 */
#ifndef SCHEMA_PYDANTIC_READING_H
#define SCHEMA_PYDANTIC_READING_H

#include "json/node.h"

/* How near the value is to the type; unions take the nearest (pydantic's smart mode). */
enum pydantic_exactness {
    PYDANTIC_LAX,    /* converted */
    PYDANTIC_STRICT, /* an integer where a float is wanted */
    PYDANTIC_EXACT,
};

struct pydantic_reading {
    const struct json_node *value; /* the value itself where nothing was converted; NULL: refused */
    enum pydantic_exactness exactness;
    /* Refused: */
    const char *error;   /* type: "int_parsing" */
    const char *message; /* msg, without the reason */
    struct str reason;   /* ctx.error, and the end of msg; empty: none */
    const char *context; /* ctx as JSON where it is another; NULL: none */
};

typedef void pydantic_reader(const struct json_node *input, struct arena *arena,
                             struct pydantic_reading *out);

static inline void pydantic_accept(struct pydantic_reading *out, const struct json_node *value,
                                   enum pydantic_exactness exactness)
{
    *out = (struct pydantic_reading){.value = value, .exactness = exactness};
}

/* `reason` may be NULL. */
static inline void pydantic_refuse(struct pydantic_reading *out, const char *error,
                                   const char *message, const char *reason)
{
    *out = (struct pydantic_reading){
        .error = error, .message = message, .reason = str_from(reason != NULL ? reason : "")};
}

/* A value that was made of `input`: it keeps that one's place in the source. */
static inline const struct json_node *pydantic_made(struct json_node *made,
                                                    const struct json_node *input)
{
    made->source = input->source;
    made->offset = input->offset;
    made->length = input->length;
    made->flags |= JSON_CONVERTED;
    return made;
}

#endif
