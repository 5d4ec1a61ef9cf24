/*
 * verdict: what the server's exit code says of its clients.
 *
 * With --fail-on-violation, --fail-on-unmatched or --fail-under, `serve` ends
 * with 0 if the clients kept the contract, and with 1 and a line on stderr for
 * each thing that is wrong if they did not, with the first requests that are to
 * blame. With one of these, or with --coverage-file, a document that cannot be
 * played ends it with 3, and so does, with --fail-on-violation, a request that
 * met an operation that cannot: a CI job can tell a broken contract from a
 * broken client.
 */
#ifndef APP_VERDICT_H
#define APP_VERDICT_H

#include "app/verbs.h"
#include "mock/mock.h"

/* True if one of the flags above was given. */
bool verdict_is_wanted(const struct options *options);

/* False, with a line on stderr, if the coverage file that is wanted cannot be written later. */
bool verdict_can_write(const struct options *options);

/*
 * Writes the coverage file, if one is wanted, and judges. To be called when no
 * request is under way any more. EXIT_FINE, EXIT_MISTAKE or EXIT_DOCUMENT;
 * stderr says what was wrong.
 */
enum exit_code verdict_reach(const struct options *options, struct mock *mock);

#endif
