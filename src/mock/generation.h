/*
 * generation: how answers are made up where the contract gives none.
 *
 * The command line says it for all requests; in the `steady` dialect a request
 * may say it for itself, by Steady's headers.
 */
#ifndef MOCK_GENERATION_H
#define MOCK_GENERATION_H

#include "schema/example.h"

struct request;

enum {
    GENERATION_ARRAY_MAX = 1000,
    GENERATION_STREAM_MAX = 1000,
    GENERATION_INTERVAL_MAX_MS = 10000,
};

enum generation_seed {
    SEED_OF_WORLD, /* the same value for the same operation, as long as the world lasts */
    SEED_GIVEN,
    SEED_RANDOM, /* another value each time */
};

/* The sizes of arrays are all zero where the schema alone decides. */
struct generation {
    struct example_lengths arrays;
    enum generation_seed seed_kind;
    uint64_t seed;
    unsigned stream_count;       /* items in a stream without an example */
    unsigned stream_interval_ms; /* between two items */
};

/*
 * Both lengths from what was said of them, each 0 to GENERATION_ARRAY_MAX or -1 for nothing:
 * `size` is both, and one bound alone moves the other where it would be beyond it. Returns NULL,
 * or what is wrong.
 */
const char *generation_lengths(int64_t size, int64_t min, int64_t max, struct example_lengths *out);

/* Takes over what the request's X-Steady-... headers say. Returns NULL, or what is wrong. */
const char *generation_from_headers(const struct request *request, struct generation *out);

#endif
