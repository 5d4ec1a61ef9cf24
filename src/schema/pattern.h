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
 *
 * The budget. A step is one tick (see regex_translate.h), which takes PCRE2
 * some 10 ns, and 64 bytes of text cost a step too. Beyond its first 64 ticks a
 * match is charged for the thread's CPU time as well, at 10 ns a step, since
 * behind each tick a scan of the whole text may hide. So all matches that
 * share a budget of B steps take at most about B x 10 ns, and what is not
 * counted: up to 64 scans of each text, some 64 ns a byte in the worst case.
 * One match may take PATTERN_MATCH_STEPS at most, 10 ms.
 */
#ifndef SCHEMA_PATTERN_H
#define SCHEMA_PATTERN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

/* Most steps of one match, whatever the budget. */
enum { PATTERN_MATCH_STEPS = 1000000 };

struct pattern;

/*
 * Compiles `expression` (valid UTF-8). Returns NULL with an error in diags if
 * that cannot be done; adds a warning where it is not what ECMA-262 allows. The
 * result must be freed with pattern_free (PCRE2 owns heap memory). Thread-safe.
 */
struct pattern *pattern_compile(struct str expression, struct place place, struct diags *diags);
void pattern_free(struct pattern *pattern); /* NULL is fine */

/* The expression as it was written. Lives as long as the pattern. */
struct str pattern_text(const struct pattern *pattern);

enum pattern_outcome {
    PATTERN_MATCHES,
    PATTERN_DIFFERS,
    PATTERN_OUT_OF_BUDGET, /* undecided; *budget is 0 */
};

/*
 * Searches `text`; what is not valid UTF-8 differs from every pattern. Takes
 * the steps it used from *budget, at least one. Thread-safe; takes some 40 KB
 * of stack at most, and no heap unless a group is repeated hundreds of times.
 */
enum pattern_outcome pattern_match(const struct pattern *pattern, struct str text,
                                   uint32_t *budget);

/*
 * True if `expression` is a valid ECMA-262 pattern in u mode (format "regex").
 * Also of what PCRE2 cannot run, like a lookbehind of any length.
 */
bool pattern_is_valid(struct str expression);

#endif
