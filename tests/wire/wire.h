/*
 * wire: a server whose handler does as the request's path says, and a client
 * that speaks in bytes.
 *
 * The handler knows these paths, with parameters in the query:
 *   /echo      answers the body it got, and tells of the head in x-... headers
 *   /bytes?n=N N bytes "0123456789012..."
 *   /busy?ms=N answers "done" after having worked so long in the handler
 *   /fault?act=reset&at=byte&byte=3&delay=MS&drip=N&every=MS&truncate=N
 *              answers "0123456789" with that done to it
 *   /status?n=N an answer with that status and the body "text"
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "http/server.h"
#include "support/unit.h"

#include <stdatomic.h>

/* What the handler and its `sent` have seen so far. */
struct seen {
    atomic_size_t handled;
    atomic_size_t complete;
    atomic_size_t incomplete;
    atomic_uint_fast64_t bytes;
};

struct stage {
    struct server *server;
    struct seen seen;
    int port;
};

/* Starts a server on a free port, with 1 MB as the largest body. Fails the test if it cannot. */
void stage_start(struct stage *stage, int threads);
/* The same on this address. */
void stage_start_on(struct stage *stage, const char *host, int threads);
void stage_stop(struct stage *stage, unsigned grace_ms);

/* Waits up to 2 s until so many exchanges are over. */
void stage_wait_sent(struct stage *stage, size_t count);

/* Starts counting anew, when all that was asked for before is over: `sent` comes after the
 * client has its answer. */
void stage_count_anew(struct stage *stage);

/* How a connection ended, from the client's side. */
enum ending {
    ENDED_NOT, /* nothing came for the given time */
    ENDED_EOF,
    ENDED_RESET,
};

struct reply {
    int status;
    char head[8192]; /* NUL-terminated */
    char *body;      /* heap; reply_free */
    size_t body_len;
    enum ending ending; /* ENDED_NOT: the reply came whole and the connection is open */
};

int client_open(int port);
/* The same, with a small receive buffer. */
int client_open_narrow(int port);
void client_send(int fd, const char *text);
void client_send_bytes(int fd, const void *bytes, size_t length);

/* Reads one response by its Content-Length (none for `without_body`). Waits 5 s for bytes. */
void client_read(int fd, struct reply *reply, bool without_body);

/* Reads whatever comes until the end, or for `wait_ms` without a byte. Body and head together. */
enum ending client_read_all(int fd, int wait_ms, char *to, size_t room, size_t *got);

/* Opens, sends, reads one reply, closes. */
void client_ask(int port, const char *text, struct reply *reply);

bool reply_has(const struct reply *reply, const char *header_line);
void reply_free(struct reply *reply);

uint64_t now_ms(void);
void sleep_for_ms(long ms);

#endif
