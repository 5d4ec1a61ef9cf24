#include "mock/admin/admin.h"

#include "json/writer.h"

/* Query parameters that an endpoint has. */
static const char *const of_requests[] = {"operation", "path",         "method",  "status", "fault",
                                          "unmatched", "matchingStub", "after",   "since",  "limit",
                                          "order",     "format",       "secrets", NULL};
static const char *const of_retries[] = {"min",         "max",       "factor",   "max_retries",
                                         "min_retries", "tolerance", "max_wait", "window",
                                         "operation",   NULL};
static const char *const of_coverage[] = {"worlds", NULL};
static const char *const of_mappings[] = {"limit", "offset", NULL}; /* WireMock's; all are told */

/* `*` stands for one segment, `**` at the end for one or more. */
struct endpoint {
    const char *method;
    const char *path;
    admin_function *answer;
    const char *const *parameters; /* NULL: none */
};

static admin_function list_endpoints;

static const struct endpoint endpoints[] = {
    {"GET", "", list_endpoints, NULL},
    {"GET", "health", admin_health, NULL},
    {"POST", "reset", admin_reset, NULL},
    {"GET", "requests", admin_list_requests, of_requests},
    {"DELETE", "requests", admin_forget_requests, NULL},
    {"POST", "requests/find", admin_find_requests, NULL},
    {"POST", "requests/count", admin_count_requests, NULL},
    {"POST", "requests/remove", admin_remove_requests, NULL},
    {"POST", "requests/reset", admin_forget_requests, NULL},
    {"GET", "requests/unmatched", admin_list_unmatched, NULL},
    {"GET", "requests/unmatched/near-misses", admin_near_unmatched, NULL},
    {"GET", "requests/*", admin_show_request, NULL},
    {"DELETE", "requests/*", admin_forget_request, NULL},
    {"POST", "near-misses/request", admin_near_request, NULL},
    {"POST", "near-misses/request-pattern", admin_near_pattern, NULL},
    {"GET", "mappings", admin_list_mappings, of_mappings},
    {"POST", "mappings", admin_refuse_mapping, NULL},
    {"DELETE", "mappings", admin_reset_mappings, NULL},
    {"POST", "mappings/reset", admin_reset_mappings, NULL},
    {"GET", "scenarios", admin_list_scenarios, NULL},
    {"POST", "scenarios/reset", admin_reset_scenarios, NULL},
    {"PUT", "scenarios/*/state", admin_set_scenario, NULL},
    {"GET", "version", admin_version, NULL},
    {"GET", "retries", admin_judge_retries, of_retries},
    {"GET", "store", admin_list_collections, NULL},
    {"GET", "store/*", admin_list_records, NULL},
    {"GET", "store/*/**", admin_show_record, NULL},
    {"GET", "faults", admin_show_faults, NULL},
    {"PUT", "faults", admin_set_faults, NULL},
    {"DELETE", "faults", admin_drop_faults, NULL},
    {"GET", "worlds", admin_list_worlds, NULL},
    {"DELETE", "worlds", admin_drop_worlds, NULL},
    {"DELETE", "worlds/*", admin_drop_world, NULL},
    {"GET", "snapshot", admin_list_snapshots, NULL},
    {"POST", "snapshot/*", admin_save, NULL},
    {"DELETE", "snapshot/*", admin_forget, NULL},
    {"POST", "snapshot/*/restore", admin_restore, NULL},
    {"GET", "fixture", admin_export_store, NULL},
    {"GET", "clock", admin_show_clock, NULL},
    {"POST", "clock", admin_set_clock, NULL},
    {"GET", "coverage", admin_show_coverage, of_coverage},
    {"GET", "coverage.html", admin_show_coverage_page, of_coverage},
    {"DELETE", "coverage", admin_forget_coverage, of_coverage},
};

enum { ENDPOINT_COUNT = sizeof endpoints / sizeof *endpoints };

void admin_refuse(const struct admin_call *call, int status, const char *message)
{
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "error");
    json_put_text(&writer, message);
    json_end_object(&writer);
    exchange_answer_json(call->exchange, status, &out);
}

struct str admin_query(const struct admin_call *call, const char *name)
{
    struct str rest = call->exchange->request->query;
    while (rest.len > 0) {
        struct str pair = str_make(rest.data, str_find_char(rest, '&'));
        rest = str_after(rest, pair.len < rest.len ? pair.len + 1 : rest.len);
        size_t equals = str_find_char(pair, '=');
        struct arena *arena = call->exchange->arena;
        if (!str_is(percent_decode(arena, str_make(pair.data, equals), true), name))
            continue;
        struct str value = equals < pair.len ? str_after(pair, equals + 1) : str_from("");
        return percent_decode(arena, value, true);
    }
    return (struct str){NULL, 0};
}

bool admin_query_number(const struct admin_call *call, const char *name, uint64_t fallback,
                        uint64_t *number)
{
    struct str text = admin_query(call, name);
    bool good = text.data == NULL || (text.len > 0 && text.len <= 18);
    *number = text.data == NULL ? fallback : 0;
    for (size_t i = 0; i < text.len && good; i++) {
        good = text.data[i] >= '0' && text.data[i] <= '9';
        *number = *number * 10 + (uint64_t)(text.data[i] - '0');
    }
    if (!good)
        admin_refuse(call, 400,
                     arena_printf(call->exchange->arena, "%s wants a whole number, not \"%.*s\"",
                                  name, (int)text.len, text.data));
    return good;
}

bool admin_query_choice(const struct admin_call *call, const char *name,
                        const char *const choices[2], bool *second)
{
    struct str text = admin_query(call, name);
    *second = str_is(text, choices[1]);
    if (text.data == NULL || *second || str_is(text, choices[0]))
        return true;
    admin_refuse(call, 400,
                 arena_printf(call->exchange->arena, "%s is %s or %s, not \"%.*s\"", name,
                              choices[0], choices[1], (int)text.len, text.data));
    return false;
}

bool admin_query_operation(const struct admin_call *call, struct str *label)
{
    struct arena *arena = call->exchange->arena;
    const struct bill *bill = call->exchange->bill;
    struct str name = admin_query(call, "operation");
    *label = str_from("");
    if (name.data == NULL)
        return true;
    const struct operation *operation = bill_find_operation(bill, name, NULL);
    if (operation != NULL) {
        *label = operation->label;
        return true;
    }
    const char *nearest = bill_nearest_operation(bill, name, arena);
    const char *help = nearest != NULL ? arena_printf(arena, "did you mean \"%s\"?", nearest)
                                       : "write it as METHOD /path from the document, or its "
                                         "operationId";
    admin_refuse(call, 400,
                 arena_printf(arena, "the contract has no operation \"%.*s\"; %s", (int)name.len,
                              name.data, help));
    return false;
}

static bool is_known(struct str name, const char *const *known)
{
    while (*known != NULL && !str_is(name, *known))
        known++;
    return *known != NULL;
}

/* What is not known would be forgotten, and all requests deleted for one. */
static bool check_query(const struct admin_call *call, const char *const *known)
{
    static const char *const none[] = {NULL};
    struct str rest = call->exchange->request->query;
    struct arena *arena = call->exchange->arena;
    while (rest.len > 0) {
        struct str pair = str_make(rest.data, str_find_char(rest, '&'));
        rest = str_after(rest, pair.len < rest.len ? pair.len + 1 : rest.len);
        struct str name =
            percent_decode(arena, str_make(pair.data, str_find_char(pair, '=')), true);
        if (pair.len == 0 || is_known(name, known != NULL ? known : none))
            continue;
        const char *nearest = known != NULL ? str_nearest(name, known) : NULL;
        admin_refuse(call, 400,
                     arena_printf(arena, "this endpoint has no query parameter \"%.*s\"%s%s%s",
                                  (int)name.len, name.data,
                                  nearest != NULL ? "; did you mean " : "",
                                  nearest != NULL ? nearest : "", nearest != NULL ? "?" : ""));
        return false;
    }
    return true;
}

void admin_answer_done(const struct admin_call *call)
{
    struct buf out = exchange_buf(call->exchange);
    buf_add_text(&out, "{}");
    exchange_answer_json(call->exchange, 200, &out);
}

static void split(struct admin_call *call, struct str path)
{
    while (path.len > 0 && call->count < ADMIN_MAX_SEGMENTS) {
        path = str_after(path, 1);
        struct str segment = str_make(path.data, str_find_char(path, '/'));
        path = str_after(path, segment.len);
        call->segments[call->count++] = percent_decode(call->exchange->arena, segment, false);
    }
    if (call->count > 1 && call->segments[call->count - 1].len == 0)
        call->count--;
}

static bool fits(const struct admin_call *call, const char *pattern)
{
    struct str rest = str_from(pattern);
    if (rest.len == 0)
        return call->count == 0 || (call->count == 1 && call->segments[0].len == 0);
    for (size_t i = 0;; i++) {
        struct str wanted = str_make(rest.data, str_find_char(rest, '/'));
        if (i >= call->count)
            return false;
        if (str_is(wanted, "**"))
            return true;
        if (!str_is(wanted, "*") && !str_equal(wanted, call->segments[i]))
            return false;
        if (wanted.len == rest.len)
            return i + 1 == call->count;
        rest = str_after(rest, wanted.len + 1);
    }
}

static void write_endpoint(const struct endpoint *endpoint, struct json_writer *writer,
                           struct arena *arena)
{
    json_begin_object(writer);
    json_put_key(writer, "method");
    json_put_text(writer, endpoint->method);
    json_put_key(writer, "path");
    json_put_text(writer, arena_printf(arena, "/__admin%s%s", *endpoint->path != '\0' ? "/" : "",
                                       endpoint->path));
    json_put_key(writer, "query");
    json_begin_array(writer);
    for (size_t i = 0; endpoint->parameters != NULL && endpoint->parameters[i] != NULL; i++)
        json_put_text(writer, endpoint->parameters[i]);
    json_end_array(writer);
    json_end_object(writer);
}

static void list_endpoints(const struct admin_call *call)
{
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "endpoints");
    json_begin_array(&writer);
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        write_endpoint(&endpoints[i], &writer, call->exchange->arena);
    json_end_array(&writer);
    json_end_object(&writer);
    exchange_answer_json(call->exchange, 200, &out);
}

static void refuse_method(const struct admin_call *call, struct str allow)
{
    admin_refuse(call, 405,
                 arena_printf(call->exchange->arena, "this endpoint has no %.*s; it has %.*s",
                              (int)call->exchange->request->method.len,
                              call->exchange->request->method.data, (int)allow.len, allow.data));
    response_header(call->exchange->response, "allow", allow);
}

static void answer_unknown(const struct admin_call *call)
{
    const char *paths[ENDPOINT_COUNT + 1] = {NULL};
    struct buf path = exchange_buf(call->exchange);
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        paths[i] = endpoints[i].path;
    for (size_t i = 0; i < call->count; i++) {
        buf_add_text(&path, i > 0 ? "/" : "");
        buf_add_str(&path, call->segments[i]);
    }
    const char *nearest = str_nearest(buf_str(&path), paths);
    const char *help =
        nearest != NULL && *nearest != '\0'
            ? arena_printf(call->exchange->arena, " Did you mean /__admin/%s?", nearest)
            : "";
    admin_refuse(call, 404,
                 arena_printf(call->exchange->arena,
                              "no such admin endpoint: GET /__admin lists them.%s", help));
}

static void dispatch(const struct admin_call *call)
{
    struct buf allow = exchange_buf(call->exchange);
    for (size_t i = 0; i < ENDPOINT_COUNT; i++) {
        if (!fits(call, endpoints[i].path))
            continue;
        if (str_is(call->exchange->request->method, endpoints[i].method)) {
            if (check_query(call, endpoints[i].parameters))
                endpoints[i].answer(call);
            return;
        }
        buf_printf(&allow, "%s%s", allow.len > 0 ? ", " : "", endpoints[i].method);
    }
    if (allow.len > 0)
        refuse_method(call, buf_str(&allow));
    else
        answer_unknown(call);
}

void admin_answer(struct exchange *exchange)
{
    static const char prefix[] = "/__admin";
    struct str path = exchange->path;
    if (!str_starts_with(path, prefix))
        return;
    struct str rest = str_after(path, sizeof prefix - 1);
    if (rest.len > 0 && rest.data[0] != '/')
        return;
    struct admin_call call = {.exchange = exchange};
    exchange->is_admin = true;
    split(&call, rest);
    dispatch(&call);
}
