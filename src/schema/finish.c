/*
 * finish: what can be told of a schema only when all that it reaches is there.
 *
 *  - a property is readOnly or writeOnly if its schema or what that refers to is;
 *  - a discriminator's values are found in its branches (discriminator.c);
 *  - a schema that applies itself to the same value would never end;
 *  - a schema from which a dynamic reference can be reached keeps the scope.
 */
#include "schema/compiler.h"
#include "schema/discriminator.h"

#include "base/mem.h"

#include <stdlib.h>

enum { REFERENCES_FOLLOWED = 64 };

/* ---- readOnly, writeOnly ---- */

static void set_property_flags(struct schema_property *property)
{
    const struct schema *schema = property->schema;
    for (int i = 0; schema != NULL && i < REFERENCES_FOLLOWED; i++) {
        property->read_only |= schema->read_only;
        property->write_only |= schema->write_only;
        const struct rule *ref = schema_rule(schema, KEYWORD_REF);
        schema = ref != NULL ? ref->u.schema : NULL;
    }
}

static void set_flags(const struct schema *schema)
{
    const struct rule *rule = schema_rule(schema, KEYWORD_PROPERTIES);
    for (size_t i = 0; rule != NULL && i < rule->u.object->count; i++)
        set_property_flags(&rule->u.object->properties[i]);
}

/* ---- the graph of the call's schemas, backwards ---- */

/*
 * Schemas of one call have consecutive ids, so arrays are indexed by id less
 * the first. What an earlier call made cannot lead back into this one.
 */
struct graph {
    struct schema **nodes;
    size_t count;
    uint32_t first_id;
    uint32_t *starts; /* count + 1: where a node's sources begin */
    uint32_t *sources;
    uint32_t *out_degree;
};

typedef bool edge_filter(const struct rule *rule);

static bool any_edge(const struct rule *rule)
{
    (void)rule;
    return true;
}

/* A discriminator that comes back to itself ends at run time (see check_discriminator). */
static bool consumes_nothing(const struct rule *rule)
{
    return keyword_is_in_place(rule->keyword) && rule->keyword != KEYWORD_DISCRIMINATOR;
}

typedef void edge_visitor(struct graph *graph, uint32_t from, uint32_t to);

static void visit_rule(struct graph *graph, uint32_t from, const struct rule *rule,
                       edge_visitor *visit)
{
    for (size_t n = 0; n < rule_child_count(rule); n++) {
        const struct schema *child = rule_child(rule, n);
        uint32_t to = child != NULL ? child->id - graph->first_id : 0;
        if (child != NULL && to < graph->count)
            visit(graph, from, to);
    }
}

static void visit_edges(struct graph *graph, edge_filter *filter, edge_visitor *visit)
{
    for (uint32_t from = 0; from < graph->count; from++) {
        const struct schema *schema = graph->nodes[from];
        for (size_t i = 0; i < schema->rule_count; i++)
            if (filter(&schema->rules[i]))
                visit_rule(graph, from, &schema->rules[i], visit);
    }
}

static void count_edge(struct graph *graph, uint32_t from, uint32_t to)
{
    graph->out_degree[from]++;
    graph->starts[to + 1]++;
}

/* Fills from the end of each node's part; starts[] is right again afterwards. */
static void store_edge(struct graph *graph, uint32_t from, uint32_t to)
{
    graph->sources[--graph->starts[to + 1]] = from;
}

static struct graph graph_new(struct compiler *compiler, edge_filter *filter)
{
    struct graph graph = {
        compiler->schemas, compiler->count, compiler->schemas[0]->id, NULL, NULL, NULL};
    graph.starts = mem_alloc_zero((graph.count + 2) * sizeof *graph.starts);
    graph.out_degree = mem_alloc_zero(graph.count * sizeof *graph.out_degree);
    visit_edges(&graph, filter, count_edge);
    size_t edges = 0;
    for (size_t i = 0; i <= graph.count; i++) {
        edges += graph.starts[i];
        graph.starts[i] = (uint32_t)edges;
    }
    graph.sources = mem_alloc((edges + 1) * sizeof *graph.sources);
    visit_edges(&graph, filter, store_edge);
    /* Each starts[i + 1] is now where node i begins: shift them down. */
    memmove(graph.starts, graph.starts + 1, graph.count * sizeof *graph.starts);
    graph.starts[graph.count] = (uint32_t)edges;
    return graph;
}

static void graph_free(struct graph *graph)
{
    free(graph->starts);
    free(graph->sources);
    free(graph->out_degree);
}

/* ---- cycles ---- */

/* Takes away, again and again, what leads nowhere; what remains leads into a cycle. */
static size_t peel(struct graph *graph)
{
    uint32_t *queue = mem_alloc((graph->count + 1) * sizeof *queue);
    size_t taken = 0;
    size_t queued = 0;
    for (uint32_t i = 0; i < graph->count; i++)
        if (graph->out_degree[i] == 0)
            queue[queued++] = i;
    for (; taken < queued; taken++) {
        uint32_t node = queue[taken];
        for (uint32_t e = graph->starts[node]; e < graph->starts[node + 1]; e++)
            if (--graph->out_degree[graph->sources[e]] == 0)
                queue[queued++] = graph->sources[e];
    }
    free(queue);
    return graph->count - taken;
}

/* The first rule of a remaining node that leads to a remaining node, and that node. */
static const struct rule *edge_within(const struct graph *graph, uint32_t node, uint32_t *next)
{
    const struct schema *schema = graph->nodes[node];
    for (size_t i = 0; i < schema->rule_count; i++) {
        const struct rule *rule = &schema->rules[i];
        for (size_t n = 0; consumes_nothing(rule) && n < rule_child_count(rule); n++) {
            const struct schema *child = rule_child(rule, n);
            uint32_t to = child != NULL ? child->id - graph->first_id : 0;
            if (child != NULL && to < graph->count && graph->out_degree[to] > 0) {
                *next = to;
                return rule;
            }
        }
    }
    return NULL;
}

static bool is_reference(const struct rule *rule)
{
    return rule->keyword == KEYWORD_REF || rule->keyword == KEYWORD_DYNAMIC_REF;
}

static void report_cycle(struct compiler *compiler, const struct graph *graph)
{
    uint32_t node = 0;
    while (graph->out_degree[node] == 0)
        node++;
    /* So many steps end on the cycle, so many more have been all the way round. */
    const struct rule *reference = NULL;
    for (size_t i = 0; i < graph->count * 2; i++) {
        const struct rule *rule = edge_within(graph, node, &node);
        if (i >= graph->count && is_reference(rule)) {
            reference = rule;
            break;
        }
    }
    diag_error(compiler->diags,
               json_place(reference != NULL ? reference->node : graph->nodes[node]->node),
               "let one step of the way consume something, as a property or an item does",
               "this reference leads back to itself without consuming any of the value, so that "
               "checking would never end");
}

static void refuse_cycles(struct compiler *compiler)
{
    struct graph graph = graph_new(compiler, consumes_nothing);
    if (peel(&graph) > 0)
        report_cycle(compiler, &graph);
    graph_free(&graph);
}

/* ---- dynamic scope ---- */

static bool is_dynamic(const struct schema *schema)
{
    const struct rule *dynamic = schema_rule(schema, KEYWORD_DYNAMIC_REF);
    if (dynamic != NULL && dynamic->u.dynamic.anchor != NULL)
        return true;
    for (size_t i = 0; i < schema->rule_count; i++) {
        for (size_t n = 0; n < rule_child_count(&schema->rules[i]); n++) {
            const struct schema *child = rule_child(&schema->rules[i], n);
            if (child != NULL && child->dynamic)
                return true;
        }
    }
    return false;
}

/* Whoever applies a dynamic schema is dynamic. */
static void spread_dynamic(struct compiler *compiler)
{
    if (compiler->registry->dynamic_anchors == NULL)
        return;
    struct graph graph = graph_new(compiler, any_edge);
    uint32_t *queue = mem_alloc((graph.count + 1) * sizeof *queue);
    size_t queued = 0;
    for (uint32_t i = 0; i < graph.count; i++) {
        if (!graph.nodes[i]->dynamic && is_dynamic(graph.nodes[i])) {
            graph.nodes[i]->dynamic = true;
            queue[queued++] = i;
        }
    }
    for (size_t taken = 0; taken < queued; taken++) {
        uint32_t node = queue[taken];
        for (uint32_t e = graph.starts[node]; e < graph.starts[node + 1]; e++) {
            struct schema *source = graph.nodes[graph.sources[e]];
            if (!source->dynamic) {
                source->dynamic = true;
                queue[queued++] = graph.sources[e];
            }
        }
    }
    free(queue);
    graph_free(&graph);
}

void compiler_finish(struct compiler *compiler)
{
    if (compiler->count == 0)
        return;
    for (size_t i = 0; i < compiler->count; i++) {
        set_flags(compiler->schemas[i]);
        discriminator_finish(compiler, compiler->schemas[i]);
    }
    refuse_cycles(compiler);
    spread_dynamic(compiler);
}
