/*
 * time: date-times, dates and times as pydantic v2 reads, refuses and prints them.
 *
 * pydantic's parser (speedate) takes more than RFC 3339: a missing zone, a
 * blank or `_` for the `T`, missing seconds, unix times. The fastapi dialect
 * needs its complaints in its words; a contract that wants the leniency of a
 * deployed backend names the format "pydantic-date-time". Pure functions.
 */
#ifndef SCHEMA_PYDANTIC_TIME_H
#define SCHEMA_PYDANTIC_TIME_H

#include "base/buf.h"
#include "schema/pydantic/reading.h"

enum pydantic_time_outcome {
    PYDANTIC_TIME_AWARE,        /* with a zone */
    PYDANTIC_TIME_NAIVE,        /* without */
    PYDANTIC_TIME_WRONG_TYPE,   /* error type datetime_type */
    PYDANTIC_TIME_NOT_A_DATE,   /* error type datetime_from_date_parsing */
    PYDANTIC_TIME_OUT_OF_RANGE, /* error type datetime_parsing */
};

struct pydantic_time {
    int year;
    unsigned month, day, hour, minute, second, microsecond;
    int zone_minutes;  /* AWARE: offset from UTC */
    const char *error; /* the last two outcomes: ctx.error */
};

enum pydantic_time_outcome pydantic_time_read(const struct json_node *value,
                                              struct pydantic_time *out);

/*
 * What pydantic's date parser says of a text that its date-time parser would
 * take, but a stricter contract does not ("input is too short", ...).
 */
const char *pydantic_date_error(struct str text);

/* Appends "2024-01-02T03:04:05.123000+05:30", without quotes: `Z` for offset 0,
 * six digits of a second or none, no zone where `aware` is false. */
void pydantic_time_print(const struct pydantic_time *time, bool aware, struct buf *out);

/*
 * Reads "HH:MM[:SS[.ffffff]]" at `*at`, which then is behind it. NULL, or what
 * is wrong ("invalid character in hour", ...).
 */
const char *pydantic_clock_read(struct str text, size_t *at, struct pydantic_time *out);

/* Readers: the value is what pydantic prints of it. */
pydantic_reader pydantic_read_date_time;
pydantic_reader pydantic_read_date;
pydantic_reader pydantic_read_time;

#endif
