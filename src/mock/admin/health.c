/* GET /__admin/health, POST /__admin/reset */
#include "mock/admin/admin.h"
#include "json/writer.h"

static size_t count_broken(const struct contract *contract)
{
    size_t count = 0;
    for (size_t i = 0; i < contract->operation_count; i++)
        count += atomic_load(&contract->operations[i].state) == OPERATION_BROKEN;
    return count;
}

static void write_spec(struct json_writer *writer, const struct contract *contract)
{
    json_begin_object(writer);
    json_put_key(writer, "title");
    json_put_string(writer, contract->title);
    json_put_key(writer, "version");
    json_put_string(writer, contract->version);
    json_put_key(writer, "operations");
    json_put_int(writer, (int64_t)contract->operation_count);
    json_put_key(writer, "broken_operations");
    json_put_int(writer, (int64_t)count_broken(contract));
    json_end_object(writer);
}

void admin_health(const struct admin_call *call)
{
    struct exchange *exchange = call->exchange;
    struct mock *mock = exchange->mock;
    struct journal_statistics journal = journal_statistics(exchange->world->journal);
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "status");
    json_put_text(&writer, "healthy");
    json_put_key(&writer, "version");
    json_put_text(&writer, mock->options.version);
    json_put_key(&writer, "spec");
    write_spec(&writer, exchange->bill->parts[0]->contract);
    if (exchange->bill->count > 1) {
        json_put_key(&writer, "specs");
        json_begin_array(&writer);
        for (size_t i = 0; i < exchange->bill->count; i++)
            write_spec(&writer, exchange->bill->parts[i]->contract);
        json_end_array(&writer);
    }
    json_put_key(&writer, "uptime_ms");
    json_put_int(&writer, (int64_t)((clock_monotonic_ns() - mock->started_ns) / 1000000));
    json_put_key(&writer, "requests");
    json_put_int(&writer, (int64_t)journal.added);
    if (mock->options.check_answers) {
        json_put_key(&writer, "broken_answers");
        json_put_int(&writer, (int64_t)atomic_load(&mock->broken_answers));
    }
    json_end_object(&writer);
    exchange_answer_json(exchange, 200, &out);
}

void admin_reset(const struct admin_call *call)
{
    world_reset(call->exchange->world);
    admin_answer_done(call);
}
