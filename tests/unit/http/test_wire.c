/* wire: the bytes of a response, the plan of sending them, and the plan carried out on a socket. */
#include "http/wire.h"

#include "support/unit.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NOW = 1000, MS = 1000000 };

struct bench {
    struct arena arena;
    struct response response;
    struct wire wire;
    int ours, theirs;
};

static void set_up(struct bench *bench, const char *body)
{
    int pair[2];
    memset(bench, 0, sizeof *bench);
    arena_init(&bench->arena, 4096, NULL);
    bench->response.status = 200;
    bench->response.body = str_from(body);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    bench->ours = pair[0];
    bench->theirs = pair[1];
}

static void tear_down(struct bench *bench)
{
    arena_clear(&bench->arena);
    close(bench->ours);
    close(bench->theirs);
}

static void plan(struct bench *bench, bool without_body)
{
    struct wire_terms terms = {
        .without_body = without_body,
        .keep_alive = true,
        .date = "Sun, 22 Nov 2026 10:11:35 GMT",
        .now_ns = NOW,
    };
    wire_plan(&bench->wire, &bench->response, &terms, &bench->arena);
}

/* What has arrived so far. */
static const char *arrived(struct bench *bench)
{
    static char text[4096];
    ssize_t got = recv(bench->theirs, text, sizeof text - 1, MSG_DONTWAIT);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

static void test_head_is_written_in_full(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench, "hello");
    response_header(&bench.response, "Content-Type", str_from("text/plain"));
    response_header(&bench.response, "X-Evil", str_from("a\r\nSet-Cookie: b"));
    plan(&bench, false);
    assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW, false), WIRE_SENT);
    assert_string_equal(arrived(&bench), "HTTP/1.1 200 OK\r\n"
                                         "date: Sun, 22 Nov 2026 10:11:35 GMT\r\n"
                                         "content-type: text/plain\r\n"
                                         "x-evil: a  Set-Cookie: b\r\n"
                                         "content-length: 5\r\n"
                                         "connection: keep-alive\r\n\r\nhello");
    assert_true(wire_is_complete(&bench.wire));
    assert_int_equal(wire_body_sent(&bench.wire), 5);
    tear_down(&bench);
}

static void test_body_and_length_follow_the_status(void **state)
{
    (void)state;
    static const struct {
        int status;
        bool head;
        const char *line; /* of Content-Length, or NULL */
        const char *body;
    } cases[] = {
        {200, false, "content-length: 5\r\n", "hello"},
        {200, true, "content-length: 5\r\n", ""},
        {204, false, NULL, ""},
        {205, false, "content-length: 0\r\n", ""},
        {304, false, NULL, ""},
        {100, false, NULL, ""},
        {599, false, "content-length: 5\r\n", "hello"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;
        set_up(&bench, "hello");
        bench.response.status = cases[i].status;
        plan(&bench, cases[i].head);
        assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW, false), WIRE_SENT);
        const char *text = arrived(&bench);
        const char *length = strstr(text, "content-length");
        assert_true((length != NULL) == (cases[i].line != NULL));
        if (length != NULL)
            assert_memory_equal(length, cases[i].line, strlen(cases[i].line));
        assert_string_equal(strstr(text, "\r\n\r\n") + 4, cases[i].body);
        assert_true(wire_is_complete(&bench.wire));
        tear_down(&bench);
    }
}

static void test_reason_is_the_usual_one_or_ones_own(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench, "");
    bench.response.status = 503;
    bench.response.reason = "Gone\r\nFishing";
    plan(&bench, false);
    assert_memory_equal(bench.wire.head.data, "HTTP/1.1 503 Gone  Fishing\r\n", 28);
    assert_string_equal(wire_reason(422), "Unprocessable Content");
    assert_string_equal(wire_reason(799), "Unknown");
    tear_down(&bench);
}

static void test_delay_is_waited_for(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench, "hello");
    bench.response.transport.delay_us = 2000;
    plan(&bench, false);
    assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW, false), WIRE_WAIT);
    assert_int_equal(bench.wire.due_ns, NOW + 2 * MS);
    assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW + 2 * MS - 1, false), WIRE_WAIT);
    assert_string_equal(arrived(&bench), "");
    assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW + 2 * MS, false), WIRE_SENT);
    tear_down(&bench);
}

static void test_drip_pauses_between_pieces(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench, "hello");
    bench.response.transport.drip_bytes = 2;
    bench.response.transport.drip_every_us = 1000;
    assert_int_equal(wire_duration_ns(&bench.response), 2 * MS);
    plan(&bench, false);
    static const char *const pieces[] = {"he", "ll", "o"};
    for (uint64_t i = 0; i < 3; i++) {
        enum wire_progress progress = wire_advance(&bench.wire, bench.ours, NOW + i * MS, false);
        assert_int_equal(progress, i < 2 ? WIRE_WAIT : WIRE_SENT);
        const char *text = arrived(&bench);
        assert_string_equal(i == 0 ? strstr(text, "\r\n\r\n") + 4 : text, pieces[i]);
    }
    tear_down(&bench);
}

static void test_endless_times_do_not_wrap(void **state)
{
    (void)state;
    static const struct transport endless[] = {
        {.delay_us = UINT64_MAX / 1000 + 1},
        {.delay_us = UINT64_MAX},
        {.drip_bytes = 1, .drip_every_us = UINT64_MAX / 1000},
        {.drip_bytes = 1, .drip_every_us = UINT64_MAX / 2 + 1},
        {.delay_us = UINT64_MAX - 1, .drip_bytes = 2, .drip_every_us = 1},
    };
    for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
        struct bench bench;
        set_up(&bench, "hello");
        bench.response.transport = endless[i];
        assert_true(wire_duration_ns(&bench.response) == UINT64_MAX);
        plan(&bench, false);
        assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW, false), WIRE_WAIT);
        assert_true(bench.wire.due_ns > UINT64_MAX / 2);
        tear_down(&bench);
    }
}

static void test_hurry_skips_every_pause(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench, "hello");
    bench.response.transport =
        (struct transport){.delay_us = 5000000, .drip_bytes = 1, .drip_every_us = 5000000};
    plan(&bench, false);
    assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW, true), WIRE_SENT);
    assert_true(wire_is_complete(&bench.wire));
    tear_down(&bench);
}

static void test_faults_cut_where_they_say(void **state)
{
    (void)state;
    static const struct {
        struct transport transport;
        int body; /* -1: not even the head */
        enum wire_end end;
    } cases[] = {
        {{.act = TRANSPORT_RESET, .at = TRANSPORT_AT_ACCEPT}, -1, WIRE_RESET},
        {{.act = TRANSPORT_RESET, .at = TRANSPORT_AT_HEAD}, 0, WIRE_RESET},
        {{.act = TRANSPORT_CLOSE, .at = TRANSPORT_AT_BYTE, .byte = 3}, 3, WIRE_FIN},
        {{.act = TRANSPORT_CLOSE, .at = TRANSPORT_AT_BYTE, .byte = UINT64_MAX}, 5, WIRE_FIN},
        {{.act = TRANSPORT_HANG, .at = TRANSPORT_AT_END}, 5, WIRE_HANG},
        {{.act = TRANSPORT_EMPTY}, -1, WIRE_FIN},
        {{.truncate = true, .truncate_at = 2}, 2, WIRE_FIN},
        {{.truncate = true, .truncate_at = UINT64_MAX}, 5, WIRE_FIN},
        {{.truncate = true, .truncate_at = 2, .act = TRANSPORT_RESET, .at = TRANSPORT_AT_END},
         2,
         WIRE_RESET},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;
        set_up(&bench, "hello");
        bench.response.transport = cases[i].transport;
        plan(&bench, false);
        assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW, false), WIRE_SENT);
        const char *text = arrived(&bench);
        if (cases[i].body < 0)
            assert_string_equal(text, "");
        else
            assert_int_equal(strlen(strstr(text, "\r\n\r\n") + 4), cases[i].body);
        assert_int_equal(bench.wire.end, cases[i].end);
        assert_int_equal(wire_is_complete(&bench.wire), cases[i].body == 5);
        tear_down(&bench);
    }
}

static void test_full_and_broken_sockets_are_told_apart(void **state)
{
    (void)state;
    enum { LENGTH = 4 << 20 };
    struct bench bench;
    set_up(&bench, "");
    char *large = test_malloc(LENGTH);
    memset(large, 'x', LENGTH);
    bench.response.body = str_make(large, LENGTH);
    plan(&bench, false);
    assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW, false), WIRE_FULL);
    uint64_t before = bench.wire.sent;
    assert_in_range(before, 1, LENGTH);
    char sink[65536];
    for (ssize_t read_away = 0, got; read_away < (ssize_t)before; read_away += got)
        got = recv(bench.theirs, sink, sizeof sink, 0);
    assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW, false), WIRE_FULL);
    assert_true(bench.wire.sent > before);
    shutdown(bench.theirs, SHUT_RDWR);
    assert_int_equal(wire_advance(&bench.wire, bench.ours, NOW, false), WIRE_BROKEN);
    assert_false(wire_is_complete(&bench.wire));
    test_free(large);
    tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_is_written_in_full),
        cmocka_unit_test(test_body_and_length_follow_the_status),
        cmocka_unit_test(test_reason_is_the_usual_one_or_ones_own),
        cmocka_unit_test(test_delay_is_waited_for),
        cmocka_unit_test(test_drip_pauses_between_pieces),
        cmocka_unit_test(test_endless_times_do_not_wrap),
        cmocka_unit_test(test_hurry_skips_every_pause),
        cmocka_unit_test(test_faults_cut_where_they_say),
        cmocka_unit_test(test_full_and_broken_sockets_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
