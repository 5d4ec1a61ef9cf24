/*
 * store: the state that the server keeps, as named collections of records.
 *
 * A collection holds records in order of their insertion and finds them by
 * key. Keys are bytes of any kind; composite keys are joined by the caller. A
 * record is one immutable block (record.h): writers swap it, readers take a
 * reference and look at it without a lock.
 *
 * Everything that sets state back is one mechanism: a `struct snapshot` is the
 * frozen content of a store, shared and never changed. A store can start from
 * one (its base: the fixtures), go back to it (store_reset), or take the
 * content of any other (store_restore). Taking one copies nothing; whoever
 * writes next copies what it touches, a sixteenth of a collection's index, never
 * the records. A store that starts from a base and is not used costs less than
 * 1 KB.
 *
 * Ownership: a store owns its collections, which live as long as it does; the
 * pointers stay good through resets. Snapshots are reference-counted.
 *
 * Threads: every function may be called by any thread at any time, but for
 * store_free. Each record hangs on one of 16 locks by its key's hash; only
 * listing, snapshot and reset take them all, and a batch those of its records,
 * for a short while.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/record.h"

#include <stdbool.h>

struct store;
struct collection;
struct snapshot;

/* Bounds of each collection. */
struct store_limits {
    size_t max_records; /* 0: no limit */
    size_t max_bytes;   /* of keys and texts; 0: no limit */
};

enum store_outcome {
    STORE_CREATED,  /* the record is new */
    STORE_REPLACED, /* another record had the key and is gone */
    STORE_EXISTS,   /* refused: the key is taken */
    STORE_ABSENT,   /* refused: no record has the key */
    STORE_CHANGED,  /* refused: the record is not the expected one any more */
    STORE_FULL,     /* refused: it would break a limit of the collection */
};

/*
 * A store with the content of `base` (which is retained), or an empty one where
 * base is NULL. The caller frees it. Never NULL.
 */
struct store *store_new(const struct store_limits *limits, struct snapshot *base);

/* Frees it with its collections. Nobody else may be using it. Retained records live on. */
void store_free(struct store *store);

/*
 * The collection of that name, made if there is none. Finding one takes no
 * lock. The name is copied. Names are expected to come from the contract: for a
 * name that a client made up ask store_find, which makes nothing.
 */
struct collection *store_collection(struct store *store, struct str name);

/* The collection of that name, or NULL. */
struct collection *store_find(struct store *store, struct str name);

/* The first collection and the one after, in order of their making; NULL at the end. */
struct collection *store_first(struct store *store);
struct collection *collection_next(const struct collection *collection);

/* Its name, which lives as long as the store. */
struct str collection_name(const struct collection *collection);

/* Records now in it. */
size_t collection_count(const struct collection *collection);

/* Bytes of keys and texts now in it. */
size_t collection_bytes(const struct collection *collection);

/* Inserts or replaces: STORE_CREATED, STORE_REPLACED or STORE_FULL. Key and text are copied. */
enum store_outcome collection_upsert(struct collection *collection, struct str key,
                                     struct str text);

/* Inserts only: STORE_CREATED, STORE_EXISTS or STORE_FULL. */
enum store_outcome collection_create(struct collection *collection, struct str key,
                                     struct str text);

/* A record to put; both slices are the caller's. */
struct store_item {
    struct str key;
    struct str text;
};

/*
 * Puts all records at one moment, or none: no listing, snapshot or reset sees or
 * takes a part of them. No two may have the same key. STORE_CREATED, also where
 * records were replaced; STORE_FULL if not all of them find room; with `create`
 * STORE_EXISTS if a key is taken. Keys and texts are copied.
 */
enum store_outcome collection_put_all(struct collection *collection, const struct store_item *items,
                                      size_t count, bool create);

/*
 * Replaces only: STORE_REPLACED, STORE_ABSENT, STORE_CHANGED or STORE_FULL.
 * With `expected` (a record got before) only that very record is replaced, so
 * that read, change, replace loses nobody's write; NULL replaces any.
 */
enum store_outcome collection_replace(struct collection *collection, struct str key,
                                      struct str text, const struct record *expected);

/* The record of that key, retained (the caller releases it), or NULL. */
struct record *collection_get(struct collection *collection, struct str key);

/*
 * Takes the record of that key out; false if there is none. `removed` may be
 * NULL, else it receives the record, retained, or NULL.
 */
bool collection_remove(struct collection *collection, struct str key, struct record **removed);

/* Takes all records out. */
void collection_clear(struct collection *collection);

/* Which part of a collection to list; all zero means everything, oldest first. */
struct record_query {
    uint64_t after;    /* start behind the record of this sequence; 0: at the start */
    size_t limit;      /* most records to list; 0: no limit */
    bool newest_first; /* then `after` stands at the newer end */
};

struct record_list {
    struct record **records; /* retained */
    size_t count;
    size_t total; /* records in the whole collection at that moment */
    bool more;    /* there are records behind the last one listed */
};

/*
 * The records of one moment, in order of insertion. The caller gives the list
 * back with record_list_free. Costs O(records listed), whatever the position.
 */
struct record_list collection_list(struct collection *collection, const struct record_query *query);

/* Releases the records and the list. */
void record_list_free(struct record_list *list);

/* The content of all collections at one moment, retained for the caller. */
struct snapshot *store_snapshot(struct store *store);

struct snapshot *snapshot_retain(struct snapshot *snapshot);
/* NULL is allowed. */
void snapshot_release(struct snapshot *snapshot);

/* Records in all collections of the snapshot. */
size_t snapshot_count(const struct snapshot *snapshot);

/*
 * Gives the store the snapshot's content, at one moment. Collections that the
 * snapshot does not know become empty. False, and nothing happens, if the
 * snapshot was taken in a store that is neither this one nor comes from the
 * same first store (by snapshots and bases).
 */
bool store_restore(struct store *store, struct snapshot *snapshot);

/*
 * Gives the store another base (retained) to go back to; its records stay. (One
 * that was never looked into has none yet: it starts from the new base.) False,
 * and nothing happens, under the conditions of store_restore. Thread-safe.
 */
bool store_set_base(struct store *store, struct snapshot *base);

/* Back to the base, or to nothing where there is none. */
void store_reset(struct store *store);

#endif
