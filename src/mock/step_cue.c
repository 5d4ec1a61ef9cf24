/* Faults: whether one strikes, and what it does to the answer. */
#include "mock/pipeline.h"

/* An attempt's number as clients of Stainless' make tell it: 0 for the first. */
static uint32_t attempt_of(const struct request *request)
{
    struct str text = request_header(request, "x-stainless-retry-count");
    uint32_t retries = 0;
    for (size_t i = 0; i < text.len && i < 6 && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        retries = retries * 10 + (uint32_t)(text.data[i] - '0');
    return retries + 1;
}

static struct fault_subject subject_of(const struct exchange *exchange)
{
    const struct request *request = exchange->request;
    const struct operation *operation = exchange->operation;
    struct fault_pair *headers =
        arena_alloc(exchange->arena, (request->header_count + 1) * sizeof *headers);
    for (size_t i = 0; i < request->header_count; i++)
        headers[i] = (struct fault_pair){request->headers[i].name, request->headers[i].value};
    return (struct fault_subject){
        .method = request->method,
        .path = exchange->path,
        .query = request->query,
        .operation = operation != NULL ? operation->label : str_from(""),
        .operation_id = operation != NULL ? operation->id : str_from(""),
        .headers = headers,
        .header_count = request->header_count,
        .body = exchange->body_state == BODY_READ ? exchange->body : NULL,
        .attempt = attempt_of(request),
        .arena = exchange->arena,
    };
}

void step_cue(struct exchange *exchange)
{
    exchange->faults = world_faults(exchange->world);
    if (exchange->faults == NULL)
        return;
    struct fault_subject subject = subject_of(exchange);
    exchange->faulted = fault_decide(exchange->faults, &subject,
                                     clock_now_ns(&exchange->world->clock), &exchange->fault);
    if (exchange->faulted && !exchange->fault.act)
        exchange->answered = true; /* with what step_fault makes of it */
}

static bool is_header(struct str name, const char *wanted)
{
    return str_equal_ignoring_case(name, str_from(wanted));
}

/* The fault's headers replace those of the same name; the fault's own repeat as often as it says.
 */
static void set_headers(struct response *response, const struct fault_decision *fault)
{
    size_t kept = 0;
    for (size_t i = 0; i < response->header_count; i++) {
        bool replaced = false;
        for (size_t j = 0; j < fault->header_count; j++)
            replaced = replaced ||
                       str_equal_ignoring_case(response->headers[i].name, fault->headers[j].name);
        if (!replaced)
            response->headers[kept++] = response->headers[i];
    }
    response->header_count = kept;
    for (size_t i = 0; i < fault->header_count && response->header_count < RESPONSE_MAX_HEADERS;
         i++)
        response->headers[response->header_count++] =
            (struct name_value){fault->headers[i].name, fault->headers[i].value};
}

static void set_content_type(struct response *response, const char *type)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (is_header(response->headers[i].name, "content-type")) {
            response->headers[i].value = str_from(type);
            return;
        }
    }
    response_header(response, "content-type", str_from(type));
}

static const enum transport_act acts[] = {
    [FAULT_SEND] = TRANSPORT_SEND,   [FAULT_RESET] = TRANSPORT_RESET,
    [FAULT_CLOSE] = TRANSPORT_CLOSE, [FAULT_HANG] = TRANSPORT_HANG,
    [FAULT_EMPTY] = TRANSPORT_EMPTY, [FAULT_GARBAGE] = TRANSPORT_GARBAGE,
};

static const enum transport_at places[] = {
    [FAULT_AT_ACCEPT] = TRANSPORT_AT_ACCEPT,
    [FAULT_AT_HEAD] = TRANSPORT_AT_HEAD,
    [FAULT_AT_BYTE] = TRANSPORT_AT_BYTE,
    [FAULT_AT_END] = TRANSPORT_AT_END,
};

static void set_transport(struct response *response, const struct fault_decision *fault)
{
    struct fault_transport wire = fault_decision_transport(fault, response->body.len);
    response->transport = (struct transport){
        .act = acts[wire.act],
        .at = places[wire.at],
        .byte = wire.byte,
        .delay_us = wire.delay_us,
        .drip_bytes = wire.drip_bytes,
        .drip_every_us = wire.drip_every_us,
        .truncate = wire.truncate,
        .truncate_at = wire.truncate_at,
        .garbage_seed = wire.garbage_seed,
    };
}

void step_fault(struct exchange *exchange)
{
    if (!exchange->faulted)
        return;
    const struct fault_decision *fault = &exchange->fault;
    struct response *response = exchange->response;
    if (fault->status != 0) {
        response->status = fault->status;
        response->body = str_from("");
    }
    if (fault->has_body)
        response->body = fault->body;
    if (fault->has_body && fault->content_type != NULL)
        set_content_type(response, fault->content_type);
    set_headers(response, fault);
    set_transport(response, fault);
    if (response->status == 0)
        response->status = 200; /* never seen: the connection ends before the head */
}
