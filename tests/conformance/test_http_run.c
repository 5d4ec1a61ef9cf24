/*
 * JSON-Schema-Test-Suite, draft 2020-12, as a client sees it: every required
 * group that fits into one OpenAPI 3.1 document is an operation of a generated
 * document, every instance a request body over TCP. A valid one must be
 * answered by 2xx, an invalid one by 4xx.
 *
 * Usage: test_http_run SUITE_DIR
 *
 * Left out are groups that need a resource of their own ($id, $anchor,
 * $dynamicRef, $vocabulary) or a document from outside (a dialect's, too). `format` only
 * annotates, as the suite has it. Exit code 77 (skipped) where the suite is
 * not there.
 */
#include "support/http_text.h"
#include "support/server.h"
#include "json/reader.h"
#include "json/writer.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    EXIT_SKIPPED = 77,
    FILE_LIMIT = 16 << 20,
    LEAST_TESTS = 1100, /* the suite grows; if it seems to shrink, something is not run */
};

struct run {
    struct arena arena;
    struct json_node *groups; /* all files' groups in one array */
    size_t operations;
    size_t tests;
    size_t right;
};

/* ---- the suite ---- */

static const struct json_node *read_json(struct arena *arena, const char *path)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    struct json_document document;
    struct json_error error;
    struct json_read_options options = {.editable = true};
    if (source_read(arena, path, FILE_LIMIT, source) == SOURCE_OK &&
        json_read(arena, source, &options, &document, &error))
        return document.root;
    fprintf(stderr, "cannot read %s\n", path);
    exit(EXIT_FAILURE);
}

static bool is_outside(struct str reference)
{
    return !str_is(reference, "#") && !str_starts_with(reference, "#/");
}

/* True if the schema cannot be a part of a larger document. */
static bool stands_alone(const struct json_node *node)
{
    static const char *const own[] = {"$id", "$anchor", "$dynamicRef", "$vocabulary"};
    if (node->type != JSON_OBJECT && node->type != JSON_ARRAY)
        return false;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (json_member(node, own[i]) != NULL)
            return true;
    const struct json_node *reference = json_member(node, "$ref");
    const struct json_node *dialect = json_member(node, "$schema");
    if (json_is(reference, JSON_STRING) && is_outside(json_text(reference)))
        return true;
    if (json_is(dialect, JSON_STRING) &&
        !str_is(json_text(dialect), "https://json-schema.org/draft/2020-12/schema"))
        return true;
    for (const struct json_node *child = json_first(node); child != NULL; child = json_next(child))
        if (stands_alone(child))
            return true;
    return false;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void gather_groups(struct run *run, const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, by_name);
    run->groups = json_new(&run->arena, JSON_ARRAY);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        const struct json_node *file =
            str_ends_with(str_from(name), ".json")
                ? read_json(&run->arena, arena_printf(&run->arena, "%s/%s", folder, name))
                : NULL;
        for (const struct json_node *group = file != NULL ? json_first(file) : NULL; group != NULL;
             group = json_next(group))
            if (!stands_alone(json_member(group, "schema")))
                json_append(run->groups, json_copy(&run->arena, group));
        free(entries[i]);
    }
    free(entries);
}

/* ---- one document of all groups ---- */

/* What a member of a schema holds. */
enum holding { HOLDS_SCHEMAS, HOLDS_NAMED_SCHEMAS, HOLDS_DATA };

static enum holding holding_of(struct str keyword)
{
    static const char *const named[] = {"properties",       "patternProperties", "$defs",
                                        "dependentSchemas", "definitions",       NULL};
    if (str_is(keyword, "enum") || str_is(keyword, "const"))
        return HOLDS_DATA;
    for (size_t i = 0; named[i] != NULL; i++)
        if (str_is(keyword, named[i]))
            return HOLDS_NAMED_SCHEMAS;
    return HOLDS_SCHEMAS;
}

/* What was the root of a schema is now the component gN: its references say so. */
static void move_references(struct arena *arena, struct json_node *node, enum holding holding,
                            size_t group)
{
    if (node->type != JSON_OBJECT && node->type != JSON_ARRAY)
        return;
    for (struct json_node *child = json_first(node); child != NULL; child = json_next(child)) {
        bool keyword = node->type == JSON_OBJECT && holding == HOLDS_SCHEMAS;
        if (keyword && child->type == JSON_STRING && str_is(json_name(child), "$ref")) {
            struct str fragment = str_after(json_text(child), 1);
            char *moved = arena_printf(arena, "#/components/schemas/g%zu%.*s", group,
                                       (int)fragment.len, fragment.data);
            json_set(arena, node, str_from("$ref"), json_new_string(arena, str_from(moved)));
            child = json_member(node, "$ref");
            continue;
        }
        enum holding inner = keyword ? holding_of(json_name(child)) : HOLDS_SCHEMAS;
        if (inner != HOLDS_DATA)
            move_references(arena, child, inner, group);
    }
}

static void write_operation(struct buf *out, size_t group)
{
    buf_printf(out,
               "\"/g%zu\":{\"post\":{\"requestBody\":{\"required\":true,\"content\":"
               "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/g%zu\"}}}},"
               "\"responses\":{\"204\":{\"description\":\"valid\"}}}}",
               group, group);
}

static struct buf write_document(struct run *run)
{
    struct buf paths, schemas;
    buf_init(&paths, &run->arena);
    buf_init(&schemas, &run->arena);
    for (struct json_node *group = json_first(run->groups); group != NULL;
         group = json_next(group)) {
        const char *comma = run->operations > 0 ? "," : "";
        struct json_node *schema = json_copy(&run->arena, json_member(group, "schema"));
        move_references(&run->arena, schema, HOLDS_SCHEMAS, run->operations);
        buf_add_text(&paths, comma);
        write_operation(&paths, run->operations);
        buf_printf(&schemas, "%s\"g%zu\":", comma, run->operations++);
        json_write(&schemas, schema, JSON_EXACT);
    }
    struct buf out;
    buf_init(&out, &run->arena);
    buf_add_text(&out, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"suite\",\"version\":\"1\"},");
    buf_add_text(&out, "\"paths\":{");
    buf_add_str(&out, buf_str(&paths));
    buf_add_text(&out, "},\"components\":{\"schemas\":{");
    buf_add_str(&out, buf_str(&schemas));
    buf_add_text(&out, "}}}\n");
    return out;
}

static void write_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(text.data, 1, text.len, file) != text.len || fclose(file) != 0) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(EXIT_FAILURE);
    }
}

/* ---- requests ---- */

static int status_of(struct str answer)
{
    struct http_text text = http_text_read(answer);
    return text.first.len > 12 ? atoi(text.first.data + 9) : 0;
}

static int send_instance(struct run *run, int port, size_t group, const struct json_node *instance)
{
    struct buf body, request;
    buf_init(&body, &run->arena);
    buf_init(&request, &run->arena);
    json_write(&body, instance, JSON_EXACT);
    buf_printf(&request,
               "POST /g%zu HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
               "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
               group, body.len);
    buf_add_str(&request, buf_str(&body));
    return status_of(tcp_exchange(&run->arena, port, buf_str(&request)));
}

static void judge(struct run *run, const struct json_node *group, const struct json_node *test,
                  int status)
{
    bool valid = json_is_true(json_member(test, "valid"));
    bool right = status / 100 == (valid ? 2 : 4);
    run->tests++;
    run->right += right;
    if (!right)
        printf("answered %d, though %s: %s: %s\n", status, valid ? "valid" : "invalid",
               json_member(group, "description")->c.valuestring,
               json_member(test, "description")->c.valuestring);
}

static void send_all(struct run *run, int port)
{
    size_t number = 0;
    for (const struct json_node *group = json_first(run->groups); group != NULL;
         group = json_next(group), number++)
        for (const struct json_node *test = json_first(json_member(group, "tests")); test != NULL;
             test = json_next(test))
            judge(run, group, test, send_instance(run, port, number, json_member(test, "data")));
}

static bool serve_and_send(struct run *run, const char *folder)
{
    const char *setup = arena_printf(&run->arena, "%s/setup.yaml", folder);
    struct stand_in stand_in;
    bool good = stand_in_make(&stand_in, folder, setup);
    int port = good ? stand_in_start(&stand_in) : 0;
    if (port != 0)
        send_all(run, port);
    stand_in_free(&stand_in);
    return port != 0;
}

static bool run_in_folder(struct run *run)
{
    char folder[] = "/tmp/understudy-http-run-XXXXXX";
    if (mkdtemp(folder) == NULL)
        return false;
    char *document = arena_printf(&run->arena, "%s/suite.json", folder);
    char *setup = arena_printf(&run->arena, "%s/setup.yaml", folder);
    struct buf text = write_document(run);
    write_file(document, buf_str(&text));
    write_file(setup, str_from("spec: suite.json\ndialect: problem\nformats: annotate\n"));
    bool good = serve_and_send(run, folder);
    unlink(document);
    unlink(setup);
    rmdir(folder);
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s SUITE_DIR\n", argv[0]);
        return 2;
    }
    struct run run = {.tests = 0};
    arena_init(&run.arena, 1 << 16, NULL);
    const char *folder = arena_printf(&run.arena, "%s/tests/draft2020-12", argv[1]);
    if (access(folder, R_OK) != 0) {
        printf("skipped: the JSON-Schema-Test-Suite is not at %s\n", argv[1]);
        arena_clear(&run.arena);
        return EXIT_SKIPPED;
    }
    gather_groups(&run, folder);
    bool good = run_in_folder(&run);
    printf("%zu operations, %zu of %zu answers right\n", run.operations, run.right, run.tests);
    good = good && run.right == run.tests && run.tests >= LEAST_TESTS;
    arena_clear(&run.arena);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
