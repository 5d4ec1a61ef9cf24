/*
 * record: from what a client sent to what the store keeps.
 *
 * For one record after the other: its key, and its text in the shape of the
 * answer's schema. A value that the server makes (an id, say) is made once and
 * is the same in both. One maker belongs to one thread.
 */
#ifndef MOCK_RECORD_H
#define MOCK_RECORD_H

#include "mock/part.h"

struct record_maker {
    const struct behavior *behavior;
    const struct shape_source *source; /* where the values come from */
    struct str *made; /* JSON texts of this record's fills, by index; empty: not made yet */
};

/* `source` must outlive the maker; memory comes from its scratch arena. */
void record_maker_init(struct record_maker *maker, const struct behavior *behavior,
                       const struct shape_source *source);

/* The record's key, as mock/key.h makes it of its parts. Lives in the scratch arena. */
struct str record_maker_key(struct record_maker *maker, const struct json_node *record);

/* Appends the record's text. */
void record_maker_write(struct record_maker *maker, const struct json_node *record,
                        struct buf *out);

/* Puts the fills into the tree itself, for checking it as a whole. */
void record_maker_complete(struct record_maker *maker, struct json_node *record);

#endif
