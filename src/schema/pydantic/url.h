/*
 * url: absolute URLs as the WHATWG's standard parses and prints them.
 *
 * The part of https://url.spec.whatwg.org/ that a parser without a base needs.
 * Host names from outside ASCII become Punycode as they are: unlike a browser,
 * nothing is mapped to lower case or normalized there.
 */
#ifndef SCHEMA_PYDANTIC_URL_H
#define SCHEMA_PYDANTIC_URL_H

#include "base/arena.h"

/*
 * Appends the normal form to `out` and returns NULL, or returns what the Rust
 * crate url complains of ("relative URL without a base", "empty host", ...).
 */
struct buf;
const char *pydantic_url_normalize(struct str text, struct arena *arena, struct buf *out);

#endif
