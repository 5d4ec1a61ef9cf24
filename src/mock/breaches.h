/*
 * breaches: requests that the exit code holds against somebody, in words.
 *
 * Counts them by kind and keeps a line about the first few of each, so that
 * whoever reads "5 requests broke the contract" at the end need not search the
 * journal for them. No reset forgets them. Thread-safe.
 */
#ifndef MOCK_BREACHES_H
#define MOCK_BREACHES_H

#include "base/buf.h"

#include <pthread.h>

struct exchange;

enum breach {
    BREACH_NONE,
    BREACH_CONTRACT,   /* refused: it broke the contract of its operation */
    BREACH_UNMATCHED,  /* it met no operation */
    BREACH_UNPLAYABLE, /* it met one that the document describes wrongly */
    BREACH_KINDS,
};

enum { BREACHES_TOLD = 5 };

struct breach_list {
    uint64_t count;
    struct buf lines; /* about the first BREACHES_TOLD, each indented and with its line break */
};

struct breaches {
    pthread_mutex_t lock;
    struct breach_list lists[BREACH_KINDS];
};

void breaches_init(struct breaches *breaches);
void breaches_free(struct breaches *breaches);

/* Notes the exchange as what exchange->breach says. When its journal entry is made. */
void breaches_add(struct breaches *breaches, const struct exchange *exchange);

#endif
