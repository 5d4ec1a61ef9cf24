#include "openapi/jsonpath.h"

#include "base/buf.h"

/* --- reading --------------------------------------------------------------------- */

struct parser {
    struct arena *arena;
    struct str text;
    size_t at;
    struct jsonpath *path;
    size_t capacity;
    struct jsonpath_fault *fault;
};

static bool fail(struct parser *parser, size_t offset, const char *message, const char *remedy)
{
    *parser->fault = (struct jsonpath_fault){offset, message, remedy};
    return false;
}

/* The byte `ahead` of the present one, or NUL. */
static char peek(const struct parser *parser, size_t ahead)
{
    size_t at = parser->at + ahead;
    return at < parser->text.len ? parser->text.data[at] : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct parser *parser)
{
    while (is_blank(peek(parser, 0)))
        parser->at++;
}

static bool add_step(struct parser *parser, struct jsonpath_step step)
{
    struct jsonpath *path = parser->path;
    if (path->count == parser->capacity) {
        size_t capacity = parser->capacity > 0 ? parser->capacity * 2 : 8;
        path->steps = arena_grow(parser->arena, path->steps, parser->capacity * sizeof step,
                                 capacity * sizeof step);
        parser->capacity = capacity;
    }
    path->steps[path->count++] = step;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_first(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name_character(char c)
{
    return is_name_first(c) || is_digit(c);
}

/* A name that must be quoted: the remedy shows how. */
static bool fail_name(struct parser *parser, size_t start)
{
    size_t end = start;
    while (end < parser->text.len && parser->text.data[end] != '.' && parser->text.data[end] != '[')
        end++;
    if (end == start)
        return fail(parser, parser->at, "a name is missing", "write .name, .* or ['name']");
    const char *remedy =
        arena_printf(parser->arena, "write ['%.*s'] in place of .%.*s", (int)(end - start),
                     parser->text.data + start, (int)(end - start), parser->text.data + start);
    return fail(parser, parser->at,
                "a name after `.` has only letters, digits and _, and begins with no digit",
                remedy);
}

/* After the dot. */
static bool read_dotted(struct parser *parser, size_t offset)
{
    size_t start = parser->at;
    if (peek(parser, 0) == '.')
        return fail(parser, offset, "`..`, any depth, is not supported",
                    "write each step; [*] stands for all members or elements");
    if (peek(parser, 0) == '*') {
        parser->at++;
        return add_step(parser, (struct jsonpath_step){.selector = SELECT_ALL, .offset = offset});
    }
    if (!is_name_first(peek(parser, 0)))
        return fail_name(parser, start);
    while (is_name_character(peek(parser, 0)))
        parser->at++;
    char c = peek(parser, 0);
    if (parser->at < parser->text.len && c != '.' && c != '[' && !is_blank(c))
        return fail_name(parser, start);
    struct str name = str_make(parser->text.data + start, parser->at - start);
    return add_step(
        parser, (struct jsonpath_step){.selector = SELECT_NAME, .name = name, .offset = offset});
}

/* The code unit of \uXXXX, of which the present byte is the `u`. */
static bool read_hex4(struct parser *parser, uint32_t *unit)
{
    *unit = 0;
    for (size_t i = 1; i <= 4; i++) {
        char c = peek(parser, i);
        uint32_t digit;
        if (is_digit(c))
            digit = (uint32_t)(c - '0');
        else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            digit = (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return fail(parser, parser->at - 1, "\\u takes four hexadecimal digits",
                        "write the character itself");
        *unit = *unit << 4 | digit;
    }
    parser->at += 5;
    return true;
}

static bool read_unicode_escape(struct parser *parser, struct buf *name)
{
    size_t start = parser->at - 1;
    uint32_t unit;
    if (!read_hex4(parser, &unit))
        return false;
    if (unit >= 0xd800 && unit < 0xdc00 && peek(parser, 0) == '\\' && peek(parser, 1) == 'u') {
        uint32_t low;
        parser->at++;
        if (!read_hex4(parser, &low))
            return false;
        unit = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
                                             : 0xd800;
    }
    if (unit >= 0xd800 && unit < 0xe000)
        return fail(parser, start, "half of a surrogate pair stands alone",
                    "write the character itself");
    buf_add_utf8(name, unit);
    return true;
}

/* RFC 9535, 2.3.1.1. The present byte is the backslash. */
static bool read_escape(struct parser *parser, char quote, struct buf *name)
{
    static const char letters[] = "bfnrt/\\";
    static const char meanings[] = "\b\f\n\r\t/\\";
    parser->at++;
    char letter = peek(parser, 0);
    if (letter == 'u')
        return read_unicode_escape(parser, name);
    const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
    if (letter != quote && found == NULL)
        return fail(parser, parser->at - 1, "no such escape",
                    "write \\\\ for a backslash, or \\ before the quote");
    buf_add_char(name, letter == quote ? quote : meanings[found - letters]);
    parser->at++;
    return true;
}

static bool read_quoted(struct parser *parser, size_t offset)
{
    size_t start = parser->at;
    char quote = peek(parser, 0);
    struct buf name;
    buf_init(&name, parser->arena);
    parser->at++;
    while (parser->at < parser->text.len && peek(parser, 0) != quote) {
        if (peek(parser, 0) != '\\')
            buf_add_char(&name, parser->text.data[parser->at++]);
        else if (!read_escape(parser, quote, &name))
            return false;
    }
    if (parser->at == parser->text.len)
        return fail(parser, start, "the quoted name is never closed", "add the closing quote");
    parser->at++;
    buf_text(&name);
    return add_step(parser, (struct jsonpath_step){
                                .selector = SELECT_NAME, .name = buf_str(&name), .offset = offset});
}

/* RFC 9535, 2.3.3: an integer without leading zeros, within +-(2^53 - 1). */
static bool read_index(struct parser *parser, size_t offset)
{
    static const int64_t largest = (1LL << 53) - 1;
    size_t start = parser->at;
    bool negative = peek(parser, 0) == '-';
    parser->at += negative;
    size_t digits = parser->at;
    int64_t index = 0;
    while (is_digit(peek(parser, 0)) && index <= largest)
        index = index * 10 + (parser->text.data[parser->at++] - '0');
    size_t count = parser->at - digits;
    bool zeros = count > 0 && parser->text.data[digits] == '0' && (count > 1 || negative);
    if (count == 0 || index > largest || zeros)
        return fail(parser, start, "this is no index", "write 0, 1, 2, ... or -1 for the last");
    return add_step(parser, (struct jsonpath_step){.selector = SELECT_INDEX,
                                                   .index = negative ? -index : index,
                                                   .offset = offset});
}

/* What stands in a bracket, for messages about what is not supported. */
static bool fail_selector(struct parser *parser)
{
    static const char name_them[] = "name the member or the index; [*] stands for all";
    char c = peek(parser, 0);
    if (c == '?')
        return fail(parser, parser->at, "filters are not supported", name_them);
    if (c == ':')
        return fail(parser, parser->at, "slices are not supported", name_them);
    if (c == ',')
        return fail(parser, parser->at, "several selectors in one bracket are not supported",
                    "write one action for each");
    if (c == '(')
        return fail(parser, parser->at, "expressions are not supported", name_them);
    if (parser->at == parser->text.len)
        return fail(parser, parser->at, "the bracket is never closed", "add the closing `]`");
    if (is_name_first(c))
        return fail(parser, parser->at, "a name in brackets must be in quotes", "write ['name']");
    return fail(parser, parser->at, "expected ['name'], [0] or [*]", NULL);
}

static bool read_selector(struct parser *parser, size_t offset)
{
    char c = peek(parser, 0);
    if (c == '\'' || c == '"')
        return read_quoted(parser, offset);
    if (c == '-' || is_digit(c))
        return read_index(parser, offset);
    if (c != '*')
        return fail_selector(parser);
    parser->at++;
    return add_step(parser, (struct jsonpath_step){.selector = SELECT_ALL, .offset = offset});
}

/* After the opening bracket. */
static bool read_bracket(struct parser *parser, size_t offset)
{
    skip_blanks(parser);
    if (!read_selector(parser, offset))
        return false;
    skip_blanks(parser);
    if (peek(parser, 0) != ']')
        return fail_selector(parser);
    parser->at++;
    return true;
}

static bool read_step(struct parser *parser)
{
    size_t offset = parser->at;
    char c = peek(parser, 0);
    parser->at++;
    if (c == '.')
        return read_dotted(parser, offset);
    if (c == '[')
        return read_bracket(parser, offset);
    return fail(parser, offset, "expected `.` or `[`", "write .name, ['name'], [0] or [*]");
}

bool jsonpath_parse(struct arena *arena, struct str text, struct jsonpath *path,
                    struct jsonpath_fault *fault)
{
    *path = (struct jsonpath){.text = text};
    struct parser parser = {.arena = arena, .text = text, .path = path, .fault = fault};
    if (peek(&parser, 0) != '$')
        return fail(&parser, 0, "a target begins with `$`", "write $.paths['/pets'].get");
    parser.at = 1;
    for (;;) {
        size_t end = parser.at;
        skip_blanks(&parser);
        if (parser.at == text.len)
            return end == text.len || fail(&parser, end, "blanks at the end", "take them away");
        if (!read_step(&parser))
            return false;
    }
}

/* --- selecting ------------------------------------------------------------------- */

static void add_match(struct arena *arena, struct jsonpath_matches *matches, size_t *capacity,
                      struct json_node *node, const struct jsonpath_match *parent)
{
    if (node == NULL)
        return;
    if (matches->count == *capacity) {
        size_t wider = *capacity > 0 ? *capacity * 2 : 8;
        matches->items = arena_grow(arena, matches->items, *capacity * sizeof *matches->items,
                                    wider * sizeof *matches->items);
        *capacity = wider;
    }
    matches->items[matches->count++] = (struct jsonpath_match){node, parent};
}

static struct json_node *find_index(const struct json_node *array, int64_t index)
{
    if (array->type != JSON_ARRAY)
        return NULL;
    if (index < 0)
        index += array->size;
    return index >= 0 ? json_element(array, (size_t)index) : NULL;
}

/* One step from all the values that the steps before selected. */
static void take_step(struct arena *arena, const struct jsonpath_step *step,
                      struct jsonpath_matches *matches)
{
    const struct jsonpath_match *from = matches->items;
    size_t from_count = matches->count;
    size_t capacity = 0;
    matches->items = NULL;
    matches->count = 0;
    for (size_t i = 0; i < from_count; i++) {
        struct json_node *node = from[i].node;
        matches->visited += 1 + (node->type >= JSON_ARRAY ? node->size : 0);
        if (step->selector == SELECT_NAME)
            add_match(arena, matches, &capacity, json_member_str(node, step->name), &from[i]);
        else if (step->selector == SELECT_INDEX)
            add_match(arena, matches, &capacity, find_index(node, step->index), &from[i]);
        else
            for (struct json_node *child = json_first(node); child != NULL;
                 child = json_next(child))
                add_match(arena, matches, &capacity, child, &from[i]);
    }
    matches->asked = from;
    matches->asked_count = from_count;
}

void jsonpath_select(struct arena *arena, const struct jsonpath *path, struct json_node *root,
                     struct jsonpath_matches *matches)
{
    *matches = (struct jsonpath_matches){0};
    size_t capacity = 0;
    add_match(arena, matches, &capacity, root, NULL);
    for (size_t i = 0; i < path->count && matches->count > 0; i++) {
        take_step(arena, &path->steps[i], matches);
        matches->failed_step = i;
    }
}
