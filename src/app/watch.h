/*
 * watch: have the files of a contract changed on disk?
 *
 * Looks at size, time and identity of each file that a bill was read from: the
 * documents, the files that references lead to, overlays, fixtures and fault
 * plans. Polling is enough for people who save files, works on every file system,
 * and also sees a file that was replaced by a rename. Belongs to one thread.
 */
#ifndef APP_WATCH_H
#define APP_WATCH_H

#include "mock/bill.h"

struct watch {
    struct arena arena;
    struct watched_file *files;
    size_t count;
};

/*
 * Watches the files of a bill (NULL: none) and some others, and nothing else
 * any more. One that was watched already counts as it was when it was last
 * looked at: what changed while it was being read is seen next time. A zeroed
 * watch is empty.
 */
void watch_set(struct watch *watch, const struct bill *bill, const char *const *paths,
               size_t path_count);

/* True once for each change since the last call (or since watch_set). */
bool watch_changed(struct watch *watch);

void watch_free(struct watch *watch);

#endif
