/* check_object: rules about the members of an object. */
#include "schema/marks.h"
#include "schema/run.h"

#include "schema/pattern.h"

static const struct json_node *find_member(const struct json_node *object, struct str name,
                                           uint32_t hash)
{
    const struct json_node *member = json_first(object);
    while (member != NULL && (member->name_hash != hash || !str_equal(json_name(member), name)))
        member = json_next(member);
    return member;
}

/* ---- properties, required, patternProperties, additionalProperties ---- */

/* False where members that are not declared are all welcome, and nobody asks which they are. */
static bool others_matter(const struct spot *spot, const struct schema_object *object)
{
    if (object->pattern_count > 0)
        return true;
    return object->additional != NULL &&
           (object->additional->kind != SCHEMA_ALWAYS || spot->marks != NULL);
}

/*
 * Puts each declared member into the slot of its property, so that they can be
 * checked in the order of declaration. Returns true if other members, or
 * patterns, are left to check.
 */
static bool sort_members(struct spot *spot, const struct schema_object *object,
                         const struct json_node **slots)
{
    bool left = object->pattern_count > 0;
    size_t index = 0;
    for (const struct json_node *member = json_first(spot->instance); member != NULL;
         member = json_next(member), index++) {
        const struct schema_property *property =
            schema_object_find(object, json_name(member), member->name_hash);
        if (property != NULL)
            slots[property - object->properties] = member;
        if (property == NULL || property->schema == NULL)
            left = true;
        else
            marks_set(spot->marks, index);
    }
    return left && others_matter(spot, object);
}

/* OpenAPI: who never gets a readOnly property, or never shows a writeOnly one, need not have it. */
static bool is_waived(const struct run *run, const struct schema_property *property)
{
    enum direction direction = run->validation->direction;
    return (property->read_only && direction == DIRECTION_REQUEST) ||
           (property->write_only && direction == DIRECTION_RESPONSE);
}

static bool report_missing(struct spot *spot, enum keyword keyword, const struct json_node *rule,
                           struct str name)
{
    struct json_path path = {.up = spot->path, .name = name};
    struct violation *violation = run_report(spot, keyword, rule, spot->instance, &path);
    if (violation != NULL)
        violation->name = name;
    return false;
}

static bool report_member(struct spot *spot, enum keyword keyword, const struct json_node *rule,
                          const struct json_node *member, const struct json_path *path)
{
    struct violation *violation = run_report(spot, keyword, rule, member, path);
    if (violation != NULL)
        violation->name = json_name(member);
    return false;
}

static bool check_missing(struct spot *spot, const struct schema_property *property)
{
    if (property->required_rule == NULL || is_waived(spot->run, property))
        return true;
    return report_missing(spot, KEYWORD_REQUIRED, property->required_rule, property->name);
}

static bool is_forbidden(const struct run *run, const struct schema_property *property)
{
    return property->write_only && run->validation->direction == DIRECTION_RESPONSE;
}

static bool check_declared(struct spot *spot, const struct schema_object *object,
                           const struct json_node *const *slots)
{
    struct json_path path = {.up = spot->path};
    bool valid = true;
    for (size_t i = 0; i < object->count; i++) {
        const struct schema_property *property = &object->properties[i];
        bool good = true;
        path.name = property->name;
        if (slots[i] == NULL)
            good = check_missing(spot, property);
        else if (is_forbidden(spot->run, property))
            good = report_member(spot, KEYWORD_WRITE_ONLY, property->node, slots[i], &path);
        else if (property->schema != NULL)
            good = run_apply(spot->run, property->schema, slots[i], &path, NULL);
        if (!good) {
            valid = false;
            if (run_is_over(spot->run))
                break;
        }
    }
    return valid;
}

/* Applies the patterns that the member's name matches; *matched tells if there were any. */
static bool check_patterns(struct spot *spot, const struct schema_object *object,
                           const struct json_node *member, const struct json_path *path,
                           bool *matched)
{
    bool valid = true;
    for (size_t i = 0; i < object->pattern_count; i++) {
        const struct schema_pattern_property *entry = &object->patterns[i];
        enum pattern_outcome outcome =
            pattern_match(entry->pattern, json_name(member), &spot->run->budget);
        if (outcome == PATTERN_OUT_OF_BUDGET)
            return run_give_up(spot->run, VALIDATE_PATTERN_BUDGET);
        if (outcome == PATTERN_DIFFERS)
            continue;
        *matched = true;
        if (!run_apply(spot->run, entry->schema, member, path, NULL)) {
            valid = false;
            if (run_is_over(spot->run))
                break;
        }
    }
    return valid;
}

static bool check_additional(struct spot *spot, const struct schema_object *object,
                             const struct json_node *member, const struct json_path *path)
{
    if (object->additional->kind == SCHEMA_NEVER)
        return report_member(spot, KEYWORD_ADDITIONAL_PROPERTIES, object->additional_rule, member,
                             path);
    return run_apply(spot->run, object->additional, member, path, NULL);
}

/* In the order of the input: patterns, and what neither they nor `properties` name. */
static bool check_others(struct spot *spot, const struct schema_object *object)
{
    struct json_path path = {.up = spot->path};
    bool valid = true;
    size_t index = 0;
    for (const struct json_node *member = json_first(spot->instance); member != NULL;
         member = json_next(member), index++) {
        const struct schema_property *property =
            schema_object_find(object, json_name(member), member->name_hash);
        bool evaluated = property != NULL && property->schema != NULL;
        path.name = json_name(member);
        bool good = check_patterns(spot, object, member, &path, &evaluated);
        if (!evaluated && good && object->additional != NULL) {
            good = check_additional(spot, object, member, &path);
            evaluated = true;
        }
        if (evaluated)
            marks_set(spot->marks, index);
        if (!good) {
            valid = false;
            if (run_is_over(spot->run))
                break;
        }
    }
    return valid;
}

bool check_properties(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_OBJECT)
        return true;
    const struct schema_object *object = rule->u.object;
    if (object->count == 0 && !others_matter(spot, object))
        return true;
    struct scratch_mark mark = scratch_mark(spot->run);
    const struct json_node **slots =
        (const struct json_node **)(void *)scratch_take(spot->run, object->count);
    bool others = sort_members(spot, object, slots);
    bool valid = check_declared(spot, object, slots);
    scratch_release(spot->run, mark);
    if (!valid && run_is_over(spot->run))
        return false;
    return (!others || check_others(spot, object)) && valid;
}

/* ---- names and numbers of members ---- */

static struct json_node name_as_value(const struct json_node *member)
{
    struct json_node node = {.source = member->source,
                             .offset = member->name_offset,
                             .length = member->name_length,
                             .size = member->name_length,
                             .type = JSON_STRING};
    node.c.type = cJSON_String;
    node.c.valuestring = member->c.string;
    return node;
}

static __attribute__((noinline)) bool name_is_good(struct spot *spot, const struct rule *rule,
                                                   const struct json_node *member,
                                                   const struct json_path *path)
{
    struct json_node name = name_as_value(member);
    bool collect = spot->run->collect;
    spot->run->collect = false;
    bool good = run_apply(spot->run, rule->u.schema, &name, path, NULL);
    spot->run->collect = collect;
    return good;
}

/* What the schema says of the name is kept with the violation, as a list of its own. */
static void explain_name(struct spot *spot, const struct rule *rule, const struct json_node *member,
                         const struct json_path *path)
{
    struct run *run = spot->run;
    struct violation *violation =
        run_report(spot, KEYWORD_PROPERTY_NAMES, rule->node, member, path);
    if (violation == NULL)
        return;
    violation->name = json_name(member);
    if (run->room == 0)
        return;
    struct json_node *name = arena_alloc(run->arena, sizeof *name);
    *name = name_as_value(member);
    struct report_list list = {0};
    struct report_list *former = run_redirect(run, &list);
    run_apply(run, rule->u.schema, name, path, NULL);
    run_redirect(run, former);
    violation->branches = arena_alloc(run->arena, sizeof(struct violation *));
    violation->branches[0] = list.first;
    violation->branch_count = 1;
}

bool check_property_names(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_OBJECT)
        return true;
    struct json_path path = {.up = spot->path};
    bool valid = true;
    for (const struct json_node *member = json_first(spot->instance); member != NULL;
         member = json_next(member)) {
        path.name = json_name(member);
        if (name_is_good(spot, rule, member, &path))
            continue;
        valid = false;
        if (run_is_over(spot->run))
            break;
        explain_name(spot, rule, member, &path);
    }
    return valid;
}

bool check_max_properties(struct spot *spot, const struct rule *rule)
{
    return spot->instance->type != JSON_OBJECT || spot->instance->size <= rule->u.count ||
           run_fail(spot, KEYWORD_MAX_PROPERTIES, rule->node);
}

bool check_min_properties(struct spot *spot, const struct rule *rule)
{
    return spot->instance->type != JSON_OBJECT || spot->instance->size >= rule->u.count ||
           run_fail(spot, KEYWORD_MIN_PROPERTIES, rule->node);
}

/* ---- dependencies ---- */

bool check_dependent_required(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_OBJECT)
        return true;
    bool valid = true;
    for (size_t i = 0; i < rule->u.dependent.count; i++) {
        const struct schema_property *entry = &rule->u.dependent.entries[i];
        if (find_member(spot->instance, entry->name, entry->hash) == NULL)
            continue;
        for (const struct json_node *name = json_first(entry->node); name != NULL;
             name = json_next(name)) {
            if (json_member_str(spot->instance, json_text(name)) != NULL)
                continue;
            valid = report_missing(spot, KEYWORD_DEPENDENT_REQUIRED, name, json_text(name));
            if (run_is_over(spot->run))
                return false;
        }
    }
    return valid;
}

bool check_dependent_schemas(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_OBJECT)
        return true;
    bool valid = true;
    for (size_t i = 0; i < rule->u.dependent.count; i++) {
        const struct schema_property *entry = &rule->u.dependent.entries[i];
        if (find_member(spot->instance, entry->name, entry->hash) == NULL)
            continue;
        if (!run_apply(spot->run, entry->schema, spot->instance, spot->path, spot->marks)) {
            valid = false;
            if (run_is_over(spot->run))
                break;
        }
    }
    return valid;
}

/* ---- unevaluatedProperties ---- */

bool check_unevaluated_properties(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_OBJECT)
        return true;
    struct json_path path = {.up = spot->path};
    bool valid = true;
    size_t index = 0;
    for (const struct json_node *member = json_first(spot->instance); member != NULL;
         member = json_next(member), index++) {
        if (marks_has(spot->marks, index))
            continue;
        path.name = json_name(member);
        if (rule->u.schema->kind == SCHEMA_NEVER)
            valid = report_member(spot, KEYWORD_UNEVALUATED_PROPERTIES, rule->node, member, &path);
        else if (!run_apply(spot->run, rule->u.schema, member, &path, NULL))
            valid = false;
        if (!valid && run_is_over(spot->run))
            break;
    }
    marks_set_all(spot->marks);
    return valid;
}
