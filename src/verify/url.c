#include "verify/url.h"

#include "base/secret.h"

struct str url_host(const struct journal_exchange *exchange)
{
    for (size_t i = 0; i < exchange->header_count; i++)
        if (str_equal_ignoring_case(exchange->headers[i].name, str_from("host")) &&
            exchange->headers[i].value.len > 0)
            return exchange->headers[i].value;
    return str_from("127.0.0.1");
}

void url_add(const struct journal_exchange *exchange, enum journal_secrets secrets, struct buf *out)
{
    buf_add_text(out, "http://");
    buf_add_str(out, url_host(exchange));
    buf_add_str(out, exchange->path);
    if (exchange->query.len == 0)
        return;
    buf_add_char(out, '?');
    if (secrets == JOURNAL_HIDE_SECRETS)
        secret_add_query(exchange->query, out);
    else
        buf_add_str(out, exchange->query);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* '+' is a blank; an escape that is none stays as it is. */
static void add_decoded(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        int high = text.data[i] == '%' && i + 2 < text.len ? hex_digit(text.data[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text.data[i + 2]) : -1;
        if (low >= 0) {
            buf_add_char(out, (char)(high * 16 + low));
            i += 2;
        } else {
            buf_add_char(out, text.data[i] == '+' ? ' ' : text.data[i]);
        }
    }
}

struct str url_next_pair(struct str query, struct buf *name, struct buf *value)
{
    struct str pair = str_make(query.data, str_find_char(query, '&'));
    size_t equals = str_find_char(pair, '=');
    name->len = 0;
    value->len = 0;
    add_decoded(str_make(pair.data, equals), name);
    if (equals < pair.len)
        add_decoded(str_after(pair, equals + 1), value);
    return str_after(query, pair.len < query.len ? pair.len + 1 : query.len);
}
