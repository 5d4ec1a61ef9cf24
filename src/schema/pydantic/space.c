#include "schema/pydantic/space.h"

#include "base/utf8.h"

static bool is_space(uint32_t point)
{
    return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 || point == 0xa0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
           point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

/* The character of `length` bytes at `at`; blanks have at most three. */
static uint32_t code_point(const char *at, size_t length)
{
    static const unsigned lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = (unsigned char)at[0] & lead_bits[length];
    for (size_t i = 1; i < length; i++)
        point = point << 6 | ((unsigned char)at[i] & 0x3f);
    return point;
}

static size_t space_at_start(struct str text)
{
    size_t length = text.len > 0 ? utf8_length(text.data, text.len) : 0;
    return length > 0 && is_space(code_point(text.data, length)) ? length : 0;
}

static size_t space_at_end(struct str text)
{
    if (text.len == 0)
        return 0;
    size_t start = text.len - 1;
    while (start > 0 && utf8_is_continuation(text.data[start]))
        start--;
    return space_at_start(str_after(text, start));
}

struct str pydantic_trim(struct str text)
{
    for (size_t length; (length = space_at_start(text)) > 0;)
        text = str_after(text, length);
    for (size_t length; (length = space_at_end(text)) > 0;)
        text.len -= length;
    return text;
}
