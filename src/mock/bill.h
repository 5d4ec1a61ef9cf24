/*
 * bill: all the parts that are played at once.
 *
 * One server may serve several documents: merged where their operations are
 * disjoint, or each under its own base path. A bill is immutable,
 * reference-counted, and swapped whole by a reload; requests in flight keep the
 * old one. (An operation belongs to exactly one part.)
 */
#ifndef MOCK_BILL_H
#define MOCK_BILL_H

#include "mock/part.h"

struct bill {
    atomic_uint references;
    struct part **parts; /* in the order of the command line; at least one */
    size_t count;
};

/*
 * Learns all documents. NULL with errors in diags if one of them cannot be
 * played, or if two declare the same operation under the same base path. Broken
 * operations are errors in diags, too, but do not prevent the rest. One
 * reference for the caller; what diags say points into the bill's sources as
 * long as it lives.
 */
struct bill *bill_load(const char *const *paths, size_t count, const struct part_options *options,
                       struct diags *diags);

/* A bill of one part, whose reference is taken over. */
struct bill *bill_of(struct part *part);

struct bill *bill_retain(struct bill *bill);
void bill_release(struct bill *bill);

/*
 * Finds the operation; *part becomes its part, or for other outcomes the part
 * that came nearest (the first one where none did).
 */
enum route_outcome bill_route(const struct bill *bill, enum http_method method, struct str path,
                              struct route_match *match, struct part **part);

/* The operation named by "PUT /path" or by its operationId, or NULL. `part` may be NULL. */
struct operation *bill_find_operation(const struct bill *bill, struct str name, struct part **part);

/* The name of an operation that is most like `wrong`, which names none; the arena's, or NULL. */
const char *bill_nearest_operation(const struct bill *bill, struct str wrong, struct arena *arena);

/* The behavior that writes records of that collection, or NULL. `part` may be NULL. */
const struct behavior *bill_find_writer(const struct bill *bill, struct str collection,
                                        struct part **part);

size_t bill_operation_count(const struct bill *bill);

/* Compiles everything; true if nothing is broken. */
bool bill_prepare_all(struct bill *bill, struct diags *diags);

#endif
