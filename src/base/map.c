#include "base/map.h"

void map_init(struct map *map, struct arena *arena)
{
    *map = (struct map){.arena = arena};
}

/* The slot that holds `key`, or the free slot where it belongs. */
static uint32_t *find_slot(const struct map *map, struct str key, uint32_t hash)
{
    size_t mask = map->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &map->slots[i];
        if (*slot == 0)
            return slot;
        const struct map_entry *entry = &map->entries[*slot - 1];
        if (entry->hash == hash && str_equal(entry->key, key))
            return slot;
    }
}

static void grow(struct map *map)
{
    size_t capacity = map->capacity > 0 ? map->capacity * 2 : 8;
    map->entries = arena_grow(map->arena, map->entries, map->count * sizeof *map->entries,
                              capacity * sizeof *map->entries);
    map->capacity = capacity;
    map->slot_count = capacity * 2;
    map->slots = arena_alloc_zero(map->arena, map->slot_count * sizeof *map->slots);
    for (size_t i = 0; i < map->count; i++)
        *find_slot(map, map->entries[i].key, map->entries[i].hash) = (uint32_t)i + 1;
}

void *map_put(struct map *map, struct str key, void *value)
{
    if (map->count == map->capacity)
        grow(map);
    uint32_t hash = str_hash(key);
    uint32_t *slot = find_slot(map, key, hash);
    if (*slot != 0) {
        struct map_entry *entry = &map->entries[*slot - 1];
        void *former = entry->value;
        entry->value = value;
        return former;
    }
    map->entries[map->count] = (struct map_entry){key, hash, value};
    *slot = (uint32_t)++map->count;
    return NULL;
}

void *map_get(const struct map *map, struct str key)
{
    if (map->count == 0)
        return NULL;
    uint32_t slot = *find_slot(map, key, str_hash(key));
    return slot != 0 ? map->entries[slot - 1].value : NULL;
}
