/* What a value has to be: all schemas that apply to it, with one branch of each choice. */
#include "schema/making.h"

#include "schema/format.h"

enum {
    ALL_TYPES = 127,
    NESTING_MAX = 64, /* of schemas that apply to one value; deeper ones are left to the check */
    ITEMS_MAX = 500,
    SYSTEMATIC = 24, /* combinations that are gone through in order; beyond, branches are drawn */
};

struct reading {
    struct making *making;
    struct wish *wish;
    unsigned number; /* what is left of it */
    bool drawn;
    unsigned depth;
};

static bool read_schema(struct reading *reading, const struct schema *schema, bool whole);

static unsigned choose(struct reading *reading, unsigned count)
{
    if (count < 2)
        return 0;
    reading->wish->choices++;
    if (reading->drawn)
        return making_draw(reading->making, count);
    unsigned chosen = reading->number % count;
    reading->number /= count;
    return chosen;
}

static bool is_null(const struct schema *schema)
{
    const struct rule *type = schema_rule(schema_resolve(schema), KEYWORD_TYPE);
    return type != NULL && type->u.types == SCHEMA_NULL;
}

/* The n-th branch, when those that are only null come last. */
static const struct schema *branch_at(const struct schema_list *list, unsigned n)
{
    for (int nulls = 0; nulls < 2; nulls++)
        for (size_t i = 0; i < list->count; i++)
            if (is_null(list->items[i]) == (nulls == 1) && n-- == 0)
                return list->items[i];
    return list->items[0];
}

static bool read_branch(struct reading *reading, const struct schema_list *list, bool whole)
{
    return read_schema(reading, branch_at(list, choose(reading, (unsigned)list->count)), whole);
}

static bool read_tagged(struct reading *reading, const struct rule *rule, bool whole)
{
    struct wish *wish = reading->wish;
    unsigned count = (unsigned)rule->u.discriminator.key_count;
    if (count == 0 || wish->tag_count == WISH_TAGS)
        return read_branch(reading, &rule->u.discriminator.list, whole);
    const struct schema_branch_key *key = &rule->u.discriminator.keys[choose(reading, count)];
    wish->tags[wish->tag_count++] = (struct wish_tag){rule->u.discriminator.name, key->value};
    if (key->branch == SCHEMA_BRANCH_SHARED)
        return read_branch(reading, &rule->u.discriminator.list, whole);
    return read_schema(reading, rule->u.discriminator.list.items[key->branch], whole);
}

/* Either the condition holds, or it is left to the check that it does not. */
static bool read_condition(struct reading *reading, const struct rule *rule)
{
    const struct schema *then_schema = rule->u.conditional.then_schema;
    const struct schema *else_schema = rule->u.conditional.else_schema;
    if (choose(reading, 2) == 0)
        return read_schema(reading, rule->u.conditional.condition, false) &&
               (then_schema == NULL || read_schema(reading, then_schema, false));
    return else_schema == NULL || read_schema(reading, else_schema, false);
}

static bool read_dynamic(struct reading *reading, const struct rule *rule, bool whole)
{
    const struct schema_dynamic_target *first =
        rule->u.dynamic.anchor != NULL ? atomic_load(&rule->u.dynamic.anchor->targets) : NULL;
    unsigned count = 1;
    for (const struct schema_dynamic_target *target = first; target != NULL; target = target->next)
        count++;
    unsigned chosen = choose(reading, count);
    const struct schema *schema = rule->u.dynamic.fallback;
    for (; chosen > 0; chosen--, first = first->next)
        schema = first->schema;
    return read_schema(reading, schema, whole);
}

static bool is_required(const struct wish *wish, struct str name)
{
    size_t at = 0;
    for (const struct rule *rule; (rule = wish_next(wish, KEYWORD_PROPERTIES, &at)) != NULL;) {
        const struct schema_property *property =
            schema_object_find(rule->u.object, name, str_hash(name));
        if (property != NULL && property->required_rule != NULL)
            return true;
    }
    return false;
}

/* Of `dependentSchemas` those that a required property brings with it. */
static bool read_dependents(struct reading *reading)
{
    size_t at = 0;
    for (const struct rule *rule;
         (rule = wish_next(reading->wish, KEYWORD_DEPENDENT_SCHEMAS, &at)) != NULL;)
        for (size_t i = 0; i < rule->u.dependent.count; i++)
            if (is_required(reading->wish, rule->u.dependent.entries[i].name) &&
                !read_schema(reading, rule->u.dependent.entries[i].schema, false))
                return false;
    return true;
}

static bool read_all(struct reading *reading, const struct schema_list *list, bool whole)
{
    for (size_t i = 0; i < list->count; i++)
        if (!read_schema(reading, list->items[i], whole && list->count == 1))
            return false;
    return true;
}

static bool read_rule(struct reading *reading, const struct rule *rule, bool whole)
{
    switch (rule->keyword) {
    case KEYWORD_REF:
        return read_schema(reading, rule->u.schema, whole);
    case KEYWORD_DYNAMIC_REF:
        reading->wish->tricky = true;
        return read_dynamic(reading, rule, whole);
    case KEYWORD_ALL_OF:
        return read_all(reading, &rule->u.list, whole);
    case KEYWORD_ANY_OF:
        return read_branch(reading, &rule->u.list, whole);
    case KEYWORD_ONE_OF:
        reading->wish->tricky = true;
        return read_branch(reading, &rule->u.list, whole);
    case KEYWORD_DISCRIMINATOR:
        reading->wish->tricky = true;
        return read_tagged(reading, rule, whole);
    case KEYWORD_IF:
        reading->wish->tricky = true;
        return read_condition(reading, rule);
    case KEYWORD_NOT:
    case KEYWORD_CONTAINS:
    case KEYWORD_UNIQUE_ITEMS:
    case KEYWORD_PROPERTY_NAMES:
    case KEYWORD_DEPENDENT_SCHEMAS:
    case KEYWORD_UNEVALUATED_ITEMS:
    case KEYWORD_UNEVALUATED_PROPERTIES:
        reading->wish->tricky = true;
        return true;
    default:
        return true;
    }
}

static bool is_known(const struct wish *wish, const struct schema *schema)
{
    for (size_t i = 0; i < wish->count; i++)
        if (wish->items[i].schema == schema)
            return true;
    return false;
}

static void add_item(struct making *making, struct wish *wish, struct wish_item item)
{
    if (wish->count == wish->capacity) {
        size_t capacity = wish->capacity > 0 ? wish->capacity * 2 : 8;
        wish->items = arena_grow(making->arena, wish->items, wish->count * sizeof *wish->items,
                                 capacity * sizeof *wish->items);
        wish->capacity = capacity;
    }
    wish->items[wish->count++] = item;
}

static bool read_schema(struct reading *reading, const struct schema *schema, bool whole)
{
    struct wish *wish = reading->wish;
    if (schema->kind == SCHEMA_NEVER || *reading->making->budget == 0)
        return false;
    (*reading->making->budget)--;
    if (is_known(wish, schema))
        return true;
    if (reading->depth == NESTING_MAX || wish->count == ITEMS_MAX) {
        wish->tricky = true;
        return true;
    }
    add_item(reading->making, wish, (struct wish_item){schema, whole});
    reading->depth++;
    bool good = true;
    for (size_t i = 0; good && i < schema->rule_count; i++)
        good = read_rule(reading, &schema->rules[i], whole);
    reading->depth--;
    return good;
}

/* ---- types ---- */

static unsigned hints_of(const struct rule *rule)
{
    switch (rule->keyword) {
    case KEYWORD_MAX_LENGTH:
    case KEYWORD_MIN_LENGTH:
    case KEYWORD_PATTERN:
        return SCHEMA_STRING;
    case KEYWORD_FORMAT:
        return rule->u.format->types;
    case KEYWORD_MULTIPLE_OF:
    case KEYWORD_MAXIMUM:
    case KEYWORD_EXCLUSIVE_MAXIMUM:
    case KEYWORD_MINIMUM:
    case KEYWORD_EXCLUSIVE_MINIMUM:
        return SCHEMA_NUMBER | SCHEMA_INTEGER;
    case KEYWORD_MAX_ITEMS:
    case KEYWORD_MIN_ITEMS:
    case KEYWORD_PREFIX_ITEMS:
    case KEYWORD_ITEMS:
    case KEYWORD_CONTAINS:
    case KEYWORD_UNIQUE_ITEMS:
    case KEYWORD_UNEVALUATED_ITEMS:
        return SCHEMA_ARRAY;
    case KEYWORD_PROPERTIES:
    case KEYWORD_PROPERTY_NAMES:
    case KEYWORD_MAX_PROPERTIES:
    case KEYWORD_MIN_PROPERTIES:
    case KEYWORD_DEPENDENT_REQUIRED:
    case KEYWORD_DEPENDENT_SCHEMAS:
    case KEYWORD_UNEVALUATED_PROPERTIES:
        return SCHEMA_OBJECT;
    default:
        return 0;
    }
}

/* What accepts numbers accepts integers. */
static unsigned widened(unsigned types)
{
    return types & SCHEMA_NUMBER ? types | SCHEMA_INTEGER : types;
}

static void find_types(struct wish *wish)
{
    wish->types = ALL_TYPES;
    for (size_t i = 0; i < wish->count; i++) {
        const struct schema *schema = wish->items[i].schema;
        for (size_t j = 0; j < schema->rule_count; j++) {
            const struct rule *rule = &schema->rules[j];
            wish->hints |= hints_of(rule);
            if (rule->keyword == KEYWORD_TYPE)
                wish->types &= widened(rule->u.types);
        }
    }
}

/* ---- all of it ---- */

bool wish_read(struct making *making, const struct schema_set *roots, unsigned number,
               struct wish *wish)
{
    *wish = (struct wish){.roots = *roots};
    struct reading reading = {
        .making = making, .wish = wish, .number = number, .drawn = number >= SYSTEMATIC};
    for (size_t i = 0; i < roots->count; i++)
        if (!read_schema(&reading, roots->items[i], roots->count == 1))
            return false;
    if (!read_dependents(&reading))
        return false;
    find_types(wish);
    return wish->types != 0;
}

const struct rule *wish_next(const struct wish *wish, enum keyword keyword, size_t *at)
{
    while (*at < wish->count) {
        const struct rule *rule = schema_rule(wish->items[(*at)++].schema, keyword);
        if (rule != NULL)
            return rule;
    }
    return NULL;
}

uint64_t wish_least(const struct wish *wish, enum keyword keyword)
{
    uint64_t least = 0;
    size_t at = 0;
    for (const struct rule *rule; (rule = wish_next(wish, keyword, &at)) != NULL;)
        if (rule->u.count > least)
            least = rule->u.count;
    return least;
}

uint64_t wish_most(const struct wish *wish, enum keyword keyword)
{
    uint64_t most = UINT64_MAX;
    size_t at = 0;
    for (const struct rule *rule; (rule = wish_next(wish, keyword, &at)) != NULL;)
        if (rule->u.count < most)
            most = rule->u.count;
    return most;
}

void schema_set_add(struct making *making, struct schema_set *set, const struct schema *schema)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i] == schema)
            return;
    set->items = arena_grow(making->arena, set->items, set->count * sizeof(struct schema *),
                            (set->count + 1) * sizeof(struct schema *));
    set->items[set->count++] = schema;
}
