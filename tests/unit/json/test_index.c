/* index: finds what json_pointer_find finds, in large containers too. */
#include "json/index.h"

#include "support/unit.h"
#include "json/pointer.h"
#include "json/reader.h"

#include <time.h>

enum { MANY = 20000 };

static struct arena arena;
static struct source source;
static struct json_index by_index;

/* {"many": {"n0": 0, "n1": 1, ...}, "list": [0, 1, ...], "paths": {"/p/0": 0, ...}, "small": [7]}
 */
static int read_text(void **state)
{
    struct buf text;
    arena_init(&arena, 1 << 16, NULL);
    buf_init(&text, &arena);
    buf_add_text(&text, "{\"many\":{");
    for (unsigned i = 0; i < MANY; i++)
        buf_printf(&text, "%s\"n%u\":%u", i > 0 ? "," : "", i, i);
    buf_add_text(&text, "},\"list\":[");
    for (unsigned i = 0; i < MANY; i++)
        buf_printf(&text, "%s%u", i > 0 ? "," : "", i);
    buf_add_text(&text, "],\"paths\":{");
    for (unsigned i = 0; i < MANY; i++)
        buf_printf(&text, "%s\"/p~/%u\":%u", i > 0 ? "," : "", i, i);
    buf_add_text(&text, "},\"small\":[7]}");
    source = (struct source){.name = "test.json", .text = buf_str(&text)};
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    if (!json_read(&arena, &source, &options, &document, &error))
        return -1;
    json_index_init(&by_index, &arena);
    *state = document.root;
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static void test_finds_the_same(void **state)
{
    static const char *const pointers[] = {
        "",
        "/many",
        "/many/n0",
        "/many/n19999",
        "/many/n20000",
        "/many/",
        "/list/0",
        "/list/19999",
        "/list/20000",
        "/list/-",
        "/list/01",
        "/small/0",
        "/small/1",
        "/paths/~1p~0~10",
        "/paths/~1p~0~119999",
        "/paths//p~0/0",
        "/many/n0/x",
        "/nowhere",
        "many",
        "/many/~",
        "/small/0/0",
        "/list/99999999999",
    };
    const struct json_node *root = *state;
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        struct str pointer = str_from(pointers[i]);
        assert_ptr_equal(json_index_find(&by_index, root, pointer),
                         json_pointer_find(root, pointer));
    }
    assert_null(json_index_find(&by_index, NULL, str_from("")));
}

static void test_members(void **state)
{
    const struct json_node *root = *state;
    const struct json_node *many = json_member(root, "many");
    assert_ptr_equal(json_index_member(&by_index, root, str_from("many")), many);
    assert_int_equal(json_index_member(&by_index, many, str_from("n12345"))->c.valueint, 12345);
    assert_null(json_index_member(&by_index, many, str_from("N1")));
    assert_null(json_index_member(&by_index, json_member(root, "list"), str_from("0")));
    assert_null(json_index_member(&by_index, NULL, str_from("0")));
}

/* By the lists alone these would be six hundred million steps. */
static void test_many_pointers_cost_little(void **state)
{
    const struct json_node *root = *state;
    clock_t start = clock();
    for (unsigned i = 0; i < MANY; i++) {
        const char *const pointers[] = {
            arena_printf(&arena, "/many/n%u", i),
            arena_printf(&arena, "/list/%u", i),
            arena_printf(&arena, "/paths/~1p~0~1%u", i),
        };
        for (size_t k = 0; k < sizeof pointers / sizeof *pointers; k++)
            assert_int_equal(json_index_find(&by_index, root, str_from(pointers[k]))->c.valueint,
                             i);
    }
    assert_true(clock() - start < CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_same),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_many_pointers_cost_little),
    };
    return cmocka_run_group_tests(tests, read_text, close_arena);
}
