/* Requests as they should not be: each gets a clear answer, and the server goes on. */
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

struct bad {
    const char *what;
    const char *request;
    int status;
    const char *detail; /* part of the answer */
};

#define HOST "Host: h\r\n"
#define POST "POST /echo HTTP/1.1\r\nHost: h\r\n"

static const struct bad all_bad[] = {
    {"two lengths", POST "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", 400, "differ"},
    {"list of lengths", POST "Content-Length: 3, 5\r\n\r\nabcde", 400, "differ"},
    {"signed length", POST "Content-Length: +5\r\n\r\nabcde", 400, "not a number"},
    {"negative length", POST "Content-Length: -5\r\n\r\nabcde", 400, "not a number"},
    {"hex length", POST "Content-Length: 0x5\r\n\r\nabcde", 400, "not a number"},
    {"length with rest", POST "Content-Length: 5 5\r\n\r\nabcde", 400, "not a number"},
    {"empty length", POST "Content-Length:\r\n\r\nabcde", 400, "not a number"},
    {"word as length", POST "Content-Length: five\r\n\r\nabcde", 400, "not a number"},
    {"huge length", POST "Content-Length: 99999999999999999999\r\n\r\n", 413, "larger"},
    {"largest length", POST "Content-Length: 9223372036854775807\r\n\r\n", 413, "larger"},
    {"one too many", POST "Content-Length: 1048577\r\n\r\n", 413, "larger"},
    {"length and chunks", POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400, "exclude"},
    {"chunks and length", POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
     400, "exclude"},
    {"gzip coding", POST "Transfer-Encoding: gzip\r\n\r\n", 400, "chunked"},
    {"gzip, chunked", POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, "chunked"},
    {"identity coding", POST "Transfer-Encoding: identity\r\n\r\n", 400, "chunked"},
    {"two codings",
     POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "chunked"},
    {"coding of 1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "1.0"},
    {"chunk extension", POST "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n", 400,
     "chunked"},
    {"chunk of nonsense", POST "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", 400,
     "chunked"},
    {"negative chunk", POST "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", 400,
     "chunked"},
    {"chunk longer than said", POST "Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
     400, "chunked"},
    {"chunk of all there is",
     POST "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello\r\n0\r\n\r\n", 400,
     "chunked"},
    {"no host", "GET / HTTP/1.1\r\nX-A: b\r\n\r\n", 400, "Host"},
    {"no headers", "GET / HTTP/1.1\r\n\r\n", 400, "Host"},
    {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "Host"},
    {"host with path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "Host"},
    {"host with blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "Host"},
    {"folded line", "GET / HTTP/1.1\r\n" HOST "X-A: b\r\n c\r\nX-B: d\r\n\r\n", 400, "folded"},
    {"folded with a blank", "GET / HTTP/1.1\r\n" HOST "X-A:\r\n b\r\n\r\n", 400, "folded"},
    {"folded first line", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400, "blank"},
    {"blank before colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400, "colon"},
    {"blanks before colon", "GET / HTTP/1.1\r\n" HOST "X-A  :b\r\n\r\n", 400, "colon"},
    {"blank before colon, no value", "GET / HTTP/1.1\r\n" HOST "X-A :\r\n\r\n", 400, "colon"},
    {"name that is no token", "GET / HTTP/1.1\r\n" HOST "X(A): b\r\n\r\n", 400, "name"},
    {"line without colon", "GET / HTTP/1.1\r\n" HOST "nonsense\r\n\r\n", 400, ""},
    {"header without name", "GET / HTTP/1.1\r\n" HOST ": x\r\n\r\n", 400, "no header"},
    {"bare line feeds", "GET / HTTP/1.1\nHost: h\n\n", 400, "CR LF"},
    {"one bare line feed", "GET / HTTP/1.1\r\n" HOST "X-A: b\nX-B: c\r\n\r\n", 400, "CR LF"},
    {"bare line feeds at the end", "GET / HTTP/1.1\r\nHost: h\n\n", 400, ""},
    {"bare carriage return", "GET / HTTP/1.1\r\n" HOST "X-A: b\rc\r\n\r\n", 400, ""},
    {"two blanks", "GET  / HTTP/1.1\r\n" HOST "\r\n", 400, "single blanks"},
    {"two blanks later", "GET /  HTTP/1.1\r\n" HOST "\r\n", 400, "single blanks"},
    {"line break in the request line", "GET /\r\nHTTP/1.1\r\n" HOST "\r\n", 400, ""},
    {"no version", "GET /\r\n" HOST "\r\n", 400, ""},
    {"HTTP/0.9", "GET /\r\n\r\n", 400, ""},
    {"HTTP/2.0", "GET / HTTP/2.0\r\n" HOST "\r\n", 505, "HTTP/1.1"},
    {"HTTP/1.2", "GET / HTTP/1.2\r\n" HOST "\r\n", 505, "HTTP/1.1"},
    {"preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1"},
    {"another protocol", "GET / HTTQ/1.1\r\n" HOST "\r\n", 400, ""},
    {"relative target", "GET x HTTP/1.1\r\n" HOST "\r\n", 400, "malformed"},
    {"control character", "GET / HTTP/1.1\r\n" HOST "X-A: \x01\r\n\r\n", 400, "malformed"},
    {"a greeting in TLS", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n", 400, "malformed"},
    {"two empty lines before", "\r\n\r\n" POST "Content-Length: 2\r\n\r\nhi", 400, "empty line"},
    {"three empty lines before", "\r\n\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 400, "empty line"},
    {"eight empty lines before",
     "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" POST "Content-Length: 2\r\n\r\nhi", 400, "empty line"},
    {"two line feeds before", "\n\nGET / HTTP/1.1\r\n" HOST "\r\n", 400, "empty line"},
    {"blank before the request", " GET / HTTP/1.1\r\n" HOST "\r\n", 400, "empty line"},
    {"unknown method, two empty lines before", "\r\n\r\nBREW / HTTP/1.1\r\n" HOST "\r\n", 400,
     "empty line"},
    {"unknown method, folded", "BREW / HTTP/1.1\r\n" HOST "X-A: b\r\n c\r\n\r\n", 400, "no header"},
    {"unknown method, no host", "BREW / HTTP/1.1\r\nX-A: b\r\n\r\n", 400, "Host"},
    {"unknown method, chunked",
     "BREW / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, "chunked"},
    {"unknown method, no protocol", "A b 1.1\r\n" HOST "\r\n", 400, "malformed"},
    {"unknown method, HTTP/1.9", "BREW / HTTP/1.9\r\n" HOST "\r\n", 400, "malformed"},
    {"unknown method, line feeds", "BREW / HTTP/1.1\nHost: h\n\n", 400, ""},
};

static void check_refusal(const char *what, const struct reply *reply, int status,
                          const char *detail)
{
    if (reply->status != status)
        fail_msg("%s: status %d, expected %d", what, reply->status, status);
    if (strstr(reply->body, detail) == NULL)
        fail_msg("%s: \"%s\" is not in %s", what, detail, reply->body);
    if (!reply_has(reply, "connection: close") ||
        !reply_has(reply, "content-type: application/json"))
        fail_msg("%s: %s", what, reply->head);
    assert_memory_equal(reply->body, "{\"detail\":\"", 11);
    assert_memory_equal(reply->body + reply->body_len - 2, "\"}", 2);
    for (size_t i = 11; i < reply->body_len - 2; i++)
        if (reply->body[i] == '"' && reply->body[i - 1] != '\\')
            fail_msg("%s: a quote is not escaped in %s", what, reply->body);
}

static void test_every_fault_is_refused(void **state)
{
    (void)state;
    size_t handled = stage.seen.handled;
    for (size_t i = 0; i < sizeof all_bad / sizeof *all_bad; i++) {
        const struct bad *bad = &all_bad[i];
        int fd = client_open(stage.port);
        struct reply reply;
        client_send(fd, bad->request);
        client_read(fd, &reply, false);
        check_refusal(bad->what, &reply, bad->status, bad->detail);
        reply_free(&reply);
        char rest[16];
        size_t got;
        if (client_read_all(fd, 3000, rest, sizeof rest, &got) != ENDED_EOF || got != 0)
            fail_msg("%s: the connection did not end in order", bad->what);
        close(fd);
    }
    assert_int_equal(stage.seen.handled, handled);
}

/* What is refused must not be taken for a request, and the next one on the connection not served.
 */
static void test_nothing_is_served_behind_a_refused_request(void **state)
{
    (void)state;
    size_t handled = stage.seen.handled;
    for (size_t i = 0; i < sizeof all_bad / sizeof *all_bad; i++) {
        int fd = client_open(stage.port);
        client_send(fd, all_bad[i].request);
        client_send(fd, "GET /bytes?n=3 HTTP/1.1\r\nHost: h\r\n\r\n");
        char all[4096];
        size_t got;
        client_read_all(fd, 3000, all, sizeof all - 1, &got);
        all[got] = '\0';
        const char *second = got > 8 ? strstr(all + 8, "HTTP/1.1 2") : NULL;
        if (second != NULL)
            fail_msg("%s: a second answer: %s", all_bad[i].what, all);
        close(fd);
    }
    assert_int_equal(stage.seen.handled, handled);
}

/* A body whose end would be a request, if so many bytes of the head were taken for its start. */
static void send_hidden_request(int fd, int empty_lines)
{
    enum { LENGTH = 400 };
    static const char head[] = POST "Content-Length: 400\r\n\r\n";
    char tail[sizeof head + 64];
    int room = (int)sizeof head - 1 + 2 * empty_lines - 4;
    int fill = room - (int)strlen("GET / HTTP/1.1\r\nHost: \r\n\r\n");
    char host[128];
    memset(host, 'h', sizeof host);
    snprintf(tail, sizeof tail, "GET / HTTP/1.1\r\nHost: %.*s\r\n\r\n", fill, host);
    char text[1024] = "";
    for (int i = 0; i < empty_lines; i++)
        strcat(text, "\r\n");
    strcat(text, head);
    size_t before = strlen(text);
    memset(text + before, 'z', LENGTH);
    memcpy(text + before + LENGTH - strlen(tail), tail, strlen(tail));
    client_send_bytes(fd, text, before + LENGTH);
}

static void check_nothing_hidden_is_served(const struct stage *on, int empty_lines)
{
    int fd = client_open(on->port);
    char all[4096];
    size_t got;
    send_hidden_request(fd, empty_lines);
    client_read_all(fd, 1000, all, sizeof all - 1, &got);
    all[got] = '\0';
    assert_memory_equal(all, "HTTP/1.1 400 ", 13);
    assert_null(strstr(all + 1, "HTTP/1.1 "));
    assert_int_equal(on->seen.handled, 0);
    close(fd);
}

/* The first request of a worker is the one whose place tells least. */
static void test_no_request_is_hidden_in_a_body(void **state)
{
    (void)state;
    for (int empty_lines = 2; empty_lines <= 17; empty_lines++) {
        struct stage fresh;
        stage_start(&fresh, 1);
        check_nothing_hidden_is_served(&fresh, empty_lines);
        check_nothing_hidden_is_served(&fresh, empty_lines);
        stage_stop(&fresh, 100);
    }
}

static void test_lenient_forms_are_accepted(void **state)
{
    (void)state;
    static const char *const requests[] = {
        POST "Content-Length: 2, 2\r\n\r\nhi",
        POST "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
        POST "Content-Length: 0002\r\n\r\nhi",
        "\r\nPOST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi",
        "POST /echo HTTP/1.1\r\nHost:\r\nContent-Length:2\r\n\r\nhi",
        "POST /echo HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi",
        POST "X-Empty:\r\nX-Blank: \r\nContent-Length: 2\r\nX-Last:\r\n\r\nhi",
        POST "Transfer-Encoding: chunked\r\n\r\n002\r\nhi\r\n000\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct reply reply;
        client_ask(stage.port, requests[i], &reply);
        if (reply.status != 200 || strcmp(reply.body, "hi") != 0)
            fail_msg("%d %s: %s", reply.status, reply.body, requests[i]);
        reply_free(&reply);
    }
}

/* A request with so many headers, Host among them. */
static char *with_headers(int count)
{
    char *text = malloc((size_t)count * 16 + 64);
    char *end = text + sprintf(text, "GET /bytes?n=3 HTTP/1.1\r\nHost: h\r\n");
    for (int i = 1; i < count; i++)
        end += sprintf(end, "X-%d: %d\r\n", i, i);
    strcpy(end, "\r\n");
    return text;
}

static void test_number_of_headers_is_bounded(void **state)
{
    (void)state;
    static const struct {
        int count;
        int status;
    } cases[] = {{1, 200}, {64, 200}, {65, 431}, {66, 431}, {500, 431}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *request = with_headers(cases[i].count);
        struct reply reply;
        client_ask(stage.port, request, &reply);
        assert_int_equal(reply.status, cases[i].status);
        reply_free(&reply);
        free(request);
    }
}

/* The status for a head of `length` bytes. */
static int status_of_head(size_t length)
{
    static const char start_of_head[] = "GET /bytes?n=3 HTTP/1.1\r\nHost: h\r\nX-Long: ";
    char *request = malloc(length + 1);
    memset(request, 'x', length);
    memcpy(request, start_of_head, sizeof start_of_head - 1);
    memcpy(request + length - 4, "\r\n\r\n", 5);
    struct reply reply;
    client_ask(stage.port, request, &reply);
    int status = reply.status;
    reply_free(&reply);
    free(request);
    return status;
}

static void test_size_of_the_head_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(status_of_head(16000), 200);
    assert_int_equal(status_of_head(16384), 200);
    assert_int_equal(status_of_head(16385), 400);
    assert_int_equal(status_of_head(100000), 400);
}

static void test_body_shorter_than_announced(void **state)
{
    (void)state;
    static const char *const requests[] = {
        POST "Content-Length: 10\r\n\r\nhalf",
        POST "Content-Length: 10\r\n\r\n",
        POST "Transfer-Encoding: chunked\r\n\r\n5\r\nhal",
        POST "Transfer-Encoding: chunked\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        size_t handled = stage.seen.handled;
        int fd = client_open(stage.port);
        client_send(fd, requests[i]);
        shutdown(fd, SHUT_WR);
        struct reply reply;
        client_read(fd, &reply, false);
        assert_int_equal(reply.status, 400);
        assert_int_equal(stage.seen.handled, handled);
        reply_free(&reply);
        close(fd);
    }
}

/* A client that sends a too large body without waiting gets to read why it was refused. */
static void test_answer_to_a_too_large_body_arrives(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++) {
        int fd = client_open(stage.port);
        enum { LENGTH = 3 << 20 };
        char *body = calloc(1, LENGTH);
        client_send(fd, POST "Content-Length: 3145728\r\n\r\n");
        client_send_bytes(fd, body, LENGTH);
        struct reply reply;
        client_read(fd, &reply, false);
        check_refusal("3 MB", &reply, 413, "--max-body");
        reply_free(&reply);
        free(body);
        close(fd);
    }
}

static void test_too_large_chunked_body_is_refused(void **state)
{
    (void)state;
    int fd = client_open(stage.port);
    char *chunk = calloc(1, 0x20000);
    client_send(fd, POST "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 12; i++) {
        client_send(fd, "20000\r\n");
        client_send_bytes(fd, chunk, 0x20000);
        client_send(fd, "\r\n");
    }
    client_send(fd, "0\r\n\r\n");
    struct reply reply;
    client_read(fd, &reply, false);
    check_refusal("1.5 MB in chunks", &reply, 413, "larger");
    reply_free(&reply);
    free(chunk);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_fault_is_refused),
        cmocka_unit_test(test_nothing_is_served_behind_a_refused_request),
        cmocka_unit_test(test_no_request_is_hidden_in_a_body),
        cmocka_unit_test(test_lenient_forms_are_accepted),
        cmocka_unit_test(test_number_of_headers_is_bounded),
        cmocka_unit_test(test_size_of_the_head_is_bounded),
        cmocka_unit_test(test_body_shorter_than_announced),
        cmocka_unit_test(test_answer_to_a_too_large_body_arrives),
        cmocka_unit_test(test_too_large_chunked_body_is_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
