/*
 * test_pairs ROOT SETUP: clients who create the same records at once, in batches, through the
 * pipeline in memory. One of them gets each batch, whole; keys of several parts stay apart.
 */
#include "support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 8, ROUNDS = 300, PAIRS = 40, STACK = 256 * 1024 };

struct client {
    pthread_t thread;
    struct mock *mock;
    pthread_barrier_t *start;
    int number;
    int statuses[ROUNDS];
};

static int ask(struct mock *mock, const char *method, const char *path, const char *body,
               const char *wanted)
{
    struct arena arena;
    arena_init(&arena, 16384, NULL);
    struct name_value headers[] = {{str_from("content-type"), str_from("application/json")}};
    struct request request = {
        .method = str_from(method),
        .path = str_from(path),
        .version = str_from("1.1"),
        .headers = headers,
        .header_count = body[0] != '\0' ? 1 : 0,
        .body = str_from(body),
        .remote = str_from("127.0.0.1"),
    };
    struct response response = {0};
    struct handler handler = mock_handler(mock);
    void *token = NULL;
    handler.handle(handler.context, &request, &response, &arena, &token);
    int status = response.status;
    if (wanted != NULL && !str_contains(response.body, str_from(wanted)))
        status = -1;
    handler.sent(handler.context, token, true, response.body.len);
    arena_clear(&arena);
    return status;
}

/* Batches of one round have one pair in common, their last. */
static void write_batch(char *text, size_t size, int round, int client)
{
    size_t at = (size_t)snprintf(text, size, "[");
    for (int i = 0; i < PAIRS; i++)
        at += (size_t)snprintf(text + at, size - at, "{\"a\":\"%d-%d\",\"b\":\"%d\",\"by\":%d},",
                               round, client, i, client);
    snprintf(text + at, size - at, "{\"a\":\"%d\",\"b\":\"both\",\"by\":%d}]", round, client);
}

static void *run(void *context)
{
    struct client *client = context;
    char *text = malloc(PAIRS * 64);
    for (int round = 0; text != NULL && round < ROUNDS; round++) {
        write_batch(text, PAIRS * 64, round, client->number);
        pthread_barrier_wait(client->start);
        client->statuses[round] = ask(client->mock, "POST", "/pairs", text, NULL);
    }
    free(text);
    return NULL;
}

static int fail(const char *problem, int round)
{
    fprintf(stderr, "%s (round %d)\n", problem, round);
    return 1;
}

/* One client won, all of its pairs are there, and none of another's. */
static int check_round(struct client *clients, int round)
{
    char path[64], by[32];
    int winners = 0, problems = 0;
    for (int i = 0; i < CLIENTS; i++) {
        bool won = clients[i].statuses[round] == 201;
        winners += won;
        if (!won && clients[i].statuses[round] != 409)
            problems += fail("neither 201 nor 409", round);
        snprintf(by, sizeof by, "\"by\":%d", i);
        snprintf(path, sizeof path, "/pairs/%d/both", round);
        if (won && ask(clients[i].mock, "GET", path, "", by) != 200)
            problems += fail("who got 201 finds another's record", round);
        for (int pair = 0; pair < PAIRS; pair += PAIRS - 1) {
            snprintf(path, sizeof path, "/pairs/%d-%d/%d", round, i, pair);
            if (ask(clients[i].mock, "GET", path, "", NULL) != (won ? 200 : 404))
                problems += fail("a part of a batch", round);
        }
    }
    return problems + (winners == 1 ? 0 : fail("not one client got 201", round));
}

static int race(struct mock *mock)
{
    static struct client clients[CLIENTS];
    pthread_barrier_t start;
    pthread_attr_t attributes;
    pthread_barrier_init(&start, NULL, CLIENTS);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.mock = mock, .start = &start, .number = i};
        pthread_create(&clients[i].thread, &attributes, run, &clients[i]);
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(clients[i].thread, NULL);
    pthread_attr_destroy(&attributes);
    pthread_barrier_destroy(&start);
    int problems = 0;
    for (int round = 0; round < ROUNDS; round++)
        problems += check_round(clients, round);
    return problems;
}

static int expect(int got, int wanted, const char *problem)
{
    return got == wanted ? 0 : fail(problem, 0);
}

static int keep_parts_apart(struct mock *mock)
{
    static const char first[] = "[{\"a\":\"x\\u0000y\",\"b\":\"z\"}]";
    static const char second[] = "[{\"a\":\"x\",\"b\":\"y\\u0000z\"}]";
    static const char third[] = "[{\"a\":\"x\",\"b\":\"y\\u00010z\"}]";
    return expect(ask(mock, "POST", "/pairs", first, NULL), 201, "first") +
           expect(ask(mock, "POST", "/pairs", second, NULL), 201, "second has the first's key") +
           expect(ask(mock, "POST", "/pairs", third, NULL), 201, "third has the second's key") +
           expect(ask(mock, "POST", "/pairs", second, NULL), 409, "second twice") +
           expect(ask(mock, "GET", "/pairs/x%00y/z", "", "\"x\\u0000y\""), 200, "no first") +
           expect(ask(mock, "GET", "/pairs/x/y%00z", "", "\"y\\u0000z\""), 200, "no second") +
           expect(ask(mock, "GET", "/__admin/store/pairs/x/y%00z", "", "\"y\\u0000z\""), 200,
                  "no second for the admin") +
           expect(ask(mock, "GET", "/pairs/x/y%010z", "", "\"y\\u00010z\""), 200, "no third");
}

int main(int argc, char **argv)
{
    struct stand_in stand_in;
    if (argc != 3 || !stand_in_make(&stand_in, argv[1], argv[2]))
        return EXIT_FAILURE;
    int problems = race(stand_in.mock) + keep_parts_apart(stand_in.mock);
    printf("%d clients, %d rounds, %d problems\n", CLIENTS, ROUNDS, problems);
    stand_in_free(&stand_in);
    return problems == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
