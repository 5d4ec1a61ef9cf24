/* Faults: whether one strikes, and what it does to the answer. */
#include "mock/answer.h"
#include "mock/faults.h"
#include "mock/mistake.h"
#include "mock/pipeline.h"
#include "mock/violate.h"

/* An attempt's number as clients of Stainless' make tell it: 0 for the first. */
static uint32_t attempt_of(const struct request *request)
{
    struct str text = request_header(request, "x-stainless-retry-count");
    uint32_t retries = 0;
    for (size_t i = 0; i < text.len && i < 6 && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        retries = retries * 10 + (uint32_t)(text.data[i] - '0');
    return retries + 1;
}

/* Neither layer may know the other's pairs; they are the same, and need not be copied. */
_Static_assert(sizeof(struct fault_pair) == sizeof(struct name_value) &&
                   offsetof(struct fault_pair, name) == offsetof(struct name_value, name) &&
                   offsetof(struct fault_pair, value) == offsetof(struct name_value, value),
               "a pair of the fault layer is laid out as one of the request's");

static struct fault_subject subject_of(const struct exchange *exchange)
{
    const struct request *request = exchange->request;
    const struct operation *operation = exchange->operation;
    return (struct fault_subject){
        .method = request->method,
        .path = exchange->path,
        .query = request->query,
        .operation = operation != NULL ? operation->label : str_from(""),
        .operation_id = operation != NULL ? operation->id : str_from(""),
        .headers = (const struct fault_pair *)(const void *)request->headers,
        .header_count = request->header_count,
        .body = exchange->body_state == BODY_READ ? exchange->body : NULL,
        .attempt = attempt_of(request),
        .arena = exchange->arena,
    };
}

static void decide(struct exchange *exchange, struct fault_state *state,
                   const struct fault_subject *subject)
{
    exchange->faulted =
        fault_decide(state, subject, clock_now_ns(&exchange->world->clock), &exchange->fault);
}

/*
 * The request may bring a rule of its own, which goes before those of the plan.
 * It has no memory; its draws depend on the world's seed and on how many such
 * requests came before.
 */
static void decide_by_header(struct exchange *exchange, struct str text,
                             const struct fault_subject *subject)
{
    struct diags diags;
    diags_init(&diags);
    struct fault_plan *plan = faults_read_header(exchange->bill, text, &diags);
    if (plan == NULL) {
        mistake_answer_diags(exchange, 400, "the header X-Understudy-Fault has mistakes", &diags);
    } else {
        uint64_t number = atomic_fetch_add(&exchange->world->draws, 1);
        struct fault_state *state = fault_state_new(plan, exchange->world->seed ^ number, 0);
        decide(exchange, state, subject);
        fault_state_release(state);
        fault_plan_release(plan);
    }
    diags_free(&diags);
}

void step_cue(struct exchange *exchange)
{
    struct str header = request_header(exchange->request, "x-understudy-fault");
    exchange->faults = world_faults(exchange->world);
    if (header.data == NULL && exchange->faults == NULL)
        return;
    struct fault_subject subject = subject_of(exchange);
    if (header.data != NULL)
        decide_by_header(exchange, header, &subject);
    if (!exchange->answered && !exchange->faulted && exchange->faults != NULL)
        decide(exchange, exchange->faults, &subject);
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

/* Where time stands still nobody waits: the clock moves on by what would have passed. */
static void pass_time(struct exchange *exchange, struct fault_transport *wire)
{
    const uint64_t longest_us = INT64_MAX / 2000;
    struct clock *clock = &exchange->world->clock;
    uint64_t pieces = wire->drip_bytes > 0 ? exchange->response->body.len / wire->drip_bytes : 0;
    bool fits = wire->drip_every_us == 0 || pieces < longest_us / wire->drip_every_us;
    uint64_t passing_us = wire->delay_us + (fits ? pieces * wire->drip_every_us : longest_us);
    if (passing_us == 0 || !clock_is_frozen(clock))
        return;
    clock_advance(clock, (int64_t)passing_us * 1000);
    wire->delay_us = 0;
    wire->drip_bytes = 0;
    wire->drip_every_us = 0;
}

/* A stream stays one, unless it drips or is another body now. */
static void keep_pieces(struct response *response, const struct transport *before)
{
    struct transport *now = &response->transport;
    bool is_body =
        before->piece_count > 0 && before->pieces[before->piece_count - 1] == response->body.len;
    if (!is_body || now->drip_bytes > 0)
        return;
    now->pieces = before->pieces;
    now->piece_count = before->piece_count;
    now->drip_every_us = before->drip_every_us;
}

static void set_transport(struct exchange *exchange)
{
    const struct fault_decision *fault = &exchange->fault;
    struct response *response = exchange->response;
    struct fault_transport wire = fault_decision_transport(fault, response->body.len);
    pass_time(exchange, &wire);
    const struct transport before = response->transport;
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
    keep_pieces(response, &before);
}

/*
 * A plan that says `status: 404, violate: [null]` and no body means the answer
 * that the contract declares for that status.
 */
static void declare_body(struct exchange *exchange, const struct media_type *content)
{
    static const struct answer_wish whatever = {.dynamic = false};
    struct buf out = exchange_buf(exchange);
    if (answer_write(exchange, content, &whatever, &out) != ANSWER_WRITTEN)
        return;
    exchange->response->body = buf_str(&out);
    set_content_type(exchange->response, "application/json");
}

static void violate(struct exchange *exchange)
{
    const struct fault_decision *fault = &exchange->fault;
    struct response *response = exchange->response;
    const struct media_type *content =
        exchange->role != NULL ? answer_declared(exchange->operation, response->status) : NULL;
    if (fault->status != 0 && !fault->has_body && content != NULL)
        declare_body(exchange, content);
    struct buf notes = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&notes);
    json_begin_array(&writer);
    response->body =
        violate_body(response->body, content != NULL ? content->schema : NULL, fault->violate,
                     fault->transport.garbage_seed, exchange->arena, &writer);
    json_end_array(&writer);
    exchange->broke = buf_str(&notes);
    if ((fault->violate & FAULT_WRONG_CONTENT_TYPE) != 0)
        set_content_type(response, "text/html; charset=utf-8");
}

/* Not even a status line was on its way, and nothing had been done: there was no answer. */
static bool nothing_was_answered(const struct exchange *exchange)
{
    const struct transport *transport = &exchange->response->transport;
    return !exchange->fault.act && transport->act != TRANSPORT_SEND &&
           transport->at == TRANSPORT_AT_ACCEPT;
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
    if (fault->violate != 0)
        violate(exchange);
    set_transport(exchange);
    if (nothing_was_answered(exchange))
        response->status = 0;
}
