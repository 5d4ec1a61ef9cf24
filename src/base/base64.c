#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One to three bytes as four characters. */
static void add_group(struct buf *out, const unsigned char *bytes, size_t count)
{
    uint32_t word = (uint32_t)bytes[0] << 16;
    if (count > 1)
        word |= (uint32_t)bytes[1] << 8;
    if (count > 2)
        word |= bytes[2];
    char group[4] = {alphabet[word >> 18], alphabet[word >> 12 & 63],
                     count > 1 ? alphabet[word >> 6 & 63] : '=',
                     count > 2 ? alphabet[word & 63] : '='};
    buf_add(out, group, sizeof group);
}

void base64_add(struct buf *out, struct str bytes)
{
    buf_reserve(out, bytes.len / 3 * 4 + 4);
    const unsigned char *data = (const unsigned char *)bytes.data;
    for (size_t i = 0; i < bytes.len; i += 3)
        add_group(out, data + i, bytes.len - i < 3 ? bytes.len - i : 3);
}

/* The six bits of a character; 64 for one that is none. */
static uint32_t digit(char c)
{
    const char *at = c != '\0' ? strchr(alphabet, c) : NULL;
    return at != NULL ? (uint32_t)(at - alphabet) : 64;
}

/* Four characters; false if they are no group, or padded before the end. */
static bool read_group(const char *group, bool last, struct buf *out)
{
    size_t padding = group[3] != '=' ? 0 : group[2] != '=' ? 1 : 2;
    uint32_t word = 0;
    if (padding > 0 && !last)
        return false;
    for (size_t i = 0; i < 4; i++) {
        uint32_t bits = i < 4 - padding ? digit(group[i]) : 0;
        if (bits > 63)
            return false;
        word = word << 6 | bits;
    }
    for (size_t i = 0; i < 3 - padding; i++)
        buf_add_char(out, (char)(word >> (16 - 8 * i) & 0xff));
    return true;
}

bool base64_read(struct str text, struct buf *out)
{
    size_t before = out->len;
    bool good = text.len % 4 == 0;
    for (size_t i = 0; good && i < text.len; i += 4)
        good = read_group(text.data + i, i + 4 == text.len, out);
    if (!good)
        out->len = before;
    return good;
}
