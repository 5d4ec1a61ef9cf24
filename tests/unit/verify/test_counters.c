#include "support/unit.h"
#include "verify/counters.h"

#include <pthread.h>

static void test_nothing_counted_costs_nothing(void **state)
{
    (void)state;
    struct counters *counters = counters_new();
    assert_null(counters_find(counters, 0));
    assert_null(counters_find(counters, 4000000000u));
    assert_int_equal(counter_read(NULL, 3), 0);
    counters_free(counters);
    counters_free(NULL);
}

static void test_blocks_stay_where_they_are(void **state)
{
    (void)state;
    struct counters *counters = counters_new();
    struct counter_block *first = counters_make(counters, 7, 3);
    counter_add(first, 2);
    /* Far away, so that the table grows several times. */
    struct counter_block *far = counters_make(counters, 200000, 1);
    counter_add(far, 0);
    assert_ptr_equal(counters_find(counters, 7), first);
    assert_ptr_equal(counters_make(counters, 7, 3), first);
    assert_ptr_equal(counters_find(counters, 200000), far);
    assert_null(counters_find(counters, 199999));
    assert_int_equal(counter_read(first, 2), 1);
    assert_int_equal(counter_read(first, 0), 0);
    assert_int_equal(counter_read(first, 3), 0);
    counters_free(counters);
}

static void test_notes_stop_where_it_is_enough(void **state)
{
    (void)state;
    struct counters *counters = counters_new();
    struct counter_block *block = counters_make(counters, 1, 2);
    for (int i = 0; i < 3 * COUNTER_ENOUGH; i++) {
        counter_note(block, 0);
        counter_add(block, 1);
    }
    assert_int_equal(counter_read(block, 0), COUNTER_ENOUGH);
    assert_int_equal(counter_read(block, 1), 3 * COUNTER_ENOUGH);
    counters_free(counters);
}

static void test_sums_and_resets(void **state)
{
    (void)state;
    struct counters *a = counters_new();
    struct counters *b = counters_new();
    counter_add(counters_make(a, 1, 2), 0);
    counter_add(counters_make(b, 1, 2), 0);
    counter_add(counters_make(b, 1, 2), 1);
    counter_add(counters_make(b, 5000, 1), 0);
    counters_add(a, b);
    assert_int_equal(counter_read(counters_find(a, 1), 0), 2);
    assert_int_equal(counter_read(counters_find(a, 1), 1), 1);
    assert_int_equal(counter_read(counters_find(a, 5000), 0), 1);
    assert_int_equal(counter_read(counters_find(b, 1), 0), 1);
    counters_reset(a);
    assert_int_equal(counter_read(counters_find(a, 1), 0), 0);
    assert_int_equal(counter_read(counters_find(a, 5000), 0), 0);
    counters_free(a);
    counters_free(b);
}

enum { THREADS = 4, ROUNDS = 20000, IDS = 997 };

static void *count_everywhere(void *context)
{
    for (uint32_t i = 0; i < ROUNDS; i++)
        counter_add(counters_make(context, i % IDS * 31, 2), i % 2);
    return NULL;
}

static void test_many_threads_lose_no_count(void **state)
{
    (void)state;
    struct counters *counters = counters_new();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_everywhere, counters), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    uint64_t total = 0;
    for (uint32_t id = 0; id < IDS; id++) {
        const struct counter_block *block = counters_find(counters, id * 31);
        total += counter_read(block, 0) + counter_read(block, 1);
    }
    assert_int_equal(total, THREADS * ROUNDS);
    counters_free(counters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_counted_costs_nothing),
        cmocka_unit_test(test_blocks_stay_where_they_are),
        cmocka_unit_test(test_notes_stop_where_it_is_enough),
        cmocka_unit_test(test_sums_and_resets),
        cmocka_unit_test(test_many_threads_lose_no_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
