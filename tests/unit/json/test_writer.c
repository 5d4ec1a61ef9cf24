/* writer: exact copies, Python's and pydantic's spelling, strings, doubles, piece by piece. */
#include "json/reader.h"
#include "json/writer.h"

#include "support/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena arena;
static struct buf out;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 4096, NULL);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

/* Nodes borrow their source, so each gets its own in the arena. */
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

static const char *written(const struct json_node *node, enum json_style style)
{
    buf_init(&out, &arena);
    json_write(&out, node, style);
    return buf_text(&out);
}

static void assert_writes(const char *text, enum json_style style, const char *expected)
{
    assert_string_equal(written(node_of(text), style), expected);
}

/* --- trees -------------------------------------------------------------------- */

static void test_compact_text_is_copied(void **state)
{
    (void)state;
    const char *texts[] = {"{\"a\":[1.50,\"\\u0041\\/\",{}],\"b\":-0}", "[]", "\"\\ud83d\\ude00\"",
                           "1e400"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_writes(texts[i], JSON_EXACT, texts[i]);
}

static void test_blanks_go_and_compact_parts_stay(void **state)
{
    (void)state;
    assert_writes(" { \"a\" : [ 1.50 , -0 ] , \"b\\u0020c\":{\"\\u0041\":1E3} , \"s\":\"\\u00e9\"}",
                  JSON_EXACT, "{\"a\":[1.50,-0],\"b c\":{\"\\u0041\":1E3},\"s\":\"\\u00e9\"}");
    assert_writes("[ [ ] , { } ]", JSON_EXACT, "[[],{}]");
    assert_writes("[1,[NaN]]", JSON_EXACT, "[1,[null]]");
    assert_writes("{\"a\":1,\"b\":2,\"a\":3}", JSON_EXACT, "{\"a\":3,\"b\":2}");
}

static void test_a_member_is_written_without_its_siblings(void **state)
{
    (void)state;
    const struct json_node *root = node_of("{\"a\": {\"b\": 1}, \"c\": 2}");
    assert_string_equal(written(json_member(root, "a"), JSON_EXACT), "{\"b\":1}");
    assert_string_equal(written(json_member(root, "a"), JSON_PYTHON), "{\"b\":1}");
}

static void test_a_changed_tree_shows_its_changes(void **state)
{
    (void)state;
    struct json_node *copy = json_copy(&arena, node_of("{\"a\":{\"b\":[1]}}"));
    json_append(json_member(json_member(copy, "a"), "b"), json_new_string(&arena, str_from("x\n")));
    json_set(&arena, copy, str_from("q\"q"), json_new_bool(&arena, true));
    assert_string_equal(written(copy, JSON_EXACT), "{\"a\":{\"b\":[1,\"x\\n\"]},\"q\\\"q\":true}");
    /* A member that moves into an array leaves its name behind. */
    struct json_node *moved = json_member(copy, "a");
    json_remove(copy, moved);
    struct json_node *array = json_new(&arena, JSON_ARRAY);
    json_append(array, moved);
    assert_null(moved->c.string);
    assert_string_equal(written(array, JSON_EXACT), "[{\"b\":[1,\"x\\n\"]}]");
}

static void test_deep_trees_need_no_stack(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    char *text = malloc(DEPTH * 2 + 2);
    assert_non_null(text);
    memset(text, '[', DEPTH);
    text[DEPTH] = '1';
    memset(text + DEPTH + 1, ']', DEPTH);
    text[DEPTH * 2 + 1] = '\0';
    const struct json_node *node = node_of(text);
    assert_string_equal(written(node, JSON_PYTHON), text);
    assert_string_equal(written(json_copy(&arena, node), JSON_EXACT), text);
    free(text);
}

/* --- numbers ------------------------------------------------------------------ */

struct spelling {
    const char *text;
    const char *python;
    const char *pydantic;
};

/* Made with json.dumps(json.loads(text)) and pydantic's dump_json. */
static const struct spelling spellings[] = {
    {"0", "0", "0"},
    {"-0", "0", "0"},
    {"-0.0", "-0.0", "-0.0"},
    {"0e5", "0.0", "0.0"},
    {"12345678901234567890123", "12345678901234567890123", "12345678901234567890123"},
    {"1.10", "1.1", "1.1"},
    {"1e5", "100000.0", "100000.0"},
    {"1.0", "1.0", "1.0"},
    {"-2.50E+1", "-25.0", "-25.0"},
    {"1e15", "1000000000000000.0", "1000000000000000.0"},
    {"1e16", "1e+16", "1e+16"},
    {"1.5e16", "1.5e+16", "1.5e+16"},
    {"9007199254740993.0", "9007199254740992.0", "9007199254740992.0"},
    {"1234567890123456.7", "1234567890123456.8", "1234567890123456.8"},
    {"12345678901234567.0", "1.2345678901234568e+16", "1.2345678901234568e+16"},
    {"1e20", "1e+20", "1e+20"},
    {"1e22", "1e+22", "1e+22"},
    {"1.5e300", "1.5e+300", "1.5e+300"},
    {"0.001", "0.001", "0.001"},
    {"1.5e-4", "0.00015", "0.00015"},
    {"1e-4", "0.0001", "0.0001"},
    {"1e-5", "1e-05", "0.00001"},
    {"1.234e-5", "1.234e-05", "0.00001234"},
    {"1e-6", "1e-06", "1e-6"},
    {"1E-7", "1e-07", "1e-7"},
    {"0.1", "0.1", "0.1"},
    {"0.30000000000000004", "0.30000000000000004", "0.30000000000000004"},
    {"5e-324", "5e-324", "5e-324"},
    {"2.2250738585072014e-308", "2.2250738585072014e-308", "2.2250738585072014e-308"},
    {"1.7976931348623157e308", "1.7976931348623157e+308", "1.7976931348623157e+308"},
    {"5.684341886080801486968994140625e-14", "5.684341886080802e-14", "5.684341886080802e-14"},
    {"1e-400", "0.0", "0.0"},
    {"1e400", "Infinity", "null"},
    {"-1e400", "-Infinity", "null"},
    {"NaN", "NaN", "null"},
    {"-Infinity", "-Infinity", "null"},
};

static void test_numbers_in_every_style(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        const struct spelling *expected = &spellings[i];
        assert_writes(expected->text, JSON_PYTHON, expected->python);
        assert_writes(expected->text, JSON_PYDANTIC, expected->pydantic);
        bool word = strchr(expected->text, 'N') != NULL || strchr(expected->text, 'I') != NULL;
        assert_writes(expected->text, JSON_EXACT, word ? "null" : expected->text);
    }
}

/* Shortest digits, checked against the definition over doubles of every exponent. */
static void test_doubles_read_back_and_are_shortest(void **state)
{
    (void)state;
    uint64_t bits = 0x123456789abcdefu;
    for (int i = 0; i < 20000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        double value;
        memcpy(&value, &bits, sizeof value);
        if (i % 4 == 0)
            value = ldexp(1, (int)(bits >> 32) % 1022);
        if (!isfinite(value))
            continue;
        buf_init(&out, &arena);
        json_write_double(&out, value, JSON_PYTHON);
        assert_true(strtod(buf_text(&out), NULL) == value);
        char shorter[40];
        int digits = 0;
        for (const char *at = out.data; *at != '\0' && *at != 'e'; at++)
            digits += *at >= '0' && *at <= '9';
        if (strchr(out.data, 'e') != NULL && digits > 1) {
            snprintf(shorter, sizeof shorter, "%.*e", digits - 2, value);
            assert_true(strtod(shorter, NULL) != value);
        }
    }
}

/* --- strings ------------------------------------------------------------------ */

static void test_strings_are_escaped_no_more_than_needed(void **state)
{
    (void)state;
    const char *text =
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\\u00e9\\u2028\\ud83d\\ude00<\"]";
    const char *expected = "[\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\xc3\xa9\xe2\x80\xa8"
                           "\xf0\x9f\x98\x80<\"]";
    assert_writes(text, JSON_PYTHON, expected);
    assert_writes(text, JSON_PYDANTIC, expected);
    assert_writes(text, JSON_EXACT, text);
}

static void test_escapes_at_every_place_of_a_long_string(void **state)
{
    (void)state;
    for (size_t at = 0; at < 40; at++) {
        char text[40];
        memset(text, 'x', sizeof text);
        text[at] = '\x1f';
        buf_init(&out, &arena);
        json_write_escaped(&out, str_make(text, sizeof text));
        assert_int_equal(out.len, sizeof text + 5);
        assert_memory_equal(out.data + at, "\\u001f", 6);
        assert_memory_equal(out.data + at + 6, text + at + 1, sizeof text - at - 1);
    }
    buf_init(&out, &arena);
    json_write_string(&out, str_make(NULL, 0));
    assert_string_equal(buf_text(&out), "\"\"");
}

/* --- piece by piece ----------------------------------------------------------- */

static void test_pieces_mind_the_commas(void **state)
{
    (void)state;
    buf_init(&out, NULL);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "a");
    json_begin_array(&writer);
    json_put_int(&writer, INT64_MIN);
    json_put_double(&writer, 0.5);
    json_put_double(&writer, NAN);
    json_begin_object(&writer);
    json_end_object(&writer);
    json_begin_array(&writer);
    json_end_array(&writer);
    json_put_text(&writer, "x\"y");
    json_put_text(&writer, NULL);
    json_end_array(&writer);
    json_put_key_str(&writer, str_make("k\0", 2));
    json_put_bool(&writer, true);
    json_put_key(&writer, "n");
    json_put_null(&writer);
    json_put_key(&writer, "raw");
    json_put_raw(&writer, str_from("[ 1 ]"));
    json_put_key(&writer, "node");
    json_put_node(&writer, node_of("{\"b\": [1.0]}"));
    json_put_key(&writer, "s");
    json_put_string(&writer, str_from("t"));
    json_end_object(&writer);
    assert_string_equal(buf_text(&out),
                        "{\"a\":[-9223372036854775808,0.5,null,{},[],\"x\\\"y\",null],"
                        "\"k\\u0000\":true,\"n\":null,\"raw\":[ 1 ],\"node\":{\"b\":[1.0]},"
                        "\"s\":\"t\"}");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compact_text_is_copied),
        cmocka_unit_test(test_blanks_go_and_compact_parts_stay),
        cmocka_unit_test(test_a_member_is_written_without_its_siblings),
        cmocka_unit_test(test_a_changed_tree_shows_its_changes),
        cmocka_unit_test(test_deep_trees_need_no_stack),
        cmocka_unit_test(test_numbers_in_every_style),
        cmocka_unit_test(test_doubles_read_back_and_are_shortest),
        cmocka_unit_test(test_strings_are_escaped_no_more_than_needed),
        cmocka_unit_test(test_escapes_at_every_place_of_a_long_string),
        cmocka_unit_test(test_pieces_mind_the_commas),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
