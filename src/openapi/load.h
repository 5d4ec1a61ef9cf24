/*
 * load: from the tree of a document to a contract, one function per part.
 *
 * A `struct load` says where the reader stands: in which document, and who is
 * told about mistakes. It is passed by value, so that following a `$ref` into
 * another file ends with the function that did it. All that is made lies in
 * the contract's arena. Only load_contract's caller ever sees a half-made
 * contract; no function here is for use after loading.
 */
#ifndef OPENAPI_LOAD_H
#define OPENAPI_LOAD_H

#include "openapi/contract.h"

struct load {
    struct contract *contract;
    const struct document *document; /* that holds the node at hand */
    struct diags *diags;
};

/*
 * Follows `$ref`, and makes sure that the result is an object; load->document
 * becomes its document. NULL with an error that calls it `what` ("a
 * parameter") if that is not so.
 */
const struct json_node *load_object(struct load *load, const struct json_node *node,
                                    const char *what);

/* The member if it is an object or absent (NULL); else also NULL, with an error. */
const struct json_node *load_member_object(const struct load *load, const struct json_node *object,
                                           const char *name);

/* True if the name of a member marks an extension (x-). */
bool load_is_extension(const struct json_node *member);

/* server.c: adds the base paths of a `servers` list. */
void load_servers(struct load load, const struct json_node *servers);

/* security.c: the schemes of components, and the requirements of an operation. */
void load_security_schemes(struct load load, const struct json_node *components);
void load_security(struct load load, const struct json_node *security, struct operation *operation);

/* parameter_load.c: the two lists, merged, and the headers of a response. */
void load_parameters(struct load inherited_load, const struct json_node *inherited,
                     struct load load, const struct json_node *own, struct operation *operation);
void load_headers(struct load load, const struct json_node *headers,
                  const struct operation *operation, struct response_spec *response);

/* operation_load.c: all paths and their operations. */
void load_paths(struct load load, const struct json_node *paths);

/* media_load.c: a `content` map. */
void load_content(struct load load, const struct json_node *content, struct media_type **types,
                  size_t *count);

#endif
