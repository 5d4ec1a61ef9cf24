#include "store/parts.h"

#include "base/mem.h"

#include <stdlib.h>

void store_lock(struct store *store)
{
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_lock(&store->stripes[i]);
}

void store_unlock(struct store *store)
{
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_unlock(&store->stripes[i]);
}

/* --- contents: taken, swapped, let go -------------------------------------------- */

/* The same content again, with references of its own. */
static struct content content_share(const struct content *content)
{
    struct content shared = *content;
    for (size_t i = 0; i < STRIPES; i++)
        shard_retain(shared.shards[i]);
    return shared;
}

void content_release(struct content *content)
{
    for (size_t i = 0; i < STRIPES; i++)
        shard_release(content->shards[i]);
}

struct content content_of(const struct collection *collection)
{
    struct content content = {
        .count = collection->count,
        .bytes = collection->bytes,
        .last_sequence = collection->last_sequence,
    };
    memcpy(content.shards, collection->shards, sizeof content.shards);
    return content_share(&content);
}

void content_swap(struct collection *collection, struct content *content)
{
    struct content former = {.count = 0};
    memcpy(former.shards, collection->shards, sizeof former.shards);
    memcpy(collection->shards, content->shards, sizeof former.shards);
    collection->count = content->count;
    collection->bytes = content->bytes;
    collection->last_sequence = content->last_sequence;
    *content = former;
}

/* --- stores and their collections ------------------------------------------------ */

static struct collection *list_first(const struct store *store)
{
    return atomic_load_explicit(&store->first, memory_order_acquire);
}

static struct collection *look_up(const struct store *store, struct str name)
{
    struct collection *collection = list_first(store);
    while (collection != NULL && !str_equal(collection_name(collection), name))
        collection = collection_next(collection);
    return collection;
}

static struct collection *collection_new(struct store *store, struct str name)
{
    struct collection *collection = mem_alloc_zero(sizeof *collection + name.len + 1);
    collection->store = store;
    collection->name_length = name.len;
    if (name.len > 0)
        memcpy(collection->name, name.data, name.len);
    return collection;
}

/* Appends one collection, or several that hang together. Under `growth`. */
static void publish(struct store *store, struct collection *collections)
{
    _Atomic(struct collection *) *link = &store->first;
    for (struct collection *c = list_first(store); c != NULL; c = collection_next(c))
        link = &c->next;
    atomic_store_explicit(link, collections, memory_order_release);
}

/* The collection of that name, made if there is none. Under `growth`. */
static struct collection *need(struct store *store, struct str name)
{
    struct collection *collection = look_up(store, name);
    if (collection == NULL) {
        collection = collection_new(store, name);
        publish(store, collection);
    }
    return collection;
}

static struct str frozen_name(const struct snapshot *snapshot, size_t i)
{
    return str_make(snapshot->collections[i].name, snapshot->collections[i].name_length);
}

/* Makes the collections of the base, all before any can be seen. Under `growth`. */
static void open_base(struct store *store)
{
    struct collection *made = NULL;
    for (size_t i = store->base->count; i-- > 0;) {
        struct collection *collection = collection_new(store, frozen_name(store->base, i));
        struct content content = content_share(&store->base->collections[i].content);
        content_swap(collection, &content);
        atomic_store_explicit(&collection->next, made, memory_order_relaxed);
        made = collection;
    }
    publish(store, made);
}

/* A store opens its base when it is first looked into, so that unused ones stay small. */
static void open_store(struct store *store)
{
    if (list_first(store) != NULL)
        return;
    pthread_mutex_lock(&store->growth);
    if (store->base != NULL && list_first(store) == NULL)
        open_base(store);
    pthread_mutex_unlock(&store->growth);
}

struct store *store_new(const struct store_limits *limits, struct snapshot *base)
{
    struct store *store = mem_alloc_zero(sizeof *store);
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_init(&store->stripes[i], NULL);
    pthread_mutex_init(&store->growth, NULL);
    store->limits = *limits;
    store->hash_key = base != NULL ? base->hash_key : siphash_random_key();
    store->base = base != NULL ? snapshot_retain(base) : NULL;
    return store;
}

void store_free(struct store *store)
{
    struct collection *collection = list_first(store);
    while (collection != NULL) {
        struct collection *next = collection_next(collection);
        struct content content = {.count = 0};
        content_swap(collection, &content);
        content_release(&content);
        free(collection);
        collection = next;
    }
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_destroy(&store->stripes[i]);
    pthread_mutex_destroy(&store->growth);
    snapshot_release(store->base);
    free(store);
}

struct collection *store_first(struct store *store)
{
    open_store(store);
    return list_first(store);
}

struct collection *store_find(struct store *store, struct str name)
{
    open_store(store);
    return look_up(store, name);
}

struct collection *store_collection(struct store *store, struct str name)
{
    struct collection *collection = store_find(store, name);
    if (collection != NULL)
        return collection;
    pthread_mutex_lock(&store->growth);
    collection = need(store, name);
    pthread_mutex_unlock(&store->growth);
    return collection;
}

/* --- snapshots ------------------------------------------------------------------- */

static size_t count_collections(const struct store *store)
{
    size_t count = 0;
    for (struct collection *c = list_first(store); c != NULL; c = collection_next(c))
        count++;
    return count;
}

struct snapshot *store_snapshot(struct store *store)
{
    open_store(store);
    pthread_mutex_lock(&store->growth);
    size_t count = count_collections(store);
    struct snapshot *snapshot =
        mem_alloc_zero(sizeof *snapshot + count * sizeof snapshot->collections[0]);
    atomic_init(&snapshot->references, 1);
    snapshot->hash_key = store->hash_key;
    store_lock(store);
    for (struct collection *c = list_first(store); c != NULL; c = collection_next(c)) {
        size_t i = snapshot->count++;
        snapshot->collections[i].name = mem_copy_string(c->name, c->name_length);
        snapshot->collections[i].name_length = c->name_length;
        snapshot->collections[i].content = content_of(c);
    }
    store_unlock(store);
    pthread_mutex_unlock(&store->growth);
    return snapshot;
}

struct snapshot *snapshot_retain(struct snapshot *snapshot)
{
    atomic_fetch_add_explicit(&snapshot->references, 1, memory_order_relaxed);
    return snapshot;
}

void snapshot_release(struct snapshot *snapshot)
{
    if (snapshot == NULL ||
        atomic_fetch_sub_explicit(&snapshot->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < snapshot->count; i++) {
        content_release(&snapshot->collections[i].content);
        free(snapshot->collections[i].name);
    }
    free(snapshot);
}

size_t snapshot_count(const struct snapshot *snapshot)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot->count; i++)
        count += snapshot->collections[i].content.count;
    return count;
}

/* The content that a snapshot has for the collection: nothing where it does not know it. */
static struct content content_in(const struct snapshot *snapshot, struct str name)
{
    for (size_t i = 0; snapshot != NULL && i < snapshot->count; i++)
        if (str_equal(frozen_name(snapshot, i), name))
            return content_share(&snapshot->collections[i].content);
    return (struct content){.count = 0};
}

/*
 * Swaps the content of all collections at one moment; snapshot NULL: with
 * nothing. Contents are prepared before the stripes are taken and let go after.
 */
static void replace_all(struct store *store, const struct snapshot *snapshot)
{
    pthread_mutex_lock(&store->growth);
    for (size_t i = 0; snapshot != NULL && i < snapshot->count; i++)
        need(store, frozen_name(snapshot, i));
    size_t count = count_collections(store);
    struct content *contents = mem_alloc(count * sizeof *contents);
    size_t i = 0;
    for (struct collection *c = list_first(store); c != NULL; c = collection_next(c))
        contents[i++] = content_in(snapshot, collection_name(c));
    i = 0;
    store_lock(store);
    for (struct collection *c = list_first(store); c != NULL; c = collection_next(c))
        content_swap(c, &contents[i++]);
    store_unlock(store);
    pthread_mutex_unlock(&store->growth);
    for (i = 0; i < count; i++)
        content_release(&contents[i]);
    free(contents);
}

static bool is_kin(const struct store *store, const struct snapshot *snapshot)
{
    return memcmp(&store->hash_key, &snapshot->hash_key, sizeof store->hash_key) == 0;
}

bool store_restore(struct store *store, struct snapshot *snapshot)
{
    if (!is_kin(store, snapshot))
        return false;
    open_store(store);
    replace_all(store, snapshot);
    return true;
}

bool store_set_base(struct store *store, struct snapshot *base)
{
    if (!is_kin(store, base))
        return false;
    pthread_mutex_lock(&store->growth);
    struct snapshot *former = store->base;
    store->base = snapshot_retain(base);
    pthread_mutex_unlock(&store->growth);
    snapshot_release(former);
    return true;
}

void store_reset(struct store *store)
{
    if (list_first(store) == NULL)
        return;
    pthread_mutex_lock(&store->growth);
    struct snapshot *base = store->base != NULL ? snapshot_retain(store->base) : NULL;
    pthread_mutex_unlock(&store->growth);
    replace_all(store, base);
    snapshot_release(base);
}
