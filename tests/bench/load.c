/*
 * A load generator: N kept connections, one thread, one request over and over.
 *
 *     load -p PORT [-c CONNECTIONS] [-d SECONDS] [-m METHOD] [-u PATH] [-H HEADER]... [-b BODYFILE]
 *
 * Prints one line:
 *     rate=R p50_us=A p99_us=B max_us=C requests=N other=M errors=E unserved=U
 * where `other` counts answers that are not 2xx, `errors` broken connections
 * (which are opened anew) and `unserved` connections that got no answer at all:
 * the starved ones, which a mere rate does not show.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MOST_CONNECTIONS = 20000,
    EVENTS = 256,
    ROOM = 1 << 16,
    SAMPLES = 1 << 22, /* latencies kept; more requests than that are not in the percentiles */
};

static const uint64_t NS_PER_SECOND = 1000000000;

struct plan {
    int port;
    int connections;
    double seconds;
    const char *method;
    const char *path;
    const char *body_file;
    struct buf headers;
    struct buf request; /* the bytes to send */
};

struct connection {
    int fd;
    size_t sent;
    uint64_t began_ns;
    struct buf head; /* of the answer, until it is complete */
    bool has_head;
    bool ends; /* the server will close after this answer */
    int status;
    size_t body_left;
    size_t answers;
};

struct tally {
    size_t requests, other, errors;
    uint32_t *microseconds;
    size_t samples;
};

struct load {
    const struct plan *plan;
    int epoll;
    struct connection *connections;
    struct tally tally;
};

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* --- connections --- */

static void watch(struct load *load, struct connection *connection, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(load->epoll, operation, connection->fd, &event) != 0)
        die("epoll_ctl");
}

static void begin_request(struct load *load, struct connection *connection)
{
    connection->sent = 0;
    connection->has_head = false;
    connection->head.len = 0;
    connection->began_ns = clock_monotonic_ns();
    const struct buf *request = &load->plan->request;
    while (connection->sent < request->len) {
        ssize_t n = send(connection->fd, request->data + connection->sent,
                         request->len - connection->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n <= 0)
            break;
        connection->sent += (size_t)n;
    }
}

static void open_connection(struct load *load, struct connection *connection)
{
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)load->plan->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int on = 1;
    if (connection->fd < 0 ||
        connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    begin_request(load, connection);
    bool all_sent = connection->sent == load->plan->request.len;
    watch(load, connection, EPOLL_CTL_ADD, all_sent ? EPOLLIN : EPOLLIN | EPOLLOUT);
}

static void reopen(struct load *load, struct connection *connection)
{
    close(connection->fd);
    open_connection(load, connection);
}

static void send_more(struct load *load, struct connection *connection)
{
    const struct buf *request = &load->plan->request;
    ssize_t n = send(connection->fd, request->data + connection->sent,
                     request->len - connection->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0)
        connection->sent += (size_t)n;
    if (connection->sent == request->len)
        watch(load, connection, EPOLL_CTL_MOD, EPOLLIN);
}

/* --- answers --- */

static void count_answer(struct load *load, struct connection *connection)
{
    struct tally *tally = &load->tally;
    uint64_t took_us = (clock_monotonic_ns() - connection->began_ns) / 1000;
    tally->requests++;
    connection->answers++;
    if (connection->status < 200 || connection->status > 299)
        tally->other++;
    if (tally->samples < SAMPLES)
        tally->microseconds[tally->samples++] =
            took_us < UINT32_MAX ? (uint32_t)took_us : UINT32_MAX;
}

static bool read_head(struct connection *connection, const char *bytes, size_t length, size_t *used)
{
    size_t before = connection->head.len;
    buf_add(&connection->head, bytes, length);
    const char *text = buf_text(&connection->head);
    const char *end = strstr(text, "\r\n\r\n");
    if (end == NULL)
        return false;
    const char *announced = strstr(text, "ontent-length: ");
    if (announced == NULL)
        announced = strstr(text, "ontent-Length: ");
    connection->has_head = true;
    connection->status = atoi(text + strlen("HTTP/1.1 "));
    connection->ends = strstr(text, "onnection: close") != NULL;
    connection->body_left =
        announced != NULL && announced < end ? strtoul(announced + 15, NULL, 10) : 0;
    *used = (size_t)(end + 4 - text) - before;
    return true;
}

/* Takes the bytes that have come; true if the answer is complete. */
static bool take(struct connection *connection, const char *bytes, size_t length)
{
    size_t used = 0;
    if (!connection->has_head && !read_head(connection, bytes, length, &used))
        return false;
    size_t body = length - used;
    connection->body_left -= body < connection->body_left ? body : connection->body_left;
    return connection->body_left == 0;
}

static void receive(struct load *load, struct connection *connection)
{
    static char room[ROOM];
    ssize_t n = recv(connection->fd, room, sizeof room, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        load->tally.errors++;
        reopen(load, connection);
        return;
    }
    if (!take(connection, room, (size_t)n))
        return;
    count_answer(load, connection);
    if (connection->ends) {
        reopen(load, connection);
        return;
    }
    begin_request(load, connection);
    if (connection->sent < load->plan->request.len)
        watch(load, connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void run(struct load *load)
{
    uint64_t end = clock_monotonic_ns() + (uint64_t)(load->plan->seconds * (double)NS_PER_SECOND);
    struct epoll_event events[EVENTS];
    while (clock_monotonic_ns() < end) {
        int count = epoll_wait(load->epoll, events, EVENTS, 100);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (events[i].events & EPOLLOUT)
                send_more(load, connection);
            if (events[i].events & ~(uint32_t)EPOLLOUT)
                receive(load, connection);
        }
    }
}

/* --- report --- */

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t percentile(const struct tally *tally, double share)
{
    if (tally->samples == 0)
        return 0;
    return tally->microseconds[(size_t)(share * (double)(tally->samples - 1))];
}

static void report(const struct load *load, double seconds)
{
    const struct tally *tally = &load->tally;
    size_t unserved = 0;
    for (int i = 0; i < load->plan->connections; i++)
        unserved += load->connections[i].answers == 0;
    qsort(tally->microseconds, tally->samples, sizeof *tally->microseconds, compare);
    printf("rate=%.0f p50_us=%u p99_us=%u max_us=%u requests=%zu other=%zu errors=%zu "
           "unserved=%zu\n",
           (double)tally->requests / seconds, percentile(tally, 0.5), percentile(tally, 0.99),
           percentile(tally, 1.0), tally->requests, tally->other, tally->errors, unserved);
}

/* --- the plan --- */

static void read_options(int argc, char **argv, struct plan *plan)
{
    int option;
    while ((option = getopt(argc, argv, "p:c:d:m:u:H:b:")) != -1) {
        switch (option) {
        case 'p':
            plan->port = atoi(optarg);
            break;
        case 'c':
            plan->connections = atoi(optarg);
            break;
        case 'd':
            plan->seconds = atof(optarg);
            break;
        case 'm':
            plan->method = optarg;
            break;
        case 'u':
            plan->path = optarg;
            break;
        case 'H':
            buf_printf(&plan->headers, "%s\r\n", optarg);
            break;
        case 'b':
            plan->body_file = optarg;
            break;
        default:
            exit(2);
        }
    }
    if (plan->port == 0 || plan->connections < 1 || plan->connections > MOST_CONNECTIONS) {
        fprintf(stderr, "load: needs -p PORT, and -c 1 to %d\n", MOST_CONNECTIONS);
        exit(2);
    }
}

static void make_request(struct plan *plan)
{
    struct buf body;
    buf_init(&body, NULL);
    if (plan->body_file != NULL) {
        FILE *file = fopen(plan->body_file, "rb");
        if (file == NULL)
            die(plan->body_file);
        char piece[4096];
        size_t n;
        while ((n = fread(piece, 1, sizeof piece, file)) > 0)
            buf_add(&body, piece, n);
        fclose(file);
    }
    buf_printf(&plan->request, "%s %s HTTP/1.1\r\nHost: localhost:%d\r\n", plan->method, plan->path,
               plan->port);
    buf_add_str(&plan->request, buf_str(&plan->headers));
    if (plan->body_file != NULL)
        buf_printf(&plan->request, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                   body.len);
    buf_add_text(&plan->request, "\r\n");
    buf_add_str(&plan->request, buf_str(&body));
    buf_free(&body);
}

int main(int argc, char **argv)
{
    struct plan plan = {.connections = 16, .seconds = 3, .method = "GET", .path = "/"};
    buf_init(&plan.headers, NULL);
    buf_init(&plan.request, NULL);
    read_options(argc, argv, &plan);
    make_request(&plan);

    struct load load = {.plan = &plan, .epoll = epoll_create1(0)};
    load.connections = mem_alloc_zero((size_t)plan.connections * sizeof *load.connections);
    load.tally.microseconds = mem_alloc(SAMPLES * sizeof *load.tally.microseconds);
    for (int i = 0; i < plan.connections; i++)
        open_connection(&load, &load.connections[i]);
    uint64_t before = clock_monotonic_ns();
    run(&load);
    report(&load, (double)(clock_monotonic_ns() - before) / (double)NS_PER_SECOND);
    return 0;
}
