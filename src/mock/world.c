#include "mock/world.h"

#include "base/mem.h"

#include <stdlib.h>

struct world *world_new(struct str name, const struct world_options *options)
{
    struct world *world = mem_alloc_zero(sizeof *world);
    world->name = str_make(mem_copy_string(name.data, name.len), name.len);
    world->store = store_new(&options->store, options->base);
    world->journal = journal_new(&options->journal);
    world->seed = options->seed;
    clock_init(&world->clock);
    pthread_mutex_init(&world->lock, NULL);
    return world;
}

void world_free(struct world *world)
{
    if (world == NULL)
        return;
    fault_state_release(world->faults);
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

void world_set_faults(struct world *world, struct fault_plan *plan)
{
    struct fault_state *state =
        plan != NULL ? fault_state_new(plan, world->seed, clock_now_ns(&world->clock)) : NULL;
    pthread_mutex_lock(&world->lock);
    struct fault_state *former = world->faults;
    world->faults = state;
    pthread_mutex_unlock(&world->lock);
    fault_state_release(former);
}

struct fault_state *world_faults(struct world *world)
{
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
