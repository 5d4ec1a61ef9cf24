/*
 * message: one request and one response, without a socket.
 *
 * The http layer fills a `struct request`, calls the handler, and writes the
 * `struct response` to the wire. Everything a request points to, and
 * everything a response points to, lives in the exchange's arena, which the
 * http layer opens before the call and clears after the last byte was written.
 * Tests make requests in memory and call the same handler.
 */
#ifndef MOCK_MESSAGE_H
#define MOCK_MESSAGE_H

#include "base/arena.h"
#include "base/str.h"
#include "openapi/contract.h"

struct request {
    struct str method;  /* as sent: "PUT" */
    struct str path;    /* as sent, percent-encoded, up to '?' */
    struct str query;   /* after '?', or empty */
    struct str version; /* "1.1" */
    const struct name_value *headers;
    size_t header_count;
    struct str body;
    struct str remote;    /* peer's address */
    uint64_t received_ns; /* monotonic clock: the head was complete */
};

/* What happens to the connection in place of, or in the middle of, the response. */
enum transport_act {
    TRANSPORT_SEND,    /* nothing special */
    TRANSPORT_RESET,   /* RST */
    TRANSPORT_CLOSE,   /* FIN */
    TRANSPORT_HANG,    /* never go on; until the client leaves or the server stops */
    TRANSPORT_EMPTY,   /* close without a byte */
    TRANSPORT_GARBAGE, /* random bytes in place of a response, then close */
};

enum transport_at {
    TRANSPORT_AT_ACCEPT, /* before the first byte of the response */
    TRANSPORT_AT_HEAD,   /* after the head */
    TRANSPORT_AT_BYTE,   /* after `byte` bytes of the body */
    TRANSPORT_AT_END,    /* after the last byte */
};

struct transport {
    enum transport_act act;
    enum transport_at at;
    uint64_t byte;
    uint64_t delay_us;      /* before the first byte */
    uint64_t drip_bytes;    /* body in pieces of so many bytes; 0: at once */
    const uint64_t *pieces; /* or where each piece of it ends; the last one is the body's end */
    size_t piece_count;
    uint64_t drip_every_us; /* pause between pieces */
    bool truncate;          /* send only `truncate_at` bytes of the body under the full
                               Content-Length, then close */
    uint64_t truncate_at;
    uint64_t garbage_seed;
};

enum { RESPONSE_MAX_HEADERS = 96 }; /* sixty of them are for the `steady` dialect */

struct response {
    int status;
    const char *reason;                              /* NULL: the usual words */
    struct name_value headers[RESPONSE_MAX_HEADERS]; /* without Content-Length, Connection, Date */
    size_t header_count;
    struct str body;
    bool close; /* end the connection after this response */
    struct transport transport;
};

/* Adds a header; silently drops what does not fit (the table is sized for what we send). */
void response_header(struct response *response, const char *name, struct str value);

/* The value of the first header of that name (any case), or an empty slice with NULL data. */
struct str request_header(const struct request *request, const char *name);

/*
 * Who answers. `handle` fills response (zeroed before) and is called from many
 * threads at once. `sent` is called after the response was written or the
 * connection failed (`complete` tells), before the arena is cleared; it may be
 * NULL. `token` is whatever handle put into *token.
 */
struct handler {
    void *context;
    void (*handle)(void *context, const struct request *request, struct response *response,
                   struct arena *arena, void **token);
    void (*sent)(void *context, void *token, bool complete, uint64_t bytes);
};

#endif
