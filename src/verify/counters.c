#include "verify/counters.h"

#include "base/mem.h"

#include <stdlib.h>

enum { SMALLEST_TABLE = 16 };

static struct counter_table *table_new(size_t size, struct counter_table *smaller)
{
    struct counter_table *table = mem_alloc_zero(sizeof *table + size * sizeof table->chunks[0]);
    table->size = size;
    table->smaller = smaller;
    for (size_t i = 0; smaller != NULL && i < smaller->size; i++)
        atomic_init(&table->chunks[i], atomic_load(&smaller->chunks[i]));
    return table;
}

struct counters *counters_new(void)
{
    struct counters *counters = mem_alloc_zero(sizeof *counters);
    pthread_mutex_init(&counters->lock, NULL);
    atomic_init(&counters->table, table_new(SMALLEST_TABLE, NULL));
    return counters;
}

static void free_chunk(struct counter_chunk *chunk)
{
    for (size_t i = 0; chunk != NULL && i < COUNTER_CHUNK; i++)
        free(atomic_load(&chunk->blocks[i]));
    free(chunk);
}

void counters_free(struct counters *counters)
{
    if (counters == NULL)
        return;
    struct counter_table *table = atomic_load(&counters->table);
    for (size_t i = 0; i < table->size; i++)
        free_chunk(atomic_load(&table->chunks[i]));
    while (table != NULL) {
        struct counter_table *smaller = table->smaller;
        free(table);
        table = smaller;
    }
    pthread_mutex_destroy(&counters->lock);
    free(counters);
}

/* The table with room for a chunk; the lock is held. */
static struct counter_table *table_with(struct counters *counters, size_t chunk)
{
    struct counter_table *table = atomic_load(&counters->table);
    size_t size = table->size;
    while (size <= chunk)
        size *= 2;
    if (size > table->size) {
        table = table_new(size, table);
        atomic_store_explicit(&counters->table, table, memory_order_release);
    }
    return table;
}

static struct counter_block *make(struct counters *counters, uint32_t id, uint32_t size)
{
    struct counter_table *table = table_with(counters, id / COUNTER_CHUNK);
    struct counter_chunk *chunk = atomic_load(&table->chunks[id / COUNTER_CHUNK]);
    if (chunk == NULL) {
        chunk = mem_alloc_zero(sizeof *chunk);
        atomic_store_explicit(&table->chunks[id / COUNTER_CHUNK], chunk, memory_order_release);
    }
    struct counter_block *block = atomic_load(&chunk->blocks[id % COUNTER_CHUNK]);
    if (block == NULL) {
        block = mem_alloc_zero(sizeof *block + size * sizeof block->counts[0]);
        block->size = size;
        atomic_store_explicit(&chunk->blocks[id % COUNTER_CHUNK], block, memory_order_release);
    }
    return block;
}

struct counter_block *counters_make(struct counters *counters, uint32_t id, uint32_t size)
{
    struct counter_block *block = counters_find(counters, id);
    if (block != NULL)
        return block;
    pthread_mutex_lock(&counters->lock);
    block = make(counters, id, size);
    pthread_mutex_unlock(&counters->lock);
    return block;
}

/* ---- all of them ---- */

typedef void block_function(void *context, uint32_t id, struct counter_block *block);

static void each_block(const struct counters *counters, block_function *function, void *context)
{
    struct counter_table *table = atomic_load_explicit(&counters->table, memory_order_acquire);
    for (size_t i = 0; i < table->size; i++) {
        struct counter_chunk *chunk = atomic_load_explicit(&table->chunks[i], memory_order_acquire);
        for (size_t j = 0; chunk != NULL && j < COUNTER_CHUNK; j++) {
            struct counter_block *block =
                atomic_load_explicit(&chunk->blocks[j], memory_order_acquire);
            if (block != NULL)
                function(context, (uint32_t)(i * COUNTER_CHUNK + j), block);
        }
    }
}

static void add_block(void *context, uint32_t id, struct counter_block *block)
{
    struct counter_block *into = counters_make(context, id, block->size);
    for (uint32_t i = 0; i < block->size && i < into->size; i++)
        atomic_fetch_add_explicit(&into->counts[i], counter_read(block, i), memory_order_relaxed);
}

void counters_add(struct counters *into, const struct counters *from)
{
    each_block(from, add_block, into);
}

static void reset_block(void *context, uint32_t id, struct counter_block *block)
{
    (void)context;
    (void)id;
    for (uint32_t i = 0; i < block->size; i++)
        atomic_store_explicit(&block->counts[i], 0, memory_order_relaxed);
}

void counters_reset(struct counters *counters)
{
    each_block(counters, reset_block, NULL);
}
