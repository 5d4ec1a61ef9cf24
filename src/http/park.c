/* dup3 puts the dead socket in place without a moment in which the number is free. */
#define _GNU_SOURCE

#include "http/park.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint64_t NS_PER_MS = 1000000;
static const uint64_t NEVER = UINT64_MAX;

enum {
    STALL_MS = 10000,      /* a client that takes no byte for so long is gone */
    LINGER_MS = 2000,      /* for a client to see our FIN and answer it */
    LINGER_HURRY_MS = 100, /* the same when the server stops */
    FLUSH_MS = 1000,       /* for the data before a RST to arrive */
    FLUSH_LOOK_MS = 1,
    CONFIRM_MS = 1000, /* for a client that may have left to acknowledge the response */
    EVENTS_AT_ONCE = 256,
    SINK_SIZE = 16384,
    THREAD_STACK = 256 * 1024,
    ARENA_BLOCK = 32 * 1024,
    LARGE_EXCHANGE = 8 << 20, /* bytes of its arena; what it leaves goes back to the system */
};

/* A parked connection goes through these from top to bottom. */
enum phase {
    PHASE_SENDING,
    PHASE_CONFIRMING, /* the client ended its side before it was sent; is it there? */
    PHASE_HANGING,    /* all is sent that will be; the client waits for more */
    PHASE_FLUSHING,   /* until the peer has acknowledged everything; then RST */
    PHASE_LINGERING,  /* FIN is sent; input is read away until the client's FIN */
    PHASE_OVER,
};

struct parked {
    struct parked *next;
    struct parcel *parcel; /* NULL: the response is out, the arena given back */
    int fd;
    enum phase phase;
    bool client_left;     /* has ended its side while the response waited */
    uint32_t wanted;      /* epoll events */
    uint32_t events;      /* that have come */
    uint64_t wake_ns;     /* look again at this time */
    uint64_t deadline_ns; /* of the phase, or of the present stall */
};

struct park {
    const struct handler *handler;
    struct descriptors *descriptors;
    pthread_t thread;
    int epoll;
    int bell;           /* eventfd: something below has changed */
    int dead;           /* a socket whose other end is closed */
    struct parked *all; /* the thread's own */

    size_t limit; /* of `held` */

    pthread_mutex_t lock;
    struct parked *arrivals;
    size_t held;   /* connections */
    size_t unsent; /* exchanges in phases SENDING and HANGING */
    bool hurry;
    bool stop;
};

/* --- parcels --- */

struct parcel *parcel_make(struct arena_pool *pool)
{
    struct parcel *parcel = mem_alloc(sizeof *parcel);
    arena_init(&parcel->arena, ARENA_BLOCK, pool);
    parcel->token = NULL;
    parcel->handled = false;
    return parcel;
}

void parcel_finish(struct parcel *parcel, const struct handler *handler)
{
    if (parcel->handled && handler->sent != NULL)
        handler->sent(handler->context, parcel->token, wire_is_complete(&parcel->wire),
                      wire_body_sent(&parcel->wire));
    bool was_large = parcel->arena.used > LARGE_EXCHANGE;
    arena_clear(&parcel->arena);
    if (was_large)
        mem_give_back();
    parcel->token = NULL;
    parcel->handled = false;
}

void parcel_free(struct parcel *parcel)
{
    arena_clear(&parcel->arena);
    free(parcel);
}

/* --- one connection --- */

static void finish_exchange(struct park *park, struct parked *parked)
{
    parcel_finish(parked->parcel, park->handler);
    parcel_free(parked->parcel);
    parked->parcel = NULL;
    pthread_mutex_lock(&park->lock);
    park->unsent--;
    pthread_mutex_unlock(&park->lock);
}

/* A place for one more connection. */
static bool take_place(struct park *park)
{
    pthread_mutex_lock(&park->lock);
    bool is_free = park->held < park->limit;
    park->held += is_free ? 1 : 0;
    pthread_mutex_unlock(&park->lock);
    return is_free;
}

static void leave_place(struct park *park)
{
    pthread_mutex_lock(&park->lock);
    park->held--;
    pthread_mutex_unlock(&park->lock);
}

static void close_connection(struct park *park, struct parked *parked)
{
    descriptors_release(park->descriptors, parked->fd);
    close(parked->fd); /* which removes it from the epoll set, too */
    leave_place(park);
    parked->phase = PHASE_OVER;
}

static void reset_connection(int fd)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void enter(struct parked *parked, enum phase phase, uint32_t wanted, uint64_t deadline_ns)
{
    parked->phase = phase;
    parked->wanted = wanted;
    parked->deadline_ns = deadline_ns;
    parked->wake_ns = deadline_ns;
}

static void enter_end(struct park *park, struct parked *parked, uint64_t now)
{
    enum wire_end end = parked->parcel->wire.end;
    if (end == WIRE_HANG) {
        enter(parked, PHASE_HANGING, EPOLLRDHUP, NEVER);
        return;
    }
    finish_exchange(park, parked);
    if (end == WIRE_RESET) {
        enter(parked, PHASE_FLUSHING, 0, now + FLUSH_MS * NS_PER_MS);
        parked->wake_ns = now;
        return;
    }
    shutdown(parked->fd, SHUT_WR);
    enter(parked, PHASE_LINGERING, EPOLLIN | EPOLLRDHUP, now + LINGER_MS * NS_PER_MS);
    parked->wake_ns = now;
}

static void give_up(struct park *park, struct parked *parked)
{
    finish_exchange(park, parked);
    close_connection(park, parked);
}

/* Goes on when it is known whether the response has met the client, see wire_confirm. */
static void step_confirming(struct park *park, struct parked *parked, uint64_t now)
{
    struct wire *wire = &parked->parcel->wire;
    enum wire_progress progress = wire_confirm(wire, parked->fd);
    if (progress == WIRE_SENT) {
        enter_end(park, parked, now);
    } else if (progress == WIRE_FULL && now < parked->deadline_ns) {
        parked->wake_ns = now + FLUSH_LOOK_MS * NS_PER_MS;
    } else {
        wire->lost = true;
        give_up(park, parked);
    }
}

/* To be told once of a client that ends its side. */
static uint32_t end_of_input(const struct parked *parked)
{
    return parked->client_left ? 0 : EPOLLRDHUP;
}

static void step_sending(struct park *park, struct parked *parked, uint64_t now, bool hurry)
{
    struct wire *wire = &parked->parcel->wire;
    uint64_t before = wire->sent;
    bool gone = (parked->events & (EPOLLERR | EPOLLHUP)) != 0;
    parked->client_left |= (parked->events & EPOLLRDHUP) != 0;
    if (parked->client_left)
        parked->wanted &= ~(uint32_t)EPOLLRDHUP;
    switch (gone ? WIRE_BROKEN : wire_advance(wire, parked->fd, now, hurry)) {
    case WIRE_SENT:
        if (parked->client_left) {
            enter(parked, PHASE_CONFIRMING, 0, now + CONFIRM_MS * NS_PER_MS);
            step_confirming(park, parked, now);
        } else {
            enter_end(park, parked, now);
        }
        break;
    case WIRE_WAIT:
        enter(parked, PHASE_SENDING, end_of_input(parked), NEVER);
        parked->wake_ns = wire->due_ns;
        break;
    case WIRE_FULL:
        if (parked->deadline_ns == NEVER || wire->sent > before)
            enter(parked, PHASE_SENDING, EPOLLOUT | end_of_input(parked),
                  now + STALL_MS * NS_PER_MS);
        else if (now >= parked->deadline_ns)
            give_up(park, parked);
        break;
    case WIRE_BROKEN:
        give_up(park, parked);
        break;
    }
}

static void step_hanging(struct park *park, struct parked *parked, bool hurry)
{
    bool left = (parked->events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) != 0;
    if (left || hurry)
        give_up(park, parked);
}

/* A RST makes the kernel forget what it has not delivered, so that must arrive first. */
static void step_flushing(struct park *park, struct parked *parked, uint64_t now)
{
    int unacknowledged = 0;
    bool gone = (parked->events & (EPOLLERR | EPOLLHUP)) != 0;
    if (!gone && ioctl(parked->fd, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged > 0 &&
        now < parked->deadline_ns) {
        parked->wake_ns = now + FLUSH_LOOK_MS * NS_PER_MS;
        return;
    }
    reset_connection(parked->fd);
    close_connection(park, parked);
}

/* Closing with unread input would send a RST, which can destroy the response on its way. */
static void step_lingering(struct park *park, struct parked *parked, uint64_t now, bool hurry)
{
    uint64_t soon = now + LINGER_HURRY_MS * NS_PER_MS;
    if (hurry && parked->deadline_ns > soon)
        parked->deadline_ns = soon;
    parked->wake_ns = parked->deadline_ns;

    char sink[SINK_SIZE];
    ssize_t got = recv(parked->fd, sink, sizeof sink, MSG_DONTWAIT);
    bool more = got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
    if (!more || now >= parked->deadline_ns)
        close_connection(park, parked);
}

static void step(struct park *park, struct parked *parked, uint64_t now, bool hurry)
{
    uint32_t wanted = parked->wanted;
    switch (parked->phase) {
    case PHASE_SENDING:
        step_sending(park, parked, now, hurry);
        break;
    case PHASE_CONFIRMING:
        step_confirming(park, parked, now);
        break;
    case PHASE_HANGING:
        step_hanging(park, parked, hurry);
        break;
    case PHASE_FLUSHING:
        step_flushing(park, parked, now);
        break;
    case PHASE_LINGERING:
        step_lingering(park, parked, now, hurry);
        break;
    case PHASE_OVER:
        return;
    }
    parked->events = 0;
    if (parked->phase != PHASE_OVER && parked->wanted != wanted) {
        struct epoll_event event = {.events = parked->wanted, .data.ptr = parked};
        epoll_ctl(park->epoll, EPOLL_CTL_MOD, parked->fd, &event);
    }
}

/* --- the thread --- */

struct orders {
    bool hurry;
    bool stop;
};

/* Moves the arrivals to the thread's own list. */
static struct orders take_arrivals(struct park *park)
{
    pthread_mutex_lock(&park->lock);
    struct parked *arrivals = park->arrivals;
    park->arrivals = NULL;
    struct orders orders = {.hurry = park->hurry, .stop = park->stop};
    pthread_mutex_unlock(&park->lock);

    while (arrivals != NULL) {
        struct parked *parked = arrivals;
        arrivals = parked->next;
        parked->next = park->all;
        park->all = parked;
        struct epoll_event event = {.events = parked->wanted, .data.ptr = parked};
        epoll_ctl(park->epoll, EPOLL_CTL_ADD, parked->fd, &event);
    }
    return orders;
}

/* A walk over all of them: a thousand take some microseconds. */
static uint64_t step_all(struct park *park, uint64_t now, bool hurry)
{
    uint64_t next_wake = NEVER;
    for (struct parked **link = &park->all; *link != NULL;) {
        struct parked *parked = *link;
        if (parked->events != 0 || parked->wake_ns <= now || hurry)
            step(park, parked, now, hurry);
        if (parked->phase == PHASE_OVER) {
            *link = parked->next;
            free(parked);
            continue;
        }
        if (parked->wake_ns < next_wake)
            next_wake = parked->wake_ns;
        link = &parked->next;
    }
    return next_wake;
}

static int milliseconds_until(uint64_t then, uint64_t now)
{
    if (then == NEVER)
        return -1;
    if (then <= now)
        return 0;
    uint64_t ms = (then - now + NS_PER_MS - 1) / NS_PER_MS;
    return ms < 60000 ? (int)ms : 60000;
}

static void wait_for_events(struct park *park, int timeout_ms)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(park->epoll, events, EVENTS_AT_ONCE, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct parked *parked = events[i].data.ptr;
        if (parked != NULL) {
            parked->events |= events[i].events;
            continue;
        }
        uint64_t rings;
        (void)!read(park->bell, &rings, sizeof rings);
    }
}

static void *run(void *argument)
{
    struct park *park = argument;
    uint64_t next_wake = NEVER;
    for (;;) {
        wait_for_events(park, milliseconds_until(next_wake, clock_monotonic_ns()));
        struct orders orders = take_arrivals(park);
        next_wake = step_all(park, clock_monotonic_ns(), orders.hurry || orders.stop);
        if (orders.stop)
            return NULL;
    }
}

static void ring(struct park *park)
{
    uint64_t one = 1;
    (void)!write(park->bell, &one, sizeof one);
}

/* --- from outside --- */

static int open_dead_socket(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    close(pair[1]);
    return pair[0];
}

static int start_thread(struct park *park)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    int failure = pthread_create(&park->thread, &attributes, run, park);
    pthread_attr_destroy(&attributes);
    return failure;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void free_park(struct park *park)
{
    close_if_open(park->epoll);
    close_if_open(park->bell);
    close_if_open(park->dead);
    pthread_mutex_destroy(&park->lock);
    free(park);
}

struct park *park_start(const struct handler *handler, struct descriptors *descriptors,
                        size_t limit, struct buf *error)
{
    struct park *park = mem_alloc_zero(sizeof *park);
    park->handler = handler;
    park->descriptors = descriptors;
    park->limit = limit;
    pthread_mutex_init(&park->lock, NULL);
    park->epoll = epoll_create1(EPOLL_CLOEXEC);
    park->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    park->dead = open_dead_socket();
    struct epoll_event bell = {.events = EPOLLIN, .data.ptr = NULL};
    int failure = 0;
    if (park->epoll < 0 || park->bell < 0 || park->dead < 0 ||
        epoll_ctl(park->epoll, EPOLL_CTL_ADD, park->bell, &bell) != 0)
        failure = errno;
    if (failure == 0)
        failure = start_thread(park);
    if (failure == 0)
        return park;
    buf_printf(error, "cannot start the thread for delayed responses: %s", strerror(failure));
    free_park(park);
    return NULL;
}

/* Returns our own descriptor of the connection, or -1. The other number is dead afterwards. */
static int take_from_civetweb(struct park *park, int fd)
{
    int own = -1;
    if (take_place(park)) {
        own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (own < 0)
            leave_place(park);
    }
    if (own < 0)
        reset_connection(fd);
    else
        descriptors_take(park->descriptors, own);
    dup3(park->dead, fd, O_CLOEXEC);
    return own;
}

bool park_add(struct park *park, int fd, struct parcel *parcel)
{
    int own = take_from_civetweb(park, fd);
    if (own < 0) {
        parcel_finish(parcel, park->handler);
        parcel_free(parcel);
        return false;
    }
    struct parked *parked = mem_alloc_zero(sizeof *parked);
    parked->parcel = parcel;
    parked->fd = own;
    parked->deadline_ns = NEVER;
    if (parcel->wire.end == WIRE_KEEP)
        parcel->wire.end = WIRE_FIN; /* civetweb is out of it */

    pthread_mutex_lock(&park->lock);
    parked->next = park->arrivals;
    park->arrivals = parked;
    park->unsent++;
    pthread_mutex_unlock(&park->lock);
    ring(park);
    return true;
}

void park_hurry(struct park *park)
{
    pthread_mutex_lock(&park->lock);
    park->hurry = true;
    pthread_mutex_unlock(&park->lock);
    ring(park);
}

size_t park_count(struct park *park)
{
    pthread_mutex_lock(&park->lock);
    size_t count = park->unsent;
    pthread_mutex_unlock(&park->lock);
    return count;
}

/* After the thread has ended: whatever is still under way ends here. */
static void drop_all(struct park *park)
{
    take_arrivals(park);
    while (park->all != NULL) {
        struct parked *parked = park->all;
        park->all = parked->next;
        if (parked->parcel != NULL)
            finish_exchange(park, parked);
        close_connection(park, parked);
        free(parked);
    }
}

void park_stop(struct park *park)
{
    pthread_mutex_lock(&park->lock);
    park->stop = true;
    pthread_mutex_unlock(&park->lock);
    ring(park);
    pthread_join(park->thread, NULL);
    drop_all(park);
    free_park(park);
}
