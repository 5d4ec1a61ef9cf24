/*
 * source: a text that somebody wrote, and places in it.
 *
 * A source is a file (or a request body) under the name its author knows it
 * by. It lives as long as what was read from it: nodes of a document borrow
 * its bytes. Immutable once loaded; any thread may look.
 */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include "base/arena.h"
#include "base/str.h"

/* Line and column, both from 1; the column counts characters (code points). */
struct source_position {
    uint32_t line;
    uint32_t column;
};

struct source {
    const char *name;                    /* as printed in diagnostics: usually the path */
    struct str text;                     /* UTF-8 */
    const struct source_position *marks; /* of every SOURCE_STRIDE-th byte, or NULL: not indexed */
};

enum { SOURCE_STRIDE = 256 };

/*
 * Makes source_position cheap for a source that is asked for many places while
 * requests are served. The marks live in the arena. Before the source is shared.
 */
void source_index(struct source *source, struct arena *arena);

/*
 * Where byte `offset` is. Offsets past the end give the end. O(1) for an
 * indexed source, else O(offset).
 */
struct source_position source_position(const struct source *source, size_t offset);

/*
 * The same, counted on from `from`, whose position `at` is known: for going
 * through many places in order. O(offset - from).
 */
struct source_position source_position_from(const struct source *source, size_t from,
                                            struct source_position at, size_t offset);

/* The text of the line that holds byte `offset`, without its line break. */
struct str source_line(const struct source *source, size_t offset);

enum source_outcome {
    SOURCE_OK,
    SOURCE_UNREADABLE, /* errno tells why */
    SOURCE_TOO_LARGE,
};

/*
 * Reads a whole file ("-" is standard input) into the arena. `name` in the
 * result is a copy of `path`. The bytes are NUL-terminated beyond their length.
 * At most `limit` bytes are accepted. A directory is unreadable (EISDIR). The
 * text is empty unless the outcome is SOURCE_OK.
 */
enum source_outcome source_read(struct arena *arena, const char *path, size_t limit,
                                struct source *out);

#endif
