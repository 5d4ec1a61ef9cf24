#include "schema/rules.h"

#include "schema/pattern.h"

/* ---- what the builders share ---- */

struct rule *builder_add(struct builder *builder, enum keyword keyword,
                         const struct json_node *node)
{
    struct rule *rule = &builder->rules[builder->count++];
    *rule = (struct rule){.keyword = keyword, .node = node};
    return rule;
}

struct schema *builder_want(struct builder *builder, const struct json_node *node)
{
    return compiler_want(builder->compiler, node, builder->resource);
}

bool builder_refuse(struct builder *builder, enum word word, const struct json_node *value,
                    const char *expected)
{
    diag_error(builder->compiler->diags, json_place(value), NULL, "\"%s\" must be %s",
               word_table[word].name, expected);
    return false;
}

bool builder_expect(struct builder *builder, enum word word, const struct json_node *value,
                    enum json_type type, const char *expected)
{
    return value->type == type || builder_refuse(builder, word, value, expected);
}

const struct pattern *builder_pattern(struct builder *builder, struct str expression,
                                      struct place place)
{
    struct map *patterns = &builder->compiler->registry->patterns;
    struct pattern *pattern = map_get(patterns, expression);
    if (pattern != NULL)
        return pattern;
    pattern = pattern_compile(expression, place, builder->compiler->diags);
    if (pattern != NULL)
        map_put(patterns, expression, pattern);
    return pattern;
}

/* ---- identity: $id, $anchor, $dynamicAnchor, $schema, $defs ---- */

static void build_id(struct builder *builder, const struct json_node *value)
{
    if (!builder_expect(builder, WORD_ID, value, JSON_STRING, "a string with a URI reference"))
        return;
    struct str text = json_text(value);
    size_t hash = str_find_char(text, '#');
    if (hash + 1 < text.len)
        diag_error(builder->compiler->diags, json_place(value),
                   "name a place inside a schema with $anchor", "\"$id\" must not have a fragment");
    const struct schema_resource *namesake = builder->resource->namesake;
    if (builder->resource->root != builder->schema->node || namesake == NULL)
        return;
    struct source_position first = {0, 0};
    if (namesake->root->source != NULL)
        first = source_position(namesake->root->source, namesake->root->offset);
    diag_error(builder->compiler->diags, json_place(value), "give each schema an $id of its own",
               "%.*s is the $id of another schema already (%s:%u)", (int)builder->resource->uri.len,
               builder->resource->uri.data,
               namesake->root->source != NULL ? namesake->root->source->name : "?", first.line);
}

/* Core 8.2.2: an NCName without colons, in ASCII. */
static bool is_anchor_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool later = (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!letter && !(later && i > 0))
            return false;
    }
    return name.len > 0;
}

static void check_anchor(struct builder *builder, enum word word, const struct json_node *value)
{
    if (!builder_expect(builder, word, value, JSON_STRING, "a string"))
        return;
    if (!is_anchor_name(json_text(value))) {
        builder_refuse(builder, word, value,
                       "a name of letters, digits, '-', '_' and '.', starting with a letter or _");
        return;
    }
    const struct schema_anchor *first = map_get(&builder->resource->anchors, json_text(value));
    if (first != NULL && first->node != builder->schema->node)
        diag_error(builder->compiler->diags, json_place(value), "give each anchor its own name",
                   "the anchor %s is there already", value->c.valuestring);
}

static void build_anchor(struct builder *builder, const struct json_node *value)
{
    check_anchor(builder, WORD_ANCHOR, value);
}

static void build_dynamic_anchor(struct builder *builder, const struct json_node *value)
{
    check_anchor(builder, WORD_DYNAMIC_ANCHOR, value);
}

static void build_schema(struct builder *builder, const struct json_node *value)
{
    builder_expect(builder, WORD_SCHEMA, value, JSON_STRING, "a string with a URI");
}

static void build_defs(struct builder *builder, const struct json_node *value)
{
    builder_expect(builder, WORD_DEFS, value, JSON_OBJECT, "an object with schemas");
}

static void check_dialect(struct builder *builder)
{
    const struct json_node *unknown = builder->resource->unknown_dialect;
    if (unknown == NULL)
        return;
    bool vocabulary = unknown->type == JSON_TRUE; /* a member of $vocabulary */
    struct str name = vocabulary ? json_name(unknown) : json_text(unknown);
    diag_error(builder->compiler->diags,
               vocabulary ? json_name_place(unknown) : json_place(unknown),
               "use https://json-schema.org/draft/2020-12/schema, or a metaschema that is "
               "registered and built of its vocabularies",
               vocabulary ? "the vocabulary %.*s is required and not known here"
                          : "the schema dialect %.*s is not known here",
               (int)name.len, name.data);
}

/* ---- references ---- */

static void build_ref(struct builder *builder, const struct json_node *value)
{
    struct schema_target target;
    if (!builder_expect(builder, WORD_REF, value, JSON_STRING, "a string with a URI reference") ||
        !reference_follow(builder->compiler->registry, builder->resource, value, &target,
                          builder->compiler->diags))
        return;
    builder_add(builder, KEYWORD_REF, value)->u.schema =
        compiler_want(builder->compiler, target.node, target.resource);
}

static void build_dynamic_ref(struct builder *builder, const struct json_node *value)
{
    struct schema_target target;
    if (!builder_expect(builder, WORD_DYNAMIC_REF, value, JSON_STRING,
                        "a string with a URI reference") ||
        !reference_follow(builder->compiler->registry, builder->resource, value, &target,
                          builder->compiler->diags))
        return;
    struct rule *rule = builder_add(builder, KEYWORD_DYNAMIC_REF, value);
    rule->u.dynamic.fallback = compiler_want(builder->compiler, target.node, target.resource);
    /* Core 8.2.3.2: it is dynamic only if it first leads to a $dynamicAnchor. */
    if (target.anchor != NULL && target.anchor->dynamic)
        rule->u.dynamic.anchor = compiler_dynamic_anchor(builder->compiler, target.anchor->name);
}

/* ---- one schema ---- */

/* In the order of enum keyword: what is built first is checked first. */
static const struct {
    enum word word;
    build_function *build;
} builders[] = {
    {WORD_ID, build_id},
    {WORD_ANCHOR, build_anchor},
    {WORD_DYNAMIC_ANCHOR, build_dynamic_anchor},
    {WORD_SCHEMA, build_schema},
    {WORD_DEFS, build_defs},
    {WORD_READ_ONLY, build_read_only},
    {WORD_WRITE_ONLY, build_write_only},
    {WORD_NULLABLE, build_nullable},
    {WORD_REF, build_ref},
    {WORD_DYNAMIC_REF, build_dynamic_ref},
    {WORD_TYPE, build_type},
    {WORD_ENUM, build_enum},
    {WORD_CONST, build_const},
    {WORD_MAX_LENGTH, build_max_length},
    {WORD_MIN_LENGTH, build_min_length},
    {WORD_PATTERN, build_pattern},
    {WORD_FORMAT, build_format},
    {WORD_MULTIPLE_OF, build_multiple_of},
    {WORD_MAXIMUM, build_maximum},
    {WORD_EXCLUSIVE_MAXIMUM, build_exclusive_maximum},
    {WORD_MINIMUM, build_minimum},
    {WORD_EXCLUSIVE_MINIMUM, build_exclusive_minimum},
    {WORD_MAX_ITEMS, build_max_items},
    {WORD_MIN_ITEMS, build_min_items},
    {WORD_PREFIX_ITEMS, build_prefix_items},
    {WORD_ITEMS, build_items},
    {WORD_CONTAINS, build_contains},
    {WORD_UNIQUE_ITEMS, build_unique_items},
    {WORD_COUNT, NULL}, /* here the object rule, which has four words */
    {WORD_PROPERTY_NAMES, build_property_names},
    {WORD_MAX_PROPERTIES, build_max_properties},
    {WORD_MIN_PROPERTIES, build_min_properties},
    {WORD_DEPENDENT_REQUIRED, build_dependent_required},
    {WORD_DEPENDENT_SCHEMAS, build_dependent_schemas},
    {WORD_DEPENDENCIES, build_dependencies},
    {WORD_ALL_OF, build_all_of},
    {WORD_ANY_OF, build_any_of},
    {WORD_ONE_OF, build_one_of},
    {WORD_NOT, build_not},
    {WORD_IF, build_if},
    {WORD_DISCRIMINATOR, build_discriminator},
    {WORD_UNEVALUATED_ITEMS, build_unevaluated_items},
    {WORD_UNEVALUATED_PROPERTIES, build_unevaluated_properties},
};

static const char *dialect_label(const struct dialect *dialect)
{
    return dialect_is_3_0(dialect) ? "OpenAPI 3.0" : "this schema dialect";
}

/* Unknown words annotate; one that looks like a slip, or asserts elsewhere, gets a warning. */
static void note_unknown(struct builder *builder, const struct json_node *member, enum word word)
{
    struct str name = json_name(member);
    struct diags *diags = builder->compiler->diags;
    if (word != WORD_COUNT) {
        if (word_table[word].asserts)
            diag_warning(diags, json_name_place(member),
                         word == WORD_NULLABLE ? "write \"null\" as one of the types" : NULL,
                         "\"%s\" is no keyword of %s and is ignored", word_table[word].name,
                         dialect_label(builder->dialect));
        return;
    }
    if (name.len < 4 || str_starts_with(name, "x-"))
        return;
    const char *nearest = word_nearest(name);
    if (nearest != NULL)
        diag_warning(diags, json_name_place(member), NULL,
                     "\"%.*s\" is no keyword and is ignored; did you mean \"%s\"?", (int)name.len,
                     name.data, nearest);
}

/* OpenAPI 3.0.3, 4.7.23: "any sibling elements of a $ref are ignored". */
static void keep_only_reference(struct builder *builder)
{
    for (size_t word = 0; word < WORD_COUNT; word++) {
        const struct json_node *value = builder->words[word];
        if (value == NULL || word == WORD_REF)
            continue;
        if (word_table[word].asserts)
            diag_warning(builder->compiler->diags, json_name_place(value),
                         "put the reference into an allOf", "\"%s\" beside a $ref is ignored in %s",
                         word_table[word].name, dialect_label(builder->dialect));
        builder->words[word] = NULL;
    }
}

static void collect_words(struct builder *builder)
{
    for (const struct json_node *member = json_first(builder->schema->node); member != NULL;
         member = json_next(member)) {
        enum word word = word_find(json_name(member));
        if (word != WORD_COUNT && dialect_knows(builder->dialect, word))
            builder->words[word] = member;
        else
            note_unknown(builder, member, word);
    }
    if (dialect_is_3_0(builder->dialect) && builder->words[WORD_REF] != NULL)
        keep_only_reference(builder);
}

void rules_build(struct compiler *compiler, struct schema *schema)
{
    if (schema->node->type != JSON_OBJECT)
        return;
    const struct schema_site *site = registry_site(compiler->registry, schema->node);
    struct builder builder = {.compiler = compiler,
                              .schema = schema,
                              .resource = site->resource,
                              .dialect = &site->resource->dialect};
    check_dialect(&builder);
    collect_words(&builder);
    for (size_t i = 0; i < sizeof builders / sizeof *builders; i++) {
        if (builders[i].word == WORD_COUNT)
            build_object(&builder);
        else if (builder.words[builders[i].word] != NULL)
            builders[i].build(&builder, builder.words[builders[i].word]);
    }
    if (builder.count == 0) {
        schema->kind = SCHEMA_ALWAYS;
        return;
    }
    struct rule *rules = arena_alloc(compiler->arena, builder.count * sizeof *rules);
    memcpy(rules, builder.rules, builder.count * sizeof *rules);
    schema->rules = rules;
    schema->rule_count = builder.count;
}
