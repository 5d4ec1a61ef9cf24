/*
 * Formats of text that are neither times nor names: identifiers, pointers,
 * encodings and the bare items of HTTP's structured fields.
 */
#include "base/utf8.h"
#include "schema/format.h"
#include "schema/format_checks.h"
#include "schema/pattern.h"
#include "json/pointer.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_printable(char c)
{
    return c >= ' ' && c <= '~';
}

/* ---- identifiers ---- */

/*
 * RFC 4122, section 3: the layout only; every version and variant passes.
 * Batches are full of them: the loop has no branches and can be vectorized.
 */
bool format_is_uuid(struct str text)
{
    const char *at = text.data;
    if (text.len != 36 || at[8] != '-' || at[13] != '-' || at[18] != '-' || at[23] != '-')
        return false;
    unsigned digits = 0;
    for (size_t i = 0; i < 36; i++) {
        unsigned c = (unsigned char)at[i];
        digits += (c - '0' < 10) | ((c | 0x20) - 'a' < 6);
    }
    return digits == 32;
}

bool format_check_uuid(const struct json_node *value)
{
    return format_is_uuid(json_text(value));
}

bool format_check_regex(const struct json_node *value)
{
    return pattern_is_valid(json_text(value));
}

bool format_check_char(const struct json_node *value)
{
    return utf8_count(json_text(value)) == 1;
}

/* ---- JSON pointers ---- */

bool format_check_json_pointer(const struct json_node *value)
{
    return json_pointer_is_valid(json_text(value));
}

/* Takes "0" or digits without a leading zero off the text. */
static bool take_index(struct str *text)
{
    size_t len = 0;
    while (len < text->len && is_digit(text->data[len]))
        len++;
    if (len == 0 || (len > 1 && text->data[0] == '0'))
        return false;
    *text = str_after(*text, len);
    return true;
}

/* draft-bhutton-relative-json-pointer-00, section 3, with index manipulation. */
bool format_check_relative_json_pointer(const struct json_node *value)
{
    struct str text = json_text(value);
    if (!take_index(&text))
        return false;
    if (text.len > 0 && (text.data[0] == '+' || text.data[0] == '-')) {
        text = str_after(text, 1);
        if (!take_index(&text))
            return false;
    }
    return str_is(text, "#") || json_pointer_is_valid(text);
}

/* ---- bytes as text (RFC 4648) ---- */

static size_t count_padding(struct str text)
{
    size_t padding = 0;
    while (padding < text.len && padding < 2 && text.data[text.len - 1 - padding] == '=')
        padding++;
    return padding;
}

static bool consists_of_base64(struct str text, char digit62, char digit63)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!is_letter(c) && !is_digit(c) && c != digit62 && c != digit63)
            return false;
    }
    return true;
}

/* Section 4: with padding, without line breaks. */
static bool is_base64(struct str text)
{
    size_t padding = count_padding(text);
    return text.len % 4 == 0 &&
           consists_of_base64(str_make(text.data, text.len - padding), '+', '/');
}

bool format_check_byte(const struct json_node *value)
{
    return is_base64(json_text(value));
}

/* Section 5: the padding may be left out, but not half of it. */
bool format_check_base64url(const struct json_node *value)
{
    struct str text = json_text(value);
    size_t padding = count_padding(text);
    bool whole = padding > 0 ? text.len % 4 == 0 : text.len % 4 != 1;
    return whole && consists_of_base64(str_make(text.data, text.len - padding), '-', '_');
}

/* ---- media ranges (RFC 9110, sections 5.6 and 12.5.1) ---- */

static bool is_token_char(char c)
{
    return is_letter(c) || is_digit(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool take_token(struct str *text)
{
    size_t len = 0;
    while (len < text->len && is_token_char(text->data[len]))
        len++;
    *text = str_after(*text, len);
    return len > 0;
}

static bool take_char(struct str *text, char c)
{
    if (text->len == 0 || text->data[0] != c)
        return false;
    *text = str_after(*text, 1);
    return true;
}

static void skip_blanks(struct str *text)
{
    while (take_char(text, ' ') || take_char(text, '\t'))
        continue;
}

/* Takes a quoted-string without its opening quote off the text. */
static bool take_quoted(struct str *text)
{
    for (size_t i = 0; i < text->len; i++) {
        char c = text->data[i];
        if (c == '"') {
            *text = str_after(*text, i + 1);
            return true;
        }
        if (c == '\\' && ++i < text->len)
            c = text->data[i];
        if (!is_printable(c) && c != '\t' && (unsigned char)c < 0x80)
            return false;
    }
    return false;
}

static bool take_parameter(struct str *text)
{
    return take_token(text) && take_char(text, '=') &&
           (take_char(text, '"') ? take_quoted(text) : take_token(text));
}

bool format_check_media_range(const struct json_node *value)
{
    struct str text = json_text(value);
    bool any_type = str_starts_with(text, "*/");
    if (!take_token(&text) || !take_char(&text, '/'))
        return false;
    if (any_type && !str_starts_with(text, "*"))
        return false;
    if (!take_token(&text))
        return false;
    while (text.len > 0) {
        skip_blanks(&text);
        if (!take_char(&text, ';'))
            return false;
        skip_blanks(&text);
        bool left_out = text.len == 0 || text.data[0] == ';';
        if (!left_out && !take_parameter(&text))
            return false;
    }
    return true;
}

/* ---- structured fields (RFC 8941, section 3.3) ---- */

bool format_check_sf_string(const struct json_node *value)
{
    struct str text = json_text(value);
    if (!take_char(&text, '"'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '"')
            return i + 1 == text.len;
        if (!is_printable(c))
            return false;
        if (c == '\\' && (++i == text.len || (text.data[i] != '"' && text.data[i] != '\\')))
            return false;
    }
    return false;
}

bool format_check_sf_token(const struct json_node *value)
{
    struct str text = json_text(value);
    if (text.len == 0 || (!is_letter(text.data[0]) && text.data[0] != '*'))
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!is_token_char(text.data[i]) && text.data[i] != ':' && text.data[i] != '/')
            return false;
    return true;
}

bool format_check_sf_binary(const struct json_node *value)
{
    struct str text = json_text(value);
    return text.len >= 2 && text.data[0] == ':' && text.data[text.len - 1] == ':' &&
           is_base64(str_make(text.data + 1, text.len - 2));
}

bool format_check_sf_boolean(const struct json_node *value)
{
    struct str text = json_text(value);
    return str_is(text, "?0") || str_is(text, "?1");
}
