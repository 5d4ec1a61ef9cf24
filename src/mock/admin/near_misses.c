/*
 * GET /__admin/requests/unmatched/near-misses, POST /__admin/near-misses/request and
 * /__admin/near-misses/request-pattern: what came nearest to what was wanted.
 */
#include "mock/admin/wiremock.h"
#include "mock/wiremock/event.h"
#include "mock/wiremock/stub.h"

enum {
    NEAREST = 3, /* as many as WireMock tells */
    COMPARISONS_MOST = 20000,
};

/* The best so far, nearest first. */
struct ranking {
    struct miss {
        double distance;
        struct stub stub;                  /* of a request: the operation */
        const struct journal_entry *entry; /* of a pattern: the request */
    } items[NEAREST];
    size_t count;
};

static void rank(struct ranking *ranking, struct miss miss)
{
    size_t at = ranking->count;
    while (at > 0 && ranking->items[at - 1].distance > miss.distance)
        at--;
    if (at == NEAREST)
        return;
    if (ranking->count < NEAREST)
        ranking->count++;
    for (size_t i = ranking->count - 1; i > at; i--)
        ranking->items[i] = ranking->items[i - 1];
    ranking->items[at] = miss;
}

static void put_distance(struct json_writer *writer, double distance)
{
    json_put_key(writer, "matchResult");
    json_begin_object(writer);
    json_put_key(writer, "distance");
    json_put_double(writer, distance);
    json_end_object(writer);
}

/* ---- from requests to operations ---- */

struct comparison {
    struct ranking ranking;
    struct arena scratch;
    struct str method;
    struct str path;
};

static struct str take_segment(struct str *rest)
{
    struct str segment = str_make(rest->data, str_find_char(*rest, '/'));
    *rest = str_after(*rest, segment.len < rest->len ? segment.len + 1 : rest->len);
    return segment;
}

/* The template with the path's own values where it has variables. */
static struct str fill_template(struct arena *arena, struct str template, struct str path)
{
    struct buf out;
    buf_init(&out, arena);
    for (bool first = true; template.len > 0; first = false) {
        struct str wanted = take_segment(&template);
        struct str got = take_segment(&path);
        if (!first)
            buf_add_char(&out, '/');
        buf_add_str(&out, wanted.len > 0 && wanted.data[0] == '{' && got.len > 0 ? got : wanted);
    }
    return buf_str(&out);
}

/* The path weighs 10 and the method 3, as with patterns. */
static void compare(void *context, const struct stub *stub)
{
    struct comparison *comparison = context;
    struct str path = fill_template(&comparison->scratch, stub->operation->path, comparison->path);
    bool same_method = str_is(comparison->method, http_method_name(stub->operation->method));
    double distance = (10 * text_distance(path, comparison->path) + (same_method ? 0 : 3)) / 20;
    rank(&comparison->ranking, (struct miss){.distance = distance, .stub = *stub});
    arena_clear(&comparison->scratch);
}

static void find_operations(const struct bill *bill, struct str method, struct str path,
                            struct ranking *ranking)
{
    struct comparison comparison = {.method = method, .path = path};
    arena_init(&comparison.scratch, 1024, NULL);
    stub_each(bill, compare, &comparison);
    arena_clear(&comparison.scratch);
    *ranking = comparison.ranking;
}

/* `request` is JSON text. */
static void write_operations(const struct ranking *ranking, struct str request,
                             struct json_writer *writer)
{
    for (size_t i = 0; i < ranking->count; i++) {
        json_begin_object(writer);
        json_put_key(writer, "request");
        json_put_raw(writer, request);
        json_put_key(writer, "stubMapping");
        stub_write(&ranking->items[i].stub, writer);
        put_distance(writer, ranking->items[i].distance);
        json_end_object(writer);
    }
}

static void begin(struct json_writer *writer)
{
    json_begin_object(writer);
    json_put_key(writer, "nearMisses");
    json_begin_array(writer);
}

static void end(const struct admin_call *call, struct json_writer *writer)
{
    json_end_array(writer);
    json_end_object(writer);
    exchange_answer_json(call->exchange, 200, writer->out);
}

static bool is_unmatched(const struct journal_entry *entry, void *context)
{
    (void)context;
    return event_is_unmatched(entry);
}

/* Of many unmatched requests and many operations the newest requests are compared. */
void admin_near_unmatched(const struct admin_call *call)
{
    struct exchange *exchange = call->exchange;
    struct journal_query query = {
        .filter = is_unmatched,
        .newest_first = true,
        .limit = COMPARISONS_MOST / (bill_operation_count(exchange->bill) + 1) + 1,
    };
    struct journal_list list = journal_select(exchange->world->journal, &query);
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    begin(&writer);
    for (size_t i = 0; i < list.count; i++) {
        struct ranking ranking;
        struct buf request = exchange_buf(exchange);
        struct json_writer request_writer = json_writer_to(&request);
        event_write_request(list.entries[i], &request_writer);
        find_operations(exchange->bill, list.entries[i]->exchange.method,
                        list.entries[i]->exchange.path, &ranking);
        write_operations(&ranking, buf_str(&request), &writer);
    }
    journal_list_free(&list);
    end(call, &writer);
}

/* The body is a logged request, of which `method` and `url` are looked at. */
void admin_near_request(const struct admin_call *call)
{
    const struct json_node *body = wiremock_body(call);
    if (body == NULL)
        return;
    struct str url = json_member_text(body, "url", (struct str){NULL, 0});
    if (url.data == NULL) {
        wiremock_refuse(call, 422, "a logged request has a url");
        return;
    }
    struct ranking ranking;
    struct buf out = exchange_buf(call->exchange);
    struct buf request = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_write(&request, body, JSON_EXACT);
    find_operations(call->exchange->bill, json_member_text(body, "method", str_from("GET")),
                    str_make(url.data, str_find_char(url, '?')), &ranking);
    begin(&writer);
    write_operations(&ranking, buf_str(&request), &writer);
    end(call, &writer);
}

/* ---- from patterns to requests ---- */

static void find_requests(struct pattern_matching *matching, const struct request_pattern *pattern,
                          const struct journal_list *list, struct ranking *ranking)
{
    *ranking = (struct ranking){.count = 0};
    for (size_t i = 0; i < list->count && !matching->undecided; i++) {
        const struct journal_entry *entry = list->entries[i];
        double distance = request_pattern_distance(matching, pattern, &entry->exchange);
        rank(ranking, (struct miss){.distance = distance, .entry = entry});
        arena_clear(matching->scratch);
    }
}

static void answer_requests(const struct admin_call *call, const struct ranking *ranking)
{
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    begin(&writer);
    for (size_t i = 0; i < ranking->count; i++) {
        json_begin_object(&writer);
        json_put_key(&writer, "request");
        event_write_request(ranking->items[i].entry, &writer);
        json_put_key(&writer, "requestPattern");
        json_put_raw(&writer, call->exchange->request->body);
        put_distance(&writer, ranking->items[i].distance);
        json_end_object(&writer);
    }
    end(call, &writer);
}

void admin_near_pattern(const struct admin_call *call)
{
    struct pattern_matching matching;
    struct arena scratch;
    struct ranking ranking;
    arena_init(&scratch, 16384, NULL);
    pattern_matching_open(&matching, call->exchange->arena, &scratch);
    const struct request_pattern *pattern = wiremock_pattern(call, &matching);
    if (pattern != NULL) {
        struct journal_query all = {.newest_first = true};
        struct journal_list list = journal_select(call->exchange->world->journal, &all);
        find_requests(&matching, pattern, &list, &ranking);
        if (!wiremock_undecided(call, &matching))
            answer_requests(call, &ranking);
        journal_list_free(&list);
    }
    pattern_matching_close(&matching);
    arena_clear(&scratch);
}
