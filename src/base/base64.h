/*
 * base64: bytes as text (RFC 4648, section 4, with padding).
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

void base64_add(struct buf *out, struct str bytes);

/* Appends the bytes that `text` stands for. False, with nothing appended, if it is none. */
bool base64_read(struct str text, struct buf *out);

#endif
