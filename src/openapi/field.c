#include "openapi/field.h"

#include "openapi/contract.h"
#include "openapi/percent.h"

struct field_chain {
    struct field *first;
    struct field *last;
};

void field_list_init(struct field_list *list, struct arena *arena)
{
    *list = (struct field_list){.arena = arena};
    map_init(&list->names, arena);
    map_init(&list->groups, arena);
}

static struct field_chain *chain_of(struct map *map, struct str key, struct arena *arena)
{
    struct field_chain *chain = map_get(map, key);
    if (chain == NULL) {
        chain = arena_alloc_zero(arena, sizeof *chain);
        map_put(map, key, chain);
    }
    return chain;
}

static void link_by_name(struct field_list *list, struct field *field)
{
    struct field_chain *chain = chain_of(&list->names, field->name, list->arena);
    if (chain->first == NULL)
        chain->first = field;
    else
        chain->last->next_of_name = field;
    chain->last = field;
}

/* Only a name of the form "group[...]" has a group. */
static void link_by_group(struct field_list *list, struct field *field)
{
    size_t open = str_find_char(field->name, '[');
    if (open == 0 || open == field->name.len || !str_ends_with(field->name, "]"))
        return;
    field->keys = str_after(field->name, open);
    struct field_chain *chain =
        chain_of(&list->groups, str_make(field->name.data, open), list->arena);
    if (chain->first == NULL)
        chain->first = field;
    else
        chain->last->next_of_group = field;
    chain->last = field;
}

struct field *field_list_add(struct field_list *list, struct str name, struct str value)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity > 0 ? list->capacity * 2 : 8;
        list->items = arena_grow(list->arena, list->items, list->count * sizeof *list->items,
                                 capacity * sizeof *list->items);
        list->capacity = capacity;
    }
    struct field *field = arena_alloc_zero(list->arena, sizeof *field);
    field->name = name;
    field->value = value;
    list->items[list->count++] = field;
    link_by_name(list, field);
    link_by_group(list, field);
    return field;
}

static struct field *first_of(const struct map *map, struct str key)
{
    struct field_chain *chain = map_get(map, key);
    return chain != NULL ? chain->first : NULL;
}

struct field *field_list_named(const struct field_list *list, struct str name)
{
    return first_of(&list->names, name);
}

struct field *field_list_grouped(const struct field_list *list, struct str group)
{
    return first_of(&list->groups, group);
}

/* Takes what comes before the next `separator` off `rest`. */
static struct str take_until(struct str *rest, char separator)
{
    size_t length = str_find_char(*rest, separator);
    struct str taken = str_make(rest->data, length);
    *rest = str_after(*rest, length < rest->len ? length + 1 : length);
    return taken;
}

bool field_list_add_form(struct field_list *list, struct str text, size_t limit)
{
    while (text.len > 0) {
        struct str value = take_until(&text, '&');
        if (value.len == 0)
            continue;
        if (list->count == limit)
            return false;
        struct str name = percent_decode(list->arena, take_until(&value, '='), true);
        field_list_add(list, text_from_bytes(list->arena, name), value);
    }
    return true;
}

void field_list_add_cookies(struct field_list *list, struct str header)
{
    while (header.len > 0) {
        struct str pair = take_until(&header, ';');
        size_t equals = str_find_char(pair, '=');
        if (equals == pair.len)
            continue;
        struct str value = str_trim(str_after(pair, equals + 1));
        if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
            value = str_make(value.data + 1, value.len - 2);
        struct str name = str_trim(str_make(pair.data, equals));
        field_list_add(list, text_from_bytes(list->arena, name), value);
    }
}
