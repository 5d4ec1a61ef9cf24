/*
 * nearest: "did you mean", for names that somebody mistyped.
 */
#ifndef OPENAPI_NEAREST_H
#define OPENAPI_NEAREST_H

#include "base/buf.h"
#include "json/node.h"

/*
 * The member of `object` whose name is nearest to `wrong` (the first 1000 are
 * looked at), or NULL where none is near or `object` is no object.
 */
const char *nearest_member(const struct json_node *object, struct str wrong);

/*
 * A remedy in the buffer: `did you mean "NEAREST"?`, or where `nearest` is
 * NULL, `otherwise`. Returns its text.
 */
const char *nearest_remedy(struct buf *out, const char *nearest, const char *otherwise);

#endif
