/*
 * schema: a compiled JSON Schema, as everybody may read it.
 *
 * A `struct schema` is one subschema: a short list of rules in the order in
 * which they are checked. `$ref` and `$dynamicRef` are rules that hold a
 * pointer. The graph may have cycles. All of it lives in the registry's arena
 * (see schema/compile.h), is immutable once published, and may be read by any
 * thread.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include "json/node.h"

#include <stdatomic.h>

/*
 * The order is the order of checking, which is pydantic's: what is found first
 * in one value is what pydantic would report of it.
 */
enum keyword {
    KEYWORD_FALSE_SCHEMA, /* the schema `false`; never in a rule list, only in violations */
    KEYWORD_REF,
    KEYWORD_DYNAMIC_REF,
    KEYWORD_TYPE,
    KEYWORD_ENUM,
    KEYWORD_CONST,
    KEYWORD_MAX_LENGTH,
    KEYWORD_MIN_LENGTH,
    KEYWORD_PATTERN,
    KEYWORD_FORMAT,
    KEYWORD_MULTIPLE_OF,
    KEYWORD_MAXIMUM,
    KEYWORD_EXCLUSIVE_MAXIMUM,
    KEYWORD_MINIMUM,
    KEYWORD_EXCLUSIVE_MINIMUM,
    KEYWORD_MAX_ITEMS,
    KEYWORD_MIN_ITEMS,
    KEYWORD_PREFIX_ITEMS,
    KEYWORD_ITEMS,
    KEYWORD_CONTAINS, /* with minContains and maxContains */
    KEYWORD_MIN_CONTAINS,
    KEYWORD_MAX_CONTAINS,
    KEYWORD_UNIQUE_ITEMS,
    KEYWORD_PROPERTIES, /* one rule for properties, required, patternProperties,
                           additionalProperties */
    KEYWORD_REQUIRED,
    KEYWORD_PATTERN_PROPERTIES,
    KEYWORD_ADDITIONAL_PROPERTIES,
    KEYWORD_PROPERTY_NAMES,
    KEYWORD_MAX_PROPERTIES,
    KEYWORD_MIN_PROPERTIES,
    KEYWORD_DEPENDENT_REQUIRED,
    KEYWORD_DEPENDENT_SCHEMAS,
    KEYWORD_ALL_OF,
    KEYWORD_ANY_OF,
    KEYWORD_ONE_OF,
    KEYWORD_NOT,
    KEYWORD_IF,            /* with then and else */
    KEYWORD_DISCRIMINATOR, /* OpenAPI: replaces the oneOf or anyOf beside it */
    KEYWORD_READ_ONLY,
    KEYWORD_WRITE_ONLY,
    KEYWORD_UNEVALUATED_ITEMS,
    KEYWORD_UNEVALUATED_PROPERTIES,
    KEYWORD_SERVICE_RULE, /* a rule beside the schema; never in a rule list, only in violations */
    KEYWORD_COUNT,
};

/* The keyword as it is spelled in a schema: "maxLength". */
const char *keyword_name(enum keyword keyword);

/* Bits of rule.types. JSON_TYPE_INTEGER accepts 1.0; NUMBER accepts both. */
enum schema_type {
    SCHEMA_NULL = 1,
    SCHEMA_BOOLEAN = 2,
    SCHEMA_INTEGER = 4,
    SCHEMA_NUMBER = 8,
    SCHEMA_STRING = 16,
    SCHEMA_ARRAY = 32,
    SCHEMA_OBJECT = 64,
};

struct schema;
struct pattern; /* schema/pattern.h */
struct format;  /* schema/format.h */

struct schema_list {
    const struct schema **items;
    size_t count;
};

/* One name of `properties` or `required`, in order of declaration. */
struct schema_property {
    struct str name;
    uint32_t hash;                         /* str_hash(name) */
    const struct schema *schema;           /* NULL: named in `required` only */
    const struct json_node *node;          /* its schema in the document, or NULL */
    const struct json_node *required_rule; /* its entry in `required`, or NULL */
    bool read_only;                        /* the schema, or what its $ref leads to, says so */
    bool write_only;
};

struct schema_pattern_property {
    const struct pattern *pattern;
    const struct schema *schema;
    const struct json_node *node;
};

/* What KEYWORD_PROPERTIES holds. */
struct schema_object {
    struct schema_property *properties; /* `properties` first, then names only `required` has */
    size_t count;
    const uint16_t *slots; /* open addressing by hash: index + 1; slot_count is a power of two */
    size_t slot_count;
    struct schema_pattern_property *patterns;
    size_t pattern_count;
    const struct schema *additional; /* NULL where the keyword is absent */
    const struct json_node *additional_rule;
};

/* One value of a discriminating property. */
struct schema_branch_key {
    struct str value;
    size_t branch; /* index in `list`; SCHEMA_BRANCH_SHARED where several branches have it */
};

#define SCHEMA_BRANCH_SHARED SIZE_MAX

/*
 * The values of an `enum` by hash. Strings are found by str_hash of their
 * text, all others by json_value_hash.
 */
struct schema_choice {
    const struct json_node *node;
    uint32_t hash;
};

struct schema_choices {
    const struct schema_choice *slots; /* open addressing; node is NULL in a free one */
    size_t slot_count;                 /* a power of two */
};

/*
 * Where a $dynamicRef may lead: for each schema resource that declares the
 * $dynamicAnchor its schema. The list may grow at its head when later schemas
 * are compiled, so it is read atomically; what is in it never changes.
 */
struct schema_dynamic_target {
    const struct schema_dynamic_target *next;
    const struct schema_resource *resource;
    const struct schema *schema;
};

struct schema_dynamic_anchor {
    struct schema_dynamic_anchor *next;
    struct str name;
    _Atomic(const struct schema_dynamic_target *) targets;
};

struct rule {
    enum keyword keyword;
    const struct json_node *node; /* the keyword's value in the document: file and line */
    union {
        unsigned types;                     /* TYPE */
        uint64_t count;                     /* lengths and counts; UINT64_MAX for larger limits */
        const struct schema *schema;        /* REF, ITEMS, NOT, PROPERTY_NAMES, UNEVALUATED_* */
        struct schema_list list;            /* PREFIX_ITEMS, ALL_OF, ANY_OF, ONE_OF */
        const struct pattern *pattern;      /* PATTERN */
        const struct schema_object *object; /* PROPERTIES */
        struct {
            const struct json_node *value; /* ENUM (the array), CONST, limits, MULTIPLE_OF */
            struct schema_choices choices; /* ENUM */
        };
        struct {
            const struct format *format; /* FORMAT */
            bool format_annotates;       /* true: it is not checked */
        };
        struct {
            /* DYNAMIC_REF: NULL where it leads to no $dynamicAnchor and so is a plain $ref. */
            const struct schema_dynamic_anchor *anchor;
            const struct schema *fallback; /* where no dynamic scope has it */
        } dynamic;
        struct {
            const struct schema *schema;
            uint64_t min; /* 1 where absent */
            uint64_t max; /* UINT64_MAX where absent */
            const struct json_node *min_rule;
            const struct json_node *max_rule;
        } contains;
        struct {
            const struct schema *condition;
            const struct schema *then_schema; /* may be NULL */
            const struct schema *else_schema; /* may be NULL */
        } conditional;
        struct {
            struct str name; /* the discriminating property */
            uint32_t hash;   /* str_hash(name) */
            bool exclusive;  /* beside a oneOf (else an anyOf) */
            bool open;       /* a branch may have any value: unknown ones try the whole list */
            struct schema_list list;
            const struct schema_branch_key *keys; /* mapping, schema names, const and enum */
            size_t key_count;
            const struct json_node *list_node; /* the oneOf or anyOf in the document */
        } discriminator;
        struct {
            const struct schema_property *entries; /* name: schema, or node = array of names */
            size_t count;
        } dependent;
    } u;
};

enum schema_kind {
    SCHEMA_RULES,
    SCHEMA_ALWAYS, /* true, {} or only annotations */
    SCHEMA_NEVER,  /* false */
};

struct schema_resource; /* base URI, dialect, dynamic anchors; schema/compile.c */

struct schema {
    enum schema_kind kind;
    const struct json_node *node; /* the schema in the document */
    const struct schema_resource *resource;
    const struct rule *rules; /* by rising keyword */
    size_t rule_count;
    /* Holds an unevaluated* keyword: what its other rules evaluate must be marked. */
    bool needs_marks;
    /* A $dynamicRef can be reached from here: the dynamic scope must be kept. */
    bool dynamic;
    bool nullable; /* OpenAPI 3.0: null is valid whatever the rules say */
    bool read_only;
    bool write_only;
    uint32_t id; /* running number within the registry, for coverage and printing */
};

/* The rule of that keyword, or NULL. Does not follow `$ref`. */
const struct rule *schema_rule(const struct schema *schema, enum keyword keyword);

/* Follows `$ref` while it is the only rule of its schema (bounded); never NULL. */
const struct schema *schema_resolve(const struct schema *schema);

/* The object rule here or behind `$ref`, or NULL: the declared properties. */
const struct schema_object *schema_object(const struct schema *schema);

/* The property of that name, or NULL. O(1). */
const struct schema_property *schema_object_find(const struct schema_object *object,
                                                 struct str name, uint32_t hash);

/*
 * The subschemas that a rule applies, by number. Some may be NULL: a property
 * that only `required` names, an absent `then`.
 */
size_t rule_child_count(const struct rule *rule);
const struct schema *rule_child(const struct rule *rule, size_t n);

/* True if the keyword applies its subschemas to the very value (allOf, not to its children). */
bool keyword_is_in_place(enum keyword keyword);

/*
 * Writes the compiled schema and all it reaches as a readable program: one
 * numbered paragraph for each subschema, one line for each rule with its
 * keyword, its operand and file:line.
 */
void schema_print(const struct schema *schema, struct buf *out);

#endif
