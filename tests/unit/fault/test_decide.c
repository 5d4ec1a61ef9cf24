/* decide: which rule, which of its matches, what then, and the same again under the same seed. */
#include "unit/fault/exchange.h"

#include <pthread.h>

static const int64_t second = 1000000000;

/* A state under a plan, and a subject to decide about. */
struct stage {
    struct fault_state *state;
    struct subject subject;
    int64_t now_ns;
    struct fault_decision decision;
};

static void stage_open_seeded(struct stage *stage, const char *text, uint64_t seed)
{
    struct fault_plan *plan = plan_of(text);
    *stage = (struct stage){.now_ns = 1000 * second};
    stage->state = fault_state_new(plan, seed, stage->now_ns);
    fault_plan_release(plan);
    subject_init(&stage->subject);
}

static void stage_open(struct stage *stage, const char *text)
{
    stage_open_seeded(stage, text, 42);
}

static void stage_close(struct stage *stage)
{
    subject_free(&stage->subject);
    fault_state_release(stage->state);
}

static bool decide(struct stage *stage)
{
    return fault_decide(stage->state, &stage->subject.fault, stage->now_ns, &stage->decision);
}

/* Decides as often as `expected` has characters: x where a fault fires, . where none does. */
static void assert_series(const char *text, const char *expected)
{
    struct stage stage;
    char found[100];
    size_t len = strlen(expected);
    stage_open(&stage, text);
    for (size_t i = 0; i < len; i++)
        found[i] = decide(&stage) ? 'x' : '.';
    found[len] = '\0';
    if (strcmp(found, expected) != 0)
        fail_msg("%s\ngave   %s\nnot    %s", text, found, expected);
    stage_close(&stage);
}

static char *state_json(struct stage *stage)
{
    struct buf out;
    buf_init(&out, NULL);
    struct json_writer writer = json_writer_to(&out);
    fault_state_write_json(stage->state, stage->now_ns, &writer);
    return buf_text(&out);
}

static void assert_state_has(struct stage *stage, const char *part)
{
    char *json = state_json(stage);
    if (strstr(json, part) == NULL)
        fail_msg("no %s in\n%s", part, json);
    free(json);
}

/* --- when ------------------------------------------------------------------------------ */

static void test_when_counts_matches(void **state)
{
    (void)state;
    assert_series("faults: [{do: {status: 500}}]", "xxxxx");
    assert_series("faults: [{when: {first: 2}, do: {status: 500}}]", "xx...");
    assert_series("faults: [{when: {nth: 3}, do: {status: 500}}]", "..x..");
    assert_series("faults: [{when: {nth: [1, 4]}, do: {status: 500}}]", "x..x.");
    assert_series("faults: [{when: {every: 3}, do: {status: 500}}]", "..x..x..x");
    assert_series("faults: [{when: {first: 6, every: 3}, do: {status: 500}}]", "..x..x...");
    assert_series("faults: [{when: {skip: 2}, do: {status: 500}}]", "..xxxx");
    assert_series("faults: [{when: {skip: 2, first: 2}, do: {status: 500}}]", "..xx..");
    assert_series("faults: [{when: {skip: 1, nth: 2}, do: {status: 500}}]", "..x...");
    assert_series("faults: [{when: {probability: 0}, do: {status: 500}}]", ".....");
    assert_series("faults: [{when: {probability: 1}, do: {status: 500}}]", "xxxxx");
    assert_series("faults: [{match: {method: GET}, do: {status: 500}}]", ".....");
    assert_series("{}", "...");
}

static void test_the_first_rule_that_says_yes_decides(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, "faults:\n"
                       "  - {name: other, match: {method: GET}, do: {status: 501}}\n"
                       "  - {name: third, when: {nth: 3}, do: {status: 502}}\n"
                       "  - {name: first two, when: {first: 2}, do: {status: 503}}\n"
                       "  - {name: all, do: {status: 504}}\n");
    static const int expected[] = {503, 503, 502, 504, 504};
    for (size_t i = 0; i < 5; i++) {
        assert_true(decide(&stage));
        assert_int_equal(stage.decision.status, expected[i]);
    }
    assert_true(str_is(stage.decision.rule, "all"));
    assert_int_equal(stage.decision.index, 3);
    /* "first two" did not see the third exchange, and `all` only what was left. */
    assert_int_equal(stage.decision.match_number, 2);
    assert_state_has(&stage, "\"do\":{\"status\":501},\"matches\":0,\"fired\":0}");
    assert_state_has(&stage, "\"do\":{\"status\":502},\"matches\":5,\"fired\":1}");
    assert_state_has(&stage, "\"do\":{\"status\":503},\"matches\":4,\"fired\":2}");
    assert_state_has(&stage, "\"do\":{\"status\":504},\"matches\":2,\"fired\":2}");
    fault_state_reset(stage.state, stage.now_ns);
    assert_state_has(&stage, "\"do\":{\"status\":503},\"matches\":0,\"fired\":0}");
    assert_true(decide(&stage));
    assert_int_equal(stage.decision.status, 503);
    stage_close(&stage);
}

static void test_when_bounds_the_time_since_the_plan_was_set(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, "faults: [{when: {after: 10s, for: 5s}, do: {status: 500}}]");
    int64_t set = stage.now_ns;
    static const struct {
        int64_t ms;
        bool fires;
    } rows[] = {{0, false},     {9999, false},  {10000, true}, {14999, true},
                {15000, false}, {99999, false}, {-5000, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        stage.now_ns = set + rows[i].ms * 1000000;
        assert_int_equal(decide(&stage), rows[i].fires);
    }
    fault_state_reset(stage.state, set + 100 * second);
    stage.now_ns = set + 111 * second;
    assert_true(decide(&stage));
    stage_close(&stage);
}

static void test_probability_is_drawn_for_each_match(void **state)
{
    (void)state;
    enum { ROUNDS = 4000 };
    struct stage stage;
    size_t fired = 0;
    stage_open(&stage, "faults: [{when: {probability: 0.3}, do: {status: 500}}]");
    for (int i = 0; i < ROUNDS; i++) {
        if (!decide(&stage))
            continue;
        fired++;
        assert_true(stage.decision.drawn);
        assert_true(stage.decision.draw >= 0 && stage.decision.draw < 0.3);
    }
    /* 1200 expected; the standard deviation is 29. */
    assert_in_range(fired, 1080, 1320);
    stage_close(&stage);
}

/* --- the same again ----------------------------------------------------------------------- */

static const char drawn_plan[] =
    "faults:\n"
    "  - {name: flaky, when: {probability: 0.5}, do: {status: 500, delay: {uniform: [1ms, 9s]}}}\n"
    "  - {name: slow, do: {delay: {lognormal: {median: 80ms, sigma: 0.4}}}}\n";

enum { SERIES = 64 };

static void decide_series(uint64_t seed, const char *plan, struct fault_decision out[SERIES])
{
    struct stage stage;
    stage_open_seeded(&stage, plan, seed);
    for (int i = 0; i < SERIES; i++) {
        assert_true(decide(&stage));
        out[i] = stage.decision;
    }
    stage_close(&stage);
}

static bool same_draws(const struct fault_decision *a, const struct fault_decision *b)
{
    return a->index == b->index && a->match_number == b->match_number && a->draw == b->draw &&
           a->transport.delay_us == b->transport.delay_us &&
           a->transport.garbage_seed == b->transport.garbage_seed;
}

static void test_the_same_seed_decides_the_same(void **state)
{
    (void)state;
    struct fault_decision one[SERIES];
    struct fault_decision two[SERIES];
    struct fault_decision other[SERIES];
    decide_series(7, drawn_plan, one);
    decide_series(7, drawn_plan, two);
    decide_series(8, drawn_plan, other);
    size_t differ = 0;
    for (int i = 0; i < SERIES; i++) {
        assert_true(same_draws(&one[i], &two[i]));
        differ += !same_draws(&one[i], &other[i]);
    }
    assert_true(differ > SERIES / 2);
}

static void test_draws_do_not_depend_on_other_rules(void **state)
{
    (void)state;
    struct fault_decision alone[SERIES];
    struct stage stage;
    decide_series(7, "faults: [{name: slow, do: {delay: {uniform: [1ms, 9s]}}}]", alone);
    stage_open_seeded(&stage,
                      "faults:\n"
                      "  - {name: often, when: {every: 2}, do: {status: 500}}\n"
                      "  - {name: slow, do: {delay: {uniform: [1ms, 9s]}}}\n",
                      7);
    for (int i = 0; i < 40; i++) {
        assert_true(decide(&stage));
        if (!str_is(stage.decision.rule, "slow"))
            continue;
        const struct fault_decision *same = &alone[stage.decision.match_number - 1];
        assert_int_equal(stage.decision.transport.delay_us, same->transport.delay_us);
    }
    stage_close(&stage);
}

static void test_a_decision_can_be_made_again(void **state)
{
    (void)state;
    struct stage stage;
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    stage_open(&stage, drawn_plan);
    for (int i = 0; i < SERIES; i++) {
        struct fault_decision again;
        assert_true(decide(&stage));
        const struct fault_decision *first = &stage.decision;
        assert_true(fault_decide_again(fault_state_plan(stage.state), first->rule,
                                       first->match_number, first->seed, &arena, &again));
        assert_true(same_draws(first, &again));
        assert_true(str_equal(first->rule, again.rule));
        assert_int_equal(first->status, again.status);
    }
    struct fault_decision none;
    assert_false(
        fault_decide_again(fault_state_plan(stage.state), str_from("nobody"), 1, 1, &arena, &none));
    arena_clear(&arena);
    stage_close(&stage);
}

/* --- what then ----------------------------------------------------------------------------- */

static void test_does_the_operation_act(void **state)
{
    (void)state;
    static const struct {
        const char *action;
        bool acts;
    } rows[] = {
        {"pass", true},
        {"{delay: 1s}", true},
        {"{headers: {A: b}}", true},
        {"{body: x}", true},
        {"{truncate: 5}", true},
        {"{violate: null}", true},
        {"{status: 503}", false},
        {"{status: 503, after: commit}", true},
        {"{connection: reset}", false},
        {"{connection: hang}", false},
        {"{connection: empty}", false},
        {"{connection: garbage}", false},
        {"{connection: reset, after: commit}", true},
        {"{connection: reset, at: head}", true},
        {"{connection: close, at: {byte: 5}}", true},
        {"{connection: hang, at: end}", true},
        {"{status: 500, connection: reset, at: head}", false},
        {"{status: 500, connection: reset, at: head, after: commit}", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[200];
        struct stage stage;
        snprintf(text, sizeof text, "faults: [{do: %s}]", rows[i].action);
        stage_open(&stage, text);
        assert_true(decide(&stage));
        if (stage.decision.act != rows[i].acts)
            fail_msg("%s should%s act", rows[i].action, rows[i].acts ? "" : " not");
        stage_close(&stage);
    }
}

static void test_the_answer_is_handed_over_whole(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, "faults: [{do: {status: 503, headers: {Retry-After: 1, Set-Cookie: [a=1, "
                       "b=2]}, body: {detail: away, n: 1.50}, violate: [malformed-json]}}]");
    assert_true(decide(&stage));
    const struct fault_decision *decision = &stage.decision;
    assert_int_equal(decision->status, 503);
    assert_true(decision->has_body);
    assert_true(str_is(decision->body, "{\"detail\":\"away\",\"n\":1.50}"));
    assert_string_equal(decision->content_type, "application/json");
    assert_int_equal(decision->header_count, 3);
    assert_true(str_is(decision->headers[0].name, "Retry-After"));
    assert_true(str_is(decision->headers[0].value, "1"));
    assert_true(str_is(decision->headers[1].value, "a=1"));
    assert_true(str_is(decision->headers[2].name, "Set-Cookie"));
    assert_true(str_is(decision->headers[2].value, "b=2"));
    assert_int_equal(decision->violate, FAULT_MALFORMED_JSON);
    stage_close(&stage);
}

static void test_what_a_decision_holds_outlives_the_plan(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, "faults: [{name: n, do: {status: 503, headers: {A: b}, body: text}}]");
    assert_true(decide(&stage));
    fault_state_release(stage.state);
    stage.state = NULL;
    assert_true(str_is(stage.decision.rule, "n"));
    assert_true(str_is(stage.decision.body, "text"));
    assert_true(str_is(stage.decision.headers[0].value, "b"));
    stage_close(&stage);
}

static void test_bodies_have_their_type(void **state)
{
    (void)state;
    static const struct {
        const char *action;
        const char *body;
        const char *type; /* NULL: by the headers, or no body */
    } rows[] = {
        {"{status: 500, body: oops}", "oops", "text/plain; charset=utf-8"},
        {"{status: 500, body: [1, null]}", "[1,null]", "application/json"},
        {"{status: 500, body: 1.0}", "1.0", "application/json"},
        {"{status: 500, body: null}", "null", "application/json"},
        {"{status: 500, body: \"\"}", "", "text/plain; charset=utf-8"},
        {"{status: 500, body: <p>, headers: {content-type: text/html}}", "<p>", NULL},
        {"{status: 500}", "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[200];
        struct stage stage;
        snprintf(text, sizeof text, "faults: [{do: %s}]", rows[i].action);
        stage_open(&stage, text);
        assert_true(decide(&stage));
        assert_true(str_is(stage.decision.body, rows[i].body));
        assert_int_equal(stage.decision.content_type == NULL, rows[i].type == NULL);
        if (rows[i].type != NULL)
            assert_string_equal(stage.decision.content_type, rows[i].type);
        stage_close(&stage);
    }
}

static struct fault_transport transport_of(const char *action, uint64_t body_length)
{
    char text[200];
    struct stage stage;
    snprintf(text, sizeof text, "faults: [{do: %s}]", action);
    stage_open(&stage, text);
    assert_true(decide(&stage));
    struct fault_transport transport = fault_decision_transport(&stage.decision, body_length);
    stage_close(&stage);
    return transport;
}

static void test_the_wire_is_told_in_bytes_and_microseconds(void **state)
{
    (void)state;
    struct fault_transport wire = transport_of("pass", 100);
    assert_int_equal(wire.act, FAULT_SEND);
    assert_int_equal(wire.delay_us, 0);
    assert_false(wire.truncate);
    wire = transport_of("{connection: reset}", 100);
    assert_int_equal(wire.act, FAULT_RESET);
    assert_int_equal(wire.at, FAULT_AT_ACCEPT);
    wire = transport_of("{connection: close, at: head, delay: 3ms}", 100);
    assert_int_equal(wire.act, FAULT_CLOSE);
    assert_int_equal(wire.at, FAULT_AT_HEAD);
    assert_int_equal(wire.delay_us, 3000);
    wire = transport_of("{connection: hang, at: {byte: 70}}", 100);
    assert_int_equal(wire.act, FAULT_HANG);
    assert_int_equal(wire.at, FAULT_AT_BYTE);
    assert_int_equal(wire.byte, 70);
    assert_int_equal(transport_of("{connection: hang, at: {byte: 70}}", 30).byte, 30);
    assert_int_equal(transport_of("{connection: reset, at: end}", 30).at, FAULT_AT_END);
    assert_int_equal(transport_of("{connection: empty}", 30).act, FAULT_EMPTY);
    wire = transport_of("{connection: garbage, at: head}", 30);
    assert_int_equal(wire.act, FAULT_GARBAGE);
    assert_int_equal(wire.at, FAULT_AT_HEAD);
    assert_true(wire.garbage_seed != 0);
    wire = transport_of("{drip: {bytes: 64, every: 100ms}}", 1000);
    assert_int_equal(wire.drip_bytes, 64);
    assert_int_equal(wire.drip_every_us, 100000);
}

static void test_shares_and_pieces_depend_on_the_length(void **state)
{
    (void)state;
    struct fault_transport wire = transport_of("{truncate: 120}", 1000);
    assert_true(wire.truncate);
    assert_int_equal(wire.truncate_at, 120);
    assert_false(transport_of("{truncate: 120}", 120).truncate);
    assert_false(transport_of("{truncate: 120}", 0).truncate);
    assert_int_equal(transport_of("{truncate: 25%}", 1000).truncate_at, 250);
    assert_int_equal(transport_of("{truncate: 50%}", 3).truncate_at, 1);
    assert_true(transport_of("{truncate: 0%}", 3).truncate);
    assert_int_equal(transport_of("{truncate: 0%}", 3).truncate_at, 0);
    assert_true(transport_of("{truncate: 0}", 3).truncate);
    assert_false(transport_of("{truncate: 25%}", 0).truncate);
    wire = transport_of("{drip: {pieces: 4, over: 1s}}", 1001);
    assert_int_equal(wire.drip_bytes, 251);
    assert_int_equal(wire.drip_every_us, 250000);
    wire = transport_of("{drip: {pieces: 100, over: 1s}}", 10);
    assert_int_equal(wire.drip_bytes, 1);
    assert_int_equal(wire.drip_every_us, 100000);
    assert_int_equal(transport_of("{drip: {pieces: 4, over: 1s}}", 0).drip_bytes, 0);
}

/* --- quotas ---------------------------------------------------------------------------------- */

static const char *retry_after(const struct stage *stage)
{
    for (size_t i = 0; i < stage->decision.header_count; i++)
        if (str_is(stage->decision.headers[i].name, "Retry-After"))
            return stage->decision.headers[i].value.data;
    return "none";
}

static void test_a_quota_fires_once_it_is_used_up(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, "faults: [{name: limit, do: {quota: {requests: 2, per: 60s}}}]");
    assert_false(decide(&stage));
    stage.now_ns += 10 * second;
    assert_false(decide(&stage));
    stage.now_ns += second / 2;
    assert_true(decide(&stage));
    assert_int_equal(stage.decision.status, 429);
    assert_string_equal(retry_after(&stage), "50"); /* 49.5 seconds are left */
    assert_state_has(&stage, "\"quotas\":[{\"name\":\"limit\",\"used\":2,\"requests\":2}]");
    stage.now_ns += 49 * second;
    assert_true(decide(&stage));
    assert_string_equal(retry_after(&stage), "1");
    stage.now_ns += second;
    assert_state_has(&stage, "\"used\":0,");
    assert_false(decide(&stage));
    assert_false(decide(&stage));
    assert_true(decide(&stage));
    /* a clock that was set back opens a new window */
    stage.now_ns -= 1000 * second;
    assert_false(decide(&stage));
    assert_state_has(&stage, "\"matches\":8,\"fired\":3}");
    stage_close(&stage);
}

static void test_times_at_both_ends_of_the_clock(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, "faults:\n"
                       "  - {name: late, when: {after: 1h, for: 1h}, do: {status: 500}}\n"
                       "  - {name: limit, do: {quota: {requests: 1, per: 60s}}}");
    stage.now_ns = INT64_MIN;
    fault_state_reset(stage.state, stage.now_ns);
    assert_false(decide(&stage));
    assert_true(decide(&stage));
    assert_string_equal(retry_after(&stage), "60");
    stage.now_ns = INT64_MAX; /* a new window; `for` is long over */
    assert_state_has(&stage, "\"used\":0,");
    assert_false(decide(&stage));
    assert_true(decide(&stage));
    assert_string_equal(retry_after(&stage), "60");
    fault_state_reset(stage.state, stage.now_ns);
    stage.now_ns = INT64_MIN;
    assert_false(decide(&stage));
    stage_close(&stage);
}

static void test_a_quota_lets_later_rules_have_what_it_lets_pass(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage,
               "faults:\n"
               "  - {do: {quota: {requests: 1, per: 1s, status: 430, headers: {Retry-After: soon}, "
               "body: no}}}\n"
               "  - {do: {delay: 5ms}}\n");
    assert_true(decide(&stage));
    assert_int_equal(stage.decision.transport.delay_us, 5000);
    assert_true(decide(&stage));
    assert_int_equal(stage.decision.status, 430);
    assert_string_equal(retry_after(&stage), "soon");
    assert_true(str_is(stage.decision.body, "no"));
    stage_close(&stage);
}

static void test_rules_share_a_quota_by_its_name(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, "faults:\n"
                       "  - {match: {method: PUT}, do: {quota: {name: q, requests: 2, per: 1s}}}\n"
                       "  - {match: {method: GET}, do: {connection: reset, quota: {name: q, "
                       "requests: 2, per: 1s}}}\n");
    assert_false(decide(&stage));
    stage.subject.fault.method = str_from("GET");
    assert_false(decide(&stage));
    assert_true(decide(&stage));
    assert_int_equal(stage.decision.status, 0);
    assert_int_equal(stage.decision.transport.act, FAULT_RESET);
    assert_string_equal(retry_after(&stage), "none");
    stage_close(&stage);
}

/* --- scenarios ---------------------------------------------------------------------------------
 */

static void test_scenarios_walk_from_state_to_state(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage,
               "faults:\n"
               "  - {scenario: s, state: Started, next_state: broken, do: {status: 500}}\n"
               "  - {scenario: s, state: broken, when: {nth: 2}, next_state: well, do: {status: "
               "501}}\n"
               "  - {scenario: s, state: broken, do: {status: 502}}\n");
    static const int expected[] = {500, 502, 501};
    for (size_t i = 0; i < 3; i++) {
        assert_true(decide(&stage));
        assert_int_equal(stage.decision.status, expected[i]);
    }
    assert_false(decide(&stage));
    assert_state_has(&stage, "\"scenarios\":[{\"name\":\"s\",\"state\":\"well\",\"possibleStates\":"
                             "[\"Started\",\"broken\",\"well\"]}]");
    /* A rule in another state does not match, so it does not count. */
    assert_state_has(&stage,
                     "\"next_state\":\"broken\",\"do\":{\"status\":500},\"name\":\"rule 1\","
                     "\"matches\":1,\"fired\":1}");
    assert_int_equal(fault_scenario_set(stage.state, str_from("s"), str_from("Started")),
                     FAULT_SCENARIO_SET);
    assert_true(decide(&stage));
    assert_int_equal(stage.decision.status, 500);
    assert_int_equal(fault_scenario_set(stage.state, str_from("t"), str_from("Started")),
                     FAULT_SCENARIO_UNKNOWN);
    assert_int_equal(fault_scenario_set(stage.state, str_from("s"), str_from("gone")),
                     FAULT_SCENARIO_NO_STATE);
    fault_state_reset(stage.state, stage.now_ns);
    assert_state_has(&stage, "\"state\":\"Started\"");
    stage_close(&stage);
}

static void test_sequences_take_their_steps_in_turn(void **state)
{
    (void)state;
    static const struct {
        const char *then;
        const int statuses[8]; /* -1: no fault, 0: pass */
    } rows[] = {
        {"pass", {500, 0, 502, -1, -1, -1, -1, -1}},
        {"repeat", {500, 0, 502, 500, 0, 502, 500, 0}},
        {"stay", {500, 0, 502, 502, 502, 502, 502, 502}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[200];
        struct stage stage;
        snprintf(text, sizeof text,
                 "sequences: [{name: s, steps: [{status: 500}, pass, {status: 502}], then: %s}]",
                 rows[i].then);
        stage_open(&stage, text);
        for (size_t n = 0; n < 8; n++) {
            int found = decide(&stage) ? stage.decision.status : -1;
            assert_int_equal(found, rows[i].statuses[n]);
        }
        stage_close(&stage);
    }
}

/* --- the journal's words -------------------------------------------------------------------------
 */

static void assert_decision_json(const char *action, const char *expected)
{
    char text[300];
    struct stage stage;
    struct buf out;
    snprintf(text, sizeof text, "faults: [{name: r, do: %s}]", action);
    stage_open_seeded(&stage, text, UINT64_MAX);
    assert_true(decide(&stage));
    stage.decision.transport.garbage_seed = 9;
    buf_init(&out, NULL);
    struct json_writer writer = json_writer_to(&out);
    fault_decision_write_json(&stage.decision, &writer);
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
    stage_close(&stage);
}

static void test_decisions_are_written_for_the_journal(void **state)
{
    (void)state;
    assert_decision_json("pass",
                         "{\"rule\":\"r\",\"match\":1,\"seed\":18446744073709551615,\"act\":"
                         "true,\"delay_us\":0}");
    assert_decision_json(
        "{status: 503, body: abc, headers: {A: b}, delay: 2ms, after: commit, connection: garbage, "
        "at: head}",
        "{\"rule\":\"r\",\"match\":1,\"seed\":18446744073709551615,\"act\":true,\"status\":503,"
        "\"body_bytes\":3,\"headers\":[[\"A\",\"b\"]],\"delay_us\":2000,\"connection\":\"garbage\","
        "\"at\":\"head\",\"garbage_seed\":9}");
    assert_decision_json("{connection: reset, at: {byte: 7}}",
                         "{\"rule\":\"r\",\"match\":1,\"seed\":18446744073709551615,\"act\":true,"
                         "\"delay_us\":0,\"connection\":\"reset\",\"at\":\"byte\",\"byte\":7}");
    assert_decision_json("{truncate: 5, drip: {bytes: 1, every: 1ms}}",
                         "{\"rule\":\"r\",\"match\":1,\"seed\":18446744073709551615,\"act\":true,"
                         "\"delay_us\":0,\"truncate\":5,\"drip\":{\"bytes\":1,\"every_us\":1000}}");
    assert_decision_json(
        "{truncate: 50%, drip: {pieces: 3, over: 1ms}, violate: [null, wrong-type]}",
        "{\"rule\":\"r\",\"match\":1,\"seed\":18446744073709551615,\"act\":true,"
        "\"violate\":[\"wrong-type\",\"null\"],\"delay_us\":0,"
        "\"truncate_fraction\":0.5,\"drip\":{\"pieces\":3,\"over_us\":1000}}");
}

static void test_each_violation_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(fault_violation_name(FAULT_MISSING_REQUIRED), "missing-required");
    assert_string_equal(fault_violation_name(FAULT_UNKNOWN_ENUM), "unknown-enum");
    assert_string_equal(fault_violation_name(FAULT_WRONG_CONTENT_TYPE), "wrong-content-type");
}

/* --- many threads
 * ---------------------------------------------------------------------------------- */

enum { THREADS = 4, DECISIONS = 2000 };

struct worker {
    struct fault_state *state;
    size_t firsts;
    double draws[THREADS * DECISIONS]; /* by match number; 0: not ours */
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct subject subject;
    subject_init(&subject);
    for (int i = 0; i < DECISIONS; i++) {
        struct fault_decision decision;
        struct fault_state *state = fault_state_retain(worker->state);
        bool fires = fault_decide(state, &subject.fault, 0, &decision);
        fault_state_release(state);
        if (fires && str_is(decision.rule, "first"))
            worker->firsts++;
        else if (fires)
            worker->draws[decision.match_number - 1] = decision.draw;
        if (i % 100 == 0) {
            struct buf out;
            buf_init(&out, NULL);
            struct json_writer writer = json_writer_to(&out);
            fault_state_write_json(worker->state, 0, &writer);
            buf_free(&out);
        }
        arena_clear(&subject.arena);
    }
    subject_free(&subject);
    return NULL;
}

static struct worker *run_workers(struct fault_state *state)
{
    pthread_t threads[THREADS];
    struct worker *workers = calloc(THREADS, sizeof *workers);
    for (int i = 0; i < THREADS; i++) {
        workers[i].state = state;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return workers;
}

static void test_threads_share_counters_and_draws(void **state)
{
    (void)state;
    static const char text[] = "faults:\n"
                               "  - {name: first, when: {first: 500}, do: {status: 500}}\n"
                               "  - {name: drawn, when: {probability: 0.5}, do: {status: 501}}\n";
    struct fault_plan *plan = plan_of(text);
    struct fault_state *shared = fault_state_new(plan, 3, 0);
    fault_plan_release(plan);
    struct worker *workers = run_workers(shared);
    struct stage stage;
    stage_open_seeded(&stage, text, 3);
    size_t firsts = 0;
    for (int i = 0; i < THREADS; i++)
        firsts += workers[i].firsts;
    assert_int_equal(firsts, 500);
    /* One thread alone draws the same numbers for the same matches. */
    for (int i = 0; i < 500; i++)
        assert_true(decide(&stage));
    for (size_t n = 0; n < THREADS * DECISIONS - 500; n++) {
        double draw = 0;
        for (int i = 0; i < THREADS; i++)
            draw += workers[i].draws[n];
        double alone = decide(&stage) ? stage.decision.draw : 0;
        assert_true(draw == alone);
    }
    char *after_threads = state_json(&(struct stage){.state = shared});
    char *after_one = state_json(&stage);
    assert_string_equal(after_threads, after_one);
    free(after_threads);
    free(after_one);
    free(workers);
    fault_state_release(shared);
    stage_close(&stage);
}

static void test_no_state_has_no_rules(void **state)
{
    (void)state;
    struct subject subject;
    struct fault_decision decision;
    subject_init(&subject);
    assert_false(fault_decide(NULL, &subject.fault, 0, &decision));
    assert_null(fault_state_retain(NULL));
    fault_state_release(NULL);
    subject_free(&subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when_counts_matches),
        cmocka_unit_test(test_the_first_rule_that_says_yes_decides),
        cmocka_unit_test(test_when_bounds_the_time_since_the_plan_was_set),
        cmocka_unit_test(test_probability_is_drawn_for_each_match),
        cmocka_unit_test(test_the_same_seed_decides_the_same),
        cmocka_unit_test(test_draws_do_not_depend_on_other_rules),
        cmocka_unit_test(test_a_decision_can_be_made_again),
        cmocka_unit_test(test_does_the_operation_act),
        cmocka_unit_test(test_the_answer_is_handed_over_whole),
        cmocka_unit_test(test_what_a_decision_holds_outlives_the_plan),
        cmocka_unit_test(test_bodies_have_their_type),
        cmocka_unit_test(test_the_wire_is_told_in_bytes_and_microseconds),
        cmocka_unit_test(test_shares_and_pieces_depend_on_the_length),
        cmocka_unit_test(test_a_quota_fires_once_it_is_used_up),
        cmocka_unit_test(test_times_at_both_ends_of_the_clock),
        cmocka_unit_test(test_a_quota_lets_later_rules_have_what_it_lets_pass),
        cmocka_unit_test(test_rules_share_a_quota_by_its_name),
        cmocka_unit_test(test_scenarios_walk_from_state_to_state),
        cmocka_unit_test(test_sequences_take_their_steps_in_turn),
        cmocka_unit_test(test_decisions_are_written_for_the_journal),
        cmocka_unit_test(test_each_violation_has_its_name),
        cmocka_unit_test(test_threads_share_counters_and_draws),
        cmocka_unit_test(test_no_state_has_no_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
