/*
 * dropin: command lines of the tools that understudy stands in for, as its own.
 *
 * A script that calls Steady or Prism only changes the program's name, or not
 * even that: called by the name `steady` or `prism` (a link will do), with the
 * verb `mock`, or with a document in place of a verb, the arguments are taken
 * for theirs and rewritten before anything else reads them. Flags of ours may
 * stand among them. What has no effect here is said on stderr.
 */
#ifndef APP_DROPIN_H
#define APP_DROPIN_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdbool.h>

enum guest {
    GUEST_NONE,
    GUEST_PRISM,
    GUEST_STEADY,
};

struct command_line {
    int argc;
    char **argv;
    enum guest guest;
};

/*
 * The command line as understudy's own: the same one where it already is.
 * False with a reason in `message` where it asks for something that nobody
 * here can do. `warnings` gets a line for each flag without effect. What is made
 * lives in the arena.
 */
bool dropin_translate(int argc, char **argv, struct arena *arena, struct command_line *out,
                      struct buf *warnings, struct buf *message);

#endif
