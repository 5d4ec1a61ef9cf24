#include "openapi/wanted.h"

#include "schema/pattern.h"
#include "schema/validate.h"

#include "base/map.h"

enum {
    DEPTH_MAX = 16,
    STEPS_MAX = 512,
    NAME_MATCH_BUDGET = 10000, /* PCRE2 steps for one member's name */
    ANY_TYPE = SCHEMA_NULL | SCHEMA_BOOLEAN | SCHEMA_INTEGER | SCHEMA_NUMBER | SCHEMA_STRING |
               SCHEMA_ARRAY | SCHEMA_OBJECT,
};

/* Bounds one look through a schema: cycles end, and wide trees do not cost. */
struct look {
    unsigned depth;
    unsigned steps;
};

static bool look_enter(struct look *look)
{
    if (look->depth >= DEPTH_MAX || look->steps >= STEPS_MAX)
        return false;
    look->depth++;
    look->steps++;
    return true;
}

struct wanted wanted_of(const struct schema *schema)
{
    struct wanted wanted = {.count = schema != NULL};
    wanted.schemas[0] = schema;
    return wanted;
}

static void wanted_add(struct wanted *wanted, const struct schema *schema)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->schemas[i] == schema)
            return;
    if (wanted->count < WANTED_MAX)
        wanted->schemas[wanted->count++] = schema;
}

/* --- types -------------------------------------------------------------------- */

static unsigned types_of(const struct schema *schema, struct look *look);

/* An integer may be spelled as a number, and both are read the same way. */
static unsigned with_numbers(unsigned types)
{
    unsigned numbers = SCHEMA_INTEGER | SCHEMA_NUMBER;
    return (types & numbers) != 0 ? types | numbers : types;
}

static unsigned type_of_value(const struct json_node *value)
{
    static const unsigned types[] = {
        [JSON_NULL] = SCHEMA_NULL,     [JSON_FALSE] = SCHEMA_BOOLEAN, [JSON_TRUE] = SCHEMA_BOOLEAN,
        [JSON_NUMBER] = SCHEMA_NUMBER, [JSON_STRING] = SCHEMA_STRING, [JSON_ARRAY] = SCHEMA_ARRAY,
        [JSON_OBJECT] = SCHEMA_OBJECT,
    };
    return with_numbers(types[value->type]);
}

static unsigned types_of_elements(const struct json_node *array)
{
    unsigned types = 0;
    for (const struct json_node *value = json_first(array); value != NULL; value = json_next(value))
        types |= type_of_value(value);
    return types;
}

static unsigned types_of_any(struct schema_list list, struct look *look)
{
    unsigned types = 0;
    for (size_t i = 0; i < list.count; i++)
        types |= types_of(list.items[i], look);
    return types;
}

static unsigned types_of_all(struct schema_list list, struct look *look)
{
    unsigned types = ANY_TYPE;
    for (size_t i = 0; i < list.count; i++)
        types &= types_of(list.items[i], look);
    return types;
}

/* The types that one rule lets through. */
static unsigned types_of_rule(const struct rule *rule, struct look *look)
{
    switch (rule->keyword) {
    case KEYWORD_REF:
        return types_of(rule->u.schema, look);
    case KEYWORD_DYNAMIC_REF:
        return types_of(rule->u.dynamic.fallback, look);
    case KEYWORD_TYPE:
        return with_numbers(rule->u.types);
    case KEYWORD_ENUM:
        return types_of_elements(rule->u.value);
    case KEYWORD_CONST:
        return type_of_value(rule->u.value);
    case KEYWORD_ALL_OF:
        return types_of_all(rule->u.list, look);
    case KEYWORD_ANY_OF:
    case KEYWORD_ONE_OF:
        return types_of_any(rule->u.list, look);
    case KEYWORD_DISCRIMINATOR:
        return types_of_any(rule->u.discriminator.list, look);
    default:
        return ANY_TYPE;
    }
}

/* What a schema without any word about types is meant for, by its other keywords. */
static unsigned implied_types(const struct schema *schema)
{
    if (schema_rule(schema, KEYWORD_PROPERTIES) != NULL)
        return SCHEMA_OBJECT;
    if (schema_rule(schema, KEYWORD_ITEMS) != NULL ||
        schema_rule(schema, KEYWORD_PREFIX_ITEMS) != NULL)
        return SCHEMA_ARRAY;
    return ANY_TYPE;
}

static unsigned types_of(const struct schema *schema, struct look *look)
{
    if (schema == NULL || schema->kind == SCHEMA_ALWAYS)
        return ANY_TYPE;
    if (schema->kind == SCHEMA_NEVER)
        return 0;
    if (!look_enter(look))
        return ANY_TYPE;
    unsigned types = ANY_TYPE;
    for (size_t i = 0; i < schema->rule_count; i++)
        types &= types_of_rule(&schema->rules[i], look);
    look->depth--;
    if (types == ANY_TYPE)
        types = implied_types(schema);
    return schema->nullable ? types | SCHEMA_NULL : types;
}

unsigned wanted_types(const struct wanted *wanted)
{
    if (wanted->count == 0)
        return ANY_TYPE;
    struct look look = {0};
    unsigned types = 0;
    for (size_t i = 0; i < wanted->count; i++)
        types |= types_of(wanted->schemas[i], &look);
    return types;
}

/* --- looking into members and elements ------------------------------------------ */

typedef void schema_visitor(void *context, const struct schema *schema);

static void visit_schema(const struct schema *schema, struct look *look, schema_visitor *visit,
                         void *context);

static void visit_list(struct schema_list list, struct look *look, schema_visitor *visit,
                       void *context)
{
    for (size_t i = 0; i < list.count; i++)
        visit_schema(list.items[i], look, visit, context);
}

/* Visits a schema and all that hold for the same value: behind references and in branches. */
static void visit_schema(const struct schema *schema, struct look *look, schema_visitor *visit,
                         void *context)
{
    if (schema == NULL || !look_enter(look))
        return;
    visit(context, schema);
    for (size_t i = 0; i < schema->rule_count; i++) {
        const struct rule *rule = &schema->rules[i];
        switch (rule->keyword) {
        case KEYWORD_REF:
            visit_schema(rule->u.schema, look, visit, context);
            break;
        case KEYWORD_DYNAMIC_REF:
            visit_schema(rule->u.dynamic.fallback, look, visit, context);
            break;
        case KEYWORD_ALL_OF:
        case KEYWORD_ANY_OF:
        case KEYWORD_ONE_OF:
            visit_list(rule->u.list, look, visit, context);
            break;
        case KEYWORD_DISCRIMINATOR:
            visit_list(rule->u.discriminator.list, look, visit, context);
            break;
        default:
            break;
        }
    }
    look->depth--;
}

static void visit_all(const struct wanted *wanted, schema_visitor *visit, void *context)
{
    struct look look = {0};
    for (size_t i = 0; i < wanted->count; i++)
        visit_schema(wanted->schemas[i], &look, visit, context);
}

/* What one schema says about members, or NULL. */
static const struct schema_object *object_rule(const struct schema *schema)
{
    const struct rule *rule = schema_rule(schema, KEYWORD_PROPERTIES);
    return rule != NULL ? rule->u.object : NULL;
}

struct member_look {
    struct str name;
    uint32_t hash;
    struct wanted declared;
    struct wanted matched;
    struct wanted additional;
};

static void look_for_member(void *context, const struct schema *schema)
{
    struct member_look *member = context;
    const struct schema_object *object = object_rule(schema);
    if (object == NULL)
        return;
    const struct schema_property *property = schema_object_find(object, member->name, member->hash);
    if (property != NULL && property->schema != NULL)
        wanted_add(&member->declared, property->schema);
    uint32_t budget = NAME_MATCH_BUDGET;
    for (size_t i = 0; i < object->pattern_count; i++)
        if (pattern_match(object->patterns[i].pattern, member->name, &budget) == PATTERN_MATCHES)
            wanted_add(&member->matched, object->patterns[i].schema);
    if (object->additional != NULL && object->additional->kind == SCHEMA_RULES)
        wanted_add(&member->additional, object->additional);
}

struct wanted wanted_member(const struct wanted *wanted, struct str name)
{
    struct member_look member = {.name = name, .hash = str_hash(name)};
    visit_all(wanted, look_for_member, &member);
    if (member.declared.count > 0)
        return member.declared;
    return member.matched.count > 0 ? member.matched : member.additional;
}

struct element_look {
    size_t index;
    struct wanted found;
};

static void look_for_element(void *context, const struct schema *schema)
{
    struct element_look *element = context;
    const struct rule *prefix = schema_rule(schema, KEYWORD_PREFIX_ITEMS);
    const struct rule *items = schema_rule(schema, KEYWORD_ITEMS);
    if (prefix != NULL && element->index < prefix->u.list.count)
        wanted_add(&element->found, prefix->u.list.items[element->index]);
    else if (items != NULL)
        wanted_add(&element->found, items->u.schema);
}

struct wanted wanted_element(const struct wanted *wanted, size_t index)
{
    struct element_look element = {.index = index};
    visit_all(wanted, look_for_element, &element);
    return element.found;
}

static void look_for_names(void *context, const struct schema *schema)
{
    struct map *seen = context;
    const struct schema_object *object = object_rule(schema);
    for (size_t i = 0; object != NULL && i < object->count; i++)
        map_put(seen, object->properties[i].name, seen);
}

const struct str *wanted_names(const struct wanted *wanted, struct arena *arena, size_t *count)
{
    struct map seen;
    map_init(&seen, arena);
    visit_all(wanted, look_for_names, &seen);
    struct str *list = arena_alloc(arena, (seen.count + 1) * sizeof *list);
    for (size_t i = 0; i < seen.count; i++)
        list[i] = seen.entries[i].key;
    *count = seen.count;
    return list;
}

static void look_for_open_members(void *context, const struct schema *schema)
{
    bool *open = context;
    const struct schema_object *object = object_rule(schema);
    if (object == NULL)
        return;
    bool described = object->additional != NULL && object->additional->kind != SCHEMA_NEVER;
    *open = *open || described || object->pattern_count > 0;
}

bool wanted_has_open_members(const struct wanted *wanted)
{
    bool open = false;
    visit_all(wanted, look_for_open_members, &open);
    return open;
}

bool wanted_accepts(const struct wanted *wanted, const struct json_node *value,
                    struct arena *scratch)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (schema_accepts(wanted->schemas[i], value, scratch))
            return true;
    return wanted->count == 0;
}
