/*
 * Objects: the declared properties in order of declaration, those that are
 * required at least, and so many others as `minProperties` wants.
 */
#include "schema/making.h"

#include "schema/pattern.h"
#include "schema/sample.h"
#include "json/writer.h"

enum {
    DEPTH_FOR_OPTIONAL = 4, /* below it only required members are written */
    SIZE_FOR_OPTIONAL = 32 * 1024,
    MEMBERS_MAX = 4096,
    INVENTED_TRIES = 64,
};

struct member {
    struct str name;
    struct schema_set set; /* what its value must fit */
    bool required;
    bool hidden; /* not sent in this direction */
};

struct members {
    struct member *items;
    size_t count;
    size_t capacity;
};

static struct member *find(const struct members *members, struct str name)
{
    for (size_t i = 0; i < members->count; i++)
        if (str_equal(members->items[i].name, name))
            return &members->items[i];
    return NULL;
}

static struct member *add(struct making *making, struct members *members, struct str name)
{
    if (members->count == MEMBERS_MAX)
        return NULL;
    if (members->count == members->capacity) {
        size_t capacity = members->capacity > 0 ? members->capacity * 2 : 16;
        members->items =
            arena_grow(making->arena, members->items, members->count * sizeof *members->items,
                       capacity * sizeof *members->items);
        members->capacity = capacity;
    }
    members->items[members->count] = (struct member){.name = name};
    return &members->items[members->count++];
}

/* ---- which there are ---- */

static bool is_hidden(const struct making *making, const struct schema_property *property)
{
    return (making->options->direction == DIRECTION_REQUEST && property->read_only) ||
           (making->options->direction == DIRECTION_RESPONSE && property->write_only);
}

static void gather(struct making *making, const struct wish *wish, struct members *members)
{
    size_t at = 0;
    for (const struct rule *rule; (rule = wish_next(wish, KEYWORD_PROPERTIES, &at)) != NULL;)
        for (size_t i = 0; i < rule->u.object->count; i++) {
            const struct schema_property *property = &rule->u.object->properties[i];
            struct member *member = find(members, property->name);
            if (member == NULL)
                member = add(making, members, property->name);
            if (member == NULL)
                return;
            member->required |= property->required_rule != NULL;
            member->hidden |= is_hidden(making, property);
        }
    for (size_t i = 0; i < wish->tag_count; i++) {
        struct member *member = find(members, wish->tags[i].name);
        if (member == NULL)
            member = add(making, members, wish->tags[i].name);
        if (member != NULL)
            member->required = true;
    }
}

/* Names that a name which is there brings with it. */
static void add_dependents(struct making *making, const struct rule *rule, struct members *members)
{
    for (size_t i = 0; i < rule->u.dependent.count; i++) {
        const struct schema_property *entry = &rule->u.dependent.entries[i];
        const struct member *cause = find(members, entry->name);
        if (cause == NULL || !cause->required || !json_is(entry->node, JSON_ARRAY))
            continue;
        for (const struct json_node *name = json_first(entry->node); name != NULL;
             name = json_next(name)) {
            struct member *member = find(members, json_text(name));
            if (member == NULL)
                member = add(making, members, json_text(name));
            if (member != NULL)
                member->required = true;
        }
    }
}

/* In the order in which they are declared once; what one adds another may depend on. */
static void gather_dependents(struct making *making, const struct wish *wish,
                              struct members *members)
{
    size_t before;
    do {
        before = members->count;
        size_t at = 0;
        for (const struct rule *rule;
             (rule = wish_next(wish, KEYWORD_DEPENDENT_REQUIRED, &at)) != NULL;)
            add_dependents(making, rule, members);
    } while (members->count > before);
}

/* ---- what their values must fit ---- */

static bool matches(const struct pattern *pattern, struct str name)
{
    uint32_t budget = 100000;
    return pattern_match(pattern, name, &budget) == PATTERN_MATCHES;
}

static bool covers(struct making *making, const struct schema_object *object, struct member *member)
{
    bool known = false;
    const struct schema_property *property =
        schema_object_find(object, member->name, str_hash(member->name));
    if (property != NULL && property->node != NULL) {
        known = true;
        if (property->schema != NULL)
            schema_set_add(making, &member->set, property->schema);
    }
    for (size_t i = 0; i < object->pattern_count; i++) {
        if (!matches(object->patterns[i].pattern, member->name))
            continue;
        known = true;
        schema_set_add(making, &member->set, object->patterns[i].schema);
    }
    return known;
}

/* Every object rule has its say; where one does not know the name, its additionalProperties. */
static void find_schemas(struct making *making, const struct wish *wish, struct member *member)
{
    size_t at = 0;
    bool known = false;
    for (const struct rule *rule; (rule = wish_next(wish, KEYWORD_PROPERTIES, &at)) != NULL;) {
        if (covers(making, rule->u.object, member)) {
            known = true;
        } else if (rule->u.object->additional != NULL) {
            known = true;
            schema_set_add(making, &member->set, rule->u.object->additional);
        }
    }
    at = 0;
    const struct rule *rest = wish_next(wish, KEYWORD_UNEVALUATED_PROPERTIES, &at);
    if (!known && rest != NULL && rest->u.schema->kind != SCHEMA_NEVER)
        schema_set_add(making, &member->set, rest->u.schema);
}

static const struct wish_tag *tag_of(const struct wish *wish, struct str name)
{
    for (size_t i = 0; i < wish->tag_count; i++)
        if (str_equal(wish->tags[i].name, name))
            return &wish->tags[i];
    return NULL;
}

/* ---- writing ---- */

struct object {
    struct making *making;
    const struct wish *wish;
    size_t written;
};

static bool write_value(struct object *object, struct member *member)
{
    struct making *making = object->making;
    const struct wish_tag *tag = tag_of(object->wish, member->name);
    if (tag != NULL) {
        json_write_string(making->out, tag->value);
        return true;
    }
    find_schemas(making, object->wish, member);
    if (member->set.count > 0)
        return make_value(making, &member->set);
    buf_add_text(making->out, "{}");
    return true;
}

static bool write_member(struct object *object, struct member *member)
{
    struct making *making = object->making;
    size_t before = making->out->len;
    if (object->written > 0)
        buf_add_char(making->out, ',');
    json_write_string(making->out, member->name);
    buf_add_char(making->out, ':');
    if (!write_value(object, member)) {
        making->out->len = before;
        return false;
    }
    object->written++;
    return true;
}

static bool write_members(struct object *object, struct members *members, uint64_t least,
                          uint64_t most)
{
    const struct making *making = object->making;
    size_t required = 0;
    for (size_t i = 0; i < members->count; i++)
        required += members->items[i].required && !members->items[i].hidden;
    size_t optional = most > required ? (size_t)(most - required) : 0;
    bool bare = making->required_only || making->depth > DEPTH_FOR_OPTIONAL;
    if (bare)
        optional = least > required && least - required < optional ? (size_t)(least - required)
                   : least > required                              ? optional
                                                                   : 0;
    for (size_t i = 0; i < members->count; i++) {
        struct member *member = &members->items[i];
        bool large = making->out->len > SIZE_FOR_OPTIONAL && object->written >= least;
        if (member->hidden || (!member->required && (optional == 0 || large)))
            continue;
        bool good = write_member(object, member);
        if (!good && member->required)
            return false;
        optional -= good && !member->required;
    }
    return true;
}

/* ---- names that nobody declared ---- */

/* A name by the object's patterns or `propertyNames`, or just a word. */
static struct str invent_name(struct object *object, unsigned number)
{
    struct making *making = object->making;
    struct buf name;
    size_t at = 0;
    buf_init(&name, making->arena);
    const struct rule *names = wish_next(object->wish, KEYWORD_PROPERTY_NAMES, &at);
    if (names != NULL) {
        struct making inner = *making;
        struct schema_set set = {NULL, 0};
        inner.out = &name;
        inner.skip = number;
        schema_set_add(&inner, &set, names->u.schema);
        if (make_value(&inner, &set) && name.len >= 2 && name.data[0] == '"')
            return str_make(name.data + 1, name.len - 2);
        name.len = 0;
    }
    at = 0;
    for (const struct rule *rule;
         (rule = wish_next(object->wish, KEYWORD_PROPERTIES, &at)) != NULL;)
        if (rule->u.object->pattern_count > 0 && number % 2 == 0 &&
            sample_pattern(pattern_text(rule->u.object->patterns[0].pattern), making->options->rng,
                           number / 2, &name))
            return buf_str(&name);
    buf_add_text(&name, making_word(making));
    if (number > 2)
        buf_add_uint(&name, number);
    return buf_str(&name);
}

static void write_invented(struct object *object, struct members *members, uint64_t wanted)
{
    for (unsigned i = 0; i < INVENTED_TRIES + wanted && object->written < wanted; i++) {
        struct str name = invent_name(object, i);
        if (find(members, name) != NULL)
            continue;
        struct member *member = add(object->making, members, name);
        if (member == NULL)
            return;
        write_member(object, member);
    }
}

/* A map: nothing but names that nobody declared, whose values have a schema. One shows how. */
static bool is_map(const struct wish *wish)
{
    size_t at = 0;
    bool map = false;
    for (const struct rule *rule; (rule = wish_next(wish, KEYWORD_PROPERTIES, &at)) != NULL;) {
        const struct schema_object *object = rule->u.object;
        bool typed = object->additional != NULL && object->additional->kind == SCHEMA_RULES;
        map |= object->count == 0 && (typed || object->pattern_count > 0);
    }
    return map;
}

bool make_object(struct making *making, const struct wish *wish)
{
    struct members members = {NULL, 0, 0};
    struct object object = {.making = making, .wish = wish};
    uint64_t least = wish_least(wish, KEYWORD_MIN_PROPERTIES);
    uint64_t most = wish_most(wish, KEYWORD_MAX_PROPERTIES);
    size_t before = making->out->len;
    unsigned skip = making->skip;
    if (least > most || least > MEMBERS_MAX)
        return false;
    gather(making, wish, &members);
    gather_dependents(making, wish, &members);
    bool bare = making->required_only || making->depth > DEPTH_FOR_OPTIONAL;
    uint64_t wanted = least == 0 && most > 0 && !bare && is_map(wish) ? 1 : least;
    making->skip = 0;
    buf_add_char(making->out, '{');
    bool good = write_members(&object, &members, least, most);
    if (good && object.written < wanted)
        write_invented(&object, &members, wanted);
    buf_add_char(making->out, '}');
    making->skip = skip;
    good = good && object.written >= least;
    if (!good)
        making->out->len = before;
    return good;
}
