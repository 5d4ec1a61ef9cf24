#include "verify/har.h"

#include "base/clock.h"
#include "base/secret.h"
#include "verify/bytes.h"
#include "verify/url.h"

/* ---- small parts ---- */

static void put_text(struct json_writer *writer, const char *name, const char *text)
{
    json_put_key(writer, name);
    json_put_text(writer, text);
}

static void put_number(struct json_writer *writer, const char *name, int64_t number)
{
    json_put_key(writer, name);
    json_put_int(writer, number);
}

static void put_pair(struct json_writer *writer, struct str name, struct str value)
{
    json_begin_object(writer);
    bytes_put_member(writer, "name", name);
    bytes_put_member(writer, "value", value);
    json_end_object(writer);
}

static struct str shown(struct str name, struct str value, enum journal_secrets secrets)
{
    bool hide = secrets == JOURNAL_HIDE_SECRETS && secret_is_name(name);
    return hide ? str_from(secret_mask) : value;
}

static void put_headers(struct json_writer *writer, const struct journal_header *headers,
                        size_t count, enum journal_secrets secrets)
{
    json_put_key(writer, "headers");
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++)
        put_pair(writer, headers[i].name, shown(headers[i].name, headers[i].value, secrets));
    json_end_array(writer);
}

static struct str find_header(const struct journal_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_ignoring_case(headers[i].name, str_from(name)))
            return headers[i].value;
    return str_from("");
}

/* "a=1; b=2": each as a cookie. Of Set-Cookie only the first pair is one. */
static void put_cookies(struct json_writer *writer, const struct journal_header *headers,
                        size_t count, const char *name, enum journal_secrets secrets)
{
    bool first_only = str_is(str_from(name), "set-cookie");
    json_put_key(writer, "cookies");
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++) {
        struct str rest = headers[i].value;
        if (!str_equal_ignoring_case(headers[i].name, str_from(name)))
            continue;
        while (rest.len > 0) {
            struct str pair = str_make(rest.data, str_find_char(rest, ';'));
            rest =
                first_only || pair.len == rest.len ? str_from("") : str_after(rest, pair.len + 1);
            size_t equals = str_find_char(pair, '=');
            struct str value = equals < pair.len ? str_after(pair, equals + 1) : str_from("");
            bool hide = secrets == JOURNAL_HIDE_SECRETS;
            put_pair(writer, str_trim(str_make(pair.data, equals)),
                     hide ? str_from(secret_mask) : str_trim(value));
        }
    }
    json_end_array(writer);
}

static void put_query(struct json_writer *writer, struct str query, enum journal_secrets secrets)
{
    struct buf name, value;
    buf_init(&name, NULL);
    buf_init(&value, NULL);
    json_put_key(writer, "queryString");
    json_begin_array(writer);
    while (query.len > 0) {
        query = url_next_pair(query, &name, &value);
        put_pair(writer, buf_str(&name), shown(buf_str(&name), buf_str(&value), secrets));
    }
    json_end_array(writer);
    buf_free(&name);
    buf_free(&value);
}

/* ---- request and response ---- */

static void put_post_data(struct json_writer *writer, const struct journal_entry *entry)
{
    const struct journal_exchange *exchange = &entry->exchange;
    if (entry->body_size == 0)
        return;
    json_put_key(writer, "postData");
    json_begin_object(writer);
    bytes_put_member(writer, "mimeType",
                     find_header(exchange->headers, exchange->header_count, "content-type"));
    if (bytes_are_utf8(exchange->body)) {
        bytes_put_member(writer, "text", exchange->body);
    } else {
        bytes_put_base64(writer, "text", exchange->body);
        put_text(writer, "_encoding", "base64");
    }
    if (exchange->body.len < entry->body_size) {
        json_put_key(writer, "_truncated");
        json_put_bool(writer, true);
    }
    json_end_object(writer);
}

static void put_request(struct json_writer *writer, const struct journal_entry *entry,
                        enum journal_secrets secrets)
{
    const struct journal_exchange *exchange = &entry->exchange;
    struct buf url;
    buf_init(&url, NULL);
    url_add(exchange, secrets, &url);
    json_put_key(writer, "request");
    json_begin_object(writer);
    bytes_put_member(writer, "method", exchange->method);
    bytes_put_member(writer, "url", buf_str(&url));
    put_text(writer, "httpVersion", "HTTP/1.1");
    put_cookies(writer, exchange->headers, exchange->header_count, "cookie", secrets);
    put_headers(writer, exchange->headers, exchange->header_count, secrets);
    put_query(writer, exchange->query, secrets);
    put_post_data(writer, entry);
    put_number(writer, "headersSize", -1);
    put_number(writer, "bodySize", (int64_t)entry->body_size);
    json_end_object(writer);
    buf_free(&url);
}

static void put_content(struct json_writer *writer, const struct journal_entry *entry)
{
    const struct journal_exchange *exchange = &entry->exchange;
    json_put_key(writer, "content");
    json_begin_object(writer);
    put_number(writer, "size", (int64_t)entry->response_body_size);
    bytes_put_member(
        writer, "mimeType",
        find_header(exchange->response_headers, exchange->response_header_count, "content-type"));
    if (bytes_are_utf8(exchange->response_body)) {
        bytes_put_member(writer, "text", exchange->response_body);
    } else {
        bytes_put_base64(writer, "text", exchange->response_body);
        put_text(writer, "encoding", "base64");
    }
    if (exchange->response_body.len < entry->response_body_size) {
        json_put_key(writer, "_truncated");
        json_put_bool(writer, true);
    }
    json_end_object(writer);
}

static void put_response(struct json_writer *writer, const struct journal_entry *entry,
                         enum journal_secrets secrets)
{
    const struct journal_exchange *exchange = &entry->exchange;
    json_put_key(writer, "response");
    json_begin_object(writer);
    put_number(writer, "status", exchange->status);
    put_text(writer, "statusText", "");
    put_text(writer, "httpVersion", "HTTP/1.1");
    put_cookies(writer, exchange->response_headers, exchange->response_header_count, "set-cookie",
                secrets);
    put_headers(writer, exchange->response_headers, exchange->response_header_count, secrets);
    put_content(writer, entry);
    bytes_put_member(
        writer, "redirectURL",
        find_header(exchange->response_headers, exchange->response_header_count, "location"));
    put_number(writer, "headersSize", -1);
    put_number(writer, "bodySize", (int64_t)entry->response_body_size);
    json_end_object(writer);
}

/* ---- entries ---- */

static void put_times(struct json_writer *writer, const struct journal_entry *entry)
{
    double ms = (double)(entry->outcome.duration_ns / 1000) / 1000;
    struct buf started;
    buf_init(&started, NULL);
    clock_print_rfc3339(entry->exchange.time_ns, &started);
    bytes_put_member(writer, "startedDateTime", buf_str(&started));
    buf_free(&started);
    json_put_key(writer, "time");
    json_put_double(writer, ms);
    json_put_key(writer, "cache");
    json_put_raw(writer, str_from("{}"));
    json_put_key(writer, "timings");
    json_begin_object(writer);
    put_number(writer, "send", 0);
    json_put_key(writer, "wait");
    json_put_double(writer, ms);
    put_number(writer, "receive", 0);
    json_end_object(writer);
}

static void put_ours(struct json_writer *writer, const struct journal_entry *entry)
{
    const struct journal_exchange *exchange = &entry->exchange;
    put_number(writer, "_id", (int64_t)entry->id);
    if (exchange->operation.len > 0)
        bytes_put_member(writer, "_operation", exchange->operation);
    if (exchange->fault_name.len > 0)
        bytes_put_member(writer, "_fault", exchange->fault_name);
    if (exchange->violations.len > 0) {
        json_put_key(writer, "_violations");
        json_put_raw(writer, exchange->violations);
    }
}

static void put_entry(struct json_writer *writer, const struct journal_entry *entry,
                      enum journal_secrets secrets)
{
    json_begin_object(writer);
    put_times(writer, entry);
    put_request(writer, entry, secrets);
    put_response(writer, entry, secrets);
    put_ours(writer, entry);
    json_end_object(writer);
}

void har_write(const struct journal_list *list, const char *version, enum journal_secrets secrets,
               struct json_writer *writer)
{
    json_begin_object(writer);
    json_put_key(writer, "log");
    json_begin_object(writer);
    put_text(writer, "version", "1.2");
    json_put_key(writer, "creator");
    json_begin_object(writer);
    put_text(writer, "name", "understudy");
    put_text(writer, "version", version != NULL ? version : "");
    json_end_object(writer);
    json_put_key(writer, "entries");
    json_begin_array(writer);
    for (size_t i = 0; i < list->count; i++)
        put_entry(writer, list->entries[i], secrets);
    json_end_array(writer);
    json_end_object(writer);
    json_end_object(writer);
}
