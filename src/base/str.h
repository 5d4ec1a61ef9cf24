/*
 * str: a borrowed slice of bytes.
 *
 * A `struct str` owns nothing: whoever hands one out says how long its bytes
 * live. It may hold NUL bytes and is not NUL-terminated. Pass it by value.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *data;
    size_t len;
};

static inline struct str str_make(const char *data, size_t len)
{
    return (struct str){data, len};
}

/* The bytes of a C string up to its NUL; NULL gives the empty slice. */
static inline struct str str_from(const char *text)
{
    return (struct str){text, text != NULL ? strlen(text) : 0};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool str_is(struct str a, const char *text)
{
    return str_equal(a, str_from(text));
}

static inline bool str_starts_with(struct str a, const char *prefix)
{
    size_t n = strlen(prefix);
    return a.len >= n && memcmp(a.data, prefix, n) == 0;
}

static inline bool str_ends_with(struct str a, const char *suffix)
{
    size_t n = strlen(suffix);
    return a.len >= n && memcmp(a.data + a.len - n, suffix, n) == 0;
}

/* From byte `from` (at most a.len) to the end. */
static inline struct str str_after(struct str a, size_t from)
{
    return (struct str){from > 0 ? a.data + from : a.data, a.len - from};
}

/* Equality that ignores the case of ASCII letters (header names, RFC 9110 5.1). */
bool str_equal_ignoring_case(struct str a, struct str b);

/* Index of the first `c`, or a.len where there is none. */
size_t str_find_char(struct str a, char c);

/* True if `needle` occurs in `a`; the empty needle always does. */
bool str_contains(struct str a, struct str needle);

/* The same, whatever the case of ASCII letters. */
bool str_contains_ignoring_case(struct str a, struct str needle);

/* Without the blanks and tabs at both ends. */
struct str str_trim(struct str a);

/* Byte order, shorter first on a tie: <0, 0, >0 as for qsort. */
int str_compare(struct str a, struct str b);

/* A 32-bit hash, a word at a time. Stable within a process run. */
uint32_t str_hash(struct str a);

/*
 * Edit distance (insert, delete, replace, swap of neighbours), for "did you
 * mean". Inputs longer than 64 bytes count as 64.
 */
unsigned str_distance(struct str a, struct str b);

/*
 * The candidate nearest to `wrong`, or NULL if none is within a third of its
 * length (at least 1 edit is always allowed). The list ends with NULL.
 */
const char *str_nearest(struct str wrong, const char *const *candidates);

#endif
