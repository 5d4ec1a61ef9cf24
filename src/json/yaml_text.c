#include "json/yaml_text.h"

#include "base/utf8.h"

size_t text_byte_at(struct text_cursor *cursor, size_t index)
{
    const char *text = cursor->text.data;
    size_t end = cursor->text.len;
    size_t byte = cursor->byte;
    for (; cursor->index < index && byte < end; cursor->index++)
        do
            byte++;
        while (byte < end && utf8_is_continuation(text[byte]));
    for (; cursor->index > index && byte > 0; cursor->index--)
        do
            byte--;
        while (byte > 0 && utf8_is_continuation(text[byte]));
    cursor->byte = byte;
    return byte;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool text_has_properties(struct str text, size_t start)
{
    return start < text.len && (text.data[start] == '&' || text.data[start] == '!');
}

size_t text_skip_properties(struct str text, size_t start, size_t end)
{
    size_t at = start;
    while (at < end) {
        char c = text.data[at];
        if (is_blank(c))
            at++;
        else if (c == '&' || c == '!')
            while (at < end && !is_blank(text.data[at]))
                at++;
        else if (c == '#')
            at += str_find_char(str_make(text.data + at, end - at), '\n');
        else
            break;
    }
    return at;
}

bool text_has_plain_tag(struct str text, size_t start, size_t value)
{
    for (size_t at = start; at < value; at++) {
        bool begins = at == start || is_blank(text.data[at - 1]);
        bool ends = at + 1 == value || is_blank(text.data[at + 1]);
        if (text.data[at] == '!' && begins && ends)
            return true;
    }
    return false;
}

size_t text_trim_end(struct str text, size_t start, size_t end)
{
    while (end > start && is_blank(text.data[end - 1]))
        end--;
    return end;
}
