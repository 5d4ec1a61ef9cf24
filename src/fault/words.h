/*
 * words: the vocabulary of a fault plan, and reading its values.
 *
 * Every object of a plan has a fixed set of words. Whatever else stands there
 * is an error that names the nearest known word. The functions below read one
 * value each and make a diagnostic of every mistake; none of them stops at the
 * first.
 */
#ifndef FAULT_WORDS_H
#define FAULT_WORDS_H

#include "base/diag.h"
#include "json/node.h"

/* The kinds of object in a plan. */
enum words_where {
    WORDS_PLAN,
    WORDS_SEQUENCE,
    WORDS_RULE,
    WORDS_MATCH,
    WORDS_MATCHER,
    WORDS_ATTEMPT,
    WORDS_WHEN,
    WORDS_DO,
    WORDS_DELAY,
    WORDS_LOGNORMAL,
    WORDS_AT,
    WORDS_DRIP,
    WORDS_QUOTA,
};

/*
 * True if `node` is an object that holds only words of its kind. Otherwise an
 * error for each stranger, with the nearest known word.
 */
bool words_check(const struct json_node *node, enum words_where where, struct diags *diags);

/* The same against a list of words that ends with NULL; `title` names the object. */
bool words_check_list(const struct json_node *node, const char *title, const char *const *words,
                      struct diags *diags);

/* A whole number from least to most. */
bool words_uint(const struct json_node *node, const char *word, uint64_t least, uint64_t most,
                struct diags *diags, uint64_t *out);

/* A number from 0 to 1. */
bool words_fraction(const struct json_node *node, const char *word, struct diags *diags,
                    double *out);

/* A string that is not empty; borrows the node's bytes. */
bool words_text(const struct json_node *node, const char *word, struct diags *diags,
                struct str *out);

/* One of `choices` (ends with NULL), as its index. */
bool words_choice(const struct json_node *node, const char *word, const char *const *choices,
                  struct diags *diags, size_t *out);

/* "a, b, c" in the arena, for remedies. */
const char *words_list(const char *const *words, struct arena *arena);

enum { WORDS_SHOWN_SIZE = 64 };

/* A value as a message shows it: a scalar (cut where it is long), "a list", "an object". */
void words_show(const struct json_node *node, char out[WORDS_SHOWN_SIZE]);

#endif
