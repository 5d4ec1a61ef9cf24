/*
 * yaml_text: where things stand in a YAML text.
 *
 * libyaml counts characters and we count bytes, and its marks for a value
 * begin at the anchor or tag before it.
 */
#ifndef JSON_YAML_TEXT_H
#define JSON_YAML_TEXT_H

#include "base/str.h"

/* A character and the byte where it begins. Starts at zero. */
struct text_cursor {
    struct str text;
    size_t index;
    size_t byte;
};

/*
 * Moves to character `index` (at most to the end) and returns its byte. Costs
 * the distance, so that following the events costs one walk through the text.
 */
size_t text_byte_at(struct text_cursor *cursor, size_t index);

/* True if an anchor or a tag stands at `start`. */
bool text_has_properties(struct str text, size_t start);

/* From `start` over anchor, tag and comments to the value; at most to `end`. */
size_t text_skip_properties(struct str text, size_t start, size_t end);

/*
 * True if the tag `!`, which makes a plain scalar a string, is among the
 * properties from `start` to `value`. libyaml's events do not tell.
 */
bool text_has_plain_tag(struct str text, size_t start, size_t value);

/* `end` without the blanks and line breaks before it, not below `start`. */
size_t text_trim_end(struct str text, size_t start, size_t end);

#endif
