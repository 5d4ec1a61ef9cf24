/*
 * worker: one of civetweb's threads, and the connection that it serves.
 *
 * worker_serve is the way of a request through the http layer: check the head,
 * read the body, call the handler, send the response. A worker belongs to its
 * thread; only what is marked as shared may be looked at by others, under the
 * floor's lock. No civetweb here: server.c hands in what is needed.
 */
#ifndef HTTP_WORKER_H
#define HTTP_WORKER_H

#include "base/log.h"
#include "http/body.h"
#include "http/park.h"

#include <stdatomic.h>
#include <time.h>

/* What all workers of a server share. */
struct floor {
    pthread_mutex_t lock;
    struct worker *workers;
    size_t connected; /* workers with a connection */
    size_t known;     /* of those, the ones whose descriptor is known */
    size_t size;      /* workers there are to be */

    struct handler handler;
    size_t max_body;
    const struct log *log; /* may be NULL */
    struct arena_pool pool;
    struct descriptors descriptors;
    struct park *park;
    atomic_size_t waiting; /* workers that sit out a delay */
    atomic_bool stopping;
    int stop_event; /* an eventfd, readable once the server stops */
};

struct worker {
    struct worker *next;
    struct floor *floor;
    int fd;             /* shared: its connection, or -1 where that is not known yet */
    bool serving;       /* shared */
    bool refused;       /* the connection ends with the answer that it has got */
    bool client_left;   /* has ended its side while the present response waited */
    const char *buffer; /* civetweb's, see framing_check_place */
    struct parcel *parcel;
    time_t date_second;
    char date[32]; /* Date header for that second */
};

void floor_init(struct floor *floor, const struct handler *handler, size_t max_body,
                const struct log *log, size_t size);
void floor_free(struct floor *floor);

/* Adds a worker for the calling thread, and takes it away again. */
struct worker *worker_make(struct floor *floor);
void worker_free(struct worker *worker);

/* A connection begins, and is about to be closed. */
void worker_connect(struct worker *worker);
void worker_disconnect(struct worker *worker);

/* A request as civetweb hands it over; all of it borrowed for the call. */
struct incoming {
    struct request request; /* slices into civetweb's buffer; no body yet */
    const char *peer;       /* address */
    int peer_port;
    struct body_source body;
    bool must_close;    /* civetweb will end the connection after this request */
    bool head_is_split; /* by framing_split_headers: the layout is known to be good */
};

/*
 * Serves one request from head to response. Returns true if the connection can
 * go on, false if it must be closed by civetweb now (it may have been taken
 * over already, see park.h).
 */
bool worker_serve(struct worker *worker, struct incoming *incoming);

/* Answers {"detail": ...} to a request that cannot be served, and ends the connection. */
void worker_refuse(struct worker *worker, const struct incoming *incoming, struct refusal refusal);

/* From now on every response is its connection's last, and no worker sits out a delay. */
void floor_announce_stop(struct floor *floor);

/* Ends the input of the connections that have no request in hand. */
void floor_end_idle(struct floor *floor);

/* Cuts all connections. */
void floor_cut_all(struct floor *floor);

/* True while a worker has a connection, or a response is not out yet. */
bool floor_is_busy(struct floor *floor);

#endif
