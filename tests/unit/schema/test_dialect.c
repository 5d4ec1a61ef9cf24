/* dialect: the table of words and the choice of a dialect. */
#include "schema/dialect.h"

#include "unit/schema/workbench.h"

static void test_table_is_sorted_and_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORD_COUNT; i++) {
        assert_non_null(word_table[i].name);
        if (i > 0)
            assert_true(strcmp(word_table[i - 1].name, word_table[i].name) < 0);
        assert_int_equal(word_find(str_from(word_table[i].name)), i);
    }
    assert_int_equal(word_find(str_from("maxlength")), WORD_COUNT);
    assert_string_equal(word_nearest(str_from("maxlenght")), "maxLength");
}

static void test_each_dialect_has_its_words(void **state)
{
    (void)state;
    struct dialect pure = dialect_from_option(SCHEMA_2020_12, false);
    struct dialect openapi = dialect_from_option(SCHEMA_OPENAPI_3_1, false);
    struct dialect old = dialect_from_option(SCHEMA_OPENAPI_3_0, false);
    assert_false(dialect_knows(&pure, WORD_DISCRIMINATOR));
    assert_true(dialect_knows(&openapi, WORD_DISCRIMINATOR));
    assert_true(dialect_knows(&openapi, WORD_UNEVALUATED_ITEMS));
    assert_true(dialect_knows(&old, WORD_NULLABLE));
    assert_false(dialect_knows(&openapi, WORD_NULLABLE));
    assert_false(dialect_knows(&old, WORD_CONST));
    assert_false(dialect_knows(&old, WORD_ID));
}

static void test_well_known_uris(void **state)
{
    (void)state;
    struct dialect dialect;
    assert_true(dialect_from_uri(str_from("https://json-schema.org/draft/2020-12/schema#"), true,
                                 &dialect));
    assert_false(dialect_knows(&dialect, WORD_DISCRIMINATOR));
    assert_true(dialect_from_uri(str_from("https://spec.openapis.org/oas/3.1/dialect/base"), true,
                                 &dialect));
    assert_true(dialect_knows(&dialect, WORD_DISCRIMINATOR));
    assert_false(
        dialect_from_uri(str_from("http://json-schema.org/draft-07/schema#"), true, &dialect));
}

static void test_vocabularies_of_a_metaschema(void **state)
{
    (void)state;
    struct workbench bench;
    workbench_open(&bench, (struct schema_options){0});
    struct dialect dialect;
    const struct json_node *unknown = NULL;
    const struct json_node *meta = workbench_read(
        &bench, "meta",
        "{\"$vocabulary\": {\"https://json-schema.org/draft/2020-12/vocab/applicator\": true,"
        " \"https://json-schema.org/draft/2020-12/vocab/format-assertion\": false,"
        " \"urn:custom\": false}}");
    assert_true(dialect_from_metaschema(meta, false, &dialect, &unknown));
    assert_true(dialect_knows(&dialect, WORD_PROPERTIES));
    assert_true(dialect_knows(&dialect, WORD_REF));
    assert_false(dialect_knows(&dialect, WORD_TYPE));
    assert_true(dialect.assert_formats);
    meta = workbench_read(&bench, "meta", "{\"$vocabulary\": {\"urn:custom\": true}}");
    assert_false(dialect_from_metaschema(meta, false, &dialect, &unknown));
    assert_true(str_is(json_name(unknown), "urn:custom"));
    workbench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_sorted_and_found),
        cmocka_unit_test(test_each_dialect_has_its_words),
        cmocka_unit_test(test_well_known_uris),
        cmocka_unit_test(test_vocabularies_of_a_metaschema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
