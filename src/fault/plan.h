/*
 * plan: a fault plan as the program uses it.
 *
 * A plan is what somebody wrote about how the API should fail: a list of
 * rules, each with *match* (which exchanges), *when* (which of them) and *do*
 * (what happens). It is read from a tree of nodes once, checked to the last
 * word, and never changes: all that counts and remembers is in a
 * `struct fault_state` (decide.h), so one plan may serve many worlds.
 *
 * A plan owns all that it holds: the tree and the text that it was read from
 * may go away, but for one thing: `struct place` values point to the source.
 *
 * The format, with every word, is told in rule.h; other tools' names for the
 * same things are translated first (alias.h).
 */
#ifndef FAULT_PLAN_H
#define FAULT_PLAN_H

#include "base/diag.h"
#include "json/node.h"
#include "json/writer.h"

struct fault_plan;

/*
 * Reads a plan: `{faults: [rule...], sequences: [sequence...]}`. Every mistake
 * in it is added to diags with its place and remedy, and any error makes the
 * whole result NULL: a plan never half-applies. The plan has one reference,
 * the caller's. A NULL root or an empty plan (no rules) is fine.
 */
struct fault_plan *fault_plan_read(const struct json_node *root, struct diags *diags);

/*
 * Reads the value of the request header X-Understudy-Fault, as JSON or as YAML
 * in flow style, into a plan of one rule named "header". The text is either
 * what stands after `do:` (`{status: 503, delay: 1s}`) or a whole rule (`{when:
 * {probability: 0.5}, do: {...}}`). What needs a memory between requests
 * (first, nth, every, skip, quota, scenarios) is refused. NULL and diags for
 * mistakes; their places are in a copy of the text that lives as long as diags.
 */
struct fault_plan *fault_plan_read_header(struct str text, struct diags *diags);

/* References are atomic; the last release frees. NULL is ignored. */
struct fault_plan *fault_plan_retain(struct fault_plan *plan);
void fault_plan_release(struct fault_plan *plan);

size_t fault_plan_count(const struct fault_plan *plan);

/* The name of rule `index`: as written, else "rule 3" (counted from 1). Names are unique. */
struct str fault_plan_name(const struct fault_plan *plan, size_t index);

/*
 * The operation that rule `index` asks for ("PUT /v5/things" or an
 * operationId), so that the caller can hold it against the contract; empty
 * where the rule takes any. `place` (may be NULL) is that text's place in the
 * source that the plan was read from, good as long as that source.
 */
struct str fault_plan_operation(const struct fault_plan *plan, size_t index, struct place *place);

/*
 * Writes the plan as one JSON value in the native words: aliases translated,
 * sequences spelt out as rules. It can be read again and means the same.
 */
void fault_plan_write_json(const struct fault_plan *plan, struct json_writer *writer);

#endif
