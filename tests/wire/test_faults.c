/* Transport faults, each judged by what the client's recv sees: bytes, then FIN or RST. */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct stage stage;

static int start(void **state)
{
    (void)state;
    stage_start(&stage, 8);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    stage_stop(&stage, 1000);
    return 0;
}

struct fault {
    const char *query;
    int body; /* bytes of the body that arrive; -1: not even the head */
    enum ending ending;
};

/* The body is "0123456789". */
static const struct fault faults[] = {
    {"act=reset&at=accept", -1, ENDED_RESET},
    {"act=reset&at=head", 0, ENDED_RESET},
    {"act=reset&at=byte&byte=0", 0, ENDED_RESET},
    {"act=reset&at=byte&byte=1", 1, ENDED_RESET},
    {"act=reset&at=byte&byte=9", 9, ENDED_RESET},
    {"act=reset&at=byte&byte=99", 10, ENDED_RESET},
    {"act=reset&at=end", 10, ENDED_RESET},
    {"act=close&at=accept", -1, ENDED_EOF},
    {"act=close&at=head", 0, ENDED_EOF},
    {"act=close&at=byte&byte=3", 3, ENDED_EOF},
    {"act=close&at=end", 10, ENDED_EOF},
    {"act=hang&at=accept", -1, ENDED_NOT},
    {"act=hang&at=head", 0, ENDED_NOT},
    {"act=hang&at=byte&byte=7", 7, ENDED_NOT},
    {"act=hang&at=end", 10, ENDED_NOT},
    {"act=empty", -1, ENDED_EOF},
    {"act=empty&delay=20", -1, ENDED_EOF},
    {"truncate=0", 0, ENDED_EOF},
    {"truncate=4", 4, ENDED_EOF},
    {"truncate=4&act=reset&at=end", 4, ENDED_RESET},
    {"truncate=400", 10, ENDED_EOF},
    {"act=reset&at=byte&byte=5&delay=30", 5, ENDED_RESET},
    {"act=reset&at=byte&byte=5&drip=2&every=5", 5, ENDED_RESET},
    {"act=close&at=byte&byte=5&drip=1&every=3", 5, ENDED_EOF},
    {"act=hang&at=byte&byte=5&drip=1&every=3", 5, ENDED_NOT},
};

static void ask_for(int fd, const char *query)
{
    char request[256];
    snprintf(request, sizeof request, "GET /fault?%s HTTP/1.1\r\nHost: h\r\n\r\n", query);
    client_send(fd, request);
}

static void check_bytes(const struct fault *fault, char *all, size_t got)
{
    all[got] = '\0';
    if (fault->body < 0) {
        if (got != 0)
            fail_msg("%s: got %s", fault->query, all);
        return;
    }
    const char *body = strstr(all, "\r\n\r\n");
    if (body == NULL)
        fail_msg("%s: no head: %s", fault->query, all);
    body += 4;
    size_t length = got - (size_t)(body - all);
    if (length != (size_t)fault->body || strncmp(body, "0123456789", length) != 0)
        fail_msg("%s: body %s", fault->query, body);
    assert_non_null(strstr(all, "\r\ncontent-length: 10\r\n"));
    assert_non_null(strstr(all, "\r\nconnection: close\r\n"));
}

static void test_each_fault_is_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const struct fault *fault = &faults[i];
        int fd = client_open(stage.port);
        ask_for(fd, fault->query);
        char all[1024];
        size_t got;
        int patience = fault->ending == ENDED_NOT ? 200 : 3000;
        enum ending ending = client_read_all(fd, patience, all, sizeof all - 1, &got);
        check_bytes(fault, all, got);
        if (ending != fault->ending)
            fail_msg("%s: ended as %d, not %d", fault->query, ending, fault->ending);
        close(fd);
    }
}

/* The same on a connection that has served other requests, with more of them in the pipeline. */
/*
 * A connection that was used once and stays open. While workers are scarce (those of the faults
 * before may still be busy) the server asks its clients to take turns: then another try.
 */
static int open_kept(void)
{
    for (int tries = 0; tries < 100; tries++) {
        int fd = client_open(stage.port);
        struct reply reply;
        client_send(fd, "GET /bytes?n=5 HTTP/1.1\r\nHost: h\r\n\r\n");
        client_read(fd, &reply, false);
        assert_string_equal(reply.body, "01234");
        bool kept = strstr(reply.head, "connection: keep-alive") != NULL;
        reply_free(&reply);
        if (kept)
            return fd;
        close(fd);
        usleep(10000);
    }
    fail_msg("no connection is kept");
    return -1;
}

static void test_faults_strike_kept_connections_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const struct fault *fault = &faults[i];
        int fd = open_kept();
        /* Both in one send: a second one could meet the RST, and then recv would not. */
        char requests[512];
        snprintf(requests, sizeof requests,
                 "GET /fault?%s HTTP/1.1\r\nHost: h\r\n\r\n"
                 "GET /bytes?n=5 HTTP/1.1\r\nHost: h\r\n\r\n",
                 fault->query);
        client_send(fd, requests);
        char all[1024];
        size_t got;
        int patience = fault->ending == ENDED_NOT ? 200 : 3000;
        enum ending ending = client_read_all(fd, patience, all, sizeof all - 1, &got);
        check_bytes(fault, all, got);
        if (ending != fault->ending)
            fail_msg("%s: ended as %d, not %d", fault->query, ending, fault->ending);
        close(fd);
    }
}

static void test_garbage_is_no_http(void **state)
{
    (void)state;
    char first[2048], second[2048];
    size_t first_got, second_got;
    int fd = client_open(stage.port);
    ask_for(fd, "act=garbage");
    assert_int_equal(client_read_all(fd, 3000, first, sizeof first, &first_got), ENDED_EOF);
    close(fd);
    assert_true(first_got >= 64);
    assert_memory_not_equal(first, "HTTP/", 5);

    fd = client_open(stage.port);
    ask_for(fd, "act=garbage");
    client_read_all(fd, 3000, second, sizeof second, &second_got);
    close(fd);
    assert_int_equal(first_got, second_got);
    assert_memory_equal(first, second, first_got); /* the seed decides */
}

static void test_garbage_in_place_of_the_body(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    ask_for(fd, "act=garbage&at=head");
    struct reply reply;
    client_read(fd, &reply, false);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.body_len, 10);
    assert_memory_not_equal(reply.body, "0123456789", 10);
    reply_free(&reply);
    close(fd);
}

static void test_handler_is_told_the_end(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        bool complete;
        unsigned bytes;
    } cases[] = {
        {"", true, 10},
        {"act=reset&at=byte&byte=4", false, 4},
        {"act=reset&at=end", true, 10},
        {"act=empty", false, 0},
        {"truncate=3", false, 3},
        {"delay=20", true, 10},
        {"act=garbage&at=head", false, 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        stage_count_anew(&stage);
        int fd = client_open(stage.port);
        char all[1024];
        size_t got;
        ask_for(fd, cases[i].query);
        client_read_all(fd, 100, all, sizeof all, &got);
        stage_wait_sent(&stage, 1);
        assert_int_equal(stage.seen.complete, cases[i].complete ? 1 : 0);
        assert_int_equal(stage.seen.bytes, cases[i].bytes);
        close(fd);
    }
}

static void test_hanging_ends_when_the_client_leaves(void **state)
{
    (void)state;
    stage_count_anew(&stage);
    int fd = client_open(stage.port);
    ask_for(fd, "act=hang&at=head");
    char all[1024];
    size_t got;
    client_read_all(fd, 100, all, sizeof all, &got);
    assert_int_equal(stage.seen.incomplete, 0);
    close(fd);
    stage_wait_sent(&stage, 1);
    assert_int_equal(stage.seen.incomplete, 1);
}

/* The time from the request to the last byte. */
static uint64_t time_of(const char *query, bool *kept)
{
    int fd = client_open(stage.port);
    uint64_t before = now_ms();
    struct reply reply;
    ask_for(fd, query);
    client_read(fd, &reply, false);
    uint64_t after = now_ms();
    assert_string_equal(reply.body, "0123456789");
    *kept = reply_has(&reply, "connection: keep-alive");
    reply_free(&reply);
    close(fd);
    return after - before;
}

static void test_delay_and_drip_take_their_time(void **state)
{
    (void)state;
    bool kept;
    uint64_t delayed = time_of("delay=120", &kept);
    assert_in_range(delayed, 120, 2000);
    assert_true(kept); /* a worker was free to sit it out */
    uint64_t dripped = time_of("drip=2&every=30", &kept);
    assert_in_range(dripped, 120, 2000);
    uint64_t both = time_of("delay=50&drip=4&every=30", &kept);
    assert_in_range(both, 110, 2000);
}

static void test_drip_comes_in_pieces(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    ask_for(fd, "drip=4&every=500");
    char all[1024], piece[4];
    size_t got, more;
    client_read_all(fd, 200, all, sizeof all - 1, &got); /* up to the first pause */
    all[got] = '\0';
    assert_string_equal(strstr(all, "\r\n\r\n") + 4, "0123");
    client_read_all(fd, 3000, piece, sizeof piece, &more);
    assert_int_equal(more, 4);
    assert_memory_equal(piece, "4567", 4);
    close(fd);
}

static void test_kept_connection_goes_on_after_a_delay(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    for (int i = 0; i < 3; i++) {
        struct reply reply;
        ask_for(fd, "delay=20");
        client_read(fd, &reply, false);
        assert_string_equal(reply.body, "0123456789");
        assert_true(reply_has(&reply, "connection: keep-alive"));
        reply_free(&reply);
    }
    close(fd);
}

/* Asks, ends its side or all of the connection at once, and waits until the exchange is over. */
static void leave_during(struct stage *on, const char *query, bool altogether)
{
    char request[128];
    snprintf(request, sizeof request, "GET /fault?%s HTTP/1.1\r\nHost: h\r\n\r\n", query);
    stage_count_anew(on);
    int fd = client_open(on->port);
    client_send(fd, request);
    while (on->seen.handled == 0)
        sleep_for_ms(1);
    if (altogether) {
        close(fd);
    } else {
        shutdown(fd, SHUT_WR);
        struct reply reply;
        client_read(fd, &reply, false);
        assert_string_equal(reply.body, "0123456789");
        reply_free(&reply);
        close(fd);
    }
    stage_wait_sent(on, 1);
    assert_int_equal(on->seen.incomplete, altogether ? 1 : 0);
}

/* A worker sits the delay out where there are many, the parking thread where there is one. */
static void test_client_that_leaves_during_a_delay(void **state)
{
    (void)state;
    static const char *const queries[] = {"delay=60", "drip=5&every=60",
                                          "delay=30&drip=5&every=30"};
    struct stage lonely;
    stage_start(&lonely, 1);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        leave_during(&stage, queries[i], true);
        leave_during(&stage, queries[i], false);
        leave_during(&lonely, queries[i], true);
        leave_during(&lonely, queries[i], false);
    }
    stage_stop(&lonely, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_fault_is_exact),
        cmocka_unit_test(test_faults_strike_kept_connections_too),
        cmocka_unit_test(test_garbage_is_no_http),
        cmocka_unit_test(test_garbage_in_place_of_the_body),
        cmocka_unit_test(test_handler_is_told_the_end),
        cmocka_unit_test(test_hanging_ends_when_the_client_leaves),
        cmocka_unit_test(test_delay_and_drip_take_their_time),
        cmocka_unit_test(test_drip_comes_in_pieces),
        cmocka_unit_test(test_client_that_leaves_during_a_delay),
        cmocka_unit_test(test_kept_connection_goes_on_after_a_delay),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
