/*
 * run_case ROOT CASE: one case folder, through the pipeline in memory and then
 * over TCP. See ../README.md for what a case consists of.
 */
#include "support/http_text.h"
#include "support/server.h"
#include "json/reader.h"
#include "json/writer.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STEPS_MAX = 50, FILE_MAX_BYTES = 1 << 20 };

struct step {
    struct str request;
    struct str expected;
    const char *name;
};

struct test_case {
    struct arena arena;
    const char *root;
    const char *folder;
    const char *setup;
    struct step steps[STEPS_MAX];
    size_t count;
};

static struct str read_file(struct test_case *test, const char *path)
{
    struct source source;
    if (source_read(&test->arena, path, FILE_MAX_BYTES, &source) == SOURCE_OK)
        return source.text;
    fprintf(stderr, "cannot read %s\n", path);
    exit(EXIT_FAILURE);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every NAME.request has its NAME.expected; they run in order of their names. */
static void find_steps(struct test_case *test)
{
    const char *names[STEPS_MAX];
    DIR *directory = opendir(test->folder);
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL && test->count < STEPS_MAX)
        if (str_ends_with(str_from(entry->d_name), ".request"))
            names[test->count++] = arena_copy(&test->arena, str_from(entry->d_name));
    if (directory != NULL)
        closedir(directory);
    qsort(names, test->count, sizeof *names, compare_names);
    for (size_t i = 0; i < test->count; i++) {
        int stem = (int)(strlen(names[i]) - strlen(".request"));
        test->steps[i].name = names[i];
        test->steps[i].request =
            read_file(test, arena_printf(&test->arena, "%s/%s", test->folder, names[i]));
        test->steps[i].expected = read_file(
            test, arena_printf(&test->arena, "%s/%.*s.expected", test->folder, stem, names[i]));
    }
}

/* The case's own setup, else that of its area. */
static void find_setup(struct test_case *test)
{
    test->setup = arena_printf(&test->arena, "%s/setup.yaml", test->folder);
    if (access(test->setup, R_OK) != 0)
        test->setup = arena_printf(&test->arena, "%s/../setup.yaml", test->folder);
}

/* ---- comparing ---- */

static struct json_node *parse(struct arena *arena, struct str text)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "body", .text = text};
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    return json_read(arena, source, &options, &document, &error) ? document.root : NULL;
}

static bool is_uuid(struct str text)
{
    if (text.len != 36 || text.data[14] != '4')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.data[i] != '-' : strchr("0123456789abcdef", text.data[i]) == NULL)
            return false;
    }
    return true;
}

/* Names in order, numbers by their text; "${any}" and "${uuid}" stand for what varies. */
static bool node_fits(const struct json_node *want, const struct json_node *got)
{
    if (json_is(want, JSON_STRING) && str_is(json_text(want), "${any}"))
        return true;
    if (json_is(want, JSON_STRING) && str_is(json_text(want), "${uuid}"))
        return json_is(got, JSON_STRING) && is_uuid(json_text(got));
    if (want->type != got->type || !str_equal(json_name(want), json_name(got)))
        return false;
    if (want->type == JSON_STRING || want->type == JSON_NUMBER)
        return str_equal(json_text(want), json_text(got));
    if (want->type != JSON_ARRAY && want->type != JSON_OBJECT)
        return true;
    const struct json_node *a = json_first(want);
    const struct json_node *b = json_first(got);
    for (; a != NULL && b != NULL; a = json_next(a), b = json_next(b))
        if (!str_equal(json_name(a), json_name(b)) || !node_fits(a, b))
            return false;
    return a == NULL && b == NULL;
}

static bool body_fits(struct arena *arena, struct str want, struct str got)
{
    struct json_node *wanted = parse(arena, want);
    struct json_node *actual = wanted != NULL ? parse(arena, got) : NULL;
    if (wanted != NULL)
        return actual != NULL && node_fits(wanted, actual);
    return str_equal(want, got);
}

static bool answer_fits(struct test_case *test, const struct step *step, const char *how,
                        struct str status, const struct http_text *got)
{
    struct http_text want = http_text_read(step->expected);
    bool good = str_equal(str_trim(want.first), status);
    for (size_t i = 0; i < want.header_count; i++) {
        char *name = arena_copy(&test->arena, want.headers[i].name);
        struct str value = http_text_header(got, name);
        bool absent = str_is(want.headers[i].value, "${absent}");
        if (absent ? value.data != NULL
                   : value.data == NULL || !str_equal(value, want.headers[i].value)) {
            good = false;
            fprintf(stderr, "header %s: %.*s\n", name, (int)value.len,
                    value.data != NULL ? value.data : "");
        }
    }
    good = body_fits(&test->arena, want.body, got->body) && good;
    if (!good)
        fprintf(stderr, "%s (%s): expected\n%.*s\nbut got %.*s\n%.*s\n", step->name, how,
                (int)step->expected.len, step->expected.data, (int)status.len, status.data,
                (int)got->body.len, got->body.data);
    return good;
}

/* ---- in memory ---- */

static bool run_in_memory(struct test_case *test, struct stand_in *stand_in,
                          const struct step *step)
{
    struct http_text text = http_text_read(step->request);
    size_t space = str_find_char(text.first, ' ');
    struct str target = str_after(text.first, space + 1);
    size_t query = str_find_char(target, '?');
    struct request request = {
        .method = str_make(text.first.data, space),
        .path = str_make(target.data, query),
        .query = query < target.len ? str_after(target, query + 1) : str_from(""),
        .version = str_from("1.1"),
        .headers = text.headers,
        .header_count = text.header_count,
        .body = text.body,
        .remote = str_from("127.0.0.1"),
        .received_ns = clock_monotonic_ns(),
    };
    struct response response = {0};
    struct arena arena;
    arena_init(&arena, 65536, NULL);
    void *token = NULL;
    struct handler handler = mock_handler(stand_in->mock);
    handler.handle(handler.context, &request, &response, &arena, &token);
    struct http_text got = {.body = response.body};
    for (size_t i = 0; i < response.header_count && i < TEXT_MAX_HEADERS; i++)
        got.headers[got.header_count++] = response.headers[i];
    char *status = arena_printf(&test->arena, "%d", response.status);
    bool good = answer_fits(test, step, "in memory", str_from(status), &got);
    handler.sent(handler.context, token, true, response.body.len);
    arena_clear(&arena);
    return good;
}

/* ---- over TCP ---- */

static struct str wire_request(struct test_case *test, const struct step *step)
{
    struct http_text text = http_text_read(step->request);
    struct buf out;
    buf_init(&out, &test->arena);
    buf_add_str(&out, text.first);
    buf_add_text(&out, " HTTP/1.1\r\n");
    for (size_t i = 0; i < text.header_count; i++) {
        buf_add_str(&out, text.headers[i].name);
        buf_add_text(&out, ": ");
        buf_add_str(&out, text.headers[i].value);
        buf_add_text(&out, "\r\n");
    }
    if (http_text_header(&text, "host").data == NULL)
        buf_add_text(&out, "Host: localhost\r\n");
    buf_printf(&out, "Connection: close\r\nContent-Length: %zu\r\n\r\n", text.body.len);
    buf_add_str(&out, text.body);
    return buf_str(&out);
}

static bool run_over_tcp(struct test_case *test, int port, const struct step *step)
{
    struct str answer = tcp_exchange(&test->arena, port, wire_request(test, step));
    struct http_text got = http_text_read(answer);
    struct str status = str_after(got.first, str_find_char(got.first, ' '));
    status = str_trim(status);
    status.len = str_find_char(status, ' ');
    /* http_text_read takes a last line break for the file's; on the wire it would be the body's. */
    return answer_fits(test, step, "over TCP", status, &got);
}

/* ---- */

static bool run_steps(struct test_case *test, bool over_tcp)
{
    struct stand_in stand_in;
    if (!stand_in_make(&stand_in, test->root, test->setup)) {
        stand_in_free(&stand_in);
        return false;
    }
    int port = over_tcp ? stand_in_start(&stand_in) : 0;
    bool good = !over_tcp || port != 0;
    for (size_t i = 0; good && i < test->count; i++)
        good = over_tcp ? run_over_tcp(test, port, &test->steps[i])
                        : run_in_memory(test, &stand_in, &test->steps[i]);
    if (stand_in_broken_answers(&stand_in) > 0) {
        fprintf(stderr, "%u answers broke the contract\n", stand_in_broken_answers(&stand_in));
        good = false;
    }
    stand_in_free(&stand_in);
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: run_case ROOT CASE\n");
        return 2;
    }
    struct test_case test = {.root = argv[1], .folder = argv[2]};
    arena_init(&test.arena, 65536, NULL);
    find_steps(&test);
    find_setup(&test);
    bool good = test.count > 0 && run_steps(&test, false) && run_steps(&test, true);
    if (test.count == 0)
        fprintf(stderr, "%s has no *.request\n", test.folder);
    arena_clear(&test.arena);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
