#include "base/arena.h"

#include "base/mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct arena_block {
    struct arena_block *below;
    size_t size; /* usable bytes after the header */
    alignas(max_align_t) char bytes[];
};

enum { ALIGNMENT = alignof(max_align_t) };

void arena_pool_init(struct arena_pool *pool, size_t limit_bytes)
{
    *pool = (struct arena_pool){.limit = limit_bytes};
    pthread_mutex_init(&pool->lock, NULL);
}

void arena_pool_free(struct arena_pool *pool)
{
    while (pool->spare != NULL) {
        struct arena_block *block = pool->spare;
        pool->spare = block->below;
        free(block);
    }
    pool->kept = 0;
    pthread_mutex_destroy(&pool->lock);
}

/* The first spare block that is large enough, or NULL. The list is short: its bytes are bounded. */
static struct arena_block *pool_take(struct arena_pool *pool, size_t size)
{
    if (pool == NULL)
        return NULL;
    pthread_mutex_lock(&pool->lock);
    struct arena_block **link = &pool->spare;
    while (*link != NULL && (*link)->size < size)
        link = &(*link)->below;
    struct arena_block *found = *link;
    if (found != NULL) {
        *link = found->below;
        pool->kept -= found->size;
    }
    pthread_mutex_unlock(&pool->lock);
    return found;
}

static void pool_give(struct arena_pool *pool, struct arena_block *block)
{
    bool kept = false;
    if (pool != NULL) {
        pthread_mutex_lock(&pool->lock);
        if (pool->kept + block->size <= pool->limit) {
            block->below = pool->spare;
            pool->spare = block;
            pool->kept += block->size;
            kept = true;
        }
        pthread_mutex_unlock(&pool->lock);
    }
    if (!kept)
        free(block);
}

void arena_init(struct arena *arena, size_t block_size, struct arena_pool *pool)
{
    *arena = (struct arena){.block_size = block_size, .pool = pool};
}

void arena_clear(struct arena *arena)
{
    struct arena_block *block = arena->block;
    while (block != NULL) {
        struct arena_block *below = block->below;
        pool_give(arena->pool, block);
        block = below;
    }
    arena->block = NULL;
    arena->next = NULL;
    arena->end = NULL;
    arena->used = 0;
}

static size_t rounded(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void add_block(struct arena *arena, size_t size)
{
    size_t wanted = size > arena->block_size ? size : arena->block_size;
    struct arena_block *block = pool_take(arena->pool, wanted);
    if (block == NULL) {
        block = mem_alloc(sizeof *block + wanted);
        block->size = wanted;
    }
    block->below = arena->block;
    arena->block = block;
    arena->next = block->bytes;
    arena->end = block->bytes + block->size;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size = rounded(size > 0 ? size : 1);
    if ((size_t)(arena->end - arena->next) < size)
        add_block(arena, size);
    void *result = arena->next;
    arena->next += size;
    arena->used += size;
    return result;
}

void *arena_alloc_zero(struct arena *arena, size_t size)
{
    return memset(arena_alloc(arena, size), 0, size);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    size_t old_room = rounded(old_size > 0 ? old_size : 1);
    bool newest = old != NULL && (char *)old + old_room == arena->next;
    size_t more = rounded(new_size) - old_room;
    if (newest && new_size > old_size && (size_t)(arena->end - arena->next) >= more) {
        arena->next += more;
        arena->used += more;
        return old;
    }
    void *moved = arena_alloc(arena, new_size);
    if (old_size > 0)
        memcpy(moved, old, old_size < new_size ? old_size : new_size);
    return moved;
}

void arena_adopt(struct arena *arena, struct arena *from)
{
    struct arena_block **bottom = &arena->block;
    while (*bottom != NULL)
        bottom = &(*bottom)->below;
    *bottom = from->block;
    if (arena->block == from->block) { /* it was empty: go on in the newest block */
        arena->next = from->next;
        arena->end = from->end;
    }
    arena->used += from->used;
    from->block = NULL;
    arena_clear(from);
}

char *arena_copy(struct arena *arena, struct str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

struct str arena_copy_str(struct arena *arena, struct str text)
{
    return str_make(arena_copy(arena, text), text.len);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = (size_t)(len > 0 ? len : 0) + 1;
    char *text = arena_alloc(arena, size);
    va_start(args, format);
    vsnprintf(text, size, format, args);
    va_end(args);
    return text;
}
