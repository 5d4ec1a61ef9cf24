/* rules_finish: the rules of an overlay against the contract that they are for. */
#include "mock/rules.h"

struct finishing {
    const struct overlay_reader *reader;
    const struct rules_subject *subject;
};

/* The declared properties, if these are all that can be known of a record. */
static const struct schema_object *known_members(const struct schema *schema)
{
    static const enum keyword others[] = {KEYWORD_ALL_OF,        KEYWORD_ANY_OF,
                                          KEYWORD_ONE_OF,        KEYWORD_IF,
                                          KEYWORD_DISCRIMINATOR, KEYWORD_DEPENDENT_SCHEMAS};
    if (schema == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (schema_rule(schema_resolve(schema), others[i]) != NULL)
            return NULL;
    const struct schema_object *object = schema_object(schema);
    bool is_known = object != NULL && object->count > 0 && object->pattern_count == 0;
    return is_known ? object : NULL;
}

static const char *nearest_property(struct arena *arena, const struct schema_object *object,
                                    struct str name)
{
    const char **names = arena_alloc(arena, (object->count + 1) * sizeof *names);
    for (size_t i = 0; i < object->count; i++)
        names[i] = arena_copy(arena, object->properties[i].name);
    names[object->count] = NULL;
    return overlay_nearest(arena, name, names);
}

static void check_member(const struct finishing *finishing, const struct rule_member *member,
                         const struct schema *schema, const char *where)
{
    const struct schema_object *object = known_members(schema);
    if (object == NULL || member->names.count == 0)
        return;
    struct str name = member->names.items[0];
    if (schema_object_find(object, name, str_hash(name)) != NULL)
        return;
    diag_error(finishing->reader->diags, json_place(member->node),
               nearest_property(finishing->reader->arena, object, name),
               "the records %s %.*s have no member \"%.*s\"", where,
               (int)finishing->subject->label.len, finishing->subject->label.data, (int)name.len,
               name.data);
}

static bool is_one_of(struct str name, const struct rule_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (members[i].names.count == 1 && str_equal(members[i].names.items[0], name))
            return true;
    return false;
}

/* What a record refers to must be found by the store's key. */
static void check_key(const struct finishing *finishing, const struct rule_reference *reference)
{
    const struct str_list *key = finishing->subject->key;
    bool has_target = false;
    for (size_t i = 0; i < key->count; i++) {
        bool is_target = is_one_of(key->items[i], &reference->to, 1);
        has_target = has_target || is_target;
        if (!is_target && !is_one_of(key->items[i], reference->same, reference->same_count))
            diag_error(finishing->reader->diags, json_place(reference->to.node),
                       "refer to the key, and list its other members in `same`",
                       "the store finds records by \"%.*s\", too, which the rule does not tell",
                       (int)key->items[i].len, key->items[i].data);
    }
    if (!has_target)
        diag_error(finishing->reader->diags, json_place(reference->to.node),
                   "refer to a member of the key", "the store does not find records by \"%.*s\"",
                   (int)reference->to.written.len, reference->to.written.data);
}

static void check_reference(const struct finishing *finishing,
                            const struct rule_reference *reference)
{
    const struct schema *record = finishing->subject->record;
    const struct schema *kept = finishing->subject->kept;
    check_member(finishing, &reference->member, record, "in");
    check_member(finishing, &reference->to, record, "in");
    for (size_t i = 0; i < reference->same_count; i++)
        check_member(finishing, &reference->same[i], record, "in");
    if (kept == NULL)
        return;
    check_key(finishing, reference);
    check_member(finishing, &reference->member, kept, "that are kept by");
    for (size_t i = 0; i < reference->same_count; i++)
        check_member(finishing, &reference->same[i], kept, "that are kept by");
}

static void check_rule(const struct finishing *finishing, const struct service_rule *rule)
{
    const struct schema *record = finishing->subject->record;
    if (rule->kind == RULE_COMPARE) {
        check_member(finishing, &rule->left, record, "in");
        check_member(finishing, &rule->right, record, "in");
        if (rule->at_member)
            check_member(finishing, &rule->at, record, "in");
    }
    if (rule->kind == RULE_REFERENCE)
        check_reference(finishing, &rule->reference);
}

static size_t declared_at(const struct schema_object *object, const struct rule_member *member)
{
    if (object == NULL || member->names.count == 0)
        return SIZE_MAX;
    struct str name = member->names.items[0];
    const struct schema_property *property = schema_object_find(object, name, str_hash(name));
    return property != NULL ? (size_t)(property - object->properties) : SIZE_MAX;
}

/* Entries are reported in the order in which the schema declares the members, as its own are. */
static void sort_checks(struct service_rules *rules, const struct schema *record)
{
    const struct schema_object *object = record != NULL ? schema_object(record) : NULL;
    for (size_t i = 1; i < rules->check_count; i++) {
        struct rule_check check = rules->checks[i];
        size_t place = declared_at(object, &check.member);
        size_t at = i;
        for (; at > 0 && declared_at(object, &rules->checks[at - 1].member) > place; at--)
            rules->checks[at] = rules->checks[at - 1];
        rules->checks[at] = check;
    }
}

bool rules_finish(struct service_rules *rules, const struct rules_subject *subject,
                  const struct overlay_reader *reader)
{
    struct finishing finishing = {reader, subject};
    size_t errors = reader->diags->errors;
    if (!subject->takes_body && rules->count > 0)
        diag_error(reader->diags, json_place(rules->items[0].node),
                   "put the rules on an operation that takes records",
                   "%.*s takes no JSON body, so no rule could ever apply", (int)subject->label.len,
                   subject->label.data);
    for (size_t i = 0; i < rules->count; i++)
        check_rule(&finishing, &rules->items[i]);
    for (size_t i = 0; i < rules->check_count; i++)
        check_member(&finishing, &rules->checks[i].member, subject->record, "in");
    sort_checks(rules, subject->record);
    return reader->diags->errors == errors;
}
