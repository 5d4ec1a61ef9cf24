/* The closing steps: headers for every answer, the check of answers, the journal. */
#include "mock/dialect.h"
#include "mock/pipeline.h"

/*
 * Any origin may read any answer: the stand-in holds no secrets, and a browser
 * that develops against it comes from wherever its dev server listens. The
 * origin is named (not "*") so that requests with credentials work too.
 */
static void allow_origin(struct exchange *exchange)
{
    struct str origin = request_header(exchange->request, "origin");
    if (origin.data == NULL)
        return;
    struct response *response = exchange->response;
    response_header(response, "access-control-allow-origin", origin);
    response_header(response, "access-control-allow-credentials", str_from("true"));
    response_header(response, "vary", str_from("Origin"));
    struct buf exposed = exchange_buf(exchange);
    for (size_t i = 0; i < response->header_count; i++) {
        struct str name = response->headers[i].name;
        if (str_starts_with(name, "access-control-") || str_is(name, "vary"))
            continue;
        if (exposed.len > 0)
            buf_add_text(&exposed, ", ");
        buf_add_str(&exposed, name);
    }
    if (exposed.len > 0)
        response_header(response, "access-control-expose-headers", buf_str(&exposed));
}

static void warn_of_repeated_names(struct exchange *exchange)
{
    const struct json_node *repeated = exchange->document.repeated;
    if (exchange->body_state != BODY_READ || repeated == NULL)
        return;
    struct buf out = exchange_buf(exchange);
    struct buf words = exchange_buf(exchange);
    buf_add_text(&words, "the body names ");
    json_write_string(&words, json_name(repeated));
    buf_add_text(&words, " more than once; the last value counts");
    buf_add_char(&out, '[');
    json_write_string(&out, buf_str(&words));
    buf_add_char(&out, ']');
    exchange->warnings = buf_str(&out);
}

static size_t count_kept(const struct validation *findings)
{
    size_t kept = 0;
    for (const struct violation *violation = findings->first; violation != NULL;
         violation = violation->next)
        kept++;
    return kept;
}

static void tell_of_cut_list(struct exchange *exchange)
{
    const struct validation *findings = &exchange->findings;
    if (!findings->truncated && exchange->entries_left_out == 0)
        return;
    size_t shown = count_kept(findings);
    size_t found = findings->count;
    if (exchange->entries_left_out > 0) {
        found += exchange->entries_written + exchange->entries_left_out - shown;
        shown = exchange->entries_written;
    }
    struct buf value = exchange_buf(exchange);
    buf_printf(&value, "%zu of %zu", shown, found);
    response_header(exchange->response, "x-understudy-violations-shown", buf_str(&value));
}

void step_finish(struct exchange *exchange)
{
    warn_of_repeated_names(exchange);
    tell_of_cut_list(exchange);
    if (exchange->dialect->finish != NULL && !exchange->is_admin && !exchange->is_mistake)
        exchange->dialect->finish(exchange);
    allow_origin(exchange);
}

/* ---- does our own answer keep the contract? ---- */

static const struct media_type *declared_json(const struct operation *operation, int status)
{
    const struct response_spec *response = operation_response(operation, status);
    for (size_t i = 0; response != NULL && i < response->content_count; i++)
        if (media_type_is_json(response->content[i].range))
            return &response->content[i];
    return NULL;
}

static void report_broken_answer(struct exchange *exchange, const char *what)
{
    atomic_fetch_add(&exchange->mock->broken_answers, 1);
    if (exchange->mock->options.log != NULL)
        log_message(exchange->mock->options.log, LOG_LEVEL_ERROR,
                    "our answer to %.*s breaks the contract: %s",
                    (int)exchange->operation->label.len, exchange->operation->label.data, what);
}

static void check_against(struct exchange *exchange, const struct schema *schema)
{
    struct source source = {.name = "answer", .text = exchange->response->body};
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    if (!json_read(exchange->arena, &source, &options, &document, &error)) {
        report_broken_answer(exchange, json_fault_text(error.fault));
        return;
    }
    struct validation validation = {.arena = exchange->arena, .direction = DIRECTION_RESPONSE};
    if (schema_validate(schema, document.root, &validation) == VALIDATE_VALID)
        return;
    struct buf words = exchange_buf(exchange);
    if (validation.first != NULL) {
        json_path_print(validation.first->path, &words);
        buf_add_text(&words, ": ");
        violation_describe(validation.first, &words);
    }
    report_broken_answer(exchange, buf_text(&words));
}

void step_check(struct exchange *exchange)
{
    if (!exchange->mock->options.check_answers || exchange->faulted || exchange->role == NULL ||
        exchange->is_admin || exchange->is_mistake)
        return;
    const struct media_type *content =
        declared_json(exchange->operation, exchange->response->status);
    if (content != NULL && content->schema != NULL)
        check_against(exchange, content->schema);
}

/* ---- the journal ---- */

static struct journal_header *journal_headers(struct exchange *exchange,
                                              const struct name_value *headers, size_t count)
{
    struct journal_header *copy = arena_alloc(exchange->arena, (count + 1) * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = (struct journal_header){headers[i].name, headers[i].value};
    return copy;
}

/* `text` is for texts that are to be quoted. */
static void write_violation(struct json_writer *writer, const struct violation *violation,
                            struct buf *text)
{
    json_begin_object(writer);
    text->len = 0;
    json_path_print(violation->path, text);
    json_put_key(writer, "path");
    json_put_string(writer, buf_str(text));
    json_put_key(writer, "keyword");
    json_put_text(writer, keyword_name(violation->keyword));
    text->len = 0;
    violation_describe(violation, text);
    json_put_key(writer, "message");
    json_put_string(writer, buf_str(text));
    text->len = 0;
    if (violation_place(violation, text)) {
        json_put_key(writer, "rule");
        json_put_string(writer, buf_str(text));
    }
    json_end_object(writer);
}

enum { VIOLATIONS_IN_JOURNAL = 20, VIOLATION_BYTES = 300 };

static struct str violations_text(struct exchange *exchange)
{
    if (exchange->findings.first == NULL)
        return str_from("");
    struct buf out = exchange_buf(exchange);
    struct buf text = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    size_t count = 0;
    buf_reserve(&out, VIOLATION_BYTES);
    json_begin_array(&writer);
    for (const struct violation *violation = exchange->findings.first;
         violation != NULL && count < VIOLATIONS_IN_JOURNAL; violation = violation->next, count++)
        write_violation(&writer, violation, &text);
    json_end_array(&writer);
    return buf_str(&out);
}

/* The decision, and behind its last member what `violate` made of the answer. */
static struct str fault_text(struct exchange *exchange)
{
    if (!exchange->faulted)
        return str_from("");
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    fault_decision_write_json(&exchange->fault, &writer);
    if (exchange->broke.len > 0) {
        out.len--; /* the closing brace */
        json_put_key(&writer, "broke");
        json_put_raw(&writer, exchange->broke);
        json_end_object(&writer);
    }
    return buf_str(&out);
}

/* How the fault ended the connection; empty: it did not. */
static struct str connection_text(const struct exchange *exchange)
{
    static const char *const words[] = {
        [FAULT_SEND] = "",     [FAULT_RESET] = "reset", [FAULT_CLOSE] = "close",
        [FAULT_HANG] = "hang", [FAULT_EMPTY] = "empty", [FAULT_GARBAGE] = "garbage",
    };
    return str_from(exchange->faulted ? words[exchange->fault.transport.act] : "");
}

void step_journal(struct exchange *exchange)
{
    if (exchange->is_admin)
        return;
    const struct request *request = exchange->request;
    const struct response *response = exchange->response;
    bool answered = response->status != 0;
    size_t response_header_count = answered ? response->header_count : 0;
    struct journal_exchange facts = {
        .time_ns = clock_now_ns(&exchange->world->clock),
        .started_ns = request->received_ns,
        .world = exchange->world->name,
        .remote = request->remote,
        .method = request->method,
        .path = exchange->path,
        .query = request->query,
        .headers = journal_headers(exchange, request->headers, request->header_count),
        .header_count = request->header_count,
        .body = request->body,
        .operation = exchange->operation != NULL ? exchange->operation->label : str_from(""),
        .status = response->status,
        .response_headers = journal_headers(exchange, response->headers, response_header_count),
        .response_header_count = response_header_count,
        .response_body = answered ? response->body : str_from(""),
        .violation_count = exchange->findings.count,
        .violations = violations_text(exchange),
        .warnings = exchange->warnings,
        .fault_name = exchange->faulted ? exchange->fault.rule : str_from(""),
        .fault = fault_text(exchange),
        .connection = connection_text(exchange),
    };
    exchange->entry = journal_add(exchange->world->journal, &facts);
}
