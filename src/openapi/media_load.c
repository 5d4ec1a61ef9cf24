/* `content` maps: media types with their schemas and encodings. */
#include "openapi/load.h"

#include "openapi/style.h"
#include "openapi/unknown.h"

/* OpenAPI 3.1.1, 4.8.15: styles of `encoding` are those of a query. */
static void check_encoding(struct load load, const struct json_node *encoding)
{
    const struct json_node *style = json_member(encoding, "style");
    enum parameter_style known;
    if (encoding->type != JSON_OBJECT) {
        diag_error(load.diags, json_place(encoding), "write it as {contentType: ...}",
                   "the encoding of \"%.*s\" is no object", (int)encoding->name_length,
                   encoding->c.string);
        return;
    }
    if (style == NULL)
        return;
    bool sound = json_is(style, JSON_STRING) && parameter_style_from(json_text(style), &known) &&
                 known >= STYLE_FORM;
    if (!sound)
        diag_error(load.diags, json_place(style),
                   "use form, spaceDelimited, pipeDelimited or deepObject",
                   "the encoding of \"%.*s\" has a style that forms do not have",
                   (int)encoding->name_length, encoding->c.string);
}

static void load_media_type(struct load load, const struct json_node *member,
                            struct media_type *type)
{
    *type = (struct media_type){.range = json_name(member)};
    if (str_find_char(type->range, '/') == type->range.len)
        diag_warning(load.diags, json_name_place(member), "write it as application/json",
                     "\"%.*s\" is no media type", (int)type->range.len, type->range.data);
    const struct json_node *node = load_object(&load, member, "a media type");
    if (node == NULL)
        return;
    unknown_words(load, node, OBJECT_MEDIA_TYPE);
    type->node = node;
    type->schema_node = json_member(node, "schema");
    type->schema_uri = load.document->uri;
    const struct json_node *encodings = load_member_object(&load, node, "encoding");
    if (encodings == NULL)
        return;
    for (const struct json_node *encoding = json_first(encodings); encoding != NULL;
         encoding = json_next(encoding))
        check_encoding(load, encoding);
}

void load_content(struct load load, const struct json_node *content, struct media_type **types,
                  size_t *count)
{
    if (content == NULL)
        return;
    *types = arena_alloc(&load.contract->arena, (content->size + 1) * sizeof **types);
    for (const struct json_node *member = json_first(content); member != NULL;
         member = json_next(member))
        load_media_type(load, member, &(*types)[(*count)++]);
}
