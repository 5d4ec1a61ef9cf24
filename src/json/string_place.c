#include "json/string_place.h"

static char byte_at(struct str text, size_t at)
{
    return at < text.len ? text.data[at] : '\0';
}

static uint32_t hex_value(struct str digits)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.data[i];
        value = value * 16 + (uint32_t)(c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

static size_t utf8_width(uint32_t code_point)
{
    return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

/* Bytes of the escape at the head of `raw`; *decoded gets how many it stands for. */
static size_t escape_length(struct str raw, size_t *decoded)
{
    char letter = byte_at(raw, 1);
    size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (digits == 0 || raw.len < 2 + digits) {
        *decoded = letter == 'N' || letter == '_' ? 2 : letter == 'L' || letter == 'P' ? 3 : 1;
        return raw.len < 2 ? raw.len : 2;
    }
    uint32_t code_point = hex_value(str_make(raw.data + 2, digits));
    *decoded = utf8_width(code_point);
    if (code_point < 0xd800 || code_point >= 0xdc00)
        return 2 + digits;
    *decoded = 4; /* the other half follows: the reader saw to it */
    return raw.len < 12 ? raw.len : 12;
}

/* Offset in `raw`, which begins with its quote, of byte `index` of what it stands for. */
static size_t offset_in_quotes(struct str raw, size_t index)
{
    char quote = raw.data[0];
    size_t at = 1;
    size_t decoded = 0;
    while (at + 1 < raw.len && decoded <= index) { /* up to the closing quote */
        size_t makes = 1;
        size_t takes = 1;
        if (quote == '"' && raw.data[at] == '\\')
            takes = escape_length(str_after(raw, at), &makes);
        else if (quote == '\'' && raw.data[at] == '\'')
            takes = 2;
        if (decoded + makes > index)
            break;
        decoded += makes;
        at += takes;
    }
    return at;
}

struct place json_place_in_string(const struct json_node *string, size_t index)
{
    struct place place = json_place(string);
    struct str raw = json_source_text(string);
    if (raw.len == 0 || str_find_char(raw, '\n') < raw.len)
        return place;
    if (raw.data[0] == '"' || raw.data[0] == '\'')
        place.offset += offset_in_quotes(raw, index);
    else if (str_equal(raw, json_text(string)))
        place.offset += index < raw.len ? index : raw.len;
    return place;
}
