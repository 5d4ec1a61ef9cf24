#include "http/body.h"

#include "base/clock.h"

static const uint64_t NS_PER_SECOND = 1000000000;

enum {
    PATIENCE_SECONDS = 60, /* for all of a body, however slowly it trickles */
    LARGEST_READ = 1 << 20,
    FIRST_ROOM = 16384,
};

static struct refusal refuse(int status, const char *detail)
{
    return (struct refusal){.status = status, .detail = detail};
}

static const struct refusal none = {0, NULL};

static const char too_large[] = "the body is larger than this server accepts (--max-body)";

static size_t at_most(size_t number, size_t limit)
{
    return number < limit ? number : limit;
}

static struct refusal read_exactly(size_t length, struct body_source source, char *to)
{
    uint64_t deadline = clock_monotonic_ns() + PATIENCE_SECONDS * NS_PER_SECOND;
    for (size_t got = 0; got < length;) {
        int n = source.read(source.context, to + got, at_most(length - got, LARGEST_READ));
        if (n < 0)
            return refuse(400, "the body is shorter than its Content-Length");
        if (n == 0 || clock_monotonic_ns() > deadline)
            return refuse(408, "the body did not arrive in time");
        got += (size_t)n;
    }
    return none;
}

static struct refusal read_chunks(size_t max, struct body_source source, struct arena *arena,
                                  struct str *body)
{
    uint64_t deadline = clock_monotonic_ns() + PATIENCE_SECONDS * NS_PER_SECOND;
    size_t room = FIRST_ROOM;
    size_t got = 0;
    char *bytes = arena_alloc(arena, room);
    for (;;) {
        int n = source.read(source.context, bytes + got, at_most(room - 1 - got, LARGEST_READ));
        if (n < 0)
            return refuse(400, "the chunked body is malformed, has chunk extensions, which are not "
                               "supported, or ended early");
        if (n == 0)
            break;
        got += (size_t)n;
        if (got > max)
            return refuse(413, too_large);
        if (clock_monotonic_ns() > deadline)
            return refuse(408, "the body did not arrive in time");
        if (got == room - 1) {
            bytes = arena_grow(arena, bytes, room, room * 2);
            room *= 2;
        }
    }
    bytes[got] = '\0';
    *body = str_make(bytes, got);
    return none;
}

struct refusal body_read(const struct framing *framing, size_t max, struct body_source source,
                         struct arena *arena, struct str *body)
{
    if (framing->chunked)
        return read_chunks(max, source, arena, body);
    if (framing->length > max)
        return refuse(413, too_large);
    size_t length = (size_t)framing->length;
    char *bytes = arena_alloc(arena, length + 1);
    struct refusal refusal = read_exactly(length, source, bytes);
    bytes[length] = '\0';
    *body = str_make(bytes, length);
    return refusal;
}
