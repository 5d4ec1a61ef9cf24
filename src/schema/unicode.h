/*
 * unicode: the few properties of code points that internationalised names
 * depend on, and normalization form C.
 *
 * Pure functions over constant tables (Unicode 14, see unicode_tables.h).
 */
#ifndef SCHEMA_UNICODE_H
#define SCHEMA_UNICODE_H

#include "base/str.h"

enum unicode_joining { /* Joining_Type */
                       JOINING_NONE,
                       JOINING_LEFT,
                       JOINING_RIGHT,
                       JOINING_DUAL,
                       JOINING_TRANSPARENT,
                       JOINING_CAUSING,
};

enum unicode_bidi { /* Bidi_Class, as far as permitted code points have one */
                    BIDI_L,
                    BIDI_R,
                    BIDI_AL,
                    BIDI_AN,
                    BIDI_EN,
                    BIDI_ES,
                    BIDI_CS,
                    BIDI_ET,
                    BIDI_ON,
                    BIDI_BN,
                    BIDI_NSM,
};

enum unicode_script {
    SCRIPT_OTHER,
    SCRIPT_GREEK,
    SCRIPT_HEBREW,
    SCRIPT_HIRAGANA,
    SCRIPT_KATAKANA,
    SCRIPT_HAN,
};

struct unicode_properties {
    bool permitted;   /* RFC 5892: PVALID, or CONTEXTJ or CONTEXTO (whose rules are in idna.c);
                         where false, all other fields are zero */
    bool mark;        /* general category Mn, Mc or Me */
    bool may_compose; /* NFC_Quick_Check=Maybe */
    enum unicode_joining joining;
    enum unicode_bidi bidi;
    enum unicode_script script;
    unsigned combining_class; /* 9 is a virama */
};

struct unicode_properties unicode_properties(uint32_t code_point);

/* Returned by unicode_next where the bytes are not well-formed UTF-8. */
#define UNICODE_INVALID UINT32_MAX

/*
 * Decodes the character at byte *at (less than text.len) and moves *at behind
 * it. Strict; on a fault returns UNICODE_INVALID and moves one byte on.
 */
uint32_t unicode_next(struct str text, size_t *at);

/* Longest text that unicode_is_nfc takes: no label of a host name is longer. */
enum { UNICODE_NFC_MAX = 64 };

/*
 * True if the code points are in normalization form C. All must be permitted
 * (as every code point of a label is); count is at most UNICODE_NFC_MAX.
 */
bool unicode_is_nfc(const uint32_t *text, size_t count);

#endif
