/*
 * python_text: bytes as Python's json module decodes them.
 *
 * json.loads looks at the first bytes: a text may be UTF-8, UTF-16 or UTF-32,
 * with a byte order mark or without.
 */
#ifndef JSON_PYTHON_TEXT_H
#define JSON_PYTHON_TEXT_H

#include "base/arena.h"

/*
 * The text as UTF-8: `bytes` itself where it is that (or nothing else that is
 * known), else a copy in the arena without a byte order mark. False where the
 * bytes are no text of the encoding that they seem to be.
 */
bool json_python_text(struct arena *arena, struct str bytes, struct str *text);

#endif
