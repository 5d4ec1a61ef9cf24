/*
 * bench_violations ROOT SETUP...: what it costs to refuse, without a network.
 *
 * For each setup (as in tests/cases), by processor time, the medians of one request in
 * microseconds: a valid record and ones that break the contract in one or in all places, taking
 * turns, so that a busy machine slows down all of them; then batches of 1000 records. Of those
 * that are invalid every record must be told of in the answer.
 */
#include "support/server.h"
#include "json/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 1000, ROUNDS = 1000, BATCH_ROUNDS = 100, WARM_UP = 20, REPORTED_MAX = 100000 };

struct kind {
    const char *name;
    const char *record; /* one item, %zu: its number */
    int status;
};

#define TIMES                                                                                      \
    "\"start_timestamp\":\"2026-01-02T03:04:05.123456Z\","                                         \
    "\"end_timestamp\":\"2026-01-02T03:04:06.123456Z\","
#define REST                                                                                       \
    "\"input\":{\"text\":\"words, and some more of them\"},\"output\":{\"n\":1},\"metadata\":{},"  \
    "\"type\":\"COMPLETION\"}"

static const struct kind kinds[] = {
    {"valid",
     "{\"id\":\"id-%zu\",\"name\":\"step\",\"trace_id\":\"t\"," TIMES
     "\"status\":\"SUCCESS\"," REST,
     200},
    {"a member is missing",
     "{\"id\":\"id-%zu\",\"trace_id\":\"t\"," TIMES "\"status\":\"SUCCESS\"," REST, 422},
    {"a wrong type",
     "{\"id\":\"id-%zu\",\"name\":1,\"trace_id\":\"t\"," TIMES "\"status\":\"SUCCESS\"," REST, 422},
    {"none of the enum",
     "{\"id\":\"id-%zu\",\"name\":\"step\",\"trace_id\":\"t\"," TIMES "\"status\":\"NONE\"," REST,
     422},
    {"a bad date-time",
     "{\"id\":\"id-%zu\",\"name\":\"step\",\"trace_id\":\"t\",\"start_timestamp\":\"2026-01-"
     "02T03\","
     "\"status\":\"SUCCESS\"," REST,
     422},
    {"everything is wrong",
     "{\"id\":%zu,\"trace_id\":2,\"start_timestamp\":\"x\",\"end_timestamp\":\"z\",\"input\":3,"
     "\"output\":[],\"metadata\":\"m\",\"status\":\"NONE\",\"type\":\"NONE\",\"parent_id\":5,"
     "\"group_id\":{},\"expected\":\"e\"}",
     422},
    {"nothing is there", "{}", 422},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static double now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void add_record(struct buf *out, const char *record, size_t number)
{
    const char *hole = strstr(record, "%zu");
    if (hole == NULL) {
        buf_add_text(out, record);
        return;
    }
    buf_add(out, record, (size_t)(hole - record));
    buf_add_uint(out, number);
    buf_add_text(out, hole + strlen("%zu"));
}

static struct str make_body(struct arena *arena, const struct kind *kind, size_t count)
{
    struct buf out;
    buf_init(&out, arena);
    buf_add_text(&out, "{\"items\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_char(&out, ',');
        add_record(&out, kind->record, i);
    }
    buf_add_text(&out, "]}");
    return buf_str(&out);
}

/* ---- the answer ---- */

/* Indexes in [body, items, INDEX, ...] that are told of at least once; they come in order. */
static size_t count_records_told(struct arena *arena, struct str answer)
{
    struct source source = {.name = "answer", .text = answer};
    struct json_document document;
    struct json_error error;
    size_t told = 0;
    long last = -1;
    if (!json_read(arena, &source, &(struct json_read_options){0}, &document, &error))
        return 0;
    const struct json_node *details = json_member(document.root, "detail");
    for (const struct json_node *entry = details != NULL ? json_first(details) : NULL;
         entry != NULL; entry = json_next(entry)) {
        const struct json_node *index = json_element(json_member(entry, "loc"), 2);
        told += index->c.valueint > last;
        last = index->c.valueint;
    }
    return told;
}

static void check_answer(struct arena *arena, const struct kind *kind, size_t count,
                         const struct response *response)
{
    bool invalid = kind->status == 422;
    if (response->status == kind->status &&
        (!invalid || count_records_told(arena, response->body) == count))
        return;
    fprintf(stderr, "%s, %zu records: answered %d: %.*s\n", kind->name, count, response->status,
            (int)(response->body.len < 500 ? response->body.len : 500), response->body.data);
    exit(EXIT_FAILURE);
}

/* The arena is the exchange's, and cleared. */
static double play(struct mock *mock, struct arena *arena, const struct kind *kind, size_t count,
                   struct str body, bool check)
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
    if (check)
        check_answer(arena, kind, count, &response);
    arena_clear(arena);
    return spent;
}

/* ---- measuring ---- */

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(struct mock *mock, struct arena *arena, size_t count, size_t rounds)
{
    static double times[KINDS][ROUNDS];
    struct arena bodies;
    struct str body[KINDS];
    arena_init(&bodies, 1 << 20, NULL);
    for (size_t i = 0; i < KINDS; i++)
        body[i] = make_body(&bodies, &kinds[i], count);
    for (size_t round = 0; round < rounds + WARM_UP; round++)
        for (size_t i = 0; i < KINDS; i++) {
            double spent = play(mock, arena, &kinds[i], count, body[i], round == 0);
            if (round >= WARM_UP)
                times[i][round - WARM_UP] = spent;
        }
    for (size_t i = 0; i < KINDS; i++) {
        qsort(times[i], rounds, sizeof(double), compare_times);
        printf("  %4zu x %-24s %10.1f us\n", count, kinds[i].name, times[i][rounds / 2]);
    }
    arena_clear(&bodies);
}

static bool run_setup(const char *root, const char *setup)
{
    struct stand_in player;
    struct arena_pool pool;
    struct arena arena;
    if (!stand_in_make(&player, root, setup))
        return false;
    player.mock->options.check_answers = false;
    player.mock->options.max_violations = REPORTED_MAX;
    arena_pool_init(&pool, 64 << 20);
    arena_init(&arena, 65536, &pool);
    printf("%s\n", setup);
    measure(player.mock, &arena, 1, ROUNDS);
    measure(player.mock, &arena, BATCH, BATCH_ROUNDS);
    arena_clear(&arena);
    arena_pool_free(&pool);
    stand_in_free(&player);
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: bench_violations ROOT SETUP...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++)
        if (!run_setup(argv[1], argv[i]))
            return EXIT_FAILURE;
    return EXIT_SUCCESS;
}
