/*
 * parts: what a store is made of, for the files that work on it. Nobody else
 * includes this.
 *
 * A collection's index is in 16 shards. Shard i of every collection is guarded
 * by the store's stripe i, so 16 locks hold the whole store, however many
 * collections it has. Order of locking: `growth`, then the stripes by index.
 */
#ifndef STORE_PARTS_H
#define STORE_PARTS_H

#include "base/siphash.h"
#include "store/store.h"
#include "store/walk.h"

#include <pthread.h>

enum { STRIPES = WALK_SHARDS };

/* What a collection holds. References to the shards are its own. */
struct content {
    struct shard *shards[STRIPES];
    size_t count;
    size_t bytes;
    uint64_t last_sequence;
};

struct collection {
    struct store *store;
    _Atomic(struct collection *) next;
    struct shard *shards[STRIPES]; /* each under its stripe */
    /* Changed under one stripe or another: hence atomic. */
    _Atomic size_t count;
    _Atomic size_t bytes;
    _Atomic uint64_t last_sequence;
    size_t name_length;
    char name[];
};

struct store {
    pthread_mutex_t stripes[STRIPES];
    pthread_mutex_t growth;             /* held by who adds collections */
    _Atomic(struct collection *) first; /* a list that only grows, at its end */
    struct store_limits limits;
    struct siphash_key hash_key; /* of all stores and snapshots of one family */
    struct snapshot *base;       /* or NULL; changed under `growth` */
};

struct snapshot {
    atomic_uint references;
    struct siphash_key hash_key;
    size_t count;
    struct {
        char *name;
        size_t name_length;
        struct content content;
    } collections[];
};

/* Holds the whole store: nothing in any collection changes meanwhile. */
void store_lock(struct store *store);
void store_unlock(struct store *store);

/* What the collection holds, shared: shards that change from now on are copied. Under all
 * stripes. */
struct content content_of(const struct collection *collection);

/* Swaps what the collection holds with *content. Under all stripes. */
void content_swap(struct collection *collection, struct content *content);

/* Lets go of the shards. */
void content_release(struct content *content);

#endif
