/* Reads the body's text into a tree, as its media type says. */
#include "base/utf8.h"
#include "mock/dialect.h"
#include "mock/pipeline.h"
#include "openapi/percent.h"
#include "json/python_text.h"

enum { DEFAULT_MAX_DEPTH = 1000, DEFAULT_MAX_NODES = 1000000 };

static bool is_form(struct str type)
{
    return str_equal_ignoring_case(media_type_essence(type),
                                   str_from("application/x-www-form-urlencoded"));
}

static bool is_multipart(struct str type)
{
    struct str essence = media_type_essence(type);
    size_t slash = str_find_char(essence, '/');
    return str_equal_ignoring_case(str_make(essence.data, slash), str_from("multipart"));
}

static size_t most_nodes(const struct exchange *exchange)
{
    size_t max_nodes = exchange->mock->options.max_nodes;
    return max_nodes > 0 ? max_nodes : DEFAULT_MAX_NODES;
}

static void read_json(struct exchange *exchange)
{
    size_t max_depth = exchange->mock->options.max_depth;
    struct json_read_options options = {
        .max_depth = max_depth > 0 ? (uint32_t)max_depth : DEFAULT_MAX_DEPTH,
        .max_nodes = (uint32_t)most_nodes(exchange),
        .python = exchange->dialect->reads_python_json,
    };
    struct str text = exchange->request->body;
    if (options.python && !json_python_text(exchange->arena, text, &text)) {
        exchange->json_error = (struct json_error){.fault = JSON_BAD_UTF8};
        exchange->body_state = BODY_BROKEN;
        return;
    }
    exchange->body_source = (struct source){.name = "body", .text = text};
    bool good = json_read(exchange->arena, &exchange->body_source, &options, &exchange->document,
                          &exchange->json_error);
    exchange->body_state = good ? BODY_READ : BODY_BROKEN;
    exchange->body = good ? exchange->document.root : NULL;
}

/* A text that is no tree still is a value: a string, if it is UTF-8 at all. */
static void read_text(struct exchange *exchange)
{
    struct str text = text_from_bytes(exchange->arena, exchange->request->body);
    exchange->body_state = BODY_OPAQUE;
    exchange->body = json_new_string(exchange->arena, text);
    if (utf8_find_fault(exchange->request->body) < exchange->request->body.len)
        exchange->body_problem = "the body is not UTF-8 text";
}

static void read_form(struct exchange *exchange, struct str type)
{
    struct str body = exchange->request->body;
    exchange->body = is_form(type) ? form_read_as(exchange->media, &exchange->form_format, body,
                                                  exchange->arena, &exchange->body_problem)
                                   : multipart_read(exchange->media, type, body, exchange->arena,
                                                    &exchange->body_problem);
    exchange->body_state = exchange->body != NULL ? BODY_READ : BODY_REFUSED;
}

/* A JSON type that the operation does not list by name stands for its only JSON body. */
static const struct media_type *find_media(const struct operation *operation, struct str type)
{
    const struct media_type *media =
        media_type_find(operation->bodies, operation->body_count, type);
    bool stands_in = media == NULL && operation->body_count == 1 && media_type_is_json(type) &&
                     media_type_is_json(operation->bodies[0].range);
    return stands_in ? &operation->bodies[0] : media;
}

static bool is_json(const struct exchange *exchange, struct str type)
{
    bool (*takes_json)(struct str) = exchange->dialect->takes_json;
    return takes_json != NULL ? takes_json(type) : media_type_is_json(type);
}

void step_read(struct exchange *exchange)
{
    const struct operation *operation = exchange->operation;
    if (exchange->request->body.len == 0 || operation == NULL || operation->body_count == 0)
        return;
    struct str type = request_header(exchange->request, "content-type");
    exchange->media = find_media(operation, type);
    if (is_json(exchange, type))
        read_json(exchange);
    else if (exchange->media != NULL && (is_form(type) || is_multipart(type)))
        read_form(exchange, type);
    else
        read_text(exchange);
}

/* Bytes that are no text are a value too where any body is one: they are judged as the body. */
static bool is_value(const struct exchange *exchange)
{
    return exchange->body_state == BODY_OPAQUE && exchange->dialect->opaque_body_is_value;
}

/* A value takes some 120 bytes of memory, its text only two. */
static void refuse_many_nodes(struct exchange *exchange)
{
    dialect_refuse(
        exchange, REFUSE_TOO_LARGE,
        arena_printf(exchange->arena,
                     "The body has more than %zu values, which this server does not take "
                     "(--max-nodes).",
                     most_nodes(exchange)));
}

void step_syntax(struct exchange *exchange)
{
    bool broken = exchange->body_state == BODY_BROKEN;
    if (broken && exchange->json_error.fault == JSON_TOO_MANY_NODES)
        refuse_many_nodes(exchange);
    else if (broken)
        exchange->dialect->answer_json_fault(exchange);
    else if (exchange->body_problem != NULL && !is_value(exchange))
        dialect_refuse(exchange, REFUSE_UNREADABLE, exchange->body_problem);
}
