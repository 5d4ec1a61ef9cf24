/* understudy serve: loads, starts, says so, waits for a signal, stops. */
#include "app/verbs.h"
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
#include <unistd.h>

enum { GRACE_MS = 800 };

/* Everything that lives as long as the server. */
struct service {
    const struct options *options;
    struct arena arena; /* sources of fixtures and plans */
    struct diags diags;
    struct log log;
    uint64_t seed;
    struct part *part;
    struct world *world;
    struct mock *mock;
    struct server *server;
};

static struct world *make_world(struct service *service, struct snapshot *base)
{
    struct world_options options = {.base = base, .seed = service->seed};
    struct world *world = world_new(str_from(""), &options);
    if (service->options->clock != NULL)
        clock_freeze(&world->clock, service->options->clock_ns);
    return world;
}

static bool load_fixtures(struct service *service)
{
    const struct options *options = service->options;
    struct clock now;
    clock_init(&now);
    struct seed_options seed = {
        .paths = options->fixtures.items,
        .path_count = options->fixtures.count,
        .seed = options->has_seed ? service->seed : 0,
        .now_ns = options->clock != NULL ? options->clock_ns : clock_now_ns(&now),
    };
    struct snapshot *base = NULL;
    if (!seed_read(service->part, &seed, &service->arena, &service->diags, &base))
        return false;
    service->world = make_world(service, base);
    snapshot_release(base);
    return true;
}

static bool load_faults(struct service *service)
{
    const struct options *options = service->options;
    if (options->faults.count == 0)
        return true;
    struct fault_plan *plan =
        faults_read_files(service->part->contract, options->faults.items, options->faults.count,
                          &service->arena, &service->diags);
    if (plan == NULL)
        return false;
    world_set_faults(service->world, plan);
    fault_plan_release(plan);
    return true;
}

/*
 * Loads everything. A broken operation does not keep the others from being
 * served; anything else that is broken does.
 */
static bool load(struct service *service)
{
    const struct options *options = service->options;
    struct part_options part_options = part_options_from(options, &service->arena);
    service->part = part_load(options->operands.items[0], &part_options, &service->diags);
    return service->part != NULL && load_fixtures(service) && load_faults(service);
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
    const struct contract *contract = service->part->contract;
    int port = server_port(service->server);
    if (options->port_file != NULL && !write_port_file(options->port_file, port))
        return false;
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
        json_put_int(&writer, (int64_t)contract->operation_count);
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
                   "understudy plays %.*s (%zu operations, seed %lld) and is listening on "
                   "http://%s:%d",
                   (int)contract->title.len, contract->title.data, contract->operation_count,
                   (long long)service->seed, options->host, port);
    }
    buf_add_char(&line, '\n');
    bool good = print_out(buf_str(&line));
    buf_free(&line);
    return good;
}

static bool start(struct service *service)
{
    const struct options *options = service->options;
    log_init(&service->log, options->log, LOG_LEVEL_INFO, STDOUT_FILENO);
    struct mock_options mock_options = {
        .max_violations = (size_t)options->max_violations,
        .check_answers = options->check_answers,
        .log = &service->log,
        .version = UNDERSTUDY_VERSION,
    };
    service->mock = mock_new(part_retain(service->part), service->world, &mock_options);
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

static void stop(struct service *service)
{
    if (service->server != NULL)
        server_stop(service->server, GRACE_MS);
    if (service->mock != NULL)
        mock_free(service->mock);
    else
        world_free(service->world);
    diags_free(&service->diags);
    part_release(service->part);
    arena_clear(&service->arena);
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

static void wait_for_end(const sigset_t *signals)
{
    int received = 0;
    while (sigwait(signals, &received) == 0 && received == SIGHUP)
        continue;
}

int verb_serve(const struct options *options)
{
    struct service service = {.options = options};
    service.seed = options->has_seed ? (uint64_t)options->seed : rng_entropy() >> 16;
    sigset_t signals = block_signals();
    diags_init(&service.diags);
    arena_init(&service.arena, 16384, NULL);
    bool good = load(&service);
    print_diags(&service.diags);
    good = good && start(&service) && announce(&service);
    if (good)
        wait_for_end(&signals);
    stop(&service);
    return good ? EXIT_FINE : EXIT_MISTAKE;
}
