#include "store/shard.h"

#include "base/mem.h"

#include <stdlib.h>

enum {
    SMALLEST = 8,
    SPARE_HOLES = 16, /* holes that are not worth a rebuild */
};

static size_t block_size(uint32_t capacity)
{
    return sizeof(struct shard) + capacity * sizeof(struct shard_entry) +
           2 * (size_t)capacity * sizeof(struct shard_slot);
}

/* `capacity` is a power of two; half of the slots are always free. */
static struct shard *shard_new(uint32_t capacity)
{
    struct shard *shard = mem_alloc_zero(block_size(capacity));
    atomic_init(&shard->references, 1);
    shard->capacity = capacity;
    shard->slot_mask = capacity * 2 - 1;
    shard->slots = (struct shard_slot *)(void *)(shard->entries + capacity);
    return shard;
}

uint32_t shard_find(const struct shard *shard, struct str key, uint64_t hash)
{
    if (shard == NULL)
        return SHARD_NONE;
    for (uint32_t i = (uint32_t)hash & shard->slot_mask;; i = (i + 1) & shard->slot_mask) {
        struct shard_slot slot = shard->slots[i];
        if (slot.index == 0)
            return SHARD_NONE;
        const struct record *record = shard->entries[slot.index - 1].record;
        if (slot.hash == (uint32_t)hash && record != NULL && str_equal(record_key(record), key))
            return slot.index - 1;
    }
}

struct record *shard_at(const struct shard *shard, uint32_t index)
{
    return index != SHARD_NONE ? shard->entries[index].record : NULL;
}

uint32_t shard_after(const struct shard *shard, uint64_t sequence)
{
    uint32_t low = 0;
    uint32_t high = shard != NULL ? shard->used : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (shard->entries[middle].sequence <= sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct shard *shard_retain(struct shard *shard)
{
    if (shard != NULL)
        atomic_fetch_add_explicit(&shard->references, 1, memory_order_relaxed);
    return shard;
}

void shard_release(struct shard *shard)
{
    if (shard == NULL)
        return;
    if (atomic_fetch_sub_explicit(&shard->references, 1, memory_order_acq_rel) != 1)
        return;
    for (uint32_t i = 0; i < shard->used; i++)
        record_release(shard->entries[i].record);
    free(shard);
}

struct shard *shard_own(struct shard *shard)
{
    /* A count of one cannot rise again behind our back: who could raise it would need to hold
     * a reference. Acquire: what others did before they let go comes before our writes. */
    if (shard == NULL || atomic_load_explicit(&shard->references, memory_order_acquire) == 1)
        return shard;
    struct shard *copy = shard_new(shard->capacity);
    copy->used = shard->used;
    copy->live = shard->live;
    memcpy(copy->entries, shard->entries, shard->used * sizeof *shard->entries);
    memcpy(copy->slots, shard->slots, 2 * (size_t)shard->capacity * sizeof *shard->slots);
    for (uint32_t i = 0; i < copy->used; i++)
        if (copy->entries[i].record != NULL)
            record_retain(copy->entries[i].record);
    shard_release(shard);
    return copy;
}

/* Appends to a shard that has room for it. */
static void append(struct shard *shard, struct record *record)
{
    uint32_t i = (uint32_t)record->hash & shard->slot_mask;
    while (shard->slots[i].index != 0)
        i = (i + 1) & shard->slot_mask;
    shard->entries[shard->used] = (struct shard_entry){record, record->sequence};
    shard->slots[i] = (struct shard_slot){(uint32_t)record->hash, ++shard->used};
    shard->live++;
}

/* Without its holes and with room for as many records again: grows, cleans and shrinks. */
static struct shard *rebuild(struct shard *shard)
{
    uint32_t capacity = SMALLEST;
    while (capacity < shard->live * 2)
        capacity *= 2;
    struct shard *fresh = shard_new(capacity);
    for (uint32_t i = 0; i < shard->used; i++)
        if (shard->entries[i].record != NULL)
            append(fresh, shard->entries[i].record);
    free(shard);
    return fresh;
}

struct shard *shard_insert(struct shard *shard, struct record *record)
{
    if (shard == NULL)
        shard = shard_new(SMALLEST);
    else if (shard->used == shard->capacity)
        shard = rebuild(shard);
    append(shard, record);
    return shard;
}

struct record *shard_swap(struct shard *shard, uint32_t index, struct record *record)
{
    struct record *former = shard->entries[index].record;
    shard->entries[index].record = record;
    return former;
}

struct shard *shard_remove(struct shard *shard, uint32_t index, struct record **removed)
{
    *removed = shard_swap(shard, index, NULL);
    shard->live--;
    bool mostly_holes = shard->used > 2 * shard->live + SPARE_HOLES;
    return mostly_holes ? rebuild(shard) : shard;
}
