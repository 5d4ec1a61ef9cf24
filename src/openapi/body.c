#include "openapi/body.h"

#include "openapi/query_format.h"

enum { STRUCTURES = SCHEMA_ARRAY | SCHEMA_OBJECT };

struct body {
    const struct media_type *media;
    const struct field_list *fields;
    struct converter *converter;
    struct wanted wanted; /* of the whole object */
    const struct str *names;
    size_t name_count;
    struct map declared; /* the same names */
};

/* --- what `encoding` says -------------------------------------------------------- */

const struct json_node *body_encoding(const struct media_type *media, struct str name)
{
    return json_member_str(json_member(media->node, "encoding"), name);
}

/* Style, explode and allowReserved rule out contentType where they are written. */
static bool says_style(const struct json_node *encoding)
{
    return json_member(encoding, "style") != NULL || json_member(encoding, "explode") != NULL ||
           json_member(encoding, "allowReserved") != NULL;
}

/* The client's own way to spell such a value comes before what is declared. */
static bool client_says(const struct body *body, unsigned types)
{
    const struct query_format *format = body->converter->format;
    return format != NULL &&
           (((types & SCHEMA_ARRAY) != 0 && format->arrays != QUERY_ARRAYS_AUTO) ||
            ((types & SCHEMA_OBJECT) != 0 && format->objects != QUERY_OBJECTS_AUTO));
}

static struct spelling spelling_of(const struct json_node *encoding)
{
    enum parameter_style style = STYLE_FORM;
    parameter_style_from(json_member_text(encoding, "style", str_from("form")), &style);
    const struct json_node *explode = json_member(encoding, "explode");
    return (struct spelling){style, explode != NULL ? json_is_true(explode) : style == STYLE_FORM};
}

/* --- one property ------------------------------------------------------------------ */

static bool looks_like_json(struct str text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.data[0]) != NULL && text.data[0] != '\0')
        text = str_after(text, 1);
    return text.len > 0 && (text.data[0] == '{' || text.data[0] == '[');
}

/*
 * One field: JSON where it is said to be, or where a structure is wanted and
 * the text looks like one; else a scalar.
 */
static struct json_node *read_field(struct body *body, const struct wanted *wanted,
                                    const struct json_node *encoding, const struct field *field)
{
    struct converter *converter = body->converter;
    bool said = media_type_is_json(field->content_type) ||
                media_type_is_json(json_member_text(encoding, "contentType", str_from("")));
    unsigned types = wanted_types(wanted);
    bool structure = (types & STRUCTURES) != 0 && (types & SCHEMA_STRING) == 0 &&
                     looks_like_json(convert_decode(converter, field->value));
    struct json_node *json = said || structure ? convert_json(converter, field->value) : NULL;
    return json != NULL ? json : convert_scalar(converter, wanted, field->value);
}

/* All fields of one name as an array, or one that is an array by itself. */
static struct json_node *read_list(struct body *body, const struct wanted *wanted,
                                   const struct json_node *encoding, struct field *first)
{
    if (first->next_of_name == NULL) {
        struct json_node *alone = read_field(body, wanted, encoding, first);
        if (alone->type == JSON_ARRAY)
            return alone;
    }
    struct json_node *array = json_new(body->converter->arena, JSON_ARRAY);
    for (const struct field *field = first; field != NULL; field = field->next_of_name) {
        struct wanted element = wanted_element(wanted, array->size);
        json_append(array, read_field(body, &element, encoding, field));
    }
    return array;
}

static struct json_node *read_named(struct body *body, const struct wanted *wanted,
                                    const struct json_node *encoding, struct field *first)
{
    unsigned types = wanted_types(wanted);
    bool several = first->next_of_name != NULL;
    bool scalar = (types & ~(unsigned)(STRUCTURES | SCHEMA_NULL)) != 0;
    struct field *last = first;
    for (struct field *field = first; field != NULL; field = field->next_of_name) {
        field->used = true;
        last = field;
    }
    if ((types & SCHEMA_ARRAY) != 0 && (several || !scalar))
        return read_list(body, wanted, encoding, first);
    return read_field(body, wanted, encoding, last);
}

/* A name that the object declares is no member of a property that is spread out. */
static bool is_declared(const void *context, struct str name)
{
    const struct body *body = context;
    return map_get(&body->declared, name) != NULL;
}

/* By the style that its encoding names; what does not fit that style stays a text. */
static struct json_node *read_styled(struct body *body, struct str name,
                                     const struct wanted *wanted, const struct json_node *encoding)
{
    bool absent;
    struct name_claim claim = {is_declared, body, false};
    struct spelling spelling = spelling_of(encoding);
    if (body->converter->format != NULL)
        spelling = query_spelling(body->converter->format, wanted_types(wanted), spelling);
    struct json_node *value =
        style_read_fields(body->converter, spelling, name, wanted, body->fields, &claim, &absent);
    struct field *first = field_list_named(body->fields, name);
    if (value != NULL || first == NULL)
        return value;
    return convert_string(body->converter, first->value);
}

/* Without its own field: in brackets, or (OpenAPI 3.0) an object spread out over fields. */
static struct json_node *read_scattered(struct body *body, struct str name,
                                        const struct wanted *wanted)
{
    unsigned types = wanted_types(wanted);
    struct field *group = field_list_grouped(body->fields, name);
    if (group != NULL && (types & STRUCTURES) != 0)
        return style_read_group(body->converter, wanted, group);
    if (types != SCHEMA_OBJECT)
        return NULL;
    struct name_claim claim = {is_declared, body, true};
    return style_read_members(body->converter, wanted, body->fields, &claim);
}

/* NULL where no field is of the property. */
static struct json_node *read_property(struct body *body, struct str name)
{
    const struct json_node *encoding = body_encoding(body->media, name);
    struct wanted wanted = wanted_member(&body->wanted, name);
    struct field *first = field_list_named(body->fields, name);
    bool styled = says_style(encoding) || client_says(body, wanted_types(&wanted));
    if (styled && (first == NULL || first->content_type.len == 0))
        return read_styled(body, name, &wanted, encoding);
    if (first != NULL)
        return read_named(body, &wanted, encoding, first);
    return read_scattered(body, name, &wanted);
}

struct json_node *body_from_fields(const struct media_type *media, const struct field_list *fields,
                                   struct converter *converter)
{
    struct arena *arena = converter->arena;
    struct body body = {.media = media, .fields = fields, .converter = converter};
    body.wanted = wanted_of(media->schema);
    body.names = wanted_names(&body.wanted, arena, &body.name_count);
    map_init(&body.declared, arena);
    for (size_t i = 0; i < body.name_count; i++)
        map_put(&body.declared, body.names[i], &body);

    struct json_node *object = json_new(arena, JSON_OBJECT);
    for (size_t i = 0; i < body.name_count; i++) {
        struct json_node *value = read_property(&body, body.names[i]);
        if (value != NULL)
            json_set(arena, object, body.names[i], value);
    }
    for (size_t i = 0; i < fields->count; i++) {
        struct field *field = fields->items[i];
        if (field->used)
            continue;
        struct wanted wanted = wanted_member(&body.wanted, field->name);
        const struct json_node *encoding = body_encoding(media, field->name);
        json_set(arena, object, field->name, read_named(&body, &wanted, encoding, field));
    }
    return object;
}
