/*
 * Examples of schemas: a text is a schema; what is made of it is JSON and fits.
 * Which dialect, which direction and how much is made comes from the first byte.
 */
#include "schema/compile.h"
#include "schema/example.h"
#include "json/reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static const struct json_node *read_text(struct arena *arena, const struct source *source)
{
    struct json_read_options options = {.max_depth = 200, .max_nodes = 20000};
    struct json_document document;
    struct json_error error;
    return json_read(arena, source, &options, &document, &error) ? document.root : NULL;
}

static void check_example(const struct schema *schema, const struct example_options *options,
                          struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena);
    buf_add_text(&out, "[");
    if (!example_write(schema, options, arena, &out)) {
        require(out.len == 1);
        return;
    }
    struct source source = {.name = "example.json", .text = str_after(buf_str(&out), 1)};
    const struct json_node *example = read_text(arena, &source);
    struct validation validation = {.arena = arena, .direction = options->direction};
    if (example != NULL)
        require(schema_validate(schema, example, &validation) == VALIDATE_VALID);
}

static void make(const struct json_node *node, uint8_t how, struct arena *arena,
                 struct diags *diags)
{
    struct schema_options options = {
        .dialect = (enum schema_dialect)(how % 3), .assert_formats = true, .max_schemas = 5000};
    struct schema_registry *registry = schema_registry_new(&options);
    struct str uri = str_from("urn:fuzz");
    schema_registry_add(registry, uri, node, options.dialect == SCHEMA_2020_12);
    const struct schema *schema = schema_compile(registry, uri, node, diags);
    struct rng rng;
    rng_seed(&rng, how);
    struct example_options wish = {.rng = &rng,
                                   .direction = (enum direction)(how / 3 % 3),
                                   .required_only = (how & 64) != 0,
                                   .invent = (how & 128) != 0};
    if (schema != NULL)
        check_example(schema, &wish, arena);
    schema_registry_free(registry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct source source = {.name = "schema.json",
                            .text = str_make((const char *)data + 1, size - 1)};
    struct arena arena;
    struct diags diags;
    arena_init(&arena, 16384, NULL);
    diags_init(&diags);
    const struct json_node *node = read_text(&arena, &source);
    if (node != NULL)
        make(node, data[0], &arena, &diags);
    diags_free(&diags);
    arena_clear(&arena);
    return 0;
}
