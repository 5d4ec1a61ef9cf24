/*
 * GET and POST /__admin/clock: the world's time.
 *
 *     {"freeze": "2026-01-31T12:00:00Z"}   stands still there; true: at the present time
 *     {"advance": "60s"}                   goes forward (us, ms, s, m, h)
 *     {"resume": true}                     runs on from where it is
 *
 * MockServer's words work too: {"action": "freeze", "instant": "..."}, {"action": "advance",
 * "durationMillis": 60000}, {"action": "resume"} (or "reset").
 */
#include "fault/duration.h"
#include "mock/admin/admin.h"
#include "json/writer.h"
#include "json/yaml.h"

void admin_show_clock(const struct admin_call *call)
{
    struct clock *clock = &call->exchange->world->clock;
    struct buf time = exchange_buf(call->exchange);
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    clock_print_rfc3339(clock_now_ns(clock), &time);
    json_begin_object(&writer);
    json_put_key(&writer, "now");
    json_put_string(&writer, buf_str(&time));
    json_put_key(&writer, "frozen");
    json_put_bool(&writer, clock_is_frozen(clock));
    json_end_object(&writer);
    exchange_answer_json(call->exchange, 200, &out);
}

static bool freeze(struct clock *clock, const struct json_node *instant)
{
    int64_t wall_ns = clock_now_ns(clock);
    bool good =
        instant == NULL || json_is_true(instant) ||
        (json_is(instant, JSON_STRING) && clock_parse_rfc3339(json_text(instant), &wall_ns));
    if (good)
        clock_freeze(clock, wall_ns);
    return good;
}

static bool advance(struct clock *clock, const struct json_node *by)
{
    uint64_t microseconds;
    if (!json_is(by, JSON_STRING) || duration_parse(json_text(by), &microseconds) != DURATION_OK)
        return false;
    clock_advance(clock, (int64_t)microseconds * 1000);
    return true;
}

static bool apply(struct clock *clock, const struct json_node *wish)
{
    struct str action = json_member_text(wish, "action", str_from(""));
    const struct json_node *millis = json_member(wish, "durationMillis");
    if (json_member(wish, "freeze") != NULL)
        return freeze(clock, json_member(wish, "freeze"));
    if (json_member(wish, "advance") != NULL)
        return advance(clock, json_member(wish, "advance"));
    if (str_is(action, "freeze"))
        return freeze(clock, json_member(wish, "instant"));
    if (str_is(action, "advance") && json_is(millis, JSON_NUMBER) && millis->c.valuedouble >= 0 &&
        millis->c.valuedouble < 1e12) {
        clock_advance(clock, (int64_t)(millis->c.valuedouble * 1e6));
        return true;
    }
    bool resume = json_is_true(json_member(wish, "resume")) || str_is(action, "resume") ||
                  str_is(action, "reset");
    if (resume)
        clock_resume(clock);
    return resume;
}

void admin_set_clock(const struct admin_call *call)
{
    static const struct yaml_limits limits = {.max_depth = 10, .max_nodes = 100};
    struct exchange *exchange = call->exchange;
    struct diags diags;
    diags_init(&diags);
    struct source source = {.name = "the request", .text = exchange->request->body};
    const struct json_node *wish = json_read_document(exchange->arena, &source, &limits, &diags);
    bool good = wish != NULL && apply(&exchange->world->clock, wish);
    diags_free(&diags);
    if (good)
        admin_show_clock(call);
    else
        admin_refuse(call, 400,
                     "write {\"freeze\": \"2026-01-31T12:00:00Z\"}, {\"advance\": \"60s\"} or "
                     "{\"resume\": true}");
}
