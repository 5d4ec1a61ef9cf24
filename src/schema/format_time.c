/*
 * Dates, times and durations: RFC 3339 to the letter, RFC 9110's dates, TOML's
 * local times. `date-time` is on the hot path of every batch of records.
 */
#include "base/calendar.h"
#include "schema/format.h"
#include "schema/format_checks.h"
#include "schema/pydantic/time.h"

enum {
    DATE_LENGTH = 10, /* 2024-02-29 */
    TIME_LENGTH = 8,  /* 23:59:60, without the fraction */
    MINUTES_PER_DAY = 24 * 60,
    LEAP_MINUTE = 23 * 60 + 59, /* UTC */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The number that two digits make, or a number above 99 where they are none. */
static unsigned two_digits(const char *at)
{
    if (!is_digit(at[0]) || !is_digit(at[1]))
        return 100;
    return (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
}

/* ---- RFC 3339, section 5.6 ---- */

static bool is_full_date(const char *at)
{
    unsigned century = two_digits(at);
    unsigned year = two_digits(at + 2);
    unsigned month = two_digits(at + 5);
    unsigned day = two_digits(at + 8);
    if (century > 99 || year > 99 || at[4] != '-' || at[7] != '-')
        return false;
    return day >= 1 && day <= calendar_days_in_month(century * 100 + year, month);
}

struct time_of_day {
    unsigned hour;
    unsigned minute;
    unsigned second; /* 60 in a leap second */
};

/* Reads a partial-time at the start of `text`. Returns its length, or 0. */
static size_t read_partial_time(struct str text, struct time_of_day *time)
{
    if (text.len < TIME_LENGTH || text.data[2] != ':' || text.data[5] != ':')
        return 0;
    time->hour = two_digits(text.data);
    time->minute = two_digits(text.data + 3);
    time->second = two_digits(text.data + 6);
    if (time->hour > 23 || time->minute > 59 || time->second > 60)
        return 0;
    size_t at = TIME_LENGTH;
    if (at == text.len || text.data[at] != '.')
        return at;
    size_t fraction = ++at;
    while (at < text.len && is_digit(text.data[at]))
        at++;
    return at > fraction ? at : 0;
}

/* Reads a time-offset that takes the whole of `text`, in minutes east of UTC. */
static bool read_offset(struct str text, int *minutes)
{
    *minutes = 0;
    if (text.len == 1)
        return text.data[0] == 'Z' || text.data[0] == 'z';
    if (text.len != 6 || (text.data[0] != '+' && text.data[0] != '-') || text.data[3] != ':')
        return false;
    unsigned hour = two_digits(text.data + 1);
    unsigned minute = two_digits(text.data + 4);
    int east = (int)(hour * 60 + minute);
    *minutes = text.data[0] == '-' ? -east : east;
    return hour <= 23 && minute <= 59;
}

/* Leap seconds come at the end of a UTC day (section 5.7). */
static bool is_leap_minute(const struct time_of_day *time, int offset)
{
    int minute = (int)(time->hour * 60 + time->minute) - offset;
    return (minute + MINUTES_PER_DAY) % MINUTES_PER_DAY == LEAP_MINUTE;
}

static bool is_full_time(struct str text)
{
    struct time_of_day time;
    int offset;
    size_t len = read_partial_time(text, &time);
    if (len == 0 || !read_offset(str_after(text, len), &offset))
        return false;
    return time.second < 60 || is_leap_minute(&time, offset);
}

/* A date and the T after it; "t" is as good (section 5.6). */
static bool starts_with_date_and_t(struct str text)
{
    return text.len > DATE_LENGTH &&
           (text.data[DATE_LENGTH] == 'T' || text.data[DATE_LENGTH] == 't') &&
           is_full_date(text.data);
}

bool format_is_date_time(struct str text)
{
    return starts_with_date_and_t(text) && is_full_time(str_after(text, DATE_LENGTH + 1));
}

bool format_is_date(struct str text)
{
    return text.len == DATE_LENGTH && is_full_date(text.data);
}

bool format_check_date_time(const struct json_node *value)
{
    return format_is_date_time(json_text(value));
}

bool format_check_date(const struct json_node *value)
{
    return format_is_date(json_text(value));
}

bool format_check_time(const struct json_node *value)
{
    return is_full_time(json_text(value));
}

/* ---- without an offset ---- */

/* The place is unknown, so a leap second may be at the end of any hour's last minute. */
static bool is_local_time(struct str text)
{
    struct time_of_day time;
    return text.len > 0 && read_partial_time(text, &time) == text.len;
}

bool format_check_time_local(const struct json_node *value)
{
    return is_local_time(json_text(value));
}

bool format_check_date_time_local(const struct json_node *value)
{
    struct str text = json_text(value);
    return starts_with_date_and_t(text) && is_local_time(str_after(text, DATE_LENGTH + 1));
}

/* ---- durations (RFC 3339, appendix A) ---- */

/* Takes digits and `unit` off the text; false and no change where they are not there. */
static bool take_element(struct str *text, char unit)
{
    size_t at = 0;
    while (at < text->len && is_digit(text->data[at]))
        at++;
    if (at == 0 || at == text->len || text->data[at] != unit)
        return false;
    *text = str_after(*text, at + 1);
    return true;
}

/*
 * A run of elements in the order of `units`, each at most once and none left
 * out between two that are there: P1Y2D lacks its months.
 */
static bool take_elements(struct str *text, const char *units)
{
    bool any = false;
    for (; *units != '\0'; units++) {
        if (take_element(text, *units))
            any = true;
        else if (any)
            break;
    }
    return any;
}

bool format_check_duration(const struct json_node *value)
{
    struct str text = json_text(value);
    if (text.len == 0 || text.data[0] != 'P')
        return false;
    text = str_after(text, 1);
    if (take_element(&text, 'W'))
        return text.len == 0;
    bool has_date = take_elements(&text, "YMD");
    if (text.len == 0)
        return has_date;
    if (text.data[0] != 'T')
        return false;
    text = str_after(text, 1);
    return take_elements(&text, "HMS") && text.len == 0;
}

/* ---- HTTP dates (RFC 9110, section 5.6.7) ---- */

static const char *const short_days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", NULL};
static const char *const long_days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday",    NULL};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                                     "Aug", "Sep", "Oct", "Nov", "Dec", NULL};

/* Takes one of the words off the text; returns its number from 1, or 0. */
static unsigned take_word(struct str *text, const char *const *words)
{
    for (unsigned i = 0; words[i] != NULL; i++)
        if (str_starts_with(*text, words[i])) {
            *text = str_after(*text, strlen(words[i]));
            return i + 1;
        }
    return 0;
}

static bool take_text(struct str *text, const char *expected)
{
    const char *const words[] = {expected, NULL};
    return take_word(text, words) != 0;
}

/* Takes two digits off the text; a number above 99 where there are none. */
static unsigned take_two_digits(struct str *text)
{
    unsigned number = text->len >= 2 ? two_digits(text->data) : 100;
    if (number < 100)
        *text = str_after(*text, 2);
    return number;
}

static unsigned take_four_digits(struct str *text)
{
    unsigned high = take_two_digits(text);
    unsigned low = take_two_digits(text);
    return high > 99 || low > 99 ? 10000 : high * 100 + low;
}

static bool take_time(struct str *text)
{
    struct time_of_day time;
    bool found = text->len >= TIME_LENGTH &&
                 read_partial_time(str_make(text->data, TIME_LENGTH), &time) != 0;
    if (found)
        *text = str_after(*text, TIME_LENGTH);
    return found;
}

static bool is_day_of(unsigned day, unsigned month, unsigned year)
{
    return day >= 1 && year <= 9999 && day <= calendar_days_in_month(year, month);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", the form to send. */
static bool is_imf_fixdate(struct str text)
{
    if (take_word(&text, short_days) == 0 || !take_text(&text, ", "))
        return false;
    unsigned day = take_two_digits(&text);
    unsigned month = take_text(&text, " ") ? take_word(&text, months) : 0;
    unsigned year = take_text(&text, " ") ? take_four_digits(&text) : 10000;
    return is_day_of(day, month, year) && take_text(&text, " ") && take_time(&text) &&
           str_is(text, " GMT");
}

/* "Sunday, 06-Nov-94 08:49:37 GMT", obsolete. The century is unknown: all leap days pass. */
static bool is_rfc850_date(struct str text)
{
    if (take_word(&text, long_days) == 0 || !take_text(&text, ", "))
        return false;
    unsigned day = take_two_digits(&text);
    unsigned month = take_text(&text, "-") ? take_word(&text, months) : 0;
    unsigned year = take_text(&text, "-") ? take_two_digits(&text) : 100;
    return year <= 99 && is_day_of(day, month, 2000 + year) && take_text(&text, " ") &&
           take_time(&text) && str_is(text, " GMT");
}

/* "Sun Nov  6 08:49:37 1994", obsolete. */
static bool is_asctime_date(struct str text)
{
    if (take_word(&text, short_days) == 0 || !take_text(&text, " "))
        return false;
    unsigned month = take_word(&text, months);
    if (!take_text(&text, " ") || text.len < 2)
        return false;
    char padded[2] = {text.data[0] == ' ' ? '0' : text.data[0], text.data[1]};
    unsigned day = two_digits(padded);
    text = str_after(text, 2);
    if (!take_text(&text, " ") || !take_time(&text) || !take_text(&text, " "))
        return false;
    return is_day_of(day, month, take_four_digits(&text)) && text.len == 0;
}

bool format_check_http_date(const struct json_node *value)
{
    struct str text = json_text(value);
    return is_imf_fixdate(text) || is_rfc850_date(text) || is_asctime_date(text);
}

/* ---- pydantic ---- */

bool format_check_pydantic_date_time(const struct json_node *value)
{
    struct pydantic_time time;
    enum pydantic_time_outcome outcome = pydantic_time_read(value, &time);
    return outcome == PYDANTIC_TIME_AWARE || outcome == PYDANTIC_TIME_NAIVE;
}
