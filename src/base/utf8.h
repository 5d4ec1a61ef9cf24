/*
 * utf8: well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing
 * above U+10FFFF).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

static inline bool utf8_is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/*
 * Bytes of the well-formed character at `at` (1 to 4), or 0 where there is
 * none. `room` bytes may be read, at least one.
 */
static inline size_t utf8_length(const char *at, size_t room)
{
    unsigned char lead = (unsigned char)at[0];
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    size_t len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (room < len)
        return 0;
    /* The second byte decides overlong forms, surrogates and the upper end. */
    unsigned char second = (unsigned char)at[1];
    unsigned char lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest)
        return 0;
    for (size_t i = 2; i < len; i++)
        if (!utf8_is_continuation(at[i]))
            return 0;
    return len;
}

/* Index of the first byte that is not well formed, or text.len. */
static inline size_t utf8_find_fault(struct str text)
{
    size_t at = 0;
    while (at < text.len) {
        size_t len = utf8_length(text.data + at, text.len - at);
        if (len == 0)
            break;
        at += len;
    }
    return at;
}

/* Number of code points; the text must be well formed. */
static inline size_t utf8_count(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += !utf8_is_continuation(text.data[i]);
    return count;
}

#endif
