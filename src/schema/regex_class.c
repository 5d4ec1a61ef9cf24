/*
 * Escapes and bracketed classes.
 */
#include "schema/regex_parser.h"
#include "schema/regex_property.h"
#include "schema/unicode.h"

/* WhiteSpace and LineTerminator of ECMA-262, 11.2 and 11.3, as members of a PCRE2 class. */
static const char white_space[] = "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}"
                                  "\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
/* All others. */
static const char not_white_space[] =
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}"
    "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"
    "\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";

const char regex_anything[] = "[^]";
const char regex_nothing[] = "[^\\x{0}-\\x{10ffff}]";

/* \D and \W inside a class: beside a \p{...}, PCRE2 forgets their members above U+00FF. */
static const char not_digit[] = "\\x{0}-\\x{2f}\\x{3a}-\\x{10ffff}";
static const char not_word[] = "\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}"
                               "\\x{7b}-\\x{10ffff}";

/* ---- escaped characters ---- */

static int hex_value(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Reads exactly `count` digits at *at. */
static bool read_hex(struct str text, size_t *at, size_t count, uint32_t *out)
{
    if (text.len - *at < count)
        return false;
    uint32_t number = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = hex_value((unsigned char)text.data[*at + i]);
        if (digit < 0)
            return false;
        number = number * 16 + (uint32_t)digit;
    }
    *at += count;
    *out = number;
    return true;
}

/* Reads "X...}" with a code point in hexadecimal digits. */
static bool read_braced(struct str text, size_t *at, uint32_t *out)
{
    uint32_t number = 0;
    size_t i = *at;
    for (; i < text.len && text.data[i] != '}'; i++) {
        int digit = hex_value((unsigned char)text.data[i]);
        number = number * 16 + (uint32_t)digit;
        if (digit < 0 || number > 0x10ffff)
            return false;
    }
    if (i == *at || i == text.len)
        return false;
    *at = i + 1;
    *out = number;
    return true;
}

bool regex_unicode_escape(struct str text, size_t *at, uint32_t *out)
{
    if (*at < text.len && text.data[*at] == '{') {
        size_t digits = *at + 1;
        if (!read_braced(text, &digits, out))
            return false;
        *at = digits;
        return true;
    }
    if (!read_hex(text, at, 4, out))
        return false;
    size_t second = *at + 2;
    uint32_t low;
    if (*out >= 0xd800 && *out <= 0xdbff && str_starts_with(str_after(text, *at), "\\u") &&
        read_hex(text, &second, 4, &low) && low >= 0xdc00 && low <= 0xdfff) {
        *out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
        *at = second;
    }
    return true;
}

static bool is_ascii_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* \f \n \r \t \v, or 0 */
static uint32_t control_escape(int letter)
{
    switch (letter) {
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    default:
        return 0;
    }
}

static bool is_syntax_character(int c)
{
    return c > 0 && strchr("^$\\.*+?()[]{}|/", c) != NULL;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

bool regex_character_escape(struct regex_parser *parser, bool in_class, uint32_t *out)
{
    size_t start = parser->at;
    int c = regex_peek(parser, 1);
    if (c < 0)
        return regex_fail(parser, start, "it ends with a backslash", "write \\\\ for a backslash");
    size_t at = start + 2;
    parser->at = at;
    *out = control_escape(c);
    if (*out != 0)
        return true;
    if (is_syntax_character(c) || (in_class && c == '-')) {
        *out = (uint32_t)c;
        return true;
    }
    if (in_class && c == 'b') {
        *out = '\b';
        return true;
    }
    if (is_digit(c)) {
        *out = 0;
        return (c == '0' && !is_digit(regex_peek(parser, 0))) ||
               regex_fail(parser, start, "an octal escape is not ECMA-262", "write \\xNN");
    }
    if (c == 'c') {
        int letter = regex_peek(parser, 0);
        parser->at++;
        *out = (uint32_t)letter & 31;
        return is_ascii_letter(letter) ||
               regex_fail(parser, start, "\\c needs a letter after it", NULL);
    }
    bool numeric = (c == 'x' && read_hex(parser->text, &parser->at, 2, out)) ||
                   (c == 'u' && regex_unicode_escape(parser->text, &parser->at, out));
    if (numeric)
        return true;
    parser->at = start + 1;
    *out = unicode_next(parser->text, &parser->at);
    if (c == 'x' || c == 'u')
        return regex_tolerates(parser, start, "\\x and \\u need hexadecimal digits after them",
                               "write \\xNN or \\uNNNN");
    return regex_tolerates(parser, start, "the escape is unknown to ECMA-262",
                           "leave the backslash out if the character itself is meant");
}

/* ---- sets ---- */

bool regex_is_set_escape(int letter)
{
    return letter > 0 && strchr("dDsSwWpP", letter) != NULL;
}

static bool property_escape(struct regex_parser *parser, bool in_class)
{
    size_t start = parser->at;
    bool negated = parser->text.data[start + 1] == 'P';
    struct str rest = str_after(parser->text, start + 2);
    size_t end = str_find_char(rest, '}');
    struct str name = str_make(rest.data + 1, end - 1);
    bool braced = rest.len > 0 && rest.data[0] == '{' && end < rest.len;
    if (!braced || !regex_property_add(parser->out, name, negated, in_class))
        return regex_fail(parser, start, "the Unicode property is unknown to ECMA-262",
                          "write it like \\p{Letter}, \\p{Lu} or \\p{Script=Greek}");
    parser->at = start + 2 + end + 1;
    return true;
}

/* The members of a set that PCRE2 does not have, or not as ECMA-262 has it; else NULL. */
static const char *spelled_out(int letter)
{
    switch (letter) {
    case 's':
        return white_space;
    case 'S':
        return not_white_space;
    case 'D':
        return not_digit;
    case 'W':
        return not_word;
    default:
        return NULL;
    }
}

bool regex_set_escape(struct regex_parser *parser, bool in_class)
{
    int letter = regex_peek(parser, 1);
    struct buf *out = parser->out;
    if (letter == 'p' || letter == 'P')
        return property_escape(parser, in_class);
    parser->at += 2;
    const char *members = spelled_out(letter);
    if (in_class && members != NULL)
        buf_add_text(out, members);
    else if (letter == 's' || letter == 'S')
        buf_printf(out, "[%s%s]", letter == 's' ? "" : "^", white_space);
    else
        buf_printf(out, "\\%c", letter);
    return true;
}

/* ---- classes ---- */

struct member {
    bool is_set; /* already written */
    uint32_t point;
};

/* Half pairs never occur in UTF-8, and PCRE2 refuses them: leave them out of [first, last]. */
static void add_range(struct buf *out, uint32_t first, uint32_t last)
{
    if (first >= 0xd800 && first <= 0xdfff)
        first = 0xe000;
    if (last >= 0xd800 && last <= 0xdfff)
        last = 0xd7ff;
    if (first > last)
        return;
    buf_printf(out, "\\x{%x}", first);
    if (first < last)
        buf_printf(out, "-\\x{%x}", last);
}

/* Reads one member; a set is written at once. */
static bool read_member(struct regex_parser *parser, struct member *out)
{
    *out = (struct member){.is_set = false};
    if (regex_peek(parser, 0) != '\\') {
        out->point = unicode_next(parser->text, &parser->at);
        return true;
    }
    out->is_set = regex_is_set_escape(regex_peek(parser, 1));
    if (out->is_set)
        return regex_set_escape(parser, true);
    return regex_character_escape(parser, true, &out->point);
}

static void add_member(struct buf *out, const struct member *member)
{
    if (!member->is_set)
        add_range(out, member->point, member->point);
}

static bool at_range(const struct regex_parser *parser)
{
    int after = regex_peek(parser, 1);
    return regex_peek(parser, 0) == '-' && after >= 0 && after != ']';
}

static bool class_atom(struct regex_parser *parser)
{
    size_t start = parser->at;
    struct buf *out = parser->out;
    struct member first;
    struct member last;
    if (!read_member(parser, &first))
        return false;
    if (!at_range(parser)) {
        add_member(out, &first);
        return true;
    }
    parser->at++;
    if (!read_member(parser, &last))
        return false;
    if (first.is_set || last.is_set) {
        add_member(out, &first);
        add_range(out, '-', '-');
        add_member(out, &last);
        return regex_tolerates(parser, start, "a class like \\w cannot be an end of a range",
                               "put the hyphen first or last in the brackets");
    }
    if (first.point > last.point)
        return regex_fail(parser, start, "the range is out of order", NULL);
    add_range(out, first.point, last.point);
    return true;
}

/* The usual ways to say "any character at all": PCRE2 is fastest with [^]. */
static bool any_character(struct regex_parser *parser)
{
    static const char *const idioms[] = {"[\\s\\S]", "[\\S\\s]", "[\\d\\D]", "[\\D\\d]",
                                         "[\\w\\W]", "[\\W\\w]", "[^]"};
    struct str rest = str_after(parser->text, parser->at);
    for (size_t i = 0; i < sizeof idioms / sizeof *idioms; i++)
        if (str_starts_with(rest, idioms[i])) {
            buf_add_text(parser->out, regex_anything);
            parser->at += strlen(idioms[i]);
            return true;
        }
    return false;
}

bool regex_class(struct regex_parser *parser)
{
    if (any_character(parser))
        return true;
    size_t start = parser->at++;
    struct buf *out = parser->out;
    size_t written = out->len;
    bool negated = regex_peek(parser, 0) == '^';
    parser->at += negated;
    buf_add_text(out, negated ? "[^" : "[");
    size_t opening = out->len;
    while (regex_peek(parser, 0) != ']') {
        if (regex_peek(parser, 0) < 0)
            return regex_fail(parser, start, "[ is not closed", "write \\[ for a bracket");
        if (!class_atom(parser))
            return false;
    }
    parser->at++;
    buf_add_char(out, ']');
    if (out->len == opening + 1) {
        out->len = written;
        buf_add_text(out, negated ? regex_anything : regex_nothing);
    }
    return true;
}
