#include "schema/pydantic/duration.h"

#include "base/buf.h"
#include "schema/pydantic/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SECONDS_OF_DAY = 86400, DAYS_OF_YEAR = 365, HOUR_DIGITS_MAX = 10 };

static const int64_t DAYS_MAX = 999999999;
static const int64_t MICROSECONDS = 1000000;

static const char TOO_SHORT[] = "input is too short";
static const char TOO_LONG[] = "durations may not exceed 999,999,999 days";
static const char TOO_LARGE[] = "a numeric value in the duration is too large";
static const char TOO_MANY_HOURS[] = "durations may not exceed 999,999,999 hours";
static const char BAD_DIGIT[] = "invalid digit in duration";
static const char BAD_DAYS[] = "\"day\" identifier in duration not correctly formatted";

/* Seconds are kept apart from days, so that neither overflows. */
struct duration {
    int64_t days;
    int64_t seconds;
    int64_t microseconds;
};

struct cursor {
    struct str text;
    size_t at;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char peek(const struct cursor *cursor)
{
    return cursor->at < cursor->text.len ? cursor->text.data[cursor->at] : '\0';
}

static bool at_end(const struct cursor *cursor)
{
    return cursor->at >= cursor->text.len;
}

static bool is_letter(char c, char lower)
{
    return c == lower || c == lower - 'a' + 'A';
}

/* Digits; NULL, or the complaint. speedate counts in 32 bits. */
static const char *read_number(struct cursor *cursor, int64_t *number)
{
    if (!is_digit(peek(cursor)))
        return BAD_DIGIT;
    *number = 0;
    for (; is_digit(peek(cursor)); cursor->at++) {
        *number = *number * 10 + (peek(cursor) - '0');
        if (*number > UINT32_MAX)
            return TOO_LARGE;
    }
    return NULL;
}

static bool has_fraction(const struct cursor *cursor)
{
    return peek(cursor) == '.' || peek(cursor) == ',';
}

/* ".5" of a unit. */
static double read_fraction(struct cursor *cursor)
{
    double fraction = 0;
    double scale = 0.1;
    for (cursor->at++; is_digit(peek(cursor)); cursor->at++, scale /= 10)
        fraction += (peek(cursor) - '0') * scale;
    return fraction;
}

static void add_seconds(struct duration *out, double seconds)
{
    double whole = floor(seconds);
    out->seconds += (int64_t)whole;
    out->microseconds += llround((seconds - whole) * (double)MICROSECONDS);
}

struct unit {
    char letter;
    bool of_time;
    int64_t days;
    int64_t seconds;
};

static const struct unit units[] = {
    {'Y', false, DAYS_OF_YEAR, 0}, {'M', false, 30, 0}, {'W', false, 7, 0}, {'D', false, 1, 0},
    {'H', true, 0, 3600},          {'M', true, 0, 60},  {'S', true, 0, 1},
};

/* NULL, or the complaint: days and seconds must fit in 32 bits too. */
static const char *add_units(struct duration *out, int64_t number, double fraction,
                             const struct unit *unit)
{
    out->days += number * unit->days;
    out->seconds += number * unit->seconds;
    if (out->days > UINT32_MAX || out->seconds > UINT32_MAX)
        return TOO_LARGE;
    if (fraction > 0)
        add_seconds(out, fraction * (double)(unit->days * SECONDS_OF_DAY + unit->seconds));
    return NULL;
}

static const struct unit *find_unit(char letter, bool of_time)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].letter == letter && units[i].of_time == of_time)
            return &units[i];
    return NULL;
}

/* "1DT2H3M4.5S", after the P. */
static const char *read_iso(struct cursor *cursor, struct duration *out)
{
    bool of_time = false;
    bool had_fraction = false;
    for (; !at_end(cursor); cursor->at++) {
        if (peek(cursor) == 'T') {
            if (of_time)
                return "date part of duration already finished";
            of_time = true;
            continue;
        }
        int64_t number;
        const char *error = read_number(cursor, &number);
        if (error != NULL)
            return error;
        if (had_fraction)
            return "invalid fraction in duration";
        double fraction = 0;
        if (has_fraction(cursor)) {
            had_fraction = true;
            fraction = read_fraction(cursor);
        }
        const struct unit *unit = find_unit(peek(cursor), of_time);
        if (unit == NULL)
            return of_time ? "quantity invalid in time part of duration"
                           : "quantity invalid in date part of duration";
        error = add_units(out, number, fraction, unit);
        if (error != NULL)
            return error;
    }
    return cursor->at < 3 ? TOO_SHORT : NULL;
}

/* "HH:MM[:SS[.ffffff]]" with any number of hours. */
static const char *read_clock(struct cursor *cursor, struct duration *out)
{
    if (cursor->text.len - cursor->at < 5)
        return TOO_SHORT;
    struct str left = str_after(cursor->text, cursor->at);
    size_t hour_digits = str_find_char(left, ':');
    if (hour_digits > HOUR_DIGITS_MAX && hour_digits < left.len)
        return TOO_MANY_HOURS;
    int64_t hours = 0;
    for (; peek(cursor) != ':'; cursor->at++) {
        if (!is_digit(peek(cursor)))
            return "invalid character in hour";
        if (hours <= DAYS_MAX * 24)
            hours = hours * 10 + (peek(cursor) - '0');
    }
    char rest[64] = "00";
    struct str text = str_after(cursor->text, cursor->at);
    if (text.len > sizeof rest - 2)
        text.len = sizeof rest - 2;
    memcpy(rest + 2, text.data, text.len);
    struct pydantic_time clock = {.year = 0};
    size_t at = 0;
    const char *error = pydantic_clock_read(str_make(rest, text.len + 2), &at, &clock);
    if (error != NULL)
        return error;
    cursor->at += at - 2;
    out->seconds += hours * 3600 + clock.minute * 60 + clock.second;
    out->microseconds += clock.microsecond;
    return at_end(cursor) ? NULL : "unexpected extra characters at the end of the input";
}

/* "3 days", "1d", "1 day, 02:00:00" */
static const char *read_days(struct cursor *cursor, struct duration *out)
{
    const char *error = read_number(cursor, &out->days);
    if (error != NULL)
        return error;
    cursor->at += peek(cursor) == ' ';
    if (!is_letter(peek(cursor), 'd'))
        return BAD_DAYS;
    cursor->at++;
    if (is_letter(peek(cursor), 'a')) {
        cursor->at++;
        if (!is_letter(peek(cursor), 'y'))
            return BAD_DAYS;
        cursor->at++;
        cursor->at += is_letter(peek(cursor), 's');
    }
    if (at_end(cursor))
        return NULL;
    if (peek(cursor) != ' ' && peek(cursor) != ',')
        return BAD_DAYS;
    bool comma = peek(cursor) == ',';
    cursor->at++;
    cursor->at += comma && peek(cursor) == ' ';
    return at_end(cursor) ? NULL : read_clock(cursor, out);
}

static const char *read_text(struct str text, struct duration *out)
{
    struct cursor cursor = {text, 0};
    if (text.len == 0)
        return TOO_SHORT;
    bool negative = text.data[0] == '-';
    cursor.at += negative || text.data[0] == '+';
    if (at_end(&cursor))
        return TOO_SHORT;
    bool has_day = str_find_char(text, 'd') < text.len || str_find_char(text, 'D') < text.len;
    const char *error;
    if (peek(&cursor) == 'P') {
        cursor.at++;
        error = read_iso(&cursor, out);
    } else if (has_day || text.len < 5) {
        error = read_days(&cursor, out);
    } else {
        error = read_clock(&cursor, out);
    }
    if (negative)
        *out = (struct duration){-out->days, -out->seconds, -out->microseconds};
    return error;
}

static const char *read_seconds(double number, struct duration *out)
{
    if (isnan(number))
        return "NaN values not permitted";
    if (fabs(number) > (double)(DAYS_MAX * SECONDS_OF_DAY))
        return TOO_LONG;
    double whole = trunc(number);
    out->seconds = (int64_t)whole;
    out->microseconds = llround((number - whole) * (double)MICROSECONDS);
    return NULL;
}

/* One sign for all, and no more seconds than a day has. */
static bool normalize(struct duration *duration, bool *negative)
{
    int64_t seconds = duration->days * SECONDS_OF_DAY + duration->seconds;
    int64_t micros = duration->microseconds;
    seconds += micros / MICROSECONDS;
    micros %= MICROSECONDS;
    if (seconds > 0 && micros < 0) {
        seconds--;
        micros += MICROSECONDS;
    } else if (seconds < 0 && micros > 0) {
        seconds++;
        micros -= MICROSECONDS;
    }
    *negative = seconds < 0 || micros < 0;
    seconds = llabs(seconds);
    *duration =
        (struct duration){seconds / SECONDS_OF_DAY, seconds % SECONDS_OF_DAY, llabs(micros)};
    return duration->days <= DAYS_MAX;
}

static void print_part(struct buf *out, int64_t number, char unit)
{
    if (number > 0)
        buf_printf(out, "%lld%c", (long long)number, unit);
}

static void print_second(struct buf *out, int64_t seconds, int64_t micros)
{
    char digits[8];
    if (micros == 0) {
        print_part(out, seconds, 'S');
        return;
    }
    snprintf(digits, sizeof digits, "%06lld", (long long)micros);
    size_t len = 6;
    while (digits[len - 1] == '0')
        len--;
    buf_printf(out, "%lld.%.*sS", (long long)seconds, (int)len, digits);
}

static void print_duration(const struct duration *duration, bool negative, struct buf *out)
{
    buf_add_text(out, negative ? "-P" : "P");
    print_part(out, duration->days / DAYS_OF_YEAR, 'Y');
    print_part(out, duration->days % DAYS_OF_YEAR, 'D');
    int64_t seconds = duration->seconds;
    bool has_time = seconds > 0 || duration->microseconds > 0;
    if (has_time)
        buf_add_char(out, 'T');
    print_part(out, seconds / 3600, 'H');
    print_part(out, seconds / 60 % 60, 'M');
    print_second(out, seconds % 60, duration->microseconds);
    if (!has_time && duration->days == 0)
        buf_add_text(out, "T0S");
}

static bool is_seconds(const struct json_node *input)
{
    return input->type == JSON_NUMBER || input->type == JSON_TRUE || input->type == JSON_FALSE;
}

void pydantic_read_duration(const struct json_node *input, struct arena *arena,
                            struct pydantic_reading *out)
{
    struct duration duration = {0, 0, 0};
    const char *error;
    if (input->type == JSON_STRING) {
        error = read_text(json_text(input), &duration);
    } else if (is_seconds(input)) {
        double seconds =
            input->type == JSON_NUMBER ? input->c.valuedouble : input->type == JSON_TRUE;
        error = read_seconds(seconds, &duration);
    } else {
        pydantic_refuse(out, "time_delta_type", "Input should be a valid timedelta", NULL);
        return;
    }
    bool negative = false;
    if (error == NULL && !normalize(&duration, &negative))
        error = TOO_LONG;
    if (error != NULL) {
        pydantic_refuse(out, "time_delta_parsing", "Input should be a valid timedelta", error);
        return;
    }
    struct buf text;
    buf_init(&text, arena);
    print_duration(&duration, negative, &text);
    bool same = input->type == JSON_STRING && str_equal(json_text(input), buf_str(&text));
    pydantic_accept(out,
                    same ? input : pydantic_made(json_new_string(arena, buf_str(&text)), input),
                    PYDANTIC_LAX);
}
