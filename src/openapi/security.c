/*
 * Security schemes and requirements: what the document says (first half), and
 * what a request carries (second half).
 */
#include "openapi/load.h"

#include "openapi/convert.h"
#include "openapi/field.h"

/* --- schemes ------------------------------------------------------------------------ */

static bool load_api_key(struct load load, struct security_scheme *scheme)
{
    static const struct {
        const char *name;
        enum parameter_in in;
    } places[] = {
        {"header", PARAMETER_HEADER}, {"query", PARAMETER_QUERY}, {"cookie", PARAMETER_COOKIE}};
    const struct json_node *in = json_member(scheme->node, "in");
    scheme->kind = SECURITY_API_KEY;
    scheme->key = json_member_text(scheme->node, "name", str_from(""));
    if (scheme->key.len == 0) {
        diag_error(load.diags, json_place(scheme->node),
                   "add `name`: the header, query parameter or cookie that carries the key",
                   "the apiKey scheme \"%.*s\" has no `name`", (int)scheme->name.len,
                   scheme->name.data);
        return false;
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (json_is(in, JSON_STRING) && str_is(json_text(in), places[i].name)) {
            scheme->in = places[i].in;
            return true;
        }
    diag_error(load.diags, json_place(in != NULL ? in : scheme->node),
               "set `in` to header, query or cookie",
               "the apiKey scheme \"%.*s\" does not say where the key is", (int)scheme->name.len,
               scheme->name.data);
    return false;
}

static bool load_http(struct load load, struct security_scheme *scheme)
{
    scheme->key = json_member_text(scheme->node, "scheme", str_from(""));
    if (scheme->key.len == 0) {
        diag_error(load.diags, json_place(scheme->node), "add `scheme`: bearer or basic",
                   "the http scheme \"%.*s\" has no `scheme`", (int)scheme->name.len,
                   scheme->name.data);
        return false;
    }
    if (str_equal_ignoring_case(scheme->key, str_from("bearer")))
        scheme->kind = SECURITY_HTTP_BEARER;
    else if (str_equal_ignoring_case(scheme->key, str_from("basic")))
        scheme->kind = SECURITY_HTTP_BASIC;
    return true;
}

static bool load_scheme(struct load load, struct security_scheme *scheme)
{
    static const char *const types[] = {"apiKey",        "http",      "oauth2",
                                        "openIdConnect", "mutualTLS", NULL};
    const struct json_node *type = json_member(scheme->node, "type");
    struct str text = json_is(type, JSON_STRING) ? json_text(type) : str_from("");
    scheme->kind = SECURITY_OTHER;
    scheme->in = PARAMETER_HEADER;
    scheme->key = str_from("Bearer");
    if (str_is(text, "apiKey"))
        return load_api_key(load, scheme);
    if (str_is(text, "http"))
        return load_http(load, scheme);
    if (str_is(text, "mutualTLS"))
        scheme->kind = SECURITY_MUTUAL_TLS;
    for (const char *const *known = types; *known != NULL; known++)
        if (str_is(text, *known))
            return true;
    const char *nearest = str_nearest(text, types);
    diag_error(load.diags, json_place(type != NULL ? type : scheme->node),
               nearest != NULL ? arena_printf(&load.contract->arena, "did you mean %s?", nearest)
                               : "use apiKey, http, oauth2, openIdConnect or mutualTLS",
               "the security scheme \"%.*s\" has no type that OpenAPI knows", (int)scheme->name.len,
               scheme->name.data);
    return false;
}

void load_security_schemes(struct load load, const struct json_node *components)
{
    struct contract *contract = load.contract;
    const struct json_node *all = load_member_object(&load, components, "securitySchemes");
    if (all == NULL)
        return;
    contract->schemes = arena_alloc_zero(&contract->arena, all->size * sizeof *contract->schemes);
    for (const struct json_node *member = json_first(all); member != NULL;
         member = json_next(member)) {
        struct load at = load;
        const struct json_node *node = load_object(&at, member, "a security scheme");
        struct security_scheme *scheme = &contract->schemes[contract->scheme_count];
        *scheme = (struct security_scheme){.name = json_name(member), .node = node};
        if (node != NULL && load_scheme(at, scheme))
            contract->scheme_count++;
    }
}

/* --- requirements --------------------------------------------------------------------- */

static const struct security_scheme *find_scheme(const struct contract *contract, struct str name)
{
    for (size_t i = 0; i < contract->scheme_count; i++)
        if (str_equal(contract->schemes[i].name, name))
            return &contract->schemes[i];
    return NULL;
}

static void load_requirement(struct load load, const struct json_node *node,
                             struct security_requirement *requirement)
{
    if (node->type != JSON_OBJECT) {
        diag_error(load.diags, json_place(node), "write it as {schemeName: []}",
                   "a security requirement is no object");
        return;
    }
    requirement->schemes =
        arena_alloc(&load.contract->arena, (node->size + 1) * sizeof *requirement->schemes);
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member)) {
        const struct security_scheme *scheme = find_scheme(load.contract, json_name(member));
        if (scheme == NULL)
            diag_error(load.diags, json_name_place(member),
                       "declare it soundly under components/securitySchemes",
                       "there is no usable security scheme \"%.*s\"", (int)member->name_length,
                       member->c.string);
        else
            requirement->schemes[requirement->count++] = scheme;
    }
}

void load_security(struct load load, const struct json_node *security, struct operation *operation)
{
    if (security == NULL)
        return;
    if (security->type != JSON_ARRAY) {
        diag_error(load.diags, json_place(security), "write it as [{schemeName: []}]",
                   "`security` is no list");
        return;
    }
    operation->security =
        arena_alloc_zero(&load.contract->arena, (security->size + 1) * sizeof *operation->security);
    for (const struct json_node *node = json_first(security); node != NULL; node = json_next(node))
        load_requirement(load, node, &operation->security[operation->security_count++]);
}

/* --- what a request carries ------------------------------------------------------------- */

static const struct str none = {NULL, 0};

static struct str first_header(const struct parameter_input *input, struct str name)
{
    for (size_t i = 0; i < input->header_count; i++)
        if (str_equal_ignoring_case(input->headers[i].name, name))
            return str_trim(input->headers[i].value);
    return none;
}

/* The value of a field of the query or of the cookies, decoded. */
static struct str field_value(const struct security_scheme *scheme,
                              const struct parameter_input *input, struct arena *arena)
{
    struct field_list fields;
    field_list_init(&fields, arena);
    bool query = scheme->in == PARAMETER_QUERY;
    if (query)
        field_list_add_form(&fields, input->query, SIZE_MAX);
    for (size_t i = 0; !query && i < input->header_count; i++)
        if (str_equal_ignoring_case(input->headers[i].name, str_from("cookie")))
            field_list_add_cookies(&fields, input->headers[i].value);
    const struct field *field = field_list_named(&fields, scheme->key);
    return field != NULL ? percent_decode(arena, field->value, query) : none;
}

/* What follows "Bearer " in Authorization. */
static struct str authorization(struct str word, const struct parameter_input *input)
{
    struct str value = first_header(input, str_from("authorization"));
    size_t blank = str_find_char(value, ' ');
    if (blank == value.len || !str_equal_ignoring_case(str_make(value.data, blank), word))
        return none;
    return str_trim(str_after(value, blank));
}

struct str security_credential(const struct security_scheme *scheme,
                               const struct parameter_input *input, struct arena *arena)
{
    struct str credential;
    if (scheme->kind == SECURITY_MUTUAL_TLS)
        return str_from("");
    if (scheme->kind != SECURITY_API_KEY)
        credential = authorization(scheme->key, input);
    else if (scheme->in == PARAMETER_HEADER)
        credential = first_header(input, scheme->key);
    else
        credential = field_value(scheme, input, arena);
    return credential.len > 0 ? credential : none;
}

static bool satisfies(const struct security_requirement *requirement,
                      const struct parameter_input *input, struct arena *arena)
{
    for (size_t i = 0; i < requirement->count; i++)
        if (security_credential(requirement->schemes[i], input, arena).data == NULL)
            return false;
    return true;
}

const struct security_requirement *security_satisfied(const struct operation *operation,
                                                      const struct parameter_input *input,
                                                      struct arena *arena)
{
    for (size_t i = 0; i < operation->security_count; i++)
        if (satisfies(&operation->security[i], input, arena))
            return &operation->security[i];
    return NULL;
}
