#include "mock/dialect.h"

#include "mock/status.h"
#include "json/writer.h"

static const struct dialect *const dialects[] = {
    [DIALECT_AUTO] = &dialect_problem, /* where nothing says which */
    [DIALECT_FASTAPI] = &dialect_fastapi,
    [DIALECT_PROBLEM] = &dialect_problem,
    [DIALECT_STEADY] = &dialect_steady,
};

const struct dialect *dialect_find(enum dialect_kind kind)
{
    return dialects[kind];
}

const struct dialect *dialect_named(struct str name)
{
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        if (str_is(name, dialects[i]->name))
            return dialects[i];
    return NULL;
}

bool dialect_is(const struct dialect *dialect, const struct dialect *wanted)
{
    return dialect == wanted || dialect->inner == wanted;
}

static const struct refusal_words words[REFUSAL_COUNT] = {
    [REFUSE_NO_PATH] = {404, "Not Found", "The path is not in the contract."},
    [REFUSE_NO_METHOD] = {405, "Method Not Allowed", "The path has no operation for this method."},
    [REFUSE_UNAUTHORIZED] = {401, "Unauthorized", "The request carries no credentials."},
    [REFUSE_NO_RECORD] = {404, "Not Found", "There is no such record."},
    [REFUSE_CONFLICT] = {409, "Conflict", "A record with this key exists."},
    [REFUSE_MEDIA_TYPE] = {415, "Unsupported Media Type",
                           "The operation does not take a body of this content type."},
    [REFUSE_UNREADABLE] = {400, "Bad Request", "The body cannot be read."},
    [REFUSE_TOO_LARGE] = {413, "Content Too Large", "The body has too many values (--max-nodes)."},
    [REFUSE_UNDECIDED] = {400, "Bad Request", "The body is too costly to check."},
    [REFUSE_BROKEN] = {501, "Not Implemented", "The document's part for this operation is broken."},
    [REFUSE_FULL] = {507, "Insufficient Storage", "The store is full."},
};

const struct refusal_words *refusal_words(enum refusal refusal)
{
    return &words[refusal];
}

void dialect_refuse(struct exchange *exchange, enum refusal refusal, const char *detail)
{
    exchange->refusal = detail != NULL ? detail : words[refusal].detail;
    exchange->dialect->refuse(exchange, refusal, detail);
}

/*
 * FastAPI's HTTPException, Steady's {"error"}, else a problem without a type of
 * its own (RFC 9457, 4.2.1).
 */
void dialect_refuse_as(struct exchange *exchange, int status, struct str detail)
{
    bool is_steady = dialect_is(exchange->dialect, &dialect_steady);
    bool is_problem = !is_steady && !dialect_is(exchange->dialect, &dialect_fastapi);
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    if (is_problem) {
        json_put_key(&writer, "type");
        json_put_text(&writer, "about:blank");
        json_put_key(&writer, "title");
        json_put_text(&writer, status_title(status));
        json_put_key(&writer, "status");
        json_put_int(&writer, status);
    }
    json_put_key(&writer, is_steady ? "error" : "detail");
    json_put_string(&writer, detail);
    json_end_object(&writer);
    exchange_answer(exchange, status, is_problem ? "application/problem+json" : "application/json",
                    buf_str(&out));
}

static const char *challenge_of(const struct security_scheme *scheme)
{
    switch (scheme->kind) {
    case SECURITY_API_KEY:
        return "APIKey";
    case SECURITY_HTTP_BASIC:
        return "Basic";
    default:
        return "Bearer";
    }
}

void dialect_add_challenge(struct exchange *exchange)
{
    const struct operation *operation = exchange->operation;
    if (operation != NULL && operation->security_count > 0 && operation->security[0].count > 0)
        response_header(exchange->response, "www-authenticate",
                        str_from(challenge_of(operation->security[0].schemes[0])));
}

/* The method of the operation that stands first in the document: FastAPI tells that one only. */
static unsigned first_allowed(const struct exchange *exchange)
{
    unsigned first = 0;
    uint32_t lowest = UINT32_MAX;
    for (int method = 0; method < HTTP_METHOD_COUNT; method++) {
        struct route_match match;
        if (!(exchange->match.allow & 1u << method) ||
            route_find(exchange->part->contract, (enum http_method)method, exchange->path,
                       &match) != ROUTE_FOUND ||
            match.operation->index >= lowest)
            continue;
        lowest = match.operation->index;
        first = 1u << method;
    }
    return first != 0 ? first : exchange->match.allow;
}

void dialect_add_allow(struct exchange *exchange, bool first_only)
{
    struct buf allow = exchange_buf(exchange);
    unsigned methods = first_only ? first_allowed(exchange) : exchange->match.allow;
    for (int method = 0; method < HTTP_METHOD_COUNT; method++) {
        if (!(methods & 1u << method))
            continue;
        if (allow.len > 0)
            buf_add_text(&allow, ", ");
        buf_add_text(&allow, http_method_name((enum http_method)method));
    }
    response_header(exchange->response, "allow", buf_str(&allow));
}
