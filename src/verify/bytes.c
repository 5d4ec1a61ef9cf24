#include "verify/bytes.h"

#include "base/base64.h"
#include "base/utf8.h"

bool bytes_are_utf8(struct str bytes)
{
    return utf8_find_fault(bytes) == bytes.len;
}

void bytes_put(struct json_writer *writer, struct str bytes)
{
    if (bytes_are_utf8(bytes)) {
        json_put_string(writer, bytes);
        return;
    }
    struct buf mended;
    buf_init(&mended, NULL);
    for (size_t i = 0; i < bytes.len;) {
        size_t len = utf8_length(bytes.data + i, bytes.len - i);
        if (len > 0)
            buf_add(&mended, bytes.data + i, len);
        else
            buf_add_utf8(&mended, 0xfffd);
        i += len > 0 ? len : 1;
    }
    json_put_string(writer, buf_str(&mended));
    buf_free(&mended);
}

void bytes_put_member(struct json_writer *writer, const char *name, struct str bytes)
{
    json_put_key(writer, name);
    bytes_put(writer, bytes);
}

void bytes_put_base64(struct json_writer *writer, const char *name, struct str bytes)
{
    struct buf encoded;
    buf_init(&encoded, NULL);
    base64_add(&encoded, bytes);
    json_put_key(writer, name);
    json_put_string(writer, buf_str(&encoded));
    buf_free(&encoded);
}
