#include "base/calendar.h"

/* Both conversions count from 0000-03-01 in eras of 400 years, as Howard Hinnant describes. */
enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 };

int64_t calendar_days(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t months_since_march = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

struct calendar_date calendar_date(int64_t days)
{
    days += DAYS_TO_1970;
    int64_t era = (days >= 0 ? days : days - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day_of_era = days - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t months_since_march = (5 * day_of_year + 2) / 153;
    struct calendar_date date;
    date.day = (unsigned)(day_of_year - (153 * months_since_march + 2) / 5 + 1);
    date.month =
        (unsigned)(months_since_march < 10 ? months_since_march + 3 : months_since_march - 9);
    date.year = year_of_era + era * 400 + (date.month <= 2);
    return date;
}

unsigned calendar_weekday(int64_t days)
{
    return (unsigned)(((days + 4) % 7 + 7) % 7);
}

unsigned calendar_days_in_month(int64_t year, unsigned month)
{
    static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 0;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + (month == 2 && leap ? 1u : 0u);
}
