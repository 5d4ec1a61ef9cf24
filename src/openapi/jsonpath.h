/*
 * jsonpath: the part of RFC 9535 that overlays need to name their targets.
 *
 * `$`, `.name`, `['name']`, `["name"]`, `[0]`, `[-1]`, `[*]` and `.*`, in any
 * chain. Filters, slices, several selectors in one bracket and `..` are
 * refused, with their place in the text.
 */
#ifndef OPENAPI_JSONPATH_H
#define OPENAPI_JSONPATH_H

#include "base/arena.h"
#include "json/node.h"

enum jsonpath_selector {
    SELECT_NAME,
    SELECT_INDEX,
    SELECT_ALL,
};

struct jsonpath_step {
    enum jsonpath_selector selector;
    struct str name; /* SELECT_NAME: decoded */
    int64_t index;   /* SELECT_INDEX: negative from the end */
    size_t offset;   /* of the step's first byte in the text */
};

struct jsonpath {
    struct str text;
    struct jsonpath_step *steps;
    size_t count; /* 0: the root */
};

struct jsonpath_fault {
    size_t offset; /* in the text */
    const char *message;
    const char *remedy;
};

/* Reads a path into the arena; it borrows `text`. False with the first fault. */
bool jsonpath_parse(struct arena *arena, struct str text, struct jsonpath *path,
                    struct jsonpath_fault *fault);

/* A value that was selected, and the way to it. */
struct jsonpath_match {
    struct json_node *node;
    const struct jsonpath_match *parent; /* NULL: the root */
};

struct jsonpath_matches {
    struct jsonpath_match *items;
    size_t count;
    /* Where count is 0: the step that found nothing, and the values it was asked of. */
    size_t failed_step;
    const struct jsonpath_match *asked;
    size_t asked_count;
    size_t visited; /* values looked at, for budgets */
};

/* All values that the path selects, in order of the document. Memory is the arena's. */
void jsonpath_select(struct arena *arena, const struct jsonpath *path, struct json_node *root,
                     struct jsonpath_matches *matches);

#endif
