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

/* --- for decide.c -------------------------------------------------------------- */

struct fault_plan;
struct field;

/*
 * A subject while the rules of one plan look at it: each of its fields is
 * found once, when the first rule asks. Lives no longer than the subject.
 */
struct probe {
    const struct fault_plan *plan;
    const struct fault_subject *subject;
    uint32_t operation; /* hashes, for the gates */
    uint32_t operation_id;
    uint32_t method;
    uint32_t path;
    struct field *fields; /* one for each selector of the plan; NULL until needed */
    uint64_t *candidates; /* a bit for each rule that a gate lets through; NULL: none */
    uint64_t header_bits; /* 0 until needed */
    struct fault_pair *query;
    size_t query_count;
    uint32_t budget; /* steps left for patterns */
};

void probe_init(struct probe *probe, const struct fault_plan *plan,
                const struct fault_subject *subject);

enum match_outcome {
    MATCH_NO,
    MATCH_YES,
    MATCH_UNDECIDED, /* a pattern ran out of budget: the rule does not fire */
};

/* Finds the rules that may speak of the exchange. False: none does. Before the next two. */
bool probe_gates(struct probe *probe);

/* The first of them from `from` on; the count of rules: none. */
size_t probe_next(struct probe *probe, size_t from);

/* Does `match` of a rule that probe_next found hold? Scenarios are not its business. */
enum match_outcome probe_rule(struct probe *probe, size_t index);

/*
 * One of 64 bits for a header's name in any case: names that differ in it are
 * different, so most headers that a request does not have cost one test.
 */
uint64_t header_name_bit(struct str name);

#endif
