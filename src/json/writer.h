/*
 * writer: nodes and values to compact JSON text.
 *
 * Two layers: json_write prints a tree; `struct json_writer` builds a text
 * piece by piece, minding the commas. Output goes to a buf; nothing fails.
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

#include "base/buf.h"
#include "json/node.h"

enum json_style {
    /* Numbers by their lexeme, escapes as few as RFC 8259 allows, non-finite as null. */
    JSON_EXACT,
    /* As Python's json.dumps(ensure_ascii=False, separators=(',', ':')) prints the
     * value that json.loads made of it: 1.10 -> 1.1, 1e5 -> 100000.0, 1e20 -> 1e+20,
     * integers verbatim (-0 -> 0), NaN and Infinity as these words. */
    JSON_PYTHON,
    /* As pydantic-core (ryu) prints floats: 1e-7, 0.00001, 1e+20, 100000.0;
     * integers verbatim, -0 -> 0, NaN and infinity -> null. */
    JSON_PYDANTIC,
};

/*
 * Appends the compact JSON text of `node`. In JSON_EXACT a node with
 * JSON_COMPACT is copied from its source. Not recursive.
 */
void json_write(struct buf *out, const struct json_node *node, enum json_style style);

/* Appends a quoted, escaped string. The bytes must be UTF-8. */
void json_write_string(struct buf *out, struct str text);

/* The string without quotes, for splicing. */
void json_write_escaped(struct buf *out, struct str text);

/*
 * A double as Python's repr prints it (JSON_PYTHON) or as ryu does (the others),
 * with the fewest digits that read back as the same double.
 */
void json_write_double(struct buf *out, double number, enum json_style style);

/* Writes one text; `need_comma` is the state between calls. */
struct json_writer {
    struct buf *out;
    bool need_comma;
};

static inline struct json_writer json_writer_to(struct buf *out)
{
    return (struct json_writer){out, false};
}

void json_begin_object(struct json_writer *writer);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer);
void json_end_array(struct json_writer *writer);
void json_put_key(struct json_writer *writer, const char *name);
void json_put_key_str(struct json_writer *writer, struct str name);
void json_put_string(struct json_writer *writer, struct str text);
void json_put_text(struct json_writer *writer, const char *text); /* NULL: null */
void json_put_int(struct json_writer *writer, int64_t number);
void json_put_double(struct json_writer *writer, double number); /* not finite: null */
void json_put_bool(struct json_writer *writer, bool value);
void json_put_null(struct json_writer *writer);
/* A complete JSON text, spliced as it is. */
void json_put_raw(struct json_writer *writer, struct str text);
void json_put_node(struct json_writer *writer, const struct json_node *node);

#endif
