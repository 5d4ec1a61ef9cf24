#include "verify/curl.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "verify/url.h"

#include <stdio.h>

/* Longer ones could be too much for the command line of some system. */
enum { QUOTED_BODY_MOST = 30000 };

/* Within '...' everything is itself; a quote is closed, escaped, and opened again. */
static void add_quoted(struct buf *out, struct str text)
{
    buf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\'')
            buf_add_text(out, "'\\''");
        else
            buf_add_char(out, text.data[i]);
    }
    buf_add_char(out, '\'');
}

/* In a comment, a line break would end it. */
static void add_comment_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        buf_add_char(out, c < 0x20 || c == 0x7f ? '?' : text.data[i]);
    }
}

static void add_comment(const struct journal_entry *entry, struct buf *out)
{
    const struct journal_exchange *exchange = &entry->exchange;
    buf_printf(out, "# %llu ", (unsigned long long)entry->id);
    clock_print_rfc3339(exchange->time_ns, out);
    buf_add_char(out, ' ');
    add_comment_text(out,
                     exchange->operation.len > 0 ? exchange->operation : str_from("no operation"));
    if (exchange->status != 0)
        buf_printf(out, " -> %d", exchange->status);
    else
        buf_add_text(out, " -> no answer");
    if (exchange->fault_name.len > 0) {
        buf_add_text(out, ", fault ");
        add_comment_text(out, exchange->fault_name);
    }
    if (exchange->body.len < entry->body_size)
        buf_printf(out, "\n# the body is cut: %zu of %llu bytes", exchange->body.len,
                   (unsigned long long)entry->body_size);
    buf_add_char(out, '\n');
}

static bool is_one_of(struct str name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (str_equal_ignoring_case(name, str_from(*names)))
            return true;
    return false;
}

/* What curl says by itself, from the URL and the body. */
static bool is_curls_own(struct str name)
{
    static const char *const names[] = {"host",   "content-length",    "connection",
                                        "expect", "transfer-encoding", NULL};
    return is_one_of(name, names);
}

static bool has_header(const struct journal_exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->header_count; i++)
        if (str_equal_ignoring_case(exchange->headers[i].name, str_from(name)))
            return true;
    return false;
}

static void add_header(struct buf *out, struct str name, struct str value)
{
    struct buf line;
    buf_init(&line, NULL);
    buf_add_str(&line, name);
    buf_add_text(&line, value.len > 0 ? ": " : ";"); /* "name;" sends an empty one */
    buf_add_str(&line, value);
    buf_add_text(out, " \\\n  -H ");
    add_quoted(out, buf_str(&line));
    buf_free(&line);
}

static void add_headers(const struct journal_exchange *exchange, enum journal_secrets secrets,
                        struct buf *out)
{
    for (size_t i = 0; i < exchange->header_count; i++) {
        struct journal_header header = exchange->headers[i];
        if (is_curls_own(header.name))
            continue;
        if (secrets == JOURNAL_HIDE_SECRETS && secret_is_name(header.name))
            header.value = str_from(secret_mask);
        add_header(out, header.name, header.value);
    }
    /* curl would say application/x-www-form-urlencoded where the client said nothing. */
    if (exchange->body.len > 0 && !has_header(exchange, "content-type"))
        buf_add_text(out, " \\\n  -H 'Content-Type:'");
    if (exchange->world.len > 0 && !has_header(exchange, "x-understudy-world"))
        add_header(out, str_from("X-Understudy-World"), exchange->world);
}

static bool fits_command_line(struct str body)
{
    return body.len <= QUOTED_BODY_MOST && str_find_char(body, '\0') == body.len &&
           utf8_find_fault(body) == body.len;
}

static void add_method(const struct journal_exchange *exchange, struct buf *out)
{
    if (str_is(exchange->method, "HEAD")) {
        buf_add_text(out, " --head");
    } else if (!str_is(exchange->method, "GET") || exchange->body.len > 0) {
        buf_add_text(out, " -X ");
        add_quoted(out, exchange->method);
    }
}

static void add_url(const struct journal_exchange *exchange, enum journal_secrets secrets,
                    struct buf *out)
{
    struct buf url;
    buf_init(&url, NULL);
    url_add(exchange, secrets, &url);
    if (str_contains(exchange->path, str_from("/.")))
        buf_add_text(out, " --path-as-is");
    buf_add_text(out, " --globoff ");
    add_quoted(out, buf_str(&url));
    buf_free(&url);
}

void curl_write(const struct journal_entry *entry, enum journal_secrets secrets, struct buf *out)
{
    const struct journal_exchange *exchange = &entry->exchange;
    bool piped = !fits_command_line(exchange->body);
    add_comment(entry, out);
    if (piped) {
        buf_add_text(out, "printf %s '");
        base64_add(out, exchange->body);
        buf_add_text(out, "' | base64 -d | ");
    }
    buf_add_text(out, "curl -sS");
    add_method(exchange, out);
    add_url(exchange, secrets, out);
    add_headers(exchange, secrets, out);
    if (piped) {
        buf_add_text(out, " \\\n  --data-binary @-");
    } else if (exchange->body.len > 0) {
        buf_add_text(out, " \\\n  --data-raw ");
        add_quoted(out, exchange->body);
    }
    buf_add_text(out, "\n\n");
}
