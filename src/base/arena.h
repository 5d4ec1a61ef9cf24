/*
 * arena: many allocations, one lifetime.
 *
 * Memory comes from blocks and is given back all at once. An arena belongs to
 * one thread at a time. An optional pool keeps cleared blocks for the next
 * arena, so that a server whose requests come and go does not pay for fresh
 * pages each time and does not keep one large block for every worker thread.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

#include <pthread.h>
#include <stddef.h>

struct arena_block;

/*
 * Spare blocks, shared by arenas of many threads (locked inside). Whoever made
 * the pool frees it after the last arena that uses it.
 */
struct arena_pool {
    pthread_mutex_t lock;
    struct arena_block *spare;
    size_t kept;  /* bytes in the spare list */
    size_t limit; /* most bytes to keep; more goes back to the heap */
};

void arena_pool_init(struct arena_pool *pool, size_t limit_bytes);
void arena_pool_free(struct arena_pool *pool);

struct arena {
    struct arena_block *block; /* the newest block; older ones hang below it */
    char *next;                /* first free byte of the newest block */
    char *end;
    size_t block_size;
    size_t used;             /* bytes handed out, for limits and statistics */
    struct arena_pool *pool; /* may be NULL */
};

/* `block_size` is the size of an ordinary block; larger requests get their own. */
void arena_init(struct arena *arena, size_t block_size, struct arena_pool *pool);

/* Gives everything back (to the pool, where there is one). The arena can be used again. */
void arena_clear(struct arena *arena);

/* `size` bytes aligned for any object, not zeroed. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same, zeroed. */
void *arena_alloc_zero(struct arena *arena, size_t size);

/*
 * Grows the arena's most recent allocation in place if it can, else moves it.
 * `old` may be NULL when old_size is 0.
 */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/*
 * Takes over all that `from` holds: it then lives as long as `arena`, and
 * `from` is empty. What was allocated stays where it is.
 */
void arena_adopt(struct arena *arena, struct arena *from);

/* A NUL-terminated copy. */
char *arena_copy(struct arena *arena, struct str text);

/* The same as a slice (its bytes are NUL-terminated too). */
struct str arena_copy_str(struct arena *arena, struct str text);

/* A formatted, NUL-terminated string. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
