#include "http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel cuts this to its own limit (net.core.somaxconn). */
enum { BACKLOG = 4096, LARGEST_PORT = 65535 };

static bool is_ipv6(const char *host)
{
    struct in6_addr ignored;
    return host[0] == '[' || inet_pton(AF_INET6, host, &ignored) == 1;
}

static bool resolve(const char *host, int port, struct sockaddr_in *address, struct buf *error)
{
    if (is_ipv6(host)) {
        buf_printf(error,
                   "cannot listen on %s: IPv6 is not supported (the civetweb library of Debian is "
                   "built without it); use an IPv4 address such as 127.0.0.1",
                   host);
        return false;
    }
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(host, NULL, &hints, &found);
    if (failure != 0) {
        buf_printf(error, "cannot listen on \"%s\": %s; give an IPv4 address of this machine", host,
                   gai_strerror(failure));
        return false;
    }
    memcpy(address, found->ai_addr, sizeof *address);
    address->sin_port = htons((uint16_t)port);
    freeaddrinfo(found);
    return true;
}

static void explain(const char *host, int port, int why, struct buf *error)
{
    buf_printf(error, "cannot listen on %s:%d: ", host, port);
    switch (why) {
    case EADDRINUSE:
        buf_add_text(error, "the port is in use; stop the other program or choose another port "
                            "(0 takes a free one)");
        break;
    case EACCES:
        buf_add_text(error, "no permission; ports below 1024 are for the administrator, choose a "
                            "higher one");
        break;
    case EADDRNOTAVAIL:
        buf_add_text(error, "this machine does not have that address");
        break;
    default:
        buf_add_text(error, strerror(why));
    }
}

/* Returns 0, or the errno of what failed. */
static int bind_and_listen(int fd, const struct sockaddr_in *address, int *bound_port)
{
    int on = 1;
    struct sockaddr_in bound;
    socklen_t size = sizeof bound;
    /* A restart must not wait for the old connections' TIME_WAIT. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, (const struct sockaddr *)address, sizeof *address) != 0 ||
        listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&bound, &size) != 0)
        return errno;
    *bound_port = ntohs(bound.sin_port);
    return 0;
}

int listener_open(const char *host, int port, int *bound_port, struct buf *error)
{
    if (port < 0 || port > LARGEST_PORT) {
        buf_printf(error, "%d is not a port; ports go from 0 (a free one) to %d", port,
                   LARGEST_PORT);
        return -1;
    }
    struct sockaddr_in address;
    if (!resolve(host, port, &address, error))
        return -1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int failure = fd < 0 ? errno : bind_and_listen(fd, &address, bound_port);
    if (failure == 0)
        return fd;
    explain(host, port, failure, error);
    if (fd >= 0)
        close(fd);
    return -1;
}
