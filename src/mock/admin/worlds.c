/*
 * GET and DELETE /__admin/worlds, DELETE /__admin/worlds/{name}; and of one world: GET
 * /__admin/snapshot, POST and DELETE /__admin/snapshot/{name}, POST .../restore, GET
 * /__admin/fixture
 */
#include "mock/admin/admin.h"
#include "store/fixture.h"
#include "json/writer.h"

static size_t count_records(struct world *world)
{
    size_t count = 0;
    for (struct collection *collection = store_first(world->store); collection != NULL;
         collection = collection_next(collection))
        count += collection_count(collection);
    return count;
}

static void write_world(struct json_writer *writer, struct world *world)
{
    struct journal_statistics journal = journal_statistics(world->journal);
    struct fault_state *faults = world_faults(world);
    json_begin_object(writer);
    json_put_key(writer, "name");
    json_put_string(writer, world->name);
    json_put_key(writer, "seed");
    json_put_int(writer, (int64_t)world->seed);
    json_put_key(writer, "requests");
    json_put_int(writer, (int64_t)journal.added);
    json_put_key(writer, "records");
    json_put_int(writer, (int64_t)count_records(world));
    json_put_key(writer, "faults");
    json_put_int(writer, faults != NULL ? (int64_t)fault_plan_count(fault_state_plan(faults)) : 0);
    json_end_object(writer);
    fault_state_release(faults);
}

void admin_list_worlds(const struct admin_call *call)
{
    struct exchange *exchange = call->exchange;
    struct world **list;
    size_t count = worlds_list(exchange->mock->worlds, exchange->arena, &list);
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "worlds");
    json_begin_array(&writer);
    for (size_t i = 0; i < count; i++) {
        write_world(&writer, list[i]);
        world_release(list[i]);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    exchange_answer_json(exchange, 200, &out);
}

void admin_drop_world(const struct admin_call *call)
{
    if (worlds_drop(call->exchange->mock->worlds, call->segments[1]))
        exchange_answer_empty(call->exchange, 204);
    else
        admin_refuse(call, 404, "no such world; GET /__admin/worlds lists them");
}

void admin_drop_worlds(const struct admin_call *call)
{
    worlds_drop_all(call->exchange->mock->worlds);
    exchange_answer_empty(call->exchange, 204);
}

void admin_list_snapshots(const struct admin_call *call)
{
    struct world *world = call->exchange->world;
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "snapshots");
    json_begin_array(&writer);
    pthread_mutex_lock(&world->lock);
    for (const struct saved_state *saved = world->saved; saved != NULL; saved = saved->next) {
        json_begin_object(&writer);
        json_put_key(&writer, "name");
        json_put_string(&writer, saved->name);
        json_put_key(&writer, "records");
        json_put_int(&writer, (int64_t)snapshot_count(saved->snapshot));
        json_end_object(&writer);
    }
    pthread_mutex_unlock(&world->lock);
    json_end_array(&writer);
    json_end_object(&writer);
    exchange_answer_json(call->exchange, 200, &out);
}

void admin_save(const struct admin_call *call)
{
    if (world_save(call->exchange->world, call->segments[1]))
        exchange_answer_empty(call->exchange, 204);
    else
        admin_refuse(call, 507, "a world keeps 100 snapshots at most: delete some");
}

void admin_restore(const struct admin_call *call)
{
    if (world_restore(call->exchange->world, call->segments[1]))
        exchange_answer_empty(call->exchange, 204);
    else
        admin_refuse(call, 404, "no such snapshot; GET /__admin/snapshot lists them");
}

void admin_forget(const struct admin_call *call)
{
    if (world_forget(call->exchange->world, call->segments[1]))
        exchange_answer_empty(call->exchange, 204);
    else
        admin_refuse(call, 404, "no such snapshot; GET /__admin/snapshot lists them");
}

void admin_export_store(const struct admin_call *call)
{
    struct buf out = exchange_buf(call->exchange);
    fixture_export(call->exchange->world->store, &out);
    exchange_answer_json(call->exchange, 200, &out);
}
