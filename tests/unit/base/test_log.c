/* log: what a line looks like, what it hides, and that nothing breaks it. */
#include "base/log.h"

#include "base/buf.h"

#include "support/unit.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A log into a file that can be read back. */
struct sink {
    struct log log;
    FILE *file;
};

static struct sink open_sink(enum log_format format)
{
    struct sink sink = {.file = tmpfile()};
    assert_non_null(sink.file);
    log_init(&sink.log, format, LOG_LEVEL_INFO, fileno(sink.file));
    return sink;
}

/* All that was written; the caller frees it with buf_free. Closes the sink. */
static struct buf close_sink(struct sink *sink)
{
    struct buf text;
    buf_init(&text, NULL);
    rewind(sink->file);
    char chunk[4096];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, sink->file)) > 0)
        buf_add(&text, chunk, got);
    fclose(sink->file);
    return text;
}

enum { TIME_LENGTH = 24 };

/* "2026-11-22T10:11:35.123Z" */
static void assert_time(const char *text)
{
    static const char shape[] = "0000-00-00T00:00:00.000Z";
    for (size_t i = 0; i < TIME_LENGTH; i++) {
        if (shape[i] == '0')
            assert_in_range(text[i], '0', '9');
        else
            assert_int_equal(text[i], shape[i]);
    }
}

/* What a text line of the request says after the time. */
static void assert_text_line(const struct log_request *request, const char *wanted)
{
    struct sink sink = open_sink(LOG_FORMAT_TEXT);
    log_request(&sink.log, request);
    struct buf text = close_sink(&sink);
    assert_in_range(text.len, TIME_LENGTH, PIPE_BUF);
    assert_time(text.data);
    assert_string_equal(buf_text(&text) + TIME_LENGTH, wanted);
    buf_free(&text);
}

static void assert_json_line(const struct log_request *request, const char *wanted)
{
    struct sink sink = open_sink(LOG_FORMAT_JSON);
    log_request(&sink.log, request);
    struct buf text = close_sink(&sink);
    assert_in_range(text.len, TIME_LENGTH, PIPE_BUF);
    assert_memory_equal(text.data, "{\"time\":\"", 9);
    assert_time(text.data + 9);
    assert_string_equal(buf_text(&text) + 9 + TIME_LENGTH, wanted);
    buf_free(&text);
}

static struct log_request a_request(void)
{
    return (struct log_request){
        .method = str_from("PUT"),
        .path = str_from("/v5/items"),
        .operation = str_from("PUT /v5/items"),
        .id = 7,
        .status = 200,
        .bytes = 512,
        .duration_ns = 412345,
    };
}

static void test_text_lines(void **state)
{
    (void)state;
    struct log_request request = a_request();
    assert_text_line(&request, " PUT /v5/items 200 512B 0.41ms\n");
    request.query = str_from("a=1&b=%20");
    request.operation = str_from("PUT /v5/{name}");
    request.world = str_from("t 1");
    request.fault = str_from("so \"flaky\"");
    request.violations = 2;
    request.incomplete = true;
    request.status = 0;
    request.duration_ns = 12345678900;
    assert_text_line(&request, " PUT /v5/items?a=1&b=%20 - 512B 12345.68ms "
                               "operation=\"PUT /v5/{name}\" world=\"t 1\" violations=2 "
                               "fault=\"so \\\"flaky\\\"\" incomplete\n");
}

static void test_json_lines(void **state)
{
    (void)state;
    struct log_request request = a_request();
    request.query = str_from("q=\"");
    request.world = str_from("t1");
    assert_json_line(&request,
                     "\",\"level\":\"info\",\"event\":\"request\",\"id\":7,\"method\":\"PUT\","
                     "\"path\":\"/v5/items\",\"query\":\"q=\\\"\",\"operation\":\"PUT /v5/items\","
                     "\"world\":\"t1\",\"status\":200,\"bytes\":512,\"duration_us\":412,"
                     "\"violations\":0,\"fault\":\"\",\"complete\":true}\n");
    assert_json_line(&(struct log_request){.incomplete = true},
                     "\",\"level\":\"info\",\"event\":\"request\",\"method\":\"\","
                     "\"path\":\"\",\"query\":\"\",\"operation\":\"\","
                     "\"world\":\"\",\"status\":0,\"bytes\":0,\"duration_us\":0,"
                     "\"violations\":0,\"fault\":\"\",\"complete\":false}\n");
}

static void test_hostile_values_stay_in_their_place(void **state)
{
    (void)state;
    struct log_request request = {
        .method = str_from("GET /x 200"),
        .path = str_from("/a\r\n2026 \x1b[2J\"\\\x7f"),
        .query = str_from("\xff\xc0\x80&\xc2\x85\xe2\x80\xa8\xe2\x80\xa9\u00e9\u20ac\U0001f600"),
    };
    assert_text_line(&request, " GET\\u0020/x\\u0020200 /a\\u000d\\u000a2026\\u0020\\u001b[2J"
                               "\\\"\\\\\\u007f?\\ufffd\\ufffd\\ufffd&\\u0085\\u2028\\u2029"
                               "\u00e9\u20ac\U0001f600 - 0B 0.00ms\n");
    request.path = str_make("\0 \t", 3);
    request.query = str_from("");
    request.method = str_from("");
    assert_text_line(&request, "  \\u0000\\u0020\\u0009 - 0B 0.00ms\n");
}

static void test_long_values_are_cut_and_the_line_fits(void **state)
{
    (void)state;
    static char noise[20000];
    memset(noise, '\x01', sizeof noise);
    struct str hostile = str_make(noise, sizeof noise);
    struct log_request request = {hostile,    hostile,   hostile,    hostile,    hostile,  hostile,
                                  UINT64_MAX, INT32_MIN, UINT64_MAX, UINT64_MAX, SIZE_MAX, true};
    const enum log_format formats[] = {LOG_FORMAT_TEXT, LOG_FORMAT_JSON};
    for (size_t i = 0; i < 2; i++) {
        struct sink sink = open_sink(formats[i]);
        log_request(&sink.log, &request);
        log_message(&sink.log, LOG_LEVEL_ERROR, "%.*s", (int)sizeof noise, noise);
        struct buf text = close_sink(&sink);
        size_t line = str_find_char(buf_str(&text), '\n') + 1;
        assert_in_range(line, 3000, PIPE_BUF);
        assert_in_range(text.len - line, 3000, PIPE_BUF);
        assert_true(str_contains(str_make(text.data, line), str_from("\\u0001...")));
        assert_true(str_contains(str_after(buf_str(&text), line), str_from("\\u0001...")));
        assert_int_equal(text.data[text.len - 1], '\n');
        buf_free(&text);
    }
}

static void test_secrets_of_a_query_are_masked(void **state)
{
    (void)state;
    struct log_request request = a_request();
    request.query = str_from("a=1&api_key=k123&X-Token=&monkey=2&KEY=z&token&sig=a=b");
    assert_text_line(&request, " PUT /v5/items?a=1&api_key=***&X-Token=***&monkey=2&KEY=***&token"
                               "&sig=*** 200 512B 0.41ms\n");
}

static void test_a_secret_is_masked_where_the_query_is_cut(void **state)
{
    (void)state;
    static char query[5000];
    memset(query, 'a', sizeof query);
    memcpy(query + 900, "&token=", 7);
    memset(query + 907, 'S', sizeof query - 907);
    struct log_request request = a_request();
    request.query = str_make(query, sizeof query);
    struct sink sink = open_sink(LOG_FORMAT_TEXT);
    log_request(&sink.log, &request);
    struct buf text = close_sink(&sink);
    assert_false(str_contains(buf_str(&text), str_from("S")));
    assert_true(str_contains(buf_str(&text), str_from("&token=*** 200")));
    buf_free(&text);
}

static void test_messages(void **state)
{
    (void)state;
    struct sink sink = open_sink(LOG_FORMAT_TEXT);
    log_message(&sink.log, LOG_LEVEL_WARNING, "cannot open \"%s\":\n%d", "a\\b", 5);
    struct buf text = close_sink(&sink);
    assert_string_equal(buf_text(&text) + TIME_LENGTH, " warning: cannot open \"a\\b\":\\u000a5\n");
    buf_free(&text);
    sink = open_sink(LOG_FORMAT_JSON);
    log_message(&sink.log, LOG_LEVEL_ERROR, "cannot open \"%s\"", "a\\b");
    text = close_sink(&sink);
    assert_string_equal(buf_text(&text) + 9 + TIME_LENGTH,
                        "\",\"level\":\"error\",\"event\":\"message\","
                        "\"message\":\"cannot open \\\"a\\\\b\\\"\"}\n");
    buf_free(&text);
}

static void test_levels_and_off(void **state)
{
    (void)state;
    struct sink sink = open_sink(LOG_FORMAT_TEXT);
    assert_true(log_wants(&sink.log, LOG_LEVEL_ERROR));
    assert_false(log_wants(&sink.log, LOG_LEVEL_DEBUG));
    log_message(&sink.log, LOG_LEVEL_DEBUG, "not this");
    sink.log.level = LOG_LEVEL_WARNING;
    struct log_request request = a_request();
    log_request(&sink.log, &request);
    log_message(&sink.log, LOG_LEVEL_INFO, "nor this");
    sink.log.format = LOG_FORMAT_OFF;
    assert_false(log_wants(&sink.log, LOG_LEVEL_ERROR));
    log_message(&sink.log, LOG_LEVEL_ERROR, "nor this");
    struct buf text = close_sink(&sink);
    assert_int_equal(text.len, 0);
    buf_free(&text);
}

static void test_a_line_that_cannot_be_written_is_dropped(void **state)
{
    (void)state;
    struct log log;
    log_init(&log, LOG_FORMAT_TEXT, LOG_LEVEL_INFO, -1);
    log_message(&log, LOG_LEVEL_ERROR, "nowhere");
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        skip();
    log.fd = full;
    log_message(&log, LOG_LEVEL_ERROR, "no room");
    close(full);
}

static void test_dropped_lines_are_counted(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int own = log_own_descriptor(ends[1]);
    assert_int_not_equal(own, ends[1]);
    struct log log;
    log_init(&log, LOG_FORMAT_TEXT, LOG_LEVEL_INFO, own);
    size_t sent = 0, kept = 0;
    for (; !log.stuck; sent++)
        log_message(&log, LOG_LEVEL_INFO, "line");
    for (int i = 0; i < 10; i++, sent++)
        log_message(&log, LOG_LEVEL_INFO, "line");
    char bytes[PIPE_BUF];
    size_t dropped = log.dropped;
    assert_true(dropped > 10);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0;)
        for (ssize_t i = 0; i < got; i++)
            kept += bytes[i] == '\n';
    assert_int_equal(kept + dropped, sent);
    log_message(&log, LOG_LEVEL_INFO, "last");
    ssize_t got = read(ends[0], bytes, sizeof bytes - 1);
    assert_true(got > 0);
    bytes[got] = '\0';
    char wanted[80];
    snprintf(wanted, sizeof wanted, " warning: %zu lines of the log could not be written here\n",
             dropped);
    assert_non_null(strstr(bytes, wanted));
    assert_string_equal(bytes + got - 12, " info: last\n");
    assert_true(log.dropped == 0 && !log.stuck);
    close(own);
    close(ends[0]);
    close(ends[1]);
}

static void test_format_words(void **state)
{
    (void)state;
    enum log_format format = LOG_FORMAT_OFF;
    assert_true(log_format_from(str_from("text"), &format));
    assert_int_equal(format, LOG_FORMAT_TEXT);
    assert_true(log_format_from(str_from("json"), &format));
    assert_int_equal(format, LOG_FORMAT_JSON);
    assert_true(log_format_from(str_from("off"), &format));
    assert_int_equal(format, LOG_FORMAT_OFF);
    assert_false(log_format_from(str_from("Text"), &format));
    assert_false(log_format_from(str_from(""), &format));
}

/* --- threads on one pipe: lines stay whole ------------------------------------------ */

enum { THREADS = 8, LINES = 500 };

struct pipe_race {
    struct log log;
    atomic_uint ticket;
};

static void *write_lines(void *context)
{
    struct pipe_race *race = context;
    char filler[3000];
    char mark = (char)('a' + atomic_fetch_add(&race->ticket, 1));
    memset(filler, mark, sizeof filler);
    for (size_t i = 0; i < LINES; i++)
        log_message(&race->log, LOG_LEVEL_INFO, "%.*s", (int)(i * 6), filler);
    return NULL;
}

static void *read_all(void *context)
{
    int fd = *(int *)context;
    struct buf *text = malloc(sizeof *text);
    buf_init(text, NULL);
    char chunk[5000];
    ssize_t got;
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        buf_add(text, chunk, (size_t)got);
    return text;
}

static void test_lines_of_many_threads_do_not_mix(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct pipe_race race = {.ticket = 0};
    log_init(&race.log, LOG_FORMAT_TEXT, LOG_LEVEL_INFO, ends[1]);
    pthread_t reader, writers[THREADS];
    pthread_create(&reader, NULL, read_all, &ends[0]);
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&writers[i], NULL, write_lines, &race);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(writers[i], NULL);
    close(ends[1]);
    void *result;
    pthread_join(reader, &result);
    close(ends[0]);
    struct buf *text = result;
    size_t lines = 0;
    for (struct str rest = buf_str(text); rest.len > 0; lines++) {
        size_t end = str_find_char(rest, '\n');
        assert_time(rest.data);
        struct str filler = str_after(str_make(rest.data, end), TIME_LENGTH + strlen(" info: "));
        for (size_t i = 1; i < filler.len; i++)
            assert_int_equal(filler.data[i], filler.data[0]);
        assert_int_equal(filler.len % 6, 0);
        rest = str_after(rest, end + 1);
    }
    assert_int_equal(lines, THREADS * LINES);
    buf_free(text);
    free(text);
}

static void test_reasons(void **state)
{
    (void)state;
    struct log_reason reason = {.id = 7,
                                .path = str_from("/body/a"),
                                .keyword = str_from("type"),
                                .message = str_from("expected \"x\"\n"),
                                .place = str_from("api.yaml:12:9")};
    struct sink sink = open_sink(LOG_FORMAT_TEXT);
    log_reason(&sink.log, &reason); /* not of this level */
    sink.log.level = LOG_LEVEL_DEBUG;
    log_reason(&sink.log, &reason);
    log_reason(&sink.log, &(struct log_reason){.id = 8, .message = str_from("why")});
    struct buf text = close_sink(&sink);
    char *second = strchr(buf_text(&text), '\n') + 1;
    assert_string_equal(second + TIME_LENGTH, " debug: #8 why\n");
    *second = '\0';
    assert_string_equal(buf_text(&text) + TIME_LENGTH,
                        " debug: #7 /body/a: type: expected \"x\"\\u000a (api.yaml:12:9)\n");
    buf_free(&text);
    sink = open_sink(LOG_FORMAT_JSON);
    sink.log.level = LOG_LEVEL_DEBUG;
    log_reason(&sink.log, &reason);
    text = close_sink(&sink);
    assert_non_null(strstr(buf_text(&text),
                           "\"level\":\"debug\",\"event\":\"reason\",\"id\":7,\"path\":\"/body/a\","
                           "\"keyword\":\"type\",\"message\":\"expected \\\"x\\\"\\u000a\","
                           "\"place\":\"api.yaml:12:9\"}\n"));
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_lines),
        cmocka_unit_test(test_json_lines),
        cmocka_unit_test(test_hostile_values_stay_in_their_place),
        cmocka_unit_test(test_long_values_are_cut_and_the_line_fits),
        cmocka_unit_test(test_secrets_of_a_query_are_masked),
        cmocka_unit_test(test_a_secret_is_masked_where_the_query_is_cut),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_levels_and_off),
        cmocka_unit_test(test_a_line_that_cannot_be_written_is_dropped),
        cmocka_unit_test(test_dropped_lines_are_counted),
        cmocka_unit_test(test_format_words),
        cmocka_unit_test(test_lines_of_many_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
