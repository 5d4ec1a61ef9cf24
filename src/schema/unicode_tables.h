/*
 * unicode_tables: what RFC 5892, RFC 5893 and NFC need to know of the code
 * points that may stand in an internationalised host name.
 *
 * Written by scripts/make-unicode-tables; read through schema/unicode.h.
 */
#ifndef SCHEMA_UNICODE_TABLES_H
#define SCHEMA_UNICODE_TABLES_H

#include <stddef.h>
#include <stdint.h>

/* Bits of unicode_run.properties; a code point that is not permitted has none. */
enum {
    UNICODE_PERMITTED = 1,     /* PVALID, CONTEXTJ or CONTEXTO */
    UNICODE_MARK = 2,          /* general category M */
    UNICODE_MAY_COMPOSE = 4,   /* NFC_Quick_Check is Maybe */
    UNICODE_JOINING_SHIFT = 3, /* 3 bits, enum unicode_joining */
    UNICODE_BIDI_SHIFT = 6,    /* 4 bits, enum unicode_bidi */
    UNICODE_SCRIPT_SHIFT = 10, /* 3 bits, enum unicode_script */
    UNICODE_CCC_SHIFT = 16,    /* 8 bits, the canonical combining class */
};

/* All code points from `first` to the next run's first have these properties. */
struct unicode_run {
    uint32_t first;
    uint32_t properties;
};

extern const struct unicode_run unicode_runs[];
extern const size_t unicode_run_count;

/* Primary composites (no Hangul syllables), by rising code point. */
struct unicode_composition {
    uint32_t composed;
    uint32_t first;
    uint32_t second;
};

extern const struct unicode_composition unicode_compositions[];
extern const uint16_t unicode_compositions_by_parts[]; /* indices, by first, then second */
extern const size_t unicode_composition_count;

#endif
