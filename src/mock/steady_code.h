/*
 * steady_code: the E-codes of Steady 0.22, and which violation is which.
 *
 * E1 spec, E2 routing, E3 transport and structure, E4 content, E5 ambiguous. The
 * categories matter to Steady's clients: `sdk-issue` is the client's fault,
 * `content-note` a value that the server might refuse, `ambiguous` either's.
 */
#ifndef MOCK_STEADY_CODE_H
#define MOCK_STEADY_CODE_H

#include "schema/validate.h"

struct steady_code {
    const char *code; /* "E3007" */
    const char *severity;
    const char *category;
    const char *suggestion;
};

/* The entry of that code, or NULL. */
const struct steady_code *steady_code_find(struct str code);

/* True for what is missing as a whole, a parameter or the body, which no schema can tell. */
bool steady_is_absent(const struct violation *violation);

/* Never NULL. */
const struct steady_code *steady_code_of(const struct violation *violation);

#endif
