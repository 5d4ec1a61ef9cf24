/* Counts: requests, those that broke the contract, and what was used of it. */
#include "mock/pipeline.h"

/* Refused for what it was, not for what a fault made of it. */
static enum breach breach_of(const struct exchange *exchange)
{
    bool failed_on_cue = exchange->faulted && !exchange->fault.act;
    if (exchange->operation == NULL)
        return BREACH_UNMATCHED;
    if (failed_on_cue || exchange->is_mistake || exchange->sound)
        return BREACH_NONE;
    return exchange->role != NULL ? BREACH_CONTRACT : BREACH_UNPLAYABLE;
}

void step_cover(struct exchange *exchange)
{
    bool routed = exchange->operation != NULL || exchange->routed != ROUTE_FOUND;
    if (exchange->is_admin || !routed)
        return; /* preflights, too, never come to a route */
    exchange->breach = breach_of(exchange);
    bool violating = exchange->breach == BREACH_CONTRACT;
    bool unmatched = exchange->breach == BREACH_UNMATCHED;
    tally_count(&exchange->mock->tally, violating, unmatched);
    coverage_count_exchange(exchange);
    if (exchange->coverage != NULL)
        tally_count(&exchange->coverage->tally, violating, unmatched);
}
