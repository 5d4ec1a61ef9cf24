/* program: look-ups in a compiled schema, and how it is printed. */
#include "unit/schema/workbench.h"

static const char text[] =
    "{\"title\": \"Tree\", \"type\": [\"object\", \"null\"],\n"
    " \"required\": [\"name\", \"other\"],\n"
    " \"properties\": {\n"
    "  \"name\": {\"type\": \"string\", \"maxLength\": 9, \"pattern\": \"^a\"},\n"
    "  \"children\": {\"items\": {\"$ref\": \"#\"}, \"contains\": true, \"maxContains\": 3},\n"
    "  \"kind\": {\"enum\": [\"a\", 1], \"format\": \"date\"},\n"
    "  \"any\": {}, \"none\": false},\n"
    " \"patternProperties\": {\"^x-\": {\"not\": {\"const\": null}}},\n"
    " \"additionalProperties\": false,\n"
    " \"if\": {\"minProperties\": 2}, \"then\": {\"dependentRequired\": {\"a\": [\"b\"]}},\n"
    " \"anyOf\": [true, {\"dependentSchemas\": {\"c\": {\"multipleOf\": 0.5}}}],\n"
    " \"unevaluatedProperties\": {\"uniqueItems\": true}}\n";

static const char printed[] =
    "#0 schema.json:1 Tree (marks what is evaluated)\n"
    "    type                  null | object                         :1\n"
    "    properties            6 declared, others: no value          :3\n"
    "      name  required      string, maxLength 9, pattern \"^a\"     :4\n"
    "      children            #1                                    :5\n"
    "      kind                enum [\"a\",1], format date (annotates only) :6\n"
    "      any                 any value                             :7\n"
    "      none                no value                              :7\n"
    "      other  required     -                                     :2\n"
    "      ^x-  ~              #2                                    :8\n"
    "    anyOf                 any value | #3                        :11\n"
    "    if                    #4 then #5 else -                     :10\n"
    "    unevaluatedProperties uniqueItems true                      :12\n"
    "#1 children schema.json:5\n"
    "    items                 #0                                    :5\n"
    "    contains              any value, at least 1, at most 3      :5\n"
    "#2 ^x- schema.json:8\n"
    "    not                   const null                            :8\n"
    "#3 schema.json:11\n"
    "    dependentSchemas                                            :11\n"
    "      c                   multipleOf 0.5                        :11\n"
    "#4 if schema.json:10\n"
    "    minProperties         2                                     :10\n"
    "#5 then schema.json:10\n"
    "    dependentRequired                                           :10\n"
    "      a                   [\"b\"]                                 :10\n";

static void test_program_is_printed_and_cycles_end(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(&bench, text);
    assert_non_null(schema);
    struct buf out;
    buf_init(&out, &bench.arena);
    schema_print(schema, &out);
    assert_string_equal(buf_text(&out), printed);
    workbench_close(&bench);
}

static void test_dynamic_references_and_discriminators_are_printed(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){.dialect = SCHEMA_OPENAPI_3_1});
    const struct schema *schema = workbench_compile(
        &bench,
        "{\"$dynamicAnchor\": \"n\", \"items\": {\"$dynamicRef\": \"#n\"},\n"
        "\"oneOf\": [{\"$ref\": \"#/$defs/A\"}, {\"properties\": {\"t\": {\"const\": \"b\"}}}],"
        "\"discriminator\": {\"propertyName\": \"t\"}, \"$defs\": {\"A\": {}}}");
    assert_non_null(schema);
    assert_true(schema->dynamic);
    struct buf out;
    buf_init(&out, &bench.arena);
    schema_print(schema, &out);
    char *program = buf_text(&out);
    assert_non_null(strstr(program, "\"t\" chooses one of 2 "));
    assert_non_null(strstr(program, "      A                   any value"));
    assert_non_null(strstr(program, "      b                   #"));
    assert_non_null(strstr(program, "n of the outermost, else #0"));
    workbench_close(&bench);
}

/* What fits on a line stands where it is used; what is referred to has its name. */
static void test_short_schemas_are_printed_inline(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        const char *line;
    } cases[] = {
        {"{type: string}", "string "},
        {"{type: [integer, 'null'], minimum: 1}", "null | integer, minimum 1 "},
        {"{anyOf: [{type: string, maxLength: 3}, {type: 'null'}]}", "string, maxLength 3 | null "},
        {"{type: array, items: {type: string}, minItems: 2}", "array of string, minItems 2 "},
        {"{type: array, items: {anyOf: [{type: string}, {type: 'null'}]}}",
         "array of (string | null) "},
        {"{type: array, items: {$ref: '#/$defs/Big'}}", "array of #1 Big "},
        {"{type: array, items: {$ref: '#'}}", "array of #0 "},
        {"{type: object}", "object "},
        {"{type: object, additionalProperties: {type: integer}}", "object of integer "},
        {"{$ref: '#/$defs/Big'}", "#1 Big "},
        {"{$ref: '#/$defs/Small'}", "boolean "},
        {"{type: array, items: {type: array, items: {type: array, items: {type: array}}}}",
         "array of array of array of #1 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct workbench bench;
        workbench_open(&bench, (struct schema_options){0});
        char *whole = arena_printf(&bench.arena,
                                   "{properties: {p: %s}, $defs: {Big: {required: [a]}, Small: "
                                   "{type: boolean}}}",
                                   cases[i].schema);
        const struct json_node *root = workbench_read(&bench, "schema.yaml", whole);
        schema_registry_add(bench.registry, str_from("urn:test"), root, true);
        const struct schema *schema =
            schema_compile(bench.registry, str_from("urn:test"), root, &bench.diags);
        assert_non_null(schema);
        struct buf out;
        buf_init(&out, &bench.arena);
        schema_print(schema, &out);
        char *wanted = arena_printf(&bench.arena, "\n      p                   %s", cases[i].line);
        if (strstr(buf_text(&out), wanted) == NULL)
            fail_msg("no %s in\n%s", wanted, buf_text(&out));
        workbench_close(&bench);
    }
}

static void test_look_ups(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    const struct schema *schema = workbench_compile(
        &bench,
        "{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"$ref\": \"#/$defs/b\"}, \"b\":"
        "{\"properties\": {\"x\": true, \"y\": {\"type\": \"null\"}}, \"required\": [\"z\"]}}}");
    assert_non_null(schema);
    assert_null(schema_rule(schema, KEYWORD_PROPERTIES));
    const struct schema *resolved = schema_resolve(schema);
    assert_non_null(schema_rule(resolved, KEYWORD_PROPERTIES));
    const struct schema_object *object = schema_object(schema);
    assert_ptr_equal(object, schema_rule(resolved, KEYWORD_PROPERTIES)->u.object);
    assert_int_equal(object->count, 3);
    const struct schema_property *z =
        schema_object_find(object, str_from("z"), str_hash(str_from("z")));
    assert_non_null(z);
    assert_null(z->schema);
    assert_non_null(z->required_rule);
    assert_null(schema_object_find(object, str_from("w"), str_hash(str_from("w"))));
    assert_null(schema_object(object->properties[1].schema));
    assert_int_equal(object->properties[0].schema->kind, SCHEMA_ALWAYS);
    workbench_close(&bench);
}

static void test_many_properties_are_all_found(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    struct buf schema_text;
    buf_init(&schema_text, &bench.arena);
    buf_add_text(&schema_text, "{\"properties\": {");
    for (int i = 0; i < 1000; i++)
        buf_printf(&schema_text, "%s\"p%d\": true", i > 0 ? "," : "", i);
    buf_add_text(&schema_text, "}}");
    const struct schema *schema = workbench_compile(&bench, buf_text(&schema_text));
    const struct schema_object *object = schema_object(schema);
    for (int i = 0; i < 1000; i++) {
        struct str name = str_from(arena_printf(&bench.arena, "p%d", i));
        assert_ptr_equal(schema_object_find(object, name, str_hash(name)), &object->properties[i]);
    }
    workbench_close(&bench);
}

static void test_keywords_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < KEYWORD_COUNT; i++)
        assert_non_null(keyword_name((enum keyword)i));
    assert_string_equal(keyword_name(KEYWORD_COUNT), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_program_is_printed_and_cycles_end),
        cmocka_unit_test(test_dynamic_references_and_discriminators_are_printed),
        cmocka_unit_test(test_short_schemas_are_printed_inline),
        cmocka_unit_test(test_look_ups),
        cmocka_unit_test(test_many_properties_are_all_found),
        cmocka_unit_test(test_keywords_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
