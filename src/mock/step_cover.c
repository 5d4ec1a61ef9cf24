/* Counts: requests, those that broke the contract, and what was used of it. */
#include "mock/pipeline.h"

/* Refused for what it was, not for what a fault made of it. */
static bool breaks_contract(const struct exchange *exchange)
{
    bool failed_on_cue = exchange->faulted && !exchange->fault.act;
    bool judged = exchange->role != NULL && !failed_on_cue && !exchange->is_mistake;
    return judged && !exchange->sound;
}

void step_cover(struct exchange *exchange)
{
    bool routed = exchange->operation != NULL || exchange->routed != ROUTE_FOUND;
    if (exchange->is_admin || !routed)
        return; /* preflights, too, never come to a route */
    bool violating = exchange->operation != NULL && breaks_contract(exchange);
    bool unmatched = exchange->operation == NULL;
    tally_count(&exchange->mock->tally, violating, unmatched);
    coverage_count_exchange(exchange);
    if (exchange->coverage != NULL)
        tally_count(&exchange->coverage->tally, violating, unmatched);
}
