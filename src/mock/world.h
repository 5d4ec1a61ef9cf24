/*
 * world: everything that one test can see and change.
 *
 * Store, fault plan, journal, clock and random seed. The default world serves
 * whoever names none. Its parts are each safe for many threads; only the fault
 * state is swapped, under the world's lock.
 */
#ifndef MOCK_WORLD_H
#define MOCK_WORLD_H

#include "base/clock.h"
#include "base/rng.h"
#include "fault/decide.h"
#include "store/store.h"
#include "verify/journal.h"

struct world {
    struct str name;
    struct store *store;
    struct journal *journal;
    struct clock clock;
    uint64_t seed;
    _Atomic uint64_t
        draws; /* numbers the generators handed out, so that threads do not share one */
    pthread_mutex_t lock;
    struct fault_state *faults; /* NULL: no plan */
};

struct world_options {
    struct snapshot *base; /* seeded records, or NULL */
    uint64_t seed;
    struct journal_options journal;
    struct store_limits store;
};

/* The caller frees it; `name` is copied. */
struct world *world_new(struct str name, const struct world_options *options);
void world_free(struct world *world);

/* A generator of its own for the next something (a request, a record). Thread-safe. */
void world_rng(struct world *world, struct rng *rng);

/* Sets the plan (retained; NULL: none); counters start anew. */
void world_set_faults(struct world *world, struct fault_plan *plan);

/* The present fault state, retained, or NULL. */
struct fault_state *world_faults(struct world *world);

/* Back to the fixtures, with fresh fault counters and an empty journal. The plan stays. */
void world_reset(struct world *world);

#endif
