/*
 * query_format: how a client spells arrays and objects in a query or a form,
 * whatever the document says. SDK generators have their own ways, and a test of such an SDK
 * tells them: the words are Steady's.
 */
#ifndef OPENAPI_QUERY_FORMAT_H
#define OPENAPI_QUERY_FORMAT_H

#include "base/arena.h"
#include "openapi/style.h"

/* False for a word that is none: auto, repeat, comma, space, pipe, brackets. */
bool query_arrays_from(struct str word, enum query_arrays *arrays);

/* The same for auto, flat, flat-comma, brackets, dots. */
bool query_objects_from(struct str word, enum query_objects *objects);

/* The spelling of a value that wants some of `types`: as said, else as declared. */
struct spelling query_spelling(const struct query_format *format, unsigned types,
                               struct spelling declared);

/* "filter.max=1" as "filter[max]=1", for names that begin with `name` and a dot. */
struct str query_without_dots(struct str query, struct str name, struct arena *arena);

#endif
