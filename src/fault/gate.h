/*
 * gate: which rules of a plan may speak of an exchange, found out for all of them at once.
 *
 * A rule's gate is what must hold before anything else of the rule is looked
 * at. Rules whose gates ask for the same operation, method, path and attempts
 * and look at the same field are a group: one look at the exchange puts all of
 * them aside, or one look at the field all but those that want this very value,
 * or a text with these marks. So a plan of many rules that do not match costs
 * little more than one of few.
 *
 * Hashes stand for texts: equal texts have equal hashes, so a rule is never put
 * aside wrongly, and what is not put aside is looked at properly (match.c).
 */
#ifndef FAULT_GATE_H
#define FAULT_GATE_H

#include "base/arena.h"
#include "json/node.h"
#include "json/number.h"

/* Characters that a text must have. */
struct literal {
    struct str text; /* empty: says nothing */
    bool first;      /* at its beginning */
};

/* What a group has in common: hashes that must be equal, 0 for any; attempts; a field. */
struct gate_key {
    uint32_t operation;
    uint32_t method;
    uint32_t path;
    uint32_t selector; /* index plus one of a field that must be there; 0: none */
    uint32_t attempt_min;
    uint32_t attempt_max;
};

/* A rule's gate: the field must ... */
struct gate {
    struct gate_key key;
    uint32_t value;         /* equal a scalar with this hash; 0: have any value ... */
    struct literal literal; /* ... that has this, if it is a text */
};

/*
 * The characters of a text, and which two of them stand side by side, as bits of a filter: where
 * one of a literal's is missing, the text does not have the literal.
 */
enum {
    MARKS_PAIRS = 4096,
    MARKS_COUNT = MARKS_PAIRS + 256,
    MARKS_OF_LITERAL = 4, /* that are looked for; the last ones: in "case-17" the number */
};

struct marks {
    uint64_t bits[MARKS_COUNT / 64];
};

/* Rules that want a scalar with this hash, or a text with these marks. */
struct gate_value {
    uint32_t hash;
    uint32_t rule;
};

struct gate_text {
    uint16_t marks[MARKS_OF_LITERAL];
    uint32_t rule;
};

struct gate_rules {
    struct gate_value *values; /* sorted by hash */
    struct gate_text *texts;
    struct marks *marks; /* the first mark of each; NULL: there are no texts */
    uint32_t *others;    /* rules that want any value, or no field at all */
    uint32_t value_count;
    uint32_t text_count;
    uint32_t other_count;
};

/* Small, since most groups are looked at and put aside. */
struct gate_group {
    struct gate_key key;
    struct gate_rules *rules;
};

/* Groups `count` gates, in memory of the arena; the n-th gate is the n-th rule's. */
struct gate_group *gate_groups(const struct gate *gates, size_t count, struct arena *arena,
                               size_t *group_count);

/* True if any mark of a text is among them. */
bool marks_touch(const struct marks *marks, struct str text);

/* Adds all marks of a text. */
void marks_add(struct marks *marks, struct str text);

/* The hash of a text for a gate; never 0. */
uint32_t gate_hash(struct str text);

/* The hash of a value of the body; 0 for objects and arrays. */
uint32_t gate_node_hash(const struct json_node *node);

#endif
