/* Finds the operation, its role and the dialect in which everything else will be said. */
#include "mock/dialect.h"
#include "mock/mistake.h"
#include "mock/pipeline.h"
#include "openapi/query_format.h"

#include <string.h>

/* A client that wants its errors worded in another way says so. */
static void choose_dialect(struct exchange *exchange)
{
    struct str wanted = request_header(exchange->request, "x-understudy-dialect");
    if (wanted.data == NULL || str_is(wanted, "auto"))
        return;
    const struct dialect *dialect = dialect_named(wanted);
    if (dialect != NULL)
        exchange->dialect = dialect;
    else
        mistake_answer(exchange, 400,
                       "X-Understudy-Dialect must be auto, fastapi, problem or steady");
}

static void find_route(struct exchange *exchange)
{
    exchange->routed = bill_route(exchange->bill, exchange->method, exchange->path,
                                  &exchange->match, &exchange->part);
}

/* Index of the next "%2F", or path.len. */
static size_t find_encoded_slash(struct str path)
{
    size_t at = 0;
    for (const char *sign; at + 3 <= path.len; at++) {
        sign = memchr(path.data + at, '%', path.len - at);
        if (sign == NULL)
            break;
        at = (size_t)(sign - path.data);
        if (at + 3 <= path.len && sign[1] == '2' && (sign[2] | 0x20) == 'f')
            return at;
    }
    return path.len;
}

/* Starlette decodes the path before it routes: an encoded slash is a slash. */
static void decode_slashes(struct exchange *exchange)
{
    struct str path = exchange->path;
    size_t at = find_encoded_slash(path);
    if (at == path.len)
        return;
    struct buf decoded = exchange_buf(exchange);
    for (; at < path.len; at = find_encoded_slash(path)) {
        buf_add_str(&decoded, str_make(path.data, at));
        buf_add_char(&decoded, '/');
        path = str_after(path, at + 3);
    }
    buf_add_str(&decoded, path);
    exchange->path = buf_str(&decoded);
    find_route(exchange);
}

/* Of several slashes at the end all are too many. */
static void try_without_slashes(struct exchange *exchange)
{
    struct str path = exchange->path;
    if (exchange->routed != ROUTE_NO_PATH || !str_ends_with(path, "//"))
        return;
    while (str_ends_with(exchange->path, "/"))
        exchange->path.len--;
    find_route(exchange);
    bool found = exchange->routed == ROUTE_FOUND || exchange->routed == ROUTE_NO_METHOD;
    exchange->routed = found ? ROUTE_SLASH : ROUTE_NO_PATH;
    exchange->path = path;
}

static void find_operation(struct exchange *exchange)
{
    exchange->method = http_method_from(exchange->request->method);
    find_route(exchange);
    if (exchange->part->main_voice->redirects_slashes) {
        decode_slashes(exchange);
        try_without_slashes(exchange);
    }
    exchange->dialect = exchange->part->main_voice;
    if (exchange->routed != ROUTE_FOUND)
        return;
    exchange->operation = exchange->match.operation;
    exchange->role = part_role(exchange->part, exchange->operation);
    if (exchange->role != NULL)
        exchange->dialect = exchange->role->voice;
}

static void read_format(const struct request *request, const char *arrays, const char *objects,
                        struct query_format *format)
{
    query_arrays_from(request_header(request, arrays), &format->arrays);
    query_objects_from(request_header(request, objects), &format->objects);
}

/*
 * Steady's clients may say how they spell arrays and objects in this request, and what its
 * answer shall be like if it is made up.
 */
static void heed_steady_headers(struct exchange *exchange)
{
    const struct request *request = exchange->request;
    exchange->query_format = exchange->part->query_format;
    exchange->form_format = exchange->part->form_format;
    exchange->generation = exchange->mock->options.generation;
    if (!dialect_is(exchange->dialect, &dialect_steady))
        return;
    read_format(request, "x-steady-query-array-format", "x-steady-query-object-format",
                &exchange->query_format);
    read_format(request, "x-steady-form-array-format", "x-steady-form-object-format",
                &exchange->form_format);
    const char *problem = generation_from_headers(request, &exchange->generation);
    if (problem != NULL)
        mistake_answer(exchange, 400, problem);
}

void step_route(struct exchange *exchange)
{
    find_operation(exchange);
    choose_dialect(exchange);
    heed_steady_headers(exchange);
}

/* A decoded path, encoded again as Starlette does it. */
static void add_path(struct str text, struct buf *out)
{
    static const char kept[] = "_.-~:/%#?=@[]!$&'()*+,;";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain || (c != '\0' && strchr(kept, c) != NULL))
            buf_add_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* Starlette redirects to the other form of the path, with the host that the client named. */
static void redirect(struct exchange *exchange)
{
    struct str host = request_header(exchange->request, "host");
    struct buf location = exchange_buf(exchange);
    struct str path = percent_decode(exchange->arena, exchange->request->path, false);
    buf_add_text(&location, "http://");
    buf_add_str(&location, host);
    bool too_many = str_ends_with(path, "/");
    while (str_ends_with(path, "/"))
        path.len--;
    add_path(path, &location);
    if (!too_many)
        buf_add_char(&location, '/');
    if (exchange->request->query.len > 0) {
        buf_add_char(&location, '?');
        buf_add_str(&location, exchange->request->query);
    }
    exchange_answer_empty(exchange, 307);
    response_header(exchange->response, "location", buf_str(&location));
}

static void refuse_broken(struct exchange *exchange)
{
    const struct diag *first =
        exchange->operation != NULL ? exchange->operation->problems.first : NULL;
    while (first != NULL && first->level != DIAG_ERROR)
        first = first->next;
    struct buf detail = exchange_buf(exchange);
    buf_add_text(&detail, "This operation cannot be served: ");
    if (first != NULL)
        diag_print_line(first, &detail);
    else
        buf_add_text(&detail, "its part of the document is broken");
    dialect_refuse(exchange, REFUSE_BROKEN, buf_text(&detail));
}

void step_refuse(struct exchange *exchange)
{
    const struct dialect *dialect = exchange->dialect;
    switch (exchange->routed) {
    case ROUTE_FOUND:
        if (exchange->role == NULL)
            refuse_broken(exchange);
        return;
    case ROUTE_NO_METHOD:
        dialect_refuse(exchange, REFUSE_NO_METHOD, NULL);
        return;
    case ROUTE_SLASH:
        if (dialect->redirects_slashes)
            redirect(exchange);
        else
            dialect_refuse(exchange, REFUSE_NO_PATH, NULL);
        return;
    case ROUTE_NO_PATH:
        dialect_refuse(exchange, REFUSE_NO_PATH, NULL);
        return;
    }
}
