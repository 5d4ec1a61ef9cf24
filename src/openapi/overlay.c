#include "openapi/overlay.h"

#include "base/map.h"
#include "openapi/nearest.h"
#include "openapi/overlay_check.h"
#include "json/string_place.h"
#include "json/worklist.h"
#include "json/yaml.h"

enum {
    SMALL_OBJECT = 8,       /* members that are searched without an index */
    ASKED_FOR_NEAREST = 20, /* values whose members are searched for the nearest name */
    MISFITS_TOLD = 20,      /* values that an update does not fit; more are summed up */
};

/* Values that targets may look at, all together: a hostile overlay ends soon. */
static const size_t VISITS_MAX = 20000000;

struct overlay {
    struct arena *arena;  /* of the document */
    struct arena scratch; /* of one action */
    struct diags *diags;
    struct yaml_limits limits;
    struct json_node *root;
    uint64_t nodes; /* of the document, at most */
    size_t visited;
    size_t misfits;
    bool stopped;
};

/* --- budgets --------------------------------------------------------------------- */

struct extent {
    uint32_t nodes;
    uint32_t height; /* nested collections; 0 for a scalar */
};

static struct extent measure(const struct json_node *root)
{
    struct extent extent = {0};
    struct worklist open;
    worklist_init(&open);
    worklist_push(&open, (struct work){.node = root, .hash = 1}); /* hash: the depth */
    while (open.count > 0) {
        struct work work = worklist_pop(&open);
        extent.nodes++;
        if (work.node->type < JSON_ARRAY)
            continue;
        if (work.hash > extent.height)
            extent.height = work.hash;
        for (const struct json_node *child = json_first(work.node); child != NULL;
             child = json_next(child))
            worklist_push(&open, (struct work){.node = child, .hash = work.hash + 1});
    }
    worklist_free(&open);
    return extent;
}

static bool stop(struct overlay *overlay, const struct overlay_action *action, const char *what,
                 uint32_t limit)
{
    diag_error(overlay->diags, json_place(action->target), "use narrower targets",
               "with this action the document has more than %u %s", limit, what);
    overlay->stopped = true;
    return false;
}

static bool within_limits(struct overlay *overlay, const struct overlay_action *action,
                          struct extent update)
{
    overlay->nodes += update.nodes;
    if (overlay->nodes > overlay->limits.max_nodes)
        return stop(overlay, action, "values", overlay->limits.max_nodes);
    if (action->path.count + 1 + update.height > overlay->limits.max_depth)
        return stop(overlay, action, "nested collections", overlay->limits.max_depth);
    return true;
}

/* --- merging --------------------------------------------------------------------- */

/* json_append is for arrays and forgets the name; json_set would search for it. */
static void append_member(struct json_node *object, struct json_node *member)
{
    char *name = member->c.string;
    uint32_t length = member->name_length;
    uint32_t hash = member->name_hash;
    json_append(object, member);
    member->c.string = name;
    member->name_length = length;
    member->name_hash = hash;
}

static void tell_incompatible(struct overlay *overlay, const struct json_node *update,
                              const struct json_node *target)
{
    overlay->misfits++;
    if (overlay->misfits > MISFITS_TOLD) {
        diag_error(overlay->diags, json_place(update), NULL,
                   "and more values that it does not fit");
        overlay->stopped = true;
        return;
    }
    struct buf where;
    buf_init(&where, NULL);
    if (target->source != NULL) {
        struct source_position at = source_position(target->source, target->offset);
        buf_printf(&where, " (%s:%u)", target->source->name, at.line);
    }
    diag_error(overlay->diags, json_place(update),
               "remove the old value first, by an action with remove: true",
               "%s cannot be merged into %s%s", json_type_name(update->type),
               json_type_name(target->type), buf_text(&where));
    buf_free(&where);
}

static void append_elements(struct overlay *overlay, struct json_node *array,
                            const struct json_node *update)
{
    for (const struct json_node *item = json_first(update); item != NULL; item = json_next(item))
        json_append(array, json_copy(overlay->arena, item));
}

/* One value of the update into the value of the same name; objects are left for later. */
static void merge_value(struct overlay *overlay, struct json_node *object, struct json_node *target,
                        const struct json_node *update, struct worklist *open)
{
    bool scalars = target->type < JSON_ARRAY && update->type < JSON_ARRAY;
    if (scalars || target->type == JSON_NULL)
        json_replace(object, target, json_copy(overlay->arena, update));
    else if (target->type != update->type)
        tell_incompatible(overlay, update, target);
    else if (target->type == JSON_ARRAY)
        append_elements(overlay, target, update);
    else
        worklist_push(open, (struct work){.node = update, .other = target});
}

static void index_members(struct overlay *overlay, struct map *members,
                          const struct json_node *object)
{
    map_init(members, &overlay->scratch);
    for (struct json_node *member = json_first(object); member != NULL; member = json_next(member))
        map_put(members, json_name(member), member);
}

/* The members of `update` into `object`; pairs of objects go to the list. */
static void merge_members(struct overlay *overlay, struct json_node *object,
                          const struct json_node *update, struct worklist *open)
{
    bool indexed = object->size > SMALL_OBJECT && update->size > SMALL_OBJECT;
    struct map members;
    if (indexed)
        index_members(overlay, &members, object);
    for (const struct json_node *member = json_first(update); member != NULL;
         member = json_next(member)) {
        struct str name = json_name(member);
        struct json_node *target =
            indexed ? map_get(&members, name) : json_member_str(object, name);
        if (target != NULL)
            merge_value(overlay, object, target, member, open);
        else
            append_member(object, json_copy(overlay->arena, member));
    }
}

static void merge_object(struct overlay *overlay, struct json_node *object,
                         const struct json_node *update)
{
    struct worklist open;
    worklist_init(&open);
    worklist_push(&open, (struct work){.node = update, .other = object});
    while (open.count > 0 && !overlay->stopped) {
        struct work work = worklist_pop(&open);
        merge_members(overlay, json_from_cjson(&work.other->c), work.node, &open);
    }
    worklist_free(&open);
}

/* --- applying -------------------------------------------------------------------- */

/* Overlay 1.0, Action Object: an object is merged, to an array the update is appended. */
static void update_match(struct overlay *overlay, const struct overlay_action *action,
                         const struct jsonpath_match *match)
{
    struct json_node *target = match->node;
    const struct json_node *update = action->update;
    if (target->type == JSON_ARRAY && update->type == JSON_ARRAY)
        append_elements(overlay, target, update);
    else if (target->type == JSON_ARRAY)
        json_append(target, json_copy(overlay->arena, update));
    else if (target->type == JSON_OBJECT && update->type == JSON_OBJECT)
        merge_object(overlay, target, update);
    else if (target->type < JSON_ARRAY && update->type < JSON_ARRAY && match->parent != NULL) {
        struct json_node *copy = json_copy(overlay->arena, update);
        copy->c.string = target->c.string;
        copy->name_length = target->name_length;
        copy->name_hash = target->name_hash;
        copy->name_offset = target->name_offset;
        json_replace(match->parent->node, target, copy);
    } else
        tell_incompatible(overlay, update, target);
}

/* The name of the failed step's nearest member, among the values that were asked. */
static const char *nearest_asked(const struct jsonpath_matches *matches, struct str name)
{
    const char *nearest = NULL;
    for (size_t i = 0; i < matches->asked_count && i < ASKED_FOR_NEAREST && nearest == NULL; i++)
        nearest = nearest_member(matches->asked[i].node, name);
    return nearest;
}

static void warn_no_match(struct overlay *overlay, const struct overlay_action *action,
                          const struct jsonpath_matches *matches)
{
    const struct jsonpath_step *step = &action->path.steps[matches->failed_step];
    struct str before = str_make(action->path.text.data, step->offset);
    struct place place = json_place_in_string(action->target, step->offset);
    struct buf remedy;
    buf_init(&remedy, NULL);
    if (step->selector == SELECT_NAME)
        diag_warning(overlay->diags, place,
                     nearest_remedy(&remedy, nearest_asked(matches, step->name), NULL),
                     "the target matches nothing: there is no \"%s\" in %.*s", step->name.data,
                     (int)before.len, before.data);
    else if (step->selector == SELECT_INDEX)
        diag_warning(overlay->diags, place, NULL,
                     "the target matches nothing: there is no element %lld in %.*s",
                     (long long)step->index, (int)before.len, before.data);
    else
        diag_warning(overlay->diags, place, NULL, "the target matches nothing: %.*s is empty",
                     (int)before.len, before.data);
    buf_free(&remedy);
}

static void apply_to_matches(struct overlay *overlay, const struct overlay_action *action,
                             const struct jsonpath_matches *matches)
{
    struct extent update = {0};
    if (action->update != NULL)
        update = measure(action->update);
    for (size_t i = 0; i < matches->count && !overlay->stopped; i++) {
        const struct jsonpath_match *match = &matches->items[i];
        if (action->removes)
            json_remove(match->parent->node, match->node);
        else if (action->update != NULL && within_limits(overlay, action, update))
            update_match(overlay, action, match);
    }
}

static void apply_action(struct overlay *overlay, const struct overlay_action *action)
{
    struct jsonpath_matches matches;
    arena_clear(&overlay->scratch);
    jsonpath_select(&overlay->scratch, &action->path, overlay->root, &matches);
    overlay->visited += matches.visited;
    if (overlay->visited > VISITS_MAX) {
        diag_error(overlay->diags, json_place(action->target), "use narrower targets",
                   "the targets up to here look at more than %zu values", VISITS_MAX);
        overlay->stopped = true;
    } else if (matches.count == 0) {
        warn_no_match(overlay, action, &matches);
    } else {
        apply_to_matches(overlay, action, &matches);
    }
}

static void apply(struct overlay *overlay, const struct overlay_actions *actions)
{
    overlay->nodes = measure(overlay->root).nodes;
    arena_init(&overlay->scratch, 1 << 14, NULL);
    for (size_t i = 0; i < actions->count && !overlay->stopped; i++)
        apply_action(overlay, &actions->items[i]);
    arena_clear(&overlay->scratch);
}

bool overlay_apply(struct arena *arena, const struct json_node *node, struct json_node *root,
                   const struct overlay_limits *limits, struct diags *diags)
{
    size_t errors = diags->errors;
    struct yaml_limits given = {limits->max_depth, limits->max_nodes};
    struct overlay overlay = {
        .arena = arena,
        .diags = diags,
        .limits = yaml_limits_with_defaults(&given),
        .root = root,
    };
    struct arena checked;
    struct overlay_actions actions;
    arena_init(&checked, 1 << 12, NULL);
    if (overlay_check(&checked, node, &actions, diags) && root != NULL)
        apply(&overlay, &actions);
    arena_clear(&checked);
    return diags->errors == errors;
}
