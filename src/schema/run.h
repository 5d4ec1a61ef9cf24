/*
 * run: one run of the validator. Private to schema/.
 *
 * A run applies schemas to values. It works in one of two ways: *collecting*,
 * it goes on after a failure and reports each; otherwise it stops at the first.
 * An anyOf tries its branches without collecting, and goes through them again
 * to collect only when all have failed: what is valid costs no memory.
 *
 *   validate.c     the loop over the rules, the outcome, reports
 *   check_value.c  rules that look at a value alone
 *   check_array.c, check_object.c   rules that go into a value's children
 *   check_apply.c  rules that apply other schemas to the same value
 *   marks.h        what was evaluated, for unevaluated*
 *
 * Frames on the recursive way are kept small: a worker has 100 KB of stack.
 */
#ifndef SCHEMA_RUN_H
#define SCHEMA_RUN_H

#include "schema/validate.h"

enum {
    SCRATCH_WORDS = 256, /* in the run itself */
    SCRATCH_MORE = 1024, /* in each further block */
    SCOPE_LOCAL = 32,
};

/*
 * Words for arrays that live as long as a frame, taken and given back like a
 * stack. The first block is in the run; more come from the arena.
 */
struct scratch_block {
    struct scratch_block *below;
    struct scratch_block *above; /* made earlier and free, or NULL */
    size_t used;
    size_t size;
    uint64_t *words;
};

struct scratch_mark {
    struct scratch_block *block;
    size_t used;
};

/* Which children of a value were evaluated, a bit for each. */
struct marks {
    uint64_t *bits;
    size_t words;
};

/* Where reports go: the run's own list, or that of one branch. */
struct report_list {
    struct violation *first;
    struct violation *last;
    size_t kept;
    size_t limit;
    size_t count;
};

/* A discriminator that is choosing for a value. */
struct choosing {
    const struct choosing *up;
    const struct rule *rule;
    const struct json_node *instance;
    const struct json_path *path; /* of the instance */
    struct str tag;               /* what it chose by; data is NULL where it did not choose */
};

struct run {
    struct validation *validation;
    struct arena *arena;
    bool collect;
    enum validate_outcome outcome; /* VALID until something cannot be decided */
    uint32_t depth;
    uint32_t max_depth;
    uintptr_t stack_base;
    size_t max_stack; /* bytes below stack_base */
    uint32_t budget;  /* steps of pattern matching */
    uint32_t work;    /* schema applications that may still be made */
    size_t room;      /* violations that branches may still keep, all together */
    struct report_list *list;
    const struct choosing *choosing;
    /* The dynamic scope, outermost first; kept for dynamic schemas only. */
    const struct schema_resource **scope;
    size_t scope_count;
    size_t scope_capacity;
    struct scratch_block *scratch;
    struct scratch_block first_block;
    const struct schema_resource *first_scope[SCOPE_LOCAL];
    uint64_t first_words[SCRATCH_WORDS];
};

/* One schema at one value. */
struct spot {
    struct run *run;
    const struct schema *schema;
    const struct json_node *instance;
    const struct json_path *path;
    struct marks *marks; /* NULL where nobody asks, or the value has no children */
};

/* True if the value satisfies the rule; else it was reported. Undecided is false. */
typedef bool check_function(struct spot *spot, const struct rule *rule);

extern check_function *const check_table[KEYWORD_COUNT];

/* Applies a schema to a value; marks may be NULL. True if it is valid. */
bool run_apply(struct run *run, const struct schema *schema, const struct json_node *instance,
               const struct json_path *path, struct marks *marks);

/* Ends the run without a decision; false, always. */
bool run_give_up(struct run *run, enum validate_outcome outcome);

/* True if there is no use in going on after a failure. */
static inline bool run_is_over(const struct run *run)
{
    return !run->collect || run->outcome != VALIDATE_VALID;
}

/*
 * Reports that `instance` at `path` breaks the rule at `rule` in the spot's
 * schema. Returns the violation to be completed, or NULL where it is not kept.
 */
struct violation *run_report(const struct spot *spot, enum keyword keyword,
                             const struct json_node *rule, const struct json_node *instance,
                             const struct json_path *path);

/* The same for the spot's own value; false, always. */
bool run_fail(const struct spot *spot, enum keyword keyword, const struct json_node *rule);

/* A list for the reports of one branch, and back. */
struct report_list *run_redirect(struct run *run, struct report_list *list);

/* `count` zeroed words until scratch_release. */
struct scratch_mark scratch_mark(const struct run *run);
uint64_t *scratch_take(struct run *run, size_t count);
void scratch_release(struct run *run, struct scratch_mark mark);

/* ---- the checks ---- */

check_function check_type, check_enum, check_const, check_max_length, check_min_length,
    check_pattern, check_format, check_multiple_of, check_maximum, check_exclusive_maximum,
    check_minimum, check_exclusive_minimum;
check_function check_max_items, check_min_items, check_prefix_items, check_items, check_contains,
    check_unique_items, check_unevaluated_items;
check_function check_properties, check_property_names, check_max_properties, check_min_properties,
    check_dependent_required, check_dependent_schemas, check_unevaluated_properties;
check_function check_ref, check_dynamic_ref, check_all_of, check_any_of, check_one_of, check_not,
    check_if, check_discriminator;

#endif
