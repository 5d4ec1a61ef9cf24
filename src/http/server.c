/*
 * civetweb 1.15 as it is packaged by Debian, and how we make do with it.
 *
 * - It can only listen by itself. We open the socket (listener.c) and put it in
 *   the place of one that civetweb has opened on a port of no importance, so
 *   that failures have a reason and accepting can stop before the rest does.
 * - It answers some requests itself (methods it does not know, heads it cannot
 *   parse) by way of on_error, and drops some without a word ("OPTIONS *" and
 *   targets of other hosts): those are caught in on_close.
 * - mg_stop waits for threads that poll for up to 2 s, so all of them are woken
 *   by events on their descriptors.
 */
#define _GNU_SOURCE

#include "http/server.h"

#include "base/clock.h"
#include "base/mem.h"
#include "http/listener.h"
#include "http/worker.h"

#include <civetweb.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    WORKER_THREAD = 1,  /* civetweb's number for it */
    SPARE_FILES = 8192, /* for waiting connections and parked exchanges */
    OWN_FILES = 24,     /* besides connections: civetweb's, ours, what is read again on SIGHUP */
    FEWEST_FILES = 8,   /* for connections, or it makes no sense to start */
    MOST_FILES = 65536,
    LONGEST_QUEUE = 1024,
    LOOK_MS = 5,
};

static const uint64_t NS_PER_MS = 1000000;

struct server {
    struct floor floor;
    struct mg_context *civetweb;
    int port;
    int listener; /* where clients arrive */
    int theirs;   /* the number that civetweb accepts from */
    int quiet;    /* the socket that it has opened by itself, where nobody arrives */
};

/* --- requests --- */

static int read_body(void *connection, void *to, size_t size)
{
    return mg_read(connection, to, size);
}

/*
 * Without the query: civetweb sets that just before begin_request, and leaves
 * the former request's there otherwise.
 */
static struct request request_from(const struct mg_request_info *info,
                                   struct name_value headers[MG_MAX_HEADERS])
{
    struct request request = {
        .method = str_from(info->request_method),
        .path = str_from(info->request_uri),
        .version = str_from(info->http_version),
        .headers = headers,
    };
    for (int i = 0; i < info->num_headers; i++)
        headers[request.header_count++] = (struct name_value){
            str_from(info->http_headers[i].name), str_from(info->http_headers[i].value)};
    return request;
}

static struct incoming incoming_from(struct mg_connection *connection,
                                     const struct mg_request_info *info,
                                     struct name_value headers[MG_MAX_HEADERS])
{
    return (struct incoming){
        .request = request_from(info, headers),
        .peer = info->remote_addr,
        .peer_port = info->remote_port,
        .body = {.read = read_body, .context = connection},
    };
}

/* civetweb's begin_request: every request that it has understood. */
static int on_request(struct mg_connection *connection)
{
    struct name_value headers[MG_MAX_HEADERS];
    const struct mg_request_info *info = mg_get_request_info(connection);
    struct incoming incoming = incoming_from(connection, info, headers);
    incoming.request.query = str_from(info->query_string);
    if (!worker_serve(mg_get_thread_pointer(connection), &incoming))
        mg_disable_connection_keep_alive(connection);
    return 200; /* for civetweb's access log, which is off; not 0: we have answered */
}

/* Before its begin_request civetweb has not looked for a query yet. */
static void split_query(struct request *request)
{
    size_t mark = str_find_char(request->path, '?');
    if (mark == request->path.len)
        return;
    request->query = str_after(request->path, mark + 1);
    request->path.len = mark;
}

/*
 * A method that civetweb does not know (TRACE, QUERY, what a client made up) is
 * still the handler's to judge. civetweb has stopped behind the request line;
 * the rest of the head lies there as it came, up to a NUL.
 */
static bool is_unknown_method(int status, const struct mg_request_info *info)
{
    static const char protocol[] = "HTTP/";
    const ptrdiff_t length = sizeof protocol - 1;
    if (status != 400 || info->request_method == NULL || info->request_uri == NULL ||
        info->http_version == NULL || info->num_headers != 0)
        return false;
    bool is_known =
        strcmp(info->http_version, "1.1") == 0 || strcmp(info->http_version, "1.0") == 0;
    return is_known && info->http_version - info->request_uri > length &&
           strncmp(info->http_version - length, protocol, (size_t)length) == 0;
}

/* Where the head goes on behind the request line; never beyond civetweb's buffer. */
static struct str rest_of_head(const struct request *request)
{
    const char *rest = request->version.data + request->version.len + strlen("\r\n");
    size_t before = (size_t)(rest - request->method.data);
    /* The head may begin some blanks behind the buffer's start. */
    const size_t limit = FRAMING_HEAD_LIMIT - 1024;
    return str_make(rest, before < limit ? strnlen(rest, limit - before) : 0);
}

static void serve_unknown_method(struct worker *worker, struct incoming *incoming,
                                 struct name_value headers[MG_MAX_HEADERS])
{
    struct request *request = &incoming->request;
    struct refusal refusal =
        framing_split_headers(rest_of_head(request), headers, &request->header_count);
    split_query(request);
    incoming->head_is_split = true;
    incoming->must_close = true;
    if (refusal.status != 0)
        worker_refuse(worker, incoming, refusal);
    else
        worker_serve(worker, incoming);
}

/* What civetweb objects to, in our words. */
static struct refusal refusal_from(int status, const struct incoming *incoming)
{
    struct framing ignored;
    struct refusal refusal = {0, NULL};
    bool is_http_2 = str_starts_with(incoming->request.version, "2");
    if (status == 505 || is_http_2)
        return (struct refusal){505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
    if (incoming->request.header_count > 0)
        refusal = framing_read_fields(&incoming->request, &ignored);
    if (refusal.status != 0)
        return refusal;
    return (struct refusal){400, "the request line or a header is malformed, or the head is "
                                 "incomplete or longer than 16384 bytes"};
}

/* civetweb's http_error: a request that it will not pass on. */
static int on_error(struct mg_connection *connection, int status, const char *words)
{
    (void)words;
    struct worker *worker = mg_get_thread_pointer(connection);
    const struct mg_request_info *info = mg_get_request_info(connection);
    struct name_value headers[MG_MAX_HEADERS];
    struct incoming incoming = incoming_from(connection, info, headers);
    worker->refused = true;
    if (is_unknown_method(status, info))
        serve_unknown_method(worker, &incoming, headers);
    else
        worker_refuse(worker, &incoming, refusal_from(status, &incoming));
    return 0; /* answered */
}

/* --- threads and connections --- */

static void *on_thread(const struct mg_context *civetweb, int type)
{
    struct server *server = mg_get_user_data(civetweb);
    return type == WORKER_THREAD ? worker_make(&server->floor) : NULL;
}

static void on_thread_end(const struct mg_context *civetweb, int type, void *worker)
{
    (void)civetweb;
    if (type == WORKER_THREAD)
        worker_free(worker);
}

static int on_connect(const struct mg_connection *connection, void **unused)
{
    (void)unused;
    worker_connect(mg_get_thread_pointer(connection));
    return 0;
}

/*
 * A request whose target is "*" or at another host ("GET http://host/path", as
 * sent to a proxy) ends the connection before any other callback: civetweb sets
 * no local path for it.
 */
static bool was_dropped(const struct worker *worker, const struct mg_request_info *info)
{
    return info != NULL && info->request_method != NULL && info->http_version != NULL &&
           info->local_uri_raw == NULL && !worker->refused;
}

/* civetweb's connection_close: the last moment at which the connection is open. */
static void on_close(const struct mg_connection *connection)
{
    struct worker *worker = mg_get_thread_pointer(connection);
    const struct mg_request_info *info = mg_get_request_info(connection);
    if (was_dropped(worker, info)) {
        struct name_value headers[MG_MAX_HEADERS];
        struct incoming incoming =
            incoming_from((struct mg_connection *)(uintptr_t)connection, info, headers);
        split_query(&incoming.request);
        incoming.must_close = true;
        worker_serve(worker, &incoming);
    }
    worker_disconnect(worker);
}

static int on_words(const struct mg_connection *connection, const char *words)
{
    struct server *server = mg_get_user_data(mg_get_context(connection));
    if (server != NULL && server->floor.log != NULL)
        log_message(server->floor.log, LOG_LEVEL_WARNING, "civetweb: %s", words);
    return 1; /* said */
}

/* --- start --- */

/*
 * Each connection, queued or parked, is an open file. civetweb's accepting
 * thread never rests while clients arrive and files are short, so all of them
 * together must stay below the limit.
 */
struct shares {
    int threads;
    int queue;     /* accepted connections that wait for a thread */
    size_t parked; /* exchanges */
};

/* Returns how many files may be open, having asked for more. */
static int raise_file_limit(int wanted)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return wanted;
    if (files.rlim_cur < (rlim_t)wanted) {
        struct rlimit raised = files;
        raised.rlim_cur = files.rlim_max < (rlim_t)wanted ? files.rlim_max : (rlim_t)wanted;
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            files = raised;
    }
    return files.rlim_cur < MOST_FILES ? (int)files.rlim_cur : MOST_FILES;
}

static int at_most(int number, int limit)
{
    return number < limit ? number : limit;
}

/* Shares out the files that may be opened after `listener`. False where there are too few. */
static bool share_files(const struct server_options *options, int threads, int listener,
                        struct shares *shares, struct buf *error)
{
    int limit = raise_file_limit(threads + SPARE_FILES);
    int room = limit - listener - OWN_FILES;
    if (room < FEWEST_FILES) {
        buf_printf(error, "only %d files may be open; allow more (ulimit -n)", limit);
        return false;
    }
    shares->threads = at_most(threads, room / 2);
    shares->queue = at_most(LONGEST_QUEUE, room / 4);
    shares->parked = (size_t)(room - shares->threads - shares->queue);
    if (shares->threads + shares->queue < threads + LONGEST_QUEUE && options->log != NULL)
        log_message(options->log, LOG_LEVEL_WARNING,
                    "only %d files may be open (ulimit -n): at most %d connections are served at "
                    "once, %d wait for that, %zu are delayed or hang",
                    limit, shares->threads, shares->queue, shares->parked);
    return true;
}

static struct mg_context *start_civetweb(struct server *server, const struct shares *shares)
{
    struct buf thread_count, queue_length;
    buf_init(&thread_count, NULL);
    buf_init(&queue_length, NULL);
    buf_add_int(&thread_count, shares->threads);
    buf_add_int(&queue_length, shares->queue);
    const char *options[] = {
        "listening_ports",
        "127.0.0.1:0", /* not for long: see take_over_listening */
        "num_threads",
        buf_text(&thread_count),
        "enable_keep_alive",
        "yes",
        "keep_alive_timeout_ms",
        "5000",
        "request_timeout_ms",
        "10000",
        "tcp_nodelay",
        "1",
        "connection_queue",
        buf_text(&queue_length),
        "max_request_size",
        "16384", /* FRAMING_HEAD_LIMIT */
        "decode_url",
        "no",
        "enable_auth_domain_check",
        "no",
        "access_control_allow_methods",
        "",
        NULL,
    };
    const struct mg_callbacks callbacks = {
        .begin_request = on_request,
        .http_error = on_error,
        .init_thread = on_thread,
        .exit_thread = on_thread_end,
        .init_connection = on_connect,
        .connection_close = on_close,
        .log_message = on_words,
    };
    mg_init_library(MG_FEATURES_DEFAULT);
    struct mg_context *civetweb = mg_start(&callbacks, server, options);
    if (civetweb == NULL)
        mg_exit_library();
    buf_free(&thread_count);
    buf_free(&queue_length);
    return civetweb;
}

/* Connects to a listening socket and hangs up: whoever polls it wakes. */
static void nudge(int listener)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (getsockname(listener, (struct sockaddr *)&address, &size) == 0)
        (void)!connect(fd, (struct sockaddr *)&address, size);
    close(fd);
}

/*
 * Makes civetweb accept from another socket, behind the number that it knows.
 * Its master thread may be in poll, which looks the number up anew whenever it
 * is woken, but waits on the socket that it found at first. So the new socket
 * must have something to tell before the old one is woken (by the caller); if
 * not, the thread would sleep on, deaf, for the rest of its 2 s.
 *
 * The bare system call is for the thread sanitizer: it takes libc's dup3 for a
 * race with civetweb's close, not knowing of the stop flag that orders them.
 */
static void accept_from(struct server *server, int socket)
{
    syscall(SYS_dup3, socket, server->theirs, O_CLOEXEC);
    nudge(socket);
}

/* From here on clients are served. */
static bool take_over_listening(struct server *server)
{
    struct mg_server_port port = {.port = 0};
    if (mg_get_server_ports(server->civetweb, 1, &port) == 1)
        server->theirs = descriptors_find_listener(port.port);
    if (server->theirs >= 0)
        server->quiet = fcntl(server->theirs, F_DUPFD_CLOEXEC, 0);
    if (server->quiet < 0)
        return false;
    accept_from(server, server->listener);
    nudge(server->quiet);
    return true;
}

static bool start_threads(struct server *server, const struct shares *shares, struct buf *error)
{
    server->floor.park =
        park_start(&server->floor.handler, &server->floor.descriptors, shares->parked, error);
    if (server->floor.park == NULL)
        return false;
    server->civetweb = start_civetweb(server, shares);
    if (server->civetweb != NULL && take_over_listening(server))
        return true;
    buf_printf(error, "cannot start %d threads; a lower --threads may help", shares->threads);
    return false;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void free_server(struct server *server)
{
    if (server->quiet >= 0)
        shutdown(server->quiet, SHUT_RDWR); /* wakes the master thread until it stops */
    if (server->civetweb != NULL) {
        mg_stop(server->civetweb);
        mg_exit_library();
    }
    if (server->floor.park != NULL)
        park_stop(server->floor.park);
    close_if_open(server->listener);
    close_if_open(server->quiet);
    descriptors_free(&server->floor.descriptors);
    floor_free(&server->floor);
    free(server);
}

/* Signals are for the program's own threads, which expect them. */
static void block_signals(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, before);
}

struct server *server_start(const struct server_options *options, struct buf *error)
{
    int threads = options->threads != 0 ? options->threads : SERVER_DEFAULT_THREADS;
    if (threads < 1 || threads > SERVER_MOST_THREADS) {
        buf_printf(error, "%d is not a number of threads; give 1 to %d", threads,
                   SERVER_MOST_THREADS);
        return NULL;
    }
    int port;
    const char *host = options->host != NULL ? options->host : "127.0.0.1";
    int listener = listener_open(host, options->port, &port, error);
    if (listener < 0)
        return NULL;

    struct shares shares;
    if (!share_files(options, threads, listener, &shares, error)) {
        close(listener);
        return NULL;
    }
    struct server *server = mem_alloc_zero(sizeof *server);
    floor_init(&server->floor, &options->handler, options->max_body, options->log,
               (size_t)shares.threads);
    descriptors_init(&server->floor.descriptors, listener, port);
    server->port = port;
    server->listener = listener;
    server->theirs = -1;
    server->quiet = -1;

    sigset_t before;
    block_signals(&before);
    bool started = start_threads(server, &shares, error);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        return server;
    free_server(server);
    return NULL;
}

int server_port(const struct server *server)
{
    return server->port;
}

/* --- stop --- */

static void sleep_ms(long ms)
{
    struct timespec pause = {.tv_sec = 0, .tv_nsec = ms * (long)NS_PER_MS};
    nanosleep(&pause, NULL);
}

void server_stop(struct server *server, unsigned grace_ms)
{
    struct floor *floor = &server->floor;
    uint64_t deadline = clock_monotonic_ns() + grace_ms * NS_PER_MS;
    floor_announce_stop(floor);
    accept_from(server, server->quiet);
    shutdown(server->listener, SHUT_RDWR);
    park_hurry(floor->park);
    while (floor_is_busy(floor) && clock_monotonic_ns() < deadline) {
        floor_end_idle(floor);
        sleep_ms(LOOK_MS);
    }
    floor_cut_all(floor);
    free_server(server);
}
