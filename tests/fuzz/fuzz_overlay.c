/*
 * A document and an overlay, parted by a line `=====`. Whatever the overlay
 * says, the document stays a sound tree; errors have places.
 */
#include "fuzz/tree_check.h"
#include "openapi/overlay.h"
#include "json/yaml.h"

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

static void apply(struct arena *arena, const struct source *document_text,
                  const struct source *overlay_text, struct diags *diags)
{
    const struct yaml_limits limits = {.max_depth = 100, .max_nodes = 10000};
    struct json_node *document = json_read_document(arena, document_text, &limits, diags);
    struct json_node *overlay = json_read_document(arena, overlay_text, &limits, diags);
    if (overlay == NULL)
        return;
    size_t errors = diags->errors;
    bool applied = overlay_apply(arena, overlay, document,
                                 &(struct overlay_limits){limits.max_depth, 20000}, diags);
    require(applied == (diags->errors == errors));
    check_tree(overlay);
    if (document == NULL)
        return;
    check_tree(document);
    check_written(arena, document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_make((const char *)data, size);
    size_t border = find_border(text);
    struct str rest = str_after(text, border);
    if (rest.len > 0)
        rest = str_after(rest, sizeof BORDER - 1);
    struct source document = {.name = "document.yaml", .text = str_make(text.data, border)};
    struct source overlay = {.name = "overlay.yaml", .text = rest};
    struct arena arena;
    struct diags diags;
    arena_init(&arena, 4096, NULL);
    diags_init(&diags);
    apply(&arena, &document, &overlay, &diags);
    check_diags(&diags);
    diags_free(&diags);
    arena_clear(&arena);
    return 0;
}
