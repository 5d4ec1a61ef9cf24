/*
 * event: an entry of the journal as WireMock writes it.
 *
 * A *logged request* is what /requests/find lists; a *serve event*, in
 * /requests, holds one and the answer, too. What is ours (number, operation,
 * violations, fault, ...) comes after WireMock's members in the logged request,
 * the only place where WireMock's own client, in Java, suffers members that it
 * does not know.
 *
 * WireMock's ids are UUIDs. Ours have the entry's number at the end.
 */
#ifndef WIREMOCK_EVENT_H
#define WIREMOCK_EVENT_H

#include "verify/journal.h"
#include "json/writer.h"

void event_write_request(const struct journal_entry *entry, struct json_writer *writer);
void event_write(const struct journal_entry *entry, struct json_writer *writer);

/* "00000000-0000-4000-8000-000000000007" */
void event_write_id(uint64_t number, struct buf *out);

/* Reads such an id, or a plain number; 0 for anything else. */
uint64_t event_read_id(struct str text);

/* No operation was met. CORS preflights are not unmatched: they are answered as such. */
bool event_is_unmatched(const struct journal_entry *entry);

#endif
