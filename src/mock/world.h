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

/* A named state of the store to come back to. */
struct saved_state {
    struct saved_state *next;
    struct str name;
    struct snapshot *snapshot;
};

enum { WORLD_SAVED_MAX = 100 };

struct world {
    atomic_uint references;
    struct str name; /* empty: the default one */
    struct store *store;
    struct journal *journal;
    struct clock clock;
    uint64_t seed;
    _Atomic uint64_t
        draws; /* numbers the generators handed out, so that threads do not share one */
    pthread_mutex_t lock;
    _Atomic(struct fault_state *) faults; /* NULL: no plan; changed and retained under the lock */
    struct coverage *coverage;            /* mock/coverage.h; NULL until something was counted */
    struct saved_state *saved;            /* newest first */
};

struct world_options {
    struct snapshot *base; /* seeded records, or NULL */
    uint64_t seed;
    struct journal_options journal;
    struct store_limits store;
    bool frozen;      /* the clock stands still at ... */
    int64_t clock_ns; /* ... this wall time */
};

/* One reference for the caller; `name` is copied, the base retained. */
struct world *world_new(struct str name, const struct world_options *options);
struct world *world_retain(struct world *world);
/* NULL is allowed. */
void world_release(struct world *world);

/* A generator of its own for the next something (a request, a record). Thread-safe. */
void world_rng(struct world *world, struct rng *rng);

/* Sets the plan (retained; NULL: none); counters start anew. */
void world_set_faults(struct world *world, struct fault_plan *plan);

/* The same, unless a plan other than `former` was set in the meantime. */
void world_replace_faults(struct world *world, const struct fault_plan *former,
                          struct fault_plan *plan);

/* The present fault state, retained, or NULL. */
struct fault_state *world_faults(struct world *world);

/* Back to the fixtures, with fresh fault counters and an empty journal. The plan stays. */
void world_reset(struct world *world);

/* Saves the store's content under a name (replacing an older one); false beyond WORLD_SAVED_MAX. */
bool world_save(struct world *world, struct str name);

/* Goes back to a saved content; false if there is none of that name. */
bool world_restore(struct world *world, struct str name);

/* Forgets a saved content; false if there is none of that name. */
bool world_forget(struct world *world, struct str name);

#endif
