/*
 * GET and POST /__admin/clock: the world's time.
 *
 *     {"freeze": "2026-01-31T12:00:00Z"}   stands still there; true: at the present time
 *     {"advance": "60s"}                   goes forward (us, ms, s, m, h)
 *     {"resume": true}                     runs on from where it is
 *     {"reset": true}                      runs, and tells the present time again
 *
 * MockServer's words work too: {"action": "freeze", "instant": "..."}, {"action": "advance",
 * "durationMillis": 60000}, {"action": "resume"}, {"action": "reset"}.
 */
#include "fault/duration.h"
#include "mock/admin/admin.h"
#include "mock/mistake.h"
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

enum { HOURS_MAX = 24 };

/* What a request wants; it is carried out only when all of it was understood. */
struct clock_wish {
    enum { CLOCK_FREEZE, CLOCK_ADVANCE, CLOCK_RESUME, CLOCK_RESET } action;
    bool has_instant;
    int64_t instant_ns;
    int64_t by_ns;
};

static const char time_words[] = "an RFC 3339 time such as 2026-01-31T12:00:00Z";

/* The reading functions return NULL, or what is wrong. */
typedef const char *wish_reader(struct arena *arena, const struct json_node *value,
                                struct clock_wish *wish);

static const char *read_instant(struct arena *arena, const struct json_node *value,
                                struct clock_wish *wish)
{
    struct str text = json_is(value, JSON_STRING) ? json_text(value) : str_from("");
    wish->has_instant = clock_parse_rfc3339(text, &wish->instant_ns);
    if (wish->has_instant)
        return NULL;
    if (!json_is(value, JSON_STRING))
        return arena_printf(arena, "`%s` wants %s", value->c.string, time_words);
    return arena_printf(arena, "`%s` wants %s, not \"%.*s\"", value->c.string, time_words,
                        (int)text.len, text.data);
}

static const char *read_freeze(struct arena *arena, const struct json_node *value,
                               struct clock_wish *wish)
{
    wish->action = CLOCK_FREEZE;
    if (json_is_true(value))
        return NULL;
    const char *problem = read_instant(arena, value, wish);
    return problem != NULL ? arena_printf(arena, "%s, or true for the present time", problem)
                           : NULL;
}

static const char *read_advance(struct arena *arena, const struct json_node *value,
                                struct clock_wish *wish)
{
    static const char *const problems[] = {
        [DURATION_EMPTY] = "is empty",
        [DURATION_NEGATIVE] = "goes back, which a clock cannot: `freeze` it where you want it",
        [DURATION_NO_UNIT] = "has no unit (us, ms, s, m, h)",
        [DURATION_BAD_UNIT] = "has a unit that is none of us, ms, s, m and h",
        [DURATION_BAD_NUMBER] = "is no number with a unit",
        [DURATION_TOO_LONG] = "is longer than 24h: `freeze` the clock where you want it",
    };
    uint64_t microseconds;
    wish->action = CLOCK_ADVANCE;
    if (!json_is(value, JSON_STRING) && !json_is(value, JSON_NUMBER))
        return "`advance` wants a duration such as 60s, 250ms or 1h30m";
    enum duration_outcome outcome = duration_parse(json_text(value), &microseconds);
    if (outcome != DURATION_OK)
        return arena_printf(arena, "`advance` wants a duration such as 60s, but \"%.*s\" %s",
                            (int)json_text(value).len, json_text(value).data, problems[outcome]);
    wish->by_ns = (int64_t)microseconds * 1000;
    return NULL;
}

static const char *read_resume(struct arena *arena, const struct json_node *value,
                               struct clock_wish *wish)
{
    (void)arena;
    wish->action = CLOCK_RESUME;
    return json_is_true(value) ? NULL : "`resume` wants true";
}

static const char *read_millis(struct arena *arena, const struct json_node *value,
                               struct clock_wish *wish)
{
    (void)arena;
    const double most = HOURS_MAX * 3600e3;
    if (!json_is(value, JSON_NUMBER) || !(value->c.valuedouble >= 0) || value->c.valuedouble > most)
        return "`durationMillis` wants a number from 0 to 86400000";
    wish->by_ns = (int64_t)(value->c.valuedouble * 1e6);
    return NULL;
}

static const char *read_reset(struct arena *arena, const struct json_node *value,
                              struct clock_wish *wish)
{
    (void)arena;
    wish->action = CLOCK_RESET;
    return json_is_true(value) ? NULL : "`reset` wants true";
}

/* MockServer's way. */
static const char *read_action(struct arena *arena, const struct json_node *root,
                               struct clock_wish *wish)
{
    struct str action = json_member_text(root, "action", str_from(""));
    const struct json_node *instant = json_member(root, "instant");
    const struct json_node *millis = json_member(root, "durationMillis");
    if (str_is(action, "freeze"))
        wish->action = CLOCK_FREEZE;
    else if (str_is(action, "advance"))
        wish->action = CLOCK_ADVANCE;
    else if (str_is(action, "resume"))
        wish->action = CLOCK_RESUME;
    else if (str_is(action, "reset"))
        wish->action = CLOCK_RESET;
    else
        return "`action` is one of freeze, advance, resume and reset";
    if (instant != NULL && wish->action != CLOCK_FREEZE)
        return "`instant` belongs to the action freeze";
    if ((millis != NULL) != (wish->action == CLOCK_ADVANCE))
        return millis != NULL ? "`durationMillis` belongs to the action advance"
                              : "the action advance wants `durationMillis`";
    const char *problem = instant != NULL ? read_instant(arena, instant, wish) : NULL;
    return problem == NULL && millis != NULL ? read_millis(arena, millis, wish) : problem;
}

static const struct {
    const char *name;
    wish_reader *read;
} words[] = {{"freeze", read_freeze},
             {"advance", read_advance},
             {"resume", read_resume},
             {"reset", read_reset}};

enum { WORDS = sizeof words / sizeof *words };

static const char *check_names(struct arena *arena, const struct json_node *root, bool by_action)
{
    static const char *const ours[] = {"freeze", "advance", "resume", "reset", "action", NULL};
    static const char *const theirs[] = {"action", "instant", "durationMillis", NULL};
    const char *const *known = by_action ? theirs : ours;
    for (const struct json_node *member = json_first(root); member != NULL;
         member = json_next(member)) {
        size_t i = 0;
        while (known[i] != NULL && !str_is(json_name(member), known[i]))
            i++;
        if (known[i] != NULL)
            continue;
        const char *nearest = str_nearest(json_name(member), known);
        return arena_printf(arena, "unknown word `%.*s`%s%s%s", (int)json_name(member).len,
                            json_name(member).data, nearest != NULL ? "; did you mean `" : "",
                            nearest != NULL ? nearest : "", nearest != NULL ? "`?" : "");
    }
    return NULL;
}

static const char *read_wish(struct arena *arena, const struct json_node *root,
                             struct clock_wish *wish)
{
    static const char usage[] = "write {\"freeze\": \"2026-01-31T12:00:00Z\"}, "
                                "{\"advance\": \"60s\"}, {\"resume\": true} or {\"reset\": true}";
    if (!json_is(root, JSON_OBJECT) || root->size == 0)
        return usage;
    bool by_action = json_member(root, "action") != NULL;
    const char *problem = check_names(arena, root, by_action);
    if (problem != NULL)
        return problem;
    if (by_action)
        return read_action(arena, root, wish);
    if (root->size > 1)
        return "one thing at a time: freeze, advance, resume or reset";
    for (size_t i = 0; i < WORDS; i++)
        if (json_member(root, words[i].name) != NULL)
            return words[i].read(arena, json_member(root, words[i].name), wish);
    return usage;
}

static void carry_out(struct clock *clock, const struct clock_wish *wish)
{
    switch (wish->action) {
    case CLOCK_FREEZE:
        clock_freeze(clock, wish->has_instant ? wish->instant_ns : clock_now_ns(clock));
        break;
    case CLOCK_ADVANCE:
        clock_advance(clock, wish->by_ns);
        break;
    case CLOCK_RESUME:
        clock_resume(clock);
        break;
    case CLOCK_RESET:
        clock_freeze(clock, clock_real_ns());
        clock_resume(clock);
        break;
    }
}

void admin_set_clock(const struct admin_call *call)
{
    static const struct yaml_limits limits = {.max_depth = 10, .max_nodes = 100};
    struct exchange *exchange = call->exchange;
    struct clock_wish wish = {.action = CLOCK_RESUME};
    struct diags diags;
    diags_init(&diags);
    struct source source = {.name = "the request", .text = exchange->request->body};
    const struct json_node *root = json_read_document(exchange->arena, &source, &limits, &diags);
    const char *problem = root != NULL ? read_wish(exchange->arena, root, &wish) : NULL;
    if (diags.errors > 0) {
        mistake_answer_diags(exchange, 400, "the clock's words cannot be read", &diags);
    } else if (root == NULL || problem != NULL) {
        admin_refuse(call, 400,
                     problem != NULL ? problem : read_wish(exchange->arena, NULL, &wish));
    } else {
        carry_out(&exchange->world->clock, &wish);
        admin_show_clock(call);
    }
    diags_free(&diags);
}
