/*
 * test_isolation ROOT SETUP: 200 tests at once, each in a world of its own, with its own faults
 * and data, through the pipeline in memory. None may see another's.
 */
#include "support/server.h"

#include <stdio.h>
#include <stdlib.h>

enum { TESTS = 200, ROUNDS = 5, STACK = 256 * 1024 };

struct test {
    pthread_t thread;
    struct mock *mock;
    int number;
    const char *problem; /* NULL: all went well */
};

static int ask(struct test *test, const char *method, const char *path, const char *body,
               struct str wanted)
{
    struct arena arena;
    char world[32];
    arena_init(&arena, 16384, NULL);
    snprintf(world, sizeof world, "test-%d", test->number);
    struct name_value headers[] = {
        {str_from("x-understudy-world"), str_from(world)},
        {str_from("x-api-key"), str_from("k")},
        {str_from("content-type"), str_from("application/json")},
    };
    struct request request = {
        .method = str_from(method),
        .path = str_from(path),
        .version = str_from("1.1"),
        .headers = headers,
        .header_count = sizeof headers / sizeof *headers,
        .body = str_from(body),
        .remote = str_from("127.0.0.1"),
    };
    struct response response = {0};
    struct handler handler = mock_handler(test->mock);
    void *token = NULL;
    handler.handle(handler.context, &request, &response, &arena, &token);
    if (wanted.len > 0 && !str_contains(response.body, wanted))
        test->problem = "an answer lacks what this world wrote";
    int status = response.status;
    handler.sent(handler.context, token, true, response.body.len);
    arena_clear(&arena);
    return status;
}

static void expect(struct test *test, int got, int wanted, const char *problem)
{
    if (got != wanted && test->problem == NULL)
        test->problem = problem;
}

static void run_round(struct test *test, int round)
{
    static const char put[] = "/v5/spans/batch";
    char plan[200], record[200], name[32];
    int status = 500 + test->number % 50;
    snprintf(plan, sizeof plan, "{\"faults\":[{\"when\":{\"first\":1},\"do\":{\"status\":%d}}]}",
             status);
    snprintf(name, sizeof name, "mine-%d-%d", test->number, round);
    snprintf(record, sizeof record,
             "{\"items\":[{\"id\":\"shared\",\"name\":\"%s\",\"trace_id\":\"t\","
             "\"start_timestamp\":\"2024-01-02T03:04:05Z\"}]}",
             name);
    expect(test, ask(test, "PUT", "/__admin/faults", plan, str_from("")), 200, "plan refused");
    expect(test, ask(test, "PUT", put, record, str_from("")), status, "another world's fault");
    expect(test, ask(test, "PUT", put, record, str_from(name)), 200, "not written");
    expect(test, ask(test, "GET", "/__admin/store/spans/shared", "", str_from(name)), 200,
           "another world's record");
    expect(test, ask(test, "GET", "/__admin/requests", "", str_from("\"total\":2}")), 200,
           "another world's requests");
    expect(test, ask(test, "POST", "/__admin/reset", "", str_from("")), 200, "no reset");
    expect(test, ask(test, "GET", "/__admin/store/spans/shared", "", str_from("")), 404,
           "the reset kept a record");
}

static void *run(void *context)
{
    struct test *test = context;
    for (int round = 0; round < ROUNDS && test->problem == NULL; round++)
        run_round(test, round);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    static struct test tests[TESTS];
    struct stand_in stand_in;
    if (!stand_in_make(&stand_in, argv[1], argv[2]))
        return EXIT_FAILURE;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    for (int i = 0; i < TESTS; i++) {
        tests[i] = (struct test){.mock = stand_in.mock, .number = i};
        pthread_create(&tests[i].thread, &attributes, run, &tests[i]);
    }
    int failures = 0;
    for (int i = 0; i < TESTS; i++) {
        pthread_join(tests[i].thread, NULL);
        if (tests[i].problem != NULL && failures++ < 10)
            fprintf(stderr, "test %d: %s\n", i, tests[i].problem);
    }
    pthread_attr_destroy(&attributes);
    printf("%d tests at once, %d saw another's world\n", TESTS, failures);
    stand_in_free(&stand_in);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
