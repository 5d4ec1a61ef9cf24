#include "fault/translation.h"

struct json_node *native_at(const struct json_node *from, struct json_node *node)
{
    node->source = from->source;
    node->offset = from->offset;
    node->length = from->length;
    return node;
}

struct json_node *native_text(struct translation *t, const struct json_node *from, const char *text)
{
    return native_at(from, json_new_string(t->arena, str_from(text)));
}

struct json_node *native_uint(struct translation *t, const struct json_node *from, uint64_t number)
{
    const char *lexeme = arena_printf(t->arena, "%llu", (unsigned long long)number);
    return native_at(from, json_new_number(t->arena, str_from(lexeme)));
}

void native_set(struct translation *t, struct json_node *object, const char *name,
                const struct json_node *from, struct json_node *value)
{
    json_set(t->arena, object, str_from(name), value);
    value->name_offset = from->name_offset;
}

struct json_node *native_object(struct translation *t, struct json_node *parent, const char *name,
                                const struct json_node *from)
{
    struct json_node *object = json_member(parent, name);
    if (object == NULL) {
        object = native_at(from, json_new(t->arena, JSON_OBJECT));
        native_set(t, parent, name, from, object);
    }
    return object;
}

void native_report_twice(struct translation *t, const struct json_node *from, const char *name)
{
    struct str word = json_name(from);
    diag_error(t->diags, json_name_place(from), "keep one of them, or write two rules",
               "`%.*s` says what another word of this rule has said already: `%s`",
               word.len < 60 ? (int)word.len : 60, word.data, name);
}

/* Puts a value at a path of the native rule, unless something stands there already. */
void native_put(struct translation *t, const char *const path[PATH_MAX_NAMES],
                const struct json_node *from, struct json_node *value)
{
    struct json_node *object = t->rule;
    size_t last = 0;
    while (last + 1 < PATH_MAX_NAMES && path[last + 1] != NULL && object->type == JSON_OBJECT)
        object = native_object(t, object, path[last++], from);
    if (object->type != JSON_OBJECT || json_member(object, path[last]) != NULL)
        native_report_twice(t, from, path[last]);
    else
        native_set(t, object, path[last], from, value);
}

void native_put_text(struct translation *t, const char *section, const char *name,
                     const struct json_node *from, const char *text)
{
    native_put(t, (const char *const[PATH_MAX_NAMES]){section, name}, from,
               native_text(t, from, text));
}
