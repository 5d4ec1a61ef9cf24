#include "contract_text.h"

static const char *found(const char *content_type, const char *const *ranges, size_t count)
{
    struct media_type types[8];
    assert_true(count <= 8);
    for (size_t i = 0; i < count; i++)
        types[i] = (struct media_type){.range = str_from(ranges[i])};
    const struct media_type *type = media_type_find(types, count, str_from(content_type));
    return type != NULL ? type->range.data : NULL;
}

#define FOUND(content_type, ...)                                                                   \
    found((content_type), (const char *const[]){__VA_ARGS__},                                      \
          sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void the_most_specific_entry_wins(void **state)
{
    (void)state;
    assert_string_equal(FOUND("text/plain", "*/*", "text/*", "text/plain"), "text/plain");
    assert_string_equal(FOUND("text/html", "*/*", "text/*", "text/plain"), "text/*");
    assert_string_equal(FOUND("image/png", "*/*", "text/*", "text/plain"), "*/*");
    assert_null(FOUND("image/png", "text/*", "application/json"));
}

static void case_and_parameters_do_not_matter(void **state)
{
    (void)state;
    assert_string_equal(FOUND("Application/JSON", "application/json"), "application/json");
    assert_string_equal(FOUND("application/json;charset=utf-8", "application/json"),
                        "application/json");
    assert_string_equal(FOUND(" application/json ; charset=utf-8", "application/json"),
                        "application/json");
    assert_string_equal(FOUND("application/json", "application/json; charset=utf-8"),
                        "application/json; charset=utf-8");
}

static void parameters_of_an_entry_tell_versions_apart(void **state)
{
    (void)state;
    const char *one = "application/json; v=1";
    const char *two = "application/json;v=2";
    assert_string_equal(FOUND("application/json; v=2", one, two), two);
    assert_string_equal(FOUND("application/json; V=\"1\"; x=y", "application/json", one),
                        "application/json");
    assert_string_equal(FOUND("application/json; x=\"a;v=1\"", "application/json", one),
                        "application/json");
    assert_string_equal(FOUND("application/json;x=y;v=1", "application/json", one), one);
}

static void nonsense_matches_nothing_but_any(void **state)
{
    (void)state;
    assert_null(FOUND("", "application/json"));
    assert_null(FOUND("json", "application/json"));
    assert_null(FOUND("application/json2", "application/json"));
    assert_string_equal(FOUND("", "*/*"), "*/*");
}

static void json_is_recognized(void **state)
{
    (void)state;
    assert_true(media_type_is_json(str_from("application/json")));
    assert_true(media_type_is_json(str_from("APPLICATION/JSON; charset=utf-8")));
    assert_true(media_type_is_json(str_from("application/problem+json")));
    assert_true(media_type_is_json(str_from("application/vnd.api+JSON;v=1")));
    assert_false(media_type_is_json(str_from("text/plain")));
    assert_false(media_type_is_json(str_from("application/jsonl")));
    assert_false(media_type_is_json(str_from("application/+json")));
    assert_false(media_type_is_json(str_from("+json")));
    assert_false(media_type_is_json(str_from("")));
}

static void parameters_are_unquoted(void **state)
{
    (void)state;
    struct arena arena;
    struct str value;
    arena_init(&arena, 256, NULL);
    struct str type =
        str_from("multipart/form-data; a=\"x;boundary=no\"; Boundary=\"a \\\"b\\\"\"");
    assert_true(media_type_parameter(type, "boundary", &arena, &value));
    assert_str(value, "a \"b\"");
    assert_true(media_type_parameter(type, "a", &arena, &value));
    assert_str(value, "x;boundary=no");
    assert_false(media_type_parameter(type, "b", &arena, &value));
    assert_false(media_type_parameter(str_from("text/plain"), "b", &arena, &value));
    assert_true(media_type_parameter(str_from("a/b; c"), "c", &arena, &value));
    assert_int_equal(value.len, 0);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_specific_entry_wins),
        cmocka_unit_test(case_and_parameters_do_not_matter),
        cmocka_unit_test(parameters_of_an_entry_tell_versions_apart),
        cmocka_unit_test(nonsense_matches_nothing_but_any),
        cmocka_unit_test(json_is_recognized),
        cmocka_unit_test(parameters_are_unquoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
