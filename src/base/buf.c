#include "base/buf.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

enum { SMALLEST = 128 };

void buf_init(struct buf *buf, struct arena *arena)
{
    *buf = (struct buf){.arena = arena};
}

void buf_free(struct buf *buf)
{
    if (buf->arena == NULL)
        free(buf->data);
    buf_init(buf, buf->arena);
}

void buf_reserve(struct buf *buf, size_t more)
{
    size_t wanted = buf->len + more;
    if (wanted <= buf->capacity)
        return;
    size_t capacity = buf->capacity * 2 > SMALLEST ? buf->capacity * 2 : SMALLEST;
    if (capacity < wanted)
        capacity = wanted;
    if (buf->arena != NULL)
        buf->data = arena_grow(buf->arena, buf->data, buf->capacity, capacity);
    else
        buf->data = mem_realloc(buf->data, capacity);
    buf->capacity = capacity;
}

void buf_add(struct buf *buf, const char *data, size_t len)
{
    if (len == 0)
        return;
    buf_reserve(buf, len);
    memcpy(buf->data + buf->len, data, len);
    buf->len += len;
}

void buf_add_str(struct buf *buf, struct str text)
{
    buf_add(buf, text.data, text.len);
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_uint(struct buf *buf, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buf_add(buf, digits + at, sizeof digits - at);
}

void buf_add_int(struct buf *buf, int64_t number)
{
    if (number < 0)
        buf_add_char(buf, '-');
    buf_add_uint(buf, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    size_t size = (size_t)(len > 0 ? len : 0);
    buf_reserve(buf, size + 1);
    vsnprintf(buf->data + buf->len, size + 1, format, again);
    va_end(again);
    buf->len += size;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

void buf_add_utf8(struct buf *buf, uint32_t code_point)
{
    if (code_point < 0x80) {
        buf_add_char(buf, (char)code_point);
        return;
    }
    if (code_point < 0x800) {
        buf_add_char(buf, (char)(0xc0 | code_point >> 6));
    } else {
        if (code_point < 0x10000) {
            buf_add_char(buf, (char)(0xe0 | code_point >> 12));
        } else {
            buf_add_char(buf, (char)(0xf0 | code_point >> 18));
            buf_add_char(buf, (char)(0x80 | (code_point >> 12 & 0x3f)));
        }
        buf_add_char(buf, (char)(0x80 | (code_point >> 6 & 0x3f)));
    }
    buf_add_char(buf, (char)(0x80 | (code_point & 0x3f)));
}

char *buf_text(struct buf *buf)
{
    buf_reserve(buf, 1);
    buf->data[buf->len] = '\0';
    return buf->data;
}
