/* Answers broken on purpose: really broken, in the way that was asked for, the same way again. */
#include "mock/violate.h"
#include "unit/schema/workbench.h"

struct stage {
    struct workbench bench;
    const struct schema *schema;
    struct str notes; /* of the last call, an array */
};

static void stage_open(struct stage *stage, const char *schema)
{
    struct schema_options options = {.assert_formats = true};
    workbench_open(&stage->bench, options);
    stage->schema = workbench_compile(&stage->bench, schema);
    assert_non_null(stage->schema);
}

static void stage_close(struct stage *stage)
{
    workbench_close(&stage->bench);
}

static const char *violate(struct stage *stage, const char *body, uint32_t kinds, uint64_t seed)
{
    struct buf notes;
    buf_init(&notes, &stage->bench.arena);
    struct json_writer writer = json_writer_to(&notes);
    json_begin_array(&writer);
    struct str broken =
        violate_body(str_from(body), stage->schema, kinds, seed, &stage->bench.arena, &writer);
    json_end_array(&writer);
    stage->notes = str_from(buf_text(&notes));
    return arena_copy(&stage->bench.arena, broken);
}

static size_t count_violations(struct stage *stage, const char *body)
{
    const struct json_node *node = workbench_read(&stage->bench, "broken.json", body);
    struct validation validation = {.arena = &stage->bench.arena, .direction = DIRECTION_RESPONSE};
    schema_validate(stage->schema, node, &validation);
    return validation.count;
}

static const char schema_text[] =
    "{\"type\":\"object\",\"required\":[\"object\",\"items\"],\"properties\":{"
    "\"object\":{\"type\":\"string\",\"const\":\"list\"},"
    "\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/thing\"}},"
    "\"next\":{\"type\":[\"string\",\"null\"]}},"
    "\"$defs\":{\"thing\":{\"type\":\"object\",\"required\":[\"id\"],"
    "\"properties\":{\"id\":{\"type\":\"string\"},\"size\":{\"type\":\"integer\"},"
    "\"state\":{\"enum\":[\"on\",\"off\"]},"
    "\"owner\":{\"oneOf\":[{\"type\":\"object\",\"required\":[\"name\"],"
    "\"properties\":{\"name\":{\"type\":\"string\"}},\"additionalProperties\":false},"
    "{\"type\":\"null\"}]}}}}}";

static const char body_text[] =
    "{\"object\":\"list\",\"items\":[{\"id\":\"a\",\"size\":1,\"state\":\"on\","
    "\"owner\":{\"name\":\"x\"}},{\"id\":\"b\",\"owner\":null}],\"next\":null}";

/* For many seeds: one violation more than before, and the same result again. */
static void test_each_kind_breaks_the_schema(void **state)
{
    (void)state;
    static const enum fault_violation kinds[] = {FAULT_MISSING_REQUIRED, FAULT_WRONG_TYPE,
                                                 FAULT_UNKNOWN_ENUM,     FAULT_NULL,
                                                 FAULT_WRONG_CONST,      FAULT_EXTRA_MEMBER};
    struct stage stage;
    stage_open(&stage, schema_text);
    assert_int_equal(count_violations(&stage, body_text), 0);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (uint64_t seed = 0; seed < 40; seed++) {
            const char *broken = violate(&stage, body_text, kinds[i], seed);
            const char *notes = stage.notes.data;
            if (count_violations(&stage, broken) == 0)
                fail_msg("%s, seed %u: %s", fault_violation_name(kinds[i]), (unsigned)seed, broken);
            assert_non_null(strstr(notes, "\"path\":"));
            assert_non_null(strstr(notes, fault_violation_name(kinds[i])));
            assert_string_equal(violate(&stage, body_text, kinds[i], seed), broken);
            assert_string_equal(stage.notes.data, notes);
        }
    }
    stage_close(&stage);
}

static void test_seeds_choose_different_places(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, schema_text);
    const char *first = violate(&stage, body_text, FAULT_WRONG_TYPE, 0);
    size_t different = 0;
    for (uint64_t seed = 1; seed < 20; seed++)
        different += strcmp(violate(&stage, body_text, FAULT_WRONG_TYPE, seed), first) != 0;
    assert_true(different > 10);
    stage_close(&stage);
}

/* What is broken and how, where there is only one place for it. */
static void test_broken_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        const char *body;
        uint32_t kinds;
        const char *broken;
        const char *notes;
    } cases[] = {
        {"{\"required\":[\"a\"],\"properties\":{\"a\":{},\"b\":{}}}", "{\"a\":1,\"b\":2}",
         FAULT_MISSING_REQUIRED, "{\"b\":2}", "[{\"kind\":\"missing-required\",\"path\":\"/a\"}]"},
        {"{\"enum\":[\"on\",\"off\"]}", "\"on\"", FAULT_UNKNOWN_ENUM, "\"on_UNKNOWN\"",
         "[{\"kind\":\"unknown-enum\",\"path\":\"\"}]"},
        {"{\"enum\":[1,2]}", "2", FAULT_UNKNOWN_ENUM, "-987654321",
         "[{\"kind\":\"unknown-enum\",\"path\":\"\"}]"},
        {"{\"const\":true}", "true", FAULT_WRONG_CONST, "false",
         "[{\"kind\":\"wrong-const\",\"path\":\"\"}]"},
        {"{\"enum\":[\"only\"]}", "\"only\"", FAULT_WRONG_CONST, "\"only_UNKNOWN\"",
         "[{\"kind\":\"wrong-const\",\"path\":\"\"}]"},
        {"{\"items\":{\"type\":\"string\"}}", "[\"a\"]", FAULT_NULL, "[null]",
         "[{\"kind\":\"null\",\"path\":\"/0\"}]"},
        {"{\"prefixItems\":[{},{\"type\":\"integer\"}]}", "[1,2,3]", FAULT_NULL, "[1,null,3]",
         "[{\"kind\":\"null\",\"path\":\"/1\"}]"},
        {"{\"type\":[\"string\",\"number\",\"boolean\",\"array\"]}", "1", FAULT_WRONG_TYPE, "{}",
         "[{\"kind\":\"wrong-type\",\"path\":\"\"}]"},
        {"{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1}",
         FAULT_EXTRA_MEMBER, "{\"a\":1,\"understudy_extra\":\"not in the contract\"}",
         "[{\"kind\":\"extra-member\",\"path\":\"\"}]"},
        {"{\"properties\":{\"a\":{}}}", "{\"a\":1}", FAULT_EXTRA_MEMBER,
         "{\"a\":1,\"understudy_extra\":\"not in the contract\"}",
         "[{\"kind\":\"extra-member\",\"path\":\"\",\"allowed\":true}]"},
        {"{\"allOf\":[{\"$ref\":\"#/$defs/"
         "a\"}],\"$defs\":{\"a\":{\"properties\":{\"a\":{\"const\":1}"
         "}}}}",
         "{\"a\":1}", FAULT_WRONG_CONST, "{\"a\":-987654321}",
         "[{\"kind\":\"wrong-const\",\"path\":\"/a\"}]"},
        /* one kind after the other */
        {"{\"required\":[\"a\"],\"properties\":{\"a\":{},\"b\":{\"const\":1}}}",
         "{\"a\":1,\"b\":1}", FAULT_MISSING_REQUIRED | FAULT_WRONG_CONST, "{\"b\":-987654321}",
         "[{\"kind\":\"missing-required\",\"path\":\"/a\"},"
         "{\"kind\":\"wrong-const\",\"path\":\"/b\"}]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stage stage;
        stage_open(&stage, cases[i].schema);
        assert_string_equal(violate(&stage, cases[i].body, cases[i].kinds, i), cases[i].broken);
        assert_string_equal(stage.notes.data, cases[i].notes);
        stage_close(&stage);
    }
}

/* Where nothing can be broken, the answer stays and the note says why. */
static void test_impossible(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        const char *body;
        uint32_t kind;
        const char *reason;
    } cases[] = {
        {"{\"type\":[\"string\",\"null\"]}", "\"a\"", FAULT_NULL, "no place"},
        {"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "\"a\"", FAULT_NULL,
         "no place"},
        {"{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{}", FAULT_WRONG_TYPE, "no place"},
        {"{\"type\":\"object\"}", "not json", FAULT_WRONG_TYPE, "no JSON"},
        {"{\"type\":\"object\"}", "", FAULT_MALFORMED_JSON, "no body"},
        {"{\"type\":\"object\"}", "", FAULT_MISSING_REQUIRED, "no JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stage stage;
        stage_open(&stage, cases[i].schema);
        assert_string_equal(violate(&stage, cases[i].body, cases[i].kind, 1), cases[i].body);
        assert_non_null(strstr(stage.notes.data, "\"skipped\":"));
        assert_non_null(strstr(stage.notes.data, cases[i].reason));
        stage_close(&stage);
    }
}

static void test_without_a_schema(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct buf notes;
    buf_init(&notes, &arena);
    struct json_writer writer = json_writer_to(&notes);
    json_begin_array(&writer);
    struct str body = str_from("{\"a\":1}");
    struct str same = violate_body(body, NULL, FAULT_NULL, 1, &arena, &writer);
    assert_ptr_equal(same.data, body.data);
    struct str broken = violate_body(body, NULL, FAULT_MALFORMED_JSON, 1, &arena, &writer);
    assert_false(str_equal(broken, body));
    json_end_array(&writer);
    assert_non_null(strstr(buf_text(&notes), "declares no JSON schema"));
    arena_clear(&arena);
}

static bool is_json(struct stage *stage, const char *text)
{
    struct source source = {.name = "text", .text = str_from(text)};
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    return json_read(&stage->bench.arena, &source, &options, &document, &error);
}

static void test_malformed_is_never_json(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{}", "[]",      "{\"a\":1}", "[1,2]", "5",
                                         "12", "\"abc\"", "null",      "true"};
    struct stage stage;
    stage_open(&stage, "{}");
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        for (uint64_t seed = 0; seed < 10; seed++) {
            const char *broken = violate(&stage, bodies[i], FAULT_MALFORMED_JSON, seed);
            if (is_json(&stage, broken))
                fail_msg("%s is still JSON", broken);
        }
    stage_close(&stage);
}

/* A schema that refers to itself, and a value that is nested deeply. */
static void test_recursion_is_bounded(void **state)
{
    (void)state;
    enum { DEPTH = 5000 };
    struct stage stage;
    stage_open(&stage, "{\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":"
                       "\"#/$defs/n\"}}}},\"$ref\":\"#/$defs/n\"}");
    struct buf body;
    buf_init(&body, &stage.bench.arena);
    for (int i = 0; i < DEPTH; i++)
        buf_add_text(&body, "{\"n\":");
    buf_add_text(&body, "{}");
    for (int i = 0; i < DEPTH; i++)
        buf_add_char(&body, '}');
    const char *broken = violate(&stage, buf_text(&body), FAULT_NULL, 3);
    assert_non_null(strstr(broken, "null"));
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_kind_breaks_the_schema),
        cmocka_unit_test(test_seeds_choose_different_places),
        cmocka_unit_test(test_broken_exactly),
        cmocka_unit_test(test_impossible),
        cmocka_unit_test(test_without_a_schema),
        cmocka_unit_test(test_malformed_is_never_json),
        cmocka_unit_test(test_recursion_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
