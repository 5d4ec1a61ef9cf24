/*
 * stream: answers that come piece by piece: server-sent events and lines of JSON.
 *
 * The items are those of the media type's example; else values of its schema,
 * each one different. They go out one after the other with a pause between
 * them, as exchange.generation says; where a world's clock stands still it
 * moves on by the pauses and nobody waits.
 */
#ifndef MOCK_STREAM_H
#define MOCK_STREAM_H

#include "mock/exchange.h"

/*
 * Answers with a stream if the operation's success response declares one, and no JSON, or the
 * client asks for the stream. False, with nothing done, otherwise. Thread-safe.
 *
 * Sources: events as in the HTML standard, 9.2.5; application/json-seq as in RFC 7464; ids, event
 * names and the closing `done` as Steady writes them.
 */
bool stream_answers(struct exchange *exchange);

#endif
