/*
 * A bare civetweb server, the yardstick of scripts/bench: the least that a
 * server on this library can do.
 *
 *     bare_server drain|cjson THREADS
 *
 * drain reads the body and answers a fixed text of 517 bytes; cjson parses the
 * body with cJSON and prints it back. Same options as ours, one write for head
 * and body. Prints "port N" when it listens and runs until it is killed.
 */
#include <civetweb.h>
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIXED_BYTES = 517, HEAD_ROOM = 256 };

struct body {
    char *bytes;
    size_t length;
};

/* One large read after the other into a buffer of the announced length. */
static struct body read_body(struct mg_connection *connection)
{
    long long announced = mg_get_request_info(connection)->content_length;
    size_t length = announced > 0 ? (size_t)announced : 0;
    struct body body = {.bytes = malloc(length + 1), .length = 0};
    while (body.length < length) {
        int got = mg_read(connection, body.bytes + body.length, length - body.length);
        if (got <= 0)
            break;
        body.length += (size_t)got;
    }
    body.bytes[body.length] = '\0';
    return body;
}

static void answer(struct mg_connection *connection, const char *text, size_t length)
{
    char *whole = malloc(HEAD_ROOM + length);
    int head = snprintf(whole, HEAD_ROOM,
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                        "content-length: %zu\r\nconnection: keep-alive\r\n\r\n",
                        length);
    memcpy(whole + head, text, length);
    mg_write(connection, whole, (size_t)head + length);
    free(whole);
}

static void answer_parsed(struct mg_connection *connection, const struct body *body)
{
    cJSON *tree = cJSON_ParseWithLength(body->bytes, body->length);
    char *text = tree != NULL ? cJSON_PrintUnformatted(tree) : NULL;
    answer(connection, text != NULL ? text : "null", text != NULL ? strlen(text) : 4);
    free(text);
    cJSON_Delete(tree);
}

static int on_request(struct mg_connection *connection)
{
    const bool *parse = mg_get_request_info(connection)->user_data;
    struct body body = read_body(connection);
    if (*parse) {
        answer_parsed(connection, &body);
    } else {
        char fixed[FIXED_BYTES];
        memset(fixed, ' ', sizeof fixed);
        memcpy(fixed, "{}", 2);
        answer(connection, fixed, sizeof fixed);
    }
    free(body.bytes);
    return 200;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: bare_server drain|cjson THREADS\n");
        return 2;
    }
    bool parse = strcmp(argv[1], "cjson") == 0;
    const char *options[] = {"listening_ports",
                             "127.0.0.1:0",
                             "num_threads",
                             argv[2],
                             "enable_keep_alive",
                             "yes",
                             "keep_alive_timeout_ms",
                             "5000",
                             "request_timeout_ms",
                             "10000",
                             "tcp_nodelay",
                             "1",
                             "connection_queue",
                             "1024",
                             "decode_url",
                             "no",
                             "enable_auth_domain_check",
                             "no",
                             "access_control_allow_methods",
                             "",
                             NULL};
    const struct mg_callbacks callbacks = {.begin_request = on_request};
    mg_init_library(MG_FEATURES_DEFAULT);
    struct mg_context *context = mg_start(&callbacks, &parse, options);
    struct mg_server_port port;
    if (context == NULL || mg_get_server_ports(context, 1, &port) != 1) {
        fprintf(stderr, "bare_server: cannot start\n");
        return 1;
    }
    printf("port %d\n", port.port);
    fflush(stdout);
    pause();
    return 0;
}
