#include "mock/wiremock/event.h"

#include "base/clock.h"
#include "verify/bytes.h"
#include "verify/url.h"

static const int64_t NS_PER_MS = 1000000;

/* ---- ids ---- */

static const char id_start[] = "00000000-0000-4000-8000-";

enum { ID_DIGITS = 12, NUMBER_DIGITS = 18 };

void event_write_id(uint64_t number, struct buf *out)
{
    buf_printf(out, "%s%012llx", id_start, (unsigned long long)number);
}

static uint64_t read_digits(struct str text, unsigned base)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                : base;
        if (digit >= base)
            return 0;
        number = number * base + digit;
    }
    return number;
}

uint64_t event_read_id(struct str text)
{
    if (str_starts_with(text, id_start) && text.len == sizeof id_start - 1 + ID_DIGITS)
        return read_digits(str_after(text, sizeof id_start - 1), 16);
    return text.len <= NUMBER_DIGITS ? read_digits(text, 10) : 0;
}

/* ---- what both have ---- */

static struct str find_header(const struct journal_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_ignoring_case(headers[i].name, str_from(name)))
            return headers[i].value;
    return (struct str){NULL, 0};
}

bool event_is_unmatched(const struct journal_entry *entry)
{
    const struct journal_exchange *exchange = &entry->exchange;
    bool preflight =
        str_is(exchange->method, "OPTIONS") &&
        find_header(exchange->headers, exchange->header_count, "origin").data != NULL &&
        find_header(exchange->headers, exchange->header_count, "access-control-request-method")
                .data != NULL;
    return exchange->operation.len == 0 && !preflight;
}

static void put_int(struct json_writer *writer, const char *name, int64_t number)
{
    json_put_key(writer, name);
    json_put_int(writer, number);
}

static void put_text(struct json_writer *writer, const char *name, const char *text)
{
    json_put_key(writer, name);
    json_put_text(writer, text);
}

static void put_bool(struct json_writer *writer, const char *name, bool value)
{
    json_put_key(writer, name);
    json_put_bool(writer, value);
}

static void put_id(struct json_writer *writer, const struct journal_entry *entry)
{
    struct buf id;
    buf_init(&id, NULL);
    event_write_id(entry->id, &id);
    bytes_put_member(writer, "id", buf_str(&id));
    buf_free(&id);
}

static bool came_before(const struct journal_header *headers, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (str_equal_ignoring_case(headers[j].name, headers[i].name))
            return true;
    return false;
}

/* The values of all headers of that name: one as a text, several as a list. */
static void put_values(struct json_writer *writer, const struct journal_header *headers,
                       size_t count, struct str name)
{
    size_t values = 0;
    for (size_t i = 0; i < count; i++)
        values += str_equal_ignoring_case(headers[i].name, name);
    if (values > 1)
        json_begin_array(writer);
    for (size_t i = 0; i < count; i++)
        if (str_equal_ignoring_case(headers[i].name, name))
            bytes_put(writer, headers[i].value);
    if (values > 1)
        json_end_array(writer);
}

/* A name that is no UTF-8 cannot be a JSON name; no HTTP library sends one. */
static void put_headers(struct json_writer *writer, const struct journal_header *headers,
                        size_t count)
{
    json_put_key(writer, "headers");
    json_begin_object(writer);
    for (size_t i = 0; i < count; i++) {
        if (came_before(headers, i) || !bytes_are_utf8(headers[i].name))
            continue;
        json_put_key_str(writer, headers[i].name);
        put_values(writer, headers, count, headers[i].name);
    }
    json_end_object(writer);
}

/* ---- logged requests ---- */

static void put_cookies(struct json_writer *writer, const struct journal_exchange *exchange)
{
    struct str rest = find_header(exchange->headers, exchange->header_count, "cookie");
    json_put_key(writer, "cookies");
    json_begin_object(writer);
    while (rest.len > 0 && bytes_are_utf8(rest)) {
        struct str pair = str_make(rest.data, str_find_char(rest, ';'));
        rest = str_after(rest, pair.len < rest.len ? pair.len + 1 : rest.len);
        size_t equals = str_find_char(pair, '=');
        if (equals == pair.len)
            continue;
        json_put_key_str(writer, str_trim(str_make(pair.data, equals)));
        json_put_string(writer, str_trim(str_after(pair, equals + 1)));
    }
    json_end_object(writer);
}

/* The values of the parameter at `i` and of those after it with the same name. */
static void put_parameter(struct json_writer *writer, const struct journal_header *pairs,
                          size_t count, size_t i)
{
    json_put_key_str(writer, pairs[i].name);
    json_begin_object(writer);
    bytes_put_member(writer, "key", pairs[i].name);
    json_put_key(writer, "values");
    json_begin_array(writer);
    for (size_t j = i; j < count; j++)
        if (str_equal(pairs[j].name, pairs[i].name))
            bytes_put(writer, pairs[j].value);
    json_end_array(writer);
    json_end_object(writer);
}

static bool is_repeated(const struct journal_header *pairs, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (str_equal(pairs[j].name, pairs[i].name))
            return true;
    return false;
}

static void put_query(struct json_writer *writer, struct str query)
{
    enum { PARAMETERS_MOST = 200 };
    struct arena arena;
    struct buf name, value;
    size_t count = 0;
    arena_init(&arena, 4096, NULL);
    struct journal_header *pairs = arena_alloc(&arena, PARAMETERS_MOST * sizeof *pairs);
    while (query.len > 0 && count < PARAMETERS_MOST) {
        buf_init(&name, &arena);
        buf_init(&value, &arena);
        query = url_next_pair(query, &name, &value);
        if (bytes_are_utf8(buf_str(&name)))
            pairs[count++] = (struct journal_header){buf_str(&name), buf_str(&value)};
    }
    json_put_key(writer, "queryParams");
    json_begin_object(writer);
    for (size_t i = 0; i < count; i++)
        if (!is_repeated(pairs, i))
            put_parameter(writer, pairs, count, i);
    json_end_object(writer);
    arena_clear(&arena);
}

static void put_urls(struct json_writer *writer, const struct journal_exchange *exchange)
{
    struct str host = url_host(exchange);
    size_t colon = str_find_char(host, ':');
    struct buf url;
    buf_init(&url, NULL);
    url_add(exchange, JOURNAL_SHOW_SECRETS, &url);
    struct str absolute = buf_str(&url);
    bytes_put_member(writer, "url", str_after(absolute, strlen("http://") + host.len));
    bytes_put_member(writer, "absoluteUrl", absolute);
    buf_free(&url);
    put_text(writer, "scheme", "http");
    bytes_put_member(writer, "host", str_make(host.data, colon));
    uint64_t port = colon < host.len ? read_digits(str_after(host, colon + 1), 10) : 80;
    put_int(writer, "port", port <= 65535 ? (int64_t)port : -1);
}

static void put_date(struct json_writer *writer, int64_t time_ns)
{
    struct buf date;
    buf_init(&date, NULL);
    clock_print_millis(time_ns, &date);
    put_int(writer, "loggedDate", time_ns / NS_PER_MS);
    bytes_put_member(writer, "loggedDateString", buf_str(&date));
    buf_free(&date);
}

static void put_request_members(const struct journal_entry *entry, struct json_writer *writer)
{
    const struct journal_exchange *exchange = &entry->exchange;
    put_urls(writer, exchange);
    bytes_put_member(writer, "method", exchange->method);
    bytes_put_member(writer, "clientIp", exchange->remote);
    put_headers(writer, exchange->headers, exchange->header_count);
    put_cookies(writer, exchange);
    put_bool(writer, "browserProxyRequest", false);
    put_date(writer, exchange->time_ns);
    put_text(writer, "protocol", "HTTP/1.1");
    put_query(writer, exchange->query);
    json_put_key(writer, "formParams");
    json_put_raw(writer, str_from("{}"));
    bytes_put_base64(writer, "bodyAsBase64", exchange->body);
    bytes_put_member(writer, "body", exchange->body);
}

static void put_our_members(const struct journal_entry *entry, struct json_writer *writer)
{
    const struct journal_exchange *exchange = &entry->exchange;
    put_int(writer, "number", (int64_t)entry->id);
    journal_write_facts(entry, writer);
    put_int(writer, "body_size", (int64_t)entry->body_size);
    put_bool(writer, "body_cut", exchange->body.len < entry->body_size);
    put_int(writer, "response_body_size", (int64_t)entry->response_body_size);
    put_bool(writer, "response_body_cut", exchange->response_body.len < entry->response_body_size);
}

void event_write_request(const struct journal_entry *entry, struct json_writer *writer)
{
    json_begin_object(writer);
    put_id(writer, entry);
    put_request_members(entry, writer);
    put_our_members(entry, writer);
    json_end_object(writer);
}

/* ---- serve events ---- */

/* What WireMock calls the way in which the connection ended; NULL: it has no name for it. */
static const char *fault_of(const struct journal_exchange *exchange)
{
    static const struct {
        const char *connection;
        const char *name;
    } names[] = {
        {"reset", "CONNECTION_RESET_BY_PEER"},
        {"close", "EMPTY_RESPONSE"},
        {"empty", "EMPTY_RESPONSE"},
        {"garbage", "RANDOM_DATA_THEN_CLOSE"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(exchange->connection, names[i].connection))
            return names[i].name;
    return NULL;
}

static void put_fault(const struct journal_exchange *exchange, struct json_writer *writer)
{
    const char *name = fault_of(exchange);
    if (name != NULL)
        put_text(writer, "fault", name);
}

static void put_response(const struct journal_entry *entry, struct json_writer *writer)
{
    const struct journal_exchange *exchange = &entry->exchange;
    json_put_key(writer, "responseDefinition");
    json_begin_object(writer);
    put_int(writer, "status", exchange->status);
    put_fault(exchange, writer);
    put_bool(writer, "fromConfiguredStub", !event_is_unmatched(entry));
    json_end_object(writer);
    json_put_key(writer, "response");
    json_begin_object(writer);
    put_int(writer, "status", exchange->status);
    put_headers(writer, exchange->response_headers, exchange->response_header_count);
    bytes_put_base64(writer, "bodyAsBase64", exchange->response_body);
    bytes_put_member(writer, "body", exchange->response_body);
    put_fault(exchange, writer);
    json_end_object(writer);
}

static void put_timing(const struct journal_entry *entry, struct json_writer *writer)
{
    int64_t total = (int64_t)entry->outcome.duration_ns / NS_PER_MS;
    json_put_key(writer, "timing");
    json_begin_object(writer);
    put_int(writer, "addedDelay", 0);
    put_int(writer, "processTime", 0);
    put_int(writer, "responseSendTime", 0);
    put_int(writer, "serveTime", total);
    put_int(writer, "totalTime", total);
    json_end_object(writer);
}

void event_write(const struct journal_entry *entry, struct json_writer *writer)
{
    json_begin_object(writer);
    put_id(writer, entry);
    json_put_key(writer, "request");
    event_write_request(entry, writer);
    put_response(entry, writer);
    put_bool(writer, "wasMatched", !event_is_unmatched(entry));
    put_timing(entry, writer);
    json_put_key(writer, "subEvents");
    json_put_raw(writer, str_from("[]"));
    json_end_object(writer);
}
