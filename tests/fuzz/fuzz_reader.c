/*
 * Any text as JSON, strictly and as Python reads it. What is refused has its
 * place in the text; what is accepted can be written in every style, and the
 * written text reads back as the same value.
 */
#include "json/number.h"
#include "json/pointer.h"
#include "json/reader.h"
#include "json/writer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_scalar(const struct json_node *node)
{
    if (node->type != JSON_NUMBER && node->type != JSON_STRING)
        return;
    require(node->c.valuestring[node->size] == '\0');
    if (node->type == JSON_NUMBER && (node->flags & JSON_NOT_FINITE) == 0)
        require(str_equal(json_text(node), json_source_text(node)));
}

/* The links and slices of one container and its children. */
static void check_container(const struct json_node *container)
{
    uint32_t count = 0;
    const struct json_node *last = NULL;
    for (const struct json_node *child = json_first(container); child != NULL;
         child = json_next(child)) {
        require(last == NULL || child->c.prev == &last->c);
        require(child->offset > container->offset);
        require(child->offset + child->length < container->offset + container->length);
        require((child->c.string != NULL) == (container->type == JSON_OBJECT));
        if (child->c.string != NULL) {
            require(child->c.string[child->name_length] == '\0');
            require(child->name_hash == str_hash(json_name(child)));
            require(count > 20 || json_member_str(container, json_name(child)) == child);
        }
        check_scalar(child);
        last = child;
        count++;
    }
    require(count == container->size);
    require(last == NULL || container->c.child->prev == &last->c);
}

/* Depth first along the first children: enough to meet every kind of container. */
static void check_tree(const struct json_node *node)
{
    check_scalar(node);
    for (; node != NULL; node = json_first(node)) {
        if (node->type < JSON_ARRAY)
            return;
        for (const struct json_node *child = json_first(node); child != NULL;
             child = json_next(child))
            if (child->type >= JSON_ARRAY)
                check_container(child);
        check_container(node);
    }
}

static bool read_text(struct arena *arena, struct str text, struct json_read_options options,
                      struct json_document *document, struct json_error *error)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "fuzz", .text = text};
    return json_read(arena, source, &options, document, error);
}

/* Whether a number in the tree lies beyond the doubles, which two styles cannot keep. */
static bool keeps_numbers(struct str text)
{
    return !str_contains(text, str_from("Infinity")) && !str_contains(text, str_from("NaN"));
}

static struct str written(struct arena *arena, const struct json_node *node, enum json_style style)
{
    struct buf out;
    buf_init(&out, arena);
    json_write(&out, node, style);
    return buf_str(&out);
}

/* The numbers of the other styles are the same doubles, printed again: a second time nothing
 * changes. */
static void check_style(struct arena *arena, const struct json_node *root, enum json_style style)
{
    const struct json_read_options options = {.python = style == JSON_PYTHON};
    struct json_document again;
    struct json_error error;
    struct str text = written(arena, root, style);
    require(read_text(arena, text, options, &again, &error));
    require(again.repeated == NULL);
    require(again.root->flags & JSON_COMPACT || !keeps_numbers(text));
    struct str second = written(arena, again.root, style);
    require(str_equal(text, second));
}

static void check_exact(struct arena *arena, const struct json_node *root, bool finite)
{
    struct json_document again;
    struct json_error error;
    struct str text = written(arena, root, JSON_EXACT);
    require(read_text(arena, text, (struct json_read_options){0}, &again, &error));
    require(!finite || json_equal(root, again.root));
    require(!finite || json_value_hash(root) == json_value_hash(again.root));
    struct json_node *copy = json_copy(arena, root);
    require(!finite || json_equal(copy, root));
    struct str copied = written(arena, copy, JSON_EXACT);
    require(read_text(arena, copied, (struct json_read_options){0}, &again, &error));
    require(!finite || json_equal(root, again.root));
}

static void check_numbers(const struct json_node *root)
{
    const struct json_node *a = root->type == JSON_NUMBER ? root : json_first(root);
    for (; a != NULL && json_next(a) != NULL; a = json_next(a)) {
        const struct json_node *b = json_next(a);
        if (a->type != JSON_NUMBER || b->type != JSON_NUMBER)
            continue;
        int forth = json_number_compare(a, b);
        int back = json_number_compare(b, a);
        require((forth < 0) == (back > 0) || ((a->flags | b->flags) & JSON_NOT_FINITE));
        require(forth != 0 || json_value_hash(a) == json_value_hash(b));
        int64_t value;
        require(!json_number_to_int(a, &value) || json_number_is_integer(a));
        json_number_is_multiple(a, b);
    }
}

static void check_error(const struct json_error *error, struct str text)
{
    require(error->fault != JSON_OK);
    require(error->offset <= text.len);
    require(error->character <= error->offset);
    require(json_fault_text(error->fault) != NULL);
}

static bool run(struct str text, struct json_read_options options)
{
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct json_document document;
    struct json_error error = {0};
    bool read = read_text(&arena, text, options, &document, &error);
    if (read) {
        check_tree(document.root);
        check_exact(&arena, document.root, keeps_numbers(text));
        for (int style = JSON_PYTHON; style <= JSON_PYDANTIC; style++)
            check_style(&arena, document.root, (enum json_style)style);
        check_numbers(document.root);
        require(json_pointer_find(document.root, str_from("")) == document.root);
    } else {
        check_error(&error, text);
    }
    arena_clear(&arena);
    return read;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_make((const char *)data, size);
    bool strict = run(text, (struct json_read_options){.max_depth = 1000});
    bool python = run(text, (struct json_read_options){.max_depth = 1000, .python = true});
    require(!strict || python);
    run(text, (struct json_read_options){.max_depth = 3, .max_nodes = 20, .editable = true});
    return 0;
}
