/*
 * buf: a growing run of bytes.
 *
 * With an arena its bytes live as long as the arena (buf_free does nothing);
 * without one they are on the heap and buf_free gives them back. Not
 * NUL-terminated unless buf_text was called.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"
#include "base/str.h"

#include <stdarg.h>

struct buf {
    char *data;
    size_t len;
    size_t capacity;
    struct arena *arena; /* NULL: heap */
};

/* Arena may be NULL. Allocates nothing yet. */
void buf_init(struct buf *buf, struct arena *arena);
void buf_free(struct buf *buf);

/* Makes room for `more` bytes after the present ones. */
void buf_reserve(struct buf *buf, size_t more);

void buf_add(struct buf *buf, const char *data, size_t len);
void buf_add_str(struct buf *buf, struct str text);
void buf_add_text(struct buf *buf, const char *text);

static inline void buf_add_char(struct buf *buf, char c)
{
    if (buf->len == buf->capacity)
        buf_reserve(buf, 1);
    buf->data[buf->len++] = c;
}

void buf_add_uint(struct buf *buf, uint64_t number);
void buf_add_int(struct buf *buf, int64_t number);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args);

/* Appends the UTF-8 form of a code point (at most U+10FFFF). */
void buf_add_utf8(struct buf *buf, uint32_t code_point);

/* The bytes so far; valid until the next append. */
static inline struct str buf_str(const struct buf *buf)
{
    return str_make(buf->data, buf->len);
}

/* The bytes so far with a NUL after them (not counted in len). */
char *buf_text(struct buf *buf);

#endif
