/* tree_check: what holds of every tree of nodes, whoever made it. Aborts where it does not. */
#ifndef FUZZ_TREE_CHECK_H
#define FUZZ_TREE_CHECK_H

#include "base/utf8.h"
#include "json/number.h"
#include "json/reader.h"
#include "json/writer.h"

#include <stdlib.h>

static inline void require(bool condition)
{
    if (!condition)
        abort();
}

static inline void check_place(struct place place)
{
    require(place.source == NULL || place.offset <= place.source->text.len);
}

static inline void check_node(const struct json_node *node)
{
    if (node->source != NULL)
        require((size_t)node->offset + node->length <= node->source->text.len);
    if (node->type == JSON_STRING || node->type == JSON_NUMBER) {
        require(node->c.valuestring[node->size] == '\0');
        require(utf8_find_fault(json_text(node)) == node->size);
    }
}

static inline void check_tree(const struct json_node *node)
{
    check_node(node);
    if (node->type < JSON_ARRAY) {
        require(node->c.child == NULL);
        return;
    }
    uint32_t count = 0;
    const struct json_node *last = NULL;
    for (const struct json_node *child = json_first(node); child != NULL;
         child = json_next(child)) {
        require(last == NULL || child->c.prev == &last->c);
        require((child->c.string != NULL) == (node->type == JSON_OBJECT));
        if (child->c.string != NULL) {
            require(child->c.string[child->name_length] == '\0');
            require(child->name_hash == str_hash(json_name(child)));
            require(count > 20 || json_member_str(node, json_name(child)) == child);
        }
        check_tree(child);
        last = child;
        count++;
    }
    require(count == node->size);
    require(last == NULL || node->c.child->prev == &last->c);
}

/* Written as JSON the tree reads back as the same value. */
static inline void check_written(struct arena *arena, const struct json_node *root)
{
    struct buf text;
    buf_init(&text, arena);
    json_write(&text, root, JSON_EXACT);
    struct source source = {.name = "written", .text = buf_str(&text)};
    struct json_document again;
    struct json_error error;
    require(json_read(arena, &source, &(struct json_read_options){0}, &again, &error));
    require(again.repeated == NULL);
    require(json_equal(root, again.root));
}

/* Every diagnostic has a place in its text, and all can be printed. */
static inline void check_diags(const struct diags *diags)
{
    struct buf out;
    buf_init(&out, NULL);
    for (const struct diag *diag = diags->first; diag != NULL; diag = diag->next) {
        check_place(diag->place);
        require(diag->message[0] != '\0');
    }
    diags_print(diags, &out);
    buf_free(&out);
}

#endif
