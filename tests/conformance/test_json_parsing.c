/*
 * JSONTestSuite: the strict reader accepts every y_ file and refuses every n_
 * file; what it does with the i_ files, where both are allowed, is printed.
 *
 * Usage: test_json_parsing SUITE_DIR
 * Exit code 77 (skipped) where the suite is not there.
 */
#include "json/reader.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_SKIPPED = 77, FILE_LIMIT = 16 << 20 };

struct tally {
    size_t accepted;
    size_t refused;
    size_t wrong;
};

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Reads one file; `kind` is the first letter of its name. */
static void run_file(const char *path, char kind, struct tally *tally)
{
    struct arena arena;
    arena_init(&arena, 65536, NULL);
    struct source source;
    if (source_read(&arena, path, FILE_LIMIT, &source) != SOURCE_OK) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    struct json_document document;
    struct json_error error = {0};
    bool accepted = json_read(&arena, &source, &(struct json_read_options){0}, &document, &error);
    *(accepted ? &tally->accepted : &tally->refused) += 1;
    if ((kind == 'y' && !accepted) || (kind == 'n' && accepted)) {
        tally->wrong++;
        printf("wrong: %s: %s\n", path, accepted ? "accepted" : json_fault_text(error.fault));
    }
    arena_clear(&arena);
}

/* The number of files whose name begins with `kind`. */
static size_t run_kind(const char *folder, char kind, struct tally *tally)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, by_name);
    size_t run = 0;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (name[0] == kind && name[1] == '_') {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", folder, name);
            run_file(path, kind, tally);
            run++;
        }
        free(entries[i]);
    }
    free(entries);
    return run;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: test_json_parsing SUITE_DIR\n");
        return 2;
    }
    size_t wrong = 0;
    for (const char *kind = "yni"; *kind != '\0'; kind++) {
        struct tally tally = {0};
        if (run_kind(argv[1], *kind, &tally) == 0) {
            printf("skipped: %s is absent\n", argv[1]);
            return EXIT_SKIPPED;
        }
        printf("%c_: %zu accepted, %zu refused\n", *kind, tally.accepted, tally.refused);
        wrong += tally.wrong;
    }
    return wrong > 0;
}
