/*
 * uri: references made absolute, as RFC 3986 section 5.2 says.
 *
 * Any text is taken for a URI: URNs, file names and plain words are names like
 * others. Nothing is fetched, decoded or normalised beyond dot segments, so two
 * URIs are the same if their bytes are.
 */
#ifndef SCHEMA_URI_H
#define SCHEMA_URI_H

#include "base/arena.h"
#include "base/str.h"

/* A reference cut at its first '#'. Both slices borrow the reference. */
struct uri_reference {
    struct str uri;      /* what stands before the '#' */
    struct str fragment; /* what stands after it; data is NULL where there is no '#' */
};

struct uri_reference uri_split(struct str reference);

/*
 * `reference` (without fragment) resolved against `base` (absolute, without
 * fragment). An empty reference gives the base itself. The result is in the
 * arena or borrows one of the two.
 */
struct str uri_resolve(struct arena *arena, struct str base, struct str reference);

/* Percent-decodes into the arena (malformed escapes stay as they are). */
struct str uri_decode(struct arena *arena, struct str text);

#endif
