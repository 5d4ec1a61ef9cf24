/*
 * behavior_check: can the answers of an operation that keeps state keep the contract?
 *
 * An overlay may say too little: a record's key that nothing makes, a member
 * that the answer's schema requires and that neither the client must send nor
 * the server fills in. Such an operation is played all the same; whoever
 * checks the document is warned.
 */
#ifndef MOCK_BEHAVIOR_CHECK_H
#define MOCK_BEHAVIOR_CHECK_H

#include "mock/part.h"

struct behavior_promise {
    const struct behavior *behavior; /* with its shapes */
    struct str label;                /* of the operation */
    const struct schema *sent;       /* one record in the request, or NULL */
    const struct json_node *node;    /* its x-understudy */
    bool print_nulls;                /* what is unset is printed as null */
};

/* `wrap` names members of the answer beside the records; false with errors in diags if not. */
bool behavior_check_wraps(const struct behavior *behavior, const struct schema *answer,
                          const struct json_node *node, struct diags *diags);

/* Warns of required members and of keys that nothing makes. */
void behavior_check_promises(const struct behavior_promise *promise, struct diags *diags);

#endif
