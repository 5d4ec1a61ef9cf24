/* GET and DELETE /__admin/requests, GET /__admin/requests/{id} */
#include "mock/admin/admin.h"
#include "json/writer.h"

enum { DEFAULT_LIMIT = 100 };

/* A whole number, or `fallback` where the text is none. */
static uint64_t number_from(struct str text, uint64_t fallback)
{
    uint64_t number = 0;
    if (text.len == 0 || text.len > 18)
        return fallback;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return fallback;
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    return number;
}

struct wanted {
    struct str operation;
    struct str path;
    struct str method;
    struct str fault;
    uint64_t status;
};

static bool is_wanted(const struct journal_entry *entry, void *context)
{
    const struct wanted *wanted = context;
    const struct journal_exchange *exchange = &entry->exchange;
    return (wanted->operation.len == 0 || str_equal(wanted->operation, exchange->operation)) &&
           (wanted->path.len == 0 || str_equal(wanted->path, exchange->path)) &&
           (wanted->method.len == 0 || str_equal(wanted->method, exchange->method)) &&
           (wanted->fault.len == 0 || str_equal(wanted->fault, exchange->fault_name)) &&
           (wanted->status == 0 || wanted->status == (uint64_t)exchange->status);
}

void admin_list_requests(const struct admin_call *call)
{
    struct exchange *exchange = call->exchange;
    struct journal *journal = exchange->world->journal;
    struct wanted wanted = {
        .operation = admin_query(call, "operation"),
        .path = admin_query(call, "path"),
        .method = admin_query(call, "method"),
        .fault = admin_query(call, "fault"),
        .status = number_from(admin_query(call, "status"), 0),
    };
    struct journal_query query = {
        .filter = is_wanted,
        .context = &wanted,
        .after_id = number_from(admin_query(call, "after"), 0),
        .limit = (size_t)number_from(admin_query(call, "limit"), DEFAULT_LIMIT),
        .newest_first = !str_is(admin_query(call, "order"), "oldest"),
    };
    struct journal_list list = journal_select(journal, &query);
    struct journal_statistics statistics = journal_statistics(journal);
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "requests");
    json_begin_array(&writer);
    for (size_t i = 0; i < list.count; i++)
        journal_write_json(list.entries[i], JOURNAL_SHOW_SECRETS, &writer);
    json_end_array(&writer);
    json_put_key(&writer, "meta");
    json_begin_object(&writer);
    json_put_key(&writer, "total");
    json_put_int(&writer, (int64_t)statistics.entries);
    json_put_key(&writer, "dropped");
    json_put_int(&writer, (int64_t)statistics.dropped);
    json_end_object(&writer);
    json_end_object(&writer);
    journal_list_free(&list);
    exchange_answer_json(exchange, 200, &out);
}

void admin_show_request(const struct admin_call *call)
{
    struct journal_entry *entry =
        journal_find(call->exchange->world->journal, number_from(call->segments[1], 0));
    if (entry == NULL) {
        admin_refuse(call, 404, "the journal has no request of that id (any more)");
        return;
    }
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    journal_write_json(entry, JOURNAL_SHOW_SECRETS, &writer);
    journal_release(entry);
    exchange_answer_json(call->exchange, 200, &out);
}

void admin_forget_requests(const struct admin_call *call)
{
    journal_clear(call->exchange->world->journal);
    exchange_answer_empty(call->exchange, 204);
}
