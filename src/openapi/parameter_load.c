/*
 * Parameter and header objects. What cannot be honoured at a request is an
 * error here, never a parameter that lets everything pass.
 */
#include "openapi/load.h"

#include "openapi/route.h"
#include "openapi/style.h"
#include "openapi/unknown.h"

#include "base/buf.h"

static const char *const place_names[] = {
    [PARAMETER_PATH] = "path",
    [PARAMETER_QUERY] = "query",
    [PARAMETER_HEADER] = "header",
    [PARAMETER_COOKIE] = "cookie",
};

enum { PLACES = sizeof place_names / sizeof *place_names };

/* --- one parameter -------------------------------------------------------------------- */

/* OpenAPI 3.1.1, 4.8.12.4: which styles a place has; the first is the default. */
static bool style_is_allowed(enum parameter_in in, enum parameter_style style)
{
    static const unsigned allowed[] = {
        [PARAMETER_PATH] = 1u << STYLE_SIMPLE | 1u << STYLE_LABEL | 1u << STYLE_MATRIX,
        [PARAMETER_QUERY] = 1u << STYLE_FORM | 1u << STYLE_SPACE_DELIMITED |
                            1u << STYLE_PIPE_DELIMITED | 1u << STYLE_DEEP_OBJECT,
        [PARAMETER_HEADER] = 1u << STYLE_SIMPLE,
        [PARAMETER_COOKIE] = 1u << STYLE_FORM,
    };
    return (allowed[in] >> style & 1) != 0;
}

static bool load_style(struct load load, struct parameter *parameter)
{
    static const char *const remedies[] = {
        [PARAMETER_PATH] = "use simple, label or matrix",
        [PARAMETER_QUERY] = "use form, spaceDelimited, pipeDelimited or deepObject",
        [PARAMETER_HEADER] = "use simple",
        [PARAMETER_COOKIE] = "use form",
    };
    const struct json_node *style = json_member(parameter->node, "style");
    bool in_url = parameter->in == PARAMETER_QUERY || parameter->in == PARAMETER_COOKIE;
    parameter->style = in_url ? STYLE_FORM : STYLE_SIMPLE;
    if (style != NULL && !(json_is(style, JSON_STRING) &&
                           parameter_style_from(json_text(style), &parameter->style) &&
                           style_is_allowed(parameter->in, parameter->style))) {
        diag_error(load.diags, json_place(style), remedies[parameter->in],
                   "a %s parameter cannot have this style", place_names[parameter->in]);
        return false;
    }
    const struct json_node *explode = json_member(parameter->node, "explode");
    parameter->explode = explode != NULL ? json_is_true(explode) : parameter->style == STYLE_FORM;
    return true;
}

/* `content` in place of `schema`: exactly one media type. */
static bool load_parameter_content(struct load load, const struct json_node *content,
                                   struct parameter *parameter)
{
    struct media_type *types;
    size_t count = 0;
    if (content->size != 1) {
        diag_error(load.diags, json_place(content), "leave one media type",
                   "the `content` of a parameter has %u media types", content->size);
        return false;
    }
    load_content(load, content, &types, &count);
    if (types[0].node == NULL)
        return false;
    parameter->content_type = types[0].range;
    parameter->schema_node = types[0].schema_node;
    parameter->schema_uri = types[0].schema_uri;
    return true;
}

/* What parameters and headers have in common; parameter->node, name and in are set. */
static bool load_description(struct load load, struct parameter *parameter)
{
    const struct json_node *node = parameter->node;
    parameter->required = json_is_true(json_member(node, "required"));
    parameter->allow_empty_value = json_is_true(json_member(node, "allowEmptyValue"));
    parameter->allow_reserved = json_is_true(json_member(node, "allowReserved"));
    const struct json_node *content = json_member(node, "content");
    if (content != NULL) {
        content = load_member_object(&load, node, "content");
        return content != NULL && load_parameter_content(load, content, parameter);
    }
    parameter->schema_node = json_member(node, "schema");
    parameter->schema_uri = load.document->uri;
    if (parameter->schema_node == NULL)
        diag_warning(load.diags, json_place(node), "add a `schema`",
                     "\"%.*s\" has neither schema nor content: any text is accepted",
                     (int)parameter->name.len, parameter->name.data);
    return load_style(load, parameter);
}

static void tell_wrong_place(struct load load, const struct json_node *in, struct str name)
{
    static const char *const words[] = {"path", "query", "header", "cookie", NULL};
    struct str text = json_text(in);
    const char *remedy = "set `in` to path, query, header or cookie";
    struct buf room;
    buf_init(&room, NULL);
    if (str_is(text, "body") || str_is(text, "formData"))
        remedy = "OpenAPI 3 describes bodies under requestBody";
    else
        remedy = nearest_remedy(&room, str_nearest(text, words), remedy);
    diag_error(load.diags, json_place(in), remedy,
               "`in` of the parameter \"%.*s\" cannot be \"%.*s\"", (int)name.len, name.data,
               (int)text.len, text.data);
    buf_free(&room);
}

static bool load_place(struct load load, struct parameter *parameter)
{
    const struct json_node *in = json_member(parameter->node, "in");
    struct str text = json_is(in, JSON_STRING) ? json_text(in) : str_from("");
    for (int i = 0; i < PLACES; i++)
        if (str_is(text, place_names[i])) {
            parameter->in = (enum parameter_in)i;
            return true;
        }
    if (text.len > 0)
        tell_wrong_place(load, in, parameter->name);
    else
        diag_error(load.diags, json_place(in != NULL ? in : parameter->node),
                   "set `in` to path, query, header or cookie",
                   "the parameter \"%.*s\" does not say where it is", (int)parameter->name.len,
                   parameter->name.data);
    return false;
}

static bool load_parameter(struct load load, const struct json_node *entry,
                           struct parameter *parameter)
{
    const struct json_node *node = load_object(&load, entry, "a parameter");
    if (node == NULL)
        return false;
    *parameter =
        (struct parameter){.node = node, .name = json_member_text(node, "name", str_from(""))};
    if (parameter->name.len == 0) {
        diag_error(load.diags, json_place(node), "add its `name`", "a parameter has no name");
        return false;
    }
    unknown_words(load, node, OBJECT_PARAMETER);
    if (!load_place(load, parameter) || !load_description(load, parameter))
        return false;
    if (parameter->in == PARAMETER_PATH && !parameter->required)
        diag_warning(load.diags, json_place(node), "add `required: true`",
                     "the path parameter \"%.*s\" is not marked as required",
                     (int)parameter->name.len, parameter->name.data);
    parameter->required |= parameter->in == PARAMETER_PATH;
    return true;
}

/* --- the lists of an operation ----------------------------------------------------------- */

struct parameter_list {
    struct parameter *items;
    size_t count;
};

static bool same_parameter(const struct parameter *a, const struct parameter *b)
{
    if (a->in != b->in)
        return false;
    return a->in == PARAMETER_HEADER ? str_equal_ignoring_case(a->name, b->name)
                                     : str_equal(a->name, b->name);
}

/* OpenAPI 3.1.1, 4.8.12.1: these are described by requestBody, responses and security. */
static bool is_ignored_header(const struct parameter *parameter)
{
    static const char *const names[] = {"Accept", "Content-Type", "Authorization"};
    if (parameter->in != PARAMETER_HEADER)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_ignoring_case(parameter->name, str_from(names[i])))
            return true;
    return false;
}

/*
 * Adds a list. One that is there already is replaced in its place if it comes
 * from the path item (index below `inherited`), else kept.
 */
static void add_list(struct load load, const struct json_node *list, size_t inherited,
                     struct parameter_list *parameters)
{
    for (const struct json_node *entry = json_first(list); entry != NULL;
         entry = json_next(entry)) {
        struct parameter parameter;
        if (!load_parameter(load, entry, &parameter) || is_ignored_header(&parameter))
            continue;
        size_t at = 0;
        while (at < parameters->count && !same_parameter(&parameters->items[at], &parameter))
            at++;
        if (at < parameters->count && at >= inherited) {
            diag_warning(load.diags, json_place(entry), "remove one of the two",
                         "the %s parameter \"%.*s\" is listed twice; the first one counts",
                         place_names[parameter.in], (int)parameter.name.len, parameter.name.data);
            continue;
        }
        parameters->items[at] = parameter;
        parameters->count += at == parameters->count;
    }
}

static bool is_list(struct load load, const struct json_node *list)
{
    if (list == NULL || list->type == JSON_ARRAY)
        return list != NULL;
    diag_error(load.diags, json_place(list), "write it as a list of {name: ..., in: ...}",
               "`parameters` is no list");
    return false;
}

static bool is_among(struct str name, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(names[i], name))
            return true;
    return false;
}

/* Path parameters without a place in the template could never be sent. */
static bool has_a_place(struct load load, const struct parameter *parameter,
                        const struct operation *operation)
{
    struct str names[ROUTE_MAX_CAPTURES];
    size_t count = route_template_variables(operation->path, names);
    if (parameter->in != PARAMETER_PATH || is_among(parameter->name, names, count))
        return true;
    diag_warning(load.diags, json_place(parameter->node),
                 arena_printf(&load.contract->arena, "write {%.*s} into the path, or remove it",
                              (int)parameter->name.len, parameter->name.data),
                 "the path parameter \"%.*s\" is not in %.*s, so it is ignored",
                 (int)parameter->name.len, parameter->name.data, (int)operation->path.len,
                 operation->path.data);
    return false;
}

static void warn_of_undeclared(struct load load, const struct operation *operation)
{
    struct str names[ROUTE_MAX_CAPTURES];
    size_t count = route_template_variables(operation->path, names);
    for (size_t i = 0; i < count; i++) {
        bool declared = false;
        for (size_t k = 0; k < operation->parameter_count; k++)
            declared |= operation->parameters[k].in == PARAMETER_PATH &&
                        str_equal(operation->parameters[k].name, names[i]);
        if (!declared)
            diag_warning(load.diags, json_name_place(operation->node),
                         "declare it under parameters, with `in: path`",
                         "{%.*s} of %.*s is not declared: any text is accepted", (int)names[i].len,
                         names[i].data, (int)operation->label.len, operation->label.data);
    }
}

void load_parameters(struct load inherited_load, const struct json_node *inherited,
                     struct load load, const struct json_node *own, struct operation *operation)
{
    inherited = is_list(inherited_load, inherited) ? inherited : NULL;
    own = is_list(load, own) ? own : NULL;
    size_t room = (inherited != NULL ? inherited->size : 0u) + (own != NULL ? own->size : 0u);
    struct arena *arena = &load.contract->arena;
    struct parameter_list all = {arena_alloc(arena, (room + 1) * sizeof *all.items), 0};
    if (inherited != NULL)
        add_list(inherited_load, inherited, 0, &all);
    if (own != NULL)
        add_list(load, own, all.count, &all);

    operation->parameters = arena_alloc(arena, (all.count + 1) * sizeof *operation->parameters);
    for (int in = 0; in < PLACES; in++)
        for (size_t i = 0; i < all.count; i++) {
            if (all.items[i].in != (enum parameter_in)in ||
                !has_a_place(load, &all.items[i], operation))
                continue;
            struct parameter *parameter = &operation->parameters[operation->parameter_count++];
            *parameter = all.items[i];
            parameter->operation = operation;
        }
    warn_of_undeclared(load, operation);
}

/* --- the headers of a response -------------------------------------------------------------- */

static struct parameter_list load_header_list(struct load load, const struct json_node *headers,
                                              const struct operation *operation)
{
    struct parameter_list list = {
        arena_alloc(&load.contract->arena, (headers->size + 1) * sizeof *list.items), 0};
    for (const struct json_node *member = json_first(headers); member != NULL;
         member = json_next(member)) {
        struct load at = load;
        struct parameter header = {
            .name = json_name(member), .in = PARAMETER_HEADER, .operation = operation};
        if (str_equal_ignoring_case(header.name, str_from("Content-Type")))
            continue; /* OpenAPI 3.1.1, 4.8.17.1 */
        header.node = load_object(&at, member, "a header");
        if (header.node != NULL && load_description(at, &header))
            list.items[list.count++] = header;
    }
    return list;
}

/*
 * Most responses of large documents are a few components, so their headers are
 * shared, unless something is wrong with them: every operation has to know that.
 */
void load_headers(struct load load, const struct json_node *headers,
                  const struct operation *operation, struct response_spec *response)
{
    if (headers == NULL)
        return;
    struct str address = str_make((const char *)&headers, sizeof headers);
    struct parameter_list *shared = map_get(&load.contract->shared_headers, address);
    size_t problems = load.diags->errors;
    struct parameter_list list =
        shared != NULL ? *shared : load_header_list(load, headers, operation);
    if (shared == NULL && load.diags->errors == problems) {
        shared = arena_alloc(&load.contract->arena, sizeof *shared);
        *shared = list;
        map_put(&load.contract->shared_headers, arena_copy_str(&load.contract->arena, address),
                shared);
    }
    response->headers = list.items;
    response->header_count = list.count;
}
