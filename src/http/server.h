/*
 * server: HTTP/1.1 over civetweb. The only module that knows civetweb.
 *
 * civetweb accepts connections, parses heads and gives each connection a worker
 * thread for as long as it lives. All else is ours: the listening socket, the
 * checks of the frame, the body, the answer, and the end of a connection.
 *
 * What a worker does with a request is in worker.c. Requests whose frame is
 * broken are answered here with {"detail": "..."} and never reach the handler.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/buf.h"
#include "base/log.h"
#include "mock/message.h"

enum {
    SERVER_DEFAULT_THREADS = 256,
    SERVER_MOST_THREADS = 4096,
};

struct server_options {
    const char *host; /* IPv4 address or name; NULL: 127.0.0.1 */
    int port;         /* 0: a free one */
    int threads;      /* connections served at once; 0: the default */
    size_t max_body;  /* bytes; a larger body is answered with 413 */
    struct handler handler;
    const struct log *log; /* refused requests, and civetweb's own words; may be NULL */
};

struct server;

/*
 * Starts to serve. The handler is called from `threads` threads at once and
 * what it points to must outlive the server, as must the log. Returns NULL on
 * failure and appends one line to `error` that says why. Raises the process's
 * soft limit of open files to what is needed, where the hard limit allows it;
 * where it does not, serves fewer connections at once and says so in the log.
 */
struct server *server_start(const struct server_options *options, struct buf *error);

/* The port it listens on. */
int server_port(const struct server *server);

/*
 * Stops: no new connections, idle ones are closed, requests in flight are
 * finished. Delays end at once and hung responses are cut off. What is not done
 * after `grace_ms` milliseconds loses its connection. Returns when everything
 * is over and freed. (A handler that does not return is waited for.)
 */
void server_stop(struct server *server, unsigned grace_ms);

#endif
