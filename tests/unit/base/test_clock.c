/* clock: pretended time, and dates printed and read. */
#include "base/clock.h"

#include "support/unit.h"

#include <stdio.h>

static const int64_t SECOND = 1000000000;

static void assert_printed(void (*print)(int64_t, struct buf *), int64_t wall_ns,
                           const char *wanted)
{
    struct buf out;
    buf_init(&out, NULL);
    print(wall_ns, &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_free(&out);
}

static void test_rfc3339(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        int64_t ns;
        const char *text;
    } cases[] = {
        {0, 0, "1970-01-01T00:00:00Z"},
        {0, 999, "1970-01-01T00:00:00Z"},
        {0, 1000, "1970-01-01T00:00:00.000001Z"},
        {0, 123456789, "1970-01-01T00:00:00.123456Z"},
        {951782400, 0, "2000-02-29T00:00:00Z"},
        {951868799, 0, "2000-02-29T23:59:59Z"},
        {1704067199, 0, "2023-12-31T23:59:59Z"},
        {1704067200, 0, "2024-01-01T00:00:00Z"},
        {1709164800, 0, "2024-02-29T00:00:00Z"},
        {4107542400, 0, "2100-03-01T00:00:00Z"},
        {4107456000, 0, "2100-02-28T00:00:00Z"},
        {-1, 0, "1969-12-31T23:59:59Z"},
        {-1, 500000000, "1969-12-31T23:59:59.500000Z"},
        {-2208988800, 0, "1900-01-01T00:00:00Z"},
        {-2203891200, 0, "1900-03-01T00:00:00Z"},
        {-86400, 0, "1969-12-31T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t wall_ns = cases[i].seconds * SECOND + cases[i].ns;
        assert_printed(clock_print_rfc3339, wall_ns, cases[i].text);
        int64_t back;
        assert_true(clock_parse_rfc3339(str_from(cases[i].text), &back));
        assert_true(back == wall_ns - cases[i].ns % 1000);
    }
    assert_printed(clock_print_rfc3339, INT64_MAX, "2262-04-11T23:47:16.854775Z");
    assert_printed(clock_print_rfc3339, INT64_MIN, "1677-09-21T00:12:43.145224Z");
}

static void test_milliseconds(void **state)
{
    (void)state;
    assert_printed(clock_print_millis, 0, "1970-01-01T00:00:00.000Z");
    assert_printed(clock_print_millis, 1700000000 * SECOND + 7999999, "2023-11-14T22:13:20.007Z");
    assert_printed(clock_print_millis, -1, "1969-12-31T23:59:59.999Z");
}

static void test_http_dates(void **state)
{
    (void)state;
    assert_printed(clock_print_http_date, 0, "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_printed(clock_print_http_date, 784111777 * SECOND, "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_printed(clock_print_http_date, 1709210096 * SECOND, "Thu, 29 Feb 2024 12:34:56 GMT");
    assert_printed(clock_print_http_date, -1, "Wed, 31 Dec 1969 23:59:59 GMT");
    assert_printed(clock_print_http_date, -SECOND * 86400 * 4, "Sun, 28 Dec 1969 00:00:00 GMT");
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    for (int64_t day = 0; day < 700; day++) {
        struct buf out;
        buf_init(&out, NULL);
        clock_print_http_date(day * 86400 * SECOND, &out);
        assert_memory_equal(out.data, days[day % 7], 3);
        buf_free(&out);
    }
}

static void assert_reads(const char *text, int64_t wanted_ns)
{
    int64_t wall_ns;
    assert_true(clock_parse_rfc3339(str_from(text), &wall_ns));
    assert_true(wall_ns == wanted_ns);
}

static void test_forms_that_are_read(void **state)
{
    (void)state;
    assert_reads("1970-01-01t00:00:01z", SECOND);
    assert_reads("1970-01-01 00:00:01Z", SECOND);
    assert_reads("1970-01-01T00:00:01+00:00", SECOND);
    assert_reads("1970-01-01T00:00:01-00:00", SECOND);
    assert_reads("1970-01-01T01:30:01+01:30", SECOND);
    assert_reads("1969-12-31T22:30:01-01:30", SECOND);
    assert_reads("1970-01-01T00:00:00.5Z", SECOND / 2);
    assert_reads("1970-01-01T00:00:00.1234567899999999999999999Z", 123456789);
    assert_reads("1970-01-01T23:59:59.000000000+23:59", 59 * SECOND);
    assert_reads("1678-01-01T00:00:00Z", -9214560000 * SECOND);
    assert_reads("2261-12-31T23:59:59Z", 9214646399 * SECOND);
}

static void assert_refused(struct str text)
{
    int64_t wall_ns;
    if (clock_parse_rfc3339(text, &wall_ns))
        fail_msg("read, but is no date-time: %.*s", (int)text.len, text.data);
}

static void test_forms_that_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2024",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00,5Z",
        "2024-01-01T00:00:00Z ",
        " 2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00+01",
        "2024-01-01T00:00:00+0100",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+01:60",
        "2024-01-01T00:00:00*01:00",
        "2024-00-01T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-01-32T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:60Z",
        "24-01-01T00:00:00Z",
        "02024-01-01T00:00:00Z",
        "-2024-01-01T00:00:00Z",
        "2024-1-01T00:00:00Z",
        "2024/01/01T00:00:00Z",
        "2024-01-01_00:00:00Z",
        "2024-01-01T00-00-00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_refused(str_from(texts[i]));
    assert_refused(str_make("2024-01-01\0"
                            "00:00:00Z",
                            20));
    assert_refused(str_make("2024\0"
                            "01-01T00:00:00Z",
                            20));
    assert_refused(str_make("2024-01-01T00:00:00\0", 20));
    assert_refused(str_make("2024-01-01T00:00:00Z\0", 21));
}

/* --- pretended time ------------------------------------------------------------------ */

static void assert_near(int64_t got, int64_t wanted)
{
    if (got < wanted || got > wanted + 5 * SECOND)
        fail_msg("%lld ns is not within 5 s after %lld", (long long)got, (long long)wanted);
}

static void test_a_fresh_clock_is_real(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock);
    int64_t before = clock_real_ns();
    assert_near(clock_now_ns(&clock), before);
    assert_true(before > 1700000000 * SECOND);
}

static void test_freeze_advance_resume(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock);
    clock_freeze(&clock, 1000 * SECOND);
    assert_true(clock_now_ns(&clock) == 1000 * SECOND);
    clock_advance(&clock, 60 * SECOND);
    assert_true(clock_now_ns(&clock) == 1060 * SECOND);
    clock_advance(&clock, -10 * SECOND);
    assert_true(clock_now_ns(&clock) == 1050 * SECOND);
    clock_resume(&clock);
    assert_near(clock_now_ns(&clock), 1050 * SECOND);
    clock_advance(&clock, 3600 * SECOND);
    assert_near(clock_now_ns(&clock), 4650 * SECOND);
    clock_resume(&clock);
    assert_near(clock_now_ns(&clock), 4650 * SECOND);
    clock_freeze(&clock, 5 * SECOND);
    assert_true(clock_now_ns(&clock) == 5 * SECOND);
}

static void test_resume_goes_on(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock);
    clock_freeze(&clock, 0);
    clock_resume(&clock);
    int64_t first = clock_now_ns(&clock);
    int64_t later = first;
    while (later == first)
        later = clock_now_ns(&clock);
    assert_true(later > first);
}

static void test_far_advances_stop_at_the_end(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock);
    for (int i = 0; i < 3; i++)
        clock_advance(&clock, INT64_MAX);
    assert_true(clock_now_ns(&clock) == INT64_MAX);
    for (int i = 0; i < 3; i++)
        clock_advance(&clock, INT64_MIN);
    assert_true(clock_now_ns(&clock) < 0);
    clock_freeze(&clock, INT64_MAX);
    clock_advance(&clock, INT64_MAX);
    clock_resume(&clock);
    assert_near(clock_now_ns(&clock), INT64_MAX - 5 * SECOND);
    clock_freeze(&clock, INT64_MIN);
    clock_resume(&clock);
    assert_true(clock_now_ns(&clock) < 0);
}

static void test_differences_stop_at_the_end(void **state)
{
    (void)state;
    assert_true(clock_difference(5, 7) == -2);
    assert_true(clock_difference(INT64_MAX, INT64_MAX) == 0);
    assert_true(clock_difference(INT64_MIN, INT64_MIN) == 0);
    assert_true(clock_difference(-1, INT64_MIN) == INT64_MAX);
    assert_true(clock_difference(0, INT64_MIN) == INT64_MAX);
    assert_true(clock_difference(INT64_MAX, INT64_MIN) == INT64_MAX);
    assert_true(clock_difference(INT64_MAX, -1) == INT64_MAX);
    assert_true(clock_difference(INT64_MIN, 0) == INT64_MIN);
    assert_true(clock_difference(INT64_MIN, 1) == INT64_MIN);
    assert_true(clock_difference(INT64_MIN, INT64_MAX) == INT64_MIN);
}

static void test_monotonic_time_does_not_go_back(void **state)
{
    (void)state;
    uint64_t last = clock_monotonic_ns();
    for (int i = 0; i < 1000; i++) {
        uint64_t now = clock_monotonic_ns();
        assert_true(now >= last);
        last = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc3339),
        cmocka_unit_test(test_milliseconds),
        cmocka_unit_test(test_http_dates),
        cmocka_unit_test(test_forms_that_are_read),
        cmocka_unit_test(test_forms_that_are_refused),
        cmocka_unit_test(test_a_fresh_clock_is_real),
        cmocka_unit_test(test_freeze_advance_resume),
        cmocka_unit_test(test_resume_goes_on),
        cmocka_unit_test(test_far_advances_stop_at_the_end),
        cmocka_unit_test(test_differences_stop_at_the_end),
        cmocka_unit_test(test_monotonic_time_does_not_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
