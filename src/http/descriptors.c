#include "http/descriptors.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum {
    FIRST_NUMBER = 3,     /* after stdin, stdout and stderr */
    NUMBER_LIMIT = 65536, /* threads, queue and parked connections together stay far below */
    FEW = 16,             /* free numbers to look at before we say that no connection waits */
};

typedef int socket_name(int, struct sockaddr *restrict, socklen_t *restrict);

static int number_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur > NUMBER_LIMIT)
        return NUMBER_LIMIT;
    return (int)files.rlim_cur;
}

void descriptors_init(struct descriptors *set, int first, int port)
{
    *set = (struct descriptors){.first = first, .limit = number_limit(), .port = port};
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

/* Asks for the own or the peer's name; false for what is no IPv4 socket. */
static bool ask_name(socket_name *ask, int fd, struct sockaddr_in *name)
{
    socklen_t size = sizeof *name;
    return ask(fd, (struct sockaddr *)name, &size) == 0 && name->sin_family == AF_INET;
}

static bool is_connection_on(int fd, int port)
{
    struct sockaddr_in own, peer;
    return ask_name(getsockname, fd, &own) && ntohs(own.sin_port) == port &&
           ask_name(getpeername, fd, &peer);
}

static bool is_connection_of(const struct descriptors *set, int fd, struct in_addr address,
                             int port)
{
    struct sockaddr_in peer;
    return ask_name(getpeername, fd, &peer) && ntohs(peer.sin_port) == port &&
           peer.sin_addr.s_addr == address.s_addr && is_connection_on(fd, set->port);
}

static int search(const struct descriptors *set, int from, int to, struct in_addr address, int port)
{
    for (int fd = from; fd < to; fd++)
        if (!is_taken(set, fd) && is_connection_of(set, fd, address, port))
            return fd;
    return -1;
}

int descriptors_find(struct descriptors *set, const char *address, int port)
{
    struct in_addr wanted;
    if (inet_pton(AF_INET, address, &wanted) != 1)
        return -1;
    pthread_mutex_lock(&set->lock);
    int found = search(set, set->first, set->limit, wanted, port);
    if (found < 0) /* a number that the program's own files have given back */
        found = search(set, FIRST_NUMBER, set->first, wanted, port);
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
