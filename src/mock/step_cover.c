/* Counts: requests, those that broke the contract, and what was used of it. */
#include "mock/pipeline.h"

/* Refused for what it was, not for what a fault made of it. */
static bool breaks_contract(const struct exchange *exchange)
{
    bool failed_on_cue = exchange->faulted && !exchange->fault.act;
    return exchange->role != NULL && !exchange->acted && !failed_on_cue;
}

void step_cover(struct exchange *exchange)
{
    struct tally *tally = &exchange->mock->tally;
    bool routed = exchange->operation != NULL || exchange->routed != ROUTE_FOUND;
    if (exchange->is_admin || !routed)
        return; /* preflights, too, never come to a route */
    atomic_fetch_add_explicit(&tally->requests, 1, memory_order_relaxed);
    if (exchange->operation == NULL) {
        atomic_fetch_add_explicit(&tally->unmatched, 1, memory_order_relaxed);
        return;
    }
    if (breaks_contract(exchange))
        atomic_fetch_add_explicit(&tally->violating, 1, memory_order_relaxed);
    coverage_count_exchange(exchange);
}
