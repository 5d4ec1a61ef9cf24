/* dialect_template: what `errors` may say, and how its mistakes are told. */
#include "mock/dialect_template.h"

#include "json/yaml.h"

#include "support/unit.h"

static const struct yaml_limits limits = {.max_depth = 50, .max_nodes = 10000};

/* Reads an `errors` object; what is printed of its mistakes is appended to `out`. */
static void read_errors(const char *text, struct buf *out)
{
    struct arena arena;
    struct diags diags;
    struct source source = {.name = "overlay.yaml", .text = str_from(text)};
    arena_init(&arena, 4096, NULL);
    diags_init(&diags);
    struct json_node *node = json_read_document(&arena, &source, &limits, &diags);
    assert_non_null(node);
    struct overlay_reader reader = {&arena, &diags};
    assert_non_null(error_bodies_read(&reader, node));
    diags_print(&diags, out);
    diags_free(&diags);
    arena_clear(&arena);
}

static const char *const good[] = {
    "{}",
    "{422: {body: {a: '${message}'}}, 4XX: {body: x}, 5xx: {status: 503}, default: {body: null}}",
    "{401: {status: 403, content_type: text/plain; charset=utf-8, body: 'no: ${detail}'}}",
    "{400: {content_type: application/vnd.api+json, body: {errors: []}}}",
};

static void test_good_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct buf out;
        buf_init(&out, NULL);
        read_errors(good[i], &out);
        assert_string_equal(buf_text(&out), "");
        buf_free(&out);
    }
}

struct mistake {
    const char *text;
    const char *place_and_message;
};

static const struct mistake mistakes[] = {
    {"[]", "1:1: error: errors must be an object of statuses"},
    {"{200: {body: x}}", "1:2: error: \"200\" is no status of an error"},
    {"{600: {body: x}}", "1:2: error: \"600\" is no status of an error"},
    {"{4X: {body: x}}", "1:2: error: \"4X\" is no status of an error"},
    {"{40x: {body: x}}", "1:2: error: \"40x\" is no status of an error"},
    {"{defalt: {body: x}}", "1:2: error: \"defalt\" is no status of an error"},
    {"{422: x}", "1:7: error: expected an object, got string"},
    {"{422: {}}", "1:7: error: the entry says neither body nor status"},
    {"{422: {content_type: text/plain}}", "1:7: error: the entry says neither body nor status"},
    {"{422: {bdy: x}}", "1:8: error: x-understudy has no word \"bdy\" here"},
    {"{422: {status: 302, body: x}}",
     "1:16: error: the status must be a whole number from 400 to 599"},
    {"{422: {content_type: json, body: x}}", "1:22: error: \"json\" is no content type"},
    {"{422: {content_type: text/plain, body: {a: 1}}}",
     "1:40: error: a body of text/plain must be a string"},
    {"{422: {body: {a: '${c}'}}}", "1:21: error: there is no variable \"c\" here"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct buf out;
        buf_init(&out, NULL);
        read_errors(mistakes[i].text, &out);
        assert_non_null(strstr(buf_text(&out), "help: "));
        size_t prefix = strlen("overlay.yaml:");
        assert_memory_equal(out.data, "overlay.yaml:", prefix);
        out.len = strcspn(buf_text(&out), "\n");
        assert_string_equal(buf_text(&out) + prefix, mistakes[i].place_and_message);
        buf_free(&out);
    }
}

static void test_no_bodies_leave_the_dialect_alone(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    assert_ptr_equal(dialect_with_bodies(&arena, &dialect_fastapi, NULL, NULL), &dialect_fastapi);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_ones),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_no_bodies_leave_the_dialect_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
