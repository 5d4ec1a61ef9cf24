/*
 * dialect: how errors are worded on the wire.
 *
 * One file for each dialect, each with one of these tables. A dialect turns
 * what was found (violations, a JSON fault, a refusal) into status, headers
 * and body; it decides nothing else.
 */
#ifndef MOCK_DIALECT_H
#define MOCK_DIALECT_H

#include "mock/exchange.h"

/* Why a request is refused, other than by violations. */
enum refusal {
    REFUSE_NO_PATH,      /* 404 */
    REFUSE_NO_METHOD,    /* 405, with Allow */
    REFUSE_UNAUTHORIZED, /* 401 */
    REFUSE_NO_RECORD,    /* 404 */
    REFUSE_CONFLICT,     /* 409 */
    REFUSE_MEDIA_TYPE,   /* 415 */
    REFUSE_UNREADABLE,   /* 400: no proper form, multipart or text body */
    REFUSE_TOO_LARGE,    /* 413: more values than a body may have */
    REFUSE_UNDECIDED,    /* 400: the check would cost too much */
    REFUSE_BROKEN,       /* 501: the document's part for this operation is broken */
    REFUSE_FULL,         /* 507: the store's limit is reached */
    REFUSAL_COUNT,
};

struct dialect {
    const char *name;
    /* exchange->findings holds at least one violation. */
    void (*answer_violations)(struct exchange *exchange);
    /* exchange->json_error says what is wrong with the body's text. */
    void (*answer_json_fault)(struct exchange *exchange);
    /* `detail` may be NULL: the usual words. */
    void (*refuse)(struct exchange *exchange, enum refusal refusal, const char *detail);
    /* Headers that every answer of the API has, whether it is an error or not; may be NULL. */
    void (*finish)(struct exchange *exchange);
    /* A body that is not JSON where JSON is wanted is a value of the wrong type (FastAPI),
     * not a reason for 415. */
    bool opaque_body_is_value;
    /* JSON's null counts as no body (FastAPI). */
    bool null_is_no_body;
    /* A slash too many or too few at the end is redirected, and %2F counts as a slash
     * (Starlette). */
    bool redirects_slashes;
    /* Reads JSON as Python does (NaN, BOM, UTF-16). */
    bool reads_python_json;
    /* The dialect that templates lie over (dialect_template.h), or NULL. */
    const struct dialect *inner;
    /* NULL: parameter_read. */
    enum parameter_outcome (*read_parameter)(const struct exchange *exchange,
                                             const struct parameter *parameter,
                                             const struct parameter_input *input,
                                             struct json_node **value);
    /* Which content types are JSON; NULL: media_type_is_json. */
    bool (*takes_json)(struct str content_type);
};

extern const struct dialect dialect_fastapi;
extern const struct dialect dialect_problem;
extern const struct dialect dialect_steady;

const struct dialect *dialect_find(enum dialect_kind kind);

/* The dialect of that name ("fastapi"), or NULL. */
const struct dialect *dialect_named(struct str name);

/* True if `dialect` is that one, with templates over it or without. */
bool dialect_is(const struct dialect *dialect, const struct dialect *wanted);

struct refusal_words {
    int status;
    const char *title; /* the reason phrase */
    const char *detail;
};

const struct refusal_words *refusal_words(enum refusal refusal);

/* Refuses in the exchange's dialect. `detail` may be NULL; else it must be the arena's, or static.
 */
void dialect_refuse(struct exchange *exchange, enum refusal refusal, const char *detail);

/*
 * Refuses for a reason of the service itself, with any status from 400 to 599.
 * `detail` must be the arena's. Knows nothing of templates.
 */
void dialect_refuse_as(struct exchange *exchange, int status, struct str detail);

/* The WWW-Authenticate header for the operation's first security scheme. */
void dialect_add_challenge(struct exchange *exchange);

/* The Allow header for a known path. */
void dialect_add_allow(struct exchange *exchange, bool first_only);

#endif
