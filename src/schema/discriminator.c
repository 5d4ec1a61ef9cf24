#include "schema/discriminator.h"

#include "base/map.h"
#include "base/mem.h"
#include "schema/uri.h"

enum { BRANCH_PARTS = 64 }; /* schemas looked at for one branch; beyond them nothing is known */

struct keys {
    struct arena *arena;
    struct schema_branch_key *items;
    size_t count;
    size_t capacity;
    size_t fixed;        /* the first so many come from the mapping, which has the last word */
    struct map by_value; /* value: index + 1 */
};

static void keys_add(struct keys *keys, struct str value, size_t branch)
{
    uintptr_t known = (uintptr_t)map_get(&keys->by_value, value);
    if (known != 0) {
        struct schema_branch_key *key = &keys->items[known - 1];
        if (known > keys->fixed && key->branch != branch)
            key->branch = SCHEMA_BRANCH_SHARED;
        return;
    }
    if (keys->count == keys->capacity) {
        size_t capacity = keys->capacity > 0 ? keys->capacity * 2 : 8;
        keys->items = arena_grow(keys->arena, keys->items, keys->count * sizeof *keys->items,
                                 capacity * sizeof *keys->items);
        keys->capacity = capacity;
    }
    keys->items[keys->count++] = (struct schema_branch_key){value, branch};
    map_put(&keys->by_value, value, (void *)(uintptr_t)keys->count);
}

/* ---- what a branch says of the property ---- */

struct tags {
    const struct rule *rule;
    struct keys *keys; /* NULL: only look */
    size_t branch;
    bool declared; /* the property is named in properties or required */
    bool found;    /* with values */
};

static void note_tag(struct tags *tags, const struct json_node *value)
{
    if (value->type != JSON_STRING)
        return;
    tags->found = true;
    if (tags->keys != NULL)
        keys_add(tags->keys, json_text(value), tags->branch);
}

static void note_property(struct tags *tags, const struct schema_property *property)
{
    tags->declared = true;
    if (property->schema == NULL)
        return;
    const struct schema *schema = schema_resolve(property->schema);
    const struct rule *constant = schema_rule(schema, KEYWORD_CONST);
    const struct rule *choice = schema_rule(schema, KEYWORD_ENUM);
    if (constant != NULL)
        note_tag(tags, constant->u.value);
    else if (choice != NULL)
        for (const struct json_node *item = json_first(choice->u.value); item != NULL;
             item = json_next(item))
            note_tag(tags, item);
}

static bool leads_on(const struct rule *rule)
{
    return rule->keyword == KEYWORD_REF || rule->keyword == KEYWORD_ALL_OF ||
           rule->keyword == KEYWORD_ANY_OF || rule->keyword == KEYWORD_ONE_OF ||
           rule->keyword == KEYWORD_DISCRIMINATOR;
}

/* Looks at the branch and the parts that it is made of, each once. */
static void look_at_branch(struct tags *tags, const struct schema *branch)
{
    const struct schema *parts[BRANCH_PARTS] = {branch};
    size_t count = 1;
    for (size_t i = 0; i < count; i++) {
        const struct rule *object = schema_rule(parts[i], KEYWORD_PROPERTIES);
        const struct schema_property *property =
            object == NULL ? NULL
                           : schema_object_find(object->u.object, tags->rule->u.discriminator.name,
                                                tags->rule->u.discriminator.hash);
        if (property != NULL)
            note_property(tags, property);
        for (size_t r = 0; r < parts[i]->rule_count; r++) {
            const struct rule *rule = &parts[i]->rules[r];
            size_t children = leads_on(rule) ? rule_child_count(rule) : 0;
            for (size_t n = 0; n < children && count < BRANCH_PARTS; n++) {
                size_t known = 0;
                while (known < count && parts[known] != rule_child(rule, n))
                    known++;
                if (known == count)
                    parts[count++] = rule_child(rule, n);
            }
        }
    }
}

static bool accepts_no_object(const struct schema *branch)
{
    const struct rule *type = schema_rule(schema_resolve(branch), KEYWORD_TYPE);
    return type != NULL && (type->u.types & SCHEMA_OBJECT) == 0;
}

/* ---- names and mapping ---- */

/* "Cat" of "#/components/schemas/Cat" or "Cat" of "pets/Cat.json"; empty for an inline schema. */
static struct str branch_name(const struct schema *branch)
{
    struct str reference = json_member_text(branch->node, "$ref", str_make("", 0));
    struct uri_reference parts = uri_split(reference);
    struct str name = parts.fragment.len > 0 ? parts.fragment : parts.uri;
    size_t start = name.len;
    while (start > 0 && name.data[start - 1] != '/')
        start--;
    name = str_after(name, start);
    if (parts.fragment.len == 0)
        name.len = str_find_char(name, '.');
    return name;
}

static size_t branch_by_name(const struct rule *rule, struct str name)
{
    size_t i = 0;
    while (i < rule->u.discriminator.list.count &&
           !str_equal(branch_name(rule->u.discriminator.list.items[i]), name))
        i++;
    return i;
}

/* The branch that is, or refers to, the schema at `node`. */
static size_t branch_by_node(const struct rule *rule, const struct json_node *node)
{
    size_t i = 0;
    while (i < rule->u.discriminator.list.count &&
           rule->u.discriminator.list.items[i]->node != node &&
           schema_resolve(rule->u.discriminator.list.items[i])->node != node)
        i++;
    return i;
}

/* A mapping's value is a schema's name, or a reference (OpenAPI 3.1, 4.8.25.1). */
static bool is_plain_name(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (strchr("#/.:", value.data[i]) != NULL)
            return false;
    return true;
}

/* The node that a mapping's value leads to; NULL with an error where it leads nowhere. */
static const struct json_node *follow_mapping(struct compiler *compiler,
                                              struct schema_resource *resource,
                                              const struct json_node *entry)
{
    struct schema_target target;
    if (!is_plain_name(json_text(entry)))
        return reference_follow(compiler->registry, resource, entry, &target, compiler->diags)
                   ? target.node
                   : NULL;
    const struct json_node *components = json_member(resource->document->root, "components");
    const struct json_node *named =
        json_member_str(json_member(components, "schemas"), json_text(entry));
    if (named == NULL)
        diag_error(compiler->diags, json_place(entry),
                   "name a schema of components, or write a reference",
                   "there is no schema named %s", entry->c.valuestring);
    return named;
}

static void read_mapping_entry(struct compiler *compiler, struct schema_resource *resource,
                               const struct rule *rule, const struct json_node *entry,
                               struct keys *keys, bool *mapped)
{
    size_t count = rule->u.discriminator.list.count;
    if (entry->type != JSON_STRING) {
        diag_error(compiler->diags, json_place(entry), NULL,
                   "a mapping's value must be a schema name or a reference");
        return;
    }
    size_t branch = branch_by_name(rule, json_text(entry));
    if (branch == count) {
        const struct json_node *node = follow_mapping(compiler, resource, entry);
        if (node == NULL)
            return;
        branch = branch_by_node(rule, node);
    }
    if (branch == count) {
        diag_warning(compiler->diags, json_place(entry), "list it there too",
                     "this mapping leads to a schema that is not among the alternatives; it is "
                     "ignored");
        return;
    }
    mapped[branch] = true;
    keys_add(keys, json_name(entry), branch);
}

static void read_mapping(struct compiler *compiler, const struct schema *schema,
                         const struct rule *rule, struct keys *keys, bool *mapped)
{
    const struct json_node *mapping = json_member(rule->node, "mapping");
    if (mapping == NULL)
        return;
    if (mapping->type != JSON_OBJECT) {
        diag_error(compiler->diags, json_place(mapping), NULL,
                   "a discriminator's \"mapping\" must be an object of schema names or references");
        return;
    }
    struct schema_resource *resource = registry_site(compiler->registry, schema->node)->resource;
    for (const struct json_node *entry = json_first(mapping); entry != NULL;
         entry = json_next(entry))
        read_mapping_entry(compiler, resource, rule, entry, keys, mapped);
}

/* ---- the rule ---- */

static bool is_declared(const struct rule *rule)
{
    for (size_t i = 0; i < rule->u.discriminator.list.count; i++) {
        struct tags tags = {.rule = rule};
        look_at_branch(&tags, rule->u.discriminator.list.items[i]);
        if (tags.declared)
            return true;
    }
    return false;
}

/*
 * Adds what the branch itself says: values of the property; without any, its name,
 * which counts beside a mapping too (OpenAPI 3.1.1, 4.8.25: "an implicit or explicit
 * mapping").
 */
static void add_branch(struct keys *keys, struct rule *rule, size_t branch, bool mapped)
{
    const struct schema *schema = rule->u.discriminator.list.items[branch];
    struct tags tags = {.rule = rule, .keys = keys, .branch = branch};
    look_at_branch(&tags, schema);
    struct str name = branch_name(schema);
    if (tags.found || accepts_no_object(schema))
        return;
    if (name.len > 0)
        keys_add(keys, name, branch);
    else if (!mapped)
        rule->u.discriminator.open = true;
}

/* The rule becomes the oneOf or anyOf that it stood for, in that one's place in the order. */
static void make_plain(struct rule *rules, size_t index)
{
    struct rule plain = {.keyword = rules[index].u.discriminator.exclusive ? KEYWORD_ONE_OF
                                                                           : KEYWORD_ANY_OF,
                         .node = rules[index].u.discriminator.list_node};
    plain.u.list = rules[index].u.discriminator.list;
    while (index > 0 && rules[index - 1].keyword > plain.keyword) {
        rules[index] = rules[index - 1];
        index--;
    }
    rules[index] = plain;
}

void discriminator_finish(struct compiler *compiler, struct schema *schema)
{
    const struct rule *found = schema_rule(schema, KEYWORD_DISCRIMINATOR);
    if (found == NULL)
        return;
    size_t index = (size_t)(found - schema->rules);
    struct rule *rules = (struct rule *)(uintptr_t)schema->rules; /* not yet published */
    struct rule *rule = &rules[index];
    if (json_member(rule->node, "mapping") == NULL && !is_declared(rule)) {
        diag_warning(compiler->diags, json_place(rule->node),
                     "declare the property in each alternative",
                     "no alternative has the property \"%.*s\": the discriminator is ignored",
                     (int)rule->u.discriminator.name.len, rule->u.discriminator.name.data);
        make_plain(rules, index);
        return;
    }
    size_t count = rule->u.discriminator.list.count;
    struct keys keys = {.arena = compiler->arena};
    map_init(&keys.by_value, compiler->arena);
    bool *mapped = arena_alloc_zero(compiler->arena, count * sizeof *mapped);
    read_mapping(compiler, schema, rule, &keys, mapped);
    keys.fixed = keys.count;
    for (size_t i = 0; i < count; i++)
        add_branch(&keys, rule, i, mapped[i]);
    rule->u.discriminator.keys = keys.items;
    rule->u.discriminator.key_count = keys.count;
}
