/* rules_value: keywords whose operand is a plain value. */
#include "schema/format.h"
#include "schema/rules.h"

#include "json/number.h"

/* ---- type ---- */

static const struct {
    const char *name;
    enum schema_type type;
} types[] = {
    {"null", SCHEMA_NULL},     {"boolean", SCHEMA_BOOLEAN}, {"integer", SCHEMA_INTEGER},
    {"number", SCHEMA_NUMBER}, {"string", SCHEMA_STRING},   {"array", SCHEMA_ARRAY},
    {"object", SCHEMA_OBJECT},
};

static unsigned type_find(struct str name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(name, types[i].name))
            return types[i].type;
    return 0;
}

static unsigned read_type(struct builder *builder, const struct json_node *value)
{
    unsigned type = value->type == JSON_STRING ? type_find(json_text(value)) : 0;
    if (type == 0)
        builder_refuse(builder, WORD_TYPE, value,
                       "one of null, boolean, integer, number, string, array and object, or a "
                       "list of these");
    else if (type == SCHEMA_NULL && dialect_is_3_0(builder->dialect))
        diag_warning(builder->compiler->diags, json_place(value), "use nullable: true",
                     "OpenAPI 3.0 has no type \"null\"; it is taken as in 3.1");
    return type;
}

void build_type(struct builder *builder, const struct json_node *value)
{
    unsigned all = 0;
    if (value->type != JSON_ARRAY) {
        all = read_type(builder, value);
    } else {
        if (value->size == 0)
            builder_refuse(builder, WORD_TYPE, value, "a name, or a list of at least one");
        if (dialect_is_3_0(builder->dialect))
            diag_warning(builder->compiler->diags, json_place(value), "use nullable or oneOf",
                         "OpenAPI 3.0 has no lists of types; it is taken as in 3.1");
        for (const struct json_node *item = json_first(value); item != NULL; item = json_next(item))
            all |= read_type(builder, item);
    }
    builder_add(builder, KEYWORD_TYPE, value)->u.types = all;
}

/* ---- booleans ---- */

static bool read_boolean(struct builder *builder, enum word word, const struct json_node *value)
{
    if (value->type != JSON_TRUE && value->type != JSON_FALSE)
        builder_refuse(builder, word, value, "true or false");
    return value->type == JSON_TRUE;
}

/* OpenAPI 3.0.0 to 3.0.2: "Allows sending a null value for the defined schema." */
void build_nullable(struct builder *builder, const struct json_node *value)
{
    builder->schema->nullable = read_boolean(builder, WORD_NULLABLE, value);
}

void build_read_only(struct builder *builder, const struct json_node *value)
{
    builder->schema->read_only = read_boolean(builder, WORD_READ_ONLY, value);
}

void build_write_only(struct builder *builder, const struct json_node *value)
{
    builder->schema->write_only = read_boolean(builder, WORD_WRITE_ONLY, value);
}

void build_unique_items(struct builder *builder, const struct json_node *value)
{
    if (read_boolean(builder, WORD_UNIQUE_ITEMS, value))
        builder_add(builder, KEYWORD_UNIQUE_ITEMS, value);
}

/* ---- enum and const ---- */

static uint32_t choice_hash(const struct json_node *node)
{
    return node->type == JSON_STRING ? str_hash(json_text(node)) : json_value_hash(node);
}

static struct schema_choices hash_choices(struct arena *arena, const struct json_node *list)
{
    size_t slot_count = 2;
    while (slot_count < (size_t)list->size * 2)
        slot_count *= 2;
    struct schema_choice *slots = arena_alloc_zero(arena, slot_count * sizeof *slots);
    for (const struct json_node *item = json_first(list); item != NULL; item = json_next(item)) {
        uint32_t hash = choice_hash(item);
        size_t i = hash & (slot_count - 1);
        while (slots[i].node != NULL)
            i = (i + 1) & (slot_count - 1);
        slots[i] = (struct schema_choice){item, hash};
    }
    return (struct schema_choices){slots, slot_count};
}

void build_enum(struct builder *builder, const struct json_node *value)
{
    if (!builder_expect(builder, WORD_ENUM, value, JSON_ARRAY, "a list of values"))
        return;
    struct rule *rule = builder_add(builder, KEYWORD_ENUM, value);
    rule->u.value = value;
    rule->u.choices = hash_choices(builder->compiler->arena, value);
}

void build_const(struct builder *builder, const struct json_node *value)
{
    builder_add(builder, KEYWORD_CONST, value)->u.value = value;
}

/* ---- counts ---- */

bool builder_count(struct builder *builder, enum word word, const struct json_node *value,
                   uint64_t *count)
{
    int64_t number = 0;
    bool integer = value->type == JSON_NUMBER && (value->flags & JSON_NOT_FINITE) == 0 &&
                   json_number_is_integer(value);
    if (!integer || value->c.valuedouble < 0)
        return builder_refuse(builder, word, value, "an integer of 0 or more");
    *count = json_number_to_int(value, &number) ? (uint64_t)number : UINT64_MAX;
    return true;
}

static void build_count(struct builder *builder, enum word word, enum keyword keyword,
                        const struct json_node *value)
{
    uint64_t count = 0;
    if (builder_count(builder, word, value, &count))
        builder_add(builder, keyword, value)->u.count = count;
}

void build_max_length(struct builder *builder, const struct json_node *value)
{
    build_count(builder, WORD_MAX_LENGTH, KEYWORD_MAX_LENGTH, value);
}

void build_min_length(struct builder *builder, const struct json_node *value)
{
    build_count(builder, WORD_MIN_LENGTH, KEYWORD_MIN_LENGTH, value);
}

void build_max_items(struct builder *builder, const struct json_node *value)
{
    build_count(builder, WORD_MAX_ITEMS, KEYWORD_MAX_ITEMS, value);
}

void build_min_items(struct builder *builder, const struct json_node *value)
{
    build_count(builder, WORD_MIN_ITEMS, KEYWORD_MIN_ITEMS, value);
}

void build_max_properties(struct builder *builder, const struct json_node *value)
{
    build_count(builder, WORD_MAX_PROPERTIES, KEYWORD_MAX_PROPERTIES, value);
}

void build_min_properties(struct builder *builder, const struct json_node *value)
{
    build_count(builder, WORD_MIN_PROPERTIES, KEYWORD_MIN_PROPERTIES, value);
}

/* ---- ranges ---- */

static bool is_number(const struct json_node *value)
{
    return value->type == JSON_NUMBER && (value->flags & JSON_NOT_FINITE) == 0;
}

/* By its text: 1e-400 is positive although its double is not. */
static bool is_positive(const struct json_node *number)
{
    struct str text = json_text(number);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '-' || c == 'e' || c == 'E')
            return false;
        if (c >= '1' && c <= '9')
            return true;
    }
    return false;
}

void build_multiple_of(struct builder *builder, const struct json_node *value)
{
    if (!is_number(value) || !is_positive(value))
        builder_refuse(builder, WORD_MULTIPLE_OF, value, "a number greater than 0");
    else
        builder_add(builder, KEYWORD_MULTIPLE_OF, value)->u.value = value;
}

static void build_limit(struct builder *builder, enum word word, enum keyword keyword,
                        const struct json_node *value)
{
    if (!is_number(value))
        builder_refuse(builder, word, value, "a number");
    else
        builder_add(builder, keyword, value)->u.value = value;
}

static bool is_boolean(const struct json_node *value)
{
    return value->type == JSON_TRUE || value->type == JSON_FALSE;
}

/*
 * OpenAPI 3.0 (as draft 4) has a boolean that sharpens the limit beside it.
 * Documents that moved on to 3.1 often keep it; its meaning is plain there too.
 */
static bool is_sharpened(const struct builder *builder, enum word exclusive)
{
    unsigned openapi = VOCABULARY_OPENAPI | VOCABULARY_OPENAPI_3_0;
    return (builder->dialect->vocabularies & openapi) != 0 &&
           json_is_true(builder->words[exclusive]);
}

static void build_exclusive(struct builder *builder, enum word word, enum keyword keyword,
                            const struct json_node *value)
{
    bool old = dialect_is_3_0(builder->dialect);
    bool openapi = (builder->dialect->vocabularies & VOCABULARY_OPENAPI) != 0;
    if (old && !is_boolean(value))
        diag_warning(builder->compiler->diags, json_place(value),
                     "write true beside a minimum or maximum",
                     "\"%s\" is a boolean in OpenAPI 3.0; the number is taken as in 3.1",
                     word_table[word].name);
    else if (openapi && is_boolean(value))
        diag_warning(builder->compiler->diags, json_place(value), "write the limit itself",
                     "\"%s\" is a number in OpenAPI 3.1; the boolean is taken as in 3.0",
                     word_table[word].name);
    if (!is_boolean(value) || !(old || openapi))
        build_limit(builder, word, keyword, value);
}

void build_maximum(struct builder *builder, const struct json_node *value)
{
    bool sharp = is_sharpened(builder, WORD_EXCLUSIVE_MAXIMUM);
    build_limit(builder, WORD_MAXIMUM, sharp ? KEYWORD_EXCLUSIVE_MAXIMUM : KEYWORD_MAXIMUM, value);
}

void build_exclusive_maximum(struct builder *builder, const struct json_node *value)
{
    build_exclusive(builder, WORD_EXCLUSIVE_MAXIMUM, KEYWORD_EXCLUSIVE_MAXIMUM, value);
}

void build_minimum(struct builder *builder, const struct json_node *value)
{
    bool sharp = is_sharpened(builder, WORD_EXCLUSIVE_MINIMUM);
    build_limit(builder, WORD_MINIMUM, sharp ? KEYWORD_EXCLUSIVE_MINIMUM : KEYWORD_MINIMUM, value);
}

void build_exclusive_minimum(struct builder *builder, const struct json_node *value)
{
    build_exclusive(builder, WORD_EXCLUSIVE_MINIMUM, KEYWORD_EXCLUSIVE_MINIMUM, value);
}

/* ---- text ---- */

void build_pattern(struct builder *builder, const struct json_node *value)
{
    if (!builder_expect(builder, WORD_PATTERN, value, JSON_STRING, "a string"))
        return;
    const struct pattern *pattern = builder_pattern(builder, json_text(value), json_place(value));
    if (pattern != NULL)
        builder_add(builder, KEYWORD_PATTERN, value)->u.pattern = pattern;
}

/* An unknown format annotates: there is nothing to check (Validation 7.2.3). */
void build_format(struct builder *builder, const struct json_node *value)
{
    if (!builder_expect(builder, WORD_FORMAT, value, JSON_STRING, "a string"))
        return;
    const struct format *format = format_find(json_text(value));
    if (format == NULL)
        return;
    struct rule *rule = builder_add(builder, KEYWORD_FORMAT, value);
    rule->u.format = format;
    rule->u.format_annotates = !builder->dialect->assert_formats;
}
