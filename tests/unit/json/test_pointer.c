/* pointer: RFC 6901's own examples, fragments, what names nothing, and escaping. */
#include "json/pointer.h"
#include "json/reader.h"

#include "support/unit.h"

static struct arena arena;
static struct source source;

/* RFC 6901, section 5, and some more. */
static const char text[] = "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
                           "\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8,"
                           "\"~1\":9,\"\\u0000\":10,\"deep\":{\"0\":[[{\"x\":11}]],\"/~\":12}}";

static int read_text(void **state)
{
    arena_init(&arena, 4096, NULL);
    source = (struct source){.name = "test.json", .text = str_from(text)};
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    if (!json_read(&arena, &source, &options, &document, &error))
        return -1;
    *state = document.root;
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

struct pointer_case {
    const char *pointer;
    const char *fragment;
    int value; /* what it names; -1: nothing */
};

static const struct pointer_case cases[] = {
    {"/", "/", 0},
    {"/a~1b", "/a~1b", 1},
    {"/c%d", "/c%25d", 2},
    {"/e^f", "/e%5Ef", 3},
    {"/g|h", "/g%7Ch", 4},
    {"/i\\j", "/i%5Cj", 5},
    {"/k\"l", "/k%22l", 6},
    {"/ ", "/%20", 7},
    {"/m~0n", "/m~0n", 8},
    {"/~01", "/%7E01", 9},
    {"/deep/0/0/0/x", "/deep/0/0/0/x", 11},
    {"/deep/~1~0", "/deep/~1%7e0", 12},
    {"foo", "foo", -1},
    {"/foo/2", "/foo/2", -1},
    {"/foo/-", "/foo/-", -1},
    {"/foo/00", "/foo/00", -1},
    {"/foo/01", "/foo/01", -1},
    {"/foo/+1", "/foo/+1", -1},
    {"/foo/ 1", "/foo/%201", -1},
    {"/foo/", "/foo/", -1},
    {"/foo/18446744073709551616", "/foo/18446744073709551616", -1},
    {"/foo/0/x", "/foo/0/x", -1},
    {"/nothing", "/nothing", -1},
    {"/m~n", "/m~n", -1},
    {"/m~", "/m~", -1},
    {"/m~2n", "/m~2n", -1},
    {"/a/b", "/a/b", -1},
    {"//", "//", -1},
};

static void test_cases(void **state)
{
    const struct json_node *root = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct pointer_case *c = &cases[i];
        const struct json_node *found[] = {
            json_pointer_find(root, str_from(c->pointer)),
            json_pointer_find_fragment(root, str_from(c->fragment)),
        };
        for (size_t way = 0; way < 2; way++) {
            if ((found[way] == NULL) != (c->value < 0))
                fail_msg("%s", c->pointer);
            if (found[way] != NULL)
                assert_int_equal(found[way]->c.valueint, c->value);
        }
    }
}

static void test_whole_and_parts(void **state)
{
    const struct json_node *root = *state;
    assert_ptr_equal(json_pointer_find(root, str_from("")), root);
    assert_ptr_equal(json_pointer_find_fragment(root, str_from("")), root);
    assert_ptr_equal(json_pointer_find(root, str_from("/foo")), json_member(root, "foo"));
    assert_true(str_is(json_text(json_pointer_find(root, str_from("/foo/1"))), "baz"));
    assert_int_equal(json_pointer_find(root, str_make("/\0", 2))->c.valueint, 10);
    assert_int_equal(json_pointer_find_fragment(root, str_from("/%00"))->c.valueint, 10);
    assert_null(json_pointer_find(NULL, str_from("")));
}

static void test_malformed_percent_signs_name_nothing(void **state)
{
    const struct json_node *root = *state;
    const char *fragments[] = {"/c%d", "/%", "/%2", "/%2g", "/%g2", "/foo%"};
    for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++)
        assert_null(json_pointer_find_fragment(root, str_from(fragments[i])));
}

static void test_escaping(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, &arena);
    json_pointer_add(&out, str_from("a/b"));
    json_pointer_add(&out, str_from("m~n"));
    json_pointer_add(&out, str_from(""));
    json_pointer_add(&out, str_from("~1"));
    json_pointer_add_index(&out, 0);
    json_pointer_add_index(&out, 1234567890123);
    assert_string_equal(buf_text(&out), "/a~1b/m~0n//~01/0/1234567890123");
}

static void test_each_name_leads_back_to_its_member(void **state)
{
    const struct json_node *root = *state;
    for (const struct json_node *m = json_first(root); m != NULL; m = json_next(m)) {
        struct buf out;
        buf_init(&out, &arena);
        json_pointer_add(&out, json_name(m));
        assert_ptr_equal(json_pointer_find(root, buf_str(&out)), m);
    }
}

static void test_validity(void **state)
{
    (void)state;
    const char *valid[] = {"", "/", "/a", "//", "/~0~1", "/~01", "/a~1"};
    const char *invalid[] = {"a", "#/a", "/~", "/~2", "/a~", "/~a", "/~0~", " /a"};
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        assert_true(json_pointer_is_valid(str_from(valid[i])));
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
        assert_false(json_pointer_is_valid(str_from(invalid[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_whole_and_parts),
        cmocka_unit_test(test_malformed_percent_signs_name_nothing),
        cmocka_unit_test(test_escaping),
        cmocka_unit_test(test_each_name_leads_back_to_its_member),
        cmocka_unit_test(test_validity),
    };
    return cmocka_run_group_tests(tests, read_text, close_arena);
}
