/*
 * percent: bytes of a URL, a header or a form as text.
 *
 * Percent-decoding is done unit by unit ("a", "%2F"), so that paths can be
 * compared without being copied. An escape that is none ("%zz", a "%" at the
 * end) stays as the text it is, as in FastAPI and in browsers.
 *
 * The public percent_decode is declared in openapi/contract.h.
 */
#ifndef OPENAPI_PERCENT_H
#define OPENAPI_PERCENT_H

#include "base/arena.h"
#include "base/str.h"

/* Takes the first unit off `rest`, which must not be empty, and returns its byte. */
char percent_next(struct str *rest);

/* Skips `units` units; `text` must hold that many. */
struct str percent_skip(struct str text, size_t units);

/* Bytes that `text` decodes to. */
size_t percent_length(struct str text);

/* Order of the decoded bytes, as str_compare. */
int percent_compare(struct str a, struct str b);

/* True if `text` decodes to something that starts with what `prefix` decodes to. */
bool percent_starts_with(struct str text, struct str prefix);

/*
 * `text` itself where it is UTF-8. Otherwise a copy in the arena in which each
 * byte has become the character of that number (as Latin-1 has it): nothing is
 * lost, and the length in characters is the number of bytes.
 */
struct str text_from_bytes(struct arena *arena, struct str text);

#endif
