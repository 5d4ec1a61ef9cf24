/*
 * bench_validate ROOT: what the contract's checks cost, without a network and without a server.
 *
 * By processor time, best and median of many rounds, in microseconds: compiling the schemas of PUT
 * /v5/spans/batch in spec/sgp-spans.yaml, holding a parsed batch of 1000 records against them with
 * formats asserted, and parsing and validating its text.
 */
#include "schema/validate.h"
#include "openapi/contract.h"
#include "json/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 1000, ROUNDS = 400 };

static const char operation_name[] = "PUT /v5/spans/batch";

static double now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare_times(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static void print_times(const char *what, double *times)
{
    qsort(times, ROUNDS, sizeof *times, compare_times);
    printf("%-42s best %8.1f  median %8.1f us\n", what, times[0], times[ROUNDS / 2]);
}

/* About 567 bytes and 26 values each, as a client of the service would send them. */
static struct str make_batch(struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena);
    buf_add_text(&out, "{\"items\":[");
    for (unsigned i = 0; i < BATCH; i++)
        buf_printf(
            &out,
            "%s{\"id\":\"5d0c1f6e-8a1b-4c3d-9e2f-%012x\",\"name\":\"chat completion\","
            "\"trace_id\":\"8f14e45f-ceea-467f-ab5d-%012x\",\"start_timestamp\":"
            "\"2026-11-22T10:11:12.%06uZ\",\"end_timestamp\":\"2026-11-22T10:11:13.%06uZ\","
            "\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"Explain in three "
            "sentences what a part of a trace is, and why.\"}],\"temperature\":0.%u},\"output\":{"
            "\"text\":\"A part of a trace, with a start and an end, of one name "
            "alone.\",\"tokens\":%u,"
            "\"finish\":\"stop\"},\"metadata\":{\"model\":\"gpt-4o-mini\",\"try\":1,"
            "\"cached\":false,\"user\":null},\"status\":\"SUCCESS\",\"type\":"
            "\"COMPLETION\"}",
            i > 0 ? "," : "", i, i / 10, i, i, i % 10, i % 97);
    buf_add_text(&out, "]}");
    return buf_str(&out);
}

static struct contract *load(const char *root)
{
    char path[4096];
    struct diags diags;
    struct contract_options options = {.assert_formats = true};
    snprintf(path, sizeof path, "%s/spec/sgp-spans.yaml", root);
    diags_init(&diags);
    struct contract *contract = contract_load(path, &options, &diags);
    diags_free(&diags);
    if (contract == NULL) {
        fprintf(stderr, "cannot load %s\n", path);
        exit(EXIT_FAILURE);
    }
    return contract;
}

static struct operation *find(struct contract *contract)
{
    return contract_find_operation(contract, str_from(operation_name));
}

static void measure_compiling(const char *root)
{
    double times[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        struct contract *contract = load(root);
        double before = now_us();
        bool good = operation_prepare(contract, find(contract), NULL);
        times[i] = now_us() - before;
        contract_release(contract);
        if (!good)
            exit(EXIT_FAILURE);
    }
    print_times("compile the operation's schemas", times);
}

static const struct json_node *read(struct arena *arena, const struct source *source)
{
    struct json_read_options options = {.max_depth = 1000, .max_nodes = 1000000};
    struct json_document document;
    struct json_error error;
    if (!json_read(arena, source, &options, &document, &error))
        exit(EXIT_FAILURE);
    return document.root;
}

static void validate(struct arena *arena, const struct schema *schema, const struct json_node *body)
{
    struct validation validation = {.arena = arena, .direction = DIRECTION_REQUEST};
    if (schema_validate(schema, body, &validation) == VALIDATE_VALID)
        return;
    fprintf(stderr, "the batch is not valid\n");
    exit(EXIT_FAILURE);
}

static void measure_validating(const struct schema *schema, const struct source *source)
{
    double times[ROUNDS];
    struct arena_pool pool;
    struct arena parsed;
    struct arena scratch;
    arena_pool_init(&pool, 64 << 20);
    arena_init(&parsed, 65536, NULL);
    arena_init(&scratch, 65536, &pool);
    const struct json_node *body = read(&parsed, source);
    for (size_t i = 0; i < ROUNDS; i++) {
        double before = now_us();
        validate(&scratch, schema, body);
        times[i] = now_us() - before;
        arena_clear(&scratch);
    }
    print_times("validate 1000 parsed records", times);
    for (size_t i = 0; i < ROUNDS; i++) {
        double before = now_us();
        validate(&scratch, schema, read(&scratch, source));
        arena_clear(&scratch);
        times[i] = now_us() - before;
    }
    char what[64];
    snprintf(what, sizeof what, "parse and validate %zu bytes", source->text.len);
    print_times(what, times);
    arena_clear(&parsed);
    arena_pool_free(&pool);
}

int main(int argc, char **argv)
{
    const char *root = argc > 1 ? argv[1] : ".";
    struct arena arena;
    arena_init(&arena, 1 << 20, NULL);
    measure_compiling(root);
    struct contract *contract = load(root);
    struct source source = {.name = "batch", .text = make_batch(&arena)};
    if (!operation_prepare(contract, find(contract), NULL))
        return EXIT_FAILURE;
    measure_validating(find(contract)->bodies[0].schema, &source);
    contract_release(contract);
    arena_clear(&arena);
    return EXIT_SUCCESS;
}
