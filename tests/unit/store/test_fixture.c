/* fixture: shapes that are read, mistakes that are told, and the way out and back. */
#include "store/fixture.h"

#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A fixture with the arena and diagnostics that it needs. */
struct bench {
    struct arena arena;
    struct diags diags;
    struct fixture fixture;
    struct source sources[4]; /* fixtures borrow them */
    size_t source_count;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    arena_init(&bench->arena, 4096, NULL);
    diags_init(&bench->diags);
    fixture_init(&bench->fixture, &bench->arena);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    diags_free(&bench->diags);
    arena_clear(&bench->arena);
    free(bench);
    return 0;
}

static bool read_text(struct bench *bench, const char *name, const char *text)
{
    struct source *source = &bench->sources[bench->source_count++];
    *source = (struct source){.name = name, .text = str_from(text)};
    return fixture_read(&bench->fixture, source, NULL, &bench->diags);
}

static void assert_str(struct str got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    if (got.len > 0)
        assert_memory_equal(got.data, wanted, got.len);
}

/* The diagnostics, one a line, are the wanted ones. */
static void assert_diags(struct bench *bench, const char *wanted)
{
    struct buf out;
    buf_init(&out, &bench->arena);
    for (const struct diag *diag = bench->diags.first; diag != NULL; diag = diag->next) {
        diag_print_line(diag, &out);
        buf_add_char(&out, '\n');
    }
    assert_string_equal(buf_text(&out), wanted);
}

static void assert_mistake(void **state, const char *text, const char *wanted)
{
    struct bench *bench = *state;
    assert_false(read_text(bench, "f.yaml", text));
    assert_diags(bench, wanted);
}

static const struct json_node *record(const struct fixture_collection *collection, size_t index)
{
    assert_true(index < collection->count);
    return collection->records[index].node;
}

/* --- shapes ------------------------------------------------------------------------ */

static void test_lists_of_records_in_yaml(void **state)
{
    struct bench *bench = *state;
    assert_true(
        read_text(bench, "f.yaml", "orders:\n  - {id: a, total: 1.50}\n  - id: b\nusers: []\n"));
    assert_int_equal(bench->fixture.count, 2);
    const struct fixture_collection *orders = &bench->fixture.collections[0];
    assert_str(orders->name, "orders");
    assert_int_equal(orders->place.offset, 0);
    assert_int_equal(orders->count, 2);
    assert_null(orders->records[0].key.data);
    assert_str(json_text(json_member(record(orders, 0), "total")), "1.50");
    assert_str(json_text(json_member(record(orders, 1), "id")), "b");
    assert_int_equal(source_position(&bench->sources[0], json_place(record(orders, 1)).offset).line,
                     3);
    assert_int_equal(fixture_find(&bench->fixture, str_from("users"))->count, 0);
    assert_null(fixture_find(&bench->fixture, str_from("user")));
}

static void test_records_under_keys_in_json(void **state)
{
    struct bench *bench = *state;
    assert_true(
        read_text(bench, "f.json", "{\"users\": {\"al\\u0000ice\": {\"n\": 1}, \"\": {}}}"));
    const struct fixture_collection *users = fixture_find(&bench->fixture, str_from("users"));
    assert_int_equal(users->count, 2);
    assert_int_equal(users->records[0].key.len, 6);
    assert_memory_equal(users->records[0].key.data, "al\0ice", 6);
    assert_non_null(users->records[1].key.data);
    assert_int_equal(users->records[1].key.len, 0);
    assert_int_equal(json_name_place(record(users, 0)).offset, 11);
}

static void test_an_object_without_members_is_no_record(void **state)
{
    struct bench *bench = *state;
    assert_true(read_text(bench, "f.yaml", "users: {}\n"));
    assert_int_equal(fixture_find(&bench->fixture, str_from("users"))->count, 0);
}

static void test_files_add_to_each_other(void **state)
{
    struct bench *bench = *state;
    assert_true(read_text(bench, "1.yaml", "a: [{n: 1}]\nb: [{n: 2}]\n"));
    assert_true(read_text(bench, "2.yaml", "b: [{n: 3}]\nc: [{n: 4}]\n"));
    assert_int_equal(bench->fixture.count, 3);
    const struct fixture_collection *b = &bench->fixture.collections[1];
    assert_int_equal(b->count, 2);
    assert_ptr_equal(record(b, 0)->source, &bench->sources[0]);
    assert_ptr_equal(record(b, 1)->source, &bench->sources[1]);
}

static void test_many_collections_and_records(void **state)
{
    struct bench *bench = *state;
    struct buf text;
    buf_init(&text, &bench->arena);
    buf_add_char(&text, '{');
    for (int c = 0; c < 300; c++) {
        buf_printf(&text, "%s\"c%d\":[", c > 0 ? "," : "", c);
        for (int r = 0; r < c; r++)
            buf_printf(&text, "%s{\"r\":%d}", r > 0 ? "," : "", r);
        buf_add_char(&text, ']');
    }
    buf_add_char(&text, '}');
    assert_true(read_text(bench, "f.json", buf_text(&text)));
    assert_int_equal(bench->fixture.count, 300);
    const struct fixture_collection *last = fixture_find(&bench->fixture, str_from("c299"));
    assert_int_equal(last->count, 299);
    assert_str(json_text(json_member(record(last, 298), "r")), "298");
}

/* --- mistakes ---------------------------------------------------------------------- */

static void test_an_empty_file(void **state)
{
    struct bench *bench = *state;
    assert_false(read_text(bench, "f.yaml", ""));
    assert_int_equal(bench->diags.errors, 1);
    assert_false(read_text(bench, "f.yaml", "null\n"));
    assert_int_equal(bench->diags.errors, 2);
    assert_int_equal(bench->fixture.count, 0);
}

static void test_a_list_at_the_top(void **state)
{
    assert_mistake(state, "- {id: a}\n",
                   "f.yaml:1:1: a fixture is an object that names collections; this is of type "
                   "array (name the collection: `NAME: [...]`)\n");
}

static void test_a_single_record(void **state)
{
    assert_mistake(state, "orders:\n  id: a\n  total: 1\n",
                   "f.yaml:2:3: \"orders\" looks like a single record; expected a list of records "
                   "(put it into a list: `- {name: value, ...}`)\n");
}

static void test_every_mistake_is_told_and_the_rest_is_kept(void **state)
{
    struct bench *bench = *state;
    assert_mistake(state, "a: [1, {id: x}, [], null]\nb: text\nc: {k: {id: y}, l: 2}\nd:\n",
                   "f.yaml:1:5: record 0 of \"a\" is of type number, not an object (write the "
                   "record as an object: {name: value, ...})\n"
                   "f.yaml:1:17: record 2 of \"a\" is of type array, not an object (write the "
                   "record as an object: {name: value, ...})\n"
                   "f.yaml:1:21: record 3 of \"a\" is of type null, not an object (write the "
                   "record as an object: {name: value, ...})\n"
                   "f.yaml:2:4: collection \"b\" is of type string, not a list of records (write "
                   "the records as a list; `[]` stands for none)\n"
                   "f.yaml:3:20: record \"l\" of \"c\" is of type number, not an object (write a "
                   "list of records, or one object under each key)\n"
                   "f.yaml:4:3: collection \"d\" is of type null, not a list of records (write "
                   "the records as a list; `[]` stands for none)\n");
    assert_int_equal(fixture_find(&bench->fixture, str_from("a"))->count, 1);
    assert_int_equal(fixture_find(&bench->fixture, str_from("c"))->count, 1);
}

static void test_syntax_errors_are_told_by_the_reader(void **state)
{
    struct bench *bench = *state;
    assert_false(read_text(bench, "f.json", "{\"a\": [{},]}"));
    assert_int_equal(bench->diags.errors, 1);
    assert_int_equal(bench->diags.first->place.offset, 10);
    assert_false(read_text(bench, "f.yaml", "a: []\na: []\n"));
    assert_int_equal(bench->diags.errors, 2);
}

static void test_earlier_errors_do_not_spoil_a_good_file(void **state)
{
    struct bench *bench = *state;
    assert_false(read_text(bench, "1.yaml", "a: 1\n"));
    assert_true(read_text(bench, "2.yaml", "a: []\n"));
}

/* --- files ------------------------------------------------------------------------- */

static void test_files_that_cannot_be_read(void **state)
{
    struct bench *bench = *state;
    assert_false(fixture_read_file(&bench->fixture, "/", NULL, &bench->diags));
    assert_false(fixture_read_file(&bench->fixture, "/no/such/file", NULL, &bench->diags));
    assert_diags(bench, "cannot read the fixture /: Is a directory (name a file in it)\n"
                        "cannot read the fixture /no/such/file: No such file or directory (check "
                        "the path and its permissions)\n");
}

static void test_a_file_that_is_too_large(void **state)
{
    struct bench *bench = *state;
    char path[] = "/tmp/fixture-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)FIXTURE_MAX_BYTES + 1), 0);
    bool good = fixture_read_file(&bench->fixture, path, NULL, &bench->diags);
    close(fd);
    unlink(path);
    assert_false(good);
    assert_non_null(strstr(bench->diags.first->message, "is over 64 MB"));
}

static void test_a_file(void **state)
{
    struct bench *bench = *state;
    char path[] = "/tmp/fixture-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char text[] = "a: [{id: x}]\n";
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    bool good = fixture_read_file(&bench->fixture, path, NULL, &bench->diags);
    unlink(path);
    assert_true(good);
    assert_string_equal(record(&bench->fixture.collections[0], 0)->source->name, path);
}

/* --- export ------------------------------------------------------------------------ */

static const struct store_limits no_limits;

static void test_export_reads_well(void **state)
{
    struct bench *bench = *state;
    struct store *store = store_new(&no_limits, NULL);
    struct collection *orders = store_collection(store, str_from("orders"));
    collection_upsert(orders, str_from("b"), str_from("{\"id\":\"b\"}"));
    collection_upsert(orders, str_from("a"), str_from("{\"id\":\"a\"}"));
    store_collection(store, str_from("\"none\""));
    struct buf text;
    buf_init(&text, &bench->arena);
    fixture_export(store, &text);
    assert_string_equal(buf_text(&text), "{\n  \"orders\": [\n    {\"id\":\"b\"},\n"
                                         "    {\"id\":\"a\"}\n  ],\n  \"\\\"none\\\"\": []\n}\n");
    store_free(store);
}

static void test_export_comes_back(void **state)
{
    struct bench *bench = *state;
    struct store *store = store_new(&no_limits, NULL);
    const char *names[] = {"x", "y"};
    for (int c = 0; c < 2; c++) {
        for (int r = 0; r < 100; r++) {
            char key[16], record_text[64];
            snprintf(key, sizeof key, "k%d", r);
            snprintf(record_text, sizeof record_text, "{\"id\":\"%s\",\"n\":%d.10}", key, c);
            collection_upsert(store_collection(store, str_from(names[c])), str_from(key),
                              str_from(record_text));
        }
    }
    struct buf text;
    buf_init(&text, &bench->arena);
    fixture_export(store, &text);
    assert_true(read_text(bench, "out.json", buf_text(&text)));
    assert_int_equal(bench->fixture.count, 2);
    for (size_t c = 0; c < 2; c++) {
        const struct fixture_collection *collection = &bench->fixture.collections[c];
        assert_str(collection->name, names[c]);
        assert_int_equal(collection->count, 100);
        for (size_t r = 0; r < 100; r++) {
            struct str key = json_text(json_member(record(collection, r), "id"));
            struct record *kept = collection_get(store_find(store, collection->name), key);
            assert_non_null(kept);
            assert_true(str_equal(record_text(kept), json_source_text(record(collection, r))));
            record_release(kept);
        }
    }
    store_free(store);
}

static void test_export_of_an_empty_store(void **state)
{
    struct bench *bench = *state;
    struct store *store = store_new(&no_limits, NULL);
    struct buf text;
    buf_init(&text, &bench->arena);
    fixture_export(store, &text);
    assert_true(read_text(bench, "out.json", buf_text(&text)));
    assert_int_equal(bench->fixture.count, 0);
    store_free(store);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lists_of_records_in_yaml),
        TEST(test_records_under_keys_in_json),
        TEST(test_an_object_without_members_is_no_record),
        TEST(test_files_add_to_each_other),
        TEST(test_many_collections_and_records),
        TEST(test_an_empty_file),
        TEST(test_a_list_at_the_top),
        TEST(test_a_single_record),
        TEST(test_every_mistake_is_told_and_the_rest_is_kept),
        TEST(test_syntax_errors_are_told_by_the_reader),
        TEST(test_earlier_errors_do_not_spoil_a_good_file),
        TEST(test_files_that_cannot_be_read),
        TEST(test_a_file_that_is_too_large),
        TEST(test_a_file),
        TEST(test_export_reads_well),
        TEST(test_export_comes_back),
        TEST(test_export_of_an_empty_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
