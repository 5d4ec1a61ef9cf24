/*
 * secret: which names stand for credentials, so that their values stay out of
 * log lines and of files that outlive a run.
 *
 * Going by names is a guess, on the safe side: `page_token` is taken for one,
 * too. Whoever needs the value finds it in the journal by way of the admin API.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/buf.h"
#include "base/str.h"

/* What stands in place of a secret value. */
extern const char *const secret_mask;

/*
 * True for names of headers and parameters whose values are credentials, in any
 * case: Authorization, Cookie, X-API-Key, access_token, sig, ...
 */
bool secret_is_name(struct str name);

/* Appends a query string ("a=1&api_key=x") with the secret values masked. */
void secret_add_query(struct str query, struct buf *out);

#endif
