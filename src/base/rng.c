#include "base/rng.h"

#include <stddef.h>
#include <sys/random.h>
#include <time.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void rng_seed(struct rng *rng, uint64_t seed)
{
    for (size_t i = 0; i < 4; i++)
        rng->state[i] = splitmix(&seed);
}

void rng_seed_nth(struct rng *rng, uint64_t seed, uint64_t n)
{
    uint64_t mixed = seed;
    uint64_t first = splitmix(&mixed);
    mixed = first ^ (n * 0xd1342543de82ef95u + 1);
    rng_seed(rng, splitmix(&mixed));
}

static uint64_t rotate(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    uint64_t threshold = (0 - bound) % bound;
    for (;;) {
        uint64_t draw = rng_next(rng);
        if (draw >= threshold)
            return draw % bound;
    }
}

double rng_unit(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1.0p-53;
}

uint64_t rng_entropy(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) == (ssize_t)sizeof seed)
        return seed;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000007u ^ (uint64_t)now.tv_nsec;
}

void rng_uuid4(struct rng *rng, char out[37])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t high = (rng_next(rng) & ~UINT64_C(0xf000)) | 0x4000;
    uint64_t low = (rng_next(rng) & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    size_t at = 0;
    for (int i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            out[at++] = '-';
        uint64_t word = i < 16 ? high : low;
        out[at++] = digits[word >> (60 - 4 * (i % 16)) & 15];
    }
    out[at] = '\0';
}
