/* worlds: names, bounds, seeds, lifetimes, saved states. */
#include "mock/worlds.h"

#include "support/unit.h"

#include <time.h>

static struct worlds *make(size_t max)
{
    struct worlds_options options = {.world = {.seed = 7}, .max_worlds = max};
    return worlds_new(&options);
}

static size_t count_records(struct world *world)
{
    return collection_count(store_collection(world->store, str_from("things")));
}

static void put(struct world *world, const char *key)
{
    collection_upsert(store_collection(world->store, str_from("things")), str_from(key),
                      str_from("{}"));
}

static void test_worlds_do_not_see_each_other(void **state)
{
    (void)state;
    struct worlds *worlds = make(10);
    struct world *a, *b, *again;
    assert_int_equal(worlds_get(worlds, str_from("a"), &a), WORLDS_OK);
    assert_int_equal(worlds_get(worlds, str_from("b"), &b), WORLDS_OK);
    put(a, "one");
    assert_int_equal(count_records(a), 1);
    assert_int_equal(count_records(b), 0);
    assert_int_equal(worlds_get(worlds, str_from("a"), &again), WORLDS_OK);
    assert_ptr_equal(a, again);
    assert_int_not_equal(a->seed, b->seed);
    world_release(a);
    world_release(again);
    world_release(b);
    worlds_free(worlds);
}

static void test_a_dropped_world_lives_while_it_is_used(void **state)
{
    (void)state;
    struct worlds *worlds = make(10);
    struct world *a, *fresh;
    worlds_get(worlds, str_from("a"), &a);
    uint64_t seed = a->seed;
    put(a, "one");
    assert_true(worlds_drop(worlds, str_from("a")));
    assert_false(worlds_drop(worlds, str_from("a")));
    assert_int_equal(count_records(a), 1);
    world_release(a);
    worlds_get(worlds, str_from("a"), &fresh);
    assert_int_equal(count_records(fresh), 0);
    assert_int_equal(fresh->seed, seed);
    world_release(fresh);
    worlds_free(worlds);
}

static void test_their_number_is_bounded(void **state)
{
    (void)state;
    struct worlds *worlds = make(2);
    struct world *world;
    assert_int_equal(worlds_get(worlds, str_from("a"), &world), WORLDS_OK);
    world_release(world);
    assert_int_equal(worlds_get(worlds, str_from("b"), &world), WORLDS_OK);
    world_release(world);
    assert_int_equal(worlds_get(worlds, str_from("c"), &world), WORLDS_FULL);
    worlds_drop(worlds, str_from("a"));
    assert_int_equal(worlds_get(worlds, str_from("c"), &world), WORLDS_OK);
    world_release(world);
    assert_int_equal(worlds_drop_all(worlds), 2);
    worlds_free(worlds);
}

static void test_a_world_in_use_is_not_idle(void **state)
{
    (void)state;
    struct worlds_options options = {.max_worlds = 2, .idle_seconds = 1};
    struct worlds *worlds = worlds_new(&options);
    struct world *used, *world;
    assert_int_equal(worlds_get(worlds, str_from("used"), &used), WORLDS_OK);
    assert_int_equal(worlds_get(worlds, str_from("idle"), &world), WORLDS_OK);
    world_release(world);
    put(used, "one");
    nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 100000000}, NULL);
    assert_int_equal(worlds_get(worlds, str_from("new"), &world), WORLDS_OK);
    world_release(world);
    assert_int_equal(worlds_get(worlds, str_from("used"), &world), WORLDS_OK);
    assert_ptr_equal(world, used);
    assert_int_equal(count_records(world), 1);
    world_release(world);
    world_release(used);
    assert_int_equal(worlds_drop_all(worlds), 2);
    worlds_free(worlds);
}

static void test_odd_names_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a b", "a/b", "\xc3\xa9", "a\nb", "a\"b"};
    struct worlds *worlds = make(10);
    struct world *world;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(worlds_get(worlds, str_from(bad[i]), &world), WORLDS_BAD_NAME);
    char longest[WORLD_NAME_MAX + 2];
    memset(longest, 'a', sizeof longest);
    assert_int_equal(worlds_get(worlds, str_make(longest, WORLD_NAME_MAX + 1), &world),
                     WORLDS_BAD_NAME);
    assert_int_equal(worlds_get(worlds, str_make(longest, WORLD_NAME_MAX), &world), WORLDS_OK);
    world_release(world);
    worlds_free(worlds);
}

static void test_saved_states_come_back(void **state)
{
    (void)state;
    struct worlds *worlds = make(10);
    struct world *world = worlds_default(worlds);
    put(world, "one");
    assert_true(world_save(world, str_from("first")));
    put(world, "two");
    assert_true(world_save(world, str_from("second")));
    assert_true(world_restore(world, str_from("first")));
    assert_int_equal(count_records(world), 1);
    assert_true(world_restore(world, str_from("second")));
    assert_int_equal(count_records(world), 2);
    assert_false(world_restore(world, str_from("third")));
    assert_true(world_forget(world, str_from("first")));
    assert_false(world_restore(world, str_from("first")));
    world_reset(world);
    assert_int_equal(count_records(world), 0);
    world_release(world);
    worlds_free(worlds);
}

static struct fault_plan *plan_of(const char *text)
{
    struct diags diags;
    diags_init(&diags);
    struct fault_plan *plan = fault_plan_read_header(str_from(text), &diags);
    assert_non_null(plan);
    diags_free(&diags);
    return plan;
}

static struct fault_plan *plan_in(struct world *world)
{
    struct fault_state *state = world_faults(world);
    struct fault_plan *plan = fault_state_plan(state);
    fault_state_release(state);
    return plan;
}

static void test_worlds_start_with_something_else(void **state)
{
    (void)state;
    struct fault_plan *first = plan_of("{status: 503}");
    struct fault_plan *same = plan_of("{ status: 503 }");
    struct fault_plan *second = plan_of("{status: 429}");
    struct fault_plan *own = plan_of("{status: 418}");
    struct worlds *worlds = worlds_new(&(struct worlds_options){.plan = first, .max_worlds = 10});
    struct world *a, *b;
    worlds_get(worlds, str_from("a"), &a);
    worlds_get(worlds, str_from("b"), &b);
    world_set_faults(b, own);
    worlds_start_with(worlds, NULL, same);
    assert_ptr_equal(plan_in(a), first);
    worlds_start_with(worlds, NULL, second);
    assert_ptr_equal(plan_in(a), second);
    assert_ptr_equal(plan_in(b), own);
    world_release(a);
    worlds_drop(worlds, str_from("a"));
    worlds_get(worlds, str_from("a"), &a);
    assert_ptr_equal(plan_in(a), second);
    world_release(a);
    world_release(b);
    worlds_free(worlds);
    fault_plan_release(first);
    fault_plan_release(same);
    fault_plan_release(second);
    fault_plan_release(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worlds_do_not_see_each_other),
        cmocka_unit_test(test_a_dropped_world_lives_while_it_is_used),
        cmocka_unit_test(test_their_number_is_bounded),
        cmocka_unit_test(test_a_world_in_use_is_not_idle),
        cmocka_unit_test(test_odd_names_are_refused),
        cmocka_unit_test(test_saved_states_come_back),
        cmocka_unit_test(test_worlds_start_with_something_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
