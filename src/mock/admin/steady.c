/*
 * GET /_x-steady/health, /_x-steady/spec, /_x-steady/sessions/{id}: what the
 * test scripts of Stainless' SDKs ask Steady for. `health` is what they poll
 * until the server is up; a session is all requests that came with its name in
 * X-Steady-Session, as the journal still has them.
 */
#include "base/utf8.h"
#include "mock/admin/admin.h"
#include "mock/steady_code.h"
#include "json/writer.h"

static void put_int(struct json_writer *writer, const char *name, size_t number)
{
    json_put_key(writer, name);
    json_put_int(writer, (int64_t)number);
}

static void answer_health(struct exchange *exchange)
{
    const struct part *part = exchange->part;
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "status");
    json_put_text(&writer, "healthy");
    json_put_key(&writer, "version");
    json_put_text(&writer, exchange->mock->options.version);
    json_put_key(&writer, "spec");
    json_begin_object(&writer);
    json_put_key(&writer, "title");
    json_put_string(&writer, part->contract->title);
    json_put_key(&writer, "version");
    json_put_string(&writer, part->contract->version);
    json_end_object(&writer);
    json_put_key(&writer, "schemas");
    json_begin_object(&writer);
    put_int(&writer, "totalRefs", part->named_schemas.count);
    json_end_object(&writer);
    json_end_object(&writer);
    exchange_answer_json(exchange, 200, &out);
}

static void answer_spec(struct exchange *exchange)
{
    struct buf out = exchange_buf(exchange);
    json_write(&out, exchange->part->contract->root, JSON_EXACT);
    exchange_answer_json(exchange, 200, &out);
}

/* ---- sessions ---- */

struct session {
    struct str id;
    size_t requests;
    size_t sdk_issues;
    size_t content_notes;
    size_t ambiguous;
    size_t spec_issues;
};

static struct str header_of(const struct journal_header *headers, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_ignoring_case(headers[i].name, name))
            return headers[i].value;
    return (struct str){NULL, 0};
}

static bool is_of_session(const struct journal_entry *entry, void *context)
{
    const struct session *session = context;
    const struct journal_exchange *exchange = &entry->exchange;
    struct str id =
        header_of(exchange->headers, exchange->header_count, str_from("x-steady-session"));
    return id.data != NULL && str_equal(id, session->id);
}

static void count_code(struct session *session, struct str text)
{
    const struct steady_code *code = steady_code_find(text);
    if (code == NULL)
        return;
    if (str_is(str_from(code->category), "content-note"))
        session->content_notes++;
    else if (str_is(str_from(code->category), "ambiguous"))
        session->ambiguous++;
    else
        session->sdk_issues++;
}

static bool is_error_code(struct str name)
{
    return str_starts_with(name, "x-steady-error-") && str_ends_with(name, "-code");
}

/*
 * What the answer told of each fault. An answer in another dialect tells
 * nothing; then a request that broke the contract counts as one issue.
 */
static void count_entry(struct session *session, const struct journal_exchange *exchange)
{
    bool told = header_of(exchange->response_headers, exchange->response_header_count,
                          str_from("x-steady-error-count"))
                    .data != NULL;
    session->requests++;
    if (!told)
        session->sdk_issues += exchange->violation_count > 0 || exchange->operation.len == 0;
    for (size_t i = 0; i < exchange->response_header_count; i++)
        if (is_error_code(exchange->response_headers[i].name))
            count_code(session, exchange->response_headers[i].value);
}

static void write_session(const struct session *session, struct buf *out)
{
    struct json_writer writer = json_writer_to(out);
    json_begin_object(&writer);
    json_put_key(&writer, "session_id");
    bool is_text = utf8_find_fault(session->id) == session->id.len;
    json_put_string(&writer, is_text ? session->id : str_from("?"));
    put_int(&writer, "requests", session->requests);
    put_int(&writer, "sdk_issues", session->sdk_issues);
    put_int(&writer, "content_notes", session->content_notes);
    put_int(&writer, "ambiguous", session->ambiguous);
    put_int(&writer, "spec_issues", session->spec_issues);
    json_end_object(&writer);
}

static void answer_session(struct exchange *exchange, struct str raw_id)
{
    struct session session = {.id = percent_decode(exchange->arena, raw_id, false)};
    struct journal_query query = {.filter = is_of_session, .context = &session};
    struct journal_list list = journal_select(exchange->world->journal, &query);
    for (size_t i = 0; i < list.count; i++)
        count_entry(&session, &list.entries[i]->exchange);
    journal_list_free(&list);
    struct buf out = exchange_buf(exchange);
    if (session.requests > 0) {
        write_session(&session, &out);
        exchange_answer_json(exchange, 200, &out);
        return;
    }
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "error");
    json_put_text(&writer, "No request came with this X-Steady-Session");
    json_end_object(&writer);
    exchange_answer_json(exchange, 404, &out);
}

void steady_answer(struct exchange *exchange)
{
    static const char prefix[] = "/_x-steady/";
    static const char sessions[] = "sessions/";
    if (!str_starts_with(exchange->path, prefix))
        return;
    struct str rest = str_after(exchange->path, sizeof prefix - 1);
    exchange->is_admin = true;
    if (str_is(rest, "health"))
        answer_health(exchange);
    else if (str_is(rest, "spec"))
        answer_spec(exchange);
    else if (str_starts_with(rest, sessions) && rest.len > sizeof sessions - 1)
        answer_session(exchange, str_after(rest, sizeof sessions - 1));
    else
        exchange->is_admin = false; /* then it is a path like any other */
}
