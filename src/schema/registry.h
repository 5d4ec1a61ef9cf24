/*
 * registry: what the compiler knows of documents. Private to schema/.
 *
 * A *document* is what schema_registry_add was given, under its URI. A
 * *resource* is a schema with a URI of its own: a document's root, or a
 * subschema with `$id`; references are resolved against it. A *site* is a node
 * at which a schema stands, with the resource it belongs to and, once compiled,
 * its program.
 *
 * Sites are found by walking the keywords that hold subschemas, from a root
 * that is known to be a schema: so `$id` and `$anchor` inside `enum`, `const`
 * and unknown words are what they are, plain data. OpenAPI documents are no
 * schemas; their schemas become sites when they are reached.
 *
 * Everything here is guarded by the registry's lock.
 */
#ifndef SCHEMA_REGISTRY_H
#define SCHEMA_REGISTRY_H

#include "base/map.h"
#include "schema/dialect.h"
#include "json/index.h"

#include <pthread.h>

struct schema_document {
    struct schema_document *next;
    struct str uri;
    const struct json_node *root;
    struct schema_resource *resource; /* of the root */
    bool is_schema;
    bool indexed; /* all of it (is_schema), or its components */
};

struct schema_anchor {
    struct schema_anchor *next; /* the resource's next dynamic anchor */
    struct str name;
    const struct json_node *node;    /* the schema that has it */
    const struct json_node *keyword; /* `$anchor` or `$dynamicAnchor` */
    bool dynamic;
};

struct schema_resource {
    struct schema_resource *next; /* all of the registry's */
    struct str uri;
    const struct json_node *root;
    struct schema_document *document;
    struct dialect dialect;
    const struct json_node *unknown_dialect; /* a $schema (or vocabulary) that we do not know */
    const struct schema_resource *namesake;  /* another one that had the same URI before */
    struct map anchors;                      /* name: struct schema_anchor */
    struct map pointers;                     /* fragment: the node it led to before */
    struct schema_anchor *dynamic_anchors;
    bool touched; /* a schema of it was compiled: it may be in a dynamic scope */
};

struct schema_site {
    const struct json_node *node;
    struct schema_resource *resource;
    struct schema *schema; /* compiled or being compiled; else NULL */
};

/* Sites by node: open addressing, grown by doubling. Pointers to sites do not survive a growth. */
struct schema_sites {
    struct schema_site *slots;
    size_t slot_count;
    size_t count;
};

struct compile_arena {
    struct compile_arena *next;
    struct arena arena;
};

struct schema_registry {
    struct schema_options options;
    pthread_mutex_t lock;
    struct arena arena; /* all but the programs */
    struct schema_document *documents;
    struct schema_document **last_document;
    struct map documents_by_uri;
    struct schema_resource *resources;
    struct map resources_by_uri;
    struct json_index index; /* of large containers that references lead through */
    struct schema_sites sites;
    struct map patterns; /* expression: struct pattern */
    struct schema_dynamic_anchor *dynamic_anchors;
    struct compile_arena *programs; /* one arena for each successful schema_compile */
    uint32_t schema_count;
};

/* The document of that URI, or NULL; reads a built-in metaschema on demand. */
struct schema_document *registry_document(struct schema_registry *registry, struct str uri);

/* Makes a document known; NULL where the URI is taken. */
struct schema_document *registry_add_document(struct schema_registry *registry, struct str uri,
                                              const struct json_node *root, bool is_schema);

/* The site at `node`, or NULL. */
struct schema_site *registry_site(const struct schema_registry *registry,
                                  const struct json_node *node);

/*
 * Makes `node`, found within `resource`, a site, and all subschemas below it.
 * Returns its site (which is in another resource if it has an `$id`).
 */
struct schema_site *registry_index(struct schema_registry *registry, const struct json_node *node,
                                   struct schema_resource *resource);

/* Indexes all documents whole: schemas from their root, OpenAPI's by their components. */
void registry_index_all(struct schema_registry *registry);

/* Where a reference leads. */
struct schema_target {
    const struct json_node *node;
    struct schema_resource *resource;
    const struct schema_anchor *anchor; /* where the fragment named one; else NULL */
};

/*
 * Follows `reference` (the node of a `$ref`, a `$dynamicRef` or a mapping's
 * value) from within `from`. False, with an error at the node, if it leads to
 * nothing.
 */
bool reference_follow(struct schema_registry *registry, struct schema_resource *from,
                      const struct json_node *reference, struct schema_target *target,
                      struct diags *diags);

#endif
