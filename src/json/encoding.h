/*
 * encoding: a document's bytes as UTF-8 without a byte order mark.
 *
 * Readers below see UTF-8 only. Editors on some systems write a BOM or UTF-16;
 * such texts are copied once, so that offsets, lines and columns are those of
 * the text that a person sees.
 */
#ifndef JSON_ENCODING_H
#define JSON_ENCODING_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"

/*
 * Returns `source` itself where it needs no change, else a source in the arena
 * under the same name: without its UTF-8 BOM (the bytes are shared) or
 * transcoded from UTF-16 (with a BOM, or recognised by the zero byte of its
 * first character). NULL with an error for UTF-32, for broken UTF-16 and for
 * texts over 2 GiB, beyond which a node's offsets could overflow. UTF-8 itself
 * is not checked here.
 */
const struct source *encoding_to_utf8(struct arena *arena, const struct source *source,
                                      struct diags *diags);

#endif
