/*
 * node: the one document model of the program.
 *
 * Request bodies, OpenAPI documents, overlays, fixtures, fault plans: all are
 * trees of `struct json_node`. A node *begins with* a cJSON, so every cJSON
 * accessor works on it, and adds what cJSON loses: where the value stands in
 * its source, the exact text of numbers, and the length of strings that hold
 * U+0000.
 *
 * Nodes live in the arena that they were read into: never cJSON_Delete one.
 * They borrow the source's text. After reading a tree is immutable (overlays
 * are applied before anything else sees the tree), so threads may share it.
 *
 * cJSON's fields as we fill them:
 *   type         cJSON_NULL, _False, _True, _Number, _String, _Array, _Object
 *   valuestring  strings: the decoded value; numbers: the exact lexeme, spelled
 *                as RFC 8259 wants it ("1.0", "12345678901234567890"); both
 *                NUL-terminated, `size` bytes long
 *   valuedouble  numbers: the nearest double;  valueint saturated as in cJSON
 *   string       the member's name, decoded, NUL-terminated; NULL in arrays
 *   child, next  as in cJSON. `prev` of the first child is the last child.
 */
#ifndef JSON_NODE_H
#define JSON_NODE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "base/str.h"

#include <cjson/cJSON.h>

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

enum json_flag {
    /* The source slice is JSON text without insignificant blanks and without
     * repeated names anywhere inside: it can be copied as it is. */
    JSON_COMPACT = 1,
    /* A number whose lexeme has neither fraction nor exponent. */
    JSON_PLAIN_INTEGER = 2,
    /* NaN, Infinity or -Infinity (only where the reader was told to accept them). */
    JSON_NOT_FINITE = 4,
    /* A string that came as a quoted scalar is a string whatever it looks like (YAML). */
    JSON_QUOTED = 8,
    /* Made of a value that was sent in another form (or holds such a one): its source slice
     * is that form. Whoever made it has judged it: no format is checked again. */
    JSON_CONVERTED = 16,
    /* Whoever reads values for the schema refuses this one: no type fits. */
    JSON_REFUSED = 32,
};

struct json_node {
    cJSON c;                     /* must stay first */
    const struct source *source; /* NULL for a node that the program made */
    uint32_t offset;             /* of the value's first byte in the source */
    uint32_t length;             /* bytes of the value in the source */
    uint32_t name_offset;        /* of the member's name in the source (its opening quote) */
    uint32_t name_length;        /* bytes of c.string */
    uint32_t name_hash;          /* str_hash of c.string; 0 in arrays */
    uint32_t size;               /* strings, numbers: bytes of valuestring; containers: members */
    uint8_t type;                /* enum json_type */
    uint8_t flags;               /* enum json_flag */
};

/* A node that cJSON calls see as the same node, and back. */
static inline cJSON *json_cjson(const struct json_node *node)
{
    return (cJSON *)(void *)(uintptr_t)node;
}

static inline struct json_node *json_from_cjson(const cJSON *item)
{
    return (struct json_node *)(void *)(uintptr_t)item;
}

static inline struct json_node *json_first(const struct json_node *container)
{
    return json_from_cjson(container->c.child);
}

static inline struct json_node *json_next(const struct json_node *node)
{
    return json_from_cjson(node->c.next);
}

/* The name of an object's member (the empty slice in an array). */
static inline struct str json_name(const struct json_node *member)
{
    return str_make(member->c.string, member->name_length);
}

/* The decoded value of a string, or the lexeme of a number. */
static inline struct str json_text(const struct json_node *node)
{
    return str_make(node->c.valuestring, node->size);
}

/* The value as it was written in its source; empty for nodes that the program made. */
static inline struct str json_source_text(const struct json_node *node)
{
    if (node->source == NULL)
        return str_make("", 0);
    return str_make(node->source->text.data + node->offset, node->length);
}

static inline bool json_is(const struct json_node *node, enum json_type type)
{
    return node != NULL && node->type == type;
}

static inline struct place json_place(const struct json_node *node)
{
    return (struct place){node->source, node->offset};
}

/* The place of a member's name. */
static inline struct place json_name_place(const struct json_node *node)
{
    return (struct place){node->source, node->name_offset};
}

/* The member of that name, or NULL (also where `object` is NULL or no object). */
struct json_node *json_member(const struct json_node *object, const char *name);
struct json_node *json_member_str(const struct json_node *object, struct str name);

/* The element at `index`, or NULL. O(index). */
struct json_node *json_element(const struct json_node *array, size_t index);

/* The text of a string member, or `fallback` where it is absent or no string. */
struct str json_member_text(const struct json_node *object, const char *name, struct str fallback);

/* True only for the literal true. */
bool json_is_true(const struct json_node *node);

/* "null", "boolean", "number", "string", "array", "object". */
const char *json_type_name(enum json_type type);

/*
 * New nodes without a source, for overlays, defaults and conversions. Text is
 * copied into the arena. A number's lexeme must be valid JSON.
 */
struct json_node *json_new(struct arena *arena, enum json_type type);
struct json_node *json_new_string(struct arena *arena, struct str text);
struct json_node *json_new_number(struct arena *arena, struct str lexeme);
struct json_node *json_new_bool(struct arena *arena, bool value);

/*
 * A deep copy, texts included, that keeps sources and places. It has no name
 * unless the original is a member, and stands in no tree. Its containers are not
 * JSON_COMPACT: a copy is made to be changed. Not recursive.
 */
struct json_node *json_copy(struct arena *arena, const struct json_node *node);

/*
 * Building and changing trees that nobody else sees yet. A node is in one tree
 * only. A changed container is no longer JSON_COMPACT, but a container further
 * up cannot be told: so change only what was made by json_new or json_copy, or
 * read with json_read_options.editable.
 */
/* Puts a child at the end: in an array without a name, in an object under the one it has. */
void json_append(struct json_node *container, struct json_node *child);
/* Adds a member or replaces the one of that name in its place. The name is copied. */
void json_set(struct arena *arena, struct json_node *object, struct str name,
              struct json_node *value);
/* Puts `value`, which is in no tree, where `old` stands in `container`. Names stay as they are. */
void json_replace(struct json_node *container, struct json_node *old, struct json_node *value);
/* Takes `child` out of `container` (which holds it). */
void json_remove(struct json_node *container, struct json_node *child);

/* Sets c.type, valuedouble and valueint from type and lexeme. For readers. */
void json_node_finish_scalar(struct json_node *node);

#endif
