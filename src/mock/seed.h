/*
 * seed: fixture files into the records that every world starts with.
 *
 * Each record is completed as the collection's writing operation would complete
 * it (ids, defaults, fills), checked against the schema of the records in that
 * operation's answer, and kept in the answer's shape.
 */
#ifndef MOCK_SEED_H
#define MOCK_SEED_H

#include "mock/bill.h"
#include "store/store.h"

struct seed_options {
    const char *const *paths;
    size_t path_count;
    uint64_t seed;  /* for generated ids: the same for the same fixtures */
    int64_t now_ns; /* for fills that want the time */
    struct store_limits limits;
    struct snapshot *former; /* the stores that start from it shall take the new one; or NULL */
};

/*
 * Reads all files. True and a snapshot (the caller releases it) if every record
 * is good; else false, with every mistake in diags by file, line and column.
 * `arena` keeps the sources that diags point to.
 */
bool seed_read(struct bill *bill, const struct seed_options *options, struct arena *arena,
               struct diags *diags, struct snapshot **snapshot);

#endif
