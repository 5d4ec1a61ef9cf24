/*
 * fastapi_error: a violation in pydantic's words.
 *
 * Given one broken rule, says what pydantic v2 reports for it: `type`, `msg`
 * and `ctx`. The words are those of pydantic-core's error table; which of them
 * applies follows from the Python type that FastAPI would have written as this
 * schema (a named enum is an Enum, an inline one a Literal, an object with
 * declared properties a model, ...) and from the value.
 */
#ifndef MOCK_FASTAPI_ERROR_H
#define MOCK_FASTAPI_ERROR_H

#include "mock/part.h"
#include "schema/validate.h"

struct fastapi_error {
    const char *type;
    struct str message;
    struct str context;            /* ctx as JSON, or empty */
    struct str quoted;             /* the message as JSON where it is at hand, or empty */
    const struct json_node *input; /* what is shown as input; NULL: what was sent */
};

/* An error that shows what was sent. */
static inline struct fastapi_error fastapi_error_of(const char *type, struct str message,
                                                    struct str context)
{
    return (struct fastapi_error){.type = type, .message = message, .context = context};
}

enum { FASTAPI_MEMO_SLOTS = 16 };

/*
 * The words for enums and literals, which list all choices, kept while one answer is written:
 * a batch breaks the same rule many times. Zeroed before the first use; one arena goes with it.
 */
struct fastapi_memo {
    const struct rule *rules[FASTAPI_MEMO_SLOTS];
    const struct fastapi_error *errors[FASTAPI_MEMO_SLOTS];
};

/* Texts are static or the arena's. */
void fastapi_error_find(const struct part *part, const struct violation *violation,
                        struct arena *arena, struct fastapi_memo *memo, struct fastapi_error *out);

/* {"error": reason} and the message that ends in it. */
void fastapi_error_with_reason(struct fastapi_error *error, const char *type, const char *message,
                               struct str reason, struct arena *arena);

/* A value as Python's repr prints it. */
void fastapi_write_repr(const struct json_node *value, struct buf *out);

/* A text as Python's repr prints it. */
void fastapi_write_repr_text(struct str text, struct buf *out);

#endif
