/*
 * Any text as a path, a query, a header and a cookie, read as parameters of
 * every style and of many schemas. The first byte chooses the parameter. What
 * is read is UTF-8 all over and can be written, read again and validated.
 */
#include "base/utf8.h"
#include "openapi/contract.h"
#include "schema/validate.h"
#include "json/reader.h"
#include "json/writer.h"

#include "contract_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const schemas[] = {
    "{type: string}",
    "{type: integer}",
    "{type: [boolean, 'null']}",
    "{}",
    "{type: array, items: {type: number}}",
    "{type: array, prefixItems: [{type: integer}], items: {$ref: '#/components/schemas/O'}}",
    "{$ref: '#/components/schemas/O'}",
    "{type: object, additionalProperties: {type: integer}}",
    "{anyOf: [{type: string, enum: [auto]}, {type: integer}, {type: array}, {type: 'null'}]}",
    "{oneOf: [{$ref: '#/components/schemas/O'}, {type: array, items: {type: boolean}}]}",
};

static const struct {
    const char *in;
    const char *style;
} styles[] = {
    {"path", "simple"},      {"path", "label"},           {"path", "matrix"},
    {"query", "form"},       {"query", "spaceDelimited"}, {"query", "pipeDelimited"},
    {"query", "deepObject"}, {"header", "simple"},        {"cookie", "form"},
};

static const char components[] =
    "components: {schemas: {O: {type: object, properties: {a: {type: integer}, b: {type: array, "
    "items: {type: string}}, o: {$ref: '#/components/schemas/O'}}, patternProperties: {'^x': "
    "{type: "
    "boolean}}}}}\n";

static void add_operations(struct buf *text)
{
    for (size_t style = 0; style < sizeof styles / sizeof *styles; style++)
        for (size_t schema = 0; schema < sizeof schemas / sizeof *schemas; schema++)
            for (int explode = 0; explode < 2; explode++)
                buf_printf(text,
                           "  /%zu%c%d/{p}: {get: {parameters: [{name: p, in: %s, required: true, "
                           "style: %s, explode: %s, schema: %s}]}}\n",
                           style, (char)('a' + schema), explode, styles[style].in,
                           styles[style].style, explode ? "true" : "false", schemas[schema]);
    buf_add_text(text, "  /json/{p}: {get: {parameters: [{name: p, in: query, content: "
                       "{application/json: {schema: {type: object}}}}]}}\n");
}

static struct contract *contract_once(void)
{
    static struct contract *contract;
    if (contract != NULL)
        return contract;
    struct buf text;
    buf_init(&text, NULL);
    buf_add_text(&text, "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n");
    add_operations(&text);
    buf_add_text(&text, components);
    contract = contract_from(buf_str(&text));
    buf_free(&text);
    require(contract != NULL && contract_prepare_all(contract, NULL));
    return contract;
}

static void check_value(const struct parameter *parameter, const struct json_node *value,
                        struct arena *arena)
{
    struct buf text;
    struct json_document again;
    struct json_error error;
    buf_init(&text, arena);
    json_write(&text, value, JSON_EXACT);
    require(utf8_find_fault(buf_str(&text)) == text.len);
    struct source source = {.name = "written", .text = buf_str(&text)};
    require(json_read(arena, &source, &(struct json_read_options){0}, &again, &error));
    if (parameter->schema == NULL)
        return;
    struct validation validation = {.arena = arena};
    schema_validate(parameter->schema, value, &validation);
}

/* The text as a path below `operation`'s first segment; an empty one finds nothing. */
static bool match_path(const struct contract *contract, const struct operation *operation,
                       struct str text, struct arena *arena, struct route_match *match)
{
    struct buf path;
    buf_init(&path, arena);
    buf_add_str(&path, str_make(operation->path.data, operation->path.len - strlen("{p}")));
    buf_add_str(&path, text);
    return route_find(contract, HTTP_GET, buf_str(&path), match) == ROUTE_FOUND;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct contract *contract = contract_once();
    const struct operation *operation = &contract->operations[data[0] % contract->operation_count];
    const struct parameter *parameter = &operation->parameters[0];
    struct str text = str_make((const char *)data + 1, size - 1);
    struct route_match match;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct name_value headers[] = {
        {parameter->name, text}, {str_from("cookie"), text}, {parameter->name, str_from("second")}};
    struct parameter_input input = {
        .query = text, .headers = headers, .header_count = 2 + (size & 1)};
    if (match_path(contract, operation, text, &arena, &match))
        input.route = &match;
    struct json_node *value;
    enum parameter_outcome outcome = parameter_read(parameter, &input, &arena, &value);
    require((outcome == PARAMETER_ABSENT) == (value == NULL));
    if (value != NULL)
        check_value(parameter, value, &arena);
    arena_clear(&arena);
    return 0;
}
