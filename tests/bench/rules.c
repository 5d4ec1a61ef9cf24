/*
 * bench_rules ROOT SETUP SETUP...: what rules beyond the schema cost, without a network.
 *
 * Each setup (as in tests/cases) is played in turn with the same requests, by processor time;
 * printed are the medians of one request in microseconds: one record, a batch of 1000 whose
 * parents are in the batch, and one of 1000 whose parents all are different stored records.
 */
#include "support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 1000, ROUNDS = 200, SETUPS_MAX = 4, TEXT_IN_RECORDS = 400 };

static double now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void add_record(struct buf *out, const char *id, size_t n, const char *parent, size_t p)
{
    buf_printf(out,
               "%s{\"id\":\"%s%08zu-4444-4444-8888-000000000000\",\"name\":\"step\",\"trace_id\":"
               "\"0123456789abcdef0123456789abcdef\"",
               out->data[out->len - 1] == '[' ? "" : ",", id, n);
    if (parent != NULL)
        buf_printf(out, ",\"parent_id\":\"%s%08zu-4444-4444-8888-000000000000\"", parent, p);
    buf_add_text(out, ",\"start_timestamp\":\"2026-01-02T03:04:05.123456Z\",\"end_timestamp\":"
                      "\"2026-01-02T03:04:06.123456Z\",\"input\":{\"text\":\"");
    for (size_t i = 0; i < TEXT_IN_RECORDS / 8; i++)
        buf_add_text(out, "words, a");
    buf_add_text(out, "\"},\"output\":{\"n\":1},\"metadata\":{},\"status\":\"SUCCESS\",\"type\":"
                      "\"COMPLETION\"}");
}

static struct str make_batch(struct arena *arena, size_t count, const char *id, const char *parent,
                             size_t fan_out)
{
    struct buf out;
    buf_init(&out, arena);
    buf_add_text(&out, "{\"items\":[");
    for (size_t i = 0; i < count; i++)
        add_record(&out, id, i, i > 0 || fan_out == 1 ? parent : NULL, i / fan_out);
    buf_add_text(&out, "]}");
    return buf_str(&out);
}

/* The arena is the exchange's, and cleared. */
static double play(struct mock *mock, struct arena *arena, struct str body)
{
    static const struct name_value headers[] = {
        {{"x-api-key", 9}, {"k", 1}},
        {{"content-type", 12}, {"application/json", 16}},
    };
    struct request request = {.method = str_from("PUT"),
                              .path = str_from("/v5/spans/batch"),
                              .version = str_from("1.1"),
                              .headers = headers,
                              .header_count = 2,
                              .body = body};
    struct response response = {0};
    void *token = NULL;
    struct handler handler = mock_handler(mock);
    double start = now_us();
    handler.handle(handler.context, &request, &response, arena, &token);
    handler.sent(handler.context, token, true, response.body.len);
    double spent = now_us() - start;
    if (response.status != 200) {
        fprintf(stderr, "answered %d: %.*s\n", response.status, (int)response.body.len,
                response.body.data);
        exit(EXIT_FAILURE);
    }
    arena_clear(arena);
    return spent;
}

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Setups take turns, so that a busy machine slows down all of them. */
static void measure(const char *name, struct stand_in *players, size_t count, struct str body)
{
    static double times[SETUPS_MAX][ROUNDS];
    struct arena_pool pool;
    struct arena arena;
    arena_pool_init(&pool, 64 << 20);
    arena_init(&arena, 65536, &pool);
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < count; i++)
            times[i][round] = play(players[i].mock, &arena, body);
    printf("%-32s", name);
    for (size_t i = 0; i < count; i++) {
        qsort(times[i], ROUNDS, sizeof(double), compare_times);
        printf(" %10.1f", times[i][ROUNDS / 2]);
    }
    printf(" us\n");
    arena_clear(&arena);
    arena_pool_free(&pool);
}

int main(int argc, char **argv)
{
    struct stand_in players[SETUPS_MAX];
    size_t count = argc > 2 ? (size_t)argc - 2 : 0;
    if (count == 0 || count > SETUPS_MAX) {
        fprintf(stderr, "usage: bench_rules ROOT SETUP...\n");
        return 2;
    }
    struct arena arena;
    struct arena exchange;
    arena_init(&arena, 1 << 20, NULL);
    arena_init(&exchange, 65536, NULL);
    for (size_t i = 0; i < count; i++) {
        if (!stand_in_make(&players[i], argv[1], argv[i + 2]))
            return EXIT_FAILURE;
        players[i].mock->options.check_answers = false;
    }
    struct str stored = make_batch(&arena, BATCH, "a", NULL, 2);
    struct str near = make_batch(&arena, BATCH, "b", "b", 2);
    struct str far = make_batch(&arena, BATCH, "c", "a", 1);
    for (size_t i = 0; i < count; i++)
        play(players[i].mock, &exchange, stored);
    measure("1 record", players, count, make_batch(&arena, 1, "d", NULL, 2));
    measure("1000, parents in the batch", players, count, near);
    measure("1000, parents in the store", players, count, far);
    for (size_t i = 0; i < count; i++)
        stand_in_free(&players[i]);
    arena_clear(&arena);
    return EXIT_SUCCESS;
}
