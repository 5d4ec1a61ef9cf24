/*
 * curl: an exchange as a shell command that sends the same request again.
 *
 * For sh and bash; everything is quoted, and nothing that curl would read as a
 * file, a glob or an option of its own is left to it. A body that is no plain text
 * goes through base64.
 */
#ifndef VERIFY_CURL_H
#define VERIFY_CURL_H

#include "verify/journal.h"

/*
 * Appends a comment line (number, time, operation, what was answered), the
 * command, and an empty line. A body that the journal cut is said to be cut.
 */
void curl_write(const struct journal_entry *entry, enum journal_secrets secrets, struct buf *out);

#endif
