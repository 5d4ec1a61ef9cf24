/*
 * journal_file: every exchange as a line of JSON in a file that a CI job keeps.
 *
 * Append-only; secrets are hidden (see enum journal_secrets). Lines are written
 * by a thread of its own, some 20 ms after the exchange ended, so that no
 * request waits for a disk; what is still queued is written at close. Where the
 * disk is slower than the clients, requests wait for it rather than lines being
 * lost. A write that fails is told once on stderr; later ones are still tried.
 */
#ifndef VERIFY_JOURNAL_FILE_H
#define VERIFY_JOURNAL_FILE_H

#include "verify/journal.h"

struct journal_file;

/*
 * Opens or makes the file; NULL with the reason in errno if that fails. `path`
 * must outlive it. Signals that the caller blocks are blocked in its thread.
 */
struct journal_file *journal_file_open(const char *path);

/* Queues a finished entry, whose reference is taken over. Thread-safe. */
void journal_file_add(struct journal_file *file, struct journal_entry *entry);

/*
 * Writes what is queued, and closes. False if any line could not be written.
 * Nobody may add any more. NULL is allowed, and true.
 */
bool journal_file_close(struct journal_file *file);

#endif
