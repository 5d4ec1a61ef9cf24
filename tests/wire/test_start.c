/* Starting: on a free port, or with one clear line that says why not. */
#include "wire.h"

#include <unistd.h>

static struct server *try_to_start(const char *host, int port, int threads, char *why, size_t room)
{
    struct server_options options = {.host = host, .port = port, .threads = threads};
    struct buf error;
    buf_init(&error, NULL);
    struct server *server = server_start(&options, &error);
    strncpy(why, buf_text(&error), room - 1);
    why[room - 1] = '\0';
    buf_free(&error);
    return server;
}

static void test_port_zero_takes_a_free_one(void **state)
{
    (void)state;
    char why[256];
    struct server *first = try_to_start(NULL, 0, 2, why, sizeof why);
    struct server *second = try_to_start("localhost", 0, 2, why, sizeof why);
    assert_non_null(first);
    assert_non_null(second);
    assert_string_equal(why, "");
    assert_in_range(server_port(first), 1, 65535);
    assert_int_not_equal(server_port(first), server_port(second));
    server_stop(first, 0);
    server_stop(second, 0);
}

static void test_failures_say_why(void **state)
{
    (void)state;
    char why[256];
    struct server *first = try_to_start("127.0.0.1", 0, 2, why, sizeof why);
    struct failure {
        const char *host;
        int port;
        int threads;
        const char *words;
    } failures[] = {
        {"127.0.0.1", server_port(first), 2, "the port is in use"},
        {"0.0.0.0", server_port(first), 2, "the port is in use"},
        {"::1", 0, 2, "IPv6 is not supported"},
        {"[::]", 0, 2, "IPv6 is not supported"},
        {"192.0.2.1", 0, 2, "does not have that address"},
        {"no.such.host.invalid", 0, 2, "cannot listen on \"no.such.host.invalid\""},
        {"", 0, 2, "cannot listen"},
        {"127.0.0.1", 65536, 2, "65536 is not a port"},
        {"127.0.0.1", -1, 2, "-1 is not a port"},
        {"127.0.0.1", 0, -3, "-3 is not a number of threads"},
        {"127.0.0.1", 0, 100000, "100000 is not a number of threads"},
    };
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        struct failure *failure = &failures[i];
        assert_null(try_to_start(failure->host, failure->port, failure->threads, why, sizeof why));
        if (strstr(why, failure->words) == NULL || strchr(why, '\n') != NULL)
            fail_msg("%s:%d: %s", failure->host, failure->port, why);
    }
    server_stop(first, 0);
}

static void test_privileged_port(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        print_message("skipped: root may take every port\n");
        skip();
    }
    char why[256];
    assert_null(try_to_start("127.0.0.1", 1, 2, why, sizeof why));
    assert_non_null(strstr(why, "no permission"));
}

static void test_is_ready_when_started(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct stage stage;
        stage_start(&stage, 4);
        struct reply reply;
        client_ask(stage.port, "GET /bytes?n=3 HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
        assert_string_equal(reply.body, "012");
        reply_free(&reply);
        stage_stop(&stage, 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_port_zero_takes_a_free_one),
        cmocka_unit_test(test_failures_say_why),
        cmocka_unit_test(test_privileged_port),
        cmocka_unit_test(test_is_ready_when_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
