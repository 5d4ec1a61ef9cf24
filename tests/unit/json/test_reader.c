/* reader: what is accepted, what is refused and where, and what the nodes then hold. */
#include "json/reader.h"
#include "json/writer.h"

#include "support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "grammar_cases.h"

static struct arena arena;
static struct source source;
static struct json_document document;
static struct json_error error;

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

/* The text is put at the very end of its own allocation, so that ASan sees a byte too far. */
static bool read_with(struct str text, struct json_read_options options)
{
    static char *held;
    free(held);
    held = malloc(text.len + (text.len == 0));
    assert_non_null(held);
    memcpy(held, text.data, text.len);
    source = (struct source){.name = "test.json", .text = {held, text.len}};
    return json_read(&arena, &source, &options, &document, &error);
}

static bool read_strict(const char *text)
{
    return read_with(str_from(text), (struct json_read_options){0});
}

static bool read_python(const char *text)
{
    return read_with(str_from(text), (struct json_read_options){.python = true});
}

static struct json_node *root_of(const char *text)
{
    assert_true(read_strict(text));
    return document.root;
}

static void assert_fault(enum json_fault fault, size_t offset)
{
    assert_string_equal(json_fault_text(error.fault), json_fault_text(fault));
    assert_int_equal(error.offset, offset);
}

/* --- the grammar -------------------------------------------------------------- */

static void test_accepted_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted_texts / sizeof *accepted_texts; i++)
        if (!read_strict(accepted_texts[i]))
            fail_msg("%s: %s at %zu", accepted_texts[i], json_fault_text(error.fault),
                     error.offset);
}

static size_t characters(const char *text, size_t bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += (text[i] & 0xc0) != 0x80;
    return count;
}

static void test_refused_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused_texts / sizeof *refused_texts; i++) {
        const struct refused_text *expected = &refused_texts[i];
        error = (struct json_error){0};
        bool read = read_strict(expected->text);
        if (read || error.fault != expected->fault || error.offset != expected->offset ||
            error.character != characters(expected->text, expected->offset))
            fail_msg("%s: expected %s at %zu, got %s at %zu (character %zu)", expected->text,
                     json_fault_text(expected->fault), expected->offset,
                     json_fault_text(error.fault), error.offset, error.character);
    }
}

static void test_nul_is_like_any_other_wrong_byte(void **state)
{
    (void)state;
    const struct json_read_options strict = {0};
    assert_false(read_with(str_make("\0", 1), strict));
    assert_fault(JSON_EXPECTING_VALUE, 0);
    assert_false(read_with(str_make("1\0", 2), strict));
    assert_fault(JSON_EXTRA_DATA, 1);
    assert_false(read_with(str_make("[\0]", 3), strict));
    assert_fault(JSON_EXPECTING_VALUE, 1);
    assert_false(read_with(str_make("\"a\0b\"", 5), strict));
    assert_fault(JSON_CONTROL_CHARACTER, 2);
    assert_false(read_with(str_make("{\"a\"\0:1}", 8), strict));
    assert_fault(JSON_EXPECTING_COLON, 4);
}

/* Whatever follows a complete text but blanks is a fault, and so is any part of it. */
static void test_every_prefix_is_refused(void **state)
{
    (void)state;
    const char text[] = "{\"a\\u00e9\":[1.5e+3,true,null,\"\\ud83d\\ude00 \xc3\xa9\"],\"b\":{}}";
    assert_true(read_strict(text));
    for (size_t len = 0; len + 1 < sizeof text; len++)
        assert_false(read_with(str_make(text, len), (struct json_read_options){0}));
}

static void test_python_extensions(void **state)
{
    (void)state;
    assert_true(read_python("[NaN,Infinity,-Infinity,-1]"));
    assert_true(isnan(json_element(document.root, 0)->c.valuedouble));
    assert_true(json_element(document.root, 1)->c.valuedouble > 0);
    assert_true(isinf(json_element(document.root, 2)->c.valuedouble));
    for (size_t i = 0; i < 3; i++) {
        const struct json_node *word = json_element(document.root, i);
        assert_int_equal(word->type, JSON_NUMBER);
        assert_int_equal(word->flags, JSON_NOT_FINITE);
    }
    assert_int_equal(document.root->flags & JSON_COMPACT, 0);
    assert_true(read_python("NaN"));
    assert_false(read_python("-Inf"));
    assert_fault(JSON_EXPECTING_VALUE, 0);
    assert_false(read_python("[Infinit]"));
    assert_fault(JSON_EXPECTING_VALUE, 1);
    assert_false(read_python("NaNN"));
    assert_fault(JSON_EXTRA_DATA, 3);
    assert_false(read_python("\"\\ud800\""));
    assert_fault(JSON_LONE_SURROGATE, 1);
}

/* Python takes the BOM off before it counts. */
static void test_python_ignores_a_bom(void **state)
{
    (void)state;
    assert_true(read_python("\xef\xbb\xbf{\"a\":1}"));
    assert_int_equal(document.root->offset, 3);
    assert_true(document.root->flags & JSON_COMPACT);
    assert_false(read_python("\xef\xbb\xbf[1,]"));
    assert_fault(JSON_EXPECTING_VALUE, 6);
    assert_int_equal(error.character, 3);
    assert_false(read_python("\xef\xbb\xbf\xef\xbb\xbf"
                             "1"));
    assert_fault(JSON_EXPECTING_VALUE, 3);
    assert_int_equal(error.character, 0);
}

/* --- limits ------------------------------------------------------------------- */

static char *nested(size_t depth)
{
    char *text = malloc(2 * depth + 1);
    assert_non_null(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    text[2 * depth] = '\0';
    return text;
}

static void test_depth_is_limited_and_costs_no_stack(void **state)
{
    (void)state;
    char *text = nested(1000000);
    struct str deep = str_from(text);
    assert_true(read_with(deep, (struct json_read_options){0}));
    assert_int_equal(document.depth, 1000000);
    assert_false(read_with(deep, (struct json_read_options){.max_depth = 500}));
    assert_fault(JSON_TOO_DEEP, 500);
    free(text);

    struct json_read_options two = {.max_depth = 2};
    assert_true(read_with(str_from("[[],{},[1]]"), two));
    assert_int_equal(document.depth, 2);
    assert_false(read_with(str_from("[[],{\"a\":{}}]"), two));
    assert_fault(JSON_TOO_DEEP, 9);
    assert_true(read_with(str_from("1"), two));
    assert_int_equal(document.depth, 0);
}

static void test_nodes_are_limited(void **state)
{
    (void)state;
    struct json_read_options four = {.max_nodes = 4};
    assert_true(read_with(str_from("[1,{\"a\":2}]"), four));
    assert_int_equal(document.nodes, 4);
    assert_false(read_with(str_from("[1,{\"a\":2},\"x\"]"), four));
    assert_fault(JSON_TOO_MANY_NODES, 11);
}

/* --- what the nodes hold ------------------------------------------------------ */

static void test_types_as_cjson_sees_them(void **state)
{
    (void)state;
    cJSON *root = json_cjson(root_of("{\"n\":null,\"t\":true,\"f\":false,\"i\":-12,"
                                     "\"s\":\"x\",\"a\":[1,2],\"o\":{}}"));
    assert_int_equal(cJSON_GetArraySize(root), 7);
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(root, "n")));
    assert_true(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(root, "t")));
    assert_true(cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(root, "f")));
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(root, "i")->valueint, -12);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "s")), "x");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(root, "a")), 2);
    assert_true(cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(root, "o")));
    char *printed = cJSON_PrintUnformatted(root);
    assert_string_equal(printed, "{\"n\":null,\"t\":true,\"f\":false,\"i\":-12,"
                                 "\"s\":\"x\",\"a\":[1,2],\"o\":{}}");
    cJSON_free(printed);
}

static void test_links_among_children(void **state)
{
    (void)state;
    const struct json_node *root = root_of("[1,[2],3]");
    const struct json_node *first = json_first(root);
    const struct json_node *last = json_element(root, 2);
    assert_ptr_equal(first->c.prev, &last->c);
    assert_null(last->c.next);
    assert_null(root->c.next);
    assert_null(root->c.prev);
    assert_ptr_equal(last->c.prev, &json_element(root, 1)->c);
    assert_null(first->c.string);
    assert_null(json_first(json_element(root, 1))->c.next);
}

static void test_slices_and_offsets(void **state)
{
    (void)state;
    const struct json_node *root = root_of(" { \"k\\u00e9y\" : [ 1.50 , \"a\\nb\" ] }\n");
    assert_true(str_is(json_source_text(root), "{ \"k\\u00e9y\" : [ 1.50 , \"a\\nb\" ] }"));
    const struct json_node *array = json_first(root);
    assert_int_equal(array->name_offset, 3);
    assert_true(str_is(json_name(array), "k\xc3\xa9y"));
    assert_int_equal(array->name_hash, str_hash(json_name(array)));
    assert_true(str_is(json_source_text(array), "[ 1.50 , \"a\\nb\" ]"));
    assert_true(str_is(json_source_text(json_element(array, 0)), "1.50"));
    assert_true(str_is(json_text(json_element(array, 0)), "1.50"));
    assert_true(str_is(json_source_text(json_element(array, 1)), "\"a\\nb\""));
    assert_true(str_is(json_text(json_element(array, 1)), "a\nb"));
    assert_int_equal(json_place(json_element(array, 0)).offset, 18);
    assert_ptr_equal(json_place(root).source, &source);
}

static void test_texts_end_with_nul(void **state)
{
    (void)state;
    const struct json_node *root =
        root_of("{\"one\":1,\"two\":22,\"three\":[333,\"x\\ty\"],\"\":4}");
    for (const struct json_node *m = json_first(root); m != NULL; m = json_next(m)) {
        assert_int_equal(m->c.string[m->name_length], '\0');
        if (m->type == JSON_NUMBER)
            assert_int_equal(m->c.valuestring[m->size], '\0');
    }
    assert_string_equal(json_member(root, "one")->c.valuestring, "1");
    assert_string_equal(json_member(root, "two")->c.valuestring, "22");
    assert_string_equal(json_member(root, "")->c.valuestring, "4");
    assert_string_equal(json_element(json_member(root, "three"), 0)->c.valuestring, "333");
    assert_string_equal(json_element(json_member(root, "three"), 1)->c.valuestring, "x\ty");
    assert_string_equal(root_of("12345")->c.valuestring, "12345");
}

static void test_escapes_are_decoded(void **state)
{
    (void)state;
    const char *pairs[][2] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\"\\uD7FF\\uE000\\uFFFF\"", "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"},
        {"\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf"},
        {"\"plain run of more than sixteen bytes\\tand another run of the kind \xc3\xa9\xc3\xa9.\"",
         "plain run of more than sixteen bytes\tand another run of the kind \xc3\xa9\xc3\xa9."},
        {"\"\xe2\x82\xac\\u007f\x7f\"", "\xe2\x82\xac\x7f\x7f"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_true(str_is(json_text(root_of(pairs[i][0])), pairs[i][1]));
    assert_true(str_equal(json_text(root_of("\"a\\u0000b\"")), str_make("a\0b", 3)));
}

static void test_the_source_is_left_alone(void **state)
{
    (void)state;
    const char text[] = "{\"a\\n\":\"\\u0041\",\"b\":[12,\"\\\\\"]}";
    root_of(text);
    assert_memory_equal(source.text.data, text, source.text.len);
}

static void test_compact_is_what_may_be_copied(void **state)
{
    (void)state;
    assert_true(root_of("{\"a\":[1,{\"b\":\"x y\"}]}")->flags & JSON_COMPACT);
    assert_true(root_of(" [] ")->flags & JSON_COMPACT);
    const char *loose[] = {"{ }",        "[1 ]",      "[1, 2]",        "{\"a\" :1}",
                           "{\"a\": 1}", "[[1,[ ]]]", "{\"a\":1\n}",   "{\"a\":{\"b\":1,\"b\":2}}",
                           "[\t]",       "[[\r]]",    "{\"a\":[1 ,2]}"};
    for (size_t i = 0; i < sizeof loose / sizeof *loose; i++)
        assert_int_equal(root_of(loose[i])->flags & JSON_COMPACT, 0);
    const struct json_node *root = root_of("[[1,2], [3]]");
    assert_true(json_element(root, 0)->flags & JSON_COMPACT);
    assert_true(json_element(root, 1)->flags & JSON_COMPACT);
    struct json_read_options editable = {.editable = true};
    assert_true(read_with(str_from("{\"a\":[1]}"), editable));
    assert_int_equal(document.root->flags & JSON_COMPACT, 0);
    assert_int_equal(json_first(document.root)->flags & JSON_COMPACT, 0);
    assert_true(json_first(json_first(document.root))->flags & JSON_COMPACT);
}

static void test_numbers(void **state)
{
    (void)state;
    const struct json_node *root = root_of("[0,-0,1.0,1e2,9007199254740993,0.1,1e400,2147483648]");
    const double values[] = {0, -0.0, 1, 100, 9007199254740992, 0.1, HUGE_VAL, 2147483648};
    const bool plain[] = {true, true, false, false, true, false, false, true};
    for (size_t i = 0; i < 8; i++) {
        const struct json_node *number = json_element(root, i);
        assert_memory_equal(&number->c.valuedouble, &values[i], sizeof values[i]);
        assert_int_equal((number->flags & JSON_PLAIN_INTEGER) != 0, plain[i]);
    }
    assert_int_equal(json_element(root, 7)->c.valueint, 2147483647);
}

/* --- repeated names ----------------------------------------------------------- */

static void test_the_last_of_a_repeated_name_wins_in_the_first_place(void **state)
{
    (void)state;
    const struct json_node *root = root_of("{\"a\":1,\"b\":2,\"a\":3,\"c\":4,\"\\u0061\":5}");
    assert_int_equal(root->size, 3);
    assert_string_equal(json_first(root)->c.string, "a");
    assert_int_equal(json_first(root)->c.valueint, 5);
    assert_string_equal(json_next(json_first(root))->c.string, "b");
    assert_ptr_equal(root->c.child->prev, &json_member(root, "c")->c);
    assert_ptr_equal(document.repeated, json_first(root));
    root_of("{\"a\":{\"a\":1},\"b\":{\"a\":1}}");
    assert_null(document.repeated);
    root = root_of("[{\"x\":1,\"x\":2},{\"y\":1,\"y\":2}]");
    assert_string_equal(document.repeated->c.string, "x");
    assert_int_equal(json_first(root)->size, 1);
}

/* Every name of a large object twice, the second time in reverse order. */
static void test_repeated_names_in_a_large_object(void **state)
{
    (void)state;
    enum { NAMES = 5000 };
    struct buf text;
    buf_init(&text, &arena);
    buf_add_char(&text, '{');
    for (int i = 0; i < NAMES; i++)
        buf_printf(&text, "\"name%d\":%d,", i, -1);
    for (int i = NAMES - 1; i >= 0; i--)
        buf_printf(&text, "\"name%d\":%d%s", i, i, i > 0 ? "," : "}");
    const struct json_node *root = root_of(buf_text(&text));
    assert_int_equal(root->size, NAMES);
    int expected = 0;
    for (const struct json_node *m = json_first(root); m != NULL; m = json_next(m)) {
        assert_int_equal(m->c.valueint, expected);
        expected++;
    }
    assert_int_equal(expected, NAMES);
}

/*
 * Names that all have one hash, made as somebody would make them who has read
 * str_hash: the second word undoes what the first one did to the state. Every
 * 256th of them is ASCII throughout, and so can be written in JSON.
 */
enum { WORD = sizeof(uint64_t), COLLIDING = 1 << 16 };

static void colliding_name(uint32_t number, char name[2 * WORD])
{
    uint64_t word = 0;
    for (size_t i = 0; i < WORD; i++)
        word |= (uint64_t)(i < 4 ? number >> 7 * i & 0x7f : 'a') << 8 * i;
    memcpy(name, &word, WORD);
    uint64_t state = 2 * WORD * 0xd6e8feb86659fd93u;
    state = (state ^ word) * 0x9e3779b97f4a7c15u;
    state ^= state >> 32;
    memcpy(name + WORD, &state, WORD);
}

static bool is_ascii(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)name[i] >= 0x80)
            return false;
    return true;
}

static struct str object_of_names(bool colliding)
{
    struct buf text;
    buf_init(&text, &arena);
    uint32_t number = 0;
    for (uint32_t count = 0; count < COLLIDING; count++) {
        char name[2 * WORD];
        do
            colliding_name(number++, name);
        while (!is_ascii(name, sizeof name));
        if (!colliding)
            memcpy(name + WORD, "ordinary", WORD);
        buf_add_text(&text, count == 0 ? "{" : ",");
        json_write_string(&text, str_make(name, sizeof name));
        buf_add_text(&text, ":0");
    }
    buf_add_char(&text, '}');
    return buf_str(&text);
}

static double seconds_to_read(struct str text)
{
    clock_t start = clock();
    assert_true(read_with(text, (struct json_read_options){0}));
    assert_int_equal(document.root->size, COLLIDING);
    assert_null(document.repeated);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* In pairs these would be two thousand million comparisons, a thousand times the work. */
static void test_colliding_names_are_not_quadratic(void **state)
{
    (void)state;
    double usual = seconds_to_read(object_of_names(false));
    double hostile = seconds_to_read(object_of_names(true));
    const struct json_node *first = json_first(document.root);
    assert_int_equal(first->name_hash, json_next(first)->name_hash); /* or str_hash has changed */
    assert_true(hostile < 50 * usual + 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted_texts),
        cmocka_unit_test(test_refused_texts),
        cmocka_unit_test(test_nul_is_like_any_other_wrong_byte),
        cmocka_unit_test(test_every_prefix_is_refused),
        cmocka_unit_test(test_python_extensions),
        cmocka_unit_test(test_python_ignores_a_bom),
        cmocka_unit_test(test_depth_is_limited_and_costs_no_stack),
        cmocka_unit_test(test_nodes_are_limited),
        cmocka_unit_test(test_types_as_cjson_sees_them),
        cmocka_unit_test(test_links_among_children),
        cmocka_unit_test(test_slices_and_offsets),
        cmocka_unit_test(test_texts_end_with_nul),
        cmocka_unit_test(test_escapes_are_decoded),
        cmocka_unit_test(test_the_source_is_left_alone),
        cmocka_unit_test(test_compact_is_what_may_be_copied),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_the_last_of_a_repeated_name_wins_in_the_first_place),
        cmocka_unit_test(test_repeated_names_in_a_large_object),
        cmocka_unit_test(test_colliding_names_are_not_quadratic),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
