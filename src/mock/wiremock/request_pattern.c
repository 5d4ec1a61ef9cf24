#include "mock/wiremock/request_pattern.h"

#include "base/base64.h"
#include "openapi/contract.h"

enum url_test {
    URL_ANY,
    URL_EQUALS,
    URL_MATCHES,
    URL_PATH_EQUALS,
    URL_PATH_MATCHES,
    URL_PATH_TEMPLATE,
};

static const struct {
    const char *name;
    enum url_test test;
} url_words[] = {
    {"url", URL_EQUALS},
    {"urlPattern", URL_MATCHES},
    {"urlPath", URL_PATH_EQUALS},
    {"urlPathPattern", URL_PATH_MATCHES},
    {"urlPathTemplate", URL_PATH_TEMPLATE},
};

enum { URL_WORDS = sizeof url_words / sizeof *url_words };

/* A name and what its values must be like. */
struct named_pattern {
    struct str name;
    const struct value_pattern *pattern;
};

struct named_patterns {
    struct named_pattern *items;
    size_t count;
};

struct request_pattern {
    enum url_test url_test;
    struct str url;
    const struct pattern *url_expression;
    struct str *methods; /* none: any */
    size_t method_count;
    struct str scheme; /* empty: any; so the next two */
    int64_t port;
    struct str authorization;
    const struct value_pattern *host;
    const struct value_pattern *client;
    struct named_patterns headers;
    struct named_patterns query;
    struct named_patterns form;
    struct named_patterns cookies;
    struct named_patterns path; /* variables of the template */
    const struct value_pattern **bodies;
    size_t body_count;
};

/* ---- reading ---- */

static bool read_named(struct pattern_matching *matching, const struct json_node *node,
                       struct named_patterns *out)
{
    if (!json_is(node, JSON_OBJECT))
        return pattern_problem(matching, "%s wants an object of value patterns, by name",
                               node->c.string);
    out->items = arena_alloc(matching->arena, (node->size + 1) * sizeof *out->items);
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member)) {
        const struct value_pattern *pattern = value_pattern_read(matching, member);
        if (pattern == NULL)
            return false;
        out->items[out->count++] = (struct named_pattern){json_name(member), pattern};
    }
    return true;
}

static bool read_bodies(struct pattern_matching *matching, const struct json_node *node,
                        struct request_pattern *out)
{
    if (!json_is(node, JSON_ARRAY))
        return pattern_problem(matching, "bodyPatterns wants a list of value patterns");
    out->bodies =
        arena_alloc(matching->arena, (node->size + 1) * sizeof(const struct value_pattern *));
    for (const struct json_node *item = json_first(node); item != NULL; item = json_next(item)) {
        out->bodies[out->body_count] = value_pattern_read(matching, item);
        if (out->bodies[out->body_count++] == NULL)
            return false;
    }
    return true;
}

static bool read_text(struct pattern_matching *matching, const struct json_node *node,
                      struct str *out)
{
    if (!json_is(node, JSON_STRING))
        return pattern_problem(matching, "%s wants a string", node->c.string);
    *out = json_text(node);
    return true;
}

static bool read_url(struct pattern_matching *matching, const struct json_node *node,
                     enum url_test test, struct request_pattern *out)
{
    if (out->url_test != URL_ANY)
        return pattern_problem(matching, "only one of url, urlPattern, urlPath, urlPathPattern and "
                                         "urlPathTemplate may be given");
    out->url_test = test;
    if (!read_text(matching, node, &out->url))
        return false;
    if (test != URL_MATCHES && test != URL_PATH_MATCHES)
        return true;
    out->url_expression = pattern_of_whole(matching, out->url);
    return out->url_expression != NULL;
}

static bool read_methods(struct pattern_matching *matching, const struct json_node *node,
                         struct request_pattern *out)
{
    bool one = json_is(node, JSON_STRING);
    if (!one && !json_is(node, JSON_ARRAY))
        return pattern_problem(matching, "%s wants a method such as \"PUT\", or \"ANY\"",
                               node->c.string);
    out->methods = arena_alloc(matching->arena, (node->size + 1) * sizeof *out->methods);
    for (const struct json_node *item = one ? node : json_first(node); item != NULL;
         item = one ? NULL : json_next(item)) {
        struct str *method = &out->methods[out->method_count++];
        if (!json_is(item, JSON_STRING))
            return pattern_problem(matching, "a method is a string such as \"PUT\"");
        *method = json_text(item);
        if (str_is(*method, "ANY")) {
            out->method_count = 0;
            return true;
        }
    }
    return true;
}

static bool read_port(struct pattern_matching *matching, const struct json_node *node,
                      struct request_pattern *out)
{
    out->port = node->type == JSON_NUMBER ? node->c.valueint : 0;
    return out->port > 0 || pattern_problem(matching, "port wants a number");
}

static bool read_login(struct pattern_matching *matching, const struct json_node *node,
                       struct request_pattern *out)
{
    struct str user = json_member_text(node, "username", (struct str){NULL, 0});
    struct str password = json_member_text(node, "password", (struct str){NULL, 0});
    struct buf plain, header;
    if (user.data == NULL || password.data == NULL)
        return pattern_problem(matching, "%s wants a username and a password", node->c.string);
    buf_init(&plain, matching->arena);
    buf_init(&header, matching->arena);
    buf_add_str(&plain, user);
    buf_add_char(&plain, ':');
    buf_add_str(&plain, password);
    buf_add_text(&header, "Basic ");
    base64_add(&header, buf_str(&plain));
    out->authorization = buf_str(&header);
    return true;
}

static bool read_value(struct pattern_matching *matching, const struct json_node *node,
                       const struct value_pattern **out)
{
    *out = value_pattern_read(matching, node);
    return *out != NULL;
}

static bool read_unknown(struct pattern_matching *matching, struct str name)
{
    static const char *const known[] = {"method",
                                        "methods",
                                        "url",
                                        "urlPattern",
                                        "urlPath",
                                        "headers",
                                        "bodyPatterns",
                                        "cookies",
                                        "urlPathPattern",
                                        "queryParameters",
                                        "host",
                                        "port",
                                        "scheme",
                                        "clientIp",
                                        "formParameters",
                                        "basicAuth",
                                        "urlPathTemplate",
                                        "pathParameters",
                                        NULL};
    const char *nearest = str_nearest(name, known);
    return pattern_problem(matching, "\"%.*s\" is not known in a request pattern%s%s%s",
                           (int)name.len, name.data, nearest != NULL ? "; did you mean " : "",
                           nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
}

static bool read_member(struct pattern_matching *matching, const struct json_node *node,
                        struct request_pattern *out)
{
    struct str name = json_name(node);
    for (size_t i = 0; i < URL_WORDS; i++)
        if (str_is(name, url_words[i].name))
            return read_url(matching, node, url_words[i].test, out);
    if (str_is(name, "method") || str_is(name, "methods"))
        return read_methods(matching, node, out);
    if (str_is(name, "headers"))
        return read_named(matching, node, &out->headers);
    if (str_is(name, "queryParameters"))
        return read_named(matching, node, &out->query);
    if (str_is(name, "formParameters"))
        return read_named(matching, node, &out->form);
    if (str_is(name, "cookies"))
        return read_named(matching, node, &out->cookies);
    if (str_is(name, "pathParameters"))
        return read_named(matching, node, &out->path);
    if (str_is(name, "bodyPatterns"))
        return read_bodies(matching, node, out);
    if (str_is(name, "basicAuth") || str_is(name, "basicAuthCredentials"))
        return read_login(matching, node, out);
    if (str_is(name, "scheme"))
        return read_text(matching, node, &out->scheme);
    if (str_is(name, "port"))
        return read_port(matching, node, out);
    if (str_is(name, "host"))
        return read_value(matching, node, &out->host);
    if (str_is(name, "clientIp"))
        return read_value(matching, node, &out->client);
    return read_unknown(matching, name);
}

const struct request_pattern *request_pattern_read(struct pattern_matching *matching,
                                                   const struct json_node *node)
{
    struct request_pattern *pattern = arena_alloc_zero(matching->arena, sizeof *pattern);
    if (!json_is(node, JSON_OBJECT)) {
        pattern_problem(matching, "a request pattern is a JSON object");
        return NULL;
    }
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member))
        if (member->type != JSON_NULL && !read_member(matching, member, pattern))
            return NULL;
    if (pattern->path.count > 0 && pattern->url_test != URL_PATH_TEMPLATE) {
        pattern_problem(matching, "pathParameters go with urlPathTemplate");
        return NULL;
    }
    return pattern;
}

/* ---- what a request has ---- */

enum { VALUES_MOST = 200 }; /* of one name; more are not looked at */

struct values {
    struct str *items;
    size_t count;
};

static struct values values_new(struct pattern_matching *matching)
{
    return (struct values){arena_alloc(matching->scratch, VALUES_MOST * sizeof(struct str)), 0};
}

static void values_add(struct values *values, struct str value)
{
    if (value.data == NULL)
        value.data = "";
    if (values->count < VALUES_MOST)
        values->items[values->count++] = value;
}

static struct values header_values(struct pattern_matching *matching,
                                   const struct journal_exchange *exchange, struct str name)
{
    struct values values = values_new(matching);
    for (size_t i = 0; i < exchange->header_count; i++)
        if (str_equal_ignoring_case(exchange->headers[i].name, name))
            values_add(&values, exchange->headers[i].value);
    return values;
}

/* Of "a=1&b=2", decoded. */
static struct values form_values(struct pattern_matching *matching, struct str rest,
                                 struct str name)
{
    struct values values = values_new(matching);
    while (rest.len > 0) {
        struct str pair = str_make(rest.data, str_find_char(rest, '&'));
        rest = str_after(rest, pair.len < rest.len ? pair.len + 1 : rest.len);
        size_t equals = str_find_char(pair, '=');
        if (!str_equal(percent_decode(matching->scratch, str_make(pair.data, equals), true), name))
            continue;
        struct str value = equals < pair.len ? str_after(pair, equals + 1) : str_from("");
        values_add(&values, percent_decode(matching->scratch, value, true));
    }
    return values;
}

static struct values cookie_values(struct pattern_matching *matching,
                                   const struct journal_exchange *exchange, struct str name)
{
    struct values values = values_new(matching);
    struct values headers = header_values(matching, exchange, str_from("cookie"));
    for (size_t i = 0; i < headers.count; i++) {
        struct str rest = headers.items[i];
        while (rest.len > 0) {
            struct str pair = str_make(rest.data, str_find_char(rest, ';'));
            rest = str_after(rest, pair.len < rest.len ? pair.len + 1 : rest.len);
            size_t equals = str_find_char(pair, '=');
            if (equals < pair.len && str_equal(str_trim(str_make(pair.data, equals)), name))
                values_add(&values, str_trim(str_after(pair, equals + 1)));
        }
    }
    return values;
}

/* "name" of "/a/{name}", if the segment is a variable. */
static bool variable_of(struct str segment, struct str *name)
{
    bool is_variable =
        segment.len > 2 && segment.data[0] == '{' && segment.data[segment.len - 1] == '}';
    if (is_variable)
        *name = str_make(segment.data + 1, segment.len - 2);
    return is_variable;
}

static struct str take_segment(struct str *rest)
{
    struct str segment = str_make(rest->data, str_find_char(*rest, '/'));
    *rest = str_after(*rest, segment.len < rest->len ? segment.len + 1 : rest->len);
    return segment;
}

bool path_template_matches(struct str template, struct str path, struct arena *arena,
                           struct str **values, size_t *count)
{
    *values = arena_alloc(arena, (template.len + 1) * sizeof **values);
    *count = 0;
    while (template.len > 0 && path.len > 0) {
        bool last_wanted = str_find_char(template, '/') == template.len;
        bool last_got = str_find_char(path, '/') == path.len;
        struct str wanted = take_segment(&template);
        struct str got = take_segment(&path);
        struct str name;
        if (last_wanted != last_got)
            return false;
        if (variable_of(wanted, &name))
            (*values)[(*count)++] = percent_decode(arena, got, false);
        else if (!str_equal(wanted, got))
            return false;
    }
    return template.len == 0 && path.len == 0;
}

/* The value of a template's variable; none where the template does not match. */
static struct values path_values(struct pattern_matching *matching,
                                 const struct request_pattern *pattern,
                                 const struct journal_exchange *exchange, struct str name)
{
    struct values values = values_new(matching);
    struct str *captured;
    size_t count;
    if (!path_template_matches(pattern->url, exchange->path, matching->scratch, &captured, &count))
        return values;
    struct str rest = pattern->url;
    for (size_t i = 0; rest.len > 0 && i < count;) {
        struct str variable;
        if (!variable_of(take_segment(&rest), &variable))
            continue;
        if (str_equal(variable, name))
            values_add(&values, captured[i]);
        i++;
    }
    return values;
}

static struct str host_of(struct pattern_matching *matching,
                          const struct journal_exchange *exchange, int64_t *port)
{
    struct values hosts = header_values(matching, exchange, str_from("host"));
    struct str host = hosts.count > 0 ? hosts.items[0] : str_from("");
    size_t colon = str_find_char(host, ':');
    *port = 80;
    for (size_t i = colon + 1, number = 0; i < host.len; i++) {
        if (host.data[i] < '0' || host.data[i] > '9' || number > 65535)
            break;
        number = number * 10 + (size_t)(host.data[i] - '0');
        *port = (int64_t)number;
    }
    return str_make(host.data, colon);
}

/* Path and query as they were sent. */
static struct str url_of(struct pattern_matching *matching, const struct journal_exchange *exchange)
{
    struct buf url;
    if (exchange->query.len == 0)
        return exchange->path;
    buf_init(&url, matching->scratch);
    buf_add_str(&url, exchange->path);
    buf_add_char(&url, '?');
    buf_add_str(&url, exchange->query);
    return buf_str(&url);
}

/* ---- matching: each part has a distance, 0 where it matches ---- */

static bool url_matches(struct pattern_matching *matching, const struct request_pattern *pattern,
                        const struct journal_exchange *exchange)
{
    struct str *values;
    size_t count;
    switch (pattern->url_test) {
    case URL_ANY:
        return true;
    case URL_EQUALS:
        return str_equal(pattern->url, url_of(matching, exchange));
    case URL_PATH_EQUALS:
        return str_equal(pattern->url, exchange->path);
    case URL_MATCHES:
        return pattern_matches_whole(matching, pattern->url_expression, url_of(matching, exchange));
    case URL_PATH_MATCHES:
        return pattern_matches_whole(matching, pattern->url_expression, exchange->path);
    case URL_PATH_TEMPLATE:
        return path_template_matches(pattern->url, exchange->path, matching->scratch, &values,
                                     &count);
    }
    return false;
}

static double url_distance(struct pattern_matching *matching, const struct request_pattern *pattern,
                           const struct journal_exchange *exchange)
{
    if (url_matches(matching, pattern, exchange))
        return 0;
    switch (pattern->url_test) {
    case URL_EQUALS:
        return text_distance(pattern->url, url_of(matching, exchange));
    case URL_PATH_EQUALS:
    case URL_PATH_TEMPLATE:
        return text_distance(pattern->url, exchange->path);
    default:
        return 1;
    }
}

static double method_distance(const struct request_pattern *pattern,
                              const struct journal_exchange *exchange)
{
    for (size_t i = 0; i < pattern->method_count; i++)
        if (str_equal_ignoring_case(pattern->methods[i], exchange->method))
            return 0;
    return pattern->method_count == 0 ? 0 : 1;
}

/* Of host, port, scheme, client and login together. */
static double origin_distance(struct pattern_matching *matching,
                              const struct request_pattern *pattern,
                              const struct journal_exchange *exchange)
{
    int64_t port;
    struct str host = host_of(matching, exchange, &port);
    struct values login = header_values(matching, exchange, str_from("authorization"));
    bool good = pattern->host == NULL || value_pattern_matches(matching, pattern->host, host);
    good = good && (pattern->client == NULL ||
                    value_pattern_matches(matching, pattern->client, exchange->remote));
    good = good && (pattern->port == 0 || pattern->port == port);
    good = good && (pattern->scheme.len == 0 || str_is(pattern->scheme, "http"));
    good = good && (pattern->authorization.len == 0 ||
                    (login.count > 0 && str_equal(login.items[0], pattern->authorization)));
    return good ? 0 : 1;
}

enum named_kind {
    NAMED_HEADERS,
    NAMED_QUERY,
    NAMED_FORM,
    NAMED_COOKIES,
    NAMED_PATH,
};

static struct values values_of(struct pattern_matching *matching,
                               const struct request_pattern *pattern,
                               const struct journal_exchange *exchange, enum named_kind kind,
                               struct str name)
{
    switch (kind) {
    case NAMED_HEADERS:
        return header_values(matching, exchange, name);
    case NAMED_QUERY:
        return form_values(matching, exchange->query, name);
    case NAMED_FORM:
        return form_values(matching, exchange->body, name);
    case NAMED_COOKIES:
        return cookie_values(matching, exchange, name);
    case NAMED_PATH:
        return path_values(matching, pattern, exchange, name);
    }
    return values_new(matching);
}

/* The mean over the names. */
static double named_distance(struct pattern_matching *matching,
                             const struct request_pattern *pattern,
                             const struct journal_exchange *exchange, enum named_kind kind,
                             const struct named_patterns *named)
{
    double sum = 0;
    for (size_t i = 0; i < named->count; i++) {
        struct values values = values_of(matching, pattern, exchange, kind, named->items[i].name);
        sum +=
            value_pattern_distance(matching, named->items[i].pattern, values.items, values.count);
    }
    return named->count > 0 ? sum / (double)named->count : 0;
}

static double body_distance(struct pattern_matching *matching,
                            const struct request_pattern *pattern,
                            const struct journal_exchange *exchange)
{
    double sum = 0;
    size_t count = exchange->body.len > 0 ? 1 : 0;
    for (size_t i = 0; i < pattern->body_count; i++)
        sum += value_pattern_distance(matching, pattern->bodies[i], &exchange->body, count);
    return pattern->body_count > 0 ? sum / (double)pattern->body_count : 0;
}

double request_pattern_distance(struct pattern_matching *matching,
                                const struct request_pattern *pattern,
                                const struct journal_exchange *exchange)
{
    const struct {
        double distance;
        double weight;
    } parts[] = {
        {url_distance(matching, pattern, exchange), 10},
        {method_distance(pattern, exchange), 3},
        {origin_distance(matching, pattern, exchange), 1},
        {named_distance(matching, pattern, exchange, NAMED_HEADERS, &pattern->headers), 1},
        {named_distance(matching, pattern, exchange, NAMED_QUERY, &pattern->query), 1},
        {named_distance(matching, pattern, exchange, NAMED_FORM, &pattern->form), 1},
        {named_distance(matching, pattern, exchange, NAMED_COOKIES, &pattern->cookies), 1},
        {named_distance(matching, pattern, exchange, NAMED_PATH, &pattern->path), 1},
        {body_distance(matching, pattern, exchange), 1},
    };
    double sum = 0, weights = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        sum += parts[i].distance * parts[i].weight;
        weights += parts[i].weight;
    }
    return sum / weights;
}

static bool named_match(struct pattern_matching *matching, const struct request_pattern *pattern,
                        const struct journal_exchange *exchange, enum named_kind kind,
                        const struct named_patterns *named)
{
    for (size_t i = 0; i < named->count; i++) {
        struct values values = values_of(matching, pattern, exchange, kind, named->items[i].name);
        if (!value_pattern_matches_any(matching, named->items[i].pattern, values.items,
                                       values.count))
            return false;
    }
    return true;
}

static bool bodies_match(struct pattern_matching *matching, const struct request_pattern *pattern,
                         const struct journal_exchange *exchange)
{
    size_t count = exchange->body.len > 0 ? 1 : 0;
    for (size_t i = 0; i < pattern->body_count; i++)
        if (!value_pattern_matches_any(matching, pattern->bodies[i], &exchange->body, count))
            return false;
    return true;
}

/* What is cheap is asked first. */
bool request_pattern_matches(struct pattern_matching *matching,
                             const struct request_pattern *pattern,
                             const struct journal_exchange *exchange)
{
    return method_distance(pattern, exchange) == 0 && url_matches(matching, pattern, exchange) &&
           origin_distance(matching, pattern, exchange) == 0 &&
           named_match(matching, pattern, exchange, NAMED_HEADERS, &pattern->headers) &&
           named_match(matching, pattern, exchange, NAMED_QUERY, &pattern->query) &&
           named_match(matching, pattern, exchange, NAMED_COOKIES, &pattern->cookies) &&
           named_match(matching, pattern, exchange, NAMED_PATH, &pattern->path) &&
           named_match(matching, pattern, exchange, NAMED_FORM, &pattern->form) &&
           bodies_match(matching, pattern, exchange);
}
