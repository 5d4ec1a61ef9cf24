#include "openapi/convert.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "openapi/contract.h"
#include "openapi/percent.h"
#include "json/reader.h"

/* Of JSON inside a parameter or a form field. */
enum {
    INNER_DEPTH_MAX = 100,
    INNER_NODES_MAX = 100000,
};

struct str convert_decode(struct converter *converter, struct str raw)
{
    struct str text = raw;
    if (converter->coding != TEXT_PLAIN)
        text = percent_decode(converter->arena, raw, converter->coding == TEXT_FORM);
    if (converter->lenient)
        return text_from_bytes(converter->arena, text);
    if (utf8_find_fault(text) < text.len)
        converter->malformed = true;
    return text;
}

/* Tells where a text came from: a source of its own, which is the text. */
static struct json_node *with_source(struct converter *converter, struct json_node *node,
                                     struct str text)
{
    struct source *source = arena_alloc(converter->arena, sizeof *source);
    *source = (struct source){.name = converter->origin, .text = text};
    node->source = source;
    node->length = (uint32_t)text.len;
    return node;
}

/* The bytes of a multipart part are their own source; else it is the decoded text. */
static struct str source_text(const struct converter *converter, struct str raw, struct str text)
{
    return converter->coding == TEXT_PLAIN ? raw : text;
}

struct json_node *convert_string(struct converter *converter, struct str raw)
{
    struct str text = convert_decode(converter, raw);
    return with_source(converter, json_new_string(converter->arena, text),
                       source_text(converter, raw, text));
}

struct json_node *convert_json(struct converter *converter, struct str raw)
{
    struct str text = convert_decode(converter, raw);
    struct source *source = arena_alloc(converter->arena, sizeof *source);
    *source = (struct source){.name = converter->origin, .text = text};
    struct json_read_options options = {.max_depth = INNER_DEPTH_MAX, .max_nodes = INNER_NODES_MAX};
    struct json_document document;
    struct json_error error;
    if (!json_read(converter->arena, source, &options, &document, &error))
        return NULL;
    return document.root;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Index of the first byte from `at` on that is no digit. */
static size_t skip_digits(struct str text, size_t at)
{
    while (at < text.len && is_digit(text.data[at]))
        at++;
    return at;
}

/*
 * The JSON spelling of a number: RFC 8259's grammar, and before it a "+" and
 * zeros, which people write and every server reads. False if it is none.
 */
static bool spell_number(struct arena *arena, struct str text, struct str *lexeme)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    size_t start = negative || (text.len > 0 && text.data[0] == '+');
    size_t whole_end = skip_digits(text, start);
    size_t at = whole_end;
    if (whole_end == start)
        return false;
    if (at < text.len && text.data[at] == '.') {
        size_t fraction = at + 1;
        at = skip_digits(text, fraction);
        if (at == fraction)
            return false;
    }
    if (at < text.len && (text.data[at] == 'e' || text.data[at] == 'E')) {
        at++;
        at += at < text.len && (text.data[at] == '-' || text.data[at] == '+');
        size_t exponent = at;
        at = skip_digits(text, exponent);
        if (at == exponent)
            return false;
    }
    if (at < text.len)
        return false;
    while (start + 1 < whole_end && text.data[start] == '0')
        start++;
    *lexeme = str_after(text, start);
    if (negative)
        *lexeme = str_from(arena_printf(arena, "-%.*s", (int)lexeme->len, lexeme->data));
    return true;
}

void readings_add(struct readings *readings, struct json_node *node)
{
    if (node != NULL && readings->count < READINGS_MAX)
        readings->nodes[readings->count++] = node;
}

/* A number, boolean or null that the text spells, or NULL. */
static struct json_node *spelled_as(struct arena *arena, unsigned type, struct str text)
{
    struct str lexeme;
    switch (type) {
    case SCHEMA_NUMBER:
        return spell_number(arena, text, &lexeme) ? json_new_number(arena, lexeme) : NULL;
    case SCHEMA_BOOLEAN:
        if (str_is(text, "true") || str_is(text, "false"))
            return json_new_bool(arena, str_is(text, "true"));
        return NULL;
    default:
        return text.len == 0 || str_is(text, "null") ? json_new(arena, JSON_NULL) : NULL;
    }
}

void readings_add_scalars(struct readings *readings, struct converter *converter, unsigned types,
                          struct str raw)
{
    static const unsigned order[] = {SCHEMA_NUMBER, SCHEMA_BOOLEAN, SCHEMA_NULL};
    if ((types & SCHEMA_STRING) != 0)
        readings_add(readings, convert_string(converter, raw));
    struct str text = convert_decode(converter, raw);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if ((types & order[i]) == 0)
            continue;
        struct json_node *node = spelled_as(converter->arena, order[i], text);
        if (node != NULL)
            readings_add(readings, with_source(converter, node, source_text(converter, raw, text)));
    }
}

struct json_node *readings_choose(const struct readings *readings, struct converter *converter,
                                  const struct wanted *wanted)
{
    if (readings->count < 2)
        return readings->count == 0 ? NULL : readings->nodes[0];
    for (size_t i = 0; i < readings->count; i++)
        if (wanted_accepts(wanted, readings->nodes[i], converter->arena))
            return readings->nodes[i];
    for (size_t i = 0; i < readings->count; i++)
        if (readings->nodes[i]->type != JSON_STRING)
            return readings->nodes[i];
    return readings->nodes[0];
}

struct json_node *convert_scalar(struct converter *converter, const struct wanted *wanted,
                                 struct str raw)
{
    struct readings readings = {.count = 0};
    readings_add_scalars(&readings, converter, wanted_types(wanted), raw);
    struct json_node *chosen = readings_choose(&readings, converter, wanted);
    return chosen != NULL ? chosen : convert_string(converter, raw);
}
