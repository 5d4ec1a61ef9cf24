#include "schema/compile.h"

#include "base/mem.h"
#include "schema/compiler.h"

#include <stdlib.h>

enum { PROGRAM_BLOCK = 8 * 1024 };

/* ---- wanting ---- */

static void push(struct compiler *compiler, struct schema *schema)
{
    if (compiler->count == compiler->capacity) {
        compiler->capacity = compiler->capacity > 0 ? compiler->capacity * 2 : 64;
        compiler->schemas =
            mem_realloc(compiler->schemas, compiler->capacity * sizeof(struct schema *));
    }
    compiler->schemas[compiler->count++] = schema;
}

static enum schema_kind kind_of(const struct json_node *node)
{
    switch (node->type) {
    case JSON_OBJECT:
        return SCHEMA_RULES;
    case JSON_TRUE:
        return SCHEMA_ALWAYS;
    default:
        return SCHEMA_NEVER;
    }
}

/* Documents write `properties: {$ref: ...}`, where $ref is but a property's name. */
static const char *mend_no_schema(const struct json_node *node)
{
    if (node->type == JSON_STRING && str_is(json_name(node), "$ref"))
        return "$ref cannot stand for a map of properties: here it is the name of one; refer to a "
               "whole schema, or to one for each property";
    return "write an object with keywords, or true or false";
}

static void check_is_schema(struct compiler *compiler, const struct json_node *node)
{
    if (node->type == JSON_OBJECT || node->type == JSON_TRUE || node->type == JSON_FALSE)
        return;
    diag_error(compiler->diags, json_place(node), mend_no_schema(node),
               "a schema must be an object or a boolean, not %s", json_type_name(node->type));
}

struct schema *compiler_want(struct compiler *compiler, const struct json_node *node,
                             struct schema_resource *resource)
{
    struct schema_registry *registry = compiler->registry;
    struct schema_site *site = registry_site(registry, node);
    if (site == NULL)
        site = registry_index(registry, node, resource);
    if (site->schema != NULL)
        return site->schema;
    check_is_schema(compiler, node);
    struct schema *schema = arena_alloc_zero(compiler->arena, sizeof *schema);
    schema->kind = kind_of(node);
    schema->node = node;
    schema->resource = site->resource;
    schema->id = registry->schema_count++;
    site->resource->touched = true;
    site->schema = schema;
    push(compiler, schema);
    return schema;
}

/* ---- dynamic anchors ---- */

struct schema_dynamic_anchor *compiler_dynamic_anchor(struct compiler *compiler, struct str name)
{
    struct schema_registry *registry = compiler->registry;
    struct schema_dynamic_anchor *anchor = registry->dynamic_anchors;
    while (anchor != NULL && !str_equal(anchor->name, name))
        anchor = anchor->next;
    if (anchor != NULL)
        return anchor;
    anchor = arena_alloc_zero(&registry->arena, sizeof *anchor);
    anchor->name = name;
    anchor->next = registry->dynamic_anchors;
    registry->dynamic_anchors = anchor;
    registry_index_all(registry); /* so that no anchor is found only later */
    return anchor;
}

/* The place in `resource` that `name` would mean there, or NULL. */
static const struct schema_anchor *find_dynamic(const struct schema_resource *resource,
                                                struct str name)
{
    const struct schema_anchor *anchor = resource->dynamic_anchors;
    while (anchor != NULL && !str_equal(anchor->name, name))
        anchor = anchor->next;
    return anchor;
}

/* Wants whatever a dynamic scope could lead to: any resource that was touched may be in it. */
static void want_dynamic_targets(struct compiler *compiler)
{
    struct schema_registry *registry = compiler->registry;
    for (const struct schema_dynamic_anchor *name = registry->dynamic_anchors; name != NULL;
         name = name->next) {
        for (struct schema_resource *resource = registry->resources; resource != NULL;
             resource = resource->next) {
            const struct schema_anchor *anchor =
                resource->touched ? find_dynamic(resource, name->name) : NULL;
            if (anchor != NULL)
                compiler_want(compiler, anchor->node, resource);
        }
    }
}

static bool has_target(const struct schema_dynamic_anchor *name,
                       const struct schema_resource *resource)
{
    const struct schema_dynamic_target *target =
        atomic_load_explicit(&name->targets, memory_order_relaxed);
    while (target != NULL && target->resource != resource)
        target = target->next;
    return target != NULL;
}

static void publish_target(struct compiler *compiler, struct schema_dynamic_anchor *name,
                           struct schema_resource *resource)
{
    const struct schema_anchor *anchor = find_dynamic(resource, name->name);
    const struct schema_site *site =
        anchor != NULL ? registry_site(compiler->registry, anchor->node) : NULL;
    if (site == NULL || site->schema == NULL || has_target(name, resource))
        return;
    struct schema_dynamic_target *target = arena_alloc(&compiler->registry->arena, sizeof *target);
    *target = (struct schema_dynamic_target){
        .next = atomic_load_explicit(&name->targets, memory_order_relaxed),
        .resource = resource,
        .schema = site->schema};
    atomic_store_explicit(&name->targets, target, memory_order_release);
}

static void publish_dynamic_targets(struct compiler *compiler)
{
    struct schema_registry *registry = compiler->registry;
    for (struct schema_dynamic_anchor *name = registry->dynamic_anchors; name != NULL;
         name = name->next)
        for (struct schema_resource *resource = registry->resources; resource != NULL;
             resource = resource->next)
            publish_target(compiler, name, resource);
}

/* ---- the queue ---- */

static bool too_many(struct compiler *compiler)
{
    if (compiler->registry->schema_count <= compiler->registry->options.max_schemas)
        return false;
    diag_error(compiler->diags, json_place(compiler->schemas[0]->node), NULL,
               "there are more than %u schemas", compiler->registry->options.max_schemas);
    return true;
}

static void run_queue(struct compiler *compiler)
{
    while (compiler->next < compiler->count) {
        while (compiler->next < compiler->count) {
            if (too_many(compiler))
                return;
            rules_build(compiler, compiler->schemas[compiler->next++]);
        }
        want_dynamic_targets(compiler);
    }
}

/* Forgets every schema of a failed call, so that the next call finds the same errors. */
static void take_back(struct compiler *compiler)
{
    for (size_t i = 0; i < compiler->count; i++)
        registry_site(compiler->registry, compiler->schemas[i]->node)->schema = NULL;
    compiler->registry->schema_count -= (uint32_t)compiler->count;
}

static const struct schema *compile_new(struct schema_registry *registry,
                                        const struct json_node *node,
                                        struct schema_resource *resource, struct diags *diags)
{
    struct compile_arena *program = mem_alloc_zero(sizeof *program);
    arena_init(&program->arena, PROGRAM_BLOCK, NULL);
    struct compiler compiler = {.registry = registry, .arena = &program->arena, .diags = diags};
    size_t errors = diags->errors;

    const struct schema *root = compiler_want(&compiler, node, resource);
    run_queue(&compiler);
    if (diags->errors == errors)
        compiler_finish(&compiler);

    bool good = diags->errors == errors;
    if (good) {
        publish_dynamic_targets(&compiler);
        program->next = registry->programs;
        registry->programs = program;
    } else {
        take_back(&compiler);
        arena_clear(&program->arena);
        free(program);
    }
    free(compiler.schemas);
    return good ? root : NULL;
}

static const struct schema *compile_locked(struct schema_registry *registry, struct str uri,
                                           const struct json_node *node, struct diags *diags)
{
    struct schema_document *document = registry_document(registry, uri);
    if (document == NULL) {
        diag_error(diags, json_place(node), NULL, "no document is known as %.*s", (int)uri.len,
                   uri.data);
        return NULL;
    }
    if (document->is_schema && registry_site(registry, document->root) == NULL)
        registry_index(registry, document->root, document->resource);
    const struct schema_site *site = registry_site(registry, node);
    if (site != NULL && site->schema != NULL)
        return site->schema;
    return compile_new(registry, node, document->resource, diags);
}

const struct schema *schema_compile(struct schema_registry *registry, struct str uri,
                                    const struct json_node *node, struct diags *diags)
{
    pthread_mutex_lock(&registry->lock);
    const struct schema *schema = compile_locked(registry, uri, node, diags);
    pthread_mutex_unlock(&registry->lock);
    return schema;
}
