/*
 * coverage: what is counted where, by way of the pipeline in memory; worlds that come and go; a
 * reload; many threads.
 */
#include "mock/coverage_report.h"
#include "mock/mock.h"

#include "support/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char document[] =
    "openapi: 3.0.3\n"
    "info: {title: t, version: '1'}\n"
    "paths:\n"
    "  /things/{id}:\n"
    "    post:\n"
    "      operationId: make\n"
    "      parameters:\n"
    "        - {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}\n"
    "        - {name: mode, in: query, schema: {enum: [slow, fast]}}\n"
    "      requestBody:\n"
    "        content:\n"
    "          application/json:\n"
    "            schema:\n"
    "              type: object\n"
    "              required: [kind]\n"
    "              additionalProperties: false\n"
    "              properties:\n"
    "                kind: {$ref: '#/components/schemas/Kind'}\n"
    "                other: {$ref: '#/components/schemas/Kind'}\n"
    "                anything: {description: free}\n"
    "                none: {type: string, nullable: true}\n"
    "                parts:\n"
    "                  type: array\n"
    "                  items: {oneOf: [{type: string, maxLength: 2}, {type: boolean}]}\n"
    "      responses:\n"
    "        '201': {description: made}\n"
    "        '4XX': {description: refused}\n"
    "        default: {description: other}\n"
    "  /never:\n"
    "    get:\n"
    "      responses: {'200': {description: fine}}\n"
    "components:\n"
    "  schemas:\n"
    "    Kind: {enum: [A, 2, null]}\n"
    "    Unused: {type: string}\n";

struct stage {
    char path[40];
    struct diags diags;
    struct mock *mock;
    struct arena arena;
    struct coverage *coverage; /* of the last report */
    struct coverage_report report;
};

static struct bill *load(struct stage *stage)
{
    struct part_options options = {.contract = {.assert_formats = true}};
    const char *path = stage->path;
    struct bill *bill = bill_load(&path, 1, &options, &stage->diags);
    assert_non_null(bill);
    assert_int_equal(stage->diags.errors, 0);
    return bill;
}

static void stage_open(struct stage *stage)
{
    *stage = (struct stage){.path = "/tmp/understudy-coverage-XXXXXX"};
    int fd = mkstemp(stage->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, document, sizeof document - 1), sizeof document - 1);
    close(fd);
    diags_init(&stage->diags);
    arena_init(&stage->arena, 16384, NULL);
    struct worlds_options worlds = {.world = {.seed = 1}};
    struct mock_options options = {.version = "test"};
    stage->mock = mock_new(load(stage), worlds_new(&worlds), &options);
}

static void stage_close(struct stage *stage)
{
    coverage_release(stage->coverage);
    mock_free(stage->mock);
    diags_free(&stage->diags);
    arena_clear(&stage->arena);
    unlink(stage->path);
}

/* One request through the pipeline; returns the status. `target` may have a query. */
static int send(struct stage *stage, const char *method, const char *world, const char *target,
                const char *body)
{
    struct name_value headers[] = {{str_from("content-type"), str_from("application/json")},
                                   {str_from("x-understudy-world"), str_from(world)}};
    struct str whole = str_from(target);
    size_t query = str_find_char(whole, '?');
    struct request request = {
        .method = str_from(method),
        .path = str_make(whole.data, query),
        .query = query < whole.len ? str_after(whole, query + 1) : str_from(""),
        .version = str_from("1.1"),
        .headers = headers,
        .header_count = world[0] != '\0' ? 2 : 1,
        .body = str_from(body),
        .remote = str_from("127.0.0.1"),
    };
    struct response response = {0};
    struct arena arena;
    void *token = NULL;
    struct handler handler = mock_handler(stage->mock);
    arena_init(&arena, 16384, NULL);
    handler.handle(handler.context, &request, &response, &arena, &token);
    int status = response.status;
    handler.sent(handler.context, token, true, response.body.len);
    arena_clear(&arena);
    return status;
}

static void report(struct stage *stage)
{
    coverage_release(stage->coverage);
    stage->coverage = coverage_of_all(stage->mock);
    coverage_report(stage->coverage, &stage->arena, &stage->report);
}

static const struct schema_group *group(const struct stage *stage, const char *name)
{
    const struct schema_group *found = stage->report.groups;
    while (found != NULL && !str_is(found->name, name))
        found = found->next;
    return found;
}

static uint32_t property(const struct schema_group *from, const char *path)
{
    const struct property_row *row = from->properties;
    while (row != NULL && !str_is(row->path, path))
        row = row->next;
    assert_non_null(row);
    return row->count;
}

/* "satisfied/violated" of the first keyword of that name at that path. */
static void expect_keyword(const struct schema_group *from, const char *path, enum keyword keyword,
                           const char *wanted)
{
    const struct keyword_row *row = from->keywords;
    char counts[32];
    while (row != NULL && (row->keyword != keyword || !str_is(row->path, path)))
        row = row->next;
    assert_non_null(row);
    snprintf(counts, sizeof counts, "%u/%u", row->satisfied, row->violated);
    assert_string_equal(counts, wanted);
}

static const char body_name[] = "POST /things/{id}: body application/json";

static void test_nothing_is_covered_at_first(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage);
    report(&stage);
    assert_int_equal(stage.report.all.covered, 0);
    assert_int_equal(stage.report.shares[COVERAGE_OPERATIONS].total, 2);
    assert_int_equal(stage.report.shares[COVERAGE_PARAMETERS].total, 2);
    assert_int_equal(stage.report.shares[COVERAGE_STATUSES].total, 4);
    assert_int_equal(stage.report.shares[COVERAGE_PROPERTIES].total, 5);
    assert_int_equal(stage.report.shares[COVERAGE_VALUES].total, 5);
    assert_non_null(group(&stage, body_name));
    assert_non_null(group(&stage, "Kind"));
    assert_null(group(&stage, "Unused")); /* no request reaches it */
    stage_close(&stage);
}

static void test_operations_parameters_and_statuses(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage);
    assert_int_equal(send(&stage, "POST", "", "/things/1?mode=fast", "{\"kind\": \"A\"}"), 201);
    assert_int_equal(send(&stage, "POST", "", "/things/1", "{\"kind\": \"A\"}"), 201);
    assert_int_equal(send(&stage, "POST", "", "/things/0", "{\"kind\": \"A\"}"), 422);
    assert_int_equal(send(&stage, "GET", "", "/elsewhere", ""), 404);
    report(&stage);
    const struct operation_row *make = stage.report.operations;
    const struct operation_row *never = make->next;
    assert_int_equal(make->count, 3);
    assert_int_equal(never->count, 0);
    assert_int_equal(make->parameters[0].present, 3);
    assert_int_equal(make->parameters[1].present, 1);
    assert_int_equal(make->parameters[1].absent, 2);
    const struct status_row *status = make->statuses;
    assert_int_equal(status->count, 2);       /* 201 */
    assert_int_equal(status->next->count, 1); /* 4XX */
    assert_int_equal(status->next->next->count, 0);
    assert_null(status->next->next->next);
    assert_int_equal(stage.report.tally->requests, 4);
    assert_int_equal(stage.report.tally->violating, 1);
    assert_int_equal(stage.report.tally->unmatched, 1);
    const struct schema_group *mode = group(&stage, "POST /things/{id}: query mode");
    assert_int_equal(mode->values->count, 0);
    assert_int_equal(mode->values->next->count, 1);
    expect_keyword(group(&stage, "POST /things/{id}: path id"), "", KEYWORD_MINIMUM, "2/1");
    stage_close(&stage);
}

static void test_properties_values_and_keywords(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage);
    send(&stage, "POST", "", "/things/1",
         "{\"kind\": 2.0, \"anything\": {}, \"none\": null, \"parts\": [\"ab\", true, true]}");
    send(&stage, "POST", "", "/things/1", "{\"other\": null, \"parts\": [\"abc\"]}");
    send(&stage, "POST", "", "/things/1", "{\"kind\": \"B\", \"extra\": 1, \"more\": 2}");
    report(&stage);
    const struct schema_group *body = group(&stage, body_name);
    const struct schema_group *kind = group(&stage, "Kind");
    assert_int_equal(property(body, "/kind"), 2);
    assert_int_equal(property(body, "/other"), 1);
    assert_int_equal(property(body, "/anything"), 1); /* has no rule at all */
    assert_int_equal(property(body, "/none"), 1);     /* null passed without a rule */
    assert_int_equal(property(body, "/parts"), 2);
    assert_int_equal(kind->values->count, 0);             /* "A" */
    assert_int_equal(kind->values->next->count, 1);       /* 2 */
    assert_int_equal(kind->values->next->next->count, 1); /* null */
    expect_keyword(kind, "", KEYWORD_ENUM, "2/1");
    expect_keyword(body, "", KEYWORD_REQUIRED, "2/1");
    expect_keyword(body, "", KEYWORD_ADDITIONAL_PROPERTIES, "1/2");
    expect_keyword(body, "/none", KEYWORD_TYPE, "0/0");
    expect_keyword(body, "/parts/*", KEYWORD_MAX_LENGTH, "1/2"); /* branches are tried twice */
    expect_keyword(body, "/parts/*", KEYWORD_ONE_OF, "3/1");
    stage_close(&stage);
}

static void test_worlds_that_go_leave_their_counts(void **state)
{
    (void)state;
    struct stage stage;
    struct world *one;
    stage_open(&stage);
    send(&stage, "GET", "one", "/never", "");
    send(&stage, "GET", "two", "/never", "");
    send(&stage, "GET", "", "/never", "");
    assert_true(worlds_drop(stage.mock->worlds, str_from("one")));
    report(&stage);
    assert_int_equal(stage.report.operations->next->count, 3);
    assert_int_equal(worlds_get(stage.mock->worlds, str_from("one"), &one), WORLDS_OK);
    struct coverage *own = coverage_of_world(stage.mock, one);
    assert_int_equal(own->tally.requests, 0);
    coverage_release(own);
    world_reset(one); /* forgets the journal, not the coverage */
    world_release(one);
    report(&stage);
    assert_int_equal(stage.report.operations->next->count, 3);
    coverage_forget(stage.mock, NULL);
    report(&stage);
    assert_int_equal(stage.report.all.covered, 0);
    assert_int_equal(stage.mock->tally.requests, 3); /* the verdict remembers */
    stage_close(&stage);
}

static void test_a_reload_starts_anew(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage);
    send(&stage, "GET", "", "/never", "");
    mock_set_bill(stage.mock, load(&stage));
    report(&stage);
    assert_int_equal(stage.report.all.covered, 0);
    send(&stage, "GET", "", "/never", "");
    report(&stage);
    assert_int_equal(stage.report.operations->next->count, 1);
    stage_close(&stage);
}

enum { THREADS = 4, EACH = 300 };

static void *send_many(void *context)
{
    static const char *const worlds[] = {"", "a", "b"};
    for (int i = 0; i < EACH; i++)
        send(context, "POST", worlds[i % 3], "/things/7?mode=slow",
             "{\"kind\": \"A\", \"parts\": [\"x\"]}");
    return NULL;
}

static void test_many_threads(void **state)
{
    (void)state;
    struct stage stage;
    pthread_t threads[THREADS];
    stage_open(&stage);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, send_many, &stage), 0);
    for (int i = 0; i < 20; i++) {
        struct coverage *coverage = coverage_of_all(stage.mock);
        coverage_release(coverage);
        worlds_drop(stage.mock->worlds, str_from("a"));
        if (i == 10)
            mock_set_bill(stage.mock, load(&stage));
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(stage.mock->tally.requests, THREADS * EACH);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_covered_at_first),
        cmocka_unit_test(test_operations_parameters_and_statuses),
        cmocka_unit_test(test_properties_values_and_keywords),
        cmocka_unit_test(test_worlds_that_go_leave_their_counts),
        cmocka_unit_test(test_a_reload_starts_anew),
        cmocka_unit_test(test_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
