/*
 * faults: fault plans, held against the contract.
 */
#ifndef MOCK_FAULTS_H
#define MOCK_FAULTS_H

#include "fault/plan.h"
#include "openapi/contract.h"

/*
 * Reads a plan (YAML or JSON text) and checks that the operations it names
 * exist. NULL with errors in diags for any mistake. One reference for the caller.
 */
struct fault_plan *faults_read(const struct contract *contract, const struct source *source,
                               struct diags *diags);

/*
 * The same from several files, in order, as one plan. The sources live in
 * `arena`, which must outlive diags.
 */
struct fault_plan *faults_read_files(const struct contract *contract, const char *const *paths,
                                     size_t count, struct arena *arena, struct diags *diags);

#endif
