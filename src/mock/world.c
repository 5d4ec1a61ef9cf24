#include "mock/world.h"

#include "base/mem.h"
#include "mock/coverage.h"

#include <stdlib.h>

struct world *world_new(struct str name, const struct world_options *options)
{
    struct world *world = mem_alloc_zero(sizeof *world);
    atomic_init(&world->references, 1);
    world->name = str_make(mem_copy_string(name.data, name.len), name.len);
    world->store = store_new(&options->store, options->base);
    world->journal = journal_new(&options->journal);
    world->seed = options->seed;
    clock_init(&world->clock);
    if (options->frozen)
        clock_freeze(&world->clock, options->clock_ns);
    pthread_mutex_init(&world->lock, NULL);
    return world;
}

struct world *world_retain(struct world *world)
{
    atomic_fetch_add(&world->references, 1);
    return world;
}

static void free_saved(struct saved_state *saved)
{
    snapshot_release(saved->snapshot);
    free((char *)(uintptr_t)saved->name.data);
    free(saved);
}

void world_release(struct world *world)
{
    if (world == NULL || atomic_fetch_sub(&world->references, 1) > 1)
        return;
    while (world->saved != NULL) {
        struct saved_state *next = world->saved->next;
        free_saved(world->saved);
        world->saved = next;
    }
    fault_state_release(world->faults);
    coverage_release(world->coverage);
    store_free(world->store);
    journal_free(world->journal);
    pthread_mutex_destroy(&world->lock);
    pthread_mutex_destroy(&world->clock.lock);
    free((char *)(uintptr_t)world->name.data);
    free(world);
}

void world_rng(struct world *world, struct rng *rng)
{
    rng_seed_nth(rng, world->seed, atomic_fetch_add(&world->draws, 1));
}

static struct fault_state *new_faults(struct world *world, struct fault_plan *plan)
{
    return plan != NULL ? fault_state_new(plan, world->seed, clock_now_ns(&world->clock)) : NULL;
}

void world_set_faults(struct world *world, struct fault_plan *plan)
{
    struct fault_state *state = new_faults(world, plan);
    pthread_mutex_lock(&world->lock);
    struct fault_state *former = world->faults;
    world->faults = state;
    pthread_mutex_unlock(&world->lock);
    fault_state_release(former);
}

void world_replace_faults(struct world *world, const struct fault_plan *former,
                          struct fault_plan *plan)
{
    struct fault_state *spare = new_faults(world, plan);
    pthread_mutex_lock(&world->lock);
    struct fault_state *present = world->faults;
    if (present != NULL && fault_state_plan(present) == former) {
        world->faults = spare;
        spare = present;
    }
    pthread_mutex_unlock(&world->lock);
    fault_state_release(spare);
}

struct fault_state *world_faults(struct world *world)
{
    if (atomic_load_explicit(&world->faults, memory_order_relaxed) == NULL)
        return NULL;
    pthread_mutex_lock(&world->lock);
    struct fault_state *state = world->faults;
    if (state != NULL)
        fault_state_retain(state);
    pthread_mutex_unlock(&world->lock);
    return state;
}

void world_reset(struct world *world)
{
    store_reset(world->store);
    journal_clear(world->journal);
    struct fault_state *state = world_faults(world);
    if (state != NULL)
        fault_state_reset(state, clock_now_ns(&world->clock));
    fault_state_release(state);
}

/* ---- saved states ---- */

static struct saved_state **find_saved(struct world *world, struct str name, size_t *count)
{
    struct saved_state **link = &world->saved;
    for (*count = 0; *link != NULL && !str_equal((*link)->name, name); link = &(*link)->next)
        ++*count;
    return link;
}

bool world_save(struct world *world, struct str name)
{
    size_t count;
    struct snapshot *snapshot = store_snapshot(world->store);
    struct saved_state *former = NULL;
    pthread_mutex_lock(&world->lock);
    struct saved_state **link = find_saved(world, name, &count);
    bool room = *link != NULL || count < WORLD_SAVED_MAX;
    if (room && *link != NULL) {
        former = *link;
        *link = former->next;
    }
    if (room) {
        struct saved_state *saved = mem_alloc_zero(sizeof *saved);
        saved->name = str_make(mem_copy_string(name.data, name.len), name.len);
        saved->snapshot = snapshot;
        saved->next = world->saved;
        world->saved = saved;
    }
    pthread_mutex_unlock(&world->lock);
    if (former != NULL)
        free_saved(former);
    if (!room)
        snapshot_release(snapshot);
    return room;
}

bool world_restore(struct world *world, struct str name)
{
    size_t count;
    pthread_mutex_lock(&world->lock);
    struct saved_state *saved = *find_saved(world, name, &count);
    struct snapshot *snapshot = saved != NULL ? snapshot_retain(saved->snapshot) : NULL;
    pthread_mutex_unlock(&world->lock);
    bool good = snapshot != NULL && store_restore(world->store, snapshot);
    snapshot_release(snapshot);
    return good;
}

bool world_forget(struct world *world, struct str name)
{
    size_t count;
    pthread_mutex_lock(&world->lock);
    struct saved_state **link = find_saved(world, name, &count);
    struct saved_state *saved = *link;
    if (saved != NULL)
        *link = saved->next;
    pthread_mutex_unlock(&world->lock);
    if (saved != NULL)
        free_saved(saved);
    return saved != NULL;
}
