/* plan: the whole format, every mistake, other tools' words, headers, the example plans. */
#include "unit/fault/plan_text.h"

/* --- what is fine ----------------------------------------------------------------- */

static const char every_word[] =
    "faults:\n"
    "  - name: answer\n"
    "    match:\n"
    "      operation: put /v5/things\n"
    "      method: PUT\n"
    "      path: {matches: ^/v5/}\n"
    "      query: {page: \"2\", q: {contains: a, matches: b}, gone: {absent: true}}\n"
    "      headers: {x-api-key: {matches: \"^k\"}, x-n: 1, x-on: {present: true}}\n"
    "      body: {/items/0/name: {equals: boom}, /items: {contains: {a: 1}}, \"\": {present: "
    "true}}\n"
    "      attempt: {min: 2, max: 3}\n"
    "    when: {skip: 1, first: 4, every: 2, probability: 0.5, after: 1s, for: 1m}\n"
    "    do:\n"
    "      status: 503\n"
    "      headers: {Retry-After: 1, Set-Cookie: [a=1, b=2]}\n"
    "      body: {detail: away}\n"
    "      delay: {lognormal: {median: 80ms, sigma: 0.4}}\n"
    "      after: commit\n"
    "      connection: reset\n"
    "      at: {byte: 3}\n"
    "      drip: {bytes: 2, every: 1ms}\n"
    "      violate: [malformed-json, wrong-content-type]\n"
    "      quota: {name: q, requests: 10, per: 60s}\n"
    "    scenario: s\n"
    "    state: Started\n"
    "    next_state: next\n"
    "  - when: {nth: [1, 3]}\n"
    "    do: {truncate: 120, violate: wrong-type}\n"
    "  - match: {attempt: {equals: 1}}\n"
    "    when: {nth: 2}\n"
    "    do: pass\n"
    "sequences:\n"
    "  - {name: q, match: {method: PUT}, steps: [{status: 500}, pass], then: repeat}\n";

static void test_every_word_is_read(void **state)
{
    (void)state;
    struct fault_plan *plan = plan_of(every_word);
    assert_int_equal(fault_plan_count(plan), 5);
    assert_true(str_is(fault_plan_name(plan, 0), "answer"));
    assert_true(str_is(fault_plan_name(plan, 1), "rule 2"));
    assert_true(str_is(fault_plan_name(plan, 3), "q, step 1"));
    struct place place;
    assert_true(str_is(fault_plan_operation(plan, 0, &place), "PUT /v5/things"));
    assert_int_equal(place.offset, strstr(every_word, "put /v5") - every_word);
    assert_int_equal(fault_plan_operation(plan, 1, NULL).len, 0);
    fault_plan_release(plan);
}

static void test_what_is_written_can_be_read_again(void **state)
{
    (void)state;
    struct fault_plan *plan = plan_of(every_word);
    char *first = plan_json(plan);
    struct fault_plan *again = plan_of(first);
    char *second = plan_json(again);
    assert_string_equal(first, second);
    assert_int_equal(fault_plan_count(again), 5);
    fault_plan_release(plan);
    fault_plan_release(again);
    free(first);
    free(second);
}

static void test_empty_plans_are_plans(void **state)
{
    (void)state;
    static const char *const texts[] = {"{}", "faults:\n", "faults: []", "sequences: []", "null"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct fault_plan *plan = plan_of(texts[i]);
        assert_int_equal(fault_plan_count(plan), 0);
        fault_plan_release(fault_plan_retain(plan));
        fault_plan_release(plan);
    }
    struct diags diags;
    diags_init(&diags);
    struct fault_plan *none = fault_plan_read(NULL, &diags);
    assert_int_equal(fault_plan_count(none), 0);
    fault_plan_release(none);
    fault_plan_release(NULL);
    diags_free(&diags);
}

static void test_sequences_are_spelt_out(void **state)
{
    (void)state;
    static const struct {
        const char *then;
        const char *last; /* next_state of the last step */
    } rows[] = {{"", ",\"next_state\":\"over\"}"},
                {", then: pass", ",\"next_state\":\"over\"}"},
                {", then: repeat", ",\"next_state\":\"Started\"}"},
                {", then: stay", ",\"state\":\"step 2\"}"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[200];
        char expected[600];
        snprintf(text, sizeof text,
                 "sequences: [{name: s, match: {method: PUT}, steps: [{statusCode: 500}, "
                 "pass]%s}]",
                 rows[i].then);
        struct fault_plan *plan = plan_of(text);
        char *json = plan_json(plan);
        snprintf(expected, sizeof expected,
                 "{\"faults\":[{\"name\":\"s, step 1\",\"match\":{\"method\":\"PUT\"},"
                 "\"do\":{\"status\":500},\"scenario\":\"s\",\"state\":\"Started\","
                 "\"next_state\":\"step 2\"},"
                 "{\"name\":\"s, step 2\",\"match\":{\"method\":\"PUT\"},\"do\":\"pass\","
                 "\"scenario\":\"s\"%s%s]}",
                 strstr(rows[i].last, "next") != NULL ? ",\"state\":\"step 2\"" : "", rows[i].last);
        assert_string_equal(json, expected);
        free(json);
        fault_plan_release(plan);
    }
}

static void test_a_state_that_none_leads_to_is_a_warning(void **state)
{
    (void)state;
    struct buf printed;
    struct fault_plan *plan =
        plan_try("faults: [{scenario: s, state: Nowhere, do: {status: 500}}]", &printed);
    assert_non_null(plan);
    assert_non_null(strstr(printed.data, "warning: no rule leads to state `Nowhere`"));
    buf_free(&printed);
    fault_plan_release(plan);
}

/* --- mistakes ------------------------------------------------------------------------ */

struct mistake {
    const char *text;
    const char *place; /* line:column */
    const char *message;
    const char *remedy; /* or NULL */
};

static void assert_mistake(const struct mistake *mistake)
{
    struct buf printed;
    struct fault_plan *plan = plan_try(mistake->text, &printed);
    char place[40];
    snprintf(place, sizeof place, "plan.yaml:%s: error: ", mistake->place);
    const char *line = strstr(printed.data, place);
    bool fine = plan == NULL && line != NULL && strstr(line, mistake->message) != NULL &&
                (mistake->remedy == NULL || strstr(line, mistake->remedy) != NULL);
    if (!fine)
        fail_msg("\n%s\nshould say at %s: %s (%s)\nbut said:\n%s", mistake->text, mistake->place,
                 mistake->message, mistake->remedy != NULL ? mistake->remedy : "",
                 buf_text(&printed));
    buf_free(&printed);
}

static void assert_mistakes(const struct mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_mistake(&mistakes[i]);
}

#define ASSERT_MISTAKES(rows) assert_mistakes(rows, sizeof rows / sizeof rows[0])

static void test_unknown_words_name_the_nearest(void **state)
{
    (void)state;
    static const struct mistake rows[] = {
        {"fault: []", "1:1", "unknown word `fault` in a fault plan", "did you mean `faults`?"},
        {"faults: [{do: pass, wen: {}}]", "1:21", "unknown word `wen` in a rule", "`when`"},
        {"faults: [{do: {stats: 500}}]", "1:16", "unknown word `stats` in `do`", "`status`"},
        {"faults: [{do: pass, match: {opration: x}}]", "1:29", "unknown word `opration`",
         "`operation`"},
        {"faults: [{do: pass, when: {probabilty: 1}}]", "1:28", "unknown word `probabilty`",
         "`probability`"},
        {"faults: [{do: pass, match: {headers: {a: {equal: 1}}}}]", "1:43",
         "unknown word `equal` in a matcher", "did you mean `equals`?"},
        {"faults: [{do: pass, match: {attempt: {minimum: 1}}}]", "1:39",
         "unknown word `minimum` in `attempt`", "what can stand here: equals, min, max"},
        {"faults: [{do: {connection: rest}}]", "1:28", "`connection` cannot be \"rest\"",
         "did you mean `reset`?"},
        {"faults: [{do: {connection: reset, at: haed}}]", "1:39", "`at` cannot be \"haed\"",
         "`head`"},
        {"faults: [{do: {connection: reset, at: {bite: 1}}}]", "1:40", "unknown word `bite`",
         "`byte`"},
        {"faults: [{do: {violate: [wrong-tpye]}}]", "1:26", "`violate` cannot be \"wrong-tpye\"",
         "`wrong-type`"},
        {"faults: [{do: {drip: {byte: 1, every: 1s}}}]", "1:23", "unknown word `byte`", "`bytes`"},
        {"faults: [{do: {quota: {requests: 1, per: 1s, satus: 1}}}]", "1:46",
         "unknown word `satus` in `quota`", "`status`"},
        {"faults: [{do: {fixedDelayMiliseconds: 5}}]", "1:16",
         "unknown word `fixedDelayMiliseconds`", "`fixedDelayMilliseconds`"},
        {"faults: [{do: {after: comit}}]", "1:23", "`after` cannot be \"comit\"", "`commit`"},
        {"sequences: [{name: a, step: [pass]}]", "1:23", "unknown word `step`", "`steps`"},
        {"sequences: [{name: a, steps: [pass], then: repaet}]", "1:44",
         "`then` cannot be \"repaet\"", "`repeat`"},
        {"faults: [{do: {xyzzy: 1}}]", "1:16", "unknown word `xyzzy` in `do`",
         "what can stand here: status, headers"},
    };
    ASSERT_MISTAKES(rows);
}

static void test_values_of_the_wrong_kind_or_size_are_refused(void **state)
{
    (void)state;
    static const struct mistake rows[] = {
        {"[]", "1:1", "an object, not a list", "write faults: before the list"},
        {"just text", "1:1", "must be an object, not \"just text\"", "faults"},
        {"faults: {}", "1:9", "`faults` must be a list, not an object", "dash"},
        {"faults: [nonsense]", "1:10", "a rule must be an object, not \"nonsense\"", "do"},
        {"faults: [{name: x}]", "1:10", "does not say what to `do`", "do: {status: 503}"},
        {"faults: [{do: {}}]", "1:15", "`do` is empty", "do: pass"},
        {"faults: [{do: fail}]", "1:15", "`do` must be an object, not \"fail\"", "status"},
        {"faults: [{name: 7, do: pass}]", "1:17", "`name` is 7; it must be a text", "quotes"},
        {"faults: [{name: a, do: pass}, {name: a, do: pass}]", "1:38", "two rules are called `a`",
         "a name of its own"},
        {"faults: [{do: pass}, {name: rule 1, do: pass}]", "1:29", "two rules are called", NULL},
        {"faults: [{when: {probability: 1.5}, do: pass}]", "1:31",
         "`probability` is 1.5; it must be a number from 0 to 1", NULL},
        {"faults: [{when: {probability: -0.1}, do: pass}]", "1:31", "from 0 to 1", NULL},
        {"faults: [{when: {probability: often}, do: pass}]", "1:31", "from 0 to 1", NULL},
        {"faults: [{when: {nth: 0}, do: pass}]", "1:23", "a whole number of at least 1", NULL},
        {"faults: [{when: {nth: []}, do: pass}]", "1:23", "never fire", NULL},
        {"faults: [{when: {nth: [1, x]}, do: pass}]", "1:27", "`nth` is \"x\"", NULL},
        {"faults: [{when: {first: 0}, do: pass}]", "1:25", "at least 1", NULL},
        {"faults: [{when: {first: 1.5}, do: pass}]", "1:25", "a whole number", NULL},
        {"faults: [{when: {every: -2}, do: pass}]", "1:25", "at least 1", NULL},
        {"faults: [{when: {for: 10}, do: pass}]", "1:23", "`for` is 10, which has no unit",
         "write 10ms or 10s"},
        {"faults: [{when: {for: 0s}, do: pass}]", "1:23", "never fire", NULL},
        {"faults: [{when: {after: -1s}, do: pass}]", "1:25", "negative", NULL},
        {"faults: [{when: {first: 1, every: 2}, do: pass}]", "1:17", "never fire", NULL},
        {"faults: [{when: {nth: 1, first: 2}, do: pass}]", "1:17", "which matches are meant", NULL},
        {"faults: [{when: always, do: pass}]", "1:17", "`when` must be an object", NULL},
        {"faults: [{do: {status: 99}}]", "1:24",
         "`status` is 99; it must be a whole number from "
         "200 to 599",
         NULL},
        {"faults: [{do: {status: 600}}]", "1:24", "from 200 to 599", NULL},
        {"faults: [{do: {status: \"503\"}}]", "1:24", "`status` is \"503\"", NULL},
        {"faults: [{do: {delay: 250}}]", "1:23", "has no unit", "write 250ms or 250s"},
        {"faults: [{do: {headers: [a]}}]", "1:25", "`headers` must be an object", "Retry-After"},
        {"faults: [{do: {headers: {\"a b\": c}}}]", "1:26", "no header name", NULL},
        {"faults: [{do: {headers: {a: \"b\\r\\nc: d\"}}}]", "1:29", "no value for the header `a`",
         "one line"},
        {"faults: [{do: {headers: {a: {}}}}]", "1:29", "no value for the header `a`", NULL},
        {"faults: [{do: {headers: {a: 1, A: 2}}}]", "1:32", "written twice", "[a=1, b=2]"},
        {"faults: [{do: {headers: {content-length: 5}}}]", "1:26", "the server's to write",
         "truncate"},
        {"faults: [{do: {connection: reset, at: byte}}]", "1:39", "after which byte",
         "at: {byte: 120}"},
        {"faults: [{do: {connection: reset, at: {byte: -1}}}]", "1:46", "`byte` is -1", NULL},
        {"faults: [{do: {truncate: half}}]", "1:26", "neither a number of bytes nor a share",
         "50%"},
        {"faults: [{do: {truncate: 100%}}]", "1:26", "neither", NULL},
        {"faults: [{do: {truncate: -1}}]", "1:26", "`truncate` is -1", NULL},
        {"faults: [{do: {drip: {bytes: 1}}}]", "1:22", "either `bytes` and `every`", "pieces"},
        {"faults: [{do: {drip: {bytes: 0, every: 1s}}}]", "1:30", "`bytes` is 0", NULL},
        {"faults: [{do: {drip: 5}}]", "1:22", "`drip` must be an object", NULL},
        {"faults: [{do: {violate: []}}]", "1:25", "empty list", NULL},
        {"faults: [{do: {quota: {requests: 1}}}]", "1:23", "needs `requests` and `per`", "60s"},
        {"faults: [{do: {quota: {requests: 1, per: 0s}}}]", "1:42", "no time at all", NULL},
        {"faults: [{match: {headers: {a: {}}}, do: pass}]", "1:32", "the matcher is empty", NULL},
        {"faults: [{match: {headers: {a: null}}, do: pass}]", "1:32", "the field is a text",
         "absent: true"},
        {"faults: [{match: {headers: {a: [1]}}, do: pass}]", "1:32", "the field is a text", NULL},
        {"faults: [{match: {headers: x}, do: pass}]", "1:28", "an object of fields", NULL},
        {"faults: [{match: {headers: {a: {matches: \"(\"}}}, do: pass}]", "1:42", "", NULL},
        {"faults: [{match: {headers: {a: {absent: perhaps}}}, do: pass}]", "1:41",
         "must be true or false", NULL},
        {"faults: [{match: {headers: {a: {absent: true, equals: 1}}}, do: pass}]", "1:32",
         "no value to match", NULL},
        {"faults: [{match: {headers: {a: {absent: true, present: false}}}, do: pass}]", "1:32",
         "twice", NULL},
        {"faults: [{match: {body: {items: 1}}, do: pass}]", "1:26", "is not a JSON Pointer",
         "starts with /"},
        {"faults: [{match: {body: {/a~2: 1}}, do: pass}]", "1:26", "is not a JSON Pointer", NULL},
        {"faults: [{match: {path: v5}, do: pass}]", "1:25", "no request has the path \"v5\"",
         "starts with /"},
        {"faults: [{match: {path: \"/v5?a=1\"}, do: pass}]", "1:25", "before the ?", "`query`"},
        {"faults: [{match: {operation: \"\"}, do: pass}]", "1:30", "`operation` is \"\"", NULL},
        {"faults: [{match: {attempt: 0}, do: pass}]", "1:28", "from 1 to", NULL},
        {"faults: [{match: {attempt: {min: 3, max: 2}}, do: pass}]", "1:28", "no attempt", NULL},
        {"faults: [{match: {attempt: {min: 3, equals: 2}}, do: pass}]", "1:28", "`equals` says",
         NULL},
        {"faults: [{state: a, do: pass}]", "1:11", "without the `scenario`", NULL},
        {"faults: [{scenario: a, do: pass}]", "1:11", "`scenario` alone does nothing", NULL},
        {"sequences: [{steps: [pass]}]", "1:13", "a sequence needs a `name`", NULL},
        {"sequences: [{name: a, steps: []}]", "1:30", "needs a list of `steps`", NULL},
        {"sequences: [{name: a}]", "1:13", "needs a list of `steps`", NULL},
        {"sequences: [{name: a, steps: [{status: 1}]}]", "1:40", "from 200 to 599", NULL},
        {"sequences: [{name: a, steps: [pass]}, {name: a, steps: [pass]}]", "1:57",
         "two rules are called `a, step 1`", NULL},
        {"faults:\n  - name: one\n    do:\n      status: 1000\n", "4:15", "from 200 to 599", NULL},
    };
    ASSERT_MISTAKES(rows);
}

static void test_what_cannot_happen_together_is_refused(void **state)
{
    (void)state;
    static const struct mistake rows[] = {
        {"faults: [{do: {at: head}}]", "1:16", "there is none", "add connection"},
        {"faults: [{do: {connection: hang, truncate: 5}}]", "1:34",
         "`truncate` cannot be here: it closes the connection, and a hung one is never closed",
         "`truncate` alone"},
        {"faults: [{do: {connection: reset, at: end, truncate: 5}}]", "1:44",
         "closes the connection itself", "at: {byte: n}"},
        {"faults: [{do: {connection: reset, status: 500}}]", "1:35",
         "`status` cannot be here: the connection is cut before the answer", "at: head"},
        {"faults: [{do: {connection: reset, drip: {bytes: 1, every: 1s}}}]", "1:35",
         "`drip` cannot be here", NULL},
        {"faults: [{do: {connection: hang, body: {}}}]", "1:34", "the answer never begins", NULL},
        {"faults: [{do: {connection: close, at: accept, violate: [null]}}]", "1:47",
         "`violate` cannot be", NULL},
        {"faults: [{do: {connection: garbage, headers: {a: b}}}]", "1:37", "`headers` cannot be",
         NULL},
        {"faults: [{do: {connection: empty, at: head}}]", "1:35", "no head and no body", NULL},
        {"faults: [{do: {connection: garbage, at: end}}]", "1:37", "not inside it", NULL},
        {"faults: [{do: {connection: hang, at: head, drip: {pieces: 2, over: 1s}}}]", "1:44",
         "no byte of the body is sent", NULL},
        {"faults: [{do: {status: 204, body: x}}]", "1:29", "has no body", "another status"},
        {"faults: [{do: {status: 304, truncate: 1}}]", "1:29", "has no body", NULL},
        {"faults: [{do: {status: 204, connection: reset, at: {byte: 1}}}]", "1:48", "has no body",
         "at: head"},
        {"faults: [{do: {status: 500, body: abc, truncate: 3}}]", "1:50",
         "nothing would be cut off: the body has 3 bytes", NULL},
        {"faults: [{do: {status: 500, body: abc, connection: reset, at: {byte: 4}}}]", "1:63",
         "no such byte: the body has 3", NULL},
        {"faults: [{do: {status: 500, body: abc, violate: [wrong-type]}}]", "1:40",
         "`body` replaces that", NULL},
        {"faults: [{do: {after: commit}}]", "1:15", "after the commit", "connection: reset"},
        {"faults: [{do: {connection: reset, quota: {requests: 1, per: 1s, body: x}}}]", "1:65",
         "`body` cannot be here", NULL},
        {"faults: [{do: {quota: {name: q, requests: 1, per: 1s}}}, {do: {quota: {name: q, "
         "requests: 2, per: 1s}}}]",
         "1:71", "other `requests` or `per`", "another name"},
    };
    ASSERT_MISTAKES(rows);
}

/* Every word at once, as one might try them: what comes too late is told, and the rest is done. */
static void test_what_comes_too_late_is_a_warning(void **state)
{
    (void)state;
    static const char *const warnings[] = {
        ":13:7: warning: `truncate` is never seen",
        ":14:7: warning: `drip` is never seen",
        ":15:7: warning: `violate` is never seen",
        ":16:39: warning: `status` stands both in `quota` and beside it; that of the quota is sent",
        ":16:7: warning: the rule never fires: `when` lets 2 matches come to the quota, which",
    };
    struct buf printed;
    struct fault_plan *plan = plan_try(
        "faults:\n"
        "  - name: flaky upsert\n"
        "    match: {operation: PUT /v5/things, headers: {x-api-key: {matches: \"^k\"}}, body: "
        "{/items/0/name: {equals: boom}}, attempt: 1}\n"
        "    when: {first: 2}\n"
        "    do:\n"
        "      status: 503\n"
        "      headers: {Retry-After: \"1\"}\n"
        "      body: {detail: away}\n"
        "      delay: {lognormal: {median: 80ms, sigma: 0.4}}\n"
        "      after: commit\n"
        "      connection: reset\n"
        "      at: head\n"
        "      truncate: 120\n"
        "      drip: {bytes: 64, every: 100ms}\n"
        "      violate: [missing-required, wrong-type, unknown-enum, \"null\", wrong-const, "
        "extra-member, malformed-json, wrong-content-type]\n"
        "      quota: {requests: 10, per: 60s, status: 429}\n",
        &printed);
    assert_non_null(plan);
    for (size_t i = 0; i < sizeof warnings / sizeof *warnings; i++)
        if (strstr(printed.data, warnings[i]) == NULL)
            fail_msg("%s is missing in: %s", warnings[i], printed.data);
    assert_null(strstr(printed.data, "error"));
    char *json = plan_json(plan);
    assert_non_null(strstr(json, "\"quota\":{\"requests\":10,\"per\":\"60s\",\"status\":429}"));
    free(json);
    fault_plan_release(plan);
    buf_free(&printed);
}

static void test_all_mistakes_are_told_at_once(void **state)
{
    (void)state;
    struct buf printed;
    struct fault_plan *plan =
        plan_try("faults:\n"
                 "  - {do: {status: 1}}\n"
                 "  - {do: {status: 503}}\n"
                 "  - {when: {probability: 2}, do: {delay: 5, colour: red}}\n",
                 &printed);
    assert_null(plan);
    assert_non_null(strstr(printed.data, ":2:19: error"));
    assert_non_null(strstr(printed.data, ":4:26: error"));
    assert_non_null(strstr(printed.data, ":4:42: error"));
    assert_non_null(strstr(printed.data, "unknown word `colour`"));
    buf_free(&printed);
}

static void test_too_many_rules_are_refused(void **state)
{
    (void)state;
    struct buf text;
    struct buf printed;
    buf_init(&text, NULL);
    buf_add_text(&text, "{\"faults\":[");
    for (int i = 0; i < 10001; i++)
        buf_add_text(&text, i == 0 ? "{\"do\":\"pass\"}" : ",{\"do\":\"pass\"}");
    buf_add_text(&text, "]}");
    assert_null(plan_try(buf_text(&text), &printed));
    assert_non_null(strstr(printed.data, "the plan has 10001 rules; 10000 is the most"));
    buf_free(&printed);
    buf_free(&text);
}

/* --- other tools' words ----------------------------------------------------------------- */

static void test_aliases_become_native_words(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        const char *native; /* behind the name */
    } rows[] = {
        /* WireMock */
        {"{request: {method: PUT, urlPath: /a, headers: {X: {equalTo: \"1\"}}, queryParameters: "
         "{q: {equalTo: b}}}, response: {status: 500, jsonBody: {a: 1}}}",
         "\"match\":{\"method\":\"PUT\",\"path\":\"/a\",\"headers\":{\"X\":{\"equals\":\"1\"}},"
         "\"query\":{\"q\":{\"equals\":\"b\"}}},\"do\":{\"status\":500,\"body\":{\"a\":1}}"},
        {"{request: {urlPathPattern: /a/.*}, response: {fixedDelayMilliseconds: 500}}",
         "\"match\":{\"path\":{\"matches\":\"^(?:/a/.*)$\"}},\"do\":{\"delay\":\"500ms\"}"},
        {"{response: {delayDistribution: {type: uniform, lower: 15, upper: 25}}}",
         "\"do\":{\"delay\":{\"uniform\":[\"15ms\",\"25ms\"]}}"},
        {"{response: {delayDistribution: {type: lognormal, median: 80, sigma: 0.4, maxValue: "
         "900}}}",
         "\"do\":{\"delay\":{\"lognormal\":{\"median\":\"80ms\",\"sigma\":0.4,\"max\":\"900ms\"}}"
         "}"},
        {"{response: {delayDistribution: {type: fixed, milliseconds: 5}}}",
         "\"do\":{\"delay\":\"5ms\"}"},
        {"{response: {chunkedDribbleDelay: {numberOfChunks: 5, totalDuration: 1000}}}",
         "\"do\":{\"drip\":{\"pieces\":5,\"over\":\"1000ms\"}}"},
        {"{response: {fault: CONNECTION_RESET_BY_PEER}}", "\"do\":{\"connection\":\"reset\"}"},
        {"{response: {fault: EMPTY_RESPONSE}}", "\"do\":{\"connection\":\"empty\"}"},
        {"{response: {fault: RANDOM_DATA_THEN_CLOSE}}", "\"do\":{\"connection\":\"garbage\"}"},
        {"{response: {fault: MALFORMED_RESPONSE_CHUNK}}",
         "\"do\":{\"connection\":\"garbage\",\"at\":\"head\"}"},
        {"{scenarioName: s, requiredScenarioState: Started, newScenarioState: b, response: "
         "{status: 500}}",
         "\"scenario\":\"s\",\"state\":\"Started\",\"next_state\":\"b\",\"do\":{\"status\":500}"},
        /* MockServer */
        {"{httpRequest: {operationId: putThings}, httpResponse: {statusCode: 500, delay: "
         "{timeUnit: SECONDS, value: 2}}}",
         "\"match\":{\"operation\":\"putThings\"},\"do\":{\"status\":500,\"delay\":\"2s\"}"},
        {"{httpError: {dropConnection: true}}", "\"do\":{\"connection\":\"close\"}"},
        {"{chaos: {errorStatus: 503, errorProbability: 0.5, retryAfter: \"2\", succeedFirst: 2, "
         "failRequestCount: 3}}",
         "\"do\":{\"status\":503,\"headers\":{\"Retry-After\":\"2\"}},\"when\":{\"probability\":0.5"
         ",\"skip\":2,\"first\":3}"},
        {"{chaos: {dropConnectionProbability: 0.2, outageAfterMillis: 100, outageDurationMillis: "
         "500}}",
         "\"do\":{\"connection\":\"close\"},\"when\":{\"probability\":0.2,\"after\":\"100ms\","
         "\"for\":\"500ms\"}"},
        {"{chaos: {latency: {timeUnit: MILLISECONDS, value: 100}, malformedBody: true}}",
         "\"do\":{\"delay\":\"100ms\",\"violate\":\"malformed-json\"}"},
        {"{chaos: {truncateBodyAtFraction: 0.25}}", "\"do\":{\"truncate\":\"25%\"}"},
        {"{chaos: {slowResponseChunkSize: 10, slowResponseChunkDelay: {timeUnit: MILLISECONDS, "
         "value: 5}}}",
         "\"do\":{\"drip\":{\"bytes\":10,\"every\":\"5ms\"}}"},
        {"{chaos: {quotaName: q, quotaLimit: 5, quotaWindowMillis: 1000, quotaErrorStatus: 429}}",
         "\"do\":{\"quota\":{\"name\":\"q\",\"requests\":5,\"per\":\"1000ms\",\"status\":429}}"},
        {"{do: {retryAfter: 3, headers: {A: b}, status: 503}}",
         "\"do\":{\"headers\":{\"Retry-After\":3,\"A\":\"b\"},\"status\":503}"},
        /* toxiproxy */
        {"{type: latency, stream: downstream, toxicity: 0.5, attributes: {latency: 1000, jitter: "
         "100}}",
         "\"do\":{\"delay\":{\"uniform\":[\"900ms\",\"1100ms\"]}},\"when\":{\"probability\":0.5}"},
        {"{do: {latency: {latency: 70}}, when: {toxicity: 1}}",
         "\"do\":{\"delay\":\"70ms\"},\"when\":{\"probability\":1}"},
        {"{type: reset_peer, attributes: {timeout: 50}}",
         "\"do\":{\"connection\":\"reset\",\"delay\":\"50ms\"}"},
        {"{type: reset_peer}", "\"do\":{\"connection\":\"reset\"}"},
        {"{do: {timeout: {timeout: 0}}}", "\"do\":{\"connection\":\"hang\"}"},
        {"{type: timeout, attributes: {timeout: 9}}",
         "\"do\":{\"connection\":\"close\",\"delay\":\"9ms\"}"},
        {"{type: limit_data, attributes: {bytes: 40}}",
         "\"do\":{\"connection\":\"close\",\"at\":{\"byte\":40}}"},
        {"{do: {slicer: {average_size: 64, delay: 1000}}}",
         "\"do\":{\"drip\":{\"bytes\":64,\"every\":\"1000us\"}}"},
        {"{type: bandwidth, attributes: {rate: 2}}",
         "\"do\":{\"drip\":{\"bytes\":200,\"every\":\"100ms\"}}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[500];
        char expected[500];
        snprintf(text, sizeof text, "faults: [%s]", rows[i].rule);
        snprintf(expected, sizeof expected, "{\"faults\":[{%s,\"name\":\"rule 1\"}]}",
                 rows[i].native);
        struct fault_plan *plan = plan_of(text);
        char *json = plan_json(plan);
        assert_string_equal(json, expected);
        free(json);
        fault_plan_release(plan);
    }
}

static void test_aliases_are_checked_like_native_words(void **state)
{
    (void)state;
    static const struct mistake rows[] = {
        {"faults: [{do: {fault: RESET}}]", "1:23", "`fault` cannot be \"RESET\"", "EMPTY_RESPONSE"},
        {"faults: [{do: {fixedDelayMilliseconds: -5}}]", "1:40", "negative", NULL},
        {"faults: [{do: {fixedDelayMilliseconds: soon}}]", "1:40", "not a duration", NULL},
        {"faults: [{do: {errorStatus: 700}}]", "1:29", "from 200 to 599", NULL},
        {"faults: [{do: {status: 500, statusCode: 501}}]", "1:29",
         "says what another word of this rule has said already: `status`", "two rules"},
        {"faults: [{do: {fixedDelayMilliseconds: 5, delay: 5ms}}]", "1:43", "already: `delay`",
         NULL},
        {"faults: [{do: pass, chaos: {errorStatus: 500}}]", "1:29", "already: `status`", NULL},
        {"faults: [{do: pass, chaos: {retryAfter: 500}}]", "1:29", "already", NULL},
        {"faults: [{do: {delayDistribution: {type: normal}}}]", "1:42", "`type` cannot be",
         "uniform, lognormal, fixed"},
        {"faults: [{do: {delayDistribution: {type: uniform, lower: 1}}}]", "1:35",
         "needs `lower` and `upper`", NULL},
        {"faults: [{do: {delayDistribution: {type: lognormal, median: 1}}}]", "1:35",
         "needs both `median` and `sigma`", NULL},
        {"faults: [{do: {chunkedDribbleDelay: {numberOfChunks: 1}}}]", "1:37", "totalDuration",
         "pieces"},
        {"faults: [{do: {latency: {latency: 10, jitter: 20}}}]", "1:47", "could be negative", NULL},
        {"faults: [{do: {latency: {latncy: 10}}}]", "1:26", "unknown word `latncy`", "`latency`"},
        {"faults: [{do: {delay: {timeUnit: DAYS, value: 1}}}]", "1:34", "`timeUnit` cannot be",
         NULL},
        {"faults: [{do: {slicer: {average_size: 1, delay: 1, size_variation: 5}}}]", "1:68",
         "no equivalent", NULL},
        {"faults: [{do: {bandwidth: {}}}]", "1:27", "`rate` is an object", NULL},
        {"faults: [{type: slow_close}]", "1:17", "`slow_close` means nothing here", "hang"},
        {"faults: [{type: latncy}]", "1:17", "`type` cannot be", "`latency`"},
        {"faults: [{attributes: {}}]", "1:11", "without the `type`", NULL},
        {"faults: [{type: latency, stream: upstream}]", "1:34", "`stream` cannot be", NULL},
        {"faults: [{do: {seed: 1}}]", "1:16", "`seed` means nothing here", "--random-seed"},
        {"faults: [{do: {when: {first: 1}}}]", "1:16", "`when` means nothing here", "beside"},
        {"faults: [{match: {bodyPatterns: []}, do: pass}]", "1:19", "`bodyPatterns`", "body:"},
        {"faults: [{do: {malformedBody: yes}}]", "1:31", "true or false", NULL},
        {"faults: [{match: {headers: {a: {equals: 1, equalTo: 2}}}, do: pass}]", "1:44", "already",
         NULL},
    };
    ASSERT_MISTAKES(rows);
}

/* --- the header --------------------------------------------------------------------------- */

/* Reads a header value; its plan's JSON or its diagnostics, whichever there are (heap). */
static char *read_header(const char *value)
{
    struct diags diags;
    struct buf printed;
    diags_init(&diags);
    buf_init(&printed, NULL);
    struct fault_plan *plan = fault_plan_read_header(str_from(value), &diags);
    diags_print(&diags, &printed);
    buf_text(&printed);
    diags_free(&diags);
    if (plan == NULL)
        return printed.data;
    assert_int_equal(fault_plan_count(plan), 1);
    buf_free(&printed);
    char *json = plan_json(plan);
    fault_plan_release(plan);
    return json;
}

static void test_a_header_is_one_rule(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *expected;
    } rows[] = {
        {"{status: 503, delay: 1s}",
         "{\"faults\":[{\"do\":{\"status\":503,\"delay\":\"1s\"},\"name\":\"header\"}]}"},
        {"{\"connection\": \"reset\", \"after\": \"commit\"}",
         "{\"faults\":[{\"do\":{\"connection\":\"reset\",\"after\":\"commit\"},\"name\":"
         "\"header\"}]}"},
        {"status: 503", "{\"faults\":[{\"do\":{\"status\":503},\"name\":\"header\"}]}"},
        {"{fault: EMPTY_RESPONSE}",
         "{\"faults\":[{\"do\":{\"connection\":\"empty\"},\"name\":\"header\"}]}"},
        {"{name: mine, when: {probability: 0.5}, do: {status: 500}}",
         "{\"faults\":[{\"name\":\"mine\",\"when\":{\"probability\":0.5},\"do\":{\"status\":500}}]"
         "}"},
        {"pass", "{\"faults\":[{\"do\":\"pass\",\"name\":\"header\"}]}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *found = read_header(rows[i].value);
        assert_string_equal(found, rows[i].expected);
        free(found);
    }
}

static void test_mistakes_in_a_header_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *message;
    } rows[] = {
        {"{status: 5}", "X-Understudy-Fault:1:10: error: `status` is 5"},
        {"{statsu: 500}", "did you mean `status`?"},
        {"{status: 503", "X-Understudy-Fault:1:"},
        {"503", "`do` must be an object, not 503"},
        {"", "X-Understudy-Fault"},
        {"{quota: {requests: 1, per: 1s}}", "`quota` needs a memory between requests"},
        {"{when: {first: 1}, do: {status: 500}}", "`first` needs a memory between requests"},
        {"{scenario: s, next_state: b, do: {status: 500}}", "`scenario` needs a memory"},
        {"[1]", "`do` must be an object, not a list"},
        {"{do: {status: 1}, do: 5}", "X-Understudy-Fault:1:"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *found = read_header(rows[i].value);
        if (strstr(found, rows[i].message) == NULL)
            fail_msg("%s gave:\n%s", rows[i].value, found);
        free(found);
    }
}

/* --- the example plans ------------------------------------------------------------------------ */

static void test_the_example_plans_are_good(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t rules;
    } rows[] = {{"flaky-upsert", 3}, {"slow", 4}, {"commit-then-reset", 5}, {"rate-limit", 2}};
    static const char here[] = "tests/unit/fault/test_plan.c";
    size_t root = strlen(__FILE__) - strlen(here);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[1000];
        struct arena arena;
        struct source source;
        arena_init(&arena, 4096, NULL);
        snprintf(path, sizeof path, "%.*sfixtures/faults/%s.yaml", (int)root, __FILE__,
                 rows[i].name);
        assert_int_equal(source_read(&arena, path, 100000, &source), SOURCE_OK);
        struct fault_plan *plan = plan_of(source.text.data);
        assert_int_equal(fault_plan_count(plan), rows[i].rules);
        for (size_t rule = 0; rule < rows[i].rules; rule++)
            assert_true(str_is(fault_plan_operation(plan, rule, NULL), "PUT /v5/spans/batch"));
        fault_plan_release(plan);
        arena_clear(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_word_is_read),
        cmocka_unit_test(test_what_is_written_can_be_read_again),
        cmocka_unit_test(test_empty_plans_are_plans),
        cmocka_unit_test(test_sequences_are_spelt_out),
        cmocka_unit_test(test_a_state_that_none_leads_to_is_a_warning),
        cmocka_unit_test(test_unknown_words_name_the_nearest),
        cmocka_unit_test(test_values_of_the_wrong_kind_or_size_are_refused),
        cmocka_unit_test(test_what_cannot_happen_together_is_refused),
        cmocka_unit_test(test_what_comes_too_late_is_a_warning),
        cmocka_unit_test(test_all_mistakes_are_told_at_once),
        cmocka_unit_test(test_too_many_rules_are_refused),
        cmocka_unit_test(test_aliases_become_native_words),
        cmocka_unit_test(test_aliases_are_checked_like_native_words),
        cmocka_unit_test(test_a_header_is_one_rule),
        cmocka_unit_test(test_mistakes_in_a_header_are_told),
        cmocka_unit_test(test_the_example_plans_are_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
