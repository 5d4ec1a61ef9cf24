/*
 * bench_faults ROOT SETUP: what a plan of 100 rules costs that do not match, without a network.
 *
 * One valid record is upserted over and over, by processor time, in turn without a plan and with
 * each of several plans, so that a machine that drifts drifts for all; printed are the medians of
 * one request in microseconds, and how much more each plan costs.
 */
#include "mock/faults.h"
#include "support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RULES = 100, ROUNDS = 300, REQUESTS = 100 };

struct plan {
    const char *name;
    const char *match; /* with one %d; NULL: no plan */
    struct fault_plan *plan;
    double times[ROUNDS];
};

static struct plan plans[] = {
    {.name = "no plan"},
    {.name = "other methods", .match = "method: PATCH, query: {n: \"%d\"}"},
    {.name = "other headers", .match = "headers: {x-test: test-%d}"},
    {.name = "other bodies", .match = "body: {/items/0/name: name-%d}"},
    {.name = "patterns on a header that is not there",
     .match = "headers: {x-test: {matches: t%d}}"},
    {.name = "patterns on the body", .match = "body: {/items/0/name: {matches: ^name-%d}}"},
    {.name = "parts of the body", .match = "body: {/items/0/name: {contains: name-%d}}"},
    {.name = "patterns with nothing fixed",
     .match = "headers: {x-api-key: {matches: \"[k-m]%d\"}}"},
    {.name = "parts that the text almost has",
     .match = "body: {/items/0/trace_id: {contains: e-%d}}"},
    {.name = "many headers", .match = "headers: {x-test-%d: t}"},
    {.name = "many paths", .match = "path: /v5/things/%d, method: PUT"},
    {.name = "patterns with nothing at all",
     .match = "headers: {x-api-key: {matches: \"^[a-z]{1%d}\"}}"},
    {.name = "retries only", .match = "attempt: {min: 2}, headers: {x-test: test-%d}"},
};

enum { PLANS = sizeof plans / sizeof *plans };

static double now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void read_plan(struct mock *mock, struct plan *plan)
{
    struct buf text;
    struct diags diags;
    buf_init(&text, NULL);
    diags_init(&diags);
    buf_add_text(&text, "faults:\n");
    for (int i = 0; i < RULES; i++) {
        char match[200];
        const char *number = strstr(plan->match, "%d");
        snprintf(match, sizeof match, "%.*s%d%s", (int)(number - plan->match), plan->match, i,
                 number + 2);
        buf_printf(&text, "  - {match: {%s}, do: {status: 503}}\n", match);
    }
    struct source source = {.name = "plan", .text = buf_str(&text)};
    struct bill *bill = mock_bill(mock);
    plan->plan = faults_read(bill, &source, &diags);
    bill_release(bill);
    if (plan->plan == NULL)
        exit(EXIT_FAILURE);
    diags_free(&diags);
    buf_free(&text);
}

static void play(const struct handler *handler)
{
    static const struct name_value headers[] = {
        {{"Host", 4}, {"127.0.0.1:4010", 14}},
        {{"Accept", 6}, {"application/json", 16}},
        {{"Content-Type", 12}, {"application/json", 16}},
        {{"User-Agent", 10}, {"SGPClient/Python 0.7.0", 22}},
        {{"X-Stainless-Lang", 16}, {"python", 6}},
        {{"X-Stainless-OS", 14}, {"Linux", 5}},
        {{"x-stainless-retry-count", 23}, {"0", 1}},
        {{"x-api-key", 9}, {"test", 4}},
        {{"x-selected-account-id", 21}, {"account", 7}},
    };
    struct request request = {
        .method = str_from("PUT"),
        .path = str_from("/v5/spans/batch"),
        .version = str_from("1.1"),
        .headers = headers,
        .header_count = sizeof headers / sizeof *headers,
        .body = str_from("{\"items\":[{\"id\":\"7d9f2a34-0c1e-4a52-9a57-6f2a1f6f0a01\",\"name\":"
                         "\"support-assistant\",\"trace_id\":\"trace-refund-0412\","
                         "\"start_timestamp\":\"2026-11-20T09:14:02.104Z\",\"end_timestamp\":"
                         "\"2026-11-20T09:14:06.881Z\",\"type\":\"AGENT_WORKFLOW\",\"status\":"
                         "\"SUCCESS\",\"input\":{\"question\":\"Can I get a refund?\"},\"output\":"
                         "{\"answer\":\"yes\"},\"metadata\":{\"n\":1}}]}"),
        .remote = str_from("127.0.0.1"),
    };
    struct response response = {0};
    struct arena arena;
    void *token = NULL;
    arena_init(&arena, 65536, NULL);
    handler->handle(handler->context, &request, &response, &arena, &token);
    if (response.status != 200)
        exit(EXIT_FAILURE);
    handler->sent(handler->context, token, true, response.body.len);
    arena_clear(&arena);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run(struct mock *mock)
{
    struct handler handler = mock_handler(mock);
    struct world *world = worlds_default(mock->worlds);
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < PLANS; i++) {
            world_set_faults(world, plans[i].plan);
            play(&handler);
            double before = now_us();
            for (size_t n = 0; n < REQUESTS; n++)
                play(&handler);
            plans[i].times[round] = (now_us() - before) / REQUESTS;
        }
    world_release(world);
}

int main(int argc, char **argv)
{
    struct stand_in stand_in;
    if (argc != 3 || !stand_in_make(&stand_in, argv[1], argv[2])) {
        fprintf(stderr, "usage: bench_faults ROOT SETUP\n");
        return 2;
    }
    stand_in.mock->options.check_answers = false;
    for (size_t i = 0; i < PLANS; i++)
        if (plans[i].match != NULL)
            read_plan(stand_in.mock, &plans[i]);
    run(stand_in.mock);
    for (size_t i = 0; i < PLANS; i++)
        qsort(plans[i].times, ROUNDS, sizeof(double), compare);
    double base = plans[0].times[ROUNDS / 2];
    for (size_t i = 0; i < PLANS; i++) {
        double median = plans[i].times[ROUNDS / 2];
        printf("%-40s %6.2f us  %+5.1f %%\n", plans[i].name, median, (median / base - 1) * 100);
        fault_plan_release(plans[i].plan);
    }
    stand_in_free(&stand_in);
    return EXIT_SUCCESS;
}
