/*
 * The order is FastAPI's: a body that is no JSON beats a missing key, and a
 * missing key beats an invalid body. Faults are decided as soon as all that
 * they may look at is known, and strike before anything is checked: a proxy
 * that fails does not validate first.
 */
#include "mock/pipeline.h"

#include "base/stack.h"
#include "mock/admin/admin.h"

typedef void step_function(struct exchange *exchange);

static step_function *const opening[] = {
    step_world,     /* finds the world */
    step_preflight, /* answers CORS preflights */
    admin_answer,   /* answers everything under /__admin */
    steady_answer,  /* answers what Steady's clients ask under /_x-steady */
    step_route,     /* finds the operation */
    step_read,      /* reads the body */
};

static step_function *const middle[] = {
    step_cue,        /* decides faults; answers those that strike before the commit */
    step_refuse,     /* 404, 405, 307, 501 */
    step_syntax,     /* the body is not JSON */
    step_security,   /* 401 */
    step_parameters, /* collects violations */
    step_body,       /* collects violations */
    step_rules,      /* collects those of rules beyond the schema; answers their refusals */
    step_verdict,    /* answers if there are violations */
    step_prefer,     /* answers as the client prefers */
    step_act,        /* store, example or generated answer */
};

static step_function *const closing[] = {
    step_fault,   /* replaces, delays or breaks the answer */
    step_check,   /* debug builds: the answer against the contract */
    step_finish,  /* headers that every answer has */
    step_cover,   /* counts */
    step_journal, /* writes down what happened */
    step_breach,  /* notes what the exit code will judge */
};

enum {
    SHALLOW = 64, /* bodies up to this depth run on the worker's own small stack */
    LARGE_STACK = 64 * 1024 * 1024,
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static void run_until_answered(struct exchange *exchange, step_function *const *steps, size_t count)
{
    for (size_t i = 0; i < count && !exchange->answered; i++)
        steps[i](exchange);
}

static void run_rest(void *context)
{
    struct exchange *exchange = context;
    run_until_answered(exchange, middle, COUNT(middle));
    for (size_t i = 0; i < COUNT(closing); i++)
        closing[i](exchange);
}

void pipeline_run(struct exchange *exchange)
{
    run_until_answered(exchange, opening, COUNT(opening));
    if (exchange->document.depth > SHALLOW && stack_run(run_rest, exchange, LARGE_STACK))
        return;
    run_rest(exchange);
}
