/*
 * compile: documents into compiled schemas, lazily, each reachable graph once.
 *
 * A registry holds the documents that references may lead to (the JSON Schema
 * metaschemas are built in), the compiled schemas and their arena. It is made
 * by one thread; afterwards schema_compile may be called by many (it locks).
 * Nothing is ever fetched: a reference that leads to no registered document is
 * a diagnostic.
 *
 * Never fail open: a schema that cannot be compiled in full gives NULL and the
 * reasons, and whoever wanted it must refuse.
 */
#ifndef SCHEMA_COMPILE_H
#define SCHEMA_COMPILE_H

#include "schema/schema.h"

enum schema_dialect {
    SCHEMA_2020_12,     /* JSON Schema's own: all but the OpenAPI vocabulary */
    SCHEMA_OPENAPI_3_1, /* the same and OpenAPI's base vocabulary (discriminator) */
    SCHEMA_OPENAPI_3_0, /* nullable, boolean exclusiveMinimum, $ref ignores its siblings */
};

struct schema_registry;

/*
 * Finds documents that references lead to and that nobody registered: other
 * files of an OpenAPI description. Called under the registry's lock, from
 * whatever thread compiles; must not call the registry.
 */
struct schema_resolver {
    void *context;
    /*
     * `base` is the URI under which the referring document was registered,
     * `reference` what was written (without its fragment), `resolved` the
     * same made absolute against the base (RFC 3986). Returns the document's
     * root and sets *uri to its name (bytes and nodes live as long as the
     * registry), or NULL; it may then add its own errors to diags at `place`.
     */
    const struct json_node *(*open)(void *context, struct str base, struct str reference,
                                    struct str resolved, struct place place, struct str *uri,
                                    struct diags *diags);
};

struct schema_options {
    enum schema_dialect dialect;     /* for schemas without $schema or jsonSchemaDialect */
    bool assert_formats;             /* false: format annotates only, as JSON Schema's default */
    uint32_t max_schemas;            /* compiled subschemas; 0: 1,000,000 */
    struct schema_resolver resolver; /* open may be NULL: unknown URIs are errors */
};

/* Owns its arena; the documents added must outlive it. */
struct schema_registry *schema_registry_new(const struct schema_options *options);
void schema_registry_free(struct schema_registry *registry);

/*
 * Makes a document known under its URI (absolute, or any plain name for a
 * file; without fragment). Finds $id, $anchor and $dynamicAnchor in every
 * place that the dialect knows to be a schema once it is compiled; for a whole
 * JSON Schema document set `is_schema`. Documents added later replace none
 * (false is returned where the URI is taken).
 */
bool schema_registry_add(struct schema_registry *registry, struct str uri,
                         const struct json_node *root, bool is_schema);

/*
 * Compiles the schema at `node`, which lies in the document registered as
 * `uri`, and everything it reaches. Returns NULL and adds errors to diags if
 * any of it is broken; warnings may be added either way. The second call for
 * the same node is a look-up. Thread-safe.
 */
const struct schema *schema_compile(struct schema_registry *registry, struct str uri,
                                    const struct json_node *node, struct diags *diags);

#endif
