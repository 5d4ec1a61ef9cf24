/* A server that may open few files serves few clients at a time, and rests while nobody asks. */
#include "wire.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FEW_FILES = 60, TOO_FEW_FILES = 30, CROWD = 100, LOOK_MS = 800 };

/* A server in a process of its own: the clients here have files enough. */
struct child {
    pid_t pid;
    int port;
    int lifeline; /* it ends when this is closed */
};

static void serve(int files, int told, int lifeline)
{
    struct rlimit limit = {.rlim_cur = (rlim_t)files, .rlim_max = (rlim_t)files};
    struct stage stage;
    char end;
    setrlimit(RLIMIT_NOFILE, &limit);
    stage_start(&stage, 64);
    if (write(told, &stage.port, sizeof stage.port) != sizeof stage.port)
        _exit(1);
    (void)!read(lifeline, &end, 1);
    stage_stop(&stage, 100);
    _exit(0);
}

static struct child child_start(int files)
{
    int port[2], lifeline[2];
    struct child child;
    assert_int_equal(pipe(port), 0);
    assert_int_equal(pipe(lifeline), 0);
    child.pid = fork();
    if (child.pid == 0) {
        close(lifeline[1]);
        serve(files, port[1], lifeline[0]);
    }
    close(port[1]);
    close(lifeline[0]);
    child.lifeline = lifeline[1];
    assert_int_equal(read(port[0], &child.port, sizeof child.port), sizeof child.port);
    close(port[0]);
    return child;
}

static void child_stop(const struct child *child)
{
    int status = -1;
    close(child->lifeline);
    waitpid(child->pid, &status, 0);
    assert_int_equal(status, 0);
}

static long busy_ms(const struct child *child)
{
    clockid_t clock;
    struct timespec time;
    assert_int_equal(clock_getcpuclockid(child->pid, &clock), 0);
    assert_int_equal(clock_gettime(clock, &time), 0);
    return (long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void check_rests(const struct child *child)
{
    sleep_for_ms(300);
    long before = busy_ms(child);
    sleep_for_ms(LOOK_MS);
    assert_in_range(busy_ms(child) - before, 0, LOOK_MS / 3);
}

static void check_serves(const struct child *child)
{
    struct reply reply;
    client_ask(child->port, "GET /bytes?n=3 HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "012");
    reply_free(&reply);
}

/* More clients than files; each sends this first. */
static void check_crowd(const char *request)
{
    struct child child = child_start(FEW_FILES);
    int crowd[CROWD];
    check_serves(&child);
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = client_open(child.port);
        client_send(crowd[i], request);
    }
    check_rests(&child);
    for (int i = 0; i < CROWD; i++)
        close(crowd[i]);
    check_serves(&child);
    child_stop(&child);
}

static void test_more_silent_clients_than_files(void **state)
{
    (void)state;
    check_crowd("");
}

static void test_more_hung_clients_than_files(void **state)
{
    (void)state;
    check_crowd("GET /fault?act=hang HTTP/1.1\r\nHost: h\r\n\r\n");
}

static void test_too_few_files_to_start(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit = {.rlim_cur = TOO_FEW_FILES, .rlim_max = TOO_FEW_FILES};
        struct server_options options = {.threads = 4};
        struct buf error;
        buf_init(&error, NULL);
        setrlimit(RLIMIT_NOFILE, &limit);
        bool started = server_start(&options, &error) != NULL;
        _exit(!started && strstr(buf_text(&error), "ulimit -n") != NULL ? 0 : 1);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_silent_clients_than_files),
        cmocka_unit_test(test_more_hung_clients_than_files),
        cmocka_unit_test(test_too_few_files_to_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
