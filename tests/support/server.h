/*
 * server: a stand-in for tests, in memory or over TCP on a free port.
 *
 * Made from a setup file (YAML): spec, overlays, fixtures, faults (paths from
 * the project's root), seed, clock, dialect, formats (assert, annotate). Every answer is held
 * against the contract; stand_in_broken_answers tells how many broke it.
 */
#ifndef SUPPORT_SERVER_H
#define SUPPORT_SERVER_H

#include "http/server.h"
#include "mock/mock.h"

struct stand_in {
    struct arena arena;
    struct diags diags;
    struct mock *mock;
    struct server *server; /* NULL until started */
};

/* Builds one from `setup`; false, with the diagnostics on stderr, if that fails. */
bool stand_in_make(struct stand_in *stand_in, const char *root, const char *setup);
void stand_in_free(struct stand_in *stand_in);

/* Starts it on a free port and returns that, or 0. */
int stand_in_start(struct stand_in *stand_in);

unsigned stand_in_broken_answers(const struct stand_in *stand_in);

/* One whole exchange over a fresh connection; the response's bytes as they came. */
struct str tcp_exchange(struct arena *arena, int port, struct str request);

#endif
