/*
 * value_pattern: WireMock's words for what a value must be like.
 *
 *     {"equalTo": "a", "caseInsensitive": true}   {"contains": "a"}   {"doesNotContain": "a"}
 *     {"matches": "a.*"}   {"doesNotMatch": "a.*"}   (the whole value, a dot takes line breaks)
 *     {"absent": true}   {"anything": "(always)"}   {"binaryEqualTo": "AQID"}
 *     {"equalToJson": {...}, "ignoreArrayOrder": true, "ignoreExtraElements": true}
 *     {"matchesJsonPath": "$.a"}   {"matchesJsonPath": {"expression": "$.a", "equalTo": "b"}}
 *     {"not": {...}}   {"and": [...]}   {"or": [...]}
 *     {"hasExactly": [{...}]}   {"includes": [{...}]}   (of all values of a header or parameter)
 *
 * What it does not know it refuses, by name: nothing is ever taken to match.
 */
#ifndef WIREMOCK_VALUE_PATTERN_H
#define WIREMOCK_VALUE_PATTERN_H

#include "base/arena.h"
#include "json/node.h"

struct pattern; /* schema/pattern.h */
struct value_pattern;

/*
 * What reading and matching share: the arena that patterns live in, one for what
 * a match needs (the caller may clear it between matches), the compiled
 * expressions (pattern_matching_close frees them), the first mistake, and the
 * steps that are left for all the matches of one call.
 */
struct pattern_matching {
    struct arena *arena;
    struct arena *scratch;
    struct pattern_cell *expressions;
    const char *problem;  /* in one sentence; NULL: none */
    uint32_t regex_steps; /* see schema/pattern.h */
    uint32_t json_steps;  /* comparisons of JSON values */
    bool undecided;       /* something cost more than there was: the answer is not known */
};

void pattern_matching_open(struct pattern_matching *matching, struct arena *arena,
                           struct arena *scratch);
void pattern_matching_close(struct pattern_matching *matching);

/* Remembers a mistake, if it is the first; false, always. */
bool pattern_problem(struct pattern_matching *matching, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Compiles an expression that must match the whole of a text; NULL and a problem if it is none. */
const struct pattern *pattern_of_whole(struct pattern_matching *matching, struct str expression);

/* The same for one match only: false, too, where the expression is none. */
bool text_matches_whole(struct pattern_matching *matching, struct str expression, struct str text);

/* True if it matches; undecided where the steps ran out. */
bool pattern_matches_whole(struct pattern_matching *matching, const struct pattern *pattern,
                           struct str text);

/* NULL and a problem for a mistake. The nodes must outlive it. */
const struct value_pattern *value_pattern_read(struct pattern_matching *matching,
                                               const struct json_node *node);

/* Does one value match? `data` is NULL for a value that is not there. */
bool value_pattern_matches(struct pattern_matching *matching, const struct value_pattern *pattern,
                           struct str value);

/* Do the values of one name match: one of them, or as hasExactly and includes say? */
bool value_pattern_matches_any(struct pattern_matching *matching,
                               const struct value_pattern *pattern, const struct str *values,
                               size_t count);

/* How far values that do not match are away, from 0 (they match) to 1. */
double value_pattern_distance(struct pattern_matching *matching,
                              const struct value_pattern *pattern, const struct str *values,
                              size_t count);

/* By the edit distance of what is compared, from 0 to 1. */
double text_distance(struct str a, struct str b);

#endif
