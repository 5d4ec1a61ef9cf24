#include "openapi/body.h"

struct json_node *form_read(const struct media_type *media, struct str body, struct arena *arena,
                            const char **problem)
{
    struct field_list fields;
    field_list_init(&fields, arena);
    if (!field_list_add_form(&fields, body, FORM_MAX_FIELDS)) {
        *problem = arena_printf(arena, "The form has more than %d fields", FORM_MAX_FIELDS);
        return NULL;
    }
    struct converter converter = {
        .arena = arena, .origin = "form", .coding = TEXT_FORM, .lenient = true};
    return body_from_fields(media, &fields, &converter);
}
