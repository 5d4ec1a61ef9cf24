#include "mock/dialect_template.h"

enum {
    ANY_STATUS = 0,
    CLIENT_ERRORS = -4, /* as in struct response_spec */
    SERVER_ERRORS = -5,
    LEAST_STATUS = 400,
    LAST_STATUS = 599,
};

/* One entry of `errors`. */
struct error_body {
    int when;                     /* the status it stands for, or one of the above */
    int status;                   /* to answer with; 0: as it is */
    const struct json_node *body; /* NULL: the dialect's own */
    const char *type;
    bool is_json;
    enum template_escape escape;
};

struct error_bodies {
    struct error_body *entries;
    size_t count;
};

struct template_dialect {
    struct dialect dialect; /* must stay first */
    const struct error_bodies *own;
    const struct error_bodies *common;
};

/* ---- reading ---- */

static bool read_when(const struct overlay_reader *reader, const struct json_node *entry, int *out)
{
    struct str name = json_name(entry);
    bool is_class = name.len == 3 && (name.data[0] == '4' || name.data[0] == '5');
    bool good = true;
    if (str_is(name, "default"))
        *out = ANY_STATUS;
    else if (is_class && str_equal_ignoring_case(str_after(name, 1), str_from("XX")))
        *out = name.data[0] == '4' ? CLIENT_ERRORS : SERVER_ERRORS;
    else if (is_class && name.data[1] >= '0' && name.data[1] <= '9' && name.data[2] >= '0' &&
             name.data[2] <= '9')
        *out = (name.data[0] - '0') * 100 + (name.data[1] - '0') * 10 + (name.data[2] - '0');
    else
        good = false;
    if (!good)
        diag_error(reader->diags, json_name_place(entry),
                   "write a status from 400 to 599, 4XX, 5XX or default",
                   "\"%.*s\" is no status of an error", (int)name.len, name.data);
    return good;
}

static bool ends_with_word(struct str essence, const char *word)
{
    size_t length = strlen(word);
    return essence.len >= length &&
           str_equal_ignoring_case(str_after(essence, essence.len - length), str_from(word));
}

static void read_type(const struct overlay_reader *reader, const struct json_node *value,
                      struct error_body *out)
{
    struct str type = str_from("application/json");
    if (value != NULL && overlay_read_text(reader, value, "content_type", &type) &&
        str_find_char(type, '/') == type.len)
        diag_error(reader->diags, json_place(value), "for example application/json",
                   "\"%.*s\" is no content type", (int)type.len, type.data);
    struct str essence = media_type_essence(type);
    bool is_markup = ends_with_word(essence, "xml") || ends_with_word(essence, "html");
    out->type = arena_copy(reader->arena, type);
    out->is_json = media_type_is_json(type);
    out->escape = is_markup ? TEMPLATE_XML : TEMPLATE_PLAIN;
}

static void read_entry(const struct overlay_reader *reader, const struct json_node *entry,
                       struct error_body *out)
{
    static const char *const words[] = {"status", "content_type", "body", NULL};
    if (!overlay_check_words(reader, entry, words))
        return;
    const struct json_node *status = json_member(entry, "status");
    int64_t number = 0;
    if (status != NULL &&
        overlay_read_count(reader, status, LEAST_STATUS, LAST_STATUS, "the status", &number))
        out->status = (int)number;
    read_type(reader, json_member(entry, "content_type"), out);
    out->body = json_member(entry, "body");
    if (out->body == NULL && status == NULL)
        diag_error(reader->diags, json_place(entry), "add body: and what is answered",
                   "the entry says neither body nor status");
    if (out->body == NULL)
        return;
    template_check(reader, out->body, TEMPLATE_BODY);
    if (!out->is_json && out->body->type != JSON_STRING)
        diag_error(reader->diags, json_place(out->body), "write the body as one text",
                   "a body of %s must be a string", out->type);
}

const struct error_bodies *error_bodies_read(const struct overlay_reader *reader,
                                             const struct json_node *node)
{
    struct error_bodies *bodies = arena_alloc_zero(reader->arena, sizeof *bodies);
    if (!json_is(node, JSON_OBJECT)) {
        diag_error(reader->diags, json_place(node), "for example {422: {body: ...}}",
                   "errors must be an object of statuses");
        return bodies;
    }
    bodies->entries = arena_alloc_zero(reader->arena, (node->size + 1) * sizeof *bodies->entries);
    for (const struct json_node *entry = json_first(node); entry != NULL;
         entry = json_next(entry)) {
        struct error_body *out = &bodies->entries[bodies->count];
        if (read_when(reader, entry, &out->when)) {
            read_entry(reader, entry, out);
            bodies->count++;
        }
    }
    return bodies;
}

/* ---- answering ---- */

static const struct error_body *find_exactly(const struct error_bodies *bodies, int when)
{
    for (size_t i = 0; i < bodies->count; i++)
        if (bodies->entries[i].when == when)
            return &bodies->entries[i];
    return NULL;
}

static const struct error_body *find_in(const struct error_bodies *bodies, int status)
{
    if (bodies == NULL)
        return NULL;
    const struct error_body *found = find_exactly(bodies, status);
    if (found == NULL)
        found = find_exactly(bodies, status < 500 ? CLIENT_ERRORS : SERVER_ERRORS);
    return found != NULL ? found : find_exactly(bodies, ANY_STATUS);
}

static void replace_type(struct response *response, const char *type)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (str_equal_ignoring_case(response->headers[i].name, str_from("content-type"))) {
            response->headers[i].value = str_from(type);
            return;
        }
    }
    response_header(response, "content-type", str_from(type));
}

static const struct template_dialect *templates_of(const struct exchange *exchange)
{
    return (const struct template_dialect *)exchange->dialect;
}

bool dialect_dress(struct exchange *exchange, const struct template_scene *scene)
{
    if (exchange->dialect->inner == NULL)
        return false;
    const struct template_dialect *templates = templates_of(exchange);
    const struct error_body *found = find_in(templates->own, scene->status);
    if (found == NULL)
        found = find_in(templates->common, scene->status);
    if (found == NULL)
        return false;
    struct template_scene told = *scene;
    if (found->status != 0)
        told.status = found->status;
    exchange->response->status = told.status;
    exchange->answered = true;
    if (found->body == NULL)
        return true;
    struct buf body = exchange_buf(exchange);
    if (found->is_json)
        template_write(found->body, &told, &body);
    else
        template_write_text(json_text(found->body), &told, found->escape, &body);
    exchange->response->body = buf_str(&body);
    replace_type(exchange->response, found->type);
    return true;
}

/* ---- the dialect ---- */

static struct template_scene scene_of(const struct exchange *exchange)
{
    return (struct template_scene){
        .exchange = exchange, .arena = exchange->arena, .status = exchange->response->status};
}

static void answer_violations(struct exchange *exchange)
{
    exchange->dialect->inner->answer_violations(exchange);
    struct template_scene scene = scene_of(exchange);
    scene.violations = exchange->findings.first;
    scene.count = exchange->findings.count;
    dialect_dress(exchange, &scene);
}

/* A fault of JSON is told as a violation of the whole body. */
static void answer_json_fault(struct exchange *exchange)
{
    static const struct json_path body = {.name = {"body", 4}};
    exchange->dialect->inner->answer_json_fault(exchange);
    struct violation violation = {.keyword = KEYWORD_SERVICE_RULE,
                                  .path = &body,
                                  .name = str_from(exchange_json_fault(exchange))};
    struct template_scene scene = scene_of(exchange);
    scene.violations = &violation;
    scene.count = 1;
    scene.keyword = "json";
    dialect_dress(exchange, &scene);
}

static void refuse(struct exchange *exchange, enum refusal refusal, const char *detail)
{
    exchange->dialect->inner->refuse(exchange, refusal, detail);
    struct template_scene scene = scene_of(exchange);
    scene.detail = str_from(detail != NULL ? detail : refusal_words(refusal)->detail);
    dialect_dress(exchange, &scene);
}

const struct dialect *dialect_with_bodies(struct arena *arena, const struct dialect *inner,
                                          const struct error_bodies *own,
                                          const struct error_bodies *common)
{
    if (own == NULL && common == NULL)
        return inner;
    struct template_dialect *templates = arena_alloc(arena, sizeof *templates);
    templates->dialect = *inner;
    templates->dialect.inner = inner;
    templates->dialect.answer_violations = answer_violations;
    templates->dialect.answer_json_fault = answer_json_fault;
    templates->dialect.refuse = refuse;
    templates->own = own;
    templates->common = common;
    return &templates->dialect;
}
