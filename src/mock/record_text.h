/*
 * record_text: one member of a stored record, without reading it into a tree.
 *
 * A rule that follows references looks at many records and at two members of
 * each. What the store keeps is valid JSON, so the rest can be skipped over.
 */
#ifndef MOCK_RECORD_TEXT_H
#define MOCK_RECORD_TEXT_H

#include "mock/overlay_words.h"

/*
 * The JSON text of the member that the names lead to from the object `text`,
 * as a slice of it; data is NULL where there is none. `text` must be valid JSON.
 * Costs O(what stands before the member).
 */
struct str record_text_find(struct str text, const struct str_list *names);

/*
 * What a key is made of: the value of a string, the lexeme of a number, the
 * text itself of anything else; data is NULL for null. Borrows `value` where
 * that has no escapes, else lies in the arena.
 */
struct str record_text_plain(struct str value, struct arena *arena);

#endif
