/* Requests as they should be, in all their forms. */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
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

static void test_head_and_body_reach_the_handler(void **state)
{
    (void)state;
    struct reply reply;
    client_ask(stage.port,
               "PUT /a%2Fb/../c%00d?x=1&y=%41 HTTP/1.1\r\nHost: h\r\nX-Mark:  two words \r\n"
               "Content-Length: 5\r\n\r\nhello",
               &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "hello");
    assert_true(reply_has(&reply, "x-method: PUT"));
    assert_true(reply_has(&reply, "x-path: /a%2Fb/../c%00d"));
    assert_true(reply_has(&reply, "x-query: x=1&y=%41"));
    assert_true(reply_has(&reply, "x-version: 1.1"));
    assert_true(reply_has(&reply, "x-mark: two words"));
    assert_true(reply_has(&reply, "x-remote: 127.0.0.1"));
    assert_true(reply_has(&reply, "connection: keep-alive"));
    assert_non_null(strstr(reply.head, "\r\ndate: "));
    reply_free(&reply);
}

static void test_keep_alive_serves_many_on_one_connection(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    for (int i = 0; i < 100; i++) {
        struct reply reply;
        client_send(fd, "GET /bytes?n=11 HTTP/1.1\r\nHost: h\r\n\r\n");
        client_read(fd, &reply, false);
        assert_int_equal(reply.status, 200);
        assert_string_equal(reply.body, "01234567890");
        reply_free(&reply);
    }
    close(fd);
}

static void test_pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    client_send(fd, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
                    "GET /bytes?n=4 HTTP/1.1\r\nHost: h\r\n\r\n"
                    "GET /bytes?n=1 HTTP/1.1\r\nHost: h\r\n\r\n"
                    "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "2\r\nth\r\n3\r\nree\r\n0\r\n\r\n");
    static const char *const bodies[] = {"one", "0123", "0", "three"};
    for (int i = 0; i < 4; i++) {
        struct reply reply;
        client_read(fd, &reply, false);
        assert_int_equal(reply.status, 200);
        assert_string_equal(reply.body, bodies[i]);
        reply_free(&reply);
    }
    close(fd);
}

static void test_large_bodies_go_both_ways(void **state)
{
    (void)state;
    enum { LENGTH = 1 << 20 };
    char *body = malloc(LENGTH);
    for (size_t i = 0; i < LENGTH; i++)
        body[i] = (char)('a' + i % 26);
    int fd = client_open(stage.port);
    for (int i = 0; i < 3; i++) {
        client_send(fd, "PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n");
        client_send_bytes(fd, body, LENGTH);
        struct reply reply;
        client_read(fd, &reply, false);
        assert_int_equal(reply.body_len, LENGTH);
        assert_memory_equal(reply.body, body, LENGTH);
        reply_free(&reply);
    }
    close(fd);
    free(body);
}

static void test_chunked_body_in_dribs_and_drabs(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    client_send(fd, "PUT /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n");
    static const char text[] = "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
    for (size_t i = 0; i < sizeof text - 1; i++) {
        client_send_bytes(fd, text + i, 1);
        sleep_for_ms(1);
    }
    struct reply reply;
    client_read(fd, &reply, false);
    assert_string_equal(reply.body, "hello world");
    assert_int_equal(reply.ending, ENDED_NOT);
    reply_free(&reply);
    close(fd);
}

static void test_large_chunked_body(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    client_send(fd, "PUT /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    char chunk[1000];
    memset(chunk, 'c', sizeof chunk);
    for (int i = 0; i < 500; i++) {
        client_send(fd, "3e8\r\n");
        client_send_bytes(fd, chunk, sizeof chunk);
        client_send(fd, "\r\n");
    }
    client_send(fd, "0\r\n\r\n");
    struct reply reply;
    client_read(fd, &reply, false);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.body_len, 500000);
    reply_free(&reply);
    close(fd);
}

static void test_trailers_are_read_and_dropped(void **state)
{
    (void)state;
    static const char *const heads[] = {"Trailer: X-Sum\r\n", ""};
    for (int i = 0; i < 2; i++) {
        char request[512];
        snprintf(request, sizeof request,
                 "PUT /echo HTTP/1.1\r\nHost: h\r\n%sTransfer-Encoding: chunked\r\n\r\n"
                 "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
                 heads[i]);
        int fd = client_open(stage.port);
        struct reply reply;
        client_send(fd, request);
        client_read(fd, &reply, false);
        assert_string_equal(reply.body, "hello");
        assert_true(reply_has(&reply, "connection: close"));
        reply_free(&reply);
        char rest[16];
        size_t got;
        assert_int_equal(client_read_all(fd, 3000, rest, sizeof rest, &got), ENDED_EOF);
        assert_int_equal(got, 0);
        close(fd);
    }
}

static void test_expect_is_answered_before_the_body(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    client_send(fd, "PUT /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                    "Content-Length: 4\r\n\r\n");
    struct reply reply;
    client_read(fd, &reply, true);
    assert_int_equal(reply.status, 100);
    reply_free(&reply);
    client_send(fd, "body");
    client_read(fd, &reply, false);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "body");
    reply_free(&reply);
    close(fd);
}

static void test_expect_with_too_large_a_body_is_refused_at_once(void **state)
{
    (void)state;
    struct reply reply;
    client_ask(stage.port,
               "PUT /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
               "Content-Length: 1048577\r\n\r\n",
               &reply);
    assert_int_equal(reply.status, 413);
    reply_free(&reply);
}

static void test_head_has_no_body(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    client_send(fd, "HEAD /bytes?n=500 HTTP/1.1\r\nHost: h\r\n\r\n"
                    "GET /bytes?n=2 HTTP/1.1\r\nHost: h\r\n\r\n");
    struct reply reply;
    client_read(fd, &reply, true);
    assert_true(reply_has(&reply, "content-length: 500"));
    reply_free(&reply);
    client_read(fd, &reply, false);
    assert_string_equal(reply.body, "01");
    reply_free(&reply);
    close(fd);
}

static void test_statuses_without_a_body_have_none(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    static const char *const requests[] = {
        "GET /status?n=204 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /status?n=304 HTTP/1.1\r\nHost: h\r\n\r\n",
    };
    for (int i = 0; i < 2; i++) {
        struct reply reply;
        client_send(fd, requests[i]);
        client_read(fd, &reply, false);
        assert_null(strstr(reply.head, "content-length"));
        assert_int_equal(reply.ending, ENDED_NOT);
        reply_free(&reply);
    }
    struct reply reply;
    client_send(fd, "GET /status?n=418 HTTP/1.1\r\nHost: h\r\n\r\n");
    client_read(fd, &reply, false);
    assert_string_equal(reply.body, "text");
    assert_memory_equal(reply.head, "HTTP/1.1 418 I'm a teapot\r\n", 27);
    reply_free(&reply);
    close(fd);
}

/* Sends a request and says whether the server keeps the connection, in word and deed. */
static bool keeps(const char *request, bool *says_so)
{
    int fd = client_open(stage.port);
    struct reply reply;
    client_send(fd, request);
    client_read(fd, &reply, false);
    assert_int_equal(reply.status, 200);
    *says_so = reply_has(&reply, "connection: keep-alive");
    assert_true(*says_so || reply_has(&reply, "connection: close"));
    reply_free(&reply);
    char rest[16];
    size_t got;
    enum ending ending = client_read_all(fd, *says_so ? 150 : 3000, rest, sizeof rest, &got);
    assert_int_equal(got, 0);
    assert_int_not_equal(ending, ENDED_RESET);
    close(fd);
    return ending == ENDED_NOT;
}

static void test_connections_are_kept_by_the_rules(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        bool kept;
    } cases[] = {
        {"GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", true},
        {"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", true},
        {"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: Keep-Alive, TE\r\n\r\n", true},
        {"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
        {"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close, keep-alive\r\n\r\n", false},
        {"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
         "Upgrade: h2c\r\n\r\n",
         false},
        {"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n"
         "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Version: 13\r\n\r\n",
         false},
        {"GET /echo HTTP/1.1\r\nHost: h\r\nX-Close: 1\r\n\r\n", false},
        {"GET /echo HTTP/1.0\r\n\r\n", false},
        {"GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool says_so;
        bool kept = keeps(cases[i].request, &says_so);
        if (kept != cases[i].kept || says_so != kept)
            fail_msg("kept %d, says %d: %s", kept, says_so, cases[i].request);
    }
}

static void test_absolute_targets_are_reduced(void **state)
{
    (void)state;
    char own[128];
    snprintf(own, sizeof own, "GET http://127.0.0.1:%d/a?b=c HTTP/1.1\r\nHost: h\r\n\r\n",
             stage.port);
    const char *requests[] = {
        own,
        "GET http://api.example.com/a?b=c HTTP/1.1\r\nHost: api.example.com\r\n\r\n",
        "POST http://api.example.com:81/a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi",
    };
    for (int i = 0; i < 3; i++) {
        struct reply reply;
        client_ask(stage.port, requests[i], &reply);
        assert_int_equal(reply.status, 200);
        assert_true(reply_has(&reply, "x-path: /a"));
        assert_true(reply_has(&reply, "x-query: b=c"));
        reply_free(&reply);
    }
}

static void test_asterisk_is_a_target(void **state)
{
    (void)state;
    struct reply reply;
    client_ask(stage.port, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_int_equal(reply.status, 200);
    assert_true(reply_has(&reply, "x-path: *"));
    assert_true(reply_has(&reply, "connection: close"));
    reply_free(&reply);
}

static void test_preflights_are_the_handlers(void **state)
{
    (void)state;
    struct reply reply;
    client_ask(stage.port,
               "OPTIONS /x HTTP/1.1\r\nHost: h\r\nOrigin: http://o\r\n"
               "Access-Control-Request-Method: PUT\r\n\r\n",
               &reply);
    assert_true(reply_has(&reply, "x-method: OPTIONS"));
    reply_free(&reply);
}

static void test_unknown_methods_are_the_handlers(void **state)
{
    (void)state;
    static const char *const methods[] = {"TRACE", "QUERY", "BREW"};
    for (int i = 0; i < 3; i++) {
        char request[256], line[64];
        snprintf(request, sizeof request,
                 "%s /x?y=z HTTP/1.1\r\nHost: h\r\nX-Mark: m\r\nContent-Length: 5\r\n\r\nhello",
                 methods[i]);
        snprintf(line, sizeof line, "x-method: %s", methods[i]);
        struct reply reply;
        client_ask(stage.port, request, &reply);
        assert_int_equal(reply.status, 200);
        assert_true(reply_has(&reply, line));
        assert_true(reply_has(&reply, "x-path: /x"));
        assert_true(reply_has(&reply, "x-query: y=z"));
        assert_true(reply_has(&reply, "x-mark: m"));
        assert_true(reply_has(&reply, "connection: close"));
        assert_string_equal(reply.body, "hello");
        reply_free(&reply);
    }
}

static void test_unknown_method_after_another_request(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    client_send(fd, "GET /bytes?n=3 HTTP/1.1\r\nHost: h\r\nX-Long: xxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n"
                    "BREW /x HTTP/1.0\r\n\r\n");
    struct reply reply;
    client_read(fd, &reply, false);
    assert_string_equal(reply.body, "012");
    reply_free(&reply);
    client_read(fd, &reply, false);
    assert_int_equal(reply.status, 200);
    assert_true(reply_has(&reply, "x-method: BREW"));
    reply_free(&reply);
    close(fd);
}

static void test_header_bytes_beyond_ascii_survive(void **state)
{
    (void)state;
    struct reply reply;
    client_ask(stage.port, "GET /echo HTTP/1.1\r\nHost: h\r\nX-Mark: a\xc3\xa4z\r\n\r\n", &reply);
    assert_true(reply_has(&reply, "x-mark: a\xc3\xa4z"));
    reply_free(&reply);
}

static void test_client_that_reads_slowly_gets_everything(void **state)
{
    (void)state;
    enum { LENGTH = 900000 };
    int fd = client_open_narrow(stage.port);
    client_send(fd, "GET /bytes?n=900000 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    char *all = malloc(LENGTH + 8192);
    size_t length = 0, got = 0;
    enum ending ending = ENDED_NOT;
    while (ending == ENDED_NOT && length < LENGTH + 8192) {
        ending = client_read_all(fd, 1000, all + length, 8192, &got);
        length += got;
        if (length < 100000)
            sleep_for_ms(2);
    }
    assert_int_equal(ending, ENDED_EOF);
    const char *body = strstr(all, "\r\n\r\n") + 4;
    assert_int_equal(length - (size_t)(body - all), LENGTH);
    free(all);
    close(fd);
}

static void test_client_that_leaves_early_harms_nobody(void **state)
{
    (void)state;
    static const char *const halves[] = {
        "",
        "GET /by",
        "PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
        "PUT /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
        "GET /bytes?n=1000000 HTTP/1.1\r\nHost: h\r\n\r\n",
    };
    for (int i = 0; i < 50; i++) {
        int fd = client_open(stage.port);
        client_send(fd, halves[i % 5]);
        close(fd);
    }
    struct reply reply;
    client_ask(stage.port, "GET /bytes?n=3 HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_string_equal(reply.body, "012");
    reply_free(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_and_body_reach_the_handler),
        cmocka_unit_test(test_keep_alive_serves_many_on_one_connection),
        cmocka_unit_test(test_pipelined_requests_are_answered_in_order),
        cmocka_unit_test(test_large_bodies_go_both_ways),
        cmocka_unit_test(test_chunked_body_in_dribs_and_drabs),
        cmocka_unit_test(test_large_chunked_body),
        cmocka_unit_test(test_trailers_are_read_and_dropped),
        cmocka_unit_test(test_expect_is_answered_before_the_body),
        cmocka_unit_test(test_expect_with_too_large_a_body_is_refused_at_once),
        cmocka_unit_test(test_head_has_no_body),
        cmocka_unit_test(test_statuses_without_a_body_have_none),
        cmocka_unit_test(test_connections_are_kept_by_the_rules),
        cmocka_unit_test(test_absolute_targets_are_reduced),
        cmocka_unit_test(test_asterisk_is_a_target),
        cmocka_unit_test(test_preflights_are_the_handlers),
        cmocka_unit_test(test_unknown_methods_are_the_handlers),
        cmocka_unit_test(test_unknown_method_after_another_request),
        cmocka_unit_test(test_header_bytes_beyond_ascii_survive),
        cmocka_unit_test(test_client_that_reads_slowly_gets_everything),
        cmocka_unit_test(test_client_that_leaves_early_harms_nobody),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
