/*
 * worlds: one for each test that names one, and the default for all others.
 *
 * A world is made at its first use, from the seeded records and the fault plan
 * that the server was started with, and costs next to nothing until something
 * is written. It goes when it is dropped, or when room is needed and it was
 * idle for long. Worlds are reference-counted: one that is dropped while a
 * request is under way lives until that is over.
 *
 * Threads: everything here is locked inside. The default world is found
 * without a lock.
 */
#ifndef MOCK_WORLDS_H
#define MOCK_WORLDS_H

#include "mock/world.h"

struct worlds_options {
    struct world_options world; /* of each; seeds differ by name. The base is retained */
    struct fault_plan *plan;    /* that each starts with (retained), or NULL */
    size_t max_worlds;          /* beside the default one; 0: 1000 */
    uint64_t idle_seconds;      /* after which a world may go; 0: 1800 */
};

struct worlds;

struct worlds *worlds_new(const struct worlds_options *options);
void worlds_free(struct worlds *worlds);

/*
 * Changes what worlds start with: the records (of the base's family) and the
 * plan; both are retained, NULL leaves what there is. Worlds that exist keep
 * their records and go back to the new ones when they are reset; those that
 * still play the former plan get the new one, if it says anything else.
 */
void worlds_start_with(struct worlds *worlds, struct snapshot *base, struct fault_plan *plan);

/* The default world, retained. */
struct world *worlds_default(struct worlds *worlds);

enum worlds_outcome {
    WORLDS_OK,
    WORLDS_BAD_NAME, /* empty, longer than WORLD_NAME_MAX, or not of letters, digits and -_.:@ */
    WORLDS_FULL,     /* as many as there may be, and none of them idle */
};

enum { WORLD_NAME_MAX = 128 };

/* The world of that name, made if there is none; retained in *out where the outcome is OK. */
enum worlds_outcome worlds_get(struct worlds *worlds, struct str name, struct world **out);

/* Lets a world go: a later use makes it anew. False if there is none of that name. */
bool worlds_drop(struct worlds *worlds, struct str name);

/* Lets all go but the default one; returns how many. */
size_t worlds_drop_all(struct worlds *worlds);

/* All of them, retained, the default one first. The array is the arena's. */
size_t worlds_list(struct worlds *worlds, struct arena *arena, struct world ***out);

#endif
