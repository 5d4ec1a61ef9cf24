/*
 * options: command line and environment into one struct.
 *
 * Every flag is one row of a table in options.c: name, variable, help, and where
 * its value goes. The environment is read first, the command line wins; lists
 * (overlays, fixtures, faults) add up, and in a variable are separated by ':'.
 *
 * Strings are borrowed from argv and the environment, which outlive everything.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "app/dropin.h"
#include "base/buf.h"
#include "base/log.h"
#include "mock/bill.h"
#include "mock/generation.h"

enum { OPTIONS_LIST_MAX = 64, OPTIONS_OPERANDS_MAX = 32 };

struct text_list {
    const char *items[OPTIONS_LIST_MAX];
    size_t count;
};

enum verb {
    VERB_SERVE,
    VERB_CHECK,
    VERB_SHOW,
    VERB_VALIDATE,
    VERB_REPLAY,
    VERB_HELP,
    VERB_VERSION,
};

struct options {
    enum verb verb;
    struct text_list operands; /* SPEC and what follows */
    const char *host;
    int64_t port;
    struct text_list overlays;
    struct text_list fixtures;
    struct text_list faults;
    struct text_list maps; /* URL=FILE */
    const char *port_file;
    int64_t threads;
    int64_t max_body;
    int64_t max_nodes;
    int64_t max_violations;
    bool has_seed;
    int64_t seed;
    const char *clock;
    int64_t clock_ns; /* of `clock`, once parsed */
    enum dialect_kind dialect;
    struct query_format query_format;
    struct query_format form_format;
    bool accept_invalid; /* in the `steady` dialect */
    bool dynamic;
    int64_t array_min; /* of made-up arrays; -1: nothing was said */
    int64_t array_max;
    int64_t stream_count;
    int64_t stream_interval;      /* milliseconds */
    struct generation generation; /* these four, put together */
    enum guest guest;             /* whose words the command line was in */
    enum log_format log;
    bool annotate_formats;
    bool check_answers;
    bool verbose;
    bool strict; /* check: warnings count as mistakes */
    bool watch;
    int64_t max_worlds;
    int64_t world_idle; /* seconds */
    const char *journal_file;
    const char *coverage_file;
    int64_t fail_under; /* percent; 0: never */
    bool fail_on_violation;
    bool fail_on_unmatched;
    struct arena arena; /* for what had to be copied */
};

enum options_outcome {
    OPTIONS_OK,
    OPTIONS_WRONG, /* usage: one line in `message`, exit 2 */
};

/* Fills `options`. `message` (an empty buf) receives what is wrong, in one line. */
enum options_outcome options_read(struct options *options, int argc, char **argv,
                                  struct buf *message);
void options_free(struct options *options);

/* True for "serve" and the like. */
bool options_is_verb(const char *word);

/* The help text of a verb (VERB_HELP: of the program). */
void options_print_help(enum verb verb, struct buf *out);

#endif
