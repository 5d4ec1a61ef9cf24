/*
 * Steady 0.22, the mock server of Stainless' SDK tests: 400 with {"error":
 * "Validation failed", "steady": {valid, errors}} and the X-Steady-... headers.
 *
 * Where Steady writes a header for each of thousands of faults, which no client
 * survives, this stops after twenty; the body has them all. Violations of every
 * category are refused: unlike Steady, this server takes the contract at its
 * word. `X-Steady-Reject-On-Error: false` gives the answer that a valid request
 * would get, without carrying the operation out.
 */
#include "mock/answer.h"
#include "mock/dialect.h"
#include "mock/steady_code.h"
#include "json/writer.h"

enum {
    HEADERS_FOR = 20, /* errors that headers tell of */
    HEADER_MAX = 160, /* characters of a value */
    ACTUAL_MAX = 200, /* bytes of a value that is shown */
};

/* One fault, wherever it was found. */
struct finding {
    const struct steady_code *code;
    struct str path;     /* "body.items.0" */
    struct str message;  /* in words */
    struct str expected; /* JSON text, or empty */
    struct str actual;   /* JSON text, or empty */
    struct str reason;   /* why it is the client's fault */
};

/* ---- headers ---- */

/* Visible ASCII only, and not too much of it; every other character is a question mark. */
static struct str header_value(struct exchange *exchange, struct str text)
{
    struct buf value = exchange_buf(exchange);
    for (size_t i = 0; i < text.len && value.len < HEADER_MAX; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x80 && c < 0xc0)
            continue; /* of the character before */
        buf_add_char(&value, c >= 0x20 && c < 0x7f ? (char)c : '?');
    }
    return buf_str(&value);
}

static void add_error_header(struct exchange *exchange, size_t number, const char *what,
                             struct str value)
{
    char *name = arena_printf(exchange->arena, "x-steady-error-%zu-%s", number, what);
    response_header(exchange->response, name, header_value(exchange, value));
}

static void add_headers(struct exchange *exchange, const struct finding *finding, size_t number)
{
    if (number > HEADERS_FOR)
        return;
    add_error_header(exchange, number, "code", str_from(finding->code->code));
    add_error_header(exchange, number, "path", finding->path);
    add_error_header(exchange, number, "message", finding->message);
}

static void add_verdict(struct exchange *exchange, size_t count)
{
    response_header(exchange->response, "x-steady-request-valid",
                    str_from(count > 0 ? "false" : "true"));
    response_header(exchange->response, "x-steady-error-count",
                    str_from(arena_printf(exchange->arena, "%zu", count)));
}

static bool has_verdict(const struct response *response)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (str_is(response->headers[i].name, "x-steady-error-count"))
            return true;
    return false;
}

/* ---- what a violation is in Steady's terms ---- */

static void write_path(const struct json_path *path, struct buf *out)
{
    if (path == NULL)
        return;
    write_path(path->up, out);
    if (path->up != NULL)
        buf_add_char(out, '.');
    if (path->name.data != NULL)
        buf_add_str(out, path->name);
    else
        buf_add_uint(out, path->index);
}

/* A property that is missing is a fault of the object around it. */
static bool is_missing_member(const struct violation *violation)
{
    return !steady_is_absent(violation) && (violation->keyword == KEYWORD_REQUIRED ||
                                            violation->keyword == KEYWORD_DEPENDENT_REQUIRED);
}

static struct str path_of(struct exchange *exchange, const struct violation *violation)
{
    struct buf out = exchange_buf(exchange);
    bool missing = is_missing_member(violation) && violation->path != NULL;
    write_path(missing ? violation->path->up : violation->path, &out);
    return buf_str(&out);
}

static struct str message_of(struct exchange *exchange, const struct violation *violation)
{
    struct buf out = exchange_buf(exchange);
    struct str location = path_of(exchange, violation);
    if (is_missing_member(violation)) {
        buf_add_text(&out, "Missing required property: ");
        buf_add_str(&out, violation->name);
    } else if (steady_is_absent(violation) && str_is(location, "body")) {
        buf_add_text(&out, "Missing request body");
    } else if (steady_is_absent(violation)) {
        buf_add_text(&out, "Missing required parameter: ");
        buf_add_str(&out, location);
    } else {
        violation_describe(violation, &out);
    }
    return buf_str(&out);
}

/* The rule's own value where that tells something: a type, a limit, the allowed values. */
static struct str expected_of(struct exchange *exchange, const struct violation *violation)
{
    static const enum keyword telling[] = {
        KEYWORD_TYPE,
        KEYWORD_ENUM,
        KEYWORD_CONST,
        KEYWORD_MAX_LENGTH,
        KEYWORD_MIN_LENGTH,
        KEYWORD_PATTERN,
        KEYWORD_FORMAT,
        KEYWORD_MULTIPLE_OF,
        KEYWORD_MAXIMUM,
        KEYWORD_MINIMUM,
        KEYWORD_EXCLUSIVE_MAXIMUM,
        KEYWORD_EXCLUSIVE_MINIMUM,
        KEYWORD_MAX_ITEMS,
        KEYWORD_MIN_ITEMS,
        KEYWORD_MAX_PROPERTIES,
        KEYWORD_MIN_PROPERTIES,
    };
    struct buf out = exchange_buf(exchange);
    if (is_missing_member(violation))
        json_write_string(&out, violation->name);
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
        if (violation->keyword == telling[i] && violation->rule != NULL)
            json_write(&out, violation->rule, JSON_EXACT);
    return buf_str(&out);
}

/* A short scalar as it is, else what kind of value it was. */
static struct str actual_of(struct exchange *exchange, const struct violation *violation)
{
    const struct json_node *instance = violation->instance;
    struct buf out = exchange_buf(exchange);
    if (instance == NULL || is_missing_member(violation))
        return str_from("");
    bool scalar = instance->type != JSON_ARRAY && instance->type != JSON_OBJECT;
    if (scalar && instance->size <= ACTUAL_MAX)
        json_write(&out, instance, JSON_EXACT);
    else
        json_write_string(&out, str_from(json_type_name((enum json_type)instance->type)));
    return buf_str(&out);
}

static struct str reason_of(struct exchange *exchange, const struct violation *violation)
{
    struct buf out = exchange_buf(exchange);
    buf_printf(&out, "the contract's %s", keyword_name(violation->keyword));
    if (violation->rule != NULL && violation->rule->source != NULL) {
        const struct source *source = violation->rule->source;
        struct source_position at = source_position(source, violation->rule->offset);
        buf_printf(&out, " at %s:%u:%u", source->name, at.line, at.column);
    }
    return buf_str(&out);
}

static struct finding finding_of(struct exchange *exchange, const struct violation *violation)
{
    return (struct finding){
        .code = steady_code_of(violation),
        .path = path_of(exchange, violation),
        .message = message_of(exchange, violation),
        .expected = expected_of(exchange, violation),
        .actual = actual_of(exchange, violation),
        .reason = reason_of(exchange, violation),
    };
}

/* ---- bodies ---- */

static void put_finding(struct json_writer *writer, const struct finding *finding)
{
    json_begin_object(writer);
    json_put_key(writer, "code");
    json_put_text(writer, finding->code->code);
    json_put_key(writer, "severity");
    json_put_text(writer, finding->code->severity);
    json_put_key(writer, "category");
    json_put_text(writer, finding->code->category);
    json_put_key(writer, "path");
    json_put_string(writer, finding->path);
    json_put_key(writer, "message");
    json_put_string(writer, finding->message);
    if (finding->expected.len > 0) {
        json_put_key(writer, "expected");
        json_put_raw(writer, finding->expected);
    }
    if (finding->actual.len > 0) {
        json_put_key(writer, "actual");
        json_put_raw(writer, finding->actual);
    }
    json_put_key(writer, "attribution");
    json_begin_object(writer);
    json_put_key(writer, "confidence");
    json_put_int(writer, 1);
    json_put_key(writer, "reasoning");
    json_begin_array(writer);
    json_put_string(writer, finding->reason);
    json_end_array(writer);
    json_end_object(writer);
    json_put_key(writer, "suggestion");
    json_put_text(writer, finding->code->suggestion);
    json_end_object(writer);
}

static void begin_rejection(struct json_writer *writer)
{
    json_begin_object(writer);
    json_put_key(writer, "error");
    json_put_text(writer, "Validation failed");
    json_put_key(writer, "steady");
    json_begin_object(writer);
    json_put_key(writer, "valid");
    json_put_bool(writer, false);
    json_put_key(writer, "errors");
    json_begin_array(writer);
}

static void end_rejection(struct json_writer *writer)
{
    json_end_array(writer);
    json_end_object(writer);
    json_end_object(writer);
}

/* A client may prefer an answer although its request is wrong. */
static bool rejects(const struct exchange *exchange)
{
    struct str said = request_header(exchange->request, "x-steady-reject-on-error");
    if (exchange->role == NULL)
        return true;
    if (said.data == NULL)
        return !exchange->mock->options.steady_is_lenient;
    return !str_equal_ignoring_case(str_trim(said), str_from("false"));
}

static void reject(struct exchange *exchange, const struct buf *body)
{
    if (rejects(exchange))
        exchange_answer_json(exchange, 400, body);
    else
        answer_example(exchange);
}

static void reject_one(struct exchange *exchange, const struct finding *finding)
{
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    begin_rejection(&writer);
    put_finding(&writer, finding);
    end_rejection(&writer);
    reject(exchange, &out);
    add_verdict(exchange, 1);
    add_headers(exchange, finding, 1);
}

static void answer_violations(struct exchange *exchange)
{
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    begin_rejection(&writer);
    for (const struct violation *violation = exchange->findings.first; violation != NULL;
         violation = violation->next) {
        struct finding finding = finding_of(exchange, violation);
        put_finding(&writer, &finding);
    }
    end_rejection(&writer);
    reject(exchange, &out);
    add_verdict(exchange, exchange->findings.count);
    size_t number = 0;
    for (const struct violation *violation = exchange->findings.first;
         violation != NULL && number < HEADERS_FOR; violation = violation->next) {
        struct finding finding = finding_of(exchange, violation);
        add_headers(exchange, &finding, ++number);
    }
}

static void answer_json_fault(struct exchange *exchange)
{
    char *message =
        arena_printf(exchange->arena, "Malformed request body: %s", exchange_json_fault(exchange));
    struct finding finding = {
        .code = steady_code_find(str_from("E3021")),
        .path = str_from("body"),
        .message = str_from(message),
        .expected = str_from("\"JSON\""),
        .reason = str_from("the body cannot be parsed as its Content-Type says"),
    };
    reject_one(exchange, &finding);
}

/* ---- refusals ---- */

/* {"error", "suggestion"}, as Steady answers what it cannot route. */
static void answer_plain(struct exchange *exchange, int status, const char *error,
                         const char *suggestion)
{
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "error");
    json_put_text(&writer, error);
    if (suggestion != NULL) {
        json_put_key(&writer, "suggestion");
        json_put_text(&writer, suggestion);
    }
    json_end_object(&writer);
    exchange_answer_json(exchange, status, &out);
}

static void answer_coded(struct exchange *exchange, int status, const char *code, const char *path,
                         const char *error)
{
    struct finding finding = {
        .code = steady_code_find(str_from(code)),
        .path = str_from(path),
        .message = str_from(error),
    };
    answer_plain(exchange, status, error, finding.code->suggestion);
    add_verdict(exchange, 1);
    add_headers(exchange, &finding, 1);
}

static void refuse_media_type(struct exchange *exchange, const char *message)
{
    const struct operation *operation = exchange->operation;
    struct str sent = request_header(exchange->request, "content-type");
    struct buf expected = exchange_buf(exchange);
    struct buf actual = exchange_buf(exchange);
    if (operation->body_count > 0)
        json_write_string(&expected, operation->bodies[0].range);
    if (sent.data != NULL)
        json_write_string(&actual, header_value(exchange, sent));
    struct finding finding = {
        .code = steady_code_find(str_from("E3006")),
        .path = str_from("header.content-type"),
        .message = str_from(message),
        .expected = buf_str(&expected),
        .actual = buf_str(&actual),
        .reason = str_from("the operation declares other content types"),
    };
    reject_one(exchange, &finding);
}

static void refuse_body(struct exchange *exchange, const char *message)
{
    struct finding finding = {
        .code = steady_code_find(str_from("E3021")),
        .path = str_from("body"),
        .message = str_from(message),
        .reason = str_from("the body cannot be read"),
    };
    reject_one(exchange, &finding);
}

/* The credential's place as a path: "header.x-api-key". */
static const char *credential_path(struct exchange *exchange)
{
    static const char *const places[] = {[PARAMETER_PATH] = "path",
                                         [PARAMETER_QUERY] = "query",
                                         [PARAMETER_HEADER] = "header",
                                         [PARAMETER_COOKIE] = "cookie"};
    const struct operation *operation = exchange->operation;
    if (operation->security_count == 0 || operation->security[0].count == 0)
        return "header.authorization";
    const struct security_scheme *scheme = operation->security[0].schemes[0];
    if (scheme->kind != SECURITY_API_KEY)
        return "header.authorization";
    return arena_printf(exchange->arena, "%s.%.*s", places[scheme->in], (int)scheme->key.len,
                        scheme->key.data);
}

static void refuse(struct exchange *exchange, enum refusal refusal, const char *detail)
{
    const struct refusal_words *words = refusal_words(refusal);
    const char *message = detail != NULL ? detail : words->detail;
    switch (refusal) {
    case REFUSE_NO_PATH:
        answer_coded(exchange, 404, "E2001", "path", "Path not found");
        return;
    case REFUSE_NO_METHOD:
        answer_coded(exchange, 405, "E2002", "method", "Method not allowed");
        dialect_add_allow(exchange, false);
        return;
    case REFUSE_UNAUTHORIZED:
        answer_coded(exchange, 401, "E3004", credential_path(exchange), "Missing credentials");
        dialect_add_challenge(exchange);
        return;
    case REFUSE_MEDIA_TYPE:
        refuse_media_type(exchange, message);
        return;
    case REFUSE_UNREADABLE:
    case REFUSE_UNDECIDED:
        refuse_body(exchange, message);
        return;
    default:
        answer_plain(exchange, words->status, message, NULL);
        return;
    }
}

/* Every answer says how the request was judged; one that a fault made up does not. */
static void finish(struct exchange *exchange)
{
    if (exchange->faulted && !exchange->fault.act)
        return;
    if (!has_verdict(exchange->response))
        add_verdict(exchange, 0);
    if (exchange->operation != NULL)
        response_header(exchange->response, "x-steady-matched-path", exchange->operation->path);
}

const struct dialect dialect_steady = {
    .name = "steady",
    .answer_violations = answer_violations,
    .answer_json_fault = answer_json_fault,
    .refuse = refuse,
    .finish = finish,
};
