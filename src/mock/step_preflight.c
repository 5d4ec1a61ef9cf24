/* CORS: preflights are answered for any origin and path (Fetch standard, 3.2.2). */
#include "mock/pipeline.h"

void step_preflight(struct exchange *exchange)
{
    const struct request *request = exchange->request;
    struct str wanted_method = request_header(request, "access-control-request-method");
    struct str origin = request_header(request, "origin");
    if (!str_is(request->method, "OPTIONS") || wanted_method.data == NULL || origin.data == NULL)
        return;
    struct response *response = exchange->response;
    struct str wanted_headers = request_header(request, "access-control-request-headers");
    exchange_answer_empty(exchange, 204);
    response_header(response, "access-control-allow-methods", wanted_method);
    if (wanted_headers.len > 0)
        response_header(response, "access-control-allow-headers", wanted_headers);
    response_header(response, "access-control-max-age", str_from("600"));
}
