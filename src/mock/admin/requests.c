/*
 * GET and DELETE /__admin/requests, GET and DELETE /__admin/requests/{id}
 *
 * ?operation= ?path= ?method= ?status= ?fault= ?unmatched=true ?matchingStub=ID   which
 * ?after=ID ?since=TIME ?limit=N ?order=oldest                                      how many
 * ?format=json (WireMock's shape and ours), jsonl, har, curl; ?secrets=hide        how
 */
#include "mock/admin/admin.h"
#include "mock/admin/export.h"
#include "mock/wiremock/event.h"
#include "mock/wiremock/stub.h"
#include "json/writer.h"

enum { DEFAULT_LIMIT = 100 };

struct wanted {
    struct str operation;      /* its label, whatever name was given */
    struct str stub_operation; /* the operation of the stub; data is NULL: any */
    struct str path;
    struct str method;
    struct str fault;
    uint64_t status;
    int64_t since_ns;
    bool unmatched;
};

static bool is_wanted(const struct journal_entry *entry, void *context)
{
    const struct wanted *wanted = context;
    const struct journal_exchange *exchange = &entry->exchange;
    return (wanted->operation.len == 0 || str_equal(wanted->operation, exchange->operation)) &&
           (wanted->stub_operation.data == NULL ||
            str_equal(wanted->stub_operation, exchange->operation)) &&
           (wanted->path.len == 0 || str_equal(wanted->path, exchange->path)) &&
           (wanted->method.len == 0 || str_equal_ignoring_case(wanted->method, exchange->method)) &&
           (wanted->fault.len == 0 || str_equal(wanted->fault, exchange->fault_name)) &&
           (wanted->status == 0 || wanted->status == (uint64_t)exchange->status) &&
           (wanted->since_ns == 0 || exchange->time_ns > wanted->since_ns) &&
           (!wanted->unmatched || event_is_unmatched(entry));
}

/* WireMock's ?since= may lack the zone; it is UTC then. */
static bool read_since(const struct admin_call *call, int64_t *since_ns)
{
    struct str text = admin_query(call, "since");
    if (text.data == NULL || clock_parse_rfc3339(text, since_ns))
        return true;
    struct buf with_zone = exchange_buf(call->exchange);
    buf_add_str(&with_zone, text);
    buf_add_char(&with_zone, 'Z');
    if (clock_parse_rfc3339(buf_str(&with_zone), since_ns))
        return true;
    admin_refuse(call, 400, "since wants a time such as 2026-01-31T12:00:00Z");
    return false;
}

static bool read_wanted(const struct admin_call *call, struct wanted *wanted)
{
    *wanted = (struct wanted){
        .path = admin_query(call, "path"),
        .method = admin_query(call, "method"),
        .fault = admin_query(call, "fault"),
    };
    struct str stub = admin_query(call, "matchingStub");
    if (stub.data != NULL)
        wanted->stub_operation = stub_find(call->exchange->bill, stub);
    static const char *const answers[2] = {"false", "true"};
    return admin_query_operation(call, &wanted->operation) &&
           admin_query_number(call, "status", 0, &wanted->status) &&
           admin_query_choice(call, "unmatched", answers, &wanted->unmatched) &&
           read_since(call, &wanted->since_ns);
}

/* An id in its long or short form; 0 where there is none. */
static bool read_after(const struct admin_call *call, uint64_t *id)
{
    struct str text = admin_query(call, "after");
    *id = event_read_id(text);
    if (*id > 0 || text.data == NULL || str_is(text, "0"))
        return true;
    admin_refuse(call, 400, "after wants the id or the number of a request");
    return false;
}

static void answer_list(const struct admin_call *call, const struct journal_list *list)
{
    struct exchange *exchange = call->exchange;
    struct journal_statistics statistics = journal_statistics(exchange->world->journal);
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "requests");
    json_begin_array(&writer);
    for (size_t i = 0; i < list->count; i++)
        event_write(list->entries[i], &writer);
    json_end_array(&writer);
    json_put_key(&writer, "meta");
    json_begin_object(&writer);
    json_put_key(&writer, "total");
    json_put_int(&writer, (int64_t)statistics.entries);
    json_end_object(&writer);
    json_put_key(&writer, "requestJournalDisabled");
    json_put_bool(&writer, false);
    json_end_object(&writer);
    exchange_answer_json(exchange, 200, &out);
    if (statistics.dropped > 0)
        response_header(exchange->response, "x-understudy-requests-dropped",
                        str_from(arena_printf(exchange->arena, "%llu",
                                              (unsigned long long)statistics.dropped)));
}

/* The list is for who asks; only files can be masked. */
static bool check_secrets(const struct admin_call *call, bool is_file)
{
    if (is_file || admin_query(call, "secrets").data == NULL)
        return true;
    admin_refuse(call, 400, "secrets goes with format=jsonl, har or curl");
    return false;
}

void admin_list_requests(const struct admin_call *call)
{
    enum export_format format;
    struct wanted wanted;
    uint64_t after;
    uint64_t limit;
    static const char *const orders[2] = {"newest", "oldest"};
    bool oldest_first;
    if (!export_read_format(call, &format) ||
        !admin_query_choice(call, "order", orders, &oldest_first) || !read_wanted(call, &wanted) ||
        !read_after(call, &after))
        return;
    /* A file is wanted whole and in order. */
    bool is_file = format != EXPORT_JSON;
    if (!check_secrets(call, is_file) ||
        !admin_query_number(call, "limit", is_file ? 0 : DEFAULT_LIMIT, &limit))
        return;
    struct journal_query query = {
        .filter = is_wanted,
        .context = &wanted,
        .after_id = after,
        .limit = (size_t)limit,
        .newest_first = !is_file && !oldest_first,
    };
    struct journal_list list = journal_select(call->exchange->world->journal, &query);
    if (is_file)
        export_answer(call, format, &list);
    else
        answer_list(call, &list);
    journal_list_free(&list);
}

/* The entry that the path names, retained; refused where there is none. */
static struct journal_entry *find_entry(const struct admin_call *call)
{
    struct journal_entry *entry =
        journal_find(call->exchange->world->journal, event_read_id(call->segments[1]));
    if (entry == NULL)
        admin_refuse(call, 404, "the journal has no request of that id (any more)");
    return entry;
}

void admin_show_request(const struct admin_call *call)
{
    struct journal_entry *entry = find_entry(call);
    if (entry == NULL)
        return;
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    event_write(entry, &writer);
    journal_release(entry);
    exchange_answer_json(call->exchange, 200, &out);
}

void admin_forget_request(const struct admin_call *call)
{
    struct journal_entry *entry = find_entry(call);
    if (entry == NULL)
        return;
    struct journal_list list = {&entry, 1};
    journal_remove(call->exchange->world->journal, &list);
    journal_release(entry);
    admin_answer_done(call);
}

void admin_forget_requests(const struct admin_call *call)
{
    journal_clear(call->exchange->world->journal);
    admin_answer_done(call);
}
