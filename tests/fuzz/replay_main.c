/*
 * A main for fuzz entries without libFuzzer: runs the entry once for every file
 * that is named, or that is in a folder that is named. Folders that are absent
 * are skipped, so that an entry may come before its first regression.
 */
#include "base/source.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILE_LIMIT = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes go into an allocation of their own size, so that ASan sees a byte too far. */
static void run_file(const char *path)
{
    struct arena arena;
    arena_init(&arena, 65536, NULL);
    struct source source;
    if (source_read(&arena, path, FILE_LIMIT, &source) != SOURCE_OK) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    size_t size = source.text.len;
    uint8_t *data = malloc(size > 0 ? size : 1);
    if (data == NULL)
        exit(1);
    if (size > 0)
        memcpy(data, source.text.data, size);
    arena_clear(&arena);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

static size_t run_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    size_t run = 0;
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.') {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
            run_file(path);
            run++;
        }
        free(entries[i]);
    }
    free(entries);
    return run;
}

int main(int argc, char **argv)
{
    size_t run = 0;
    for (int i = 1; i < argc; i++) {
        struct stat status;
        if (stat(argv[i], &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode)) {
            run += run_folder(argv[i]);
        } else {
            run_file(argv[i]);
            run++;
        }
    }
    printf("%zu inputs\n", run);
    return run == 0; /* a test that ran nothing has shown nothing */
}
