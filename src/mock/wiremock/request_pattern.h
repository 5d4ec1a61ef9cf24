/*
 * request_pattern: which requests are meant, in WireMock's words.
 *
 *     {"method": "PUT", "urlPath": "/v5/things",
 *      "headers": {"X-Test-Id": {"equalTo": "a"}}, "queryParameters": {...},
 *      "cookies": {...}, "formParameters": {...}, "bodyPatterns": [{...}]}
 *
 * Also url, urlPattern, urlPathPattern, urlPathTemplate with pathParameters,
 * methods, host, port, scheme, clientIp and basicAuth. What is left out
 * matches anything; a member that nobody knows is a mistake.
 */
#ifndef WIREMOCK_REQUEST_PATTERN_H
#define WIREMOCK_REQUEST_PATTERN_H

#include "mock/wiremock/value_pattern.h"
#include "verify/journal.h"

struct request_pattern;

/* NULL and a problem for a mistake. The nodes must outlive it. */
const struct request_pattern *request_pattern_read(struct pattern_matching *matching,
                                                   const struct json_node *node);

/* Uses the scratch arena, which the caller may clear after each call. */
bool request_pattern_matches(struct pattern_matching *matching,
                             const struct request_pattern *pattern,
                             const struct journal_exchange *exchange);

/* How far a request is away, from 0 (it matches) to 1; the URL weighs 10, the method 3. */
double request_pattern_distance(struct pattern_matching *matching,
                                const struct request_pattern *pattern,
                                const struct journal_exchange *exchange);

/* "/a/{b}/c" against "/a/x/c": true, with the values in *values (of the arena) by their order. */
bool path_template_matches(struct str template, struct str path, struct arena *arena,
                           struct str **values, size_t *count);

#endif
