#include "verify/journal_file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    QUEUE_ENTRIES = 8192,
    QUEUE_BYTES = 64 << 20,
    WRITE_BYTES = 256 << 10, /* in one write, at least, where there is so much */
    PAUSE_NS = 20 * 1000 * 1000,
};

struct queue {
    struct journal_entry **entries;
    size_t count;
    size_t bytes;
};

struct journal_file {
    const char *path;
    int fd;
    bool failed; /* the thread's, until it is joined */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t filled;
    pthread_cond_t emptied;
    struct queue queue;
    bool closing;
};

/* ---- the thread that writes ---- */

static void complain(struct journal_file *file)
{
    if (!file->failed)
        fprintf(stderr, "understudy: cannot write the journal file %s: %s\n", file->path,
                strerror(errno));
    file->failed = true;
}

static void write_out(struct journal_file *file, struct buf *lines)
{
    struct str rest = buf_str(lines);
    while (rest.len > 0) {
        ssize_t done = write(file->fd, rest.data, rest.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            complain(file);
            break;
        }
        rest = str_after(rest, (size_t)done);
    }
    lines->len = 0;
}

static void write_entries(struct journal_file *file, const struct queue *queue, struct buf *lines)
{
    for (size_t i = 0; i < queue->count; i++) {
        struct json_writer writer = json_writer_to(lines);
        journal_write_json(queue->entries[i], JOURNAL_HIDE_SECRETS, &writer);
        buf_add_char(lines, '\n');
        journal_release(queue->entries[i]);
        if (lines->len >= WRITE_BYTES)
            write_out(file, lines);
    }
    write_out(file, lines);
}

/* Waits for entries and takes them all; none only when the file is being closed. */
static struct queue take(struct journal_file *file, struct journal_entry **spare)
{
    pthread_mutex_lock(&file->lock);
    while (file->queue.count == 0 && !file->closing)
        pthread_cond_wait(&file->filled, &file->lock);
    struct queue taken = file->queue;
    file->queue = (struct queue){.entries = spare};
    pthread_cond_broadcast(&file->emptied);
    pthread_mutex_unlock(&file->lock);
    return taken;
}

/* Lets entries gather, unless it is time to go. */
static void pause_shortly(struct journal_file *file)
{
    static const struct timespec pause = {.tv_nsec = PAUSE_NS};
    pthread_mutex_lock(&file->lock);
    bool hurry = file->closing || file->queue.count > QUEUE_ENTRIES / 2 ||
                 file->queue.bytes > QUEUE_BYTES / 2;
    pthread_mutex_unlock(&file->lock);
    if (!hurry)
        nanosleep(&pause, NULL);
}

static void *run(void *context)
{
    struct journal_file *file = context;
    struct buf lines;
    buf_init(&lines, NULL);
    struct journal_entry **spare = mem_alloc(QUEUE_ENTRIES * sizeof *spare);
    for (;;) {
        struct queue queue = take(file, spare);
        spare = queue.entries;
        if (queue.count == 0)
            break;
        write_entries(file, &queue, &lines);
        pause_shortly(file);
    }
    free((void *)spare);
    buf_free(&lines);
    return NULL;
}

/* ---- the others ---- */

static void free_file(struct journal_file *file)
{
    close(file->fd);
    free((void *)file->queue.entries);
    pthread_cond_destroy(&file->filled);
    pthread_cond_destroy(&file->emptied);
    pthread_mutex_destroy(&file->lock);
    free(file);
}

struct journal_file *journal_file_open(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        return NULL;
    struct journal_file *file = mem_alloc_zero(sizeof *file);
    file->path = path;
    file->fd = fd;
    file->queue.entries = mem_alloc(QUEUE_ENTRIES * sizeof *file->queue.entries);
    pthread_mutex_init(&file->lock, NULL);
    pthread_cond_init(&file->filled, NULL);
    pthread_cond_init(&file->emptied, NULL);
    int problem = pthread_create(&file->thread, NULL, run, file);
    if (problem == 0)
        return file;
    free_file(file);
    errno = problem;
    return NULL;
}

void journal_file_add(struct journal_file *file, struct journal_entry *entry)
{
    pthread_mutex_lock(&file->lock);
    while (file->queue.count == QUEUE_ENTRIES || file->queue.bytes > QUEUE_BYTES)
        pthread_cond_wait(&file->emptied, &file->lock);
    bool was_empty = file->queue.count == 0;
    file->queue.entries[file->queue.count++] = entry;
    file->queue.bytes += entry->size;
    if (was_empty)
        pthread_cond_signal(&file->filled);
    pthread_mutex_unlock(&file->lock);
}

bool journal_file_close(struct journal_file *file)
{
    if (file == NULL)
        return true;
    pthread_mutex_lock(&file->lock);
    file->closing = true;
    pthread_cond_signal(&file->filled);
    pthread_mutex_unlock(&file->lock);
    pthread_join(file->thread, NULL);
    bool good = !file->failed;
    free_file(file);
    return good;
}
