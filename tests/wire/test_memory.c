/* Large exchanges, each on a connection of its own: what they took goes back to the system. */
#include "wire.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define HEAP_IS_WATCHED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HEAP_IS_WATCHED 1
#endif
#endif

enum { MIB = 1 << 20, TAKEN_MIB = 64, EXCHANGES = 12, ALLOWED_MIB = 160 };

static size_t resident_mib(void)
{
    unsigned long size = 0;
    unsigned long resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu %lu", &size, &resident), 2);
    fclose(file);
    return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE) / MIB;
}

/* Waits up to 3 s: an exchange's memory goes back after its answer. */
static size_t resident_mib_below(size_t allowed)
{
    size_t resident = resident_mib();
    for (int i = 0; i < 60 && resident > allowed; i++) {
        sleep_for_ms(50);
        resident = resident_mib();
    }
    return resident;
}

static atomic_size_t kept_count;
static void *kept[EXCHANGES];

/*
 * Takes much memory in the small pieces that a tree of JSON is made of, and keeps a little beyond
 * the exchange, as a journal does: that little lies above all the rest on the thread's heap.
 */
static void take_much(void *context, const struct request *request, struct response *response,
                      struct arena *arena, void **token)
{
    (void)context;
    (void)request;
    (void)token;
    enum { PIECE = 128 };
    for (size_t i = 0; i < (size_t)TAKEN_MIB * MIB / PIECE; i++)
        memset(arena_alloc(arena, PIECE), 1, PIECE);
    kept[atomic_fetch_add(&kept_count, 1)] = mem_alloc(PIECE);
    response->status = 200;
    response->body = str_from("done");
}

static void test_memory_of_large_exchanges_goes_back(void **state)
{
    (void)state;
#ifdef HEAP_IS_WATCHED
    print_message("skipped: a sanitizer's heap keeps what is freed\n");
    skip();
#endif
    struct server_options options = {.port = 0, .threads = 32, .handler = {.handle = take_much}};
    struct buf error;
    buf_init(&error, NULL);
    struct server *server = server_start(&options, &error);
    assert_non_null(server);
    for (int i = 0; i < EXCHANGES; i++) {
        struct reply reply;
        client_ask(server_port(server), "GET / HTTP/1.1\r\nHost: h\r\n\r\n", &reply);
        assert_string_equal(reply.body, "done");
        reply_free(&reply);
    }
    size_t resident = resident_mib_below(ALLOWED_MIB);
    server_stop(server, 1000);
    if (resident > ALLOWED_MIB)
        fail_msg("%zu MiB are resident after %d exchanges of %d MiB", resident, EXCHANGES,
                 TAKEN_MIB);
    for (size_t i = 0; i < EXCHANGES; i++)
        free(kept[i]);
    buf_free(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_of_large_exchanges_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
