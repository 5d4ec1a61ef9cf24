/*
 * coverage: what of the contract the clients of a world have used so far.
 *
 * Counted while requests are checked: operations, parameters (sent or not),
 * statuses, and for each compiled schema of a request how often each of its
 * rules was satisfied and violated, each property sent, each enum value taken.
 * Counts of operations, parameters and statuses are exact; the others, which one
 * request can raise a thousandfold, stop at COUNTER_ENOUGH, and are times that
 * something was checked (a union tries its branches, some of them twice).
 *
 * A world's coverage is for one bill: after a reload it starts anew. When a
 * world goes, its counts are added to the sum that the mock keeps. A coverage
 * is reference-counted and may be counted in by many threads.
 */
#ifndef MOCK_COVERAGE_H
#define MOCK_COVERAGE_H

#include "mock/bill.h"
#include "verify/counters.h"

struct exchange;
struct mock;
struct world;

/* Requests, not of the admin API and no CORS preflights. */
struct tally {
    _Atomic uint64_t requests;
    _Atomic uint64_t violating; /* refused: they broke the contract of their operation */
    _Atomic uint64_t unmatched; /* met no operation */
};

/* The counters of one part: by index of the operation, and by id of the schema. */
struct coverage_part {
    struct counters *operations;
    struct counters *schemas;
};

struct coverage {
    atomic_uint references;
    struct bill *bill;
    struct coverage *sum; /* gets the counts when this one goes; or NULL */
    struct tally tally;
    struct coverage_part *parts; /* one for each part of the bill */
};

/* Retains the bill and the sum (which is of the same bill, or NULL). One reference. */
struct coverage *coverage_new(struct bill *bill, struct coverage *sum);
struct coverage *coverage_retain(struct coverage *coverage);
void coverage_release(struct coverage *coverage); /* NULL is allowed */

/*
 * Both for the bill that the mock plays now, as a copy of its own: that of one
 * world, and that of all worlds, past and present. The caller releases it.
 */
struct coverage *coverage_of_world(struct mock *mock, struct world *world);
struct coverage *coverage_of_all(struct mock *mock);

/* Forgets what was counted: of one world, or (world NULL) of all, past and present. */
void coverage_forget(struct mock *mock, struct world *world);

/* ---- counting, by the steps ---- */

/* From now on the exchange's validation counts rules. */
void coverage_watch(struct exchange *exchange);

/* A parameter of the exchange's operation was looked for. */
void coverage_count_parameter(struct exchange *exchange, size_t index, bool present);

/* The exchange is over: its operation, if it met one, its status, and the violations found. */
void coverage_count_exchange(struct exchange *exchange);

void tally_count(struct tally *tally, bool violating, bool unmatched);

/* ---- where the counts are ---- */

/* In an operation's block. */
uint32_t coverage_place_hits(void);
uint32_t coverage_place_parameter(size_t index, bool present);
uint32_t coverage_place_status(const struct operation *operation, int status); /* 100 to 599 */

/* In a schema's block. */
uint32_t coverage_place_rule(size_t rule, bool satisfied);
uint32_t coverage_place_value(const struct schema *schema, const struct json_node *value);
uint32_t coverage_place_missing(const struct schema *schema);    /* `required` was broken */
uint32_t coverage_place_undeclared(const struct schema *schema); /* `additionalProperties` was */

/* How often a value was held against the schema. */
uint32_t coverage_reached(const struct coverage_part *part, const struct schema *schema);

#endif
