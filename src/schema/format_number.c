/*
 * Formats of numbers, by value and not by spelling: 1.0 and 1e0 are int32.
 * OpenAPI's registry lets some of them be strings too, for readers that would
 * take a number for a double.
 */
#include "schema/format_checks.h"
#include "json/number.h"

#include <math.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- decimal text ---- */

/* A number as digits x 10^exponent, without zeros at either end of its digits. */
struct decimal {
    bool negative;
    size_t digits;    /* how many; 0 for zero */
    int64_t exponent; /* saturated beyond EXPONENT_LIMIT */
    bool fixed;       /* spelled without an exponent */
};

static const int64_t EXPONENT_LIMIT = 1000000000;

static size_t count_digits(struct str text)
{
    size_t len = 0;
    while (len < text.len && is_digit(text.data[len]))
        len++;
    return len;
}

/* Reads [+-]digits that take the whole of `text`. */
static bool read_exponent(struct str text, int64_t *out)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    if (negative || (text.len > 0 && text.data[0] == '+'))
        text = str_after(text, 1);
    if (text.len == 0 || count_digits(text) != text.len)
        return false;
    int64_t number = 0;
    for (size_t i = 0; i < text.len && number < EXPONENT_LIMIT; i++)
        number = number * 10 + (text.data[i] - '0');
    *out = negative ? -number : number;
    return true;
}

/* Sets digits and exponent from the digits before and after the point. */
static void measure_digits(struct decimal *out, struct str whole, struct str fraction)
{
    size_t total = whole.len + fraction.len;
    size_t first = total;
    size_t end = 0;
    for (size_t i = 0; i < total; i++) {
        char c = i < whole.len ? whole.data[i] : fraction.data[i - whole.len];
        if (c == '0')
            continue;
        end = i + 1;
        if (first == total)
            first = i;
    }
    out->digits = end > first ? end - first : 0;
    out->exponent += (int64_t)whole.len - (int64_t)end;
}

/* Reads a number as JSON spells it; false for any other text. */
static bool read_decimal(struct str text, struct decimal *out)
{
    *out = (struct decimal){.negative = text.len > 0 && text.data[0] == '-', .fixed = true};
    if (out->negative)
        text = str_after(text, 1);
    struct str whole = str_make(text.data, count_digits(text));
    if (whole.len == 0 || (whole.len > 1 && whole.data[0] == '0'))
        return false;
    text = str_after(text, whole.len);
    struct str fraction = str_make("", 0);
    if (text.len > 0 && text.data[0] == '.') {
        text = str_after(text, 1);
        fraction = str_make(text.data, count_digits(text));
        if (fraction.len == 0)
            return false;
        text = str_after(text, fraction.len);
    }
    if (text.len > 0) {
        out->fixed = false;
        bool marked = text.data[0] == 'e' || text.data[0] == 'E';
        if (!marked || !read_exponent(str_after(text, 1), &out->exponent))
            return false;
    }
    measure_digits(out, whole, fraction);
    return true;
}

static bool is_finite_number(const struct json_node *value)
{
    return value->type == JSON_NUMBER && (value->flags & JSON_NOT_FINITE) == 0;
}

/* ---- integers ---- */

static bool is_integer_within(const struct json_node *value, int64_t least, int64_t most)
{
    int64_t number;
    return is_finite_number(value) && json_number_to_int(value, &number) && number >= least &&
           number <= most;
}

bool format_check_int8(const struct json_node *value)
{
    return is_integer_within(value, INT8_MIN, INT8_MAX);
}

bool format_check_int16(const struct json_node *value)
{
    return is_integer_within(value, INT16_MIN, INT16_MAX);
}

bool format_check_int32(const struct json_node *value)
{
    return is_integer_within(value, INT32_MIN, INT32_MAX);
}

bool format_check_uint8(const struct json_node *value)
{
    return is_integer_within(value, 0, UINT8_MAX);
}

bool format_check_uint16(const struct json_node *value)
{
    return is_integer_within(value, 0, UINT16_MAX);
}

bool format_check_uint32(const struct json_node *value)
{
    return is_integer_within(value, 0, UINT32_MAX);
}

/* The integers that every double-based reader keeps apart: -(2^53)+1 to 2^53-1. */
bool format_check_double_int(const struct json_node *value)
{
    const int64_t most = ((int64_t)1 << 53) - 1;
    return is_integer_within(value, -most, most);
}

/* An integer in decimal digits, at most `most`, or `most_negative` after a minus. */
static bool is_integer_text(struct str text, uint64_t most, uint64_t most_negative)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    if (negative)
        text = str_after(text, 1);
    if (text.len == 0 || count_digits(text) != text.len || (text.len > 1 && text.data[0] == '0'))
        return false;
    uint64_t limit = negative ? most_negative : most;
    uint64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (digit > limit || number > (limit - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    return true;
}

bool format_check_int64(const struct json_node *value)
{
    if (value->type == JSON_STRING)
        return is_integer_text(json_text(value), INT64_MAX, (uint64_t)INT64_MAX + 1);
    return is_integer_within(value, INT64_MIN, INT64_MAX);
}

bool format_check_uint64(const struct json_node *value)
{
    if (value->type == JSON_STRING || (value->flags & JSON_PLAIN_INTEGER) != 0)
        return is_integer_text(json_text(value), UINT64_MAX, 0);
    if (is_integer_within(value, 0, INT64_MAX))
        return true;
    char most[] = "18446744073709551615";
    struct json_node limit = {.type = JSON_NUMBER, .flags = JSON_PLAIN_INTEGER};
    limit.size = sizeof most - 1;
    limit.c.valuestring = most;
    json_node_finish_scalar(&limit);
    return is_finite_number(value) && value->c.valuedouble > 0 && json_number_is_integer(value) &&
           json_number_compare(value, &limit) <= 0;
}

/* RFC 8941, 3.3.1: at most 15 digits. */
bool format_check_sf_integer(const struct json_node *value)
{
    const int64_t most = 999999999999999;
    return is_integer_within(value, -most, most);
}

/* ---- fractions ---- */

bool format_check_double(const struct json_node *value)
{
    return is_finite_number(value) && isfinite(value->c.valuedouble);
}

/* What rounds to a finite binary32: less than half a step beyond the greatest. */
bool format_check_float(const struct json_node *value)
{
    const double beyond = 0x1.ffffffp127;
    return is_finite_number(value) && fabs(value->c.valuedouble) < beyond;
}

/* "A fixed point decimal number of unspecified precision and range", or any number. */
bool format_check_decimal(const struct json_node *value)
{
    struct decimal decimal;
    if (value->type == JSON_STRING)
        return read_decimal(json_text(value), &decimal) && decimal.fixed;
    return is_finite_number(value);
}

/* IEEE 754-2008: 34 digits, 10^-6176 to 10^6145. As text also NaN, INF and -INF. */
bool format_check_decimal128(const struct json_node *value)
{
    struct str text = json_text(value);
    if (value->type == JSON_STRING &&
        (str_is(text, "NaN") || str_is(text, "INF") || str_is(text, "-INF")))
        return true;
    struct decimal decimal;
    if (!read_decimal(text, &decimal))
        return false;
    return decimal.digits <= 34 &&
           (decimal.digits == 0 ||
            (decimal.exponent >= -6176 && decimal.exponent + (int64_t)decimal.digits <= 6145));
}

/* RFC 8941, 3.3.2: at most 12 digits before and 3 behind the point. */
bool format_check_sf_decimal(const struct json_node *value)
{
    struct decimal decimal;
    if (!read_decimal(json_text(value), &decimal))
        return false;
    return decimal.digits == 0 ||
           (decimal.exponent >= -3 && decimal.exponent + (int64_t)decimal.digits <= 12);
}
