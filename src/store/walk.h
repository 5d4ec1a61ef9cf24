/*
 * walk: the records of several shards as one row, in order of their sequence.
 *
 * A merge of the shards' own orders: starting anywhere costs a binary search in
 * each, going on costs a look at each. The shards must not change meanwhile.
 */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include "store/shard.h"

#include <stdbool.h>

enum { WALK_SHARDS = 16 };

struct walk {
    struct shard *const *shards; /* WALK_SHARDS of them */
    bool newest_first;
    uint32_t left[WALK_SHARDS];  /* entries not visited yet */
    uint64_t heads[WALK_SHARDS]; /* sequence of the next record; 0: none */
};

/* Begins behind the record of sequence `after`; 0: at the end where the walk starts. */
void walk_begin(struct walk *walk, struct shard *const *shards, uint64_t after, bool newest_first);

/* The next record, not retained, or NULL. */
struct record *walk_next(struct walk *walk);

#endif
