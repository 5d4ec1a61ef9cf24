/*
 * idna: host names, with and without letters from outside ASCII.
 *
 * Internationalised names follow IDNA 2008: which code points (RFC 5892) and
 * in which context, normalization form C and hyphens (RFC 5891), right-to-left
 * names (RFC 5893), Punycode (RFC 3492). Nothing is mapped: a name that a
 * browser would first put into lower case is not valid. Pure functions.
 */
#ifndef SCHEMA_IDNA_H
#define SCHEMA_IDNA_H

#include "base/str.h"

/*
 * RFC 1123, 2.1: labels of letters, digits and inner hyphens, at most 63
 * octets each and 253 in all, no dot at the end. A label that starts with
 * "xn--" must be an A-label (RFC 5890, 2.3.2.1).
 */
bool idna_is_hostname(struct str name);

/*
 * The same with U-labels too. The limits count the A-label of each. The full
 * stops U+3002, U+FF0E and U+FF61 separate labels as well (RFC 3490, 3.1).
 */
bool idna_is_idn_hostname(struct str name);

#endif
