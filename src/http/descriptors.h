/*
 * descriptors: which file descriptor a connection is.
 *
 * civetweb 1.15 tells a handler who its peer is, but not the socket. Faults,
 * delays that do not hold a worker, and a quick stop need the socket, so we
 * ask the kernel: of all descriptors, a connection is the one whose peer and
 * own port are the request's. Descriptors that are known to belong to another
 * connection are skipped without a system call, and the kernel gives out the
 * lowest free number first, so a search is one or two calls as a rule.
 *
 * A server on 0.0.0.0 may have two connections of the same peer and port, to two
 * of its addresses, and civetweb does not tell a connection's own address. The
 * one that a request was read from is then the one that is not as it arrived.
 *
 * All functions may be called from any thread.
 */
#ifndef HTTP_DESCRIPTORS_H
#define HTTP_DESCRIPTORS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct descriptors {
    pthread_mutex_t lock;
    bool *taken; /* by number: belongs to a connection that we know */
    size_t size; /* of `taken` */
    int first;   /* connections are most likely from this number upwards */
    int limit;   /* and below this one */
    int port;    /* the server's */
    bool is_on_all_addresses;
};

/* `listener` was opened after the program's own files: connections have larger numbers. */
void descriptors_init(struct descriptors *set, int listener, int port);
void descriptors_free(struct descriptors *set);

/*
 * Finds the connection of the peer `address`:`port`, of which something was read,
 * and marks it as taken. Returns -1 where there is none (the peer has reset it
 * already), or where there are two: better no answer than another's.
 */
int descriptors_find(struct descriptors *set, const char *address, int port);

/* Marks a descriptor that the caller has got otherwise. */
void descriptors_take(struct descriptors *set, int fd);

/* Must be called before a taken descriptor is closed. */
void descriptors_release(struct descriptors *set, int fd);

/*
 * True if there are connections that are not taken, besides so many of which
 * the caller knows: clients that wait for a worker.
 */
bool descriptors_has_waiting(struct descriptors *set, size_t besides);

/* Ends the input of all connections that are not taken: no request was read from them yet. */
void descriptors_end_input_of_waiting(struct descriptors *set);

/* The listening socket on `port` of this process, or -1. */
int descriptors_find_listener(int port);

#endif
