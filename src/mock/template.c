#include "mock/template.h"

#include "mock/template_variable.h"
#include "json/string_place.h"
#include "json/writer.h"

enum { DEPTH_MAX = 32 };

enum piece_kind {
    PIECE_LAST,     /* no variable follows */
    PIECE_VARIABLE, /* `name` follows */
    PIECE_LITERAL,  /* "$${": the characters "${" follow */
    PIECE_OPEN,     /* a "${" that never ends follows */
};

/* A text in pieces: what stands before the next variable, and that variable. */
struct piece {
    enum piece_kind kind;
    struct str plain;
    struct str name;
    size_t opening; /* index of its "${" in the whole text */
};

static size_t find_opening(struct str text, size_t from)
{
    for (size_t i = from; i + 1 < text.len; i++)
        if (text.data[i] == '$' && text.data[i + 1] == '{')
            return i;
    return text.len;
}

/* Takes the next piece off the text at `*at`. */
static struct piece next_piece(struct str text, size_t *at)
{
    size_t start = *at;
    size_t opening = find_opening(text, start);
    *at = text.len;
    if (opening == text.len)
        return (struct piece){.kind = PIECE_LAST, .plain = str_after(text, start)};
    if (opening > start && text.data[opening - 1] == '$') {
        *at = opening + 2;
        return (struct piece){.kind = PIECE_LITERAL,
                              .plain = str_make(text.data + start, opening - 1 - start)};
    }
    struct str rest = str_after(text, opening + 2);
    struct piece piece = {.kind = PIECE_VARIABLE,
                          .plain = str_make(text.data + start, opening - start),
                          .name = str_make(rest.data, str_find_char(rest, '}')),
                          .opening = opening};
    if (piece.name.len == rest.len)
        piece.kind = PIECE_OPEN;
    else
        *at = opening + 2 + piece.name.len + 1;
    return piece;
}

/* ---- checking ---- */

static void check_text(const struct overlay_reader *reader, const struct json_node *node,
                       enum template_use use)
{
    struct str text = json_text(node);
    for (size_t at = 0; at < text.len;) {
        struct piece piece = next_piece(text, &at);
        if (piece.kind == PIECE_OPEN)
            diag_error(reader->diags, json_place_in_string(node, piece.opening),
                       "end it with }, or write $${ for the characters themselves",
                       "the variable has no end");
        if (piece.kind == PIECE_VARIABLE && !template_variable_exists(piece.name, use))
            diag_error(reader->diags, json_place_in_string(node, piece.opening + 2),
                       template_variable_help(reader->arena, piece.name, use),
                       "there is no variable \"%.*s\" here", (int)piece.name.len, piece.name.data);
    }
}

static void check_node(const struct overlay_reader *reader, const struct json_node *node,
                       enum template_use use, bool in_each, unsigned depth);

static bool is_each(const struct json_node *node)
{
    return json_member(node, "$each") != NULL;
}

static const char *const each_words[] = {"$each", "$item", NULL};

static void check_each(const struct overlay_reader *reader, const struct json_node *node,
                       enum template_use use, bool in_each, unsigned depth)
{
    const struct json_node *source = json_member(node, "$each");
    const struct json_node *item = json_member(node, "$item");
    overlay_check_words(reader, node, each_words);
    if (!json_is(source, JSON_STRING) || !str_is(json_text(source), "violations"))
        diag_error(reader->diags, json_place(source), "write $each: violations",
                   "there is no such list");
    if (in_each)
        diag_error(reader->diags, json_place(node), "put one $each beside the other",
                   "an $each cannot stand within another");
    if (item == NULL)
        diag_error(reader->diags, json_place(node), "add $item: and what one entry looks like",
                   "the $each has no $item");
    else
        check_node(reader, item, use, true, depth + 1);
}

/* One of our words where it has no meaning, or a slip of the pen. */
static bool is_misplaced_word(const struct json_node *member)
{
    return str_starts_with(json_name(member), "$") &&
           str_nearest(json_name(member), each_words) != NULL;
}

static void check_children(const struct overlay_reader *reader, const struct json_node *node,
                           enum template_use use, bool in_each, unsigned depth)
{
    for (const struct json_node *child = json_first(node); child != NULL;
         child = json_next(child)) {
        if (node->type == JSON_OBJECT && is_misplaced_word(child))
            diag_error(reader->diags, json_name_place(child),
                       "a list is {$each: violations, $item: ...}", "\"%.*s\" means nothing here",
                       (int)child->name_length, child->c.string);
        else
            check_node(reader, child, use, in_each, depth + 1);
    }
}

static void check_node(const struct overlay_reader *reader, const struct json_node *node,
                       enum template_use use, bool in_each, unsigned depth)
{
    if (depth > DEPTH_MAX)
        diag_error(reader->diags, json_place(node), "make it flatter",
                   "the template is nested more than %d levels deep", DEPTH_MAX);
    else if (node->type == JSON_STRING)
        check_text(reader, node, use);
    else if (node->type == JSON_OBJECT && is_each(node))
        check_each(reader, node, use, in_each, depth);
    else if (node->type == JSON_OBJECT || node->type == JSON_ARRAY)
        check_children(reader, node, use, in_each, depth);
}

bool template_check(const struct overlay_reader *reader, const struct json_node *node,
                    enum template_use use)
{
    size_t errors = reader->diags->errors;
    check_node(reader, node, use, false, 0);
    return reader->diags->errors == errors;
}

/* ---- writing ---- */

typedef void add_function(struct buf *out, struct str text);

static void add_plain(struct buf *out, struct str text)
{
    buf_add_str(out, text);
}

static void add_xml(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.data[i]) {
        case '&':
            buf_add_text(out, "&amp;");
            break;
        case '<':
            buf_add_text(out, "&lt;");
            break;
        case '>':
            buf_add_text(out, "&gt;");
            break;
        case '"':
            buf_add_text(out, "&quot;");
            break;
        case '\'':
            buf_add_text(out, "&#39;");
            break;
        default:
            buf_add_char(out, text.data[i]);
        }
    }
}

/* `add_own` writes the template's own text, `add_value` what variables give. */
static void write_pieces(struct str text, const struct telling *telling, add_function *add_own,
                         add_function *add_value, struct buf *out)
{
    for (size_t at = 0; at < text.len;) {
        struct piece piece = next_piece(text, &at);
        add_own(out, piece.plain);
        if (piece.kind == PIECE_LITERAL)
            add_own(out, str_from("${"));
        else if (piece.kind == PIECE_VARIABLE)
            add_value(out, template_variable_value(telling, piece.name).text);
    }
}

static void write_value(const struct template_value *value, struct buf *out)
{
    switch (value->kind) {
    case VALUE_NONE:
        buf_add_text(out, "null");
        return;
    case VALUE_TEXT:
        json_write_string(out, value->text);
        return;
    case VALUE_JSON:
        buf_add_str(out, value->text);
        return;
    }
}

static void write_string(struct str text, const struct telling *telling, struct buf *out)
{
    size_t at = 0;
    struct piece piece = next_piece(text, &at);
    if (piece.kind == PIECE_VARIABLE && piece.plain.len == 0 && at == text.len) {
        struct template_value value = template_variable_value(telling, piece.name);
        write_value(&value, out);
        return;
    }
    buf_add_char(out, '"');
    write_pieces(text, telling, json_write_escaped, json_write_escaped, out);
    buf_add_char(out, '"');
}

static void write_node(const struct json_node *node, const struct telling *telling,
                       struct buf *out);

static void write_each(const struct json_node *node, const struct telling *telling, struct buf *out)
{
    const struct json_node *item = json_member(node, "$item");
    buf_add_char(out, '[');
    for (const struct violation *violation = telling->scene->violations; violation != NULL;
         violation = violation->next) {
        struct telling one = {telling->scene, violation};
        write_node(item, &one, out);
        if (violation->next != NULL)
            buf_add_char(out, ',');
    }
    buf_add_char(out, ']');
}

static void write_children(const struct json_node *node, const struct telling *telling,
                           struct buf *out)
{
    for (const struct json_node *child = json_first(node); child != NULL;
         child = json_next(child)) {
        if (node->type == JSON_OBJECT) {
            json_write_string(out, json_name(child));
            buf_add_char(out, ':');
        }
        write_node(child, telling, out);
        if (json_next(child) != NULL)
            buf_add_char(out, ',');
    }
}

static void write_node(const struct json_node *node, const struct telling *telling, struct buf *out)
{
    if (node->type == JSON_STRING) {
        write_string(json_text(node), telling, out);
    } else if (node->type == JSON_OBJECT && is_each(node)) {
        write_each(node, telling, out);
    } else if (node->type == JSON_OBJECT || node->type == JSON_ARRAY) {
        buf_add_char(out, node->type == JSON_OBJECT ? '{' : '[');
        write_children(node, telling, out);
        buf_add_char(out, node->type == JSON_OBJECT ? '}' : ']');
    } else {
        json_write(out, node, JSON_EXACT);
    }
}

void template_write(const struct json_node *node, const struct template_scene *scene,
                    struct buf *out)
{
    struct telling telling = {scene, scene->violations};
    write_node(node, &telling, out);
}

void template_write_text(struct str text, const struct template_scene *scene,
                         enum template_escape escape, struct buf *out)
{
    struct telling telling = {scene, scene->violations};
    write_pieces(text, &telling, add_plain, escape == TEMPLATE_XML ? add_xml : add_plain, out);
}
