/*
 * park: the exchanges that take their time.
 *
 * civetweb ties a worker thread to a connection. A response that is delayed,
 * dripped or never finished would tie it up for nothing, so such an exchange is
 * parked: its connection and its arena move here, and one thread looks after
 * all of them, thousands at once, while the worker serves someone else. The
 * same thread ends connections in the ways that need patience: a FIN that no
 * unread input turns into a RST, a RST that does not overtake the data.
 *
 * How a connection is taken from civetweb: its descriptor is duplicated for
 * us, and a dead socket is put in place of the original (dup2), so that all
 * that civetweb does to close "its" connection hits the dead one.
 */
#ifndef HTTP_PARK_H
#define HTTP_PARK_H

#include "http/descriptors.h"
#include "http/wire.h"

struct park;

/*
 * An exchange from the first byte of the request to the last of the response.
 * It is on the heap and never moves, so that the handler's token may point to
 * any of it.
 */
struct parcel {
    struct arena arena;
    struct request request;
    struct response response;
    struct wire wire;
    void *token;  /* the handler's */
    bool handled; /* the handler was called, and waits to be told */
};

/* A parcel with an open, empty arena whose blocks come from `pool`. */
struct parcel *parcel_make(struct arena_pool *pool);

/* Tells the handler that the exchange is over. Then the parcel is as new. */
void parcel_finish(struct parcel *parcel, const struct handler *handler);

void parcel_free(struct parcel *parcel);

/*
 * Starts the thread. `handler` and `descriptors` are borrowed until park_stop.
 * At most `limit` connections are held at a time.
 * Returns NULL and appends one line to `error` on failure.
 */
struct park *park_start(const struct handler *handler, struct descriptors *descriptors,
                        size_t limit, struct buf *error);

/*
 * Takes connection `fd` and the parcel. The caller must have civetweb close
 * `fd`, which is dead afterwards. If there is no descriptor to spare, or the park is full, the
 * connection is reset, the exchange ends as incomplete and false is returned.
 */
bool park_add(struct park *park, int fd, struct parcel *parcel);

/* From now on nothing waits: delays end, hung connections close. Cannot be undone. */
void park_hurry(struct park *park);

/* Exchanges whose response has not gone out yet. */
size_t park_count(struct park *park);

/* Closes what is left, ends the thread, frees the park. */
void park_stop(struct park *park);

#endif
