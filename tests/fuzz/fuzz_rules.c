/*
 * Any x-understudy with rules and bodies of errors, and any requests under it.
 *
 * The text before the first line "---" is the operation's x-understudy (YAML or
 * JSON); each line after it is the body of a request. A document is refused with
 * diagnostics, or it is played: every answer has a status, and what says that it
 * is JSON is JSON.
 */
#include "mock/mock.h"
#include "json/reader.h"
#include "json/writer.h"
#include "json/yaml.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static const char before[] =
    "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"t\",\"version\":\"1\"},\"paths\":{\"/things\":{"
    "\"put\":{\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
    "\"#/components/schemas/Things\"}}}},\"responses\":{\"200\":{\"description\":\"d\",\"content\":"
    "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Things\"}}}}},"
    "\"x-understudy\":";
static const char after[] =
    "}}},\"components\":{\"schemas\":{\"Things\":{\"type\":\"object\",\"properties\":{\"list\":{"
    "\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Thing\"}}}},\"Thing\":{"
    "\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"up\":{},\"group\":{},\"a\":"
    "{},\"b\":{},\"tags\":{\"type\":\"array\"}}}}}}";

/* The text up to the line "---", which is taken off the rest. */
static struct str take_overlay(struct str *rest)
{
    static const char border[] = "\n---\n";
    for (size_t at = 0; at + sizeof border - 1 <= rest->len; at++) {
        if (memcmp(rest->data + at, border, sizeof border - 1) != 0)
            continue;
        struct str overlay = str_make(rest->data, at);
        *rest = str_after(*rest, at + sizeof border - 1);
        return overlay;
    }
    struct str all = *rest;
    *rest = str_from("");
    return all;
}

/* The document with that x-understudy, or an empty text if it is not even YAML. */
static struct str make_document(struct arena *arena, struct str overlay, struct diags *diags)
{
    static const struct yaml_limits limits = {.max_depth = 64, .max_nodes = 10000};
    struct source *source = arena_alloc(arena, sizeof *source);
    struct buf text;
    *source = (struct source){.name = "overlay", .text = overlay};
    struct json_node *node = json_read_document(arena, source, &limits, diags);
    buf_init(&text, arena);
    if (node == NULL)
        return str_from("");
    buf_add_text(&text, before);
    json_write(&text, node, JSON_EXACT);
    buf_add_text(&text, after);
    return buf_str(&text);
}

static struct mock *make_mock(struct str document, struct diags *diags)
{
    char path[] = "/tmp/understudy-fuzz-XXXXXX";
    const char *paths[] = {path};
    struct part_options options = {.dialect = document.len % 2 ? DIALECT_FASTAPI : DIALECT_AUTO};
    if (document.len == 0)
        return NULL;
    int fd = mkstemp(path);
    require(fd >= 0 && write(fd, document.data, document.len) == (ssize_t)document.len);
    close(fd);
    struct bill *bill = bill_load(paths, 1, &options, diags);
    unlink(path);
    if (bill == NULL)
        return NULL;
    struct worlds_options worlds = {.world = {.seed = 1}};
    struct mock_options how = {.version = "fuzz"};
    return mock_new(bill, worlds_new(&worlds), &how);
}

static bool says_json(const struct response *response)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (str_equal_ignoring_case(response->headers[i].name, str_from("content-type")))
            return media_type_is_json(response->headers[i].value);
    return false;
}

static void check_response(struct arena *arena, const struct response *response)
{
    require(response->status >= 200 && response->status <= 599);
    if (!says_json(response))
        return;
    struct source source = {.name = "answer", .text = response->body};
    struct json_read_options options = {.max_depth = 2000};
    struct json_document read;
    struct json_error error;
    require(json_read(arena, &source, &options, &read, &error));
}

static void play(struct mock *mock, struct str body)
{
    static const struct name_value headers[] = {{{"content-type", 12}, {"application/json", 16}},
                                                {{"x-id", 4}, {"\"\xff\"", 3}}};
    struct request request = {.method = str_from("PUT"),
                              .path = str_from("/things"),
                              .version = str_from("1.1"),
                              .headers = headers,
                              .header_count = 2,
                              .body = body,
                              .remote = str_from("127.0.0.1")};
    struct response response = {0};
    struct arena arena;
    void *token = NULL;
    struct handler handler = mock_handler(mock);
    arena_init(&arena, 4096, NULL);
    handler.handle(handler.context, &request, &response, &arena, &token);
    check_response(&arena, &response);
    handler.sent(handler.context, token, true, response.body.len);
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct diags diags;
    struct buf printed;
    arena_init(&arena, 4096, NULL);
    diags_init(&diags);
    buf_init(&printed, &arena);
    struct str rest = arena_copy_str(&arena, str_make((const char *)data, size));
    struct str overlay = take_overlay(&rest);
    struct mock *mock = make_mock(make_document(&arena, overlay, &diags), &diags);
    while (mock != NULL && rest.len > 0) {
        struct str body = str_make(rest.data, str_find_char(rest, '\n'));
        rest = str_after(rest, body.len < rest.len ? body.len + 1 : body.len);
        play(mock, body);
    }
    diags_print(&diags, &printed);
    diags_free(&diags);
    mock_free(mock);
    arena_clear(&arena);
    return 0;
}
