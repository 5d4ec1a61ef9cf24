/* retries: what belongs together, and what is judged how. Entries are made up, to the millisecond.
 */
#include "verify/retries.h"
#include "json/reader.h"

#include "support/unit.h"

#include <stdio.h>

static const uint64_t MS = 1000000;
static const int64_t WALL = 1700000000000000000; /* Tue, 14 Nov 2023 22:13:20 GMT */

enum { HEADERS = 4 };

/* One attempt as a test tells it: when it came, how long it took, what was sent and answered. */
struct told {
    int at_ms;
    int took_ms;
    int status;
    const char *sent[HEADERS];     /* name, value, name, value */
    const char *answered[HEADERS]; /* the same */
    const char *body;              /* NULL: "{}" */
    bool lost;
    const char *fault;
    int moved_ms; /* how far the world's clock was moved before */
};

struct bench {
    struct arena arena;
    struct journal *journal;
    struct journal_list list;
    struct retry_policy policy;
    struct retry_report report;
};

static size_t headers_from(const char *const *told, struct journal_header *out)
{
    size_t count = 0;
    for (size_t i = 0; i + 1 < HEADERS && told[i] != NULL; i += 2)
        out[count++] = (struct journal_header){str_from(told[i]), str_from(told[i + 1])};
    return count;
}

static void add(struct bench *bench, const struct told *told)
{
    struct journal_header sent[HEADERS];
    struct journal_header answered[HEADERS];
    struct journal_exchange exchange = {
        .time_ns = WALL + (int64_t)(told->at_ms + told->moved_ms) * (int64_t)MS,
        .started_ns = (uint64_t)told->at_ms * MS + MS,
        .method = str_from("PUT"),
        .path = str_from("/things"),
        .operation = str_from("PUT /things"),
        .headers = sent,
        .header_count = headers_from(told->sent, sent),
        .body = str_from(told->body != NULL ? told->body : "{}"),
        .status = told->status,
        .response_headers = answered,
        .response_header_count = headers_from(told->answered, answered),
        .fault_name = str_from(told->fault != NULL ? told->fault : ""),
    };
    struct journal_entry *entry = journal_add(bench->journal, &exchange);
    journal_finish(entry, !told->lost, 10, (uint64_t)told->took_ms * MS);
}

static void bench_open(struct bench *bench)
{
    *bench = (struct bench){.policy = retry_policy_default()};
    arena_init(&bench->arena, 4096, NULL);
    bench->journal = journal_new(NULL);
}

static void bench_judge(struct bench *bench, const struct told *told, size_t count)
{
    struct journal_query all = {.filter = NULL};
    for (size_t i = 0; i < count; i++)
        add(bench, &told[i]);
    bench->list = journal_select(bench->journal, &all);
    retries_judge(&bench->list, &bench->policy, &bench->arena, &bench->report);
}

static void bench_close(struct bench *bench)
{
    journal_list_free(&bench->list);
    journal_free(bench->journal);
    arena_clear(&bench->arena);
}

/* Judges; the groups must read "attempts verdict: reason|..." in order. */
static void expect_with(struct retry_policy policy, const struct told *told, size_t count,
                        const char *wanted)
{
    struct bench bench;
    struct buf out;
    bench_open(&bench);
    bench.policy = policy;
    bench_judge(&bench, told, count);
    buf_init(&out, &bench.arena);
    for (const struct retry_group *group = bench.report.groups; group != NULL; group = group->next)
        buf_printf(&out, "%zu %s: %s|", group->count, group->good ? "pass" : "fail", group->reason);
    assert_string_equal(buf_text(&out), wanted);
    bench_close(&bench);
}

#define EXPECT(wanted, ...)                                                                        \
    do {                                                                                           \
        const struct told told[] = {__VA_ARGS__};                                                  \
        expect_with(retry_policy_default(), told, sizeof told / sizeof *told, wanted);             \
    } while (0)

#define COUNT(n)                                                                                   \
    {                                                                                              \
        "x-stainless-retry-count", n                                                               \
    }

/* ---- what belongs together ---- */

static void test_success_is_no_group(void **state)
{
    (void)state;
    EXPECT("", {.status = 200}, {.at_ms = 10, .status = 200}, {.at_ms = 20, .status = 404});
}

static void test_the_same_key_is_one_request_whatever_the_body(void **state)
{
    (void)state;
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 503, .sent = {"Idempotency-Key", "k1"}, .body = "a"},
           {.at_ms = 450, .status = 200, .sent = {"idempotency-key", "k1"}, .body = "b"},
           {.at_ms = 450, .status = 200, .sent = {"idempotency-key", "k2"}, .body = "a"});
}

static void test_counts_make_a_sequence(void **state)
{
    (void)state;
    EXPECT("3 pass: 2 retries, each as it should be|", {.status = 503, .sent = COUNT("0")},
           {.at_ms = 450, .status = 503, .sent = COUNT("1")},
           {.at_ms = 1350, .status = 200, .sent = COUNT("2")});
}

static void test_requests_that_look_alike_are_told_apart_by_their_counts(void **state)
{
    (void)state;
    /* Two at once, each retried: 0 0 1 1. */
    EXPECT("2 pass: 1 retry, as it should be|2 pass: 1 retry, as it should be|",
           {.at_ms = 0, .status = 503, .sent = COUNT("0")},
           {.at_ms = 20, .status = 503, .sent = COUNT("0")},
           {.at_ms = 450, .status = 200, .sent = COUNT("1")},
           {.at_ms = 470, .status = 200, .sent = COUNT("1")});
}

static void test_another_body_is_another_request(void **state)
{
    (void)state;
    EXPECT("1 pass: not retried after 503|", {.status = 503, .body = "a"},
           {.at_ms = 450, .status = 200, .body = "b"});
}

static void test_without_headers_the_same_again_after_a_failure_is_a_retry(void **state)
{
    (void)state;
    EXPECT("2 pass: 1 retry, as it should be|", {.status = 503}, {.at_ms = 450, .status = 200},
           {.at_ms = 900, .status = 200});
    EXPECT("1 pass: not retried after 503|", {.status = 503}, {.at_ms = 200000, .status = 200});
}

/* ---- waits ---- */

static void test_stainless_backoff(void **state)
{
    (void)state;
    EXPECT("2 fail: attempt 2: too early: came after 300 ms, but its window is 375 to 500 ms "
           "(Stainless' backoff)|",
           {.status = 500}, {.at_ms = 300, .status = 200});
    EXPECT("2 fail: attempt 2: too late: came after 800 ms, but its window is 375 to 500 ms "
           "(Stainless' backoff)|",
           {.status = 500}, {.at_ms = 800, .status = 200});
    /* The retry's number tells its window, not its place in the journal. */
    EXPECT("2 pass: 1 retry, as it should be|", {.status = 500, .sent = COUNT("3")},
           {.at_ms = 3500, .status = 200, .sent = COUNT("4")});
    EXPECT("2 pass: 1 retry, as it should be|", {.status = 500, .sent = COUNT("30")},
           {.at_ms = 7000, .status = 200, .sent = COUNT("31")});
}

static void test_the_gap_begins_where_the_answer_ends(void **state)
{
    (void)state;
    EXPECT("2 pass: 1 retry, as it should be|", {.status = 500, .took_ms = 2000},
           {.at_ms = 2450, .status = 200});
}

static void test_retry_after_in_milliseconds_seconds_and_as_a_date(void **state)
{
    (void)state;
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 429, .answered = {"retry-after-ms", "1500.5", "Retry-After", "9"}},
           {.at_ms = 1501, .status = 200});
    EXPECT("2 fail: attempt 2: too early: came after 900 ms, but its window is 2000 to 2500 ms "
           "(Retry-After)|",
           {.status = 503, .answered = {"Retry-After", "2"}}, {.at_ms = 900, .status = 200});
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 503, .answered = {"Retry-After", "Tue, 14 Nov 2023 22:13:23 GMT"}},
           {.at_ms = 3010, .status = 200});
    EXPECT("2 fail: attempt 2: too late: came after 9000 ms, but its window is 3000 to 3750 ms "
           "(the date in Retry-After)|",
           {.status = 503, .answered = {"Retry-After", "Tue, 14 Nov 2023 22:13:23 GMT"}},
           {.at_ms = 9000, .status = 200});
}

static void test_waits_beyond_a_minute_or_in_the_past_are_not_heeded(void **state)
{
    (void)state;
    EXPECT("2 pass: 1 retry, as it should be|", {.status = 503, .answered = {"Retry-After", "61"}},
           {.at_ms = 450, .status = 200});
    EXPECT("2 pass: 1 retry, as it should be|", {.status = 503, .answered = {"Retry-After", "0"}},
           {.at_ms = 450, .status = 200});
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 503, .answered = {"Retry-After", "Tue, 14 Nov 2023 22:13:19 GMT"}},
           {.at_ms = 450, .status = 200});
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 503, .answered = {"Retry-After", "soon"}}, {.at_ms = 450, .status = 200});
    struct retry_policy patient = retry_policy_default();
    patient.longest_wait_ms = 100000;
    const struct told told[] = {{.status = 503, .answered = {"Retry-After", "61"}},
                                {.at_ms = 61000, .status = 200}};
    expect_with(patient, told, 2, "2 pass: 1 retry, as it should be|");
}

static void test_a_stated_window_grows_by_its_factor(void **state)
{
    (void)state;
    struct retry_policy policy = retry_policy_default();
    policy.stated = true;
    policy.min_ms = 100;
    policy.max_ms = 200;
    policy.factor = 2;
    policy.tolerance_ms = 10;
    const struct told good[] = {
        {.status = 503}, {.at_ms = 150, .status = 503}, {.at_ms = 500, .status = 200}};
    expect_with(policy, good, 3, "3 pass: 2 retries, each as it should be|");
    const struct told bad[] = {
        {.status = 503}, {.at_ms = 150, .status = 503}, {.at_ms = 300, .status = 200}};
    expect_with(policy, bad, 3,
                "3 fail: attempt 3: too early: came after 150 ms, but its window is 200 to 400 ms "
                "(the stated window)|");
}

static void test_a_moved_clock_counts_as_waiting(void **state)
{
    (void)state;
    EXPECT("2 pass: 1 retry, as it should be|", {.status = 503, .answered = {"Retry-After", "60"}},
           {.at_ms = 5, .status = 200, .moved_ms = 60000});
}

/* ---- whether at all ---- */

static void test_what_a_retry_does_not_mend(void **state)
{
    (void)state;
    static const int statuses[] = {400, 401, 403, 404, 422};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char wanted[100];
        snprintf(wanted, sizeof wanted,
                 "2 fail: attempt 2: retried after %d, which a retry does not mend|", statuses[i]);
        EXPECT(wanted, {.status = statuses[i]}, {.at_ms = 450, .status = 200});
    }
    EXPECT("2 pass: 1 retry, as it should be|", {.status = 409}, {.at_ms = 450, .status = 200});
}

static void test_the_server_has_the_last_word(void **state)
{
    (void)state;
    EXPECT("2 fail: attempt 2: retried though the answer (503) said x-should-retry: false|",
           {.status = 503, .answered = {"X-Should-Retry", "false"}}, {.at_ms = 450, .status = 200});
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 400, .answered = {"x-should-retry", "true"}}, {.at_ms = 450, .status = 200});
    EXPECT("", {.status = 503, .answered = {"x-should-retry", "false"}});
}

static void test_success_is_not_repeated(void **state)
{
    (void)state;
    EXPECT("2 fail: attempt 2: sent again after 200: the attempt before had succeeded|",
           {.status = 200, .sent = {"Idempotency-Key", "k"}},
           {.at_ms = 450, .status = 200, .sent = {"Idempotency-Key", "k"}});
    /* Nobody knows what a fault at the very end left of it. */
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 200, .sent = {"Idempotency-Key", "k"}, .fault = "cut"},
           {.at_ms = 450, .status = 200, .sent = {"Idempotency-Key", "k"}});
}

static void test_lost_answers_are_retried_whatever_their_status(void **state)
{
    (void)state;
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 200, .lost = true, .answered = {"Retry-After", "9"}},
           {.at_ms = 450, .status = 200});
}

static void test_a_quick_client_is_no_timeout(void **state)
{
    (void)state;
    EXPECT("2 fail: attempt 2: too early: came after 0 ms, but its window is 375 to 500 ms "
           "(Stainless' backoff)|",
           {.status = 503, .took_ms = 8}, {.at_ms = 5, .status = 200});
    /* Without anything that says so, requests at the same time are no retries of each other. */
    EXPECT("1 pass: not retried after 503|1 pass: not retried after 503|",
           {.status = 503, .took_ms = 50}, {.at_ms = 5, .status = 503, .took_ms = 50});
}

static void test_the_clients_own_timeout(void **state)
{
    (void)state;
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 200, .took_ms = 5000, .sent = COUNT("0")},
           {.at_ms = 1500, .status = 200, .sent = COUNT("1")});
}

/* ---- how often ---- */

static void test_too_many_and_too_few(void **state)
{
    (void)state;
    struct retry_policy policy = retry_policy_default();
    policy.max_retries = 1;
    const struct told told[] = {
        {.status = 503}, {.at_ms = 450, .status = 503}, {.at_ms = 1350, .status = 503}};
    expect_with(policy, told, 3, "3 fail: attempt 3: retry 2, where 1 are allowed|");
    policy.max_retries = RETRIES_UNLIMITED;
    policy.min_retries = 3;
    expect_with(policy, told, 3, "3 fail: gave up after 2 retries on 503; 3 are wanted|");
    policy.min_retries = 2;
    expect_with(policy, told, 3, "3 pass: 2 retries, each as it should be|");
    const struct told lost[] = {{.status = 200, .lost = true}};
    expect_with(policy, lost, 1,
                "1 fail: gave up after 0 retries on an answer that did not arrive whole; 2 are "
                "wanted|");
}

/* ---- the report ---- */

static void test_totals_and_json(void **state)
{
    (void)state;
    const struct told told[] = {{.status = 503, .sent = {"Idempotency-Key", "k\"1"}},
                                {.at_ms = 100, .status = 422, .body = "x"},
                                {.at_ms = 449, .status = 200, .sent = {"Idempotency-Key", "k\"1"}},
                                {.at_ms = 500, .status = 200, .body = "x"}};
    struct bench bench;
    bench_open(&bench);
    bench_judge(&bench, told, 4);
    struct buf out;
    buf_init(&out, &bench.arena);
    struct json_writer writer = json_writer_to(&out);
    retries_write_json(&bench.report, &bench.policy, &writer);
    assert_string_equal(
        buf_text(&out),
        "{\"policy\":{\"backoff\":\"stainless\",\"tolerance_ms\":250,\"longest_wait_ms\":60000},"
        "\"groups\":[{\"key\":\"k\\\"1\",\"operation\":\"PUT /things\",\"attempts\":["
        "{\"id\":1,\"status\":503,\"state\":\"sent\",\"time\":\"2023-11-14T22:13:20Z\","
        "\"gap_ms\":null,\"expected_ms\":null,\"verdict\":\"pass\","
        "\"reason\":\"the first attempt\"},"
        "{\"id\":3,\"status\":200,\"state\":\"sent\",\"time\":\"2023-11-14T22:13:20.449000Z\","
        "\"gap_ms\":449,\"expected_ms\":[375,500],\"verdict\":\"pass\","
        "\"reason\":\"came after 449 ms, in its window of 375 to 500 ms (Stainless' backoff)\"}],"
        "\"verdict\":\"pass\",\"reason\":\"1 retry, as it should be\"},"
        "{\"key\":\"PUT /things\",\"operation\":\"PUT /things\",\"attempts\":["
        "{\"id\":2,\"status\":422,\"state\":\"sent\",\"time\":\"2023-11-14T22:13:20.100000Z\","
        "\"gap_ms\":null,\"expected_ms\":null,\"verdict\":\"pass\","
        "\"reason\":\"the first attempt\"},"
        "{\"id\":4,\"status\":200,\"state\":\"sent\",\"time\":\"2023-11-14T22:13:20.500000Z\","
        "\"gap_ms\":400,\"expected_ms\":null,\"verdict\":\"fail\","
        "\"reason\":\"retried after 422, which a retry does not mend\"}],"
        "\"verdict\":\"fail\","
        "\"reason\":\"attempt 2: retried after 422, which a retry does not mend\"}],"
        "\"totals\":{\"requests\":2,\"attempts\":4,\"retries\":2,\"groups\":2,\"passed\":1,"
        "\"failed\":1},\"verdict\":\"fail\"}");
    bench_close(&bench);
}

static void test_hostile_headers_are_no_numbers(void **state)
{
    (void)state;
    static const char *const values[] = {"-5",
                                         "1e9",
                                         "0x10",
                                         "nan",
                                         "",
                                         "1.2.3",
                                         ".",
                                         "99999999999999999999999999999999999",
                                         "Tue, 99 Foo 2023 22:13:23 GMT"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        EXPECT("2 pass: 1 retry, as it should be|",
               {.status = 503, .answered = {"Retry-After", values[i]}},
               {.at_ms = 450, .status = 200});
    EXPECT("2 pass: 1 retry, as it should be|",
           {.status = 503, .sent = COUNT("99999999999999999999")},
           {.at_ms = 450, .status = 200, .sent = COUNT("-1")});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_success_is_no_group),
        cmocka_unit_test(test_the_same_key_is_one_request_whatever_the_body),
        cmocka_unit_test(test_counts_make_a_sequence),
        cmocka_unit_test(test_requests_that_look_alike_are_told_apart_by_their_counts),
        cmocka_unit_test(test_another_body_is_another_request),
        cmocka_unit_test(test_without_headers_the_same_again_after_a_failure_is_a_retry),
        cmocka_unit_test(test_stainless_backoff),
        cmocka_unit_test(test_the_gap_begins_where_the_answer_ends),
        cmocka_unit_test(test_retry_after_in_milliseconds_seconds_and_as_a_date),
        cmocka_unit_test(test_waits_beyond_a_minute_or_in_the_past_are_not_heeded),
        cmocka_unit_test(test_a_stated_window_grows_by_its_factor),
        cmocka_unit_test(test_a_moved_clock_counts_as_waiting),
        cmocka_unit_test(test_what_a_retry_does_not_mend),
        cmocka_unit_test(test_the_server_has_the_last_word),
        cmocka_unit_test(test_success_is_not_repeated),
        cmocka_unit_test(test_lost_answers_are_retried_whatever_their_status),
        cmocka_unit_test(test_a_quick_client_is_no_timeout),
        cmocka_unit_test(test_the_clients_own_timeout),
        cmocka_unit_test(test_too_many_and_too_few),
        cmocka_unit_test(test_totals_and_json),
        cmocka_unit_test(test_hostile_headers_are_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
