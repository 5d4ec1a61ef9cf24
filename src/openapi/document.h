/*
 * document: OpenAPI documents and overlays, from files to one resolved tree.
 *
 * A document set owns every source that was read for one contract: the OpenAPI
 * file itself, the files its `$ref`s lead to, the overlays. Overlays (OpenAPI
 * Overlay 1.0) are applied to the tree right after reading, before anything
 * else looks at it; each node keeps the source and place it came from.
 *
 * Nothing is fetched from the network; a URL is read only where the caller
 * mapped it to a file.
 */
#ifndef OPENAPI_DOCUMENT_H
#define OPENAPI_DOCUMENT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "json/node.h"

struct url_map {
    const char *url;
    const char *path;
};

struct document_options {
    const char *const *overlays; /* paths, applied in order */
    size_t overlay_count;
    const struct url_map *maps;
    size_t map_count;
    size_t max_file_bytes; /* 0: 64 MiB */
    uint32_t max_depth;    /* 0: 500 */
    uint32_t max_nodes;    /* 0: 10,000,000 */
};

/* One file (or mapped URL) of the set. */
struct document {
    struct str uri; /* what references resolve to: an absolute path or the mapped URL */
    const struct source *source;
    struct json_node *root;
};

struct document_set {
    struct arena *arena;
    const struct document_options *options;
    struct document **documents; /* the first is the OpenAPI document */
    size_t count;
};

/*
 * Reads `path` and the overlays and applies them. Files that references lead
 * to are read when document_resolve meets them. Returns false with errors in
 * diags if the document or an overlay is unusable. All memory is the arena's;
 * `options` must outlive the set.
 */
bool document_load(struct document_set *set, struct arena *arena, const char *path,
                   const struct document_options *options, struct diags *diags);

/*
 * Follows `$ref` from `node` (in `document`) until something else is found:
 * within the document, or into another file, which is then read. Chains and
 * cycles are bounded. Returns NULL with an error at the `$ref` if it leads
 * nowhere. `*document` becomes the document of the result. A node without
 * `$ref` is returned as it is.
 */
const struct json_node *document_resolve(struct document_set *set, const struct document **document,
                                         const struct json_node *node, struct diags *diags);

#endif
