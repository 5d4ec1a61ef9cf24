/*
 * making: how examples are made. Private to schema/.
 *
 * A value has to fit not one schema but all that apply to it: what `$ref` and
 * `allOf` lead to, and of each choice one branch. wish.c gathers these into a
 * `struct wish`; make_*.c write a value of one type that a wish asks for, by
 * rule of thumb; example.c tries the choices in turn and checks what came out.
 *
 * Everything is written as JSON text to making->out. Who fails leaves there
 * what was there before.
 */
#ifndef SCHEMA_MAKING_H
#define SCHEMA_MAKING_H

#include "schema/example.h"

struct making {
    const struct example_options *options;
    struct arena *arena;
    struct buf *out;
    unsigned depth;     /* of values in each other */
    unsigned max_depth; /* what the stack allows */
    bool too_deep;      /* that was not enough */
    bool required_only; /* leave out what may be left out */
    bool suspicious;    /* check everything, after a value turned out not to fit */
    unsigned skip;      /* so many values of an enum are in use elsewhere */
    unsigned *budget;   /* values that may still be written */
    unsigned *checks;   /* objects and arrays that may still be checked */
};

/* Schemas that one value must fit, together. */
struct schema_set {
    const struct schema **items;
    size_t count;
};

struct wish_item {
    const struct schema *schema;
    bool whole; /* all that the value is, not one of several parts (of an allOf) */
};

/* A discriminator's property and the value that chooses the branch taken. */
struct wish_tag {
    struct str name;
    struct str value;
};

enum { WISH_TAGS = 8 };

struct wish {
    struct schema_set roots; /* what was asked for */
    struct wish_item *items; /* these and all that they lead to */
    size_t count;
    size_t capacity;
    struct wish_tag tags[WISH_TAGS];
    size_t tag_count;
    unsigned types;   /* enum schema_type, of all items together */
    unsigned hints;   /* types of which the keywords speak */
    unsigned choices; /* that there were */
    bool tricky;      /* holds what a value is not made by, so that it must be checked */
};

/*
 * Gathers. `number` says which way the choices go: each number another
 * combination, 0 the first branches. False where this combination has no value.
 */
bool wish_read(struct making *making, const struct schema_set *roots, unsigned number,
               struct wish *wish);

/* The rule of that keyword in item `at` or the next one that has it; *at is behind it. NULL: none.
 */
const struct rule *wish_next(const struct wish *wish, enum keyword keyword, size_t *at);

/* The strictest of all lower or upper counts, or `fallback`. */
uint64_t wish_least(const struct wish *wish, enum keyword keyword);
uint64_t wish_most(const struct wish *wish, enum keyword keyword);

/* Adds a schema to a set (not NULL; once); the set's memory is the making's arena's. */
void schema_set_add(struct making *making, struct schema_set *set, const struct schema *schema);

/* example.c: any value that fits all of the set. */
bool make_value(struct making *making, const struct schema_set *set);

/* example.c: whether a value fits all of the set. */
bool making_accepts(struct making *making, const struct schema_set *set,
                    const struct json_node *value);

/* A number below `bound`, drawn. */
unsigned making_draw(struct making *making, unsigned bound);

/* make_text.c: a plain word. */
const char *making_word(struct making *making);

/* One for each type. */
bool make_text(struct making *making, const struct wish *wish);
bool make_number(struct making *making, const struct wish *wish, bool integer);
bool make_array(struct making *making, const struct wish *wish);
bool make_object(struct making *making, const struct wish *wish);

#endif
