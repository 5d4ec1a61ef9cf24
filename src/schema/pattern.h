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
 * The budget. PCRE2 does not tell what a match took, and its own match limit
 * counts neither the places a search begins at nor the characters that a `*`
 * runs over. So the translation holds ticks (see regex_translate.h): work
 * between two ticks is linear in the text. In texts up to 256 bytes each tick
 * costs 1 step and 1 for every 16 bytes of text; in longer ones a step is 10 ns
 * of the thread's CPU time, or a tick, whichever is more. 64 bytes of text cost
 * a step too. All matches that share a budget of B steps take about B x 10 ns
 * together (in contrived cases, whole scans between the ticks of short texts,
 * up to ten times that), and the last of them what it runs over before the next
 * look at the clock: 16 MB of scanning, some 0.1 s, or 8 scans of a text beyond
 * 2 MB. One match takes at most PATTERN_STEPS and PATTERN_STEPS_PER_BYTE of its
 * text.
 */
#ifndef SCHEMA_PATTERN_H
#define SCHEMA_PATTERN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

/* Most steps of one match, whatever the budget. */
enum { PATTERN_STEPS = 1000000, PATTERN_STEPS_PER_BYTE = 4 };

struct pattern;

/*
 * Compiles `expression` (valid UTF-8). Returns NULL with an error in diags if
 * that cannot be done; adds a warning where it is not what ECMA-262 allows. The
 * result must be freed with pattern_free (PCRE2 owns heap memory). Thread-safe.
 * Takes up to 56 KB of stack: groups may be nested 50 deep.
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
 * the steps it used from *budget, at least one. Thread-safe. Takes some 36 KB
 * of stack at most, and no heap unless a group is repeated about a thousand
 * times (then 4 MB for as long as the match lasts).
 */
enum pattern_outcome pattern_match(const struct pattern *pattern, struct str text,
                                   uint32_t *budget);

/*
 * True if `expression` is a valid ECMA-262 pattern in u mode (format "regex").
 * Also of what PCRE2 cannot run, like a lookbehind of any length.
 */
bool pattern_is_valid(struct str expression);

#endif
