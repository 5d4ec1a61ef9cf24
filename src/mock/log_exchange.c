#include "mock/log_exchange.h"

enum { VIOLATIONS_MOST = 20 };

static uint64_t id_of(const struct exchange *exchange)
{
    return exchange->entry != NULL ? exchange->entry->id : 0;
}

static void log_request_line(const struct exchange *exchange, bool complete, uint64_t bytes,
                             uint64_t duration_ns)
{
    struct log_request line = {
        .method = exchange->request->method,
        .path = exchange->path,
        .query = exchange->request->query,
        .operation = exchange->operation != NULL ? exchange->operation->label : str_from(""),
        .world = exchange->world->name,
        .fault = exchange->faulted ? exchange->fault.rule : str_from(""),
        .id = id_of(exchange),
        .status = exchange->response->status,
        .bytes = bytes,
        .duration_ns = duration_ns,
        .violations = exchange->findings.count,
        .incomplete = !complete,
    };
    log_request(exchange->mock->options.log, &line);
}

static void log_finding(const struct exchange *exchange, const struct violation *violation)
{
    struct buf path = exchange_buf(exchange);
    struct buf message = exchange_buf(exchange);
    struct buf place = exchange_buf(exchange);
    json_path_print(violation->path, &path);
    violation_describe(violation, &message);
    violation_place(violation, &place);
    struct log_reason reason = {.id = id_of(exchange),
                                .path = buf_str(&path),
                                .keyword = str_from(keyword_name(violation->keyword)),
                                .message = buf_str(&message),
                                .place = buf_str(&place)};
    log_reason(exchange->mock->options.log, &reason);
}

static void log_findings(const struct exchange *exchange)
{
    const struct violation *violation = exchange->findings.first;
    size_t count = 0;
    for (; violation != NULL && count < VIOLATIONS_MOST; violation = violation->next, count++)
        log_finding(exchange, violation);
    if (count < exchange->findings.count)
        log_message(exchange->mock->options.log, LOG_LEVEL_DEBUG, "#%llu and %zu more",
                    (unsigned long long)id_of(exchange), exchange->findings.count - count);
}

static void log_other_reason(const struct exchange *exchange)
{
    struct log_reason reason = {.id = id_of(exchange)};
    if (exchange->refusal != NULL) {
        reason.message = str_from(exchange->refusal);
    } else if (exchange->body_state == BODY_BROKEN && exchange->response->status >= 400) {
        reason.path = str_from("/body");
        reason.keyword = str_from("json");
        reason.message = str_from(exchange_json_fault(exchange));
    } else {
        return;
    }
    log_reason(exchange->mock->options.log, &reason);
}

void log_exchange(const struct exchange *exchange, bool complete, uint64_t bytes,
                  uint64_t duration_ns)
{
    const struct log *log = exchange->mock->options.log;
    if (log == NULL || !log_wants(log, LOG_LEVEL_INFO))
        return;
    log_request_line(exchange, complete, bytes, duration_ns);
    if (!log_wants(log, LOG_LEVEL_DEBUG))
        return;
    log_findings(exchange);
    log_other_reason(exchange);
}
