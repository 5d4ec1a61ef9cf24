#include "http/descriptors.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <linux/tcp.h> /* for tcpi_bytes_received, which netinet/tcp.h does not have */
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum {
    FIRST_NUMBER = 3,     /* after stdin, stdout and stderr */
    NUMBER_LIMIT = 65536, /* threads, queue and parked connections together stay far below */
    FEW = 16,             /* numbers to look at before we say that there is no other connection */
};

typedef int socket_name(int, struct sockaddr *restrict, socklen_t *restrict);

static int number_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur > NUMBER_LIMIT)
        return NUMBER_LIMIT;
    return (int)files.rlim_cur;
}

/* Asks for the own or the peer's name; false for what is no IPv4 socket. */
static bool ask_name(socket_name *ask, int fd, struct sockaddr_in *name)
{
    socklen_t size = sizeof *name;
    return ask(fd, (struct sockaddr *)name, &size) == 0 && name->sin_family == AF_INET;
}

void descriptors_init(struct descriptors *set, int listener, int port)
{
    struct sockaddr_in own;
    *set = (struct descriptors){.first = listener, .limit = number_limit(), .port = port};
    set->is_on_all_addresses =
        ask_name(getsockname, listener, &own) && own.sin_addr.s_addr == htonl(INADDR_ANY);
    pthread_mutex_init(&set->lock, NULL);
}

void descriptors_free(struct descriptors *set)
{
    free(set->taken);
    pthread_mutex_destroy(&set->lock);
}

static bool is_taken(const struct descriptors *set, int fd)
{
    return (size_t)fd < set->size && set->taken[fd];
}

static void mark(struct descriptors *set, int fd, bool taken)
{
    size_t wanted = (size_t)fd + 1;
    if (wanted > set->size) {
        size_t size = wanted * 2;
        set->taken = mem_realloc(set->taken, size * sizeof *set->taken);
        memset(set->taken + set->size, 0, (size - set->size) * sizeof *set->taken);
        set->size = size;
    }
    set->taken[fd] = taken;
}

static bool is_connection_on(int fd, int port)
{
    struct sockaddr_in own, peer;
    return ask_name(getsockname, fd, &own) && ntohs(own.sin_port) == port &&
           ask_name(getpeername, fd, &peer);
}

static bool is_connection_of(const struct descriptors *set, int fd,
                             const struct sockaddr_in *wanted)
{
    struct sockaddr_in peer;
    return ask_name(getpeername, fd, &peer) && peer.sin_port == wanted->sin_port &&
           peer.sin_addr.s_addr == wanted->sin_addr.s_addr && is_connection_on(fd, set->port);
}

/*
 * Was a request read from it? What is unread is counted first: what arrives in
 * between then makes the answer yes, and nobody is taken for silent who is not.
 */
static bool has_been_read(int fd)
{
    int unread = 0;
    struct tcp_info info = {.tcpi_state = 0};
    socklen_t size = sizeof info;
    if (ioctl(fd, FIONREAD, &unread) != 0 ||
        getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        size < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
        return true;        /* nothing is known against it */
    const uint64_t fin = 1; /* counts as a byte received */
    return info.tcpi_bytes_received > (uint64_t)unread + fin;
}

static int search(const struct descriptors *set, int from, int to, const struct sockaddr_in *wanted)
{
    for (int fd = from; fd < to; fd++)
        if (!is_taken(set, fd) && is_connection_of(set, fd, wanted) &&
            (!set->is_on_all_addresses || has_been_read(fd)))
            return fd;
    return -1;
}

/*
 * Is there a second one, which was read from in the same moment as this? Such
 * two were accepted one soon after the other: only near numbers are looked at.
 */
static bool has_twin(const struct descriptors *set, int fd, const struct sockaddr_in *wanted)
{
    return set->is_on_all_addresses && search(set, fd + 1, fd + 1 + FEW, wanted) >= 0;
}

int descriptors_find(struct descriptors *set, const char *address, int port)
{
    struct sockaddr_in wanted = {.sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, address, &wanted.sin_addr) != 1)
        return -1;
    pthread_mutex_lock(&set->lock);
    int found = search(set, set->first, set->limit, &wanted);
    if (found < 0) /* a number that the program's own files have given back */
        found = search(set, FIRST_NUMBER, set->first, &wanted);
    if (found >= 0 && has_twin(set, found, &wanted))
        found = -1;
    if (found >= 0)
        mark(set, found, true);
    pthread_mutex_unlock(&set->lock);
    return found;
}

void descriptors_take(struct descriptors *set, int fd)
{
    pthread_mutex_lock(&set->lock);
    mark(set, fd, true);
    pthread_mutex_unlock(&set->lock);
}

void descriptors_release(struct descriptors *set, int fd)
{
    pthread_mutex_lock(&set->lock);
    mark(set, fd, false);
    pthread_mutex_unlock(&set->lock);
}

bool descriptors_has_waiting(struct descriptors *set, size_t besides)
{
    size_t found = 0;
    pthread_mutex_lock(&set->lock);
    for (int fd = set->first, misses = 0; misses < FEW && found <= besides && fd < set->limit;
         fd++) {
        if (is_taken(set, fd))
            continue;
        bool hit = is_connection_on(fd, set->port);
        found += hit ? 1 : 0;
        misses += hit ? 0 : 1;
    }
    pthread_mutex_unlock(&set->lock);
    return found > besides;
}

void descriptors_end_input_of_waiting(struct descriptors *set)
{
    pthread_mutex_lock(&set->lock);
    for (int fd = FIRST_NUMBER; fd < set->limit; fd++)
        if (!is_taken(set, fd) && is_connection_on(fd, set->port))
            shutdown(fd, SHUT_RD);
    pthread_mutex_unlock(&set->lock);
}

int descriptors_find_listener(int port)
{
    for (int fd = FIRST_NUMBER; fd < number_limit(); fd++) {
        struct sockaddr_in own;
        int listens = 0;
        socklen_t size = sizeof listens;
        if (ask_name(getsockname, fd, &own) && ntohs(own.sin_port) == port &&
            getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens)
            return fd;
    }
    return -1;
}
