/*
 * punycode: code points as letters, digits and hyphens (RFC 3492), for the
 * labels of host names.
 */
#ifndef SCHEMA_PUNYCODE_H
#define SCHEMA_PUNYCODE_H

#include "base/str.h"

/* A label has at most 63 octets (RFC 1035, 2.3.4), so no more code points. */
enum { PUNYCODE_MAX = 63 };

/*
 * Decodes `text` (without "xn--") into out[PUNYCODE_MAX]. Basic code points
 * keep their case. Returns their number, or SIZE_MAX where the text is no
 * Punycode, holds more than PUNYCODE_MAX code points or one above U+10FFFF.
 */
size_t punycode_decode(struct str text, uint32_t *out);

/*
 * Encodes into out[PUNYCODE_MAX], in lower case. Returns the bytes written, or
 * SIZE_MAX where more would be needed.
 */
size_t punycode_encode(const uint32_t *text, size_t count, char *out);

#endif
