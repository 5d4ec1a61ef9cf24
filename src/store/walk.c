#include "store/walk.h"

/* The entry that a shard's walk stands at. */
static const struct shard_entry *here(const struct walk *walk, size_t i)
{
    const struct shard *shard = walk->shards[i];
    uint32_t index = walk->newest_first ? walk->left[i] - 1 : shard->used - walk->left[i];
    return &shard->entries[index];
}

/* Goes on to the next entry of shard i that is no hole, and notes its sequence. */
static void settle(struct walk *walk, size_t i)
{
    while (walk->left[i] > 0 && here(walk, i)->record == NULL)
        walk->left[i]--;
    walk->heads[i] = walk->left[i] > 0 ? here(walk, i)->sequence : 0;
}

/* How many entries of a shard the walk has before it. */
static uint32_t entries_ahead(const struct shard *shard, uint64_t after, bool newest_first)
{
    if (shard == NULL)
        return 0;
    if (!newest_first)
        return shard->used - shard_after(shard, after);
    return after > 0 ? shard_after(shard, after - 1) : shard->used;
}

void walk_begin(struct walk *walk, struct shard *const *shards, uint64_t after, bool newest_first)
{
    walk->shards = shards;
    walk->newest_first = newest_first;
    for (size_t i = 0; i < WALK_SHARDS; i++) {
        walk->left[i] = entries_ahead(shards[i], after, newest_first);
        settle(walk, i);
    }
}

/* The shard whose next record comes first, or WALK_SHARDS at the end. */
static size_t choose(const struct walk *walk)
{
    size_t best = WALK_SHARDS;
    for (size_t i = 0; i < WALK_SHARDS; i++) {
        uint64_t head = walk->heads[i];
        if (head == 0)
            continue;
        if (best == WALK_SHARDS || (head < walk->heads[best]) != walk->newest_first)
            best = i;
    }
    return best;
}

struct record *walk_next(struct walk *walk)
{
    size_t i = choose(walk);
    if (i == WALK_SHARDS)
        return NULL;
    struct record *record = here(walk, i)->record;
    walk->left[i]--;
    settle(walk, i);
    return record;
}
