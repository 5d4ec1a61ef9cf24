/*
 * rng: reproducible random numbers (SplitMix64 and xoshiro256**).
 *
 * One generator for one owner; no locking. The same seed gives the same draws
 * on every machine. Not for secrets.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t state[4];
};

void rng_seed(struct rng *rng, uint64_t seed);

/*
 * A generator for the n-th of something (request, record): draws do not depend
 * on the order in which threads come.
 */
void rng_seed_nth(struct rng *rng, uint64_t seed, uint64_t n);

uint64_t rng_next(struct rng *rng);

/* Uniform in 0 <= x < bound, without bias; bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* Uniform in 0 <= x < 1. */
double rng_unit(struct rng *rng);

/* A seed from the operating system, for runs that did not ask for one. */
uint64_t rng_entropy(void);

/* Writes a version 4 UUID in lower case: 36 characters and a NUL (RFC 9562). */
void rng_uuid4(struct rng *rng, char out[37]);

#endif
