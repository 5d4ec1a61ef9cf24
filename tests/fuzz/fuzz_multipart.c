/*
 * Any bytes as a multipart body (the first line is the Content-Type) and as an
 * urlencoded form, by several schemas and encodings; the first byte chooses.
 * What is read is UTF-8 all over, whatever the bytes were.
 */
#include "base/utf8.h"
#include "json/reader.h"
#include "json/writer.h"

#include "contract_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char document[] =
    "openapi: 3.1.0\n"
    "info: {title: t, version: '1'}\n"
    "paths:\n"
    "  /f:\n"
    "    post:\n"
    "      requestBody:\n"
    "        content:\n"
    "          a/none: {}\n"
    "          a/typed: {schema: &S {type: object, properties: {a: {type: integer}, b: {type: "
    "array, "
    "items: {type: string}}, o: {type: object, properties: {a: {type: boolean}, x: {}}}, s: {type: "
    "string}}}}\n"
    "          a/json: {schema: *S, encoding: {s: {contentType: application/json}, o: "
    "{contentType: "
    "'application/json, text/*'}}}\n"
    "          a/form: {schema: *S, encoding: {b: {style: form, explode: false}, o: {style: "
    "form}}}\n"
    "          a/deep: {schema: *S, encoding: {b: {style: spaceDelimited}, o: {style: deepObject}, "
    "s: "
    "{style: pipeDelimited}}}\n";

static const struct operation *operation_once(void)
{
    static struct contract *contract;
    if (contract == NULL) {
        contract = contract_from(str_from(document));
        require(contract != NULL && contract_prepare_all(contract, NULL));
    }
    return &contract->operations[0];
}

static void check(const struct json_node *node, const char *problem, struct arena *arena)
{
    struct buf text;
    struct json_document again;
    struct json_error error;
    require((node == NULL) == (problem != NULL));
    if (node == NULL) {
        require(utf8_find_fault(str_from(problem)) == strlen(problem));
        return;
    }
    require(node->type == JSON_OBJECT);
    buf_init(&text, arena);
    json_write(&text, node, JSON_EXACT);
    require(utf8_find_fault(buf_str(&text)) == text.len);
    struct source source = {.name = "written", .text = buf_str(&text)};
    require(json_read(arena, &source, &(struct json_read_options){0}, &again, &error));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct operation *operation = operation_once();
    const struct media_type *media = &operation->bodies[data[0] % operation->body_count];
    struct str text = str_make((const char *)data + 1, size - 1);
    size_t line = str_find_char(text, '\n');
    struct str body = str_after(text, line < text.len ? line + 1 : line);
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    const char *problem = NULL;
    const struct json_node *node =
        multipart_read(media, str_make(text.data, line), body, &arena, &problem);
    check(node, problem, &arena);
    problem = NULL;
    node = form_read(media, body, &arena, &problem);
    check(node, problem, &arena);
    arena_clear(&arena);
    return 0;
}
