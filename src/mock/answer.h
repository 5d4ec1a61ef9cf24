/*
 * answer: the answer of an operation that does not act on the store.
 */
#ifndef MOCK_ANSWER_H
#define MOCK_ANSWER_H

#include "mock/exchange.h"

/*
 * Answers with the success response's example (the media type's, else the
 * schema's), else with a generated value that fits its schema and depends on
 * the world's seed and the operation only.
 */
void answer_example(struct exchange *exchange);

#endif
