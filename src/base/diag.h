/*
 * diag: what is wrong with something that somebody wrote.
 *
 * Diagnostics are for the authors of documents, overlays, fixtures and fault
 * plans: file:line:column, what is wrong, what was expected, the line itself
 * with a caret. Loaders collect them all and go on as far as they can; the
 * caller prints them once, sorted by place, and decides. (What is wrong with a
 * client's request is a `struct violation`, never a diag.)
 *
 * A `struct diags` belongs to one thread at a time and owns its messages; the
 * sources it points to must outlive it.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/source.h"

enum diag_level {
    DIAG_ERROR,
    DIAG_WARNING,
};

/* A byte of a source. A NULL source stands for "no particular place". */
struct place {
    const struct source *source;
    size_t offset;
};

struct diag {
    struct diag *next;
    enum diag_level level;
    struct place place;
    const char *message; /* what is wrong, in one sentence without a full stop */
    const char *remedy;  /* how to mend it, or NULL */
};

struct diags {
    struct arena arena;
    struct diag *first; /* in order of discovery */
    struct diag **last;
    size_t errors;
    size_t warnings;
    size_t limit; /* diagnostics beyond this many are counted, not kept */
};

void diags_init(struct diags *diags);
void diags_free(struct diags *diags);

/*
 * Adds a diagnostic. `remedy` may be NULL and is copied; the message is
 * formatted.
 */
void diag_error(struct diags *diags, struct place place, const char *remedy, const char *format,
                ...) __attribute__((format(printf, 4, 5)));
void diag_warning(struct diags *diags, struct place place, const char *remedy, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

/* Moves all diagnostics of `from` to the end of `into` (copies; `from` stays as it is). */
void diags_append(struct diags *into, const struct diags *from);

/*
 * Writes them all, sorted by source and place, each as
 *     file:line:column: error: message
 *       line of the source
 *            ^
 *       help: remedy
 */
void diags_print(const struct diags *diags, struct buf *out);

/* One diagnostic as "file:line:column: message (remedy)" on one line. */
void diag_print_line(const struct diag *diag, struct buf *out);

#endif
