/* siphash: known values, from Rust's and CPython's implementations of SipHash-1-3. */
#include "base/siphash.h"

#include "support/unit.h"

static const struct siphash_key counting = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

static void test_known_values(void **state)
{
    (void)state;
    const struct siphash_key zero = {0, 0};
    assert_true(siphash(counting, str_from("")) == 0xabac0158050fc4dcu);
    assert_true(siphash(counting, str_from("abcdefg")) == 0x639b490caba831bbu);
    assert_true(siphash(zero, str_from("a")) == 0x407448d2b89b1813u);
    assert_true(siphash(zero, str_from("abcdefg")) == 0x6db12aae9070f506u);
    assert_true(siphash(zero, str_from("abcdefgh")) == 0x3f7b849c0b8e35eau);
    assert_true(siphash(zero, str_from("the quick brown fox jumps over the lazy dog")) ==
                0x80a65583f613da2du);
}

static void test_empty_slices_are_the_same_with_and_without_data(void **state)
{
    (void)state;
    assert_true(siphash(counting, str_make(NULL, 0)) == siphash(counting, str_from("")));
}

static void test_bytes_and_length_count(void **state)
{
    (void)state;
    assert_true(siphash(counting, str_make("a\0b", 3)) != siphash(counting, str_make("a\0c", 3)));
    assert_true(siphash(counting, str_make("\0", 1)) != siphash(counting, str_make("\0\0", 2)));
    assert_true(siphash(counting, str_make("\xff", 1)) != siphash(counting, str_make("\x7f", 1)));
}

static void test_random_keys_differ(void **state)
{
    (void)state;
    struct siphash_key one = siphash_random_key();
    struct siphash_key two = siphash_random_key();
    assert_true(one.a != two.a);
    assert_true(one.a != one.b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values),
        cmocka_unit_test(test_empty_slices_are_the_same_with_and_without_data),
        cmocka_unit_test(test_bytes_and_length_count),
        cmocka_unit_test(test_random_keys_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
