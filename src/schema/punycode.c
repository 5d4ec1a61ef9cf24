#include "schema/punycode.h"

/* Parameters of RFC 3492, section 5. */
enum {
    BASE = 36,
    T_MIN = 1,
    T_MAX = 26,
    SKEW = 38,
    DAMP = 700,
    INITIAL_BIAS = 72,
    INITIAL_N = 128,
};

static uint32_t adapt_bias(uint32_t delta, uint32_t points, bool first)
{
    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    uint32_t k = 0;
    while (delta > (BASE - T_MIN) * T_MAX / 2) {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
    if (k <= bias + T_MIN)
        return T_MIN;
    return k >= bias + T_MAX ? T_MAX : k - bias;
}

/* ---- decoding (section 6.2) ---- */

/* BASE for a character that is no digit. */
static uint32_t digit_value(char c)
{
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a');
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0') + 26;
    return BASE;
}

/* Reads one variable-length integer and adds it to *sum. */
static bool add_integer(struct str text, size_t *at, uint32_t bias, uint32_t *sum)
{
    uint32_t weight = 1;
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t digit = *at < text.len ? digit_value(text.data[(*at)++]) : BASE;
        if (digit >= BASE || digit > (UINT32_MAX - *sum) / weight)
            return false;
        *sum += digit * weight;
        uint32_t t = threshold(k, bias);
        if (digit < t)
            return true;
        if (weight > UINT32_MAX / (BASE - t))
            return false;
        weight *= BASE - t;
    }
}

static size_t last_hyphen(struct str text)
{
    size_t at = text.len;
    while (at > 0 && text.data[at - 1] != '-')
        at--;
    return at > 0 ? at - 1 : 0;
}

size_t punycode_decode(struct str text, uint32_t *out)
{
    size_t count = last_hyphen(text);
    if (count > PUNYCODE_MAX)
        return SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        if ((unsigned char)text.data[i] >= INITIAL_N)
            return SIZE_MAX;
        out[i] = (unsigned char)text.data[i];
    }
    uint32_t n = INITIAL_N;
    uint32_t bias = INITIAL_BIAS;
    uint32_t place = 0;
    size_t at = count > 0 ? count + 1 : 0;
    while (at < text.len) {
        uint32_t before = place;
        if (count == PUNYCODE_MAX || !add_integer(text, &at, bias, &place))
            return SIZE_MAX;
        uint32_t points = (uint32_t)count + 1;
        bias = adapt_bias(place - before, points, before == 0);
        if (place / points > 0x10ffff - n)
            return SIZE_MAX;
        n += place / points;
        place %= points;
        memmove(out + place + 1, out + place, (count - place) * sizeof *out);
        out[place++] = n;
        count++;
    }
    return count;
}

/* ---- encoding (section 6.3) ---- */

struct output {
    char *data;
    size_t len;
    bool full;
};

static void put(struct output *out, char c)
{
    if (out->len == PUNYCODE_MAX)
        out->full = true;
    else
        out->data[out->len++] = c;
}

static void put_digit(struct output *out, uint32_t digit)
{
    put(out, (char)(digit < 26 ? 'a' + digit : '0' + digit - 26));
}

static void put_integer(struct output *out, uint32_t number, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = threshold(k, bias);
        if (number < t)
            break;
        put_digit(out, t + (number - t) % (BASE - t));
        number = (number - t) / (BASE - t);
    }
    put_digit(out, number);
}

static uint32_t put_basic(struct output *out, const uint32_t *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t c = text[i];
        if (c < INITIAL_N)
            put(out, (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
    uint32_t basic = (uint32_t)out->len;
    if (basic > 0)
        put(out, '-');
    return basic;
}

/* The smallest code point that is at least `least`; UINT32_MAX where none is. */
static uint32_t next_code_point(const uint32_t *text, size_t count, uint32_t least)
{
    uint32_t next = UINT32_MAX;
    for (size_t i = 0; i < count; i++)
        if (text[i] >= least && text[i] < next)
            next = text[i];
    return next;
}

size_t punycode_encode(const uint32_t *text, size_t count, char *data)
{
    if (count > PUNYCODE_MAX)
        return SIZE_MAX;
    struct output out = {data, 0, false};
    uint32_t basic = put_basic(&out, text, count);
    uint32_t n = INITIAL_N;
    uint32_t bias = INITIAL_BIAS;
    uint32_t delta = 0;
    uint32_t done = basic;
    while (done < count && !out.full) {
        uint32_t next = next_code_point(text, count, n);
        delta += (next - n) * (done + 1); /* at most 0x10ffff * 64: no overflow */
        n = next;
        for (size_t i = 0; i < count; i++) {
            if (text[i] < n)
                delta++;
            if (text[i] != n)
                continue;
            put_integer(&out, delta, bias);
            bias = adapt_bias(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        n++;
    }
    return out.full ? SIZE_MAX : out.len;
}
