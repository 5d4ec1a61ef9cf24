/* arena: alignment, growth in place, reuse of blocks by way of a pool. */
#include "base/arena.h"

#include "support/unit.h"

static void test_allocations_are_aligned_and_distinct(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 256, NULL);
    char *last = NULL;
    for (size_t size = 1; size < 600; size += 7) {
        char *block = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)block % 16, 0);
        assert_ptr_not_equal(block, last);
        memset(block, 0xab, size);
        last = block;
    }
    arena_clear(&arena);
    assert_null(arena.block);
}

static void test_newest_allocation_grows_in_place(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    char *first = arena_alloc(&arena, 10);
    memcpy(first, "0123456789", 10);
    char *grown = arena_grow(&arena, first, 10, 100);
    assert_ptr_equal(first, grown);
    arena_alloc(&arena, 1);
    char *moved = arena_grow(&arena, grown, 100, 200);
    assert_ptr_not_equal(moved, grown);
    assert_memory_equal(moved, "0123456789", 10);
    arena_clear(&arena);
}

static void test_pool_keeps_blocks_up_to_its_limit(void **state)
{
    (void)state;
    struct arena_pool pool;
    arena_pool_init(&pool, 10000);
    struct arena arena;
    arena_init(&arena, 4096, &pool);
    void *first = arena_alloc(&arena, 4000);
    arena_clear(&arena);
    assert_int_equal(pool.kept, 4096);
    void *again = arena_alloc(&arena, 4000);
    assert_ptr_equal(first, again);
    arena_alloc(&arena, 20000);
    arena_clear(&arena);
    assert_int_equal(pool.kept, 4096);
    arena_pool_free(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocations_are_aligned_and_distinct),
        cmocka_unit_test(test_newest_allocation_grows_in_place),
        cmocka_unit_test(test_pool_keeps_blocks_up_to_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
