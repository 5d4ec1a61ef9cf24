#include "schema/pydantic/number.h"

#include "base/buf.h"
#include "schema/pydantic/space.h"
#include "json/number.h"
#include "json/writer.h"

#include <math.h>
#include <stdlib.h>

enum { INTEGER_DIGITS_MAX = 4300 }; /* Python's limit on the length of integers in text */

static const double INT64_LIMIT = 9223372036854775808.0;

static const char NOT_FINITE[] = "Input should be a finite number";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_number(const struct json_node *node)
{
    return node->type == JSON_NUMBER;
}

static bool is_boolean(const struct json_node *node)
{
    return node->type == JSON_TRUE || node->type == JSON_FALSE;
}

static bool is_plain_integer(const struct json_node *node)
{
    return (node->flags & JSON_PLAIN_INTEGER) != 0;
}

static const struct json_node *make_number(struct arena *arena, struct str lexeme,
                                           const struct json_node *input)
{
    return pydantic_made(json_new_number(arena, lexeme), input);
}

static const struct json_node *make_double(struct arena *arena, double value,
                                           const struct json_node *input)
{
    struct buf lexeme;
    buf_init(&lexeme, arena);
    if (isfinite(value)) {
        json_write_double(&lexeme, value, JSON_PYDANTIC);
        return make_number(arena, buf_str(&lexeme), input);
    }
    struct json_node *node = json_new_number(arena, str_from("0"));
    node->flags = JSON_NOT_FINITE;
    node->c.valuedouble = value;
    return pydantic_made(node, input);
}

/* Digits with single underscores between them, appended to `out`; how many bytes were read. */
static size_t read_digits(struct str text, struct buf *out)
{
    size_t at = 0;
    while (at < text.len) {
        bool joins = text.data[at] == '_' && at > 0 && at + 1 < text.len &&
                     is_digit(text.data[at - 1]) && is_digit(text.data[at + 1]);
        if (!is_digit(text.data[at]) && !joins)
            break;
        if (!joins)
            buf_add_char(out, text.data[at]);
        at++;
    }
    return at;
}

/* ".000" or nothing. */
static bool is_zero_fraction(struct str text)
{
    if (text.len == 0)
        return true;
    if (text.data[0] != '.' || text.len == 1)
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (text.data[i] != '0')
            return false;
    return true;
}

static struct str without_zeros(struct str digits)
{
    size_t start = 0;
    while (start + 1 < digits.len && digits.data[start] == '0')
        start++;
    return str_after(digits, start);
}

static void read_integer_text(const struct json_node *input, struct arena *arena,
                              struct pydantic_reading *out)
{
    struct str text = pydantic_trim(json_text(input));
    bool negative = text.len > 0 && text.data[0] == '-';
    if (negative || (text.len > 0 && text.data[0] == '+'))
        text = str_after(text, 1);
    struct buf digits;
    buf_init(&digits, arena);
    size_t read = read_digits(text, &digits);
    if (digits.len == 0 || !is_zero_fraction(str_after(text, read))) {
        pydantic_refuse(out, "int_parsing",
                        "Input should be a valid integer, unable to parse string as an integer",
                        NULL);
        return;
    }
    if (digits.len > INTEGER_DIGITS_MAX) {
        pydantic_refuse(out, "int_parsing_size",
                        "Unable to parse input string as an integer, exceeded maximum size", NULL);
        return;
    }
    struct str whole = without_zeros(buf_str(&digits));
    struct buf lexeme;
    buf_init(&lexeme, arena);
    if (negative && !str_is(whole, "0"))
        buf_add_char(&lexeme, '-');
    buf_add_str(&lexeme, whole);
    pydantic_accept(out, make_number(arena, buf_str(&lexeme), input), PYDANTIC_LAX);
}

static void read_integer_float(const struct json_node *input, struct arena *arena,
                               struct pydantic_reading *out)
{
    double value = input->c.valuedouble;
    if (!isfinite(value))
        pydantic_refuse(out, "finite_number", NOT_FINITE, NULL);
    else if (floor(value) != value)
        pydantic_refuse(out, "int_from_float",
                        "Input should be a valid integer, got a number with a fractional part",
                        NULL);
    else if (fabs(value) >= INT64_LIMIT)
        pydantic_refuse(out, "int_parsing_size",
                        "Unable to parse input string as an integer, exceeded maximum size", NULL);
    else
        pydantic_accept(
            out, make_number(arena, str_from(arena_printf(arena, "%lld", (long long)value)), input),
            PYDANTIC_LAX);
}

void pydantic_read_integer(const struct json_node *input, struct arena *arena,
                           struct pydantic_reading *out)
{
    if (is_number(input) && is_plain_integer(input))
        pydantic_accept(out, input, PYDANTIC_EXACT);
    else if (is_number(input))
        read_integer_float(input, arena, out);
    else if (is_boolean(input))
        pydantic_accept(out,
                        make_number(arena, str_from(input->type == JSON_TRUE ? "1" : "0"), input),
                        PYDANTIC_LAX);
    else if (input->type == JSON_STRING)
        read_integer_text(input, arena, out);
    else
        pydantic_refuse(out, "int_type", "Input should be a valid integer", NULL);
}

/* ---- floats ---- */

/* Without its underscores; false where one is not inside the text, or two are together. */
static bool drop_underscores(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '_') {
            buf_add_char(out, text.data[i]);
            continue;
        }
        if (i == 0 || i + 1 == text.len || text.data[i + 1] == '_')
            return false;
    }
    return true;
}

static size_t skip_digits(struct str text, size_t at)
{
    while (at < text.len && is_digit(text.data[at]))
        at++;
    return at;
}

/* `[+-] digits [. digits] [e [+-] digits]`, with a digit on either side of the point. */
static bool is_float_text(struct str text)
{
    size_t start = text.len > 0 && (text.data[0] == '+' || text.data[0] == '-');
    size_t at = skip_digits(text, start);
    size_t digits = at - start;
    if (at < text.len && text.data[at] == '.') {
        size_t end = skip_digits(text, at + 1);
        digits += end - at - 1;
        at = end;
    }
    if (digits == 0)
        return false;
    if (at < text.len && (text.data[at] == 'e' || text.data[at] == 'E')) {
        at++;
        at += at < text.len && (text.data[at] == '+' || text.data[at] == '-');
        size_t end = skip_digits(text, at);
        if (end == at)
            return false;
        at = end;
    }
    return at == text.len;
}

/* "inf", "infinity", "nan", with a sign or not, in any case. */
static bool is_special_text(struct str text)
{
    if (text.len > 0 && (text.data[0] == '+' || text.data[0] == '-'))
        text = str_after(text, 1);
    return str_equal_ignoring_case(text, str_from("inf")) ||
           str_equal_ignoring_case(text, str_from("infinity")) ||
           str_equal_ignoring_case(text, str_from("nan"));
}

static void read_float_text(const struct json_node *input, struct arena *arena,
                            struct pydantic_reading *out)
{
    struct buf text;
    buf_init(&text, arena);
    bool clean = drop_underscores(pydantic_trim(json_text(input)), &text);
    struct str number = str_from(buf_text(&text));
    number.len = text.len;
    if (clean && (is_float_text(number) || is_special_text(number)))
        pydantic_accept(out, make_double(arena, strtod(number.data, NULL), input), PYDANTIC_LAX);
    else
        pydantic_refuse(out, "float_parsing",
                        "Input should be a valid number, unable to parse string as a number", NULL);
}

void pydantic_read_float(const struct json_node *input, struct arena *arena,
                         struct pydantic_reading *out)
{
    if (is_number(input) && !is_plain_integer(input))
        pydantic_accept(out, input, PYDANTIC_EXACT);
    else if (is_number(input) && isfinite(input->c.valuedouble))
        pydantic_accept(out, make_double(arena, input->c.valuedouble, input), PYDANTIC_STRICT);
    else if (is_boolean(input))
        pydantic_accept(out, make_double(arena, input->type == JSON_TRUE ? 1 : 0, input),
                        PYDANTIC_LAX);
    else if (input->type == JSON_STRING)
        read_float_text(input, arena, out);
    else
        pydantic_refuse(out, "float_type", "Input should be a valid number", NULL);
}

/* ---- decimals ---- */

/* As Python's Decimal prints the number: the digits and the exponent that it was written with. */
static struct str decimal_text(struct arena *arena, struct str number)
{
    struct buf text;
    buf_init(&text, arena);
    bool negative = number.data[0] == '-';
    size_t at = negative || number.data[0] == '+';
    struct buf digits;
    buf_init(&digits, arena);
    long exponent = 0;
    bool behind_point = false;
    for (; at < number.len && number.data[at] != 'e' && number.data[at] != 'E'; at++) {
        if (number.data[at] == '.')
            behind_point = true;
        else
            buf_add_char(&digits, number.data[at]);
        exponent -= behind_point && number.data[at] != '.';
    }
    if (at < number.len)
        exponent += strtol(number.data + at + 1, NULL, 10);
    struct str all = without_zeros(buf_str(&digits));
    long point = (long)all.len + exponent; /* digits before the point */
    if (negative)
        buf_add_char(&text, '-');
    if (exponent <= 0 && point > -6) {
        for (long i = point; i <= 0; i++)
            buf_add_text(&text, i == point ? "0." : "0");
        for (size_t i = 0; i < all.len; i++) {
            if (point > 0 && (long)i == point)
                buf_add_char(&text, '.');
            buf_add_char(&text, all.data[i]);
        }
        return buf_str(&text);
    }
    buf_add_char(&text, all.data[0]);
    if (all.len > 1)
        buf_add_char(&text, '.');
    buf_add_str(&text, str_after(all, 1));
    buf_printf(&text, "E%+ld", point - 1);
    return buf_str(&text);
}

static struct str decimal_source(const struct json_node *input, struct arena *arena)
{
    struct buf text;
    buf_init(&text, arena);
    if (input->type == JSON_STRING) {
        struct str trimmed = pydantic_trim(json_text(input));
        for (size_t i = 0; i < trimmed.len; i++)
            if (trimmed.data[i] != '_')
                buf_add_char(&text, trimmed.data[i]);
    } else {
        json_write(&text, input, JSON_PYTHON);
    }
    struct str result = str_from(buf_text(&text));
    result.len = text.len;
    return result;
}

void pydantic_read_decimal(const struct json_node *input, struct arena *arena,
                           struct pydantic_reading *out)
{
    if (!is_number(input) && input->type != JSON_STRING) {
        pydantic_refuse(out, "decimal_type",
                        "Decimal input should be an integer, float, string or Decimal object",
                        NULL);
        return;
    }
    struct str text = decimal_source(input, arena);
    if (is_special_text(text) ||
        (is_number(input) && !isfinite(input->c.valuedouble) && !is_plain_integer(input)))
        pydantic_refuse(out, "finite_number", NOT_FINITE, NULL);
    else if (is_float_text(text))
        pydantic_accept(out, make_number(arena, decimal_text(arena, text), input),
                        is_number(input) ? PYDANTIC_STRICT : PYDANTIC_LAX);
    else
        pydantic_refuse(out, "decimal_parsing", "Input should be a valid decimal", NULL);
}

/* ---- booleans ---- */

/* 1, 0, or -1 for a text that is neither. */
static int truth_of(struct str text)
{
    static const char *const words[2][6] = {{"0", "off", "f", "false", "n", "no"},
                                            {"1", "on", "t", "true", "y", "yes"}};
    for (int truth = 0; truth < 2; truth++)
        for (size_t i = 0; i < 6; i++)
            if (str_equal_ignoring_case(text, str_from(words[truth][i])))
                return truth;
    return -1;
}

/* Within the range of 64 bits: beyond it pydantic no longer looks at the value. */
static bool fits_int64(const struct json_node *number)
{
    int64_t value;
    return json_number_to_int(number, &value);
}

void pydantic_read_boolean(const struct json_node *input, struct arena *arena,
                           struct pydantic_reading *out)
{
    if (is_boolean(input)) {
        pydantic_accept(out, input, PYDANTIC_EXACT);
        return;
    }
    bool readable = input->type == JSON_STRING || (is_number(input) && fits_int64(input));
    if (!readable) {
        pydantic_refuse(out, "bool_type", "Input should be a valid boolean", NULL);
        return;
    }
    int truth = -1;
    if (input->type == JSON_STRING)
        truth = truth_of(json_text(input));
    else if (input->c.valuedouble == 0 || input->c.valuedouble == 1)
        truth = (int)input->c.valuedouble;
    if (truth < 0)
        pydantic_refuse(out, "bool_parsing",
                        "Input should be a valid boolean, unable to interpret input", NULL);
    else
        pydantic_accept(out, pydantic_made(json_new_bool(arena, truth == 1), input), PYDANTIC_LAX);
}
