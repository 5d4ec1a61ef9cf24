#include "mock/sl_violations.h"

#include "base/utf8.h"
#include "mock/prism_words.h"

enum { HEADER_MAX = 8000 }; /* clients refuse heads of more than 16 KB, some of 8 */

/* The location begins with "request", unlike that in Prism's bodies. */
static void write_violation(const struct violation *violation, struct buf *out)
{
    buf_add_text(out, "{\"location\":[\"request\",");
    prism_write_location(violation, out);
    prism_write_judgement(violation, out);
    buf_add_char(out, '}');
}

/* The code point of a well-formed character of so many bytes. */
static unsigned decode(const char *at, size_t length)
{
    static const unsigned char masks[] = {[1] = 0x7f, [2] = 0x1f, [3] = 0x0f, [4] = 0x07};
    unsigned code = (unsigned char)at[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)at[i] & 0x3f);
    return code;
}

/* JSON text in ASCII: what is not stands in strings only, where it can be escaped. */
static void add_ascii(struct buf *out, struct str json)
{
    for (size_t i = 0; i < json.len;) {
        unsigned char c = (unsigned char)json.data[i];
        size_t length = utf8_length(json.data + i, json.len - i);
        if (c < 0x80 || length == 0) {
            buf_add_char(out, c < 0x80 ? (char)c : '?');
            i++;
            continue;
        }
        unsigned code = decode(json.data + i, length);
        if (code >= 0x10000)
            buf_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
        else
            buf_printf(out, "\\u%04x", code);
        i += length;
    }
}

void sl_violations_add(struct exchange *exchange)
{
    struct buf value = exchange_buf(exchange);
    buf_add_char(&value, '[');
    for (const struct violation *violation = exchange->findings.first; violation != NULL;
         violation = violation->next) {
        struct buf one = exchange_buf(exchange);
        size_t before = value.len;
        write_violation(violation, &one);
        if (before > 1)
            buf_add_char(&value, ',');
        add_ascii(&value, buf_str(&one));
        if (value.len > HEADER_MAX - 1) {
            value.len = before;
            break;
        }
    }
    buf_add_char(&value, ']');
    response_header(exchange->response, "sl-violations", buf_str(&value));
}
