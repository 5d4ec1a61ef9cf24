/*
 * format_checks: the checks behind the table in format.c, by file.
 *
 * Only format.c and the tests of one family need these. A check is called for
 * values of the types that its row in the table names, never for others.
 * format_check_<name> checks the format <name>.
 */
#ifndef SCHEMA_FORMAT_CHECKS_H
#define SCHEMA_FORMAT_CHECKS_H

#include "json/node.h"

/* format_time.c: dates, times and durations */
bool format_check_date_time(const struct json_node *value);
bool format_check_date_time_local(const struct json_node *value);
bool format_check_date(const struct json_node *value);
bool format_check_time(const struct json_node *value);
bool format_check_time_local(const struct json_node *value);
bool format_check_duration(const struct json_node *value);
bool format_check_http_date(const struct json_node *value);
bool format_check_pydantic_date_time(const struct json_node *value);

/* format_net.c: names and addresses */
bool format_check_hostname(const struct json_node *value);
bool format_check_idn_hostname(const struct json_node *value);
bool format_check_email(const struct json_node *value);
bool format_check_idn_email(const struct json_node *value);
bool format_check_ipv4(const struct json_node *value);
bool format_check_ipv6(const struct json_node *value);

/* RFC 3986's dec-octet form, and RFC 4291 2.2 without a zone; on text for literals in URIs. */
bool format_is_ipv4(struct str text);
bool format_is_ipv6(struct str text);

/* format_uri.c: references and templates */
bool format_check_uri(const struct json_node *value);
bool format_check_uri_reference(const struct json_node *value);
bool format_check_iri(const struct json_node *value);
bool format_check_iri_reference(const struct json_node *value);
bool format_check_uri_template(const struct json_node *value);

/* format_text.c: what is left of text */
bool format_check_uuid(const struct json_node *value);
bool format_check_regex(const struct json_node *value);
bool format_check_json_pointer(const struct json_node *value);
bool format_check_relative_json_pointer(const struct json_node *value);
bool format_check_byte(const struct json_node *value);
bool format_check_base64url(const struct json_node *value);
bool format_check_char(const struct json_node *value);
bool format_check_media_range(const struct json_node *value);
bool format_check_sf_string(const struct json_node *value);
bool format_check_sf_token(const struct json_node *value);
bool format_check_sf_binary(const struct json_node *value);
bool format_check_sf_boolean(const struct json_node *value);

/* format_number.c: numbers, some also as text */
bool format_check_int8(const struct json_node *value);
bool format_check_int16(const struct json_node *value);
bool format_check_int32(const struct json_node *value);
bool format_check_int64(const struct json_node *value);
bool format_check_uint8(const struct json_node *value);
bool format_check_uint16(const struct json_node *value);
bool format_check_uint32(const struct json_node *value);
bool format_check_uint64(const struct json_node *value);
bool format_check_double_int(const struct json_node *value);
bool format_check_float(const struct json_node *value);
bool format_check_double(const struct json_node *value);
bool format_check_decimal(const struct json_node *value);
bool format_check_decimal128(const struct json_node *value);
bool format_check_sf_integer(const struct json_node *value);
bool format_check_sf_decimal(const struct json_node *value);

#endif
