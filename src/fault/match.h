/*
 * match: does a rule speak of this exchange?
 *
 * The subject is all that a rule may look at, given by the caller for each
 * exchange; nothing in it is copied. Matching depends on the plan and the
 * subject alone: no counters, no locks, no clock.
 */
#ifndef FAULT_MATCH_H
#define FAULT_MATCH_H

#include "base/arena.h"
#include "base/str.h"
#include "json/node.h"

/* One header field. */
struct fault_pair {
    struct str name;
    struct str value;
};

struct fault_subject {
    struct str method;       /* as sent: "PUT" */
    struct str path;         /* as sent, percent-encoded, without the query and without what
                                chooses a world */
    struct str query;        /* as sent, after '?', or empty; decoded here, when a rule asks */
    struct str operation;    /* the contract's label, "PUT /v5/things"; empty: none was found */
    struct str operation_id; /* operationId, or empty */
    const struct fault_pair *headers;
    size_t header_count;
    const struct json_node *body; /* NULL: none, or not JSON */
    uint32_t attempt;             /* which try of the same logical request: 1 is the first */
    struct arena *arena;          /* for scratch and for the decision; never NULL */
};

#endif
