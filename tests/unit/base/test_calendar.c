/* calendar: days and dates, long before and long after 1970. */
#include "base/calendar.h"

#include "support/unit.h"

static const struct {
    int64_t days;
    int64_t year;
    unsigned month, day, weekday;
} known[] = {
    {0, 1970, 1, 1, 4},         {-1, 1969, 12, 31, 3},     {365, 1971, 1, 1, 5},
    {11016, 2000, 2, 29, 2},    {11017, 2000, 3, 1, 3},    {-25567, 1900, 1, 1, 1},
    {-25509, 1900, 2, 28, 3},   {-25508, 1900, 3, 1, 4},   {19782, 2024, 2, 29, 4},
    {47541, 2100, 3, 1, 1},     {-719162, 1, 1, 1, 1},     {-719163, 0, 12, 31, 0},
    {-719468, 0, 3, 1, 3},      {-719469, 0, 2, 29, 2},    {-719528, 0, 1, 1, 6},
    {-719529, -1, 12, 31, 5},   {-865625, -400, 1, 1, 6},  {-865566, -400, 2, 29, 2},
    {2932896, 9999, 12, 31, 5}, {2932897, 10000, 1, 1, 6},
};

static void test_known_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct calendar_date date = calendar_date(known[i].days);
        assert_true(date.year == known[i].year);
        assert_int_equal(date.month, known[i].month);
        assert_int_equal(date.day, known[i].day);
        assert_int_equal(calendar_weekday(known[i].days), known[i].weekday);
        assert_true(calendar_days(known[i].year, known[i].month, known[i].day) == known[i].days);
    }
}

/* Counting day by day through 900 years gives the same dates. */
static void test_every_day_follows_the_one_before(void **state)
{
    (void)state;
    int64_t days = calendar_days(-450, 1, 1);
    for (int64_t year = -450; year < 450; year++) {
        for (unsigned month = 1; month <= 12; month++) {
            for (unsigned day = 1; day <= calendar_days_in_month(year, month); day++, days++) {
                struct calendar_date date = calendar_date(days);
                assert_true(date.year == year && date.month == month && date.day == day);
                assert_true(calendar_days(year, month, day) == days);
            }
        }
    }
}

static void test_lengths_of_months(void **state)
{
    (void)state;
    assert_int_equal(calendar_days_in_month(2023, 2), 28);
    assert_int_equal(calendar_days_in_month(2024, 2), 29);
    assert_int_equal(calendar_days_in_month(1900, 2), 28);
    assert_int_equal(calendar_days_in_month(2000, 2), 29);
    assert_int_equal(calendar_days_in_month(0, 2), 29);
    assert_int_equal(calendar_days_in_month(-4, 2), 29);
    assert_int_equal(calendar_days_in_month(-1, 2), 28);
    assert_int_equal(calendar_days_in_month(2024, 4), 30);
    assert_int_equal(calendar_days_in_month(2024, 12), 31);
    assert_int_equal(calendar_days_in_month(2024, 0), 0);
    assert_int_equal(calendar_days_in_month(2024, 13), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_dates),
        cmocka_unit_test(test_every_day_follows_the_one_before),
        cmocka_unit_test(test_lengths_of_months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
