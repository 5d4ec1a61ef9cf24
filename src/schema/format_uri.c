/*
 * URIs and IRIs by the grammar of RFC 3986 and RFC 3987, and URI templates by
 * that of RFC 6570. Each function takes one production off the text or judges
 * the whole of it.
 */
#include "schema/format_checks.h"
#include "schema/unicode.h"

/* ---- characters ---- */

enum {
    UNRESERVED = 1, /* letters, digits, - . _ ~, and ucschar in IRIs */
    SUB_DELIMS = 2, /* ! $ & ' ( ) * + , ; = */
    COLON = 4,
    AT = 8,
    SLASH = 16,
    QUESTION = 32,
    PRIVATE = 64, /* iprivate: in the queries of IRIs */
    PCHAR = UNRESERVED | SUB_DELIMS | COLON | AT,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static unsigned ascii_class(char c)
{
    if (is_letter(c) || is_digit(c))
        return UNRESERVED;
    switch (c) {
    case '-':
    case '.':
    case '_':
    case '~':
        return UNRESERVED;
    case '!':
    case '$':
    case '&':
    case '\'':
    case '(':
    case ')':
    case '*':
    case '+':
    case ',':
    case ';':
    case '=':
        return SUB_DELIMS;
    case ':':
        return COLON;
    case '@':
        return AT;
    case '/':
        return SLASH;
    case '?':
        return QUESTION;
    default:
        return 0;
    }
}

/* RFC 3987, 2.2. The last two code points of each plane are no characters. */
static unsigned international_class(uint32_t c)
{
    if ((c >= 0xe000 && c <= 0xf8ff) || (c >= 0xf0000 && c <= 0x10ffff))
        return (c & 0xfffe) == 0xfffe ? 0 : PRIVATE;
    if (c < 0x10000)
        return (c >= 0xa0 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfdcf) ||
                       (c >= 0xfdf0 && c <= 0xffef)
                   ? UNRESERVED
                   : 0;
    return (c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c <= 0xe0fff) || c > 0x10ffff ? 0
                                                                                    : UNRESERVED;
}

static bool is_percent_encoded(struct str text, size_t at)
{
    return text.data[at] == '%' && text.len - at >= 3 && is_hex(text.data[at + 1]) &&
           is_hex(text.data[at + 2]);
}

/* Moves *at behind one character of the allowed classes or one %xx; false at any other. */
static bool skip_character(struct str text, size_t *at, unsigned allowed, bool international)
{
    char c = text.data[*at];
    if ((unsigned char)c >= 0x80)
        return international && (international_class(unicode_next(text, at)) & allowed) != 0;
    if (c != '%') {
        *at += 1;
        return (ascii_class(c) & allowed) != 0;
    }
    bool encoded = is_percent_encoded(text, *at);
    *at += 3;
    return encoded;
}

static bool consists_of(struct str text, unsigned allowed, bool international)
{
    for (size_t at = 0; at < text.len;)
        if (!skip_character(text, &at, allowed, international))
            return false;
    return true;
}

/* ---- references (RFC 3986, appendix A) ---- */

/* Cuts the text at the first of the characters; *rest starts with it or is empty. */
static struct str cut_at(struct str text, const char *stops, struct str *rest)
{
    size_t len = 0;
    while (len < text.len && (text.data[len] == '\0' || strchr(stops, text.data[len]) == NULL))
        len++;
    *rest = str_after(text, len);
    return str_make(text.data, len);
}

/* Takes "scheme:" off the text. */
static bool take_scheme(struct str *text)
{
    size_t len = 0;
    while (len < text->len &&
           (is_letter(text->data[len]) || is_digit(text->data[len]) || text->data[len] == '+' ||
            text->data[len] == '-' || text->data[len] == '.'))
        len++;
    if (len == 0 || len == text->len || text->data[len] != ':' || !is_letter(text->data[0]))
        return false;
    *text = str_after(*text, len + 1);
    return true;
}

/* "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool is_ip_future(struct str text)
{
    if (text.len == 0 || (text.data[0] != 'v' && text.data[0] != 'V'))
        return false;
    size_t at = 1;
    while (at < text.len && is_hex(text.data[at]))
        at++;
    if (at == 1 || at + 1 >= text.len || text.data[at] != '.')
        return false;
    for (at++; at < text.len; at++)
        if ((ascii_class(text.data[at]) & (UNRESERVED | SUB_DELIMS | COLON)) == 0)
            return false;
    return true;
}

/* Takes the host off the authority, which starts with it. */
static bool take_host(struct str *text, bool international)
{
    struct str rest;
    if (text->len == 0 || text->data[0] != '[') {
        struct str name = cut_at(*text, ":", &rest);
        *text = rest;
        return consists_of(name, UNRESERVED | SUB_DELIMS, international);
    }
    struct str literal = cut_at(str_after(*text, 1), "]", &rest);
    if (rest.len == 0)
        return false;
    *text = str_after(rest, 1);
    return format_is_ipv6(literal) || is_ip_future(literal);
}

static bool is_port(struct str text)
{
    if (text.len == 0)
        return true;
    if (text.data[0] != ':')
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!is_digit(text.data[i]))
            return false;
    return true;
}

static bool is_authority(struct str text, bool international)
{
    struct str rest;
    struct str user = cut_at(text, "@", &rest);
    if (rest.len > 0) {
        if (!consists_of(user, UNRESERVED | SUB_DELIMS | COLON, international))
            return false;
        text = str_after(rest, 1);
    }
    return take_host(&text, international) && is_port(text);
}

/* Takes hier-part or relative-part off the text. */
static bool take_hierarchy(struct str *text, bool has_scheme, bool international)
{
    if (str_starts_with(*text, "//")) {
        struct str authority = cut_at(str_after(*text, 2), "/?#", text);
        if (!is_authority(authority, international))
            return false;
    } else if (!has_scheme) {
        struct str rest;
        struct str segment = cut_at(*text, "/?#", &rest);
        if (str_find_char(segment, ':') != segment.len) /* path-noscheme */
            return false;
    }
    struct str path = cut_at(*text, "?#", text);
    return consists_of(path, PCHAR | SLASH, international);
}

static bool is_reference(struct str text, bool international, bool scheme_needed)
{
    bool has_scheme = take_scheme(&text);
    if (!has_scheme && scheme_needed)
        return false;
    if (!take_hierarchy(&text, has_scheme, international))
        return false;
    if (text.len > 0 && text.data[0] == '?') {
        struct str query = cut_at(str_after(text, 1), "#", &text);
        if (!consists_of(query, PCHAR | SLASH | QUESTION | PRIVATE, international))
            return false;
    }
    return text.len == 0 ||
           consists_of(str_after(text, 1), PCHAR | SLASH | QUESTION, international);
}

bool format_check_uri(const struct json_node *value)
{
    return is_reference(json_text(value), false, true);
}

bool format_check_uri_reference(const struct json_node *value)
{
    return is_reference(json_text(value), false, false);
}

bool format_check_iri(const struct json_node *value)
{
    return is_reference(json_text(value), true, true);
}

bool format_check_iri_reference(const struct json_node *value)
{
    return is_reference(json_text(value), true, false);
}

/* ---- templates (RFC 6570, section 2) ---- */

/* Moves *at behind one literal. An apostrophe is one since erratum 6937. */
static bool skip_literal(struct str text, size_t *at)
{
    char c = text.data[*at];
    if (c == '#' || c == '[' || c == ']') {
        *at += 1;
        return true;
    }
    return skip_character(text, at, PCHAR | SLASH | QUESTION | PRIVATE, true);
}

/* varname: dots only between other characters. */
static bool take_variable_name(struct str *text)
{
    size_t at = 0;
    bool after_dot = true;
    while (at < text->len) {
        char c = text->data[at];
        bool is_dot = c == '.';
        if (is_dot && after_dot)
            return false;
        if (is_percent_encoded(*text, at))
            at += 3;
        else if (is_letter(c) || is_digit(c) || c == '_' || is_dot)
            at++;
        else
            break;
        after_dot = is_dot;
    }
    *text = str_after(*text, at);
    return !after_dot;
}

/* max-length: 1 to 9999 without leading zeros. */
static bool is_max_length(struct str text)
{
    if (text.len == 0 || text.len > 4 || text.data[0] == '0')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.data[i]))
            return false;
    return true;
}

static bool is_variable(struct str text)
{
    if (!take_variable_name(&text))
        return false;
    if (text.len == 0 || str_is(text, "*"))
        return true;
    return text.data[0] == ':' && is_max_length(str_after(text, 1));
}

/* What stands in the braces. */
static bool is_expression(struct str text)
{
    static const char operators[] = "+#./;?&=,!@|"; /* from "=" on reserved for extensions */
    if (text.len > 0 && text.data[0] != '\0' && strchr(operators, text.data[0]) != NULL)
        text = str_after(text, 1);
    struct str rest = text;
    do {
        struct str variable = cut_at(text, ",", &rest);
        if (!is_variable(variable))
            return false;
        text = rest.len > 0 ? str_after(rest, 1) : rest;
    } while (rest.len > 0);
    return true;
}

bool format_check_uri_template(const struct json_node *value)
{
    struct str text = json_text(value);
    for (size_t at = 0; at < text.len;) {
        if (text.data[at] != '{') {
            if (!skip_literal(text, &at))
                return false;
            continue;
        }
        struct str rest;
        struct str expression = cut_at(str_after(text, at + 1), "}", &rest);
        if (rest.len == 0 || !is_expression(expression))
            return false;
        at = text.len - rest.len + 1;
    }
    return true;
}
