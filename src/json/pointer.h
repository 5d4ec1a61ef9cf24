/*
 * pointer: JSON Pointer (RFC 6901), to find a value and to name a place.
 */
#ifndef JSON_POINTER_H
#define JSON_POINTER_H

#include "base/buf.h"
#include "json/node.h"

/*
 * The value that `pointer` ("" or "/a/0/b~1c") names below root, or NULL where
 * there is none or the pointer is malformed.
 */
struct json_node *json_pointer_find(const struct json_node *root, struct str pointer);

/* The same for a URI fragment: percent-decoded first ("/paths/~1v5/put", without the #). */
struct json_node *json_pointer_find_fragment(const struct json_node *root, struct str fragment);

/* Appends "/" and the escaped token. */
void json_pointer_add(struct buf *out, struct str token);
void json_pointer_add_index(struct buf *out, size_t index);

/* Takes the first token, still escaped, off a valid pointer that is not empty. */
struct str json_pointer_next(struct str *rest);

/* The token without its escapes, in `out`, which it replaces. */
struct str json_pointer_unescape(struct str token, struct buf *out);

/*
 * The index that a token names in an array (RFC 6901, section 4: digits without
 * a leading zero). False for others, also for "-", which names no existing value.
 */
bool json_pointer_index(struct str token, size_t *index);

/* True if the text is "" or starts with "/" and each ~ is followed by 0 or 1. */
bool json_pointer_is_valid(struct str pointer);

#endif
