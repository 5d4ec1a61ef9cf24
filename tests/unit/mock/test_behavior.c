/* behavior: what x-understudy may say, and how its mistakes are told. */
#include "mock/behavior.h"

#include "json/yaml.h"

#include "support/unit.h"

static const struct yaml_limits limits = {.max_depth = 50, .max_nodes = 10000};

struct reading {
    struct arena arena;
    struct source source;
    struct diags diags;
    struct behavior *behavior;
};

static void read_text(struct reading *reading, const char *text)
{
    arena_init(&reading->arena, 4096, NULL);
    diags_init(&reading->diags);
    reading->source = (struct source){.name = "overlay.yaml", .text = str_from(text)};
    struct json_node *node =
        json_read_document(&reading->arena, &reading->source, &limits, &reading->diags);
    reading->behavior = behavior_read(&reading->arena, node, &reading->diags);
}

static void forget(struct reading *reading)
{
    diags_free(&reading->diags);
    arena_clear(&reading->arena);
}

static void test_everything_is_read(void **state)
{
    (void)state;
    struct reading reading;
    read_text(&reading, "collection: things\naction: upsert\nitems: /a/b~1c\nkey: [id, part]\n"
                        "fill:\n  id: {uuid: 4}\n  owner: {header: x-owner, default: nobody}\n"
                        "  at: {now: rfc3339, always: true}\n  kind: {value: {a: 1.0}}\n"
                        "  up: {path: parent}\npage: {limit: limit, after: starting_after}\n");
    struct behavior *behavior = reading.behavior;
    assert_non_null(behavior);
    assert_int_equal(behavior->action, ACTION_UPSERT);
    assert_true(str_is(behavior->collection, "things"));
    assert_int_equal(behavior->items.count, 2);
    assert_true(str_is(behavior->items.items[1], "b/c"));
    assert_int_equal(behavior->key.count, 2);
    assert_int_equal(behavior->fill_count, 5);
    assert_int_equal(behavior->fills[0].kind, FILL_UUID4);
    assert_true(behavior->fills[0].not_empty);
    assert_true(str_is(behavior->fills[1].source, "x-owner"));
    assert_true(str_is(behavior->fills[1].fallback, "\"nobody\""));
    assert_false(behavior->fills[1].not_empty);
    assert_true(behavior->fills[2].always);
    assert_true(str_is(behavior->fills[3].fallback, "{\"a\":1.0}"));
    assert_int_equal(behavior->fills[4].kind, FILL_PATH);
    assert_true(str_is(behavior->after, "starting_after"));
    forget(&reading);
}

struct mistake {
    const char *text;
    const char *expected; /* the first line of what is printed */
};

static const struct mistake mistakes[] = {
    {"collection: a\naction: upsret\nkey: [id]\n",
     "overlay.yaml:2:9: error: unknown action \"upsret\"\n"},
    {"colection: a\naction: read\nkey: [id]\n",
     "overlay.yaml:1:1: error: x-understudy has no word \"colection\" here\n"},
    {"collection: a\naction: read\nkey: 5\n",
     "overlay.yaml:3:6: error: key must be a list of member names\n"},
    {"collection: a\naction: read\nkey: [id]\nitems: items\n",
     "overlay.yaml:4:8: error: items must be a JSON Pointer to the records\n"},
    {"collection: a\naction: read\nkey: [id]\nfill: {id: {uuid: 7}}\n",
     "overlay.yaml:4:19: error: only version 4 UUIDs are made\n"},
    {"collection: a\naction: read\nkey: [id]\nfill: {id: {}}\n",
     "overlay.yaml:4:12: error: fill of \"id\" does not say where the value comes from\n"},
    {"collection: a\naction: read\nkey: [id]\nfill: {id: {uid: 4}}\n",
     "overlay.yaml:4:13: error: x-understudy has no word \"uid\" here\n"},
    {"collection: ''\naction: list\n",
     "overlay.yaml:1:13: error: the collection must be a non-empty string\n"},
    {"[]", "overlay.yaml:1:1: error: x-understudy must be an object\n"},
    {"{}", "overlay.yaml:1:1: error: x-understudy does not name a collection\n"},
};

static void test_mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct reading reading;
        struct buf out;
        buf_init(&out, NULL);
        read_text(&reading, mistakes[i].text);
        assert_null(reading.behavior);
        diags_print(&reading.diags, &out);
        out.len = strcspn(buf_text(&out), "\n") + 1;
        assert_string_equal(buf_text(&out), mistakes[i].expected);
        buf_free(&out);
        forget(&reading);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_read),
        cmocka_unit_test(test_mistakes_are_told_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
