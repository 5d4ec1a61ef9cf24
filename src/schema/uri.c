#include "schema/uri.h"

#include "base/buf.h"

/* RFC 3986, 4.1: the parts before the fragment; data is NULL for an undefined one. */
struct parts {
    struct str scheme;    /* without ':' */
    struct str authority; /* without "//" */
    struct str path;      /* always defined */
    struct str query;     /* without '?' */
};

struct uri_reference uri_split(struct str reference)
{
    size_t hash = str_find_char(reference, '#');
    if (hash == reference.len)
        return (struct uri_reference){.uri = reference};
    return (struct uri_reference){str_make(reference.data, hash), str_after(reference, hash + 1)};
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_scheme_character(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* Length of a leading scheme, without its ':', or 0. */
static size_t scheme_length(struct str uri)
{
    if (uri.len == 0 || !is_letter(uri.data[0]))
        return 0;
    size_t i = 1;
    while (i < uri.len && is_scheme_character(uri.data[i]))
        i++;
    return i < uri.len && uri.data[i] == ':' ? i : 0;
}

static struct parts take_apart(struct str uri)
{
    struct parts parts = {0};
    size_t scheme = scheme_length(uri);
    if (scheme > 0) {
        parts.scheme = str_make(uri.data, scheme);
        uri = str_after(uri, scheme + 1);
    }
    if (str_starts_with(uri, "//")) {
        uri = str_after(uri, 2);
        size_t end = 0;
        while (end < uri.len && uri.data[end] != '/' && uri.data[end] != '?')
            end++;
        parts.authority = str_make(uri.data, end);
        uri = str_after(uri, end);
    }
    size_t question = str_find_char(uri, '?');
    parts.path = str_make(uri.data, question);
    if (question < uri.len)
        parts.query = str_after(uri, question + 1);
    return parts;
}

static bool has(struct str part)
{
    return part.data != NULL;
}

/* Drops the last segment of what was written since `start`, with the '/' before it. */
static void drop_segment(struct buf *out, size_t start)
{
    while (out->len > start && out->data[out->len - 1] != '/')
        out->len--;
    if (out->len > start)
        out->len--;
}

/* RFC 3986, 5.2.4. */
static void add_without_dots(struct buf *out, struct str in)
{
    size_t start = out->len;
    while (in.len > 0) {
        if (str_starts_with(in, "../")) {
            in = str_after(in, 3);
        } else if (str_starts_with(in, "./") || str_starts_with(in, "/./")) {
            in = str_after(in, 2);
        } else if (str_is(in, "/.")) {
            in = str_make("/", 1);
        } else if (str_starts_with(in, "/../")) {
            in = str_after(in, 3);
            drop_segment(out, start);
        } else if (str_is(in, "/..")) {
            in = str_make("/", 1);
            drop_segment(out, start);
        } else if (str_is(in, ".") || str_is(in, "..")) {
            return;
        } else {
            size_t end = 1;
            while (end < in.len && in.data[end] != '/')
                end++;
            buf_add(out, in.data, end);
            in = str_after(in, end);
        }
    }
}

/* RFC 3986, 5.2.3: the reference's path in place of the base's last segment. */
static void add_merged(struct buf *out, struct parts base, struct str path)
{
    struct buf merged;
    buf_init(&merged, NULL);
    if (has(base.authority) && base.path.len == 0) {
        buf_add_char(&merged, '/');
    } else {
        size_t end = base.path.len;
        while (end > 0 && base.path.data[end - 1] != '/')
            end--;
        buf_add(&merged, base.path.data, end);
    }
    buf_add_str(&merged, path);
    add_without_dots(out, buf_str(&merged));
    buf_free(&merged);
}

static void add_query(struct buf *out, struct str query)
{
    if (!has(query))
        return;
    buf_add_char(out, '?');
    buf_add_str(out, query);
}

static void add_authority(struct buf *out, struct str authority)
{
    if (!has(authority))
        return;
    buf_add_text(out, "//");
    buf_add_str(out, authority);
}

struct str uri_resolve(struct arena *arena, struct str base, struct str reference)
{
    if (reference.len == 0)
        return base;
    struct parts r = take_apart(reference);
    struct parts b = take_apart(base);
    struct buf out;
    buf_init(&out, arena);
    buf_reserve(&out, base.len + reference.len + 4);

    struct str scheme = has(r.scheme) ? r.scheme : b.scheme;
    if (has(scheme)) {
        buf_add_str(&out, scheme);
        buf_add_char(&out, ':');
    }
    if (has(r.scheme) || has(r.authority)) {
        add_authority(&out, r.authority);
        add_without_dots(&out, r.path);
        add_query(&out, r.query);
        return buf_str(&out);
    }
    add_authority(&out, b.authority);
    if (r.path.len == 0) {
        buf_add_str(&out, b.path);
        add_query(&out, has(r.query) ? r.query : b.query);
        return buf_str(&out);
    }
    if (r.path.data[0] == '/')
        add_without_dots(&out, r.path);
    else
        add_merged(&out, b, r.path);
    add_query(&out, r.query);
    return buf_str(&out);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

struct str uri_decode(struct arena *arena, struct str text)
{
    if (str_find_char(text, '%') == text.len)
        return text;
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int high = text.data[i] == '%' && i + 2 < text.len ? hex_value(text.data[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.data[i + 2]) : -1;
        if (low >= 0) {
            bytes[len++] = (char)(high * 16 + low);
            i += 2;
        } else {
            bytes[len++] = text.data[i];
        }
    }
    bytes[len] = '\0';
    return str_make(bytes, len);
}
