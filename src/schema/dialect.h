/*
 * dialect: which words of a schema are keywords, and where subschemas stand.
 *
 * A dialect is a set of vocabularies (JSON Schema 2020-12, Core 8.1), or
 * OpenAPI 3.0's closed list. What is not in it is a word that only annotates.
 */
#ifndef SCHEMA_DIALECT_H
#define SCHEMA_DIALECT_H

#include "schema/compile.h"

enum vocabulary {
    VOCABULARY_CORE = 1,
    VOCABULARY_APPLICATOR = 2,
    VOCABULARY_UNEVALUATED = 4,
    VOCABULARY_VALIDATION = 8,
    VOCABULARY_META_DATA = 16,
    VOCABULARY_FORMAT_ANNOTATION = 32,
    VOCABULARY_FORMAT_ASSERTION = 64,
    VOCABULARY_CONTENT = 128,
    VOCABULARY_OPENAPI = 256,     /* https://spec.openapis.org/oas/3.1/vocab/base */
    VOCABULARY_OPENAPI_3_0 = 512, /* alone: the Schema Object of OpenAPI 3.0.x */
};

struct dialect {
    unsigned vocabularies;
    bool assert_formats;
};

static inline bool dialect_is_3_0(const struct dialect *dialect)
{
    return dialect->vocabularies == VOCABULARY_OPENAPI_3_0;
}

/* In the order of strcmp, so that the table can be searched. */
enum word {
    WORD_ANCHOR,
    WORD_COMMENT,
    WORD_DEFS,
    WORD_DYNAMIC_ANCHOR,
    WORD_DYNAMIC_REF,
    WORD_ID,
    WORD_REF,
    WORD_SCHEMA,
    WORD_VOCABULARY,
    WORD_ADDITIONAL_PROPERTIES,
    WORD_ALL_OF,
    WORD_ANY_OF,
    WORD_CONST,
    WORD_CONTAINS,
    WORD_CONTENT_ENCODING,
    WORD_CONTENT_MEDIA_TYPE,
    WORD_CONTENT_SCHEMA,
    WORD_DEFAULT,
    WORD_DEFINITIONS,
    WORD_DEPENDENCIES,
    WORD_DEPENDENT_REQUIRED,
    WORD_DEPENDENT_SCHEMAS,
    WORD_DEPRECATED,
    WORD_DESCRIPTION,
    WORD_DISCRIMINATOR,
    WORD_ELSE,
    WORD_ENUM,
    WORD_EXAMPLE,
    WORD_EXAMPLES,
    WORD_EXCLUSIVE_MAXIMUM,
    WORD_EXCLUSIVE_MINIMUM,
    WORD_EXTERNAL_DOCS,
    WORD_FORMAT,
    WORD_IF,
    WORD_ITEMS,
    WORD_MAX_CONTAINS,
    WORD_MAX_ITEMS,
    WORD_MAX_LENGTH,
    WORD_MAX_PROPERTIES,
    WORD_MAXIMUM,
    WORD_MIN_CONTAINS,
    WORD_MIN_ITEMS,
    WORD_MIN_LENGTH,
    WORD_MIN_PROPERTIES,
    WORD_MINIMUM,
    WORD_MULTIPLE_OF,
    WORD_NOT,
    WORD_NULLABLE,
    WORD_ONE_OF,
    WORD_PATTERN,
    WORD_PATTERN_PROPERTIES,
    WORD_PREFIX_ITEMS,
    WORD_PROPERTIES,
    WORD_PROPERTY_NAMES,
    WORD_READ_ONLY,
    WORD_REQUIRED,
    WORD_THEN,
    WORD_TITLE,
    WORD_TYPE,
    WORD_UNEVALUATED_ITEMS,
    WORD_UNEVALUATED_PROPERTIES,
    WORD_UNIQUE_ITEMS,
    WORD_WRITE_ONLY,
    WORD_XML,
    WORD_COUNT,
};

/* What a word's value holds. */
enum word_holds {
    HOLDS_VALUE,
    HOLDS_SCHEMA,
    HOLDS_SCHEMA_LIST,
    HOLDS_SCHEMA_MAP,
};

struct word_entry {
    const char *name;
    unsigned vocabularies; /* the word is a keyword where one of these is in force */
    enum word_holds holds;
    bool asserts; /* it can make a value invalid, so ignoring it deserves a warning */
};

extern const struct word_entry word_table[WORD_COUNT];

/* The word of that name, or WORD_COUNT. */
enum word word_find(struct str name);

/* The word whose name is nearest to `name`, or NULL: for "did you mean". */
const char *word_nearest(struct str name);

static inline bool dialect_knows(const struct dialect *dialect, enum word word)
{
    return (word_table[word].vocabularies & dialect->vocabularies) != 0;
}

/* The dialect that an option names. */
struct dialect dialect_from_option(enum schema_dialect option, bool assert_formats);

/* The dialect of a well-known $schema (2020-12, OpenAPI 3.1's base); false for others. */
bool dialect_from_uri(struct str uri, bool assert_formats, struct dialect *out);

/*
 * The dialect that a metaschema's $vocabulary describes. Returns false, with
 * *unknown set to the member, where it demands a vocabulary that we do not
 * have. A metaschema without $vocabulary describes plain 2020-12.
 */
bool dialect_from_metaschema(const struct json_node *metaschema, bool assert_formats,
                             struct dialect *out, const struct json_node **unknown);

#endif
