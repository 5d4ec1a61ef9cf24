/* duration: texts to microseconds, mistakes with remedies, and draws from distributions. */
#include "support/unit.h"

#include "fault/duration.h"
#include "json/yaml.h"

#include <math.h>
#include <stdlib.h>

static void test_durations_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t us;
    } rows[] = {
        {"250ms", 250000},
        {"1s", 1000000},
        {"1.5s", 1500000},
        {"100us", 100},
        {"2m", 120000000},
        {"1h", 3600000000},
        {"0ms", 0},
        {"1m30s", 90000000},
        {"0.5ms", 500},
        {"1h1m1s1ms1us", 3661001001},
        {" 5ms ", 5000},
        {"24h", 86400000000},
        {"1.0000004s", 1000000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t us = 77;
        assert_int_equal(duration_parse(str_from(rows[i].text), &us), DURATION_OK);
        assert_int_equal(us, rows[i].us);
    }
}

static void test_what_is_no_duration_is_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum duration_outcome outcome;
    } rows[] = {
        {"", DURATION_EMPTY},
        {"   ", DURATION_EMPTY},
        {"-5ms", DURATION_NEGATIVE},
        {"250", DURATION_NO_UNIT},
        {"1.5", DURATION_NO_UNIT},
        {"1m30", DURATION_NO_UNIT},
        {"5 ms", DURATION_BAD_NUMBER},
        {"ms", DURATION_BAD_NUMBER},
        {"1.s", DURATION_BAD_NUMBER},
        {".5s", DURATION_BAD_NUMBER},
        {"1e3ms", DURATION_BAD_UNIT},
        {"5sec", DURATION_BAD_UNIT},
        {"5MS", DURATION_BAD_UNIT},
        {"25h", DURATION_TOO_LONG},
        {"9999999999999h", DURATION_TOO_LONG},
        {"1d", DURATION_BAD_UNIT},
        {"5ms;", DURATION_BAD_NUMBER},
        {"+5ms", DURATION_BAD_NUMBER},
        {"99999999999999999999999999999999999999999999999999999999999999999999ms",
         DURATION_BAD_NUMBER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t us = 77;
        if (duration_parse(str_from(rows[i].text), &us) != rows[i].outcome)
            fail_msg("\"%s\" gave %d", rows[i].text,
                     (int)duration_parse(str_from(rows[i].text), &us));
        assert_int_equal(us, 77);
    }
}

/* --- delays ------------------------------------------------------------------ */

/* Reads a delay; the diagnostics as printed, or "" without any (heap). */
static char *read_delay(const char *text, struct delay *delay)
{
    static const struct yaml_limits limits = {.max_depth = 16, .max_nodes = 100};
    struct arena arena;
    struct diags diags;
    struct buf printed;
    struct source source = {.name = "delay", .text = str_from(text)};
    arena_init(&arena, 1024, NULL);
    diags_init(&diags);
    buf_init(&printed, NULL);
    struct json_node *node = json_read_document(&arena, &source, &limits, &diags);
    assert_non_null(node);
    bool fine = delay_read(node, &diags, delay);
    assert_int_equal(fine, diags.errors == 0);
    diags_print(&diags, &printed);
    buf_text(&printed);
    diags_free(&diags);
    arena_clear(&arena);
    return printed.data;
}

static struct delay delay_of(const char *text)
{
    struct delay delay;
    char *printed = read_delay(text, &delay);
    assert_string_equal(printed, "");
    free(printed);
    return delay;
}

static void test_delays_are_read(void **state)
{
    (void)state;
    struct delay fixed = delay_of("250ms");
    assert_int_equal(fixed.kind, DELAY_FIXED);
    assert_int_equal(fixed.low_us, 250000);
    fixed = delay_of("{fixed: 1s}");
    assert_int_equal(fixed.kind, DELAY_FIXED);
    assert_int_equal(fixed.low_us, 1000000);
    struct delay uniform = delay_of("{uniform: [50ms, 250ms]}");
    assert_int_equal(uniform.kind, DELAY_UNIFORM);
    assert_int_equal(uniform.low_us, 50000);
    assert_int_equal(uniform.high_us, 250000);
    struct delay lognormal = delay_of("{lognormal: {median: 80ms, sigma: 0.4}}");
    assert_int_equal(lognormal.kind, DELAY_LOGNORMAL);
    assert_int_equal(lognormal.low_us, 80000);
    assert_int_equal(lognormal.high_us, DURATION_MAX_US);
    assert_true(lognormal.sigma == 0.4);
    assert_int_equal(delay_of("{lognormal: {median: 80ms, sigma: 0, max: 1s}}").high_us, 1000000);
}

static void test_mistakes_in_delays_say_what_to_write(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
        const char *remedy;
    } rows[] = {
        {"250", "`delay` is 250, which has no unit", "write 250ms or 250s"},
        {"-3ms", "negative", "250ms"},
        {"3 fortnights", "is not a duration", "250ms"},
        {"[1ms]", "`delay` is a list, which is not a duration", "250ms"},
        {"25h", "longer than a day", "24h is the longest"},
        {"{}", "exactly one of", "uniform: [50ms, 250ms]"},
        {"{fixed: 1s, uniform: [1s, 2s]}", "exactly one of", "lognormal"},
        {"{unifrom: [1s, 2s]}", "unknown word `unifrom` in `delay`", "did you mean `uniform`?"},
        {"{uniform: 1s}", "must be a list", "uniform: [50ms, 250ms]"},
        {"{uniform: [2s, 1s]}", "longer than its longest", "shorter one first"},
        {"{uniform: [1, 2s]}", "has no unit", "1ms"},
        {"{lognormal: {median: 80ms}}", "needs both", "sigma: 0.4"},
        {"{lognormal: {median: 80ms, sigma: -1}}", "`sigma` is -1", "0.4"},
        {"{lognormal: {median: 80ms, sigma: wide}}", "`sigma` is \"wide\"", "0.4"},
        {"{lognormal: {median: 80ms, sigma: 1, max: 10ms}}", "shorter than the median", "raise"},
        {"{lognormal: {mean: 80ms, sigma: 1}}", "unknown word `mean`", "median"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct delay delay;
        char *printed = read_delay(rows[i].text, &delay);
        if (strstr(printed, rows[i].message) == NULL || strstr(printed, rows[i].remedy) == NULL)
            fail_msg("%s gave:\n%s", rows[i].text, printed);
        free(printed);
    }
}

enum { DRAWS = 20000 };

static int compare_uint64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint64_t *draw_sorted(const struct delay *delay)
{
    uint64_t *draws = malloc(DRAWS * sizeof *draws);
    struct rng rng;
    rng_seed(&rng, 7);
    for (size_t i = 0; i < DRAWS; i++)
        draws[i] = delay_draw(delay, &rng);
    qsort(draws, DRAWS, sizeof *draws, compare_uint64);
    return draws;
}

static void test_uniform_draws_fill_their_bounds_evenly(void **state)
{
    (void)state;
    struct delay delay = {DELAY_UNIFORM, 100, 199, 0};
    uint64_t *draws = draw_sorted(&delay);
    assert_int_equal(draws[0], 100);
    assert_int_equal(draws[DRAWS - 1], 199);
    assert_in_range(draws[DRAWS / 4], 122, 128);
    assert_in_range(draws[DRAWS / 2], 147, 153);
    assert_in_range(draws[DRAWS * 3 / 4], 172, 178);
    free(draws);
}

static void test_lognormal_draws_have_their_quantiles(void **state)
{
    (void)state;
    struct delay delay = {DELAY_LOGNORMAL, 80000, 10000000, 0.4};
    uint64_t *draws = draw_sorted(&delay);
    /* Quantiles of the lognormal distribution: median * exp(sigma * z). */
    static const struct {
        double share;
        double z;
    } rows[] = {{0.05, -1.644854}, {0.25, -0.674490}, {0.5, 0}, {0.75, 0.674490}, {0.95, 1.644854}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double expected = 80000 * exp(0.4 * rows[i].z);
        double found = (double)draws[(size_t)(rows[i].share * DRAWS)];
        assert_true(found > expected * 0.97 && found < expected * 1.03);
    }
    free(draws);
}

static void test_lognormal_draws_stop_at_max(void **state)
{
    (void)state;
    struct delay delay = {DELAY_LOGNORMAL, 80000, 100000, 2};
    uint64_t *draws = draw_sorted(&delay);
    assert_int_equal(draws[DRAWS - 1], 100000);
    assert_int_equal(draws[DRAWS * 3 / 4], 100000);
    assert_true(draws[0] < 1000);
    delay.sigma = 0;
    struct rng rng;
    rng_seed(&rng, 1);
    assert_int_equal(delay_draw(&delay, &rng), 80000);
    free(draws);
}

static void test_fixed_and_none_draw_nothing(void **state)
{
    (void)state;
    struct rng rng;
    struct rng before;
    rng_seed(&rng, 1);
    before = rng;
    struct delay fixed = {DELAY_FIXED, 1234, 0, 0};
    struct delay none = {0};
    assert_int_equal(delay_draw(&fixed, &rng), 1234);
    assert_int_equal(delay_draw(&none, &rng), 0);
    assert_memory_equal(&rng, &before, sizeof rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations_are_read),
        cmocka_unit_test(test_what_is_no_duration_is_told_apart),
        cmocka_unit_test(test_delays_are_read),
        cmocka_unit_test(test_mistakes_in_delays_say_what_to_write),
        cmocka_unit_test(test_uniform_draws_fill_their_bounds_evenly),
        cmocka_unit_test(test_lognormal_draws_have_their_quantiles),
        cmocka_unit_test(test_lognormal_draws_stop_at_max),
        cmocka_unit_test(test_fixed_and_none_draw_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
