/*
 * rule_reference: records that refer to others: is the other one there, does it
 * belong to the same group, do the references run in a circle.
 *
 * What a record refers to is looked for in the batch first (of records with the
 * same key the last one counts, as it will in the store), then in the store.
 * Each record refers to one other at most, so circles are found by walking; the
 * whole takes time in proportion to the batch and to the stored records that
 * its references lead to, of which at most REFERENCE_STORED_MAX are looked at.
 *
 * The check and the write that follows are not one step: two batches that come
 * at the same moment may together form what neither of them forms alone.
 */
#ifndef MOCK_RULE_REFERENCE_H
#define MOCK_RULE_REFERENCE_H

#include "mock/rules.h"
#include "store/store.h"

enum { REFERENCE_STORED_MAX = 10000 };

/* The records of a request: for each the values of all slots of the rules (NULL: absent). */
struct rule_rows {
    const struct json_node **values;
    size_t count;
    size_t slot_count;
};

static inline const struct json_node **rule_row(const struct rule_rows *rows, size_t index)
{
    return rows->values + index * rows->slot_count;
}

/* The member's value in a row; NULL where it is absent or null. */
const struct json_node *rule_member_value(const struct rule_member *member,
                                          const struct json_node *const *row);

/* What a reference rule needs to know. */
struct reference_check {
    const struct rule_reference *reference;
    const struct rule_rows *rows;
    struct collection *collection; /* NULL: only the batch is looked at */
    const struct str_list *key;    /* of the collection */
    struct arena *arena;
    /* Called for each record that breaks the rule; `words` say how and live in the arena. */
    void (*broken)(void *context, size_t index, const char *words);
    void *context;
};

/* False if it would lead to more than REFERENCE_STORED_MAX stored records: not decided. */
bool rule_reference_check(const struct reference_check *check);

#endif
