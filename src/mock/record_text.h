/*
 * record_text: some members of a stored record, without reading it into a tree.
 *
 * A rule that follows references looks at many records and at two or three
 * members of each. What the store keeps is valid JSON, so the rest is skipped.
 */
#ifndef MOCK_RECORD_TEXT_H
#define MOCK_RECORD_TEXT_H

#include "mock/overlay_words.h"

/* A member that is looked for: the names that lead to it, and what was found. */
struct record_member {
    const struct str_list *names;
    struct str value; /* its JSON text, a slice of the record's; data is NULL where there is none */
};

/*
 * Finds the members in the object `text`, which must be valid JSON. One pass,
 * which ends behind the last of them; names must be unique in their object.
 */
void record_text_find(struct str text, struct record_member *members, size_t count);

/*
 * What a key is made of: the value of a string, the lexeme of a number, the
 * text itself of anything else; data is NULL for null. Borrows `value` where
 * that has no escapes, else lies in the arena.
 */
struct str record_text_plain(struct str value, struct arena *arena);

#endif
