/*
 * regex_parser: what the files of the translator share.
 *
 * regex_translate.c walks the terms, regex_group.c knows all groups before the
 * walk begins, regex_class.c reads escapes and bracketed classes.
 */
#ifndef SCHEMA_REGEX_PARSER_H
#define SCHEMA_REGEX_PARSER_H

#include "base/map.h"
#include "schema/regex_translate.h"

/* One parenthesis, in order of opening. */
struct regex_group {
    size_t parent;   /* index of the enclosing group, or SIZE_MAX */
    bool quantified; /* a quantifier follows it */
    bool repeated;   /* one that may ask for more than one round */
    bool alternates; /* has a | of its own */
};

/* What the survey found. Lives in an arena. */
struct regex_survey {
    struct regex_group *groups;
    size_t group_count;
    uint32_t captures;
    struct map names;     /* of captures; the value is a struct regex_name */
    size_t repeated_name; /* offset of the first name that is given twice, or SIZE_MAX */
    bool has_references;  /* \1 or \k */
    bool has_quantifiers; /* anywhere */
    bool has_assertions;  /* (?= and the like */
    bool alternates;      /* a | outside of all groups */
};

struct regex_name {
    uint32_t number;
};

/* Finds groups, names and references, without judging the syntax. */
void regex_survey(struct arena *arena, struct str text, struct regex_survey *out);

struct regex_parser {
    struct str text;
    size_t at;
    enum regex_mode mode;
    bool validates; /* the translation is not wanted: spare what is costly in it */
    struct buf *out;
    struct regex_fault *fault;
    struct arena *arena;
    struct regex_survey survey;
    struct regex_open *open; /* the groups around `at`, innermost last */
    size_t depth;
    size_t opened; /* groups seen so far */
    bool fresh;    /* no choice was made since the last tick */
    bool dot_all;  /* (?s) holds */
};

/* Sets the fault and returns false. */
bool regex_fail(struct regex_parser *parser, size_t offset, const char *reason, const char *remedy);

/* True in lenient mode; else as regex_fail. */
bool regex_tolerates(struct regex_parser *parser, size_t offset, const char *reason,
                     const char *remedy);

/* The byte at `at` + ahead, or -1 beyond the end. */
int regex_peek(const struct regex_parser *parser, size_t ahead);

/* Any character at all, and none. (PCRE2 10.42 mistakes `[]` with a lazy quantifier.) */
extern const char regex_anything[];
extern const char regex_nothing[];

/* Reads "[...]" or one of the escapes that stand for a set, and appends its translation. */
bool regex_class(struct regex_parser *parser);
bool regex_is_set_escape(int letter); /* one of d D s S w W p P */
bool regex_set_escape(struct regex_parser *parser, bool in_class);

/* Reads an escaped character; `at` stands on the backslash. May give half of a pair. */
bool regex_character_escape(struct regex_parser *parser, bool in_class, uint32_t *out);

/*
 * Reads \uXXXX, a pair of these, or \u{X...} at byte *at, which stands behind
 * the "u", and moves *at behind it. False where it is none of these.
 */
bool regex_unicode_escape(struct str text, size_t *at, uint32_t *out);

/*
 * Reads "name>" at *at and moves *at behind it. The name's escapes are
 * resolved; it lives in the arena or in the text. False where it is malformed.
 */
bool regex_group_name(struct arena *arena, struct str text, size_t *at, struct str *name);

#endif
