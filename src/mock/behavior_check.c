#include "mock/behavior_check.h"

bool behavior_check_wraps(const struct behavior *behavior, const struct schema *answer,
                          const struct json_node *node, struct diags *diags)
{
    const struct schema_object *object = schema_object(answer);
    const struct json_node *wraps = json_member(node, "wrap");
    size_t errors = diags->errors;
    if (behavior->items.count == 0 || object == NULL) {
        diag_error(diags, json_name_place(wraps), "say with `items` where the records are",
                   "wrap is for answers that have the records in a member");
        return false;
    }
    for (size_t i = 0; i < behavior->wrap_count; i++) {
        const struct fill *wrap = &behavior->wraps[i];
        struct place place = json_name_place(json_member_str(wraps, wrap->member));
        if (schema_object_find(object, wrap->member, str_hash(wrap->member)) == NULL ||
            str_equal(wrap->member, behavior->items.items[0]))
            diag_error(diags, place, "name a property that the answer's schema declares beside it",
                       "wrap of \"%.*s\": the answer has no such member around the records",
                       (int)wrap->member.len, wrap->member.data);
        else if (wrap->kind == FILL_PAGE && behavior->action != ACTION_LIST)
            diag_error(diags, place, "write {value: ...}",
                       "wrap of \"%.*s\": only the action list has pages", (int)wrap->member.len,
                       wrap->member.data);
    }
    return diags->errors == errors;
}

/* Somebody makes the member even if the client does not send it. */
static bool is_made(const struct behavior_promise *promise, const struct shape_member *member)
{
    return member->fill != NULL || member->fallback.len > 0 ||
           (promise->print_nulls && member->takes_null);
}

static bool is_promised(const struct schema_property *property)
{
    return property->required_rule != NULL && !property->write_only;
}

/* The answer's own members, from the outermost object down to the one that holds the records. */
static void check_wrapper(const struct behavior_promise *promise, struct diags *diags)
{
    const struct str_list *items = &promise->behavior->items;
    const struct shape *shape = promise->behavior->answer;
    for (size_t depth = 0; depth < items->count && shape->object != NULL; depth++) {
        const struct shape *next = NULL;
        for (size_t i = 0; i < shape->count; i++) {
            const struct schema_property *property = &shape->object->properties[i];
            if (str_equal(property->name, items->items[depth]))
                next = shape->members[i].shape;
            else if (is_promised(property) && !is_made(promise, &shape->members[i]))
                diag_warning(diags, json_place(promise->node),
                             depth == 0
                                 ? "add it to `wrap`: {value: ...}, or {page: more}, count or "
                                   "total in lists"
                                 : "give it a `default` in the answer's schema",
                             "the answer of %.*s requires \"%.*s\" around the records, and nothing "
                             "says what it is",
                             (int)promise->label.len, promise->label.data, (int)property->name.len,
                             property->name.data);
        }
        if (next == NULL)
            return;
        shape = next;
    }
}

/* True as well where the schema is too involved to tell. */
static bool must_be_sent(const struct schema *sent, struct str name)
{
    static const enum keyword involved[] = {KEYWORD_ALL_OF, KEYWORD_ANY_OF, KEYWORD_ONE_OF,
                                            KEYWORD_DISCRIMINATOR, KEYWORD_IF};
    const struct schema_object *object = sent != NULL ? schema_object(sent) : NULL;
    if (object == NULL)
        return true;
    for (size_t i = 0; i < sizeof involved / sizeof *involved; i++)
        if (schema_rule(schema_resolve(sent), involved[i]) != NULL)
            return true;
    const struct schema_property *property = schema_object_find(object, name, str_hash(name));
    return property != NULL && property->required_rule != NULL && !property->read_only;
}

static bool is_key(const struct behavior *behavior, struct str name)
{
    for (size_t i = 0; i < behavior->key.count; i++)
        if (str_equal(behavior->key.items[i], name))
            return true;
    return false;
}

static void check_record(const struct behavior_promise *promise, struct diags *diags)
{
    const struct behavior *behavior = promise->behavior;
    const struct shape *record = behavior->record;
    for (size_t i = 0; i < record->count; i++) {
        const struct schema_property *property = &record->object->properties[i];
        struct str name = property->name;
        bool key = is_key(behavior, name) && record->members[i].fill == NULL;
        bool lacking = is_promised(property) && !is_made(promise, &record->members[i]);
        if ((!key && !lacking) || must_be_sent(promise->sent, name))
            continue;
        diag_warning(diags, json_place(promise->node),
                     key ? "add it to `fill`, {uuid: 4} for example"
                         : "add it to `fill`, {now: rfc3339} or {value: ...} for example",
                     key ? "the key \"%.*s\" of %.*s need not be sent and is not filled in: all "
                           "records without it are one"
                         : "\"%.*s\" is required in the answer of %.*s, but need not be sent and "
                           "is not filled in",
                     (int)name.len, name.data, (int)promise->label.len, promise->label.data);
    }
}

void behavior_check_promises(const struct behavior_promise *promise, struct diags *diags)
{
    enum action action = promise->behavior->action;
    check_wrapper(promise, diags);
    if (action == ACTION_CREATE || action == ACTION_UPSERT)
        check_record(promise, diags);
}
