/*
 * judging: one request under the rules of its operation, while step_rules is at it.
 *
 * judging.c keeps what was found; judging_limits.c looks at single members and
 * at lists; step_rules.c does the rest and decides. A judging lives on the stack
 * of one step; all that it points to is the exchange's.
 */
#ifndef MOCK_JUDGING_H
#define MOCK_JUDGING_H

#include "mock/exchange.h"
#include "mock/findings.h"
#include "mock/rule_reference.h"
#include "mock/rules.h"

struct judging {
    struct exchange *exchange;
    const struct behavior *behavior;
    const struct service_rules *rules;
    const struct schema *body; /* the body's schema, or NULL */
    const struct json_path *list_path;
    const struct json_node *list; /* of records, or the only record */
    bool *invalid;                /* by index: the schema found something; NULL: nothing anywhere */
    struct rule_rows rows;
    const struct json_node **records; /* of the rows */
    struct findings_list entries;
    const struct service_rule *refused_by; /* the first rule that refuses, or NULL */
    struct violation *refusal;
    bool fails; /* a comparison failed by itself: the service would break down */
};

/* ---- places (judging.c) ---- */

const struct json_path *judging_path_to(const struct judging *judging, const struct json_path *up,
                                        struct str name);
const struct json_path *judging_path_along(const struct judging *judging,
                                           const struct json_path *up,
                                           const struct str_list *names);
const struct json_path *judging_path_of_record(const struct judging *judging, size_t index);

/* What the names lead to, or NULL. */
const struct json_node *judging_find(const struct json_node *node, const struct str_list *names);

/* ---- broken rules (judging.c) ---- */

/* Is there any use in one more violation of this rule? If not, it is only counted. */
bool judging_wants(struct judging *judging, const struct service_rule *rule);

/* The usual words are needed only where neither a keyword nor the overlay has others. */
bool judging_needs_words(const struct service_rule *rule, const struct schema *schema);

/*
 * Keeps a violation, as an entry or as the refusal. `schema`, if it is not NULL,
 * has the keyword by whose words it may be told; `usual` may be NULL where
 * judging_needs_words says so, else it must be the arena's.
 */
void judging_report(struct judging *judging, const struct service_rule *rule,
                    const struct schema *schema, const struct json_path *path,
                    const struct json_node *value, const char *usual);

/* ---- limits (judging_limits.c) ---- */

/* Lists in the body that are too long; if the records' is, they are not looked at. */
void judging_check_lists(struct judging *judging);

/* The members of one record. True if none of them makes an entry. */
bool judging_check_members(struct judging *judging, size_t index,
                           const struct json_node *const *row);

#endif
