#include "base/str.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_equal_ignoring_case(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

size_t str_find_char(struct str a, char c)
{
    const char *hit = a.len > 0 ? memchr(a.data, c, a.len) : NULL;
    return hit != NULL ? (size_t)(hit - a.data) : a.len;
}

bool str_contains(struct str a, struct str needle)
{
    if (needle.len == 0)
        return true;
    while (a.len >= needle.len) {
        struct str starts = str_make(a.data, a.len - needle.len + 1);
        size_t hit = str_find_char(starts, needle.data[0]);
        if (hit == starts.len)
            return false;
        if (memcmp(a.data + hit, needle.data, needle.len) == 0)
            return true;
        a = str_after(a, hit + 1);
    }
    return false;
}

bool str_contains_ignoring_case(struct str a, struct str needle)
{
    for (size_t i = 0; i + needle.len <= a.len; i++)
        if (str_equal_ignoring_case(str_make(a.data + i, needle.len), needle))
            return true;
    return false;
}

struct str str_trim(struct str a)
{
    while (a.len > 0 && (a.data[0] == ' ' || a.data[0] == '\t'))
        a = str_after(a, 1);
    while (a.len > 0 && (a.data[a.len - 1] == ' ' || a.data[a.len - 1] == '\t'))
        a.len--;
    return a;
}

int str_compare(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared > 0 ? memcmp(a.data, b.data, shared) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

static uint64_t load_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Up to seven bytes as a word; the reads may overlap. */
static uint64_t load_rest(const char *at, size_t len)
{
    uint32_t low, high;
    if (len >= sizeof low) {
        memcpy(&low, at, sizeof low);
        memcpy(&high, at + len - sizeof high, sizeof high);
        return (uint64_t)high << 32 | low;
    }
    if (len == 0)
        return 0;
    return (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[len / 2] << 8 |
           (uint64_t)(unsigned char)at[len - 1] << 16;
}

static uint64_t mix(uint64_t state, uint64_t word)
{
    state = (state ^ word) * 0x9e3779b97f4a7c15u;
    return state ^ state >> 32;
}

uint32_t str_hash(struct str a)
{
    uint64_t state = (uint64_t)a.len * 0xd6e8feb86659fd93u;
    size_t at = 0;
    for (; a.len - at >= sizeof(uint64_t); at += sizeof(uint64_t))
        state = mix(state, load_word(a.data + at));
    if (at < a.len)
        state = mix(state, load_rest(a.data + at, a.len - at));
    return (uint32_t)(mix(state, 0) >> 32);
}

enum { DISTANCE_MAX = 64 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

/* Optimal string alignment: three rows of the usual table are enough. */
unsigned str_distance(struct str a, struct str b)
{
    size_t na = a.len < DISTANCE_MAX ? a.len : DISTANCE_MAX;
    size_t nb = b.len < DISTANCE_MAX ? b.len : DISTANCE_MAX;
    unsigned rows[3][DISTANCE_MAX + 1];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= na; i++) {
        unsigned *now = rows[i % 3];
        const unsigned *last = rows[(i + 2) % 3];
        const unsigned *before = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned cost = a.data[i - 1] != b.data[j - 1];
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost);
            bool swapped =
                i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            if (swapped && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    return rows[na % 3][nb];
}

/* Of two that are equally near, the one of the same length: letters are swapped more often than
 * lost. */
const char *str_nearest(struct str wrong, const char *const *candidates)
{
    unsigned limit = wrong.len / 3 > 1 ? (unsigned)(wrong.len / 3) : 1;
    const char *best = NULL;
    for (; *candidates != NULL; candidates++) {
        struct str candidate = str_from(*candidates);
        unsigned distance = str_distance(wrong, candidate);
        bool nearer = best == NULL ? distance <= limit : distance < limit;
        bool likelier = best != NULL && distance == limit && candidate.len == wrong.len &&
                        strlen(best) != wrong.len;
        if (!nearer && !likelier)
            continue;
        best = *candidates;
        limit = distance;
    }
    return best;
}
