#include "mock/fastapi_list.h"

#include "mock/fastapi_error.h"
#include "mock/fastapi_union.h"

/* What stands in a loc besides the path: a union's member, a discriminator's tag. */
struct insertion {
    const struct insertion *up;
    size_t depth; /* segments before it */
    struct str label;
};

struct list {
    struct exchange *exchange;
    struct buf *out;
    const struct schema_object *embedded; /* the body's parameters where it is made of several */
    size_t written;
    size_t most;
    const struct json_path *closed; /* of the last value that was reported */
    bool has_closed;
    const struct json_path *last; /* of the last entry: a value's, or a key's */
    bool printable;
    struct fastapi_memo *memo;
};

/* ---- paths ---- */

static size_t path_length(const struct json_path *path)
{
    size_t length = 0;
    for (; path != NULL; path = path->up)
        length++;
    return length;
}

static bool same_segment(const struct json_path *a, const struct json_path *b)
{
    if (a->name.data == NULL || b->name.data == NULL)
        return a->name.data == NULL && b->name.data == NULL && a->index == b->index;
    return str_equal(a->name, b->name);
}

/* True if `path` is `ancestor` or lies below it. */
static bool is_within(const struct json_path *path, const struct json_path *ancestor)
{
    size_t length = path_length(path);
    size_t above = path_length(ancestor);
    if (length < above)
        return false;
    for (; length > above; length--)
        path = path->up;
    for (; path != ancestor && path != NULL; path = path->up, ancestor = ancestor->up)
        if (!same_segment(path, ancestor))
            return false;
    return true;
}

static bool is_below(const struct json_path *path, const struct json_path *ancestor)
{
    return path_length(path) > path_length(ancestor) && is_within(path, ancestor);
}

/* ---- loc ---- */

static void write_insertions(struct list *list, const struct insertion *insertions, size_t depth)
{
    if (insertions == NULL)
        return;
    write_insertions(list, insertions->up, depth);
    if (insertions->depth != depth)
        return;
    buf_add_char(list->out, ',');
    json_write_string(list->out, insertions->label);
}

static void write_choices(struct list *list, const struct violation_choice *choices, size_t depth)
{
    if (choices == NULL)
        return;
    write_choices(list, choices->up, depth);
    if (choices->depth != depth)
        return;
    buf_add_char(list->out, ',');
    json_write_string(list->out, choices->tag);
}

static void write_segments(struct list *list, const struct json_path *path, size_t depth,
                           const struct violation *violation, const struct insertion *insertions)
{
    if (path->up != NULL) {
        write_segments(list, path->up, depth - 1, violation, insertions);
        buf_add_char(list->out, ',');
    }
    if (path->name.data != NULL)
        json_write_string(list->out, path->name);
    else
        buf_add_uint(list->out, path->index);
    write_insertions(list, insertions, depth);
    write_choices(list, violation->choices, depth);
}

static void write_loc(struct list *list, const struct violation *violation,
                      const struct insertion *insertions)
{
    buf_add_text(list->out, ",\"loc\":[");
    write_segments(list, violation->path, path_length(violation->path), violation, insertions);
    if (violation->keyword == KEYWORD_PROPERTY_NAMES)
        buf_add_text(list->out, ",\"[key]\"");
    buf_add_char(list->out, ']');
}

/* ---- input ---- */

static bool is_in_body(const struct json_path *path)
{
    while (path->up != NULL)
        path = path->up;
    return str_is(path->name, "body");
}

static bool is_finite(const struct json_node *node)
{
    if (node->type == JSON_NUMBER)
        return (node->flags & JSON_PLAIN_INTEGER) ||
               (!(node->flags & JSON_NOT_FINITE) && node->c.valuedouble - node->c.valuedouble == 0);
    if (node->type != JSON_ARRAY && node->type != JSON_OBJECT)
        return true;
    for (const struct json_node *child = json_first(node); child != NULL; child = json_next(child))
        if (!is_finite(child))
            return false;
    return true;
}

/* ---- bodies of several parameters ---- */

/*
 * FastAPI writes the body of several parameters (or of one that is embedded) as
 * a schema named Body_..., but there is no such model: it takes each parameter
 * out of the body by itself, where null counts as absent.
 */
static const struct schema_object *embedded_parameters(const struct exchange *exchange)
{
    const struct operation *operation = exchange->operation;
    if (operation == NULL || operation->body_count == 0 || operation->bodies[0].schema == NULL)
        return NULL;
    const struct schema *schema = schema_resolve(operation->bodies[0].schema);
    const struct str *name = part_schema_name(exchange->part, schema->node);
    return name != NULL && str_starts_with(*name, "Body_") ? schema_object(schema) : NULL;
}

/* True for the place of one parameter of such a body. */
static bool is_embedded(const struct list *list, const struct json_path *path)
{
    return list->embedded != NULL && path_length(path) == 2 && is_in_body(path);
}

static bool is_missing(const struct violation *violation)
{
    return violation->keyword == KEYWORD_REQUIRED;
}

/* A parameter is a text, or a list of texts, whatever it was converted to. */
static void write_texts(struct buf *out, const struct json_node *value)
{
    if (value->type != JSON_ARRAY) {
        json_write_string(out, json_source_text(value));
        return;
    }
    buf_add_char(out, '[');
    for (const struct json_node *element = json_first(value); element != NULL;
         element = json_next(element)) {
        write_texts(out, element);
        if (json_next(element) != NULL)
            buf_add_char(out, ',');
    }
    buf_add_char(out, ']');
}

static void write_input(struct list *list, const struct violation *violation,
                        const struct json_node *shown)
{
    const struct json_node *instance = violation->instance;
    buf_add_text(list->out, ",\"input\":");
    if (shown != NULL) {
        json_write(list->out, shown, JSON_PYTHON);
    } else if (instance == NULL || (is_embedded(list, violation->path) && is_missing(violation))) {
        buf_add_text(list->out, "null");
    } else if (violation->keyword == KEYWORD_PROPERTY_NAMES) {
        json_write_string(list->out, json_name(instance));
    } else if (list->exchange->body_state == BODY_OPAQUE && is_in_body(violation->path)) {
        list->printable = list->printable && list->exchange->body_problem == NULL;
        json_write_string(list->out, list->exchange->request->body);
    } else if (!is_in_body(violation->path)) {
        write_texts(list->out, instance);
    } else {
        const struct json_node *sent = pydantic_sent(instance, list->exchange->arena);
        list->printable = list->printable && is_finite(sent);
        json_write(list->out, sent, JSON_PYTHON);
    }
}

/* ---- entries ---- */

static void write_entry(struct list *list, const struct violation *violation,
                        const struct insertion *insertions)
{
    struct exchange *exchange = list->exchange;
    if (list->written == list->most) {
        exchange->entries_left_out++;
        return;
    }
    struct fastapi_error error;
    fastapi_error_find(exchange->part, violation, exchange->arena, list->memo, &error);
    if (list->written++ > 0)
        buf_add_char(list->out, ',');
    buf_add_text(list->out, "{\"type\":\"");
    buf_add_text(list->out, error.type);
    buf_add_char(list->out, '"');
    write_loc(list, violation, insertions);
    buf_add_text(list->out, ",\"msg\":");
    if (error.quoted.len > 0)
        buf_add_str(list->out, error.quoted);
    else
        json_write_string(list->out, error.message);
    write_input(list, violation, error.input);
    if (error.context.len > 0) {
        buf_add_text(list->out, ",\"ctx\":");
        buf_add_str(list->out, error.context);
    }
    buf_add_char(list->out, '}');
}

/* Each element that a tuple lacks is a missing one. */
static void write_missing_elements(struct list *list, const struct violation *violation,
                                   const struct insertion *insertions)
{
    const struct rule *rule = schema_rule(violation->schema, KEYWORD_MIN_ITEMS);
    const struct rule *prefix = schema_rule(violation->schema, KEYWORD_PREFIX_ITEMS);
    size_t wanted = rule->u.count < prefix->u.list.count ? rule->u.count : prefix->u.list.count;
    struct json_path path = {.up = violation->path};
    struct violation missing = *violation;
    missing.keyword = KEYWORD_REQUIRED;
    missing.path = &path;
    for (path.index = violation->instance->size; path.index < wanted; path.index++)
        write_entry(list, &missing, insertions);
}

static bool is_tuple_too_short(const struct violation *violation)
{
    return violation->keyword == KEYWORD_MIN_ITEMS &&
           schema_rule(violation->schema, KEYWORD_PREFIX_ITEMS) != NULL;
}

/*
 * The body as a whole is absent or no JSON: so is each parameter in it. Where it
 * is JSON, but no object, FastAPI even misses those that need not be there.
 */
static void write_missing_parameters(struct list *list, const struct violation *violation)
{
    bool all = violation->instance != NULL && list->exchange->body_state != BODY_OPAQUE;
    struct json_path path = {.up = violation->path};
    struct violation missing = {.keyword = KEYWORD_REQUIRED, .path = &path};
    for (size_t i = 0; i < list->embedded->count; i++) {
        path.name = list->embedded->properties[i].name;
        if (all || list->embedded->properties[i].required_rule != NULL)
            write_entry(list, &missing, NULL);
    }
}

static bool is_null_parameter(const struct list *list, const struct violation *violation)
{
    return is_embedded(list, violation->path) && json_is(violation->instance, JSON_NULL);
}

static void write_null_parameter(struct list *list, const struct violation *violation)
{
    struct violation missing = {.keyword = KEYWORD_REQUIRED, .path = violation->path};
    write_entry(list, &missing, NULL);
}

/* ---- order ---- */

/* The violations as an array, to be put in pydantic's order. */
struct sequence {
    const struct violation **items;
    size_t count;
};

static struct sequence sequence_of(struct arena *arena, const struct violation *first)
{
    enum { FEW = 16 };
    size_t capacity = FEW;
    struct sequence sequence = {.items = arena_alloc(arena, FEW * sizeof *sequence.items)};
    for (const struct violation *violation = first; violation != NULL;
         violation = violation->next) {
        if (sequence.count == capacity) {
            size_t bytes = capacity * sizeof *sequence.items;
            sequence.items = arena_grow(arena, sequence.items, bytes, 2 * bytes);
            capacity *= 2;
        }
        sequence.items[sequence.count++] = violation;
    }
    return sequence;
}

/* A tuple's missing elements come after what is wrong with those that are there. */
static void move_short_tuples(struct sequence *sequence)
{
    for (size_t i = 0; i + 1 < sequence->count; i++) {
        const struct violation *violation = sequence->items[i];
        if (!is_tuple_too_short(violation))
            continue;
        size_t at = i;
        for (; at + 1 < sequence->count && is_below(sequence->items[at + 1]->path, violation->path);
             at++)
            sequence->items[at] = sequence->items[at + 1];
        sequence->items[at] = violation;
    }
}

/*
 * Where in the text the member stands in which the violation is; a repeated
 * member stands where its name was first.
 */
static uint32_t place_of(const struct violation *violation, const struct json_path *object)
{
    if (violation->instance == NULL)
        return 0;
    bool is_member = violation->keyword != KEYWORD_REQUIRED &&
                     path_length(violation->path) == path_length(object) + 1;
    return is_member ? violation->instance->name_offset : violation->instance->offset;
}

/* Two runs, each in order of the text, become one: a bad key comes right before its value. */
static void merge_runs(struct arena *arena, const struct violation **items, size_t left,
                       size_t count, const struct json_path *object)
{
    const struct violation **merged = arena_alloc(arena, count * sizeof *merged);
    size_t a = 0;
    size_t b = left;
    for (size_t i = 0; i < count; i++) {
        bool from_right =
            a == left || (b < count && place_of(items[b], object) <= place_of(items[a], object));
        merged[i] = items[from_right ? b++ : a++];
    }
    memcpy(items, merged, count * sizeof *merged);
}

/* The validator tells of all values of a dictionary before it tells of its keys. */
static void interleave_keys(struct sequence *sequence, struct arena *arena)
{
    for (size_t i = 0; i < sequence->count; i++) {
        const struct violation *violation = sequence->items[i];
        if (violation->keyword != KEYWORD_PROPERTY_NAMES)
            continue;
        const struct json_path *object = violation->path->up;
        size_t start = i;
        while (start > 0 && is_below(sequence->items[start - 1]->path, object))
            start--;
        size_t end = i;
        while (end < sequence->count && sequence->items[end]->keyword == KEYWORD_PROPERTY_NAMES &&
               is_within(sequence->items[end]->path->up, object) &&
               is_within(object, sequence->items[end]->path->up))
            end++;
        merge_runs(arena, sequence->items + start, i - start, end - start, object);
        i = end - 1;
    }
}

/* ---- choosing ---- */

static void write_violations(struct list *list, const struct violation *first,
                             const struct insertion *insertions);

static bool is_reported(const struct list *list, const struct violation *violation)
{
    return list->has_closed && is_within(violation->path, list->closed);
}

static bool is_set(const struct violation *violation)
{
    return schema_rule(violation->schema, KEYWORD_UNIQUE_ITEMS) != NULL;
}

/* The index of the element in which the violation is, of the array at `path`. */
static uint64_t element_of(const struct violation *violation, const struct json_path *path)
{
    const struct json_path *place = violation->path;
    for (size_t below = path_length(place) - path_length(path); below > 1; below--)
        place = place->up;
    return place->index;
}

/* A set counts the elements that are valid. `next` is the first violation of its contents. */
static bool is_full_set(const struct violation *violation, const struct violation *next)
{
    size_t valid = violation->instance->size;
    uint64_t last = UINT64_MAX;
    for (; next != NULL && is_below(next->path, violation->path); next = next->next) {
        uint64_t element = element_of(next, violation->path);
        valid -= element != last && valid > 0;
        last = element;
    }
    return valid > schema_rule(violation->schema, KEYWORD_MAX_ITEMS)->u.count;
}

/* Counted are only containers whose contents are valid. */
static bool yields_to_contents(const struct list *list, const struct violation *violation,
                               const struct violation *next)
{
    switch (violation->keyword) {
    case KEYWORD_MAX_ITEMS:
        return is_set(violation) && !is_full_set(violation, next);
    case KEYWORD_MIN_ITEMS:
        return next != NULL && is_below(next->path, violation->path);
    case KEYWORD_MAX_PROPERTIES:
    case KEYWORD_MIN_PROPERTIES:
        return list->last != NULL && is_below(list->last, violation->path);
    default:
        return false;
    }
}

bool fastapi_reads_lax(const struct exchange *exchange, const struct json_path *path,
                       enum pydantic_extent *extent)
{
    bool whole = exchange->part->pydantic_values;
    *extent = whole ? PYDANTIC_VALUES : PYDANTIC_NUMBERS;
    return whole || !is_in_body(path);
}

/* What is wrong with the value as one member of the union. */
static const struct violation *judge_member(struct list *list, const struct violation *violation,
                                            const struct schema *member)
{
    struct arena *arena = list->exchange->arena;
    const struct json_node *value = pydantic_sent(violation->instance, arena);
    enum pydantic_extent extent;
    if (fastapi_reads_lax(list->exchange, violation->path, &extent))
        value = pydantic_read(member, value, extent, arena);
    struct validation validation = {.arena = arena,
                                    .direction = DIRECTION_REQUEST,
                                    .max_violations = list->most,
                                    .root = violation->path};
    schema_validate(member, value, &validation);
    return validation.first;
}

/* The choices on the way, as insertions: what a member says does not know them. */
static const struct insertion *with_choices(struct list *list,
                                            const struct violation_choice *choices,
                                            const struct insertion *insertions)
{
    if (choices == NULL)
        return insertions;
    struct insertion *inner = arena_alloc(list->exchange->arena, sizeof *inner);
    *inner = (struct insertion){with_choices(list, choices->up, insertions), choices->depth,
                                choices->tag};
    return inner;
}

/* Every member's errors, each under its own label; a lone member beside null has none. */
static void write_union(struct list *list, const struct violation *violation,
                        const struct schema_list *members, const struct insertion *insertions)
{
    size_t depth = path_length(violation->path);
    size_t real = fastapi_union_size(members);
    insertions = with_choices(list, violation->choices, insertions);
    for (size_t i = 0; i < members->count; i++) {
        if (real > 0 && fastapi_accepts_null_only(members->items[i]))
            continue;
        struct buf label = exchange_buf(list->exchange);
        struct insertion inner = {insertions, depth, str_from("")};
        if (real > 1) {
            fastapi_union_label(list->exchange->part, members->items[i], &label);
            inner.label = buf_str(&label);
        }
        list->has_closed = false;
        write_violations(list, judge_member(list, violation, members->items[i]),
                         real > 1 ? &inner : insertions);
    }
}

static void write_violation(struct list *list, const struct violation *violation,
                            const struct insertion *insertions)
{
    const struct schema_list *members = fastapi_union_members(violation);
    if (is_null_parameter(list, violation))
        write_null_parameter(list, violation);
    else if (list->embedded != NULL && violation->path->up == NULL &&
             str_is(violation->path->name, "body"))
        write_missing_parameters(list, violation);
    else if (members != NULL)
        write_union(list, violation, members, insertions);
    else if (is_tuple_too_short(violation))
        write_missing_elements(list, violation, insertions);
    else
        write_entry(list, violation, insertions);
    list->last = violation->path;
    if (violation->keyword == KEYWORD_PROPERTY_NAMES)
        return; /* the value under a bad key is looked at, too */
    list->closed = violation->path;
    list->has_closed = true;
}

static void write_violations(struct list *list, const struct violation *first,
                             const struct insertion *insertions)
{
    struct arena *arena = list->exchange->arena;
    struct sequence sequence = sequence_of(arena, first);
    move_short_tuples(&sequence);
    interleave_keys(&sequence, arena);
    for (size_t i = 0; i < sequence.count; i++) {
        const struct violation *violation = sequence.items[i];
        const struct violation *next = i + 1 < sequence.count ? sequence.items[i + 1] : NULL;
        if (!is_reported(list, violation) && !yields_to_contents(list, violation, next))
            write_violation(list, violation, insertions);
    }
}

bool fastapi_list_write(struct exchange *exchange, struct buf *out)
{
    enum { MOST = 10000, ENTRY_BYTES = 200 };
    size_t most = exchange->findings.max_violations;
    struct list list = {.exchange = exchange,
                        .out = out,
                        .embedded = embedded_parameters(exchange),
                        .most = most > 0 ? most : MOST,
                        .printable = true,
                        .memo = arena_alloc_zero(exchange->arena, sizeof(struct fastapi_memo))};
    size_t entries = exchange->findings.count < list.most ? exchange->findings.count : list.most;
    buf_reserve(out, entries * ENTRY_BYTES);
    write_violations(&list, exchange->findings.first, NULL);
    exchange->entries_written = list.written;
    return list.printable;
}
