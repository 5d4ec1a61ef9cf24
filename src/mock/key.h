/*
 * key: what the store knows a record by, made of one or more of its values.
 *
 * Parts are joined by NUL. A NUL inside a part (JSON's \u0000, a path's %00) is
 * escaped, so that no two lists of parts make the same key. Whoever asks the
 * store for a record by values that a client sent makes the key here.
 */
#ifndef MOCK_KEY_H
#define MOCK_KEY_H

#include "base/buf.h"

/* Appends the part of that index, and before all but the first (0) what parts them. */
void key_add_part(struct buf *key, size_t index, struct str part);

/* The key of a single part: mostly the part itself, else memory of the arena. */
struct str key_from_part(struct arena *arena, struct str part);

#endif
