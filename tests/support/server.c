#include "support/server.h"

#include "mock/faults.h"
#include "mock/seed.h"
#include "json/yaml.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LIST_MAX = 16, SETUP_MAX = 65536, TEST_THREADS = 8, PATIENCE_SECONDS = 10 };

struct list {
    const char *items[LIST_MAX];
    size_t count;
};

static struct list paths_of(const struct json_node *setup, const char *name, const char *root,
                            struct arena *arena)
{
    struct list list = {.count = 0};
    const struct json_node *value = json_member(setup, name);
    const struct json_node *item = json_is(value, JSON_ARRAY) ? json_first(value) : value;
    for (; item != NULL && list.count < LIST_MAX; item = value == item ? NULL : json_next(item))
        list.items[list.count++] = arena_printf(arena, "%s/%s", root, item->c.valuestring);
    return list;
}

static enum dialect_kind dialect_from(struct str word)
{
    return str_is(word, "fastapi")   ? DIALECT_FASTAPI
           : str_is(word, "problem") ? DIALECT_PROBLEM
           : str_is(word, "steady")  ? DIALECT_STEADY
                                     : DIALECT_AUTO;
}

static struct bill *load_bill(struct stand_in *stand_in, const struct json_node *setup,
                              const char *root)
{
    struct list specs = paths_of(setup, "spec", root, &stand_in->arena);
    struct list overlays = paths_of(setup, "overlays", root, &stand_in->arena);
    struct str formats = json_member_text(setup, "formats", str_from("assert"));
    struct part_options options = {
        .contract = {.documents = {.overlays = overlays.items, .overlay_count = overlays.count},
                     .assert_formats = !str_is(formats, "annotate")},
        .dialect = dialect_from(json_member_text(setup, "dialect", str_from("auto"))),
    };
    return bill_load(specs.items, specs.count, &options, &stand_in->diags);
}

static struct worlds *make_worlds(struct stand_in *stand_in, struct bill *bill,
                                  const struct json_node *setup, const char *root)
{
    struct list fixtures = paths_of(setup, "fixtures", root, &stand_in->arena);
    struct list faults = paths_of(setup, "faults", root, &stand_in->arena);
    const struct json_node *seed = json_member(setup, "seed");
    struct seed_options seeds = {.paths = fixtures.items, .path_count = fixtures.count};
    struct snapshot *base = NULL;
    if (!seed_read(bill, &seeds, &stand_in->arena, &stand_in->diags, &base))
        return NULL;
    struct fault_plan *plan = faults.count == 0
                                  ? NULL
                                  : faults_read_files(bill, faults.items, faults.count,
                                                      &stand_in->arena, &stand_in->diags);
    struct worlds_options options = {
        .world = {.base = base, .seed = seed != NULL ? (uint64_t)seed->c.valueint : 1},
        .plan = plan,
    };
    options.world.frozen = clock_parse_rfc3339(json_member_text(setup, "clock", str_from("")),
                                               &options.world.clock_ns);
    struct worlds *worlds = worlds_new(&options);
    snapshot_release(base);
    fault_plan_release(plan);
    return worlds;
}

static void print_diags(const struct diags *diags)
{
    struct buf out;
    buf_init(&out, NULL);
    diags_print(diags, &out);
    fwrite(out.data, 1, out.len, stderr);
    buf_free(&out);
}

bool stand_in_make(struct stand_in *stand_in, const char *root, const char *setup_path)
{
    static const struct yaml_limits limits = {.max_depth = 20, .max_nodes = 1000};
    *stand_in = (struct stand_in){.mock = NULL};
    arena_init(&stand_in->arena, 16384, NULL);
    diags_init(&stand_in->diags);
    struct source source;
    if (source_read(&stand_in->arena, setup_path, SETUP_MAX, &source) != SOURCE_OK) {
        fprintf(stderr, "cannot read %s\n", setup_path);
        return false;
    }
    struct json_node *setup =
        json_read_document(&stand_in->arena, &source, &limits, &stand_in->diags);
    struct bill *bill = setup != NULL ? load_bill(stand_in, setup, root) : NULL;
    struct worlds *worlds = bill != NULL ? make_worlds(stand_in, bill, setup, root) : NULL;
    if (worlds == NULL || stand_in->diags.errors > 0) {
        print_diags(&stand_in->diags);
        worlds_free(worlds);
        bill_release(bill);
        return false;
    }
    struct mock_options options = {.check_answers = true, .version = "test"};
    stand_in->mock = mock_new(bill, worlds, &options);
    return true;
}

void stand_in_free(struct stand_in *stand_in)
{
    if (stand_in->server != NULL)
        server_stop(stand_in->server, 1000);
    mock_free(stand_in->mock);
    diags_free(&stand_in->diags);
    arena_clear(&stand_in->arena);
}

int stand_in_start(struct stand_in *stand_in)
{
    struct buf error;
    buf_init(&error, NULL);
    struct server_options options = {
        .threads = TEST_THREADS, .max_body = 1 << 20, .handler = mock_handler(stand_in->mock)};
    stand_in->server = server_start(&options, &error);
    if (stand_in->server == NULL)
        fprintf(stderr, "%s\n", buf_text(&error));
    buf_free(&error);
    return stand_in->server != NULL ? server_port(stand_in->server) : 0;
}

unsigned stand_in_broken_answers(const struct stand_in *stand_in)
{
    return atomic_load(&stand_in->mock->broken_answers);
}

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

struct str tcp_exchange(struct arena *arena, int port, struct str request)
{
    struct buf in;
    buf_init(&in, arena);
    int fd = connect_to(port);
    if (fd < 0)
        return str_from("");
    while (request.len > 0) {
        ssize_t done = send(fd, request.data, request.len, MSG_NOSIGNAL);
        if (done <= 0)
            break;
        request = str_after(request, (size_t)done);
    }
    shutdown(fd, SHUT_WR);
    for (;;) {
        buf_reserve(&in, 65536);
        ssize_t got = recv(fd, in.data + in.len, 65536, 0);
        if (got <= 0)
            break;
        in.len += (size_t)got;
    }
    close(fd);
    return buf_str(&in);
}
