/*
 * yaml: YAML 1.2 (core schema) into the same nodes, from libyaml's events.
 *
 * The rules are those of JSON-shaped documents: every key is its source text
 * as a string (`200`, `on`, `null`), plain scalars resolve by the core schema
 * only (`yes`, `no`, `on`, dates and `12:30` are strings), quoted scalars are
 * strings, `<<` merges, aliases are copied within a budget, exactly one
 * document, repeated keys are an error with both places. Numbers keep their
 * text (`1.10`), re-spelt where JSON has no such form (`0x1F`, `0123`).
 *
 * Depth, node and alias budgets are checked while events arrive, because
 * libyaml itself has none and becomes quadratic.
 *
 * All of it is thread-safe: no shared state.
 */
#ifndef JSON_YAML_H
#define JSON_YAML_H

#include "json/node.h"

/* NULL in place of limits, or 0 in a field, means these. */
enum {
    YAML_DEFAULT_MAX_DEPTH = 500,
    YAML_DEFAULT_MAX_NODES = 10000000,
};

struct yaml_limits {
    uint32_t max_depth; /* nested collections */
    uint32_t max_nodes; /* after alias expansion */
};

/* `limits`, which may be NULL, with the defaults where it is silent. */
struct yaml_limits yaml_limits_with_defaults(const struct yaml_limits *limits);

/*
 * Reads one YAML document. Every mistake that can be told is added to diags
 * with its place and remedy; libyaml stops at the first syntax error. Returns
 * the root, or NULL if there was an error. Nodes borrow source, or, where that
 * began with a byte order mark or was UTF-16, a copy of it in the arena without
 * the mark and in UTF-8: node->source tells. Diagnostics point there as well, so
 * print them before the arena is cleared.
 */
struct json_node *yaml_read(struct arena *arena, const struct source *source,
                            const struct yaml_limits *limits, struct diags *diags);

/*
 * Reads a document of either kind (load.c): a text that starts with `{` or `[`
 * (after blanks and a BOM) and parses as JSON goes to json_read, everything
 * else to yaml_read; faults become diagnostics. A file named *.json must be
 * JSON. A name that an object repeats is an error in both languages.
 */
struct json_node *json_read_document(struct arena *arena, const struct source *source,
                                     const struct yaml_limits *limits, struct diags *diags);

#endif
