/*
 * body: reading a request's body into the exchange's arena.
 *
 * The bytes come from a function, so that tests can deal them out as they like.
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/framing.h"

/*
 * Where the body comes from. `read` gives up to `size` bytes of it, as civetweb's
 * mg_read does: the number of bytes; 0 at the end of a chunked body, or when
 * nothing came for long; negative when the client is gone or a chunk is broken.
 */
struct body_source {
    int (*read)(void *context, void *to, size_t size);
    void *context;
};

/*
 * Reads the body that `framing` announces, at most `max` bytes. Gives 413 for a
 * larger one (before reading it, where its length is known), 400 for one that
 * ends early or whose chunks are broken, 408 for one that does not come.
 * `*body` lives in the arena; it is NUL-terminated beyond its length.
 */
struct refusal body_read(const struct framing *framing, size_t max, struct body_source source,
                         struct arena *arena, struct str *body);

#endif
