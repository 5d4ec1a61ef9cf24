/*
 * Our HTTP layer with a handler that answers a fixed text of 517 bytes: what
 * it costs by itself, beside bare_server drain.
 *
 *     http_layer THREADS
 */
#include "http/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIXED_BYTES = 517, LARGEST_BODY = 64 << 20 };

static char fixed[FIXED_BYTES];

static void handle(void *context, const struct request *request, struct response *response,
                   struct arena *arena, void **token)
{
    (void)context;
    (void)request;
    (void)arena;
    (void)token;
    response->status = 200;
    response_header(response, "content-type", str_from("application/json"));
    response->body = str_make(fixed, sizeof fixed);
}

int main(int argc, char **argv)
{
    memset(fixed, ' ', sizeof fixed);
    memcpy(fixed, "{}", 2);
    struct server_options options = {
        .threads = argc > 1 ? atoi(argv[1]) : 0,
        .max_body = LARGEST_BODY,
        .handler = {.handle = handle},
    };
    struct buf error;
    buf_init(&error, NULL);
    struct server *server = server_start(&options, &error);
    if (server == NULL) {
        fprintf(stderr, "http_layer: %s\n", buf_text(&error));
        return 1;
    }
    printf("port %d\n", server_port(server));
    fflush(stdout);
    pause();
    return 0;
}
