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
 *
 * OpenAPI 3.0 and 3.1 are read in full; 3.2 with a warning, as 3.1. What a
 * server of requests has no use for (x-, webhooks, callbacks, links, tags) is
 * not looked at.
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

/*
 * "GET"; and back (case counts, RFC 9110, 9.1). HTTP_METHOD_COUNT stands for
 * every method that OpenAPI does not know; its name is "?".
 */
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

struct operation;

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
    const struct operation *operation;   /* that declares it, or inherits it from its path item */
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
    struct parameter *headers; /* all of style simple; Content-Type is never among them; those
                                  of a component are shared: `operation` is the first one */
    size_t header_count;
};

enum security_kind {
    SECURITY_API_KEY,
    SECURITY_HTTP_BASIC,
    SECURITY_HTTP_BEARER,
    SECURITY_OTHER,      /* oauth2, openIdConnect: a bearer token is what the wire shows;
                            other schemes of HTTP authentication */
    SECURITY_MUTUAL_TLS, /* not visible here: always satisfied */
};

struct security_scheme {
    struct str name; /* in components */
    enum security_kind kind;
    enum parameter_in in; /* API_KEY; else HEADER */
    struct str key;       /* API_KEY: header, query or cookie name; else the word before the
                             credentials in Authorization: "Bearer", "Basic", "Digest" */
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

/* A parameter that is kept here can be read: what cannot be honoured makes the operation BROKEN. */
struct operation {
    enum http_method method;
    struct str path;  /* the template: "/v1/things/{id}" */
    struct str id;    /* operationId, or empty */
    struct str label; /* "PUT /v1/things/{id}" */
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
    bool compiled;         /* under prepare_lock: all of its schemas were tried */
    struct diags problems; /* why it is BROKEN; warnings too; stable once state is set */
};

struct route_table; /* route.c */

struct contract {
    atomic_uint references;
    struct arena arena;
    struct document_options document_options; /* a copy that lives as long as the contract */
    struct document_set documents;
    struct schema_registry *schemas;
    const struct json_node *root;
    struct str title;
    struct str version; /* info.version */
    bool is_3_0;
    struct operation *operations; /* in order of the document */
    size_t operation_count;
    struct str *base_paths; /* of all `servers` (root, path items, operations), with variables
                               filled, without a last slash; "" always serves too */
    size_t base_path_count;
    struct security_scheme *schemes; /* of components, in order */
    size_t scheme_count;
    struct route_table *routes;
    struct map shared_headers; /* while loading: address of a `headers` object: what it became */
    const struct json_node *behavior; /* x-understudy at the root, or NULL */
    pthread_mutex_t prepare_lock;
};

struct contract_options {
    struct document_options documents;
    bool assert_formats;
};

/*
 * Reads the structure of the document at `path`; its schemas are compiled when
 * they are first needed. `options` may go after the call.
 *
 * Returns NULL with errors in diags if it cannot be served at all: unreadable,
 * no OpenAPI 3, a broken overlay, `paths` that is no object. An operation with
 * a broken part (a parameter, a reference, a response, its security) is kept
 * and marked OPERATION_BROKEN; its problems are added to diags as errors too,
 * and the caller decides whether to serve the rest. So are the operations of a
 * path that is no template: they can be found by name, but no request reaches
 * them. Of two operations with the same method and the same path (but for the
 * names of variables) the first is served, and a warning says so.
 *
 * The caller holds one reference. What diags say points into the contract's
 * sources: print or free them before the last release. After a failed load
 * there is no such limit: diags have taken over the sources' memory.
 */
struct contract *contract_load(const char *path, const struct contract_options *options,
                               struct diags *diags);

struct contract *contract_retain(struct contract *contract);
void contract_release(struct contract *contract);

/*
 * Gives up a contract that only the caller has seen, because of what diags say
 * about it: as contract_release, but diags take over the sources they point to.
 */
void contract_discard(struct contract *contract, struct diags *diags);

/*
 * Compiles the schemas of an operation if that has not been done. True if it
 * can be served; false if it is broken (operation->problems says why; diags, which
 * may be NULL, get those that they do not have yet). Thread-safe.
 */
bool operation_prepare(struct contract *contract, struct operation *operation, struct diags *diags);

/*
 * Prepares all operations, those that are broken already too, so that all
 * their mistakes are known; true if none is broken. For `check` and `show`, not
 * while requests are served. Adds to diags (which may be NULL) what they do
 * not say yet.
 */
bool contract_prepare_all(struct contract *contract, struct diags *diags);

/*
 * The response that the document declares for `status`: exact, then the range
 * (4XX), then default; NULL where there is none.
 */
const struct response_spec *operation_response(const struct operation *operation, int status);

/* The success response: the lowest declared 2xx, else 2XX, else default, else NULL. */
const struct response_spec *operation_success(const struct operation *operation);

/* The operation named by "PUT /v1/things/{id}" or by its operationId, or NULL. */
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
    unsigned allow; /* NO_METHOD: bits 1 << enum http_method, all methods that would be FOUND */
    struct str names[ROUTE_MAX_CAPTURES];    /* template variables, in order */
    struct str captures[ROUTE_MAX_CAPTURES]; /* as sent, still percent-encoded; borrows the path */
    size_t capture_count;
};

/*
 * Finds the operation for a method and a path as it was sent (no query, still
 * percent-encoded). A base path of `servers` may precede it or not.
 *
 * Concrete segments win over templated ones, from left to right (OpenAPI 3.1,
 * 4.8.8); a path that lacks the method does not hide a less concrete one that
 * has it (as in FastAPI: GET /items/batch is a read of the item "batch" where
 * only PUT /items/batch is declared). Segments are compared after
 * percent-decoding; %2F never splits a segment, an empty segment is no value
 * of a variable, and HEAD is served only where it is declared.
 *
 * Thread-safe. Costs at most the size of the route table, whatever the path.
 */
enum route_outcome route_find(const struct contract *contract, enum http_method method,
                              struct str path, struct route_match *match);

/* ---- media types (media.c) ---- */

/* The entry for a Content-Type header's value: exact, then subtype ranges, then any; or NULL. */
const struct media_type *media_type_find(const struct media_type *types, size_t count,
                                         struct str content_type);

/* True for application/json and +json types, whatever their case and parameters. */
bool media_type_is_json(struct str content_type);

/* "text/plain" of "text/plain; charset=utf-8". */
struct str media_type_essence(struct str content_type);

/*
 * The parameter of that name (any case), without quotes; false where there is
 * none. Borrows content_type or lies in the arena.
 */
bool media_type_parameter(struct str content_type, const char *name, struct arena *arena,
                          struct str *value);

/* How well a media range covers a type; a later value is a better fit. */
enum media_fit {
    MEDIA_DIFFERS,
    MEDIA_FITS_ANY,            /* the range is "any" */
    MEDIA_FITS_TYPE,           /* the range's subtype is "any" */
    MEDIA_FITS_BUT_PARAMETERS, /* the range has parameters, the type has others or none */
    MEDIA_FITS_EXACTLY,
    MEDIA_FITS_WITH_PARAMETERS,
};

enum media_fit media_type_fit(struct str range, struct str content_type);

/* ---- parameters (parameter.c) ---- */

/* What a request carries, raw; borrowed for the call. */
struct name_value {
    struct str name;
    struct str value;
};

/* How a client spells arrays and objects in a query or form (query_format.h). AUTO: as declared. */
enum query_arrays {
    QUERY_ARRAYS_AUTO,
    QUERY_ARRAYS_REPEAT,   /* a=1&a=2 */
    QUERY_ARRAYS_COMMA,    /* a=1,2 */
    QUERY_ARRAYS_SPACE,    /* a=1%202 */
    QUERY_ARRAYS_PIPE,     /* a=1|2 */
    QUERY_ARRAYS_BRACKETS, /* a[]=1&a[]=2 */
};

enum query_objects {
    QUERY_OBJECTS_AUTO,
    QUERY_OBJECTS_FLAT,       /* b=1&c=2 */
    QUERY_OBJECTS_FLAT_COMMA, /* a=b,1,c,2 */
    QUERY_OBJECTS_BRACKETS,   /* a[b]=1&a[c]=2 */
    QUERY_OBJECTS_DOTS,       /* a.b=1&a.c=2 */
};

struct query_format {
    enum query_arrays arrays;
    enum query_objects objects;
};

struct parameter_input {
    const struct route_match *route;
    struct query_format format;
    struct str query; /* after '?', still encoded */
    const struct name_value *headers;
    size_t header_count;
};

enum parameter_outcome {
    PARAMETER_PRESENT,
    PARAMETER_ABSENT,
    PARAMETER_MALFORMED, /* does not fit its style or is not valid UTF-8 after decoding */
    PARAMETER_EMPTY,     /* allowEmptyValue, and empty: present, and not to be validated */
};

/*
 * Takes one parameter from the request and converts it by style and by what
 * its schema wants, as JSON nodes in the arena:
 * - a text is a number, a boolean or null only where the schema wants such a
 *   value and the text spells one ("5", "-1.50", "007"; "true"; "" or "null").
 *   Where it wants strings too, the reading that the schema accepts is taken,
 *   a string first. What cannot be converted stays a string, so that the
 *   validator reports the type;
 * - each text's node has a source slice that is the decoded text as it was
 *   sent (json_source_text), also where it became a number;
 * - of a scalar that is repeated in query or cookies the last one counts;
 *   repeated headers are joined by ", " (RFC 9110, 5.3);
 * - delimiters split before decoding, so that %2C is data; a value without a
 *   bare delimiter is split at encoded ones, since many clients encode both;
 * - bad percent escapes stay as text. Headers are not percent-decoded.
 * `*value` is set for PRESENT and EMPTY (""), and for MALFORMED it is the text
 * as it was sent, one character per byte where it is not UTF-8.
 */
enum parameter_outcome parameter_read(const struct parameter *parameter,
                                      const struct parameter_input *input, struct arena *arena,
                                      struct json_node **value);

/*
 * Percent-decodes (and, for forms, '+' to blank). Borrows `text` where there is
 * nothing to decode; else the result lies in the arena. It may be no UTF-8.
 */
struct str percent_decode(struct arena *arena, struct str text, bool plus_is_blank);

/* ---- security (security.c) ---- */

/*
 * What the request carries for a scheme: the key itself, or what follows the
 * scheme's word in Authorization (RFC 9110, 11.4; any case of the word). `data`
 * is NULL where there is none; an empty one counts as none, as in FastAPI.
 * Nothing is said about whether the credential is any good.
 * SECURITY_MUTUAL_TLS always gives an empty slice that is not NULL.
 */
struct str security_credential(const struct security_scheme *scheme,
                               const struct parameter_input *input, struct arena *arena);

/*
 * The first alternative for which the request carries all credentials, or NULL
 * if there is none. An operation without requirements needs no call: it is open.
 */
const struct security_requirement *security_satisfied(const struct operation *operation,
                                                      const struct parameter_input *input,
                                                      struct arena *arena);

/* ---- other bodies (form.c, multipart.c) ---- */

enum {
    FORM_MAX_FIELDS = 1000,     /* as Starlette and PHP have it */
    MULTIPART_MAX_PARTS = 1000, /* the same */
};

/*
 * Both make an object of a body, by the schema of the media type and its
 * `encoding`: first the declared properties in order of declaration, then the
 * others in order of appearance. Conversion is that of parameter_read.
 * Repetition makes an array where the schema wants one; else the last counts.
 * A property that wants an object (and a part of a JSON type) is read as JSON
 * where it is JSON text; else by the style of its encoding.
 *
 * Both return NULL with a message in *problem where the body is refused.
 */

/*
 * application/x-www-form-urlencoded (WHATWG URL, 5.1). Refuses only more than
 * FORM_MAX_FIELDS fields. What cannot be decoded is kept as text, bytes that
 * are not UTF-8 one character per byte.
 */
struct json_node *form_read(const struct media_type *media, struct str body, struct arena *arena,
                            const char **problem);

/* The same, with arrays and objects spelled as `format` says. */
struct json_node *form_read_as(const struct media_type *media, const struct query_format *format,
                               struct str body, struct arena *arena, const char **problem);

/*
 * multipart/form-data (RFC 7578, RFC 2046). Refuses a body that is no
 * multipart, a part without a name, a transfer encoding that changes bytes,
 * more than MULTIPART_MAX_PARTS parts, and a part whose Content-Type is none
 * of those its `encoding` declares (application/octet-stream, which clients
 * send where they do not know better, is let pass).
 *
 * A file is a string like any other part. Bytes that are not UTF-8 become one
 * character each (as Latin-1 has it), so that minLength and maxLength count
 * bytes, which is what OpenAPI means by them for binary data; the node's source
 * slice (json_source_text) is the part's bytes as they were sent.
 */
struct json_node *multipart_read(const struct media_type *media, struct str content_type,
                                 struct str body, struct arena *arena, const char **problem);

#endif
