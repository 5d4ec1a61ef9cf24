/*
 * Loading: the document is read and resolved (document.c), then its parts are
 * taken over one by one (load.h), then the contract is published. This file
 * has the frame: what is wrong with the document as a whole, and lifetimes.
 */
#include "openapi/contract.h"

#include "openapi/load.h"
#include "openapi/problems.h"
#include "openapi/route.h"
#include "openapi/unknown.h"

#include "base/mem.h"
#include "schema/compile.h"

#include <stdlib.h>

enum { ARENA_BLOCK = 256 * 1024 };

/* --- shared by the parts (load.h) ------------------------------------------------------- */

bool load_is_extension(const struct json_node *member)
{
    return str_starts_with(json_name(member), "x-");
}

const struct json_node *load_object(struct load *load, const struct json_node *node,
                                    const char *what)
{
    node = document_resolve(&load->contract->documents, &load->document, node, load->diags);
    if (node == NULL || node->type == JSON_OBJECT)
        return node;
    diag_error(load->diags, json_place(node), NULL, "%s must be an object, not %s %s", what,
               node->type == JSON_ARRAY ? "an" : "a", json_type_name((enum json_type)node->type));
    return NULL;
}

const struct json_node *load_member_object(const struct load *load, const struct json_node *object,
                                           const char *name)
{
    const struct json_node *member = json_member(object, name);
    if (member == NULL || member->type == JSON_OBJECT)
        return member;
    diag_error(load->diags, json_place(member), NULL, "`%s` must be an object, not %s %s", name,
               member->type == JSON_ARRAY ? "an" : "a",
               json_type_name((enum json_type)member->type));
    return NULL;
}

/* --- the document as a whole -------------------------------------------------------------- */

/* YAML takes an unquoted 1.10 for a number; its text is what counts. */
static struct str text_of(const struct json_node *node)
{
    bool text = json_is(node, JSON_STRING) || json_is(node, JSON_NUMBER);
    return text ? json_text(node) : str_from("");
}

static void load_info(struct load load)
{
    struct contract *contract = load.contract;
    const struct json_node *info = load_member_object(&load, contract->root, "info");
    contract->title = text_of(json_member(info, "title"));
    contract->version = text_of(json_member(info, "version"));
    contract->behavior = json_member(contract->root, "x-understudy");
    if (json_member(contract->root, "info") == NULL)
        diag_warning(load.diags, json_place(contract->root),
                     "add `info: {title: ..., version: ...}`", "the document has no `info`");
}

static bool load_all_paths(struct load load)
{
    struct contract *contract = load.contract;
    const struct json_node *paths = json_member(contract->root, "paths");
    contract->routes = route_table_new(&contract->arena);
    if (paths == NULL && contract->is_3_0) {
        diag_error(load.diags, json_place(contract->root), "add `paths`",
                   "the document has no `paths`");
        return false;
    }
    if (paths != NULL && paths->type != JSON_OBJECT) {
        diag_error(load.diags, json_place(paths), "write it as {/path: {get: ...}}",
                   "`paths` must be an object, not %s %s", paths->type == JSON_ARRAY ? "an" : "a",
                   json_type_name((enum json_type)paths->type));
        return false;
    }
    if (paths != NULL)
        load_paths(load, paths);
    if (contract->operation_count == 0)
        diag_warning(load.diags, json_place(paths != NULL ? paths : contract->root), NULL,
                     "the document declares no operation: every request will find nothing");
    return true;
}

/* --- schemas -------------------------------------------------------------------------------- */

/* OpenAPI 3.1.1, 4.6: what schemas without $schema are written in. */
static enum schema_dialect schema_dialect(struct load load)
{
    const struct json_node *node = json_member(load.contract->root, "jsonSchemaDialect");
    struct str uri = text_of(node);
    if (load.contract->is_3_0)
        return SCHEMA_OPENAPI_3_0;
    if (node == NULL || str_starts_with(uri, "https://spec.openapis.org/oas/3.1/dialect/"))
        return SCHEMA_OPENAPI_3_1;
    if (str_starts_with(uri, "https://json-schema.org/draft/2020-12/schema"))
        return SCHEMA_2020_12;
    diag_warning(load.diags, json_place(node), "use https://spec.openapis.org/oas/3.1/dialect/base",
                 "this JSON Schema dialect is not known; schemas are read as OpenAPI 3.1's");
    return SCHEMA_OPENAPI_3_1;
}

/* A schema refers to another file (struct schema_resolver). */
static const struct json_node *open_document(void *context, struct str base, struct str reference,
                                             struct str resolved, struct place place,
                                             struct str *uri, struct diags *diags)
{
    (void)resolved;
    struct contract *contract = context;
    const struct document *from = document_find(&contract->documents, base);
    const struct document *document =
        document_open(&contract->documents, from, reference, place, diags);
    if (document == NULL)
        return NULL;
    *uri = document->uri;
    return document->root;
}

static void register_documents(struct load load, bool assert_formats)
{
    struct contract *contract = load.contract;
    struct schema_options options = {.dialect = schema_dialect(load),
                                     .assert_formats = assert_formats,
                                     .resolver = {contract, open_document}};
    contract->schemas = schema_registry_new(&options);
    for (size_t i = 0; i < contract->documents.count; i++)
        schema_registry_add(contract->schemas, contract->documents.documents[i]->uri,
                            contract->documents.documents[i]->root, false);
}

/* --- lifetimes ------------------------------------------------------------------------------- */

/* Options outlive the call that gave them: other files are read when they are first needed. */
static void keep_options(struct contract *contract, const struct document_options *options)
{
    struct arena *arena = &contract->arena;
    contract->document_options = *options;
    struct url_map *maps = arena_alloc(arena, (options->map_count + 1) * sizeof *maps);
    for (size_t i = 0; i < options->map_count; i++)
        maps[i] = (struct url_map){arena_copy(arena, str_from(options->maps[i].url)),
                                   arena_copy(arena, str_from(options->maps[i].path))};
    contract->document_options.maps = maps;
}

static bool load_contract(struct contract *contract, const char *path, bool assert_formats,
                          struct diags *diags)
{
    if (!document_load(&contract->documents, &contract->arena, path, &contract->document_options,
                       diags))
        return false;
    const struct document *document = contract->documents.documents[0];
    struct load load = {contract, document, diags};
    enum openapi_version version = document_version(document, diags);
    if (version == OPENAPI_UNSUPPORTED)
        return false;
    contract->is_3_0 = version == OPENAPI_3_0;
    contract->root = document->root;
    unknown_words(load, contract->root, OBJECT_ROOT);
    unknown_words(load, json_member(contract->root, "components"), OBJECT_COMPONENTS);
    load_info(load);
    load_servers(load, json_member(contract->root, "servers"));
    load_security_schemes(load, load_member_object(&load, contract->root, "components"));
    if (!load_all_paths(load))
        return false;
    for (size_t i = 0; i < contract->operation_count; i++)
        problems_merge(diags, &contract->operations[i].problems);
    register_documents(load, assert_formats);
    return true;
}

struct contract *contract_load(const char *path, const struct contract_options *options,
                               struct diags *diags)
{
    struct contract *contract = mem_alloc_zero(sizeof *contract);
    atomic_init(&contract->references, 1);
    arena_init(&contract->arena, ARENA_BLOCK, NULL);
    pthread_mutex_init(&contract->prepare_lock, NULL);
    map_init(&contract->shared_headers, &contract->arena);
    keep_options(contract, &options->documents);
    if (load_contract(contract, path, options->assert_formats, diags)) {
        /* Only the caller's strings are in there, and overlays were read by now. */
        contract->document_options.overlays = NULL;
        contract->document_options.overlay_count = 0;
        return contract;
    }
    contract_discard(contract, diags);
    return NULL;
}

struct contract *contract_retain(struct contract *contract)
{
    atomic_fetch_add_explicit(&contract->references, 1, memory_order_relaxed);
    return contract;
}

static void free_contract(struct contract *contract)
{
    schema_registry_free(contract->schemas);
    for (size_t i = 0; i < contract->operation_count; i++)
        diags_free(&contract->operations[i].problems);
    arena_clear(&contract->arena);
    pthread_mutex_destroy(&contract->prepare_lock);
    free(contract);
}

void contract_release(struct contract *contract)
{
    if (contract == NULL ||
        atomic_fetch_sub_explicit(&contract->references, 1, memory_order_acq_rel) > 1)
        return;
    free_contract(contract);
}

void contract_discard(struct contract *contract, struct diags *diags)
{
    for (size_t i = 0; i < contract->operation_count; i++)
        diags_free(&contract->operations[i].problems);
    contract->operation_count = 0;
    arena_adopt(&diags->arena, &contract->arena);
    free_contract(contract);
}
