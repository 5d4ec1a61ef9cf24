/* map: put, replace, find, order of insertion, growth. */
#include "base/map.h"

#include "support/unit.h"

#include <stdio.h>

static void test_put_get_replace(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    struct map map;
    map_init(&map, &arena);
    int one = 1, two = 2;
    assert_null(map_get(&map, str_from("a")));
    assert_null(map_put(&map, str_from("a"), &one));
    assert_ptr_equal(map_get(&map, str_from("a")), &one);
    assert_ptr_equal(map_put(&map, str_from("a"), &two), &one);
    assert_ptr_equal(map_get(&map, str_from("a")), &two);
    assert_int_equal(map.count, 1);
    assert_null(map_get(&map, str_from("b")));
    arena_clear(&arena);
}

static void test_keys_are_bytes(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    struct map map;
    map_init(&map, &arena);
    int a = 1, b = 2, c = 3;
    map_put(&map, str_make("x\0y", 3), &a);
    map_put(&map, str_make("x\0z", 3), &b);
    map_put(&map, str_make(NULL, 0), &c);
    assert_ptr_equal(map_get(&map, str_make("x\0y", 3)), &a);
    assert_ptr_equal(map_get(&map, str_make("x\0z", 3)), &b);
    assert_ptr_equal(map_get(&map, str_from("")), &c);
    assert_null(map_get(&map, str_from("x")));
    arena_clear(&arena);
}

static void test_many_keys_keep_their_order(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct map map;
    map_init(&map, &arena);
    for (size_t i = 0; i < MANY; i++) {
        char *key = arena_printf(&arena, "key %zu", i);
        assert_null(map_put(&map, str_from(key), key));
    }
    for (size_t i = 0; i < MANY; i += 2) {
        char *key = arena_printf(&arena, "key %zu", i);
        assert_non_null(map_put(&map, str_from(key), key));
    }
    assert_int_equal(map.count, MANY);
    for (size_t i = 0; i < MANY; i++) {
        char key[32];
        snprintf(key, sizeof key, "key %zu", i);
        assert_string_equal(map_get(&map, str_from(key)), key);
        assert_true(str_is(map.entries[i].key, key));
        assert_int_equal(map.entries[i].hash, str_hash(str_from(key)));
    }
    assert_null(map_get(&map, str_from("key 5000")));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_get_replace),
        cmocka_unit_test(test_keys_are_bytes),
        cmocka_unit_test(test_many_keys_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
