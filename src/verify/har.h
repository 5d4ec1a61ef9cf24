/*
 * har: the journal as an HTTP Archive 1.2, for browsers' tools and the like.
 *
 * What HAR has no member for is under names with an underscore, as HAR wants:
 * _id, _operation, _fault, _violations; _encoding of a request body that is not
 * UTF-8; _truncated for bodies that the journal cut.
 */
#ifndef VERIFY_HAR_H
#define VERIFY_HAR_H

#include "verify/journal.h"

/* Writes the whole archive. `version` is the program's. */
void har_write(const struct journal_list *list, const char *version, enum journal_secrets secrets,
               struct json_writer *writer);

#endif
