/*
 * recording: a journal that was written to a file, as exchanges to play again.
 *
 * JSON Lines, one entry a line, as GET /__admin/requests?format=jsonl gives them;
 * a whole answer of GET /__admin/requests will do, too. Entries come sorted as
 * they happened: by world, then by id.
 */
#ifndef APP_RECORDING_H
#define APP_RECORDING_H

#include "base/diag.h"
#include "mock/message.h"
#include "json/node.h"

struct recorded {
    uint64_t id;
    struct str world; /* empty: the default one */
    int64_t time_ns;  /* 0: not told */
    struct request request;
    bool cut;                         /* the journal had kept only a part of the body */
    int status;                       /* 0: there was no response */
    const struct json_node *decision; /* of the fault that struck, or NULL */
};

struct recording {
    struct recorded *items;
    size_t count;
};

/*
 * Reads the file at `path` ("-": standard input). False with errors in diags,
 * by line, if it is no journal. Everything lives in the arena.
 */
bool recording_read(const char *path, struct arena *arena, struct recording *out,
                    struct diags *diags);

#endif
