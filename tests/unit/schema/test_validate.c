/* validate: each keyword, the order and completeness of violations, branches, limits. */
#include "base/mem.h"

#include "unit/schema/workbench.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static const struct schema_options openapi = {.dialect = SCHEMA_OPENAPI_3_1,
                                              .assert_formats = true};

/* ---- keyword by keyword ---- */

static void test_values(void **state)
{
    (void)state;
    expect("{\"type\": \"integer\"}", "1.0", "");
    expect("{\"type\": \"integer\"}", "1e3", "");
    expect("{\"type\": \"integer\"}", "1.5", "type \n");
    expect("{\"type\": [\"string\", \"null\"]}", "null", "");
    expect("{\"type\": [\"string\", \"null\"]}", "{}", "type \n");
    expect("{\"enum\": [1, \"a\", null, {\"x\": [2]}]}", "{\"x\": [2.0]}", "");
    expect("{\"enum\": [1, \"a\", null, {\"x\": [2]}]}", "1.0", "");
    expect("{\"enum\": [1, \"a\", null, {\"x\": [2]}]}", "\"b\"", "enum \n");
    expect("{\"enum\": []}", "1", "enum \n");
    expect("{\"enum\": [\"a\\u0000b\"]}", "\"a\\u0000b\"", "");
    expect("{\"enum\": [\"a\\u0000b\"]}", "\"a\\u0000c\"", "enum \n");
    expect("{\"const\": 12345678901234567890}", "12345678901234567890", "");
    expect("{\"const\": 12345678901234567890}", "12345678901234567891", "const \n");
    expect("{\"const\": false}", "0", "const \n");
    expect("true", "1", "");
    expect("false", "1", "false \n");
    expect("{}", "1", "");
}

static void test_numbers(void **state)
{
    (void)state;
    expect("{\"multipleOf\": 0.0001}", "0.0075", "");
    expect("{\"multipleOf\": 0.0001}", "0.00751", "multipleOf \n");
    expect("{\"multipleOf\": 1e-400}", "3", "");
    expect("{\"minimum\": 9007199254740993}", "9007199254740992", "minimum \n");
    expect("{\"minimum\": 9007199254740993}", "9007199254740993.0", "");
    expect("{\"maximum\": 3, \"minimum\": 3}", "3.0", "");
    expect("{\"exclusiveMaximum\": 3}", "3.0", "exclusiveMaximum \n");
    expect("{\"exclusiveMinimum\": -1}", "-1", "exclusiveMinimum \n");
    expect("{\"maximum\": 1, \"minimum\": 5}", "3", "maximum \nminimum \n");
    expect("{\"maximum\": 1}", "\"5\"", "");
}

static void test_numbers_that_are_none(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(
        &bench, "{\"type\": \"number\", \"maximum\": 5, \"minimum\": 1, \"multipleOf\": 2}");
    struct source source = {.name = "python.json", .text = str_from("NaN")};
    struct json_document read;
    struct json_error error;
    assert_true(json_read(&bench.arena, &source, &(struct json_read_options){.python = true}, &read,
                          &error));
    assert_int_equal(schema_validate(schema, read.root, &bench.validation), VALIDATE_INVALID);
    struct buf out;
    buf_init(&out, &bench.arena);
    workbench_list(bench.validation.first, &out);
    assert_string_equal(buf_text(&out), "multipleOf \nmaximum \nminimum \n");
    workbench_close(&bench);
}

static void test_strings(void **state)
{
    (void)state;
    expect("{\"maxLength\": 2.0}", "\"\xf0\x9f\x92\xa9\xf0\x9f\x92\xa9\"", "");
    expect("{\"maxLength\": 2}", "\"abc\"", "maxLength \n");
    expect("{\"minLength\": 3}", "\"\xf0\x9f\x92\xa9\xf0\x9f\x92\xa9\"", "minLength \n");
    expect("{\"maxLength\": 9}",
           "\"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xe2\x82\xac"
           "xy\"",
           "");
    expect("{\"maxLength\": 8}",
           "\"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xe2\x82\xac"
           "xy\"",
           "maxLength \n");
    expect("{\"minLength\": 99999999999999999999}", "\"a\"", "minLength \n");
    expect("{\"pattern\": \"b+\"}", "\"abbc\"", "");
    expect("{\"pattern\": \"^b+$\"}", "\"abbc\"", "pattern \n");
    expect("{\"format\": \"date\"}", "\"2024-02-30\"", "format \n");
    expect("{\"format\": \"date\"}", "5", "");
    expect("{\"format\": \"no-such-format\"}", "\"x\"", "");
    expect_in((struct schema_options){.assert_formats = false}, "{\"format\": \"date\"}", "\"x\"",
              "");
}

static void test_arrays(void **state)
{
    (void)state;
    expect("{\"maxItems\": 1, \"items\": {\"type\": \"null\"}}", "[1, null, 2]",
           "maxItems \ntype /0\ntype /2\n");
    expect("{\"minItems\": 1}", "[]", "minItems \n");
    expect("{\"prefixItems\": [{\"type\": \"null\"}, {\"type\": \"string\"}], \"items\": false}",
           "[1, \"a\", 2, 3]", "type /0\nfalse /2\nfalse /3\n");
    expect("{\"prefixItems\": [true, true]}", "[1]", "");
    expect("{\"contains\": {\"type\": \"null\"}}", "[1]", "contains \n");
    expect("{\"contains\": {\"type\": \"null\"}, \"minContains\": 0}", "[1]", "");
    expect("{\"contains\": {\"type\": \"null\"}, \"minContains\": 2}", "[null]", "minContains \n");
    expect("{\"contains\": {\"type\": \"null\"}, \"maxContains\": 1}", "[null, null]",
           "maxContains \n");
    expect("{\"minContains\": 2}", "[]", "");
}

static void test_unique_items(void **state)
{
    (void)state;
    expect("{\"uniqueItems\": true}", "[1, 1.0]", "uniqueItems \n");
    expect("{\"uniqueItems\": true}", "[1, true, [1], {\"a\": 1}, \"1\"]", "");
    expect("{\"uniqueItems\": true}", "[1,2,3,4,5,6,7,8,9,10,11,12,13]", "");
    expect("{\"uniqueItems\": true}",
           "[1,2,3,4,5,6,7,8,9,10,{\"a\":1,\"b\":2},{\"b\":2,\"a\":1.0}]", "uniqueItems \n");
    expect("{\"uniqueItems\": false}", "[1, 1]", "");
}

static void test_objects(void **state)
{
    (void)state;
    expect("{\"properties\": {\"a\": {\"type\": \"null\"}}, \"patternProperties\": {\"^b\":"
           "{\"type\": \"null\"}}, \"additionalProperties\": {\"type\": \"string\"}}",
           "{\"a\": 1, \"b1\": 1, \"c\": 1, \"d\": \"\"}", "type /a\ntype /b1\ntype /c\n");
    expect("{\"properties\": {\"ab\": {\"type\": \"null\"}}, \"patternProperties\": {\"b\":"
           "{\"maximum\": 3}}}",
           "{\"ab\": 5}", "type /ab\nmaximum /ab\n");
    expect("{\"additionalProperties\": false, \"required\": [\"a\"]}", "{\"a\": 1}",
           "additionalProperties /a \"a\"\n");
    expect("{\"propertyNames\": {\"maxLength\": 2}}", "{\"ab\": 1, \"abc\": 1}",
           "propertyNames /abc \"abc\"\n");
    expect("{\"propertyNames\": false}", "{\"a\": 1}", "propertyNames /a \"a\"\n");
    expect("{\"maxProperties\": 1, \"minProperties\": 3}", "{\"a\": 1, \"b\": 2}",
           "maxProperties \nminProperties \n");
    expect("{\"dependentRequired\": {\"a\": [\"b\", \"c\"]}}", "{\"a\": 1, \"c\": 1}",
           "dependentRequired /b \"b\"\n");
    expect("{\"dependentSchemas\": {\"a\": {\"maxProperties\": 1}}}", "{\"a\": 1, \"c\": 1}",
           "maxProperties \n");
    expect("{\"dependencies\": {\"a\": [\"b\"], \"c\": {\"required\": [\"d\"]}}}",
           "{\"a\": 1, \"c\": 1}", "dependentRequired /b \"b\"\nrequired /d \"d\"\n");
    expect("{\"required\": [\"__proto__\", \"toString\"]}", "{\"__proto__\": 1}",
           "required /toString \"toString\"\n");
    expect("{\"properties\": {\"\": {\"type\": \"null\"}, \"a/b~\": {\"type\": \"null\"}}}",
           "{\"\": 1, \"a/b~\": 1}", "type /\ntype /a~1b~0\n");
}

static void test_alternatives(void **state)
{
    (void)state;
    expect("{\"allOf\": [{\"maximum\": 3}, {\"multipleOf\": 2}]}", "5", "maximum \nmultipleOf \n");
    expect("{\"anyOf\": [{\"maximum\": 3}, {\"multipleOf\": 2}]}", "5", "anyOf \n");
    expect("{\"anyOf\": [{\"maximum\": 3}, {\"multipleOf\": 2}]}", "4", "");
    expect("{\"oneOf\": [{\"maximum\": 3}, {\"multipleOf\": 2}]}", "2", "oneOf \n");
    expect("{\"oneOf\": [{\"maximum\": 3}, {\"multipleOf\": 2}]}", "4", "");
    expect("{\"not\": {\"type\": \"null\"}}", "null", "not \n");
    expect("{\"not\": {\"type\": \"null\"}}", "1", "");
    const char *conditional = "{\"if\": {\"maximum\": 3}, \"then\": {\"multipleOf\": 2},"
                              "\"else\": {\"multipleOf\": 5}}";
    expect(conditional, "2", "");
    expect(conditional, "3", "multipleOf \n");
    expect(conditional, "5", "");
    expect(conditional, "6", "multipleOf \n");
    expect("{\"then\": false, \"else\": false}", "6", "");
}

static void test_unevaluated(void **state)
{
    (void)state;
    expect("{\"allOf\": [{\"properties\": {\"a\": true}}], \"anyOf\": [{\"properties\": {\"b\":"
           "true}}, {\"properties\": {\"c\": {\"type\": \"null\"}}}], \"unevaluatedProperties\":"
           "false}",
           "{\"a\": 1, \"b\": 1, \"c\": 1}", "unevaluatedProperties /c \"c\"\n");
    expect("{\"if\": {\"properties\": {\"a\": true}}, \"unevaluatedProperties\": false}",
           "{\"a\": 1}", "");
    expect(
        "{\"not\": {\"not\": {\"properties\": {\"a\": true}}}, \"unevaluatedProperties\": false}",
        "{\"a\": 1}", "unevaluatedProperties /a \"a\"\n");
    expect("{\"unevaluatedProperties\": {\"type\": \"null\"}}", "{\"a\": 1, \"b\": null}",
           "type /a\n");
    expect("{\"prefixItems\": [true], \"contains\": {\"type\": \"null\"}, \"unevaluatedItems\":"
           "false}",
           "[1, null, 2]", "unevaluatedItems /2\n");
    expect("{\"allOf\": [{\"unevaluatedItems\": true}], \"unevaluatedItems\": false}", "[1]", "");
    expect("{\"properties\": {\"p\": true}, \"allOf\": [{\"unevaluatedProperties\": false}]}",
           "{\"p\": 1}", "unevaluatedProperties /p \"p\"\n");
    /* What is wrong already is not reported as unevaluated too. */
    expect("{\"properties\": {\"a\": {\"type\": \"null\"}}, \"unevaluatedProperties\": false}",
           "{\"a\": 1, \"b\": 1}", "type /a\nunevaluatedProperties /b \"b\"\n");
    expect("{\"oneOf\": [{\"properties\": {\"a\": {\"type\": \"null\"}}}, false],"
           "\"unevaluatedProperties\": false}",
           "{\"a\": 1, \"b\": 1}", "oneOf \nunevaluatedProperties /b \"b\"\n");
}

static void test_unevaluated_of_a_large_object(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(
        &bench, "{\"anyOf\": [{\"patternProperties\": {\"^a\": true}}, {\"patternProperties\":"
                "{\"^b\": true}}, {\"allOf\": [{\"properties\": {\"c\": true}}]}],"
                "\"unevaluatedProperties\": false}");
    struct buf text;
    buf_init(&text, &bench.arena);
    buf_add_char(&text, '{');
    for (int i = 0; i < 30000; i++)
        buf_printf(&text, "\"%s%d\": 1,", i % 2 == 0 ? "a" : "b", i);
    buf_add_text(&text, "\"c\": 1, \"d\": 1}");
    assert_string_equal(workbench_validate(&bench, schema, buf_text(&text)),
                        "unevaluatedProperties /d \"d\"\n");
    workbench_close(&bench);
}

/* ---- order, completeness ---- */

static void test_order_is_that_of_declaration(void **state)
{
    (void)state;
    expect("{\"required\": [\"extra\", \"b\", \"d\"], \"properties\": {\"a\": {\"type\": \"null\"},"
           "\"b\": true, \"c\": {\"properties\": {\"y\": {\"type\": \"null\"}, \"x\": {\"type\":"
           "\"null\"}}}, \"d\": {\"type\": \"null\"}}, \"additionalProperties\": false,"
           "\"type\": \"object\"}",
           "{\"z\": 1, \"d\": 1, \"c\": {\"x\": 1, \"y\": 1}, \"a\": 1, \"w\": 1}",
           "type /a\n"
           "required /b \"b\"\n"
           "type /c/y\n"
           "type /c/x\n"
           "type /d\n"
           "required /extra \"extra\"\n"
           "additionalProperties /z \"z\"\n"
           "additionalProperties /w \"w\"\n");
}

static void test_violations_are_counted_beyond_those_kept(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(&bench, "{\"items\": {\"type\": \"null\"}}");
    const struct json_node *instance = workbench_read(&bench, "i", "[1, 2, 3, 4, 5]");
    bench.validation.max_violations = 2;
    assert_int_equal(schema_validate(schema, instance, &bench.validation), VALIDATE_INVALID);
    assert_int_equal(bench.validation.count, 5);
    assert_true(bench.validation.truncated);
    assert_non_null(bench.validation.first->next);
    assert_null(bench.validation.first->next->next);
    /* A second run appends. */
    bench.validation.max_violations = 8;
    assert_int_equal(schema_validate(schema, instance, &bench.validation), VALIDATE_INVALID);
    assert_int_equal(bench.validation.count, 10);
    workbench_close(&bench);
}

static void test_violation_names_its_places(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(
        &bench, "{\"required\": [\"b\"],\n \"properties\": {\"a\": {\"maximum\":\n 3}}}");
    struct json_path body = {.name = str_from("body")};
    bench.validation.root = &body;
    assert_string_equal(workbench_validate(&bench, schema, "{\"a\":\n 5}"),
                        "maximum /body/a\nrequired /body/b \"b\"\n");
    const struct violation *maximum = bench.validation.first;
    struct source_position rule = source_position(maximum->rule->source, maximum->rule->offset);
    assert_int_equal(rule.line, 3);
    assert_int_equal(source_position(maximum->instance->source, maximum->instance->offset).line, 2);
    assert_ptr_equal(maximum->schema, schema_object(schema)->properties[0].schema);
    const struct violation *required = maximum->next;
    assert_int_equal(required->rule->type, JSON_STRING);
    assert_int_equal(required->instance->type, JSON_OBJECT);
    assert_ptr_equal(required->path->up, &body);
    workbench_close(&bench);
}

static void test_valid_instances_cost_no_memory(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){.assert_formats = true});
    const struct schema *schema = workbench_compile(
        &bench,
        "{\"items\": {\"anyOf\": [{\"type\": \"null\"}, {\"$ref\": \"#/$defs/x\"}]},"
        "\"uniqueItems\": true,"
        "\"$defs\": {\"x\": {\"properties\": {\"a\": {\"format\": \"date\"}, \"b\": {\"enum\":"
        "[1, 2]}}, \"required\": [\"a\"], \"unevaluatedProperties\": false}}}");
    const struct json_node *instance = workbench_read(
        &bench, "i", "[null, {\"a\": \"2024-01-02\"}, {\"a\": \"2024-01-03\", \"b\": 2}]");
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct validation validation = {.arena = &arena};
    assert_int_equal(schema_validate(schema, instance, &validation), VALIDATE_VALID);
    assert_int_equal(arena.used, 0);
    arena_clear(&arena);
    workbench_close(&bench);
}

/* ---- branches ---- */

static const char animals[] =
    "{\"anyOf\": [{\"type\": \"string\"}, {\"properties\": {\"kind\": {\"const\": \"cat\"}, "
    "\"lives\":"
    "{\"maximum\": 9}}, \"required\": [\"kind\"]}, {\"properties\": {\"kind\": {\"const\": "
    "\"dog\"},"
    "\"tail\": {\"type\": \"boolean\"}, \"a\": {\"type\": \"null\"}}, \"required\": [\"kind\"]}]}";

static void test_branches_tell_what_was_wrong_with_each(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(&bench, animals);
    workbench_validate(&bench, schema, "{\"kind\": \"dog\", \"lives\": 5, \"tail\": 1, \"a\": 2}");
    const struct violation *violation = bench.validation.first;
    assert_int_equal(violation->branch_count, 3);
    struct buf out;
    buf_init(&out, &bench.arena);
    for (size_t i = 0; i < 3; i++) {
        buf_printf(&out, "-- %zu\n", i);
        workbench_list(violation->branches[i], &out);
    }
    assert_string_equal(buf_text(&out), "-- 0\ntype \n"
                                        "-- 1\nconst /kind\n"
                                        "-- 2\ntype /tail\ntype /a\n");
    /* The tag fits: that branch is nearest, though it has the more violations. */
    assert_int_equal(violation->best, 2);
    workbench_validate(&bench, schema, "{\"kind\": \"cat\", \"lives\": 10}");
    assert_int_equal(bench.validation.first->best, 1);
    workbench_validate(&bench, schema, "{}");
    assert_int_equal(bench.validation.first->best, 1);
    workbench_close(&bench);
}

static void test_one_of_that_fits_twice_tells_which(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(
        &bench, "{\"oneOf\": [{\"maximum\": 3}, {\"multipleOf\": 2}, {\"type\": \"integer\"}]}");
    workbench_validate(&bench, schema, "5");
    assert_string_equal(workbench_validate(&bench, schema, "4"), "oneOf \n");
    const struct violation *violation = bench.validation.first;
    assert_int_equal(violation->matched, 2);
    assert_non_null(violation->branches[0]);
    assert_null(violation->branches[1]);
    assert_null(violation->branches[2]);
    assert_int_equal(violation->best, 1);
    workbench_close(&bench);
}

static void test_branches_are_bounded(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(
        &bench, "{\"items\": {\"anyOf\": [{\"items\": {\"type\": \"null\"}}, {\"items\": {\"type\":"
                "\"string\"}}]}}");
    struct buf text;
    buf_init(&text, &bench.arena);
    buf_add_text(&text, "[0");
    for (int i = 0; i < 5000; i++)
        buf_add_text(&text, ",[1,2,3,4,5,6,7,8,9,10]");
    buf_add_char(&text, ']');
    const struct json_node *instance = workbench_read(&bench, "i", buf_text(&text));
    size_t before = bench.arena.used;
    assert_int_equal(schema_validate(schema, instance, &bench.validation), VALIDATE_INVALID);
    assert_int_equal(bench.validation.count, 5000);
    assert_true(bench.arena.used - before < 4 << 20);
    /* No branch that failed looks as if it had passed. */
    for (const struct violation *v = bench.validation.first; v != NULL; v = v->next)
        for (size_t i = 0; i < v->branch_count; i++)
            assert_non_null(v->branches[i]);
    workbench_close(&bench);
}

/* ---- OpenAPI ---- */

static const char pets[] =
    "{\"oneOf\": [{\"$ref\": \"#/$defs/Cat\"}, {\"$ref\": \"#/$defs/Dog\"}],"
    "\"discriminator\": {\"propertyName\": \"kind\", \"mapping\": {\"kitty\": \"Cat\", \"hound\":"
    "\"#/$defs/Dog\"}},"
    "\"$defs\": {\"Cat\": {\"properties\": {\"kind\": {\"type\": \"string\"}, \"lives\": {\"type\":"
    "\"integer\"}}}, \"Dog\": {\"properties\": {\"kind\": {\"type\": \"string\"}, \"tail\": "
    "{\"type\":"
    "\"boolean\"}}}}}";

static void test_discriminator_chooses_the_branch(void **state)
{
    (void)state;
    expect_in(openapi, pets, "{\"kind\": \"kitty\", \"lives\": 9}", "");
    expect_in(openapi, pets, "{\"kind\": \"hound\", \"lives\": \"x\"}", "");
    expect_in(openapi, pets, "{\"kind\": \"kitty\", \"lives\": \"x\"}", "type /lives\n");
    expect_in(openapi, pets, "{\"kind\": \"Cat\", \"lives\": \"x\"}", "type /lives\n");
    expect_in(openapi, pets, "{\"kind\": \"Dog\", \"lives\": \"x\"}", "");
    expect_in(openapi, pets, "{\"kind\": \"bird\"}", "discriminator  \"kind\"\n");
    expect_in(openapi, pets, "{\"lives\": 9}", "discriminator  \"kind\"\n");
    expect_in(openapi, pets, "{\"kind\": 5}", "discriminator  \"kind\"\n");
    /* Not in plain JSON Schema: both branches fit. */
    expect(pets, "{\"kind\": \"kitty\", \"lives\": 9}", "oneOf \n");
}

static void test_discriminator_by_name_and_by_value(void **state)
{
    (void)state;
    const char *by_name =
        "{\"anyOf\": [{\"$ref\": \"#/$defs/A\"}, {\"$ref\": \"#/$defs/B\"}, {\"type\": \"null\"}],"
        "\"discriminator\": {\"propertyName\": \"t\"}, \"$defs\": {"
        "\"A\": {\"required\": [\"t\", \"a\"]}, \"B\": {\"required\": [\"t\", \"b\"]}}}";
    expect_in(openapi, by_name, "{\"t\": \"A\"}", "required /a \"a\"\n");
    expect_in(openapi, by_name, "{\"t\": \"B\", \"b\": 1}", "");
    expect_in(openapi, by_name, "{\"t\": \"C\", \"b\": 1}", "discriminator  \"t\"\n");
    expect_in(openapi, by_name, "null", "");
    expect_in(openapi, by_name, "7", "");
    const char *by_value =
        "{\"oneOf\": [{\"$ref\": \"#/$defs/A\"}, {\"allOf\": [{\"$ref\": \"#/$defs/B\"}]}],"
        "\"discriminator\": {\"propertyName\": \"t\"}, \"$defs\": {"
        "\"A\": {\"properties\": {\"t\": {\"const\": \"a\"}}, \"required\": [\"x\"]},"
        "\"B\": {\"properties\": {\"t\": {\"enum\": [\"b\", \"c\"]}}, \"required\": [\"y\"]}}}";
    expect_in(openapi, by_value, "{\"t\": \"a\"}", "required /x \"x\"\n");
    expect_in(openapi, by_value, "{\"t\": \"c\"}", "required /y \"y\"\n");
    expect_in(openapi, by_value, "{\"t\": \"A\"}", "discriminator  \"t\"\n");
}

static void test_discriminator_never_changes_what_is_valid(void **state)
{
    (void)state;
    /* A value that several branches have: all are tried. */
    const char *shared =
        "{\"oneOf\": [{\"properties\": {\"t\": {\"const\": \"m\"}, \"x\": {\"type\": \"null\"}}},"
        "{\"properties\": {\"t\": {\"const\": \"m\"}, \"x\": {\"type\": \"string\"}}}],"
        "\"discriminator\": {\"propertyName\": \"t\"}}";
    expect_in(openapi, shared, "{\"t\": \"m\", \"x\": \"a\"}", "");
    expect_in(openapi, shared, "{\"t\": \"m\", \"x\": 5}", "oneOf \n");
    /* A branch that may have any value. */
    const char *open =
        "{\"anyOf\": [{\"properties\": {\"t\": {\"const\": \"m\"}}}, {\"properties\": {\"t\":"
        "{\"type\": \"string\"}}, \"required\": [\"z\"]}], \"discriminator\": {\"propertyName\": "
        "\"t\"}}";
    expect_in(openapi, open, "{\"t\": \"other\", \"z\": 1}", "");
    expect_in(openapi, open, "{\"t\": \"other\"}", "anyOf \n");
    /* A property that no branch declares: no discriminator at all. */
    expect_in(openapi,
              "{\"oneOf\": [{\"required\": [\"a\"]}, {\"required\": [\"b\"]}],"
              "\"discriminator\": {\"propertyName\": \"t\"}}",
              "{\"a\": 1}", "");
    /* Without alternatives it annotates. */
    expect_in(openapi, "{\"discriminator\": {\"propertyName\": \"t\"}}", "{}", "");
}

static void test_discriminator_of_a_base_that_lists_its_children(void **state)
{
    (void)state;
    const char *text =
        "{\"$ref\": \"#/$defs/Pet\", \"$defs\": {\"Pet\": {\"required\": [\"kind\"], \"oneOf\":"
        "[{\"$ref\": \"#/$defs/Cat\"}], \"discriminator\": {\"propertyName\": \"kind\"}},"
        "\"Cat\": {\"allOf\": [{\"$ref\": \"#/$defs/Pet\"}, {\"required\": [\"lives\"]}]}}}";
    expect_in(openapi, text, "{\"kind\": \"Cat\", \"lives\": 9}", "");
    expect_in(openapi, text, "{\"kind\": \"Cat\"}", "required /lives \"lives\"\n");
}

static void test_broken_discriminators_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"oneOf\": [true], \"discriminator\": \"kind\"}",
        "{\"oneOf\": [true], \"discriminator\": {\"propertyName\": 5}}",
        "{\"oneOf\": [true], \"discriminator\": {\"propertyName\": \"a\", \"mapping\": []}}",
        "{\"oneOf\": [true], \"discriminator\": {\"propertyName\": \"a\", \"mapping\": {\"x\": "
        "5}}}",
        "{\"oneOf\": [true], \"discriminator\": {\"propertyName\": \"a\", \"mapping\": {\"x\":"
        "\"#/nowhere\"}}}",
        "{\"oneOf\": [true], \"discriminator\": {\"propertyName\": \"a\", \"mapping\": {\"x\":"
        "\"Nobody\"}}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct workbench bench;
        workbench_open(&bench, openapi);
        assert_null(workbench_compile(&bench, texts[i]));
        assert_int_equal(bench.diags.errors, 1);
        workbench_close(&bench);
    }
}

static void expect_direction(enum direction direction, const char *instance, const char *violations)
{
    struct workbench bench;
    workbench_open(&bench, openapi);
    const struct schema *schema = workbench_compile(
        &bench,
        "{\"properties\": {\"id\": {\"$ref\": \"#/$defs/id\"}, \"secret\": {\"writeOnly\":"
        "true, \"type\": \"string\"}}, \"required\": [\"id\", \"secret\"], \"$defs\": {\"id\":"
        "{\"readOnly\": true, \"type\": \"integer\"}}}");
    bench.validation.direction = direction;
    const struct json_node *node = workbench_read(&bench, "i", instance);
    schema_validate(schema, node, &bench.validation);
    struct buf out;
    buf_init(&out, &bench.arena);
    workbench_list(bench.validation.first, &out);
    assert_string_equal(buf_text(&out), violations);
    workbench_close(&bench);
}

static void test_read_only_and_write_only_by_direction(void **state)
{
    (void)state;
    expect_direction(DIRECTION_NONE, "{}", "required /id \"id\"\nrequired /secret \"secret\"\n");
    expect_direction(DIRECTION_REQUEST, "{}", "required /secret \"secret\"\n");
    expect_direction(DIRECTION_RESPONSE, "{}", "required /id \"id\"\n");
    expect_direction(DIRECTION_REQUEST, "{\"id\": \"x\", \"secret\": \"s\"}", "type /id\n");
    expect_direction(DIRECTION_RESPONSE, "{\"id\": 1, \"secret\": \"s\"}",
                     "writeOnly /secret \"secret\"\n");
}

/* ---- limits ---- */

static char *nested_arrays(size_t depth)
{
    char *text = mem_alloc(depth * 2 + 1);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    text[depth * 2] = '\0';
    return text;
}

struct deep_case {
    const struct schema *schema;
    const struct json_node *instance;
    struct validation *validation;
    enum validate_outcome outcome;
};

static void *validate_on_thread(void *argument)
{
    struct deep_case *deep = argument;
    deep->outcome = schema_validate(deep->schema, deep->instance, deep->validation);
    return NULL;
}

static enum validate_outcome validate_on_small_stack(struct deep_case *deep)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, WORKER_STACK);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, &attributes, validate_on_thread, deep), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    return deep->outcome;
}

static void check_depth(const char *schema_text, size_t depth, enum validate_outcome expected)
{
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(&bench, schema_text);
    char *text = nested_arrays(depth);
    struct source source = {.name = "deep.json", .text = str_from(text)};
    struct json_document read;
    struct json_error error;
    assert_true(json_read(&bench.arena, &source, &(struct json_read_options){0}, &read, &error));
    struct deep_case deep = {schema, read.root, &bench.validation, VALIDATE_VALID};
    assert_int_equal(validate_on_small_stack(&deep), expected);
    assert_int_equal(bench.validation.count, expected == VALIDATE_INVALID ? 1 : 0);
    if (expected == VALIDATE_INVALID) {
        const struct violation *violation = bench.validation.first;
        while (violation->branch_count > 0)
            violation = violation->branches[violation->best];
        struct buf out;
        buf_init(&out, &bench.arena);
        json_path_print(violation->path, &out);
        assert_int_equal(out.len, (depth - 1) * 2);
    }
    free(text);
    workbench_close(&bench);
}

static void test_deep_instances_on_a_small_stack(void **state)
{
    (void)state;
    const char *loop = "{\"items\": {\"$ref\": \"#\"}}";
    const char *alternatives = "{\"unevaluatedItems\": false, \"anyOf\": [{\"minItems\": 1,"
                               "\"items\": {\"$ref\": \"#\"}}, {\"type\": \"null\"}]}";
    const char *full = "{\"minItems\": 1, \"items\": {\"$ref\": \"#\"}}";
    check_depth(loop, 10, VALIDATE_VALID);
    check_depth(loop, 500, VALIDATE_VALID);
    check_depth(full, 500, VALIDATE_INVALID);
    check_depth(full, 5000, VALIDATE_INVALID);
    check_depth(loop, 100000, VALIDATE_TOO_DEEP);
    /* The widest frames: alternatives with marks, each of which is explained. */
    check_depth(alternatives, 10, VALIDATE_INVALID);
    check_depth(alternatives, 300, VALIDATE_INVALID);
}

static void test_depth_can_be_chosen(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(&bench, "{\"items\": {\"$ref\": \"#\"}}");
    const struct json_node *instance = workbench_read(&bench, "i", "[[[]]]");
    bench.validation.max_depth = 5;
    assert_int_equal(schema_validate(schema, instance, &bench.validation), VALIDATE_VALID);
    bench.validation.max_depth = 4;
    assert_int_equal(schema_validate(schema, instance, &bench.validation), VALIDATE_TOO_DEEP);
    workbench_close(&bench);
}

static void test_patterns_have_a_budget(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(
        &bench, "{\"not\": {\"patternProperties\": {\"^(a+)+$\": false}, \"items\": {\"pattern\":"
                "\"^(a+)+$\"}}}");
    const struct json_node *instance =
        workbench_read(&bench, "i", "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"]");
    bench.validation.match_budget = 1000;
    /* Not decided: neither valid nor invalid, even under a `not`. */
    assert_int_equal(schema_validate(schema, instance, &bench.validation), VALIDATE_PATTERN_BUDGET);
    assert_int_equal(bench.validation.count, 0);
    workbench_close(&bench);
}

/* ---- coverage ---- */

static void note_rule(void *context, const struct schema *schema, const struct rule *rule,
                      const struct json_node *instance, bool satisfied)
{
    struct buf *out = context;
    (void)schema;
    buf_printf(out, "%s%s", satisfied ? "" : "!",
               rule != NULL ? keyword_name(rule->keyword) : "pass");
    if (instance->type == JSON_NUMBER)
        buf_printf(out, "(%s)", instance->c.valuestring);
    buf_add_char(out, ' ');
}

static void test_branches_that_multiply_have_a_budget(void **state)
{
    (void)state;
    /* Both branches go down the same way: 2 to the 40th applications. */
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(
        &bench, "{\"oneOf\": [{\"items\": {\"$ref\": \"#\"}}, {\"items\": {\"$ref\":"
                "\"#\"}, \"contains\": false}]}");
    bench.validation.work_budget = 200000;
    char *text = nested_arrays(40);
    const struct json_node *instance = workbench_read(&bench, "i", text);
    assert_int_equal(schema_validate(schema, instance, &bench.validation), VALIDATE_PATTERN_BUDGET);
    free(text);
    workbench_close(&bench);
}

static void test_observer_hears_of_each_rule(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema =
        workbench_compile(&bench, "{\"type\": \"integer\", \"maximum\": 3, \"multipleOf\": 2}");
    const struct json_node *instance = workbench_read(&bench, "i", "4");
    struct buf out;
    buf_init(&out, &bench.arena);
    bench.validation.observe = note_rule;
    bench.validation.observe_context = &out;
    schema_validate(schema, instance, &bench.validation);
    assert_string_equal(buf_text(&out), "type(4) multipleOf(4) !maximum(4) ");
    workbench_close(&bench);
}

static void test_observer_hears_of_what_passes_unchecked(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){.dialect = SCHEMA_OPENAPI_3_0});
    const struct schema *schema = workbench_compile(
        &bench, "{\"properties\": {\"a\": {}, \"b\": {\"type\": \"string\", \"nullable\": true}}}");
    struct buf out;
    buf_init(&out, &bench.arena);
    bench.validation.observe = note_rule;
    bench.validation.observe_context = &out;
    schema_validate(schema, workbench_read(&bench, "i", "{\"b\": null, \"a\": 1}"),
                    &bench.validation);
    assert_string_equal(buf_text(&out), "pass(1) pass properties ");
    workbench_close(&bench);
}

/* ---- words ---- */

static void describe(const char *schema_text, const char *instance, const char *words)
{
    struct workbench bench;
    workbench_open(&bench, openapi);
    const struct schema *schema = workbench_compile(&bench, schema_text);
    workbench_validate(&bench, schema, instance);
    struct buf out;
    buf_init(&out, &bench.arena);
    violation_describe(bench.validation.first, &out);
    assert_string_equal(buf_text(&out), words);
    workbench_close(&bench);
}

static void test_violations_in_words(void **state)
{
    (void)state;
    describe("{\"type\": [\"string\", \"null\"]}", "1.0", "expected null or string, got integer");
    describe("{\"enum\": [\"a\", 1]}", "\"b\"", "expected one of \"a\", 1, got \"b\"");
    describe("{\"const\": {\"a\": 1}}", "[]",
             "expected exactly the object in the schema, got an array");
    describe("{\"maxLength\": 2}", "\"abc\"", "expected at most 2 characters, got 3");
    describe("{\"minItems\": 2}", "[1]", "expected at least 2 items, got 1");
    describe("{\"maxProperties\": 0}", "{\"a\": 1}", "expected at most 0 properties, got 1");
    describe("{\"pattern\": \"^a\"}", "\"b\"", "expected a string that matches ^a, got \"b\"");
    describe("{\"exclusiveMaximum\": 1.50}", "2.0", "expected less than 1.50, got 2.0");
    describe("{\"multipleOf\": 3}", "2", "expected a multiple of 3, got 2");
    describe("{\"contains\": {\"type\": \"null\"}, \"minContains\": 2}", "[null]",
             "expected at least 2 items that fit \"contains\", got 1");
    describe("{\"required\": [\"a\\\"b\"]}", "{}", "the property \"a\\\"b\" is required");
    describe("{\"additionalProperties\": false}", "{\"x\": 1}",
             "the property \"x\" is not allowed here");
    describe("{\"propertyNames\": {\"maxLength\": 1}}", "{\"xy\": 1}",
             "the property name \"xy\" is not allowed: expected at most 1 characters, got 2");
    describe("{\"oneOf\": [true, true]}", "1",
             "expected exactly one of the alternatives to fit, 2 do");
    describe("{\"anyOf\": [{\"type\": \"null\"}, {\"properties\": {\"a\": {\"type\": \"null\"}}}]}",
             "{\"a\": 1}",
             "expected one of the alternatives to fit; the nearest: /a expected null, got integer");
    describe(pets, "{\"kind\": \"bird\"}",
             "expected \"kind\" to be \"kitty\", \"hound\", \"Cat\", \"Dog\", got \"bird\"");
    describe(pets, "{}",
             "expected \"kind\" to be \"kitty\", \"hound\", \"Cat\", \"Dog\", but it is missing");
    describe("{\"not\": {}}", "1", "the value fits a schema that it must not fit");
    describe("false", "1", "no value is allowed here");
    describe("{\"dependentRequired\": {\"a\": [\"b\"]}}", "{\"a\": 1}",
             "the property \"b\" is required beside another that is there");
}

static void test_long_values_are_cut_between_characters(void **state)
{
    (void)state;
    describe("{\"type\": \"string\", \"maxLength\": 1, \"const\": \"x\"}",
             "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa4"
             "bbbbbbbbbb\"",
             "expected \"x\", got "
             "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_that_are_none),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_unique_items),
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_alternatives),
        cmocka_unit_test(test_unevaluated),
        cmocka_unit_test(test_unevaluated_of_a_large_object),
        cmocka_unit_test(test_order_is_that_of_declaration),
        cmocka_unit_test(test_violations_are_counted_beyond_those_kept),
        cmocka_unit_test(test_violation_names_its_places),
        cmocka_unit_test(test_valid_instances_cost_no_memory),
        cmocka_unit_test(test_branches_tell_what_was_wrong_with_each),
        cmocka_unit_test(test_one_of_that_fits_twice_tells_which),
        cmocka_unit_test(test_branches_are_bounded),
        cmocka_unit_test(test_discriminator_chooses_the_branch),
        cmocka_unit_test(test_discriminator_by_name_and_by_value),
        cmocka_unit_test(test_discriminator_never_changes_what_is_valid),
        cmocka_unit_test(test_discriminator_of_a_base_that_lists_its_children),
        cmocka_unit_test(test_broken_discriminators_are_refused),
        cmocka_unit_test(test_read_only_and_write_only_by_direction),
        cmocka_unit_test(test_deep_instances_on_a_small_stack),
        cmocka_unit_test(test_depth_can_be_chosen),
        cmocka_unit_test(test_patterns_have_a_budget),
        cmocka_unit_test(test_branches_that_multiply_have_a_budget),
        cmocka_unit_test(test_observer_hears_of_each_rule),
        cmocka_unit_test(test_observer_hears_of_what_passes_unchecked),
        cmocka_unit_test(test_violations_in_words),
        cmocka_unit_test(test_long_values_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
