/*
 * shape: a response schema, applied to a record.
 *
 * An answer is not printed from a tree: it is the response schema's properties
 * in order of declaration, each with the client's own text spliced in, or what
 * the server fills in, or the schema's default; absent ones are left out. A
 * shape is a response schema prepared for that: keys already quoted, defaults
 * already printed.
 *
 * Shapes live in the arena of their part (see mock/part.h), may be cyclic, and
 * are immutable once made. What the schema does not constrain is copied as the
 * client wrote it; a union has the shape of the member that fits.
 */
#ifndef MOCK_SHAPE_H
#define MOCK_SHAPE_H

#include "base/map.h"
#include "schema/schema.h"
#include "json/writer.h"

enum fill_kind {
    FILL_VALUE,  /* a constant */
    FILL_UUID4,  /* a new random UUID, from the world's seed */
    FILL_HEADER, /* a request header, else the fallback */
    FILL_NOW,    /* the world's clock, RFC 3339 */
    FILL_PATH,   /* a variable of the path template */
    FILL_PAGE,   /* of a list's answer: what `source` says of its page (wrap only) */
};

/* What the server puts where the client sent nothing. */
struct fill {
    struct str member;
    enum fill_kind kind;
    struct str source;   /* HEADER, PATH: its name; PAGE: more, count or total */
    struct str fallback; /* JSON text: VALUE's constant, HEADER's default; empty: leave it out */
    bool always;         /* replaces what the client sent */
    bool not_empty;      /* an empty string counts as nothing, too (keys) */
};

/* True if `value` (NULL: absent) is something that the client sent and that the fill gives way to.
 */
bool fill_yields(const struct fill *fill, const struct json_node *value);

struct str_list {
    struct str *items;
    size_t count;
};

struct shape;

struct shape_member {
    struct str label; /* "\"name\":" */
    const struct shape *shape;
    struct str fallback; /* the schema's default as JSON text, or empty */
    const struct fill *fill;
    bool takes_null;
    bool ignored; /* the client has no say in it: what it sent counts as absent */
};

struct shape {
    const struct schema_object *object; /* an object with declared properties, or NULL */
    struct shape_member *members;       /* one for each property of object */
    size_t count;
    bool open;                   /* undeclared members are kept */
    const struct shape *others;  /* of undeclared members; NULL: copied as they are */
    const struct shape *element; /* an array, or NULL; with neither: copied as it is */
    const struct shape **first;  /* of an array's first elements (prefixItems), or NULL */
    size_t first_count;
    const struct json_node *node;
    bool prints_time; /* format pydantic-date-time: normalized on the way out */
    bool prints_text; /* of type string: a number (a Decimal, as it was read) is put in quotes */
    const struct shape_choice *choices; /* a union's members without null, or NULL */
    size_t choice_count;
};

struct shape_choice {
    const struct schema *schema;
    const struct shape *shape;
};

/* Makes shapes; remembers those it made, so that recursive schemas end. */
struct shape_maker {
    struct arena *arena;
    struct map known; /* by the address of the schema */
};

void shape_maker_init(struct shape_maker *maker, struct arena *arena);

/* The shape of a schema (NULL: anything goes). */
const struct shape *shape_make(struct shape_maker *maker, const struct schema *schema);

/*
 * The shape of a record: that of `schema` with fills at its top level. Not
 * shared with other uses of the same schema. Returns NULL if the schema has no
 * declared properties.
 */
struct shape *shape_make_record(struct shape_maker *maker, const struct schema *schema,
                                const struct fill *fills, size_t fill_count);

/* Where fills take their values from. The functions append a JSON text or nothing. */
struct shape_source {
    void *context;
    void (*fill)(void *context, const struct fill *fill, struct buf *out);
    struct arena *scratch;
    bool print_nulls;      /* unset members that the schema lets be null are printed as null */
    enum json_style style; /* of what is copied */
};

/*
 * Appends `value` in the given shape. `value` may be NULL only for an object
 * shape: then everything is filled. Recursion follows the value's depth.
 */
void shape_write(const struct shape *shape, const struct json_node *value,
                 const struct shape_source *source, struct buf *out);

/*
 * Appends an answer around records that are texts already: objects from
 * `answer` down along `items`, with defaults for everything else, and at the
 * end `records` (joined by commas), in brackets if `as_list`. With no items the
 * answer is the records themselves.
 */
void shape_write_around(const struct shape *answer, const struct str_list *items,
                        struct str records, bool as_list, const struct shape_source *source,
                        struct buf *out);

#endif
