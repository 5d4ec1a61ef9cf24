/*
 * scan: the end of the run of bytes that stand for themselves in a string.
 *
 * Most of a JSON text is such runs, so they are looked through 16 bytes at a
 * time where SSE2 is at hand (every x86-64), else 8 at a time in a register.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include "base/str.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SCAN_WIDTH = 16 };

/* Quote, backslash, control character: what a JSON string cannot hold as it is. */
static inline bool scan_needs_escape(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

#ifdef __SSE2__

/* One bit for each of 16 bytes that needs an escape. */
static inline unsigned scan_escapes(__m128i bytes)
{
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    __m128i any = _mm_or_si128(_mm_or_si128(quote, backslash), control);
    return (unsigned)_mm_movemask_epi8(any);
}

static inline __m128i scan_load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/*
 * The first byte from `at` on that needs an escape or is not ASCII. The text
 * must end with a NUL, and SCAN_WIDTH bytes must be readable after that.
 */
static inline char *scan_ascii(char *at)
{
    for (;; at += SCAN_WIDTH) {
        __m128i bytes = scan_load(at);
        unsigned hits = scan_escapes(bytes) | (unsigned)_mm_movemask_epi8(bytes);
        if (hits != 0)
            return at + __builtin_ctz(hits);
    }
}

/* Index of the first byte that needs an escape, or text.len. */
static inline size_t scan_text(struct str text)
{
    size_t at = 0;
    for (; at + SCAN_WIDTH <= text.len; at += SCAN_WIDTH) {
        unsigned hits = scan_escapes(scan_load(text.data + at));
        if (hits != 0)
            return at + (size_t)__builtin_ctz(hits);
    }
    while (at < text.len && !scan_needs_escape(text.data[at]))
        at++;
    return at;
}

#else

/* Not 0 if one of 8 bytes needs an escape (Mycroft's test for a zero byte, three times). */
static inline uint64_t scan_escapes(uint64_t bytes)
{
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t tops = ones << 7;
    uint64_t quote = bytes ^ ones * '"';
    uint64_t backslash = bytes ^ ones * '\\';
    uint64_t control = (bytes - ones * 0x20) & ~bytes;
    return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | control) & tops;
}

static inline uint64_t scan_load(const char *at)
{
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

static inline char *scan_ascii(char *at)
{
    const uint64_t tops = 0x8080808080808080u;
    uint64_t bytes = scan_load(at);
    while (scan_escapes(bytes) == 0 && (bytes & tops) == 0) {
        at += sizeof bytes;
        bytes = scan_load(at);
    }
    while (!scan_needs_escape(*at) && (unsigned char)*at < 0x80)
        at++;
    return at;
}

static inline size_t scan_text(struct str text)
{
    size_t at = 0;
    while (at + sizeof(uint64_t) <= text.len && scan_escapes(scan_load(text.data + at)) == 0)
        at += sizeof(uint64_t);
    while (at < text.len && !scan_needs_escape(text.data[at]))
        at++;
    return at;
}

#endif
#endif
