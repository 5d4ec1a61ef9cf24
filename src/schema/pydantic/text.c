#include "schema/pydantic/text.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "schema/format_checks.h"
#include "schema/pydantic/url.h"

#include <arpa/inet.h>

void pydantic_read_string(const struct json_node *input, struct arena *arena,
                          struct pydantic_reading *out)
{
    (void)arena;
    if (input->type == JSON_STRING)
        pydantic_accept(out, input, PYDANTIC_EXACT);
    else
        pydantic_refuse(out, "string_type", "Input should be a valid string", NULL);
}

/* ---- UUIDs: what the Rust crate uuid takes, and its complaints ---- */

enum { GROUPS = 5 };

static const unsigned group_starts[GROUPS] = {0, 9, 14, 19, 24};
static const unsigned group_lengths[GROUPS] = {8, 4, 4, 4, 12};

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Without braces or the URN's prefix. `simple` is false where there were any. */
static struct str strip_uuid(struct str text, bool *simple)
{
    *simple = false;
    if (text.len >= 2 && text.data[0] == '{' && text.data[text.len - 1] == '}')
        return str_make(text.data + 1, text.len - 2);
    if (str_starts_with(text, "urn:uuid:"))
        return str_after(text, strlen("urn:uuid:"));
    *simple = true;
    return text;
}

static bool is_hyphenated(struct str text)
{
    if (text.len != 36)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text.data[i] != '-' : !is_hex(text.data[i]))
            return false;
    }
    return true;
}

static bool is_simple(struct str text)
{
    size_t at = 0;
    while (at < text.len && is_hex(text.data[at]))
        at++;
    return text.len == 32 && at == 32;
}

static const char *bad_group(struct arena *arena, struct str text, const size_t *hyphens)
{
    size_t group = 0;
    while (group < GROUPS - 1 && hyphens[group] == group_starts[group + 1] - 1)
        group++;
    size_t found = group < GROUPS - 1 ? hyphens[group] : text.len;
    found -= group_starts[group];
    return arena_printf(arena, "invalid group length in group %zu: expected %u, found %zu", group,
                        group_lengths[group], found);
}

/* The first of `text`, which may be U+0000. */
static struct str bad_character(struct arena *arena, struct str text, size_t place)
{
    struct buf out;
    buf_init(&out, arena);
    buf_add_text(&out, "invalid character: found `");
    buf_add(&out, text.data, utf8_length(text.data, text.len));
    buf_printf(&out, "` at %zu", place);
    return buf_str(&out);
}

static struct str uuid_complaint(struct arena *arena, struct str text)
{
    bool simple;
    struct str digits = strip_uuid(text, &simple);
    size_t offset = (size_t)(digits.data - text.data);
    size_t hyphens[GROUPS - 1] = {0};
    size_t count = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.data[i];
        if (c == '-' && count++ < GROUPS - 1)
            hyphens[count - 1] = i;
        if (c == '-' || is_hex(c))
            continue;
        return bad_character(arena, str_after(digits, i), i + offset + 1);
    }
    if (count == 0 && simple)
        return str_from(arena_printf(
            arena, "invalid length: expected length 32 for simple format, found %zu", text.len));
    if (count != GROUPS - 1)
        return str_from(
            arena_printf(arena, "invalid group count: expected 5, found %zu", count + 1));
    return str_from(bad_group(arena, text, hyphens));
}

static struct str uuid_text(struct arena *arena, struct str digits)
{
    struct buf text;
    buf_init(&text, arena);
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.data[i];
        if (c == '-')
            continue;
        if (text.len == 8 || text.len == 13 || text.len == 18 || text.len == 23)
            buf_add_char(&text, '-');
        buf_add_char(&text, c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c);
    }
    return buf_str(&text);
}

void pydantic_read_uuid(const struct json_node *input, struct arena *arena,
                        struct pydantic_reading *out)
{
    if (input->type != JSON_STRING) {
        pydantic_refuse(out, "uuid_type", "UUID input should be a string, bytes or UUID object",
                        NULL);
        return;
    }
    struct str text = json_text(input);
    bool simple;
    struct str digits = strip_uuid(text, &simple);
    if (!is_hyphenated(digits) && !(simple && is_simple(digits))) {
        pydantic_refuse(out, "uuid_parsing", "Input should be a valid UUID", NULL);
        out->reason = uuid_complaint(arena, text);
        return;
    }
    struct str printed = uuid_text(arena, digits);
    bool same = str_equal(printed, text);
    pydantic_accept(out, same ? input : pydantic_made(json_new_string(arena, printed), input),
                    PYDANTIC_LAX);
}

/* ---- addresses ---- */

static const struct json_node *make_ipv4(struct arena *arena, uint32_t address,
                                         const struct json_node *input)
{
    char *text = arena_printf(arena, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
                              address >> 8 & 255, address & 255);
    return pydantic_made(json_new_string(arena, str_from(text)), input);
}

/* Python's ipaddress takes an integer for the address's bits. */
static bool is_address_number(const struct json_node *input)
{
    return input->type == JSON_NUMBER && (input->flags & JSON_PLAIN_INTEGER) &&
           input->c.valuedouble >= 0 && input->c.valuedouble <= UINT32_MAX;
}

void pydantic_read_ipv4(const struct json_node *input, struct arena *arena,
                        struct pydantic_reading *out)
{
    if (input->type == JSON_STRING && format_is_ipv4(json_text(input)))
        pydantic_accept(out, input, PYDANTIC_LAX);
    else if (is_address_number(input))
        pydantic_accept(out, make_ipv4(arena, (uint32_t)input->c.valuedouble, input), PYDANTIC_LAX);
    else if (input->type == JSON_TRUE || input->type == JSON_FALSE)
        pydantic_accept(out, make_ipv4(arena, input->type == JSON_TRUE, input), PYDANTIC_LAX);
    else
        pydantic_refuse(out, "ip_v4_address", "Input is not a valid IPv4 address", NULL);
}

/* The number's digits as 16 bytes; false where it has no room in them, or is none. */
static bool read_address_bits(struct str digits, unsigned char bytes[16])
{
    memset(bytes, 0, 16);
    for (size_t i = 0; i < digits.len; i++) {
        unsigned carry = (unsigned)(digits.data[i] - '0');
        if (carry > 9)
            return false;
        for (size_t at = 16; at-- > 0; carry >>= 8) {
            carry += bytes[at] * 10u;
            bytes[at] = carry & 0xff;
        }
        if (carry > 0)
            return false;
    }
    return true;
}

/* Of the eight groups the longest run of zeros, the first of several; count 0 where it is short. */
static size_t find_zero_groups(const unsigned groups[8], size_t *count)
{
    size_t best = 0;
    *count = 0;
    for (size_t start = 0; start < 8; start++) {
        size_t end = start;
        while (end < 8 && groups[end] == 0)
            end++;
        if (end - start > 1 && end - start > *count) {
            best = start;
            *count = end - start;
        }
    }
    return best;
}

/* As Python prints it: never with an IPv4 address at its end (3.13 does where one is mapped). */
static void print_ipv6(const unsigned char bytes[16], struct buf *out)
{
    unsigned groups[8];
    size_t zeros;
    for (size_t i = 0; i < 8; i++)
        groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
    size_t first_zero = find_zero_groups(groups, &zeros);
    for (size_t i = 0; i < 8; i++) {
        if (zeros > 0 && i == first_zero) {
            buf_add_text(out, "::");
            i += zeros - 1;
            continue;
        }
        if (i > 0 && (zeros == 0 || i != first_zero + zeros))
            buf_add_char(out, ':');
        buf_printf(out, "%x", groups[i]);
    }
}

/* "fe80::1%eth0": the address, and the zone with its sign. */
static bool read_ipv6_text(struct str text, unsigned char bytes[16], struct str *zone)
{
    char address[INET6_ADDRSTRLEN];
    size_t sign = str_find_char(text, '%');
    *zone = str_after(text, sign);
    text.len = sign;
    bool bad_zone = zone->len == 1 ||
                    (zone->len > 1 && str_find_char(str_after(*zone, 1), '%') < zone->len - 1);
    if (bad_zone || !format_is_ipv6(text) || text.len >= sizeof address)
        return false;
    memcpy(address, text.data, text.len);
    address[text.len] = '\0';
    return inet_pton(AF_INET6, address, bytes) == 1;
}

void pydantic_read_ipv6(const struct json_node *input, struct arena *arena,
                        struct pydantic_reading *out)
{
    unsigned char bytes[16] = {0};
    struct str zone = str_from("");
    bool good = false;
    if (input->type == JSON_STRING)
        good = read_ipv6_text(json_text(input), bytes, &zone);
    else if (input->type == JSON_NUMBER)
        good = read_address_bits(json_text(input), bytes);
    else if (input->type == JSON_TRUE || input->type == JSON_FALSE)
        good = read_address_bits(str_from(input->type == JSON_TRUE ? "1" : "0"), bytes);
    if (!good) {
        pydantic_refuse(out, "ip_v6_address", "Input is not a valid IPv6 address", NULL);
        return;
    }
    struct buf printed;
    buf_init(&printed, arena);
    print_ipv6(bytes, &printed);
    buf_add_str(&printed, zone);
    bool same = input->type == JSON_STRING && str_equal(json_text(input), buf_str(&printed));
    pydantic_accept(out,
                    same ? input : pydantic_made(json_new_string(arena, buf_str(&printed)), input),
                    PYDANTIC_LAX);
}

/* ---- URLs ---- */

static void read_url(const struct json_node *input, struct arena *arena, bool http_only,
                     struct pydantic_reading *out)
{
    if (input->type != JSON_STRING) {
        pydantic_refuse(out, "url_type", "URL input should be a string or URL", NULL);
        return;
    }
    struct buf printed;
    buf_init(&printed, arena);
    const char *error = pydantic_url_normalize(json_text(input), arena, &printed);
    struct str url = buf_str(&printed);
    bool same = str_equal(url, json_text(input));
    if (error != NULL)
        pydantic_refuse(out, "url_parsing", "Input should be a valid URL", error);
    else if (http_only && !str_starts_with(url, "http:") && !str_starts_with(url, "https:"))
        *out = (struct pydantic_reading){.error = "url_scheme",
                                         .message = "URL scheme should be 'http' or 'https'",
                                         .context = "{\"expected_schemes\":\"'http' or 'https'\"}"};
    else
        pydantic_accept(out, same ? input : pydantic_made(json_new_string(arena, url), input),
                        PYDANTIC_LAX);
}

void pydantic_read_url(const struct json_node *input, struct arena *arena,
                       struct pydantic_reading *out)
{
    read_url(input, arena, false, out);
}

void pydantic_read_http_url(const struct json_node *input, struct arena *arena,
                            struct pydantic_reading *out)
{
    read_url(input, arena, true, out);
}
