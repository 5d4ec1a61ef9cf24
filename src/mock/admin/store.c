/* GET /__admin/store, /__admin/store/{collection}, /__admin/store/{collection}/{key...} */
#include "mock/admin/admin.h"
#include "mock/key.h"
#include "json/writer.h"

void admin_list_collections(const struct admin_call *call)
{
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "collections");
    json_begin_array(&writer);
    for (struct collection *collection = store_first(call->exchange->world->store);
         collection != NULL; collection = collection_next(collection)) {
        json_begin_object(&writer);
        json_put_key(&writer, "name");
        json_put_string(&writer, collection_name(collection));
        json_put_key(&writer, "count");
        json_put_int(&writer, (int64_t)collection_count(collection));
        json_put_key(&writer, "bytes");
        json_put_int(&writer, (int64_t)collection_bytes(collection));
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    exchange_answer_json(call->exchange, 200, &out);
}

static struct collection *find_collection(const struct admin_call *call)
{
    struct collection *collection = store_find(call->exchange->world->store, call->segments[1]);
    if (collection == NULL)
        admin_refuse(call, 404, "no such collection; GET /__admin/store lists them");
    return collection;
}

void admin_list_records(const struct admin_call *call)
{
    struct collection *collection = find_collection(call);
    if (collection == NULL)
        return;
    struct record_query everything = {0};
    struct record_list list = collection_list(collection, &everything);
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key_str(&writer, collection_name(collection));
    json_begin_array(&writer);
    for (size_t i = 0; i < list.count; i++)
        json_put_raw(&writer, record_text(list.records[i]));
    json_end_array(&writer);
    json_end_object(&writer);
    record_list_free(&list);
    exchange_answer_json(call->exchange, 200, &out);
}

/* The segments after the collection are the key's parts, joined as the store joins them. */
void admin_show_record(const struct admin_call *call)
{
    struct collection *collection = find_collection(call);
    if (collection == NULL)
        return;
    struct buf key = exchange_buf(call->exchange);
    for (size_t i = 2; i < call->count; i++)
        key_add_part(&key, i - 2, call->segments[i]);
    struct record *record = collection_get(collection, buf_str(&key));
    if (record == NULL) {
        admin_refuse(call, 404, "no record has this key");
        return;
    }
    exchange_answer(call->exchange, 200, "application/json",
                    arena_copy_str(call->exchange->arena, record_text(record)));
    record_release(record);
}
