#include "http/wire.h"

#include "base/rng.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

static const uint64_t NS_PER_US = 1000;

enum { GARBAGE_MIN = 64, GARBAGE_MAX = 512 };

/* --- the bytes --- */

struct reason {
    int status;
    const char *words;
};

static const struct reason reasons[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {102, "Processing"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {208, "Already Reported"},
    {226, "IM Used"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {418, "I'm a teapot"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {506, "Variant Also Negotiates"},
    {507, "Insufficient Storage"},
    {508, "Loop Detected"},
    {510, "Not Extended"},
    {511, "Network Authentication Required"},
};

const char *wire_reason(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].words;
    return "Unknown";
}

/* 1xx, 204 and 304 never have a body, so no length either (RFC 9110, 6.4.1 and 8.6). */
static bool has_length(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

/* Nor has 205, but that must say so: its length is 0 (RFC 9110, 15.3.6). */
static bool has_body(int status)
{
    return has_length(status) && status != 205;
}

/* A line break in a value would be a header of the client's making (response splitting). */
static void add_value(struct buf *out, struct str value)
{
    size_t start = out->len;
    buf_add_str(out, value);
    for (size_t i = start; i < out->len; i++)
        if (out->data[i] == '\r' || out->data[i] == '\n' || out->data[i] == '\0')
            out->data[i] = ' ';
}

/* Names in lower case, as the real server writes them. */
static void add_header(struct buf *out, const struct name_value *header)
{
    size_t start = out->len;
    add_value(out, header->name);
    for (size_t i = start; i < out->len; i++)
        if (out->data[i] >= 'A' && out->data[i] <= 'Z')
            out->data[i] = (char)(out->data[i] - 'A' + 'a');
    buf_add_text(out, ": ");
    add_value(out, header->value);
    buf_add_text(out, "\r\n");
}

static struct str print_head(const struct response *response, const struct wire_terms *terms,
                             struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena);
    buf_reserve(&out, 512);
    buf_add_text(&out, "HTTP/1.1 ");
    buf_add_int(&out, response->status);
    buf_add_char(&out, ' ');
    add_value(&out, str_from(response->reason != NULL ? response->reason
                                                      : wire_reason(response->status)));
    buf_add_text(&out, "\r\ndate: ");
    buf_add_text(&out, terms->date);
    buf_add_text(&out, "\r\n");
    for (size_t i = 0; i < response->header_count; i++)
        add_header(&out, &response->headers[i]);
    if (has_length(response->status)) {
        buf_add_text(&out, "content-length: ");
        buf_add_uint(&out, has_body(response->status) ? response->body.len : 0);
        buf_add_text(&out, "\r\n");
    }
    buf_add_text(&out, terms->keep_alive ? "connection: keep-alive\r\n\r\n"
                                         : "connection: close\r\n\r\n");
    return buf_str(&out);
}

static struct str make_garbage(uint64_t seed, size_t length, struct arena *arena)
{
    struct rng rng;
    rng_seed(&rng, seed);
    if (length == 0)
        length = GARBAGE_MIN + (size_t)rng_below(&rng, GARBAGE_MAX - GARBAGE_MIN);
    char *bytes = arena_alloc(arena, length);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)rng_next(&rng);
    return str_make(bytes, length);
}

/* --- the plan --- */

static uint64_t at_most(uint64_t number, uint64_t limit)
{
    return number < limit ? number : limit;
}

/* Times are what a plan's author has written: too long a one lasts for ever, and never wraps. */
static uint64_t sum(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t product(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* Where the fault strikes, as a number of bytes of head and body. */
static uint64_t strike(const struct wire *wire, const struct transport *transport)
{
    switch (transport->at) {
    case TRANSPORT_AT_ACCEPT:
        return 0;
    case TRANSPORT_AT_HEAD:
        return wire->head.len;
    case TRANSPORT_AT_BYTE:
        return wire->head.len + at_most(transport->byte, wire->body.len);
    case TRANSPORT_AT_END:
        break;
    }
    return wire->head.len + wire->body.len;
}

static void cut(struct wire *wire, uint64_t limit, enum wire_end end)
{
    wire->limit = at_most(wire->limit, limit);
    wire->end = end;
}

static void put_garbage(struct wire *wire, const struct transport *transport, struct arena *arena)
{
    bool after_head = transport->at != TRANSPORT_AT_ACCEPT;
    if (!after_head)
        wire->head = str_make(NULL, 0);
    wire->body = make_garbage(transport->garbage_seed, after_head ? wire->body.len : 0, arena);
    wire->limit = wire->head.len + wire->body.len;
    wire->whole = UINT64_MAX;
    wire->end = WIRE_FIN;
}

static void apply_transport(struct wire *wire, const struct transport *transport,
                            struct arena *arena)
{
    if (transport->truncate)
        cut(wire, wire->head.len + at_most(transport->truncate_at, wire->body.len), WIRE_FIN);
    switch (transport->act) {
    case TRANSPORT_SEND:
        break;
    case TRANSPORT_RESET:
        cut(wire, strike(wire, transport), WIRE_RESET);
        break;
    case TRANSPORT_CLOSE:
        cut(wire, strike(wire, transport), WIRE_FIN);
        break;
    case TRANSPORT_HANG:
        cut(wire, strike(wire, transport), WIRE_HANG);
        break;
    case TRANSPORT_EMPTY:
        cut(wire, 0, WIRE_FIN);
        break;
    case TRANSPORT_GARBAGE:
        put_garbage(wire, transport, arena);
        break;
    }
    wire->drip_bytes = transport->drip_bytes;
    wire->pieces = transport->pieces;
    wire->piece_count = transport->piece_count;
    wire->drip_every_ns = product(transport->drip_every_us, NS_PER_US);
    wire->due_ns = sum(wire->due_ns, product(transport->delay_us, NS_PER_US));
}

/* Up to where all may go out at once: the head goes with the first piece. */
static uint64_t next_piece_end(struct wire *wire)
{
    if (wire->drip_bytes > 0)
        return sum(wire->piece_end > 0 ? wire->piece_end : wire->head.len, wire->drip_bytes);
    if (wire->piece < wire->piece_count)
        return wire->head.len + wire->pieces[wire->piece++];
    return wire->limit;
}

void wire_plan(struct wire *wire, const struct response *response, const struct wire_terms *terms,
               struct arena *arena)
{
    bool with_body = has_body(response->status) && !terms->without_body;
    *wire = (struct wire){
        .head = print_head(response, terms, arena),
        .body = with_body ? response->body : str_make(NULL, 0),
        .due_ns = terms->now_ns,
        .end = WIRE_KEEP,
    };
    wire->whole = wire->head.len + wire->body.len;
    wire->limit = wire->whole;
    apply_transport(wire, &response->transport, arena);
    wire->piece_end = next_piece_end(wire);
}

uint64_t wire_duration_ns(const struct response *response)
{
    const struct transport *transport = &response->transport;
    uint64_t pauses = 0;
    if (transport->drip_bytes > 0 && response->body.len > 0)
        pauses = (response->body.len - 1) / transport->drip_bytes;
    else if (transport->piece_count > 0)
        pauses = transport->piece_count - 1;
    uint64_t us = sum(transport->delay_us, product(pauses, transport->drip_every_us));
    return product(us, NS_PER_US);
}

/* --- sending --- */

/* The part of `text` that lies between two positions of the whole, where it begins at `start`. */
static struct iovec part(struct str text, uint64_t start, uint64_t from, uint64_t to)
{
    uint64_t end = start + text.len;
    from = from < start ? start : from;
    to = at_most(to, end);
    if (from >= to)
        return (struct iovec){.iov_base = NULL, .iov_len = 0};
    /* sendmsg does not write through iov_base, which is not const for recvmsg's sake. */
    return (struct iovec){.iov_base = (char *)(uintptr_t)text.data + (from - start),
                          .iov_len = (size_t)(to - from)};
}

/* One call for head and body together: with two, small answers take half as long again. */
static ssize_t send_range(const struct wire *wire, int fd, uint64_t to)
{
    struct iovec parts[2] = {
        part(wire->head, 0, wire->sent, to),
        part(wire->body, wire->head.len, wire->sent, to),
    };
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent;
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent;
}

enum wire_progress wire_advance(struct wire *wire, int fd, uint64_t now_ns, bool hurry)
{
    for (;;) {
        if (now_ns < wire->due_ns && !hurry)
            return WIRE_WAIT;
        if (wire->sent >= wire->limit)
            return WIRE_SENT;
        uint64_t to = at_most(wire->piece_end, wire->limit);
        ssize_t sent = send_range(wire, fd, to);
        if (sent < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? WIRE_FULL : WIRE_BROKEN;
        wire->sent += (uint64_t)sent;
        if (wire->sent == to && to < wire->limit) {
            wire->piece_end = next_piece_end(wire);
            wire->due_ns = sum(now_ns, wire->drip_every_ns);
        }
    }
}

enum wire_progress wire_confirm(struct wire *wire, int fd)
{
    struct pollfd state = {.fd = fd};
    int unacknowledged = 0;
    if (poll(&state, 1, 0) != 0 || ioctl(fd, SIOCOUTQ, &unacknowledged) != 0) {
        wire->lost = true;
        return WIRE_BROKEN;
    }
    return unacknowledged > 0 ? WIRE_FULL : WIRE_SENT;
}

bool wire_is_complete(const struct wire *wire)
{
    return wire->sent == wire->whole && !wire->lost;
}

uint64_t wire_body_sent(const struct wire *wire)
{
    return wire->sent > wire->head.len ? wire->sent - wire->head.len : 0;
}
