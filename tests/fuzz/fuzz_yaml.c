/*
 * Any text as YAML, as a document of either language, and as a file that must
 * be JSON. What is refused has errors with their places; what is accepted is a
 * sound tree within the limits, whose JSON reads back as the same value.
 */
#include "fuzz/tree_check.h"
#include "json/string_place.h"
#include "json/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct json_node *read_function(struct arena *arena, const struct source *source,
                                        const struct yaml_limits *limits, struct diags *diags);

static uint32_t count_nodes(const struct json_node *node)
{
    uint32_t count = 1;
    for (const struct json_node *child = json_first(node); child != NULL; child = json_next(child))
        count += count_nodes(child);
    return count;
}

static uint32_t depth_of(const struct json_node *node)
{
    uint32_t deepest = 0;
    for (const struct json_node *child = json_first(node); child != NULL;
         child = json_next(child)) {
        uint32_t depth = depth_of(child);
        deepest = depth > deepest ? depth : deepest;
    }
    return node->type >= JSON_ARRAY ? deepest + 1 : 0;
}

static void check_places_in_strings(const struct json_node *node)
{
    if (node->type == JSON_STRING)
        for (size_t index = 0; index <= node->size; index += 1 + node->size / 8) {
            struct place place = json_place_in_string(node, index);
            check_place(place);
            require(place.offset >= node->offset && place.offset <= node->offset + node->length);
        }
    for (const struct json_node *child = json_first(node); child != NULL; child = json_next(child))
        check_places_in_strings(child);
}

static void run(read_function *read, const char *name, struct str text, struct yaml_limits limits)
{
    struct arena arena;
    struct diags diags;
    arena_init(&arena, 4096, NULL);
    diags_init(&diags);
    struct source source = {.name = name, .text = text};
    const struct json_node *root = read(&arena, &source, &limits, &diags);
    require((root == NULL) == (diags.errors > 0));
    check_diags(&diags);
    if (root != NULL) {
        check_tree(root);
        check_places_in_strings(root);
        check_written(&arena, root);
        require(count_nodes(root) <= limits.max_nodes);
        require(depth_of(root) <= limits.max_depth);
    }
    diags_free(&diags);
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_make((const char *)data, size);
    const struct yaml_limits ordinary = {.max_depth = 200, .max_nodes = 100000};
    run(yaml_read, "fuzz.yaml", text, ordinary);
    run(json_read_document, "fuzz.yaml", text, ordinary);
    run(json_read_document, "fuzz.json", text, ordinary);
    run(yaml_read, "fuzz.yaml", text, (struct yaml_limits){.max_depth = 3, .max_nodes = 20});
    return 0;
}
