/*
 * yaml_scalar: what a scalar means by the YAML 1.2 core schema.
 *
 * YAML 1.2.2, section 10.3.2. Nothing of YAML 1.1 is left: yes, no, on, off,
 * dates, 1_000, 0b11 and 12:30:45 are strings; 0123 is a decimal integer.
 */
#ifndef JSON_YAML_SCALAR_H
#define JSON_YAML_SCALAR_H

#include "json/node.h"

enum scalar_kind {
    SCALAR_TEXT,
    SCALAR_NULL,
    SCALAR_FALSE,
    SCALAR_TRUE,
    SCALAR_INTEGER,
    SCALAR_OCTAL,
    SCALAR_HEX,
    SCALAR_FLOAT,
    SCALAR_NOT_FINITE, /* .inf and .nan, which JSON cannot say */
};

/*
 * The kind of a plain scalar. 0x and 0o numbers of more than 256 digits are
 * text: nobody means a number by them.
 */
enum scalar_kind scalar_kind_of(struct str text);

/* What it becomes: null for what JSON cannot say. */
enum json_type scalar_type(enum scalar_kind kind);

/* The tags that mean something. */
enum scalar_tag {
    TAG_NONE,
    TAG_PLAIN, /* `!`: a scalar is a string */
    TAG_STRING,
    TAG_NULL,
    TAG_BOOLEAN,
    TAG_INTEGER,
    TAG_FLOAT,
    TAG_LIST,
    TAG_MAPPING,
    TAG_UNKNOWN, /* all others: ignored */
};

/* A tag in its long form ("tag:yaml.org,2002:int"); data is NULL where there is none. */
enum scalar_tag scalar_tag_of(struct str tag);

/* "int" of such a tag; only for those that scalar_tag_of knows. */
struct str scalar_tag_name(struct str tag);

/*
 * The kind of a scalar with this tag; `plain` where it stands without quotes.
 * False where the tag says one thing and the text another.
 */
bool scalar_resolve(struct str text, enum scalar_tag tag, bool plain, enum scalar_kind *kind);

/*
 * A number's text as RFC 8259 spells it, in the arena and NUL-terminated: exact,
 * and as it was written wherever JSON has that form ("1.10", "1e5"). For
 * INTEGER, OCTAL, HEX and FLOAT only.
 */
struct str scalar_lexeme(struct arena *arena, struct str text, enum scalar_kind kind);

#endif
