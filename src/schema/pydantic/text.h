/* text: strings, UUIDs, URLs and addresses as pydantic v2 reads them. */
#ifndef SCHEMA_PYDANTIC_TEXT_H
#define SCHEMA_PYDANTIC_TEXT_H

#include "schema/pydantic/reading.h"

/* A string and nothing else: there is no conversion. */
pydantic_reader pydantic_read_string;

/* With or without hyphens, in braces, as a URN; becomes lower case with hyphens. */
pydantic_reader pydantic_read_uuid;

/* An absolute URL as the WHATWG's standard has it; becomes its normal form. */
pydantic_reader pydantic_read_url;

/* The same, of the schemes http and https only. */
pydantic_reader pydantic_read_http_url;

pydantic_reader pydantic_read_ipv4;
pydantic_reader pydantic_read_ipv6;

#endif
