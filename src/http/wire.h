/*
 * wire: a response as bytes, and how they go out.
 *
 * A `struct wire` is one response on its way: its bytes, how many of them are
 * sent, when, in what pieces, and what happens to the connection then. It is a
 * state machine that never blocks: whoever has the socket calls wire_advance
 * and waits as it says. A worker does so for an ordinary response; the parking
 * thread (park.h) does so for all that takes its time.
 *
 * A wire borrows its bytes from the exchange's arena and belongs to one thread
 * at a time. It does not own the socket.
 */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include "mock/message.h"

/* What happens to the connection after the last byte that is to be sent. */
enum wire_end {
    WIRE_KEEP,  /* nothing: civetweb goes on with it */
    WIRE_FIN,   /* close in order */
    WIRE_RESET, /* RST, after what was sent has arrived */
    WIRE_HANG,  /* nothing ever, until the client leaves */
};

struct wire {
    struct str head;
    struct str body;
    uint64_t whole;         /* head and body; UINT64_MAX: garbage, never whole */
    uint64_t limit;         /* so many bytes of head and body are to go out */
    uint64_t sent;          /* so many have gone out */
    uint64_t piece_end;     /* send at once up to here */
    uint64_t due_ns;        /* not before this (monotonic clock) */
    uint64_t drip_bytes;    /* 0: the body in one piece ... */
    const uint64_t *pieces; /* ... unless these, which are the response's, say where each ends */
    size_t piece_count;
    size_t piece;           /* how many of them are behind us */
    uint64_t drip_every_ns; /* between two pieces */
    enum wire_end end;
    bool lost; /* it was sent to a client that had left */
};

/* What the writer must know besides the response. */
struct wire_terms {
    bool without_body; /* the request was HEAD */
    bool keep_alive;   /* the connection goes on after this response */
    const char *date;  /* for the Date header */
    uint64_t now_ns;   /* delays count from here */
};

/* Makes the bytes and the plan. What is not in the response's own slices comes from the arena. */
void wire_plan(struct wire *wire, const struct response *response, const struct wire_terms *terms,
               struct arena *arena);

/* How long a response takes by its delay and its pauses, not counting the network. */
uint64_t wire_duration_ns(const struct response *response);

enum wire_progress {
    WIRE_SENT,   /* everything that is to be sent has been handed to the kernel */
    WIRE_WAIT,   /* nothing to do before due_ns */
    WIRE_FULL,   /* the socket takes no more for now */
    WIRE_BROKEN, /* the connection is gone */
};

/* Sends what is due. With `hurry` pauses are skipped: the server is about to stop. */
enum wire_progress wire_advance(struct wire *wire, int fd, uint64_t now_ns, bool hurry);

/*
 * Has all that was sent arrived? For a client that has ended its side of the
 * connection, which is not known to be still there: WIRE_SENT says that it is,
 * WIRE_FULL that no word has come yet, WIRE_BROKEN that it is gone and the
 * response is not complete.
 */
enum wire_progress wire_confirm(struct wire *wire, int fd);

/* True if the whole response has gone out, and has not met a client that is gone. */
bool wire_is_complete(const struct wire *wire);

/* How much of the body has gone out. */
uint64_t wire_body_sent(const struct wire *wire);

/* The usual words for a status (RFC 9110, 15), or "Unknown". */
const char *wire_reason(int status);

#endif
