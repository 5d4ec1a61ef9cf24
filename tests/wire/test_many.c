/* Many clients at once: all are served, also when there are more of them than workers. */
#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_CLIENTS = 256 };

static struct stage stage;

struct client {
    pthread_t thread;
    int requests;
    atomic_int served;
};

/* Asks on a kept connection; opens another when the server has ended it, as clients do. */
static void *ask(void *argument)
{
    struct client *client = argument;
    int fd = -1;
    for (int i = 0; i < client->requests; i++) {
        if (fd < 0)
            fd = client_open(stage.port);
        struct reply reply;
        client_send(fd, "GET /bytes?n=7 HTTP/1.1\r\nHost: h\r\n\r\n");
        client_read(fd, &reply, false);
        if (reply.status == 200 && reply.body_len == 7)
            atomic_fetch_add(&client->served, 1);
        if (!reply_has(&reply, "connection: keep-alive")) {
            close(fd);
            fd = -1;
        }
        reply_free(&reply);
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

static void run(int threads, int clients, int requests)
{
    stage_start(&stage, threads);
    struct client *all = calloc((size_t)clients, sizeof *all);
    for (int i = 0; i < clients; i++) {
        all[i].requests = requests;
        assert_int_equal(pthread_create(&all[i].thread, NULL, ask, &all[i]), 0);
    }
    for (int i = 0; i < clients; i++)
        pthread_join(all[i].thread, NULL);
    for (int i = 0; i < clients; i++)
        assert_int_equal(all[i].served, requests);
    free(all);
    stage_stop(&stage, 1000);
}

static void test_256_kept_connections_with_256_workers(void **state)
{
    (void)state;
    int fds[MOST_CLIENTS];
    stage_start(&stage, MOST_CLIENTS);
    struct reply first; /* by when the server has settled down */
    client_ask(stage.port, "GET /bytes?n=7 HTTP/1.1\r\nHost: h\r\n\r\n", &first);
    reply_free(&first);
    sleep_for_ms(50);
    for (int i = 0; i < MOST_CLIENTS; i++)
        fds[i] = client_open(stage.port);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < MOST_CLIENTS; i++)
            client_send(fds[i], "GET /bytes?n=7 HTTP/1.1\r\nHost: h\r\n\r\n");
        for (int i = 0; i < MOST_CLIENTS; i++) {
            struct reply reply;
            client_read(fds[i], &reply, false);
            assert_int_equal(reply.status, 200);
            assert_true(reply_has(&reply, "connection: keep-alive"));
            reply_free(&reply);
        }
    }
    for (int i = 0; i < MOST_CLIENTS; i++)
        close(fds[i]);
    stage_stop(&stage, 1000);
}

static void test_busy_clients_do_not_starve_each_other(void **state)
{
    (void)state;
    run(4, 32, 50);
}

static void test_as_many_clients_as_workers(void **state)
{
    (void)state;
    run(32, 32, 50);
}

/* From this port (0: any) to this address of the server's machine. */
static int open_between(uint16_t from, const char *to, int port)
{
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(from)};
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, "127.0.0.1", &own.sin_addr);
    inet_pton(AF_INET, to, &server.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&server, sizeof server), 0);
    return fd;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in own;
    socklen_t size = sizeof own;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &size), 0);
    return ntohs(own.sin_port);
}

static void check_echo(int fd, const char *text)
{
    char request[128];
    struct reply reply;
    snprintf(request, sizeof request,
             "PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n%s", strlen(text), text);
    client_send(fd, request);
    client_read(fd, &reply, false);
    assert_string_equal(reply.body, text);
    reply_free(&reply);
}

/* One port of the client's, two addresses of the server's: the silent one gets nothing. */
static void test_two_connections_of_one_peer(void **state)
{
    (void)state;
    stage_start_on(&stage, "0.0.0.0", 4);
    int first = open_between(0, "127.0.0.1", stage.port);
    int second = open_between(port_of(first), "127.0.0.2", stage.port);
    sleep_for_ms(50);
    check_echo(second, "second");
    check_echo(first, "first");
    check_echo(second, "second again");
    close(first);
    close(second);
    stage_stop(&stage, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_256_kept_connections_with_256_workers),
        cmocka_unit_test(test_two_connections_of_one_peer),
        cmocka_unit_test(test_busy_clients_do_not_starve_each_other),
        cmocka_unit_test(test_as_many_clients_as_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
