#include "recorded.h"

#include "base/base64.h"
#include "json/reader.h"

enum { HEADERS_MAX = 32 };

struct json_node *recorded_parse(struct arena *arena, struct str text)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "record", .text = text};
    struct json_read_options options = {.python = true};
    struct json_document document;
    struct json_error error;
    return json_read(arena, source, &options, &document, &error) ? document.root : NULL;
}

/* A member {name: value}, or an element [name, value] where names are repeated. */
static struct name_value read_header(const struct json_node *header)
{
    if (header->type != JSON_ARRAY || header->size != 2)
        return (struct name_value){json_name(header), json_text(header)};
    const struct json_node *name = json_first(header);
    return (struct name_value){json_text(name), json_text(json_next(name))};
}

/* The recorder's client says that it asked "testserver". */
static size_t read_headers(const struct json_node *list, struct name_value *headers)
{
    size_t count = 0;
    headers[count++] = (struct name_value){str_from("host"), str_from("testserver")};
    for (const struct json_node *header = list != NULL ? json_first(list) : NULL;
         header != NULL && count < HEADERS_MAX; header = json_next(header))
        headers[count++] = read_header(header);
    return count;
}

struct recorded_answer recorded_ask_with(struct stand_in *stand_in, struct arena *arena,
                                         const struct json_node *recorded, struct str body)
{
    struct name_value headers[HEADERS_MAX];
    struct request request = {
        .method = json_member_text(recorded, "method", str_from("PUT")),
        .path = json_member_text(recorded, "path", str_from("/")),
        .version = str_from("1.1"),
        .headers = headers,
        .header_count = read_headers(json_member(recorded, "headers"), headers),
        .body = body,
        .remote = str_from("127.0.0.1"),
    };
    size_t query = str_find_char(request.path, '?');
    if (query < request.path.len) {
        request.query = str_after(request.path, query + 1);
        request.path.len = query;
    }
    struct response *response = arena_alloc_zero(arena, sizeof *response);
    void *token = NULL;
    struct handler handler = mock_handler(stand_in->mock);
    handler.handle(handler.context, &request, response, arena, &token);
    handler.sent(handler.context, token, true, response->body.len);
    return (struct recorded_answer){response->status, response, response->body,
                                    recorded_parse(arena, response->body)};
}

struct recorded_answer recorded_ask(struct stand_in *stand_in, struct arena *arena,
                                    const struct json_node *request)
{
    struct buf bytes;
    buf_init(&bytes, arena);
    const struct json_node *encoded = json_member(request, "body_base64");
    if (encoded != NULL && base64_read(json_text(encoded), &bytes))
        return recorded_ask_with(stand_in, arena, request, buf_str(&bytes));
    return recorded_ask_with(stand_in, arena, request,
                             json_member_text(request, "body", str_from("")));
}
