/*
 * convert: texts to JSON nodes, by what a schema wants of them.
 *
 * A converter carries what all texts of one parameter or body have in common:
 * how they are coded and what to do with bytes that are no text. `malformed`
 * is set when a strict converter meets such bytes; what was made is then of no
 * use.
 */
#ifndef OPENAPI_CONVERT_H
#define OPENAPI_CONVERT_H

#include "openapi/wanted.h"

struct query_format; /* contract.h */

enum text_coding {
    TEXT_PLAIN,   /* headers, multipart */
    TEXT_PERCENT, /* paths, cookies */
    TEXT_FORM,    /* queries, forms: '+' is a blank */
};

struct converter {
    struct arena *arena;
    const char *origin; /* "query", "form", ...: the name of the nodes' sources */
    enum text_coding coding;
    bool lenient; /* bytes that are not UTF-8 become one character each */
    bool malformed;
    const struct query_format *format; /* of a form's arrays and objects; NULL: as declared */
};

/* The text as it was meant. Lives in the arena or borrows `raw`. */
struct str convert_decode(struct converter *converter, struct str raw);

/* A string, whatever is wanted. */
struct json_node *convert_string(struct converter *converter, struct str raw);

/* A string, number, boolean or null; a string where nothing else fits. */
struct json_node *convert_scalar(struct converter *converter, const struct wanted *wanted,
                                 struct str raw);

/* The JSON text in `raw` as nodes, or NULL if it is none. */
struct json_node *convert_json(struct converter *converter, struct str raw);

/* Readings of one value, in order of preference. */
enum { READINGS_MAX = 8 };

struct readings {
    struct json_node *nodes[READINGS_MAX];
    size_t count;
};

/* Adds a reading; NULL is none. */
void readings_add(struct readings *readings, struct json_node *node);

/* Adds what the text can be of the given types: a string first, null last. */
void readings_add_scalars(struct readings *readings, struct converter *converter, unsigned types,
                          struct str raw);

/*
 * The first reading that the schema accepts. If none is accepted, the first
 * that is no string, since a text that spells a number was meant as one; else
 * the string. NULL if there are no readings.
 */
struct json_node *readings_choose(const struct readings *readings, struct converter *converter,
                                  const struct wanted *wanted);

#endif
