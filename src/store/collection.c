#include "store/parts.h"

#include "base/mem.h"

#include <stdlib.h>

struct collection *collection_next(const struct collection *collection)
{
    return atomic_load_explicit(&collection->next, memory_order_acquire);
}

struct str collection_name(const struct collection *collection)
{
    return str_make(collection->name, collection->name_length);
}

size_t collection_count(const struct collection *collection)
{
    return atomic_load_explicit(&collection->count, memory_order_relaxed);
}

size_t collection_bytes(const struct collection *collection)
{
    return atomic_load_explicit(&collection->bytes, memory_order_relaxed);
}

/* --- one record ------------------------------------------------------------------ */

/* The stripe comes from the hash's high end; the shard's slots use the low one. */
static size_t stripe_of(uint64_t hash)
{
    return (size_t)(hash >> 60);
}

enum put_mode {
    PUT_UPSERT,
    PUT_CREATE,
    PUT_REPLACE,
};

static enum store_outcome judge(enum put_mode mode, const struct record *expected,
                                const struct record *present)
{
    if (present == NULL)
        return mode == PUT_REPLACE ? STORE_ABSENT : STORE_CREATED;
    if (mode == PUT_CREATE)
        return STORE_EXISTS;
    if (expected != NULL && expected != present)
        return STORE_CHANGED;
    return STORE_REPLACED;
}

/* Adds more - less to a total unless that passes the limit (0: none). Less always works. */
static bool count_in(_Atomic size_t *total, size_t more, size_t less, size_t limit)
{
    size_t before = atomic_load_explicit(total, memory_order_relaxed);
    size_t now;
    do {
        now = before + more - less;
        if (now > before && limit > 0 && now > limit)
            return false;
    } while (now != before && !atomic_compare_exchange_weak_explicit(
                                  total, &before, now, memory_order_relaxed, memory_order_relaxed));
    return true;
}

/* What records that come and those that go for them do to the totals. */
struct change {
    size_t come, come_bytes;
    size_t go, go_bytes;
};

/* Adds one record in place of `present`, which may be NULL. */
static void change_add(struct change *change, const struct record *record,
                       const struct record *present)
{
    change->come++;
    change->come_bytes += record_size(record);
    if (present == NULL)
        return;
    change->go++;
    change->go_bytes += record_size(present);
}

/* Makes room in the limits; false if there is none. */
static bool reserve(struct collection *collection, const struct change *change)
{
    const struct store_limits *limits = &collection->store->limits;
    if (!count_in(&collection->bytes, change->come_bytes, change->go_bytes, limits->max_bytes))
        return false;
    if (count_in(&collection->count, change->come, change->go, limits->max_records))
        return true;
    count_in(&collection->bytes, change->go_bytes, change->come_bytes, 0);
    return false;
}

/* Puts the record at the index of its key, SHARD_NONE for a new one; returns the former. */
static struct record *place(struct collection *collection, struct record *record, uint32_t index)
{
    struct shard **shard = &collection->shards[stripe_of(record->hash)];
    *shard = shard_own(*shard);
    if (index != SHARD_NONE) {
        record->sequence = shard_at(*shard, index)->sequence;
        return shard_swap(*shard, index, record);
    }
    record->sequence = ++collection->last_sequence;
    *shard = shard_insert(*shard, record);
    return NULL;
}

/*
 * Puts the record where the mode allows it. Under its stripe. *spare becomes
 * what is left over: the former record, or the refused one.
 */
static enum store_outcome put_locked(struct collection *collection, struct record *record,
                                     enum put_mode mode, const struct record *expected,
                                     struct record **spare)
{
    const struct shard *shard = collection->shards[stripe_of(record->hash)];
    uint32_t index = shard_find(shard, record_key(record), record->hash);
    struct record *present = shard_at(shard, index);
    enum store_outcome outcome = judge(mode, expected, present);
    *spare = record;
    if (outcome != STORE_CREATED && outcome != STORE_REPLACED)
        return outcome;
    struct change change = {0};
    change_add(&change, record, present);
    if (!reserve(collection, &change))
        return STORE_FULL;
    *spare = place(collection, record, index);
    return outcome;
}

static enum store_outcome put(struct collection *collection, struct str key, struct str text,
                              enum put_mode mode, const struct record *expected)
{
    uint64_t hash = siphash(collection->store->hash_key, key);
    struct record *record = record_new(key, text, hash);
    struct record *spare;
    pthread_mutex_t *stripe = &collection->store->stripes[stripe_of(hash)];
    pthread_mutex_lock(stripe);
    enum store_outcome outcome = put_locked(collection, record, mode, expected, &spare);
    pthread_mutex_unlock(stripe);
    record_release(spare);
    return outcome;
}

enum store_outcome collection_upsert(struct collection *collection, struct str key, struct str text)
{
    return put(collection, key, text, PUT_UPSERT, NULL);
}

enum store_outcome collection_create(struct collection *collection, struct str key, struct str text)
{
    return put(collection, key, text, PUT_CREATE, NULL);
}

enum store_outcome collection_replace(struct collection *collection, struct str key,
                                      struct str text, const struct record *expected)
{
    return put(collection, key, text, PUT_REPLACE, expected);
}

struct record *collection_get(struct collection *collection, struct str key)
{
    uint64_t hash = siphash(collection->store->hash_key, key);
    size_t i = stripe_of(hash);
    pthread_mutex_lock(&collection->store->stripes[i]);
    const struct shard *shard = collection->shards[i];
    struct record *record = shard_at(shard, shard_find(shard, key, hash));
    if (record != NULL)
        record_retain(record);
    pthread_mutex_unlock(&collection->store->stripes[i]);
    return record;
}

/* Takes the record out of the index and the totals, or gives NULL. Under its stripe. */
static struct record *take_locked(struct collection *collection, struct str key, uint64_t hash)
{
    struct shard **shard = &collection->shards[stripe_of(hash)];
    uint32_t index = shard_find(*shard, key, hash);
    if (index == SHARD_NONE)
        return NULL;
    struct record *record;
    *shard = shard_own(*shard);
    *shard = shard_remove(*shard, index, &record);
    count_in(&collection->count, 0, 1, 0);
    count_in(&collection->bytes, 0, record_size(record), 0);
    return record;
}

bool collection_remove(struct collection *collection, struct str key, struct record **removed)
{
    uint64_t hash = siphash(collection->store->hash_key, key);
    pthread_mutex_t *stripe = &collection->store->stripes[stripe_of(hash)];
    pthread_mutex_lock(stripe);
    struct record *record = take_locked(collection, key, hash);
    pthread_mutex_unlock(stripe);
    bool found = record != NULL;
    if (removed != NULL)
        *removed = record;
    else
        record_release(record);
    return found;
}

/* --- several records at one moment -------------------------------------------------- */

struct batch {
    struct collection *collection;
    struct record **records; /* to put; then what is left over: those gone, or the refused */
    size_t count;
    unsigned stripes; /* bit i: a record hangs on stripe i */
};

static struct batch batch_new(struct collection *collection, const struct store_item *items,
                              size_t count)
{
    struct batch batch = {.collection = collection, .count = count};
    batch.records = mem_alloc(count * sizeof *batch.records);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = siphash(collection->store->hash_key, items[i].key);
        batch.records[i] = record_new(items[i].key, items[i].text, hash);
        batch.stripes |= 1u << stripe_of(hash);
    }
    return batch;
}

static void batch_free(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        record_release(batch->records[i]);
    free(batch->records);
}

/* By index, as whoever takes them all does. */
static void batch_lock(const struct batch *batch)
{
    for (size_t i = 0; i < STRIPES; i++)
        if ((batch->stripes >> i & 1) != 0)
            pthread_mutex_lock(&batch->collection->store->stripes[i]);
}

static void batch_unlock(const struct batch *batch)
{
    for (size_t i = 0; i < STRIPES; i++)
        if ((batch->stripes >> i & 1) != 0)
            pthread_mutex_unlock(&batch->collection->store->stripes[i]);
}

static uint32_t find_same(const struct collection *collection, const struct record *record)
{
    return shard_find(collection->shards[stripe_of(record->hash)], record_key(record),
                      record->hash);
}

/* Makes room for all, or tells why there can be none. Under the batch's stripes. */
static enum store_outcome batch_reserve(const struct batch *batch, bool create)
{
    struct collection *collection = batch->collection;
    struct change change = {0};
    for (size_t i = 0; i < batch->count; i++) {
        const struct record *record = batch->records[i];
        const struct shard *shard = collection->shards[stripe_of(record->hash)];
        const struct record *present = shard_at(shard, find_same(collection, record));
        if (present != NULL && create)
            return STORE_EXISTS;
        change_add(&change, record, present);
    }
    return reserve(collection, &change) ? STORE_CREATED : STORE_FULL;
}

enum store_outcome collection_put_all(struct collection *collection, const struct store_item *items,
                                      size_t count, bool create)
{
    if (count == 1) {
        enum put_mode mode = create ? PUT_CREATE : PUT_UPSERT;
        enum store_outcome outcome = put(collection, items[0].key, items[0].text, mode, NULL);
        return outcome == STORE_REPLACED ? STORE_CREATED : outcome;
    }
    struct batch batch = batch_new(collection, items, count);
    batch_lock(&batch);
    enum store_outcome outcome = batch_reserve(&batch, create);
    for (size_t i = 0; i < count && outcome == STORE_CREATED; i++) {
        uint32_t index = find_same(collection, batch.records[i]);
        batch.records[i] = place(collection, batch.records[i], index);
    }
    batch_unlock(&batch);
    batch_free(&batch);
    return outcome;
}

/* --- all records ----------------------------------------------------------------- */

void collection_clear(struct collection *collection)
{
    struct content content = {.count = 0};
    store_lock(collection->store);
    content.last_sequence = collection->last_sequence;
    content_swap(collection, &content);
    store_unlock(collection->store);
    content_release(&content);
}

static struct record_list list_content(const struct content *content,
                                       const struct record_query *query)
{
    struct record_list list = {.total = content->count};
    size_t most = query->limit > 0 && query->limit < list.total ? query->limit : list.total;
    list.records = mem_alloc(most * sizeof *list.records);
    struct walk walk;
    walk_begin(&walk, content->shards, query->after, query->newest_first);
    struct record *record;
    while ((record = walk_next(&walk)) != NULL && list.count < most)
        list.records[list.count++] = record_retain(record);
    list.more = record != NULL;
    return list;
}

struct record_list collection_list(struct collection *collection, const struct record_query *query)
{
    store_lock(collection->store);
    struct content content = content_of(collection);
    store_unlock(collection->store);
    struct record_list list = list_content(&content, query);
    content_release(&content);
    return list;
}

void record_list_free(struct record_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        record_release(list->records[i]);
    free(list->records);
    *list = (struct record_list){.count = 0};
}
