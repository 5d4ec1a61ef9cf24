/*
 * worklist: the nodes that a walk has still to visit.
 *
 * Trees may be a thousand deep and a worker's stack is small, so nothing in
 * this layer recurses: walks keep their open ends here. The first few live in
 * the struct itself, more on the heap; worklist_free gives those back.
 */
#ifndef JSON_WORKLIST_H
#define JSON_WORKLIST_H

#include "base/mem.h"
#include "json/node.h"

#include <stdlib.h>

struct work {
    const struct json_node *node;
    const struct json_node *other; /* what it is compared with, or copied to */
    uint32_t hash;
};

enum { WORKLIST_LOCAL = 16 };

struct worklist {
    struct work *items;
    size_t count;
    size_t capacity;
    struct work local[WORKLIST_LOCAL];
};

static inline void worklist_init(struct worklist *list)
{
    list->items = list->local;
    list->count = 0;
    list->capacity = WORKLIST_LOCAL;
}

static inline void worklist_free(struct worklist *list)
{
    if (list->items != list->local)
        free(list->items);
}

static inline void worklist_grow(struct worklist *list)
{
    struct work *old = list->items != list->local ? list->items : NULL;
    list->capacity *= 2;
    list->items = mem_realloc(old, list->capacity * sizeof *list->items);
    if (old == NULL)
        memcpy(list->items, list->local, sizeof list->local);
}

static inline void worklist_push(struct worklist *list, struct work work)
{
    if (list->count == list->capacity)
        worklist_grow(list);
    list->items[list->count++] = work;
}

/* The newest entry; the list must not be empty. */
static inline struct work worklist_pop(struct worklist *list)
{
    return list->items[--list->count];
}

#endif
