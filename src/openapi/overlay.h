/*
 * overlay: OpenAPI Overlay 1.0, changes to a document without touching its file.
 *
 * https://spec.openapis.org/overlay/v1.0.0.html. Where 1.0 leaves open how
 * values merge, 1.1 is followed: objects are merged member by member, arrays
 * concatenated, scalars replaced, and any other pair is a mistake. (A null in
 * the document is replaced by anything.) `copy` of 1.1 is not supported.
 */
#ifndef OPENAPI_OVERLAY_H
#define OPENAPI_OVERLAY_H

#include "base/arena.h"
#include "base/diag.h"
#include "json/node.h"

/* Of the tree that comes out; 0: the defaults of json/yaml.h. */
struct overlay_limits {
    uint32_t max_depth;
    uint32_t max_nodes;
};

/*
 * Applies an overlay to a document, both as json_read_document gave them. The
 * document's tree is changed in place; what is added are copies in the arena
 * that keep their place in the overlay. Every mistake is added to diags: if the
 * overlay itself is broken, nothing is applied, and a target that matches
 * nothing is a warning. False if there was an error. With `root` NULL the
 * overlay is only checked.
 */
bool overlay_apply(struct arena *arena, const struct json_node *overlay, struct json_node *root,
                   const struct overlay_limits *limits, struct diags *diags);

#endif
