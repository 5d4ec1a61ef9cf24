/*
 * shard: a part of a collection's index: records by key and by order.
 *
 * One heap block with two tables, as in Python's dict: entries in order of
 * insertion, and open-addressed slots that point into them. A removed entry
 * stays as a hole until the next rebuild, and its slot goes on to mark the way
 * of probes that passed it.
 *
 * A shard is shared by reference count between a store and its snapshots. The
 * rule of copy on write: only the sole owner changes a shard (shard_own makes
 * one so). NULL is the empty shard. No locking here: the store's stripes do it.
 */
#ifndef STORE_SHARD_H
#define STORE_SHARD_H

#include "store/record.h"

struct shard_entry {
    struct record *record; /* one reference is the shard's; NULL: a hole */
    uint64_t sequence;     /* rises along the entries; kept in holes, for searching */
};

struct shard_slot {
    uint32_t hash;  /* the low half of the key's hash */
    uint32_t index; /* of the entry, plus one; 0: free */
};

struct shard {
    atomic_uint references;
    uint32_t used; /* entries, with holes */
    uint32_t live; /* entries without */
    uint32_t capacity;
    uint32_t slot_mask;
    struct shard_slot *slots;     /* after the entries, in the same block */
    struct shard_entry entries[]; /* `capacity` of them */
};

static const uint32_t SHARD_NONE = UINT32_MAX;

/* The index of the entry that holds key, or SHARD_NONE. */
uint32_t shard_find(const struct shard *shard, struct str key, uint64_t hash);

/* The record at an index from shard_find; NULL for SHARD_NONE. Not retained. */
struct record *shard_at(const struct shard *shard, uint32_t index);

/* Index of the first entry whose sequence is greater than `sequence`; may be `used`. */
uint32_t shard_after(const struct shard *shard, uint64_t sequence);

struct shard *shard_retain(struct shard *shard);
/* The last release lets go of the records. Both allow NULL. */
void shard_release(struct shard *shard);

/*
 * Turns the caller's reference into one to a shard that nobody else sees:
 * the same, or a copy with the same indexes. NULL stays NULL.
 */
struct shard *shard_own(struct shard *shard);

/*
 * Adds a record whose key is not there and whose sequence is the greatest; its
 * reference passes to the shard. The shard must be owned or NULL; the result
 * takes its place.
 */
struct shard *shard_insert(struct shard *shard, struct record *record);

/* Puts `record`, of the same key and sequence, in place of the one at index, which is returned. */
struct record *shard_swap(struct shard *shard, uint32_t index, struct record *record);

/*
 * Takes the record at index out: its reference passes to the caller in *removed.
 * The shard must be owned; the result takes its place.
 */
struct shard *shard_remove(struct shard *shard, uint32_t index, struct record **removed);

#endif
