/* str: slices compared, searched, trimmed, hashed, and the nearest word. */
#include "base/str.h"

#include "support/unit.h"

static struct str s(const char *text)
{
    return str_from(text);
}

static const struct str nothing = {NULL, 0};

static void test_making_and_comparing(void **state)
{
    (void)state;
    assert_int_equal(str_from(NULL).len, 0);
    assert_true(str_equal(nothing, s("")));
    assert_true(str_equal(str_make("a\0b", 3), str_make("a\0b", 3)));
    assert_false(str_equal(str_make("a\0b", 3), str_make("a\0c", 3)));
    assert_false(str_equal(s("a"), s("ab")));
    assert_true(str_is(s("ab"), "ab"));
    assert_false(str_is(str_make("ab\0", 3), "ab"));
    assert_true(str_compare(s("a"), s("b")) < 0);
    assert_true(str_compare(s("ab"), s("a")) > 0);
    assert_true(str_compare(s("a"), s("\xff")) < 0);
    assert_int_equal(str_compare(nothing, s("")), 0);
    assert_true(str_compare(nothing, s("a")) < 0);
}

static void test_ignoring_case(void **state)
{
    (void)state;
    assert_true(str_equal_ignoring_case(s("X-Api-KEY"), s("x-aPI-key")));
    assert_false(str_equal_ignoring_case(s("a"), s("b")));
    assert_false(str_equal_ignoring_case(s("a"), s("aa")));
    assert_false(str_equal_ignoring_case(s("@"), s("`")));
    assert_false(str_equal_ignoring_case(s("["), s("{")));
    assert_false(str_equal_ignoring_case(s("\u00c9"), s("\u00e9")));
    assert_true(str_contains_ignoring_case(s("X-Auth-Token"), s("tOKen")));
    assert_false(str_contains_ignoring_case(s("toke"), s("token")));
    assert_true(str_contains_ignoring_case(s("abc"), s("")));
}

static void test_beginnings_and_ends(void **state)
{
    (void)state;
    assert_true(str_starts_with(s("/v5/items"), "/v5"));
    assert_false(str_starts_with(s("/v"), "/v5"));
    assert_true(str_starts_with(s("a"), ""));
    assert_true(str_ends_with(s("a.json"), ".json"));
    assert_false(str_ends_with(s("json"), ".json"));
    assert_true(str_is(str_after(s("abc"), 1), "bc"));
    assert_int_equal(str_after(s("abc"), 3).len, 0);
    assert_int_equal(str_after(nothing, 0).len, 0);
}

static void test_searching(void **state)
{
    (void)state;
    assert_int_equal(str_find_char(s("a=b=c"), '='), 1);
    assert_int_equal(str_find_char(s("abc"), '='), 3);
    assert_int_equal(str_find_char(str_make("a\0b", 3), '\0'), 1);
    assert_int_equal(str_find_char(nothing, 'a'), 0);
    assert_true(str_contains(s("abcabd"), s("abd")));
    assert_true(str_contains(s("aaab"), s("aab")));
    assert_true(str_contains(s("abc"), s("abc")));
    assert_true(str_contains(str_make("a\0b", 3), str_make("\0b", 2)));
    assert_true(str_contains(nothing, nothing));
    assert_true(str_contains(s("abc"), nothing));
    assert_false(str_contains(s("abc"), s("abcd")));
    assert_false(str_contains(nothing, s("a")));
    assert_false(str_contains(str_make("abc", 2), s("bc")));
}

static void test_trimming(void **state)
{
    (void)state;
    assert_true(str_is(str_trim(s(" \t a b\t ")), "a b"));
    assert_int_equal(str_trim(s(" \t ")).len, 0);
    assert_int_equal(str_trim(nothing).len, 0);
    assert_true(str_is(str_trim(s("\na\n")), "\na\n"));
}

static void test_hash_spreads(void **state)
{
    (void)state;
    assert_int_equal(str_hash(s("abc")), str_hash(str_make("abcd", 3)));
    assert_int_equal(str_hash(nothing), str_hash(s("")));
    unsigned buckets[64] = {0};
    for (int i = 0; i < 6400; i++) {
        char key[8];
        key[0] = 'k';
        key[1] = (char)('0' + i / 1000);
        key[2] = (char)('0' + i / 100 % 10);
        key[3] = (char)('0' + i / 10 % 10);
        key[4] = (char)('0' + i % 10);
        buckets[str_hash(str_make(key, 5)) % 64]++;
    }
    for (size_t i = 0; i < 64; i++)
        assert_in_range(buckets[i], 50, 150);
}

static void test_distances(void **state)
{
    (void)state;
    assert_int_equal(str_distance(s(""), s("")), 0);
    assert_int_equal(str_distance(nothing, s("abc")), 3);
    assert_int_equal(str_distance(s("abc"), s("")), 3);
    assert_int_equal(str_distance(s("kitten"), s("sitting")), 3);
    assert_int_equal(str_distance(s("port"), s("prot")), 1);
    assert_int_equal(str_distance(s("abcd"), s("badc")), 2);
    assert_int_equal(str_distance(s("ca"), s("abc")), 3);
    assert_int_equal(str_distance(s("abc"), s("abcx")), 1);
    assert_int_equal(str_distance(s("abc"), s("ac")), 1);
}

static void test_long_inputs_count_as_64(void **state)
{
    (void)state;
    char long_a[200], long_b[200];
    memset(long_a, 'a', sizeof long_a);
    memset(long_b, 'b', sizeof long_b);
    assert_int_equal(str_distance(str_make(long_a, 200), str_make(long_b, 200)), 64);
    assert_int_equal(str_distance(str_make(long_a, 200), str_make(long_a, 64)), 0);
    assert_int_equal(str_distance(str_make(long_a, 200), s("")), 64);
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const flags[] = {"port", "host", "threads", "overlay", "fixture", NULL};
    assert_string_equal(str_nearest(s("prot"), flags), "port");
    assert_string_equal(str_nearest(s("thread"), flags), "threads");
    assert_string_equal(str_nearest(s("overlya"), flags), "overlay");
    assert_string_equal(str_nearest(s("fixtures"), flags), "fixture");
    assert_null(str_nearest(s("colour"), flags));
    assert_null(str_nearest(s("zzzz"), flags));
    assert_string_equal(str_nearest(s("port"), flags), "port");
    static const char *const close[] = {"abcdeX", "abcdef", "abcdeY", NULL};
    assert_string_equal(str_nearest(s("abcdef"), close), "abcdef");
    static const char *const none[] = {NULL};
    assert_null(str_nearest(s("a"), none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_making_and_comparing),
        cmocka_unit_test(test_ignoring_case),
        cmocka_unit_test(test_beginnings_and_ends),
        cmocka_unit_test(test_searching),
        cmocka_unit_test(test_trimming),
        cmocka_unit_test(test_hash_spreads),
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_long_inputs_count_as_64),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
