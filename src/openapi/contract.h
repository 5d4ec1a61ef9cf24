/*
 * contract: an OpenAPI document as the server uses it.
 *
 * Compiled once at load, immutable afterwards, shared by all threads under a
 * reference count: a reload makes a new one and swaps a pointer; requests in
 * flight keep the old. The only thing that happens later is the lazy
 * compilation of an operation's schemas at its first request, which is
 * published atomically (operation_prepare).
 *
 * All of it lives in the contract's arena; every struct below borrows names
 * and nodes from the document.
 */
#ifndef OPENAPI_CONTRACT_H
#define OPENAPI_CONTRACT_H

#include "openapi/document.h"
#include "schema/schema.h"

#include <stdatomic.h>

enum http_method {
    HTTP_GET,
    HTTP_PUT,
    HTTP_POST,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_HEAD,
    HTTP_PATCH,
    HTTP_TRACE,
    HTTP_METHOD_COUNT,
};

/* "GET"; and back: HTTP_METHOD_COUNT for one that OpenAPI does not know. */
const char *http_method_name(enum http_method method);
enum http_method http_method_from(struct str name);

enum parameter_in {
    PARAMETER_PATH,
    PARAMETER_QUERY,
    PARAMETER_HEADER,
    PARAMETER_COOKIE,
};

enum parameter_style {
    STYLE_SIMPLE,
    STYLE_LABEL,
    STYLE_MATRIX,
    STYLE_FORM,
    STYLE_SPACE_DELIMITED,
    STYLE_PIPE_DELIMITED,
    STYLE_DEEP_OBJECT,
};

struct parameter {
    struct str name;
    enum parameter_in in;
    enum parameter_style style;
    bool explode;
    bool required;
    bool allow_empty_value;
    bool allow_reserved;
    struct str content_type;             /* `content` parameters; else empty */
    const struct json_node *node;        /* the parameter object, resolved */
    const struct json_node *schema_node; /* or NULL */
    struct str schema_uri;               /* document of schema_node */
    const struct schema *schema;         /* after operation_prepare; NULL where there is none */
};

/* One entry of a `content` map. */
struct media_type {
    struct str range; /* "application/json", "text/ *", as written */
    const struct json_node *node;
    const struct json_node *schema_node; /* or NULL */
    struct str schema_uri;
    const struct schema *schema; /* after operation_prepare */
};

struct response_spec {
    int status; /* 200; 0 for "default"; -4 for "4XX" */
    const struct json_node *node;
    struct media_type *content;
    size_t content_count;
};

enum security_kind {
    SECURITY_API_KEY,
    SECURITY_HTTP_BASIC,
    SECURITY_HTTP_BEARER,
    SECURITY_OTHER,      /* oauth2, openIdConnect: a bearer token is what the wire shows */
    SECURITY_MUTUAL_TLS, /* not visible here: always satisfied */
};

struct security_scheme {
    struct str name; /* in components */
    enum security_kind kind;
    enum parameter_in in; /* API_KEY */
    struct str key;       /* API_KEY: header, query or cookie name */
    const struct json_node *node;
};

/* All schemes of one alternative must be satisfied; no scheme at all always is. */
struct security_requirement {
    const struct security_scheme **schemes;
    size_t count;
};

enum prepare_state {
    OPERATION_RAW,
    OPERATION_READY,
    OPERATION_BROKEN,
};

struct operation {
    enum http_method method;
    struct str path;  /* the template: "/v5/spans/batch" */
    struct str id;    /* operationId, or empty */
    struct str label; /* "PUT /v5/spans/batch" */
    const struct json_node *node;
    const struct json_node *behavior; /* x-understudy, or NULL */
    struct parameter *parameters;     /* path item's and its own, merged; path first, then query,
                                         header, cookie, each in order of declaration */
    size_t parameter_count;
    struct media_type *bodies;
    size_t body_count;
    bool body_required;
    const struct json_node *body_node; /* the requestBody object, or NULL */
    struct response_spec *responses;
    size_t response_count;
    struct security_requirement *security; /* alternatives; count 0: open */
    size_t security_count;
    uint32_t index;        /* in contract.operations */
    _Atomic int state;     /* enum prepare_state */
    struct diags problems; /* why it is BROKEN; stable once state is set */
};

struct route_table; /* route.c */

struct contract {
    atomic_uint references;
    struct arena arena;
    struct document_set documents;
    struct schema_registry *schemas;
    const struct json_node *root;
    struct str title;
    struct str version; /* info.version */
    bool is_3_0;
    struct operation *operations; /* in order of the document */
    size_t operation_count;
    struct str *base_paths; /* of `servers`, with variables filled; "" always serves too */
    size_t base_path_count;
    struct route_table *routes;
    const struct json_node *behavior; /* x-understudy at the root, or NULL */
    pthread_mutex_t prepare_lock;
};

struct contract_options {
    struct document_options documents;
    bool assert_formats;
};

/*
 * Loads and compiles the document at `path`. Returns NULL with errors in diags
 * if it cannot be served at all (unreadable, no OpenAPI, broken overlay, a
 * path template that is no template). An operation with a broken part is kept
 * and marked OPERATION_BROKEN; its problems are added to diags as errors too,
 * and the caller decides whether to serve the rest. The caller holds one
 * reference. diags may point into the contract's sources: print them before
 * the last release, or after a failed load before `diags` is freed (on failure
 * the sources are moved to diags' arena).
 */
struct contract *contract_load(const char *path, const struct contract_options *options,
                               struct diags *diags);

struct contract *contract_retain(struct contract *contract);
void contract_release(struct contract *contract);

/*
 * Compiles the schemas of an operation if that has not been done. True if it
 * can be served; false if it is broken (operation->problems says why; they are
 * also added to diags where that is not NULL). Thread-safe.
 */
bool operation_prepare(struct contract *contract, struct operation *operation, struct diags *diags);

/* Prepares all operations; true if none is broken. For `check` and `show`. */
bool contract_prepare_all(struct contract *contract, struct diags *diags);

/*
 * The response that the document declares for `status`: exact, then the range
 * (4XX), then default; NULL where there is none.
 */
const struct response_spec *operation_response(const struct operation *operation, int status);

/* The success response: the lowest declared 2xx, else 2XX, else default, else NULL. */
const struct response_spec *operation_success(const struct operation *operation);

/* The operation named by "PUT /v5/spans/batch" or by its operationId, or NULL. */
struct operation *contract_find_operation(const struct contract *contract, struct str name);

/* ---- routing (route.c) ---- */

enum route_outcome {
    ROUTE_FOUND,
    ROUTE_NO_PATH,
    ROUTE_NO_METHOD, /* the path is known; `allow` lists its methods */
    ROUTE_SLASH,     /* the path with (or without) a trailing slash is known */
};

enum { ROUTE_MAX_CAPTURES = 16 };

struct route_match {
    struct operation *operation; /* FOUND */
    unsigned allow; /* NO_METHOD: bits 1 << enum http_method, all methods of the path */
    struct str names[ROUTE_MAX_CAPTURES];    /* template variables, in order */
    struct str captures[ROUTE_MAX_CAPTURES]; /* as sent, still percent-encoded; borrows the path */
    size_t capture_count;
};

/*
 * Finds the operation for a method and a path as it was sent (no query, still
 * percent-encoded). A base path of `servers` may precede it or not. Concrete
 * segments win over templated ones (OpenAPI 3.1, 4.8.8). Segments are compared
 * after percent-decoding; %2F never splits a segment.
 */
enum route_outcome route_find(const struct contract *contract, enum http_method method,
                              struct str path, struct route_match *match);

/* ---- media types (media.c) ---- */

/* The entry for a Content-Type header's value: exact, then subtype ranges, then any; or NULL. */
const struct media_type *media_type_find(const struct media_type *types, size_t count,
                                         struct str content_type);

/* True for application/json and +json types, whatever their case and parameters. */
bool media_type_is_json(struct str content_type);

/* ---- parameters (parameter.c) ---- */

/* What a request carries, raw; borrowed for the call. */
struct name_value {
    struct str name;
    struct str value;
};

struct parameter_input {
    const struct route_match *route;
    struct str query; /* after '?', still encoded */
    const struct name_value *headers;
    size_t header_count;
};

enum parameter_outcome {
    PARAMETER_PRESENT,
    PARAMETER_ABSENT,
    PARAMETER_MALFORMED, /* does not fit its style or is not valid UTF-8 after decoding */
};

/*
 * Takes one parameter from the request and converts it by style and by what
 * its schema wants (a number where it accepts numbers and the text is one,
 * ...; otherwise a string), as JSON nodes in the arena.
 */
enum parameter_outcome parameter_read(const struct parameter *parameter,
                                      const struct parameter_input *input, struct arena *arena,
                                      struct json_node **value);

/* Percent-decodes (and, for forms, '+' to blank) into the arena. */
struct str percent_decode(struct arena *arena, struct str text, bool plus_is_blank);

/* ---- other bodies (form.c, multipart.c) ---- */

/*
 * application/x-www-form-urlencoded as an object, by `encoding` and schema of
 * the media type. Bounded; never fails on odd input, undecodable parts are
 * kept as text.
 */
struct json_node *form_read(const struct media_type *media, struct str body, struct arena *arena);

/*
 * multipart/form-data as an object. NULL with a message where the body breaks
 * RFC 2046 or has more parts than the limit.
 */
struct json_node *multipart_read(const struct media_type *media, struct str content_type,
                                 struct str body, struct arena *arena, const char **problem);

#endif
