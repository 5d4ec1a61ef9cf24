/*
 * pattern: ECMA-262 regular expressions (`u` mode) on PCRE2.
 *
 * The expression is translated (ES white space, `.` and `$`, \u escapes, long
 * category names, no POSIX classes, ...) and compiled once. Strict first; what
 * only a sloppy engine accepts is compiled leniently with a warning; what
 * nobody can compile is an error, never "valid".
 *
 * A compiled pattern is immutable and may be used by many threads. Matching is
 * a search (not anchored) over code points and is bounded by a budget that the
 * caller carries from match to match.
 */
#ifndef SCHEMA_PATTERN_H
#define SCHEMA_PATTERN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

struct pattern;

/*
 * Compiles `expression`. Returns NULL with an error in diags if that cannot be
 * done. The result must be freed with pattern_free (PCRE2 owns heap memory).
 */
struct pattern *pattern_compile(struct str expression, struct place place, struct diags *diags);
void pattern_free(struct pattern *pattern);

/* The expression as it was written. */
struct str pattern_text(const struct pattern *pattern);

enum pattern_outcome {
    PATTERN_MATCHES,
    PATTERN_DIFFERS,
    PATTERN_OUT_OF_BUDGET, /* undecided; *budget is 0 */
};

/* `text` must be valid UTF-8. Takes the steps it used from *budget. */
enum pattern_outcome pattern_match(const struct pattern *pattern, struct str text,
                                   uint32_t *budget);

/* True if `expression` is a valid ECMA-262 pattern in u mode (format "regex"). */
bool pattern_is_valid(struct str expression);

#endif
