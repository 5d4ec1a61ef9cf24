/* rule_compare: numbers, strings and instants. */
#include "mock/rule_compare.h"

#include "json/reader.h"

#include "support/unit.h"

enum { BROKEN = COMPARE_BROKEN, HOLDS = COMPARE_HOLDS, FAILS = COMPARE_FAILS };

/* How the left value stands to the right one; NOTHING: they cannot be compared. */
enum order { LESS, EQUAL, GREATER, NOTHING };

struct row {
    enum compare_as as;
    const char *left;
    const char *right;
    enum order order;
};

static const struct row rows[] = {
    {COMPARE_VALUES, "1", "1.0", EQUAL},
    {COMPARE_VALUES, "9007199254740993", "9007199254740992", GREATER},
    {COMPARE_VALUES, "1e400", "1e399", GREATER},
    {COMPARE_NUMBERS, "-2", "-1", LESS},
    {COMPARE_NUMBERS, "\"5\"", "\"6\"", NOTHING}, /* no numbers: the schema's business */
    {COMPARE_VALUES, "\"b\"", "\"a\"", GREATER},
    {COMPARE_VALUES, "\"a\"", "\"ab\"", LESS},
    {COMPARE_VALUES, "\"\\u00e9\"", "\"z\"", GREATER},
    {COMPARE_STRINGS, "\"\\ud83d\\ude00\"", "\"\\uffee\"", GREATER}, /* by code points */
    {COMPARE_STRINGS, "5", "6", NOTHING},
    {COMPARE_VALUES, "\"1\"", "2", NOTHING},
    {COMPARE_VALUES, "true", "false", NOTHING},

    {COMPARE_DATE_TIMES, "\"2024-01-02T03:04:05Z\"", "\"2024-01-02T03:04:05Z\"", EQUAL},
    {COMPARE_DATE_TIMES, "\"2024-01-02T03:04:05Z\"", "\"2024-01-02T04:04:05+01:00\"", EQUAL},
    {COMPARE_DATE_TIMES, "\"2024-01-02T03:04:05Z\"", "\"2024-01-02T03:04:05-00:01\"", LESS},
    {COMPARE_DATE_TIMES, "\"2023-12-31T23:30:00-01:00\"", "\"2024-01-01T00:29:59Z\"", GREATER},
    {COMPARE_DATE_TIMES, "\"2024-02-29T23:59:59Z\"", "\"2024-03-01T00:00:00Z\"", LESS},
    {COMPARE_DATE_TIMES, "\"2024-01-02T03:04:05.5Z\"", "\"2024-01-02T03:04:05.50000000000Z\"",
     EQUAL},
    {COMPARE_DATE_TIMES, "\"2024-01-02T03:04:05.1234561Z\"",
     "\"2024-01-02T03:04:05.123456199999999999999999Z\"", LESS},
    {COMPARE_DATE_TIMES, "\"2024-01-02T03:04:05.12345610Z\"", "\"2024-01-02T03:04:05.1234561Z\"",
     EQUAL},
    {COMPARE_DATE_TIMES, "\"2024-01-02T03:04:05.00000000000000000000001Z\"",
     "\"2024-01-02T03:04:05Z\"", GREATER},
    {COMPARE_PYDANTIC_TIMES, "\"2024-01-02T03:04:05.1234561Z\"", "\"2024-01-02T03:04:05.1234569Z\"",
     EQUAL},
    /* leap seconds: RFC 3339 only */
    {COMPARE_DATE_TIMES, "\"2016-12-31T23:59:60.5Z\"", "\"2016-12-31T23:59:59.9Z\"", GREATER},
    {COMPARE_DATE_TIMES, "\"2016-12-31T23:59:60.9Z\"", "\"2017-01-01T00:00:00Z\"", LESS},
    {COMPARE_DATE_TIMES, "\"2016-12-31T23:59:60.1234567Z\"", "\"2016-12-31T23:59:60.1234568Z\"",
     LESS},
    {COMPARE_PYDANTIC_TIMES, "\"2016-12-31T23:59:60Z\"", "\"2017-01-01T00:00:00Z\"", NOTHING},
    /* two without a zone; the other forms of pydantic */
    {COMPARE_DATE_TIMES, "\"2024-01-02T03:04:05\"", "\"2024-01-02T03:04:06\"", LESS},
    {COMPARE_DATE_TIMES, "\"2024-01-02\"", "\"2024-01-02T00:00:00.000\"", EQUAL},
    {COMPARE_DATE_TIMES, "1704164645", "\"2024-01-02T03:04:05Z\"", EQUAL},
    {COMPARE_PYDANTIC_TIMES, "\"1704164645\"", "1704164645000", EQUAL},
    /* what is no time is the schema's business */
    {COMPARE_DATE_TIMES, "\"yesterday\"", "\"2024-01-02T03:04:05Z\"", NOTHING},
    {COMPARE_DATE_TIMES, "{}", "\"2024-01-02T03:04:05Z\"", NOTHING},
    {COMPARE_DATE_TIMES, "\"2024-01-02T03:04:05.12345Xaaaaaaaa\"", "\"2024-01-02T03:04:05Z\"",
     NOTHING},
};

static struct json_node *parse(struct arena *arena, const char *text)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "value", .text = str_from(text)};
    struct json_read_options options = {.python = true};
    struct json_document document;
    struct json_error error;
    assert_true(json_read(arena, source, &options, &document, &error));
    return document.root;
}

static int compare(struct arena *arena, const struct row *row, enum compare_operator chosen)
{
    struct rule_comparison comparison = {.as = row->as, .op = chosen};
    return (int)rule_compare(&comparison, parse(arena, row->left), parse(arena, row->right));
}

/* What each operator says of values in that order. */
static const int outcomes[][4] = {
    [OPERATOR_LESS] = {HOLDS, BROKEN, BROKEN, HOLDS},
    [OPERATOR_LESS_OR_EQUAL] = {HOLDS, HOLDS, BROKEN, HOLDS},
    [OPERATOR_GREATER] = {BROKEN, BROKEN, HOLDS, HOLDS},
    [OPERATOR_GREATER_OR_EQUAL] = {BROKEN, HOLDS, HOLDS, HOLDS},
    [OPERATOR_EQUAL] = {BROKEN, HOLDS, BROKEN, HOLDS},
    [OPERATOR_NOT_EQUAL] = {HOLDS, BROKEN, HOLDS, HOLDS},
};

static void test_every_operator(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t chosen = 0; chosen < sizeof outcomes / sizeof *outcomes; chosen++)
            assert_int_equal(compare(&arena, &rows[i], (enum compare_operator)chosen),
                             outcomes[chosen][rows[i].order]);
    arena_clear(&arena);
}

static void test_values_that_are_no_numbers_or_times_are_let_pass(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"NaN", "1"}, {"1", "NaN"}, {"null", "1"}, {"[]", "[]"}, {"\"x\"", "1"}};
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (int as = COMPARE_VALUES; as <= COMPARE_PYDANTIC_TIMES; as++)
            for (int chosen = OPERATOR_LESS; chosen <= OPERATOR_NOT_EQUAL; chosen++) {
                struct row row = {(enum compare_as)as, pairs[i][0], pairs[i][1], NOTHING};
                assert_int_equal(compare(&arena, &row, (enum compare_operator)chosen), HOLDS);
            }
    arena_clear(&arena);
}

static void test_one_time_without_a_zone(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    const struct json_node *naive = parse(&arena, "\"2024-01-02T03:04:05\"");
    const struct json_node *later = parse(&arena, "\"2024-01-02T03:04:06Z\"");
    struct rule_comparison comparison = {.as = COMPARE_DATE_TIMES, .op = OPERATOR_GREATER_OR_EQUAL};
    comparison.mixed = MIXED_UTC;
    assert_int_equal(rule_compare(&comparison, naive, later), BROKEN);
    assert_int_equal(rule_compare(&comparison, later, naive), HOLDS);
    comparison.mixed = MIXED_PASS;
    assert_int_equal(rule_compare(&comparison, naive, later), HOLDS);
    comparison.mixed = MIXED_FAIL;
    assert_int_equal(rule_compare(&comparison, naive, later), FAILS);
    assert_int_equal(rule_compare(&comparison, naive, naive), HOLDS);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operator),
        cmocka_unit_test(test_values_that_are_no_numbers_or_times_are_let_pass),
        cmocka_unit_test(test_one_time_without_a_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
