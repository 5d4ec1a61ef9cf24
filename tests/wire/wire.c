#include "wire.h"

#include "base/clock.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_BODY = 1 << 20, PATIENCE_MS = 5000 };

uint64_t now_ms(void)
{
    return clock_monotonic_ns() / 1000000;
}

void sleep_for_ms(long ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

/* --- the handler --- */

static struct str query_value(const struct request *request, const char *name)
{
    struct str rest = request->query;
    size_t length = strlen(name);
    while (rest.len > 0) {
        size_t end = str_find_char(rest, '&');
        if (str_starts_with(rest, name) && rest.len > length && rest.data[length] == '=')
            return str_make(rest.data + length + 1, end - length - 1);
        rest = str_after(rest, end < rest.len ? end + 1 : end);
    }
    return (struct str){NULL, 0};
}

static uint64_t query_number(const struct request *request, const char *name)
{
    struct str value = query_value(request, name);
    uint64_t number = 0;
    for (size_t i = 0; i < value.len; i++)
        number = number * 10 + (uint64_t)(value.data[i] - '0');
    return number;
}

static int query_choice(const struct request *request, const char *name, const char *const *words)
{
    struct str value = query_value(request, name);
    for (int i = 0; words[i] != NULL; i++)
        if (str_is(value, words[i]))
            return i;
    return 0;
}

static struct str make_digits(struct arena *arena, size_t count)
{
    char *digits = arena_alloc(arena, count + 1);
    for (size_t i = 0; i < count; i++)
        digits[i] = (char)('0' + i % 10);
    return str_make(digits, count);
}

static void tell_of_head(const struct request *request, struct response *response)
{
    response_header(response, "X-Method", request->method);
    response_header(response, "X-Path", request->path);
    response_header(response, "X-Query", request->query);
    response_header(response, "X-Version", request->version);
    response_header(response, "X-Remote", request->remote);
    struct str mark = request_header(request, "x-mark");
    if (mark.data != NULL)
        response_header(response, "X-Mark", mark);
}

static void set_fault(const struct request *request, struct response *response)
{
    static const char *const acts[] = {"send", "reset", "close", "hang", "empty", "garbage", NULL};
    static const char *const places[] = {"accept", "head", "byte", "end", NULL};
    struct transport *transport = &response->transport;
    transport->act = (enum transport_act)query_choice(request, "act", acts);
    transport->at = (enum transport_at)query_choice(request, "at", places);
    transport->byte = query_number(request, "byte");
    transport->delay_us = query_number(request, "delay") * 1000;
    transport->drip_bytes = query_number(request, "drip");
    transport->drip_every_us = query_number(request, "every") * 1000;
    transport->truncate = query_value(request, "truncate").data != NULL;
    transport->truncate_at = query_number(request, "truncate");
    transport->garbage_seed = 7;
}

static void handle(void *context, const struct request *request, struct response *response,
                   struct arena *arena, void **token)
{
    struct seen *seen = context;
    atomic_fetch_add(&seen->handled, 1);
    *token = response;
    response->status = 200;
    if (str_is(request->path, "/bytes")) {
        response->body = make_digits(arena, query_number(request, "n"));
    } else if (str_is(request->path, "/busy")) {
        sleep_for_ms((long)query_number(request, "ms"));
        response->body = str_from("done");
    } else if (str_is(request->path, "/fault")) {
        response->body = make_digits(arena, 10);
        set_fault(request, response);
    } else if (str_is(request->path, "/status")) {
        response->status = (int)query_number(request, "n");
        response->body = str_from("text");
    } else {
        tell_of_head(request, response);
        response->body = request->body;
    }
    response->close = request_header(request, "x-close").data != NULL;
    response_header(response, "Content-Type", str_from("text/plain"));
}

static void sent(void *context, void *token, bool complete, uint64_t bytes)
{
    struct seen *seen = context;
    const struct response *response = token;
    bool is_whole = complete && response->status != 0; /* which is still there to be looked at */
    atomic_fetch_add(&seen->bytes, bytes);
    atomic_fetch_add(is_whole ? &seen->complete : &seen->incomplete, 1);
}

void stage_start(struct stage *stage, int threads)
{
    stage_start_on(stage, "127.0.0.1", threads);
}

void stage_start_on(struct stage *stage, const char *host, int threads)
{
    memset(stage, 0, sizeof *stage);
    struct server_options options = {
        .host = host,
        .threads = threads,
        .max_body = LONGEST_BODY,
        .handler = {.context = &stage->seen, .handle = handle, .sent = sent},
    };
    struct buf error;
    buf_init(&error, NULL);
    stage->server = server_start(&options, &error);
    if (stage->server == NULL)
        fail_msg("%s", buf_text(&error));
    stage->port = server_port(stage->server);
    buf_free(&error);
}

void stage_stop(struct stage *stage, unsigned grace_ms)
{
    server_stop(stage->server, grace_ms);
}

void stage_wait_sent(struct stage *stage, size_t count)
{
    uint64_t deadline = now_ms() + 2000;
    while (stage->seen.complete + stage->seen.incomplete < count && now_ms() < deadline)
        sleep_for_ms(1);
    assert_int_equal(stage->seen.complete + stage->seen.incomplete, count);
}

void stage_count_anew(struct stage *stage)
{
    stage_wait_sent(stage, stage->seen.handled);
    stage->seen.handled = stage->seen.complete = stage->seen.incomplete = 0;
    stage->seen.bytes = 0;
}

/* --- the client --- */

static int open_with_buffer(int port, int buffer)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (buffer > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail_msg("connect: %s", strerror(errno));
    return fd;
}

int client_open(int port)
{
    return open_with_buffer(port, 0);
}

int client_open_narrow(int port)
{
    return open_with_buffer(port, 4096);
}

void client_send_bytes(int fd, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0) {
        ssize_t sent_now = send(fd, next, length, MSG_NOSIGNAL);
        if (sent_now < 0) /* a server that has had enough may have closed */
            return;
        next += sent_now;
        length -= (size_t)sent_now;
    }
}

void client_send(int fd, const char *text)
{
    client_send_bytes(fd, text, strlen(text));
}

/* Bytes, or 0 at the end, which `ending` tells the kind of. */
static size_t receive(int fd, int wait_ms, char *to, size_t room, enum ending *ending)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    *ending = ENDED_NOT;
    if (poll(&ready, 1, wait_ms) <= 0)
        return 0;
    ssize_t got = recv(fd, to, room, 0);
    if (got > 0)
        return (size_t)got;
    if (got < 0)
        assert_int_equal(errno, ECONNRESET);
    *ending = got == 0 ? ENDED_EOF : ENDED_RESET;
    return 0;
}

enum ending client_read_all(int fd, int wait_ms, char *to, size_t room, size_t *got)
{
    enum ending ending = ENDED_NOT;
    *got = 0;
    while (*got < room) {
        size_t more = receive(fd, wait_ms, to + *got, room - *got, &ending);
        if (more == 0)
            break;
        *got += more;
    }
    return ending;
}

/* Byte by byte, so that nothing of the next response is taken. */
static bool read_head(int fd, struct reply *reply)
{
    size_t length = 0;
    while (length + 1 < sizeof reply->head) {
        if (receive(fd, PATIENCE_MS, reply->head + length, 1, &reply->ending) == 0)
            return false;
        length++;
        reply->head[length] = '\0';
        if (length >= 4 && strcmp(reply->head + length - 4, "\r\n\r\n") == 0)
            return true;
    }
    return false;
}

void client_read(int fd, struct reply *reply, bool without_body)
{
    memset(reply, 0, sizeof *reply);
    if (!read_head(fd, reply))
        return;
    reply->status = atoi(reply->head + strlen("HTTP/1.1 "));
    const char *length = strstr(reply->head, "\r\ncontent-length: ");
    size_t wanted = length == NULL || without_body ? 0 : strtoul(length + 18, NULL, 10);
    reply->body = mem_alloc(wanted + 1);
    while (reply->body_len < wanted) {
        size_t more = receive(fd, PATIENCE_MS, reply->body + reply->body_len,
                              wanted - reply->body_len, &reply->ending);
        if (more == 0)
            break;
        reply->body_len += more;
    }
    reply->body[reply->body_len] = '\0';
}

void client_ask(int port, const char *text, struct reply *reply)
{
    int fd = client_open(port);
    client_send(fd, text);
    client_read(fd, reply, false);
    close(fd);
}

bool reply_has(const struct reply *reply, const char *header_line)
{
    char line[512];
    snprintf(line, sizeof line, "\r\n%s\r\n", header_line);
    return strstr(reply->head, line) != NULL;
}

void reply_free(struct reply *reply)
{
    free(reply->body);
    reply->body = NULL;
}
