/* journal_file: each finished exchange is a line, none is lost, secrets are hidden. */
#include "verify/journal_file.h"

#include "json/reader.h"

#include "support/unit.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/understudy-journal-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    strcpy(path + sizeof path - 7, "XXXXXX");
    int fd = mkstemp(path);
    return fd >= 0 ? close(fd) : -1;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void add(struct journal *journal, struct journal_file *file, const char *body)
{
    static const struct journal_header headers[] = {{{"x-api-key", 9}, {"hush", 4}}};
    struct journal_exchange exchange = {.method = str_from("PUT"),
                                        .path = str_from("/things"),
                                        .query = str_from("token=hush&a=1"),
                                        .headers = headers,
                                        .header_count = 1,
                                        .body = str_from(body),
                                        .status = 200};
    struct journal_entry *entry = journal_retain(journal_add(journal, &exchange));
    journal_finish(entry, true, 5, 1000);
    journal_file_add(file, entry);
}

/* Every line must be a JSON object; returns how many there are. */
static size_t read_lines(struct arena *arena, struct json_node **first)
{
    struct source whole;
    size_t count = 0;
    assert_int_equal(source_read(arena, path, 1 << 26, &whole), SOURCE_OK);
    for (struct str rest = whole.text; rest.len > 0; count++) {
        struct source *line = arena_alloc(arena, sizeof *line);
        struct json_read_options options = {0};
        struct json_document document;
        struct json_error error;
        *line = (struct source){"line", str_make(rest.data, str_find_char(rest, '\n')), NULL};
        assert_true(line->text.len < rest.len);
        rest = str_after(rest, line->text.len + 1);
        assert_true(json_read(arena, line, &options, &document, &error));
        if (count == 0)
            *first = document.root;
    }
    return count;
}

static void test_lines_are_appended_without_secrets(void **state)
{
    (void)state;
    struct arena arena;
    struct json_node *first = NULL;
    struct journal *journal = journal_new(NULL);
    arena_init(&arena, 4096, NULL);
    for (int run = 1; run <= 2; run++) {
        struct journal_file *file = journal_file_open(path);
        assert_non_null(file);
        add(journal, file, "{\"a\":\"x\\ny\"}");
        assert_true(journal_file_close(file));
        assert_int_equal(read_lines(&arena, &first), run);
    }
    const struct json_node *request = json_member(first, "request");
    assert_true(str_is(json_member_text(request, "query", str_from("")), "token=***&a=1"));
    assert_true(
        str_is(json_member_text(json_first(json_member(request, "headers")), "value", str_from("")),
               "***"));
    assert_true(str_is(json_member_text(first, "state", str_from("")), "sent"));
    arena_clear(&arena);
    journal_free(journal);
}

enum { THREADS = 4, EACH = 5000 };

struct feed {
    struct journal *journal;
    struct journal_file *file;
};

static void *feed_it(void *context)
{
    struct feed *feed = context;
    for (int i = 0; i < EACH; i++)
        add(feed->journal, feed->file, "{}");
    return NULL;
}

/* More than the queue holds, while the journal itself forgets. */
static void test_nothing_is_lost_under_load(void **state)
{
    (void)state;
    struct journal_options few = {.max_entries = 10};
    struct feed feed = {journal_new(&few), journal_file_open(path)};
    pthread_t threads[THREADS];
    assert_non_null(feed.file);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, feed_it, &feed), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_true(journal_file_close(feed.file));
    struct arena arena;
    struct json_node *first;
    arena_init(&arena, 1 << 20, NULL);
    assert_int_equal(read_lines(&arena, &first), THREADS * EACH);
    arena_clear(&arena);
    journal_free(feed.journal);
}

static void test_lines_come_without_closing(void **state)
{
    (void)state;
    struct journal *journal = journal_new(NULL);
    struct journal_file *file = journal_file_open(path);
    add(journal, file, "{}");
    long size = 0;
    for (int i = 0; i < 500 && size == 0; i++) {
        usleep(10000);
        FILE *lines = fopen(path, "r");
        fseek(lines, 0, SEEK_END);
        size = ftell(lines);
        fclose(lines);
    }
    assert_true(size > 0);
    assert_true(journal_file_close(file));
    journal_free(journal);
}

static void test_what_cannot_be_written_is_told(void **state)
{
    (void)state;
    assert_null(journal_file_open("/tmp"));
    assert_int_equal(errno, EISDIR);
    assert_null(journal_file_open("/nowhere/at/all"));
    assert_true(journal_file_close(NULL));
    if (access("/dev/full", W_OK) != 0)
        return;
    struct journal *journal = journal_new(NULL);
    struct journal_file *file = journal_file_open("/dev/full");
    assert_non_null(file);
    add(journal, file, "{}");
    add(journal, file, "{}");
    assert_false(journal_file_close(file));
    journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines_are_appended_without_secrets, make_file,
                                        remove_file),
        cmocka_unit_test_setup_teardown(test_nothing_is_lost_under_load, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_lines_come_without_closing, make_file, remove_file),
        cmocka_unit_test(test_what_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
