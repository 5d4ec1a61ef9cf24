#include "mock/behavior_names.h"

#include "mock/overlay_words.h"
#include "openapi/route.h"

struct checking {
    struct part *part;
    const struct operation *operation;
    const struct behavior *behavior;
    struct diags *diags;
};

static const struct json_node *word(const struct checking *checking, const char *name)
{
    return json_member(checking->operation->behavior, name);
}

/* ---- page ---- */

static bool has_query_parameter(const struct operation *operation, struct str name)
{
    for (size_t i = 0; i < operation->parameter_count; i++)
        if (operation->parameters[i].in == PARAMETER_QUERY &&
            str_equal(operation->parameters[i].name, name))
            return true;
    return false;
}

static const char *parameter_remedy(const struct checking *checking, struct str wrong)
{
    const struct operation *operation = checking->operation;
    struct arena *arena = &checking->part->arena;
    const char **names = arena_alloc(arena, (operation->parameter_count + 1) * sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < operation->parameter_count; i++)
        if (operation->parameters[i].in == PARAMETER_QUERY)
            names[count++] = arena_copy(arena, operation->parameters[i].name);
    names[count] = NULL;
    return count > 0 ? overlay_nearest(arena, wrong, names)
                     : "declare it, or leave it out: the operation has no query parameters";
}

static void check_page_word(const struct checking *checking, const char *name, struct str parameter)
{
    const struct json_node *node = json_member(word(checking, "page"), name);
    const struct operation *operation = checking->operation;
    if (node == NULL || has_query_parameter(operation, parameter))
        return;
    diag_error(checking->diags, json_place(node), parameter_remedy(checking, parameter),
               "page: %.*s has no query parameter \"%.*s\"", (int)operation->label.len,
               operation->label.data, (int)parameter.len, parameter.data);
}

/* ---- key ---- */

/* Members that are not declared may be there all the same. */
static bool may_have(const struct schema *record, struct str name)
{
    const struct schema_object *object = record != NULL ? schema_object(record) : NULL;
    if (object == NULL || object->pattern_count > 0)
        return true;
    bool open = object->additional != NULL && object->additional->kind != SCHEMA_NEVER;
    return open || schema_rule(schema_resolve(record), KEYWORD_ALL_OF) != NULL ||
           schema_object_find(object, name, str_hash(name)) != NULL;
}

static const char *member_remedy(const struct checking *checking, struct str wrong)
{
    const struct schema_object *object = schema_object(checking->behavior->record_schema);
    struct arena *arena = &checking->part->arena;
    const char **names = arena_alloc(arena, (object->count + 1) * sizeof *names);
    for (size_t i = 0; i < object->count; i++)
        names[i] = arena_copy(arena, object->properties[i].name);
    names[object->count] = NULL;
    return overlay_nearest(arena, wrong, names);
}

static void check_key_members(const struct checking *checking)
{
    const struct behavior *behavior = checking->behavior;
    for (size_t i = 0; i < behavior->key.count; i++) {
        struct str name = behavior->key.items[i];
        if (!may_have(behavior->record_schema, name))
            diag_warning(checking->diags, json_place(word(checking, "key")),
                         member_remedy(checking, name),
                         "key: the records of %.*s have no member \"%.*s\"",
                         (int)checking->operation->label.len, checking->operation->label.data,
                         (int)name.len, name.data);
    }
}

static bool same_key(const struct str_list *a, const struct str_list *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (!str_equal(a->items[i], b->items[i]))
            return false;
    return a->count == b->count;
}

static const char *print_key(struct arena *arena, const struct str_list *key)
{
    struct buf text;
    buf_init(&text, arena);
    for (size_t i = 0; i < key->count; i++)
        buf_printf(&text, "%s%.*s", i > 0 ? ", " : "", (int)key->items[i].len, key->items[i].data);
    return buf_text(&text);
}

/* Records are found by the key that they were kept under. */
static bool check_key_agrees(const struct checking *checking)
{
    const struct behavior *writer =
        part_find_writer(checking->part, checking->behavior->collection);
    struct arena *arena = &checking->part->arena;
    if (writer == NULL || same_key(&writer->key, &checking->behavior->key))
        return true;
    const char *wanted = print_key(arena, &writer->key);
    diag_warning(checking->diags, json_place(word(checking, "key")),
                 arena_printf(arena, "write key: [%s]", wanted),
                 "%.*s looks for records of \"%.*s\" by [%s], but they are kept by [%s]",
                 (int)checking->operation->label.len, checking->operation->label.data,
                 (int)checking->behavior->collection.len, checking->behavior->collection.data,
                 print_key(arena, &checking->behavior->key), wanted);
    return false;
}

static void check_key_has_variables(const struct checking *checking)
{
    struct str names[ROUTE_MAX_CAPTURES];
    size_t count = route_template_variables(checking->operation->path, names);
    if (checking->behavior->key.count <= count)
        return;
    diag_warning(checking->diags, json_place(word(checking, "key")),
                 "the path's last variables are the key, one for each of its members",
                 "no record can be found: the key has %zu members, but %.*s has %zu variable%s",
                 checking->behavior->key.count, (int)checking->operation->path.len,
                 checking->operation->path.data, count, count == 1 ? "" : "s");
}

static void check_operation(const struct checking *checking)
{
    const struct behavior *behavior = checking->behavior;
    switch (behavior->action) {
    case ACTION_CREATE:
    case ACTION_UPSERT:
        check_key_members(checking);
        return;
    case ACTION_LIST:
        check_page_word(checking, "limit", behavior->limit);
        check_page_word(checking, "after", behavior->after);
        return;
    case ACTION_READ:
    case ACTION_UPDATE:
    case ACTION_DELETE:
        if (check_key_agrees(checking))
            check_key_has_variables(checking);
        return;
    case ACTION_ANSWER:
        return;
    }
}

void behavior_check_names(struct part *part, struct diags *diags)
{
    for (size_t i = 0; i < part->contract->operation_count; i++) {
        const struct role *role = &part->roles[i];
        if (role->behavior == NULL || !atomic_load(&role->ready))
            continue;
        struct checking checking = {part, &part->contract->operations[i], role->behavior, diags};
        check_operation(&checking);
    }
}
