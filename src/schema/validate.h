/*
 * validate: an instance against a compiled schema, all violations, in order.
 *
 * The order is pydantic's: by declaration of the properties (not by the input),
 * a missing one in its place, undeclared ones after, elements by index.
 *
 * Recursion follows the instance's depth. A worker's stack is small: what needs
 * more than 40 KB of it is run once more on a larger one, of its own.
 */
#ifndef SCHEMA_VALIDATE_H
#define SCHEMA_VALIDATE_H

#include "base/arena.h"
#include "schema/schema.h"

/* Where a value is: a chain from the innermost segment up to the root (NULL). */
struct json_path {
    const struct json_path *up;
    struct str name; /* member; data is NULL for an element */
    size_t index;    /* element */
};

/* A discriminator that chose a branch on the way to the value. */
struct violation_choice {
    const struct violation_choice *up; /* of a value further up, or NULL */
    size_t depth;                      /* segments of the path to the value that was chosen for */
    struct str tag;
};

/* One broken rule. Lives in validation.arena. */
struct violation {
    struct violation *next;
    enum keyword keyword;
    const struct schema *schema;      /* the subschema that holds the rule; NULL where the caller
                                         found that a value is missing as a whole */
    const struct json_node *rule;     /* the rule in the document; names its file and line */
    const struct json_node *instance; /* the value at fault; for REQUIRED the enclosing object;
                                         for PROPERTY_NAMES the member whose name it is */
    const struct json_path *path;     /* of that value; for REQUIRED and DEPENDENT_REQUIRED of
                                         the missing member */
    struct str name;                  /* REQUIRED, DEPENDENT_REQUIRED, ADDITIONAL_PROPERTIES,
                                         UNEVALUATED_PROPERTIES, PROPERTY_NAMES: the member;
                                         DISCRIMINATOR: the discriminating property;
                                         SERVICE_RULE, and FALSE_SCHEMA where there is no schema:
                                         what is wrong, in words */
    /* ANY_OF, ONE_OF: what each branch said, as lists (NULL for a branch that passed);
     * PROPERTY_NAMES: one list, what the schema said of the name. */
    struct violation **branches;
    size_t branch_count;
    size_t matched; /* ONE_OF: branches that passed; CONTAINS and its limits: elements */
    size_t best;    /* ANY_OF, ONE_OF: index of the branch nearest to passing */
    const struct violation_choice *choices; /* the innermost first, or NULL */
};

enum direction {
    DIRECTION_NONE,     /* readOnly and writeOnly only annotate */
    DIRECTION_REQUEST,  /* a readOnly property need not and should not be sent */
    DIRECTION_RESPONSE, /* a writeOnly property must not be there */
};

enum validate_outcome {
    VALIDATE_VALID,
    VALIDATE_INVALID,
    VALIDATE_TOO_DEEP,       /* recursion limit (20,000, or max_depth): not decided */
    VALIDATE_PATTERN_BUDGET, /* a pattern, values made to collide under uniqueItems, or
                                alternatives that multiply cost more than the budget: not
                                decided */
};

struct validation {
    /* Set by the caller. */
    struct arena *arena;
    enum direction direction;
    size_t max_violations; /* keep at most so many; 0: 1000 */
    uint32_t max_depth;    /* schema applications nested in each other, all on the caller's
                              stack (up to 500 bytes each); 0: as many as 16 MB hold */
    uint32_t match_budget; /* PCRE2 match steps for all patterns of this run; 0: 10,000,000 */
    uint32_t work_budget;  /* schema applications in all; 0: 20,000,000 */
    const struct json_path *root; /* prefix of all paths, or NULL */
    /* Called for each rule that was checked against a value, or NULL (coverage); for a deep
     * instance from another thread, and for some rules twice. `rule` is NULL where a schema let
     * the value pass without looking at it. */
    void (*observe)(void *context, const struct schema *schema, const struct rule *rule,
                    const struct json_node *instance, bool satisfied);
    void *observe_context;
    /* Filled by schema_validate; a second run on the same struct appends. */
    struct violation *first;
    struct violation *last;
    size_t count;   /* found in all */
    bool truncated; /* more were found than kept */
};

/*
 * Thread-safe: touches nothing but `validation` and its arena. NaN is a number
 * that satisfies no range; it and the infinities are no integers and no multiples.
 */
enum validate_outcome schema_validate(const struct schema *schema, const struct json_node *instance,
                                      struct validation *validation);

/* True if valid; collects nothing, stops at the first violation. */
bool schema_accepts(const struct schema *schema, const struct json_node *instance,
                    struct arena *scratch);

/*
 * Appends "expected at most 256 characters, got 300": the violation in words,
 * without its place. For the problem dialect, the log and `understudy validate`.
 */
void violation_describe(const struct violation *violation, struct buf *out);

/*
 * Appends "spec.yaml:12:9", where the broken rule stands. False, with nothing
 * appended, where that is not known.
 */
bool violation_place(const struct violation *violation, struct buf *out);

/* Appends the path as a JSON Pointer. */
void json_path_print(const struct json_path *path, struct buf *out);

#endif
