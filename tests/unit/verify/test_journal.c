/* journal: what is kept, what is let go, what can be asked; how an entry reads. */
#include "verify/journal.h"

#include "base/mem.h"
#include "json/reader.h"

#include "support/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static const struct journal_header headers[] = {
    {{"Host", 4}, {"localhost", 9}},
    {{"X-API-Key", 9}, {"k-123", 5}},
    {{"X-API-Key", 9}, {"k-456", 5}},
};
static const struct journal_header response_headers[] = {
    {{"Content-Type", 12}, {"application/json", 16}},
    {{"Set-Cookie", 10}, {"sid=1", 5}},
};

static struct str s(const char *text)
{
    return str_from(text);
}

static struct journal_exchange an_exchange(void)
{
    return (struct journal_exchange){
        .time_ns = 1700000000123456000,
        .started_ns = 77,
        .world = s("w1"),
        .remote = s("127.0.0.1"),
        .method = s("PUT"),
        .path = s("/v5/items"),
        .query = s("a=1&token=t0p"),
        .headers = headers,
        .header_count = 3,
        .body = s("{\"x\":1}"),
        .operation = s("PUT /v5/items"),
        .status = 200,
        .response_headers = response_headers,
        .response_header_count = 2,
        .response_body = s("{\"ok\":true}"),
        .violation_count = 1,
        .violations = s("[{\"at\":\"/x\"}]"),
        .fault_name = s("flaky"),
        .fault = s("{\"draw\":0.5}"),
    };
}

static void assert_str(struct str got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    if (got.len > 0)
        assert_memory_equal(got.data, wanted, got.len);
}

/* Adds an exchange of that path and finishes it. Returns its id. */
static uint64_t add(struct journal *journal, const char *path)
{
    struct journal_exchange exchange = an_exchange();
    exchange.path = s(path);
    struct journal_entry *entry = journal_add(journal, &exchange);
    uint64_t id = entry->id;
    journal_finish(entry, true, 10, 20);
    return id;
}

/* The paths of a selection, joined by blanks. */
static void assert_paths(struct journal *journal, struct journal_query query, const char *wanted)
{
    char joined[256] = "";
    struct journal_list list = journal_select(journal, &query);
    for (size_t i = 0; i < list.count; i++) {
        struct str path = list.entries[i]->exchange.path;
        assert_true(strlen(joined) + path.len + 2 < sizeof joined);
        if (i > 0)
            strcat(joined, " ");
        strncat(joined, path.data, path.len);
    }
    assert_int_equal(journal_count(journal, &query), list.count);
    journal_list_free(&list);
    assert_string_equal(joined, wanted);
}

/* --- entries ----------------------------------------------------------------------- */

static void test_an_entry_is_a_copy_of_everything(void **state)
{
    (void)state;
    struct journal *journal = journal_new(NULL);
    char *body = mem_copy_string("{\"x\":1}", 7);
    struct journal_header *own = mem_alloc(sizeof headers);
    memcpy(own, headers, sizeof headers);
    struct journal_exchange exchange = an_exchange();
    exchange.body = s(body);
    exchange.headers = own;
    struct journal_entry *entry = journal_add(journal, &exchange);
    free(body);
    free(own);

    const struct journal_exchange *kept = &entry->exchange;
    assert_int_equal(entry->id, 1);
    assert_true(kept->time_ns == 1700000000123456000);
    assert_int_equal(kept->started_ns, 77);
    assert_str(kept->world, "w1");
    assert_str(kept->remote, "127.0.0.1");
    assert_str(kept->method, "PUT");
    assert_str(kept->path, "/v5/items");
    assert_str(kept->query, "a=1&token=t0p");
    assert_str(kept->body, "{\"x\":1}");
    assert_str(kept->operation, "PUT /v5/items");
    assert_str(kept->response_body, "{\"ok\":true}");
    assert_str(kept->violations, "[{\"at\":\"/x\"}]");
    assert_str(kept->warnings, "");
    assert_str(kept->fault_name, "flaky");
    assert_str(kept->fault, "{\"draw\":0.5}");
    assert_int_equal(kept->header_count, 3);
    assert_str(kept->headers[0].name, "Host");
    assert_str(kept->headers[2].value, "k-456");
    assert_int_equal(kept->response_header_count, 2);
    assert_str(kept->response_headers[1].name, "Set-Cookie");
    assert_int_equal(entry->body_size, 7);
    journal_finish(entry, true, 0, 0);
    journal_free(journal);
}

static void test_an_entry_is_there_before_it_is_finished(void **state)
{
    (void)state;
    struct journal *journal = journal_new(NULL);
    struct journal_exchange exchange = an_exchange();
    struct journal_entry *adding = journal_add(journal, &exchange);
    struct journal_entry *found = journal_find(journal, adding->id);
    assert_ptr_equal(found, adding);
    assert_int_equal(journal_entry_state(found), JOURNAL_OPEN);
    journal_finish(adding, true, 517, 412000);
    assert_int_equal(journal_entry_state(found), JOURNAL_SENT);
    assert_int_equal(found->outcome.bytes_sent, 517);
    assert_int_equal(found->outcome.duration_ns, 412000);
    journal_release(found);
    adding = journal_add(journal, &exchange);
    found = journal_retain(adding);
    journal_finish(adding, false, 3, 1);
    assert_int_equal(journal_entry_state(found), JOURNAL_BROKEN);
    journal_release(found);
    journal_free(journal);
}

static void test_an_entry_outlives_clear_and_journal(void **state)
{
    (void)state;
    struct journal *journal = journal_new(NULL);
    struct journal_exchange exchange = an_exchange();
    struct journal_entry *entry = journal_add(journal, &exchange);
    journal_clear(journal);
    assert_null(journal_find(journal, 1));
    journal_free(journal);
    assert_str(entry->exchange.path, "/v5/items");
    journal_finish(entry, true, 0, 0);
}

static struct journal_entry *add_bodies(struct journal *journal, struct str body,
                                        struct str response_body)
{
    struct journal_exchange exchange = an_exchange();
    exchange.body = body;
    exchange.response_body = response_body;
    struct journal_entry *entry = journal_add(journal, &exchange);
    journal_finish(journal_retain(entry), true, 0, 0);
    return entry;
}

static void assert_kept(const char *body, size_t most, const char *wanted)
{
    struct journal *journal = journal_new(&(struct journal_options){.max_body = most});
    struct journal_entry *entry = add_bodies(journal, s(body), s(body));
    assert_str(entry->exchange.body, wanted);
    assert_str(entry->exchange.response_body, wanted);
    assert_int_equal(entry->body_size, strlen(body));
    assert_int_equal(entry->response_body_size, strlen(body));
    journal_release(entry);
    journal_free(journal);
}

static void test_long_bodies_are_cut_between_characters(void **state)
{
    (void)state;
    assert_kept("abcdef", 6, "abcdef");
    assert_kept("abcdef", 5, "abcde");
    assert_kept("abc\u00e9f", 4, "abc");
    assert_kept("abc\u00e9f", 5, "abc\u00e9");
    assert_kept("a\u20acb", 2, "a");
    assert_kept("a\u20acb", 3, "a");
    assert_kept("a\u20acb", 4, "a\u20ac");
    assert_kept("a\U0001f600b", 4, "a");
    assert_kept("a\U0001f600b", 5, "a\U0001f600");
    assert_kept("\xbf\xbf\xbf\xbf\xbf", 3, "\xbf\xbf\xbf");
    assert_kept("\xe2\x82", 1, "\xe2");
}

/* --- the ring ---------------------------------------------------------------------- */

static void test_the_oldest_go_first(void **state)
{
    (void)state;
    struct journal *journal = journal_new(&(struct journal_options){.max_entries = 3});
    const char *paths[] = {"/a", "/b", "/c", "/d", "/e"};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(add(journal, paths[i]), i + 1);
    assert_paths(journal, (struct journal_query){.limit = 0}, "/c /d /e");
    assert_null(journal_find(journal, 2));
    assert_null(journal_find(journal, 0));
    assert_null(journal_find(journal, 6));
    struct journal_entry *entry = journal_find(journal, 4);
    assert_str(entry->exchange.path, "/d");
    journal_release(entry);
    struct journal_statistics statistics = journal_statistics(journal);
    assert_int_equal(statistics.added, 5);
    assert_int_equal(statistics.dropped, 2);
    assert_int_equal(statistics.entries, 3);
    journal_free(journal);
}

static void test_the_byte_budget_holds_but_keeps_the_newest(void **state)
{
    (void)state;
    struct journal *journal = journal_new(&(struct journal_options){.max_bytes = 20000});
    char *large = mem_alloc(50000);
    memset(large, 'x', 50000);
    for (int i = 0; i < 200; i++)
        journal_release(add_bodies(journal, str_make(large, (size_t)i * 10), s("")));
    struct journal_statistics statistics = journal_statistics(journal);
    assert_in_range(statistics.bytes, 15000, 20000);
    assert_in_range(statistics.entries, 5, 20);
    assert_int_equal(statistics.entries + statistics.dropped, 200);
    journal_release(add_bodies(journal, str_make(large, 50000), s("")));
    statistics = journal_statistics(journal);
    assert_int_equal(statistics.entries, 1);
    assert_in_range(statistics.bytes, 50000, 52000);
    journal_release(add_bodies(journal, s(""), s("")));
    assert_int_equal(journal_statistics(journal).entries, 1);
    free(large);
    journal_free(journal);
}

static void test_defaults_bound_everything(void **state)
{
    (void)state;
    struct journal *journal = journal_new(NULL);
    char *large = mem_alloc(100000);
    memset(large, 'x', 100000);
    for (int i = 0; i < 1500; i++)
        journal_release(add_bodies(journal, str_make(large, 100000), s("")));
    assert_in_range(journal_statistics(journal).bytes, 15 << 20, 16 << 20);
    for (int i = 0; i < 1500; i++)
        add(journal, "/small");
    assert_int_equal(journal_statistics(journal).entries, 1000);
    free(large);
    journal_free(journal);
}

static void test_clear_forgets_but_counts_on(void **state)
{
    (void)state;
    struct journal *journal = journal_new(NULL);
    journal_clear(journal);
    for (int i = 0; i < 40; i++)
        add(journal, "/old");
    journal_clear(journal);
    assert_int_equal(journal_count(journal, NULL), 0);
    assert_int_equal(journal_statistics(journal).bytes, 0);
    assert_null(journal_find(journal, 40));
    assert_int_equal(add(journal, "/new"), 41);
    assert_paths(journal, (struct journal_query){.limit = 0}, "/new");
    journal_free(journal);
}

/* --- questions --------------------------------------------------------------------- */

static bool has_path(const struct journal_entry *entry, void *context)
{
    return str_is(entry->exchange.path, context);
}

static bool is_even(const struct journal_entry *entry, void *context)
{
    (void)context;
    return entry->id % 2 == 0;
}

static void test_selections(void **state)
{
    (void)state;
    struct journal *journal = journal_new(&(struct journal_options){.max_entries = 5});
    assert_paths(journal, (struct journal_query){.limit = 3}, "");
    assert_paths(journal, (struct journal_query){.after_id = 7}, "");
    const char *paths[] = {"/1", "/2", "/3", "/4", "/5", "/6", "/7"};
    for (size_t i = 0; i < 7; i++)
        add(journal, paths[i]);
    assert_paths(journal, (struct journal_query){.newest_first = true}, "/7 /6 /5 /4 /3");
    assert_paths(journal, (struct journal_query){.limit = 2}, "/3 /4");
    assert_paths(journal, (struct journal_query){.limit = 2, .newest_first = true}, "/7 /6");
    assert_paths(journal, (struct journal_query){.after_id = 1}, "/3 /4 /5 /6 /7");
    assert_paths(journal, (struct journal_query){.after_id = 2}, "/3 /4 /5 /6 /7");
    assert_paths(journal, (struct journal_query){.after_id = 3}, "/4 /5 /6 /7");
    assert_paths(journal, (struct journal_query){.after_id = 5, .newest_first = true}, "/7 /6");
    assert_paths(journal, (struct journal_query){.after_id = 7}, "");
    assert_paths(journal, (struct journal_query){.after_id = UINT64_MAX}, "");
    assert_paths(journal, (struct journal_query){.filter = is_even}, "/4 /6");
    assert_paths(journal, (struct journal_query){.filter = is_even, .limit = 1}, "/4");
    assert_paths(journal,
                 (struct journal_query){.filter = is_even, .limit = 1, .newest_first = true}, "/6");
    char wanted[] = "/5";
    assert_paths(journal, (struct journal_query){.filter = has_path, .context = wanted}, "/5");
    assert_int_equal(journal_count(journal, NULL), 5);
    journal_free(journal);
}

/* --- JSON -------------------------------------------------------------------------- */

static struct str as_json(const struct journal_entry *entry, enum journal_secrets secrets,
                          struct arena *arena)
{
    struct buf *text = arena_alloc(arena, sizeof *text);
    buf_init(text, arena);
    struct json_writer writer = json_writer_to(text);
    journal_write_json(entry, secrets, &writer);
    return buf_str(text);
}

static void test_an_entry_as_json(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct journal *journal = journal_new(NULL);
    struct journal_exchange exchange = an_exchange();
    struct journal_entry *entry = journal_retain(journal_add(journal, &exchange));
    journal_finish(entry, true, 517, 412345);
    assert_str(as_json(entry, JOURNAL_SHOW_SECRETS, &arena),
               "{\"id\":1,\"time\":\"2023-11-14T22:13:20.123456Z\",\"world\":\"w1\","
               "\"remote\":\"127.0.0.1\",\"operation\":\"PUT /v5/items\","
               "\"request\":{\"method\":\"PUT\",\"path\":\"/v5/items\",\"query\":\"a=1&token=t0p\","
               "\"headers\":[{\"name\":\"Host\",\"value\":\"localhost\"},"
               "{\"name\":\"X-API-Key\",\"value\":\"k-123\"},{\"name\":\"X-API-Key\",\"value\":\"k-"
               "456\"}],"
               "\"body\":\"{\\\"x\\\":1}\",\"body_size\":7,\"body_cut\":false},"
               "\"response\":{\"status\":200,"
               "\"headers\":[{\"name\":\"Content-Type\",\"value\":\"application/json\"},"
               "{\"name\":\"Set-Cookie\",\"value\":\"sid=1\"}],"
               "\"body\":\"{\\\"ok\\\":true}\",\"body_size\":11,\"body_cut\":false},"
               "\"violations\":[{\"at\":\"/x\"}],\"warnings\":[],"
               "\"fault\":{\"name\":\"flaky\",\"decision\":{\"draw\":0.5}},"
               "\"state\":\"sent\",\"bytes_sent\":517,\"duration_ms\":0.412}");
    journal_release(entry);
    journal_free(journal);
    arena_clear(&arena);
}

static void test_secrets_can_be_hidden(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct journal *journal = journal_new(NULL);
    struct journal_entry *entry = add_bodies(journal, s(""), s(""));
    struct str shown = as_json(entry, JOURNAL_SHOW_SECRETS, &arena);
    struct str hidden = as_json(entry, JOURNAL_HIDE_SECRETS, &arena);
    const char *secrets[] = {"k-123", "k-456", "t0p", "sid=1"};
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_contains(shown, s(secrets[i])));
        assert_false(str_contains(hidden, s(secrets[i])));
    }
    assert_true(str_contains(hidden, s("\"query\":\"a=1&token=***\"")));
    assert_true(str_contains(hidden, s("{\"name\":\"Set-Cookie\",\"value\":\"***\"}")));
    assert_true(str_contains(hidden, s("{\"name\":\"Host\",\"value\":\"localhost\"}")));
    journal_release(entry);
    journal_free(journal);
    arena_clear(&arena);
}

static void test_nothing_is_null_and_any_bytes_are_json(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct journal *journal = journal_new(&(struct journal_options){.max_body = 4});
    struct journal_exchange exchange = {
        .method = str_make("P\0T", 3),
        .path = s("/\xff\"\n"),
        .body = str_make("a\xe9z\0tail", 8),
    };
    struct journal_entry *entry = journal_add(journal, &exchange);
    struct source source = {.name = "entry", .text = as_json(entry, JOURNAL_SHOW_SECRETS, &arena)};
    struct json_document document;
    struct json_error error;
    struct json_read_options options = {0};
    assert_true(json_read(&arena, &source, &options, &document, &error));
    const struct json_node *root = document.root;
    assert_true(json_is(json_member(root, "operation"), JSON_NULL));
    assert_true(json_is(json_member(root, "response"), JSON_NULL));
    assert_true(json_is(json_member(root, "fault"), JSON_NULL));
    assert_str(json_text(json_member(root, "state")), "open");
    const struct json_node *request = json_member(root, "request");
    assert_int_equal(json_text(json_member(request, "method")).len, 3);
    assert_str(json_text(json_member(request, "path")), "/\ufffd\"\n");
    assert_str(json_text(json_member(request, "body_base64")), "Yel6AA==");
    assert_true(json_is_true(json_member(request, "body_cut")));
    assert_str(json_text(json_member(request, "body_size")), "8");
    journal_finish(entry, false, 0, 0);
    journal_free(journal);
    arena_clear(&arena);
}

/* --- threads (cmocka's asserts are for the main thread: the others only count) ----- */

enum { THREADS = 8 };

struct race {
    struct journal *journal;
    atomic_uint faults;
};

static void look(struct race *race, unsigned round)
{
    struct journal_query query = {.newest_first = round % 2 == 0, .filter = is_even, .limit = 5};
    struct journal_list list = journal_select(race->journal, &query);
    for (size_t i = 0; i < list.count; i++) {
        const struct journal_entry *entry = list.entries[i];
        bool ordered = i == 0 || (list.entries[i - 1]->id > entry->id) == query.newest_first;
        bool whole = str_is(entry->exchange.body, "{\"x\":1}");
        bool settled = journal_entry_state(entry) == JOURNAL_OPEN || entry->outcome.bytes_sent == 9;
        if (!ordered || !whole || !settled)
            race->faults++;
    }
    journal_list_free(&list);
}

static void *use_journal(void *context)
{
    struct race *race = context;
    struct journal_exchange exchange = an_exchange();
    for (unsigned i = 0; i < 2000; i++) {
        struct journal_entry *entry = journal_add(race->journal, &exchange);
        uint64_t id = entry->id;
        if (i % 8 == 0)
            look(race, i / 8);
        journal_finish(entry, true, 9, 1);
        struct journal_entry *found = journal_find(race->journal, id);
        if (found != NULL && found->id != id)
            race->faults++;
        journal_release(found);
        if (i % 500 == 499)
            journal_clear(race->journal);
    }
    return NULL;
}

static void test_many_threads(void **state)
{
    (void)state;
    struct race race = {.journal = journal_new(&(struct journal_options){.max_entries = 50})};
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_journal, &race), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(race.faults, 0);
    assert_int_equal(journal_statistics(race.journal).added, THREADS * 2000);
    journal_free(race.journal);
}

static bool has_even_status(const struct journal_entry *entry, void *context)
{
    (void)context;
    return entry->exchange.status % 2 == 0;
}

static void test_removed_entries_leave_gaps(void **state)
{
    (void)state;
    struct journal_options few = {.max_entries = 6};
    struct journal *journal = journal_new(&few);
    struct journal_exchange exchange = an_exchange();
    for (int i = 1; i <= 8; i++) { /* 3 to 8 stay, and the ring has come round */
        exchange.status = 200 + i;
        journal_release(journal_add(journal, &exchange));
    }
    struct journal_query even = {.filter = has_even_status};
    struct journal_list list = journal_select(journal, &even);
    assert_int_equal(list.count, 3);
    journal_remove(journal, &list);
    journal_remove(journal, &list); /* they are gone already */
    journal_list_free(&list);
    assert_int_equal(journal_statistics(journal).entries, 3);
    assert_null(journal_find(journal, 4));
    struct journal_entry *fifth = journal_find(journal, 5);
    assert_int_equal(fifth->exchange.status, 205);
    journal_release(fifth);
    struct journal_query after = {.after_id = 4};
    list = journal_select(journal, &after);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.entries[0]->id, 5);
    assert_int_equal(list.entries[1]->id, 7);
    journal_remove(journal, &list);
    journal_list_free(&list);
    journal_release(journal_add(journal, &exchange));
    struct journal_query all = {.filter = NULL};
    list = journal_select(journal, &all);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.entries[0]->id, 3);
    assert_int_equal(list.entries[1]->id, 9);
    journal_list_free(&list);
    assert_int_equal(journal_statistics(journal).dropped, 2);
    journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_entry_is_a_copy_of_everything),
        cmocka_unit_test(test_an_entry_is_there_before_it_is_finished),
        cmocka_unit_test(test_an_entry_outlives_clear_and_journal),
        cmocka_unit_test(test_long_bodies_are_cut_between_characters),
        cmocka_unit_test(test_the_oldest_go_first),
        cmocka_unit_test(test_the_byte_budget_holds_but_keeps_the_newest),
        cmocka_unit_test(test_defaults_bound_everything),
        cmocka_unit_test(test_clear_forgets_but_counts_on),
        cmocka_unit_test(test_selections),
        cmocka_unit_test(test_an_entry_as_json),
        cmocka_unit_test(test_secrets_can_be_hidden),
        cmocka_unit_test(test_nothing_is_null_and_any_bytes_are_json),
        cmocka_unit_test(test_many_threads),
        cmocka_unit_test(test_removed_entries_leave_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
