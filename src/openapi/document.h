/*
 * document: OpenAPI documents and overlays, from files to one resolved tree.
 *
 * A document set owns every source that was read for one contract: the OpenAPI
 * file itself, the files its `$ref`s lead to, the overlays. Overlays (OpenAPI
 * Overlay 1.0) are applied to the tree right after reading, before anything
 * else looks at it; each node keeps the source and place it came from.
 *
 * Nothing is fetched from the network; a URL is read only where the caller
 * mapped it to a file. Each document is read once per set.
 *
 * Not thread-safe: whoever shares a set sees to it that one thread at a time
 * calls. The documents it hands out are immutable and may be read by all.
 */
#ifndef OPENAPI_DOCUMENT_H
#define OPENAPI_DOCUMENT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "json/index.h"

/*
 * A URL and the file that stands for it. A URL that ends with "/" stands for a
 * folder: what follows in a reference is looked for in the folder `path`.
 */
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
    /*
     * What references resolve to: an absolute path (percent-encoded where a URI
     * must be: blanks, %, # and ?) or the mapped URL. Without fragment.
     */
    struct str uri;
    const char *path;            /* of the file, as it was opened; "-" is standard input */
    const struct source *source; /* what the nodes point into, but for those of overlays */
    struct json_node *root;
};

struct document_set {
    struct arena *arena;
    const struct document_options *options;
    struct document **documents; /* the first is the OpenAPI document */
    size_t count;
    size_t capacity;
    struct map by_uri;       /* URI -> struct document; also those that could not be read */
    struct json_index index; /* of large containers that references lead through */
};

/*
 * Reads `path` and the overlays and applies them. Files that references lead
 * to are read when they are met. Returns false with errors in diags, all that
 * can be told, if the document or an overlay is unusable. All memory is the
 * arena's; `options` (NULL: defaults) must outlive the set.
 */
bool document_load(struct document_set *set, struct arena *arena, const char *path,
                   const struct document_options *options, struct diags *diags);

/*
 * The document that `reference` names, a URI reference without fragment,
 * resolved against `base` (RFC 3986, section 5): `base` itself for "", a file
 * of the set, or one that is read now. With `base` NULL the reference must be
 * absolute. An absolute URL is read where it is mapped. `place` is where the reference stands: NULL
 * with an error there if the document cannot be had.
 */
const struct document *document_open(struct document_set *set, const struct document *base,
                                     struct str reference, struct place place, struct diags *diags);

/* The document of that URI if it has been read, or NULL. */
const struct document *document_find(const struct document_set *set, struct str uri);

/*
 * Follows `$ref` from `node` (in `document`) until something else is found:
 * within the document, or into another file, which is then read. A chain of
 * more than 100 references, a circle among them, is an error. Returns NULL with
 * an error at the `$ref` if it leads nowhere. `*document` becomes the document
 * of the result. A node without `$ref` is returned as it is.
 */
const struct json_node *document_resolve(struct document_set *set, const struct document **document,
                                         const struct json_node *node, struct diags *diags);

/*
 * What the text of a reference leads to, one step of the above: "#/a/b",
 * "x.yaml", "x.yaml#/a". For mappings of discriminators, operationRefs and the
 * like. NULL with an error at `place`.
 */
const struct json_node *document_follow(struct document_set *set, const struct document **document,
                                        struct str reference, struct place place,
                                        struct diags *diags);

enum openapi_version {
    OPENAPI_UNSUPPORTED, /* an error was added */
    OPENAPI_3_0,
    OPENAPI_3_1, /* 3.2 too, with a warning */
};

/*
 * Looks at `openapi`. Swagger 2.0, other kinds of documents and other versions
 * are told from a missing or mistyped field; a version that came as a number
 * (openapi: 3.1) is a warning.
 */
enum openapi_version document_version(const struct document *document, struct diags *diags);

#endif
