/* source: positions and lines of a text; files of every kind. */
#include "base/source.h"

#include "support/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void assert_position(const char *text, size_t offset, uint32_t line, uint32_t column)
{
    struct source source = {.name = "t", .text = str_from(text)};
    struct source_position at = source_position(&source, offset);
    assert_int_equal(at.line, line);
    assert_int_equal(at.column, column);
    for (size_t from = 0; from <= offset; from++) {
        struct source_position on =
            source_position_from(&source, from, source_position(&source, from), offset);
        assert_int_equal(on.line, line);
        assert_int_equal(on.column, column);
    }
}

static void test_positions(void **state)
{
    (void)state;
    assert_position("", 0, 1, 1);
    assert_position("abc", 0, 1, 1);
    assert_position("abc", 2, 1, 3);
    assert_position("abc", 3, 1, 4);
    assert_position("abc", 99, 1, 4);
    assert_position("a\nb", 1, 1, 2);
    assert_position("a\nb", 2, 2, 1);
    assert_position("a\n\n", 3, 3, 1);
    assert_position("a\r\nb", 3, 2, 1);
    assert_position("\u00e9\u20ac\U0001f600x", 2, 1, 2);
    assert_position("\u00e9\u20ac\U0001f600x", 5, 1, 3);
    assert_position("\u00e9\u20ac\U0001f600x", 9, 1, 4);
    assert_position("\u00e9\n\u00e9x", 5, 2, 2);
}

static void assert_line(const char *text, size_t offset, const char *wanted)
{
    struct source source = {.name = "t", .text = str_from(text)};
    struct str line = source_line(&source, offset);
    assert_int_equal(line.len, strlen(wanted));
    if (line.len > 0)
        assert_memory_equal(line.data, wanted, line.len);
}

static void test_lines(void **state)
{
    (void)state;
    assert_line("", 0, "");
    assert_line("one\ntwo\nthree", 0, "one");
    assert_line("one\ntwo\nthree", 3, "one");
    assert_line("one\ntwo\nthree", 4, "two");
    assert_line("one\ntwo\nthree", 8, "three");
    assert_line("one\ntwo\nthree", 99, "three");
    assert_line("one\r\ntwo\r\n", 1, "one");
    assert_line("one\r\ntwo\r\n", 6, "two");
    assert_line("one\n", 4, "");
    assert_line("\n\n", 1, "");
}

/* --- files --------------------------------------------------------------------------- */

/* A temporary file of that content; the path is valid until the next call. */
static const char *write_file(const char *data, size_t len)
{
    static char path[64];
    strcpy(path, "/tmp/source-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), len);
    close(fd);
    return path;
}

static void test_a_file_of_any_size(void **state)
{
    (void)state;
    static char data[200000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i * 7);
    const size_t sizes[] = {0, 1, 4095, 4096, 65535, 65536, 65537, sizeof data};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct arena arena;
        arena_init(&arena, 1024, NULL);
        struct source source;
        const char *path = write_file(data, sizes[i]);
        enum source_outcome outcome = source_read(&arena, path, sizes[i], &source);
        unlink(path);
        assert_int_equal(outcome, SOURCE_OK);
        assert_string_equal(source.name, path);
        assert_ptr_not_equal(source.name, path);
        assert_int_equal(source.text.len, sizes[i]);
        assert_memory_equal(source.text.data, data, sizes[i]);
        assert_int_equal(source.text.data[sizes[i]], 0);
        arena_clear(&arena);
    }
}

static void test_a_file_beyond_the_limit(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    struct source source;
    const char *path = write_file("0123456789", 10);
    enum source_outcome outcome = source_read(&arena, path, 9, &source);
    unlink(path);
    assert_int_equal(outcome, SOURCE_TOO_LARGE);
    assert_int_equal(source.text.len, 0);
    arena_clear(&arena);
}

/* Files whose size the system does not know: devices, and what grows while it is read. */
static void test_files_without_a_size(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    struct source source;
    assert_int_equal(source_read(&arena, "/dev/zero", 1000000, &source), SOURCE_TOO_LARGE);
    assert_int_equal(source_read(&arena, "/dev/null", 10, &source), SOURCE_OK);
    assert_int_equal(source.text.len, 0);
    assert_int_equal(source_read(&arena, "/proc/self/status", 1000000, &source), SOURCE_OK);
    assert_true(str_starts_with(source.text, "Name:"));
    arena_clear(&arena);
}

static void test_what_cannot_be_read(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    struct source source;
    assert_int_equal(source_read(&arena, "/no/such/file", 10, &source), SOURCE_UNREADABLE);
    assert_int_equal(errno, ENOENT);
    assert_string_equal(source.name, "/no/such/file");
    assert_int_equal(source_read(&arena, "/tmp", 10, &source), SOURCE_UNREADABLE);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(source_read(&arena, "", 10, &source), SOURCE_UNREADABLE);
    assert_int_equal(source.text.len, 0);
    arena_clear(&arena);
}

static void test_standard_input(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    const char *path = write_file("piped", 5);
    assert_non_null(freopen(path, "rb", stdin));
    struct source source;
    enum source_outcome outcome = source_read(&arena, "-", 5, &source);
    unlink(path);
    assert_int_equal(outcome, SOURCE_OK);
    assert_string_equal(source.name, "<stdin>");
    assert_true(str_is(source.text, "piped"));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_a_file_of_any_size),
        cmocka_unit_test(test_a_file_beyond_the_limit),
        cmocka_unit_test(test_files_without_a_size),
        cmocka_unit_test(test_what_cannot_be_read),
        cmocka_unit_test(test_standard_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
