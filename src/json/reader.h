/*
 * reader: strict JSON (RFC 8259) into nodes, in one pass.
 *
 * Why not cJSON_Parse: it accepts what RFC 8259 forbids, loses digits, cuts
 * strings at U+0000, gives no positions and allocates node by node. This
 * reader keeps each number's text and each value's place, detects repeated
 * names (the last value wins, at the first one's place) and needs no recursion,
 * so depth costs heap, not stack.
 *
 * Thread-safe: no shared state. Everything is allocated in the caller's arena.
 */
#ifndef JSON_READER_H
#define JSON_READER_H

#include "json/node.h"

/* Named after what Python's json module says, which is what FastAPI answers. */
enum json_fault {
    JSON_OK,
    JSON_EXPECTING_VALUE,
    JSON_EXPECTING_NAME, /* an object key in double quotes (also after a trailing comma) */
    JSON_EXPECTING_COLON,
    JSON_EXPECTING_COMMA, /* also for 01 and 1. : the number ends before the bad character */
    JSON_EXTRA_DATA,
    JSON_CONTROL_CHARACTER, /* raw byte below 0x20 in a string */
    JSON_BAD_ESCAPE,
    JSON_BAD_UNICODE_ESCAPE,
    JSON_UNTERMINATED_STRING, /* offset is the opening quote's */
    JSON_LONE_SURROGATE,      /* \ud800 without its other half */
    JSON_BAD_UTF8,
    JSON_TOO_DEEP,
    JSON_TOO_MANY_NODES,
    JSON_TOO_MANY_DIGITS, /* an integer that Python does not convert */
};

struct json_read_options {
    uint32_t max_depth; /* nested containers; 0: no limit */
    uint32_t max_nodes; /* 0: no limit */
    bool python;        /* accept NaN, Infinity, -Infinity and a BOM, as Python's json does */
    bool editable;      /* the tree will be changed: no container is marked JSON_COMPACT */
};

struct json_error {
    enum json_fault fault;
    size_t offset;    /* of the byte at fault, as Python counts (see above) */
    size_t character; /* the same in code points */
};

struct json_document {
    struct json_node *root;
    uint32_t depth; /* deepest nesting found; a scalar is 0 */
    uint32_t nodes;
    const struct json_node *repeated; /* the first member whose name was repeated, or NULL */
};

/*
 * Reads the whole of source->text. On success fills `out` and returns true.
 * On failure returns false and fills `error` with the first fault. The nodes
 * borrow source->text and `source` itself.
 */
bool json_read(struct arena *arena, const struct source *source,
               const struct json_read_options *options, struct json_document *out,
               struct json_error *error);

/* "Expecting value", "Extra data", ...: Python's words. */
const char *json_fault_text(enum json_fault fault);

#endif
