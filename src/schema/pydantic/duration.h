/*
 * duration: timedeltas as pydantic v2 (speedate) reads and prints them.
 *
 * "P1DT2H", "1 day, 02:00:00", "26:00:00" and numbers of seconds; printed as
 * ISO 8601 with years of 365 days.
 */
#ifndef SCHEMA_PYDANTIC_DURATION_H
#define SCHEMA_PYDANTIC_DURATION_H

#include "schema/pydantic/reading.h"

pydantic_reader pydantic_read_duration;

#endif
