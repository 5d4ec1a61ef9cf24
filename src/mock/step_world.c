/*
 * Which world: by a header, or, for clients that can only set a base URL, by a
 * prefix of the path, which is taken off.
 */
#include "mock/dialect.h"
#include "mock/pipeline.h"

/* "/__world/NAME/rest": true, with name and rest. */
static bool split_prefix(struct str path, struct str *name, struct str *rest)
{
    static const char prefix[] = "/__world/";
    if (!str_starts_with(path, prefix))
        return false;
    *rest = str_after(path, sizeof prefix - 1);
    *name = str_make(rest->data, str_find_char(*rest, '/'));
    *rest = str_after(*rest, name->len);
    if (rest->len == 0)
        *rest = str_from("/");
    return true;
}

static void refuse(struct exchange *exchange, int status, const char *message)
{
    struct buf out = exchange_buf(exchange);
    buf_add_text(&out, "{\"error\":");
    json_write_string(&out, str_from(message));
    buf_add_char(&out, '}');
    exchange->world = worlds_default(exchange->mock->worlds);
    exchange->is_admin = true; /* neither faulted nor written to anybody's journal */
    exchange_answer_json(exchange, status, &out);
}

/* Whoever names two worlds means one of them, and nobody can tell which. */
static bool names_another(const struct exchange *exchange, struct str name)
{
    static const char header[] = "x-understudy-world";
    const struct request *request = exchange->request;
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_ignoring_case(request->headers[i].name, str_from(header)) &&
            !str_equal(request->headers[i].value, name))
            return true;
    return false;
}

void step_world(struct exchange *exchange)
{
    struct str name = request_header(exchange->request, "x-understudy-world");
    struct str in_path;
    if (split_prefix(exchange->path, &in_path, &exchange->path))
        name = percent_decode(exchange->arena, in_path, false);
    if (name.data == NULL) {
        exchange->world = worlds_default(exchange->mock->worlds);
        return;
    }
    if (names_another(exchange, name)) {
        refuse(exchange, 400,
               "the request names two worlds: send X-Understudy-World once, or /__world/NAME/ "
               "before the path, or the same name in both");
        return;
    }
    switch (worlds_get(exchange->mock->worlds, name, &exchange->world)) {
    case WORLDS_OK:
        return;
    case WORLDS_BAD_NAME:
        refuse(exchange, 400, "a world's name has 1 to 128 letters, digits or -_.:@");
        return;
    case WORLDS_FULL:
        refuse(exchange, 503,
               "there are as many worlds as there may be, and none is idle: drop some by DELETE "
               "/__admin/worlds/NAME");
        return;
    }
}
