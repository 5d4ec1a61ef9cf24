/*
 * framing: where a request begins and ends, checked to the letter.
 *
 * A server that reads the frame of a message otherwise than the one before it
 * can be made to take half of one request for another (request smuggling), and
 * a client that frames badly should hear of it from a contract test. civetweb
 * 1.15 is lenient: what it lets pass is found here (RFC 9112 and RFC 9110).
 *
 * Pure functions over a parsed head; any thread may call them.
 */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include "mock/message.h"

/* The longest head: request line, headers and the empty line. */
enum { FRAMING_HEAD_LIMIT = 16384, FRAMING_HEADER_LIMIT = 64 };

/* Why a request is refused. A status of 0 stands for "it is not". */
struct refusal {
    int status;
    const char *detail; /* one sentence; lives for ever */
};

/* What the head says of the body and of the connection. */
struct framing {
    bool chunked;
    bool has_length;
    uint64_t length;       /* UINT64_MAX stands for anything beyond */
    bool expects_continue; /* the client waits for 100 before it sends the body */
    bool keep_alive;       /* the client would send another request */
};

/*
 * Checks how the head was written. `request` holds the slices that civetweb's
 * parser made in place; it has overwritten the delimiters with NULs, so what it
 * skipped (folded lines, blanks before a colon, bare line feeds, headers beyond
 * the 64th) shows in the distances between them. Reads up to 3 bytes after the
 * last header's value, which are part of the head.
 */
struct refusal framing_check_layout(const struct request *request);

/*
 * Checks where the head stands in civetweb's buffer: at its start, or behind one
 * empty line (RFC 9112, 2.2). civetweb skips any white space before a request,
 * but takes the first two line breaks that it finds for the end of the head: the
 * body would be read from the head's own bytes, and what follows as a request.
 *
 * civetweb tells nobody where the buffer is. It comes from malloc, so its address
 * is a multiple of 16, and a thread keeps it for good: `*buffer` is the lowest
 * place seen, NULL before the thread's first request. Where that request stands
 * 16 blanks behind the start, framing_check_body is what is left.
 */
struct refusal framing_check_place(const struct request *request, const char **buffer);

/*
 * Refuses a body that is the head of its own request, as civetweb has left it
 * in its buffer: with a NUL behind the method. Nobody sends that.
 */
struct refusal framing_check_body(const struct request *request);

/*
 * Splits header lines that nobody has parsed yet, up to the empty line (which
 * may lack its line feed). `headers` has room for FRAMING_HEADER_LIMIT; the
 * slices point into `text`. Refuses what framing_check_layout would refuse.
 */
struct refusal framing_split_headers(struct str text, struct name_value *headers, size_t *count);

/* Checks Host, Transfer-Encoding and Content-Length (RFC 9112, 3.2 and 6), and fills `out`. */
struct refusal framing_read_fields(const struct request *request, struct framing *out);

/*
 * Reduces an absolute-form target ("http://host/path") to its path (RFC 9112,
 * 3.2.2: every server must accept it). Others are left as they are.
 */
void framing_reduce_target(struct request *request);

/*
 * Copies the head's bytes into the arena and points the request to the copy.
 * The head lies in one piece from the method to the last value.
 */
void framing_keep_head(struct request *request, struct arena *arena);

#endif
