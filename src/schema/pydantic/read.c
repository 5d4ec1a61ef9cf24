#include "schema/pydantic/read.h"

#include "base/stack.h"
#include "schema/format.h"
#include "schema/pydantic/number.h"
#include "schema/pydantic/type.h"
#include "json/number.h"
#include "json/reader.h"

enum {
    DEPTH_ON_STACK = 40, /* nested calls on the caller's stack, of about 500 bytes each */
    DEPTH_MAX = 20000,
    DEEP_STACK = 16 << 20,
    WORK_MAX = 2 * 1000 * 1000, /* values looked at: unions in unions multiply */
};

struct reader {
    struct arena *arena;
    enum pydantic_extent extent;
    unsigned depth;
    unsigned max_depth;
    unsigned work;
    bool too_deep;
    /* Of what was read since a union began to try a member: */
    enum pydantic_exactness exactness; /* the least of all */
    size_t fields_set;                 /* declared members that are there */
    bool has_model;
};

static const struct json_node *read_value(struct reader *reader, const struct schema *schema,
                                          const struct json_node *value);

static void floor_exactness(struct reader *reader, enum pydantic_exactness exactness)
{
    if (exactness < reader->exactness)
        reader->exactness = exactness;
}

static const struct json_node *refused(struct reader *reader, const struct json_node *value)
{
    struct json_node *copy = arena_alloc(reader->arena, sizeof *copy);
    *copy = *value;
    copy->flags |= JSON_REFUSED;
    return copy;
}

/* ---- containers: copied when the first child changes ---- */

struct rewrite {
    struct reader *reader;
    const struct json_node *original;
    struct json_node *copy; /* NULL: nothing has changed */
    struct json_node *children;
};

static void start_copy(struct rewrite *rewrite)
{
    struct arena *arena = rewrite->reader->arena;
    const struct json_node *original = rewrite->original;
    rewrite->copy = arena_alloc(arena, sizeof *rewrite->copy);
    rewrite->children = arena_alloc(arena, original->size * sizeof *rewrite->children);
    *rewrite->copy = *original;
    rewrite->copy->flags = (uint8_t)((original->flags & ~JSON_COMPACT) | JSON_CONVERTED);
    rewrite->copy->c.child = &rewrite->children[0].c;
    size_t i = 0;
    for (const struct json_node *child = json_first(original); child != NULL;
         child = json_next(child), i++) {
        rewrite->children[i] = *child;
        rewrite->children[i].c.next = i + 1 < original->size ? &rewrite->children[i + 1].c : NULL;
        rewrite->children[i].c.prev = &rewrite->children[i > 0 ? i - 1 : original->size - 1].c;
    }
}

/* Puts `value` in the place of the child at `index`, under its name. */
static void rewrite_child(struct rewrite *rewrite, size_t index, const struct json_node *value)
{
    if (rewrite->copy == NULL)
        start_copy(rewrite);
    struct json_node *child = &rewrite->children[index];
    struct json_node former = *child;
    *child = *value;
    child->c.next = former.c.next;
    child->c.prev = former.c.prev;
    child->c.string = former.c.string;
    child->name_offset = former.name_offset;
    child->name_length = former.name_length;
    child->name_hash = former.name_hash;
}

static const struct json_node *rewritten(const struct rewrite *rewrite)
{
    return rewrite->copy != NULL ? rewrite->copy : rewrite->original;
}

static const struct json_node *read_elements(struct reader *reader, const struct schema *schema,
                                             const struct json_node *array)
{
    const struct rule *prefix = schema_rule(schema, KEYWORD_PREFIX_ITEMS);
    const struct rule *items = schema_rule(schema, KEYWORD_ITEMS);
    if (prefix == NULL && items == NULL)
        return array;
    if (prefix != NULL)
        floor_exactness(reader, PYDANTIC_LAX);
    struct rewrite rewrite = {.reader = reader, .original = array};
    size_t i = 0;
    for (const struct json_node *element = json_first(array); element != NULL;
         element = json_next(element), i++) {
        bool in_prefix = prefix != NULL && i < prefix->u.list.count;
        const struct schema *below = in_prefix       ? prefix->u.list.items[i]
                                     : items != NULL ? items->u.schema
                                                     : NULL;
        const struct json_node *read = read_value(reader, below, element);
        if (read != element)
            rewrite_child(&rewrite, i, read);
    }
    return rewritten(&rewrite);
}

static const struct json_node *read_members(struct reader *reader, const struct rule *rule,
                                            const struct json_node *value)
{
    const struct schema_object *object = rule->u.object;
    struct rewrite rewrite = {.reader = reader, .original = value};
    size_t i = 0;
    if (object->count > 0) {
        reader->has_model = true;
        floor_exactness(reader, PYDANTIC_LAX);
    }
    for (const struct json_node *member = json_first(value); member != NULL;
         member = json_next(member), i++) {
        const struct schema_property *property =
            schema_object_find(object, json_name(member), member->name_hash);
        reader->fields_set += property != NULL;
        const struct json_node *read =
            read_value(reader, property != NULL ? property->schema : object->additional, member);
        if (read != member)
            rewrite_child(&rewrite, i, read);
    }
    return rewritten(&rewrite);
}

static void rename_child(struct rewrite *rewrite, size_t index, const struct json_node *name)
{
    if (rewrite->copy == NULL)
        start_copy(rewrite);
    struct json_node *child = &rewrite->children[index];
    child->c.string = name->c.valuestring;
    child->name_length = name->size;
    child->name_hash = str_hash(json_text(name));
}

/* A dictionary's keys: UUIDs, dates and the like as they are printed. */
static const struct json_node *read_keys(struct reader *reader, const struct rule *rule,
                                         const struct json_node *object)
{
    const struct pydantic_type *type = pydantic_type_of(schema_resolve(rule->u.schema));
    if (type == NULL || type->format == NULL)
        return object;
    struct rewrite rewrite = {.reader = reader, .original = object};
    size_t i = 0;
    for (const struct json_node *member = json_first(object); member != NULL;
         member = json_next(member), i++) {
        const struct json_node *name = json_new_string(reader->arena, json_name(member));
        struct pydantic_reading reading;
        type->read(name, reader->arena, &reading);
        if (reading.value != NULL && reading.value != name)
            rename_child(&rewrite, i, reading.value);
    }
    return rewritten(&rewrite);
}

/* A set: of equal elements the first one stays. */
static const struct json_node *drop_repeated(struct reader *reader, const struct json_node *array)
{
    enum { COMPARED_MAX = 1000 };
    struct json_node *copy = NULL;
    if (array->size > COMPARED_MAX)
        return array;
    for (const struct json_node *element = json_first(array); element != NULL;
         element = json_next(element)) {
        const struct json_node *former = json_first(array);
        while (former != element && !json_equal(former, element))
            former = json_next(former);
        if (former != element && copy == NULL) {
            copy = json_new(reader->arena, JSON_ARRAY);
            for (const struct json_node *kept = json_first(array); kept != element;
                 kept = json_next(kept))
                json_append(copy, json_copy(reader->arena, kept));
        } else if (former == element && copy != NULL) {
            json_append(copy, json_copy(reader->arena, element));
        }
    }
    return copy != NULL ? pydantic_made(copy, array) : array;
}

/* ---- unions ---- */

struct candidate {
    const struct json_node *value; /* NULL: none yet */
    enum pydantic_exactness exactness;
    size_t fields_set;
    bool has_model;
};

static bool is_better(const struct candidate *new, const struct candidate *best)
{
    if (best->value == NULL)
        return true;
    if (new->has_model && best->has_model &&new->fields_set != best->fields_set)
        return new->fields_set > best->fields_set;
    return new->exactness > best->exactness;
}

/* What the value is as this member of the union; value is NULL where it does not fit. */
static struct candidate try_member(struct reader *reader, const struct schema *member,
                                   const struct json_node *value)
{
    reader->exactness = PYDANTIC_EXACT;
    reader->fields_set = 0;
    reader->has_model = false;
    const struct json_node *read = read_value(reader, member, value);
    bool fits = !reader->too_deep && schema_accepts(member, read, reader->arena);
    return (struct candidate){fits ? read : NULL, reader->exactness, reader->fields_set,
                              reader->has_model};
}

/* Smart mode: the first exact member, else the one with the most fields set or the nearest. */
static const struct json_node *read_union(struct reader *reader, const struct schema_list *members,
                                          const struct json_node *value)
{
    struct reader outer = *reader;
    struct candidate best = {.value = NULL};
    for (size_t i = 0; i < members->count && !reader->too_deep; i++) {
        struct candidate candidate = try_member(reader, members->items[i], value);
        if (candidate.value != NULL && is_better(&candidate, &best))
            best = candidate;
        if (best.value != NULL && best.exactness == PYDANTIC_EXACT && !best.has_model)
            break;
    }
    reader->exactness = outer.exactness;
    reader->fields_set = outer.fields_set + best.fields_set;
    reader->has_model = outer.has_model || best.has_model;
    if (best.value == NULL)
        return refused(reader, value);
    floor_exactness(reader, best.exactness);
    return best.value;
}

static const struct json_node *read_tagged(struct reader *reader, const struct rule *rule,
                                           const struct json_node *value)
{
    struct str tag = str_from("");
    const struct json_node *member = json_member_str(value, rule->u.discriminator.name);
    if (json_is(member, JSON_STRING))
        tag = json_text(member);
    for (size_t i = 0; i < rule->u.discriminator.key_count; i++) {
        const struct schema_branch_key *key = &rule->u.discriminator.keys[i];
        if (str_equal(key->value, tag) && key->branch != SCHEMA_BRANCH_SHARED)
            return read_value(reader, rule->u.discriminator.list.items[key->branch], value);
    }
    return value;
}

/* ---- scalars ---- */

static const struct json_node *read_scalar(struct reader *reader, const struct schema *schema,
                                           const struct pydantic_type *type,
                                           const struct json_node *value)
{
    bool is_text = type->types == SCHEMA_STRING;
    if (is_text && type->format != NULL && reader->extent == PYDANTIC_NUMBERS)
        return value;
    struct pydantic_reading reading;
    type->read(value, reader->arena, &reading);
    if (reading.value == NULL)
        return refused(reader, value);
    floor_exactness(reader, reading.exactness);
    const struct rule *format = schema_rule(schema, KEYWORD_FORMAT);
    if (reading.value != value || format == NULL || format_accepts(format->u.format, value))
        return reading.value;
    /* As it is printed, but not in the form that the format's own rule knows (no zone). */
    struct json_node *copy = arena_alloc(reader->arena, sizeof *copy);
    *copy = *value;
    return pydantic_made(copy, value);
}

/* 3.0 is the choice 3. */
static const struct json_node *read_equal_number(struct reader *reader, const struct rule *choice,
                                                 const struct json_node *value)
{
    bool single = choice->keyword == KEYWORD_CONST;
    for (const struct json_node *known = single ? choice->u.value : json_first(choice->u.value);
         known != NULL; known = single ? NULL : json_next(known))
        if (known->type == JSON_NUMBER && json_number_compare(known, value) == 0)
            return pydantic_made(json_new_number(reader->arena, json_text(known)), value);
    return value;
}

/* An Enum of integers takes their texts; of a Literal nothing else is converted. */
static const struct json_node *read_choice(struct reader *reader, const struct schema *schema,
                                           const struct json_node *value)
{
    const struct rule *type = schema_rule(schema, KEYWORD_TYPE);
    const struct rule *choice = schema_rule(schema, KEYWORD_ENUM);
    bool of_integers = type != NULL && type->u.types == SCHEMA_INTEGER;
    if (value->type == JSON_NUMBER && !(value->flags & JSON_PLAIN_INTEGER))
        return read_equal_number(
            reader, choice != NULL ? choice : schema_rule(schema, KEYWORD_CONST), value);
    if (!of_integers || value->type == JSON_NUMBER)
        return value;
    floor_exactness(reader, PYDANTIC_LAX);
    struct pydantic_reading reading;
    pydantic_read_integer(value, reader->arena, &reading);
    return reading.value != NULL ? reading.value : value;
}

static const struct json_node *read_by_rules(struct reader *reader, const struct schema *schema,
                                             const struct json_node *value)
{
    for (size_t i = 0; i < schema->rule_count && !reader->too_deep; i++) {
        const struct rule *rule = &schema->rules[i];
        switch (rule->keyword) {
        case KEYWORD_REF:
            value = read_value(reader, rule->u.schema, value);
            break;
        case KEYWORD_ALL_OF:
            for (size_t n = 0; n < rule->u.list.count; n++)
                value = read_value(reader, rule->u.list.items[n], value);
            break;
        case KEYWORD_ANY_OF:
        case KEYWORD_ONE_OF:
            value = read_union(reader, &rule->u.list, value);
            break;
        case KEYWORD_DISCRIMINATOR:
            value = read_tagged(reader, rule, value);
            break;
        case KEYWORD_PROPERTIES:
            if (value->type == JSON_OBJECT)
                value = read_members(reader, rule, value);
            break;
        case KEYWORD_PROPERTY_NAMES:
            if (value->type == JSON_OBJECT && reader->extent == PYDANTIC_VALUES)
                value = read_keys(reader, rule, value);
            break;
        case KEYWORD_UNIQUE_ITEMS:
            if (value->type == JSON_ARRAY)
                value = drop_repeated(reader, value);
            break;
        default:
            break;
        }
    }
    return value;
}

static bool enter(struct reader *reader)
{
    if (reader->depth >= reader->max_depth)
        reader->too_deep = true;
    if (reader->too_deep || reader->work == 0)
        return false;
    reader->work--;
    reader->depth++;
    return true;
}

static bool takes_null(const struct schema *schema)
{
    const struct rule *type = schema_rule(schema, KEYWORD_TYPE);
    const struct rule *any = schema_rule(schema, KEYWORD_ANY_OF);
    if (schema->nullable || (type != NULL && (type->u.types & SCHEMA_NULL)))
        return true;
    for (size_t i = 0; any != NULL && i < any->u.list.count; i++) {
        type = schema_rule(any->u.list.items[i], KEYWORD_TYPE);
        if (type != NULL && (type->u.types & SCHEMA_NULL))
            return true;
    }
    return false;
}

static const struct json_node *read_value(struct reader *reader, const struct schema *schema,
                                          const struct json_node *value)
{
    if (schema == NULL || schema->kind != SCHEMA_RULES ||
        (value->type == JSON_NULL && takes_null(schema)) || !enter(reader))
        return value;
    const struct pydantic_type *type =
        pydantic_is_decimal(schema) ? &pydantic_decimal : pydantic_type_of(schema);
    bool is_choice =
        schema_rule(schema, KEYWORD_ENUM) != NULL || schema_rule(schema, KEYWORD_CONST) != NULL;
    if (type != NULL) {
        value = read_scalar(reader, schema, type, value);
    } else if (is_choice) {
        value = read_choice(reader, schema, value);
    } else {
        if (value->type == JSON_ARRAY)
            value = read_elements(reader, schema, value);
        value = read_by_rules(reader, schema, value);
    }
    reader->depth--;
    return value;
}

/* ---- the whole ---- */

struct job {
    const struct schema *schema;
    const struct json_node *value;
    enum pydantic_extent extent;
    struct arena *arena;
    const struct json_node *result;
};

/* False where more stack is needed. */
static bool run(struct job *job, unsigned max_depth)
{
    struct reader reader = {.arena = job->arena,
                            .extent = job->extent,
                            .max_depth = max_depth,
                            .work = WORK_MAX,
                            .exactness = PYDANTIC_EXACT};
    job->result = read_value(&reader, job->schema, job->value);
    return !reader.too_deep;
}

static void run_deep(void *argument)
{
    struct job *job = argument;
    if (!run(job, DEPTH_MAX))
        job->result = job->value;
}

const struct json_node *pydantic_read(const struct schema *schema, const struct json_node *value,
                                      enum pydantic_extent extent, struct arena *arena)
{
    struct job job = {schema, value, extent, arena, value};
    if (run(&job, DEPTH_ON_STACK) || stack_run(run_deep, &job, DEEP_STACK))
        return job.result;
    return value;
}

const struct json_node *pydantic_sent(const struct json_node *value, struct arena *arena)
{
    struct json_node *copy;
    if (value->flags & JSON_CONVERTED && value->source != NULL) {
        struct source *source = arena_alloc(arena, sizeof *source);
        *source = (struct source){.name = value->source->name, .text = json_source_text(value)};
        struct json_read_options options = {.python = true};
        struct json_document document;
        struct json_error error;
        if (json_read(arena, source, &options, &document, &error))
            return document.root;
    }
    if (!(value->flags & JSON_REFUSED))
        return value;
    copy = arena_alloc(arena, sizeof *copy);
    *copy = *value;
    copy->flags &= (uint8_t)~JSON_REFUSED;
    return copy;
}
