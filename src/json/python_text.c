#include "json/python_text.h"

#include "base/buf.h"

struct encoding {
    unsigned width; /* bytes of a unit: 1, 2 or 4 */
    bool big;
};

static bool starts_with(struct str bytes, const char *mark, size_t length)
{
    return bytes.len >= length && memcmp(bytes.data, mark, length) == 0;
}

/* json.detect_encoding. A byte order mark, in any encoding, is left to the reader. */
static struct encoding detect(struct str bytes)
{
    if (starts_with(bytes, "\0\0\xfe\xff", 4))
        return (struct encoding){4, true};
    if (starts_with(bytes, "\xff\xfe\0\0", 4))
        return (struct encoding){4, false};
    if (starts_with(bytes, "\xfe\xff", 2))
        return (struct encoding){2, true};
    if (starts_with(bytes, "\xff\xfe", 2))
        return (struct encoding){2, false};
    bool judged = bytes.len >= 4 || bytes.len == 2;
    if (judged && bytes.data[0] == '\0')
        return (struct encoding){bytes.len == 2 || bytes.data[1] != '\0' ? 2 : 4, true};
    if (judged && bytes.data[1] == '\0') {
        bool narrow = bytes.len == 2 || bytes.data[2] != '\0' || bytes.data[3] != '\0';
        return (struct encoding){narrow ? 2 : 4, false};
    }
    return (struct encoding){1, false};
}

static uint32_t unit_at(struct str bytes, size_t at, struct encoding encoding)
{
    uint32_t unit = 0;
    for (unsigned i = 0; i < encoding.width; i++) {
        size_t from = at + (encoding.big ? i : encoding.width - 1 - i);
        unit = unit << 8 | (unsigned char)bytes.data[from];
    }
    return unit;
}

static bool is_surrogate(uint32_t unit, uint32_t first)
{
    return unit >= first && unit < first + 0x400;
}

bool json_python_text(struct arena *arena, struct str bytes, struct str *text)
{
    struct encoding encoding = detect(bytes);
    *text = bytes;
    if (encoding.width == 1)
        return true;
    struct buf out;
    buf_init(&out, arena);
    buf_reserve(&out, bytes.len);
    size_t at = 0;
    for (; at + encoding.width <= bytes.len; at += encoding.width) {
        uint32_t unit = unit_at(bytes, at, encoding);
        size_t next = at + encoding.width;
        if (encoding.width == 2 && is_surrogate(unit, 0xd800) && next + 2 <= bytes.len &&
            is_surrogate(unit_at(bytes, next, encoding), 0xdc00)) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (unit_at(bytes, next, encoding) - 0xdc00);
            at = next;
        }
        if (unit > 0x10ffff)
            return false;
        buf_add_utf8(&out, unit);
    }
    *text = buf_str(&out);
    return at == bytes.len;
}
