#include "json/yaml_scalar.h"

#include "base/buf.h"

enum {
    RADIX_DIGITS_MAX = 256,
    LIMBS_MAX = 40, /* of nine decimal digits: 16^256 has 309 digits */
    LIMB_BASE = 1000000000,
};

/* --- kinds -------------------------------------------------------------------- */

static const struct {
    const char *word;
    enum scalar_kind kind;
} words[] = {
    {"", SCALAR_NULL},           {"~", SCALAR_NULL},          {"null", SCALAR_NULL},
    {"Null", SCALAR_NULL},       {"NULL", SCALAR_NULL},       {"true", SCALAR_TRUE},
    {"True", SCALAR_TRUE},       {"TRUE", SCALAR_TRUE},       {"false", SCALAR_FALSE},
    {"False", SCALAR_FALSE},     {"FALSE", SCALAR_FALSE},     {".nan", SCALAR_NOT_FINITE},
    {".NaN", SCALAR_NOT_FINITE}, {".NAN", SCALAR_NOT_FINITE},
};

static enum scalar_kind kind_of_word(struct str text)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(text, words[i].word))
            return words[i].kind;
    return SCALAR_TEXT;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int digit_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

static size_t digits_from(struct str text, size_t at)
{
    size_t end = at;
    while (end < text.len && is_digit(text.data[end]))
        end++;
    return end - at;
}

/* 0o17, 0xfF: no sign, at least one digit. */
static bool is_radix(struct str text, char letter, int radix)
{
    if (text.len < 3 || text.len > 2 + RADIX_DIGITS_MAX || text.data[0] != '0' ||
        text.data[1] != letter)
        return false;
    for (size_t i = 2; i < text.len; i++)
        if (digit_value(text.data[i]) >= radix)
            return false;
    return true;
}

/* [-+]?[0-9]+, or [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static enum scalar_kind kind_of_decimal(struct str text)
{
    size_t at = text.len > 0 && (text.data[0] == '-' || text.data[0] == '+');
    struct str magnitude = str_after(text, at);
    if (str_is(magnitude, ".inf") || str_is(magnitude, ".Inf") || str_is(magnitude, ".INF"))
        return SCALAR_NOT_FINITE;
    size_t whole = digits_from(text, at);
    at += whole;
    if (at == text.len)
        return whole > 0 ? SCALAR_INTEGER : SCALAR_TEXT;
    size_t fraction = 0;
    if (text.data[at] == '.') {
        fraction = digits_from(text, at + 1);
        at += 1 + fraction;
    }
    if (whole + fraction == 0)
        return SCALAR_TEXT;
    if (at < text.len && (text.data[at] == 'e' || text.data[at] == 'E')) {
        at++;
        at += at < text.len && (text.data[at] == '-' || text.data[at] == '+');
        size_t exponent = digits_from(text, at);
        if (exponent == 0)
            return SCALAR_TEXT;
        at += exponent;
    }
    return at == text.len ? SCALAR_FLOAT : SCALAR_TEXT;
}

enum scalar_kind scalar_kind_of(struct str text)
{
    char first = text.len > 0 ? text.data[0] : '~';
    if (is_digit(first) || first == '-' || first == '+' || first == '.') {
        if (is_radix(text, 'o', 8))
            return SCALAR_OCTAL;
        if (is_radix(text, 'x', 16))
            return SCALAR_HEX;
        enum scalar_kind kind = kind_of_decimal(text);
        return kind == SCALAR_TEXT && first == '.' ? kind_of_word(text) : kind;
    }
    if (strchr("~nNtTfF", first) != NULL)
        return kind_of_word(text);
    return SCALAR_TEXT;
}

enum json_type scalar_type(enum scalar_kind kind)
{
    static const enum json_type types[] = {
        [SCALAR_TEXT] = JSON_STRING,     [SCALAR_NULL] = JSON_NULL,
        [SCALAR_FALSE] = JSON_FALSE,     [SCALAR_TRUE] = JSON_TRUE,
        [SCALAR_INTEGER] = JSON_NUMBER,  [SCALAR_OCTAL] = JSON_NUMBER,
        [SCALAR_HEX] = JSON_NUMBER,      [SCALAR_FLOAT] = JSON_NUMBER,
        [SCALAR_NOT_FINITE] = JSON_NULL,
    };
    return types[kind];
}

/* --- tags ----------------------------------------------------------------------- */

static const char CORE_PREFIX[] = "tag:yaml.org,2002:";

struct str scalar_tag_name(struct str tag)
{
    return str_after(tag, sizeof CORE_PREFIX - 1);
}

enum scalar_tag scalar_tag_of(struct str tag)
{
    static const struct {
        const char *name;
        enum scalar_tag tag;
    } core[] = {
        {"str", TAG_STRING},  {"null", TAG_NULL}, {"bool", TAG_BOOLEAN}, {"int", TAG_INTEGER},
        {"float", TAG_FLOAT}, {"seq", TAG_LIST},  {"map", TAG_MAPPING},
    };
    if (tag.data == NULL)
        return TAG_NONE;
    if (str_is(tag, "!"))
        return TAG_PLAIN;
    if (!str_starts_with(tag, CORE_PREFIX))
        return TAG_UNKNOWN;
    struct str name = scalar_tag_name(tag);
    for (size_t i = 0; i < sizeof core / sizeof *core; i++)
        if (str_is(name, core[i].name))
            return core[i].tag;
    return TAG_UNKNOWN;
}

bool scalar_resolve(struct str text, enum scalar_tag tag, bool plain, enum scalar_kind *kind)
{
    bool as_written = tag == TAG_NONE || tag == TAG_UNKNOWN;
    bool is_text = tag == TAG_PLAIN || tag == TAG_STRING || (as_written && !plain);
    *kind = is_text ? SCALAR_TEXT : scalar_kind_of(text);
    switch (tag) {
    case TAG_NULL:
        return *kind == SCALAR_NULL;
    case TAG_BOOLEAN:
        return *kind == SCALAR_TRUE || *kind == SCALAR_FALSE;
    case TAG_INTEGER:
        return *kind == SCALAR_INTEGER || *kind == SCALAR_OCTAL || *kind == SCALAR_HEX;
    case TAG_FLOAT:
        return *kind == SCALAR_INTEGER || *kind == SCALAR_FLOAT || *kind == SCALAR_NOT_FINITE;
    case TAG_LIST:
    case TAG_MAPPING:
        return false;
    default:
        return true;
    }
}

/* --- spelling ----------------------------------------------------------------- */

/* Limbs of nine digits, the least first: number = number * radix + digit. */
static size_t multiply_add(uint32_t *limbs, size_t count, uint32_t radix, uint32_t digit)
{
    uint64_t carry = digit;
    for (size_t i = 0; i < count; i++) {
        uint64_t value = (uint64_t)limbs[i] * radix + carry;
        limbs[i] = (uint32_t)(value % LIMB_BASE);
        carry = value / LIMB_BASE;
    }
    if (carry > 0)
        limbs[count++] = (uint32_t)carry;
    return count;
}

static void add_radix(struct buf *out, struct str digits, uint32_t radix)
{
    uint32_t limbs[LIMBS_MAX] = {0};
    size_t count = 1;
    for (size_t i = 0; i < digits.len; i++)
        count = multiply_add(limbs, count, radix, (uint32_t)digit_value(digits.data[i]));
    buf_add_uint(out, limbs[--count]);
    while (count > 0)
        buf_printf(out, "%09u", limbs[--count]);
}

/* Without a plus, without leading zeros, with digits on both sides of the point. */
static void add_decimal(struct buf *out, struct str text)
{
    if (text.data[0] == '-')
        buf_add_char(out, '-');
    size_t at = text.data[0] == '-' || text.data[0] == '+';
    size_t whole = digits_from(text, at);
    while (whole > 1 && text.data[at] == '0') {
        at++;
        whole--;
    }
    buf_add_str(out, whole > 0 ? str_make(text.data + at, whole) : str_from("0"));
    at += whole;
    if (at < text.len && text.data[at] == '.') {
        size_t fraction = digits_from(text, at + 1);
        buf_add_char(out, '.');
        buf_add_str(out, fraction > 0 ? str_make(text.data + at + 1, fraction) : str_from("0"));
        at += 1 + fraction;
    }
    buf_add_str(out, str_after(text, at));
}

static bool is_json_already(struct str text)
{
    size_t at = text.data[0] == '-';
    size_t whole = text.data[at] == '+' ? 0 : digits_from(text, at);
    if (whole == 0 || (whole > 1 && text.data[at] == '0'))
        return false;
    at += whole;
    return at == text.len || text.data[at] != '.' || digits_from(text, at + 1) > 0;
}

struct str scalar_lexeme(struct arena *arena, struct str text, enum scalar_kind kind)
{
    bool decimal = kind == SCALAR_INTEGER || kind == SCALAR_FLOAT;
    if (decimal && is_json_already(text))
        return arena_copy_str(arena, text);
    struct buf out;
    buf_init(&out, NULL);
    if (decimal)
        add_decimal(&out, text);
    else
        add_radix(&out, str_after(text, 2), kind == SCALAR_HEX ? 16 : 8);
    struct str lexeme = arena_copy_str(arena, buf_str(&out));
    buf_free(&out);
    return lexeme;
}
