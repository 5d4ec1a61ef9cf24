/* rng: the published sequences, reproducible draws, bounds, UUIDs. */
#include "base/rng.h"

#include "support/unit.h"

#include <stdbool.h>

/* The reference sequence of xoshiro256** for the state 1, 2, 3, 4 (its authors' C code). */
static void test_xoshiro_reference_values(void **state)
{
    (void)state;
    static const uint64_t wanted[] = {
        11520u,
        0u,
        1509978240u,
        1215971899390074240u,
        1216172134540287360u,
        607988272756665600u,
        16172922978634559625u,
        8476171486693032832u,
        10595114339597558777u,
        2904607092377533576u,
    };
    struct rng rng = {{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_true(rng_next(&rng) == wanted[i]);
}

/* SplitMix64's first values for the seed 1234567 are the state after seeding. */
static void test_splitmix_reference_values(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1234567);
    assert_true(rng.state[0] == 6457827717110365317u);
    assert_true(rng.state[1] == 3203168211198807973u);
    assert_true(rng.state[2] == 9817491932198370423u);
    assert_true(rng.state[3] == 4593380528125082431u);
}

static void test_the_same_seed_gives_the_same_draws(void **state)
{
    (void)state;
    struct rng a, b, c;
    rng_seed(&a, 7);
    rng_seed(&b, 7);
    rng_seed(&c, 8);
    bool differs = false;
    for (int i = 0; i < 100; i++) {
        uint64_t draw = rng_next(&a);
        assert_true(draw == rng_next(&b));
        differs = differs || draw != rng_next(&c);
    }
    assert_true(differs);
    rng_seed(&a, 0);
    assert_true(rng_next(&a) != 0);
}

static void test_the_nth_generator_stands_alone(void **state)
{
    (void)state;
    uint64_t firsts[100];
    for (uint64_t n = 0; n < 100; n++) {
        struct rng rng, again;
        rng_seed_nth(&rng, 42, n);
        rng_seed_nth(&again, 42, n);
        firsts[n] = rng_next(&rng);
        assert_true(firsts[n] == rng_next(&again));
        for (uint64_t m = 0; m < n; m++)
            assert_true(firsts[m] != firsts[n]);
        rng_seed_nth(&rng, 43, n);
        assert_true(rng_next(&rng) != firsts[n]);
    }
}

static void test_below_is_even(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1);
    unsigned counts[7] = {0};
    for (int i = 0; i < 70000; i++)
        counts[rng_below(&rng, 7)]++;
    for (size_t i = 0; i < 7; i++)
        assert_in_range(counts[i], 9600, 10400);
    for (int i = 0; i < 100; i++)
        assert_int_equal(rng_below(&rng, 1), 0);
    const uint64_t large = UINT64_C(0xc000000000000000);
    for (int i = 0; i < 1000; i++)
        assert_true(rng_below(&rng, large) < large);
}

static void test_unit_is_even(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 2);
    double sum = 0, least = 1, greatest = 0;
    for (int i = 0; i < 100000; i++) {
        double draw = rng_unit(&rng);
        assert_true(draw >= 0 && draw < 1);
        sum += draw;
        least = draw < least ? draw : least;
        greatest = draw > greatest ? draw : greatest;
    }
    assert_true(sum > 49500 && sum < 50500);
    assert_true(least < 0.001 && greatest > 0.999);
}

static void test_uuids(void **state)
{
    (void)state;
    static const char shape[] = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    struct rng rng;
    rng_seed(&rng, 3);
    unsigned variants[4] = {0};
    char last[37] = "";
    for (int i = 0; i < 400; i++) {
        char uuid[37];
        rng_uuid4(&rng, uuid);
        assert_int_equal(strlen(uuid), 36);
        for (size_t at = 0; at < 36; at++) {
            if (shape[at] == 'x')
                assert_non_null(strchr("0123456789abcdef", uuid[at]));
            else if (shape[at] != 'y')
                assert_int_equal(uuid[at], shape[at]);
        }
        static const char variant_digits[] = "89ab";
        const char *variant = strchr(variant_digits, uuid[19]);
        assert_non_null(variant);
        variants[variant - variant_digits]++;
        assert_string_not_equal(uuid, last);
        memcpy(last, uuid, sizeof uuid);
    }
    for (size_t i = 0; i < 4; i++)
        assert_in_range(variants[i], 60, 140);
}

static void test_uuids_are_reproducible(void **state)
{
    (void)state;
    struct rng a, b;
    char first[37], second[37];
    rng_seed(&a, 42);
    rng_seed(&b, 42);
    rng_uuid4(&a, first);
    rng_uuid4(&b, second);
    assert_string_equal(first, second);
}

static void test_entropy_changes(void **state)
{
    (void)state;
    assert_true(rng_entropy() != rng_entropy());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xoshiro_reference_values),
        cmocka_unit_test(test_splitmix_reference_values),
        cmocka_unit_test(test_the_same_seed_gives_the_same_draws),
        cmocka_unit_test(test_the_nth_generator_stands_alone),
        cmocka_unit_test(test_below_is_even),
        cmocka_unit_test(test_unit_is_even),
        cmocka_unit_test(test_uuids),
        cmocka_unit_test(test_uuids_are_reproducible),
        cmocka_unit_test(test_entropy_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
