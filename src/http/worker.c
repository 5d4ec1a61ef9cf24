/* POLLRDHUP tells of a client that leaves while its response is delayed. */
#define _GNU_SOURCE

#include "http/worker.h"

#include "base/clock.h"
#include "base/mem.h"
#include "json/writer.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint64_t NS_PER_MS = 1000000;
static const int64_t NS_PER_SECOND = 1000000000;

enum {
    POOL_LIMIT = 32 << 20,   /* spare memory kept for the next requests */
    STALL_MS = 10000,        /* a client that takes no byte for so long is gone */
    WAITING_SHARE = 4,       /* at most one worker in so many may sit out delays */
    LONGEST_WAIT_MS = 10000, /* longer delays are always parked */
    CONFIRM_MS = 1000,       /* for a client that may have left to acknowledge the response */
};

/* --- floor --- */

void floor_init(struct floor *floor, const struct handler *handler, size_t max_body,
                const struct log *log, size_t size)
{
    *floor = (struct floor){.handler = *handler, .max_body = max_body, .log = log, .size = size};
    pthread_mutex_init(&floor->lock, NULL);
    arena_pool_init(&floor->pool, POOL_LIMIT);
    floor->stop_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void floor_free(struct floor *floor)
{
    if (floor->stop_event >= 0)
        close(floor->stop_event);
    arena_pool_free(&floor->pool);
    pthread_mutex_destroy(&floor->lock);
}

void floor_announce_stop(struct floor *floor)
{
    uint64_t one = 1;
    atomic_store(&floor->stopping, true);
    (void)!write(floor->stop_event, &one, sizeof one);
}

void floor_end_idle(struct floor *floor)
{
    pthread_mutex_lock(&floor->lock);
    for (struct worker *worker = floor->workers; worker != NULL; worker = worker->next)
        if (worker->fd >= 0 && !worker->serving)
            shutdown(worker->fd, SHUT_RD);
    pthread_mutex_unlock(&floor->lock);
    descriptors_end_input_of_waiting(&floor->descriptors);
}

void floor_cut_all(struct floor *floor)
{
    pthread_mutex_lock(&floor->lock);
    for (struct worker *worker = floor->workers; worker != NULL; worker = worker->next)
        if (worker->fd >= 0)
            shutdown(worker->fd, SHUT_RDWR);
    pthread_mutex_unlock(&floor->lock);
    descriptors_end_input_of_waiting(&floor->descriptors);
}

bool floor_is_busy(struct floor *floor)
{
    pthread_mutex_lock(&floor->lock);
    bool connected = floor->connected > 0;
    pthread_mutex_unlock(&floor->lock);
    return connected || park_count(floor->park) > 0;
}

/* --- workers and their connections --- */

struct worker *worker_make(struct floor *floor)
{
    struct worker *worker = mem_alloc_zero(sizeof *worker);
    worker->floor = floor;
    worker->fd = -1;
    worker->date_second = -1;
    pthread_mutex_lock(&floor->lock);
    worker->next = floor->workers;
    floor->workers = worker;
    pthread_mutex_unlock(&floor->lock);
    return worker;
}

void worker_free(struct worker *worker)
{
    struct floor *floor = worker->floor;
    pthread_mutex_lock(&floor->lock);
    struct worker **link = &floor->workers;
    while (*link != worker)
        link = &(*link)->next;
    *link = worker->next;
    pthread_mutex_unlock(&floor->lock);
    if (worker->parcel != NULL)
        parcel_free(worker->parcel);
    free(worker);
}

void worker_connect(struct worker *worker)
{
    struct floor *floor = worker->floor;
    worker->refused = false;
    pthread_mutex_lock(&floor->lock);
    floor->connected++;
    pthread_mutex_unlock(&floor->lock);
}

void worker_disconnect(struct worker *worker)
{
    struct floor *floor = worker->floor;
    pthread_mutex_lock(&floor->lock);
    int fd = worker->fd;
    worker->fd = -1;
    floor->connected--;
    if (fd >= 0)
        floor->known--;
    pthread_mutex_unlock(&floor->lock);
    if (fd >= 0)
        descriptors_release(&floor->descriptors, fd);
}

/* The worker has a request in hand. False: its client has reset the connection already. */
static bool begin_serving(struct worker *worker, const struct incoming *incoming)
{
    struct floor *floor = worker->floor;
    int fd = worker->fd;
    bool is_new = fd < 0;
    if (is_new)
        fd = descriptors_find(&floor->descriptors, incoming->peer, incoming->peer_port);
    pthread_mutex_lock(&floor->lock);
    if (is_new && fd >= 0)
        floor->known++;
    worker->fd = fd;
    worker->serving = true;
    pthread_mutex_unlock(&floor->lock);
    if (worker->parcel == NULL)
        worker->parcel = parcel_make(&floor->pool);
    return fd >= 0;
}

static void end_serving(struct worker *worker)
{
    struct floor *floor = worker->floor;
    pthread_mutex_lock(&floor->lock);
    worker->serving = false;
    /* The connection would idle now, and whoever stops the server has looked already. */
    if (atomic_load(&floor->stopping) && worker->fd >= 0)
        shutdown(worker->fd, SHUT_RD);
    pthread_mutex_unlock(&floor->lock);
}

/*
 * With every worker tied to a connection, those that wait for one would starve
 * for as long as the others stay busy. Then each response is its connection's
 * last, and all take turns.
 */
static bool others_are_starving(struct floor *floor)
{
    pthread_mutex_lock(&floor->lock);
    bool full = floor->connected >= floor->size;
    size_t unknown = floor->connected - floor->known;
    pthread_mutex_unlock(&floor->lock);
    return full && descriptors_has_waiting(&floor->descriptors, unknown);
}

/* --- sending --- */

static const char *date_now(struct worker *worker)
{
    time_t second = time(NULL);
    if (second != worker->date_second) {
        struct buf out;
        buf_init(&out, &worker->parcel->arena);
        clock_print_http_date((int64_t)second * NS_PER_SECOND, &out);
        size_t length = out.len < sizeof worker->date ? out.len : sizeof worker->date - 1;
        memcpy(worker->date, out.data, length);
        worker->date[length] = '\0';
        worker->date_second = second;
    }
    return worker->date;
}

/* Waits until the socket is ready for `events`, a time has come, or the server stops. */
static bool wait_for_socket(struct worker *worker, short events, uint64_t timeout_ns)
{
    struct pollfd fds[2] = {
        {.fd = worker->fd, .events = (short)(worker->client_left ? events : events | POLLRDHUP)},
        {.fd = worker->floor->stop_event, .events = POLLIN},
    };
    /* When the server stops only a full socket is still worth waiting for. */
    nfds_t count = atomic_load(&worker->floor->stopping) ? 1 : 2;
    int ready = poll(fds, count, (int)((timeout_ns + NS_PER_MS - 1) / NS_PER_MS));
    bool gone = (fds[0].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    bool stalled = ready == 0 && events != 0;
    worker->client_left |= (fds[0].revents & POLLRDHUP) != 0;
    return !gone && !stalled;
}

/*
 * A client that has ended its side during a delay either waits for the response
 * still or has left altogether, and then answers the response with a RST.
 */
static bool confirm_arrival(const struct worker *worker, struct wire *wire)
{
    for (int ms = 0; ms < CONFIRM_MS; ms++) {
        enum wire_progress progress = wire_confirm(wire, worker->fd);
        if (progress != WIRE_FULL)
            return progress == WIRE_SENT;
        struct pollfd end = {.fd = worker->fd};
        poll(&end, 1, 1);
    }
    wire->lost = true;
    return false;
}

/* Sends the response from this thread. False if the connection broke. */
static bool send_here(struct worker *worker, struct wire *wire)
{
    worker->client_left = false;
    for (;;) {
        uint64_t now = clock_monotonic_ns();
        bool good = true;
        switch (wire_advance(wire, worker->fd, now, atomic_load(&worker->floor->stopping))) {
        case WIRE_SENT:
            return !worker->client_left || confirm_arrival(worker, wire);
        case WIRE_BROKEN:
            return false;
        case WIRE_WAIT:
            good = wait_for_socket(worker, 0, wire->due_ns - now);
            break;
        case WIRE_FULL:
            good = wait_for_socket(worker, POLLOUT, STALL_MS * NS_PER_MS);
            break;
        }
        if (!good)
            return false;
    }
}

/* May this worker sit out a delay? Its connection can go on then; parked ones are closed. */
static bool enter_waiting(struct floor *floor, uint64_t duration_ns)
{
    if (duration_ns > LONGEST_WAIT_MS * NS_PER_MS)
        return false;
    size_t places = floor->size / WAITING_SHARE;
    if (atomic_fetch_add(&floor->waiting, 1) < places)
        return true;
    atomic_fetch_sub(&floor->waiting, 1);
    return false;
}

/* The response goes out later, by the parking thread, and the connection with it. */
static void park_exchange(struct worker *worker)
{
    struct parcel *parcel = worker->parcel;
    worker->parcel = NULL;
    if (!park_add(worker->floor->park, worker->fd, parcel) && worker->floor->log != NULL)
        log_message(worker->floor->log, LOG_LEVEL_WARNING,
                    "no file descriptor left for a delayed response (ulimit -n): its connection "
                    "was reset");
}

/* civetweb would turn such a connection's end into a RST that can destroy the response. */
static bool has_unread_input(int fd)
{
    int bytes = 0;
    return ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

/* Where a response is sent from. */
enum sender {
    SENDER_WORKER,         /* at once */
    SENDER_WAITING_WORKER, /* after a delay that this worker sits out */
    SENDER_PARK,           /* by the parking thread, which then ends the connection */
};

static enum sender choose_sender(struct worker *worker, bool keep_alive)
{
    const struct response *response = &worker->parcel->response;
    const struct transport *transport = &response->transport;
    if (transport->act != TRANSPORT_SEND || transport->truncate)
        return SENDER_PARK;
    if (!keep_alive && has_unread_input(worker->fd))
        return SENDER_PARK;
    if (transport->delay_us == 0 && transport->drip_bytes == 0 && transport->piece_count == 0)
        return SENDER_WORKER;
    return enter_waiting(worker->floor, wire_duration_ns(response)) ? SENDER_WAITING_WORKER
                                                                    : SENDER_PARK;
}

/* Sees the parcel's response on its way. Returns true if the connection goes on. */
static bool dispatch(struct worker *worker, bool keep_alive)
{
    struct floor *floor = worker->floor;
    struct parcel *parcel = worker->parcel;
    enum sender sender = choose_sender(worker, keep_alive);
    struct wire_terms terms = {
        .without_body = str_is(parcel->request.method, "HEAD"),
        .keep_alive = keep_alive && sender != SENDER_PARK,
        .date = date_now(worker),
        .now_ns = clock_monotonic_ns(),
    };
    wire_plan(&parcel->wire, &parcel->response, &terms, &parcel->arena);
    if (sender == SENDER_PARK) {
        park_exchange(worker);
        return false;
    }
    bool good = send_here(worker, &parcel->wire);
    if (sender == SENDER_WAITING_WORKER)
        atomic_fetch_sub(&floor->waiting, 1);
    parcel_finish(parcel, &floor->handler);
    return good && keep_alive;
}

/* --- one request --- */

static void log_refusal(const struct worker *worker, const struct incoming *incoming,
                        struct refusal refusal)
{
    if (worker->floor->log != NULL)
        log_message(worker->floor->log, LOG_LEVEL_INFO, "refused a request of %s: %d, %s",
                    incoming->peer, refusal.status, refusal.detail);
}

static void answer_refusal(struct worker *worker, const struct incoming *incoming,
                           struct refusal refusal)
{
    struct parcel *parcel = worker->parcel;
    struct buf body;
    buf_init(&body, &parcel->arena);
    struct json_writer writer = json_writer_to(&body);
    json_begin_object(&writer);
    json_put_key(&writer, "detail");
    json_put_text(&writer, refusal.detail);
    json_end_object(&writer);
    parcel->request = incoming->request;
    parcel->response = (struct response){
        .status = refusal.status,
        .body = buf_str(&body),
        .transport = {.act = TRANSPORT_CLOSE, .at = TRANSPORT_AT_END},
    };
    response_header(&parcel->response, "content-type", str_from("application/json"));
    log_refusal(worker, incoming, refusal);
    dispatch(worker, false);
}

static void send_continue(const struct worker *worker)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    (void)!send(worker->fd, text, sizeof text - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Checks the head and reads the body. */
static struct refusal receive(struct worker *worker, struct incoming *incoming,
                              struct framing *framing)
{
    struct parcel *parcel = worker->parcel;
    struct request *request = &parcel->request;
    *request = incoming->request;
    request->received_ns = clock_monotonic_ns();
    struct refusal refusal = framing_check_place(request, &worker->buffer);
    if (refusal.status == 0 && !incoming->head_is_split)
        refusal = framing_check_layout(request);
    if (refusal.status != 0)
        return refusal;
    framing_keep_head(request, &parcel->arena);
    framing_reduce_target(request);
    request->remote = arena_copy_str(&parcel->arena, str_from(incoming->peer));
    refusal = framing_read_fields(request, framing);
    if (refusal.status != 0)
        return refusal;
    if (framing->chunked && incoming->head_is_split)
        return (struct refusal){501, "a chunked body is not supported with this method"};
    bool comes = framing->chunked || framing->length > 0;
    if (framing->expects_continue && comes && framing->length <= worker->floor->max_body)
        send_continue(worker);
    refusal =
        body_read(framing, worker->floor->max_body, incoming->body, &parcel->arena, &request->body);
    return refusal.status != 0 ? refusal : framing_check_body(request);
}

static bool answer(struct worker *worker, bool keep_alive)
{
    struct floor *floor = worker->floor;
    struct parcel *parcel = worker->parcel;
    memset(&parcel->response, 0, sizeof parcel->response);
    floor->handler.handle(floor->handler.context, &parcel->request, &parcel->response,
                          &parcel->arena, &parcel->token);
    parcel->handled = true;
    keep_alive = keep_alive && !parcel->response.close && !atomic_load(&floor->stopping) &&
                 !others_are_starving(floor);
    return dispatch(worker, keep_alive);
}

bool worker_serve(struct worker *worker, struct incoming *incoming)
{
    bool goes_on = false;
    if (begin_serving(worker, incoming)) {
        struct framing framing;
        struct refusal refusal = receive(worker, incoming, &framing);
        if (refusal.status != 0)
            answer_refusal(worker, incoming, refusal);
        else
            goes_on = answer(worker, framing.keep_alive && !incoming->must_close);
    }
    end_serving(worker);
    return goes_on;
}

void worker_refuse(struct worker *worker, const struct incoming *incoming, struct refusal refusal)
{
    if (begin_serving(worker, incoming))
        answer_refusal(worker, incoming, refusal);
    end_serving(worker);
}
