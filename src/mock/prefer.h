/*
 * prefer: the answer that the client asks for, in Prism's words.
 *
 *     Prefer: code=503, example=NAME, dynamic=true, seed=7       or
 *     ?__code=503&__example=NAME&__dynamic=true
 *
 * It speaks of valid requests only, as in Prism: what the contract refuses is
 * refused, whatever the client prefers. Preferences of other makes (RFC 7240:
 * return=minimal) are none of ours. What is said twice counts the first time,
 * the header before the query.
 */
#ifndef MOCK_PREFER_H
#define MOCK_PREFER_H

#include "mock/message.h"

struct preference {
    int status;         /* 0: not said */
    struct str example; /* data is NULL: not said */
    bool says_dynamic;
    bool dynamic;
    bool has_seed;
    uint64_t seed;
    const char *problem; /* what cannot be understood, or NULL; the arena's */
};

/* True if the request prefers anything; then *out says what. */
bool prefer_read(const struct request *request, struct arena *arena, struct preference *out);

#endif
