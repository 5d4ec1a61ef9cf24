#include "json/writer.h"

#include "json/scan.h"
#include "json/worklist.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

/* --- strings ------------------------------------------------------------------ */

static void write_escape(struct buf *out, char c)
{
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
    };
    static const char hex[] = "0123456789abcdef";
    unsigned char code = (unsigned char)c;
    char text[6] = {'\\', c};
    size_t len = 2;
    if (code < sizeof letters && letters[code] != 0) {
        text[1] = letters[code];
    } else if (code < 0x20) {
        memcpy(text, "\\u00", 4);
        text[4] = hex[code >> 4];
        text[5] = hex[code & 15];
        len = 6;
    }
    buf_add(out, text, len);
}

void json_write_escaped(struct buf *out, struct str text)
{
    for (;;) {
        size_t plain = scan_text(text);
        buf_add(out, text.data, plain);
        if (plain == text.len)
            return;
        write_escape(out, text.data[plain]);
        text = str_after(text, plain + 1);
    }
}

void json_write_string(struct buf *out, struct str text)
{
    buf_reserve(out, text.len + 2);
    buf_add_char(out, '"');
    json_write_escaped(out, text);
    buf_add_char(out, '"');
}

/* --- doubles ------------------------------------------------------------------ */

/* 0.d1d2d3... times 10 to the power of `point`. */
struct decimal {
    char digits[DBL_DECIMAL_DIG + 1];
    int count;
    int point;
};

/* "d.ddde+xx" as printf writes it. */
enum { SCIENTIFIC_SIZE = DBL_DECIMAL_DIG + sizeof ".e+308" };

/* Adds one to the last of the digits before the exponent; false if they are all 9. */
static bool round_up(char *scientific)
{
    char *digit = strchr(scientific, 'e');
    while (digit-- > scientific) {
        if (*digit == '.')
            continue;
        if (*digit != '9') {
            ++*digit;
            return true;
        }
        *digit = '0';
    }
    return false;
}

/*
 * The nearest decimal with `count` digits, if it reads back as the same double.
 * Below a power of two the doubles lie closer together than above it, so there
 * the nearest decimal may fail where the next one up does not.
 */
static bool print_digits(char *text, double magnitude, int count)
{
    int exponent;
    snprintf(text, SCIENTIFIC_SIZE, "%.*e", count - 1, magnitude);
    if (strtod(text, NULL) == magnitude)
        return true;
    bool power_of_two = frexp(magnitude, &exponent) == 0.5;
    return power_of_two && round_up(text) && strtod(text, NULL) == magnitude;
}

/*
 * The shortest decimal that reads back as the same double, and of these the
 * nearest, as Python's repr and ryu have it. Up to DBL_DIG digits survive the
 * way through a double, so no shorter ones need to be tried, but for subnormal
 * numbers, which have less precision.
 */
static struct decimal shortest(double magnitude)
{
    char text[SCIENTIFIC_SIZE];
    int count = magnitude < DBL_MIN ? 1 : DBL_DIG;
    while (!print_digits(text, magnitude, count) && count < DBL_DECIMAL_DIG)
        count++;
    struct decimal result = {.point = atoi(strchr(text, 'e') + 1) + 1};
    for (const char *at = text; *at != 'e'; at++)
        if (*at != '.')
            result.digits[result.count++] = *at;
    while (result.count > 1 && result.digits[result.count - 1] == '0')
        result.count--;
    return result;
}

static void write_zeros(struct buf *out, int count)
{
    while (count-- > 0)
        buf_add_char(out, '0');
}

/* 1.5, 0.001, 100.0 */
static void write_fixed(struct buf *out, const struct decimal *number)
{
    int whole = number->point < number->count ? number->point : number->count;
    if (number->point <= 0) {
        buf_add_text(out, "0.");
        write_zeros(out, -number->point);
        buf_add(out, number->digits, (size_t)number->count);
        return;
    }
    buf_add(out, number->digits, (size_t)whole);
    write_zeros(out, number->point - number->count);
    buf_add_char(out, '.');
    if (whole == number->count)
        buf_add_char(out, '0');
    else
        buf_add(out, number->digits + whole, (size_t)(number->count - whole));
}

/* 1.5e+20, and 1e-07 in Python where ryu has 1e-7 */
static void write_scientific(struct buf *out, const struct decimal *number, enum json_style style)
{
    buf_add(out, number->digits, 1);
    if (number->count > 1) {
        buf_add_char(out, '.');
        buf_add(out, number->digits + 1, (size_t)number->count - 1);
    }
    buf_printf(out, style == JSON_PYTHON ? "e%+03d" : "e%+d", number->point - 1);
}

static void write_not_finite(struct buf *out, double number, enum json_style style)
{
    if (style != JSON_PYTHON)
        buf_add_text(out, "null");
    else if (isnan(number))
        buf_add_text(out, "NaN");
    else
        buf_add_text(out, number < 0 ? "-Infinity" : "Infinity");
}

void json_write_double(struct buf *out, double number, enum json_style style)
{
    if (!isfinite(number)) {
        write_not_finite(out, number, style);
        return;
    }
    if (signbit(number))
        buf_add_char(out, '-');
    /* Where each goes over to exponents: Python at 1e-5 and 1e16, pydantic at 1e-6 and 1e16. */
    struct decimal decimal = shortest(fabs(number));
    int lowest = style == JSON_PYTHON ? -3 : -4;
    if (number == 0 || (decimal.point >= lowest && decimal.point <= 16))
        write_fixed(out, &decimal);
    else
        write_scientific(out, &decimal, style);
}

/* --- trees -------------------------------------------------------------------- */

static void write_number(struct buf *out, const struct json_node *number, enum json_style style)
{
    if (number->flags & JSON_NOT_FINITE)
        write_not_finite(out, number->c.valuedouble, style);
    else if (style == JSON_EXACT)
        buf_add_str(out, json_text(number));
    else if ((number->flags & JSON_PLAIN_INTEGER) == 0)
        json_write_double(out, number->c.valuedouble, style);
    else if (str_is(json_text(number), "-0")) /* an int has no sign of zero */
        buf_add_char(out, '0');
    else
        buf_add_str(out, json_text(number));
}

static void write_scalar(struct buf *out, const struct json_node *scalar, enum json_style style)
{
    switch ((enum json_type)scalar->type) {
    case JSON_NULL:
        buf_add_text(out, "null");
        break;
    case JSON_FALSE:
        buf_add_text(out, "false");
        break;
    case JSON_TRUE:
        buf_add_text(out, "true");
        break;
    case JSON_NUMBER:
        write_number(out, scalar, style);
        break;
    case JSON_STRING:
        json_write_string(out, json_text(scalar));
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
}

static void write_bracket(struct buf *out, const struct json_node *container, const char pair[2])
{
    buf_add_char(out, pair[container->type == JSON_OBJECT]);
}

/* Writes what needs no descent, and tells whether that was all of the node. */
static bool write_flat(struct buf *out, const struct json_node *node, enum json_style style)
{
    if (style == JSON_EXACT && node->source != NULL && (node->flags & JSON_COMPACT)) {
        buf_add_str(out, json_source_text(node));
        return true;
    }
    if (node->type < JSON_ARRAY) {
        write_scalar(out, node, style);
        return true;
    }
    write_bracket(out, node, "[{");
    if (json_first(node) != NULL)
        return false;
    write_bracket(out, node, "]}");
    return true;
}

static void write_name(struct buf *out, const struct json_node *container,
                       const struct json_node *member)
{
    if (container->type != JSON_OBJECT)
        return;
    json_write_string(out, json_name(member));
    buf_add_char(out, ':');
}

void json_write(struct buf *out, const struct json_node *node, enum json_style style)
{
    struct worklist open;
    worklist_init(&open);
    for (;;) {
        if (!write_flat(out, node, style)) {
            worklist_push(&open, (struct work){.node = node});
            write_name(out, node, json_first(node));
            node = json_first(node);
            continue;
        }
        while (open.count > 0 && json_next(node) == NULL) {
            node = worklist_pop(&open).node;
            write_bracket(out, node, "]}");
        }
        if (open.count == 0)
            break;
        node = json_next(node);
        buf_add_char(out, ',');
        write_name(out, open.items[open.count - 1].node, node);
    }
    worklist_free(&open);
}

/* --- piece by piece ----------------------------------------------------------- */

static struct buf *next_piece(struct json_writer *writer)
{
    if (writer->need_comma)
        buf_add_char(writer->out, ',');
    writer->need_comma = true;
    return writer->out;
}

static void begin(struct json_writer *writer, char bracket)
{
    buf_add_char(next_piece(writer), bracket);
    writer->need_comma = false;
}

static void end(struct json_writer *writer, char bracket)
{
    buf_add_char(writer->out, bracket);
    writer->need_comma = true;
}

void json_begin_object(struct json_writer *writer)
{
    begin(writer, '{');
}

void json_end_object(struct json_writer *writer)
{
    end(writer, '}');
}

void json_begin_array(struct json_writer *writer)
{
    begin(writer, '[');
}

void json_end_array(struct json_writer *writer)
{
    end(writer, ']');
}

void json_put_key(struct json_writer *writer, const char *name)
{
    json_put_key_str(writer, str_from(name));
}

void json_put_key_str(struct json_writer *writer, struct str name)
{
    json_write_string(next_piece(writer), name);
    buf_add_char(writer->out, ':');
    writer->need_comma = false;
}

void json_put_string(struct json_writer *writer, struct str text)
{
    json_write_string(next_piece(writer), text);
}

void json_put_text(struct json_writer *writer, const char *text)
{
    if (text == NULL)
        json_put_null(writer);
    else
        json_put_string(writer, str_from(text));
}

void json_put_int(struct json_writer *writer, int64_t number)
{
    buf_add_int(next_piece(writer), number);
}

void json_put_double(struct json_writer *writer, double number)
{
    json_write_double(next_piece(writer), number, JSON_PYDANTIC);
}

void json_put_bool(struct json_writer *writer, bool value)
{
    buf_add_text(next_piece(writer), value ? "true" : "false");
}

void json_put_null(struct json_writer *writer)
{
    buf_add_text(next_piece(writer), "null");
}

void json_put_raw(struct json_writer *writer, struct str text)
{
    buf_add_str(next_piece(writer), text);
}

void json_put_node(struct json_writer *writer, const struct json_node *node)
{
    json_write(next_piece(writer), node, JSON_EXACT);
}
