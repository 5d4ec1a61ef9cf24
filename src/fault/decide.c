#include "fault/decide.h"

#include "base/clock.h"
#include "base/mem.h"
#include "fault/rule.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct rule_count {
    uint64_t matches;
    uint64_t fired;
    uint64_t undecided; /* patterns ran out of budget */
};

struct quota_window {
    bool open;
    int64_t opened_ns;
    uint64_t used;
};

struct fault_state {
    atomic_uint references;
    struct fault_plan *plan;
    uint64_t seed;
    pthread_mutex_t lock; /* guards all below */
    int64_t set_ns;
    struct rule_count *counts;    /* one for each rule */
    uint32_t *scenarios;          /* each one's state, by index */
    struct quota_window *windows; /* one for each quota */
};

/* --- lifetime -------------------------------------------------------------------- */

/* Zeroed; also for none at all. */
static void *array_of(size_t count, size_t size)
{
    return mem_alloc_zero((count > 0 ? count : 1) * size);
}

struct fault_state *fault_state_new(struct fault_plan *plan, uint64_t seed, int64_t now_ns)
{
    struct fault_state *state = mem_alloc_zero(sizeof *state);
    atomic_init(&state->references, 1);
    pthread_mutex_init(&state->lock, NULL);
    state->plan = fault_plan_retain(plan);
    state->seed = seed;
    state->set_ns = now_ns;
    state->counts = array_of(plan->rule_count, sizeof *state->counts);
    state->scenarios = array_of(plan->scenarios.count, sizeof *state->scenarios);
    state->windows = array_of(plan->quotas.count, sizeof *state->windows);
    return state;
}

struct fault_state *fault_state_retain(struct fault_state *state)
{
    if (state != NULL)
        atomic_fetch_add_explicit(&state->references, 1, memory_order_relaxed);
    return state;
}

void fault_state_release(struct fault_state *state)
{
    if (state == NULL || atomic_fetch_sub_explicit(&state->references, 1, memory_order_acq_rel) > 1)
        return;
    fault_plan_release(state->plan);
    pthread_mutex_destroy(&state->lock);
    free(state->counts);
    free(state->scenarios);
    free(state->windows);
    free(state);
}

struct fault_plan *fault_state_plan(const struct fault_state *state)
{
    return state->plan;
}

void fault_state_reset(struct fault_state *state, int64_t now_ns)
{
    const struct fault_plan *plan = state->plan;
    pthread_mutex_lock(&state->lock);
    state->set_ns = now_ns;
    memset(state->counts, 0, plan->rule_count * sizeof *state->counts);
    memset(state->scenarios, 0, plan->scenarios.count * sizeof *state->scenarios);
    memset(state->windows, 0, plan->quotas.count * sizeof *state->windows);
    pthread_mutex_unlock(&state->lock);
}

/* --- does it fire? ------------------------------------------------------------------ */

struct firing {
    uint64_t match_number;
    uint64_t retry_after; /* seconds until the quota's window ends; 0: no quota */
};

static bool number_is_meant(const struct when *when, uint64_t match_number)
{
    if (match_number <= when->skip)
        return false;
    uint64_t n = match_number - when->skip;
    if (when->first > 0 && n > when->first)
        return false;
    if (when->every > 0 && n % when->every != 0)
        return false;
    for (size_t i = 0; i < when->nth_count; i++)
        if (when->nth[i] == n)
            return true;
    return when->nth_count == 0;
}

static bool time_is_meant(const struct when *when, int64_t since_set_ns)
{
    uint64_t us = since_set_ns > 0 ? (uint64_t)since_set_ns / 1000 : 0;
    if (us < when->after_us)
        return false;
    return when->for_us == 0 || us - when->after_us < when->for_us;
}

/* Counts a request in the quota's window. True once the quota was used up before it. */
static bool quota_is_used_up(const struct quota *quota, struct quota_window *window, int64_t now_ns,
                             uint64_t *retry_after)
{
    const int64_t second = 1000000000;
    int64_t per_ns = (int64_t)quota->per_us * 1000;
    int64_t age_ns = clock_difference(now_ns, window->opened_ns);
    if (!window->open || age_ns >= per_ns || age_ns < 0) {
        *window = (struct quota_window){.open = true, .opened_ns = now_ns};
        age_ns = 0;
    }
    if (window->used < quota->requests) {
        window->used++;
        return false;
    }
    int64_t left_ns = per_ns - age_ns;
    *retry_after = (uint64_t)((left_ns - 1) / second + 1);
    return true;
}

/* Under the lock: counts the match of a rule, and tells whether it fires. */
static bool count_match(struct fault_state *state, const struct rule *rule, int64_t now_ns,
                        struct firing *firing)
{
    const struct action *action = &rule->action;
    struct rule_count *count = &state->counts[rule - state->plan->rules];
    if (rule->required != NULL && state->scenarios[rule->scenario->index] != rule->required->index)
        return false;
    *firing = (struct firing){.match_number = ++count->matches};
    if (!number_is_meant(&rule->when, count->matches) ||
        !time_is_meant(&rule->when, clock_difference(now_ns, state->set_ns)))
        return false;
    if (rule->when.has_probability) {
        struct rng rng = rule_rng(rule, state->seed, count->matches);
        if (rng_unit(&rng) >= rule->when.probability)
            return false;
    }
    if (action->quota != NULL &&
        !quota_is_used_up(action->quota, &state->windows[action->quota->index], now_ns,
                          &firing->retry_after))
        return false;
    count->fired++;
    if (rule->next != NULL)
        state->scenarios[rule->scenario->index] = rule->next->index;
    return true;
}

/* --- what then? ----------------------------------------------------------------------- */

static bool has_header(const struct action *action, const char *name)
{
    for (size_t i = 0; i < action->header_count; i++)
        if (str_equal_ignoring_case(action->headers[i].name, str_from(name)))
            return true;
    return false;
}

static void copy_headers(const struct action *action, uint64_t retry_after, struct arena *arena,
                         struct fault_decision *out)
{
    out->headers = arena_alloc(arena, (action->header_count + 1) * sizeof *out->headers);
    for (size_t i = 0; i < action->header_count; i++)
        out->headers[out->header_count++] =
            (struct fault_pair){arena_copy_str(arena, action->headers[i].name),
                                arena_copy_str(arena, action->headers[i].value)};
    if (retry_after == 0 || action->status == 0 || has_header(action, "Retry-After"))
        return;
    const char *seconds = arena_printf(arena, "%llu", (unsigned long long)retry_after);
    out->headers[out->header_count++] =
        (struct fault_pair){str_from("Retry-After"), str_from(seconds)};
}

/* See struct fault_decision: a rule that answers itself, or cuts before any answer, acts not. */
static bool operation_acts(const struct action *action)
{
    bool cut_before = action->act != FAULT_SEND && action->at == FAULT_AT_ACCEPT;
    return action->after_commit || (action->status == 0 && !cut_before);
}

/* The draws of a match, always in this order: probability, delay, garbage. */
static void draw(const struct rule *rule, uint64_t seed, uint64_t match_number,
                 struct fault_decision *out)
{
    struct rng rng = rule_rng(rule, seed, match_number);
    double unit = rng_unit(&rng);
    out->drawn = rule->when.has_probability;
    out->draw = out->drawn ? unit : 0;
    out->transport.delay_us = delay_draw(&rule->action.delay, &rng);
    out->transport.garbage_seed = rng_next(&rng);
}

static void decide_rule(const struct fault_plan *plan, size_t index, uint64_t seed,
                        const struct firing *firing, struct arena *arena,
                        struct fault_decision *out)
{
    const struct rule *rule = &plan->rules[index];
    const struct action *action = &rule->action;
    *out = (struct fault_decision){
        .rule = arena_copy_str(arena, rule->name),
        .index = index,
        .match_number = firing->match_number,
        .seed = seed,
        .act = operation_acts(action),
        .status = action->status,
        .has_body = action->has_body,
        .body = action->has_body ? arena_copy_str(arena, action->body) : str_make("", 0),
        .content_type = has_header(action, "Content-Type") ? NULL : action->content_type,
        .violate = action->violate,
        .truncate_fraction = action->truncate_fraction,
        .drip_pieces = action->drip_pieces,
        .drip_over_us = action->drip_over_us,
        .transport =
            {
                .act = action->act,
                .at = action->at,
                .byte = action->byte,
                .drip_bytes = action->drip_bytes,
                .drip_every_us = action->drip_every_us,
                .truncate = action->truncate,
                .truncate_at = action->truncate_at,
            },
    };
    copy_headers(action, firing->retry_after, arena, out);
    draw(rule, seed, firing->match_number, out);
}

bool fault_decide(struct fault_state *state, const struct fault_subject *subject, int64_t now_ns,
                  struct fault_decision *out)
{
    if (state == NULL || state->plan->rule_count == 0)
        return false;
    const struct fault_plan *plan = state->plan;
    struct probe probe;
    probe_init(&probe, plan, subject);
    if (!probe_gates(&probe))
        return false;
    for (size_t i = probe_next(&probe, 0); i < plan->rule_count; i = probe_next(&probe, i + 1)) {
        enum match_outcome outcome = probe_rule(&probe, i);
        if (outcome == MATCH_NO)
            continue;
        struct firing firing;
        pthread_mutex_lock(&state->lock);
        state->counts[i].undecided += outcome == MATCH_UNDECIDED;
        bool fires = outcome == MATCH_YES && count_match(state, &plan->rules[i], now_ns, &firing);
        pthread_mutex_unlock(&state->lock);
        if (!fires)
            continue;
        decide_rule(plan, i, state->seed, &firing, subject->arena, out);
        return true;
    }
    return false;
}

bool fault_decide_again(const struct fault_plan *plan, struct str rule, uint64_t match_number,
                        uint64_t seed, struct arena *arena, struct fault_decision *out)
{
    struct firing firing = {.match_number = match_number};
    for (size_t i = 0; i < plan->rule_count; i++) {
        if (!str_equal(plan->rules[i].name, rule))
            continue;
        decide_rule(plan, i, seed, &firing, arena, out);
        return true;
    }
    return false;
}

/* --- scenarios and counters ------------------------------------------------------------- */

void fault_scenarios_reset(struct fault_state *state)
{
    pthread_mutex_lock(&state->lock);
    memset(state->scenarios, 0, state->plan->scenarios.count * sizeof *state->scenarios);
    pthread_mutex_unlock(&state->lock);
}

enum fault_scenario_outcome fault_scenario_set(struct fault_state *state, struct str scenario,
                                               struct str to)
{
    const struct scenario *found = map_get(&state->plan->scenarios, scenario);
    if (found == NULL)
        return FAULT_SCENARIO_UNKNOWN;
    const struct scenario_state *target = map_get(&found->states, to);
    if (target == NULL)
        return FAULT_SCENARIO_NO_STATE;
    pthread_mutex_lock(&state->lock);
    state->scenarios[found->index] = target->index;
    pthread_mutex_unlock(&state->lock);
    return FAULT_SCENARIO_SET;
}

static void put_uint(struct json_writer *writer, const char *name, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    json_put_key(writer, name);
    json_put_raw(writer, str_from(digits));
}

/* The rule's own text, and the counters behind its last member. */
static void write_rule(const struct rule *rule, const struct rule_count *count,
                       struct json_writer *writer)
{
    struct str open = str_make(rule->json.data, rule->json.len - 1);
    json_put_raw(writer, open);
    put_uint(writer, "matches", count->matches);
    put_uint(writer, "fired", count->fired);
    if (count->undecided > 0)
        put_uint(writer, "undecided", count->undecided);
    json_end_object(writer);
}

static void write_scenario(const struct scenario *scenario, uint32_t current,
                           struct json_writer *writer)
{
    json_begin_object(writer);
    json_put_key(writer, "name");
    json_put_string(writer, scenario->name);
    json_put_key(writer, "state");
    json_put_string(writer, scenario->states.entries[current].key);
    json_put_key(writer, "possibleStates");
    json_begin_array(writer);
    for (size_t i = 0; i < scenario->states.count; i++)
        json_put_string(writer, scenario->states.entries[i].key);
    json_end_array(writer);
    json_end_object(writer);
}

static void write_scenarios(const struct fault_state *state, struct json_writer *writer)
{
    const struct map *scenarios = &state->plan->scenarios;
    json_begin_array(writer);
    for (size_t i = 0; i < scenarios->count; i++)
        write_scenario(scenarios->entries[i].value, state->scenarios[i], writer);
    json_end_array(writer);
}

static void write_quotas(const struct fault_state *state, int64_t now_ns,
                         struct json_writer *writer)
{
    const struct map *quotas = &state->plan->quotas;
    json_begin_array(writer);
    for (size_t i = 0; i < quotas->count; i++) {
        const struct quota *quota = quotas->entries[i].value;
        const struct quota_window *window = &state->windows[i];
        int64_t age_ns = clock_difference(now_ns, window->opened_ns);
        bool current = window->open && age_ns >= 0 && age_ns / 1000 < (int64_t)quota->per_us;
        json_begin_object(writer);
        json_put_key(writer, "name");
        json_put_string(writer, quota->name);
        put_uint(writer, "used", current ? window->used : 0);
        put_uint(writer, "requests", quota->requests);
        json_end_object(writer);
    }
    json_end_array(writer);
}

void fault_state_write_json(struct fault_state *state, int64_t now_ns, struct json_writer *writer)
{
    const struct fault_plan *plan = state->plan;
    pthread_mutex_lock(&state->lock);
    json_begin_object(writer);
    put_uint(writer, "seed", state->seed);
    json_put_key(writer, "faults");
    json_begin_array(writer);
    for (size_t i = 0; i < plan->rule_count; i++)
        write_rule(&plan->rules[i], &state->counts[i], writer);
    json_end_array(writer);
    json_put_key(writer, "scenarios");
    write_scenarios(state, writer);
    json_put_key(writer, "quotas");
    write_quotas(state, now_ns, writer);
    json_end_object(writer);
    pthread_mutex_unlock(&state->lock);
}

void fault_state_write_scenarios(struct fault_state *state, struct json_writer *writer)
{
    pthread_mutex_lock(&state->lock);
    write_scenarios(state, writer);
    pthread_mutex_unlock(&state->lock);
}
