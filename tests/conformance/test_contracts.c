/*
 * Real OpenAPI documents: each loads, has the operations that a count by other
 * means finds, and all of them can be prepared but those that are listed here
 * with what is wrong with them. An operation that starts to work must be taken
 * off the list.
 *
 * Usage: test_contracts CORPUS_DIR
 * Exit code 77 (skipped) where the corpus is not there.
 */
#include "base/clock.h"
#include "openapi/contract.h"

#include <stdio.h>
#include <unistd.h>

enum { EXIT_SKIPPED = 77, BROKEN_MAX = 12 };

struct expectation {
    const char *file;
    size_t operations;
    const char *broken[BROKEN_MAX]; /* in order of the document */
};

static const struct expectation expectations[] = {
    {"01-oai-webhook-example.yaml", 0, {NULL}},
    {"03-oai-petstore.yaml", 3, {NULL}},
    {"05-oai-tictactoe.yaml", 3, {NULL}},
    {"07-readme-schema-circular.json", 3, {NULL}},
    {"08-readme-discriminators.yaml", 10, {NULL}},
    {"10-redocly-museum.yaml", 8, {NULL}},
    {"12-readme-http-status-codes.yaml", 89, {NULL}},
    {"13-readme-parameters-style.yaml", 25, {NULL}},
    {"15-meilisearch.yaml",
     73,
     {
         /* `required: true` inside a property */
         "POST /indexes/{indexUid}/documents",
         "GET /indexes/{indexUid}/documents/{documentId}",
         "DELETE /indexes/{indexUid}/documents/{documentId}",
         /* a `type` called point, and properties that are null */
         "GET /indexes/{indexUid}/search",
         "POST /indexes/{indexUid}/search",
         "POST /indexes/{indexUid}/facet-search",
         /* $ref as the name of a property, with a string for its schema */
         "POST /multi-search",
         /* #/components/parameters/total is not there */
         "GET /tasks",
         /* #/components/schema/summarizedTask is not there */
         "DELETE /tasks",
         /* $ref as the name of a property again */
         "POST /swap-indexes",
     }},
    {"16-scale-agentex.yaml", 77, {NULL}},
    {"17-paypal-checkout-orders-v2.json", 8, {NULL}},
    {"21-discord.json", 242, {NULL}},
    {"24-openai.yaml", 288, {NULL}},
};

static void print_diags(const struct diags *diags)
{
    struct buf out;
    buf_init(&out, NULL);
    for (const struct diag *diag = diags->first; diag != NULL; diag = diag->next) {
        if (diag->level != DIAG_ERROR)
            continue;
        diag_print_line(diag, &out);
        buf_add_char(&out, '\n');
    }
    printf("%s", buf_text(&out));
    buf_free(&out);
}

/* The state of one operation is what is expected of it; *next walks along the list. */
static bool check_operation(const struct operation *operation, const char *const **next)
{
    bool broken = operation->state == OPERATION_BROKEN;
    bool listed = **next != NULL && str_is(operation->label, **next);
    *next += listed;
    if (broken != listed)
        printf("  %.*s is %s\n", (int)operation->label.len, operation->label.data,
               broken ? "broken" : "sound, so take it off the list");
    return broken == listed;
}

static bool check_contract(const struct expectation *expectation, struct contract *contract,
                           struct diags *diags)
{
    contract_prepare_all(contract, diags);
    bool good = contract->operation_count == expectation->operations;
    if (!good)
        printf("  expected %zu operations\n", expectation->operations);
    const char *const *next = expectation->broken;
    for (size_t i = 0; i < contract->operation_count; i++)
        good &= check_operation(&contract->operations[i], &next);
    if (*next != NULL)
        printf("  %s was not found\n", *next);
    return good && *next == NULL;
}

static bool run_document(const char *folder, const struct expectation *expectation)
{
    char path[4096];
    struct diags diags;
    struct contract_options options = {.assert_formats = true};
    snprintf(path, sizeof path, "%s/%s", folder, expectation->file);
    diags_init(&diags);
    uint64_t start = clock_monotonic_ns();
    struct contract *contract = contract_load(path, &options, &diags);
    uint64_t loaded = clock_monotonic_ns();
    bool good = contract != NULL;
    if (good)
        good = check_contract(expectation, contract, &diags);
    uint64_t prepared = clock_monotonic_ns();
    printf("%s %s: %zu operations, loaded in %.1f ms, all compiled in %.1f ms\n",
           good ? "good" : "BAD ", expectation->file,
           contract != NULL ? contract->operation_count : 0, (double)(loaded - start) / 1e6,
           (double)(prepared - loaded) / 1e6);
    if (!good)
        print_diags(&diags);
    contract_release(contract);
    diags_free(&diags);
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 2 || access(argv[1], R_OK) != 0) {
        printf("skipped: there is no corpus of OpenAPI documents at %s\n",
               argc == 2 ? argv[1] : "(no path given)");
        return EXIT_SKIPPED;
    }
    size_t bad = 0;
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++)
        bad += !run_document(argv[1], &expectations[i]);
    return bad == 0 ? 0 : 1;
}
