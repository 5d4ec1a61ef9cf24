/*
 * listener: the socket on which clients arrive.
 *
 * The program opens it by itself, before civetweb starts, because only so is
 * the reason at hand when it fails: civetweb says no more than that it failed.
 */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include "base/buf.h"

/*
 * Binds to `host` (an IPv4 address or a name that has one) and `port` (0: a
 * free one) and listens. Returns the non-blocking descriptor, which the caller
 * owns, and sets *bound_port. On failure returns -1 and appends one line to
 * `error` that says what is wrong and how to mend it.
 */
int listener_open(const char *host, int port, int *bound_port, struct buf *error);

#endif
