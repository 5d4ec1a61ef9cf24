/* schema_ihop: a conversation with the program named on the command line. */
#include "json/reader.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/unit.h"

static const char *program;

/* Starts the program, sends it all the lines, and returns what it wrote. */
static size_t converse(const char *input, char *output, size_t size, int *status)
{
    int to[2];
    int from[2];
    assert_int_equal(pipe(to), 0);
    assert_int_equal(pipe(from), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(to[1]);
        close(from[0]);
        execl(program, program, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    assert_int_equal(write(to[1], input, strlen(input)), strlen(input));
    close(to[1]);
    size_t len = 0;
    ssize_t got;
    while (len + 1 < size && (got = read(from[0], output + len, size - 1 - len)) > 0)
        len += (size_t)got;
    output[len] = '\0';
    close(from[0]);
    assert_int_equal(waitpid(child, status, 0), child);
    return len;
}

static void test_whole_conversation(void **state)
{
    (void)state;
    static char output[65536];
    int status = 0;
    converse("{\"cmd\":\"start\",\"version\":1}\n"
             "{\"cmd\":\"dialect\",\"dialect\":\"https://json-schema.org/draft/2020-12/schema\"}\n"
             "{\"cmd\":\"dialect\",\"dialect\":\"http://json-schema.org/draft-07/schema#\"}\n"
             "{\"cmd\":\"run\",\"seq\":{\"n\":7},\"case\":{\"description\":\"d\",\"schema\":"
             "{\"$ref\":\"http://example.com/other\"},\"registry\":{\"http://example.com/other\":"
             "{\"type\":\"integer\"}},\"tests\":[{\"description\":\"a\",\"instance\":1.0},"
             "{\"description\":\"b\",\"instance\":null}]}}\n"
             "{\"cmd\":\"stop\"}\n"
             "{\"cmd\":\"start\",\"version\":1}\n",
             output, sizeof output, &status);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    char *line = strtok(output, "\n");
    assert_non_null(strstr(line, "{\"version\":1,\"implementation\":{\"language\":\"c\","
                                 "\"name\":\"understudy\""));
    assert_non_null(
        strstr(line, "\"dialects\":[\"https://json-schema.org/draft/2020-12/schema\"]"));
    assert_string_equal(strtok(NULL, "\n"), "{\"ok\":true}");
    assert_string_equal(strtok(NULL, "\n"), "{\"ok\":false}");
    assert_string_equal(strtok(NULL, "\n"),
                        "{\"seq\":{\"n\":7},\"results\":[{\"valid\":true},{\"valid\":false}]}");
    assert_null(strtok(NULL, "\n")); /* nothing after stop */
}

static void test_broken_case_is_an_error_of_that_case(void **state)
{
    (void)state;
    static char output[65536];
    int status = 0;
    converse("{\"cmd\":\"run\",\"seq\":1,\"case\":{\"schema\":{\"$ref\":\"#/nowhere\"},"
             "\"tests\":[{\"instance\":1}]}}\n"
             "{\"cmd\":\"run\",\"seq\":2,\"case\":{\"schema\":true,\"registry\":null,"
             "\"tests\":[{\"instance\":1}]}}\n",
             output, sizeof output, &status);
    assert_int_equal(WEXITSTATUS(status), 0);
    char *line = strtok(output, "\n");
    assert_non_null(strstr(line, "{\"seq\":1,\"errored\":true,\"context\":{\"message\":"));
    assert_non_null(strstr(line, "/nowhere"));
    assert_string_equal(strtok(NULL, "\n"), "{\"seq\":2,\"results\":[{\"valid\":true}]}");
}

static void test_garbage_ends_the_program(void **state)
{
    (void)state;
    static char output[65536];
    int status = 0;
    assert_int_equal(converse("{\"cmd\":\n", output, sizeof output, &status), 0);
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_int_equal(converse("{\"cmd\":\"dance\"}\n", output, sizeof output, &status), 0);
    assert_int_equal(WEXITSTATUS(status), 1);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s PROGRAM\n", argv[0]);
        return 2;
    }
    program = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_conversation),
        cmocka_unit_test(test_broken_case_is_an_error_of_that_case),
        cmocka_unit_test(test_garbage_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
