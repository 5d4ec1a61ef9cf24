/* Operations of a loaded contract: making them ready, and looking things up. */
#include "openapi/contract.h"

#include "openapi/problems.h"
#include "schema/compile.h"

/* --- schemas, lazily ----------------------------------------------------------------- */

/* Who wants schemas compiled, and where to complain. */
struct preparation {
    struct contract *contract;
    struct diags *problems;
    bool sound;
};

static const struct schema *compile(struct preparation *preparation, struct str uri,
                                    const struct json_node *node)
{
    if (node == NULL)
        return NULL;
    const struct schema *schema =
        schema_compile(preparation->contract->schemas, uri, node, preparation->problems);
    preparation->sound &= schema != NULL;
    return schema;
}

static void prepare_parameters(struct preparation *preparation, struct parameter *parameters,
                               size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parameters[i].schema == NULL) /* headers may be shared: then others look at them */
            parameters[i].schema =
                compile(preparation, parameters[i].schema_uri, parameters[i].schema_node);
}

static void prepare_content(struct preparation *preparation, struct media_type *types, size_t count)
{
    for (size_t i = 0; i < count; i++)
        types[i].schema = compile(preparation, types[i].schema_uri, types[i].schema_node);
}

/* Compiles everything, also after the first mistake, so that all are told at once. */
static bool prepare(struct contract *contract, struct operation *operation)
{
    struct preparation preparation = {contract, &operation->problems, true};
    prepare_parameters(&preparation, operation->parameters, operation->parameter_count);
    prepare_content(&preparation, operation->bodies, operation->body_count);
    for (size_t i = 0; i < operation->response_count; i++) {
        struct response_spec *response = &operation->responses[i];
        prepare_content(&preparation, response->content, response->content_count);
        prepare_parameters(&preparation, response->headers, response->header_count);
    }
    return preparation.sound;
}

/* Compiles what has not been compiled; the contract's prepare_lock is held. */
static void complete(struct contract *contract, struct operation *operation)
{
    if (operation->compiled)
        return;
    bool sound = prepare(contract, operation) && operation->problems.errors == 0;
    operation->compiled = true;
    atomic_store_explicit(&operation->state, sound ? OPERATION_READY : OPERATION_BROKEN,
                          memory_order_release);
}

bool operation_prepare(struct contract *contract, struct operation *operation, struct diags *diags)
{
    int state = atomic_load_explicit(&operation->state, memory_order_acquire);
    if (state == OPERATION_RAW) {
        pthread_mutex_lock(&contract->prepare_lock);
        complete(contract, operation);
        pthread_mutex_unlock(&contract->prepare_lock);
        state = atomic_load_explicit(&operation->state, memory_order_acquire);
    }
    if (diags != NULL && state == OPERATION_BROKEN)
        problems_merge(diags, &operation->problems);
    return state == OPERATION_READY;
}

bool contract_prepare_all(struct contract *contract, struct diags *diags)
{
    bool sound = true;
    for (size_t i = 0; i < contract->operation_count; i++) {
        struct operation *operation = &contract->operations[i];
        pthread_mutex_lock(&contract->prepare_lock);
        complete(contract, operation);
        pthread_mutex_unlock(&contract->prepare_lock);
        sound &= atomic_load(&operation->state) == OPERATION_READY;
        if (diags != NULL)
            problems_merge(diags, &operation->problems);
    }
    return sound;
}

/* --- looking up ------------------------------------------------------------------------ */

static const struct response_spec *find_response(const struct operation *operation, int status)
{
    for (size_t i = 0; i < operation->response_count; i++)
        if (operation->responses[i].status == status)
            return &operation->responses[i];
    return NULL;
}

const struct response_spec *operation_response(const struct operation *operation, int status)
{
    const struct response_spec *response = find_response(operation, status);
    if (response == NULL)
        response = find_response(operation, -(status / 100));
    return response != NULL ? response : find_response(operation, 0);
}

const struct response_spec *operation_success(const struct operation *operation)
{
    const struct response_spec *lowest = NULL;
    for (size_t i = 0; i < operation->response_count; i++) {
        const struct response_spec *response = &operation->responses[i];
        bool success = response->status / 100 == 2;
        if (success && (lowest == NULL || response->status < lowest->status))
            lowest = response;
    }
    if (lowest == NULL)
        lowest = find_response(operation, -2);
    return lowest != NULL ? lowest : find_response(operation, 0);
}

struct operation *contract_find_operation(const struct contract *contract, struct str name)
{
    for (size_t i = 0; i < contract->operation_count; i++)
        if (str_equal(contract->operations[i].label, name))
            return &contract->operations[i];
    for (size_t i = 0; name.len > 0 && i < contract->operation_count; i++)
        if (str_equal(contract->operations[i].id, name))
            return &contract->operations[i];
    return NULL;
}

static const char *const method_names[HTTP_METHOD_COUNT] = {
    [HTTP_GET] = "GET",       [HTTP_PUT] = "PUT",         [HTTP_POST] = "POST",
    [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS", [HTTP_HEAD] = "HEAD",
    [HTTP_PATCH] = "PATCH",   [HTTP_TRACE] = "TRACE",
};

const char *http_method_name(enum http_method method)
{
    return method < HTTP_METHOD_COUNT ? method_names[method] : "?";
}

enum http_method http_method_from(struct str name)
{
    int method = 0;
    while (method < HTTP_METHOD_COUNT && !str_is(name, method_names[method]))
        method++;
    return (enum http_method)method;
}
