/*
 * map: from a slice of bytes to a pointer.
 *
 * Open addressing, grown by doubling; keys are borrowed and must outlive the
 * map. Entries keep the order of their insertion for iteration. Memory comes
 * from the arena given at init and lives as long. No removal. Immutable maps
 * may be read by many threads.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"
#include "base/str.h"

struct map_entry {
    struct str key;
    uint32_t hash;
    void *value;
};

struct map {
    struct arena *arena;
    struct map_entry *entries; /* in order of insertion */
    size_t count;
    size_t capacity;
    uint32_t *slots; /* index into entries plus one; 0 is free */
    size_t slot_count;
};

void map_init(struct map *map, struct arena *arena);

/* Sets key to value; returns the former value, or NULL where there was none. */
void *map_put(struct map *map, struct str key, void *value);

/* The value of key, or NULL. */
void *map_get(const struct map *map, struct str key);

#endif
