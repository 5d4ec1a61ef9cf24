/*
 * For each way to break: read the text, walk tree and schema side by side,
 * collect the places, break one, validate, print. Reading again for each try
 * costs little and spares undoing.
 */
#include "mock/violate.h"

#include "base/rng.h"
#include "json/reader.h"

enum {
    TRIES = 8,          /* places that are tried for one kind */
    PLACES_MAX = 4096,  /* more than anybody needs to choose from */
    VISITS_MAX = 50000, /* steps of one walk */
    HOPS_MAX = 32,      /* schemas applied to the same value, one through the other */
    SCRATCH_BLOCK = 65536,
};

/* ---- where something can be broken ---- */

struct place_found {
    struct json_node *parent; /* NULL: the root */
    struct json_node *node;   /* what to break; for extra members the object that gets one */
    const struct rule *rule;  /* that forbids it, or NULL */
    const struct json_path *path;
};

struct visit {
    struct visit *next;
    const struct schema *schema;
    struct json_node *parent;
    struct json_node *node;
    const struct json_path *path;
    unsigned hops;
};

struct walk {
    enum fault_violation kind;
    struct arena *arena;
    struct visit *queue;
    struct visit **queue_end;
    size_t visits;
    struct place_found *places;
    size_t count;
    bool open_objects; /* for extra members: take objects that allow them */
};

static void visit_later(struct walk *walk, const struct visit *from, const struct schema *schema,
                        struct json_node *node, struct json_node *parent,
                        const struct json_path *path)
{
    bool same = from != NULL && from->node == node;
    unsigned hops = same ? from->hops + 1 : 0;
    if (schema == NULL || node == NULL || hops > HOPS_MAX || walk->visits++ >= VISITS_MAX)
        return;
    struct visit *visit = arena_alloc(walk->arena, sizeof *visit);
    *visit = (struct visit){NULL, schema, parent, node, path, hops};
    *walk->queue_end = visit;
    walk->queue_end = &visit->next;
}

static void offer(struct walk *walk, const struct visit *at, const struct rule *rule)
{
    if (walk->count < PLACES_MAX)
        walk->places[walk->count++] = (struct place_found){at->parent, at->node, rule, at->path};
}

static const struct json_path *path_below(struct walk *walk, const struct json_path *up,
                                          struct str name, size_t index)
{
    struct json_path *path = arena_alloc(walk->arena, sizeof *path);
    *path = (struct json_path){.up = up, .name = name, .index = index};
    return path;
}

/* ---- the rules that open places or lead on ---- */

static void look_at_object(struct walk *walk, const struct visit *at, const struct rule *rule)
{
    const struct schema_object *object = rule->u.object;
    bool closed = object->additional != NULL && object->additional->kind == SCHEMA_NEVER;
    if (at->node->type != JSON_OBJECT)
        return;
    if (walk->kind == FAULT_EXTRA_MEMBER && (closed || (walk->open_objects && object->count > 0)))
        offer(walk, at, rule);
    for (struct json_node *member = json_first(at->node); member != NULL;
         member = json_next(member)) {
        const struct schema_property *property =
            schema_object_find(object, json_name(member), member->name_hash);
        struct visit below = {
            .parent = at->node,
            .node = member,
            .path = path_below(walk, at->path, json_name(member), 0),
        };
        if (walk->kind == FAULT_MISSING_REQUIRED && property != NULL &&
            property->required_rule != NULL)
            offer(walk, &below, rule);
        visit_later(walk, at, property != NULL ? property->schema : object->additional, member,
                    at->node, below.path);
    }
}

static void look_at_array(struct walk *walk, const struct visit *at, const struct rule *rule)
{
    if (at->node->type != JSON_ARRAY)
        return;
    size_t index = 0;
    const struct rule *prefix = schema_rule(at->schema, KEYWORD_PREFIX_ITEMS);
    size_t first = rule->keyword == KEYWORD_ITEMS && prefix != NULL ? prefix->u.list.count : 0;
    for (struct json_node *element = json_first(at->node); element != NULL;
         element = json_next(element), index++) {
        const struct schema *schema = NULL;
        if (rule->keyword == KEYWORD_ITEMS)
            schema = index >= first ? rule->u.schema : NULL;
        else if (index < rule->u.list.count)
            schema = rule->u.list.items[index];
        visit_later(walk, at, schema, element, at->node,
                    path_below(walk, at->path, (struct str){NULL, 0}, index));
    }
}

/* Of alternatives only those that the value fits say anything about it. */
static void look_at_branches(struct walk *walk, const struct visit *at,
                             const struct schema_list *list, bool all)
{
    for (size_t i = 0; i < list->count; i++)
        if (all || schema_accepts(list->items[i], at->node, walk->arena))
            visit_later(walk, at, list->items[i], at->node, at->parent, at->path);
}

static void look_at_type(struct walk *walk, const struct visit *at, const struct rule *rule)
{
    bool null = at->node->type == JSON_NULL;
    if (walk->kind == FAULT_WRONG_TYPE && !null)
        offer(walk, at, rule);
    if (walk->kind == FAULT_NULL && !null && (rule->u.types & SCHEMA_NULL) == 0)
        offer(walk, at, rule);
}

/* An enum of one value is a const in other words. */
static void look_at_enum(struct walk *walk, const struct visit *at, const struct rule *rule)
{
    bool single = json_is(rule->u.value, JSON_ARRAY) && rule->u.value->size == 1;
    if (walk->kind == FAULT_UNKNOWN_ENUM || (walk->kind == FAULT_WRONG_CONST && single))
        offer(walk, at, rule);
}

static void look_at_rule(struct walk *walk, const struct visit *at, const struct rule *rule)
{
    switch (rule->keyword) {
    case KEYWORD_REF:
        visit_later(walk, at, rule->u.schema, at->node, at->parent, at->path);
        break;
    case KEYWORD_DYNAMIC_REF:
        visit_later(walk, at, rule->u.dynamic.fallback, at->node, at->parent, at->path);
        break;
    case KEYWORD_TYPE:
        look_at_type(walk, at, rule);
        break;
    case KEYWORD_ENUM:
        look_at_enum(walk, at, rule);
        break;
    case KEYWORD_CONST:
        if (walk->kind == FAULT_WRONG_CONST)
            offer(walk, at, rule);
        break;
    case KEYWORD_PROPERTIES:
        look_at_object(walk, at, rule);
        break;
    case KEYWORD_ITEMS:
    case KEYWORD_PREFIX_ITEMS:
        look_at_array(walk, at, rule);
        break;
    case KEYWORD_ALL_OF:
        look_at_branches(walk, at, &rule->u.list, true);
        break;
    case KEYWORD_ANY_OF:
    case KEYWORD_ONE_OF:
        look_at_branches(walk, at, &rule->u.list, false);
        break;
    case KEYWORD_DISCRIMINATOR:
        look_at_branches(walk, at, &rule->u.discriminator.list, false);
        break;
    default:
        break;
    }
}

static void collect(struct walk *walk, const struct schema *schema, struct json_node *root)
{
    walk->queue = NULL;
    walk->queue_end = &walk->queue;
    walk->visits = 0;
    walk->count = 0;
    visit_later(walk, NULL, schema, root, NULL, NULL);
    for (const struct visit *at = walk->queue; at != NULL; at = at->next)
        for (size_t i = 0; i < at->schema->rule_count; i++)
            look_at_rule(walk, at, &at->schema->rules[i]);
}

/* ---- breaking ---- */

/* A value whose type none of `types` is; there always is one beside null. */
static struct json_node *value_of_other_type(struct arena *arena, unsigned types, struct rng *rng)
{
    static const struct {
        unsigned type;
        enum json_type json;
    } others[] = {
        {SCHEMA_STRING, JSON_STRING}, {SCHEMA_INTEGER | SCHEMA_NUMBER, JSON_NUMBER},
        {SCHEMA_BOOLEAN, JSON_TRUE},  {SCHEMA_ARRAY, JSON_ARRAY},
        {SCHEMA_OBJECT, JSON_OBJECT},
    };
    enum { OTHERS = sizeof others / sizeof *others };
    size_t start = rng_below(rng, OTHERS);
    for (size_t i = 0; i < OTHERS; i++) {
        size_t at = (start + i) % OTHERS;
        if ((types & others[at].type) != 0)
            continue;
        if (others[at].json == JSON_STRING)
            return json_new_string(arena, str_from("not what you expected"));
        if (others[at].json == JSON_NUMBER)
            return json_new_number(arena, str_from("12345"));
        return json_new(arena, others[at].json);
    }
    return json_new(arena, JSON_NULL);
}

/* A value of the same type that nobody declared. */
static struct json_node *value_unknown(struct arena *arena, const struct json_node *node)
{
    switch (node->type) {
    case JSON_STRING:
        return json_new_string(arena, str_from(arena_printf(arena, "%.*s_UNKNOWN", (int)node->size,
                                                            node->c.valuestring)));
    case JSON_NUMBER:
        return json_new_number(arena, str_from("-987654321"));
    case JSON_TRUE:
    case JSON_FALSE:
        return json_new_bool(arena, node->type == JSON_FALSE);
    default:
        return json_new_string(arena, str_from("UNKNOWN"));
    }
}

/* Returns the tree's root, which is another one if the root itself was replaced. */
static struct json_node *put_instead(const struct place_found *place, struct json_node *root,
                                     struct arena *arena, struct json_node *value)
{
    if (place->parent == NULL)
        return value;
    if (place->parent->type == JSON_OBJECT)
        json_set(arena, place->parent, json_name(place->node), value);
    else
        json_replace(place->parent, place->node, value);
    return root;
}

static struct json_node *break_place(enum fault_violation kind, const struct place_found *place,
                                     struct json_node *root, struct arena *arena, struct rng *rng)
{
    switch (kind) {
    case FAULT_MISSING_REQUIRED:
        json_remove(place->parent, place->node);
        return root;
    case FAULT_WRONG_TYPE:
        return put_instead(place, root, arena,
                           value_of_other_type(arena, place->rule->u.types, rng));
    case FAULT_NULL:
        return put_instead(place, root, arena, json_new(arena, JSON_NULL));
    case FAULT_EXTRA_MEMBER:
        json_set(arena, place->node, str_from("understudy_extra"),
                 json_new_string(arena, str_from("not in the contract")));
        return root;
    default:
        return put_instead(place, root, arena, value_unknown(arena, place->node));
    }
}

static struct json_node *read_tree(struct arena *arena, struct str text)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "answer", .text = text};
    struct json_read_options options = {.editable = true};
    struct json_document document;
    struct json_error error;
    return json_read(arena, source, &options, &document, &error) ? document.root : NULL;
}

static size_t count_violations(const struct schema *schema, const struct json_node *root,
                               struct arena *arena)
{
    struct validation validation = {
        .arena = arena, .direction = DIRECTION_RESPONSE, .max_violations = 1};
    schema_validate(schema, root, &validation);
    return validation.count;
}

/* ---- one kind ---- */

struct breaking {
    const struct schema *schema;
    struct arena *arena; /* of the result */
    struct rng rng;
    struct json_writer *notes;
};

static void note_begin(struct breaking *breaking, enum fault_violation kind)
{
    json_begin_object(breaking->notes);
    json_put_key(breaking->notes, "kind");
    json_put_text(breaking->notes, fault_violation_name(kind));
}

static void note_skipped(struct breaking *breaking, enum fault_violation kind, const char *reason)
{
    note_begin(breaking, kind);
    json_put_key(breaking->notes, "skipped");
    json_put_text(breaking->notes, reason);
    json_end_object(breaking->notes);
}

static void note_path(struct breaking *breaking, enum fault_violation kind,
                      const struct json_path *path, bool allowed)
{
    struct buf text;
    buf_init(&text, breaking->arena);
    json_path_print(path, &text);
    note_begin(breaking, kind);
    json_put_key(breaking->notes, "path");
    json_put_string(breaking->notes, buf_str(&text));
    if (allowed) {
        json_put_key(breaking->notes, "allowed");
        json_put_bool(breaking->notes, true);
    }
    json_end_object(breaking->notes);
}

static struct str print_tree(struct breaking *breaking, const struct json_node *root)
{
    struct buf out;
    buf_init(&out, breaking->arena);
    json_write(&out, root, JSON_EXACT);
    return buf_str(&out);
}

/* Breaks the place that is the next one in turn; false if that made nothing worse. */
static bool try_place(struct breaking *breaking, struct walk *walk, size_t turn, struct str *body)
{
    struct json_node *root = read_tree(walk->arena, *body);
    size_t before = count_violations(breaking->schema, root, walk->arena);
    collect(walk, breaking->schema, root);
    const struct place_found *place = &walk->places[turn % walk->count];
    struct json_node *broken = break_place(walk->kind, place, root, walk->arena, &breaking->rng);
    bool allowed = walk->kind == FAULT_EXTRA_MEMBER && walk->open_objects;
    if (!allowed && count_violations(breaking->schema, broken, walk->arena) <= before)
        return false;
    note_path(breaking, walk->kind, place->path, allowed);
    *body = print_tree(breaking, broken);
    return true;
}

/* True if there was a place; *turn is where the draw starts. */
static bool find_places(struct breaking *breaking, struct walk *walk, struct str body, size_t *turn)
{
    collect(walk, breaking->schema, read_tree(walk->arena, body));
    if (walk->count == 0 && walk->kind == FAULT_EXTRA_MEMBER) {
        walk->open_objects = true;
        collect(walk, breaking->schema, read_tree(walk->arena, body));
    }
    *turn = walk->count > 0 ? rng_below(&breaking->rng, walk->count) : 0;
    return walk->count > 0;
}

static void break_by_schema(struct breaking *breaking, enum fault_violation kind, struct str *body)
{
    struct arena scratch;
    arena_init(&scratch, SCRATCH_BLOCK, NULL);
    struct walk walk = {.kind = kind, .arena = &scratch};
    walk.places = arena_alloc(&scratch, PLACES_MAX * sizeof *walk.places);
    size_t turn;
    bool done = false;
    if (find_places(breaking, &walk, *body, &turn))
        for (size_t i = 0; i < TRIES && i < walk.count && !done; i++)
            done = try_place(breaking, &walk, turn + i, body);
    if (!done)
        note_skipped(breaking, kind, "the answer has no place where this breaks its schema");
    arena_clear(&scratch);
}

/* Without its last byte, or with a comma before it. */
static void break_syntax(struct breaking *breaking, struct str *body)
{
    struct buf out;
    buf_init(&out, breaking->arena);
    bool container = str_ends_with(*body, "}") || str_ends_with(*body, "]");
    bool cut = !container || rng_below(&breaking->rng, 2) == 0;
    buf_add(&out, body->data, body->len - 1);
    if (!cut) {
        buf_add_char(&out, ',');
        buf_add_char(&out, body->data[body->len - 1]);
    } else if (!container) {
        buf_add_char(&out, ',');
    }
    note_begin(breaking, FAULT_MALFORMED_JSON);
    json_put_key(breaking->notes, "byte");
    json_put_int(breaking->notes, (int64_t)body->len - 1);
    json_end_object(breaking->notes);
    *body = buf_str(&out);
}

static const enum fault_violation by_schema[] = {
    FAULT_MISSING_REQUIRED, FAULT_WRONG_TYPE,   FAULT_UNKNOWN_ENUM, FAULT_NULL,
    FAULT_WRONG_CONST,      FAULT_EXTRA_MEMBER,
};

/* Why nothing can be broken by the schema, or NULL. */
static const char *obstacle(struct str body, const struct schema *schema, struct arena *arena)
{
    if (schema == NULL)
        return "the contract declares no JSON schema for this answer";
    return read_tree(arena, body) == NULL ? "the answer is no JSON" : NULL;
}

struct str violate_body(struct str body, const struct schema *schema, uint32_t kinds, uint64_t seed,
                        struct arena *arena, struct json_writer *notes)
{
    struct breaking breaking = {.schema = schema, .arena = arena, .notes = notes};
    rng_seed(&breaking.rng, seed);
    const char *reason = obstacle(body, schema, arena);
    for (size_t i = 0; i < sizeof by_schema / sizeof *by_schema; i++) {
        if ((kinds & by_schema[i]) == 0)
            continue;
        if (reason != NULL)
            note_skipped(&breaking, by_schema[i], reason);
        else
            break_by_schema(&breaking, by_schema[i], &body);
    }
    if ((kinds & FAULT_MALFORMED_JSON) != 0 && body.len == 0)
        note_skipped(&breaking, FAULT_MALFORMED_JSON, "the answer has no body");
    else if ((kinds & FAULT_MALFORMED_JSON) != 0)
        break_syntax(&breaking, &body);
    return body;
}
