#include "mock/exchange.h"

void exchange_answer(struct exchange *exchange, int status, const char *type, struct str body)
{
    exchange->response->status = status;
    exchange->response->body = body;
    if (type != NULL)
        response_header(exchange->response, "content-type", str_from(type));
    exchange->answered = true;
}

void exchange_answer_json(struct exchange *exchange, int status, const struct buf *body)
{
    exchange_answer(exchange, status, "application/json", buf_str(body));
}

void exchange_answer_empty(struct exchange *exchange, int status)
{
    exchange_answer(exchange, status, NULL, str_from(""));
}

struct buf exchange_buf(const struct exchange *exchange)
{
    struct buf buf;
    buf_init(&buf, exchange->arena);
    return buf;
}

struct parameter_input exchange_input(const struct exchange *exchange)
{
    return (struct parameter_input){
        .route = &exchange->match,
        .format = exchange->query_format,
        .query = exchange->request->query,
        .headers = exchange->request->headers,
        .header_count = exchange->request->header_count,
    };
}

const char *exchange_json_fault(const struct exchange *exchange)
{
    struct source_position at =
        source_position(&exchange->body_source, exchange->json_error.offset);
    return arena_printf(exchange->arena, "%s at line %u, column %u",
                        json_fault_text(exchange->json_error.fault), at.line, at.column);
}
