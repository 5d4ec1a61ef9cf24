/*
 * regex_translate: ECMA-262 regular expressions in PCRE2's syntax.
 *
 * The grammar is that of ECMA-262 with the `u` flag (the 2020 edition, which
 * JSON Schema 2020-12 cites). What differs in PCRE2 is spelled out:
 *
 *     .  \s  \S                as classes: ECMA-262 has its own line ends and white space
 *     \uD83D\uDE00 \u{1F600}   as \x{1f600}; half a pair can match nothing in UTF-8
 *     \p{Letter} \p{Script=Greek}   as \p{L} \p{sc:Greek}
 *     [ inside a class         is a plain character: there are no POSIX classes
 *     [\s\S]                   as [^], any character
 *     (?<name>...) \k<name>    by number; groups that nothing refers to do not capture
 *     x{0,100000}              nested, as PCRE2 counts to 65535 only
 *
 * The result wants to be compiled with the options of pattern.c. In it stand
 * callouts, "(?C1)", called ticks: between one tick and the next at most one
 * choice is made (a repetition's length, an alternative), so the work between
 * two of them is linear in the text, and counting them bounds a match.
 *
 * Known difference: ECMA-262 forgets what a group inside a repetition captured
 * when the next round begins, PCRE2 does not. Only references to such groups
 * can tell.
 */
#ifndef SCHEMA_REGEX_TRANSLATE_H
#define SCHEMA_REGEX_TRANSLATE_H

#include "base/buf.h"

enum regex_mode {
    REGEX_STRICT,
    /*
     * Takes as well what only sloppy engines take: escapes of characters that
     * need none (\!, \_, \Z: the character itself), lone { } and ], classes as
     * ends of a range ([\w-.]: a plain hyphen), inline flags ((?i), (?s:...))
     * and Python's (?P<name>...).
     */
    REGEX_LENIENT,
};

struct regex_fault {
    size_t offset;      /* of the byte at fault in the expression */
    const char *reason; /* a clause: "( is not closed" */
    const char *remedy; /* or NULL */
};

/*
 * Writes the translation of `expression` to `out`, which is empty before. On
 * failure returns false and fills `fault`; out then holds nothing of use. Not
 * recursive; time and memory are linear in the expression (a counted
 * repetition beyond 65535 may multiply its own operand by up to 100).
 */
bool regex_translate(struct str expression, enum regex_mode mode, struct buf *out,
                     struct regex_fault *fault);

/* True if the grammar allows the expression, whether PCRE2 could run it or not. */
bool regex_is_valid(struct str expression);

#endif
