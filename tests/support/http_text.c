#include "support/http_text.h"

static struct str take_line(struct str *rest)
{
    struct str line = str_make(rest->data, str_find_char(*rest, '\n'));
    *rest = str_after(*rest, line.len < rest->len ? line.len + 1 : rest->len);
    if (str_ends_with(line, "\r"))
        line.len--;
    return line;
}

struct http_text http_text_read(struct str rest)
{
    struct http_text text = {.first = take_line(&rest)};
    while (rest.len > 0) {
        struct str line = take_line(&rest);
        if (line.len == 0)
            break;
        size_t colon = str_find_char(line, ':');
        if (colon == line.len || text.header_count == TEXT_MAX_HEADERS)
            continue;
        text.headers[text.header_count++] =
            (struct name_value){str_make(line.data, colon), str_trim(str_after(line, colon + 1))};
    }
    text.body = rest;
    if (str_ends_with(text.body, "\n"))
        text.body.len--;
    return text;
}

struct str http_text_header(const struct http_text *text, const char *name)
{
    for (size_t i = 0; i < text->header_count; i++)
        if (str_equal_ignoring_case(text->headers[i].name, str_from(name)))
            return text->headers[i].value;
    return (struct str){NULL, 0};
}
