/*
 * overlay_words: what the readers of `x-understudy` share.
 *
 * An overlay's words are few and known; a word that is not among them is a
 * mistake, told with its place and the nearest known one. Word lists end with
 * NULL; empty words in them are places without a name. Everything that is kept
 * lives in the arena or in the document.
 */
#ifndef MOCK_OVERLAY_WORDS_H
#define MOCK_OVERLAY_WORDS_H

#include "base/diag.h"
#include "mock/shape.h"
#include "json/node.h"

/* Who reads: where things are kept and mistakes are told. */
struct overlay_reader {
    struct arena *arena;
    struct diags *diags;
};

void str_list_add(struct str_list *list, struct arena *arena, struct str item);

/* "did you mean ...?", or all of the words. */
const char *overlay_nearest(struct arena *arena, struct str wrong, const char *const *words);

/* The member's name is none of the words. */
void overlay_report_unknown(const struct overlay_reader *reader, const struct json_node *member,
                            const char *const *words);

/* Reports every member that is none of the words, and anything that is no object. */
bool overlay_check_words(const struct overlay_reader *reader, const struct json_node *object,
                         const char *const *words);

/* The index of the word that `value` is; -1, and it is reported ("unknown WHAT"), if it is none. */
int overlay_read_choice(const struct overlay_reader *reader, const struct json_node *value,
                        const char *const *words, const char *what);

/* A string that is not empty; else "WHAT must be a non-empty string" is reported. */
bool overlay_read_text(const struct overlay_reader *reader, const struct json_node *value,
                       const char *what, struct str *out);

/* A whole number from `least` to `most`; else what is wanted is reported. */
bool overlay_read_count(const struct overlay_reader *reader, const struct json_node *value,
                        int64_t least, int64_t most, const char *what, int64_t *out);

/* The names of a JSON Pointer ("/a/b~1c"), decoded, are added to `out`; false if it is none. */
bool overlay_decode_pointer(struct arena *arena, struct str pointer, struct str_list *out);

/* The same for a member of an object; what is no pointer is reported. */
bool overlay_read_pointer(const struct overlay_reader *reader, const struct json_node *value,
                          struct str_list *out);

#endif
