/* rules_object: the members of an object. */
#include "schema/rules.h"

#include "schema/pattern.h"

enum { MAX_PROPERTIES = 0x7fff }; /* slots are 16 bits wide and at most half full */

/* ---- the table of names ---- */

static size_t find_slot(const struct schema_object *object, const uint16_t *slots, struct str name,
                        uint32_t hash)
{
    size_t mask = object->slot_count - 1;
    size_t i = hash & mask;
    while (slots[i] != 0 && !str_equal(object->properties[slots[i] - 1].name, name))
        i = (i + 1) & mask;
    return i;
}

struct table {
    struct schema_object *object;
    struct schema_property *properties;
    uint16_t *slots;
};

static struct table make_table(struct arena *arena, struct schema_object *object, size_t capacity)
{
    size_t slot_count = 2;
    while (slot_count < capacity * 2)
        slot_count *= 2;
    struct table table = {object, NULL, NULL};
    table.properties = arena_alloc_zero(arena, (capacity + 1) * sizeof *table.properties);
    table.slots = arena_alloc_zero(arena, slot_count * sizeof *table.slots);
    object->properties = table.properties;
    object->slots = table.slots;
    object->slot_count = slot_count;
    return table;
}

/* The property of that name, new or not. */
static struct schema_property *table_put(struct table *table, struct str name)
{
    uint32_t hash = str_hash(name);
    size_t slot = find_slot(table->object, table->slots, name, hash);
    if (table->slots[slot] == 0) {
        table->properties[table->object->count] =
            (struct schema_property){.name = name, .hash = hash};
        table->slots[slot] = (uint16_t)++table->object->count;
    }
    return &table->properties[table->slots[slot] - 1];
}

/* ---- properties, required, patternProperties, additionalProperties ---- */

static const struct json_node *take(struct builder *builder, enum word word, enum json_type type,
                                    const char *expected)
{
    const struct json_node *value = builder->words[word];
    if (value == NULL || !builder_expect(builder, word, value, type, expected))
        return NULL;
    return value;
}

static bool check_names(struct builder *builder, enum word word, const struct json_node *names)
{
    for (const struct json_node *name = json_first(names); name != NULL; name = json_next(name))
        if (!builder_expect(builder, word, name, JSON_STRING, "a list of strings"))
            return false;
    return true;
}

static void fill_table(struct builder *builder, struct schema_object *object,
                       const struct json_node *properties, const struct json_node *required)
{
    size_t capacity =
        (properties != NULL ? properties->size : 0) + (required != NULL ? required->size : 0);
    if (capacity > MAX_PROPERTIES) {
        diag_error(builder->compiler->diags, json_place(builder->schema->node), NULL,
                   "more than %d properties in one schema", MAX_PROPERTIES);
        return;
    }
    struct table table = make_table(builder->compiler->arena, object, capacity);
    for (const struct json_node *member = properties != NULL ? json_first(properties) : NULL;
         member != NULL; member = json_next(member)) {
        struct schema_property *property = table_put(&table, json_name(member));
        property->node = member;
        property->schema = builder_want(builder, member);
    }
    for (const struct json_node *name = required != NULL ? json_first(required) : NULL;
         name != NULL; name = json_next(name))
        table_put(&table, json_text(name))->required_rule = name;
}

static void fill_patterns(struct builder *builder, struct schema_object *object,
                          const struct json_node *patterns)
{
    object->patterns =
        arena_alloc(builder->compiler->arena, patterns->size * sizeof *object->patterns);
    for (const struct json_node *member = json_first(patterns); member != NULL;
         member = json_next(member)) {
        const struct pattern *pattern =
            builder_pattern(builder, json_name(member), json_name_place(member));
        if (pattern != NULL)
            object->patterns[object->pattern_count++] = (struct schema_pattern_property){
                .pattern = pattern, .schema = builder_want(builder, member), .node = member};
    }
}

void build_object(struct builder *builder)
{
    const struct json_node *properties =
        take(builder, WORD_PROPERTIES, JSON_OBJECT, "an object with schemas");
    const struct json_node *required =
        take(builder, WORD_REQUIRED, JSON_ARRAY,
             "a list of property names (it stands beside \"properties\", not inside a property)");
    const struct json_node *patterns =
        take(builder, WORD_PATTERN_PROPERTIES, JSON_OBJECT, "an object with schemas");
    const struct json_node *additional = builder->words[WORD_ADDITIONAL_PROPERTIES];
    if (required != NULL && !check_names(builder, WORD_REQUIRED, required))
        required = NULL;
    const struct json_node *first = properties != NULL ? properties
                                    : required != NULL ? required
                                    : patterns != NULL ? patterns
                                                       : additional;
    if (first == NULL)
        return;
    struct schema_object *object = arena_alloc_zero(builder->compiler->arena, sizeof *object);
    fill_table(builder, object, properties, required);
    if (patterns != NULL)
        fill_patterns(builder, object, patterns);
    if (additional != NULL) {
        object->additional = builder_want(builder, additional);
        object->additional_rule = additional;
    }
    builder_add(builder, KEYWORD_PROPERTIES, first)->u.object = object;
}

void build_property_names(struct builder *builder, const struct json_node *value)
{
    builder_add(builder, KEYWORD_PROPERTY_NAMES, value)->u.schema = builder_want(builder, value);
}

/* ---- dependencies ---- */

typedef bool entry_filter(const struct json_node *entry);

static bool is_any(const struct json_node *entry)
{
    (void)entry;
    return true;
}

static bool is_list(const struct json_node *entry)
{
    return entry->type == JSON_ARRAY;
}

static bool is_no_list(const struct json_node *entry)
{
    return entry->type != JSON_ARRAY;
}

/* A rule of the entries of `value` that the filter lets through; none where there are none. */
static void add_dependent(struct builder *builder, enum word word, enum keyword keyword,
                          const struct json_node *value, entry_filter *filter)
{
    struct schema_property *entries =
        arena_alloc_zero(builder->compiler->arena, value->size * sizeof *entries);
    size_t count = 0;
    for (const struct json_node *member = json_first(value); member != NULL;
         member = json_next(member)) {
        if (!filter(member))
            continue;
        struct schema_property *entry = &entries[count++];
        *entry = (struct schema_property){
            .name = json_name(member), .hash = str_hash(json_name(member)), .node = member};
        if (keyword == KEYWORD_DEPENDENT_SCHEMAS)
            entry->schema = builder_want(builder, member);
        else if (builder_expect(builder, word, member, JSON_ARRAY, "lists of property names"))
            check_names(builder, word, member);
    }
    if (count == 0)
        return;
    struct rule *rule = builder_add(builder, keyword, value);
    rule->u.dependent.entries = entries;
    rule->u.dependent.count = count;
}

void build_dependent_required(struct builder *builder, const struct json_node *value)
{
    if (builder_expect(builder, WORD_DEPENDENT_REQUIRED, value, JSON_OBJECT,
                       "an object with lists of property names"))
        add_dependent(builder, WORD_DEPENDENT_REQUIRED, KEYWORD_DEPENDENT_REQUIRED, value, is_any);
}

void build_dependent_schemas(struct builder *builder, const struct json_node *value)
{
    if (builder_expect(builder, WORD_DEPENDENT_SCHEMAS, value, JSON_OBJECT,
                       "an object with schemas"))
        add_dependent(builder, WORD_DEPENDENT_SCHEMAS, KEYWORD_DEPENDENT_SCHEMAS, value, is_any);
}

/* Of older drafts: both kinds in one object. */
void build_dependencies(struct builder *builder, const struct json_node *value)
{
    if (!builder_expect(builder, WORD_DEPENDENCIES, value, JSON_OBJECT,
                        "an object with schemas or lists of property names"))
        return;
    add_dependent(builder, WORD_DEPENDENCIES, KEYWORD_DEPENDENT_REQUIRED, value, is_list);
    add_dependent(builder, WORD_DEPENDENCIES, KEYWORD_DEPENDENT_SCHEMAS, value, is_no_list);
}
