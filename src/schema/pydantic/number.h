/* number: integers, floats, decimals and booleans as pydantic v2 reads them. */
#ifndef SCHEMA_PYDANTIC_NUMBER_H
#define SCHEMA_PYDANTIC_NUMBER_H

#include "schema/pydantic/reading.h"

/* "5", " +5 ", "1_000", "5.00", 5.0 and true are integers; "5.", "1e3" and 5.5 are not. */
pydantic_reader pydantic_read_integer;

/* An integer becomes a float; "1.5", ".5", "1e5", "inf" and "nan" are floats, true is 1.0. */
pydantic_reader pydantic_read_float;

/* A number or its text; becomes a number that is spelled as pydantic prints it. */
pydantic_reader pydantic_read_decimal;

/* 0, 1, 0.0, 1.0 and, in any case, true t yes y on 1, false f no n off 0. */
pydantic_reader pydantic_read_boolean;

#endif
