#include "mock/stream.h"

#include "mock/answer.h"
#include "mock/dialect.h"
#include "json/writer.h"

struct stream;

typedef void item_writer(struct stream *stream, const struct json_node *given, struct str text);

/* Ways to write the items, by media type. */
struct stream_kind {
    const char *type;
    item_writer *write_item;
    const char *ending; /* behind the last item, unless the example has its own */
};

struct stream {
    struct exchange *exchange;
    const struct stream_kind *kind;
    struct buf body;
    uint64_t *pieces; /* where each item ends */
    size_t count;
    bool has_ending;
};

/* ---- items ---- */

static void write_line(struct stream *stream, const struct json_node *given, struct str text)
{
    (void)given;
    buf_add_str(&stream->body, text);
    buf_add_char(&stream->body, '\n');
}

static void write_record(struct stream *stream, const struct json_node *given, struct str text)
{
    buf_add_char(&stream->body, '\x1e');
    write_line(stream, given, text);
}

static void write_field(struct buf *out, const char *name, struct str value)
{
    do {
        size_t end = str_find_char(value, '\n');
        buf_printf(out, "%s: ", name);
        buf_add_str(out, str_make(value.data, end));
        buf_add_char(out, '\n');
        value = str_after(value, end < value.len ? end + 1 : end);
    } while (value.len > 0);
}

/* A field of an event that an example spells out: texts as they are, other values as JSON. */
static struct str field_text(struct stream *stream, const struct json_node *value)
{
    if (json_is(value, JSON_STRING))
        return json_text(value);
    struct buf text = exchange_buf(stream->exchange);
    json_write(&text, value, JSON_EXACT);
    return buf_str(&text);
}

/* null, or an empty `event`, means: leave the line out. */
static void write_given_field(struct stream *stream, const struct json_node *event,
                              const char *name, struct str fallback)
{
    const struct json_node *value = json_member(event, name);
    struct str text = value != NULL ? field_text(stream, value) : fallback;
    if (!json_is(value, JSON_NULL) && text.len > 0)
        write_field(&stream->body, name, text);
}

static bool is_event(const struct json_node *given)
{
    return json_is(given, JSON_OBJECT) &&
           (json_member(given, "data") != NULL || json_member(given, "event") != NULL);
}

static void write_event(struct stream *stream, const struct json_node *given, struct str text)
{
    static const char *const endings[] = {"done", "complete", "end"};
    struct buf id = exchange_buf(stream->exchange);
    const struct json_node *event = is_event(given) ? given : NULL;
    buf_add_uint(&id, stream->count);
    write_given_field(stream, event, "id", buf_str(&id));
    write_given_field(stream, event, "retry", str_from(""));
    write_given_field(stream, event, "event", str_from("message"));
    const struct json_node *data = json_member(event, "data");
    write_field(&stream->body, "data",
                data != NULL    ? field_text(stream, data)
                : event != NULL ? str_from("")
                                : text);
    buf_add_char(&stream->body, '\n');
    struct str name = json_member_text(event, "event", str_from(""));
    stream->has_ending = false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        stream->has_ending |= str_equal_ignoring_case(name, str_from(endings[i]));
}

static const struct stream_kind kinds[] = {
    {"text/event-stream", write_event, "event: done\ndata: {}\n\n"},
    {"application/x-ndjson", write_line, NULL},
    {"application/ndjson", write_line, NULL},
    {"application/jsonl", write_line, NULL},
    {"application/json-seq", write_record, NULL},
};

static const struct stream_kind *kind_of(struct str type)
{
    struct str essence = media_type_essence(type);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_equal_ignoring_case(essence, str_from(kinds[i].type)))
            return &kinds[i];
    return NULL;
}

/* ---- which? ---- */

/* Only who names the type wants a stream where there is JSON as well; before JSON, if both. */
static bool is_asked_for(const struct exchange *exchange, const struct stream_kind *kind)
{
    struct str accept = request_header(exchange->request, "accept");
    while (accept.len > 0) {
        size_t end = str_find_char(accept, ',');
        struct str range = media_type_essence(str_make(accept.data, end));
        if (str_equal_ignoring_case(range, str_from(kind->type)))
            return true;
        if (media_type_is_json(range))
            return false;
        accept = str_after(accept, end < accept.len ? end + 1 : end);
    }
    return false;
}

static const struct media_type *find_content(const struct exchange *exchange)
{
    const struct response_spec *response = operation_success(exchange->operation);
    for (size_t i = 0; response != NULL && i < response->content_count; i++) {
        const struct stream_kind *kind = kind_of(response->content[i].range);
        if (kind != NULL && (exchange->role->success == NULL || is_asked_for(exchange, kind)))
            return &response->content[i];
    }
    return NULL;
}

/* ---- the whole ---- */

static void add_item(struct stream *stream, const struct json_node *given, struct str text)
{
    stream->kind->write_item(stream, given, text);
    stream->pieces[stream->count++] = stream->body.len;
}

/* An example's items: the elements of a list, the lines of a text, or the one value that it is. */
static void add_given(struct stream *stream, const struct json_node *example)
{
    struct exchange *exchange = stream->exchange;
    bool is_list = json_is(example, JSON_ARRAY);
    if (json_is(example, JSON_STRING)) {
        buf_add_str(&stream->body, json_text(example));
        stream->has_ending = true;
        return;
    }
    size_t count = is_list ? example->size : 1;
    stream->pieces = arena_alloc(exchange->arena, (count + 1) * sizeof *stream->pieces);
    for (const struct json_node *item = is_list ? json_first(example) : example; item != NULL;
         item = is_list ? json_next(item) : NULL) {
        struct buf text = exchange_buf(exchange);
        json_write(&text, item, JSON_EXACT);
        add_item(stream, item, buf_str(&text));
    }
}

/* With a seed of its own each item has the next one; else all are drawn from the world's. */
static bool add_made(struct stream *stream, const struct schema *schema)
{
    struct exchange *exchange = stream->exchange;
    const struct generation *generation = &exchange->generation;
    uint64_t seed = generation->seed_kind == SEED_GIVEN ? generation->seed : exchange->world->seed;
    bool random = generation->seed_kind == SEED_RANDOM || exchange->mock->options.dynamic;
    stream->pieces =
        arena_alloc(exchange->arena, (generation->stream_count + 1) * sizeof *stream->pieces);
    for (unsigned i = 0; i < generation->stream_count; i++) {
        struct buf text = exchange_buf(exchange);
        const struct answer_wish wish = {
            .dynamic = exchange->mock->options.dynamic, .has_seed = !random, .seed = seed + i};
        if (answer_generate(exchange, schema, &wish, &text) != ANSWER_WRITTEN)
            return false;
        add_item(stream, NULL, buf_str(&text));
    }
    return true;
}

static bool add_items(struct stream *stream, const struct media_type *content)
{
    bool dynamic = stream->exchange->mock->options.dynamic;
    const struct json_node *example =
        dynamic ? NULL : answer_find_example(stream->exchange, content, str_from(""));
    if (example != NULL)
        add_given(stream, example);
    else if (content->schema != NULL)
        return add_made(stream, content->schema);
    return true;
}

/* The ending goes with the last item. */
static void end_stream(struct stream *stream)
{
    if (stream->kind->ending != NULL && !stream->has_ending)
        buf_add_text(&stream->body, stream->kind->ending);
    if (stream->count > 0)
        stream->pieces[stream->count - 1] = stream->body.len;
}

static void set_pace(const struct stream *stream)
{
    struct exchange *exchange = stream->exchange;
    struct clock *clock = &exchange->world->clock;
    uint64_t interval_us = (uint64_t)exchange->generation.stream_interval_ms * 1000;
    if (stream->count < 2 || interval_us == 0)
        return;
    if (clock_is_frozen(clock)) {
        clock_advance(clock, (int64_t)((stream->count - 1) * interval_us) * 1000);
        return;
    }
    struct transport *transport = &exchange->response->transport;
    transport->pieces = stream->pieces;
    transport->piece_count = stream->count;
    transport->drip_every_us = interval_us;
}

bool stream_answers(struct exchange *exchange)
{
    const struct media_type *content = find_content(exchange);
    if (content == NULL)
        return false;
    struct stream stream = {
        .exchange = exchange, .kind = kind_of(content->range), .body = exchange_buf(exchange)};
    if (!add_items(&stream, content)) {
        exchange->dialect->refuse(exchange, REFUSE_BROKEN,
                                  "No item of the stream's schema could be made: give the "
                                  "response an `example`, by an overlay for instance.");
        return true;
    }
    end_stream(&stream);
    exchange_answer(exchange, exchange->role->status, stream.kind->type, buf_str(&stream.body));
    set_pace(&stream);
    return true;
}
