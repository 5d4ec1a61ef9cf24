/* program: looking things up in a compiled schema. */
#include "schema/schema.h"

enum { REFERENCES_FOLLOWED = 64 };

static const char *const names[KEYWORD_COUNT] = {
    [KEYWORD_FALSE_SCHEMA] = "false",
    [KEYWORD_REF] = "$ref",
    [KEYWORD_DYNAMIC_REF] = "$dynamicRef",
    [KEYWORD_TYPE] = "type",
    [KEYWORD_ENUM] = "enum",
    [KEYWORD_CONST] = "const",
    [KEYWORD_MAX_LENGTH] = "maxLength",
    [KEYWORD_MIN_LENGTH] = "minLength",
    [KEYWORD_PATTERN] = "pattern",
    [KEYWORD_FORMAT] = "format",
    [KEYWORD_MULTIPLE_OF] = "multipleOf",
    [KEYWORD_MAXIMUM] = "maximum",
    [KEYWORD_EXCLUSIVE_MAXIMUM] = "exclusiveMaximum",
    [KEYWORD_MINIMUM] = "minimum",
    [KEYWORD_EXCLUSIVE_MINIMUM] = "exclusiveMinimum",
    [KEYWORD_MAX_ITEMS] = "maxItems",
    [KEYWORD_MIN_ITEMS] = "minItems",
    [KEYWORD_PREFIX_ITEMS] = "prefixItems",
    [KEYWORD_ITEMS] = "items",
    [KEYWORD_CONTAINS] = "contains",
    [KEYWORD_MIN_CONTAINS] = "minContains",
    [KEYWORD_MAX_CONTAINS] = "maxContains",
    [KEYWORD_UNIQUE_ITEMS] = "uniqueItems",
    [KEYWORD_PROPERTIES] = "properties",
    [KEYWORD_REQUIRED] = "required",
    [KEYWORD_PATTERN_PROPERTIES] = "patternProperties",
    [KEYWORD_ADDITIONAL_PROPERTIES] = "additionalProperties",
    [KEYWORD_PROPERTY_NAMES] = "propertyNames",
    [KEYWORD_MAX_PROPERTIES] = "maxProperties",
    [KEYWORD_MIN_PROPERTIES] = "minProperties",
    [KEYWORD_DEPENDENT_REQUIRED] = "dependentRequired",
    [KEYWORD_DEPENDENT_SCHEMAS] = "dependentSchemas",
    [KEYWORD_ALL_OF] = "allOf",
    [KEYWORD_ANY_OF] = "anyOf",
    [KEYWORD_ONE_OF] = "oneOf",
    [KEYWORD_NOT] = "not",
    [KEYWORD_IF] = "if",
    [KEYWORD_DISCRIMINATOR] = "discriminator",
    [KEYWORD_READ_ONLY] = "readOnly",
    [KEYWORD_WRITE_ONLY] = "writeOnly",
    [KEYWORD_UNEVALUATED_ITEMS] = "unevaluatedItems",
    [KEYWORD_UNEVALUATED_PROPERTIES] = "unevaluatedProperties",
    [KEYWORD_SERVICE_RULE] = "rule",
};

const char *keyword_name(enum keyword keyword)
{
    return keyword < KEYWORD_COUNT ? names[keyword] : "?";
}

bool keyword_is_in_place(enum keyword keyword)
{
    switch (keyword) {
    case KEYWORD_REF:
    case KEYWORD_DYNAMIC_REF:
    case KEYWORD_DEPENDENT_SCHEMAS:
    case KEYWORD_ALL_OF:
    case KEYWORD_ANY_OF:
    case KEYWORD_ONE_OF:
    case KEYWORD_NOT:
    case KEYWORD_IF:
    case KEYWORD_DISCRIMINATOR:
        return true;
    default:
        return false;
    }
}

const struct rule *schema_rule(const struct schema *schema, enum keyword keyword)
{
    for (size_t i = 0; i < schema->rule_count; i++)
        if (schema->rules[i].keyword == keyword)
            return &schema->rules[i];
    return NULL;
}

const struct schema *schema_resolve(const struct schema *schema)
{
    for (int i = 0; i < REFERENCES_FOLLOWED; i++) {
        if (schema->rule_count != 1 || schema->rules[0].keyword != KEYWORD_REF)
            break;
        schema = schema->rules[0].u.schema;
    }
    return schema;
}

const struct schema_object *schema_object(const struct schema *schema)
{
    for (int i = 0; i < REFERENCES_FOLLOWED; i++) {
        const struct rule *rule = schema_rule(schema, KEYWORD_PROPERTIES);
        if (rule != NULL)
            return rule->u.object;
        const struct rule *ref = schema_rule(schema, KEYWORD_REF);
        if (ref == NULL)
            break;
        schema = ref->u.schema;
    }
    return NULL;
}

const struct schema_property *schema_object_find(const struct schema_object *object,
                                                 struct str name, uint32_t hash)
{
    size_t mask = object->slot_count - 1;
    for (size_t i = hash & mask; object->slots[i] != 0; i = (i + 1) & mask) {
        const struct schema_property *property = &object->properties[object->slots[i] - 1];
        if (property->hash == hash && str_equal(property->name, name))
            return property;
    }
    return NULL;
}

static size_t object_child_count(const struct schema_object *object)
{
    return object->count + object->pattern_count + (object->additional != NULL);
}

static const struct schema *object_child(const struct schema_object *object, size_t n)
{
    if (n < object->count)
        return object->properties[n].schema;
    n -= object->count;
    return n < object->pattern_count ? object->patterns[n].schema : object->additional;
}

size_t rule_child_count(const struct rule *rule)
{
    switch (rule->keyword) {
    case KEYWORD_REF:
    case KEYWORD_DYNAMIC_REF:
    case KEYWORD_ITEMS:
    case KEYWORD_CONTAINS:
    case KEYWORD_PROPERTY_NAMES:
    case KEYWORD_NOT:
    case KEYWORD_UNEVALUATED_ITEMS:
    case KEYWORD_UNEVALUATED_PROPERTIES:
        return 1;
    case KEYWORD_PREFIX_ITEMS:
    case KEYWORD_ALL_OF:
    case KEYWORD_ANY_OF:
    case KEYWORD_ONE_OF:
        return rule->u.list.count;
    case KEYWORD_DISCRIMINATOR:
        return rule->u.discriminator.list.count;
    case KEYWORD_PROPERTIES:
        return object_child_count(rule->u.object);
    case KEYWORD_DEPENDENT_SCHEMAS:
        return rule->u.dependent.count;
    case KEYWORD_IF:
        return 3;
    default:
        return 0;
    }
}

const struct schema *rule_child(const struct rule *rule, size_t n)
{
    switch (rule->keyword) {
    case KEYWORD_DYNAMIC_REF:
        return rule->u.dynamic.fallback;
    case KEYWORD_CONTAINS:
        return rule->u.contains.schema;
    case KEYWORD_PREFIX_ITEMS:
    case KEYWORD_ALL_OF:
    case KEYWORD_ANY_OF:
    case KEYWORD_ONE_OF:
        return rule->u.list.items[n];
    case KEYWORD_DISCRIMINATOR:
        return rule->u.discriminator.list.items[n];
    case KEYWORD_PROPERTIES:
        return object_child(rule->u.object, n);
    case KEYWORD_DEPENDENT_SCHEMAS:
        return rule->u.dependent.entries[n].schema;
    case KEYWORD_IF:
        return n == 0   ? rule->u.conditional.condition
               : n == 1 ? rule->u.conditional.then_schema
                        : rule->u.conditional.else_schema;
    default:
        return rule->u.schema;
    }
}
