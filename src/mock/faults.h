/*
 * faults: fault plans, held against the contracts.
 */
#ifndef MOCK_FAULTS_H
#define MOCK_FAULTS_H

#include "fault/plan.h"
#include "mock/bill.h"

/*
 * Reads a plan (YAML or JSON text) and checks that the operations it names
 * exist. NULL with errors in diags for any mistake. One reference for the caller.
 */
struct fault_plan *faults_read(const struct bill *bill, const struct source *source,
                               struct diags *diags);

/* The same for the value of a request's X-Understudy-Fault (see fault_plan_read_header). */
struct fault_plan *faults_read_header(const struct bill *bill, struct str text,
                                      struct diags *diags);

/*
 * The same from several files, in order, as one plan. The sources live in
 * `arena`, which must outlive diags.
 */
struct fault_plan *faults_read_files(const struct bill *bill, const char *const *paths,
                                     size_t count, struct arena *arena, struct diags *diags);

#endif
