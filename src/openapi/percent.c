#include "openapi/percent.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "openapi/contract.h"

/* The value of a hex digit, or -1. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool starts_with_escape(struct str text)
{
    return text.len >= 3 && text.data[0] == '%' && hex_value(text.data[1]) >= 0 &&
           hex_value(text.data[2]) >= 0;
}

char percent_next(struct str *rest)
{
    struct str text = *rest;
    if (!starts_with_escape(text)) {
        *rest = str_after(text, 1);
        return text.data[0];
    }
    *rest = str_after(text, 3);
    return (char)(unsigned char)(hex_value(text.data[1]) << 4 | hex_value(text.data[2]));
}

struct str percent_skip(struct str text, size_t units)
{
    while (units-- > 0)
        percent_next(&text);
    return text;
}

size_t percent_length(struct str text)
{
    size_t length = 0;
    for (; text.len > 0; length++)
        percent_next(&text);
    return length;
}

int percent_compare(struct str a, struct str b)
{
    while (a.len > 0 && b.len > 0) {
        unsigned char left = (unsigned char)percent_next(&a);
        unsigned char right = (unsigned char)percent_next(&b);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return (a.len > 0) - (b.len > 0);
}

bool percent_starts_with(struct str text, struct str prefix)
{
    while (prefix.len > 0)
        if (text.len == 0 || percent_next(&text) != percent_next(&prefix))
            return false;
    return true;
}

struct str percent_decode(struct arena *arena, struct str text, bool plus_is_blank)
{
    bool plus = plus_is_blank && str_find_char(text, '+') < text.len;
    if (!plus && str_find_char(text, '%') == text.len)
        return text;
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    while (text.len > 0) {
        bool blank = plus && text.data[0] == '+';
        char byte = percent_next(&text);
        bytes[length++] = blank ? ' ' : byte;
    }
    bytes[length] = '\0';
    return str_make(bytes, length);
}

struct str text_from_bytes(struct arena *arena, struct str text)
{
    if (utf8_find_fault(text) == text.len)
        return text;
    struct buf copy;
    buf_init(&copy, arena);
    buf_reserve(&copy, text.len * 2 + 1);
    for (size_t i = 0; i < text.len; i++)
        buf_add_utf8(&copy, (unsigned char)text.data[i]);
    buf_text(&copy);
    return buf_str(&copy);
}
