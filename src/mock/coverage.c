#include "mock/coverage.h"

#include "base/mem.h"
#include "mock/exchange.h"
#include "json/number.h"

#include <stdlib.h>

/* ---- lifetime ---- */

struct coverage *coverage_new(struct bill *bill, struct coverage *sum)
{
    struct coverage *coverage = mem_alloc_zero(sizeof *coverage);
    atomic_init(&coverage->references, 1);
    coverage->bill = bill_retain(bill);
    coverage->sum = sum != NULL ? coverage_retain(sum) : NULL;
    coverage->parts = mem_alloc_zero(bill->count * sizeof *coverage->parts);
    for (size_t i = 0; i < bill->count; i++) {
        coverage->parts[i].operations = counters_new();
        coverage->parts[i].schemas = counters_new();
    }
    return coverage;
}

struct coverage *coverage_retain(struct coverage *coverage)
{
    atomic_fetch_add(&coverage->references, 1);
    return coverage;
}

static void tally_add(struct tally *into, const struct tally *from)
{
    atomic_fetch_add(&into->requests, from->requests);
    atomic_fetch_add(&into->violating, from->violating);
    atomic_fetch_add(&into->unmatched, from->unmatched);
}

static void add(struct coverage *into, const struct coverage *from)
{
    tally_add(&into->tally, &from->tally);
    for (size_t i = 0; i < from->bill->count; i++) {
        counters_add(into->parts[i].operations, from->parts[i].operations);
        counters_add(into->parts[i].schemas, from->parts[i].schemas);
    }
}

void coverage_release(struct coverage *coverage)
{
    if (coverage == NULL || atomic_fetch_sub(&coverage->references, 1) > 1)
        return;
    if (coverage->sum != NULL)
        add(coverage->sum, coverage);
    coverage_release(coverage->sum);
    for (size_t i = 0; i < coverage->bill->count; i++) {
        counters_free(coverage->parts[i].operations);
        counters_free(coverage->parts[i].schemas);
    }
    free(coverage->parts);
    bill_release(coverage->bill);
    free(coverage);
}

/* ---- whose ---- */

/* The mock's sum, retained, if `bill` is what it plays now; else NULL. */
static struct coverage *present_sum(struct mock *mock, struct bill *bill)
{
    struct coverage *former = NULL;
    struct coverage *sum = NULL;
    pthread_mutex_lock(&mock->lock);
    if (mock->bill == bill) {
        if (mock->coverage == NULL || mock->coverage->bill != bill) {
            former = mock->coverage;
            mock->coverage = coverage_new(bill, NULL);
        }
        sum = coverage_retain(mock->coverage);
    }
    pthread_mutex_unlock(&mock->lock);
    coverage_release(former);
    return sum;
}

/* A request that began before a reload finds the counts of the new bill, and leaves them alone. */
static struct coverage *open_coverage(struct mock *mock, struct world *world, struct bill *bill)
{
    struct coverage *former = NULL;
    pthread_mutex_lock(&world->lock);
    struct coverage *coverage = world->coverage;
    if (coverage == NULL || coverage->bill != bill) {
        struct coverage *sum = present_sum(mock, bill);
        if (sum != NULL) {
            former = coverage;
            world->coverage = coverage_new(bill, sum);
        }
        coverage = sum != NULL ? world->coverage : NULL;
        coverage_release(sum);
    }
    if (coverage != NULL)
        coverage_retain(coverage);
    pthread_mutex_unlock(&world->lock);
    coverage_release(former);
    return coverage;
}

/* The coverage that the exchange counts in, or NULL. */
static struct coverage *coverage_of(struct exchange *exchange)
{
    if (exchange->coverage == NULL)
        exchange->coverage = open_coverage(exchange->mock, exchange->world, exchange->bill);
    return exchange->coverage;
}

static void add_world(struct coverage *into, struct world *world)
{
    pthread_mutex_lock(&world->lock);
    struct coverage *coverage = world->coverage;
    if (coverage != NULL)
        coverage_retain(coverage);
    pthread_mutex_unlock(&world->lock);
    if (coverage != NULL && coverage->bill == into->bill)
        add(into, coverage);
    coverage_release(coverage);
}

struct coverage *coverage_of_world(struct mock *mock, struct world *world)
{
    struct bill *bill = mock_bill(mock);
    struct coverage *coverage = coverage_new(bill, NULL);
    bill_release(bill);
    add_world(coverage, world);
    return coverage;
}

/* What `each` does, it does to every world that there is. */
static void each_world(struct mock *mock, void (*each)(struct coverage *, struct world *),
                       struct coverage *coverage)
{
    struct arena arena;
    struct world **list;
    arena_init(&arena, 1024, NULL);
    size_t count = worlds_list(mock->worlds, &arena, &list);
    for (size_t i = 0; i < count; i++) {
        each(coverage, list[i]);
        world_release(list[i]);
    }
    arena_clear(&arena);
}

struct coverage *coverage_of_all(struct mock *mock)
{
    struct bill *bill = mock_bill(mock);
    struct coverage *coverage = coverage_new(bill, NULL);
    struct coverage *sum = present_sum(mock, bill);
    bill_release(bill);
    if (sum != NULL)
        add(coverage, sum);
    coverage_release(sum);
    each_world(mock, add_world, coverage);
    return coverage;
}

static void reset(struct coverage *coverage)
{
    if (coverage == NULL)
        return;
    atomic_store(&coverage->tally.requests, 0);
    atomic_store(&coverage->tally.violating, 0);
    atomic_store(&coverage->tally.unmatched, 0);
    for (size_t i = 0; i < coverage->bill->count; i++) {
        counters_reset(coverage->parts[i].operations);
        counters_reset(coverage->parts[i].schemas);
    }
}

static void forget_world(struct coverage *unused, struct world *world)
{
    (void)unused;
    pthread_mutex_lock(&world->lock);
    reset(world->coverage);
    pthread_mutex_unlock(&world->lock);
}

void coverage_forget(struct mock *mock, struct world *world)
{
    if (world != NULL) {
        forget_world(NULL, world);
        return;
    }
    pthread_mutex_lock(&mock->lock);
    reset(mock->coverage);
    pthread_mutex_unlock(&mock->lock);
    each_world(mock, forget_world, NULL);
}

/* ---- where the counts are ---- */

enum {
    PLACE_HITS = 0,       /* operation: requests; schema: values that passed unchecked */
    PLACE_FIRST_PAIR = 1, /* operation: parameters; schema: rules */
    FIRST_STATUS = 100,
    STATUSES = 500,
};

uint32_t coverage_place_hits(void)
{
    return PLACE_HITS;
}

uint32_t coverage_place_parameter(size_t index, bool present)
{
    return (uint32_t)(PLACE_FIRST_PAIR + 2 * index + !present);
}

uint32_t coverage_place_status(const struct operation *operation, int status)
{
    return coverage_place_parameter(operation->parameter_count, true) +
           (uint32_t)(status - FIRST_STATUS);
}

static uint32_t operation_places(const struct operation *operation)
{
    return coverage_place_status(operation, FIRST_STATUS + STATUSES);
}

uint32_t coverage_place_rule(size_t rule, bool satisfied)
{
    return (uint32_t)(PLACE_FIRST_PAIR + 2 * rule + !satisfied);
}

static uint32_t first_value(const struct schema *schema)
{
    return coverage_place_rule(schema->rule_count, true);
}

static uint32_t value_places(const struct schema *schema)
{
    const struct rule *rule = schema_rule(schema, KEYWORD_ENUM);
    return rule != NULL ? (uint32_t)rule->u.choices.slot_count : 0;
}

uint32_t coverage_place_missing(const struct schema *schema)
{
    return first_value(schema) + value_places(schema);
}

uint32_t coverage_place_undeclared(const struct schema *schema)
{
    return coverage_place_missing(schema) + 1;
}

static uint32_t schema_places(const struct schema *schema)
{
    return coverage_place_undeclared(schema) + 1;
}

static bool is_same(const struct json_node *value, const struct json_node *choice)
{
    if (value->type == JSON_STRING && choice->type == JSON_STRING)
        return str_equal(json_text(value), json_text(choice));
    return json_equal(value, choice);
}

/* A value of an enum is counted in the slot that its table of choices has for it. */
static uint32_t choice_slot(const struct schema_choices *choices, const struct json_node *value)
{
    uint32_t hash =
        value->type == JSON_STRING ? str_hash(json_text(value)) : json_value_hash(value);
    size_t mask = choices->slot_count - 1;
    size_t i = hash & mask;
    while (choices->slots[i].node != NULL &&
           (choices->slots[i].hash != hash || !is_same(value, choices->slots[i].node)))
        i = (i + 1) & mask;
    return (uint32_t)i;
}

uint32_t coverage_place_value(const struct schema *schema, const struct json_node *value)
{
    return first_value(schema) + choice_slot(&schema_rule(schema, KEYWORD_ENUM)->u.choices, value);
}

uint32_t coverage_reached(const struct coverage_part *part, const struct schema *schema)
{
    const struct counter_block *block = counters_find(part->schemas, schema->id);
    uint32_t count = counter_read(block, PLACE_HITS);
    if (schema->rule_count > 0)
        count += counter_read(block, coverage_place_rule(0, true)) +
                 counter_read(block, coverage_place_rule(0, false));
    return count;
}

/* ---- counting ---- */

static struct counter_block *schema_block(struct counters *counters, const struct schema *schema)
{
    struct counter_block *block = counters_find(counters, schema->id);
    return block != NULL ? block : counters_make(counters, schema->id, schema_places(schema));
}

/* What is not the common case: kept apart, so that the common one needs no stack. */
static __attribute__((noinline)) void observe_more(struct counters *counters,
                                                   const struct schema *schema,
                                                   const struct rule *rule,
                                                   const struct json_node *instance, bool satisfied)
{
    struct counter_block *block = schema_block(counters, schema);
    if (rule == NULL) {
        counter_note(block, PLACE_HITS);
        return;
    }
    counter_note(block, coverage_place_rule((size_t)(rule - schema->rules), satisfied));
    if (rule->keyword == KEYWORD_ENUM && satisfied)
        counter_note(block, first_value(schema) + choice_slot(&rule->u.choices, instance));
}

/* Called for each rule at each value: thousands of times for one request. */
static void observe(void *context, const struct schema *schema, const struct rule *rule,
                    const struct json_node *instance, bool satisfied)
{
    struct counter_block *block = counters_find(context, schema->id);
    if (block == NULL || rule == NULL || rule->keyword == KEYWORD_ENUM)
        observe_more(context, schema, rule, instance, satisfied);
    else
        counter_note(block, coverage_place_rule((size_t)(rule - schema->rules), satisfied));
}

/* The counters of the exchange's part, or NULL. */
static struct coverage_part *part_of(struct exchange *exchange)
{
    struct coverage *coverage = coverage_of(exchange);
    for (size_t i = 0; coverage != NULL && i < coverage->bill->count; i++)
        if (coverage->bill->parts[i] == exchange->part)
            return &coverage->parts[i];
    return NULL;
}

/* NULL where nothing is counted, or no operation was met. */
static struct counter_block *operation_block(struct exchange *exchange)
{
    const struct operation *operation = exchange->operation;
    struct coverage_part *part = part_of(exchange);
    if (part == NULL || operation == NULL)
        return NULL;
    return counters_make(part->operations, operation->index, operation_places(operation));
}

void coverage_watch(struct exchange *exchange)
{
    struct coverage_part *part = part_of(exchange);
    exchange->findings.observe = part != NULL ? observe : NULL;
    exchange->findings.observe_context = part != NULL ? part->schemas : NULL;
}

void coverage_count_parameter(struct exchange *exchange, size_t index, bool present)
{
    struct counter_block *block = operation_block(exchange);
    if (block != NULL)
        counter_add(block, coverage_place_parameter(index, present));
}

/* Keywords that have no rule of their own: `properties` checks them. */
static void count_members(struct counters *schemas, const struct violation *violation)
{
    for (; violation != NULL; violation = violation->next) {
        const struct schema *schema = violation->schema;
        if (schema == NULL || schema->kind != SCHEMA_RULES)
            continue;
        if (violation->keyword == KEYWORD_REQUIRED)
            counter_note(schema_block(schemas, schema), coverage_place_missing(schema));
        else if (violation->keyword == KEYWORD_ADDITIONAL_PROPERTIES)
            counter_note(schema_block(schemas, schema), coverage_place_undeclared(schema));
    }
}

/* Zero where the client never sees one. */
static int status_seen(const struct response *response)
{
    const struct transport *transport = &response->transport;
    bool cut = transport->act != TRANSPORT_SEND && transport->at == TRANSPORT_AT_ACCEPT;
    bool valid = response->status >= FIRST_STATUS && response->status < FIRST_STATUS + STATUSES;
    return cut || !valid ? 0 : response->status;
}

void tally_count(struct tally *tally, bool violating, bool unmatched)
{
    atomic_fetch_add_explicit(&tally->requests, 1, memory_order_relaxed);
    if (violating)
        atomic_fetch_add_explicit(&tally->violating, 1, memory_order_relaxed);
    if (unmatched)
        atomic_fetch_add_explicit(&tally->unmatched, 1, memory_order_relaxed);
}

void coverage_count_exchange(struct exchange *exchange)
{
    struct counter_block *block = operation_block(exchange);
    if (block == NULL)
        return;
    int status = status_seen(exchange->response);
    counter_add(block, PLACE_HITS);
    if (status != 0)
        counter_add(block, coverage_place_status(exchange->operation, status));
    count_members(part_of(exchange)->schemas, exchange->findings.first);
}
