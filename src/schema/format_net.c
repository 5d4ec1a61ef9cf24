/*
 * Names and addresses on the net: hosts, mailboxes, IP addresses.
 */
#include "schema/format_checks.h"
#include "schema/idna.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_alphanumeric(char c)
{
    return is_letter(c) || is_digit(c);
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_non_ascii(char c)
{
    return (unsigned char)c >= 0x80;
}

/* ---- IP addresses ---- */

/* RFC 2673, 3.2 as RFC 3986 spells it: 0 to 255 without leading zeros. */
static size_t read_octet(struct str text)
{
    size_t len = 0;
    unsigned number = 0;
    while (len < text.len && len < 3 && is_digit(text.data[len]))
        number = number * 10 + (unsigned)(text.data[len++] - '0');
    bool padded = len > 1 && text.data[0] == '0';
    return number > 255 || padded ? 0 : len;
}

bool format_is_ipv4(struct str text)
{
    for (int part = 0; part < 4; part++) {
        if (part > 0 && (text.len == 0 || text.data[0] != '.'))
            return false;
        if (part > 0)
            text = str_after(text, 1);
        size_t len = read_octet(text);
        if (len == 0)
            return false;
        text = str_after(text, len);
    }
    return text.len == 0;
}

static size_t read_group(struct str text)
{
    size_t len = 0;
    while (len < text.len && len < 4 && is_hex(text.data[len]))
        len++;
    return len;
}

/* RFC 4291, 2.2: eight groups, or fewer and one "::"; the last two may be a dotted quad. */
bool format_is_ipv6(struct str text)
{
    unsigned groups = 0;
    bool elided = str_starts_with(text, "::");
    size_t at = elided ? 2 : 0;
    while (groups <= 8 && !(elided && at == text.len)) {
        struct str rest = str_after(text, at);
        if (format_is_ipv4(rest)) {
            groups += 2;
            break;
        }
        size_t len = read_group(rest);
        if (len == 0)
            return false;
        groups++;
        at += len;
        if (at == text.len)
            break;
        if (text.data[at++] != ':')
            return false;
        if (at < text.len && text.data[at] == ':') {
            if (elided)
                return false;
            elided = true;
            at++;
        }
    }
    return elided ? groups <= 7 : groups == 8;
}

bool format_check_ipv4(const struct json_node *value)
{
    return format_is_ipv4(json_text(value));
}

bool format_check_ipv6(const struct json_node *value)
{
    return format_is_ipv6(json_text(value));
}

/* ---- host names ---- */

bool format_check_hostname(const struct json_node *value)
{
    return idna_is_hostname(json_text(value));
}

bool format_check_idn_hostname(const struct json_node *value)
{
    return idna_is_idn_hostname(json_text(value));
}

/* ---- mailboxes (RFC 5321, 4.1.2 and 4.1.3; RFC 6531, 3.3) ---- */

enum {
    LOCAL_PART_OCTETS = 64, /* RFC 5321, 4.5.3.1.1 */
    DOMAIN_OCTETS = 255,    /* RFC 5321, 4.5.3.1.2 */
    LABEL_OCTETS = 63,
};

static bool is_atext(char c, bool international)
{
    if (is_non_ascii(c))
        return international;
    return is_alphanumeric(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Length of the dot-string at the start, or 0. */
static size_t read_dot_string(struct str text, bool international)
{
    size_t at = 0;
    for (;;) {
        size_t atom = at;
        while (at < text.len && is_atext(text.data[at], international))
            at++;
        if (at == atom)
            return 0;
        if (at == text.len || text.data[at] != '.')
            return at;
        at++;
    }
}

/* Length of the quoted string at the start, with its quotes, or 0. */
static size_t read_quoted_string(struct str text, bool international)
{
    for (size_t at = 1; at < text.len; at++) {
        char c = text.data[at];
        if (c == '"')
            return at + 1;
        if (c == '\\' && ++at < text.len)
            c = text.data[at];
        bool printable = c >= ' ' && c <= '~';
        if (!printable && !(international && is_non_ascii(c)))
            return 0;
    }
    return 0;
}

/* Length of the Ldh-str or sub-domain at the start, or 0. */
static size_t read_label(struct str text, bool international)
{
    size_t len = 0;
    while (len < text.len && (is_alphanumeric(text.data[len]) || text.data[len] == '-' ||
                              (international && is_non_ascii(text.data[len]))))
        len++;
    bool edge = len == 0 || text.data[0] == '-' || text.data[len - 1] == '-';
    return edge || len > LABEL_OCTETS ? 0 : len;
}

static bool is_mail_domain(struct str text, bool international)
{
    for (;;) {
        size_t len = read_label(text, international);
        if (len == 0 || len == text.len)
            return len != 0;
        if (text.data[len] != '.')
            return false;
        text = str_after(text, len + 1);
    }
}

/* General-address-literal: a tag and printable characters but brackets and backslash. */
static bool is_general_literal(struct str text)
{
    size_t tag = read_label(text, false);
    if (tag == 0 || tag + 1 >= text.len || text.data[tag] != ':')
        return false;
    for (size_t i = tag + 1; i < text.len; i++) {
        char c = text.data[i];
        if (c < '!' || c > '~' || c == '[' || c == '\\' || c == ']')
            return false;
    }
    return true;
}

/* What stands in the brackets. */
static bool is_address_literal(struct str text)
{
    const size_t tag = strlen("IPv6:");
    if (text.len >= tag && str_equal_ignoring_case(str_make(text.data, tag), str_from("IPv6:")))
        return format_is_ipv6(str_after(text, tag));
    return format_is_ipv4(text) || is_general_literal(text);
}

static bool is_mailbox(struct str text, bool international)
{
    if (text.len == 0)
        return false;
    size_t local = text.data[0] == '"' ? read_quoted_string(text, international)
                                       : read_dot_string(text, international);
    if (local == 0 || local > LOCAL_PART_OCTETS || local == text.len || text.data[local] != '@')
        return false;
    struct str domain = str_after(text, local + 1);
    if (domain.len == 0 || domain.len > DOMAIN_OCTETS)
        return false;
    if (domain.data[0] == '[')
        return domain.data[domain.len - 1] == ']' &&
               is_address_literal(str_make(domain.data + 1, domain.len - 2));
    return is_mail_domain(domain, international);
}

bool format_check_email(const struct json_node *value)
{
    return is_mailbox(json_text(value), false);
}

/*
 * Strings are valid UTF-8 already, so any byte from 0x80 on is part of
 * UTF8-non-ascii (RFC 6532, 3.1). The domain's labels need not be U-labels:
 * RFC 6531 leaves it to the sender to convert them.
 */
bool format_check_idn_email(const struct json_node *value)
{
    return is_mailbox(json_text(value), true);
}
