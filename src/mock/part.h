/*
 * part: what the understudy has learned: the contract, and a role for each of
 * its operations.
 *
 * A role is what the document alone does not say: which error dialect the
 * operation speaks, and how it acts on the store (the `x-understudy` object
 * that an overlay put there). A part is immutable once published, shared under
 * a reference count, and swapped whole by a reload. Roles are finished lazily,
 * like the operations' schemas, under the part's lock.
 */
#ifndef MOCK_PART_H
#define MOCK_PART_H

#include "mock/shape.h"
#include "openapi/contract.h"

enum dialect_kind {
    DIALECT_AUTO,
    DIALECT_FASTAPI, /* FastAPI + pydantic v2 */
    DIALECT_PROBLEM, /* RFC 9457, as Prism writes it */
    DIALECT_STEADY,  /* Steady, the mock server of Stainless' SDK tests */
};

struct service_rules; /* mock/rules.h */
struct error_bodies;  /* mock/dialect_template.h */

enum action {
    ACTION_ANSWER, /* no store: an example or a generated answer */
    ACTION_CREATE,
    ACTION_UPSERT,
    ACTION_READ,
    ACTION_LIST,
    ACTION_UPDATE,
    ACTION_DELETE,
};

/* How an operation acts on the store: `x-understudy`, checked. */
struct behavior {
    enum action action;
    struct str collection;
    struct str_list items; /* where the records are in request and answer; empty: the body itself */
    struct str_list key;   /* members that identify a record */
    struct fill *fills;
    size_t fill_count;
    struct fill *wraps; /* the same for the answer's members around the records */
    size_t wrap_count;
    struct str limit; /* LIST: query parameters, or empty */
    struct str after;
    const struct shape *record;         /* of one record in the answer */
    const struct shape *answer;         /* of the whole answer */
    const struct schema *record_schema; /* what a record must fit */
    struct service_rules *rules;        /* beyond the schema; NULL: none */
    const struct error_bodies *errors;  /* as the overlay writes them; NULL: none */
};

struct dialect;

struct role {
    enum dialect_kind dialect;
    const struct dialect *voice; /* of that kind, with the overlay's bodies of errors over it */
    atomic_bool ready;           /* set last: whoever sees it may read the rest without a lock */
    int status;                  /* of the success answer */
    const struct media_type *success; /* its JSON media type, or NULL where it has no content */
    const struct json_node *success_node;
    struct behavior *behavior; /* NULL: ACTION_ANSWER */
};

struct part {
    atomic_uint references;
    struct contract *contract;
    struct arena arena;
    pthread_mutex_t lock;
    struct role *roles; /* by operation->index */
    struct shape_maker shapes;
    struct map
        named_schemas; /* address of a node in components/schemas -> its name (struct str *) */
    enum dialect_kind dialect;      /* as the options say; AUTO: by each operation's own */
    enum dialect_kind main_dialect; /* for answers that belong to no operation */
    const struct dialect *main_voice;
    struct query_format query_format;  /* how clients spell arrays and objects ... */
    struct query_format form_format;   /* ... in forms */
    const struct error_bodies *errors; /* x-understudy at the document's root, or NULL */
    bool print_nulls;                  /* the same: nulls: print */
    bool pydantic_values; /* the same, values: pydantic: bodies are read in pydantic's lax mode,
                             numbers printed as it prints them */
};

struct part_options {
    struct contract_options contract;
    enum dialect_kind dialect;
    struct query_format query_format;
    struct query_format form_format;
};

/*
 * Learns from the document at `path`. NULL with errors in diags if it cannot
 * be played at all; a broken operation is an error in diags, too, but the part
 * is returned (see contract_load). Mistakes in any `x-understudy` count as a
 * document that cannot be played. One reference for the caller.
 */
struct part *part_load(const char *path, const struct part_options *options, struct diags *diags);

struct part *part_retain(struct part *part);
void part_release(struct part *part);

/* Frees a part that nobody else has, but leaves its sources to diags, which point there. */
void part_discard(struct part *part, struct diags *diags);

/*
 * The finished role of an operation, or NULL if the operation is broken (its
 * problems say why). Thread-safe.
 */
const struct role *part_role(struct part *part, struct operation *operation);

/* The behavior that writes records of that collection (for fixtures), or NULL. */
const struct behavior *part_find_writer(struct part *part, struct str collection);

/* How numbers in answers are printed. */
enum json_style part_number_style(const struct part *part);

/* The name of a schema that stands in components/schemas, or NULL for an inline one. */
const struct str *part_schema_name(const struct part *part, const struct json_node *node);

#endif
