/*
 * route: building the table that route_find (openapi/contract.h) searches.
 *
 * The table is a tree with one level per path segment. Below a node are its
 * concrete segments, sorted, and its templated ones, most concrete first. Paths
 * that differ only in the names of their variables end at the same node.
 */
#ifndef OPENAPI_ROUTE_H
#define OPENAPI_ROUTE_H

#include "openapi/contract.h"

/* An empty table in the arena. */
struct route_table *route_table_new(struct arena *arena);

/*
 * What is wrong with a path template, in words that follow "the path ", or NULL
 * if nothing is.
 */
const char *route_template_problem(struct str path);

/* The names of the template's variables, in order; at most ROUTE_MAX_CAPTURES. */
size_t route_template_variables(struct str path, struct str names[ROUTE_MAX_CAPTURES]);

/*
 * Adds an operation under its path, which must be a sound template. Returns
 * the operation that has that place already, which then stays there, or NULL.
 */
const struct operation *route_add(struct arena *arena, struct route_table *table,
                                  struct operation *operation);

#endif
