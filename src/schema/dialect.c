#include "schema/dialect.h"

#include <stdlib.h>

/* Vocabularies by short names, so that the table stays readable. */
enum {
    CORE = VOCABULARY_CORE,
    APPLY = VOCABULARY_APPLICATOR,
    UNEVAL = VOCABULARY_UNEVALUATED,
    VALID = VOCABULARY_VALIDATION,
    META = VOCABULARY_META_DATA,
    FORMAT = VOCABULARY_FORMAT_ANNOTATION | VOCABULARY_FORMAT_ASSERTION,
    CONTENT = VOCABULARY_CONTENT,
    OPENAPI = VOCABULARY_OPENAPI,
    OLD = VOCABULARY_OPENAPI_3_0,
};

const struct word_entry word_table[WORD_COUNT] = {
    [WORD_ANCHOR] = {"$anchor", CORE, HOLDS_VALUE, false},
    [WORD_COMMENT] = {"$comment", CORE, HOLDS_VALUE, false},
    [WORD_DEFS] = {"$defs", CORE, HOLDS_SCHEMA_MAP, false},
    [WORD_DYNAMIC_ANCHOR] = {"$dynamicAnchor", CORE, HOLDS_VALUE, false},
    [WORD_DYNAMIC_REF] = {"$dynamicRef", CORE, HOLDS_VALUE, true},
    [WORD_ID] = {"$id", CORE, HOLDS_VALUE, false},
    [WORD_REF] = {"$ref", CORE | OLD, HOLDS_VALUE, true},
    [WORD_SCHEMA] = {"$schema", CORE, HOLDS_VALUE, false},
    [WORD_VOCABULARY] = {"$vocabulary", CORE, HOLDS_VALUE, false},
    [WORD_ADDITIONAL_PROPERTIES] = {"additionalProperties", APPLY | OLD, HOLDS_SCHEMA, true},
    [WORD_ALL_OF] = {"allOf", APPLY | OLD, HOLDS_SCHEMA_LIST, true},
    [WORD_ANY_OF] = {"anyOf", APPLY | OLD, HOLDS_SCHEMA_LIST, true},
    [WORD_CONST] = {"const", VALID, HOLDS_VALUE, true},
    [WORD_CONTAINS] = {"contains", APPLY, HOLDS_SCHEMA, true},
    [WORD_CONTENT_ENCODING] = {"contentEncoding", CONTENT, HOLDS_VALUE, false},
    [WORD_CONTENT_MEDIA_TYPE] = {"contentMediaType", CONTENT, HOLDS_VALUE, false},
    [WORD_CONTENT_SCHEMA] = {"contentSchema", CONTENT, HOLDS_SCHEMA, false},
    [WORD_DEFAULT] = {"default", META | OLD, HOLDS_VALUE, false},
    /* Of older drafts, kept alive by the 2020-12 metaschema for compatibility. */
    [WORD_DEFINITIONS] = {"definitions", CORE, HOLDS_SCHEMA_MAP, false},
    [WORD_DEPENDENCIES] = {"dependencies", APPLY, HOLDS_SCHEMA_MAP, true},
    [WORD_DEPENDENT_REQUIRED] = {"dependentRequired", VALID, HOLDS_VALUE, true},
    [WORD_DEPENDENT_SCHEMAS] = {"dependentSchemas", APPLY, HOLDS_SCHEMA_MAP, true},
    [WORD_DEPRECATED] = {"deprecated", META | OLD, HOLDS_VALUE, false},
    [WORD_DESCRIPTION] = {"description", META | OLD, HOLDS_VALUE, false},
    [WORD_DISCRIMINATOR] = {"discriminator", OPENAPI | OLD, HOLDS_VALUE, false},
    [WORD_ELSE] = {"else", APPLY, HOLDS_SCHEMA, true},
    [WORD_ENUM] = {"enum", VALID | OLD, HOLDS_VALUE, true},
    [WORD_EXAMPLE] = {"example", OPENAPI | OLD, HOLDS_VALUE, false},
    [WORD_EXAMPLES] = {"examples", META, HOLDS_VALUE, false},
    [WORD_EXCLUSIVE_MAXIMUM] = {"exclusiveMaximum", VALID | OLD, HOLDS_VALUE, true},
    [WORD_EXCLUSIVE_MINIMUM] = {"exclusiveMinimum", VALID | OLD, HOLDS_VALUE, true},
    [WORD_EXTERNAL_DOCS] = {"externalDocs", OPENAPI | OLD, HOLDS_VALUE, false},
    [WORD_FORMAT] = {"format", FORMAT | OLD, HOLDS_VALUE, true},
    [WORD_IF] = {"if", APPLY, HOLDS_SCHEMA, true},
    [WORD_ITEMS] = {"items", APPLY | OLD, HOLDS_SCHEMA, true},
    [WORD_MAX_CONTAINS] = {"maxContains", VALID, HOLDS_VALUE, true},
    [WORD_MAX_ITEMS] = {"maxItems", VALID | OLD, HOLDS_VALUE, true},
    [WORD_MAX_LENGTH] = {"maxLength", VALID | OLD, HOLDS_VALUE, true},
    [WORD_MAX_PROPERTIES] = {"maxProperties", VALID | OLD, HOLDS_VALUE, true},
    [WORD_MAXIMUM] = {"maximum", VALID | OLD, HOLDS_VALUE, true},
    [WORD_MIN_CONTAINS] = {"minContains", VALID, HOLDS_VALUE, true},
    [WORD_MIN_ITEMS] = {"minItems", VALID | OLD, HOLDS_VALUE, true},
    [WORD_MIN_LENGTH] = {"minLength", VALID | OLD, HOLDS_VALUE, true},
    [WORD_MIN_PROPERTIES] = {"minProperties", VALID | OLD, HOLDS_VALUE, true},
    [WORD_MINIMUM] = {"minimum", VALID | OLD, HOLDS_VALUE, true},
    [WORD_MULTIPLE_OF] = {"multipleOf", VALID | OLD, HOLDS_VALUE, true},
    [WORD_NOT] = {"not", APPLY | OLD, HOLDS_SCHEMA, true},
    [WORD_NULLABLE] = {"nullable", OLD, HOLDS_VALUE, true},
    [WORD_ONE_OF] = {"oneOf", APPLY | OLD, HOLDS_SCHEMA_LIST, true},
    [WORD_PATTERN] = {"pattern", VALID | OLD, HOLDS_VALUE, true},
    [WORD_PATTERN_PROPERTIES] = {"patternProperties", APPLY, HOLDS_SCHEMA_MAP, true},
    [WORD_PREFIX_ITEMS] = {"prefixItems", APPLY, HOLDS_SCHEMA_LIST, true},
    [WORD_PROPERTIES] = {"properties", APPLY | OLD, HOLDS_SCHEMA_MAP, true},
    [WORD_PROPERTY_NAMES] = {"propertyNames", APPLY, HOLDS_SCHEMA, true},
    [WORD_READ_ONLY] = {"readOnly", META | OLD, HOLDS_VALUE, false},
    [WORD_REQUIRED] = {"required", VALID | OLD, HOLDS_VALUE, true},
    [WORD_THEN] = {"then", APPLY, HOLDS_SCHEMA, true},
    [WORD_TITLE] = {"title", META | OLD, HOLDS_VALUE, false},
    [WORD_TYPE] = {"type", VALID | OLD, HOLDS_VALUE, true},
    [WORD_UNEVALUATED_ITEMS] = {"unevaluatedItems", UNEVAL, HOLDS_SCHEMA, true},
    [WORD_UNEVALUATED_PROPERTIES] = {"unevaluatedProperties", UNEVAL, HOLDS_SCHEMA, true},
    [WORD_UNIQUE_ITEMS] = {"uniqueItems", VALID | OLD, HOLDS_VALUE, true},
    [WORD_WRITE_ONLY] = {"writeOnly", META | OLD, HOLDS_VALUE, false},
    [WORD_XML] = {"xml", OPENAPI | OLD, HOLDS_VALUE, false},
};

static int compare_with_entry(const void *key, const void *entry)
{
    const struct str *name = key;
    const struct word_entry *word = entry;
    return str_compare(*name, str_from(word->name));
}

enum word word_find(struct str name)
{
    const struct word_entry *entry =
        bsearch(&name, word_table, WORD_COUNT, sizeof *word_table, compare_with_entry);
    return entry != NULL ? (enum word)(entry - word_table) : WORD_COUNT;
}

const char *word_nearest(struct str name)
{
    const char *names[WORD_COUNT + 1];
    for (size_t i = 0; i < WORD_COUNT; i++)
        names[i] = word_table[i].name;
    names[WORD_COUNT] = NULL;
    return str_nearest(name, names);
}

enum {
    STANDARD = VOCABULARY_CORE | VOCABULARY_APPLICATOR | VOCABULARY_UNEVALUATED |
               VOCABULARY_VALIDATION | VOCABULARY_META_DATA | VOCABULARY_FORMAT_ANNOTATION |
               VOCABULARY_CONTENT,
};

struct dialect dialect_from_option(enum schema_dialect option, bool assert_formats)
{
    switch (option) {
    case SCHEMA_OPENAPI_3_0:
        return (struct dialect){VOCABULARY_OPENAPI_3_0, assert_formats};
    case SCHEMA_OPENAPI_3_1:
        return (struct dialect){STANDARD | VOCABULARY_OPENAPI, assert_formats};
    case SCHEMA_2020_12:
        break;
    }
    return (struct dialect){STANDARD, assert_formats};
}

bool dialect_from_uri(struct str uri, bool assert_formats, struct dialect *out)
{
    if (uri.len > 0 && uri.data[uri.len - 1] == '#')
        uri.len--;
    if (str_is(uri, "https://json-schema.org/draft/2020-12/schema")) {
        *out = dialect_from_option(SCHEMA_2020_12, assert_formats);
        return true;
    }
    /* .../dialect/base, and the dated ones of later patch releases */
    if (str_starts_with(uri, "https://spec.openapis.org/oas/3.1/dialect/") ||
        str_starts_with(uri, "https://spec.openapis.org/oas/3.2/dialect/")) {
        *out = dialect_from_option(SCHEMA_OPENAPI_3_1, assert_formats);
        return true;
    }
    return false;
}

static const struct {
    const char *uri;
    enum vocabulary vocabulary;
} vocabularies[] = {
    {"https://json-schema.org/draft/2020-12/vocab/core", VOCABULARY_CORE},
    {"https://json-schema.org/draft/2020-12/vocab/applicator", VOCABULARY_APPLICATOR},
    {"https://json-schema.org/draft/2020-12/vocab/unevaluated", VOCABULARY_UNEVALUATED},
    {"https://json-schema.org/draft/2020-12/vocab/validation", VOCABULARY_VALIDATION},
    {"https://json-schema.org/draft/2020-12/vocab/meta-data", VOCABULARY_META_DATA},
    {"https://json-schema.org/draft/2020-12/vocab/format-annotation", VOCABULARY_FORMAT_ANNOTATION},
    {"https://json-schema.org/draft/2020-12/vocab/format-assertion", VOCABULARY_FORMAT_ASSERTION},
    {"https://json-schema.org/draft/2020-12/vocab/content", VOCABULARY_CONTENT},
    {"https://spec.openapis.org/oas/3.1/vocab/base", VOCABULARY_OPENAPI},
};

static unsigned vocabulary_find(struct str uri)
{
    for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies; i++)
        if (str_is(uri, vocabularies[i].uri))
            return vocabularies[i].vocabulary;
    return 0;
}

bool dialect_from_metaschema(const struct json_node *metaschema, bool assert_formats,
                             struct dialect *out, const struct json_node **unknown)
{
    *out = dialect_from_option(SCHEMA_2020_12, assert_formats);
    const struct json_node *declared = json_member(metaschema, "$vocabulary");
    if (!json_is(declared, JSON_OBJECT))
        return true;
    out->vocabularies = VOCABULARY_CORE; /* Core 8.1.2: always in force */
    for (const struct json_node *member = json_first(declared); member != NULL;
         member = json_next(member)) {
        unsigned vocabulary = vocabulary_find(json_name(member));
        if (vocabulary == 0 && json_is_true(member)) {
            *unknown = member;
            return false;
        }
        out->vocabularies |= vocabulary;
    }
    /* Whoever knows format-assertion asserts, whatever its boolean says (Validation 7.2.2). */
    if ((out->vocabularies & VOCABULARY_FORMAT_ASSERTION) != 0)
        out->assert_formats = true;
    return true;
}
