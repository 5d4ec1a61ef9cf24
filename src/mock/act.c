/*
 * What an operation does to the store, and the answer that follows from it.
 *
 * Every action writes its records in the shape of the answer's schema; the
 * very text that is answered is what the store keeps.
 */
#include "mock/answer.h"
#include "mock/dialect.h"
#include "mock/key.h"
#include "mock/pipeline.h"
#include "mock/record.h"
#include "openapi/percent.h"
#include "json/writer.h"

/* ---- fills ---- */

/* Where the values come from: the request, the world's clock and seed. */
struct filling {
    struct exchange *exchange;
    struct rng rng;
    size_t count; /* of a list: records on this page ... */
    size_t total; /* ... and in the collection */
    bool more;    /* there are some behind the page */
};

static void write_header_fill(const struct exchange *exchange, const struct fill *fill,
                              struct buf *out)
{
    for (size_t i = 0; i < exchange->request->header_count; i++) {
        const struct name_value *header = &exchange->request->headers[i];
        if (!str_equal_ignoring_case(header->name, fill->source))
            continue;
        if (header->value.len == 0)
            break;
        json_write_string(out, text_from_bytes(exchange->arena, header->value));
        return;
    }
    buf_add_str(out, fill->fallback);
}

static void write_path_fill(const struct exchange *exchange, const struct fill *fill,
                            struct buf *out)
{
    for (size_t i = 0; i < exchange->match.capture_count; i++)
        if (str_equal(exchange->match.names[i], fill->source))
            json_write_string(out,
                              percent_decode(exchange->arena, exchange->match.captures[i], false));
}

static void write_page_fill(const struct filling *filling, const struct fill *fill, struct buf *out)
{
    if (str_is(fill->source, "more"))
        buf_add_text(out, filling->more ? "true" : "false");
    else
        buf_add_uint(out, str_is(fill->source, "total") ? filling->total : filling->count);
}

static void make_fill(void *context, const struct fill *fill, struct buf *out)
{
    struct filling *filling = context;
    struct exchange *exchange = filling->exchange;
    char uuid[37];
    switch (fill->kind) {
    case FILL_VALUE:
        buf_add_str(out, fill->fallback);
        return;
    case FILL_UUID4:
        rng_uuid4(&filling->rng, uuid);
        buf_printf(out, "\"%s\"", uuid);
        return;
    case FILL_HEADER:
        write_header_fill(exchange, fill, out);
        return;
    case FILL_NOW:
        buf_add_char(out, '"');
        clock_print_rfc3339(clock_now_ns(&exchange->world->clock), out);
        buf_add_char(out, '"');
        return;
    case FILL_PATH:
        write_path_fill(exchange, fill, out);
        return;
    case FILL_PAGE:
        write_page_fill(filling, fill, out);
        return;
    }
}

static struct shape_source *source_new(struct exchange *exchange)
{
    struct filling *filling = arena_alloc_zero(exchange->arena, sizeof *filling);
    struct shape_source *source = arena_alloc(exchange->arena, sizeof *source);
    filling->exchange = exchange;
    world_rng(exchange->world, &filling->rng);
    *source = (struct shape_source){
        .context = filling,
        .fill = make_fill,
        .scratch = exchange->arena,
        .print_nulls = exchange->part->print_nulls,
        .style = part_number_style(exchange->part),
    };
    return source;
}

/* ---- keys ---- */

/* The key that the path names: the last variables of its template, decoded. */
static struct str path_key(const struct exchange *exchange, const struct behavior *behavior)
{
    struct buf key = exchange_buf(exchange);
    size_t wanted = behavior->key.count;
    size_t have = exchange->match.capture_count;
    size_t first = have > wanted ? have - wanted : 0;
    for (size_t i = first; i < have; i++)
        key_add_part(&key, i - first,
                     percent_decode(exchange->arena, exchange->match.captures[i], false));
    return buf_str(&key);
}

/* ---- answers around records ---- */

static void answer_around(struct exchange *exchange, const struct behavior *behavior,
                          struct str records, bool as_list, const struct shape_source *source)
{
    struct buf out = exchange_buf(exchange);
    buf_reserve(&out, records.len + 256);
    shape_write_around(behavior->answer, &behavior->items, records, as_list, source, &out);
    exchange_answer_json(exchange, exchange->role->status, &out);
}

static void answer_records(struct exchange *exchange, const struct behavior *behavior,
                           struct str records, bool as_list)
{
    answer_around(exchange, behavior, records, as_list, source_new(exchange));
}

/* The records in the body: what `items` leads to, as a list or alone. */
static const struct json_node *find_items(const struct exchange *exchange,
                                          const struct behavior *behavior)
{
    const struct json_node *node = exchange->body;
    for (size_t i = 0; i < behavior->items.count; i++)
        node = json_member_str(node, behavior->items.items[i]);
    return node;
}

/* ---- create and upsert ---- */

struct batch {
    const struct json_node **items;
    struct str *keys;
    struct record_maker *makers;
    bool *superseded; /* a later item of the batch has the same key */
    size_t count;
};

static void batch_collect(struct batch *batch, struct arena *arena, const struct json_node *items)
{
    bool is_list = json_is(items, JSON_ARRAY);
    batch->count = is_list ? items->size : 1;
    batch->items = arena_alloc(arena, (batch->count + 1) * sizeof *batch->items);
    batch->keys = arena_alloc_zero(arena, (batch->count + 1) * sizeof *batch->keys);
    batch->makers = arena_alloc(arena, (batch->count + 1) * sizeof *batch->makers);
    batch->superseded = arena_alloc_zero(arena, (batch->count + 1) * sizeof *batch->superseded);
    if (!is_list) {
        batch->items[0] = items;
        return;
    }
    size_t i = 0;
    for (const struct json_node *item = json_first(items); item != NULL; item = json_next(item))
        batch->items[i++] = item;
}

/* Of items with the same key the last one counts, as in the real service. */
static void batch_mark_superseded(struct batch *batch, struct arena *arena)
{
    if (batch->count < 2)
        return;
    struct map last;
    map_init(&last, arena);
    for (size_t i = 0; i < batch->count; i++) {
        bool *former = map_put(&last, batch->keys[i], &batch->superseded[i]);
        if (former != NULL)
            *former = true;
    }
}

/* Writes the records, one after the other with commas; their keys and texts are *records. */
static size_t batch_write(struct batch *batch, struct store_item *records, struct buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->superseded[i])
            continue;
        if (out->len > 0)
            buf_add_char(out, ',');
        size_t start = out->len;
        record_maker_write(&batch->makers[i], batch->items[i], out);
        records[count].key = batch->keys[i];
        records[count++].text.len = out->len - start;
    }
    /* Only now does the text stay where it is. */
    const char *at = out->data;
    for (size_t i = 0; i < count; at += records[i++].text.len + 1)
        records[i].text.data = at;
    return count;
}

/* All of the batch at one moment, or nothing; its text is appended. */
static enum store_outcome batch_store(struct exchange *exchange, const struct behavior *behavior,
                                      struct batch *batch, struct buf *out)
{
    struct store_item *records = arena_alloc(exchange->arena, (batch->count + 1) * sizeof *records);
    size_t count = batch_write(batch, records, out);
    return collection_put_all(store_collection(exchange->world->store, behavior->collection),
                              records, count, behavior->action == ACTION_CREATE);
}

static void act_put(struct exchange *exchange, const struct behavior *behavior)
{
    const struct json_node *items = find_items(exchange, behavior);
    struct batch batch;
    if (items == NULL) {
        answer_records(exchange, behavior, str_from(""), behavior->items.count > 0);
        return;
    }
    batch_collect(&batch, exchange->arena, items);
    struct shape_source *source = source_new(exchange);
    for (size_t i = 0; i < batch.count; i++) {
        record_maker_init(&batch.makers[i], behavior, source);
        batch.keys[i] = record_maker_key(&batch.makers[i], batch.items[i]);
    }
    batch_mark_superseded(&batch, exchange->arena);
    struct buf records = exchange_buf(exchange);
    buf_reserve(&records, exchange->request->body.len + batch.count * 256);
    enum store_outcome outcome = batch_store(exchange, behavior, &batch, &records);
    if (outcome == STORE_EXISTS)
        dialect_refuse(exchange, REFUSE_CONFLICT, NULL);
    else if (outcome == STORE_FULL)
        dialect_refuse(exchange, REFUSE_FULL, NULL);
    else
        answer_records(exchange, behavior, buf_str(&records), json_is(items, JSON_ARRAY));
}

/* ---- read, list, update, delete ---- */

static void act_read(struct exchange *exchange, const struct behavior *behavior)
{
    struct collection *collection = store_collection(exchange->world->store, behavior->collection);
    struct record *record = collection_get(collection, path_key(exchange, behavior));
    if (record == NULL) {
        dialect_refuse(exchange, REFUSE_NO_RECORD, NULL);
        return;
    }
    answer_records(exchange, behavior, arena_copy_str(exchange->arena, record_text(record)), false);
    record_release(record);
}

static const struct json_node *query_parameter(const struct exchange *exchange, struct str name)
{
    const struct operation *operation = exchange->operation;
    for (size_t i = 0; name.len > 0 && i < operation->parameter_count; i++)
        if (operation->parameters[i].in == PARAMETER_QUERY &&
            str_equal(operation->parameters[i].name, name))
            return exchange->parameters[i];
    return NULL;
}

static struct record_query list_query(const struct exchange *exchange,
                                      const struct behavior *behavior,
                                      struct collection *collection)
{
    struct record_query query = {0};
    const struct json_node *limit = query_parameter(exchange, behavior->limit);
    const struct json_node *after = query_parameter(exchange, behavior->after);
    if (json_is(limit, JSON_NUMBER) && limit->c.valueint > 0)
        query.limit = (size_t)limit->c.valueint;
    if (json_is(after, JSON_STRING)) {
        struct record *record =
            collection_get(collection, key_from_part(exchange->arena, json_text(after)));
        query.after = record != NULL ? record->sequence : 0;
        record_release(record);
    }
    return query;
}

static void act_list(struct exchange *exchange, const struct behavior *behavior)
{
    struct collection *collection = store_collection(exchange->world->store, behavior->collection);
    struct record_query query = list_query(exchange, behavior, collection);
    struct record_list list = collection_list(collection, &query);
    struct buf records = exchange_buf(exchange);
    for (size_t i = 0; i < list.count; i++) {
        if (i > 0)
            buf_add_char(&records, ',');
        buf_add_str(&records, record_text(list.records[i]));
    }
    struct shape_source *source = source_new(exchange);
    struct filling *filling = source->context;
    filling->count = list.count;
    filling->total = list.total;
    filling->more = list.more;
    record_list_free(&list);
    answer_around(exchange, behavior, buf_str(&records), true, source);
}

/* The record with the body's members put over its own. */
static struct json_node *merge(struct exchange *exchange, const struct record *record)
{
    struct source *source = arena_alloc(exchange->arena, sizeof *source);
    *source = (struct source){.name = "record",
                              .text = arena_copy_str(exchange->arena, record_text(record))};
    struct json_document document;
    struct json_error error;
    struct json_read_options options = {0};
    if (!json_read(exchange->arena, source, &options, &document, &error))
        return json_new(exchange->arena, JSON_OBJECT);
    for (const struct json_node *member =
             json_is(exchange->body, JSON_OBJECT) ? json_first(exchange->body) : NULL;
         member != NULL; member = json_next(member))
        json_set(exchange->arena, document.root, json_name(member),
                 json_copy(exchange->arena, member));
    return document.root;
}

static void act_update(struct exchange *exchange, const struct behavior *behavior)
{
    struct collection *collection = store_collection(exchange->world->store, behavior->collection);
    struct str key = path_key(exchange, behavior);
    enum store_outcome outcome;
    struct buf text;
    do {
        struct record *record = collection_get(collection, key);
        if (record == NULL) {
            dialect_refuse(exchange, REFUSE_NO_RECORD, NULL);
            return;
        }
        struct record_maker maker;
        record_maker_init(&maker, behavior, source_new(exchange));
        text = exchange_buf(exchange);
        record_maker_write(&maker, merge(exchange, record), &text);
        outcome = collection_replace(collection, key, buf_str(&text), record);
        record_release(record);
    } while (outcome == STORE_CHANGED || outcome == STORE_ABSENT);
    if (outcome == STORE_FULL)
        dialect_refuse(exchange, REFUSE_FULL, NULL);
    else
        answer_records(exchange, behavior, buf_str(&text), false);
}

static void act_delete(struct exchange *exchange, const struct behavior *behavior)
{
    struct collection *collection = store_collection(exchange->world->store, behavior->collection);
    struct record *removed = NULL;
    if (!collection_remove(collection, path_key(exchange, behavior), &removed)) {
        dialect_refuse(exchange, REFUSE_NO_RECORD, NULL);
        return;
    }
    if (exchange->role->success == NULL)
        exchange_answer_empty(exchange, exchange->role->status);
    else
        exchange_answer(exchange, exchange->role->status, "application/json",
                        arena_copy_str(exchange->arena, record_text(removed)));
    record_release(removed);
}

static void act_answer(struct exchange *exchange, const struct behavior *behavior)
{
    (void)behavior;
    answer_example(exchange);
}

typedef void act_function(struct exchange *exchange, const struct behavior *behavior);

static act_function *const actions[] = {
    [ACTION_ANSWER] = act_answer, [ACTION_CREATE] = act_put, [ACTION_UPSERT] = act_put,
    [ACTION_READ] = act_read,     [ACTION_LIST] = act_list,  [ACTION_UPDATE] = act_update,
    [ACTION_DELETE] = act_delete,
};

void step_act(struct exchange *exchange)
{
    const struct behavior *behavior = exchange->role->behavior;
    enum action action = behavior != NULL ? behavior->action : ACTION_ANSWER;
    exchange->acted = true;
    actions[action](exchange, behavior);
}
