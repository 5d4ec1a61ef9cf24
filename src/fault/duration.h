/*
 * duration: how long, as people write it in a plan, and delays drawn from it.
 *
 * A duration is a number with its unit: 250ms, 1.5s, 100us, 2m, 1h, 1m30s. A
 * number without a unit is a mistake, because every tool means another one.
 */
#ifndef FAULT_DURATION_H
#define FAULT_DURATION_H

#include "base/diag.h"
#include "base/rng.h"
#include "json/node.h"

/* The longest duration that a plan may hold: a day. */
#define DURATION_MAX_US UINT64_C(86400000000)

enum duration_outcome {
    DURATION_OK,
    DURATION_EMPTY,
    DURATION_NEGATIVE,
    DURATION_NO_UNIT,
    DURATION_BAD_UNIT,
    DURATION_BAD_NUMBER,
    DURATION_TOO_LONG,
};

/* Reads "1m30s" into microseconds (rounded to the nearest). *out is set for DURATION_OK only. */
enum duration_outcome duration_parse(struct str text, uint64_t *out);

/* The same from a node; a mistake is a diagnostic at it. `word` is what the duration is for. */
bool duration_read(const struct json_node *node, const char *word, struct diags *diags,
                   uint64_t *out);

enum delay_kind {
    DELAY_NONE,
    DELAY_FIXED,
    DELAY_UNIFORM,
    DELAY_LOGNORMAL,
};

/* How long to wait, before the draw. All times in microseconds. */
struct delay {
    enum delay_kind kind;
    uint64_t low_us;  /* FIXED: the delay; UNIFORM: least; LOGNORMAL: the median */
    uint64_t high_us; /* UNIFORM: most (included); LOGNORMAL: cap */
    double sigma;     /* LOGNORMAL */
};

/*
 * Reads `250ms`, `{fixed: 250ms}`, `{uniform: [50ms, 250ms]}` or `{lognormal:
 * {median: 80ms, sigma: 0.4, max: 2s}}`. False and diags for mistakes.
 */
bool delay_read(const struct json_node *node, struct diags *diags, struct delay *out);

/* One delay in microseconds. FIXED and NONE draw nothing. */
uint64_t delay_draw(const struct delay *delay, struct rng *rng);

#endif
