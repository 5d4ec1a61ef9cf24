#include "base/siphash.h"

#include "base/rng.h"

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

static void round_once(struct state *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static void absorb(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    round_once(s);
    s->v0 ^= word;
}

/* Eight bytes as a little-endian number, whatever the machine's order: one load where it can be. */
static uint64_t read_word(const unsigned char *b)
{
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
           (uint64_t)b[7] << 56;
}

/* The last bytes, fewer than eight, with the length above them. */
static uint64_t read_rest(const unsigned char *b, size_t count, size_t length)
{
    uint64_t word = (uint64_t)length << 56;
    for (size_t i = 0; i < count; i++)
        word |= (uint64_t)b[i] << (8 * i);
    return word;
}

struct siphash_key siphash_random_key(void)
{
    return (struct siphash_key){rng_entropy(), rng_entropy()};
}

uint64_t siphash(struct siphash_key key, struct str text)
{
    struct state s = {
        key.a ^ 0x736f6d6570736575u,
        key.b ^ 0x646f72616e646f6du,
        key.a ^ 0x6c7967656e657261u,
        key.b ^ 0x7465646279746573u,
    };
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t whole = text.len & ~(size_t)7;
    for (size_t i = 0; i < whole; i += 8)
        absorb(&s, read_word(bytes + i));
    absorb(&s, read_rest(whole > 0 ? bytes + whole : bytes, text.len - whole, text.len));
    s.v2 ^= 0xff;
    round_once(&s);
    round_once(&s);
    round_once(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
