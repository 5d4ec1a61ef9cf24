/*
 * calendar: dates of the proleptic Gregorian calendar and day numbers.
 *
 * Pure functions; days are counted from 1970-01-01.
 */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct calendar_date {
    int64_t year;
    unsigned month; /* 1 to 12 */
    unsigned day;   /* 1 to 31 */
};

/* The day number of a date that exists. */
int64_t calendar_days(int64_t year, unsigned month, unsigned day);

struct calendar_date calendar_date(int64_t days);

/* 0 is Sunday. */
unsigned calendar_weekday(int64_t days);

/* 0 for a month that does not exist. */
unsigned calendar_days_in_month(int64_t year, unsigned month);

#endif
