#include "mock/mock.h"

#include "base/mem.h"
#include "mock/pipeline.h"

#include <stdlib.h>

struct mock *mock_new(struct part *part, struct world *world, const struct mock_options *options)
{
    struct mock *mock = mem_alloc_zero(sizeof *mock);
    mock->options = *options;
    mock->part = part;
    mock->world = world;
    mock->started_ns = clock_monotonic_ns();
    pthread_mutex_init(&mock->lock, NULL);
    return mock;
}

void mock_free(struct mock *mock)
{
    if (mock == NULL)
        return;
    part_release(mock->part);
    world_free(mock->world);
    pthread_mutex_destroy(&mock->lock);
    free(mock);
}

struct part *mock_part(struct mock *mock)
{
    pthread_mutex_lock(&mock->lock);
    struct part *part = part_retain(mock->part);
    pthread_mutex_unlock(&mock->lock);
    return part;
}

void mock_set_part(struct mock *mock, struct part *part)
{
    pthread_mutex_lock(&mock->lock);
    struct part *former = mock->part;
    mock->part = part;
    pthread_mutex_unlock(&mock->lock);
    part_release(former);
}

static void handle(void *context, const struct request *request, struct response *response,
                   struct arena *arena, void **token)
{
    struct mock *mock = context;
    struct exchange *exchange = arena_alloc_zero(arena, sizeof *exchange);
    exchange->mock = mock;
    exchange->part = mock_part(mock);
    exchange->world = mock->world;
    exchange->request = request;
    exchange->response = response;
    exchange->arena = arena;
    exchange->path = request->path;
    *token = exchange;
    pipeline_run(exchange);
}

static void write_log(const struct exchange *exchange, bool complete, uint64_t bytes,
                      uint64_t duration_ns)
{
    const struct log *log = exchange->mock->options.log;
    if (log == NULL || !log_wants(log, LOG_LEVEL_INFO))
        return;
    struct log_request line = {
        .method = exchange->request->method,
        .path = exchange->path,
        .query = exchange->request->query,
        .operation = exchange->operation != NULL ? exchange->operation->label : str_from(""),
        .world = exchange->world->name,
        .fault = exchange->faulted ? exchange->fault.rule : str_from(""),
        .id = exchange->entry != NULL ? exchange->entry->id : 0,
        .status = exchange->response->status,
        .bytes = bytes,
        .duration_ns = duration_ns,
        .violations = exchange->findings.count,
        .incomplete = !complete,
    };
    log_request(log, &line);
}

static void sent(void *context, void *token, bool complete, uint64_t bytes)
{
    (void)context;
    struct exchange *exchange = token;
    uint64_t duration_ns = clock_monotonic_ns() - exchange->request->received_ns;
    write_log(exchange, complete, bytes, duration_ns);
    if (exchange->entry != NULL)
        journal_finish(exchange->entry, complete, bytes, duration_ns);
    fault_state_release(exchange->faults);
    part_release(exchange->part);
}

struct handler mock_handler(struct mock *mock)
{
    return (struct handler){.context = mock, .handle = handle, .sent = sent};
}
