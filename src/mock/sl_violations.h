/*
 * sl_violations: Prism's header of that name, a list of violations in JSON.
 *
 * It is ASCII, and whole however many there are: where Prism cuts it off in the
 * middle of the JSON, this one ends with the last violation that fits.
 */
#ifndef MOCK_SL_VIOLATIONS_H
#define MOCK_SL_VIOLATIONS_H

#include "mock/exchange.h"

/* Adds the header to the answer, which must not have it yet. */
void sl_violations_add(struct exchange *exchange);

#endif
