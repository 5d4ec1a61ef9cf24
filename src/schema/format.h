/*
 * format: the values of `format`, each a hand-written check.
 *
 * The table holds JSON Schema 2020-12's formats and those of OpenAPI's
 * registry. A format applies to one kind of value and accepts all others. An
 * unknown format annotates only. Stateless, thread-safe.
 */
#ifndef SCHEMA_FORMAT_H
#define SCHEMA_FORMAT_H

#include "json/node.h"

struct format {
    const char *name;
    unsigned types; /* bits of enum schema_type to which the check applies */
    /* For values of these types only. Strings must be valid UTF-8. */
    bool (*check)(const struct json_node *value);
    const char *description; /* "an RFC 3339 date and time with an offset" */
};

/* The format of that name, or NULL. O(log n). */
const struct format *format_find(struct str name);

/* All of them, for --help and "did you mean"; ends with a NULL name. Sorted by name. */
const struct format *format_table(void);

/* True if the value is of a type to which the format does not apply, or passes the check. */
bool format_accepts(const struct format *format, const struct json_node *value);

/* The checks themselves where other modules want them, on text. */
bool format_is_date_time(
    struct str text); /* RFC 3339: offset needed, leap seconds only at 23:59 UTC */
bool format_is_date(struct str text);
bool format_is_uuid(struct str text);

#endif
