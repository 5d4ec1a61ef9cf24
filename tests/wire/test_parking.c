/*
 * A thousand exchanges that hang or wait hold up nobody: they are parked, and
 * the 64 workers go on at their usual rate.
 */
#include "wire.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { WORKERS = 64, CROWD = 1000, CLIENTS = 8, MEASURE_MS = 400, TRIES = 3 };

static struct stage stage;

static int start(void **state)
{
    (void)state;
    struct rlimit files = {.rlim_cur = 0};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max; /* the clients are in this process, too */
    setrlimit(RLIMIT_NOFILE, &files);
    stage_start(&stage, WORKERS);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    stage_stop(&stage, 1000);
    return 0;
}

static void skip_without_files(void)
{
    struct rlimit files = {.rlim_cur = 0};
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 3 * CROWD) {
        print_message("skipped: needs %d open files (ulimit -n)\n", 3 * CROWD);
        skip();
    }
}

struct client {
    pthread_t thread;
    uint64_t until_ms;
    size_t served;
};

static void *ask_on_and_on(void *argument)
{
    struct client *client = argument;
    int fd = client_open(stage.port);
    while (now_ms() < client->until_ms) {
        char answer[1024];
        size_t got = 0;
        client_send(fd, "GET /bytes?n=5 HTTP/1.1\r\nHost: h\r\n\r\n");
        while (got < 5 || memcmp(answer + got - 5, "01234", 5) != 0) {
            size_t more;
            if (client_read_all(fd, 5000, answer + got, 1, &more) != ENDED_NOT || more == 0)
                return NULL;
            got += more;
            if (got == sizeof answer)
                return NULL;
        }
        client->served++;
    }
    close(fd);
    return NULL;
}

/* Requests a second that eight busy clients get. */
static size_t rate(void)
{
    struct client clients[CLIENTS];
    size_t served = 0;
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.until_ms = now_ms() + MEASURE_MS};
        pthread_create(&clients[i].thread, NULL, ask_on_and_on, &clients[i]);
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(clients[i].thread, NULL);
        served += clients[i].served;
    }
    return served * 1000 / MEASURE_MS;
}

static void open_crowd(int *crowd, const char *query)
{
    char request[256];
    snprintf(request, sizeof request, "GET /fault?%s HTTP/1.1\r\nHost: h\r\n\r\n", query);
    size_t handled = stage.seen.handled;
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = client_open(stage.port);
        client_send(crowd[i], request);
    }
    uint64_t deadline = now_ms() + 5000;
    while (stage.seen.handled < handled + CROWD && now_ms() < deadline)
        sleep_for_ms(2);
    assert_int_equal(stage.seen.handled, handled + CROWD);
}

static void check_rate(size_t alone, const char *what)
{
    size_t crowded = 0;
    for (int i = 0; i < TRIES && crowded * 2 < alone; i++)
        crowded = rate();
    print_message("%zu requests a second alone, %zu with %d %s\n", alone, crowded, CROWD, what);
    assert_true(crowded * 2 >= alone);
}

static void test_a_thousand_hung_requests(void **state)
{
    (void)state;
    skip_without_files();
    size_t alone = rate();
    int *crowd = malloc(CROWD * sizeof *crowd);
    stage_count_anew(&stage);
    open_crowd(crowd, "act=hang&at=byte&byte=3");
    check_rate(alone, "hung");
    for (int i = 0; i < CROWD; i++)
        close(crowd[i]);
    stage_wait_sent(&stage, stage.seen.handled);
    assert_int_equal(stage.seen.incomplete, CROWD);
    free(crowd);
}

static void test_a_thousand_delayed_requests(void **state)
{
    (void)state;
    skip_without_files();
    size_t alone = rate();
    int *crowd = malloc(CROWD * sizeof *crowd);
    uint64_t before = now_ms();
    open_crowd(crowd, "delay=2500");
    check_rate(alone, "delayed");
    for (int i = 0; i < CROWD; i++) {
        struct reply reply;
        client_read(crowd[i], &reply, false);
        assert_int_equal(reply.status, 200);
        assert_string_equal(reply.body, "0123456789");
        reply_free(&reply);
        close(crowd[i]);
    }
    assert_true(now_ms() - before >= 2500);
    free(crowd);
}

/* With more dripping responses than workers all come whole. */
static void test_many_drips_at_once(void **state)
{
    (void)state;
    int fds[200];
    for (int i = 0; i < 200; i++) {
        fds[i] = client_open(stage.port);
        client_send(fds[i], "GET /fault?drip=1&every=20 HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    for (int i = 0; i < 200; i++) {
        struct reply reply;
        client_read(fds[i], &reply, false);
        assert_string_equal(reply.body, "0123456789");
        reply_free(&reply);
        close(fds[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_thousand_hung_requests),
        cmocka_unit_test(test_a_thousand_delayed_requests),
        cmocka_unit_test(test_many_drips_at_once),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
