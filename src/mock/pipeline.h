/*
 * pipeline: one request, top to bottom. Read pipeline.c first: its table is
 * the program's main path.
 *
 * A step looks at the exchange and may answer it; an answered exchange skips to
 * the closing steps, which always run. No step touches a socket.
 */
#ifndef MOCK_PIPELINE_H
#define MOCK_PIPELINE_H

#include "mock/exchange.h"

/* Runs the whole table. Afterwards exchange->response is what goes to the wire. */
void pipeline_run(struct exchange *exchange);

/* The steps, one file each (step_*.c), but for those of the store (act.c) and the admin API. */
void step_world(struct exchange *exchange);     /* which store, faults, journal, clock */
void step_preflight(struct exchange *exchange); /* CORS questions */
void step_route(struct exchange *exchange);     /* which operation */
void step_read(struct exchange *exchange);      /* the body's text to a tree */
void step_cue(struct exchange *exchange);       /* does a fault strike, and when */
void step_refuse(struct exchange *exchange);    /* no operation, or a broken one */
void step_syntax(struct exchange *exchange);    /* the body is not JSON */
void step_security(struct exchange *exchange);
void step_parameters(struct exchange *exchange);
void step_body(struct exchange *exchange);
void step_rules(struct exchange *exchange);   /* the overlay's rules beyond the schema */
void step_verdict(struct exchange *exchange); /* violations were found */
void step_prefer(struct exchange *exchange);  /* Prism's `Prefer` */
void step_act(struct exchange *exchange);
void step_fault(struct exchange *exchange);   /* closing: what the fault does to the answer */
void step_check(struct exchange *exchange);   /* closing: does the answer fit the contract */
void step_finish(struct exchange *exchange);  /* closing: headers for every answer */
void step_cover(struct exchange *exchange);   /* closing: counts what was used of the contract */
void step_journal(struct exchange *exchange); /* closing */
void step_breach(struct exchange *exchange);  /* closing: notes what the exit code judges */

#endif
