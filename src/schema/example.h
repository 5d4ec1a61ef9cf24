/*
 * example: a value that fits a schema.
 *
 * What a document gives is preferred: `example`, `examples`, `default`, `const`,
 * the first of `enum`. The rest is generated from the type and its limits, with
 * a generator of the caller's, so that the same seed gives the same value.
 */
#ifndef SCHEMA_EXAMPLE_H
#define SCHEMA_EXAMPLE_H

#include "base/rng.h"
#include "schema/validate.h"

/* How long arrays shall be that the schema leaves open. */
struct example_lengths {
    bool given; /* else an array has what it must have, or one element */
    unsigned min;
    unsigned max;
};

struct example_options {
    struct rng *rng;
    enum direction direction;      /* REQUEST leaves out readOnly, RESPONSE writeOnly members */
    bool required_only;            /* leave out what is not required */
    bool invent;                   /* draw a value even where the document gives one */
    struct example_lengths arrays; /* the schema's own limits go before them */
};

/*
 * Appends a JSON text that is valid against the schema and returns true. False,
 * with nothing appended, where no value was found (a pattern or a combination
 * that is out of reach): the caller says so and does not guess.
 */
bool example_write(const struct schema *schema, const struct example_options *options,
                   struct arena *arena, struct buf *out);

#endif
