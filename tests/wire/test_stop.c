/* Stopping: quickly, and without losing what is under way. Each test has a server of its own. */
#include "wire.h"

#include <stdatomic.h>

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUICK_MS = 900 };

static uint64_t time_to_stop(struct stage *stage, unsigned grace_ms)
{
    uint64_t before = now_ms();
    stage_stop(stage, grace_ms);
    return now_ms() - before;
}

static void test_idle_server_stops_quickly(void **state)
{
    (void)state;
    struct stage stage;
    stage_start(&stage, 64);
    assert_in_range(time_to_stop(&stage, 5000), 0, QUICK_MS);
}

static void test_idle_connections_do_not_hold_it(void **state)
{
    (void)state;
    struct stage stage;
    stage_start(&stage, 64);
    int silent[20], used[20], half[5];
    for (int i = 0; i < 20; i++)
        silent[i] = client_open(stage.port);
    for (int i = 0; i < 20; i++) {
        struct reply reply;
        used[i] = client_open(stage.port);
        client_send(used[i], "GET /bytes?n=3 HTTP/1.1\r\nHost: h\r\n\r\n");
        client_read(used[i], &reply, false);
        reply_free(&reply);
    }
    for (int i = 0; i < 5; i++) {
        half[i] = client_open(stage.port);
        client_send(half[i], "GET /bytes?n=3 HT");
    }
    assert_in_range(time_to_stop(&stage, 5000), 0, QUICK_MS);
    char rest[16];
    size_t got;
    assert_int_equal(client_read_all(used[0], 1000, rest, sizeof rest, &got), ENDED_EOF);
    for (int i = 0; i < 20; i++) {
        close(silent[i]);
        close(used[i]);
    }
    for (int i = 0; i < 5; i++)
        close(half[i]);
}

static void test_more_connections_than_workers(void **state)
{
    (void)state;
    struct stage stage;
    stage_start(&stage, 4);
    int fds[40];
    for (int i = 0; i < 40; i++)
        fds[i] = client_open(stage.port);
    sleep_for_ms(50);
    assert_in_range(time_to_stop(&stage, 5000), 0, QUICK_MS);
    for (int i = 0; i < 40; i++)
        close(fds[i]);
}

static void test_hung_requests_are_cut_off(void **state)
{
    (void)state;
    struct stage stage;
    stage_start(&stage, 8);
    int fds[20];
    for (int i = 0; i < 20; i++) {
        fds[i] = client_open(stage.port);
        client_send(fds[i], "GET /fault?act=hang&at=head HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    sleep_for_ms(100);
    assert_in_range(time_to_stop(&stage, 5000), 0, QUICK_MS);
    assert_int_equal(stage.seen.incomplete, 20);
    for (int i = 0; i < 20; i++)
        close(fds[i]);
}

/* Opens a connection, asks, stops the server 100 ms later, and reads the answer. */
static uint64_t stop_during(const char *request, unsigned grace_ms, struct reply *reply)
{
    struct stage stage;
    stage_start(&stage, 8);
    int fd = client_open(stage.port);
    client_send(fd, request);
    sleep_for_ms(100);
    uint64_t took = time_to_stop(&stage, grace_ms);
    client_read(fd, reply, false);
    close(fd);
    return took;
}

static void test_delays_end_early(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET /fault?delay=9000 HTTP/1.1\r\nHost: h\r\n\r\n",       /* a worker sits it out */
        "GET /fault?delay=30000 HTTP/1.1\r\nHost: h\r\n\r\n",      /* parked */
        "GET /fault?drip=1&every=900 HTTP/1.1\r\nHost: h\r\n\r\n", /* waits between pieces */
    };
    for (int i = 0; i < 3; i++) {
        struct reply reply;
        assert_in_range(stop_during(requests[i], 5000, &reply), 0, QUICK_MS);
        assert_int_equal(reply.status, 200);
        assert_string_equal(reply.body, "0123456789");
        reply_free(&reply);
    }
}

static void test_requests_in_flight_finish(void **state)
{
    (void)state;
    struct reply reply;
    uint64_t took = stop_during("GET /busy?ms=400 HTTP/1.1\r\nHost: h\r\n\r\n", 5000, &reply);
    assert_in_range(took, 250, 1500);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "done");
    assert_true(reply_has(&reply, "connection: close"));
    reply_free(&reply);
}

static void *finish_body_later(void *fd)
{
    sleep_for_ms(200);
    client_send(*(int *)fd, "dy");
    return NULL;
}

static void test_body_on_its_way_is_waited_for(void **state)
{
    (void)state;
    struct stage stage;
    stage_start(&stage, 8);
    int fd = client_open(stage.port);
    client_send(fd, "PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo");
    sleep_for_ms(50);
    pthread_t client;
    pthread_create(&client, NULL, finish_body_later, &fd);
    assert_in_range(time_to_stop(&stage, 3000), 100, QUICK_MS);
    pthread_join(client, NULL);
    struct reply reply;
    client_read(fd, &reply, false);
    assert_string_equal(reply.body, "body");
    reply_free(&reply);
    close(fd);
}

static void test_grace_is_bounded(void **state)
{
    (void)state;
    struct stage stage;
    stage_start(&stage, 8);
    int fd = client_open(stage.port);
    client_send(fd, "PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo");
    sleep_for_ms(100);
    assert_in_range(time_to_stop(&stage, 300), 300, 300 + QUICK_MS);
    close(fd);
}

struct busy_client {
    pthread_t thread;
    int fd;
    atomic_size_t served;
    bool torn; /* an answer came in part */
};

static void *ask_until_the_end(void *argument)
{
    struct busy_client *client = argument;
    for (bool open = true; open;) {
        struct reply reply;
        client_send(client->fd, "GET /bytes?n=2000 HTTP/1.1\r\nHost: h\r\n\r\n");
        client_read(client->fd, &reply, false);
        bool whole = reply.status == 200 && reply.body_len == 2000;
        client->torn |= reply.head[0] != '\0' && !whole;
        client->served += whole ? 1 : 0;
        open = whole && reply_has(&reply, "connection: keep-alive");
        reply_free(&reply);
    }
    return NULL;
}

static void test_busy_clients_get_whole_answers_to_the_end(void **state)
{
    (void)state;
    enum { CLIENTS = 8, ROUNDS = 10 };
    for (int round = 0; round < ROUNDS; round++) {
        struct stage stage;
        struct busy_client clients[CLIENTS] = {{.fd = -1}};
        stage_start(&stage, 16);
        for (int i = 0; i < CLIENTS; i++) {
            clients[i].fd = client_open(stage.port);
            pthread_create(&clients[i].thread, NULL, ask_until_the_end, &clients[i]);
        }
        for (int i = 0; i < CLIENTS; i++) /* each has begun, however slow the machine is */
            while (clients[i].served == 0)
                sleep_for_ms(1);
        sleep_for_ms(30);
        assert_in_range(time_to_stop(&stage, 5000), 0, QUICK_MS);
        for (int i = 0; i < CLIENTS; i++) {
            pthread_join(clients[i].thread, NULL);
            assert_false(clients[i].torn);
            assert_true(clients[i].served > 0);
            close(clients[i].fd);
        }
        assert_int_equal(stage.seen.handled, stage.seen.complete);
    }
}

static void test_nobody_can_connect_afterwards(void **state)
{
    (void)state;
    struct stage stage;
    stage_start(&stage, 8);
    int port = stage.port;
    stage_stop(&stage, 1000);
    for (int i = 0; i < 5; i++) { /* and the port is free at once */
        struct server_options options = {.port = port, .threads = 2};
        struct buf error;
        buf_init(&error, NULL);
        struct server *server = server_start(&options, &error);
        if (server == NULL)
            fail_msg("%s", buf_text(&error));
        server_stop(server, 0);
        buf_free(&error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_server_stops_quickly),
        cmocka_unit_test(test_idle_connections_do_not_hold_it),
        cmocka_unit_test(test_more_connections_than_workers),
        cmocka_unit_test(test_hung_requests_are_cut_off),
        cmocka_unit_test(test_delays_end_early),
        cmocka_unit_test(test_requests_in_flight_finish),
        cmocka_unit_test(test_body_on_its_way_is_waited_for),
        cmocka_unit_test(test_grace_is_bounded),
        cmocka_unit_test(test_busy_clients_get_whole_answers_to_the_end),
        cmocka_unit_test(test_nobody_can_connect_afterwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
