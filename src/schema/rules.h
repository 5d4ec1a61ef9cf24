/*
 * rules: one schema object on its way into a list of rules. Private to schema/.
 *
 * The words that the dialect knows are collected first; then the builders take
 * them in the order in which the rules are to be checked. A builder that finds
 * its word's value malformed says so and makes no rule.
 *
 *   rules.c         the table of builders, and references
 *   rules_value.c   type, enum, const, lengths, ranges, pattern, format
 *   rules_object.c  properties and what belongs to them, dependencies
 *   rules_apply.c   items, contains, allOf ... not, if, discriminator, unevaluated
 */
#ifndef SCHEMA_RULES_H
#define SCHEMA_RULES_H

#include "schema/compiler.h"

struct builder {
    struct compiler *compiler;
    struct schema *schema;
    struct schema_resource *resource;
    const struct dialect *dialect;
    const struct json_node *words[WORD_COUNT]; /* the values of the words that are there */
    struct rule rules[KEYWORD_COUNT + 2];      /* `dependencies` may double two keywords */
    size_t count;
};

typedef void build_function(struct builder *builder, const struct json_node *value);

/* Adds a rule and returns it, its operand still empty. */
struct rule *builder_add(struct builder *builder, enum keyword keyword,
                         const struct json_node *node);

/* A subschema of the schema being built. */
struct schema *builder_want(struct builder *builder, const struct json_node *node);

/* Reports that the value of `word` (at `value`) is not `expected`; false, always. */
bool builder_refuse(struct builder *builder, enum word word, const struct json_node *value,
                    const char *expected);

/* True if the value is of the type; else reports that it is not `expected`. */
bool builder_expect(struct builder *builder, enum word word, const struct json_node *value,
                    enum json_type type, const char *expected);

/* The pattern, compiled once for each distinct expression; NULL with an error. */
const struct pattern *builder_pattern(struct builder *builder, struct str expression,
                                      struct place place);

/* rules_value.c */
build_function build_type, build_nullable, build_enum, build_const, build_max_length,
    build_min_length, build_pattern, build_format, build_multiple_of, build_maximum,
    build_exclusive_maximum, build_minimum, build_exclusive_minimum, build_max_items,
    build_min_items, build_unique_items, build_max_properties, build_min_properties,
    build_read_only, build_write_only;

/* A non-negative integer; UINT64_MAX for larger ones. False with an error for anything else. */
bool builder_count(struct builder *builder, enum word word, const struct json_node *value,
                   uint64_t *count);

/* rules_object.c */
void build_object(struct builder *builder); /* properties, required, pattern-, additional- */
build_function build_property_names, build_dependent_required, build_dependent_schemas,
    build_dependencies;

/* rules_apply.c */
build_function build_prefix_items, build_items, build_contains, build_all_of, build_any_of,
    build_one_of, build_not, build_if, build_discriminator, build_unevaluated_items,
    build_unevaluated_properties;

#endif
