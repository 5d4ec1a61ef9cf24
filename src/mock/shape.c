#include "mock/shape.h"

#include "schema/format.h"
#include "schema/pydantic/time.h"
#include "schema/validate.h"

enum { SLOTS_ON_STACK = 40 };

void shape_maker_init(struct shape_maker *maker, struct arena *arena)
{
    maker->arena = arena;
    map_init(&maker->known, arena);
}

/* The default: beside the `$ref` or in the property's schema, else where the `$ref` leads. */
static const struct json_node *find_default(const struct schema *schema)
{
    const struct json_node *value = json_member(schema->node, "default");
    if (value != NULL)
        return value;
    return json_member(schema_resolve(schema)->node, "default");
}

static struct str print_node(struct arena *arena, const struct json_node *node)
{
    struct buf text;
    buf_init(&text, arena);
    json_write(&text, node, JSON_EXACT);
    return buf_str(&text);
}

static struct str print_label(struct arena *arena, struct str name)
{
    struct buf text;
    buf_init(&text, arena);
    json_write_string(&text, name);
    buf_add_char(&text, ':');
    return buf_str(&text);
}

static bool keeps_undeclared(const struct schema_object *object)
{
    return object->pattern_count > 0 ||
           (object->additional != NULL && object->additional->kind != SCHEMA_NEVER);
}

/* By the `type` alone: good enough to tell a nullable member from one that is not. */
static bool takes_null(const struct schema *schema)
{
    if (schema == NULL || schema->kind == SCHEMA_ALWAYS)
        return true;
    const struct rule *type = schema_rule(schema_resolve(schema), KEYWORD_TYPE);
    return type == NULL || (type->u.types & SCHEMA_NULL);
}

static void make_members(struct shape_maker *maker, struct shape *shape)
{
    const struct schema_object *object = shape->object;
    shape->members = arena_alloc_zero(maker->arena, object->count * sizeof *shape->members);
    shape->count = object->count;
    shape->open = keeps_undeclared(object);
    for (size_t i = 0; i < object->count; i++) {
        const struct schema_property *property = &object->properties[i];
        struct shape_member *member = &shape->members[i];
        member->label = print_label(maker->arena, property->name);
        member->shape = shape_make(maker, property->schema);
        member->takes_null = takes_null(property->schema);
        const struct json_node *fallback =
            property->schema != NULL ? find_default(property->schema) : NULL;
        if (fallback != NULL)
            member->fallback = print_node(maker->arena, fallback);
    }
}

static bool is_null_only(const struct schema *schema)
{
    const struct rule *type = schema_rule(schema_resolve(schema), KEYWORD_TYPE);
    return type != NULL && type->u.types == SCHEMA_NULL;
}

/* The members of anyOf, oneOf or a discriminator. */
static const struct schema_list *union_members(const struct schema *schema)
{
    const struct rule *any = schema_rule(schema, KEYWORD_ANY_OF);
    const struct rule *one = schema_rule(schema, KEYWORD_ONE_OF);
    const struct rule *tagged = schema_rule(schema, KEYWORD_DISCRIMINATOR);
    if (any == NULL && one == NULL)
        return tagged != NULL ? &tagged->u.discriminator.list : NULL;
    return any != NULL ? &any->u.list : &one->u.list;
}

static void make_choices(struct shape_maker *maker, struct shape *shape,
                         const struct schema_list *members)
{
    struct shape_choice *choices = arena_alloc(maker->arena, members->count * sizeof *choices);
    for (size_t i = 0; i < members->count; i++)
        if (!is_null_only(members->items[i]))
            choices[shape->choice_count++] =
                (struct shape_choice){members->items[i], shape_make(maker, members->items[i])};
    shape->choices = choices;
}

/* An array: with prefixItems its first elements have shapes of their own. */
static void make_elements(struct shape_maker *maker, struct shape *shape,
                          const struct schema *schema)
{
    const struct rule *items = schema_rule(schema, KEYWORD_ITEMS);
    const struct rule *prefix = schema_rule(schema, KEYWORD_PREFIX_ITEMS);
    if (items != NULL || prefix != NULL)
        shape->element = shape_make(maker, items != NULL ? items->u.schema : NULL);
    if (prefix == NULL)
        return;
    const struct schema_list *list = &prefix->u.list;
    shape->first = arena_alloc(maker->arena, list->count * sizeof *shape->first);
    for (size_t i = 0; i < list->count; i++)
        shape->first[shape->first_count++] = shape_make(maker, list->items[i]);
}

static void fill_shape(struct shape_maker *maker, struct shape *shape, const struct schema *schema)
{
    const struct schema *resolved = schema_resolve(schema);
    shape->node = schema->node;
    const struct schema_object *object = schema_object(resolved);
    if (object != NULL && object->additional != NULL && object->additional->kind == SCHEMA_RULES)
        shape->others = shape_make(maker, object->additional);
    if (object != NULL && object->count > 0) {
        shape->object = object;
        make_members(maker, shape);
        return;
    }
    make_elements(maker, shape, resolved);
    const struct schema_list *members = union_members(resolved);
    if (members != NULL)
        make_choices(maker, shape, members);
    const struct rule *type = schema_rule(resolved, KEYWORD_TYPE);
    shape->prints_text = type != NULL && (type->u.types & ~(unsigned)SCHEMA_NULL) == SCHEMA_STRING;
    const struct rule *format = schema_rule(resolved, KEYWORD_FORMAT);
    shape->prints_time =
        format != NULL && strcmp(format->u.format->name, "pydantic-date-time") == 0;
}

const struct shape *shape_make(struct shape_maker *maker, const struct schema *schema)
{
    static const struct shape anything;
    if (schema == NULL)
        return &anything;
    struct str key = arena_copy_str(maker->arena, str_make((const char *)&schema, sizeof schema));
    struct shape *shape = map_get(&maker->known, key);
    if (shape != NULL)
        return shape;
    shape = arena_alloc_zero(maker->arena, sizeof *shape);
    map_put(&maker->known, key, shape);
    fill_shape(maker, shape, schema);
    return shape;
}

struct shape *shape_make_record(struct shape_maker *maker, const struct schema *schema,
                                const struct fill *fills, size_t fill_count)
{
    struct shape *shape = arena_alloc_zero(maker->arena, sizeof *shape);
    fill_shape(maker, shape, schema);
    if (shape->object == NULL)
        return NULL;
    for (size_t i = 0; i < fill_count; i++) {
        const struct schema_property *property =
            schema_object_find(shape->object, fills[i].member, str_hash(fills[i].member));
        if (property != NULL)
            shape->members[property - shape->object->properties].fill = &fills[i];
    }
    return shape;
}

/* Appends what belongs to a member for which the client sent nothing (or nothing that counts). */
static void write_unset(const struct shape_member *member, const struct shape_source *source,
                        struct buf *out)
{
    size_t before = out->len;
    if (member->fill != NULL) {
        if (member->fill->kind == FILL_VALUE)
            buf_add_str(out, member->fill->fallback);
        else
            source->fill(source->context, member->fill, out);
    }
    if (out->len == before)
        buf_add_str(out, member->fallback);
    if (out->len == before && source->print_nulls)
        buf_add_text(out, "null");
}

bool fill_yields(const struct fill *fill, const struct json_node *value)
{
    if (value == NULL || fill->always || value->type == JSON_NULL)
        return false;
    return !(fill->not_empty && value->type == JSON_STRING && value->size == 0);
}

/* A null for which the answer's schema has no room is what a client means by "nothing". */
static bool counts_as_sent(const struct shape_member *member, const struct json_node *value)
{
    if (json_is(value, JSON_NULL) && !member->takes_null)
        return false;
    if (member->ignored)
        return false;
    return member->fill != NULL ? fill_yields(member->fill, value) : value != NULL;
}

static void write_undeclared(const struct json_node *value, const struct shape *shape,
                             const struct shape_source *source, struct buf *out, bool *first)
{
    const struct schema_object *object = shape->object;
    const struct shape *others = shape->others;
    for (const struct json_node *member = json_first(value); member != NULL;
         member = json_next(member)) {
        if (object != NULL &&
            schema_object_find(object, json_name(member), member->name_hash) != NULL)
            continue;
        if (!*first)
            buf_add_char(out, ',');
        *first = false;
        json_write_string(out, json_name(member));
        buf_add_char(out, ':');
        if (others != NULL)
            shape_write(others, member, source, out);
        else
            json_write(out, member, source->style);
    }
}

static void write_members(const struct shape *shape, const struct json_node **sent,
                          const struct shape_source *source, struct buf *out, bool *first)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_member *member = &shape->members[i];
        size_t before = out->len;
        if (!*first)
            buf_add_char(out, ',');
        buf_add_str(out, member->label);
        size_t labelled = out->len;
        if (counts_as_sent(member, sent[i]))
            shape_write(member->shape, sent[i], source, out);
        else
            write_unset(member, source, out);
        if (out->len == labelled)
            out->len = before;
        else
            *first = false;
    }
}

static void write_object(const struct shape *shape, const struct json_node *value,
                         const struct shape_source *source, struct buf *out)
{
    const struct json_node *on_stack[SLOTS_ON_STACK];
    const struct json_node **sent = on_stack;
    if (shape->count > SLOTS_ON_STACK)
        sent = arena_alloc(source->scratch, shape->count * sizeof *sent);
    memset(sent, 0, shape->count * sizeof *sent);
    for (const struct json_node *member = value != NULL ? json_first(value) : NULL; member != NULL;
         member = json_next(member)) {
        const struct schema_property *property =
            schema_object_find(shape->object, json_name(member), member->name_hash);
        if (property != NULL)
            sent[property - shape->object->properties] = member;
    }
    bool first = true;
    buf_add_char(out, '{');
    write_members(shape, sent, source, out, &first);
    if (shape->open && value != NULL)
        write_undeclared(value, shape, source, out, &first);
    buf_add_char(out, '}');
}

static void write_map(const struct shape *shape, const struct json_node *value,
                      const struct shape_source *source, struct buf *out)
{
    bool first = true;
    buf_add_char(out, '{');
    write_undeclared(value, shape, source, out, &first);
    buf_add_char(out, '}');
}

static void write_array(const struct shape *shape, const struct json_node *value,
                        const struct shape_source *source, struct buf *out)
{
    size_t i = 0;
    buf_add_char(out, '[');
    for (const struct json_node *element = json_first(value); element != NULL;
         element = json_next(element), i++) {
        shape_write(i < shape->first_count ? shape->first[i] : shape->element, element, source,
                    out);
        if (json_next(element) != NULL)
            buf_add_char(out, ',');
    }
    buf_add_char(out, ']');
}

static void write_time(const struct json_node *value, struct buf *out)
{
    struct pydantic_time time;
    enum pydantic_time_outcome outcome = pydantic_time_read(value, &time);
    if (outcome != PYDANTIC_TIME_AWARE && outcome != PYDANTIC_TIME_NAIVE) {
        json_write(out, value, JSON_EXACT);
        return;
    }
    buf_add_char(out, '"');
    pydantic_time_print(&time, outcome == PYDANTIC_TIME_AWARE, out);
    buf_add_char(out, '"');
}

/* How many of the members that the choice declares are there. */
static size_t count_declared(const struct shape_choice *choice, const struct json_node *value)
{
    const struct schema_object *object = choice->shape->object;
    size_t count = 0;
    for (const struct json_node *member = value->type == JSON_OBJECT ? json_first(value) : NULL;
         member != NULL && object != NULL; member = json_next(member))
        count += schema_object_find(object, json_name(member), member->name_hash) != NULL;
    return count;
}

/* Of the members that accept the value the one that declares most of it. */
static const struct shape *choose_shape(const struct shape *shape, const struct json_node *value,
                                        const struct shape_source *source)
{
    const struct shape *best = NULL;
    size_t most = 0;
    if (shape->choice_count == 1)
        return shape->choices[0].shape;
    for (size_t i = 0; i < shape->choice_count; i++) {
        const struct shape_choice *choice = &shape->choices[i];
        size_t declared = count_declared(choice, value);
        if ((best == NULL || declared > most) &&
            schema_accepts(choice->schema, value, source->scratch)) {
            best = choice->shape;
            most = declared;
        }
    }
    return best;
}

/* A union's value, if a member's shape would make a difference. */
static bool write_choice(const struct shape *shape, const struct json_node *value,
                         const struct shape_source *source, struct buf *out)
{
    bool is_container = json_is(value, JSON_OBJECT) || json_is(value, JSON_ARRAY);
    const struct shape *chosen =
        is_container || shape->choice_count == 1 ? choose_shape(shape, value, source) : NULL;
    if (chosen == NULL || json_is(value, JSON_NULL))
        return false;
    shape_write(chosen, value, source, out);
    return true;
}

void shape_write(const struct shape *shape, const struct json_node *value,
                 const struct shape_source *source, struct buf *out)
{
    if (shape->choice_count > 0 && write_choice(shape, value, source, out))
        return;
    if (shape->object != NULL && (value == NULL || value->type == JSON_OBJECT))
        write_object(shape, value, source, out);
    else if (shape->others != NULL && json_is(value, JSON_OBJECT))
        write_map(shape, value, source, out);
    else if (shape->element != NULL && json_is(value, JSON_ARRAY))
        write_array(shape, value, source, out);
    else if (shape->prints_time)
        write_time(value, out);
    else if (shape->prints_text && json_is(value, JSON_NUMBER))
        json_write_string(out, json_text(value));
    else
        json_write(out, value, source->style);
}

static void write_records(struct str records, bool as_list, struct buf *out)
{
    if (as_list)
        buf_add_char(out, '[');
    buf_add_str(out, records);
    if (as_list)
        buf_add_char(out, ']');
}

static void write_around(const struct shape *shape, const struct str_list *items, size_t depth,
                         struct str records, bool as_list, const struct shape_source *source,
                         struct buf *out)
{
    if (depth == items->count || shape->object == NULL) {
        write_records(records, as_list, out);
        return;
    }
    bool first = true;
    buf_add_char(out, '{');
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_member *member = &shape->members[i];
        size_t before = out->len;
        if (!first)
            buf_add_char(out, ',');
        buf_add_str(out, member->label);
        size_t labelled = out->len;
        if (str_equal(shape->object->properties[i].name, items->items[depth]))
            write_around(member->shape, items, depth + 1, records, as_list, source, out);
        else
            write_unset(member, source, out);
        if (out->len == labelled)
            out->len = before;
        else
            first = false;
    }
    buf_add_char(out, '}');
}

void shape_write_around(const struct shape *answer, const struct str_list *items,
                        struct str records, bool as_list, const struct shape_source *source,
                        struct buf *out)
{
    write_around(answer, items, 0, records, as_list, source, out);
}
