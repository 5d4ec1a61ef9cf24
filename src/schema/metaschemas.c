#include "schema/metaschemas.h"

/*
 * The documents at https://json-schema.org/draft/2020-12/, without white space.
 * Published by json-schema.org under the Academic Free License 3.0 and the
 * revised BSD license.
 */

static const char schema[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$id\":\"https://json-schema.org/draft/2020-12/schema\",\"$vocabulary\":{"
    "\"https://json-schema.org/draft/2020-12/vocab/core\":true,"
    "\"https://json-schema.org/draft/2020-12/vocab/applicator\":true,"
    "\"https://json-schema.org/draft/2020-12/vocab/unevaluated\":true,"
    "\"https://json-schema.org/draft/2020-12/vocab/validation\":true,"
    "\"https://json-schema.org/draft/2020-12/vocab/meta-data\":true,"
    "\"https://json-schema.org/draft/2020-12/vocab/format-annotation\":true,"
    "\"https://json-schema.org/draft/2020-12/vocab/content\":true},"
    "\"$dynamicAnchor\":\"meta\","
    "\"title\":\"Core and Validation specifications meta-schema\",\"allOf\":[{"
    "\"$ref\":\"meta/core\"},{\"$ref\":\"meta/applicator\"},{"
    "\"$ref\":\"meta/unevaluated\"},{\"$ref\":\"meta/validation\"},{"
    "\"$ref\":\"meta/meta-data\"},{\"$ref\":\"meta/format-annotation\"},{"
    "\"$ref\":\"meta/content\"}],\"type\":[\"object\",\"boolean\"],"
    "\"$comment\":\"This meta-schema also defines keywords that have appeared in previous drafts "
    "in order to prevent incompatible extensions as they remain in common use.\","
    "\"properties\":{\"definitions\":{"
    "\"$comment\":\"\\\"definitions\\\" has been replaced by \\\"$defs\\\".\","
    "\"type\":\"object\",\"additionalProperties\":{\"$dynamicRef\":\"#meta\"},"
    "\"deprecated\":true,\"default\":{}},\"dependencies\":{"
    "\"$comment\":\"\\\"dependencies\\\" has been split and replaced by \\\"dependentSchemas\\\" "
    "and \\\"dependentRequired\\\" in order to serve their differing semantics.\","
    "\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[{"
    "\"$dynamicRef\":\"#meta\"},{\"$ref\":\"meta/validation#/$defs/stringArray\"}]},"
    "\"deprecated\":true,\"default\":{}},\"$recursiveAnchor\":{"
    "\"$comment\":\"\\\"$recursiveAnchor\\\" has been replaced by \\\"$dynamicAnchor\\\".\","
    "\"$ref\":\"meta/core#/$defs/anchorString\",\"deprecated\":true},"
    "\"$recursiveRef\":{"
    "\"$comment\":\"\\\"$recursiveRef\\\" has been replaced by \\\"$dynamicRef\\\".\","
    "\"$ref\":\"meta/core#/$defs/uriReferenceString\",\"deprecated\":true}}}";

static const char core[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$id\":\"https://json-schema.org/draft/2020-12/meta/core\",\"$vocabulary\":{"
    "\"https://json-schema.org/draft/2020-12/vocab/core\":true},"
    "\"$dynamicAnchor\":\"meta\",\"title\":\"Core vocabulary meta-schema\",\"type\":["
    "\"object\",\"boolean\"],\"properties\":{\"$id\":{"
    "\"$ref\":\"#/$defs/uriReferenceString\","
    "\"$comment\":\"Non-empty fragments not allowed.\",\"pattern\":\"^[^#]*#?$\"},"
    "\"$schema\":{\"$ref\":\"#/$defs/uriString\"},\"$ref\":{"
    "\"$ref\":\"#/$defs/uriReferenceString\"},\"$anchor\":{"
    "\"$ref\":\"#/$defs/anchorString\"},\"$dynamicRef\":{"
    "\"$ref\":\"#/$defs/uriReferenceString\"},\"$dynamicAnchor\":{"
    "\"$ref\":\"#/$defs/anchorString\"},\"$vocabulary\":{\"type\":\"object\","
    "\"propertyNames\":{\"$ref\":\"#/$defs/uriString\"},\"additionalProperties\":{"
    "\"type\":\"boolean\"}},\"$comment\":{\"type\":\"string\"},\"$defs\":{"
    "\"type\":\"object\",\"additionalProperties\":{\"$dynamicRef\":\"#meta\"}}},"
    "\"$defs\":{\"anchorString\":{\"type\":\"string\","
    "\"pattern\":\"^[A-Za-z_][-A-Za-z0-9._]*$\"},\"uriString\":{\"type\":\"string\","
    "\"format\":\"uri\"},\"uriReferenceString\":{\"type\":\"string\","
    "\"format\":\"uri-reference\"}}}";

static const char applicator[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$id\":\"https://json-schema.org/draft/2020-12/meta/applicator\","
    "\"$vocabulary\":{"
    "\"https://json-schema.org/draft/2020-12/vocab/applicator\":true},"
    "\"$dynamicAnchor\":\"meta\",\"title\":\"Applicator vocabulary meta-schema\","
    "\"type\":[\"object\",\"boolean\"],\"properties\":{\"prefixItems\":{"
    "\"$ref\":\"#/$defs/schemaArray\"},\"items\":{\"$dynamicRef\":\"#meta\"},"
    "\"contains\":{\"$dynamicRef\":\"#meta\"},\"additionalProperties\":{"
    "\"$dynamicRef\":\"#meta\"},\"properties\":{\"type\":\"object\","
    "\"additionalProperties\":{\"$dynamicRef\":\"#meta\"},\"default\":{}},"
    "\"patternProperties\":{\"type\":\"object\",\"additionalProperties\":{"
    "\"$dynamicRef\":\"#meta\"},\"propertyNames\":{\"format\":\"regex\"},"
    "\"default\":{}},\"dependentSchemas\":{\"type\":\"object\","
    "\"additionalProperties\":{\"$dynamicRef\":\"#meta\"},\"default\":{}},"
    "\"propertyNames\":{\"$dynamicRef\":\"#meta\"},\"if\":{"
    "\"$dynamicRef\":\"#meta\"},\"then\":{\"$dynamicRef\":\"#meta\"},\"else\":{"
    "\"$dynamicRef\":\"#meta\"},\"allOf\":{\"$ref\":\"#/$defs/schemaArray\"},"
    "\"anyOf\":{\"$ref\":\"#/$defs/schemaArray\"},\"oneOf\":{"
    "\"$ref\":\"#/$defs/schemaArray\"},\"not\":{\"$dynamicRef\":\"#meta\"}},"
    "\"$defs\":{\"schemaArray\":{\"type\":\"array\",\"minItems\":1,\"items\":{"
    "\"$dynamicRef\":\"#meta\"}}}}";

static const char unevaluated[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$id\":\"https://json-schema.org/draft/2020-12/meta/unevaluated\","
    "\"$vocabulary\":{"
    "\"https://json-schema.org/draft/2020-12/vocab/unevaluated\":true},"
    "\"$dynamicAnchor\":\"meta\","
    "\"title\":\"Unevaluated applicator vocabulary meta-schema\",\"type\":["
    "\"object\",\"boolean\"],\"properties\":{\"unevaluatedItems\":{"
    "\"$dynamicRef\":\"#meta\"},\"unevaluatedProperties\":{"
    "\"$dynamicRef\":\"#meta\"}}}";

static const char validation[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$id\":\"https://json-schema.org/draft/2020-12/meta/validation\","
    "\"$vocabulary\":{"
    "\"https://json-schema.org/draft/2020-12/vocab/validation\":true},"
    "\"$dynamicAnchor\":\"meta\",\"title\":\"Validation vocabulary meta-schema\","
    "\"type\":[\"object\",\"boolean\"],\"properties\":{\"type\":{\"anyOf\":[{"
    "\"$ref\":\"#/$defs/simpleTypes\"},{\"type\":\"array\",\"items\":{"
    "\"$ref\":\"#/$defs/simpleTypes\"},\"minItems\":1,\"uniqueItems\":true}]},"
    "\"const\":true,\"enum\":{\"type\":\"array\",\"items\":true},\"multipleOf\":{"
    "\"type\":\"number\",\"exclusiveMinimum\":0},\"maximum\":{\"type\":\"number\"},"
    "\"exclusiveMaximum\":{\"type\":\"number\"},\"minimum\":{\"type\":\"number\"},"
    "\"exclusiveMinimum\":{\"type\":\"number\"},\"maxLength\":{"
    "\"$ref\":\"#/$defs/nonNegativeInteger\"},\"minLength\":{"
    "\"$ref\":\"#/$defs/nonNegativeIntegerDefault0\"},\"pattern\":{"
    "\"type\":\"string\",\"format\":\"regex\"},\"maxItems\":{"
    "\"$ref\":\"#/$defs/nonNegativeInteger\"},\"minItems\":{"
    "\"$ref\":\"#/$defs/nonNegativeIntegerDefault0\"},\"uniqueItems\":{"
    "\"type\":\"boolean\",\"default\":false},\"maxContains\":{"
    "\"$ref\":\"#/$defs/nonNegativeInteger\"},\"minContains\":{"
    "\"$ref\":\"#/$defs/nonNegativeInteger\",\"default\":1},\"maxProperties\":{"
    "\"$ref\":\"#/$defs/nonNegativeInteger\"},\"minProperties\":{"
    "\"$ref\":\"#/$defs/nonNegativeIntegerDefault0\"},\"required\":{"
    "\"$ref\":\"#/$defs/stringArray\"},\"dependentRequired\":{\"type\":\"object\","
    "\"additionalProperties\":{\"$ref\":\"#/$defs/stringArray\"}}},\"$defs\":{"
    "\"nonNegativeInteger\":{\"type\":\"integer\",\"minimum\":0},"
    "\"nonNegativeIntegerDefault0\":{\"$ref\":\"#/$defs/nonNegativeInteger\","
    "\"default\":0},\"simpleTypes\":{\"enum\":[\"array\",\"boolean\",\"integer\","
    "\"null\",\"number\",\"object\",\"string\"]},\"stringArray\":{\"type\":\"array\","
    "\"items\":{\"type\":\"string\"},\"uniqueItems\":true,\"default\":[]}}}";

static const char meta_data[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$id\":\"https://json-schema.org/draft/2020-12/meta/meta-data\","
    "\"$vocabulary\":{"
    "\"https://json-schema.org/draft/2020-12/vocab/meta-data\":true},"
    "\"$dynamicAnchor\":\"meta\",\"title\":\"Meta-data vocabulary meta-schema\","
    "\"type\":[\"object\",\"boolean\"],\"properties\":{\"title\":{"
    "\"type\":\"string\"},\"description\":{\"type\":\"string\"},\"default\":true,"
    "\"deprecated\":{\"type\":\"boolean\",\"default\":false},\"readOnly\":{"
    "\"type\":\"boolean\",\"default\":false},\"writeOnly\":{\"type\":\"boolean\","
    "\"default\":false},\"examples\":{\"type\":\"array\",\"items\":true}}}";

static const char format_annotation[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$id\":\"https://json-schema.org/draft/2020-12/meta/format-annotation\","
    "\"$vocabulary\":{"
    "\"https://json-schema.org/draft/2020-12/vocab/format-annotation\":true},"
    "\"$dynamicAnchor\":\"meta\","
    "\"title\":\"Format vocabulary meta-schema for annotation results\",\"type\":["
    "\"object\",\"boolean\"],\"properties\":{\"format\":{\"type\":\"string\"}}}";

static const char format_assertion[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$id\":\"https://json-schema.org/draft/2020-12/meta/format-assertion\","
    "\"$vocabulary\":{"
    "\"https://json-schema.org/draft/2020-12/vocab/format-assertion\":true},"
    "\"$dynamicAnchor\":\"meta\","
    "\"title\":\"Format vocabulary meta-schema for assertion results\",\"type\":["
    "\"object\",\"boolean\"],\"properties\":{\"format\":{\"type\":\"string\"}}}";

static const char content[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"$id\":\"https://json-schema.org/draft/2020-12/meta/content\",\"$vocabulary\":{"
    "\"https://json-schema.org/draft/2020-12/vocab/content\":true},"
    "\"$dynamicAnchor\":\"meta\",\"title\":\"Content vocabulary meta-schema\","
    "\"type\":[\"object\",\"boolean\"],\"properties\":{\"contentEncoding\":{"
    "\"type\":\"string\"},\"contentMediaType\":{\"type\":\"string\"},"
    "\"contentSchema\":{\"$dynamicRef\":\"#meta\"}}}";

static const struct metaschema metaschemas[] = {
    {"https://json-schema.org/draft/2020-12/schema",
     {"https://json-schema.org/draft/2020-12/schema", {schema, sizeof schema - 1}, NULL}},
    {"https://json-schema.org/draft/2020-12/meta/core",
     {"https://json-schema.org/draft/2020-12/meta/core", {core, sizeof core - 1}, NULL}},
    {"https://json-schema.org/draft/2020-12/meta/applicator",
     {"https://json-schema.org/draft/2020-12/meta/applicator",
      {applicator, sizeof applicator - 1},
      NULL}},
    {"https://json-schema.org/draft/2020-12/meta/unevaluated",
     {"https://json-schema.org/draft/2020-12/meta/unevaluated",
      {unevaluated, sizeof unevaluated - 1},
      NULL}},
    {"https://json-schema.org/draft/2020-12/meta/validation",
     {"https://json-schema.org/draft/2020-12/meta/validation",
      {validation, sizeof validation - 1},
      NULL}},
    {"https://json-schema.org/draft/2020-12/meta/meta-data",
     {"https://json-schema.org/draft/2020-12/meta/meta-data",
      {meta_data, sizeof meta_data - 1},
      NULL}},
    {"https://json-schema.org/draft/2020-12/meta/format-annotation",
     {"https://json-schema.org/draft/2020-12/meta/format-annotation",
      {format_annotation, sizeof format_annotation - 1},
      NULL}},
    {"https://json-schema.org/draft/2020-12/meta/format-assertion",
     {"https://json-schema.org/draft/2020-12/meta/format-assertion",
      {format_assertion, sizeof format_assertion - 1},
      NULL}},
    {"https://json-schema.org/draft/2020-12/meta/content",
     {"https://json-schema.org/draft/2020-12/meta/content", {content, sizeof content - 1}, NULL}},
};

const struct metaschema *metaschema_find(struct str uri)
{
    for (size_t i = 0; i < sizeof metaschemas / sizeof *metaschemas; i++)
        if (str_is(uri, metaschemas[i].uri))
            return &metaschemas[i];
    return NULL;
}
