/*
 * regex_property: ECMA-262's Unicode property escapes in PCRE2's spelling.
 */
#ifndef SCHEMA_REGEX_PROPERTY_H
#define SCHEMA_REGEX_PROPERTY_H

#include "base/buf.h"

/*
 * Appends what \p{text}, or \P{text} where `negated`, is for PCRE2; inside a
 * class where in_class. Returns false where ECMA-262 knows no such property
 * (names are compared exactly, as it demands).
 */
bool regex_property_add(struct buf *out, struct str text, bool negated, bool in_class);

#endif
