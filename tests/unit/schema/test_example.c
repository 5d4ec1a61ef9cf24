/* example: values fit their schemas, say what the document says, and cost is bounded. */
#include "unit/schema/workbench.h"

#include "schema/example.h"

#include <pthread.h>
#include <time.h>

enum { SEEDS = 20 };

/* Makes a value; NULL where none could be made. Checks by itself that it fits. */
static char *make(struct workbench *bench, const struct schema *schema,
                  const struct example_options *given, uint64_t seed)
{
    struct rng rng;
    struct buf out;
    struct example_options options = *given;
    rng_seed(&rng, seed);
    options.rng = &rng;
    buf_init(&out, &bench->arena);
    if (!example_write(schema, &options, &bench->arena, &out))
        return NULL;
    char *text = buf_text(&out);
    struct validation validation = {.arena = &bench->arena, .direction = options.direction};
    const struct json_node *node = workbench_read(bench, "example.json", text);
    if (schema_validate(schema, node, &validation) != VALIDATE_VALID)
        fail_msg("%s does not fit", text);
    return text;
}

static const struct schema *open_schema(struct workbench *bench, const char *text)
{
    workbench_open(bench,
                   (struct schema_options){.dialect = SCHEMA_OPENAPI_3_1, .assert_formats = true});
    const struct schema *schema = workbench_compile(bench, text);
    if (schema == NULL)
        fail_msg("%s", workbench_diags(bench));
    return schema;
}

static const char *const possible[] = {
    "true",
    "{}",
    "{type: string}",
    "{type: string, minLength: 40, maxLength: 41}",
    "{type: string, maxLength: 2}",
    "{type: string, pattern: '^[a-f]{3}$', minLength: 3}",
    "{type: string, pattern: '^a+$', minLength: 300}",
    "{type: string, pattern: '^(?=.*[0-9])[a-z0-9]{8,}$'}",
    "{type: string, format: uuid, pattern: '-4'}",
    "{type: string, format: email, maxLength: 30}",
    "{type: string, not: {enum: [amber, birch]}}",
    "{type: integer}",
    "{type: integer, minimum: 5, maximum: 5}",
    "{type: integer, exclusiveMinimum: 5, exclusiveMaximum: 7}",
    "{type: integer, minimum: 12345678901234567890123}",
    "{type: integer, multipleOf: 7, minimum: 700000001}",
    "{type: integer, multipleOf: 0.123456789}",
    "{type: number, multipleOf: 0.01, minimum: 0.015, maximum: 0.025}",
    "{type: number, exclusiveMinimum: 0, exclusiveMaximum: 0.001}",
    "{type: number, maximum: -1e300}",
    "{allOf: [{multipleOf: 4}, {multipleOf: 6}], type: integer, minimum: 13}",
    "{type: integer, format: int32, minimum: 2147483647}",
    "{type: boolean}",
    "{type: 'null'}",
    "{type: [string, 'null']}",
    "{enum: [1, two, {three: 3}]}",
    "{enum: [1, two], type: string}",
    "{const: {a: [1, 2.50]}}",
    "{type: array, items: {type: integer}, minItems: 3}",
    "{type: array, items: {enum: [a, b, c, d]}, minItems: 4, uniqueItems: true}",
    "{type: array, items: {type: boolean}, minItems: 2, uniqueItems: true}",
    "{type: array, items: {type: string, pattern: '^(0|[1-9][0-9]*)$'}, minItems: 5, uniqueItems: "
    "true}",
    "{prefixItems: [{type: string}, {type: integer}], items: false, minItems: 2}",
    "{prefixItems: [{type: string}], unevaluatedItems: {type: boolean}, minItems: 3}",
    "{type: array, contains: {const: x}, minContains: 2, items: {type: string}}",
    "{type: array, contains: {const: x}, allOf: [{contains: {const: y}}]}",
    "{type: object, required: [a, b], properties: {a: {type: string}}}",
    "{type: object, minProperties: 3, additionalProperties: {type: integer}}",
    "{type: object, minProperties: 2, propertyNames: {pattern: '^x[0-9]+$'}}",
    "{type: object, minProperties: 2, propertyNames: {enum: [one, two, three]}}",
    "{type: object, patternProperties: {'^n-': {type: integer}}, additionalProperties: false, "
    "minProperties: 1}",
    "{type: object, maxProperties: 1, properties: {a: true, b: true, c: true}}",
    "{type: object, required: [a], dependentRequired: {a: [b], b: [c]}, properties: {c: {type: "
    "integer}}}",
    "{type: object, required: [a], dependentSchemas: {a: {required: [z], properties: {z: {const: "
    "1}}}}}",
    "{allOf: [{properties: {a: {type: string}}, required: [a]}, {properties: {b: {type: integer}}, "
    "required: [b]}], unevaluatedProperties: false}",
    "{allOf: [{properties: {n: {minimum: 3}}}, {properties: {n: {maximum: 3, type: integer}}, "
    "required: [n]}]}",
    "{anyOf: [{type: integer, minimum: 5}, {type: string}], not: {type: integer}}",
    "{oneOf: [{type: integer}, {minimum: 2}]}",
    "{oneOf: [{required: [a]}, {required: [b]}], properties: {a: {type: string}, b: {type: "
    "string}}}",
    "{type: object, properties: {kind: {enum: [a, b]}}, required: [kind], if: {properties: {kind: "
    "{const: a}}}, then: {required: [x], properties: {x: {type: integer}}}, else: {required: [y]}}",
    "{if: true, then: {const: then}, else: {const: else}}",
    "{if: {const: 1}, then: false, else: {type: string}}",
    "{$defs: {t: {type: object, required: [n], properties: {n: {type: integer}, kids: {type: "
    "array, "
    "items: {$ref: '#/$defs/t'}}}}}, $ref: '#/$defs/t'}",
    "{$defs: {t: {type: object, required: [n], properties: {n: {anyOf: [{type: 'null'}, {$ref: "
    "'#/$defs/t'}]}}}}, $ref: '#/$defs/t'}",
    "{$dynamicAnchor: node, type: object, properties: {next: {$dynamicRef: '#node'}}}",
    "{not: {type: object}}",
    "{not: {type: [object, string, integer]}}",
    "{type: object, required: [pet, kind], discriminator: {propertyName: kind}, oneOf: "
    "[{properties: {kind: {const: cat}, claws: {type: integer}}, required: [claws]}, {properties: "
    "{kind: {enum: [dog, wolf]}, barks: {type: boolean}}}]}",
    "{discriminator: {propertyName: kind}, anyOf: [{properties: {kind: {const: a}}}, {properties: "
    "{kind: {const: a}}}]}",
};

static void test_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof possible / sizeof *possible; i++) {
        struct workbench bench;
        workbench_open(
            &bench, (struct schema_options){.dialect = SCHEMA_OPENAPI_3_1, .assert_formats = true});
        const struct json_node *root = workbench_read(&bench, "schema.yaml", possible[i]);
        schema_registry_add(bench.registry, str_from("urn:test"), root, true);
        const struct schema *schema =
            schema_compile(bench.registry, str_from("urn:test"), root, &bench.diags);
        if (schema == NULL)
            fail_msg("%s: %s", possible[i], workbench_diags(&bench));
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct example_options options = {.invent = seed % 2 == 1,
                                              .required_only = seed % 4 >= 2};
            if (make(&bench, schema, &options, seed) == NULL)
                fail_msg("nothing was made of %s", possible[i]);
        }
        workbench_close(&bench);
    }
}

static void test_impossible(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "false",
        "{\"type\": \"object\", \"required\": [\"a\"], \"additionalProperties\": false}",
        "{\"type\": \"integer\", \"minimum\": 3, \"maximum\": 2}",
        "{\"type\": \"string\", \"minLength\": 3, \"maxLength\": 2}",
        "{\"type\": \"array\", \"minItems\": 1, \"items\": false}",
        "{\"enum\": [1, 2], \"type\": \"string\"}",
        "{\"type\": \"object\", \"required\": [\"a\"], \"properties\": {\"a\": {\"$ref\": \"#\"}}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct workbench bench;
        const struct schema *schema = open_schema(&bench, texts[i]);
        struct example_options options = {.invent = false};
        assert_null(make(&bench, schema, &options, 1));
        workbench_close(&bench);
    }
}

static void expect_made(const char *schema_text, const struct example_options *options,
                        const char *expected)
{
    struct workbench bench;
    const struct schema *schema = open_schema(&bench, schema_text);
    char *text = make(&bench, schema, options, 1);
    assert_non_null(text);
    assert_string_equal(text, expected);
    workbench_close(&bench);
}

static void test_the_document_is_asked_first(void **state)
{
    (void)state;
    struct example_options usual = {.invent = false};
    expect_made("{\"type\": \"string\", \"example\": \"E\", \"default\": \"D\"}", &usual, "\"E\"");
    expect_made("{\"type\": \"string\", \"example\": 1, \"examples\": [2, \"X\"]}", &usual,
                "\"X\"");
    expect_made("{\"type\": \"string\", \"default\": \"D\"}", &usual, "\"D\"");
    expect_made("{\"type\": \"number\", \"example\": 1.50}", &usual, "1.50");
    expect_made("{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"example\": {\"b\": 1}}}}", &usual,
                "{\"b\":1}");
    expect_made("{\"anyOf\": [{\"type\": \"null\"}, {\"type\": \"string\", \"example\": \"E\"}]}",
                &usual, "\"E\"");
    /* `default: null` says what is assumed, not what an answer looks like. */
    expect_made("{\"type\": [\"integer\", \"null\"], \"default\": null, \"minimum\": 4, "
                "\"maximum\": 4}",
                &usual, "4");
    /* What one part of an allOf gives is not all of the value. */
    expect_made("{\"allOf\": [{\"properties\": {\"a\": {\"const\": 1}}, \"example\": {\"a\": 1}}, "
                "{\"properties\": {\"b\": {\"const\": 2}}}]}",
                &usual, "{\"a\":1,\"b\":2}");
    struct example_options invent = {.invent = true};
    expect_made("{\"type\": \"integer\", \"example\": 9, \"minimum\": 4, \"maximum\": 4}", &invent,
                "4");
}

static void test_directions(void **state)
{
    (void)state;
    static const char text[] =
        "{\"required\": [\"id\", \"secret\", \"n\"], \"properties\": {\"id\": {\"const\": 1, "
        "\"readOnly\": true}, \"secret\": {\"const\": 2, \"writeOnly\": true}, \"n\": {\"const\": "
        "3}}}";
    struct example_options request = {.direction = DIRECTION_REQUEST};
    struct example_options response = {.direction = DIRECTION_RESPONSE};
    expect_made(text, &request, "{\"secret\":2,\"n\":3}");
    expect_made(text, &response, "{\"id\":1,\"n\":3}");
}

static void test_required_only(void **state)
{
    (void)state;
    static const char text[] = "{\"required\": [\"b\"], \"properties\": {\"a\": {\"const\": 1}, "
                               "\"b\": {\"const\": 2}, \"c\": {\"items\": {}}}}";
    struct example_options all = {.required_only = false};
    struct example_options bare = {.required_only = true};
    expect_made(text, &all, "{\"a\":1,\"b\":2,\"c\":[{}]}");
    expect_made(text, &bare, "{\"b\":2}");
}

static void test_same_seed_same_value(void **state)
{
    (void)state;
    struct workbench bench;
    const struct schema *schema =
        open_schema(&bench, "{\"properties\": {\"a\": {\"type\": \"string\", \"format\": \"uuid\"},"
                            " \"b\": {\"type\": \"integer\"}, \"c\": {\"type\": \"number\"}}}");
    struct example_options options = {.invent = true};
    bool differs = false;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        assert_string_equal(make(&bench, schema, &options, seed),
                            make(&bench, schema, &options, seed));
        differs |=
            strcmp(make(&bench, schema, &options, seed), make(&bench, schema, &options, 99)) != 0;
    }
    assert_true(differs);
    workbench_close(&bench);
}

/* ---- what is hostile ---- */

static double seconds(const char *text, bool *made)
{
    struct workbench bench;
    clock_t start = clock();
    const struct schema *schema = open_schema(&bench, text);
    struct example_options options = {.invent = false};
    *made = make(&bench, schema, &options, 1) != NULL;
    workbench_close(&bench);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* A tree of N levels in which every value offers choices that all fail at the bottom. */
static char *failing_tree(struct arena *arena, int levels)
{
    struct buf text;
    buf_init(&text, arena);
    buf_add_text(&text, "{\"$ref\": \"#/$defs/l0\", \"$defs\": {");
    for (int i = 0; i < levels; i++)
        buf_printf(
            &text,
            "%s\"l%d\": {\"type\": \"object\", \"required\": [\"a\", \"b\"], \"properties\": "
            "{\"a\": {\"oneOf\": [{\"$ref\": \"#/$defs/l%d\"}, {\"$ref\": \"#/$defs/l%d\"}, "
            "{\"$ref\": \"#/$defs/l%d\"}]}, \"b\": {\"$ref\": \"#/$defs/l%d\"}}}",
            i > 0 ? "," : "", i, i + 1, i + 1, i + 1, i + 1);
    buf_printf(&text, ", \"l%d\": {\"type\": \"string\", \"pattern\": \"^(?!.)[a-z]$\"}}}", levels);
    return buf_text(&text);
}

static void test_choices_that_multiply_end(void **state)
{
    (void)state;
    struct arena arena;
    bool made;
    arena_init(&arena, 65536, NULL);
    assert_true(seconds(failing_tree(&arena, 9), &made) < 10);
    assert_false(made);
    arena_clear(&arena);
}

static char *nested(struct arena *arena, int levels)
{
    struct buf text;
    buf_init(&text, arena);
    for (int i = 0; i < levels; i++)
        buf_add_text(&text, i % 2 == 0
                                ? "{\"type\": \"object\", \"required\": [\"a\"], \"properties\": "
                                  "{\"a\": "
                                : "{\"type\": \"array\", \"minItems\": 1, \"items\": ");
    buf_add_text(&text, "{\"type\": \"string\", \"pattern\": \"^(a|b)+$\"}");
    for (int i = levels; i-- > 0;)
        buf_add_text(&text, i % 2 == 0 ? "}}" : "}");
    return buf_text(&text);
}

static void *make_nested(void *context)
{
    bool *made = context;
    struct arena arena;
    arena_init(&arena, 65536, NULL);
    bool shallow, deep, deeper;
    seconds(nested(&arena, 8), &shallow);
    seconds(nested(&arena, 30), &deep);
    seconds(nested(&arena, 300), &deeper);
    *made = shallow && deep && !deeper;
    arena_clear(&arena);
    return NULL;
}

/* Values deep in each other are made on a stack of their own, and end somewhere. */
static void test_a_small_stack_is_enough(void **state)
{
    (void)state;
    pthread_attr_t attributes;
    pthread_t thread;
    bool made = false;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, WORKER_STACK);
    assert_int_equal(pthread_create(&thread, &attributes, make_nested, &made), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    assert_true(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_impossible),
        cmocka_unit_test(test_the_document_is_asked_first),
        cmocka_unit_test(test_directions),
        cmocka_unit_test(test_required_only),
        cmocka_unit_test(test_same_seed_same_value),
        cmocka_unit_test(test_choices_that_multiply_end),
        cmocka_unit_test(test_a_small_stack_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
