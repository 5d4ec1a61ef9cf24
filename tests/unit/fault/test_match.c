/* match: each field and each matcher, and what a plan costs that nothing matches. */
#include "unit/fault/exchange.h"

#include "base/clock.h"
#include "schema/pattern.h"

#include <stdio.h>

/* Does a rule with this `match` fire for the subject? */
static bool matches(const struct subject *subject, const char *match)
{
    struct buf text;
    struct fault_decision decision;
    buf_init(&text, NULL);
    buf_printf(&text, "faults: [{match: %s, do: {status: 500}}]", match);
    struct fault_plan *plan = plan_of(buf_text(&text));
    struct fault_state *state = fault_state_new(plan, 1, 0);
    fault_plan_release(plan);
    bool fires = fault_decide(state, &subject->fault, 0, &decision);
    fault_state_release(state);
    buf_free(&text);
    return fires;
}

struct match_row {
    const char *match;
    bool expected;
};

static void assert_rows(const struct subject *subject, const struct match_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (matches(subject, rows[i].match) != rows[i].expected)
            fail_msg("%s should%s match", rows[i].match, rows[i].expected ? "" : " not");
}

#define ASSERT_ROWS(subject, rows) assert_rows(subject, rows, sizeof rows / sizeof rows[0])

static void test_operation_method_and_path(void **state)
{
    (void)state;
    static const struct match_row rows[] = {
        {"{}", true},
        {"{operation: PUT /v5/things/batch}", true},
        {"{operation: put /v5/things/batch}", true},
        {"{operation: putThings}", true},
        {"{operation: PUTTHINGS}", false},
        {"{operation: POST /v5/things/batch}", false},
        {"{operation: PUT /v5/things}", false},
        {"{method: PUT}", true},
        {"{method: put}", true},
        {"{method: {equals: PUT}}", true},
        {"{method: POST}", false},
        {"{method: {matches: \"^(PUT|POST)$\"}}", true},
        {"{method: {contains: PO}}", false},
        {"{path: /v5/things/batch}", true},
        {"{path: /v5/things/batch/}", false},
        {"{path: {contains: things}}", true},
        {"{path: {matches: \"/batch$\"}}", true},
        {"{path: {matches: \"^/batch\"}}", false},
        {"{path: {contains: things, matches: \"^/v5\"}}", true},
        {"{path: {contains: nothing, matches: \"^/v5\"}}", false},
        {"{operation: putThings, method: PUT, path: /v5/things/batch}", true},
        {"{operation: putThings, method: PUT, path: /v5/other}", false},
    };
    struct subject subject;
    subject_init(&subject);
    ASSERT_ROWS(&subject, rows);
    subject_free(&subject);
}

static void test_an_exchange_without_operation_matches_none(void **state)
{
    (void)state;
    struct subject subject;
    subject_init(&subject);
    subject.fault.operation = str_from("");
    subject.fault.operation_id = str_from("");
    assert_false(matches(&subject, "{operation: putThings}"));
    assert_true(matches(&subject, "{path: {contains: things}}"));
    subject_free(&subject);
}

static void test_headers(void **state)
{
    (void)state;
    static const struct match_row rows[] = {
        {"{headers: {x-api-key: k-123}}", true},
        {"{headers: {X-API-KEY: {equals: k-123}}}", true},
        {"{headers: {x-api-key: K-123}}", false},
        {"{headers: {x-api-key: {matches: \"^k\"}}}", true},
        {"{headers: {x-api-key: {contains: \"12\"}}}", true},
        {"{headers: {x-count: 1}}", true},
        {"{headers: {x-count: 2}}", false},
        {"{headers: {x-count: true}}", false},
        {"{headers: {x-none: {absent: true}}}", true},
        {"{headers: {x-none: {present: true}}}", false},
        {"{headers: {x-none: {absent: false}}}", false},
        {"{headers: {x-none: \"\"}}", false},
        {"{headers: {x-none: {contains: \"\"}}}", false},
        {"{headers: {x-api-key: {absent: true}}}", false},
        {"{headers: {x-api-key: {present: true}}}", true},
        {"{headers: {x-api-key: {present: false}}}", false},
        /* of several values one must match, and all of the matcher on that one */
        {"{headers: {x-tag: red}}", true},
        {"{headers: {x-tag: blue}}", true},
        {"{headers: {x-tag: green}}", false},
        {"{headers: {x-tag: {contains: r, matches: \"^b\"}}}", false},
        {"{headers: {x-tag: {contains: u, matches: \"^b\"}}}", true},
        /* all fields must match */
        {"{headers: {x-tag: red, x-count: 1}}", true},
        {"{headers: {x-tag: red, x-count: 2}}", false},
        /* bytes that are no UTF-8 can be compared, but not matched */
        {"{headers: {x-latin: {contains: caf}}}", true},
        {"{headers: {x-latin: {matches: caf}}}", false},
    };
    struct subject subject;
    subject_init(&subject);
    ASSERT_ROWS(&subject, rows);
    subject_free(&subject);
}

static void test_the_query(void **state)
{
    (void)state;
    static const struct match_row rows[] = {
        {"{query: {page: \"2\"}}", true},
        {"{query: {page: 2}}", true},
        {"{query: {page: 3}}", false},
        {"{query: {Page: 2}}", false},
        {"{query: {q: a b c}}", true},
        {"{query: {q: second}}", true},
        {"{query: {q: {matches: \"^a b\"}}}", true},
        {"{query: {q: {contains: \"+\"}}}", false},
        {"{query: {empty: \"\"}}", true},
        {"{query: {flag: \"\"}}", true},
        {"{query: {flag: {absent: true}}}", false},
        {"{query: {bad: \"%zz\"}}", true},
        {"{query: {utf: \xc3\xa9}}", true},
        {"{query: {none: {absent: true}}}", true},
        {"{query: {\"\": {absent: true}}}", true},
    };
    struct subject subject;
    subject_init(&subject);
    ASSERT_ROWS(&subject, rows);
    subject.fault.query = str_from("");
    assert_true(matches(&subject, "{query: {page: {absent: true}}}"));
    subject.fault.query = str_from("a=%4");
    assert_true(matches(&subject, "{query: {a: \"%4\"}}"));
    subject.fault.query = str_from("a=%41");
    assert_true(matches(&subject, "{query: {a: A}}"));
    subject_free(&subject);
}

static void test_the_body(void **state)
{
    (void)state;
    static const struct match_row rows[] = {
        {"{body: {/items/0/name: boom}}", true},
        {"{body: {/items/0/name: {equals: boom}}}", true},
        {"{body: {/items/0/name: {contains: oo}}}", true},
        {"{body: {/items/0/name: {matches: \"^b.*m$\"}}}", true},
        {"{body: {/items/1/name: boom}}", false},
        {"{body: {/items/1: {absent: true}}}", true},
        {"{body: {/items/0: {present: true}}}", true},
        {"{body: {/items/0/n: 1}}", true},
        {"{body: {/items/0/n: 1.0}}", true},
        {"{body: {/items/0/n: \"1\"}}", false},
        {"{body: {/items/0/n: {matches: \"1\"}}}", false},
        {"{body: {/items/0/none: null}}", true},
        {"{body: {/items/0/none: {absent: true}}}", false},
        {"{body: {/items/0/yes: true}}", true},
        {"{body: {/items/0/yes: false}}", false},
        {"{body: {/items/0/tags: {contains: b}}}", true},
        {"{body: {/items/0/tags: {contains: z}}}", false},
        {"{body: {/items/0/tags: {equals: [a, b]}}}", true},
        {"{body: {/items/0/tags: [a, b]}}", true},
        {"{body: {/items/0/tags: [b, a]}}", false},
        {"{body: {/items/0/deep: {equals: {y: [2], x: 1}}}}", true},
        {"{body: {/items/0/deep: {contains: x}}}", false},
        {"{body: {/items/0/n: {contains: 1}}}", false},
        {"{body: {/items: {contains: {a: 1}}}}", false},
        {"{body: {\"\": {present: true}}}", true},
        {"{body: {/a~1b: slash}}", true},
    };
    struct subject subject;
    subject_init(&subject);
    subject_body(&subject, "{\"items\":[{\"name\":\"boom\",\"n\":1,\"none\":null,\"yes\":true,"
                           "\"tags\":[\"a\",\"b\"],\"deep\":{\"x\":1,\"y\":[2.0]}}],"
                           "\"a/b\":\"slash\"}");
    ASSERT_ROWS(&subject, rows);
    subject_free(&subject);
}

static void test_no_body_is_absent_everywhere(void **state)
{
    (void)state;
    struct subject subject;
    subject_init(&subject);
    assert_true(matches(&subject, "{body: {\"\": {absent: true}, /a: {absent: true}}}"));
    assert_false(matches(&subject, "{body: {/a: null}}"));
    subject_free(&subject);
}

static void test_the_attempt(void **state)
{
    (void)state;
    static const struct match_row rows[] = {
        {"{attempt: 2}", true},
        {"{attempt: 1}", false},
        {"{attempt: {equals: 2}}", true},
        {"{attempt: {min: 2}}", true},
        {"{attempt: {min: 3}}", false},
        {"{attempt: {max: 1}}", false},
        {"{attempt: {min: 1, max: 2}}", true},
    };
    struct subject subject;
    subject_init(&subject);
    subject.fault.attempt = 2;
    ASSERT_ROWS(&subject, rows);
    subject_free(&subject);
}

static void test_a_plan_needs_nothing_of_the_text_it_came_from(void **state)
{
    (void)state;
    /* plan_of has freed the text: a sanitizer would see a borrowed byte. */
    struct subject subject;
    subject_init(&subject);
    subject_body(&subject, "{\"a\":{\"b\":[1.50,\"x\"]}}");
    assert_true(matches(&subject,
                        "{operation: putThings, method: PUT, path: {contains: v5}, query: "
                        "{page: 2}, headers: {x-api-key: {matches: \"^k-[0-9]+\"}}, "
                        "body: {/a: {equals: {b: [1.5, x]}}}, attempt: 1}"));
    subject_free(&subject);
}

/* Rules are put aside by what their patterns begin with; that must not change what matches. */
static void test_patterns_match_what_they_match_alone(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "k",           "^k",         "^k-",      "k-123$",      "^k-123$",
        "1?23",        "kx?-",       "^kx?-",    "kx*-",        "kx{0}-",
        "k{1}-",       "k+-",        "a|k",      "^a|3$",       "^(a|k)",
        "[ak]-",       "\\\\d+",     "-\\\\d",   "k.1",         "^",
        "$",           "",           "z",        "^z",          "k-124",
        "^-",          "3-k",        "K",        "^k-1{2}",     "(?=k)k-",
        "k(?!x)",      "\\\\u006b-", "\\\\x6b",  "é",           "^é",
        "/v5/",        "^/v5",       "k-123?",   "^k-123?4?$",  "[k-m]-1",
        "(k|z)-1(2)3", "k-\\\\d23",  "[k|]-1",   "(?:a|k)-1",   "(?!z)k",
        "k\\\\.1|k-1", "-1(?:x|2)3", "\\\\bk-1", "[\\\\]]?k",   "z{0}23",
        "z{0,1}-12",   "(zz)?-1",    "[^z]-1",   "k(z*)-",      "(k)(-)12",
        "(\\\\()?k-",  "(?<n>k)-1",  "k-12(3|)", "\\\\u{6b}-1", "\\\\p{L}-12",
        "k-1+2",       "k.{2}2",     "k[(]?-",   "([)])?k-1",   "zz|",
        "(a)|3",       "\\\\D123",   "kk?-1",    "é|k-1",       "k-1(z|)2",
    };
    static const char *const texts[] = {"k-123", "k-12", "",  "-k", "kk-123",
                                        "/v5/k", "a",    "é", "z"};
    struct subject subject;
    subject_init(&subject);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct diags diags;
        diags_init(&diags);
        if (patterns[i][0] == '\0')
            continue; /* an empty one is refused */
        char match[200];
        const struct json_node *node;
        snprintf(match, sizeof match, "{\"matches\": \"%s\"}", patterns[i]);
        subject_body(&subject, match);
        node = json_member(subject.fault.body, "matches");
        struct pattern *pattern = pattern_compile(json_text(node), (struct place){0}, &diags);
        assert_non_null(pattern);
        snprintf(match, sizeof match, "{headers: {host: {\"matches\": \"%s\"}}}", patterns[i]);
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
            uint32_t budget = 1000000;
            bool expected = pattern_match(pattern, str_from(texts[j]), &budget) == PATTERN_MATCHES;
            subject.headers[0].value = str_from(texts[j]);
            if (matches(&subject, match) != expected)
                fail_msg("%s on %s", patterns[i], texts[j]);
        }
        pattern_free(pattern);
        diags_free(&diags);
    }
    subject_free(&subject);
}

/* Rules of one group are put aside together; the first that matches must still be the one. */
static void test_many_rules_that_look_at_one_field(void **state)
{
    (void)state;
    enum { RULES = 200 };
    static const char *const matchers[] = {"name-%d", "{contains: me-%d}",
                                           "{matches: \"^name-%d$\"}", "{matches: \"[a-m]-%d$\"}"};
    static const char *const values[] = {"name-7",   "name-17", "name-117", "my name-150!",
                                         "name-200", "name-",   "a name-1", "e",
                                         "",         "some-42"};
    struct subject subject;
    subject_init(&subject);
    struct buf text;
    buf_init(&text, NULL);
    buf_add_text(&text, "faults:\n");
    for (int i = 0; i < RULES; i++) {
        char value[60];
        const char *matcher = matchers[i % 4];
        const char *number = strstr(matcher, "%d");
        snprintf(value, sizeof value, "%.*s%d%s", (int)(number - matcher), matcher, i, number + 2);
        buf_printf(&text, "  - {match: {headers: {host: %s}}, do: {status: 500}}\n", value);
    }
    struct fault_plan *plan = plan_of(buf_text(&text));
    struct fault_state *rules = fault_state_new(plan, 1, 0);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char wanted[60] = "";
        subject.headers[0].value = str_from(values[i]);
        for (int n = 0; n < RULES && wanted[0] == '\0'; n++) {
            char name[20];
            snprintf(name, sizeof name, n % 4 == 3 ? "-%d" : n % 4 == 1 ? "me-%d" : "name-%d", n);
            size_t length = strlen(values[i]);
            size_t tail = strlen(name);
            bool ends = length > tail && strcmp(values[i] + length - tail, name) == 0 &&
                        values[i][length - tail - 1] >= 'a' && values[i][length - tail - 1] <= 'm';
            bool fires = n % 4 == 3   ? ends
                         : n % 4 == 1 ? strstr(values[i], name) != NULL
                                      : strcmp(values[i], name) == 0;
            if (fires)
                snprintf(wanted, sizeof wanted, "rule %d", n + 1);
        }
        struct fault_decision decision = {.rule = str_from("")};
        fault_decide(rules, &subject.fault, 0, &decision);
        if (!str_is(decision.rule, wanted))
            fail_msg("%s: %.*s, not %s", values[i], (int)decision.rule.len, decision.rule.data,
                     wanted);
    }
    fault_state_release(rules);
    fault_plan_release(plan);
    buf_free(&text);
    subject_free(&subject);
}

static void test_fields_that_must_be_there(void **state)
{
    (void)state;
    static const struct match_row rows[] = {
        {"{headers: {x-tag: {matches: \"^b\"}}}", true}, /* the second of two */
        {"{headers: {x-tag: {contains: lu}}}", true},
        {"{headers: {x-tag: {matches: \"^g\"}}}", false},
        {"{headers: {x-none: {matches: \"^b\"}}}", false},
        {"{headers: {x-none: {contains: \"\"}}}", false},
        {"{headers: {x-none: {present: true}}}", false},
        {"{headers: {x-none: {present: false}}}", true},
        {"{headers: {x-none: {absent: true}, x-count: \"1\"}}", true},
        {"{headers: {x-count: {present: true}, x-api-key: k-123}}", true},
        {"{headers: {x-count: {present: true}, x-api-key: k-124}}", false},
        {"{body: {/list: {contains: b}}}", true}, /* an element, not a part of a text */
        {"{body: {/list: {contains: c}}}", false},
        {"{body: {/list: {matches: b}}}", false},
        {"{body: {/text: {contains: b}}}", true},
        {"{body: {/none: {contains: b}}}", false},
        {"{body: {/number: {matches: \"5\"}}}", false},
        {"{body: {/null: {present: true}}}", true},
    };
    struct subject subject;
    subject_init(&subject);
    subject_body(&subject, "{list: [a, b], text: abc, number: 5, null: null}");
    ASSERT_ROWS(&subject, rows);
    subject_free(&subject);
}

static void test_a_pattern_out_of_budget_does_not_fire(void **state)
{
    (void)state;
    struct subject subject;
    char value[60];
    memset(value, 'a', sizeof value);
    value[sizeof value - 1] = '!';
    subject_init(&subject);
    subject.headers[1].value = str_make(value, sizeof value);
    struct fault_plan *plan = plan_of("faults: [{match: {headers: {x-api-key: {matches: "
                                      "\"^(a|aa)+$\"}}}, do: {status: 500}}]");
    struct fault_state *fault_state = fault_state_new(plan, 1, 0);
    struct fault_decision decision;
    struct buf out;
    assert_false(fault_decide(fault_state, &subject.fault, 0, &decision));
    buf_init(&out, NULL);
    struct json_writer writer = json_writer_to(&out);
    fault_state_write_json(fault_state, 0, &writer);
    assert_non_null(strstr(buf_text(&out), "\"matches\":0,\"fired\":0,\"undecided\":1"));
    buf_free(&out);
    fault_state_release(fault_state);
    fault_plan_release(plan);
    subject_free(&subject);
}

/* --- what it costs ----------------------------------------------------------------------- */

/* Nanoseconds of one decision under a plan of 100 rules, made from a format with one %d. */
static double cost_of(const struct subject *subject, const char *rule)
{
    enum { RULES = 100, ROUNDS = 2000 };
    struct buf text;
    struct arena scratch;
    struct fault_decision decision;
    struct fault_subject fault = subject->fault;
    buf_init(&text, NULL);
    buf_add_text(&text, "faults:\n");
    for (int i = 0; i < RULES; i++) {
        char line[200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(line, sizeof line, rule, i);
#pragma GCC diagnostic pop
        buf_printf(&text, "  - {match: %s, do: {status: 500}}\n", line);
    }
    struct fault_plan *plan = plan_of(buf_text(&text));
    struct fault_state *state = fault_state_new(plan, 1, 0);
    arena_init(&scratch, 16384, NULL);
    fault.arena = &scratch;
    uint64_t best = UINT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = clock_monotonic_ns();
        assert_false(fault_decide(state, &fault, 0, &decision));
        uint64_t took = clock_monotonic_ns() - start;
        best = took < best ? took : best;
        /* Keep the arena's block, as an exchange with a pool does. */
        if (scratch.used > 8192)
            arena_clear(&scratch);
        scratch.used = 0;
    }
    arena_clear(&scratch);
    fault_state_release(state);
    fault_plan_release(plan);
    buf_free(&text);
    return (double)best;
}

/* Prints what 100 rules cost that do not match; the bound is generous, for slow builds. */
static void test_a_plan_that_nothing_matches_costs_little(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "{operation: PUT /v5/other%d}",
        "{path: /v5/other/%d}",
        "{headers: {x-api-key: key-%d}}",
        "{headers: {x-fault-%d: {present: true}}}",
        "{query: {page: p%d}}",
        "{body: {/items/0/name: boom-%d}}",
        "{operation: putThings, body: {/items/0/field%d: 1}}",
    };
    enum { GENEROUS_NS = 2000000 };
    struct subject subject;
    subject_init(&subject);
    subject_body(&subject, "{\"items\":[{\"id\":\"1\",\"name\":\"boom\",\"start\":1}]}");
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        double ns = cost_of(&subject, rules[i]);
        print_message("%8.0f ns for 100 rules %s\n", ns, rules[i]);
        assert_true(ns < GENEROUS_NS);
    }
    subject_free(&subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operation_method_and_path),
        cmocka_unit_test(test_an_exchange_without_operation_matches_none),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_the_query),
        cmocka_unit_test(test_the_body),
        cmocka_unit_test(test_no_body_is_absent_everywhere),
        cmocka_unit_test(test_the_attempt),
        cmocka_unit_test(test_a_plan_needs_nothing_of_the_text_it_came_from),
        cmocka_unit_test(test_patterns_match_what_they_match_alone),
        cmocka_unit_test(test_many_rules_that_look_at_one_field),
        cmocka_unit_test(test_fields_that_must_be_there),
        cmocka_unit_test(test_a_pattern_out_of_budget_does_not_fire),
        cmocka_unit_test(test_a_plan_that_nothing_matches_costs_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
