#include "mock/worlds.h"

#include "base/mem.h"
#include "json/writer.h"

#include <stdlib.h>

enum {
    DEFAULT_MAX = 1000,
    DEFAULT_IDLE_SECONDS = 1800,
    BUCKETS = 1024,
};

struct entry {
    struct entry *next; /* in its bucket */
    struct world *world;
    uint64_t used_ns; /* monotonic: when it was last asked for */
};

struct worlds {
    struct worlds_options options;
    struct world *main;
    pthread_mutex_t lock;
    struct entry *buckets[BUCKETS];
    size_t count;
};

static struct world *make(const struct worlds *worlds, struct str name)
{
    struct world_options options = worlds->options.world;
    if (name.len > 0) {
        /* Draws of a world depend on the server's seed and its name only. */
        struct rng rng;
        rng_seed_nth(&rng, options.seed, str_hash(name));
        options.seed = rng_next(&rng) >> 16;
    }
    struct world *world = world_new(name, &options);
    if (worlds->options.plan != NULL)
        world_set_faults(world, worlds->options.plan);
    return world;
}

struct worlds *worlds_new(const struct worlds_options *options)
{
    struct worlds *worlds = mem_alloc_zero(sizeof *worlds);
    worlds->options = *options;
    if (worlds->options.max_worlds == 0)
        worlds->options.max_worlds = DEFAULT_MAX;
    if (worlds->options.idle_seconds == 0)
        worlds->options.idle_seconds = DEFAULT_IDLE_SECONDS;
    if (options->world.base != NULL)
        snapshot_retain(options->world.base);
    if (options->plan != NULL)
        fault_plan_retain(options->plan);
    pthread_mutex_init(&worlds->lock, NULL);
    worlds->main = make(worlds, str_from(""));
    return worlds;
}

void worlds_free(struct worlds *worlds)
{
    if (worlds == NULL)
        return;
    worlds_drop_all(worlds);
    world_release(worlds->main);
    snapshot_release(worlds->options.world.base);
    fault_plan_release(worlds->options.plan);
    pthread_mutex_destroy(&worlds->lock);
    free(worlds);
}

static bool say_the_same(const struct fault_plan *a, const struct fault_plan *b)
{
    const struct fault_plan *plans[] = {a, b};
    struct buf texts[2];
    for (size_t i = 0; i < 2; i++) {
        buf_init(&texts[i], NULL);
        struct json_writer writer = json_writer_to(&texts[i]);
        fault_plan_write_json(plans[i], &writer);
    }
    bool same = str_equal(buf_str(&texts[0]), buf_str(&texts[1]));
    buf_free(&texts[0]);
    buf_free(&texts[1]);
    return same;
}

/* Either may be NULL. Under the lock. */
static void change_start(struct worlds *worlds, struct world *world, struct snapshot *base,
                         struct fault_plan *plan)
{
    if (base != NULL)
        store_set_base(world->store, base);
    if (plan != NULL)
        world_replace_faults(world, worlds->options.plan, plan);
}

void worlds_start_with(struct worlds *worlds, struct snapshot *base, struct fault_plan *plan)
{
    /* What this makes needless may be large: it is freed when nobody waits for the lock. */
    struct snapshot *former_base = NULL;
    struct fault_plan *former_plan = NULL;
    pthread_mutex_lock(&worlds->lock);
    if (plan != NULL && worlds->options.plan != NULL && say_the_same(plan, worlds->options.plan))
        plan = NULL;
    change_start(worlds, worlds->main, base, plan);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry *entry = worlds->buckets[i]; entry != NULL; entry = entry->next)
            change_start(worlds, entry->world, base, plan);
    if (base != NULL) {
        former_base = worlds->options.world.base;
        worlds->options.world.base = snapshot_retain(base);
    }
    if (plan != NULL) {
        former_plan = worlds->options.plan;
        worlds->options.plan = fault_plan_retain(plan);
    }
    pthread_mutex_unlock(&worlds->lock);
    snapshot_release(former_base);
    fault_plan_release(former_plan);
}

struct world *worlds_default(struct worlds *worlds)
{
    return world_retain(worlds->main);
}

static bool is_good_name(struct str name)
{
    if (name.len == 0 || name.len > WORLD_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && strchr("-_.:@", c) == NULL)
            return false;
    }
    return true;
}

static struct entry **find(struct worlds *worlds, struct str name)
{
    struct entry **link = &worlds->buckets[str_hash(name) % BUCKETS];
    while (*link != NULL && !str_equal((*link)->world->name, name))
        link = &(*link)->next;
    return link;
}

/* Takes an entry out and puts it before the dropped ones. Under the lock. */
static void unlink_entry(struct worlds *worlds, struct entry **link, struct entry **dropped)
{
    struct entry *entry = *link;
    *link = entry->next;
    entry->next = *dropped;
    *dropped = entry;
    worlds->count--;
}

/* Not under the lock: everybody would wait for a big world to be freed. Returns how many. */
static size_t free_dropped(struct entry *dropped)
{
    size_t count = 0;
    for (; dropped != NULL; count++) {
        struct entry *next = dropped->next;
        world_release(dropped->world);
        free(dropped);
        dropped = next;
    }
    return count;
}

/* Whether a request to it is under way. None begins under the lock. */
static bool is_in_use(struct world *world)
{
    return atomic_load(&world->references) > 1;
}

/* Lets every world go that nobody asked for in a long time, and that nobody uses now. */
static void drop_idle(struct worlds *worlds, uint64_t now_ns, struct entry **dropped)
{
    uint64_t idle_ns = worlds->options.idle_seconds * 1000000000u;
    for (size_t i = 0; i < BUCKETS; i++) {
        struct entry **link = &worlds->buckets[i];
        while (*link != NULL) {
            if (is_in_use((*link)->world))
                (*link)->used_ns = now_ns;
            if (now_ns - (*link)->used_ns > idle_ns)
                unlink_entry(worlds, link, dropped);
            else
                link = &(*link)->next;
        }
    }
}

static enum worlds_outcome get_locked(struct worlds *worlds, struct str name, struct world **out,
                                      struct entry **dropped)
{
    uint64_t now_ns = clock_monotonic_ns();
    struct entry **link = find(worlds, name);
    if (*link == NULL && worlds->count >= worlds->options.max_worlds) {
        drop_idle(worlds, now_ns, dropped);
        link = find(worlds, name);
        if (worlds->count >= worlds->options.max_worlds)
            return WORLDS_FULL;
    }
    if (*link == NULL) {
        struct entry *entry = mem_alloc_zero(sizeof *entry);
        entry->world = make(worlds, name);
        *link = entry;
        worlds->count++;
    }
    (*link)->used_ns = now_ns;
    *out = world_retain((*link)->world);
    return WORLDS_OK;
}

enum worlds_outcome worlds_get(struct worlds *worlds, struct str name, struct world **out)
{
    if (!is_good_name(name))
        return WORLDS_BAD_NAME;
    struct entry *dropped = NULL;
    pthread_mutex_lock(&worlds->lock);
    enum worlds_outcome outcome = get_locked(worlds, name, out, &dropped);
    pthread_mutex_unlock(&worlds->lock);
    free_dropped(dropped);
    return outcome;
}

bool worlds_drop(struct worlds *worlds, struct str name)
{
    struct entry *dropped = NULL;
    pthread_mutex_lock(&worlds->lock);
    struct entry **link = find(worlds, name);
    if (*link != NULL)
        unlink_entry(worlds, link, &dropped);
    pthread_mutex_unlock(&worlds->lock);
    return free_dropped(dropped) > 0;
}

size_t worlds_drop_all(struct worlds *worlds)
{
    struct entry *dropped = NULL;
    pthread_mutex_lock(&worlds->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        while (worlds->buckets[i] != NULL)
            unlink_entry(worlds, &worlds->buckets[i], &dropped);
    pthread_mutex_unlock(&worlds->lock);
    return free_dropped(dropped);
}

size_t worlds_list(struct worlds *worlds, struct arena *arena, struct world ***out)
{
    size_t count = 0;
    pthread_mutex_lock(&worlds->lock);
    struct world **list = arena_alloc(arena, (worlds->count + 1) * sizeof(struct world *));
    list[count++] = world_retain(worlds->main);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry *entry = worlds->buckets[i]; entry != NULL; entry = entry->next)
            list[count++] = world_retain(entry->world);
    pthread_mutex_unlock(&worlds->lock);
    *out = list;
    return count;
}
