/*
 * Real OpenAPI documents: every one loads without a word, as the version it is,
 * and as many of its references lead somewhere as it is known to have.
 *
 * Usage: test_corpus FOLDER
 * Exit code 77 (skipped) where the documents are not there.
 */
#include "openapi/document.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EXIT_SKIPPED = 77, SECONDS_AT_MOST = 10 };

/* Counted with other tools; 15 really has three references that lead nowhere. */
static const struct known {
    const char *name;
    size_t references;
    size_t broken;
} known[] = {
    {"01-oai-webhook-example.yaml", 1, 0},
    {"03-oai-petstore.yaml", 7, 0},
    {"05-oai-tictactoe.yaml", 15, 0},
    {"07-readme-schema-circular.json", 21, 0},
    {"08-readme-discriminators.yaml", 35, 0},
    {"10-redocly-museum.yaml", 78, 0},
    {"12-readme-http-status-codes.yaml", 0, 0},
    {"13-readme-parameters-style.yaml", 0, 0},
    {"15-meilisearch.yaml", 386, 3},
    {"16-scale-agentex.yaml", 285, 0},
    {"17-paypal-checkout-orders-v2.json", 512, 0},
    {"21-discord.json", 3890, 0},
    {"24-openai.yaml", 2811, 0},
};

struct count {
    size_t nodes;
    size_t references;
    size_t broken;
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void follow(struct document_set *set, const struct json_node *reference, struct count *count)
{
    struct diags diags;
    diags_init(&diags);
    const struct document *document = set->documents[0];
    count->references++;
    if (document_follow(set, &document, json_text(reference), json_place(reference), &diags) ==
        NULL)
        count->broken++;
    diags_free(&diags);
}

/* Depth is bounded by the reader. */
static void walk(struct document_set *set, const struct json_node *node, struct count *count)
{
    count->nodes++;
    for (const struct json_node *child = json_first(node); child != NULL;
         child = json_next(child)) {
        if (node->type == JSON_OBJECT && str_is(json_name(child), "$ref") &&
            child->type == JSON_STRING)
            follow(set, child, count);
        walk(set, child, count);
    }
}

static void print_diags(const struct diags *diags)
{
    struct buf out;
    buf_init(&out, NULL);
    diags_print(diags, &out);
    fputs(buf_text(&out), stdout);
    buf_free(&out);
}

static bool is_as_known(const char *name, const struct count *count)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return count->references == known[i].references && count->broken == known[i].broken;
    return true;
}

static bool run_document(const char *folder, const char *name)
{
    struct arena arena;
    struct diags diags;
    struct document_set set;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    arena_init(&arena, 1 << 16, NULL);
    diags_init(&diags);
    double start = seconds_now();
    bool loaded = document_load(&set, &arena, path, NULL, &diags);
    double seconds = seconds_now() - start;
    struct count count = {0};
    if (loaded)
        walk(&set, set.documents[0]->root, &count);
    bool supported = loaded && document_version(set.documents[0], &diags) != OPENAPI_UNSUPPORTED;
    bool right = supported && diags.errors + diags.warnings == 0 && is_as_known(name, &count) &&
                 seconds < SECONDS_AT_MOST;
    printf("%-5s %-36s %6.1f ms %7zu values %5zu references, %zu broken\n", right ? "ok" : "WRONG",
           name, seconds * 1e3, count.nodes, count.references, count.broken);
    print_diags(&diags);
    diags_free(&diags);
    arena_clear(&arena);
    return right;
}

static int is_document(const struct dirent *entry)
{
    struct str name = str_from(entry->d_name);
    return str_ends_with(name, ".yaml") || str_ends_with(name, ".json");
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    int count = argc > 1 ? scandir(argv[1], &entries, is_document, alphasort) : -1;
    if (count <= 0) {
        printf("skipped: no OpenAPI documents in %s\n", argc > 1 ? argv[1] : "(no folder given)");
        return EXIT_SKIPPED;
    }
    int wrong = 0;
    for (int i = 0; i < count; i++) {
        wrong += !run_document(argv[1], entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    printf("%d documents, %d wrong\n", count, wrong);
    return wrong > 0;
}
