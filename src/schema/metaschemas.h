/*
 * metaschemas: the documents that define JSON Schema 2020-12 in its own terms.
 *
 * Built in, so that a `$ref` to them needs no network. Read only when one of
 * them is referred to.
 */
#ifndef SCHEMA_METASCHEMAS_H
#define SCHEMA_METASCHEMAS_H

#include "base/source.h"

struct metaschema {
    const char *uri;
    struct source source; /* static: diagnostics may point into it for ever */
};

/* The metaschema of that URI (without fragment), or NULL. */
const struct metaschema *metaschema_find(struct str uri);

#endif
