#include "mock/mock.h"

#include "base/mem.h"
#include "mock/dialect.h"
#include "mock/log_exchange.h"
#include "mock/pipeline.h"

#include <stdlib.h>

enum { VIOLATIONS_IN_LOG = 20, DEFAULT_STREAM_COUNT = 5 };

struct mock *mock_new(struct bill *bill, struct worlds *worlds, const struct mock_options *options)
{
    struct mock *mock = mem_alloc_zero(sizeof *mock);
    mock->options = *options;
    if (mock->options.generation.stream_count == 0)
        mock->options.generation.stream_count = DEFAULT_STREAM_COUNT;
    mock->bill = bill;
    mock->worlds = worlds;
    mock->started_ns = clock_monotonic_ns();
    pthread_mutex_init(&mock->lock, NULL);
    breaches_init(&mock->breaches);
    return mock;
}

void mock_free(struct mock *mock)
{
    if (mock == NULL)
        return;
    bill_release(mock->bill);
    worlds_free(mock->worlds);
    coverage_release(mock->coverage);
    pthread_mutex_destroy(&mock->lock);
    breaches_free(&mock->breaches);
    free(mock);
}

struct bill *mock_bill(struct mock *mock)
{
    pthread_mutex_lock(&mock->lock);
    struct bill *bill = bill_retain(mock->bill);
    pthread_mutex_unlock(&mock->lock);
    return bill;
}

void mock_set_bill(struct mock *mock, struct bill *bill)
{
    pthread_mutex_lock(&mock->lock);
    struct bill *former = mock->bill;
    mock->bill = bill;
    pthread_mutex_unlock(&mock->lock);
    bill_release(former);
}

static void handle(void *context, const struct request *request, struct response *response,
                   struct arena *arena, void **token)
{
    struct mock *mock = context;
    struct exchange *exchange = arena_alloc_zero(arena, sizeof *exchange);
    exchange->mock = mock;
    exchange->bill = mock_bill(mock);
    exchange->part = exchange->bill->parts[0];
    exchange->dialect = exchange->part->main_voice;
    exchange->request = request;
    exchange->response = response;
    exchange->arena = arena;
    exchange->path = request->path;
    *token = exchange;
    pipeline_run(exchange);
}

static void finish_entry(const struct exchange *exchange, bool complete, uint64_t bytes,
                         uint64_t duration_ns)
{
    struct journal_file *file = exchange->mock->options.journal_file;
    struct journal_entry *entry = file != NULL ? journal_retain(exchange->entry) : NULL;
    journal_finish(exchange->entry, complete, bytes, duration_ns);
    if (file != NULL)
        journal_file_add(file, entry);
}

static void sent(void *context, void *token, bool complete, uint64_t bytes)
{
    (void)context;
    struct exchange *exchange = token;
    uint64_t duration_ns = clock_monotonic_ns() - exchange->request->received_ns;
    log_exchange(exchange, complete, bytes, duration_ns);
    if (exchange->entry != NULL)
        finish_entry(exchange, complete, bytes, duration_ns);
    fault_state_release(exchange->faults);
    coverage_release(exchange->coverage);
    world_release(exchange->world);
    bill_release(exchange->bill);
}

struct handler mock_handler(struct mock *mock)
{
    return (struct handler){.context = mock, .handle = handle, .sent = sent};
}
