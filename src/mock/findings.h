/*
 * findings: violations that others than the validator found, put among its own.
 *
 * The validator's list is in the order of the schema's declarations. A violation
 * of a rule takes its place in that order, so that a dialect words one list.
 */
#ifndef MOCK_FINDINGS_H
#define MOCK_FINDINGS_H

#include "schema/validate.h"

enum { FINDINGS_DEFAULT_MAX = 1000 }; /* as validation.max_violations has it */

struct findings_list {
    struct violation *first;
    struct violation *last;
    size_t count; /* found in all; at most as many as are wanted are kept */
    size_t kept;
    bool is_unordered;
};

/*
 * Adds a violation at the end of a list, and notes if it belongs further up.
 * `body` is the body's schema (NULL: names are not ordered).
 */
void findings_add(struct findings_list *list, struct violation *violation,
                  const struct schema *body);

/*
 * Merges a list into what was found; of two at one place the schema's comes
 * first, then whichever was added first. What goes beyond max_violations is cut
 * off and counted. Takes time in proportion to both lists, where what was added
 * came in order; else it is sorted before. `added` is used up.
 */
void findings_merge(struct validation *findings, const struct findings_list *added,
                    const struct schema *body);

size_t path_length(const struct json_path *path);

/* The first `wanted` segments of a path that has `length` (at least as many). */
const struct json_path *path_cut(const struct json_path *path, size_t length, size_t wanted);

/* True if the path is `of` or leads to something below it. */
bool path_is_below(const struct json_path *path, const struct json_path *of);

#endif
