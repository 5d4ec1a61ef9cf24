#include "mock/record_text.h"

#include "json/reader.h"
#include "json/scan.h"

static const struct str absent = {NULL, 0};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blanks(struct str text, size_t at)
{
    while (at < text.len && is_blank(text.data[at]))
        at++;
    return at;
}

/* From the opening quote to behind the closing one. */
static size_t skip_string(struct str text, size_t at)
{
    for (at++; at < text.len; at++) {
        at += scan_text(str_after(text, at));
        if (at < text.len && text.data[at] == '"')
            return at + 1;
        if (at < text.len && text.data[at] == '\\')
            at++;
    }
    return text.len;
}

static size_t skip_container(struct str text, size_t at)
{
    size_t depth = 0;
    while (at < text.len) {
        char c = text.data[at];
        if (c == '"') {
            at = skip_string(text, at);
            continue;
        }
        at++;
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            return at;
    }
    return at;
}

static size_t skip_value(struct str text, size_t at)
{
    if (at < text.len && text.data[at] == '"')
        return skip_string(text, at);
    if (at < text.len && (text.data[at] == '{' || text.data[at] == '['))
        return skip_container(text, at);
    while (at < text.len && text.data[at] != ',' && text.data[at] != '}' && text.data[at] != ']' &&
           !is_blank(text.data[at]))
        at++;
    return at;
}

static struct str decode_string(struct str quoted, struct arena *arena)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "record", .text = quoted};
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    bool good = json_read(arena, source, &options, &document, &error);
    return good && document.root->type == JSON_STRING ? json_text(document.root) : quoted;
}

static struct str without_quotes(struct str quoted)
{
    return str_make(quoted.data + 1, quoted.len - 2);
}

/* A name with escapes is rare: the shapes that write records spell names plainly. */
static bool is_name(struct str quoted, struct str name)
{
    struct str plain = without_quotes(quoted);
    if (memchr(plain.data, '\\', plain.len) == NULL)
        return str_equal(plain, name);
    struct arena arena;
    arena_init(&arena, 256, NULL);
    bool same = str_equal(decode_string(quoted, &arena), name);
    arena_clear(&arena);
    return same;
}

static struct str find_member(struct str text, struct str name)
{
    size_t at = skip_blanks(text, 0);
    if (at >= text.len || text.data[at] != '{')
        return absent;
    at = skip_blanks(text, at + 1);
    while (at < text.len && text.data[at] == '"') {
        size_t start = at;
        at = skip_string(text, at);
        struct str quoted = str_make(text.data + start, at - start);
        at = skip_blanks(text, skip_blanks(text, at) + 1);
        start = at;
        at = skip_value(text, at);
        if (is_name(quoted, name))
            return str_make(text.data + start, at - start);
        at = skip_blanks(text, at);
        if (at < text.len && text.data[at] == ',')
            at = skip_blanks(text, at + 1);
    }
    return absent;
}

struct str record_text_find(struct str text, const struct str_list *names)
{
    for (size_t i = 0; i < names->count && text.data != NULL; i++)
        text = find_member(text, names->items[i]);
    return text;
}

struct str record_text_plain(struct str value, struct arena *arena)
{
    if (value.data == NULL || str_is(value, "null"))
        return absent;
    if (value.data[0] != '"')
        return value;
    struct str plain = without_quotes(value);
    return memchr(plain.data, '\\', plain.len) == NULL ? plain : decode_string(value, arena);
}
