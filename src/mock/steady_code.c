#include "mock/steady_code.h"

static const char sdk[] = "sdk-issue";
static const char note[] = "content-note";
static const char ambiguous[] = "ambiguous";

static const struct steady_code codes[] = {
    {"E2001", "error", sdk, "Check the path against GET /_x-steady/spec"},
    {"E2002", "error", sdk, "Use a method that the path has"},
    {"E3001", "error", sdk, "Send a path parameter that fits its schema"},
    {"E3002", "error", sdk, "Add the required parameter to the request"},
    {"E3003", "error", sdk, "Send a query parameter that fits its schema"},
    {"E3004", "error", sdk, "Add the required header to the request"},
    {"E3005", "error", sdk, "Send a request body"},
    {"E3006", "error", sdk, "Send a Content-Type that the operation takes"},
    {"E3007", "error", sdk, "Add the required property"},
    {"E3008", "error", sdk, "Send a value of the type that the schema wants"},
    {"E3009", "error", sdk, "Leave out what the schema does not allow"},
    {"E3010", "error", sdk, "Send elements of the type that the schema wants"},
    {"E3011", "error", sdk, "Send one of the discriminator's values"},
    {"E3012", "warning", ambiguous, "Send a value that fits the combination of schemas"},
    {"E3016", "error", sdk, "Send one of the declared values"},
    {"E3017", "error", sdk, "Send the value that the schema fixes"},
    {"E3021", "error", sdk, "Send a body that is well-formed for its Content-Type"},
    {"E4001", "info", note, "Send a value of the declared format"},
    {"E4002", "info", note, "Send a value that matches the pattern"},
    {"E4003", "info", note, "Send a text of an allowed length"},
    {"E4004", "info", note, "Send a number within the range"},
    {"E4005", "info", note, "Send an allowed number of elements"},
    {"E4007", "info", note, "Send a multiple of the given number"},
    {"E5001", "warning", ambiguous, "Leave the property out, or declare it nullable"},
};

/* What a keyword means in a body; parameters have codes of their own for some. */
static const char *const by_keyword[KEYWORD_COUNT] = {
    [KEYWORD_FALSE_SCHEMA] = "E3009",
    [KEYWORD_TYPE] = "E3008",
    [KEYWORD_ENUM] = "E3016",
    [KEYWORD_CONST] = "E3017",
    [KEYWORD_MAX_LENGTH] = "E4003",
    [KEYWORD_MIN_LENGTH] = "E4003",
    [KEYWORD_PATTERN] = "E4002",
    [KEYWORD_FORMAT] = "E4001",
    [KEYWORD_MULTIPLE_OF] = "E4007",
    [KEYWORD_MAXIMUM] = "E4004",
    [KEYWORD_EXCLUSIVE_MAXIMUM] = "E4004",
    [KEYWORD_MINIMUM] = "E4004",
    [KEYWORD_EXCLUSIVE_MINIMUM] = "E4004",
    [KEYWORD_MAX_ITEMS] = "E4005",
    [KEYWORD_MIN_ITEMS] = "E4005",
    [KEYWORD_CONTAINS] = "E4005",
    [KEYWORD_MIN_CONTAINS] = "E4005",
    [KEYWORD_MAX_CONTAINS] = "E4005",
    [KEYWORD_UNIQUE_ITEMS] = "E4005",
    [KEYWORD_MAX_PROPERTIES] = "E4005",
    [KEYWORD_MIN_PROPERTIES] = "E4005",
    [KEYWORD_REQUIRED] = "E3007",
    [KEYWORD_DEPENDENT_REQUIRED] = "E3007",
    [KEYWORD_ADDITIONAL_PROPERTIES] = "E3009",
    [KEYWORD_UNEVALUATED_PROPERTIES] = "E3009",
    [KEYWORD_UNEVALUATED_ITEMS] = "E3009",
    [KEYWORD_PROPERTY_NAMES] = "E3009",
    [KEYWORD_READ_ONLY] = "E3009",
    [KEYWORD_WRITE_ONLY] = "E3009",
    [KEYWORD_DISCRIMINATOR] = "E3011",
    [KEYWORD_SERVICE_RULE] = "E4004",
};

const struct steady_code *steady_code_find(struct str code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (str_is(code, codes[i].code))
            return &codes[i];
    return NULL;
}

/* The first segment: body, query, path, header or cookie. */
static struct str location_of(const struct violation *violation)
{
    const struct json_path *path = violation->path;
    while (path != NULL && path->up != NULL)
        path = path->up;
    return path != NULL ? path->name : str_from("");
}

/* A value that is missing as a whole: a parameter, or the body. */
static const char *code_of_absent(struct str location)
{
    if (str_is(location, "body"))
        return "E3005";
    if (str_is(location, "path"))
        return "E3001";
    return str_is(location, "query") ? "E3002" : "E3004";
}

static const char *code_of_type(const struct violation *violation, struct str location)
{
    if (json_is(violation->instance, JSON_NULL))
        return "E5001";
    if (str_is(location, "query"))
        return "E3003";
    bool element = violation->path != NULL && violation->path->name.data == NULL;
    return element ? "E3010" : "E3008";
}

bool steady_is_absent(const struct violation *violation)
{
    return violation->schema == NULL && violation->keyword == KEYWORD_REQUIRED;
}

static const char *find_code(const struct violation *violation)
{
    struct str location = location_of(violation);
    if (steady_is_absent(violation))
        return code_of_absent(location);
    if (str_is(location, "path"))
        return "E3001";
    if (violation->keyword == KEYWORD_TYPE)
        return code_of_type(violation, location);
    const char *code = by_keyword[violation->keyword];
    return code != NULL ? code : "E3012";
}

const struct steady_code *steady_code_of(const struct violation *violation)
{
    return steady_code_find(str_from(find_code(violation)));
}
