/*
 * marks: which members or elements of a value some rule has evaluated.
 *
 * A schema with an unevaluated* keyword (schema.needs_marks) starts a set; what
 * it applies to the same value marks into it. A branch that may fail marks into
 * a set of its own, which counts only if it passes. Private to schema/.
 */
#ifndef SCHEMA_MARKS_H
#define SCHEMA_MARKS_H

#include "schema/run.h"

static inline struct marks marks_new(struct run *run, const struct json_node *container)
{
    size_t words = ((size_t)container->size + 63) / 64;
    return (struct marks){scratch_take(run, words), words};
}

static inline void marks_set(struct marks *marks, size_t index)
{
    if (marks != NULL)
        marks->bits[index / 64] |= (uint64_t)1 << (index % 64);
}

static inline void marks_set_all(struct marks *marks)
{
    if (marks != NULL && marks->words > 0)
        memset(marks->bits, 0xff, marks->words * sizeof *marks->bits);
}

static inline bool marks_has(const struct marks *marks, size_t index)
{
    return (marks->bits[index / 64] >> (index % 64) & 1) != 0;
}

static inline void marks_merge(struct marks *into, const struct marks *from)
{
    if (into != NULL)
        for (size_t i = 0; i < into->words; i++)
            into->bits[i] |= from->bits[i];
}

#endif
