/*
 * verbs: what the program can be told to do; one file each.
 *
 * Every verb returns the exit code: 0 fine, 1 a mistake in something that was
 * read (or the server could not start, or its clients broke the contract), 2
 * wrong usage.
 */
#ifndef APP_VERBS_H
#define APP_VERBS_H

#include "app/options.h"

enum exit_code {
    EXIT_FINE = 0,
    EXIT_MISTAKE = 1,
    EXIT_USAGE = 2,
    EXIT_DOCUMENT = 3, /* serve, where the exit code judges the clients: see verdict.h */
};

int verb_serve(const struct options *options);
int verb_check(const struct options *options);
int verb_show(const struct options *options);
int verb_validate(const struct options *options);
int verb_replay(const struct options *options);

/* The options that loading a document takes, from the command line. Memory is `arena`'s. */
struct part_options part_options_from(const struct options *options, struct arena *arena);

/* Prints all diagnostics to stderr. */
void print_diags(const struct diags *diags);

/*
 * Writes the whole of `text` to stdout; false (with a line on stderr) if that
 * fails. A reader who has gone away is no failure.
 */
bool print_out(struct str text);

#endif
