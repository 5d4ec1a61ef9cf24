/*
 * record: one immutable piece of JSON under its key.
 *
 * A record is a single heap block: reference count, key, text. Nothing in it
 * changes once others can see it, so a reader that holds a reference needs no
 * lock. Whoever retained a record releases it; the last release frees the
 * block. References may be taken and dropped by any thread.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/str.h"

#include <stdatomic.h>

struct record {
    atomic_uint references;
    uint32_t key_length;
    uint32_t text_length;
    uint64_t hash;     /* of the key, as its store counts it */
    uint64_t sequence; /* place in the collection, from 1; a replacement keeps it */
    char bytes[];      /* the key, then the text */
};

/* The bytes of the key; they live as long as the reference. */
static inline struct str record_key(const struct record *record)
{
    return str_make(record->bytes, record->key_length);
}

/* The JSON text as it was put; it lives as long as the reference. */
static inline struct str record_text(const struct record *record)
{
    return str_make(record->bytes + record->key_length, record->text_length);
}

/* What a record counts for in a collection's byte limit: key and text. */
static inline size_t record_size(const struct record *record)
{
    return (size_t)record->key_length + record->text_length;
}

/* A new record with one reference, which is the caller's. Key and text are copied. */
struct record *record_new(struct str key, struct str text, uint64_t hash);

/* Takes one more reference; returns the same record. */
struct record *record_retain(struct record *record);

/* Drops one reference; NULL is allowed. */
void record_release(struct record *record);

#endif
