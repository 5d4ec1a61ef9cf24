#include "json/quoted.h"

#include "base/utf8.h"
#include "json/scan.h"

static bool fail(struct quoted *q, enum json_fault fault, const char *at)
{
    q->fault = fault;
    q->fault_at = at;
    return false;
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

/*
 * The four digits after the `u` at `at`. Python wants something to follow them,
 * if only the closing quote, and blames the `u` where nothing does.
 */
static bool read_hex4(struct quoted *q, const char *at, uint32_t *unit)
{
    *unit = 0;
    for (int i = 1; i <= 4; i++) {
        int value = hex_value(at[i]); /* the NUL at the end is no digit */
        if (value < 0)
            return fail(q, JSON_BAD_UNICODE_ESCAPE, at);
        *unit = *unit << 4 | (uint32_t)value;
    }
    return at + 5 < q->end || fail(q, JSON_BAD_UNICODE_ESCAPE, at);
}

static char *put_utf8(char *out, uint32_t code_point)
{
    if (code_point < 0x80) {
        *out++ = (char)code_point;
        return out;
    }
    if (code_point < 0x800) {
        *out++ = (char)(0xc0 | code_point >> 6);
    } else {
        if (code_point < 0x10000) {
            *out++ = (char)(0xe0 | code_point >> 12);
        } else {
            *out++ = (char)(0xf0 | code_point >> 18);
            *out++ = (char)(0x80 | (code_point >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (code_point >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (code_point & 0x3f));
    return out;
}

/* \uXXXX, of which q->at is at the `u`, with its other half if it is a high surrogate. */
static bool decode_unicode_escape(struct quoted *q)
{
    const char *backslash = q->at - 1;
    uint32_t unit;
    if (!read_hex4(q, q->at, &unit))
        return false;
    q->at += 5;
    if (unit >= 0xd800 && unit < 0xdc00 && q->at[0] == '\\' && q->at[1] == 'u') {
        uint32_t low;
        if (!read_hex4(q, q->at + 1, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000) {
            q->at += 6;
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    if (unit >= 0xd800 && unit < 0xe000 && q->lone_surrogate == NULL)
        q->lone_surrogate = backslash;
    q->out = put_utf8(q->out, unit);
    return true;
}

/* An escape, of which q->at is at the backslash. */
static bool decode_escape(struct quoted *q)
{
    /* What follows a backslash, by its letter; 0 where nothing may. */
    static const char meaning[128] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    const char *backslash = q->at++;
    if (q->at == q->end)
        return fail(q, JSON_UNTERMINATED_STRING, q->quote);
    if (*q->at == 'u')
        return decode_unicode_escape(q);
    unsigned char letter = (unsigned char)*q->at++;
    if (letter >= sizeof meaning || meaning[letter] == 0)
        return fail(q, JSON_BAD_ESCAPE, backslash);
    *q->out++ = meaning[letter];
    return true;
}

/* Moves the characters that stand for themselves down to q->out. */
static bool take_run(struct quoted *q)
{
    char *run = q->at;
    q->at = scan_ascii(run);
    while ((unsigned char)*q->at >= 0x80) {
        size_t bytes = utf8_length(q->at, (size_t)(q->end - q->at));
        if (bytes == 0)
            return fail(q, JSON_BAD_UTF8, q->at);
        q->at = scan_ascii(q->at + bytes);
    }
    size_t len = (size_t)(q->at - run);
    if (q->out != run)
        memmove(q->out, run, len);
    q->out += len;
    return true;
}

bool quoted_decode(struct quoted *q)
{
    q->out = q->at;
    for (;;) {
        if (!take_run(q))
            return false;
        if (*q->at == '"')
            return true;
        if (q->at == q->end)
            return fail(q, JSON_UNTERMINATED_STRING, q->quote);
        if (*q->at != '\\')
            return fail(q, JSON_CONTROL_CHARACTER, q->at);
        if (!decode_escape(q))
            return false;
    }
}
