/*
 * counters: many of them, cheap to count with from many threads.
 *
 * A sparse table: ids that never counted anything cost nothing. Each id has a
 * block of counters, made at its first use; what id and place in the block
 * stand for is the business of who counts (mock/coverage.h).
 *
 * Finding a block takes no lock, counting is one relaxed atomic. Counters of
 * things that happen thousands of times in one request stop at COUNTER_ENOUGH:
 * from then on counting is a mere look, and no two threads fight for the line.
 */
#ifndef VERIFY_COUNTERS_H
#define VERIFY_COUNTERS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COUNTER_ENOUGH = 1000 };

struct counter_block {
    uint32_t size;
    _Atomic uint32_t counts[];
};

struct counters;

struct counters *counters_new(void);
void counters_free(struct counters *counters); /* NULL is allowed */

/* The block of an id, or NULL if nothing was ever counted there. */
static inline struct counter_block *counters_find(const struct counters *counters, uint32_t id);

/*
 * The block of an id, made with `size` zeros if there is none. Never NULL. An
 * id's size is always the same; it lives as long as the counters.
 */
struct counter_block *counters_make(struct counters *counters, uint32_t id, uint32_t size);

/* Adds all counts of `from`, which may be counting meanwhile. */
void counters_add(struct counters *into, const struct counters *from);

/* Sets all to 0. What is counted meanwhile may be lost or kept. */
void counters_reset(struct counters *counters);

/* Counts exactly. */
static inline void counter_add(struct counter_block *block, uint32_t place)
{
    atomic_fetch_add_explicit(&block->counts[place], 1, memory_order_relaxed);
}

/* Counts up to about COUNTER_ENOUGH. */
static inline void counter_note(struct counter_block *block, uint32_t place)
{
    if (atomic_load_explicit(&block->counts[place], memory_order_relaxed) < COUNTER_ENOUGH)
        counter_add(block, place);
}

/* The count at a place; 0 where there is no block. */
static inline uint32_t counter_read(const struct counter_block *block, uint32_t place)
{
    if (block == NULL || place >= block->size)
        return 0;
    return atomic_load_explicit(&block->counts[place], memory_order_relaxed);
}

/* ---- private: here only so that finding a block needs no call ---- */

enum { COUNTER_CHUNK = 64 };

struct counter_chunk {
    _Atomic(struct counter_block *) blocks[COUNTER_CHUNK];
};

/* Grown by replacing it: readers may still look at a smaller one, so those are kept. */
struct counter_table {
    struct counter_table *smaller;
    size_t size;
    _Atomic(struct counter_chunk *) chunks[];
};

struct counters {
    pthread_mutex_t lock; /* for making chunks, blocks and tables */
    _Atomic(struct counter_table *) table;
};

static inline struct counter_block *counters_find(const struct counters *counters, uint32_t id)
{
    struct counter_table *table = atomic_load_explicit(&counters->table, memory_order_acquire);
    if (id / COUNTER_CHUNK >= table->size)
        return NULL;
    struct counter_chunk *chunk =
        atomic_load_explicit(&table->chunks[id / COUNTER_CHUNK], memory_order_acquire);
    if (chunk == NULL)
        return NULL;
    return atomic_load_explicit(&chunk->blocks[id % COUNTER_CHUNK], memory_order_acquire);
}

#endif
