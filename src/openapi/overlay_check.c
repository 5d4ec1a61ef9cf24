/* Every mistake in an overlay, before anything is applied: see overlay_check.h. */
#include "openapi/overlay_check.h"

#include "openapi/nearest.h"
#include "json/string_place.h"

struct checker {
    struct arena *arena;
    struct diags *diags;
};

enum field_type {
    FIELD_ANY,
    FIELD_TEXT,
    FIELD_LABEL, /* a text; a number, which `version: 1.0` is, is let pass */
    FIELD_BOOLEAN,
    FIELD_OBJECT,
    FIELD_LIST,
};

struct field {
    const char *name;
    enum field_type type;
    bool required;
};

static const struct field overlay_fields[] = {
    {"overlay", FIELD_LABEL, true}, {"info", FIELD_OBJECT, true}, {"extends", FIELD_TEXT, false},
    {"actions", FIELD_LIST, true},  {NULL, FIELD_ANY, false},
};

static const struct field info_fields[] = {
    {"title", FIELD_LABEL, true},
    {"version", FIELD_LABEL, true},
    {"description", FIELD_TEXT, false},
    {NULL, FIELD_ANY, false},
};

static const struct field action_fields[] = {
    {"target", FIELD_TEXT, true}, {"description", FIELD_TEXT, false},
    {"update", FIELD_ANY, false}, {"remove", FIELD_BOOLEAN, false},
    {NULL, FIELD_ANY, false},
};

static const struct field *find_field(const struct field *fields, struct str name)
{
    for (; fields->name != NULL; fields++)
        if (str_is(name, fields->name))
            return fields;
    return NULL;
}

static void tell_unknown(struct checker *checker, const struct json_node *member,
                         const struct field *fields, const char *what)
{
    const char *names[8];
    size_t count = 0;
    struct buf all;
    struct buf remedy;
    buf_init(&all, NULL);
    buf_init(&remedy, NULL);
    buf_add_text(&all, "the fields are ");
    for (; fields->name != NULL; fields++) {
        buf_printf(&all, "%s%s", count > 0 ? ", " : "", fields->name);
        names[count++] = fields->name;
    }
    names[count] = NULL;
    buf_add_text(&all, " and x-...");
    const char *nearest = str_nearest(json_name(member), names);
    diag_error(checker->diags, json_name_place(member),
               nearest_remedy(&remedy, nearest, buf_text(&all)), "unknown field \"%s\" in %s",
               member->c.string, what);
    buf_free(&all);
    buf_free(&remedy);
}

static bool has_type(const struct json_node *value, enum field_type type)
{
    switch (type) {
    case FIELD_TEXT:
    case FIELD_LABEL:
        return value->type == JSON_STRING;
    case FIELD_BOOLEAN:
        return value->type == JSON_TRUE || value->type == JSON_FALSE;
    case FIELD_OBJECT:
        return value->type == JSON_OBJECT;
    case FIELD_LIST:
        return value->type == JSON_ARRAY;
    case FIELD_ANY:
        break;
    }
    return true;
}

static void check_type(struct checker *checker, const struct json_node *value, enum field_type type)
{
    static const char *const wanted[] = {
        [FIELD_ANY] = "anything",          [FIELD_TEXT] = "a string",    [FIELD_LABEL] = "a string",
        [FIELD_BOOLEAN] = "true or false", [FIELD_OBJECT] = "an object", [FIELD_LIST] = "a list",
    };
    if (has_type(value, type))
        return;
    if (type == FIELD_LABEL && value->type == JSON_NUMBER)
        diag_warning(checker->diags, json_place(value), "put it in quotes",
                     "\"%s\" must be a string, and this is a number", value->c.string);
    else
        diag_error(checker->diags, json_place(value), NULL, "\"%s\" must be %s, not %s",
                   value->c.string, wanted[type], json_type_name(value->type));
}

static void check_missing(struct checker *checker, const struct json_node *object,
                          const struct field *fields, const char *what)
{
    for (; fields->name != NULL; fields++)
        if (fields->required && json_member(object, fields->name) == NULL)
            diag_error(checker->diags, json_place(object), NULL, "%s lacks the field \"%s\"", what,
                       fields->name);
}

/* Unknown fields, types, what is missing. False if `object` is none. */
static bool check_fields(struct checker *checker, const struct json_node *object,
                         const struct field *fields, const char *what)
{
    if (object->type != JSON_OBJECT) {
        diag_error(checker->diags, json_place(object), NULL, "%s must be an object, not %s", what,
                   json_type_name(object->type));
        return false;
    }
    for (const struct json_node *member = json_first(object); member != NULL;
         member = json_next(member)) {
        const struct field *field = find_field(fields, json_name(member));
        if (field != NULL)
            check_type(checker, member, field->type);
        else if (fields == action_fields && str_is(json_name(member), "copy"))
            diag_error(checker->diags, json_name_place(member), "write the values into `update`",
                       "`copy` is of Overlay 1.1 and not supported");
        else if (!str_starts_with(json_name(member), "x-"))
            tell_unknown(checker, member, fields, what);
    }
    check_missing(checker, object, fields, what);
    return true;
}

/* 1.0 and 1.0.x; 1.1 has the same actions but for `copy`, which is told where it stands. */
static void check_version(struct checker *checker, const struct json_node *version)
{
    if (version == NULL || (version->type != JSON_STRING && version->type != JSON_NUMBER))
        return;
    struct str text = json_text(version);
    bool known = str_is(text, "1.0") || str_starts_with(text, "1.0.") || str_is(text, "1.1") ||
                 str_starts_with(text, "1.1.");
    if (!known)
        diag_error(checker->diags, json_place(version), "write overlay: 1.0.0",
                   "Overlay %s is not supported; 1.0 is", text.data);
}

static bool check_target(struct checker *checker, struct overlay_action *action)
{
    if (!json_is(action->target, JSON_STRING))
        return false;
    struct jsonpath_fault fault;
    if (jsonpath_parse(checker->arena, json_text(action->target), &action->path, &fault))
        return true;
    diag_error(checker->diags, json_place_in_string(action->target, fault.offset), fault.remedy,
               "%s", fault.message);
    return false;
}

static void check_effect(struct checker *checker, const struct overlay_action *action)
{
    if (action->update != NULL && action->removes)
        diag_warning(checker->diags, json_name_place(action->update), "take one of the two away",
                     "the update has no effect beside remove: true");
    else if (action->update == NULL && !action->removes)
        diag_warning(checker->diags, json_place(action->node), "give it `update` or `remove: true`",
                     "this action changes nothing");
}

static void check_action(struct checker *checker, struct overlay_action *action,
                         const struct json_node *node)
{
    *action = (struct overlay_action){.node = node};
    if (!check_fields(checker, node, action_fields, "an action"))
        return;
    action->target = json_member(node, "target");
    action->update = json_member(node, "update");
    action->removes = json_is_true(json_member(node, "remove"));
    check_effect(checker, action);
    if (check_target(checker, action) && action->removes && action->path.count == 0)
        diag_error(checker->diags, json_place(action->target), "name what is to be removed",
                   "the document itself cannot be removed");
}

static void check_actions(struct checker *checker, const struct json_node *list,
                          struct overlay_actions *actions)
{
    if (!json_is(list, JSON_ARRAY))
        return;
    if (list->size == 0)
        diag_error(checker->diags, json_place(list), NULL, "\"actions\" must not be empty");
    actions->items = arena_alloc(checker->arena, list->size * sizeof *actions->items);
    for (const struct json_node *node = json_first(list); node != NULL; node = json_next(node))
        check_action(checker, &actions->items[actions->count++], node);
}

bool overlay_check(struct arena *arena, const struct json_node *overlay,
                   struct overlay_actions *actions, struct diags *diags)
{
    size_t errors = diags->errors;
    struct checker checker = {arena, diags};
    *actions = (struct overlay_actions){0};
    if (!check_fields(&checker, overlay, overlay_fields, "an overlay"))
        return false;
    check_version(&checker, json_member(overlay, "overlay"));
    const struct json_node *info = json_member(overlay, "info");
    if (json_is(info, JSON_OBJECT))
        check_fields(&checker, info, info_fields, "the overlay's info");
    check_actions(&checker, json_member(overlay, "actions"), actions);
    return diags->errors == errors;
}
