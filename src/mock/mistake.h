/*
 * mistake: what was wrong in what somebody said to understudy itself, not to
 * the API that it plays: admin calls, X-Understudy-... headers, `Prefer`.
 *
 * Always {"error": "..."}, whatever dialect the API speaks, so that nobody takes
 * it for an answer of the API; with "diagnostics": [{level, line, column,
 * message, help}] where the mistake is in a text that somebody wrote.
 */
#ifndef MOCK_MISTAKE_H
#define MOCK_MISTAKE_H

#include "mock/exchange.h"

/* The diagnostics as an array. */
void mistake_write_diags(const struct diags *diags, struct json_writer *writer);

void mistake_answer(struct exchange *exchange, int status, const char *message);

/* The same with all diagnostics. */
void mistake_answer_diags(struct exchange *exchange, int status, const char *message,
                          const struct diags *diags);

#endif
