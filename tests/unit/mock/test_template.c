/* template: what is spliced in, what is refused. */
#include "mock/template.h"

#include "json/yaml.h"

#include "support/unit.h"

static const struct yaml_limits limits = {.max_depth = 100, .max_nodes = 10000};

struct reading {
    struct arena arena;
    struct source source;
    struct diags diags;
    struct json_node *node;
    bool good;
};

static void read_text(struct reading *reading, const char *text, enum template_use use)
{
    arena_init(&reading->arena, 4096, NULL);
    diags_init(&reading->diags);
    reading->source = (struct source){.name = "overlay.yaml", .text = str_from(text)};
    reading->node = json_read_document(&reading->arena, &reading->source, &limits, &reading->diags);
    assert_non_null(reading->node);
    struct overlay_reader reader = {&reading->arena, &reading->diags};
    reading->good = template_check(&reader, reading->node, use);
}

static void forget(struct reading *reading)
{
    diags_free(&reading->diags);
    arena_clear(&reading->arena);
}

/* Two violations: at body.items[3]["a/b"], whose value is a text, and of the body as a whole. */
static struct template_scene make_scene(struct arena *arena)
{
    static const struct json_path body = {NULL, {"body", 4}, 0};
    static const struct json_path items = {&body, {"items", 5}, 0};
    static const struct json_path item = {&items, {NULL, 0}, 3};
    static const struct json_path member = {&item, {"a/b", 3}, 0};
    struct violation *violations = arena_alloc_zero(arena, 2 * sizeof *violations);
    violations[0] = (struct violation){.next = &violations[1],
                                       .keyword = KEYWORD_SERVICE_RULE,
                                       .path = &member,
                                       .instance = json_new_string(arena, str_from("<\"é\">")),
                                       .name = str_from("is \"wrong\"")};
    violations[1] = (struct violation){.keyword = KEYWORD_REQUIRED,
                                       .path = &body,
                                       .instance = json_new(arena, JSON_OBJECT),
                                       .name = str_from("body")};
    return (struct template_scene){
        .arena = arena, .status = 422, .violations = violations, .count = 5};
}

struct spliced {
    const char *template;
    const char *text;
};

static const struct spliced bodies[] = {
    {"5", "5"},
    {"1.0", "1.0"},
    {"null", "null"},
    {"{a: [true, {}, []], b: text}", "{\"a\":[true,{},[]],\"b\":\"text\"}"},
    {"${status}", "422"},
    {"'${title} '", "\"Unprocessable Content \""},
    {"'${status}: ${count}'", "\"422: 5\""},
    {"'$${status}'", "\"${status}\""},
    {"'$$${status}$'", "\"$${status}$\""},
    {"'a $ b {c} ${status}}'", "\"a $ b {c} 422}\""},
    {"{$schema: x, '${status}': y}", "{\"$schema\":\"x\",\"${status}\":\"y\"}"},
    {"- ${in}\n- ${path}\n- ${pointer}\n- ${field}\n",
     "[\"body\",\"items[3].a/b\",\"/items/3/a~1b\",\"a/b\"]"},
    {"${loc}", "[\"body\",\"items\",3,\"a/b\"]"},
    {"'at ${loc}'", "\"at [\\\"body\\\",\\\"items\\\",3,\\\"a/b\\\"]\""},
    {"{m: '${message}', v: '${value}', k: '${keyword}', r: '${rule}'}",
     "{\"m\":\"is \\\"wrong\\\"\",\"v\":\"<\\\"é\\\">\",\"k\":\"rule\",\"r\":null}"},
    {"'${detail}'", "\"items[3].a/b: is \\\"wrong\\\" (and 4 more)\""},
    {"{$each: violations, $item: '${pointer}'}", "[\"/items/3/a~1b\",\"\"]"},
    {"{$each: violations, $item: {f: '${field}', v: '${value}', s: '${status}'}}",
     "[{\"f\":\"a/b\",\"v\":\"<\\\"é\\\">\",\"s\":422},{\"f\":null,\"v\":null,\"s\":422}]"},
    {"{e: {list: {$each: violations, $item: [1]}}}", "{\"e\":{\"list\":[[1],[1]]}}"},
    {"'${now}${uuid}${request.path}'", "\"\""}, /* without a request */
    {"[\"${now}\", \"${request.header.x-id}\"]", "[null,null]"},
};

static void test_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct reading reading;
        read_text(&reading, bodies[i].template, TEMPLATE_BODY);
        struct template_scene scene = make_scene(&reading.arena);
        struct buf out;
        buf_init(&out, &reading.arena);
        assert_true(reading.good);
        template_write(reading.node, &scene, &out);
        assert_string_equal(buf_text(&out), bodies[i].text);
        forget(&reading);
    }
}

static void test_without_violations(void **state)
{
    (void)state;
    struct reading reading;
    struct buf out;
    read_text(&reading,
              "{m: '${message}', d: '${detail}', p: '${pointer}', in: 'x${in}', "
              "l: {$each: violations, $item: 1}, c: '${count}'}",
              TEMPLATE_BODY);
    struct template_scene scene = {
        .arena = &reading.arena, .status = 404, .detail = str_from("No such thing.")};
    buf_init(&out, &reading.arena);
    template_write(reading.node, &scene, &out);
    assert_string_equal(buf_text(&out), "{\"m\":\"No such thing.\",\"d\":\"No such thing.\","
                                        "\"p\":null,\"in\":\"x\",\"l\":[],\"c\":0}");
    forget(&reading);
}

static void test_texts_are_not_json(void **state)
{
    (void)state;
    struct arena arena;
    struct buf out;
    arena_init(&arena, 4096, NULL);
    buf_init(&out, &arena);
    struct template_scene scene = make_scene(&arena);
    template_write_text(str_from("\"${value}\" & ${loc}"), &scene, TEMPLATE_PLAIN, &out);
    assert_string_equal(buf_text(&out), "\"<\"é\">\" & [\"body\",\"items\",3,\"a/b\"]");
    out.len = 0;
    template_write_text(str_from("<v a='$${'>${value}</v>"), &scene, TEMPLATE_XML, &out);
    assert_string_equal(buf_text(&out), "<v a='${'>&lt;&quot;é&quot;&gt;</v>");
    arena_clear(&arena);
}

struct mistake {
    const char *text;
    enum template_use use;
    const char *expected; /* what is printed */
};

static const struct mistake mistakes[] = {
    {"{a: 'x ${pth}'}", TEMPLATE_BODY,
     "overlay.yaml:1:10: error: there is no variable \"pth\" here\n  {a: 'x ${pth}'}\n           "
     "^\n"
     "  help: did you mean \"path\"?\n"},
    {"'${status'", TEMPLATE_BODY,
     "overlay.yaml:1:2: error: the variable has no end\n  '${status'\n   ^\n"
     "  help: end it with }, or write $${ for the characters themselves\n"},
    {"'${}'", TEMPLATE_BODY, NULL},
    {"'${request.header.}'", TEMPLATE_BODY, NULL},
    {"'${message}'", TEMPLATE_MESSAGE, NULL},
    {"'${detail}'", TEMPLATE_MESSAGE, NULL},
    {"{$each: violation, $item: 1}", TEMPLATE_BODY,
     "overlay.yaml:1:9: error: there is no such list\n  {$each: violation, $item: 1}\n"
     "          ^\n  help: write $each: violations\n"},
    {"{$each: violations}", TEMPLATE_BODY,
     "overlay.yaml:1:1: error: the $each has no $item\n  {$each: violations}\n  ^\n"
     "  help: add $item: and what one entry looks like\n"},
    {"{$each: violations, $item: 1, more: 2}", TEMPLATE_BODY, NULL},
    {"{$each: violations, $item: {$each: violations, $item: 1}}", TEMPLATE_BODY, NULL},
    {"{$item: 1}", TEMPLATE_BODY,
     "overlay.yaml:1:2: error: \"$item\" means nothing here\n  {$item: 1}\n   ^\n"
     "  help: a list is {$each: violations, $item: ...}\n"},
    {"{$eech: violations}", TEMPLATE_BODY, NULL},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", TEMPLATE_BODY, NULL},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct reading reading;
        struct buf out;
        buf_init(&out, NULL);
        read_text(&reading, mistakes[i].text, mistakes[i].use);
        assert_false(reading.good);
        diags_print(&reading.diags, &out);
        assert_non_null(strstr(buf_text(&out), "help: "));
        if (mistakes[i].expected != NULL)
            assert_string_equal(buf_text(&out), mistakes[i].expected);
        buf_free(&out);
        forget(&reading);
    }
}

static void test_messages_may_name_the_value(void **state)
{
    (void)state;
    struct reading reading;
    read_text(&reading, "'${field} ${value} ${request.header.a} $${'", TEMPLATE_MESSAGE);
    assert_true(reading.good);
    forget(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_without_violations),
        cmocka_unit_test(test_texts_are_not_json),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_messages_may_name_the_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
