/* number: order, integers, multiples, equality and hashes, by exact decimal value. */
#include "json/number.h"
#include "json/reader.h"

#include "support/unit.h"

#include <stdlib.h>
#include <time.h>

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 65536, NULL);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static struct json_node *number(const char *lexeme)
{
    return json_new_number(&arena, str_from(lexeme));
}

static struct json_node *node_of(const char *text)
{
    struct source *source = arena_alloc(&arena, sizeof *source);
    *source = (struct source){.name = "test.json", .text = str_from(text)};
    struct json_read_options options = {.python = true};
    struct json_document document;
    struct json_error error;
    if (!json_read(&arena, source, &options, &document, &error))
        fail_msg("%s: %s", text, json_fault_text(error.fault));
    return document.root;
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* --- order -------------------------------------------------------------------- */

static void test_order(void **state)
{
    (void)state;
    /* Each is greater than the one before it. */
    const char *rising[] = {"-Infinity",
                            "-1e400",
                            "-1e399",
                            "-9007199254740993",
                            "-9007199254740992",
                            "-1.5",
                            "-1",
                            "-0.1",
                            "-1e-400",
                            "0",
                            "1e-401",
                            "1e-400",
                            "0.0000001",
                            "0.1",
                            "0.10000000000000000000000000000000000000001",
                            "0.2",
                            "1",
                            "1.0000000000000002",
                            "1.00000000000000020000000000000000000001",
                            "9",
                            "10",
                            "9007199254740992",
                            "9007199254740993",
                            "9007199254740993.5",
                            "18446744073709551615",
                            "18446744073709551616",
                            "1e399",
                            "1e400",
                            "1.0000001e400",
                            "1e999999999999",
                            "Infinity"};
    size_t count = sizeof rising / sizeof *rising;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            if (sign(json_number_compare(number(rising[i]), number(rising[j]))) !=
                (i > j) - (i < j))
                fail_msg("%s against %s", rising[i], rising[j]);
    assert_int_not_equal(json_number_compare(number("NaN"), number("NaN")), 0);
    assert_int_not_equal(json_number_compare(number("1"), number("NaN")), 0);
}

/* Spellings of one value: equal, of one hash, and integers or not together. */
static void assert_same(const char *const *lexemes, size_t count, bool integer)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(json_number_is_integer(number(lexemes[i])), integer);
        for (size_t j = 0; j < count; j++) {
            if (json_number_compare(number(lexemes[i]), number(lexemes[j])) != 0)
                fail_msg("%s and %s", lexemes[i], lexemes[j]);
            assert_int_equal(json_value_hash(number(lexemes[i])),
                             json_value_hash(number(lexemes[j])));
        }
    }
}

static void test_spellings_of_one_value(void **state)
{
    (void)state;
    const char *zero[] = {"0", "-0", "0.0", "-0.000", "0e5", "0E-99999999999999999999"};
    const char *one[] = {"1", "1.0", "1e0", "10e-1", "0.1E+1", "1.000000000000000000000000"};
    const char *hundred[] = {"100", "1e2", "1.00E2", "100.0", "1000e-1", "0.0001e6"};
    const char *part[] = {"-0.125", "-125e-3", "-1.25E-1", "-0.12500"};
    const char *vast[] = {"1e400", "10e399", "0.1e401", "1.0e400"};
    assert_same(zero, sizeof zero / sizeof *zero, true);
    assert_same(one, sizeof one / sizeof *one, true);
    assert_same(hundred, sizeof hundred / sizeof *hundred, true);
    assert_same(part, sizeof part / sizeof *part, false);
    assert_same(vast, sizeof vast / sizeof *vast, true);
}

static void test_integers(void **state)
{
    (void)state;
    const char *integers[] = {"1", "-7", "1.0", "1e3", "10e-1", "1.5e1", "12345678901234567890.0"};
    const char *others[] = {"0.5",   "1.1",      "1e-1",
                            "15e-2", "1.5e0",    "1e-999999999999",
                            "NaN",   "Infinity", "9007199254740993.5"};
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        assert_true(json_number_is_integer(number(integers[i])));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(json_number_is_integer(number(others[i])));
}

static void assert_int(const char *lexeme, int64_t expected)
{
    int64_t value = 0;
    if (!json_number_to_int(number(lexeme), &value))
        fail_msg("%s", lexeme);
    assert_true(value == expected);
}

static void test_to_int(void **state)
{
    (void)state;
    assert_int("0", 0);
    assert_int("-0.0", 0);
    assert_int("42", 42);
    assert_int("-1.20e2", -120);
    assert_int("9007199254740993", 9007199254740993);
    assert_int("9223372036854775807", INT64_MAX);
    assert_int("-9223372036854775808", INT64_MIN);
    assert_int("9223372036854775807.000", INT64_MAX);
    assert_int("1e18", 1000000000000000000);
    const char *refused[] = {"9223372036854775808",
                             "-9223372036854775809",
                             "1e19",
                             "1e999999999",
                             "0.5",
                             "92233720368547758070",
                             "Infinity",
                             "NaN",
                             "18446744073709551616"};
    int64_t value;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(json_number_to_int(number(refused[i]), &value));
}

/* --- multiples ---------------------------------------------------------------- */

struct multiple_case {
    const char *number;
    const char *divisor;
    bool expected;
};

static const struct multiple_case multiple_cases[] = {
    {"0", "2", true},
    {"10", "2", true},
    {"7", "2", false},
    {"-14", "7", true},
    {"4.5", "1.5", true},
    {"35", "1.5", false},
    {"0.0075", "0.0001", true},
    {"0.00751", "0.0001", false},
    {"1.1", "0.1", true},
    {"0.3", "0.1", true},
    {"1e308", "0.123456789", false},
    {"1e308", "0.5", true},
    {"12391239123", "1e-8", true},
    {"9007199254740993", "2", false},
    {"9007199254740993", "3", true},
    {"1e999999999999", "7", false},
    {"7e999999999999", "7", true},
    {"1e999999999999", "1024", true},
    {"1e999999999999", "1e999999999999", true},
    {"1e-999999999999", "1", false},
    {"1", "1e-999999999999", true},
    {"3", "1e-999999999999", true},
    {"0.1", "1e-20", true},
    {"5", "10", false},
    {"50", "10", true},
    {"1e3", "1e4", false},
    {"123456789012345678901234567890", "123456789012345678901234567890", true},
    {"246913578024691357802469135780", "123456789012345678901234567890", true},
    {"246913578024691357802469135781", "123456789012345678901234567890", false},
    {"1e400", "9999999999999999999", false},
    {"9999999999999999999e400", "9999999999999999999", true},
    {"1e64", "18446744073709551616", true},
    {"1e63", "18446744073709551616", false},
    {"999999999999999999", "999999999999999999", true},
    {"999999999999999998", "999999999999999999", false},
    {"999999999999999999999999999999999999", "999999999999999999", true},
    {"1e400", "1e400", true},
    {"Infinity", "1", false},
    {"NaN", "1", false},
};

static void test_multiples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof multiple_cases / sizeof *multiple_cases; i++) {
        const struct multiple_case *c = &multiple_cases[i];
        if (json_number_is_multiple(number(c->number), number(c->divisor)) != c->expected)
            fail_msg("%s by %s", c->number, c->divisor);
    }
}

static struct json_node *nines(size_t count)
{
    char *digits = malloc(count);
    assert_non_null(digits);
    memset(digits, '9', count);
    struct json_node *node = json_new_number(&arena, str_make(digits, count));
    free(digits);
    return node;
}

static void test_long_numbers(void **state)
{
    (void)state;
    assert_true(json_number_is_multiple(nines(1000000), number("3")));
    assert_false(json_number_is_multiple(nines(1000000), number("2")));
    assert_true(json_number_is_multiple(nines(4096), nines(2048)));
    assert_false(json_number_is_multiple(nines(4096), nines(2047)));
    assert_false(json_number_is_multiple(nines(4098), nines(2049))); /* beyond the bound */
    assert_true(json_number_compare(nines(100000), nines(99999)) > 0);
    assert_int_equal(json_number_compare(nines(100000), nines(100000)), 0);
}

/* --- equality ----------------------------------------------------------------- */

static const char *const equal_texts[][2] = {
    {"null", "null"},
    {"\"a\\u0000b\"", "\"\\u0061\\u0000b\""},
    {"[1,2.0,[]]", "[ 1.0, 2, [ ] ]"},
    {"{\"a\":1,\"b\":{\"c\":[1e2]}}", "{\"b\":{\"c\":[100]},\"a\":1.0}"},
    {"{}", "{ }"},
    {"[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]", "[{\"b\":2,\"a\":1},{\"a\":1,\"b\":2}]"},
};

static const char *const unequal_texts[][2] = {
    {"null", "false"},
    {"true", "false"},
    {"0", "false"},
    {"1", "true"},
    {"1", "\"1\""},
    {"\"a\"", "\"a\\u0000\""},
    {"\"a\"", "\"b\""},
    {"9007199254740992", "9007199254740993"},
    {"1", "1.0000000000000002"},
    {"[]", "{}"},
    {"[1,2]", "[2,1]"},
    {"[1]", "[1,1]"},
    {"[[1],2]", "[1,[2]]"},
    {"{\"a\":1}", "{\"b\":1}"},
    {"{\"a\":1}", "{\"a\":2}"},
    {"{\"a\":1}", "{\"a\":1,\"b\":1}"},
    {"{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}"},
    {"{\"a\":{\"b\":1},\"c\":2}", "{\"c\":2,\"a\":{\"b\":3}}"},
    {"{\"a\":1}", "{\"A\":1}"},
    {"[{\"a\":1},{\"b\":2}]", "[{\"b\":2},{\"a\":1}]"},
    {"{\"a\":[1],\"b\":[2]}", "{\"a\":[2],\"b\":[1]}"},
};

static void test_equality(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof equal_texts / sizeof *equal_texts; i++) {
        const struct json_node *a = node_of(equal_texts[i][0]);
        const struct json_node *b = node_of(equal_texts[i][1]);
        if (!json_equal(a, b) || !json_equal(b, a) || json_value_hash(a) != json_value_hash(b))
            fail_msg("%s and %s", equal_texts[i][0], equal_texts[i][1]);
    }
    for (size_t i = 0; i < sizeof unequal_texts / sizeof *unequal_texts; i++) {
        const struct json_node *a = node_of(unequal_texts[i][0]);
        const struct json_node *b = node_of(unequal_texts[i][1]);
        if (json_equal(a, b) || json_equal(b, a) || json_value_hash(a) == json_value_hash(b))
            fail_msg("%s and %s", unequal_texts[i][0], unequal_texts[i][1]);
    }
}

/* {"n0":0, ...}, its names counted up or down, the value at `odd` another one. */
static const struct json_node *large_object(int count, bool up, int odd)
{
    struct buf text;
    buf_init(&text, &arena);
    for (int i = 0; i < count; i++) {
        int n = up ? i : count - 1 - i;
        buf_printf(&text, "%s\"n%d\":%d", i == 0 ? "{" : ",", n, n == odd ? -1 : n);
    }
    buf_add_char(&text, '}');
    return node_of(buf_text(&text));
}

static void test_large_objects_in_any_order(void **state)
{
    (void)state;
    enum { MEMBERS = 100000 };
    const struct json_node *up = large_object(MEMBERS, true, -2);
    const struct json_node *down = large_object(MEMBERS, false, -2);
    const struct json_node *other = large_object(MEMBERS, false, 777);
    clock_t start = clock();
    assert_true(json_equal(up, down));
    assert_false(json_equal(up, other));
    assert_int_equal(json_value_hash(up), json_value_hash(down));
    assert_int_not_equal(json_value_hash(up), json_value_hash(other));
    /* Looking each name up in turn would take five thousand million steps. */
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
}

static void test_depth_needs_no_stack(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    struct json_node *trees[2];
    for (size_t i = 0; i < 2; i++) {
        trees[i] = json_new(&arena, JSON_OBJECT);
        for (int depth = 0; depth < DEPTH; depth++) {
            struct json_node *around = json_new(&arena, JSON_OBJECT);
            json_set(&arena, around, str_from("in"), trees[i]);
            trees[i] = around;
        }
    }
    assert_true(json_equal(trees[0], trees[1]));
    assert_int_equal(json_value_hash(trees[0]), json_value_hash(trees[1]));
    assert_false(json_equal(trees[0], json_first(trees[1])));
    assert_int_not_equal(json_value_hash(trees[0]), json_value_hash(json_first(trees[1])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_spellings_of_one_value),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_to_int),
        cmocka_unit_test(test_multiples),
        cmocka_unit_test(test_long_numbers),
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_large_objects_in_any_order),
        cmocka_unit_test(test_depth_needs_no_stack),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
