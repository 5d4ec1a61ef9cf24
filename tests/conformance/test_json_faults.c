/*
 * Broken bodies as a FastAPI backend answered them: where its answer is
 * json_invalid, the reader names the same fault at the same character; where it
 * is another, the body is JSON to Python and is to the reader too.
 *
 * Usage: test_json_faults EXCHANGES.jsonl
 * Exit code 77 (skipped) where the recording is not there.
 */
#include "json/pointer.h"
#include "json/reader.h"

#include <stdio.h>

enum { EXIT_SKIPPED = 77, FILE_LIMIT = 64 << 20, BAD_REQUEST = 400, SERVER_ERROR = 500 };

static struct json_node *find(const struct json_node *root, const char *pointer)
{
    return json_pointer_find(root, str_from(pointer));
}

static bool text_is(const struct json_node *node, const char *text)
{
    return json_is(node, JSON_STRING) && str_is(json_text(node), text);
}

/* What the backend says that is wrong with the text of the body: "" for nothing. */
static bool agrees(const struct json_node *answer, bool read, const struct json_error *error)
{
    const struct json_node *detail = find(answer, "/body/detail/0");
    if (text_is(json_member(detail, "type"), "json_invalid"))
        return !read && text_is(find(detail, "/ctx/error"), json_fault_text(error->fault)) &&
               find(detail, "/loc/1")->c.valuedouble == (double)error->character;
    int status = json_member(answer, "status")->c.valueint;
    if (status == BAD_REQUEST) /* could not be decoded */
        return !read && error->fault == JSON_BAD_UTF8;
    if (status == SERVER_ERROR) /* Python reads lone surrogates, but cannot print them */
        return read || error->fault == JSON_LONE_SURROGATE;
    return read;
}

/* True if the exchange has a text body. */
static bool run_line(struct arena *arena, struct str line, bool *agreed)
{
    struct source source = {.name = "line", .text = line};
    struct json_document document;
    struct json_error error = {0};
    if (!json_read(arena, &source, &(struct json_read_options){0}, &document, &error)) {
        *agreed = false;
        return true;
    }
    const struct json_node *exchange = document.root;
    const struct json_node *body = find(exchange, "/request/body");
    if (!text_is(json_member(exchange, "class"), "syntax") || !json_is(body, JSON_STRING))
        return false;
    struct source text = {.name = "body", .text = json_text(body)};
    bool read =
        body->size > 0 &&
        json_read(arena, &text, &(struct json_read_options){.python = true}, &document, &error);
    *agreed = body->size == 0 || agrees(json_member(exchange, "backend"), read, &error);
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: test_json_faults EXCHANGES.jsonl\n");
        return 2;
    }
    struct arena arena;
    arena_init(&arena, 1 << 20, NULL);
    struct source file;
    if (source_read(&arena, argv[1], FILE_LIMIT, &file) != SOURCE_OK) {
        printf("skipped: %s is absent\n", argv[1]);
        return EXIT_SKIPPED;
    }
    size_t run = 0;
    size_t wrong = 0;
    struct str rest = file.text;
    while (rest.len > 0) {
        struct str line = str_make(rest.data, str_find_char(rest, '\n'));
        rest = str_after(rest, line.len < rest.len ? line.len + 1 : line.len);
        bool agreed;
        if (!run_line(&arena, line, &agreed))
            continue;
        run++;
        wrong += !agreed;
        if (!agreed)
            printf("wrong: %.*s\n", (int)(line.len < 400 ? line.len : 400), line.data);
    }
    printf("%zu broken bodies, %zu wrong\n", run, wrong);
    arena_clear(&arena);
    return wrong > 0 || run == 0;
}
