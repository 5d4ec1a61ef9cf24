/*
 * RFC 9457 problem details, in the members that Prism gives them.
 *
 * `validation` lists every violation: location (the path as strings), severity,
 * code (the keyword), message, and beyond Prism the rule's place in the
 * document ("spec.yaml:12:9"), so that a reader can look it up.
 */
#include "mock/dialect.h"

static void begin_problem(struct buf *out, const char *type, const char *title, int status,
                          const char *detail)
{
    buf_printf(out, "{\"type\":\"https://stoplight.io/prism/errors#%s\",\"title\":\"%s\"", type,
               title);
    buf_printf(out, ",\"status\":%d,\"detail\":", status);
    json_write_string(out, str_from(detail));
}

static void write_location(const struct json_path *path, struct buf *out)
{
    if (path == NULL)
        return;
    write_location(path->up, out);
    if (path->up != NULL)
        buf_add_char(out, ',');
    if (path->name.data != NULL)
        json_write_string(out, path->name);
    else
        buf_printf(out, "\"%zu\"", path->index);
}

static void write_rule_place(const struct violation *violation, struct buf *out)
{
    if (violation->rule == NULL || violation->rule->source == NULL)
        return;
    const struct source *source = violation->rule->source;
    struct source_position at = source_position(source, violation->rule->offset);
    buf_add_text(out, ",\"rule\":\"");
    json_write_escaped(out, str_from(source->name));
    buf_printf(out, ":%u:%u\"", at.line, at.column);
}

static void write_violation(const struct violation *violation, struct buf *out)
{
    buf_add_text(out, "{\"location\":[");
    write_location(violation->path, out);
    buf_printf(out, "],\"severity\":\"Error\",\"code\":\"%s\",\"message\":",
               keyword_name(violation->keyword));
    struct buf message;
    buf_init(&message, out->arena);
    violation_describe(violation, &message);
    json_write_string(out, buf_str(&message));
    buf_free(&message);
    write_rule_place(violation, out);
    buf_add_char(out, '}');
}

static void answer_violations(struct exchange *exchange)
{
    struct buf out = exchange_buf(exchange);
    begin_problem(&out, "UNPROCESSABLE_ENTITY", "Invalid request", 422,
                  "The request breaks the contract.");
    buf_add_text(&out, ",\"validation\":[");
    for (const struct violation *violation = exchange->findings.first; violation != NULL;
         violation = violation->next) {
        write_violation(violation, &out);
        if (violation->next != NULL)
            buf_add_char(&out, ',');
    }
    buf_add_text(&out, "]}");
    exchange_answer(exchange, 422, "application/problem+json", buf_str(&out));
}

static void answer_json_fault(struct exchange *exchange)
{
    struct buf out = exchange_buf(exchange);
    begin_problem(&out, "INVALID_JSON", "Bad Request", 400, "The body is not valid JSON.");
    struct source_position at =
        source_position(&exchange->body_source, exchange->json_error.offset);
    buf_add_text(&out, ",\"validation\":[{\"location\":[\"body\"],\"severity\":\"Error\",");
    buf_printf(&out, "\"code\":\"json\",\"message\":\"%s at line %u, column %u\"}]}",
               json_fault_text(exchange->json_error.fault), at.line, at.column);
    exchange_answer(exchange, 400, "application/problem+json", buf_str(&out));
}

static const char *const types[REFUSAL_COUNT] = {
    [REFUSE_NO_PATH] = "NO_PATH_MATCHED_ERROR",
    [REFUSE_NO_METHOD] = "NO_METHOD_MATCHED_ERROR",
    [REFUSE_UNAUTHORIZED] = "UNAUTHORIZED",
    [REFUSE_NO_RECORD] = "NOT_FOUND",
    [REFUSE_CONFLICT] = "CONFLICT",
    [REFUSE_MEDIA_TYPE] = "INVALID_CONTENT_TYPE",
    [REFUSE_UNDECIDED] = "UNDECIDED",
    [REFUSE_UNREADABLE] = "UNREADABLE_BODY",
    [REFUSE_BROKEN] = "BROKEN_OPERATION",
    [REFUSE_FULL] = "STORE_FULL",
};

static void refuse(struct exchange *exchange, enum refusal refusal, const char *detail)
{
    const struct refusal_words *words = refusal_words(refusal);
    struct buf out = exchange_buf(exchange);
    begin_problem(&out, types[refusal], words->title, words->status,
                  detail != NULL ? detail : words->detail);
    buf_add_char(&out, '}');
    exchange_answer(exchange, words->status, "application/problem+json", buf_str(&out));
    if (refusal == REFUSE_NO_METHOD)
        dialect_add_allow(exchange, false);
    if (refusal == REFUSE_UNAUTHORIZED)
        dialect_add_challenge(exchange);
}

const struct dialect dialect_problem = {
    .name = "problem",
    .answer_violations = answer_violations,
    .answer_json_fault = answer_json_fault,
    .refuse = refuse,
};
