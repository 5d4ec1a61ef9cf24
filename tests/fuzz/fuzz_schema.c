/*
 * A digit that chooses the dialect, a schema, a line `=====`, an instance.
 *
 * Whatever they are: a schema compiles or has errors, never both; both ways of
 * running agree; violations name places that exist; programs and violations can
 * be printed.
 */
#include "fuzz/tree_check.h"
#include "schema/compile.h"
#include "schema/validate.h"
#include "json/pointer.h"
#include "json/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char BORDER[] = "\n=====\n";

/* Offset of the border, or text.len. */
static size_t find_border(struct str text)
{
    size_t length = sizeof BORDER - 1;
    for (size_t at = 0; at + length <= text.len; at++)
        if (memcmp(text.data + at, BORDER, length) == 0)
            return at;
    return text.len;
}

static const struct json_node *read_text(struct arena *arena, const struct source *source)
{
    struct json_document document;
    struct json_error error;
    struct json_read_options options = {.max_depth = 200, .max_nodes = 5000, .python = true};
    return json_read(arena, source, &options, &document, &error) ? document.root : NULL;
}

/* The path of a violation leads to its value; that of a missing member to nothing. */
static void check_value_place(const struct violation *violation, const struct json_node *root,
                              struct arena *arena)
{
    struct buf path;
    buf_init(&path, arena);
    json_path_print(violation->path, &path);
    const struct json_node *found = json_pointer_find(root, buf_str(&path));
    if (violation->keyword == KEYWORD_REQUIRED || violation->keyword == KEYWORD_DEPENDENT_REQUIRED)
        require(found == NULL);
    else
        require(found == violation->instance || violation->instance->type == JSON_STRING);
}

static void check_violation(const struct violation *violation, const struct json_node *root,
                            struct arena *arena)
{
    require(violation->rule != NULL && violation->schema != NULL);
    check_value_place(violation, root, arena);
    struct buf words;
    buf_init(&words, arena);
    violation_describe(violation, &words);
    require(words.len > 0);
    if (violation->branch_count > 0)
        require(violation->best < violation->branch_count);
    for (size_t i = 0; i < violation->branch_count; i++)
        for (const struct violation *inner = violation->branches[i]; inner != NULL;
             inner = inner->next)
            check_value_place(inner, root, arena);
}

static void check_instance(const struct schema *schema, const struct json_node *instance,
                           struct arena *arena)
{
    struct validation validation = {.arena = arena,
                                    .max_violations = 50,
                                    .match_budget = 100000,
                                    .direction = DIRECTION_REQUEST};
    enum validate_outcome outcome = schema_validate(schema, instance, &validation);
    size_t listed = 0;
    for (const struct violation *violation = validation.first; violation != NULL;
         violation = violation->next, listed++)
        check_violation(violation, instance, arena);
    require(listed <= 50 && listed <= validation.count);
    require(validation.truncated == (validation.count > listed));
    if (outcome == VALIDATE_VALID || outcome == VALIDATE_INVALID)
        require((outcome == VALIDATE_VALID) == (validation.count == 0));
    validation = (struct validation){.arena = arena, .match_budget = 100000};
    outcome = schema_validate(schema, instance, &validation);
    bool accepted = schema_accepts(schema, instance, arena);
    if (outcome == VALIDATE_VALID || outcome == VALIDATE_INVALID)
        require(accepted == (outcome == VALIDATE_VALID));
}

static void check_both(struct arena *arena, enum schema_dialect dialect,
                       const struct json_node *node, const struct json_node *instance,
                       struct diags *diags)
{
    struct schema_options options = {
        .dialect = dialect, .assert_formats = true, .max_schemas = 5000};
    struct schema_registry *registry = schema_registry_new(&options);
    struct str uri = str_from("urn:fuzz");
    schema_registry_add(registry, uri, node, dialect == SCHEMA_2020_12);
    const struct schema *schema = schema_compile(registry, uri, node, diags);
    require((schema == NULL) == (diags->errors > 0));
    if (schema != NULL) {
        struct buf program;
        buf_init(&program, arena);
        schema_print(schema, &program);
        require(program.len > 0);
        require(schema_compile(registry, uri, node, diags) == schema);
        if (instance != NULL)
            check_instance(schema, instance, arena);
    } else {
        size_t errors = diags->errors;
        require(schema_compile(registry, uri, node, diags) == NULL);
        require(diags->errors == errors * 2);
    }
    schema_registry_free(registry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    enum schema_dialect dialect = (enum schema_dialect)(data[0] % 3);
    struct str text = str_make((const char *)data + 1, size - 1);
    size_t border = find_border(text);
    struct str rest = str_after(text, border);
    if (rest.len > 0)
        rest = str_after(rest, sizeof BORDER - 1);
    struct source schema_text = {.name = "schema.json", .text = str_make(text.data, border)};
    struct source instance_text = {.name = "instance.json", .text = rest};
    struct arena arena;
    struct diags diags;
    arena_init(&arena, 16384, NULL);
    diags_init(&diags);
    const struct json_node *node = read_text(&arena, &schema_text);
    if (node != NULL)
        check_both(&arena, dialect, node, read_text(&arena, &instance_text), &diags);
    check_diags(&diags);
    diags_free(&diags);
    arena_clear(&arena);
    return 0;
}
