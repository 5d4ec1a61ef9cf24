/*
 * Values made from the schemas of real OpenAPI documents: for every JSON body
 * and every JSON answer of every operation that can be served one is made, as
 * the document gives it and freely invented, and it fits. All of that on a
 * stack as small as a worker's.
 *
 * Usage: test_examples CORPUS_DIR
 * Exit code 77 (skipped) where the corpus is not there.
 */
#include "openapi/contract.h"
#include "schema/example.h"
#include "json/reader.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_SKIPPED = 77, SEEDS = 3, SMALL_STACK = 100 * 1024 };

static const char *const files[] = {
    "03-oai-petstore.yaml",
    "05-oai-tictactoe.yaml",
    "07-readme-schema-circular.json",
    "08-readme-discriminators.yaml",
    "10-redocly-museum.yaml",
    "12-readme-http-status-codes.yaml",
    "13-readme-parameters-style.yaml",
    "15-meilisearch.yaml",
    "16-scale-agentex.yaml",
    "17-paypal-checkout-orders-v2.json",
    "21-discord.json",
    "24-openai.yaml",
};

/* What no value can be made of; what becomes possible must be taken off the list. */
static const struct exception {
    const char *operation;
    const char *what;
} exceptions[] = {
    /* oneOf of two schemas that both accept whatever is right for one of them */
    {"PATCH /embedded-discriminator", "body"},
    /* `uid` is required, but not declared, and additionalProperties is false */
    {"POST /tasks/cancel", "answer 202"},
};

struct run {
    const char *folder;
    const struct operation *operation;
    size_t made;
    size_t failed;
};

static bool fits(const struct schema *schema, enum direction direction, struct arena *arena,
                 struct str text)
{
    struct source source = {.name = "example", .text = text};
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    struct validation validation = {.arena = arena, .direction = direction};
    return json_read(arena, &source, &options, &document, &error) &&
           schema_validate(schema, document.root, &validation) == VALIDATE_VALID;
}

static bool is_exception(const struct operation *operation, const char *what)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (str_is(operation->label, exceptions[i].operation) &&
            strcmp(what, exceptions[i].what) == 0)
            return true;
    return false;
}

static void try_one(struct run *run, const struct media_type *content, const char *what,
                    enum direction direction, uint64_t seed, bool invent)
{
    struct arena arena;
    struct buf out;
    struct rng rng;
    arena_init(&arena, 65536, NULL);
    buf_init(&out, &arena);
    rng_seed_nth(&rng, seed, run->operation->index);
    struct example_options options = {.rng = &rng, .direction = direction, .invent = invent};
    bool made = example_write(content->schema, &options, &arena, &out);
    bool impossible = is_exception(run->operation, what);
    run->made++;
    if (impossible && made) {
        run->failed++;
        printf("  %.*s, %s can be made: take it off the list\n", (int)run->operation->label.len,
               run->operation->label.data, what);
    } else if (!impossible && (!made || !fits(content->schema, direction, &arena, buf_str(&out)))) {
        run->failed++;
        printf("  %.*s, %s %.*s%s: %s\n", (int)run->operation->label.len,
               run->operation->label.data, what, (int)content->range.len, content->range.data,
               invent ? ", invented" : "", made ? "does not fit" : "was not made");
    }
    arena_clear(&arena);
}

static void try_content(struct run *run, const struct media_type *types, size_t count,
                        const char *what, enum direction direction)
{
    for (size_t i = 0; i < count; i++)
        for (uint64_t seed = 0; types[i].schema != NULL && seed < SEEDS; seed++) {
            try_one(run, &types[i], what, direction, seed, false);
            try_one(run, &types[i], what, direction, seed, true);
        }
}

static void try_operation(struct run *run)
{
    const struct operation *operation = run->operation;
    try_content(run, operation->bodies, operation->body_count, "body", DIRECTION_REQUEST);
    for (size_t i = 0; i < operation->response_count; i++) {
        char what[32];
        snprintf(what, sizeof what, "answer %d", operation->responses[i].status);
        try_content(run, operation->responses[i].content, operation->responses[i].content_count,
                    what, DIRECTION_RESPONSE);
    }
}

static bool run_document(struct run *run, const char *file)
{
    char path[4096];
    struct diags diags;
    struct contract_options options = {.assert_formats = true};
    snprintf(path, sizeof path, "%s/%s", run->folder, file);
    diags_init(&diags);
    run->made = run->failed = 0;
    struct contract *contract = contract_load(path, &options, &diags);
    for (size_t i = 0; contract != NULL && i < contract->operation_count; i++) {
        run->operation = &contract->operations[i];
        if (operation_prepare(contract, &contract->operations[i], NULL))
            try_operation(run);
    }
    printf("%s: %zu values, %zu surprises\n", file, run->made, run->failed);
    contract_release(contract);
    diags_free(&diags);
    return contract != NULL && run->failed == 0;
}

static void *run_all(void *context)
{
    struct run *run = context;
    bool good = true;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        good = run_document(run, files[i]) && good;
    return good ? context : NULL;
}

int main(int argc, char **argv)
{
    if (argc != 2 || access(argv[1], R_OK) != 0) {
        printf("skipped: there is no corpus of OpenAPI documents at %s\n",
               argc == 2 ? argv[1] : "(no path given)");
        return EXIT_SKIPPED;
    }
    struct run run = {.folder = argv[1]};
    pthread_attr_t attributes;
    pthread_t thread;
    void *good = NULL;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, SMALL_STACK);
    if (pthread_create(&thread, &attributes, run_all, &run) != 0)
        return EXIT_FAILURE;
    pthread_join(thread, &good);
    pthread_attr_destroy(&attributes);
    return good != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
