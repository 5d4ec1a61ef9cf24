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
