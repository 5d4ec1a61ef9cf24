#include "mock/rule_compare.h"

#include "base/calendar.h"
#include "schema/pydantic/time.h"
#include "json/number.h"

enum { NOT_COMPARABLE = 2 };

/* ---- date-times ---- */

struct instant {
    int64_t seconds;
    bool leap; /* the second after `seconds` that only a leap second has */
    unsigned microsecond;
    struct str more; /* digits of the fraction behind the sixth */
    bool aware;
};

enum {
    SECONDS_AT = 17, /* in YYYY-MM-DDTHH:MM:SS */
    FRACTION_AT = 19,
    MICROSECOND_DIGITS = 6,
    LONGEST_TIME = 128,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The digits that pydantic cuts off. Only clock times have them, not unix times. */
static struct str further_digits(struct str text)
{
    bool has_fraction = text.len > FRACTION_AT && text.data[SECONDS_AT - 1] == ':' &&
                        (text.data[FRACTION_AT] == '.' || text.data[FRACTION_AT] == ',');
    size_t start = FRACTION_AT + 1 + MICROSECOND_DIGITS;
    if (!has_fraction || text.len <= start)
        return str_from("");
    for (size_t i = FRACTION_AT + 1; i < start; i++)
        if (!is_digit(text.data[i]))
            return str_from("");
    size_t end = start;
    while (end < text.len && is_digit(text.data[end]))
        end++;
    while (end > start && text.data[end - 1] == '0')
        end--;
    return str_make(text.data + start, end - start);
}

static bool set_instant(enum pydantic_time_outcome outcome, const struct pydantic_time *time,
                        struct instant *out)
{
    if (outcome != PYDANTIC_TIME_AWARE && outcome != PYDANTIC_TIME_NAIVE)
        return false;
    *out =
        (struct instant){.microsecond = time->microsecond, .aware = outcome == PYDANTIC_TIME_AWARE};
    int64_t minutes = (int64_t)time->hour * 60 + time->minute - time->zone_minutes;
    out->seconds =
        calendar_days(time->year, time->month, time->day) * 86400 + minutes * 60 + time->second;
    return true;
}

/* RFC 3339 has a second 60, pydantic has not: it is read as the 59th, and marked. */
static bool read_leap_second(const struct json_node *value, struct instant *out)
{
    char copy[LONGEST_TIME];
    struct str text = json_text(value);
    if (text.len < FRACTION_AT || text.len > sizeof copy ||
        memcmp(text.data + SECONDS_AT, "60", 2) != 0)
        return false;
    memcpy(copy, text.data, text.len);
    memcpy(copy + SECONDS_AT, "59", 2);
    struct json_node other = *value;
    other.c.valuestring = copy;
    struct pydantic_time time;
    if (!set_instant(pydantic_time_read(&other, &time), &time, out))
        return false;
    out->leap = true;
    out->more = further_digits(text);
    return true;
}

static bool read_instant(const struct json_node *value, bool exact, struct instant *out)
{
    struct pydantic_time time;
    if (set_instant(pydantic_time_read(value, &time), &time, out)) {
        if (exact && value->type == JSON_STRING)
            out->more = further_digits(json_text(value));
        return true;
    }
    return exact && value->type == JSON_STRING && read_leap_second(value, out);
}

static int compare_unsigned(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_instants(const struct instant *a, const struct instant *b)
{
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    int order = compare_unsigned(a->leap, b->leap);
    if (order == 0)
        order = compare_unsigned(a->microsecond, b->microsecond);
    /* Without zeros at the end, digits of a fraction are ordered as texts are. */
    return order != 0 ? order : str_compare(a->more, b->more);
}

/* ---- values ---- */

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static int compare_numbers(const struct json_node *a, const struct json_node *b)
{
    bool is_nan = a->c.valuedouble != a->c.valuedouble || b->c.valuedouble != b->c.valuedouble;
    return is_nan ? NOT_COMPARABLE : sign(json_number_compare(a, b));
}

/* -1, 0, 1 or NOT_COMPARABLE. UTF-8 is ordered by code points as its bytes are. */
static int compare_values(enum compare_as as, const struct json_node *a, const struct json_node *b)
{
    if (a->type != b->type)
        return NOT_COMPARABLE;
    if (a->type == JSON_NUMBER && as != COMPARE_STRINGS)
        return compare_numbers(a, b);
    if (a->type == JSON_STRING && as != COMPARE_NUMBERS)
        return sign(str_compare(json_text(a), json_text(b)));
    return NOT_COMPARABLE;
}

static bool operator_holds(enum compare_operator op, int order)
{
    switch (op) {
    case OPERATOR_LESS:
        return order < 0;
    case OPERATOR_LESS_OR_EQUAL:
        return order <= 0;
    case OPERATOR_GREATER:
        return order > 0;
    case OPERATOR_GREATER_OR_EQUAL:
        return order >= 0;
    case OPERATOR_EQUAL:
        return order == 0;
    case OPERATOR_NOT_EQUAL:
        return order != 0;
    }
    return true;
}

static enum compare_outcome outcome_of(const struct rule_comparison *comparison, int order)
{
    return operator_holds(comparison->op, order) ? COMPARE_HOLDS : COMPARE_BROKEN;
}

static enum compare_outcome compare_times(const struct rule_comparison *comparison,
                                          const struct json_node *left,
                                          const struct json_node *right)
{
    struct instant a;
    struct instant b;
    bool exact = comparison->as == COMPARE_DATE_TIMES;
    if (!read_instant(left, exact, &a) || !read_instant(right, exact, &b))
        return COMPARE_HOLDS;
    if (a.aware != b.aware && comparison->mixed != MIXED_UTC)
        return comparison->mixed == MIXED_PASS ? COMPARE_HOLDS : COMPARE_FAILS;
    return outcome_of(comparison, compare_instants(&a, &b));
}

enum compare_outcome rule_compare(const struct rule_comparison *comparison,
                                  const struct json_node *left, const struct json_node *right)
{
    if (comparison->as == COMPARE_DATE_TIMES || comparison->as == COMPARE_PYDANTIC_TIMES)
        return compare_times(comparison, left, right);
    int order = compare_values(comparison->as, left, right);
    return order == NOT_COMPARABLE ? COMPARE_HOLDS : outcome_of(comparison, order);
}
