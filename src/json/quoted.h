/*
 * quoted: the part of a JSON string that needs care, decoded over itself.
 *
 * The reader finds the end of plain ASCII strings alone. From the first escape,
 * non-ASCII or forbidden byte on it is this file's: escapes become UTF-8, which
 * is never longer than what they were written as, and what is wrong is told as
 * Python's json module tells it.
 */
#ifndef JSON_QUOTED_H
#define JSON_QUOTED_H

#include "json/reader.h"

struct quoted {
    const char *quote; /* in: the opening quote */
    char *at;          /* in: the first byte that needs care; out: the closing quote */
    const char *end;   /* in: of the whole text: a NUL, then SCAN_WIDTH readable bytes */
    char *out;         /* out: the end of the decoded text, at most `at` */

    enum json_fault fault;
    const char *fault_at;
    const char *lone_surrogate; /* out: the first escape that is one, or NULL: no fault here */
};

/* False with fault and fault_at set. */
bool quoted_decode(struct quoted *q);

#endif
