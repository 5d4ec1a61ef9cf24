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
static size_t skip_string(struct str text, size_t at, bool *has_escapes)
{
    for (at++; at < text.len; at++) {
        at += scan_text(str_after(text, at));
        if (at < text.len && text.data[at] == '"')
            return at + 1;
        if (at < text.len && text.data[at] == '\\') {
            *has_escapes = true;
            at++;
        }
    }
    return text.len;
}

static size_t skip_container(struct str text, size_t at)
{
    size_t depth = 0;
    bool ignored;
    while (at < text.len) {
        char c = text.data[at];
        if (c == '"') {
            at = skip_string(text, at, &ignored);
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
    bool ignored;
    if (at < text.len && text.data[at] == '"')
        return skip_string(text, at, &ignored);
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
    return quoted.len >= 2 ? str_make(quoted.data + 1, quoted.len - 2) : str_from("");
}

/* A name as it stands in the text. */
struct name {
    struct str quoted;
    bool has_escapes; /* rare: the shapes that write records spell names plainly */
};

static bool is_name(const struct name *name, struct str wanted)
{
    if (!name->has_escapes)
        return str_equal(without_quotes(name->quoted), wanted);
    struct arena arena;
    arena_init(&arena, 256, NULL);
    bool same = str_equal(decode_string(name->quoted, &arena), wanted);
    arena_clear(&arena);
    return same;
}

static void find_in(struct str text, struct record_member *members, size_t count, size_t level);

/* Gives the value to those that look for it; how many need look no further. */
static size_t hand_out(const struct name *name, struct str value, struct record_member *members,
                       size_t count, size_t level)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct str_list *names = members[i].names;
        if (level >= names->count || !is_name(name, names->items[level]))
            continue;
        found++;
        if (level + 1 == names->count)
            members[i].value = value;
        else
            find_in(value, &members[i], 1, level + 1);
    }
    return found;
}

/* Recursion follows the names of a member, whose number is bounded when rules are read. */
static void find_in(struct str text, struct record_member *members, size_t count, size_t level)
{
    size_t found = 0;
    size_t at = skip_blanks(text, 0);
    if (at >= text.len || text.data[at] != '{')
        return;
    at = skip_blanks(text, at + 1);
    while (found < count && at < text.len && text.data[at] == '"') {
        struct name name = {.has_escapes = false};
        size_t start = at;
        at = skip_string(text, at, &name.has_escapes);
        name.quoted = str_make(text.data + start, at - start);
        start = skip_blanks(text, skip_blanks(text, at) + 1);
        at = skip_value(text, start);
        struct str value = str_make(text.data + start, at - start);
        found += hand_out(&name, value, members, count, level);
        at = skip_blanks(text, at);
        if (at < text.len && text.data[at] == ',')
            at = skip_blanks(text, at + 1);
    }
}

void record_text_find(struct str text, struct record_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        members[i].value = absent;
    find_in(text, members, count, 0);
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
