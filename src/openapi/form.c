#include "openapi/body.h"
#include "openapi/query_format.h"

/* With brackets in place of the dots behind the names of properties. */
static struct str bracketed(const struct media_type *media, struct str body, struct arena *arena)
{
    struct wanted wanted = wanted_of(media->schema);
    size_t count;
    const struct str *names = wanted_names(&wanted, arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct wanted member = wanted_member(&wanted, names[i]);
        if ((wanted_types(&member) & SCHEMA_OBJECT) != 0)
            body = query_without_dots(body, names[i], arena);
    }
    return body;
}

struct json_node *form_read_as(const struct media_type *media, const struct query_format *format,
                               struct str body, struct arena *arena, const char **problem)
{
    struct field_list fields;
    field_list_init(&fields, arena);
    if (format->objects == QUERY_OBJECTS_DOTS)
        body = bracketed(media, body, arena);
    if (!field_list_add_form(&fields, body, FORM_MAX_FIELDS)) {
        *problem = arena_printf(arena, "The form has more than %d fields", FORM_MAX_FIELDS);
        return NULL;
    }
    struct converter converter = {
        .arena = arena, .origin = "form", .coding = TEXT_FORM, .lenient = true, .format = format};
    return body_from_fields(media, &fields, &converter);
}

struct json_node *form_read(const struct media_type *media, struct str body, struct arena *arena,
                            const char **problem)
{
    static const struct query_format as_declared = {QUERY_ARRAYS_AUTO, QUERY_OBJECTS_AUTO};
    return form_read_as(media, &as_declared, body, arena, problem);
}
