#include "schema/pydantic/time.h"

#include "base/calendar.h"

#include <math.h>
#include <stdlib.h>

/* Unix times up to this are seconds, beyond it milliseconds (speedate's watershed). */
static const double MILLISECONDS_BEYOND = 2e10;
static const double MILLISECONDS_FAR_OUT = 1e15;
static const int64_t LAST_SECOND = 253402300799;       /* 9999-12-31T23:59:59Z */
static const int64_t FIRST_SECOND = -62167219200;      /* 0000-01-01T00:00:00Z */
static const int64_t FIRST_GOOD_SECOND = -62135596800; /* 0001-01-01T00:00:00Z */

static const char TOO_SHORT[] = "input is too short";
static const char TRAILING[] = "unexpected extra characters at the end of the input";
static const char AFTER_9999[] = "dates after 9999 are not supported as unix timestamps";
static const char BEFORE_0000[] = "dates before 0000 are not supported as unix timestamps";
static const char TOO_MANY_SECONDS[] = "numeric times may not exceed 86,399 seconds";
static const char YEAR_ZERO[] = "year 0 is out of range";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Two digits at `at`, as a number; -1 if they are not there. */
static int two_digits(struct str text, size_t at)
{
    if (at + 2 > text.len || !is_digit(text.data[at]) || !is_digit(text.data[at + 1]))
        return -1;
    return (text.data[at] - '0') * 10 + (text.data[at + 1] - '0');
}

/* Reads YYYY-MM-DD at the start; NULL, or what the date parser complains of. */
static const char *read_date(struct str text, struct pydantic_time *out)
{
    if (text.len < 10)
        return TOO_SHORT;
    int century = two_digits(text, 0);
    int year = two_digits(text, 2);
    if (century < 0 || year < 0)
        return "invalid character in year";
    if (text.data[4] != '-')
        return "invalid date separator, expected `-`";
    int month = two_digits(text, 5);
    if (month < 0)
        return "invalid character in month";
    if (text.data[7] != '-')
        return "invalid date separator, expected `-`";
    int day = two_digits(text, 8);
    if (day < 0)
        return "invalid character in day";
    out->year = century * 100 + year;
    out->month = (unsigned)month;
    out->day = (unsigned)day;
    if (month < 1 || month > 12)
        return "month value is outside expected range of 1-12";
    if (day < 1 || out->day > calendar_days_in_month(out->year, out->month))
        return "day value is outside expected range";
    return NULL;
}

/* Digits after a `.` or `,`: microseconds, further digits cut. */
static const char *read_fraction(struct str text, size_t *at, unsigned *microsecond)
{
    *microsecond = 0;
    if (*at >= text.len || (text.data[*at] != '.' && text.data[*at] != ','))
        return NULL;
    size_t start = ++*at;
    unsigned scale = 100000;
    for (; *at < text.len && is_digit(text.data[*at]); (*at)++) {
        *microsecond += (unsigned)(text.data[*at] - '0') * scale;
        scale /= 10;
    }
    return *at > start ? NULL : "second fraction digits missing after `.`";
}

static const char *read_second(struct str text, size_t *at, struct pydantic_time *out)
{
    if (*at >= text.len || text.data[*at] != ':')
        return NULL;
    int second = two_digits(text, *at + 1);
    *at += 3;
    if (second < 0)
        return "invalid character in second";
    if (second > 59)
        return "second value is outside expected range of 0-59";
    out->second = (unsigned)second;
    return read_fraction(text, at, &out->microsecond);
}

const char *pydantic_clock_read(struct str text, size_t *at, struct pydantic_time *out)
{
    out->second = 0;
    out->microsecond = 0;
    if (text.len < *at + 5)
        return TOO_SHORT;
    int hour = two_digits(text, *at);
    int minute = two_digits(text, *at + 3);
    if (hour < 0)
        return "invalid character in hour";
    if (text.data[*at + 2] != ':')
        return "invalid time separator, expected `:`";
    if (minute < 0)
        return "invalid character in minute";
    if (hour > 23)
        return "hour value is outside expected range of 0-23";
    if (minute > 59)
        return "minute value is outside expected range of 0-59";
    out->hour = (unsigned)hour;
    out->minute = (unsigned)minute;
    *at += 5;
    return read_second(text, at, out);
}

/* The sign of an offset: `+`, `-` or U+2212; 0 where there is none. */
static int read_sign(struct str text, size_t *at)
{
    static const char minus_sign[] = "\xe2\x88\x92";
    if (*at >= text.len)
        return 0;
    if (text.data[*at] == '+' || text.data[*at] == '-')
        return text.data[(*at)++] == '-' ? -1 : 1;
    if (text.len - *at >= 3 && memcmp(text.data + *at, minus_sign, 3) == 0) {
        *at += 3;
        return -1;
    }
    return 0;
}

/* "+05:30" or "+0530". */
static const char *read_offset(struct str text, size_t *at, int *minutes)
{
    int sign = read_sign(text, at);
    if (sign == 0)
        return "invalid timezone sign";
    int hour = two_digits(text, *at);
    if (hour < 0)
        return "invalid timezone hour";
    *at += 2;
    *at += *at < text.len && text.data[*at] == ':';
    int minute = two_digits(text, *at);
    if (minute < 0)
        return "invalid timezone minute";
    if (minute > 59)
        return "timezone minute value is outside expected range of 0-59";
    if (hour > 23)
        return "timezone offset must be less than 24 hours";
    *at += 2;
    *minutes = sign * (hour * 60 + minute);
    return NULL;
}

/* The zone up to the end of the text. */
static const char *read_zone(struct str text, size_t at, bool *aware, int *minutes)
{
    *aware = at < text.len;
    *minutes = 0;
    if (at == text.len)
        return NULL;
    if (text.data[at] == 'Z' || text.data[at] == 'z') {
        at++;
    } else {
        const char *error = read_offset(text, &at, minutes);
        if (error != NULL)
            return error;
    }
    return at == text.len ? NULL : TRAILING;
}

/* A time and zone from `at` to the end. */
static const char *read_clock_and_zone(struct str text, size_t at, struct pydantic_time *out,
                                       bool *aware)
{
    const char *error = pydantic_clock_read(text, &at, out);
    return error != NULL ? error : read_zone(text, at, aware, &out->zone_minutes);
}

/* The separator, time and zone after a good date. */
static const char *read_rest(struct str text, struct pydantic_time *out, bool *aware)
{
    if (text.len == 10)
        return TOO_SHORT;
    if (strchr("Tt _", text.data[10]) == NULL || text.data[10] == '\0')
        return "invalid datetime separator, expected `T`, `t`, `_` or space";
    return read_clock_and_zone(text, 11, out, aware);
}

static void set_from_unix(struct pydantic_time *out, int64_t seconds, int64_t microseconds)
{
    int64_t days = seconds / 86400;
    int64_t of_day = seconds % 86400;
    if (of_day < 0) {
        of_day += 86400;
        days--;
    }
    struct calendar_date date = calendar_date(days);
    *out = (struct pydantic_time){.year = (int)date.year,
                                  .month = date.month,
                                  .day = date.day,
                                  .hour = (unsigned)(of_day / 3600),
                                  .minute = (unsigned)(of_day / 60 % 60),
                                  .second = (unsigned)(of_day % 60),
                                  .microsecond = (unsigned)microseconds};
}

static bool is_milliseconds(double number)
{
    return fabs(number) > MILLISECONDS_BEYOND;
}

/* NULL, or the complaint. `whole` counts seconds, or milliseconds where it is a large number. */
static const char *read_timestamp(int64_t whole, int64_t microseconds, struct pydantic_time *out)
{
    int64_t scale = is_milliseconds((double)whole) ? 1000 : 1;
    int64_t seconds = whole / scale;
    int64_t rest = whole % scale;
    if (rest < 0) {
        rest += scale;
        seconds--;
    }
    microseconds += rest * 1000;
    seconds += microseconds / 1000000;
    if (seconds > LAST_SECOND)
        return AFTER_9999;
    if (seconds < FIRST_SECOND)
        return BEFORE_0000;
    if (seconds < FIRST_GOOD_SECOND)
        return YEAR_ZERO;
    set_from_unix(out, seconds, microseconds % 1000000);
    return NULL;
}

static const char *read_unix_integer(int64_t number, struct pydantic_time *out)
{
    return read_timestamp(number, 0, out);
}

/* pydantic adds the fraction of a negative number to its floor as if it were positive. */
static const char *read_unix_float(double number, struct pydantic_time *out)
{
    if (isnan(number))
        return "NaN values not permitted";
    if (fabs(number) > MILLISECONDS_FAR_OUT)
        return number > 0 ? AFTER_9999 : BEFORE_0000;
    double fraction = fabs(number - trunc(number));
    int64_t microseconds = llround(fraction * (is_milliseconds(number) ? 1e3 : 1e6));
    return read_timestamp((int64_t)floor(number), microseconds, out);
}

/* speedate makes seconds of milliseconds, and then looks once more whether they are too many. */
static const char *read_unix_decimal(double number, struct pydantic_time *out)
{
    double seconds = is_milliseconds(number) ? number / 1000 : number;
    double whole = floor(seconds);
    if (whole >= (double)INT64_MAX)
        return TOO_MANY_SECONDS;
    if (fabs(whole) > MILLISECONDS_FAR_OUT)
        return whole > 0 ? AFTER_9999 : BEFORE_0000;
    return read_timestamp((int64_t)whole, llround((seconds - whole) * 1e6), out);
}

/* "e-3", or nothing, up to the end. */
static bool is_exponent(struct str text)
{
    if (text.len == 0)
        return true;
    size_t at = 1;
    if (text.data[0] != 'e' && text.data[0] != 'E')
        return false;
    if (at < text.len && (text.data[at] == '+' || text.data[at] == '-'))
        at++;
    for (size_t i = at; i < text.len; i++)
        if (!is_digit(text.data[i]))
            return false;
    return at < text.len;
}

/*
 * `[+-]digits`, `[+-]digits.digits`, also "5." and ".5": a number for speedate.
 * Behind a point, but only there, an exponent may follow.
 */
static bool is_plain_number(struct str text, bool *has_fraction)
{
    size_t at = text.len > 0 && (text.data[0] == '+' || text.data[0] == '-');
    size_t digits = 0;
    *has_fraction = false;
    for (; at < text.len; at++) {
        if (is_digit(text.data[at]))
            digits++;
        else if (text.data[at] == '.' && !*has_fraction)
            *has_fraction = true;
        else
            break;
    }
    return digits > 0 && (at == text.len || *has_fraction) && is_exponent(str_after(text, at));
}

/*
 * speedate adds digits up in 64 bits and gives up where the sum turns negative;
 * one that wraps past all negative numbers counts ("18446744073709551616" is 0).
 */
static bool read_wrapping(struct str text, int64_t *number)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    uint64_t sum = 0;
    for (size_t i = negative || (text.len > 0 && text.data[0] == '+'); i < text.len; i++) {
        sum = sum * 10 + (uint64_t)(text.data[i] - '0');
        if (sum > INT64_MAX)
            return false;
    }
    *number = negative ? -(int64_t)sum : (int64_t)sum;
    return true;
}

/* Digits far behind the point do not count. False where those before it are too many. */
static bool read_decimal(struct str text, double *number)
{
    enum { DIGITS_MAX = 64 };
    char digits[DIGITS_MAX + 1];
    int64_t whole;
    size_t point = str_find_char(text, '.');
    size_t e = str_find_char(text, 'e');
    if (e == text.len)
        e = str_find_char(text, 'E');
    if (!read_wrapping(str_make(text.data, point), &whole))
        return false;
    size_t exponent = text.len - e;
    if (exponent > DIGITS_MAX / 2 || point > DIGITS_MAX / 2)
        return false;
    size_t mantissa = e < DIGITS_MAX - exponent ? e : DIGITS_MAX - exponent;
    memcpy(digits, text.data, mantissa);
    memcpy(digits + mantissa, text.data + e, exponent);
    digits[mantissa + exponent] = '\0';
    *number = strtod(digits, NULL);
    return true;
}

/* True if the text is a unix time in speedate's eyes; then *error is NULL or the complaint. */
static bool read_number_text(struct str text, struct pydantic_time *out, const char **error,
                             bool *is_decimal)
{
    int64_t whole;
    double number;
    if (!is_plain_number(text, is_decimal))
        return false;
    if (*is_decimal && read_decimal(text, &number))
        *error = read_unix_decimal(number, out);
    else if (!*is_decimal && read_wrapping(text, &whole))
        *error = read_unix_integer(whole, out);
    else
        return false;
    return true;
}

const char *pydantic_date_error(struct str text)
{
    struct pydantic_time ignored;
    const char *error = read_date(text, &ignored);
    return error != NULL ? error : TRAILING;
}

static enum pydantic_time_outcome fail(struct pydantic_time *out, const char *error, bool in_text)
{
    out->error = error;
    return in_text && error != YEAR_ZERO ? PYDANTIC_TIME_NOT_A_DATE : PYDANTIC_TIME_OUT_OF_RANGE;
}

static enum pydantic_time_outcome read_text(struct str text, struct pydantic_time *out)
{
    const char *error = NULL;
    bool is_decimal;
    bool is_number = read_number_text(text, out, &error, &is_decimal);
    if (is_number && error == NULL)
        return PYDANTIC_TIME_AWARE;
    /* A decimal that is no time is no number to the date's parser, whose complaint is told. */
    if (is_number && (!is_decimal || error == YEAR_ZERO))
        return fail(out, error, true);
    error = read_date(text, out);
    if (error != NULL)
        return fail(out, error, true);
    bool aware = false;
    if (text.len > 10 && read_rest(text, out, &aware) != NULL)
        return fail(out, TRAILING, true);
    if (out->year == 0)
        return fail(out, YEAR_ZERO, true);
    return aware ? PYDANTIC_TIME_AWARE : PYDANTIC_TIME_NAIVE;
}

enum pydantic_time_outcome pydantic_time_read(const struct json_node *value,
                                              struct pydantic_time *out)
{
    *out = (struct pydantic_time){.year = 0};
    if (json_is(value, JSON_STRING))
        return read_text(json_text(value), out);
    if (!json_is(value, JSON_NUMBER))
        return PYDANTIC_TIME_WRONG_TYPE;
    const char *error;
    double number = value->c.valuedouble;
    if ((value->flags & JSON_PLAIN_INTEGER) && fabs(number) < 9e15)
        error = read_unix_integer((int64_t)number, out);
    else
        error = read_unix_float(number, out);
    return error == NULL ? PYDANTIC_TIME_AWARE : fail(out, error, false);
}

/* With zeros in front; printf would take most of the time of reading a date-time. */
static void print_digits(unsigned number, size_t count, struct buf *out)
{
    buf_reserve(out, count);
    for (size_t i = count; i > 0; i--, number /= 10)
        out->data[out->len + i - 1] = (char)('0' + number % 10);
    out->len += count;
}

static void print_clock(const struct pydantic_time *time, bool aware, struct buf *out)
{
    print_digits(time->hour, 2, out);
    buf_add_char(out, ':');
    print_digits(time->minute, 2, out);
    buf_add_char(out, ':');
    print_digits(time->second, 2, out);
    if (time->microsecond != 0) {
        buf_add_char(out, '.');
        print_digits(time->microsecond, 6, out);
    }
    if (!aware)
        return;
    if (time->zone_minutes == 0) {
        buf_add_char(out, 'Z');
        return;
    }
    unsigned minutes = (unsigned)abs(time->zone_minutes);
    buf_add_char(out, time->zone_minutes < 0 ? '-' : '+');
    print_digits(minutes / 60, 2, out);
    buf_add_char(out, ':');
    print_digits(minutes % 60, 2, out);
}

static void print_day(const struct pydantic_time *time, struct buf *out)
{
    print_digits((unsigned)time->year, 4, out);
    buf_add_char(out, '-');
    print_digits(time->month, 2, out);
    buf_add_char(out, '-');
    print_digits(time->day, 2, out);
}

void pydantic_time_print(const struct pydantic_time *time, bool aware, struct buf *out)
{
    print_day(time, out);
    buf_add_char(out, 'T');
    print_clock(time, aware, out);
}

/* ---- readers ---- */

/* The text that pydantic prints, or the value itself where that is how it was written. */
static void accept_text(struct pydantic_reading *out, const struct json_node *input,
                        const struct buf *text, struct arena *arena)
{
    bool same = json_is(input, JSON_STRING) && str_equal(json_text(input), buf_str(text));
    pydantic_accept(out, same ? input : pydantic_made(json_new_string(arena, buf_str(text)), input),
                    PYDANTIC_LAX);
}

void pydantic_read_date_time(const struct json_node *input, struct arena *arena,
                             struct pydantic_reading *out)
{
    struct pydantic_time time;
    enum pydantic_time_outcome outcome = pydantic_time_read(input, &time);
    struct buf text;
    switch (outcome) {
    case PYDANTIC_TIME_AWARE:
    case PYDANTIC_TIME_NAIVE:
        buf_init(&text, arena);
        pydantic_time_print(&time, outcome == PYDANTIC_TIME_AWARE, &text);
        accept_text(out, input, &text, arena);
        return;
    case PYDANTIC_TIME_NOT_A_DATE:
        pydantic_refuse(out, "datetime_from_date_parsing",
                        "Input should be a valid datetime or date", time.error);
        return;
    case PYDANTIC_TIME_OUT_OF_RANGE:
        pydantic_refuse(out, "datetime_parsing", "Input should be a valid datetime", time.error);
        return;
    case PYDANTIC_TIME_WRONG_TYPE:
        pydantic_refuse(out, "datetime_type", "Input should be a valid datetime", NULL);
        return;
    }
}

/* The full date-time parser's complaint, of which the date's reader passes on the first. */
static const char *read_date_text(struct str text, struct pydantic_time *out)
{
    const char *error = NULL;
    bool aware;
    bool is_decimal;
    if (read_number_text(text, out, &error, &is_decimal))
        return error;
    error = read_date(text, out);
    if (error == NULL && text.len > 10)
        error = read_rest(text, out, &aware);
    return error == NULL && out->year == 0 ? YEAR_ZERO : error;
}

void pydantic_read_date(const struct json_node *input, struct arena *arena,
                        struct pydantic_reading *out)
{
    struct pydantic_time time = {.year = 0};
    const char *error = NULL;
    if (json_is(input, JSON_STRING)) {
        error = read_date_text(json_text(input), &time);
    } else if (json_is(input, JSON_NUMBER)) {
        if (pydantic_time_read(input, &time) == PYDANTIC_TIME_OUT_OF_RANGE)
            error = time.error;
    } else {
        pydantic_refuse(out, "date_type", "Input should be a valid date", NULL);
        return;
    }
    struct buf text;
    buf_init(&text, arena);
    print_day(&time, &text);
    bool exact = time.hour + time.minute + time.second + time.microsecond == 0;
    if (error == YEAR_ZERO && exact)
        pydantic_refuse(out, "date_parsing",
                        "Input should be a valid date in the format YYYY-MM-DD", error);
    else if (error != NULL && error != YEAR_ZERO)
        pydantic_refuse(out, "date_from_datetime_parsing",
                        "Input should be a valid date or datetime", error);
    else if (!exact)
        pydantic_refuse(out, "date_from_datetime_inexact",
                        "Datetimes provided to dates should have zero time - e.g. be exact dates",
                        NULL);
    else
        accept_text(out, input, &text, arena);
}

/* Seconds of a day, in UTC. */
static const char *read_seconds(double number, struct pydantic_time *out)
{
    if (isnan(number))
        return "NaN values not permitted";
    if (number < 0)
        return "time in seconds should be positive";
    if (number >= 86400 || llround(number * 1e6) >= 86400000000)
        return TOO_MANY_SECONDS;
    int64_t total = llround(number * 1e6);
    set_from_unix(out, total / 1000000, total % 1000000);
    return NULL;
}

void pydantic_read_time(const struct json_node *input, struct arena *arena,
                        struct pydantic_reading *out)
{
    struct pydantic_time time = {.year = 0};
    const char *error;
    bool aware = true;
    if (json_is(input, JSON_STRING)) {
        error = read_clock_and_zone(json_text(input), 0, &time, &aware);
    } else if (json_is(input, JSON_NUMBER)) {
        error = read_seconds(input->c.valuedouble, &time);
    } else {
        pydantic_refuse(out, "time_type", "Input should be a valid time", NULL);
        return;
    }
    if (error != NULL) {
        pydantic_refuse(out, "time_parsing", "Input should be in a valid time format", error);
        return;
    }
    struct buf text;
    buf_init(&text, arena);
    print_clock(&time, aware, &text);
    accept_text(out, input, &text, arena);
}
