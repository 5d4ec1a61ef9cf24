/*
 * journal: what the client really sent, and what it got.
 *
 * A bounded ring of the last exchanges. Each entry is one reference-counted
 * heap block that holds copies of everything; it does not change but for three
 * numbers that are known only after the last byte was sent. So a reader takes
 * references under a short lock and looks without one.
 *
 * An exchange is added when its answer is known and before the first byte
 * leaves: a client that has its answer finds its request in the journal.
 *
 * Header values are kept as they came, secrets too: tests ask what the client
 * sent. They are shown where somebody asks for them (the admin API) and hidden
 * where they would be left lying about (files that a CI job keeps): see
 * enum journal_secrets. Log lines never carry headers.
 */
#ifndef VERIFY_JOURNAL_H
#define VERIFY_JOURNAL_H

#include "base/str.h"
#include "json/writer.h"

#include <stdatomic.h>

struct journal;

struct journal_header {
    struct str name;
    struct str value;
};

/*
 * The facts of one exchange. For journal_add they point wherever the caller
 * has them; in an entry they point into the entry.
 */
struct journal_exchange {
    int64_t time_ns;     /* wall clock of its world, since 1970: when it arrived */
    uint64_t started_ns; /* monotonic clock: the same moment, for measuring gaps */
    struct str world;    /* empty: the default one */
    struct str remote;   /* the client's address */

    struct str method;
    struct str path;  /* as sent, up to '?' */
    struct str query; /* after '?' */
    const struct journal_header *headers;
    size_t header_count;
    struct str body;

    struct str operation; /* "PUT /v5/items"; empty: no operation matched */
    int status;           /* 0: no response: the connection was cut before anything was done */
    const struct journal_header *response_headers;
    size_t response_header_count;
    struct str response_body;

    size_t violation_count;
    struct str violations; /* JSON array text, or empty */
    struct str warnings;   /* JSON array text, or empty */
    struct str fault_name; /* of the rule that struck; empty: none */
    struct str fault;      /* its decision as JSON object text, or empty */
    struct str connection; /* how it ended the connection: reset, close, hang, empty or garbage;
                              empty: it did not */
};

enum journal_state {
    JOURNAL_OPEN,   /* the response is on its way */
    JOURNAL_SENT,   /* all of it was sent */
    JOURNAL_BROKEN, /* the connection ended before that, by a fault or by the client */
};

/* Everything but `outcome` is fixed from the moment that the entry can be seen. */
struct journal_entry {
    uint64_t id; /* from 1, rising by 1; never used again, not after a clear either */
    struct journal_exchange exchange;
    uint64_t body_size; /* in full; exchange.body is shorter where it was cut */
    uint64_t response_body_size;
    size_t size;                        /* bytes of the block */
    struct journal_entry *next_dropped; /* the journal's own, while it lets entries go */
    atomic_uint references;
    struct {
        _Atomic uint64_t bytes_sent;
        _Atomic uint64_t duration_ns; /* from started_ns to the last byte */
        _Atomic int state;            /* enum journal_state; set last */
    } outcome;
};

struct journal_options {
    size_t max_entries; /* 0: 1000 */
    size_t max_bytes;   /* of all entries; 0: 16 MB; the newest entry is always kept */
    size_t max_body;    /* bytes kept of each body; 0: 64 KB */
};

/* NULL options are all 0. The caller frees it. Never NULL. */
struct journal *journal_new(const struct journal_options *options);

/* Nobody else may be using it; entries that are retained live on. */
void journal_free(struct journal *journal);

/*
 * Adds an exchange (copies; one allocation, a short lock) and lets go of the
 * oldest ones beyond the limits. Returns the entry, retained for the caller,
 * who hands it to journal_finish.
 */
struct journal_entry *journal_add(struct journal *journal, const struct journal_exchange *exchange);

/* Says how it ended and gives up the reference that journal_add returned. */
void journal_finish(struct journal_entry *entry, bool complete, uint64_t bytes_sent,
                    uint64_t duration_ns);

/* JOURNAL_OPEN, or how it ended; then bytes and duration are final. */
enum journal_state journal_entry_state(const struct journal_entry *entry);

struct journal_entry *journal_retain(struct journal_entry *entry);
/* NULL is allowed. */
void journal_release(struct journal_entry *entry);

/* True for the entries that the question is about. Called without any lock held. */
typedef bool journal_filter(const struct journal_entry *entry, void *context);

/* All zero: everything, oldest first. */
struct journal_query {
    journal_filter *filter; /* NULL: all */
    void *context;          /* for filter */
    uint64_t after_id;      /* only entries with a greater id */
    size_t limit;           /* most entries to list; 0: no limit */
    bool newest_first;
};

struct journal_list {
    struct journal_entry **entries; /* retained */
    size_t count;
};

/* The entries of one moment. The caller gives the list back with journal_list_free. */
struct journal_list journal_select(struct journal *journal, const struct journal_query *query);
void journal_list_free(struct journal_list *list);

/* How many entries the query would list. NULL: all. */
size_t journal_count(struct journal *journal, const struct journal_query *query);

/* The entry of that id, retained, or NULL if it never was or is gone. */
struct journal_entry *journal_find(struct journal *journal, uint64_t id);

/* Forgets the entries of a list that was selected oldest first; the list keeps its references. */
void journal_remove(struct journal *journal, const struct journal_list *list);

/* Forgets all entries. */
void journal_clear(struct journal *journal);

struct journal_statistics {
    uint64_t added;   /* ever: the id of the newest */
    uint64_t dropped; /* let go because of a limit, since the last clear */
    size_t entries;
    size_t bytes;
};

struct journal_statistics journal_statistics(struct journal *journal);

enum journal_secrets {
    JOURNAL_SHOW_SECRETS, /* for who asks: the admin API */
    JOURNAL_HIDE_SECRETS, /* for files: values of secret headers and parameters (base/secret.h)
                             become "***"; bodies are shown as they are */
};

/*
 * Writes the entry as one JSON object, whatever bytes the client sent: what is
 * not UTF-8 is shown with U+FFFD, and a body of that kind also in base64.
 *
 *     {"id":7,"time":"2026-11-22T10:11:35.123456Z","world":"","remote":"127.0.0.1",
 *      "operation":"PUT /v5/items",          or null: none matched
 *      "request":{"method":"PUT","path":"/v5/items","query":"a=1",
 *                 "headers":[{"name":"Accept","value":"x"}],
 *                 "body":"{}","body_size":2,"body_cut":false},    and body_base64
 *      "response":{"status":200,"headers":[...],"body":...},      or null: none
 *      "violations":[...],"warnings":[...],
 *      "fault":{"name":"flaky","decision":{...}},                 or null
 *      "state":"open" | "sent" | "broken","bytes_sent":517,"duration_ms":0.412}
 */
void journal_write_json(const struct journal_entry *entry, enum journal_secrets secrets,
                        struct json_writer *writer);

/* Its members but for id, request and response, into an object that is open. */
void journal_write_facts(const struct journal_entry *entry, struct json_writer *writer);

#endif
