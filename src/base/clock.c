#include "base/clock.h"

#include "base/calendar.h"

#include <time.h>

enum { NS_PER_US = 1000, NS_PER_MS = 1000000 };
static const int64_t NS_PER_SECOND = 1000000000;
static const int64_t SECONDS_PER_DAY = 86400;

int64_t clock_real_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * (uint64_t)NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

void clock_init(struct clock *clock)
{
    *clock = (struct clock){.frozen = false};
    atomic_init(&clock->pretended, false);
    pthread_mutex_init(&clock->lock, NULL);
}

/* a + b, or the end of what 64 bits hold, however far somebody advances the time. */
static int64_t add_within_bounds(int64_t a, int64_t b)
{
    if (b > 0 && a > INT64_MAX - b)
        return INT64_MAX;
    if (b < 0 && a < INT64_MIN - b)
        return INT64_MIN;
    return a + b;
}

int64_t clock_difference(int64_t later_ns, int64_t earlier_ns)
{
    if (earlier_ns == INT64_MIN)
        return later_ns < 0 ? later_ns - earlier_ns : INT64_MAX;
    return add_within_bounds(later_ns, -earlier_ns);
}

static int64_t now_locked(const struct clock *clock)
{
    return clock->frozen ? clock->frozen_ns : add_within_bounds(clock_real_ns(), clock->offset_ns);
}

int64_t clock_now_ns(struct clock *clock)
{
    if (!atomic_load_explicit(&clock->pretended, memory_order_acquire))
        return clock_real_ns();
    pthread_mutex_lock(&clock->lock);
    int64_t now = now_locked(clock);
    pthread_mutex_unlock(&clock->lock);
    return now;
}

void clock_freeze(struct clock *clock, int64_t wall_ns)
{
    pthread_mutex_lock(&clock->lock);
    clock->frozen = true;
    clock->frozen_ns = wall_ns;
    atomic_store_explicit(&clock->pretended, true, memory_order_release);
    pthread_mutex_unlock(&clock->lock);
}

bool clock_is_frozen(struct clock *clock)
{
    pthread_mutex_lock(&clock->lock);
    bool frozen = clock->frozen;
    pthread_mutex_unlock(&clock->lock);
    return frozen;
}

void clock_advance(struct clock *clock, int64_t by_ns)
{
    pthread_mutex_lock(&clock->lock);
    if (clock->frozen)
        clock->frozen_ns = add_within_bounds(clock->frozen_ns, by_ns);
    else
        clock->offset_ns = add_within_bounds(clock->offset_ns, by_ns);
    atomic_store_explicit(&clock->pretended, true, memory_order_release);
    pthread_mutex_unlock(&clock->lock);
}

void clock_resume(struct clock *clock)
{
    pthread_mutex_lock(&clock->lock);
    clock->offset_ns = add_within_bounds(now_locked(clock), -clock_real_ns());
    clock->frozen = false;
    pthread_mutex_unlock(&clock->lock);
}

struct moment {
    struct calendar_date date;
    unsigned weekday;
    unsigned hour, minute, second, nanosecond;
};

static struct moment moment_from_ns(int64_t wall_ns)
{
    int64_t seconds = wall_ns / NS_PER_SECOND;
    int64_t rest = wall_ns % NS_PER_SECOND;
    if (rest < 0) {
        rest += NS_PER_SECOND;
        seconds--;
    }
    int64_t days = seconds / SECONDS_PER_DAY;
    int64_t of_day = seconds % SECONDS_PER_DAY;
    if (of_day < 0) {
        of_day += SECONDS_PER_DAY;
        days--;
    }
    return (struct moment){calendar_date(days),       calendar_weekday(days),
                           (unsigned)(of_day / 3600), (unsigned)(of_day / 60 % 60),
                           (unsigned)(of_day % 60),   (unsigned)rest};
}

/* Exactly `width` digits. Timestamps are printed for each request and record, so no printf. */
static void add_digits(struct buf *out, uint64_t number, size_t width)
{
    char digits[20];
    for (size_t i = width; i-- > 0; number /= 10)
        digits[i] = (char)('0' + number % 10);
    buf_add(out, digits, width);
}

/* "2024-01-02T03:04:05" */
static void print_seconds(const struct moment *at, struct buf *out)
{
    add_digits(out, (uint64_t)at->date.year, 4);
    buf_add_char(out, '-');
    add_digits(out, at->date.month, 2);
    buf_add_char(out, '-');
    add_digits(out, at->date.day, 2);
    buf_add_char(out, 'T');
    add_digits(out, at->hour, 2);
    buf_add_char(out, ':');
    add_digits(out, at->minute, 2);
    buf_add_char(out, ':');
    add_digits(out, at->second, 2);
}

void clock_print_rfc3339(int64_t wall_ns, struct buf *out)
{
    struct moment at = moment_from_ns(wall_ns);
    print_seconds(&at, out);
    if (at.nanosecond / NS_PER_US != 0) {
        buf_add_char(out, '.');
        add_digits(out, at.nanosecond / NS_PER_US, 6);
    }
    buf_add_char(out, 'Z');
}

void clock_print_millis(int64_t wall_ns, struct buf *out)
{
    struct moment at = moment_from_ns(wall_ns);
    print_seconds(&at, out);
    buf_add_char(out, '.');
    add_digits(out, at.nanosecond / NS_PER_MS, 3);
    buf_add_char(out, 'Z');
}

void clock_print_http_date(int64_t wall_ns, struct buf *out)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct moment at = moment_from_ns(wall_ns);
    buf_printf(out, "%s, %02u %s %04lld %02u:%02u:%02u GMT", days[at.weekday], at.date.day,
               months[at.date.month - 1], (long long)at.date.year, at.hour, at.minute, at.second);
}

/* Reads `count` digits at *at; false if they are not there. */
static bool read_digits(struct str text, size_t *at, size_t count, unsigned *value)
{
    *value = 0;
    for (size_t i = 0; i < count; i++, (*at)++) {
        if (*at >= text.len || text.data[*at] < '0' || text.data[*at] > '9')
            return false;
        *value = *value * 10 + (unsigned)(text.data[*at] - '0');
    }
    return true;
}

static bool read_char(struct str text, size_t *at, const char *any_of)
{
    if (*at >= text.len || str_find_char(str_from(any_of), text.data[*at]) == strlen(any_of))
        return false;
    (*at)++;
    return true;
}

/* A fraction of a second, in nanoseconds; further digits are dropped. */
static bool read_fraction(struct str text, size_t *at, unsigned *nanoseconds)
{
    *nanoseconds = 0;
    if (!read_char(text, at, "."))
        return true;
    unsigned scale = 100000000;
    size_t start = *at;
    for (; *at < text.len && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
        *nanoseconds += (unsigned)(text.data[*at] - '0') * scale;
        scale /= 10;
    }
    return *at > start;
}

static bool read_offset(struct str text, size_t *at, int64_t *seconds)
{
    *seconds = 0;
    if (read_char(text, at, "Zz"))
        return true;
    if (*at >= text.len)
        return false;
    int sign = text.data[*at] == '-' ? -1 : 1;
    unsigned hours, minutes;
    bool good = read_char(text, at, "+-") && read_digits(text, at, 2, &hours) &&
                read_char(text, at, ":") && read_digits(text, at, 2, &minutes) && hours < 24 &&
                minutes < 60;
    if (good)
        *seconds = sign * ((int64_t)hours * 3600 + (int64_t)minutes * 60);
    return good;
}

bool clock_parse_rfc3339(struct str text, int64_t *wall_ns)
{
    size_t at = 0;
    unsigned year, month, day, hour, minute, second, nanosecond;
    int64_t offset;
    bool good = read_digits(text, &at, 4, &year) && read_char(text, &at, "-") &&
                read_digits(text, &at, 2, &month) && read_char(text, &at, "-") &&
                read_digits(text, &at, 2, &day) && read_char(text, &at, "Tt ") &&
                read_digits(text, &at, 2, &hour) && read_char(text, &at, ":") &&
                read_digits(text, &at, 2, &minute) && read_char(text, &at, ":") &&
                read_digits(text, &at, 2, &second) && read_fraction(text, &at, &nanosecond) &&
                read_offset(text, &at, &offset) && at == text.len;
    if (!good || day < 1 || day > calendar_days_in_month(year, month) || hour > 23 || minute > 59 ||
        second > 59)
        return false;
    int64_t days = calendar_days(year, month, day);
    int64_t seconds =
        days * SECONDS_PER_DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 + second - offset;
    const int64_t widest = INT64_MAX / NS_PER_SECOND - 1;
    if (seconds > widest || seconds < -widest)
        return false;
    *wall_ns = seconds * NS_PER_SECOND + nanosecond;
    return true;
}
