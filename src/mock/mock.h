/*
 * mock: the stand-in itself, without a network.
 *
 * Joins the contract (as a part, which a reload may swap), the worlds and the
 * options. mock_handler() is what the http layer calls, from many threads.
 */
#ifndef MOCK_MOCK_H
#define MOCK_MOCK_H

#include "base/log.h"
#include "mock/message.h"
#include "mock/part.h"
#include "mock/world.h"

struct mock_options {
    size_t max_depth;      /* of a request body; 0: 1000 */
    size_t max_violations; /* reported for one request; 0: 1000 */
    bool check_answers;    /* hold each answer against the contract and say so in the log */
    struct log *log;       /* may be NULL */
    const char *version;   /* of the program */
};

struct mock {
    struct mock_options options;
    pthread_mutex_t lock; /* guards part */
    struct part *part;
    struct world *world; /* the default one */
    uint64_t started_ns;
    atomic_uint broken_answers; /* with check_answers: how many broke the contract */
};

/* Takes over the caller's references to part and world; both are given up by mock_free. */
struct mock *mock_new(struct part *part, struct world *world, const struct mock_options *options);
void mock_free(struct mock *mock);

/* The present part, retained. */
struct part *mock_part(struct mock *mock);

/* Swaps the part (the reference is taken over); requests in flight keep the old one. */
void mock_set_part(struct mock *mock, struct part *part);

/* What the http layer calls. `mock` must outlive the server. */
struct handler mock_handler(struct mock *mock);

#endif
