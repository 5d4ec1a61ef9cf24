/*
 * rule: what a plan is made of, and the format that it is written in.
 *
 *     faults:
 *       - name: flaky upsert              # unique; "rule 3" where it is left out
 *         match:                          # all of it must hold; left out: any exchange
 *           operation: PUT /v5/things     # or an operationId
 *           method: PUT
 *           path: {matches: ^/v5/}        # as sent, percent-encoded
 *           query: {page: "2"}            # decoded
 *           headers: {x-api-key: {matches: "^k"}}
 *           body: {/items/0/name: boom}   # JSON Pointer: matcher
 *           attempt: 1                    # or {min: 2, max: 3}
 *         when: {first: 2}                # which of the matches; all of it must hold
 *         do: {status: 503}               # what happens
 *         scenario: upload                # only in this state of that scenario, and
 *         state: Started                  # where it goes when the rule fires
 *         next_state: broken
 *
 * A matcher is {equals, contains, matches, absent: true, present: true}; a
 * value of another kind means `equals`. Where a field comes several times, one
 * of its values must match. `matches` searches (ECMA-262, u mode).
 *
 * `when` numbers the matches of a rule from 1: `skip: s` lets the first s pass
 * and counts from there; `nth: n` (or a list) is the n-th, `first: n` the first
 * n, `every: n` each n-th. `after: t` and `for: t` bound the time since the plan
 * was set: from `after`, for so long. `probability: p` is drawn last.
 *
 * `do` is told at struct action; `do: pass` lets the exchange through untouched
 * (and hides it from the rules behind).
 *
 * `sequences` are lists of `do`s, one for each matching exchange in turn:
 *     sequences:
 *       - name: bad start
 *         match: {operation: PUT /v5/things}
 *         steps: [{status: 503}, {connection: reset}, pass]
 *         then: pass                      # or repeat (from the first), stay (at the last)
 * They are spelt out as rules that share a scenario named like the sequence.
 *
 * Everything here is immutable and lives in the plan's arena.
 */
#ifndef FAULT_RULE_H
#define FAULT_RULE_H

#include "base/map.h"
#include "fault/decide.h"
#include "fault/duration.h"
#include "fault/gate.h"
#include "schema/pattern.h"

#include <stdatomic.h>

enum { PLAN_MAX_RULES = 10000 };

/* --- match ------------------------------------------------------------------- */

enum selector_kind {
    SELECT_METHOD,
    SELECT_PATH,
    SELECT_QUERY,
    SELECT_HEADER,
    SELECT_BODY,
};

/* A field that some rule looks at: looked up at most once for an exchange. */
struct selector {
    enum selector_kind kind;
    struct str name;   /* of the parameter or header; the body's JSON Pointer */
    uint32_t index;    /* in the plan */
    uint64_t name_bit; /* SELECT_HEADER: see match.c */
};

enum presence {
    PRESENCE_ANY,
    PRESENCE_REQUIRED,
    PRESENCE_ABSENT,
};

/* What a field must be like. All that is set must hold. */
struct matcher {
    enum presence presence;
    const struct json_node *equals;   /* or NULL */
    const struct json_node *contains; /* or NULL */
    const struct pattern *matches;    /* or NULL */
    struct literal literal;           /* of every text that `contains` or `matches` lets pass */
};

struct condition {
    const struct selector *selector;
    struct matcher matcher;
};

/* --- when -------------------------------------------------------------------- */

struct when {
    const uint64_t *nth; /* one of these; none: any */
    size_t nth_count;
    uint64_t skip;
    uint64_t first; /* 0: no bound */
    uint64_t every; /* 0: each */
    uint64_t after_us;
    uint64_t for_us; /* 0: for ever */
    bool has_probability;
    double probability;
};

/* --- do ---------------------------------------------------------------------- */

/* Requests in windows of time: the first one opens a window. Rules that name it share it. */
struct quota {
    struct str name;
    uint32_t index; /* in the plan */
    uint64_t requests;
    uint64_t per_us;
};

struct action {
    int status;      /* 0: that of the operation's answer */
    bool has_body;   /* `body` takes the place of the answer's */
    struct str body; /* as sent */
    const char *content_type;
    struct fault_pair *headers;
    size_t header_count;
    struct delay delay;
    bool after_commit; /* the operation is carried out, whatever happens to its answer */
    enum fault_act act;
    enum fault_at at;
    uint64_t byte;
    bool truncate;
    uint64_t truncate_at;
    double truncate_fraction; /* > 0: instead of truncate_at */
    uint64_t drip_bytes;      /* these two, ... */
    uint64_t drip_every_us;
    uint64_t drip_pieces; /* ... or these */
    uint64_t drip_over_us;
    uint32_t violate;          /* bits of enum fault_violation */
    const struct quota *quota; /* or NULL: the rule fires only once the quota is used up */
};

/* --- the whole --------------------------------------------------------------- */

struct scenario_state {
    struct str name;
    uint32_t index; /* in its scenario; 0 is "Started" */
    bool entered;   /* "Started", or some rule leads there */
};

struct scenario {
    struct str name;
    uint32_t index;    /* in the plan */
    struct map states; /* name -> struct scenario_state */
};

struct rule {
    struct str name;
    uint64_t identity; /* a hash of the name: the rule's part in its draws */
    struct str operation;
    struct place operation_place;
    struct condition *conditions;
    size_t condition_count;
    uint32_t attempt_min;
    uint32_t attempt_max;
    struct when when;
    struct action action;
    const struct scenario *scenario;       /* or NULL */
    const struct scenario_state *required; /* or NULL: any */
    const struct scenario_state *next;     /* or NULL: stay */
    struct str json;                       /* the rule in native words, a JSON object */
};

/* PCRE2's memory is not in the arena. */
struct plan_pattern {
    struct plan_pattern *next;
    struct pattern *pattern;
};

struct fault_plan {
    atomic_uint references;
    struct arena arena;
    struct rule *rules;
    size_t rule_count;
    struct gate_group *groups; /* of the rules' gates */
    size_t group_count;
    struct map selectors; /* kind and name -> struct selector */
    struct map scenarios; /* name -> struct scenario */
    struct map quotas;    /* name -> struct quota */
    struct plan_pattern *patterns;
};

/*
 * Reads a rule in native words (translated by alias.c). Mistakes are
 * diagnostics; what could be read is in *rule and *gate.
 */
void rule_read(struct fault_plan *plan, const struct json_node *node, struct diags *diags,
               struct rule *rule, struct gate *gate);

/* The parts of a rule, each in its file. */
void condition_read(struct fault_plan *plan, const struct json_node *match, struct diags *diags,
                    struct rule *rule, struct gate *gate);
void action_read(struct fault_plan *plan, const struct json_node *node, struct str rule_name,
                 struct diags *diags, struct action *action);

/* A deep copy in the plan's arena that borrows nothing. */
const struct json_node *rule_own_copy(struct fault_plan *plan, const struct json_node *node);

/* True for a text that has it. */
bool literal_is_in(const struct literal *literal, struct str text);

/* The nth draw generator of a rule. */
struct rng rule_rng(const struct rule *rule, uint64_t seed, uint64_t match_number);

#endif
