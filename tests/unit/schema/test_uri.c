/* uri: the examples of RFC 3986, section 5.4, and names that are no hierarchies. */
#include "schema/uri.h"

#include "support/unit.h"

static void check_resolution(const char *base, const char *reference, const char *expected)
{
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    struct str got = uri_resolve(&arena, str_from(base), str_from(reference));
    assert_string_equal(arena_copy(&arena, got), expected);
    arena_clear(&arena);
}

static void test_normal_examples(void **state)
{
    (void)state;
    static const char *const examples[][2] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        check_resolution("http://a/b/c/d;p?q", examples[i][0], examples[i][1]);
}

static void test_abnormal_examples(void **state)
{
    (void)state;
    static const char *const examples[][2] = {
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        check_resolution("http://a/b/c/d;p?q", examples[i][0], examples[i][1]);
}

static void test_files_and_names(void **state)
{
    (void)state;
    check_resolution("/home/me/api/main.yaml", "common/types.yaml",
                     "/home/me/api/common/types.yaml");
    check_resolution("/home/me/api/main.yaml", "../x.yaml", "/home/me/x.yaml");
    check_resolution("main.yaml", "other.yaml", "other.yaml");
    check_resolution("urn:uuid:1", "", "urn:uuid:1");
    check_resolution("urn:uuid:1", "urn:uuid:2", "urn:uuid:2");
    check_resolution("http://example.com", "a", "http://example.com/a");
    check_resolution("file:///folder/file.json", "x", "file:///folder/x");
}

static void test_fragment_is_cut_at_the_first_hash(void **state)
{
    (void)state;
    struct uri_reference parts = uri_split(str_from("a.json#/b#c"));
    assert_true(str_is(parts.uri, "a.json"));
    assert_true(str_is(parts.fragment, "/b#c"));
    parts = uri_split(str_from("a.json"));
    assert_true(str_is(parts.uri, "a.json"));
    assert_null(parts.fragment.data);
    parts = uri_split(str_from("#"));
    assert_int_equal(parts.uri.len, 0);
    assert_non_null(parts.fragment.data);
}

static void test_percent_decoding_keeps_what_is_malformed(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    assert_true(str_is(uri_decode(&arena, str_from("a%25b%22")), "a%b\""));
    assert_true(str_is(uri_decode(&arena, str_from("%zz%4")), "%zz%4"));
    assert_true(str_is(uri_decode(&arena, str_from("plain")), "plain"));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal_examples),
        cmocka_unit_test(test_abnormal_examples),
        cmocka_unit_test(test_files_and_names),
        cmocka_unit_test(test_fragment_is_cut_at_the_first_hash),
        cmocka_unit_test(test_percent_decoding_keeps_what_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
