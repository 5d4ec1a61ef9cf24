/*
 * url: the whole URL of an exchange, and its query in pairs.
 */
#ifndef VERIFY_URL_H
#define VERIFY_URL_H

#include "verify/journal.h"

/* The host that the client named, or "127.0.0.1". */
struct str url_host(const struct journal_exchange *exchange);

/* Appends "http://host/path?query", with secret values of the query masked where they are hidden.
 */
void url_add(const struct journal_exchange *exchange, enum journal_secrets secrets,
             struct buf *out);

/* Takes the first pair off a query, decoded into name and value; returns the rest. */
struct str url_next_pair(struct str query, struct buf *name, struct buf *value);

#endif
