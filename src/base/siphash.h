/*
 * siphash: a keyed hash for keys that strangers choose.
 *
 * str_hash is good for names in a document; who may choose keys freely could
 * choose ones that all collide. SipHash-1-3 (Aumasson and Bernstein, "SipHash: a
 * fast short-input PRF", 2012; the variant with one and three rounds that Rust
 * and Python use for their tables) prevents that as long as its key is unknown.
 */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include "base/str.h"

struct siphash_key {
    uint64_t a;
    uint64_t b;
};

/* A key from the operating system's randomness. */
struct siphash_key siphash_random_key(void);

uint64_t siphash(struct siphash_key key, struct str text);

#endif
