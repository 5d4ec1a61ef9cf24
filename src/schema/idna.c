#include "schema/idna.h"

#include "schema/punycode.h"
#include "schema/unicode.h"

enum {
    LABEL_OCTETS = 63, /* RFC 1035, 2.3.4 */
    NAME_OCTETS = 253, /* 255 on the wire: a length octet before each label and the root's */
    VIRAMA = 9,        /* canonical combining class */
    ZERO_WIDTH_NON_JOINER = 0x200c,
    ZERO_WIDTH_JOINER = 0x200d,
};

struct label {
    uint32_t points[PUNYCODE_MAX]; /* A to Z in lower case */
    size_t count;
    bool had_capitals;
};

/* What the labels of one name have told so far. */
struct name {
    size_t octets;      /* of all labels in their ASCII form, with the dots between them */
    bool right_to_left; /* some label has right-to-left characters: a Bidi domain name */
    bool breaks_bidi;   /* some label would not be valid in a Bidi domain name */
    bool international; /* U-labels are welcome */
};

/* ---- contextual rules (RFC 5892, appendix A) ---- */

static enum unicode_script script_at(const struct label *label, size_t at)
{
    return at < label->count ? unicode_properties(label->points[at]).script : SCRIPT_OTHER;
}

static bool follows_virama(const struct label *label, size_t at)
{
    return at > 0 && unicode_properties(label->points[at - 1]).combining_class == VIRAMA;
}

static enum unicode_joining joining_at(const struct label *label, size_t at)
{
    return unicode_properties(label->points[at]).joining;
}

/* A.1: the non-joiner stands between letters that would join across it. */
static bool breaks_a_join(const struct label *label, size_t at)
{
    size_t before = at;
    do {
        if (before == 0)
            return false;
        before--;
    } while (joining_at(label, before) == JOINING_TRANSPARENT);
    size_t after = at + 1;
    while (after < label->count && joining_at(label, after) == JOINING_TRANSPARENT)
        after++;
    if (after == label->count)
        return false;
    enum unicode_joining left = joining_at(label, before);
    enum unicode_joining right = joining_at(label, after);
    return (left == JOINING_LEFT || left == JOINING_DUAL) &&
           (right == JOINING_RIGHT || right == JOINING_DUAL);
}

static bool has_between(const struct label *label, uint32_t first, uint32_t last)
{
    for (size_t i = 0; i < label->count; i++)
        if (label->points[i] >= first && label->points[i] <= last)
            return true;
    return false;
}

/* A.7: somewhere in the label is a Japanese or Chinese character. */
static bool has_kana_or_han(const struct label *label)
{
    for (size_t i = 0; i < label->count; i++) {
        enum unicode_script script = script_at(label, i);
        if (script == SCRIPT_HIRAGANA || script == SCRIPT_KATAKANA || script == SCRIPT_HAN)
            return true;
    }
    return false;
}

static bool is_l(const struct label *label, size_t at)
{
    return at < label->count && label->points[at] == 'l';
}

/* True for a code point without a rule. Indices below 0 wrap to beyond the end. */
static bool context_allows(const struct label *label, size_t at)
{
    uint32_t point = label->points[at];
    switch (point) {
    case ZERO_WIDTH_NON_JOINER:
        return follows_virama(label, at) || breaks_a_join(label, at);
    case ZERO_WIDTH_JOINER:
        return follows_virama(label, at);
    case 0x00b7: /* middle dot */
        return is_l(label, at - 1) && is_l(label, at + 1);
    case 0x0375: /* Greek lower numeral sign */
        return script_at(label, at + 1) == SCRIPT_GREEK;
    case 0x05f3: /* Hebrew geresh */
    case 0x05f4: /* Hebrew gershayim */
        return script_at(label, at - 1) == SCRIPT_HEBREW;
    case 0x30fb: /* katakana middle dot */
        return has_kana_or_han(label);
    default:
        break;
    }
    if (point >= 0x0660 && point <= 0x0669) /* Arabic-Indic digits */
        return !has_between(label, 0x06f0, 0x06f9);
    if (point >= 0x06f0 && point <= 0x06f9) /* extended Arabic-Indic digits */
        return !has_between(label, 0x0660, 0x0669);
    return true;
}

/* ---- right-to-left names (RFC 5893, section 2) ---- */

static enum unicode_bidi bidi_at(const struct label *label, size_t at)
{
    return unicode_properties(label->points[at]).bidi;
}

static unsigned bidi_bit(enum unicode_bidi bidi)
{
    return 1u << bidi;
}

static unsigned bidi_classes(const struct label *label)
{
    unsigned seen = 0;
    for (size_t i = 0; i < label->count; i++)
        seen |= bidi_bit(bidi_at(label, i));
    return seen;
}

/* The last character that is no non-spacing mark decides how a label ends. */
static enum unicode_bidi bidi_end(const struct label *label)
{
    size_t at = label->count - 1;
    while (at > 0 && bidi_at(label, at) == BIDI_NSM)
        at--;
    return bidi_at(label, at);
}

/* The six conditions of the Bidi rule. */
static bool obeys_bidi_rule(const struct label *label)
{
    const unsigned rtl = bidi_bit(BIDI_R) | bidi_bit(BIDI_AL);
    const unsigned neutral = bidi_bit(BIDI_EN) | bidi_bit(BIDI_ES) | bidi_bit(BIDI_CS) |
                             bidi_bit(BIDI_ET) | bidi_bit(BIDI_ON) | bidi_bit(BIDI_BN) |
                             bidi_bit(BIDI_NSM);
    const unsigned both_digits = bidi_bit(BIDI_EN) | bidi_bit(BIDI_AN);
    unsigned seen = bidi_classes(label);
    unsigned first = bidi_bit(bidi_at(label, 0));
    unsigned end = bidi_bit(bidi_end(label));
    if (first == bidi_bit(BIDI_L))
        return (seen & ~(neutral | bidi_bit(BIDI_L))) == 0 &&
               (end & (bidi_bit(BIDI_L) | bidi_bit(BIDI_EN))) != 0;
    return (first & rtl) != 0 && (seen & ~(neutral | rtl | bidi_bit(BIDI_AN))) == 0 &&
           (end & (rtl | both_digits)) != 0 && (seen & both_digits) != both_digits;
}

static void note_direction(struct name *name, const struct label *label)
{
    const unsigned rtl = bidi_bit(BIDI_R) | bidi_bit(BIDI_AL) | bidi_bit(BIDI_AN);
    if ((bidi_classes(label) & rtl) != 0)
        name->right_to_left = true;
    if (!obeys_bidi_rule(label))
        name->breaks_bidi = true;
}

/* ---- labels ---- */

static bool has_edge_hyphen(const struct label *label)
{
    return label->points[0] == '-' || label->points[label->count - 1] == '-';
}

static bool has_reserved_hyphens(const struct label *label)
{
    return label->count >= 4 && label->points[2] == '-' && label->points[3] == '-';
}

/* RFC 5891, 4.2.3 and 5.4, but for the Bidi rule, which concerns the whole name. */
static bool is_u_label(const struct label *label)
{
    if (label->count == 0 || has_edge_hyphen(label) || has_reserved_hyphens(label) ||
        unicode_properties(label->points[0]).mark)
        return false;
    for (size_t i = 0; i < label->count; i++)
        if (!unicode_properties(label->points[i]).permitted || !context_allows(label, i))
            return false;
    return unicode_is_nfc(label->points, label->count);
}

static bool is_ascii(const struct label *label)
{
    for (size_t i = 0; i < label->count; i++)
        if (label->points[i] >= 0x80)
            return false;
    return true;
}

/* The label must be ASCII; in lower case by now. */
static bool is_ldh(const struct label *label)
{
    for (size_t i = 0; i < label->count; i++) {
        uint32_t c = label->points[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return !has_edge_hyphen(label);
}

static bool has_ace_prefix(const struct label *label)
{
    return has_reserved_hyphens(label) && label->points[0] == 'x' && label->points[1] == 'n';
}

/* An A-label is the one and only ASCII form of a U-label that needs one. */
static bool check_a_label(struct name *name, const struct label *label)
{
    char text[LABEL_OCTETS];
    for (size_t i = 0; i < label->count; i++)
        text[i] = (char)label->points[i];
    struct str ace = str_make(text + 4, label->count - 4);
    struct label decoded;
    decoded.count = punycode_decode(ace, decoded.points);
    if (decoded.count == SIZE_MAX || is_ascii(&decoded) || !is_u_label(&decoded))
        return false;
    char again[PUNYCODE_MAX];
    size_t len = punycode_encode(decoded.points, decoded.count, again);
    note_direction(name, &decoded);
    return len != SIZE_MAX && str_equal(str_make(again, len), ace);
}

static bool check_ascii_label(struct name *name, const struct label *label)
{
    name->octets += label->count;
    if (!is_ldh(label))
        return false;
    if (has_ace_prefix(label))
        return check_a_label(name, label);
    /* Other labels with "--" there are reserved (RFC 5890, 2.3.1), yet fine host names. */
    if (name->international && has_reserved_hyphens(label))
        return false;
    /* Letters are left-to-right and no hyphen ends the label: only its first character counts. */
    if (label->points[0] >= '0' && label->points[0] <= '9')
        name->breaks_bidi = true;
    return true;
}

static bool check_u_label(struct name *name, const struct label *label)
{
    if (!name->international || label->had_capitals || !is_u_label(label))
        return false;
    char ace[PUNYCODE_MAX];
    size_t len = punycode_encode(label->points, label->count, ace);
    if (len == SIZE_MAX || len + 4 > LABEL_OCTETS)
        return false;
    name->octets += len + 4;
    note_direction(name, label);
    return true;
}

static bool check_label(struct name *name, const struct label *label)
{
    if (label->count == 0)
        return false;
    return is_ascii(label) ? check_ascii_label(name, label) : check_u_label(name, label);
}

/* ---- names ---- */

static bool is_separator(const struct name *name, uint32_t c)
{
    return c == '.' || (name->international && (c == 0x3002 || c == 0xff0e || c == 0xff61));
}

static void add_point(struct label *label, uint32_t c)
{
    if (c >= 'A' && c <= 'Z') {
        label->had_capitals = true;
        c += 'a' - 'A';
    }
    label->points[label->count++] = c;
}

static bool check_name(struct name *name, struct str text)
{
    struct label label;
    label.count = 0;
    label.had_capitals = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = unicode_next(text, &at);
        if (!is_separator(name, c)) {
            if (label.count == LABEL_OCTETS)
                return false;
            add_point(&label, c);
            continue;
        }
        if (!check_label(name, &label) || ++name->octets > NAME_OCTETS)
            return false;
        label.count = 0;
        label.had_capitals = false;
    }
    return check_label(name, &label) && name->octets <= NAME_OCTETS &&
           !(name->right_to_left && name->breaks_bidi);
}

bool idna_is_hostname(struct str text)
{
    struct name name = {.international = false};
    return check_name(&name, text);
}

bool idna_is_idn_hostname(struct str text)
{
    struct name name = {.international = true};
    return check_name(&name, text);
}
