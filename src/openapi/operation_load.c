/* Paths, path items and operations, with their bodies and responses. */
#include "openapi/load.h"

#include "openapi/route.h"
#include "openapi/unknown.h"

/* A member of `paths`. */
struct path_item {
    struct load load;
    struct str path;
    const struct json_node *entry; /* in `paths` */
    const struct json_node *node;  /* behind `$ref`; NULL if it leads nowhere */
    const char *problem;           /* of the template, or NULL */
};

/* --- bodies and responses --------------------------------------------------------------- */

static void load_request_body(struct load load, const struct json_node *entry,
                              struct operation *operation)
{
    if (entry == NULL)
        return;
    const struct json_node *node = load_object(&load, entry, "a request body");
    if (node == NULL)
        return;
    unknown_words(load, node, OBJECT_REQUEST_BODY);
    operation->body_node = node;
    operation->body_required = json_is_true(json_member(node, "required"));
    const struct json_node *content = load_member_object(&load, node, "content");
    if (json_member(node, "content") == NULL)
        diag_error(load.diags, json_place(node), "add `content` with a media type and its schema",
                   "a request body has no `content`");
    load_content(load, content, &operation->bodies, &operation->body_count);
}

/* "200", "4XX" or "default" as in response_spec.status; false for anything else. */
static bool status_from(struct str key, int *status)
{
    *status = 0;
    if (str_is(key, "default"))
        return true;
    if (key.len != 3 || key.data[0] < '1' || key.data[0] > '5')
        return false;
    if (str_equal_ignoring_case(str_after(key, 1), str_from("XX"))) {
        *status = -(key.data[0] - '0');
        return true;
    }
    for (size_t i = 0; i < 3; i++) {
        if (key.data[i] < '0' || key.data[i] > '9')
            return false;
        *status = *status * 10 + (key.data[i] - '0');
    }
    return true;
}

static void load_response(struct load load, const struct json_node *member,
                          struct operation *operation)
{
    struct response_spec response = {0};
    if (load_is_extension(member))
        return;
    if (!status_from(json_name(member), &response.status)) {
        diag_error(load.diags, json_name_place(member), "write 200, 4XX or default",
                   "\"%.*s\" is no status of a response", (int)member->name_length,
                   member->c.string);
        return;
    }
    response.node = load_object(&load, member, "a response");
    if (response.node == NULL)
        return;
    unknown_words(load, response.node, OBJECT_RESPONSE);
    load_content(load, load_member_object(&load, response.node, "content"), &response.content,
                 &response.content_count);
    load_headers(load, load_member_object(&load, response.node, "headers"), operation, &response);
    operation->responses[operation->response_count++] = response;
}

static void load_responses(struct load load, struct operation *operation)
{
    const struct json_node *responses = load_member_object(&load, operation->node, "responses");
    if (responses == NULL) {
        if (load.contract->is_3_0 && json_member(operation->node, "responses") == NULL)
            diag_warning(load.diags, json_name_place(operation->node),
                         "add `responses`, which OpenAPI 3.0 wants", "%.*s has no responses",
                         (int)operation->label.len, operation->label.data);
        return;
    }
    operation->responses =
        arena_alloc(&load.contract->arena, (responses->size + 1) * sizeof *operation->responses);
    for (const struct json_node *member = json_first(responses); member != NULL;
         member = json_next(member))
        load_response(load, member, operation);
}

/* --- operations -------------------------------------------------------------------------- */

/* The method that a member of a path item describes, or HTTP_METHOD_COUNT. */
static enum http_method method_of(const struct json_node *member)
{
    static const char *const keys[] = {
        [HTTP_GET] = "get",       [HTTP_PUT] = "put",         [HTTP_POST] = "post",
        [HTTP_DELETE] = "delete", [HTTP_OPTIONS] = "options", [HTTP_HEAD] = "head",
        [HTTP_PATCH] = "patch",   [HTTP_TRACE] = "trace",
    };
    int method = 0;
    while (method < HTTP_METHOD_COUNT && !str_is(json_name(member), keys[method]))
        method++;
    return (enum http_method)method;
}

static void explain_template(const struct path_item *item, struct diags *diags)
{
    diag_error(diags, json_name_place(item->entry),
               "write it as /pets/{petId}, one or more characters in each pair of braces",
               "the path %.*s %s", (int)item->path.len, item->path.data, item->problem);
}

static void load_operation(const struct path_item *item, const struct json_node *member,
                           struct operation *operation)
{
    struct contract *contract = item->load.contract;
    diags_init(&operation->problems);
    struct load load = item->load;
    load.diags = &operation->problems;

    operation->method = method_of(member);
    operation->index = (uint32_t)(operation - contract->operations);
    operation->path = item->path;
    operation->label =
        str_from(arena_printf(&contract->arena, "%s %.*s", http_method_name(operation->method),
                              (int)item->path.len, item->path.data));
    operation->node = member;
    if (item->problem != NULL)
        explain_template(item, load.diags);
    if (member->type != JSON_OBJECT) {
        diag_error(load.diags, json_place(member), "write it as {responses: ...}",
                   "%.*s is no object", (int)operation->label.len, operation->label.data);
        return;
    }
    unknown_words(load, member, OBJECT_OPERATION);
    operation->id = json_member_text(member, "operationId", str_from(""));
    operation->behavior = json_member(member, "x-understudy");
    load_parameters(load, json_member(item->node, "parameters"), load,
                    json_member(member, "parameters"), operation);
    load_request_body(load, json_member(member, "requestBody"), operation);
    load_responses(load, operation);
    const struct json_node *security = json_member(member, "security");
    if (security == NULL)
        security = json_member(contract->root, "security");
    load_security(load, security, operation);
    load_servers(item->load, json_member(member, "servers"));
}

static void warn_of_extension(const struct path_item *item, const struct json_node *member)
{
    unknown_extension(item->load, member);
    if (str_is(json_name(member), "x-understudy"))
        diag_warning(item->load.diags, json_name_place(member),
                     "put it into the operations that it is for",
                     "x-understudy has no effect in a path item");
}

/* Names of path items that are no operations. A misspelt method would be one that is not served. */
static void warn_of_unknown(const struct path_item *item, const struct json_node *member)
{
    static const char *const known[] = {"get",     "put",   "post",  "delete",     "options",
                                        "head",    "patch", "trace", "summary",    "description",
                                        "servers", "$ref",  "query", "parameters", NULL};
    struct str name = json_name(member);
    for (const char *const *word = known; *word != NULL; word++)
        if (str_is(name, *word) && !str_is(name, "query"))
            return;
    if (load_is_extension(member)) {
        warn_of_extension(item, member);
        return;
    }
    struct arena *arena = &item->load.contract->arena;
    const char *nearest = str_nearest(name, known);
    diag_warning(item->load.diags, json_name_place(member),
                 nearest != NULL && !str_is(name, nearest)
                     ? arena_printf(arena, "did you mean %s?", nearest)
                     : NULL,
                 "\"%.*s\" of %.*s is no method that is served", (int)name.len, name.data,
                 (int)item->path.len, item->path.data);
}

/* --- paths --------------------------------------------------------------------------------- */

/* Beside `$ref` only words for readers have a meaning; a method would be lost. */
static void warn_of_siblings(const struct load *load, const struct json_node *entry)
{
    if (json_member(entry, "$ref") == NULL)
        return;
    for (const struct json_node *member = json_first(entry); member != NULL;
         member = json_next(member))
        if (method_of(member) != HTTP_METHOD_COUNT || str_is(json_name(member), "parameters"))
            diag_warning(load->diags, json_name_place(member),
                         "move it into the path item that $ref names",
                         "what stands beside $ref in a path item is ignored");
}

static void warn_of_query(const struct load *load, const struct json_node *entry)
{
    struct str path = json_name(entry);
    if (str_find_char(path, '?') == path.len && str_find_char(path, '#') == path.len)
        return;
    diag_warning(load->diags, json_name_place(entry),
                 "describe a query under parameters; leave fragments out",
                 "a request's path has no ? or #: clients must send them as %%3F and %%23");
}

static struct path_item load_path_item(struct load load, const struct json_node *entry)
{
    struct path_item item = {.load = load, .entry = entry, .path = json_name(entry)};
    warn_of_siblings(&load, entry);
    warn_of_query(&load, entry);
    item.problem = route_template_problem(item.path);
    item.node = load_object(&item.load, entry, "a path item");
    if (item.problem != NULL)
        explain_template(&item, load.diags);
    if (item.node != NULL)
        load_servers(item.load, json_member(item.node, "servers"));
    return item;
}

static size_t count_operations(const struct path_item *item)
{
    size_t count = 0;
    if (item->node == NULL)
        return 0;
    for (const struct json_node *member = json_first(item->node); member != NULL;
         member = json_next(member)) {
        if (method_of(member) == HTTP_METHOD_COUNT)
            warn_of_unknown(item, member);
        else
            count++;
    }
    return count;
}

static void route_operation(struct load load, struct operation *operation)
{
    const struct operation *former =
        route_add(&load.contract->arena, load.contract->routes, operation);
    if (former != NULL)
        diag_warning(load.diags, json_name_place(operation->node),
                     "remove one of the two, or make their paths differ",
                     "%.*s can never be reached: %.*s has the same path", (int)operation->label.len,
                     operation->label.data, (int)former->label.len, former->label.data);
}

static void warn_of_equal_ids(struct load load)
{
    struct map ids;
    map_init(&ids, &load.contract->arena);
    for (size_t i = 0; i < load.contract->operation_count; i++) {
        struct operation *operation = &load.contract->operations[i];
        const struct json_node *id = json_member(operation->node, "operationId");
        if (operation->id.len > 0 && map_put(&ids, operation->id, operation) != NULL)
            diag_warning(load.diags, json_place(id), "give each operation its own",
                         "the operationId \"%.*s\" is used twice", (int)operation->id.len,
                         operation->id.data);
    }
}

static void load_operations(const struct path_item *item)
{
    struct contract *contract = item->load.contract;
    if (item->node == NULL)
        return;
    for (const struct json_node *member = json_first(item->node); member != NULL;
         member = json_next(member)) {
        if (method_of(member) == HTTP_METHOD_COUNT)
            continue;
        struct operation *operation = &contract->operations[contract->operation_count++];
        load_operation(item, member, operation);
        if (item->problem == NULL)
            route_operation(item->load, operation);
        bool broken = operation->problems.errors > 0;
        atomic_init(&operation->state, broken ? OPERATION_BROKEN : OPERATION_RAW);
    }
}

void load_paths(struct load load, const struct json_node *paths)
{
    struct contract *contract = load.contract;
    struct path_item *items = arena_alloc(&contract->arena, (paths->size + 1) * sizeof *items);
    size_t item_count = 0;
    size_t count = 0;
    for (const struct json_node *entry = json_first(paths); entry != NULL;
         entry = json_next(entry)) {
        if (load_is_extension(entry))
            continue;
        items[item_count] = load_path_item(load, entry);
        count += count_operations(&items[item_count++]);
    }
    contract->operations =
        arena_alloc_zero(&contract->arena, (count + 1) * sizeof *contract->operations);
    for (size_t i = 0; i < item_count; i++)
        load_operations(&items[i]);
    warn_of_equal_ids(load);
}
