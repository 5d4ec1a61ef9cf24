/*
 * wiremock: what the endpoints with WireMock's names share.
 */
#ifndef ADMIN_WIREMOCK_H
#define ADMIN_WIREMOCK_H

#include "mock/admin/admin.h"
#include "mock/wiremock/request_pattern.h"

/* {"errors": [{"code": 10, "title": message}]}, as WireMock's clients want to hear it. */
void wiremock_refuse(const struct admin_call *call, int status, const char *message);

/* The call's JSON body; NULL, and refused, where it is none. */
const struct json_node *wiremock_body(const struct admin_call *call);

/* The request pattern in the call's body; NULL, and refused, where it is none. */
const struct request_pattern *wiremock_pattern(const struct admin_call *call,
                                               struct pattern_matching *matching);

/* True, and refused, if an answer could not be found in time. */
bool wiremock_undecided(const struct admin_call *call, const struct pattern_matching *matching);

#endif
