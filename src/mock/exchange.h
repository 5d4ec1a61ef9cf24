/*
 * exchange: one request on its way through the pipeline.
 *
 * Made when a request comes, gone when its answer was sent. All its memory is
 * the exchange arena's, which the http layer opens and clears; nothing of it
 * may be kept longer. An exchange belongs to one thread at a time.
 */
#ifndef MOCK_EXCHANGE_H
#define MOCK_EXCHANGE_H

#include "mock/mock.h"
#include "schema/validate.h"
#include "json/reader.h"

enum body_state {
    BODY_NONE,    /* nothing was sent */
    BODY_READ,    /* `body` is its tree */
    BODY_BROKEN,  /* not JSON: `json_error` says why */
    BODY_REFUSED, /* no proper form or multipart body: `body_problem` says why */
    BODY_OPAQUE,  /* of a media type that is not read as a tree; `body` is its text; where that is
                     not UTF-8, one character for each byte, and `body_problem` says so */
};

struct exchange {
    struct mock *mock;
    struct bill *bill;   /* retained while the exchange lasts */
    struct part *part;   /* of the operation; the bill's first one where none was found */
    struct world *world; /* retained while the exchange lasts */
    const struct request *request;
    struct response *response;
    struct arena *arena;

    struct str path; /* without what chooses a world */
    enum http_method method;
    enum route_outcome routed;
    struct route_match match;
    struct operation *operation; /* NULL: none was found */
    const struct role *role;     /* NULL: none, or the operation is broken */
    const struct dialect *dialect;
    struct query_format query_format; /* the client's way, where it has one */
    struct query_format form_format;
    struct generation generation; /* how its answer is made up, if it is */

    struct source body_source;
    enum body_state body_state;
    const struct media_type *media; /* of the body, or NULL */
    struct json_document document;
    struct json_error json_error;
    const char *body_problem; /* why a form, multipart or text body cannot be read, or NULL */
    const struct json_node *body;
    struct json_node **parameters; /* by index; NULL: absent */

    struct validation findings;
    size_t entries_written;  /* by the dialect, where one violation makes several */
    size_t entries_left_out; /* by the dialect, for there are too many */
    const char *refusal;     /* why it was refused, if not for findings or its JSON; or NULL */

    struct fault_state *faults; /* retained while the exchange lasts */
    struct fault_decision fault;
    bool faulted;
    struct str broke;          /* what `violate` did to the answer: JSON array text, or empty */
    bool sound;                /* it was checked, and keeps the contract */
    bool acted;                /* the operation was carried out */
    enum breach breach;        /* what the exit code may hold against somebody */
    struct coverage *coverage; /* retained while the exchange lasts; NULL until it counts */

    bool answered;
    bool is_admin;
    bool is_mistake;     /* the answer is about understudy itself: the contract does not know it */
    struct str warnings; /* JSON array text, or empty */
    struct journal_entry *entry;
};

/* Answers with a body; `type` is its content type. The body must be the arena's. */
void exchange_answer(struct exchange *exchange, int status, const char *type, struct str body);

/* The same with a JSON text that was written to `body`. */
void exchange_answer_json(struct exchange *exchange, int status, const struct buf *body);

/* An answer without a body. */
void exchange_answer_empty(struct exchange *exchange, int status);

/* What is wrong with the body's text (body_state is BODY_BROKEN), and where; the arena's. */
const char *exchange_json_fault(const struct exchange *exchange);

/* What parameters and credentials are taken from. */
struct parameter_input exchange_input(const struct exchange *exchange);

/* A new empty buffer in the exchange's arena. */
struct buf exchange_buf(const struct exchange *exchange);

#endif
