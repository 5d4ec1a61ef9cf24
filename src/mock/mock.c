#include "mock/mock.h"

#include "base/mem.h"
#include "mock/dialect.h"
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

/* "#7 /body/a: type: expected string, got integer (spec.yaml:12:9)", a line each. */
static void write_violations(const struct exchange *exchange)
{
    const struct log *log = exchange->mock->options.log;
    unsigned long long id = exchange->entry != NULL ? exchange->entry->id : 0;
    size_t count = 0;
    for (const struct violation *violation = exchange->findings.first;
         violation != NULL && count < VIOLATIONS_IN_LOG; violation = violation->next, count++) {
        struct buf line = exchange_buf(exchange);
        json_path_print(violation->path, &line);
        buf_printf(&line, ": %s: ", keyword_name(violation->keyword));
        violation_describe(violation, &line);
        buf_add_text(&line, " (");
        if (!violation_place(violation, &line))
            buf_add_text(&line, "not written in the document");
        log_message(log, LOG_LEVEL_DEBUG, "#%llu %s)", id, buf_text(&line));
    }
    if (count < exchange->findings.count)
        log_message(log, LOG_LEVEL_DEBUG, "#%llu and %zu more", id,
                    exchange->findings.count - count);
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
    if (log_wants(log, LOG_LEVEL_DEBUG))
        write_violations(exchange);
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
    write_log(exchange, complete, bytes, duration_ns);
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
