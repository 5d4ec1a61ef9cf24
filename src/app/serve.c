/* understudy serve: loads, starts, says so, waits for a signal, stops. */
#include "app/verbs.h"
#include "app/verdict.h"
#include "app/watch.h"
#include "base/rng.h"
#include "http/server.h"
#include "mock/faults.h"
#include "mock/mock.h"
#include "mock/seed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GRACE_MS = 600 };

/* What worlds start with, as the files of the command line say. */
struct start {
    struct snapshot *base;
    struct fault_plan *plan; /* NULL: there is no such file */
};

/* Everything that lives as long as the server. */
struct service {
    const struct options *options;
    struct arena arena; /* sources of fixtures and plans */
    struct diags diags;
    int log_descriptor;
    struct log log;
    uint64_t seed;
    struct bill *bill; /* until the mock takes it over */
    struct start start;
    struct journal_file *journal_file; /* or NULL */
    struct mock *mock;
    struct watch watch;
    struct server *server;
};

static bool read_fixtures(const struct service *service, struct bill *bill, struct arena *arena,
                          struct diags *diags, struct start *into)
{
    const struct options *options = service->options;
    struct clock now;
    clock_init(&now);
    struct seed_options seed = {
        .paths = options->fixtures.items,
        .path_count = options->fixtures.count,
        .seed = options->has_seed ? service->seed : 0,
        .now_ns = options->clock != NULL ? options->clock_ns : clock_now_ns(&now),
        .former = service->start.base,
    };
    return seed_read(bill, &seed, arena, diags, &into->base);
}

static bool read_faults(const struct service *service, const struct bill *bill, struct arena *arena,
                        struct diags *diags, struct start *into)
{
    const struct options *options = service->options;
    if (options->faults.count == 0)
        return true;
    into->plan =
        faults_read_files(bill, options->faults.items, options->faults.count, arena, diags);
    return into->plan != NULL;
}

/* Both are read, so that all their mistakes are told at once. */
static bool read_start(const struct service *service, struct bill *bill, struct arena *arena,
                       struct diags *diags, struct start *into)
{
    *into = (struct start){.base = NULL};
    bool good = read_fixtures(service, bill, arena, diags, into);
    return read_faults(service, bill, arena, diags, into) && good;
}

static void release_start(struct start *start)
{
    snapshot_release(start->base);
    fault_plan_release(start->plan);
}

/*
 * Loads everything. A broken operation does not keep the others from being
 * served; anything else that is broken does.
 */
static bool load(struct service *service)
{
    const struct options *options = service->options;
    struct part_options part_options = part_options_from(options, &service->arena);
    service->bill =
        bill_load(options->operands.items, options->operands.count, &part_options, &service->diags);
    return service->bill != NULL &&
           read_start(service, service->bill, &service->arena, &service->diags, &service->start);
}

static struct worlds *make_worlds(const struct service *service)
{
    const struct options *options = service->options;
    struct worlds_options worlds = {
        .world = {.base = service->start.base,
                  .seed = service->seed,
                  .frozen = options->clock != NULL,
                  .clock_ns = options->clock_ns},
        .plan = service->start.plan,
        .max_worlds = (size_t)options->max_worlds,
        .idle_seconds = (uint64_t)options->world_idle,
    };
    return worlds_new(&worlds);
}

/* ---- reload ---- */

static void watch_files(struct service *service, const struct bill *bill)
{
    const struct options *options = service->options;
    const struct text_list *lists[] = {&options->overlays, &options->fixtures, &options->faults};
    const char *paths[3 * OPTIONS_LIST_MAX + OPTIONS_OPERANDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < options->operands.count; i++)
        paths[count++] = options->operands.items[i];
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            paths[count++] = lists[i]->items[j];
    watch_set(&service->watch, bill, paths, count);
}

/* Files that only schemas refer to are known when these are compiled. */
static void watch_all_files(struct service *service)
{
    struct bill *bill = mock_bill(service->mock);
    for (size_t i = 0; i < bill->count; i++) {
        struct contract *contract = bill->parts[i]->contract;
        for (size_t j = 0; j < contract->operation_count; j++)
            operation_prepare(contract, &contract->operations[j], NULL);
    }
    watch_files(service, bill);
    bill_release(bill);
}

/* True for an operation that is served now and would not be any more. */
static bool breaks(const struct operation *operation, struct contract *present)
{
    if (atomic_load(&operation->state) != OPERATION_BROKEN)
        return false;
    struct operation *former = contract_find_operation(present, operation->label);
    return former == NULL || operation_prepare(present, former, NULL);
}

/* Both bills are of the same command line: their parts correspond. */
static bool breaks_anything(const struct bill *bill, const struct bill *present)
{
    for (size_t i = 0; i < bill->count; i++) {
        const struct contract *contract = bill->parts[i]->contract;
        for (size_t j = 0; j < contract->operation_count; j++)
            if (breaks(&contract->operations[j], present->parts[i]->contract))
                return true;
    }
    return false;
}

/* True if nothing is broken that is served now. */
static bool is_no_worse(const struct service *service, struct bill *bill, struct diags *diags)
{
    if (bill_prepare_all(bill, diags))
        return true;
    struct bill *present = mock_bill(service->mock);
    bool good = !breaks_anything(bill, present);
    bill_release(present);
    return good;
}

/* Everything at once from here on: requests under way keep what they began with. */
static void play_anew(struct service *service, struct bill *bill, const struct start *start)
{
    watch_files(service, bill);
    log_message(&service->log, LOG_LEVEL_INFO, "read the documents again: %zu operation%s",
                bill_operation_count(bill), bill_operation_count(bill) == 1 ? "" : "s");
    mock_set_bill(service->mock, bill);
    worlds_start_with(service->mock->worlds, start->base, start->plan);
    release_start(&service->start);
    service->start = *start;
}

/*
 * Reads everything again. Only a set in which nothing is broken but what was
 * broken before takes the old one's place. The records and journals of the
 * worlds that there are stay.
 */
static void reload(struct service *service)
{
    struct diags diags;
    struct arena arena;
    struct start start = {.base = NULL};
    diags_init(&diags);
    arena_init(&arena, 4096, NULL);
    const struct options *options = service->options;
    struct part_options part_options = part_options_from(options, &arena);
    struct bill *bill =
        bill_load(options->operands.items, options->operands.count, &part_options, &diags);
    bool good = bill != NULL && is_no_worse(service, bill, &diags);
    good = good && read_start(service, bill, &arena, &diags, &start);
    print_diags(&diags);
    if (good) {
        play_anew(service, bill, &start);
    } else {
        log_message(&service->log, LOG_LEVEL_ERROR,
                    "the documents have %zu errors; the old ones stay", diags.errors);
        release_start(&start);
        bill_release(bill);
    }
    diags_free(&diags);
    arena_clear(&arena);
}

/* Writes the port beside the file and renames it, so that nobody reads half of it. */
static bool write_port_file(const char *path, int port)
{
    struct buf temporary;
    struct buf text;
    buf_init(&temporary, NULL);
    buf_init(&text, NULL);
    buf_printf(&temporary, "%s.%ld", path, (long)getpid());
    buf_printf(&text, "%d\n", port);
    int file = open(buf_text(&temporary), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool good = file >= 0 && write(file, text.data, text.len) == (ssize_t)text.len;
    if (file >= 0)
        good = close(file) == 0 && good;
    good = good && rename(buf_text(&temporary), path) == 0;
    if (!good) {
        fprintf(stderr, "understudy: cannot write the port file %s: %s\n", path, strerror(errno));
        unlink(buf_text(&temporary));
    }
    buf_free(&temporary);
    buf_free(&text);
    return good;
}

static bool announce(const struct service *service)
{
    const struct options *options = service->options;
    struct bill *bill = mock_bill(service->mock);
    struct str title = bill->parts[0]->contract->title;
    size_t operations = bill_operation_count(bill);
    bill_release(bill);
    int port = server_port(service->server);
    struct buf line;
    buf_init(&line, NULL);
    if (options->log == LOG_FORMAT_JSON) {
        struct json_writer writer = json_writer_to(&line);
        json_begin_object(&writer);
        json_put_key(&writer, "event");
        json_put_text(&writer, "ready");
        json_put_key(&writer, "host");
        json_put_text(&writer, options->host);
        json_put_key(&writer, "port");
        json_put_int(&writer, port);
        json_put_key(&writer, "operations");
        json_put_int(&writer, (int64_t)operations);
        json_put_key(&writer, "seed");
        json_put_int(&writer, (int64_t)service->seed);
        json_put_key(&writer, "url");
        struct buf url;
        buf_init(&url, NULL);
        buf_printf(&url, "http://%s:%d", options->host, port);
        json_put_string(&writer, buf_str(&url));
        buf_free(&url);
        json_end_object(&writer);
    } else {
        buf_printf(&line,
                   "understudy plays %.*s (%zu operation%s, seed %lld) and is listening on "
                   "http://%s:%d",
                   (int)title.len, title.data, operations, operations == 1 ? "" : "s",
                   (long long)service->seed, options->host, port);
    }
    buf_add_char(&line, '\n');
    /* Scripts wait for these words. */
    if (options->guest == GUEST_PRISM && options->log != LOG_FORMAT_JSON)
        buf_printf(&line, "Prism is listening on http://%s:%d (played by understudy)\n",
                   options->host, port);
    bool good = options->port_file == NULL || write_port_file(options->port_file, port);
    good = good && print_out(buf_str(&line));
    buf_free(&line);
    return good;
}

/* A port file speaks of a server that serves: one that was left over must not be believed. */
static void remove_port_file(const char *path)
{
    struct stat status;
    if (path != NULL && lstat(path, &status) == 0 && S_ISREG(status.st_mode))
        unlink(path);
}

static bool open_journal_file(struct service *service)
{
    const char *path = service->options->journal_file;
    if (path == NULL)
        return true;
    service->journal_file = journal_file_open(path);
    if (service->journal_file == NULL)
        fprintf(stderr, "understudy: cannot write the journal file %s: %s\n", path,
                strerror(errno));
    return service->journal_file != NULL;
}

static bool start(struct service *service)
{
    const struct options *options = service->options;
    if (!verdict_can_write(options) || !open_journal_file(service))
        return false;
    service->log_descriptor = log_own_descriptor(STDOUT_FILENO);
    log_init(&service->log, options->log, options->verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
             service->log_descriptor);
    struct mock_options mock_options = {
        .journal_file = service->journal_file,
        .max_nodes = (size_t)options->max_nodes,
        .max_violations = (size_t)options->max_violations,
        .steady_is_lenient = options->accept_invalid,
        .dynamic = options->dynamic,
        .tells_violations = options->guest == GUEST_PRISM,
        .generation = options->generation,
        .check_answers = options->check_answers,
        .log = &service->log,
        .version = UNDERSTUDY_VERSION,
    };
    service->mock = mock_new(service->bill, make_worlds(service), &mock_options);
    service->bill = NULL;
    struct server_options server_options = {
        .host = options->host,
        .port = (int)options->port,
        .threads = (int)options->threads,
        .max_body = (size_t)options->max_body,
        .handler = mock_handler(service->mock),
        .log = &service->log,
    };
    struct buf error;
    buf_init(&error, NULL);
    service->server = server_start(&server_options, &error);
    if (service->server == NULL)
        fprintf(stderr, "understudy: %s\n", buf_text(&error));
    buf_free(&error);
    return service->server != NULL;
}

static enum exit_code stop(struct service *service)
{
    enum exit_code code = EXIT_FINE;
    if (service->server != NULL) {
        server_stop(service->server, GRACE_MS);
        code = verdict_reach(service->options, service->mock);
    }
    if (!journal_file_close(service->journal_file) && code == EXIT_FINE)
        code = EXIT_MISTAKE;
    mock_free(service->mock);
    bill_release(service->bill);
    release_start(&service->start);
    watch_free(&service->watch);
    diags_free(&service->diags);
    arena_clear(&service->arena);
    if (service->log_descriptor != STDOUT_FILENO)
        close(service->log_descriptor);
    return code;
}

/* Signals are taken by sigwait; every thread that is started later inherits the mask. */
static sigset_t block_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    return signals;
}

static bool is_to_end(void)
{
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

/*
 * Schemas are compiled when a request needs them, so that serving begins at
 * once. Whoever wrote a broken one shall not have to wait for that request: what
 * was not told at the start is told as soon as it is known. Huge documents would
 * take twice their memory for that; theirs are told of when they are asked for,
 * and by `check`.
 */
static void tell_broken_operations(struct service *service)
{
    enum { TOLD_MAX = 1000 }; /* operations */
    struct diags *diags = &service->diags;
    struct diags fresh = *diags;
    struct diag **end = diags->last;
    struct bill *bill = mock_bill(service->mock);
    if (bill_operation_count(bill) > TOLD_MAX) {
        bill_release(bill);
        return;
    }
    for (size_t i = 0; i < bill->count; i++) {
        struct contract *contract = bill->parts[i]->contract;
        for (size_t j = 0; j < contract->operation_count && !is_to_end(); j++)
            operation_prepare(contract, &contract->operations[j], diags);
    }
    fresh.first = *end;
    fresh.errors = diags->errors - fresh.errors;
    fresh.warnings = diags->warnings - fresh.warnings;
    print_diags(&fresh);
    bill_release(bill);
}

/* Sleeps until a signal; with --watch looks at the files now and then. */
static void wait_for_end(struct service *service, const sigset_t *signals)
{
    static const struct timespec glance = {.tv_nsec = 200000000L};
    if (service->options->watch)
        watch_all_files(service);
    for (;;) {
        int received = service->options->watch ? sigtimedwait(signals, NULL, &glance)
                                               : sigwaitinfo(signals, NULL);
        bool changed = service->options->watch && watch_changed(&service->watch);
        if (received == SIGHUP || changed)
            reload(service);
        else if (received > 0)
            return;
    }
}

int verb_serve(const struct options *options)
{
    struct service service = {.options = options, .log_descriptor = STDOUT_FILENO};
    service.seed = options->has_seed ? (uint64_t)options->seed : rng_entropy() >> 16;
    sigset_t signals = block_signals();
    diags_init(&service.diags);
    arena_init(&service.arena, 16384, NULL);
    remove_port_file(options->port_file);
    watch_files(&service, NULL);
    bool good = load(&service);
    bool played = service.bill != NULL;
    print_diags(&service.diags);
    good = good && start(&service) && announce(&service);
    if (good) {
        tell_broken_operations(&service);
        wait_for_end(&service, &signals);
        remove_port_file(options->port_file);
    }
    enum exit_code code = stop(&service);
    if (!played && verdict_is_wanted(options))
        return EXIT_DOCUMENT;
    return (int)(good ? code : EXIT_MISTAKE);
}
