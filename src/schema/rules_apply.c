/* rules_apply: keywords that apply subschemas. */
#include "schema/rules.h"

static struct schema_list want_list(struct builder *builder, const struct json_node *value)
{
    struct schema_list list = {NULL, 0};
    list.items = arena_alloc(builder->compiler->arena, (value->size + 1) * sizeof(struct schema *));
    for (const struct json_node *item = json_first(value); item != NULL; item = json_next(item))
        list.items[list.count++] = builder_want(builder, item);
    return list;
}

static bool is_schema_list(struct builder *builder, enum word word, const struct json_node *value)
{
    return (value->type == JSON_ARRAY && value->size > 0) ||
           builder_refuse(builder, word, value, "a list of at least one schema");
}

static void build_list(struct builder *builder, enum word word, enum keyword keyword,
                       const struct json_node *value)
{
    if (is_schema_list(builder, word, value))
        builder_add(builder, keyword, value)->u.list = want_list(builder, value);
}

static void build_one(struct builder *builder, enum keyword keyword, const struct json_node *value)
{
    builder_add(builder, keyword, value)->u.schema = builder_want(builder, value);
}

/* ---- arrays ---- */

void build_prefix_items(struct builder *builder, const struct json_node *value)
{
    build_list(builder, WORD_PREFIX_ITEMS, KEYWORD_PREFIX_ITEMS, value);
}

void build_items(struct builder *builder, const struct json_node *value)
{
    if (value->type == JSON_ARRAY)
        diag_error(builder->compiler->diags, json_place(value),
                   "write \"prefixItems\" for a list of schemas by position",
                   "\"items\" must be one schema");
    else
        build_one(builder, KEYWORD_ITEMS, value);
}

void build_contains(struct builder *builder, const struct json_node *value)
{
    struct rule *rule = builder_add(builder, KEYWORD_CONTAINS, value);
    rule->u.contains.schema = builder_want(builder, value);
    rule->u.contains.min = 1;
    rule->u.contains.max = UINT64_MAX;
    const struct json_node *min = builder->words[WORD_MIN_CONTAINS];
    const struct json_node *max = builder->words[WORD_MAX_CONTAINS];
    if (min != NULL && builder_count(builder, WORD_MIN_CONTAINS, min, &rule->u.contains.min))
        rule->u.contains.min_rule = min;
    if (max != NULL && builder_count(builder, WORD_MAX_CONTAINS, max, &rule->u.contains.max))
        rule->u.contains.max_rule = max;
}

/* ---- alternatives ---- */

void build_all_of(struct builder *builder, const struct json_node *value)
{
    build_list(builder, WORD_ALL_OF, KEYWORD_ALL_OF, value);
}

/*
 * The alternatives that the discriminator beside them chooses from (OpenAPI
 * 3.1, 4.8.25), or WORD_COUNT where there are none and it only annotates.
 */
static enum word discriminated(const struct builder *builder)
{
    if (builder->words[WORD_DISCRIMINATOR] == NULL)
        return WORD_COUNT;
    if (builder->words[WORD_ONE_OF] != NULL)
        return WORD_ONE_OF;
    return builder->words[WORD_ANY_OF] != NULL ? WORD_ANY_OF : WORD_COUNT;
}

void build_any_of(struct builder *builder, const struct json_node *value)
{
    if (discriminated(builder) != WORD_ANY_OF)
        build_list(builder, WORD_ANY_OF, KEYWORD_ANY_OF, value);
}

void build_one_of(struct builder *builder, const struct json_node *value)
{
    if (discriminated(builder) != WORD_ONE_OF)
        build_list(builder, WORD_ONE_OF, KEYWORD_ONE_OF, value);
}

/* Its keys are found when the branches are compiled (finish.c). */
void build_discriminator(struct builder *builder, const struct json_node *value)
{
    enum word alternatives = discriminated(builder);
    if (alternatives == WORD_COUNT)
        return;
    const struct json_node *list = builder->words[alternatives];
    const struct json_node *name = json_member(value, "propertyName");
    if (!json_is(name, JSON_STRING)) {
        builder_refuse(builder, WORD_DISCRIMINATOR, value, "an object with a propertyName");
        return;
    }
    if (!is_schema_list(builder, alternatives, list))
        return;
    struct rule *rule = builder_add(builder, KEYWORD_DISCRIMINATOR, value);
    rule->u.discriminator.name = json_text(name);
    rule->u.discriminator.hash = str_hash(json_text(name));
    rule->u.discriminator.exclusive = alternatives == WORD_ONE_OF;
    rule->u.discriminator.list = want_list(builder, list);
    rule->u.discriminator.list_node = list;
}

void build_not(struct builder *builder, const struct json_node *value)
{
    build_one(builder, KEYWORD_NOT, value);
}

/* Alone it asserts nothing, but what it evaluates counts for unevaluated*. */
void build_if(struct builder *builder, const struct json_node *value)
{
    struct rule *rule = builder_add(builder, KEYWORD_IF, value);
    rule->u.conditional.condition = builder_want(builder, value);
    const struct json_node *then_node = builder->words[WORD_THEN];
    const struct json_node *else_node = builder->words[WORD_ELSE];
    if (then_node != NULL)
        rule->u.conditional.then_schema = builder_want(builder, then_node);
    if (else_node != NULL)
        rule->u.conditional.else_schema = builder_want(builder, else_node);
}

/* ---- unevaluated ---- */

void build_unevaluated_items(struct builder *builder, const struct json_node *value)
{
    build_one(builder, KEYWORD_UNEVALUATED_ITEMS, value);
    builder->schema->needs_marks = true;
}

void build_unevaluated_properties(struct builder *builder, const struct json_node *value)
{
    build_one(builder, KEYWORD_UNEVALUATED_PROPERTIES, value);
    builder->schema->needs_marks = true;
}
