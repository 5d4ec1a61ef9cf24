/* compile: what is refused, with place and remedy; references; dialects; the registry. */
#include "base/mem.h"
#include "json/pointer.h"

#include "unit/schema/workbench.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static const struct schema_options plain = {.dialect = SCHEMA_2020_12};
static const struct schema_options openapi_3_0 = {.dialect = SCHEMA_OPENAPI_3_0,
                                                  .assert_formats = true};
static const struct schema_options openapi_3_1 = {.dialect = SCHEMA_OPENAPI_3_1,
                                                  .assert_formats = true};

/* The schema is refused, and the first diagnostic starts so and contains that. */
static void refuse_in(struct schema_options options, const char *text, const char *place,
                      const char *words)
{
    struct workbench bench;
    workbench_open(&bench, options);
    assert_null(workbench_compile(&bench, text));
    assert_true(bench.diags.errors > 0);
    char *diags = workbench_diags(&bench);
    if (strncmp(diags, place, strlen(place)) != 0 || strstr(diags, words) == NULL)
        fail_msg("expected %s ... %s\ngot %s", place, words, diags);
    workbench_close(&bench);
}

static void refuse(const char *text, const char *place, const char *words)
{
    refuse_in(plain, text, place, words);
}

static void test_malformed_values_are_refused_at_their_place(void **state)
{
    (void)state;
    refuse("{\"type\": \"strin\"}", "schema.json:1:10: ", "\"type\" must be one of null");
    refuse("{\"type\": []}", "schema.json:1:10: ", "at least one");
    refuse("{\"type\": [\"string\", 5]}", "schema.json:1:21: ", "\"type\" must be");
    refuse("{\"enum\": 1}", "schema.json:1:10: ", "a list of values");
    refuse("{\"maxLength\": -1}", "schema.json:1:15: ", "an integer of 0 or more");
    refuse("{\"minItems\": 1.5}", "schema.json:1:14: ", "an integer of 0 or more");
    refuse("{\"maxProperties\": \"3\"}", "schema.json:1:19: ", "an integer of 0 or more");
    refuse("{\"multipleOf\": 0}", "schema.json:1:16: ", "greater than 0");
    refuse("{\"multipleOf\": -2}", "schema.json:1:16: ", "greater than 0");
    refuse("{\"maximum\": \"5\"}", "schema.json:1:13: ", "must be a number");
    refuse("{\"exclusiveMinimum\": true}", "schema.json:1:22: ", "must be a number");
    refuse("{\"uniqueItems\": 1}", "schema.json:1:17: ", "true or false");
    refuse("{\"pattern\": 5}", "schema.json:1:13: ", "must be a string");
    refuse("{\"format\": []}", "schema.json:1:12: ", "must be a string");
    refuse("{\"properties\": []}", "schema.json:1:16: ", "an object with schemas");
    refuse("{\"required\": true}", "schema.json:1:14: ", "beside \"properties\"");
    refuse("{\"required\": [1]}", "schema.json:1:15: ", "a list of strings");
    refuse("{\"dependentRequired\": {\"a\": \"b\"}}", "schema.json:1:29: ", "lists of property");
    refuse("{\"allOf\": []}", "schema.json:1:11: ", "at least one schema");
    refuse("{\"anyOf\": {}}", "schema.json:1:11: ", "a list of at least one schema");
    refuse("{\"not\": 3}", "schema.json:1:9: ", "a schema must be an object or a boolean");
    refuse("{\"items\": [{}]}", "schema.json:1:11: ", "prefixItems");
    refuse("{\"readOnly\": \"yes\"}", "schema.json:1:14: ", "true or false");
    refuse("{\"$defs\": []}", "schema.json:1:11: ", "an object with schemas");
    refuse("{\"properties\": {\"a\": {\"items\": 5}}}", "schema.json:1:32: ", "a schema must be");
    refuse("{\"properties\": {\"$ref\": \"#/a\"}}", "schema.json:1:25: ", "cannot stand for a map");
    refuse("[]", "schema.json:1:1: ", "a schema must be an object or a boolean, not array");
}

static void test_patterns_that_do_not_compile_are_refused(void **state)
{
    (void)state;
    refuse("{\"pattern\": \"(a\"}", "schema.json:1:13: ", "");
    refuse("{\"patternProperties\": {\"[\": {}}}", "schema.json:1:24: ", "");
}

static void test_all_errors_are_told(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, plain);
    assert_null(workbench_compile(&bench, "{\"type\": 1, \"maxLength\": -1, \"properties\":"
                                          "{\"a\": {\"$ref\": \"#/b\"}, \"c\": {\"enum\": 0}}}"));
    assert_int_equal(bench.diags.errors, 4);
    workbench_close(&bench);
}

static void test_identifiers_are_checked(void **state)
{
    (void)state;
    refuse("{\"$id\": 5}", "schema.json:1:9: ", "URI reference");
    refuse("{\"$id\": \"http://a/b#c\"}", "schema.json:1:9: ", "fragment");
    refuse("{\"$anchor\": \"1a\"}", "schema.json:1:13: ", "starting with a letter");
    refuse("{\"$dynamicAnchor\": \"a b\"}", "schema.json:1:20: ", "starting with a letter");
    refuse("{\"$anchor\": \"a\", \"not\": {\"$anchor\": \"a\"}}",
           "schema.json:1:", "there already");
    refuse("{\"$id\": \"http://a/b\", \"not\": {\"$id\": \"http://a/c\"}, \"items\":"
           "{\"$id\": \"c\"}}",
           "schema.json:1:", "is the $id of another schema already");
    refuse("{\"$schema\": \"http://json-schema.org/draft-07/schema#\"}",
           "schema.json:1:13: ", "dialect http://json-schema.org/draft-07/schema# is not known");
}

static void test_references_that_lead_nowhere_are_refused(void **state)
{
    (void)state;
    refuse("{\"$ref\": \"#/$defs/a\"}", "schema.json:1:10: ", "there is no /$defs/a in urn:test");
    refuse("{\"$ref\": \"#a\"}", "schema.json:1:10: ", "no anchor a");
    refuse("{\"$ref\": \"http://example.com/x\"}",
           "schema.json:1:10: ", "no document is known as http://example.com/x");
    refuse("{\"$ref\": 5}", "schema.json:1:10: ", "a string with a URI reference");
    refuse("{\"$dynamicRef\": \"#a\"}", "schema.json:1:17: ", "no anchor a");
    refuse("{\"$ref\": \"#/$defs/a~2\", \"$defs\": {\"a~2\": {}}}",
           "schema.json:1:10: ", "there is no");
    refuse("{\"$ref\": \"#/a\", \"a\": 17}", "schema.json:1:22: ", "a schema must be");
}

static void test_unused_definitions_are_not_compiled(void **state)
{
    (void)state;
    expect("{\"$defs\": {\"broken\": {\"type\": 1}}, \"type\": \"null\"}", "1", "type \n");
}

static void test_endless_references_are_refused(void **state)
{
    (void)state;
    refuse("{\"$ref\": \"#\"}", "schema.json:1:10: ", "leads back to itself");
    refuse("{\"$defs\": {\"a\": {\"$ref\": \"#/$defs/b\"}, \"b\": {\"allOf\": [{\"$ref\":"
           "\"#/$defs/a\"}]}}, \"$ref\": \"#/$defs/a\"}",
           "schema.json:1:", "leads back to itself");
    refuse("{\"anyOf\": [{\"type\": \"null\"}, {\"$ref\": \"#\"}]}",
           "schema.json:1:39: ", "leads back");
    refuse("{\"not\": {\"$ref\": \"#\"}}", "schema.json:1:18: ", "leads back");
    /* Consuming something on the way is fine. */
    expect("{\"properties\": {\"a\": {\"$ref\": \"#\"}}, \"additionalProperties\": false}",
           "{\"a\": {\"a\": {\"b\": 1}}}", "additionalProperties /a/a/b \"b\"\n");
}

static void test_references_find_their_way(void **state)
{
    (void)state;
    expect("{\"$ref\": \"#/$defs/a~1b%25\", \"$defs\": {\"a/b%\": {\"type\": \"null\"}}}", "1",
           "type \n");
    expect("{\"$ref\": \"#/allOf/1\", \"allOf\": [{}, {\"type\": \"null\"}]}", "1",
           "type \ntype \n");
    expect("{\"$id\": \"http://a.example/x/y\", \"$ref\": \"../z#q\", \"$defs\": {\"z\": {\"$id\":"
           "\"/z\", \"$defs\": {\"w\": {\"$anchor\": \"q\", \"type\": \"null\"}}}}}",
           "1", "type \n");
    /* Siblings apply as well, and a reference beside properties is checked first. */
    expect("{\"$ref\": \"#/$defs/a\", \"maximum\": 3, \"$defs\": {\"a\": {\"multipleOf\": 2}}}",
           "5", "multipleOf \nmaximum \n");
    /* Data is no schema. */
    expect("{\"enum\": [{\"$id\": \"http://a.example/e\", \"$anchor\": \"e\"}], \"default\": 1}",
           "{\"$id\": \"http://a.example/e\", \"$anchor\": \"e\"}", "");
}

static void test_second_compilation_is_a_look_up(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, plain);
    const char *text = "{\"$defs\": {\"good\": {\"type\": \"null\"}, \"bad\": {\"type\": 1},"
                       "\"both\": {\"allOf\": [{\"$ref\": \"#/$defs/good\"},"
                       "{\"$ref\": \"#/$defs/bad\"}]}}}";
    const struct json_node *root = workbench_read(&bench, "schema.json", text);
    schema_registry_add(bench.registry, str_from("urn:test"), root, true);
    struct str uri = str_from("urn:test");
    const struct json_node *good = json_pointer_find(root, str_from("/$defs/good"));
    const struct json_node *both = json_pointer_find(root, str_from("/$defs/both"));
    /* A failure leaves nothing behind: the same errors come again. */
    assert_null(schema_compile(bench.registry, uri, both, &bench.diags));
    assert_int_equal(bench.diags.errors, 1);
    assert_null(schema_compile(bench.registry, uri, both, &bench.diags));
    assert_int_equal(bench.diags.errors, 2);
    const struct schema *schema = schema_compile(bench.registry, uri, good, &bench.diags);
    assert_non_null(schema);
    assert_ptr_equal(schema_compile(bench.registry, uri, good, &bench.diags), schema);
    assert_int_equal(bench.diags.errors, 2);
    assert_string_equal(workbench_validate(&bench, schema, "1"), "type \n");
    workbench_close(&bench);
}

static void test_registry_keeps_the_first_of_a_name(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, plain);
    const struct json_node *root = workbench_read(&bench, "a", "{}");
    assert_true(schema_registry_add(bench.registry, str_from("urn:a"), root, true));
    assert_false(schema_registry_add(bench.registry, str_from("urn:a"), root, true));
    assert_null(schema_compile(bench.registry, str_from("urn:b"), root, &bench.diags));
    assert_int_equal(bench.diags.errors, 1);
    workbench_close(&bench);
}

static void test_number_of_schemas_is_bounded(void **state)
{
    (void)state;
    refuse_in((struct schema_options){.max_schemas = 3},
              "{\"allOf\": [{\"type\": \"null\"}, {\"maximum\": 1}, {\"minimum\": 1}]}",
              "schema.json:1:1: ", "more than 3 schemas");
}

static void test_metaschemas_are_built_in(void **state)
{
    (void)state;
    const char *text = "{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}";
    expect(text, "{\"properties\": {\"a\": {\"type\": [\"string\", \"null\"]}}}", "");
    expect(text, "{\"properties\": {\"a\": {\"maxLength\": -1}}}",
           "minimum /properties/a/maxLength\n");
}

/* ---- dialects ---- */

static void test_custom_metaschema_turns_keywords_off(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, plain);
    const struct json_node *meta =
        workbench_read(&bench, "meta.json",
                       "{\"$id\": \"http://a.example/meta\", \"$vocabulary\": {"
                       "\"https://json-schema.org/draft/2020-12/vocab/applicator\": true}}");
    schema_registry_add(bench.registry, str_from("http://a.example/meta"), meta, true);
    const struct schema *schema =
        workbench_compile(&bench, "{\"$schema\": \"http://a.example/meta\", \"type\": \"null\","
                                  "\"properties\": {\"a\": false}}");
    assert_non_null(schema);
    assert_string_equal(workbench_validate(&bench, schema, "5"), "");
    assert_string_equal(workbench_validate(&bench, schema, "{\"a\": 5}"), "false /a\n");
    assert_non_null(strstr(workbench_diags(&bench), "\"type\" is no keyword of this schema"));
    workbench_close(&bench);
}

static void test_required_vocabulary_that_is_unknown_is_refused(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, plain);
    const struct json_node *meta =
        workbench_read(&bench, "meta.json", "{\"$vocabulary\": {\"urn:strange\": true}}");
    schema_registry_add(bench.registry, str_from("urn:meta"), meta, true);
    assert_null(workbench_compile(&bench, "{\"$schema\": \"urn:meta\"}"));
    assert_non_null(strstr(workbench_diags(&bench), "meta.json:1:18: the vocabulary urn:strange"));
    workbench_close(&bench);
}

static void test_openapi_3_0_speaks_its_own_dialect(void **state)
{
    (void)state;
    expect_in(openapi_3_0, "{\"type\": \"string\", \"nullable\": true}", "null", "");
    expect_in(openapi_3_0, "{\"type\": \"string\", \"nullable\": true, \"enum\": [\"a\"]}", "null",
              "");
    expect_in(openapi_3_0, "{\"type\": \"string\", \"nullable\": false}", "null", "type \n");
    expect_in(openapi_3_0, "{\"minimum\": 3, \"exclusiveMinimum\": true}", "3",
              "exclusiveMinimum \n");
    expect_in(openapi_3_0, "{\"minimum\": 3, \"exclusiveMinimum\": false}", "3", "");
    expect_in(openapi_3_0, "{\"maximum\": 3, \"exclusiveMaximum\": true}", "3",
              "exclusiveMaximum \n");
    /* $ref ignores its siblings; what 3.0 does not know annotates. */
    expect_in(openapi_3_0,
              "{\"properties\": {\"a\": {\"$ref\": \"#/x\", \"maximum\": 1}}, \"x\": {\"type\":"
              "\"integer\"}}",
              "{\"a\": 5}", "");
    expect_in(openapi_3_0, "{\"const\": 3, \"$id\": \"http://a.example\", \"if\": false}", "5", "");
}

static void test_openapi_3_0_may_refer_to_json_schema(void **state)
{
    (void)state;
    expect_in(openapi_3_0, "{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}",
              "{\"$defs\": {\"a\": {\"type\": 5}}}", "anyOf /$defs/a/type\n");
}

static void test_openapi_3_0_warns_of_what_it_ignores(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, openapi_3_0);
    const struct schema *schema = workbench_compile(
        &bench, "{\"const\": 3, \"type\": [\"string\", \"null\"], \"exclusiveMaximum\": 5,"
                "\"items\": {\"$ref\": \"#/x\", \"maximum\": 1}, \"x\": {}}");
    assert_non_null(schema);
    assert_int_equal(bench.diags.errors, 0);
    char *diags = workbench_diags(&bench);
    assert_non_null(strstr(diags, "\"const\" is no keyword of OpenAPI 3.0 and is ignored"));
    assert_non_null(strstr(diags, "OpenAPI 3.0 has no lists of types"));
    assert_non_null(strstr(diags, "\"exclusiveMaximum\" is a boolean in OpenAPI 3.0"));
    assert_non_null(strstr(diags, "\"maximum\" beside a $ref is ignored"));
    assert_string_equal(workbench_validate(&bench, schema, "5"), "type \nexclusiveMaximum \n");
    workbench_close(&bench);
}

static void test_openapi_3_1_is_2020_12_and_more(void **state)
{
    (void)state;
    expect_in(openapi_3_1, "{\"const\": 3, \"exclusiveMinimum\": 3}", "3", "exclusiveMinimum \n");
    refuse_in(openapi_3_1, "{\"exclusiveMinimum\": \"1\"}", "schema.json:1:22: ", "a number");
    struct workbench bench;
    workbench_open(&bench, openapi_3_1);
    const struct schema *schema = workbench_compile(
        &bench, "{\"type\": \"integer\", \"nullable\": true, \"minimum\": 1, \"maximum\": 5,"
                "\"exclusiveMinimum\": true, \"exclusiveMaximum\": false}");
    assert_non_null(schema);
    assert_int_equal(bench.diags.warnings, 3);
    assert_non_null(strstr(workbench_diags(&bench), "write \"null\" as one of the types"));
    assert_non_null(strstr(workbench_diags(&bench), "the boolean is taken as in 3.0"));
    assert_string_equal(workbench_validate(&bench, schema, "1"), "exclusiveMinimum \n");
    assert_string_equal(workbench_validate(&bench, schema, "5"), "");
    assert_string_equal(workbench_validate(&bench, schema, "null"), "type \n");
    workbench_close(&bench);
}

static void test_slips_are_noticed(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, plain);
    assert_non_null(
        workbench_compile(&bench, "{\"maxlength\": 3, \"x-maxLenght\": 1, \"foo\": 2}"));
    assert_int_equal(bench.diags.warnings, 1);
    assert_non_null(strstr(workbench_diags(&bench),
                           "schema.json:1:2: \"maxlength\" is no keyword and is ignored; did you "
                           "mean \"maxLength\"?"));
    workbench_close(&bench);
}

/* ---- OpenAPI documents ---- */

static const char document[] = "openapi: 3.1.0\n"
                               "components:\n"
                               "  schemas:\n"
                               "    Pet:\n"
                               "      $id: https://pets.example/pet\n"
                               "      type: object\n"
                               "      properties: {tag: {$ref: '#/$defs/tag'}}\n"
                               "      $defs: {tag: {type: string}}\n"
                               "    Named: {$anchor: named, type: integer}\n"
                               "    Broken: {type: strange}\n"
                               "    ByUrl: {$ref: https://pets.example/pet}\n"
                               "    ByAnchor: {$ref: '#named'}\n"
                               "    Pure: {$schema: 'https://json-schema.org/draft/2020-12/schema',"
                               " oneOf: [true], discriminator: {propertyName: x}}\n";

static const struct schema *compile_component(struct workbench *bench, const struct json_node *root,
                                              const char *name)
{
    const struct json_node *schemas = json_member(json_member(root, "components"), "schemas");
    return schema_compile(bench->registry, str_from("/api.yaml"), json_member(schemas, name),
                          &bench->diags);
}

static void test_openapi_document_is_compiled_piece_by_piece(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, openapi_3_1);
    const struct json_node *root = workbench_read(&bench, "api.yaml", document);
    schema_registry_add(bench.registry, str_from("/api.yaml"), root, false);
    const struct schema *by_url = compile_component(&bench, root, "ByUrl");
    assert_non_null(by_url);
    assert_string_equal(workbench_validate(&bench, by_url, "{\"tag\": 5}"), "type /tag\n");
    const struct schema *by_anchor = compile_component(&bench, root, "ByAnchor");
    assert_non_null(by_anchor);
    assert_string_equal(workbench_validate(&bench, by_anchor, "\"a\""), "type \n");
    const struct schema *pure = compile_component(&bench, root, "Pure");
    assert_non_null(pure);
    assert_null(schema_rule(pure, KEYWORD_DISCRIMINATOR));
    assert_int_equal(bench.diags.errors, 0);
    assert_null(compile_component(&bench, root, "Broken"));
    assert_int_equal(bench.diags.errors, 1);
    workbench_close(&bench);
}

static void test_document_chooses_its_dialect(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, openapi_3_1);
    const struct json_node *root = workbench_read(
        &bench, "api.yaml",
        "jsonSchemaDialect: https://json-schema.org/draft/2020-12/schema\n"
        "components: {schemas: {A: {oneOf: [true], discriminator: {propertyName: x}}}}\n");
    schema_registry_add(bench.registry, str_from("/api.yaml"), root, false);
    const struct schema *schema = compile_component(&bench, root, "A");
    assert_non_null(schema);
    assert_non_null(schema_rule(schema, KEYWORD_ONE_OF));
    workbench_close(&bench);
}

/* ---- the resolver ---- */

struct files {
    const struct json_node *types;
    size_t asked;
};

static const struct json_node *open_file(void *context, struct str base, struct str reference,
                                         struct str resolved, struct place place, struct str *uri,
                                         struct diags *diags)
{
    struct files *files = context;
    files->asked++;
    assert_true(str_is(base, "/api/main.yaml"));
    if (str_is(reference, "torn.yaml")) {
        diag_error(diags, place, NULL, "the file is torn");
        return NULL;
    }
    if (!str_is(resolved, "/api/types.yaml"))
        return NULL;
    *uri = str_from("/api/types.yaml");
    return files->types;
}

static void test_resolver_opens_other_files_once(void **state)
{
    (void)state;
    struct workbench bench;
    struct files files = {NULL, 0};
    struct schema_options options = openapi_3_1;
    options.resolver = (struct schema_resolver){&files, open_file};
    workbench_open(&bench, options);
    files.types = workbench_read(
        &bench, "types.yaml", "A: {type: integer}\nB: {$ref: '#/A'}\nC: {$ref: 'types.yaml#/A'}");
    const struct json_node *root = workbench_read(
        &bench, "main.yaml",
        "components: {schemas: {A: {allOf: [{$ref: 'types.yaml#/B'}, {$ref: './types.yaml#/C'}]},"
        "B: {$ref: 'torn.yaml'}, C: {$ref: 'lost.yaml#/x'}}}");
    schema_registry_add(bench.registry, str_from("/api/main.yaml"), root, false);
    const struct json_node *schemas = json_member(json_member(root, "components"), "schemas");
    struct str uri = str_from("/api/main.yaml");
    const struct schema *schema =
        schema_compile(bench.registry, uri, json_member(schemas, "A"), &bench.diags);
    assert_non_null(schema);
    assert_int_equal(files.asked, 1);
    assert_string_equal(workbench_validate(&bench, schema, "\"x\""), "type \ntype \n");
    assert_null(schema_compile(bench.registry, uri, json_member(schemas, "B"), &bench.diags));
    assert_int_equal(bench.diags.errors, 1);
    assert_null(schema_compile(bench.registry, uri, json_member(schemas, "C"), &bench.diags));
    assert_int_equal(bench.diags.errors, 2);
    assert_non_null(strstr(workbench_diags(&bench), "no document is known as /api/lost.yaml"));
    workbench_close(&bench);
}

/* ---- size and threads ---- */

static char *nested_schema(size_t depth)
{
    char *text = mem_alloc(depth * 16 + 16);
    size_t len = 0;
    for (size_t i = 0; i < depth; i++)
        len += (size_t)sprintf(text + len, "{\"items\":");
    len += (size_t)sprintf(text + len, "true");
    for (size_t i = 0; i < depth; i++)
        text[len++] = '}';
    text[len] = '\0';
    return text;
}

static void *compile_on_thread(void *argument)
{
    struct workbench *bench = argument;
    char *text = nested_schema(100000);
    struct source source = {.name = "deep.json", .text = str_from(text)};
    struct json_document read;
    struct json_error error;
    assert_true(json_read(&bench->arena, &source, &(struct json_read_options){0}, &read, &error));
    schema_registry_add(bench->registry, str_from("urn:deep"), read.root, true);
    const struct schema *schema =
        schema_compile(bench->registry, str_from("urn:deep"), read.root, &bench->diags);
    if (schema != NULL) {
        struct buf out;
        buf_init(&out, &bench->arena);
        schema_print(schema, &out);
    }
    free(text);
    return (void *)(uintptr_t)schema;
}

static void test_depth_of_a_document_costs_no_stack(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, plain);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, WORKER_STACK);
    pthread_t thread;
    void *schema = NULL;
    assert_int_equal(pthread_create(&thread, &attributes, compile_on_thread, &bench), 0);
    pthread_join(thread, &schema);
    pthread_attr_destroy(&attributes);
    assert_non_null(schema);
    workbench_close(&bench);
}

struct crowd {
    struct workbench *bench;
    const struct json_node *root;
    size_t number;
    bool good;
};

static void *compile_in_crowd(void *argument)
{
    struct crowd *crowd = argument;
    struct diags diags;
    struct arena arena;
    diags_init(&diags);
    arena_init(&arena, 4096, NULL);
    const struct json_node *defs = json_member(crowd->root, "$defs");
    crowd->good = true;
    for (size_t i = 0; i < 200; i++) {
        const struct json_node *node = json_first(defs);
        for (size_t n = (i * 7 + crowd->number) % defs->size; n > 0; n--)
            node = json_next(node);
        const struct schema *schema =
            schema_compile(crowd->bench->registry, str_from("urn:test"), node, &diags);
        crowd->good &= schema != NULL && !schema_accepts(schema, crowd->root, &arena);
    }
    diags_free(&diags);
    arena_clear(&arena);
    return NULL;
}

static void test_many_threads_compile_and_validate(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, plain);
    struct buf text;
    buf_init(&text, &bench.arena);
    buf_add_text(&text, "{\"$dynamicAnchor\": \"x\", \"$defs\": {");
    for (int i = 0; i < 64; i++)
        buf_printf(&text,
                   "%s\"d%d\": {\"$id\": \"urn:d%d\", \"$dynamicAnchor\": \"x\", \"maxProperties\":"
                   "0, \"properties\": {\"$defs\": {\"$dynamicRef\": \"#x\"}, \"p\": {\"$ref\":"
                   "\"urn:d%d\"}}}",
                   i > 0 ? "," : "", i, i, (i + 1) % 64);
    buf_add_text(&text, "}}");
    const struct json_node *root = workbench_read(&bench, "schema.json", buf_text(&text));
    schema_registry_add(bench.registry, str_from("urn:test"), root, true);
    pthread_t threads[4];
    struct crowd crowds[4];
    for (size_t i = 0; i < 4; i++) {
        crowds[i] = (struct crowd){&bench, root, i, false};
        assert_int_equal(pthread_create(&threads[i], NULL, compile_in_crowd, &crowds[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_true(crowds[i].good);
    }
    workbench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_malformed_values_are_refused_at_their_place),
        cmocka_unit_test(test_patterns_that_do_not_compile_are_refused),
        cmocka_unit_test(test_all_errors_are_told),
        cmocka_unit_test(test_identifiers_are_checked),
        cmocka_unit_test(test_references_that_lead_nowhere_are_refused),
        cmocka_unit_test(test_unused_definitions_are_not_compiled),
        cmocka_unit_test(test_endless_references_are_refused),
        cmocka_unit_test(test_references_find_their_way),
        cmocka_unit_test(test_second_compilation_is_a_look_up),
        cmocka_unit_test(test_registry_keeps_the_first_of_a_name),
        cmocka_unit_test(test_number_of_schemas_is_bounded),
        cmocka_unit_test(test_metaschemas_are_built_in),
        cmocka_unit_test(test_custom_metaschema_turns_keywords_off),
        cmocka_unit_test(test_required_vocabulary_that_is_unknown_is_refused),
        cmocka_unit_test(test_openapi_3_0_speaks_its_own_dialect),
        cmocka_unit_test(test_openapi_3_0_may_refer_to_json_schema),
        cmocka_unit_test(test_openapi_3_0_warns_of_what_it_ignores),
        cmocka_unit_test(test_openapi_3_1_is_2020_12_and_more),
        cmocka_unit_test(test_slips_are_noticed),
        cmocka_unit_test(test_openapi_document_is_compiled_piece_by_piece),
        cmocka_unit_test(test_document_chooses_its_dialect),
        cmocka_unit_test(test_resolver_opens_other_files_once),
        cmocka_unit_test(test_depth_of_a_document_costs_no_stack),
        cmocka_unit_test(test_many_threads_compile_and_validate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
