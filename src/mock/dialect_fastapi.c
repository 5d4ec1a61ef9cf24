/*
 * FastAPI + pydantic v2: 422 with {"detail": [{type, loc, msg, input, ctx}]}.
 *
 * The entries are fastapi_list's; here is what stands around them, and all other
 * answers: JSON that is none, refusals.
 */
#include "mock/dialect.h"
#include "mock/fastapi_list.h"
#include "mock/fastapi_parameter.h"
#include "mock/pipeline.h"

static void answer_server_error(struct exchange *exchange)
{
    exchange_answer(exchange, 500, "text/plain; charset=utf-8", str_from("Internal Server Error"));
}

static void answer_violations(struct exchange *exchange)
{
    struct buf out = exchange_buf(exchange);
    buf_add_text(&out, "{\"detail\":[");
    bool printable = fastapi_list_write(exchange, &out);
    buf_add_text(&out, "]}");
    if (printable)
        exchange_answer_json(exchange, 422, &out);
    else
        answer_server_error(exchange);
}

/* ---- content types ---- */

static bool ends_in_json(struct str subtype)
{
    static const char suffix[] = "+json";
    size_t length = strlen(suffix);
    return str_equal_ignoring_case(subtype, str_from("json")) ||
           (subtype.len >= length &&
            str_equal_ignoring_case(str_after(subtype, subtype.len - length), str_from(suffix)));
}

/* application/json and application/...+json, as Python's email.message splits the header. */
static bool takes_json(struct str content_type)
{
    struct str type = str_make(content_type.data, str_find_char(content_type, ';'));
    type = str_trim(type);
    size_t slash = str_find_char(type, '/');
    if (slash == type.len ||
        !str_equal_ignoring_case(str_make(type.data, slash), str_from("application")))
        return false;
    struct str subtype = str_after(type, slash + 1);
    return str_find_char(subtype, '/') == subtype.len && ends_in_json(subtype);
}

/* ---- JSON faults ---- */

static bool is_unreadable(enum json_fault fault)
{
    return fault == JSON_BAD_UTF8 || fault == JSON_TOO_DEEP || fault == JSON_TOO_MANY_NODES ||
           fault == JSON_TOO_MANY_DIGITS;
}

/* Python reads half a surrogate pair, wants a key first, and then cannot print its answer. */
static void answer_lone_surrogate(struct exchange *exchange)
{
    step_security(exchange);
    if (!exchange->answered)
        answer_server_error(exchange);
}

static void answer_json_fault(struct exchange *exchange)
{
    struct buf out = exchange_buf(exchange);
    if (exchange->json_error.fault == JSON_LONE_SURROGATE) {
        answer_lone_surrogate(exchange);
        return;
    }
    if (is_unreadable(exchange->json_error.fault)) {
        buf_add_text(&out, "{\"detail\":\"There was an error parsing the body\"}");
        exchange_answer_json(exchange, 400, &out);
        return;
    }
    buf_printf(&out, "{\"detail\":[{\"type\":\"json_invalid\",\"loc\":[\"body\",%zu],",
               exchange->json_error.character);
    buf_add_text(&out, "\"msg\":\"JSON decode error\",\"input\":{},\"ctx\":{\"error\":");
    json_write_string(&out, str_from(json_fault_text(exchange->json_error.fault)));
    buf_add_text(&out, "}}]}");
    exchange_answer_json(exchange, 422, &out);
}

/* ---- refusals ---- */

static const char *const details[REFUSAL_COUNT] = {
    [REFUSE_NO_PATH] = "Not Found",
    [REFUSE_NO_METHOD] = "Method Not Allowed",
    [REFUSE_UNAUTHORIZED] = "Not authenticated",
    [REFUSE_NO_RECORD] = "Not Found",
    [REFUSE_UNREADABLE] = "There was an error parsing the body",
};

static void refuse(struct exchange *exchange, enum refusal refusal, const char *detail)
{
    const struct refusal_words *words = refusal_words(refusal);
    /* FastAPI's words for these are fixed. */
    if (detail == NULL || refusal == REFUSE_UNREADABLE || refusal == REFUSE_UNAUTHORIZED)
        detail = details[refusal] != NULL ? details[refusal] : words->detail;
    struct buf out = exchange_buf(exchange);
    buf_add_text(&out, "{\"detail\":");
    json_write_string(&out, str_from(detail));
    buf_add_char(&out, '}');
    exchange_answer_json(exchange, words->status, &out);
    if (refusal == REFUSE_NO_METHOD)
        dialect_add_allow(exchange, true);
    if (refusal == REFUSE_UNAUTHORIZED)
        dialect_add_challenge(exchange);
}

const struct dialect dialect_fastapi = {
    .name = "fastapi",
    .answer_violations = answer_violations,
    .answer_json_fault = answer_json_fault,
    .refuse = refuse,
    .opaque_body_is_value = true,
    .null_is_no_body = true,
    .redirects_slashes = true,
    .reads_python_json = true,
    .takes_json = takes_json,
    .read_parameter = fastapi_parameter_read,
};
