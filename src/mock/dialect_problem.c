/*
 * RFC 9457 problem details, in the members that Prism gives them.
 *
 * `validation` lists every violation: location (the path as strings), severity,
 * code (the keyword), message, and beyond Prism the rule's place in the
 * document ("spec.yaml:12:9"), so that a reader can look it up, and for
 * alternatives an explanation by the nearest of them. Prism's header
 * `sl-violations` has the same list; where Prism cuts it off in the middle of
 * the JSON, this one ends with the last violation that fits.
 */
#include "base/utf8.h"
#include "mock/dialect.h"
#include "mock/prism_words.h"

enum { HEADER_MAX = 8000 }; /* clients refuse heads of more than 16 KB, some of 8 */

static void begin_problem(struct buf *out, const char *type, const char *title, int status,
                          const char *detail)
{
    buf_printf(out, "{\"type\":\"https://stoplight.io/prism/errors#%s\",\"title\":\"%s\"", type,
               title);
    buf_printf(out, ",\"status\":%d,\"detail\":", status);
    json_write_string(out, str_from(detail));
}

/* ---- violations ---- */

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

/* In the header the location begins with "request", and the rule's place is left out. */
static void write_violation(const struct violation *violation, bool in_header, struct buf *out)
{
    buf_add_text(out, in_header ? "{\"location\":[\"request\"," : "{\"location\":[");
    write_location(prism_path(violation), out);
    buf_printf(out, "],\"severity\":\"Error\",\"code\":\"%s\",\"message\":",
               keyword_name(violation->keyword));
    struct buf message;
    buf_init(&message, out->arena);
    prism_message(violation, &message);
    json_write_string(out, buf_str(&message));
    buf_free(&message);
    if (!in_header) {
        write_explanation(violation, out);
        write_rule_place(violation, out);
    }
    buf_add_char(out, '}');
}

/* The code point of a well-formed character of so many bytes. */
static unsigned decode(const char *at, size_t length)
{
    static const unsigned char masks[] = {[1] = 0x7f, [2] = 0x1f, [3] = 0x0f, [4] = 0x07};
    unsigned code = (unsigned char)at[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)at[i] & 0x3f);
    return code;
}

/* JSON text in ASCII: what is not stands in strings only, where it can be escaped. */
static void add_ascii(struct buf *out, struct str json)
{
    for (size_t i = 0; i < json.len;) {
        unsigned char c = (unsigned char)json.data[i];
        size_t length = utf8_length(json.data + i, json.len - i);
        if (c < 0x80 || length == 0) {
            buf_add_char(out, c < 0x80 ? (char)c : '?');
            i++;
            continue;
        }
        unsigned code = decode(json.data + i, length);
        if (code >= 0x10000)
            buf_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
        else
            buf_printf(out, "\\u%04x", code);
        i += length;
    }
}

static void add_violations_header(struct exchange *exchange)
{
    struct buf value = exchange_buf(exchange);
    buf_add_char(&value, '[');
    for (const struct violation *violation = exchange->findings.first; violation != NULL;
         violation = violation->next) {
        struct buf one = exchange_buf(exchange);
        size_t before = value.len;
        write_violation(violation, true, &one);
        if (before > 1)
            buf_add_char(&value, ',');
        add_ascii(&value, buf_str(&one));
        if (value.len > HEADER_MAX - 1) {
            value.len = before;
            break;
        }
    }
    buf_add_char(&value, ']');
    response_header(exchange->response, "sl-violations", buf_str(&value));
}

static void answer_violations(struct exchange *exchange)
{
    struct buf out = exchange_buf(exchange);
    begin_problem(&out, "UNPROCESSABLE_ENTITY", "Invalid request", 422,
                  "The request breaks the contract.");
    buf_add_text(&out, ",\"validation\":[");
    for (const struct violation *violation = exchange->findings.first; violation != NULL;
         violation = violation->next) {
        write_violation(violation, false, &out);
        if (violation->next != NULL)
            buf_add_char(&out, ',');
    }
    buf_add_text(&out, "]}");
    exchange_answer(exchange, 422, "application/problem+json", buf_str(&out));
    add_violations_header(exchange);
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
