#include "app/watch.h"

#include <sys/stat.h>

struct watched_file {
    const char *path;
    struct stat status; /* all zero where the file is not there */
};

static struct stat look(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        memset(&status, 0, sizeof status);
    return status;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static const struct watched_file *find(const struct watch *watch, const char *path)
{
    for (size_t i = 0; i < watch->count; i++)
        if (strcmp(watch->files[i].path, path) == 0)
            return &watch->files[i];
    return NULL;
}

static void add(struct watch *watch, const char *path, const struct watch *former)
{
    const struct watched_file *known = find(former, path);
    if (find(watch, path) != NULL)
        return;
    watch->files = arena_grow(&watch->arena, watch->files, watch->count * sizeof *watch->files,
                              (watch->count + 1) * sizeof *watch->files);
    const char *copy = arena_copy(&watch->arena, str_from(path));
    watch->files[watch->count++] =
        (struct watched_file){copy, known != NULL ? known->status : look(copy)};
}

void watch_free(struct watch *watch)
{
    arena_clear(&watch->arena);
    *watch = (struct watch){.count = 0};
}

void watch_set(struct watch *watch, const struct bill *bill, const char *const *paths,
               size_t path_count)
{
    struct watch former = *watch;
    *watch = (struct watch){.count = 0};
    arena_init(&watch->arena, 1024, NULL);
    for (size_t i = 0; bill != NULL && i < bill->count; i++) {
        const struct document_set *documents = &bill->parts[i]->contract->documents;
        for (size_t j = 0; j < documents->count; j++)
            add(watch, documents->documents[j]->source->name, &former);
    }
    for (size_t i = 0; i < path_count; i++)
        add(watch, paths[i], &former);
    watch_free(&former);
}

bool watch_changed(struct watch *watch)
{
    bool changed = false;
    for (size_t i = 0; i < watch->count; i++) {
        struct stat now = look(watch->files[i].path);
        if (is_same(&now, &watch->files[i].status))
            continue;
        watch->files[i].status = now;
        changed = true;
    }
    return changed;
}
