#include "schema/registry.h"

#include "schema/metaschemas.h"
#include "schema/pattern.h"
#include "schema/uri.h"
#include "json/reader.h"

#include "base/mem.h"

#include <stdlib.h>

enum {
    ARENA_BLOCK = 16 * 1024,
    MAX_SCHEMAS = 1000000,
};

struct schema_registry *schema_registry_new(const struct schema_options *options)
{
    struct schema_registry *registry = mem_alloc_zero(sizeof *registry);
    registry->options = *options;
    if (registry->options.max_schemas == 0)
        registry->options.max_schemas = MAX_SCHEMAS;
    pthread_mutex_init(&registry->lock, NULL);
    arena_init(&registry->arena, ARENA_BLOCK, NULL);
    map_init(&registry->documents_by_uri, &registry->arena);
    map_init(&registry->resources_by_uri, &registry->arena);
    json_index_init(&registry->index, &registry->arena);
    map_init(&registry->patterns, &registry->arena);
    registry->last_document = &registry->documents;
    return registry;
}

void schema_registry_free(struct schema_registry *registry)
{
    if (registry == NULL)
        return;
    for (size_t i = 0; i < registry->patterns.count; i++)
        pattern_free(registry->patterns.entries[i].value);
    while (registry->programs != NULL) {
        struct compile_arena *program = registry->programs;
        registry->programs = program->next;
        arena_clear(&program->arena);
        free(program);
    }
    free(registry->sites.slots);
    arena_clear(&registry->arena);
    pthread_mutex_destroy(&registry->lock);
    free(registry);
}

/* ---- sites ---- */

static size_t node_hash(const struct json_node *node)
{
    uint64_t bits = (uint64_t)(uintptr_t)node;
    return (size_t)((bits >> 4) * 0x9e3779b97f4a7c15u >> 20);
}

static struct schema_site *find_slot(const struct schema_sites *sites, const struct json_node *node)
{
    size_t mask = sites->slot_count - 1;
    for (size_t i = node_hash(node) & mask;; i = (i + 1) & mask)
        if (sites->slots[i].node == NULL || sites->slots[i].node == node)
            return &sites->slots[i];
}

static void grow_sites(struct schema_sites *sites)
{
    struct schema_sites grown = {.slot_count = sites->slot_count > 0 ? sites->slot_count * 2 : 256,
                                 .count = sites->count};
    grown.slots = mem_alloc_zero(grown.slot_count * sizeof *grown.slots);
    for (size_t i = 0; i < sites->slot_count; i++)
        if (sites->slots[i].node != NULL)
            *find_slot(&grown, sites->slots[i].node) = sites->slots[i];
    free(sites->slots);
    *sites = grown;
}

struct schema_site *registry_site(const struct schema_registry *registry,
                                  const struct json_node *node)
{
    if (registry->sites.count == 0)
        return NULL;
    struct schema_site *site = find_slot(&registry->sites, node);
    return site->node != NULL ? site : NULL;
}

static void add_site(struct schema_registry *registry, const struct json_node *node,
                     struct schema_resource *resource)
{
    struct schema_sites *sites = &registry->sites;
    if (sites->count * 2 >= sites->slot_count)
        grow_sites(sites);
    struct schema_site *site = find_slot(sites, node);
    if (site->node == NULL)
        sites->count++;
    *site = (struct schema_site){.node = node, .resource = resource};
}

/* ---- resources ---- */

/*
 * The document that describes a dialect. Looked for by the document's URI and
 * by its root's `$id`, without indexing anything: this runs within indexing.
 */
static const struct json_node *find_metaschema(struct schema_registry *registry, struct str uri)
{
    struct schema_document *document = registry_document(registry, uri);
    if (document != NULL)
        return document->root;
    for (document = registry->documents; document != NULL; document = document->next)
        if (str_equal(json_member_text(document->root, "$id", str_make("", 0)), uri))
            return document->root;
    return NULL;
}

static void set_dialect(struct schema_registry *registry, struct schema_resource *resource,
                        const struct json_node *named)
{
    if (!json_is(named, JSON_STRING))
        return;
    bool assert_formats = registry->options.assert_formats;
    struct str uri = json_text(named);
    if (uri.len > 0 && uri.data[uri.len - 1] == '#')
        uri.len--;
    if (dialect_from_uri(uri, assert_formats, &resource->dialect))
        return;
    const struct json_node *metaschema = find_metaschema(registry, uri);
    if (metaschema == NULL) {
        resource->unknown_dialect = named;
        return;
    }
    const struct json_node *unknown = NULL;
    if (!dialect_from_metaschema(metaschema, assert_formats, &resource->dialect, &unknown))
        resource->unknown_dialect = unknown;
}

static struct schema_resource *add_resource(struct schema_registry *registry, struct str uri,
                                            const struct json_node *root,
                                            struct schema_document *document,
                                            struct dialect dialect)
{
    struct schema_resource *resource = arena_alloc_zero(&registry->arena, sizeof *resource);
    resource->uri = uri;
    resource->root = root;
    resource->document = document;
    resource->dialect = dialect;
    map_init(&resource->anchors, &registry->arena);
    map_init(&resource->pointers, &registry->arena);
    resource->next = registry->resources;
    registry->resources = resource;
    resource->namesake = map_get(&registry->resources_by_uri, uri);
    if (resource->namesake == NULL)
        map_put(&registry->resources_by_uri, uri, resource);
    return resource;
}

/* Another resource of the same URI and root, for schemas of another dialect. */
static struct schema_resource *copy_resource(struct schema_registry *registry,
                                             const struct schema_resource *original)
{
    struct schema_resource *copy = arena_alloc_zero(&registry->arena, sizeof *copy);
    *copy = *original;
    map_init(&copy->anchors, &registry->arena);
    map_init(&copy->pointers, &registry->arena);
    copy->dynamic_anchors = NULL;
    copy->next = registry->resources;
    registry->resources = copy;
    return copy;
}

static void add_anchor(struct schema_registry *registry, struct schema_resource *resource,
                       const struct json_node *node, const char *keyword, bool dynamic)
{
    const struct json_node *name = json_member(node, keyword);
    if (!json_is(name, JSON_STRING))
        return;
    struct schema_anchor *anchor = arena_alloc_zero(&registry->arena, sizeof *anchor);
    *anchor = (struct schema_anchor){
        .name = json_text(name), .node = node, .keyword = name, .dynamic = dynamic};
    struct schema_anchor *former = map_get(&resource->anchors, anchor->name);
    /* The same name for both keywords of one schema is one anchor; other repetitions
     * are reported when the later schema is compiled. */
    if (former == NULL || (former->node == node && dynamic))
        map_put(&resource->anchors, anchor->name, anchor);
    if (dynamic) {
        anchor->next = resource->dynamic_anchors;
        resource->dynamic_anchors = anchor;
    }
}

/* ---- walking ---- */

struct pending {
    const struct json_node *node;
    struct schema_resource *resource;
};

struct walk {
    struct schema_registry *registry;
    struct pending *items;
    size_t count;
    size_t capacity;
};

static void walk_push(struct walk *walk, const struct json_node *node,
                      struct schema_resource *resource)
{
    if (node->type != JSON_OBJECT && node->type != JSON_TRUE && node->type != JSON_FALSE)
        return;
    if (walk->count == walk->capacity) {
        walk->capacity = walk->capacity > 0 ? walk->capacity * 2 : 64;
        walk->items = mem_realloc(walk->items, walk->capacity * sizeof *walk->items);
    }
    walk->items[walk->count++] = (struct pending){node, resource};
}

static void walk_push_children(struct walk *walk, const struct json_node *container,
                               struct schema_resource *resource)
{
    for (const struct json_node *child = json_first(container); child != NULL;
         child = json_next(child))
        walk_push(walk, child, resource);
}

static void walk_keyword(struct walk *walk, enum word word, const struct json_node *value,
                         struct schema_resource *resource)
{
    switch (word_table[word].holds) {
    case HOLDS_VALUE:
        break;
    case HOLDS_SCHEMA:
        walk_push(walk, value, resource);
        break;
    case HOLDS_SCHEMA_LIST:
        if (value->type == JSON_ARRAY)
            walk_push_children(walk, value, resource);
        break;
    case HOLDS_SCHEMA_MAP:
        if (value->type == JSON_OBJECT)
            walk_push_children(walk, value, resource);
        break;
    }
}

/* The resource to which the schema `node`, found within `outer`, belongs. */
static struct schema_resource *enter_resource(struct schema_registry *registry,
                                              const struct json_node *node,
                                              struct schema_resource *outer)
{
    if (dialect_is_3_0(&outer->dialect))
        return outer;
    struct schema_resource *resource = outer;
    const struct json_node *id = json_member(node, "$id");
    struct str uri = json_is(id, JSON_STRING) ? uri_split(json_text(id)).uri : str_make("", 0);
    if (uri.len > 0) {
        uri = uri_resolve(&registry->arena, outer->uri, uri);
        if (node != outer->root)
            resource = add_resource(registry, uri, node, outer->document, outer->dialect);
        else if (!str_equal(uri, outer->uri)) {
            /* A root's $id is one more name; the document stays known by its own. */
            outer->uri = uri;
            outer->namesake = map_get(&registry->resources_by_uri, uri);
            if (outer->namesake == NULL)
                map_put(&registry->resources_by_uri, uri, outer);
        }
    }
    const struct json_node *dialect = json_member(node, "$schema");
    if (dialect == NULL)
        return resource;
    /* OpenAPI 3.1, 4.8.24: also a schema that is no resource of its own may choose. */
    if (node != resource->root && resource->root == resource->document->root &&
        !resource->document->is_schema)
        resource = copy_resource(registry, resource);
    else if (node != resource->root)
        return resource;
    set_dialect(registry, resource, dialect);
    return resource;
}

static void walk_schema(struct walk *walk, const struct json_node *node,
                        struct schema_resource *outer)
{
    struct schema_registry *registry = walk->registry;
    if (registry_site(registry, node) != NULL)
        return;
    if (node->type != JSON_OBJECT) {
        add_site(registry, node, outer);
        return;
    }
    struct schema_resource *resource = enter_resource(registry, node, outer);
    add_site(registry, node, resource);
    bool old = dialect_is_3_0(&resource->dialect);
    if (old && json_member(node, "$ref") != NULL)
        return;
    if (!old) {
        add_anchor(registry, resource, node, "$anchor", false);
        add_anchor(registry, resource, node, "$dynamicAnchor", true);
    }
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member)) {
        enum word word = word_find(json_name(member));
        if (word != WORD_COUNT && dialect_knows(&resource->dialect, word))
            walk_keyword(walk, word, member, resource);
    }
}

struct schema_site *registry_index(struct schema_registry *registry, const struct json_node *node,
                                   struct schema_resource *resource)
{
    struct walk walk = {.registry = registry};
    walk_push(&walk, node, resource);
    if (walk.count == 0)
        add_site(registry, node, resource); /* no schema at all: reported when it is compiled */
    while (walk.count > 0) {
        struct pending next = walk.items[--walk.count];
        walk_schema(&walk, next.node, next.resource);
    }
    free(walk.items);
    return registry_site(registry, node);
}

/* ---- documents ---- */

/* A JSON Schema document that names its dialect is none of OpenAPI 3.0's. */
static struct dialect default_dialect(const struct schema_registry *registry,
                                      const struct json_node *root, bool is_schema)
{
    bool named = is_schema && json_is(json_member(root, "$schema"), JSON_STRING);
    return dialect_from_option(named ? SCHEMA_2020_12 : registry->options.dialect,
                               registry->options.assert_formats);
}

struct schema_document *registry_add_document(struct schema_registry *registry, struct str uri,
                                              const struct json_node *root, bool is_schema)
{
    if (map_get(&registry->documents_by_uri, uri) != NULL)
        return NULL;
    struct schema_document *document = arena_alloc_zero(&registry->arena, sizeof *document);
    document->uri = arena_copy_str(&registry->arena, uri);
    document->root = root;
    document->is_schema = is_schema;
    *registry->last_document = document;
    registry->last_document = &document->next;
    map_put(&registry->documents_by_uri, document->uri, document);
    struct dialect dialect = default_dialect(registry, root, is_schema);
    document->resource = add_resource(registry, document->uri, root, document, dialect);
    /* OpenAPI 3.1, 4.8.1: the default of $schema. */
    if (!is_schema && !dialect_is_3_0(&dialect))
        set_dialect(registry, document->resource, json_member(root, "jsonSchemaDialect"));
    return document;
}

bool schema_registry_add(struct schema_registry *registry, struct str uri,
                         const struct json_node *root, bool is_schema)
{
    pthread_mutex_lock(&registry->lock);
    bool added = registry_add_document(registry, uri, root, is_schema) != NULL;
    pthread_mutex_unlock(&registry->lock);
    return added;
}

static struct schema_document *add_metaschema(struct schema_registry *registry,
                                              const struct metaschema *metaschema)
{
    struct json_document read;
    struct json_error error;
    if (!json_read(&registry->arena, &metaschema->source, &(struct json_read_options){0}, &read,
                   &error))
        return NULL;
    return registry_add_document(registry, str_from(metaschema->uri), read.root, true);
}

struct schema_document *registry_document(struct schema_registry *registry, struct str uri)
{
    struct schema_document *document = map_get(&registry->documents_by_uri, uri);
    if (document != NULL)
        return document;
    const struct metaschema *metaschema = metaschema_find(uri);
    return metaschema != NULL ? add_metaschema(registry, metaschema) : NULL;
}

static void index_components(struct schema_registry *registry, struct schema_document *document)
{
    const struct json_node *schemas =
        json_member(json_member(document->root, "components"), "schemas");
    if (!json_is(schemas, JSON_OBJECT))
        return;
    for (const struct json_node *schema = json_first(schemas); schema != NULL;
         schema = json_next(schema))
        if (registry_site(registry, schema) == NULL)
            registry_index(registry, schema, document->resource);
}

void registry_index_all(struct schema_registry *registry)
{
    for (struct schema_document *document = registry->documents; document != NULL;
         document = document->next) {
        if (document->indexed)
            continue;
        document->indexed = true;
        if (!document->is_schema)
            index_components(registry, document);
        else if (registry_site(registry, document->root) == NULL)
            registry_index(registry, document->root, document->resource);
    }
}
