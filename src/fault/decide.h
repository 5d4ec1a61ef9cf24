/*
 * decide: from an exchange to what shall happen to it.
 *
 * The rules are looked at in the order of the plan. A rule that matches counts
 * the match, whatever its `when` then says; the first rule whose `when` says
 * yes decides, and the rules behind it neither see nor count the exchange.
 *
 * Draws are reproducible: those for the n-th match of a rule depend on the
 * seed, the rule's name and n only, so neither the order in which threads come
 * nor other rules change them. The same plan, seed and sequence of exchanges
 * (with their times) give the same decisions.
 */
#ifndef FAULT_DECIDE_H
#define FAULT_DECIDE_H

#include "fault/match.h"
#include "fault/plan.h"

/* What happens to the connection. */
enum fault_act {
    FAULT_SEND,    /* nothing special */
    FAULT_RESET,   /* RST */
    FAULT_CLOSE,   /* FIN */
    FAULT_HANG,    /* never go on */
    FAULT_EMPTY,   /* close without a byte */
    FAULT_GARBAGE, /* random bytes, then close: in place of the response (FAULT_AT_ACCEPT)
                      or of its body (FAULT_AT_HEAD) */
};

/* When it happens. */
enum fault_at {
    FAULT_AT_ACCEPT, /* before the first byte of the response */
    FAULT_AT_HEAD,   /* after the head */
    FAULT_AT_BYTE,   /* after so many bytes of the body */
    FAULT_AT_END,    /* after the last byte */
};

/* How an answer breaks its own schema: bits. */
enum fault_violation {
    FAULT_MISSING_REQUIRED = 1,
    FAULT_WRONG_TYPE = 2,
    FAULT_UNKNOWN_ENUM = 4,
    FAULT_NULL = 8,
    FAULT_WRONG_CONST = 16,
    FAULT_EXTRA_MEMBER = 32,
    FAULT_MALFORMED_JSON = 64,
    FAULT_WRONG_CONTENT_TYPE = 128,
};

enum { FAULT_VIOLATION_COUNT = 8 };

/* "missing-required" for bit FAULT_MISSING_REQUIRED, ... */
const char *fault_violation_name(enum fault_violation violation);

/* All that is on the wire, in bytes and microseconds. */
struct fault_transport {
    enum fault_act act;
    enum fault_at at;
    uint64_t byte;          /* for FAULT_AT_BYTE; at most the length of the body */
    uint64_t delay_us;      /* before the first byte */
    uint64_t drip_bytes;    /* the body in pieces of so many bytes; 0: at once */
    uint64_t drip_every_us; /* pause between pieces */
    bool truncate;          /* only `truncate_at` bytes of the body under the full length */
    uint64_t truncate_at;
    uint64_t garbage_seed;
};

/*
 * What shall happen. All that it points to lives in the subject's arena.
 *
 * `act`: is the operation carried out at all (what it does to the store, and
 * the answer it would give)? False for a rule that answers itself (`status`)
 * or cuts the connection before the answer, unless it says `after: commit`.
 * Where `act` is true and `status` is 0, the operation's own answer is the one
 * that the rest is done to.
 */
struct fault_decision {
    struct str rule;       /* name */
    size_t index;          /* of the rule in the plan */
    uint64_t match_number; /* which match of this rule it was, from 1 */
    uint64_t seed;         /* the state's */
    bool drawn;            /* the rule has a probability, and `draw` (0 <= draw < 1) was below it */
    double draw;

    bool act;
    int status;    /* 100..599; 0: that of the operation's answer */
    bool has_body; /* `body` takes the place of the answer's */
    struct str body;
    /* Of `body`, unless `headers` has a Content-Type; NULL without a body. */
    const char *content_type;
    struct fault_pair *headers; /* set on the answer; the same name may come twice */
    size_t header_count;
    uint32_t violate; /* bits of enum fault_violation: break the answer so */

    struct fault_transport transport; /* fault_decision_transport fills in what depends on the
                                         length of the body */
    double truncate_fraction;         /* > 0: `truncate` was a share of the body */
    uint64_t drip_pieces;             /* > 0: `drip` was so many pieces ... */
    uint64_t drip_over_us;            /* ... in so much time */
};

/*
 * The wire's part of a decision, now that the body's length is known. Fields
 * mean what they mean in the mock layer's struct transport.
 */
struct fault_transport fault_decision_transport(const struct fault_decision *decision,
                                                uint64_t body_length);

/* Writes the decision as a JSON object, for the journal. */
void fault_decision_write_json(const struct fault_decision *decision, struct json_writer *writer);

/*
 * What a plan remembers in one world: counters, scenario states, quota
 * windows, the seed, the time when the plan was set. It holds a reference to
 * its plan and is itself counted, so that a new plan can take its place while
 * requests in flight still use the old. Safe for many threads: one short lock,
 * taken only for rules that match.
 */
struct fault_state;

/* `now_ns` is the world's clock (wall time); `for` and `after` count from it. */
struct fault_state *fault_state_new(struct fault_plan *plan, uint64_t seed, int64_t now_ns);
struct fault_state *fault_state_retain(struct fault_state *state);
void fault_state_release(struct fault_state *state); /* NULL is ignored */

/* Borrowed; lives as long as the state. */
struct fault_plan *fault_state_plan(const struct fault_state *state);

/* As if the plan had just been set again: counters 0, scenarios at "Started", quotas full. */
void fault_state_reset(struct fault_state *state, int64_t now_ns);

/*
 * True and a decision in *out if a rule fires for this exchange. A rule with
 * `do: pass` fires without doing anything: act is true, the rest is 0. A state
 * of NULL has no rules.
 */
bool fault_decide(struct fault_state *state, const struct fault_subject *subject, int64_t now_ns,
                  struct fault_decision *out);

/*
 * What rule `rule` decides at its n-th match under `seed`, without a state: for
 * replay of a journal. The rule's `when` is taken to have said yes. False if
 * the plan has no rule of that name. (A Retry-After that came from a quota's
 * window is not known here and left out.)
 */
bool fault_decide_again(const struct fault_plan *plan, struct str rule, uint64_t match_number,
                        uint64_t seed, struct arena *arena, struct fault_decision *out);

enum fault_scenario_outcome {
    FAULT_SCENARIO_SET,
    FAULT_SCENARIO_UNKNOWN,  /* the plan has no scenario of that name */
    FAULT_SCENARIO_NO_STATE, /* none of its rules knows that state */
};

/* Puts a scenario into a state ("Started" is where each begins). */
enum fault_scenario_outcome fault_scenario_set(struct fault_state *state, struct str scenario,
                                               struct str to);

/* Puts all scenarios back to "Started"; counters and quotas stay as they are. */
void fault_scenarios_reset(struct fault_state *state);

/*
 * Writes {"seed": 1, "faults": [the rule..., each with "matches", "fired" and,
 * where patterns ran out of budget, "undecided"], "scenarios": [{"name",
 * "state", "possibleStates"}], "quotas": [{"name", "used", "requests"}]}.
 */
void fault_state_write_json(struct fault_state *state, int64_t now_ns, struct json_writer *writer);

/* Only the "scenarios" array. */
void fault_state_write_scenarios(struct fault_state *state, struct json_writer *writer);

#endif
