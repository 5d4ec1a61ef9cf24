/*
 * RFC 9457 problem details, in the members that Prism gives them.
 *
 * `validation` lists every violation: location (the path as strings), severity,
 * code (the keyword), message, and beyond Prism the rule's place in the
 * document ("spec.yaml:12:9"), so that a reader can look it up, and for
 * alternatives an explanation by the nearest of them.
 */
#include "mock/dialect.h"
#include "mock/prism_words.h"
#include "mock/sl_violations.h"

static void begin_problem(struct buf *out, const char *type, const char *title, int status,
                          const char *detail)
{
    buf_printf(out, "{\"type\":\"https://stoplight.io/prism/errors#%s\",\"title\":\"%s\"", type,
               title);
    buf_printf(out, ",\"status\":%d,\"detail\":", status);
    json_write_string(out, str_from(detail));
}

/* ---- violations ---- */

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

/* Prism's words for alternatives say nothing of what would fit: these are ours. */
static void write_explanation(const struct violation *violation, struct buf *out)
{
    if (violation->keyword != KEYWORD_ANY_OF && violation->keyword != KEYWORD_ONE_OF &&
        violation->keyword != KEYWORD_DISCRIMINATOR)
        return;
    struct buf words;
    buf_init(&words, out->arena);
    violation_describe(violation, &words);
    buf_add_text(out, ",\"explanation\":");
    json_write_string(out, buf_str(&words));
    buf_free(&words);
}

static void write_violation(const struct violation *violation, struct buf *out)
{
    buf_add_text(out, "{\"location\":[");
    prism_write_location(violation, out);
    prism_write_judgement(violation, out);
    write_explanation(violation, out);
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
    sl_violations_add(exchange);
}

/* ---- everything else ---- */

static void answer_json_fault(struct exchange *exchange)
{
    struct buf out = exchange_buf(exchange);
    begin_problem(&out, "INVALID_JSON", "Bad Request", 400, "The body is not valid JSON.");
    buf_add_text(&out, ",\"validation\":[{\"location\":[\"body\"],\"severity\":\"Error\",");
    buf_add_text(&out, "\"code\":\"json\",\"message\":");
    json_write_string(&out, str_from(exchange_json_fault(exchange)));
    buf_add_text(&out, "}]}");
    exchange_answer(exchange, 400, "application/problem+json", buf_str(&out));
}

/* Prism's names and titles where it has such an error. */
static const struct {
    const char *type;
    const char *title; /* NULL: the reason phrase */
} errors[REFUSAL_COUNT] = {
    [REFUSE_NO_PATH] = {"NO_PATH_MATCHED_ERROR", "Route not resolved, no path matched"},
    [REFUSE_NO_METHOD] = {"NO_METHOD_MATCHED_ERROR", "Route resolved, but no path matched"},
    [REFUSE_UNAUTHORIZED] = {"UNAUTHORIZED", "Invalid security scheme used"},
    [REFUSE_NO_RECORD] = {"NOT_FOUND", NULL},
    [REFUSE_CONFLICT] = {"CONFLICT", NULL},
    [REFUSE_MEDIA_TYPE] = {"INVALID_CONTENT_TYPE", "Invalid content type"},
    [REFUSE_TOO_LARGE] = {"BODY_TOO_LARGE", NULL},
    [REFUSE_UNDECIDED] = {"UNDECIDED", NULL},
    [REFUSE_UNREADABLE] = {"UNREADABLE_BODY", NULL},
    [REFUSE_BROKEN] = {"BROKEN_OPERATION", NULL},
    [REFUSE_FULL] = {"STORE_FULL", NULL},
};

static void refuse(struct exchange *exchange, enum refusal refusal, const char *detail)
{
    const struct refusal_words *words = refusal_words(refusal);
    const char *title = errors[refusal].title;
    struct buf out = exchange_buf(exchange);
    begin_problem(&out, errors[refusal].type, title != NULL ? title : words->title, words->status,
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
