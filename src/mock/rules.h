/*
 * rules: what a service demands of records beyond the schema, as overlay data.
 *
 *     x-understudy:
 *       rules:
 *         - max_items: 1000                      # of the list of records, or `of: /pointer`
 *         - max_length: {id: 256}                # characters of a string member
 *         - max_bytes: {id: 256}                 # its bytes in UTF-8
 *         - forbid: {characters: "\0", in: [id]}
 *         - compare: {left: ends, op: ">=", right: starts, as: date-time}
 *         - reference: {member: parent, to: id, same: group, cycles: forbid}
 *
 * A broken rule is answered in one of two ways. As an *entry* it is a violation
 * among those of the schema (status 422: what FastAPI does for a validator). As
 * a *refusal* it is answered alone, after everything else was found valid, with
 * the rule's status and `detail` or `body` (what a handler raises).
 *
 * Rules live in the arena of their part, borrow from the document, and are
 * immutable once finished. They are evaluated by step_rules.c; nothing in them
 * knows an API.
 */
#ifndef MOCK_RULES_H
#define MOCK_RULES_H

#include "mock/overlay_words.h"
#include "mock/rule_compare.h"

enum rule_kind {
    RULE_MAX_ITEMS,
    RULE_MAX_LENGTH,
    RULE_MAX_BYTES,
    RULE_FORBID,
    RULE_COMPARE,
    RULE_REFERENCE,
};

/* When a comparison counts. A member that is null is not there. */
enum rule_when {
    WHEN_BOTH,   /* are there */
    WHEN_LEFT,   /* is there: then the right one must be, too */
    WHEN_ALWAYS, /* both must be there */
};

/* How a broken rule is answered. */
struct rule_answer {
    int status;
    bool is_entry;                /* a violation among the schema's, not a refusal of its own */
    bool says_own_words;          /* an entry in the rule's words, not in those of its keyword */
    struct str message;           /* a template; empty: the usual words */
    const struct json_node *body; /* REFUSAL: a template, or NULL: as the dialect words it */
    const char *content_type;     /* of that body */
};

/* A member of a record: its name, or a pointer's names from the record on. */
struct rule_member {
    struct str written; /* as in the overlay: for messages */
    struct str_list names;
    size_t slot; /* of names[0] in service_rules.slots */
    const struct json_node *node;
};

struct service_rule;

/* One limit on one member. Checks stand in the order in which the schema declares the members. */
struct rule_check {
    const struct service_rule *rule;
    struct rule_member member;
    int64_t limit;               /* MAX_* */
    const struct schema *schema; /* made up for it: the keyword that an entry names; or NULL */
};

struct rule_reference {
    struct rule_member member;
    struct rule_member to;
    struct rule_member *same; /* must be equal in a record and in what it refers to */
    size_t same_count;
    bool cycles_forbidden;
    bool unknown_forbidden;
};

struct service_rule {
    enum rule_kind kind;
    size_t index; /* in order of the overlay */
    const struct json_node *node;
    struct rule_answer answer;
    int64_t limit;                  /* MAX_ITEMS of a list in the body; 0: of members only */
    const struct schema *schema;    /* ... made up for it: see struct rule_check */
    struct str_list of;             /* ... which list; */
    bool of_records;                /* ... or that of the records */
    struct str characters;          /* FORBID: UTF-8 */
    struct rule_member left, right; /* COMPARE */
    struct rule_comparison comparison;
    enum rule_when when;
    bool at_member; /* COMPARE: an entry's place is `at`, not the record */
    struct rule_member at;
    struct rule_reference reference;
};

/* The first-level members that rules look at, found in one walk over a record. */
struct rule_slot {
    struct str name;
    uint32_t hash;
};

struct service_rules {
    struct service_rule *items;
    size_t count;
    struct rule_check *checks;
    size_t check_count;
    struct rule_slot *slots;
    size_t slot_count;
    const uint8_t *table; /* open addressing by hash: slot + 1, 0 is free */
    size_t table_size;    /* a power of two */
    bool has_references;
};

/* Reads a `rules` list; mistakes go to the reader's diags. Never NULL. */
struct service_rules *rules_read(const struct overlay_reader *reader, const struct json_node *node);

/* What the rules are held against when a document is loaded. */
struct rules_subject {
    struct str label;            /* of the operation */
    const struct schema *record; /* of one record in the request, or NULL: nothing is known */
    const struct schema *kept;   /* of a record in the store, or NULL: there is no store */
    const struct str_list *key;  /* of the store */
    bool takes_body;
};

/*
 * Checks the rules against the contract (members that records do not have,
 * references that the store cannot follow) and puts their checks in order.
 * False with errors in diags.
 */
bool rules_finish(struct service_rules *rules, const struct rules_subject *subject,
                  const struct overlay_reader *reader);

/* The slot of that member, or SIZE_MAX. */
static inline size_t rules_find_slot(const struct service_rules *rules, struct str name,
                                     uint32_t hash)
{
    for (size_t i = hash & (rules->table_size - 1);; i = (i + 1) & (rules->table_size - 1)) {
        if (rules->table[i] == 0)
            return SIZE_MAX;
        const struct rule_slot *slot = &rules->slots[rules->table[i] - 1];
        if (slot->hash == hash && str_equal(slot->name, name))
            return (size_t)(slot - rules->slots);
    }
}

#endif
