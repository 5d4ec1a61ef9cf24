#include "schema/format.h"

#include "schema/format_checks.h"
#include "schema/schema.h"

#include <stdlib.h>

enum {
    TEXT = SCHEMA_STRING,
    NUMBER = SCHEMA_INTEGER | SCHEMA_NUMBER,
};

/* For formats that only tell a reader or a form what to expect. */
static bool accept_all(const struct json_node *value)
{
    (void)value;
    return true;
}

/* Sorted by name: format_find searches it. */
static const struct format table[] = {
    {"base64url", TEXT, format_check_base64url, "base64 in the alphabet for URLs (RFC 4648)"},
    {"binary", TEXT, accept_all, "any sequence of octets"},
    {"byte", TEXT, format_check_byte, "base64 with padding (RFC 4648)"},
    {"char", TEXT, format_check_char, "a single character"},
    {"commonmark", TEXT, accept_all, "text in CommonMark"},
    {"date", TEXT, format_check_date, "an RFC 3339 date like 2024-02-29"},
    {"date-time", TEXT, format_check_date_time, "an RFC 3339 date and time with an offset"},
    {"date-time-local", TEXT, format_check_date_time_local,
     "an RFC 3339 date and time without an offset"},
    {"decimal", TEXT | NUMBER, format_check_decimal, "a fixed point decimal number"},
    {"decimal128", TEXT | NUMBER, format_check_decimal128,
     "a decimal number with at most 34 significant digits"},
    {"double", NUMBER, format_check_double, "a number in the range of an IEEE 754 double"},
    {"double-int", NUMBER, format_check_double_int,
     "an integer that a double holds exactly, -(2^53)+1 to 2^53-1"},
    {"duration", TEXT, format_check_duration, "an RFC 3339 duration like P1DT12H"},
    {"email", TEXT, format_check_email, "an e-mail address (RFC 5321)"},
    {"float", NUMBER, format_check_float, "a number in the range of an IEEE 754 single"},
    {"hostname", TEXT, format_check_hostname, "a host name (RFC 1123)"},
    {"html", TEXT, accept_all, "text in HTML"},
    {"http-date", TEXT, format_check_http_date,
     "an HTTP date like Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110)"},
    {"idn-email", TEXT, format_check_idn_email, "an internationalized e-mail address (RFC 6531)"},
    {"idn-hostname", TEXT, format_check_idn_hostname, "an internationalized host name (RFC 5890)"},
    {"int16", NUMBER, format_check_int16, "a signed 16-bit integer"},
    {"int32", NUMBER, format_check_int32, "a signed 32-bit integer"},
    {"int64", TEXT | NUMBER, format_check_int64, "a signed 64-bit integer"},
    {"int8", NUMBER, format_check_int8, "a signed 8-bit integer"},
    {"ipv4", TEXT, format_check_ipv4, "an IPv4 address like 192.0.2.1"},
    {"ipv6", TEXT, format_check_ipv6, "an IPv6 address like 2001:db8::1"},
    {"iri", TEXT, format_check_iri, "an IRI (RFC 3987)"},
    {"iri-reference", TEXT, format_check_iri_reference, "an IRI or a relative reference"},
    {"json-pointer", TEXT, format_check_json_pointer, "a JSON Pointer like /items/0 (RFC 6901)"},
    {"media-range", TEXT, format_check_media_range, "a media range like text/* (RFC 9110)"},
    {"password", TEXT, accept_all, "a secret, to be shown to nobody"},
    {"pydantic-date-time", TEXT | NUMBER, format_check_pydantic_date_time,
     "a date and time in any form that pydantic reads"},
    {"regex", TEXT, format_check_regex, "an ECMA-262 regular expression"},
    {"relative-json-pointer", TEXT, format_check_relative_json_pointer,
     "a relative JSON Pointer like 1/name"},
    {"sf-binary", TEXT, format_check_sf_binary, "a structured field's bytes like :aGk=:"},
    {"sf-boolean", TEXT, format_check_sf_boolean, "a structured field's boolean, ?0 or ?1"},
    {"sf-decimal", NUMBER, format_check_sf_decimal,
     "a number with at most 12 digits before and 3 behind the point"},
    {"sf-integer", NUMBER, format_check_sf_integer, "an integer of at most 15 digits"},
    {"sf-string", TEXT, format_check_sf_string, "a structured field's string, in double quotes"},
    {"sf-token", TEXT, format_check_sf_token, "a structured field's token"},
    {"time", TEXT, format_check_time, "an RFC 3339 time with an offset"},
    {"time-local", TEXT, format_check_time_local, "an RFC 3339 time without an offset"},
    {"uint16", NUMBER, format_check_uint16, "an unsigned 16-bit integer"},
    {"uint32", NUMBER, format_check_uint32, "an unsigned 32-bit integer"},
    {"uint64", TEXT | NUMBER, format_check_uint64, "an unsigned 64-bit integer"},
    {"uint8", NUMBER, format_check_uint8, "an unsigned 8-bit integer"},
    {"uri", TEXT, format_check_uri, "a URI (RFC 3986)"},
    {"uri-reference", TEXT, format_check_uri_reference, "a URI or a relative reference"},
    {"uri-template", TEXT, format_check_uri_template, "a URI template like /users/{id} (RFC 6570)"},
    {"uuid", TEXT, format_check_uuid, "a UUID like 123e4567-e89b-12d3-a456-426614174000"},
    {NULL, 0, NULL, NULL},
};

enum { FORMAT_COUNT = sizeof table / sizeof *table - 1 };

static int compare_name(const void *key, const void *entry)
{
    return str_compare(*(const struct str *)key, str_from(((const struct format *)entry)->name));
}

const struct format *format_find(struct str name)
{
    return bsearch(&name, table, FORMAT_COUNT, sizeof *table, compare_name);
}

const struct format *format_table(void)
{
    return table;
}

static unsigned type_bits(const struct json_node *value)
{
    switch (value->type) {
    case JSON_NUMBER:
        return NUMBER;
    case JSON_STRING:
        return TEXT;
    default:
        return 0;
    }
}

bool format_accepts(const struct format *format, const struct json_node *value)
{
    return (format->types & type_bits(value)) == 0 || format->check(value);
}
