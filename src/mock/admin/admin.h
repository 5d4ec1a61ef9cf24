/*
 * admin: everything under /__admin, for tests and people.
 *
 * One table of endpoints, one file for each family. Answers are JSON; errors
 * are {"error": "..."} or, for something that somebody wrote (a fault plan),
 * {"error": "...", "diagnostics": [{place, message, help}]}. Admin requests are
 * neither faulted nor journaled.
 */
#ifndef MOCK_ADMIN_H
#define MOCK_ADMIN_H

#include "mock/exchange.h"

/* Answers if the path is ours; otherwise does nothing. */
void admin_answer(struct exchange *exchange);

/* The same for what Steady's clients ask for, under /_x-steady (steady.c). */
void steady_answer(struct exchange *exchange);

/* What the endpoints get: the path after /__admin, split and decoded. */
enum { ADMIN_MAX_SEGMENTS = 8 };

struct admin_call {
    struct exchange *exchange;
    struct str segments[ADMIN_MAX_SEGMENTS];
    size_t count;
};

typedef void admin_function(const struct admin_call *call);

admin_function admin_health;           /* health.c */
admin_function admin_reset;            /* health.c */
admin_function admin_list_requests;    /* requests.c */
admin_function admin_show_request;     /* requests.c */
admin_function admin_forget_request;   /* requests.c */
admin_function admin_forget_requests;  /* requests.c */
admin_function admin_find_requests;    /* wiremock.c */
admin_function admin_count_requests;   /* wiremock.c */
admin_function admin_remove_requests;  /* wiremock.c */
admin_function admin_list_unmatched;   /* wiremock.c */
admin_function admin_near_unmatched;   /* near_misses.c */
admin_function admin_near_request;     /* near_misses.c */
admin_function admin_near_pattern;     /* near_misses.c */
admin_function admin_list_mappings;    /* mappings.c */
admin_function admin_refuse_mapping;   /* mappings.c */
admin_function admin_reset_mappings;   /* mappings.c */
admin_function admin_list_scenarios;   /* mappings.c */
admin_function admin_reset_scenarios;  /* mappings.c */
admin_function admin_set_scenario;     /* mappings.c */
admin_function admin_version;          /* mappings.c */
admin_function admin_judge_retries;    /* retries.c */
admin_function admin_list_collections; /* store.c */
admin_function admin_list_records;     /* store.c */
admin_function admin_show_record;      /* store.c */
admin_function admin_show_faults;      /* faults.c */
admin_function admin_set_faults;       /* faults.c */
admin_function admin_drop_faults;      /* faults.c */
admin_function admin_list_worlds;      /* worlds.c */
admin_function admin_drop_world;       /* worlds.c */
admin_function admin_drop_worlds;      /* worlds.c */
admin_function admin_list_snapshots;   /* worlds.c */
admin_function admin_save;             /* worlds.c */
admin_function admin_restore;          /* worlds.c */
admin_function admin_forget;           /* worlds.c */
admin_function admin_export_store;     /* worlds.c */
admin_function admin_show_clock;       /* clock.c */
admin_function admin_set_clock;        /* clock.c */
admin_function admin_show_coverage;    /* coverage.c */
admin_function admin_show_coverage_page;
admin_function admin_forget_coverage; /* coverage.c */

/* {"error": message} */
void admin_refuse(const struct admin_call *call, int status, const char *message);

/* The value of a query parameter, decoded; data is NULL where it is absent. */
struct str admin_query(const struct admin_call *call, const char *name);

/* The same as a whole number. False, and refused, where it is none; `fallback` where it is absent.
 */
bool admin_query_number(const struct admin_call *call, const char *name, uint64_t fallback,
                        uint64_t *number);

/* The same as one of two words, the first one where it is absent. False, and refused: another. */
bool admin_query_choice(const struct admin_call *call, const char *name,
                        const char *const choices[2], bool *second);

/*
 * The label of the operation that ?operation= names by label or operationId, or an empty one where
 * the parameter is absent. False, and refused, where the contract has no such operation: a filter
 * that can never match would read as good news.
 */
bool admin_query_operation(const struct admin_call *call, struct str *label);

/* 200 and {}: done, as WireMock says it. */
void admin_answer_done(const struct admin_call *call);

#endif
