/*
 * sequence: a list of `do`s, one for each matching exchange in turn.
 *
 *     name: bad start
 *     match: {operation: PUT /v5/things}
 *     steps: [{status: 503}, {connection: reset}, pass]
 *     then: pass          # after the last step: pass, repeat (from the first), stay (at the last)
 *
 * It is only a short way to write rules with a scenario: step 2 becomes a rule
 * "bad start, step 2" that needs state "step 2" of the scenario "bad start" and
 * leads to "step 3".
 */
#ifndef FAULT_SEQUENCE_H
#define FAULT_SEQUENCE_H

#include "base/diag.h"
#include "json/node.h"

/* Appends the rules that a sequence stands for to the array `rules`. All lives in `arena`. */
void sequence_expand(struct arena *arena, const struct json_node *sequence, struct diags *diags,
                     struct json_node *rules);

#endif
