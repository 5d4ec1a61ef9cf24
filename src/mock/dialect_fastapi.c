/*
 * FastAPI + pydantic v2: 422 with {"detail": [{type, loc, msg, input, ctx}]}.
 *
 * The validator reports every broken rule; pydantic reports at most one for
 * each value and nothing below a value that it refused. So this file picks from
 * the list (which is already in pydantic's order) and words what is left.
 */
#include "mock/dialect.h"
#include "mock/fastapi_error.h"

/* A union adds the member's name to loc, right after the place of the union. */
struct insertion {
    const struct insertion *up;
    size_t depth; /* segments before it */
    struct str label;
};

struct list {
    struct exchange *exchange;
    struct buf out;
    bool first;
    const struct json_path *closed; /* of the last value that was reported */
    bool has_closed;
    bool unprintable; /* an input holds NaN or infinity: Python's json refuses to print it */
};

static size_t path_length(const struct json_path *path)
{
    size_t length = 0;
    for (; path != NULL; path = path->up)
        length++;
    return length;
}

static bool same_segment(const struct json_path *a, const struct json_path *b)
{
    if (a->name.data == NULL || b->name.data == NULL)
        return a->name.data == NULL && b->name.data == NULL && a->index == b->index;
    return str_equal(a->name, b->name);
}

/* True if `path` is `ancestor` or lies below it. */
static bool path_is_within(const struct json_path *path, const struct json_path *ancestor)
{
    size_t length = path_length(path);
    size_t above = path_length(ancestor);
    if (length < above)
        return false;
    for (; length > above; length--)
        path = path->up;
    for (; path != ancestor && path != NULL; path = path->up, ancestor = ancestor->up)
        if (!same_segment(path, ancestor))
            return false;
    return true;
}

static bool is_strictly_within(const struct json_path *path, const struct json_path *ancestor)
{
    return path_length(path) > path_length(ancestor) && path_is_within(path, ancestor);
}

/* ---- loc and input ---- */

static void write_insertions(struct list *list, const struct insertion *insertions, size_t depth)
{
    if (insertions == NULL)
        return;
    write_insertions(list, insertions->up, depth);
    if (insertions->depth != depth)
        return;
    buf_add_char(&list->out, ',');
    json_write_string(&list->out, insertions->label);
}

static void write_segments(struct list *list, const struct json_path *path,
                           const struct insertion *insertions)
{
    if (path == NULL)
        return;
    write_segments(list, path->up, insertions);
    if (path->up != NULL)
        buf_add_char(&list->out, ',');
    if (path->name.data != NULL)
        json_write_string(&list->out, path->name);
    else
        buf_add_uint(&list->out, path->index);
    write_insertions(list, insertions, path_length(path));
}

static void write_loc(struct list *list, const struct violation *violation,
                      const struct insertion *insertions)
{
    buf_add_text(&list->out, "\"loc\":[");
    write_segments(list, violation->path, insertions);
    if (violation->keyword == KEYWORD_PROPERTY_NAMES)
        buf_add_text(&list->out, ",\"[key]\"");
    buf_add_text(&list->out, "],");
}

static bool holds_not_finite(const struct json_node *node)
{
    if (node->type == JSON_NUMBER)
        return (node->flags & JSON_NOT_FINITE) || node->c.valuedouble - node->c.valuedouble != 0;
    if (node->type != JSON_ARRAY && node->type != JSON_OBJECT)
        return false;
    for (const struct json_node *child = json_first(node); child != NULL; child = json_next(child))
        if (holds_not_finite(child))
            return true;
    return false;
}

static void write_input(struct list *list, const struct violation *violation)
{
    buf_add_text(&list->out, ",\"input\":");
    if (violation->keyword == KEYWORD_PROPERTY_NAMES && violation->instance != NULL) {
        json_write_string(&list->out, json_name(violation->instance));
        return;
    }
    if (violation->instance == NULL) {
        buf_add_text(&list->out, "null");
        return;
    }
    list->unprintable = list->unprintable || holds_not_finite(violation->instance);
    json_write(&list->out, violation->instance, JSON_PYTHON);
}

/* ---- entries ---- */

/*
 * FastAPI's key order is type, loc, msg, input, ctx; the error's words come as
 * `"type":...,"msg":...`, so loc goes in between.
 */
static void write_entry(struct list *list, const struct violation *violation,
                        const struct insertion *insertions)
{
    struct buf words = exchange_buf(list->exchange);
    struct buf ctx = exchange_buf(list->exchange);
    fastapi_error_write(list->exchange->part, violation, &words, &ctx);
    size_t type_end = str_find_char(buf_str(&words), ',') + 1;
    if (!list->first)
        buf_add_char(&list->out, ',');
    list->first = false;
    buf_add_char(&list->out, '{');
    buf_add(&list->out, words.data, type_end);
    write_loc(list, violation, insertions);
    buf_add_str(&list->out, str_after(buf_str(&words), type_end));
    write_input(list, violation);
    if (ctx.len > 0) {
        buf_add_text(&list->out, ",\"ctx\":");
        buf_add_str(&list->out, buf_str(&ctx));
    }
    buf_add_char(&list->out, '}');
}

static void write_violations(struct list *list, const struct violation *first,
                             const struct insertion *insertions);

static bool accepts_null_only(const struct schema *schema)
{
    const struct rule *type = schema_rule(schema_resolve(schema), KEYWORD_TYPE);
    return type != NULL && type->u.types == SCHEMA_NULL;
}

/* Every member's errors, each under its own label; a lone member beside null has none. */
static void write_union(struct list *list, const struct violation *violation,
                        const struct insertion *insertions)
{
    const struct rule *rule = schema_rule(violation->schema, violation->keyword);
    const struct schema_list *members = &rule->u.list;
    size_t real = 0;
    for (size_t i = 0; i < members->count; i++)
        real += !accepts_null_only(members->items[i]);
    for (size_t i = 0; i < members->count && i < violation->branch_count; i++) {
        if (violation->branches[i] == NULL || (accepts_null_only(members->items[i]) && real > 0))
            continue;
        list->has_closed = false;
        if (real == 1) {
            write_violations(list, violation->branches[i], insertions);
            continue;
        }
        struct buf label = exchange_buf(list->exchange);
        fastapi_union_label(list->exchange->part, members->items[i], &label);
        struct insertion inner = {insertions, path_length(violation->path), buf_str(&label)};
        write_violations(list, violation->branches[i], &inner);
    }
}

/* A chosen branch failed: its errors under the tag. A bad tag has no branches. */
static void write_tagged(struct list *list, const struct violation *violation,
                         const struct insertion *insertions)
{
    const struct rule *rule = schema_rule(violation->schema, KEYWORD_DISCRIMINATOR);
    struct str tag =
        json_member_text(violation->instance, rule->u.discriminator.name.data, str_from(""));
    struct insertion inner = {insertions, path_length(violation->path), tag};
    list->has_closed = false;
    for (size_t i = 0; i < violation->branch_count; i++)
        if (violation->branches[i] != NULL)
            write_violations(list, violation->branches[i], &inner);
}

static bool is_reported(const struct list *list, const struct violation *violation)
{
    return list->has_closed && path_is_within(violation->path, list->closed);
}

/* pydantic counts a list's items only if each of them is valid. */
static bool yields_to_items(const struct violation *violation)
{
    return violation->keyword == KEYWORD_MIN_ITEMS && violation->next != NULL &&
           is_strictly_within(violation->next->path, violation->path);
}

static void write_violation(struct list *list, const struct violation *violation,
                            const struct insertion *insertions)
{
    if (is_reported(list, violation) || yields_to_items(violation))
        return;
    bool is_union = violation->keyword == KEYWORD_ANY_OF || violation->keyword == KEYWORD_ONE_OF;
    if (is_union && violation->matched == 0)
        write_union(list, violation, insertions);
    else if (violation->keyword == KEYWORD_DISCRIMINATOR && violation->branch_count > 0)
        write_tagged(list, violation, insertions);
    else
        write_entry(list, violation, insertions);
    list->closed = violation->path;
    list->has_closed = true;
}

static void write_violations(struct list *list, const struct violation *first,
                             const struct insertion *insertions)
{
    for (; first != NULL; first = first->next)
        write_violation(list, first, insertions);
}

static void answer_server_error(struct exchange *exchange)
{
    exchange_answer(exchange, 500, "text/plain; charset=utf-8", str_from("Internal Server Error"));
}

static void answer_violations(struct exchange *exchange)
{
    struct list list = {.exchange = exchange, .out = exchange_buf(exchange), .first = true};
    buf_add_text(&list.out, "{\"detail\":[");
    write_violations(&list, exchange->findings.first, NULL);
    buf_add_text(&list.out, "]}");
    if (list.unprintable)
        answer_server_error(exchange);
    else
        exchange_answer_json(exchange, 422, &list.out);
}

/* ---- JSON faults ---- */

static bool is_unreadable(enum json_fault fault)
{
    return fault == JSON_BAD_UTF8 || fault == JSON_TOO_DEEP || fault == JSON_TOO_MANY_NODES ||
           fault == JSON_LONE_SURROGATE;
}

static void answer_json_fault(struct exchange *exchange)
{
    struct buf out = exchange_buf(exchange);
    if (is_unreadable(exchange->json_error.fault)) {
        buf_add_text(&out, "{\"detail\":\"There was an error parsing the body\"}");
        exchange_answer_json(exchange, 400, &out);
        return;
    }
    buf_printf(&out, "{\"detail\":[{\"type\":\"json_invalid\",\"loc\":[\"body\",%zu],",
               exchange->json_error.character);
    buf_add_text(&out, "\"msg\":\"JSON decode error\",\"input\":{},\"ctx\":{\"error\":");
    json_write_string(&out, str_from(json_fault_text(exchange->json_error.fault)));
    buf_add_text(&out, "}}]}");
    exchange_answer_json(exchange, 422, &out);
}

/* ---- refusals ---- */

static const char *const details[REFUSAL_COUNT] = {
    [REFUSE_NO_PATH] = "Not Found",
    [REFUSE_NO_METHOD] = "Method Not Allowed",
    [REFUSE_UNAUTHORIZED] = "Not authenticated",
    [REFUSE_NO_RECORD] = "Not Found",
    [REFUSE_UNREADABLE] = "There was an error parsing the body",
};

static void refuse(struct exchange *exchange, enum refusal refusal, const char *detail)
{
    const struct refusal_words *words = refusal_words(refusal);
    if (detail == NULL || refusal == REFUSE_UNREADABLE)
        detail = details[refusal] != NULL ? details[refusal] : words->detail;
    struct buf out = exchange_buf(exchange);
    buf_add_text(&out, "{\"detail\":");
    json_write_string(&out, str_from(detail));
    buf_add_char(&out, '}');
    exchange_answer_json(exchange, words->status, &out);
    if (refusal == REFUSE_NO_METHOD)
        dialect_add_allow(exchange, true);
    if (refusal == REFUSE_UNAUTHORIZED)
        dialect_add_challenge(exchange);
}

const struct dialect dialect_fastapi = {
    .name = "fastapi",
    .answer_violations = answer_violations,
    .answer_json_fault = answer_json_fault,
    .refuse = refuse,
    .opaque_body_is_value = true,
    .null_is_no_body = true,
    .redirects_slashes = true,
    .reads_python_json = true,
};
