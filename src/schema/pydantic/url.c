#include "schema/pydantic/url.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "schema/format_checks.h"
#include "schema/idna.h"
#include "schema/punycode.h"

#include <arpa/inet.h>
#include <stdlib.h>

static const char NO_BASE[] = "relative URL without a base";
static const char EMPTY_HOST[] = "empty host";
static const char BAD_NAME[] = "invalid international domain name";
static const char BAD_CHARACTER[] = "invalid domain character";
static const char BAD_IPV4[] = "invalid IPv4 address";
static const char BAD_IPV6[] = "invalid IPv6 address";
static const char BAD_PORT[] = "invalid port number";

/* Besides controls, blanks and what is outside ASCII, which are always encoded (1.3). */
static const char IN_FRAGMENT[] = "\"<>`";
static const char IN_QUERY[] = "\"#<>";
static const char IN_SPECIAL_QUERY[] = "\"#<>'";
static const char IN_PATH[] = "\"#<>?`{}";
static const char IN_USER[] = "\"#<>?`{}/:;=@[\\]^|";

/* Not in a host, encoded or not (3.1). */
static const char NOT_IN_HOST[] = " #/:<>?@[\\]^|%";

struct scheme {
    const char *name;
    const char *port; /* the default, or NULL */
};

static const struct scheme special_schemes[] = {
    {"http", "80"}, {"https", "443"}, {"ws", "80"}, {"wss", "443"}, {"ftp", "21"}, {"file", NULL},
};

struct parser {
    struct str text; /* without blanks at its ends, tabs and line breaks */
    struct arena *arena;
    struct buf *out;
    const struct scheme *special; /* NULL: none of the six */
};

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_slash(const struct parser *parser, char c)
{
    return c == '/' || (parser->special != NULL && c == '\\');
}

static bool is_file(const struct parser *parser)
{
    return parser->special != NULL && strcmp(parser->special->name, "file") == 0;
}

static void add_encoded(struct buf *out, struct str text, const char *set, bool blanks_too)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool encode = c < 0x20 || c > 0x7e || (c == ' ' && blanks_too) ||
                      (c != '\0' && strchr(set, c) != NULL);
        if (encode)
            buf_printf(out, "%%%02X", c);
        else
            buf_add_char(out, (char)c);
    }
}

/* ---- the start ---- */

static struct str clean(struct str text, struct arena *arena)
{
    struct buf kept;
    buf_init(&kept, arena);
    while (text.len > 0 && (unsigned char)text.data[0] <= ' ')
        text = str_after(text, 1);
    while (text.len > 0 && (unsigned char)text.data[text.len - 1] <= ' ')
        text.len--;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] != '\t' && text.data[i] != '\n' && text.data[i] != '\r')
            buf_add_char(&kept, text.data[i]);
    return buf_str(&kept);
}

static bool read_scheme(struct parser *parser)
{
    struct str text = parser->text;
    size_t end = str_find_char(text, ':');
    if (end == text.len || end == 0 || !is_alpha(text.data[0]))
        return false;
    for (size_t i = 0; i < end; i++) {
        char c = text.data[i];
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.')
            return false;
        buf_add_char(parser->out, to_lower(c));
    }
    struct str name = buf_str(parser->out);
    for (size_t i = 0; i < sizeof special_schemes / sizeof *special_schemes; i++)
        if (str_is(name, special_schemes[i].name))
            parser->special = &special_schemes[i];
    buf_add_char(parser->out, ':');
    parser->text = str_after(text, end + 1);
    return true;
}

/* ---- hosts ---- */

/* One part of an IPv4 address in decimal, octal or hexadecimal; false if it is no number. */
static bool read_ipv4_part(struct str part, uint64_t *number)
{
    char digits[32];
    int base = 10;
    if (part.len > 1 && part.data[0] == '0') {
        base = to_lower(part.data[1]) == 'x' ? 16 : 8;
        part = str_after(part, base == 16 ? 2 : 1);
    }
    if (part.len == 0) {
        *number = 0;
        return base != 10;
    }
    if (part.len >= sizeof digits)
        return false;
    memcpy(digits, part.data, part.len);
    digits[part.len] = '\0';
    char *end;
    if (digits[0] == '-' || digits[0] == '+')
        return false;
    *number = strtoull(digits, &end, base);
    return *end == '\0';
}

/* The last part is a number: then the host is an IPv4 address or nothing (3.5). */
static bool ends_in_number(struct str host)
{
    if (str_ends_with(host, "."))
        host.len--;
    size_t start = host.len;
    while (start > 0 && host.data[start - 1] != '.')
        start--;
    struct str last = str_after(host, start);
    size_t digits = 0;
    while (digits < last.len && is_digit(last.data[digits]))
        digits++;
    uint64_t number;
    return last.len > 0 && (digits == last.len || read_ipv4_part(last, &number));
}

static const char *add_ipv4(struct buf *out, struct str host)
{
    if (str_ends_with(host, "."))
        host.len--;
    uint64_t address = 0;
    unsigned parts = 0;
    for (bool more = true; more; parts++) {
        size_t dot = str_find_char(host, '.');
        more = dot < host.len;
        uint64_t number;
        unsigned last_bits = parts < 4 ? 32 - 8 * parts : 0;
        if (parts > 3 || !read_ipv4_part(str_make(host.data, dot), &number) ||
            number >> (more ? 8 : last_bits) != 0)
            return BAD_IPV4;
        address = more ? address << 8 | number : address << last_bits | number;
        host = str_after(host, more ? dot + 1 : dot);
    }
    buf_printf(out, "%u.%u.%u.%u", (unsigned)(address >> 24), (unsigned)(address >> 16 & 255),
               (unsigned)(address >> 8 & 255), (unsigned)(address & 255));
    return NULL;
}

static const char *add_ipv6(struct buf *out, struct str host)
{
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];
    if (!str_ends_with(host, "]") || host.len > sizeof text)
        return BAD_IPV6;
    struct str inner = str_make(host.data + 1, host.len - 2);
    memcpy(text, inner.data, inner.len);
    text[inner.len] = '\0';
    if (!format_is_ipv6(inner) || inet_pton(AF_INET6, text, &address) != 1)
        return BAD_IPV6;
    inet_ntop(AF_INET6, &address, text, sizeof text);
    buf_printf(out, "[%s]", text);
    return NULL;
}

static int hex_value(char c)
{
    c = to_lower(c);
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct str decode_percents(struct str text, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena);
    for (size_t i = 0; i < text.len; i++) {
        bool escape = text.data[i] == '%' && i + 2 < text.len && hex_value(text.data[i + 1]) >= 0 &&
                      hex_value(text.data[i + 2]) >= 0;
        if (!escape) {
            buf_add_char(&out, text.data[i]);
            continue;
        }
        buf_add_char(&out, (char)(hex_value(text.data[i + 1]) * 16 + hex_value(text.data[i + 2])));
        i += 2;
    }
    return buf_str(&out);
}

static bool add_label(struct buf *out, struct str label)
{
    uint32_t points[PUNYCODE_MAX];
    char encoded[PUNYCODE_MAX];
    size_t count = 0;
    bool ascii = true;
    for (size_t at = 0; at < label.len && count < PUNYCODE_MAX; count++) {
        size_t length = utf8_length(label.data + at, label.len - at);
        if (length == 0)
            return false;
        static const unsigned lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
        points[count] = (unsigned char)label.data[at] & lead[length];
        for (size_t i = 1; i < length; i++)
            points[count] = points[count] << 6 | ((unsigned char)label.data[at + i] & 0x3f);
        ascii = ascii && length == 1;
        at += length;
    }
    if (ascii) {
        if (str_starts_with(label, "xn--") && !idna_is_hostname(label))
            return false;
        buf_add_str(out, label);
        return true;
    }
    size_t length = punycode_encode(points, count, encoded);
    if (length == SIZE_MAX)
        return false;
    buf_add_text(out, "xn--");
    buf_add(out, encoded, length);
    return true;
}

static const char *add_domain(struct parser *parser, struct str host)
{
    struct str decoded = decode_percents(host, parser->arena);
    struct buf name;
    buf_init(&name, parser->arena);
    for (size_t i = 0; i < decoded.len; i++) {
        char c = decoded.data[i];
        if ((unsigned char)c < 0x20 || c == 0x7f || strchr(NOT_IN_HOST, c) != NULL)
            return BAD_NAME;
        buf_add_char(&name, to_lower(c));
    }
    struct str rest = buf_str(&name);
    if (ends_in_number(rest))
        return add_ipv4(parser->out, rest);
    for (;;) {
        size_t dot = str_find_char(rest, '.');
        if (!add_label(parser->out, str_make(rest.data, dot)))
            return BAD_NAME;
        if (dot == rest.len)
            return NULL;
        buf_add_char(parser->out, '.');
        rest = str_after(rest, dot + 1);
    }
}

static const char *add_host(struct parser *parser, struct str host)
{
    if (host.len == 0)
        return parser->special != NULL && !is_file(parser) ? EMPTY_HOST : NULL;
    if (host.data[0] == '[')
        return add_ipv6(parser->out, host);
    if (parser->special != NULL)
        return add_domain(parser, host);
    for (size_t i = 0; i < host.len; i++)
        if (host.data[i] != '%' && host.data[i] > 0 && strchr(NOT_IN_HOST, host.data[i]) != NULL)
            return BAD_CHARACTER;
    add_encoded(parser->out, host, "", false);
    return NULL;
}

static const char *add_port(struct parser *parser, struct str port)
{
    unsigned number = 0;
    for (size_t i = 0; i < port.len; i++) {
        if (!is_digit(port.data[i]))
            return BAD_PORT;
        number = number * 10 + (unsigned)(port.data[i] - '0');
        if (number > 65535)
            return BAD_PORT;
    }
    const char *usual = parser->special != NULL ? parser->special->port : NULL;
    if (port.len > 0 && (usual == NULL || number != (unsigned)atoi(usual)))
        buf_printf(parser->out, ":%u", number);
    return NULL;
}

static void add_user(struct parser *parser, struct str user)
{
    size_t colon = str_find_char(user, ':');
    struct str password = str_after(user, colon < user.len ? colon + 1 : colon);
    if (colon == 0 && password.len == 0)
        return;
    add_encoded(parser->out, str_make(user.data, colon), IN_USER, true);
    if (password.len > 0) {
        buf_add_char(parser->out, ':');
        add_encoded(parser->out, password, IN_USER, true);
    }
    if (user.len > 0)
        buf_add_char(parser->out, '@');
}

/* "user:password@host:port" up to the path, the query or the fragment. */
static const char *add_authority(struct parser *parser)
{
    struct str text = parser->text;
    size_t end = 0;
    while (end < text.len && !is_slash(parser, text.data[end]) && text.data[end] != '?' &&
           text.data[end] != '#')
        end++;
    parser->text = str_after(text, end);
    text.len = end;
    size_t at = text.len;
    while (at > 0 && text.data[at - 1] != '@')
        at--;
    if (at > 0)
        add_user(parser, str_make(text.data, at - 1));
    text = str_after(text, at);
    size_t colon = text.len;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == ':' && (text.data[0] != '[' || str_find_char(text, ']') < i)) {
            colon = i;
            break;
        }
    const char *error = add_host(parser, str_make(text.data, colon));
    return error != NULL ? error
                         : add_port(parser, str_after(text, colon < text.len ? colon + 1 : colon));
}

/* ---- paths ---- */

static bool is_dot(struct str segment)
{
    return str_is(segment, ".") || str_equal_ignoring_case(segment, str_from("%2e"));
}

static bool is_double_dot(struct str segment)
{
    return str_is(segment, "..") || str_equal_ignoring_case(segment, str_from(".%2e")) ||
           str_equal_ignoring_case(segment, str_from("%2e.")) ||
           str_equal_ignoring_case(segment, str_from("%2e%2e"));
}

/* Segments, each after its slash; `start` is where the path begins in `out`. */
static void add_path(struct parser *parser, struct str path)
{
    struct buf *out = parser->out;
    size_t start = out->len;
    if (path.len == 0) {
        if (parser->special != NULL)
            buf_add_char(out, '/');
        return;
    }
    if (is_slash(parser, path.data[0]))
        path = str_after(path, 1);
    for (bool more = true; more;) {
        size_t end = 0;
        while (end < path.len && !is_slash(parser, path.data[end]))
            end++;
        struct str segment = str_make(path.data, end);
        more = end < path.len;
        path = str_after(path, more ? end + 1 : end);
        if (is_double_dot(segment)) {
            while (out->len > start && out->data[--out->len] != '/')
                ;
            if (!more)
                buf_add_char(out, '/');
        } else if (!is_dot(segment)) {
            buf_add_char(out, '/');
            add_encoded(out, segment, IN_PATH, true);
        } else if (!more) {
            buf_add_char(out, '/');
        }
    }
}

static void add_query_and_fragment(struct parser *parser)
{
    struct str text = parser->text;
    size_t hash = str_find_char(text, '#');
    if (text.len > 0 && text.data[0] == '?') {
        buf_add_char(parser->out, '?');
        add_encoded(parser->out, str_make(text.data + 1, hash - 1),
                    parser->special != NULL ? IN_SPECIAL_QUERY : IN_QUERY, true);
    }
    if (hash < text.len) {
        buf_add_char(parser->out, '#');
        add_encoded(parser->out, str_after(text, hash + 1), IN_FRAGMENT, true);
    }
}

static struct str take_path(struct parser *parser)
{
    struct str text = parser->text;
    size_t end = 0;
    while (end < text.len && text.data[end] != '?' && text.data[end] != '#')
        end++;
    parser->text = str_after(text, end);
    return str_make(text.data, end);
}

static size_t count_slashes(const struct parser *parser)
{
    size_t count = 0;
    while (count < parser->text.len && is_slash(parser, parser->text.data[count]))
        count++;
    return count;
}

/* An authority follows the slashes of a special scheme, however many there are. */
static const char *add_hierarchy(struct parser *parser)
{
    size_t slashes = count_slashes(parser);
    bool has_authority = parser->special != NULL ? !is_file(parser) || slashes >= 2 : slashes >= 2;
    const char *error = NULL;
    if (parser->special != NULL)
        buf_add_text(parser->out, "//");
    else if (has_authority)
        buf_add_text(parser->out, "//");
    if (has_authority) {
        bool skip_all = parser->special != NULL && !is_file(parser);
        parser->text = str_after(parser->text, skip_all ? slashes : 2);
        error = add_authority(parser);
    }
    if (error == NULL)
        add_path(parser, take_path(parser));
    return error;
}

const char *pydantic_url_normalize(struct str text, struct arena *arena, struct buf *out)
{
    if (text.len == 0)
        return "input is empty";
    struct parser parser = {.text = clean(text, arena), .arena = arena, .out = out};
    if (!read_scheme(&parser))
        return NO_BASE;
    const char *error = NULL;
    if (parser.special != NULL || str_starts_with(parser.text, "/"))
        error = add_hierarchy(&parser);
    else
        add_encoded(out, take_path(&parser), "", false);
    if (error == NULL)
        add_query_and_fragment(&parser);
    return error;
}
