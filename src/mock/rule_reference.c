#include "mock/rule_reference.h"

#include "base/map.h"
#include "mock/key.h"
#include "mock/record_text.h"

/* A record of the batch, one in the store, or one that is nowhere. */
struct node {
    bool is_known;
    bool is_superseded; /* a later record of the batch has its key */
    bool in_batch;
    struct str parent; /* what it refers to; data NULL: nothing */
    struct str *same;  /* the members that must agree; data NULL: absent */
    size_t walk;       /* the walk that came by first, or 0 */
};

struct graph {
    const struct reference_check *check;
    struct node *batch;
    struct map nodes;             /* by key; struct node * */
    struct record_member *wanted; /* of a stored record: the reference, then what must agree */
    size_t stored;                /* looked at */
    bool is_too_large;
};

static const struct str absent = {NULL, 0};

const struct json_node *rule_member_value(const struct rule_member *member,
                                          const struct json_node *const *row)
{
    const struct json_node *value = row[member->slot];
    for (size_t i = 1; i < member->names.count && value != NULL; i++)
        value = json_member_str(value, member->names.items[i]);
    return json_is(value, JSON_NULL) ? NULL : value;
}

/* Only strings and numbers can identify anything. */
static struct str plain_value(const struct rule_member *member, const struct json_node *const *row)
{
    const struct json_node *value = rule_member_value(member, row);
    bool is_plain = json_is(value, JSON_STRING) || json_is(value, JSON_NUMBER);
    return is_plain ? json_text(value) : absent;
}

/* ---- keys ---- */

static bool names_member(const struct rule_member *member, struct str name)
{
    return member->names.count == 1 && str_equal(member->names.items[0], name);
}

/* What stands in the key for that member: the target, or what both records must share. */
static struct str key_part(const struct rule_reference *reference, struct str name,
                           struct str target, const struct str *same)
{
    for (size_t i = 0; i < reference->same_count; i++)
        if (names_member(&reference->same[i], name))
            return same[i];
    return target;
}

static struct str make_key(const struct graph *graph, struct str target, const struct str *same)
{
    const struct str_list *key = graph->check->key;
    if (key->count <= 1)
        return key_from_part(graph->check->arena, target);
    struct buf text;
    buf_init(&text, graph->check->arena);
    for (size_t i = 0; i < key->count; i++)
        key_add_part(&text, i, key_part(graph->check->reference, key->items[i], target, same));
    return buf_str(&text);
}

/* ---- nodes ---- */

static void read_batch_node(struct graph *graph, size_t index, struct str *same)
{
    const struct rule_reference *reference = graph->check->reference;
    const struct json_node *const *row = rule_row(graph->check->rows, index);
    struct node *node = &graph->batch[index];
    *node = (struct node){.is_known = true, .in_batch = true, .same = same};
    node->parent = plain_value(&reference->member, row);
    for (size_t i = 0; i < reference->same_count; i++)
        same[i] = plain_value(&reference->same[i], row);
    struct str target = plain_value(&reference->to, row);
    if (target.data == NULL)
        return;
    struct node *former = map_put(&graph->nodes, make_key(graph, target, same), node);
    if (former != NULL)
        former->is_superseded = true;
}

static void read_batch(struct graph *graph)
{
    const struct reference_check *check = graph->check;
    size_t count = check->rows->count;
    size_t same_count = check->reference->same_count;
    struct str *same = arena_alloc(check->arena, (count * same_count + 1) * sizeof *same);
    graph->batch = arena_alloc(check->arena, (count + 1) * sizeof *graph->batch);
    for (size_t i = 0; i < count; i++)
        read_batch_node(graph, i, same + i * same_count);
}

static struct str stored_value(const struct graph *graph, struct str value)
{
    struct arena *arena = graph->check->arena;
    struct str plain = record_text_plain(value, arena);
    return plain.data != NULL ? arena_copy_str(arena, plain) : absent;
}

static void read_stored_node(struct graph *graph, struct str key, struct node *node)
{
    const struct rule_reference *reference = graph->check->reference;
    struct record *record = collection_get(graph->check->collection, key);
    if (record == NULL)
        return;
    struct record_member *wanted = graph->wanted;
    record_text_find(record_text(record), wanted, reference->same_count + 1);
    node->is_known = true;
    node->parent = stored_value(graph, wanted[0].value);
    for (size_t i = 0; i < reference->same_count; i++)
        node->same[i] = stored_value(graph, wanted[i + 1].value);
    record_release(record);
}

/* What is behind a key that the batch does not have. */
static struct node *add_stored_node(struct graph *graph, struct str key)
{
    struct arena *arena = graph->check->arena;
    struct node *node = arena_alloc_zero(arena, sizeof *node);
    size_t same_count = graph->check->reference->same_count;
    node->same = arena_alloc_zero(arena, (same_count + 1) * sizeof *node->same);
    if (graph->check->collection != NULL) {
        if (++graph->stored > REFERENCE_STORED_MAX)
            graph->is_too_large = true;
        else
            read_stored_node(graph, key, node);
    }
    map_put(&graph->nodes, key, node);
    return node;
}

/* What the node refers to; NULL if it refers to nothing. */
static struct node *parent_of(struct graph *graph, const struct node *node)
{
    if (node->parent.data == NULL)
        return NULL;
    struct str key = make_key(graph, node->parent, node->same);
    struct node *parent = map_get(&graph->nodes, key);
    return parent != NULL ? parent : add_stored_node(graph, key);
}

/* ---- what is wrong ---- */

/* "parent_id refers to a record with another trace_id" */
static void report(const struct graph *graph, const struct node *node, const char *what,
                   struct str name)
{
    const struct reference_check *check = graph->check;
    struct buf words;
    buf_init(&words, check->arena);
    buf_add_str(&words, check->reference->member.written);
    buf_add_text(&words, what);
    buf_add_str(&words, name);
    check->broken(check->context, (size_t)(node - graph->batch), buf_text(&words));
}

static bool same_text(struct str a, struct str b)
{
    return (a.data == NULL) == (b.data == NULL) && str_equal(a, b);
}

static void check_parent(struct graph *graph, const struct node *node)
{
    const struct rule_reference *reference = graph->check->reference;
    const struct node *parent = parent_of(graph, node);
    if (parent == NULL || graph->is_too_large)
        return;
    if (!parent->is_known) {
        if (reference->unknown_forbidden)
            report(graph, node, " refers to a record that does not exist", str_from(""));
        return;
    }
    for (size_t i = 0; i < reference->same_count; i++) {
        if (same_text(node->same[i], parent->same[i]))
            continue;
        report(graph, node, " refers to a record with another ", reference->same[i].written);
        return;
    }
}

/* A circle that leads through `start`, which this walk met twice. */
static void report_circle(struct graph *graph, struct node *start)
{
    struct node *node = start;
    do {
        if (node->in_batch) {
            report(graph, node, " forms a cycle", str_from(""));
            return;
        }
        node = parent_of(graph, node);
    } while (node != start);
}

/* Walks up until it meets nothing, or a node that a walk has seen: its own makes a circle. */
static void walk_from(struct graph *graph, struct node *node, size_t walk)
{
    while (node != NULL && node->walk == 0 && !graph->is_too_large) {
        node->walk = walk;
        node = parent_of(graph, node);
    }
    if (node != NULL && node->walk == walk && !graph->is_too_large)
        report_circle(graph, node);
}

static struct record_member *list_wanted(const struct reference_check *check)
{
    const struct rule_reference *reference = check->reference;
    struct record_member *wanted =
        arena_alloc_zero(check->arena, (reference->same_count + 1) * sizeof *wanted);
    wanted[0].names = &reference->member.names;
    for (size_t i = 0; i < reference->same_count; i++)
        wanted[i + 1].names = &reference->same[i].names;
    return wanted;
}

bool rule_reference_check(const struct reference_check *check)
{
    struct graph graph = {.check = check};
    map_init(&graph.nodes, check->arena);
    graph.wanted = list_wanted(check);
    read_batch(&graph);
    for (size_t i = 0; i < check->rows->count && !graph.is_too_large; i++)
        if (!graph.batch[i].is_superseded)
            check_parent(&graph, &graph.batch[i]);
    for (size_t i = 0; check->reference->cycles_forbidden && i < check->rows->count; i++)
        if (!graph.batch[i].is_superseded)
            walk_from(&graph, &graph.batch[i], i + 1);
    return !graph.is_too_large;
}
