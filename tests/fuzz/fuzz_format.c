/*
 * Any text under any format: the first byte chooses the format for the rest,
 * which is taken as a string and, where it is JSON, as that value. Some formats
 * are parts of others.
 */
#include "schema/format.h"
#include "schema/idna.h"
#include "schema/punycode.h"
#include "json/reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool accepts(const char *name, const struct json_node *value)
{
    const struct format *format = format_find(str_from(name));
    require(format != NULL);
    return format_accepts(format, value);
}

/* Whatever satisfies the first satisfies the second. */
static const char *const text_inclusions[][2] = {
    {"uri", "uri-reference"},
    {"uri", "iri"},
    {"iri", "iri-reference"},
    {"uri-reference", "iri-reference"},
    {"email", "idn-email"},
    {"sf-boolean", "uri-reference"},
    {"int64", "decimal"},
    {"uint64", "decimal"},
    {NULL, NULL},
};

static const char *const number_inclusions[][2] = {
    {"int8", "int16"},
    {"int16", "int32"},
    {"int32", "double-int"},
    {"double-int", "int64"},
    {"uint8", "uint16"},
    {"uint16", "uint32"},
    {"uint32", "uint64"},
    {"uint32", "int64"},
    {"sf-integer", "double-int"},
    {"sf-decimal", "decimal128"},
    {"float", "double"},
    {"double-int", "float"},
    {"uint64", "decimal128"},
    {"decimal128", "decimal"},
    {NULL, NULL},
};

static void check_inclusions(const struct json_node *value)
{
    if (value->type != JSON_STRING && value->type != JSON_NUMBER)
        return;
    const char *const(*pair)[2] = value->type == JSON_STRING ? text_inclusions : number_inclusions;
    for (; (*pair)[0] != NULL; pair++)
        require(!accepts((*pair)[0], value) || accepts((*pair)[1], value));
}

/* Punycode of what was decoded decodes to the same. */
static void check_punycode(struct str text)
{
    uint32_t points[PUNYCODE_MAX];
    size_t count = punycode_decode(text, points);
    if (count == SIZE_MAX)
        return;
    char encoded[PUNYCODE_MAX];
    size_t len = punycode_encode(points, count, encoded);
    if (len == SIZE_MAX)
        return;
    uint32_t again[PUNYCODE_MAX];
    require(punycode_decode(str_make(encoded, len), again) == count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t count = 0;
    while (format_table()[count].name != NULL)
        count++;
    const struct format *format = &format_table()[data[0] % count];
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct source source = {.name = "text", .text = {(const char *)data + 1, size - 1}};
    struct json_node *string = json_new_string(&arena, source.text);
    format_accepts(format, string);
    struct json_document document;
    struct json_error error;
    struct json_read_options options = {.max_depth = 10, .python = true};
    if (json_read(&arena, &source, &options, &document, &error)) {
        format_accepts(format, document.root);
        check_inclusions(document.root);
    }
    check_inclusions(string);
    check_punycode(source.text);
    arena_clear(&arena);
    return 0;
}
