/*
 * attempts: which entries of the journal are attempts of one logical request.
 * Private to verify/: see retries.h for the rules.
 */
#ifndef VERIFY_ATTEMPTS_H
#define VERIFY_ATTEMPTS_H

#include "verify/retries.h"

/* Sorts the entries into groups, each in order of time; nothing is judged yet. */
struct retry_group *attempts_group(const struct journal_list *list,
                                   const struct retry_policy *policy, struct arena *arena);

/* The value of the first request (or response) header of that name; data is NULL without. */
struct str attempt_header(const struct journal_entry *entry, const char *name);
struct str answer_header(const struct journal_entry *entry, const char *name);

/* x-stainless-retry-count, or -1. */
int64_t attempt_retry_count(const struct journal_entry *entry);

/* When the answer ended, by the monotonic clock; UINT64_MAX while it is under way. */
uint64_t attempt_end_ns(const struct journal_entry *entry);

/*
 * True if the answer had ended when the other attempt began, or nearly so: a
 * quick client may have sent it before the server had noted the end.
 */
bool attempt_ended_before(const struct journal_entry *entry, const struct journal_entry *other);

/* The answer did not arrive whole. */
bool attempt_is_lost(const struct journal_entry *entry);

#endif
