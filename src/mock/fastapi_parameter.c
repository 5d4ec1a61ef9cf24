#include "mock/fastapi_parameter.h"

#include "base/utf8.h"
#include "mock/part.h"
#include "schema/pydantic/read.h"

/* ---- texts ---- */

static struct json_node *text_node(struct arena *arena, struct str text)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "parameter", .text = text};
    struct json_node *node = json_new_string(arena, text);
    node->source = source;
    node->length = (uint32_t)text.len;
    return node;
}

/* Bytes that are no UTF-8 become U+FFFD, as in Python's decode("utf-8", "replace"). */
static struct str replace_bad_bytes(struct arena *arena, struct str text)
{
    if (utf8_find_fault(text) == text.len)
        return text;
    struct buf out;
    buf_init(&out, arena);
    while (text.len > 0) {
        size_t good = utf8_find_fault(text);
        buf_add_str(&out, str_make(text.data, good));
        text = str_after(text, good);
        if (text.len == 0)
            break;
        size_t bad = 1;
        bool lead = (unsigned char)text.data[0] >= 0xc2 && (unsigned char)text.data[0] <= 0xf4;
        size_t wanted = (unsigned char)text.data[0] < 0xe0   ? 2
                        : (unsigned char)text.data[0] < 0xf0 ? 3
                                                             : 4;
        char padded[4] = {text.data[0], '\x90', '\x80', '\x80'};
        for (; lead && bad < text.len && bad < wanted; bad++) {
            padded[bad] = text.data[bad];
            if (utf8_length(padded, wanted) == 0)
                break;
        }
        buf_add_utf8(&out, 0xfffd);
        text = str_after(text, bad);
    }
    return buf_str(&out);
}

static struct str decode(struct arena *arena, struct str raw, bool plus_is_blank)
{
    return replace_bad_bytes(arena, percent_decode(arena, raw, plus_is_blank));
}

/* Starlette reads header values as Latin-1, whatever they are. */
static struct str from_latin1(struct arena *arena, struct str bytes)
{
    struct buf out;
    buf_init(&out, arena);
    for (size_t i = 0; i < bytes.len; i++)
        buf_add_utf8(&out, (unsigned char)bytes.data[i]);
    return out.len > 0 ? buf_str(&out) : str_from("");
}

/* ---- places ---- */

/* What is found of one parameter: all texts, and the one that counts where one is wanted. */
struct find {
    struct arena *arena;
    struct str name;
    struct json_node *texts;
    struct json_node *first;
    struct json_node *last;
};

static void found(struct find *find, struct str text)
{
    find->last = text_node(find->arena, text);
    if (find->first == NULL)
        find->first = find->last;
    json_append(find->texts, text_node(find->arena, text));
}

static void find_in_path(struct find *find, const struct route_match *match)
{
    for (size_t i = 0; i < match->capture_count; i++)
        if (str_equal(match->names[i], find->name))
            found(find, decode(find->arena, match->captures[i], false));
}

/* Takes the piece up to `separator` off the text. */
static struct str take_piece(struct str *text, char separator)
{
    size_t end = str_find_char(*text, separator);
    struct str piece = str_make(text->data, end);
    *text = str_after(*text, end < text->len ? end + 1 : end);
    return piece;
}

static void find_in_query(struct find *find, struct str query)
{
    while (query.len > 0) {
        struct str piece = take_piece(&query, '&');
        size_t equals = str_find_char(piece, '=');
        struct str value = str_after(piece, equals < piece.len ? equals + 1 : equals);
        if (piece.len > 0 &&
            str_equal(decode(find->arena, str_make(piece.data, equals), true), find->name))
            found(find, decode(find->arena, value, true));
    }
}

static void find_in_headers(struct find *find, const struct request *request)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_ignoring_case(request->headers[i].name, find->name))
            found(find, from_latin1(find->arena, str_trim(request->headers[i].value)));
}

/* Python's http.cookies takes the quotes off a value, and the backslashes in it. */
static struct str unquote(struct arena *arena, struct str value)
{
    if (value.len < 2 || value.data[0] != '"' || value.data[value.len - 1] != '"')
        return value;
    struct buf out;
    buf_init(&out, arena);
    for (size_t i = 1; i + 1 < value.len; i++) {
        if (value.data[i] == '\\' && i + 2 < value.len)
            i++;
        buf_add_char(&out, value.data[i]);
    }
    return out.len > 0 ? buf_str(&out) : str_from("");
}

static void find_in_cookies(struct find *find, const struct request *request)
{
    struct str cookies = from_latin1(find->arena, request_header(request, "cookie"));
    while (cookies.len > 0) {
        struct str piece = take_piece(&cookies, ';');
        size_t equals = str_find_char(piece, '=');
        struct str name = str_trim(str_make(piece.data, equals));
        struct str value = str_trim(str_after(piece, equals < piece.len ? equals + 1 : equals));
        if (equals == piece.len) {
            value = name;
            name = str_from("");
        }
        if (str_equal(name, find->name))
            found(find, unquote(find->arena, value));
    }
}

/* ---- one text or all ---- */

static bool is_list(const struct schema *schema)
{
    schema = schema_resolve(schema);
    const struct rule *type = schema_rule(schema, KEYWORD_TYPE);
    const struct rule *any = schema_rule(schema, KEYWORD_ANY_OF);
    if (type != NULL && (type->u.types & SCHEMA_ARRAY))
        return true;
    for (size_t i = 0; any != NULL && i < any->u.list.count; i++) {
        type = schema_rule(schema_resolve(any->u.list.items[i]), KEYWORD_TYPE);
        if (type != NULL && (type->u.types & SCHEMA_ARRAY))
            return true;
    }
    return false;
}

/* A string, or an array of strings; NULL where the request has no such parameter. */
static struct json_node *find_texts(const struct exchange *exchange,
                                    const struct parameter *parameter)
{
    struct arena *arena = exchange->arena;
    struct find find = {
        .arena = arena, .name = parameter->name, .texts = json_new(arena, JSON_ARRAY)};
    switch (parameter->in) {
    case PARAMETER_PATH:
        find_in_path(&find, &exchange->match);
        break;
    case PARAMETER_QUERY:
        find_in_query(&find, exchange->request->query);
        break;
    case PARAMETER_HEADER:
        find_in_headers(&find, exchange->request);
        break;
    case PARAMETER_COOKIE:
        find_in_cookies(&find, exchange->request);
        break;
    }
    if (find.first == NULL)
        return NULL;
    if (is_list(parameter->schema))
        return find.texts;
    return parameter->in == PARAMETER_HEADER ? find.first : find.last;
}

static bool is_fastapis(const struct parameter *parameter)
{
    bool listed = parameter->in == PARAMETER_QUERY || parameter->in == PARAMETER_COOKIE;
    enum parameter_style style = listed ? STYLE_FORM : STYLE_SIMPLE;
    return parameter->content_type.len == 0 && parameter->schema != NULL &&
           parameter->style == style && parameter->explode == listed;
}

enum parameter_outcome fastapi_parameter_read(const struct exchange *exchange,
                                              const struct parameter *parameter,
                                              const struct parameter_input *input,
                                              struct json_node **value)
{
    if (!is_fastapis(parameter))
        return parameter_read(parameter, input, exchange->arena, value);
    struct json_node *texts = find_texts(exchange, parameter);
    if (texts == NULL)
        return PARAMETER_ABSENT;
    enum pydantic_extent extent =
        exchange->part->pydantic_values ? PYDANTIC_VALUES : PYDANTIC_NUMBERS;
    *value = (struct json_node *)(uintptr_t)pydantic_read(parameter->schema, texts, extent,
                                                          exchange->arena);
    return PARAMETER_PRESENT;
}
