/* Words that OpenAPI does not know: tools pass over them, so a slip there would never be noticed.
 */
#include "openapi/unknown.h"

struct vocabulary {
    const char *title;
    const char *words[16]; /* the frequent ones first; ends with NULL */
};

/* OpenAPI 3.1.1, 4.8; what 3.2 adds is let pass. */
static const struct vocabulary vocabularies[] = {
    [OBJECT_ROOT] = {"the document",
                     {"openapi", "info", "paths", "components", "servers", "tags", "security",
                      "externalDocs", "webhooks", "jsonSchemaDialect", "$self", NULL}},
    [OBJECT_COMPONENTS] = {"`components`",
                           {"schemas", "responses", "parameters", "securitySchemes",
                            "requestBodies", "examples", "headers", "links", "callbacks",
                            "pathItems", "mediaTypes", NULL}},
    [OBJECT_OPERATION] = {"an operation",
                          {"tags", "summary", "description", "operationId", "parameters",
                           "responses", "requestBody", "security", "externalDocs", "deprecated",
                           "servers", "callbacks", NULL}},
    [OBJECT_PARAMETER] = {"a parameter",
                          {"name", "in", "schema", "required", "description", "style", "explode",
                           "example", "examples", "content", "deprecated", "allowEmptyValue",
                           "allowReserved", NULL}},
    [OBJECT_REQUEST_BODY] = {"a request body", {"content", "required", "description", NULL}},
    [OBJECT_RESPONSE] = {"a response",
                         {"description", "content", "headers", "links", "summary", NULL}},
    [OBJECT_MEDIA_TYPE] = {"a media type",
                           {"schema", "example", "examples", "encoding", "itemSchema",
                            "itemEncoding", "prefixEncoding", NULL}},
};

static bool is_known(struct str name, const char *const *words)
{
    while (*words != NULL && !str_is(name, *words))
        words++;
    return *words != NULL;
}

void unknown_extension(struct load load, const struct json_node *member)
{
    static const char ours[] = "x-understudy";
    enum { FAR = 2, LENGTH = sizeof ours - 1 };
    struct str name = json_name(member);
    bool near = name.len + FAR >= LENGTH && name.len <= LENGTH + FAR && !str_is(name, ours) &&
                str_distance(name, str_from(ours)) <= FAR;
    if (near)
        diag_warning(load.diags, json_name_place(member), "did you mean \"x-understudy\"?",
                     "nobody looks at \"%.*s\"", (int)name.len, name.data);
}

static void warn(struct load load, const struct json_node *member,
                 const struct vocabulary *vocabulary)
{
    struct str name = json_name(member);
    struct buf remedy;
    buf_init(&remedy, NULL);
    const char *help = nearest_remedy(&remedy, str_nearest(name, vocabulary->words),
                                      "remove it, or let its name begin with x-; it has no effect");
    diag_warning(load.diags, json_name_place(member), help, "unknown word \"%.*s\" in %s",
                 (int)name.len, name.data, vocabulary->title);
    buf_free(&remedy);
}

void unknown_words(struct load load, const struct json_node *object, enum openapi_object kind)
{
    const struct vocabulary *vocabulary = &vocabularies[kind];
    if (!json_is(object, JSON_OBJECT))
        return;
    for (const struct json_node *member = json_first(object); member != NULL;
         member = json_next(member)) {
        if (load_is_extension(member))
            unknown_extension(load, member);
        else if (!is_known(json_name(member), vocabulary->words))
            warn(load, member, vocabulary);
    }
}
