/* How an entry of the journal reads as JSON. */
#include "base/clock.h"
#include "base/secret.h"
#include "verify/bytes.h"
#include "verify/journal.h"

/* JSON text that somebody prepared, or what stands for none. */
static void put_prepared(struct json_writer *writer, const char *name, struct str text,
                         const char *none)
{
    json_put_key(writer, name);
    json_put_raw(writer, text.len > 0 ? text : str_from(none));
}

static void put_query(struct json_writer *writer, struct str query, enum journal_secrets secrets)
{
    if (secrets == JOURNAL_SHOW_SECRETS) {
        bytes_put_member(writer, "query", query);
        return;
    }
    struct buf masked;
    buf_init(&masked, NULL);
    secret_add_query(query, &masked);
    bytes_put_member(writer, "query", buf_str(&masked));
    buf_free(&masked);
}

static void put_headers(struct json_writer *writer, const struct journal_header *headers,
                        size_t count, enum journal_secrets secrets)
{
    json_put_key(writer, "headers");
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++) {
        bool hide = secrets == JOURNAL_HIDE_SECRETS && secret_is_name(headers[i].name);
        json_begin_object(writer);
        bytes_put_member(writer, "name", headers[i].name);
        bytes_put_member(writer, "value", hide ? str_from(secret_mask) : headers[i].value);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void put_body(struct json_writer *writer, struct str body, uint64_t size)
{
    bytes_put_member(writer, "body", body);
    if (!bytes_are_utf8(body))
        bytes_put_base64(writer, "body_base64", body);
    json_put_key(writer, "body_size");
    json_put_int(writer, (int64_t)size);
    json_put_key(writer, "body_cut");
    json_put_bool(writer, body.len < size);
}

static void put_request(struct json_writer *writer, const struct journal_entry *entry,
                        enum journal_secrets secrets)
{
    const struct journal_exchange *exchange = &entry->exchange;
    json_put_key(writer, "request");
    json_begin_object(writer);
    bytes_put_member(writer, "method", exchange->method);
    bytes_put_member(writer, "path", exchange->path);
    put_query(writer, exchange->query, secrets);
    put_headers(writer, exchange->headers, exchange->header_count, secrets);
    put_body(writer, exchange->body, entry->body_size);
    json_end_object(writer);
}

static void put_response(struct json_writer *writer, const struct journal_entry *entry,
                         enum journal_secrets secrets)
{
    const struct journal_exchange *exchange = &entry->exchange;
    json_put_key(writer, "response");
    if (exchange->status == 0) {
        json_put_null(writer);
        return;
    }
    json_begin_object(writer);
    json_put_key(writer, "status");
    json_put_int(writer, exchange->status);
    put_headers(writer, exchange->response_headers, exchange->response_header_count, secrets);
    put_body(writer, exchange->response_body, entry->response_body_size);
    json_end_object(writer);
}

static void put_fault(struct json_writer *writer, const struct journal_exchange *exchange)
{
    json_put_key(writer, "fault");
    if (exchange->fault_name.len == 0 && exchange->fault.len == 0) {
        json_put_null(writer);
        return;
    }
    json_begin_object(writer);
    bytes_put_member(writer, "name", exchange->fault_name);
    put_prepared(writer, "decision", exchange->fault, "null");
    json_end_object(writer);
}

static void put_outcome(struct json_writer *writer, const struct journal_entry *entry)
{
    static const char *const states[] = {
        [JOURNAL_OPEN] = "open", [JOURNAL_SENT] = "sent", [JOURNAL_BROKEN] = "broken"};
    json_put_key(writer, "state");
    json_put_text(writer, states[journal_entry_state(entry)]);
    json_put_key(writer, "bytes_sent");
    json_put_int(writer, (int64_t)entry->outcome.bytes_sent);
    json_put_key(writer, "duration_ms");
    uint64_t duration_us = entry->outcome.duration_ns / 1000;
    json_put_double(writer, (double)duration_us / 1000);
}

static void put_time(struct json_writer *writer, int64_t time_ns)
{
    struct buf text;
    buf_init(&text, NULL);
    clock_print_rfc3339(time_ns, &text);
    bytes_put_member(writer, "time", buf_str(&text));
    buf_free(&text);
}

static void put_origin(struct json_writer *writer, const struct journal_exchange *exchange)
{
    put_time(writer, exchange->time_ns);
    bytes_put_member(writer, "world", exchange->world);
    bytes_put_member(writer, "remote", exchange->remote);
    json_put_key(writer, "operation");
    if (exchange->operation.len > 0)
        bytes_put(writer, exchange->operation);
    else
        json_put_null(writer);
}

static void put_findings(struct json_writer *writer, const struct journal_entry *entry)
{
    const struct journal_exchange *exchange = &entry->exchange;
    put_prepared(writer, "violations", exchange->violations, "[]");
    put_prepared(writer, "warnings", exchange->warnings, "[]");
    put_fault(writer, exchange);
    put_outcome(writer, entry);
}

void journal_write_facts(const struct journal_entry *entry, struct json_writer *writer)
{
    put_origin(writer, &entry->exchange);
    put_findings(writer, entry);
}

void journal_write_json(const struct journal_entry *entry, enum journal_secrets secrets,
                        struct json_writer *writer)
{
    json_begin_object(writer);
    json_put_key(writer, "id");
    json_put_int(writer, (int64_t)entry->id);
    put_origin(writer, &entry->exchange);
    put_request(writer, entry, secrets);
    put_response(writer, entry, secrets);
    put_findings(writer, entry);
    json_end_object(writer);
}
