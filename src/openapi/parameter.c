/*
 * Where a parameter is taken from, and as what. The spelling of values is in
 * style.c, their conversion in convert.c.
 */
#include "openapi/contract.h"
#include "openapi/style.h"

#include "base/buf.h"
#include "openapi/percent.h"
#include "openapi/query_format.h"

/* Of a query: its length is bounded by the server's limit on a request's head. */
enum { QUERY_FIELDS_MAX = 100000 };

static struct spelling spelling_of(const struct parameter *parameter)
{
    return (struct spelling){parameter->style, parameter->explode};
}

/* --- the text of a parameter ------------------------------------------------------ */

static bool find_capture(const struct route_match *route, struct str name, struct str *raw)
{
    for (size_t i = 0; route != NULL && i < route->capture_count; i++)
        if (str_equal(route->names[i], name)) {
            *raw = route->captures[i];
            return true;
        }
    return false;
}

/* All header lines of that name as one (RFC 9110, 5.3). */
static bool find_header(const struct parameter_input *input, struct str name, const char *separator,
                        struct arena *arena, struct str *raw)
{
    size_t count = 0;
    struct buf joined;
    buf_init(&joined, arena);
    for (size_t i = 0; i < input->header_count; i++) {
        if (!str_equal_ignoring_case(input->headers[i].name, name))
            continue;
        struct str value = str_trim(input->headers[i].value);
        if (count++ == 0) {
            *raw = value;
            continue;
        }
        if (joined.len == 0)
            buf_add_str(&joined, *raw);
        buf_add_text(&joined, separator);
        buf_add_str(&joined, value);
        *raw = buf_str(&joined);
    }
    return count > 0;
}

static struct str query_of(const struct parameter *parameter, const struct parameter_input *input,
                           struct arena *arena)
{
    if (input->format.objects != QUERY_OBJECTS_DOTS)
        return input->query;
    return query_without_dots(input->query, parameter->name, arena);
}

/* The fields of the query or of the Cookie header. */
static void read_fields(const struct parameter *parameter, const struct parameter_input *input,
                        struct field_list *fields, struct arena *arena)
{
    struct str cookies;
    field_list_init(fields, arena);
    if (parameter->in == PARAMETER_QUERY)
        field_list_add_form(fields, query_of(parameter, input, arena), QUERY_FIELDS_MAX);
    else if (find_header(input, str_from("cookie"), "; ", arena, &cookies))
        field_list_add_cookies(fields, cookies);
}

/* --- as a value --------------------------------------------------------------------- */

/* The text as it was sent, for messages about what could not be read. */
static enum parameter_outcome malformed(struct converter *converter, struct str raw,
                                        struct json_node **value)
{
    converter->lenient = true;
    *value = convert_string(converter, raw);
    return PARAMETER_MALFORMED;
}

static enum parameter_outcome finished(struct converter *converter, struct str raw,
                                       struct json_node *node, struct json_node **value)
{
    if (node == NULL || converter->malformed)
        return malformed(converter, raw, value);
    *value = node;
    return PARAMETER_PRESENT;
}

/* `content`: the text is of a media type of its own. */
static enum parameter_outcome read_content(const struct parameter *parameter,
                                           struct converter *converter, struct str raw,
                                           struct json_node **value)
{
    bool json = media_type_is_json(parameter->content_type);
    struct json_node *node = json ? convert_json(converter, raw) : convert_string(converter, raw);
    return finished(converter, raw, node, value);
}

static enum parameter_outcome read_text(const struct parameter *parameter,
                                        struct converter *converter, struct str raw,
                                        struct json_node **value)
{
    if (parameter->content_type.len > 0)
        return read_content(parameter, converter, raw, value);
    struct wanted wanted = wanted_of(parameter->schema);
    struct json_node *node =
        style_read_text(converter, spelling_of(parameter), parameter->name, &wanted, raw);
    return finished(converter, raw, node, value);
}

/* True if a query name is that of a declared parameter, or of the group of one. */
static bool is_claimed(const void *context, struct str name)
{
    const struct parameter *self = context;
    const struct operation *operation = self->operation;
    struct str group = str_make(name.data, str_find_char(name, '['));
    for (size_t i = 0; operation != NULL && i < operation->parameter_count; i++) {
        const struct parameter *other = &operation->parameters[i];
        if (other->in == self->in &&
            (str_equal(other->name, name) || str_equal(other->name, group)))
            return true;
    }
    return str_equal(self->name, name);
}

/* True if the parameter is there and all that was sent of it is empty. */
static bool is_empty(const struct field *field)
{
    bool there = field != NULL;
    for (; field != NULL; field = field->next_of_name)
        if (field->value.len > 0)
            return false;
    return there;
}

static enum parameter_outcome read_from_fields(const struct parameter *parameter,
                                               const struct parameter_input *input,
                                               struct converter *converter,
                                               struct json_node **value)
{
    struct field_list fields;
    read_fields(parameter, input, &fields, converter->arena);
    if (fields.count == 0)
        return PARAMETER_ABSENT;
    const struct field *first = field_list_named(&fields, parameter->name);
    if (parameter->allow_empty_value && is_empty(first)) {
        *value = convert_string(converter, first->value);
        return PARAMETER_EMPTY;
    }
    struct str last = str_from("");
    for (const struct field *field = first; field != NULL; field = field->next_of_name)
        last = field->value;
    if (parameter->content_type.len > 0)
        return first == NULL ? PARAMETER_ABSENT : read_content(parameter, converter, last, value);

    struct wanted wanted = wanted_of(parameter->schema);
    struct name_claim claim = {is_claimed, parameter, false};
    struct spelling spelling = spelling_of(parameter);
    if (parameter->in == PARAMETER_QUERY)
        spelling = query_spelling(&input->format, wanted_types(&wanted), spelling);
    bool absent;
    struct json_node *node =
        style_read_fields(converter, spelling, parameter->name, &wanted, &fields, &claim, &absent);
    return absent ? PARAMETER_ABSENT : finished(converter, last, node, value);
}

enum parameter_outcome parameter_read(const struct parameter *parameter,
                                      const struct parameter_input *input, struct arena *arena,
                                      struct json_node **value)
{
    static const struct {
        const char *origin;
        enum text_coding coding;
    } places[] = {
        [PARAMETER_PATH] = {"path", TEXT_PERCENT},
        [PARAMETER_QUERY] = {"query", TEXT_FORM},
        [PARAMETER_HEADER] = {"header", TEXT_PLAIN},
        [PARAMETER_COOKIE] = {"cookie", TEXT_PERCENT},
    };
    struct converter converter = {.arena = arena,
                                  .origin = places[parameter->in].origin,
                                  .coding = places[parameter->in].coding};
    struct str raw;
    *value = NULL;
    switch (parameter->in) {
    case PARAMETER_PATH:
        if (!find_capture(input->route, parameter->name, &raw))
            return PARAMETER_ABSENT;
        return read_text(parameter, &converter, raw, value);
    case PARAMETER_HEADER:
        if (!find_header(input, parameter->name, ", ", arena, &raw))
            return PARAMETER_ABSENT;
        return read_text(parameter, &converter, raw, value);
    default:
        return read_from_fields(parameter, input, &converter, value);
    }
}
