/*
 * mock: the stand-in itself, without a network.
 *
 * Joins the contracts (as a bill, which a reload may swap), the worlds and the
 * options. mock_handler() is what the http layer calls, from many threads.
 */
#ifndef MOCK_MOCK_H
#define MOCK_MOCK_H

#include "base/log.h"
#include "mock/bill.h"
#include "mock/breaches.h"
#include "mock/coverage.h"
#include "mock/generation.h"
#include "mock/message.h"
#include "mock/worlds.h"
#include "verify/journal_file.h"

struct mock_options {
    size_t max_depth;             /* of a request body; 0: 1000 */
    size_t max_nodes;             /* values in a JSON body; 0: 1,000,000 */
    size_t max_violations;        /* reported for one request; 0: 1000 */
    bool check_answers;           /* hold each answer against the contract and say so in the log */
    bool dynamic;                 /* operations without state invent each answer anew */
    struct generation generation; /* stream_count 0: 5 */
    bool steady_is_lenient; /* the `steady` dialect answers invalid requests with an example */
    bool tells_violations;  /* in Prism's header, in every dialect */
    struct log *log;        /* may be NULL */
    struct journal_file *journal_file; /* gets every exchange; may be NULL; outlives the mock */
    const char *version;               /* of the program */
};

struct mock {
    struct mock_options options;
    pthread_mutex_t lock; /* guards bill and coverage */
    struct bill *bill;
    struct coverage *coverage; /* of worlds that are gone; NULL at first */
    struct tally tally;        /* of all worlds since the start; no reset forgets it */
    struct breaches breaches;  /* the same, in words */
    struct worlds *worlds;
    uint64_t started_ns;
    atomic_uint broken_answers; /* with check_answers: how many broke the contract */
};

/* Takes over the caller's reference to the bill, and the worlds; mock_free gives up both. */
struct mock *mock_new(struct bill *bill, struct worlds *worlds, const struct mock_options *options);
void mock_free(struct mock *mock);

/* The present bill, retained. */
struct bill *mock_bill(struct mock *mock);

/* Swaps the bill (the reference is taken over); requests in flight keep the old one. */
void mock_set_bill(struct mock *mock, struct bill *bill);

/* What the http layer calls. `mock` must outlive the server. */
struct handler mock_handler(struct mock *mock);

#endif
