/* key: parts stay apart, whatever bytes they hold. */
#include "mock/key.h"

#include "base/map.h"

#include "support/unit.h"

static struct arena arena;

static struct str join(const struct str *parts, size_t count)
{
    struct buf key;
    buf_init(&key, &arena);
    for (size_t i = 0; i < count; i++)
        key_add_part(&key, i, parts[i]);
    return buf_str(&key);
}

static void test_plain_parts_are_kept(void **state)
{
    (void)state;
    struct str parts[] = {str_from("a"), str_from(""), str_from("b/\xC3\xA9")};
    assert_true(str_equal(join(parts, 1), str_from("a")));
    assert_true(str_equal(join(parts, 3), str_make("a\0\0b/\xC3\xA9", 7)));
    assert_ptr_equal(key_from_part(&arena, parts[2]).data, parts[2].data);
}

/* All strings of up to three bytes of what is special and what could be mistaken for it. */
static size_t odd_strings(struct str *out)
{
    static const char bytes[] = {0, 1, '0', '1'};
    size_t count = 0;
    out[count++] = str_from("");
    for (size_t from = 0, to = 1, length = 1; length <= 3; length++, from = to, to = count)
        for (size_t i = from; i < to; i++)
            for (size_t b = 0; b < sizeof bytes; b++) {
                char *text = arena_alloc(&arena, length);
                memcpy(text, out[i].data, length - 1);
                text[length - 1] = bytes[b];
                out[count++] = str_make(text, length);
            }
    return count;
}

static void test_no_two_lists_make_one_key(void **state)
{
    (void)state;
    struct str odd[128];
    size_t count = odd_strings(odd), keys = 0;
    assert_int_equal(count, 1 + 4 + 16 + 64);
    struct map seen;
    map_init(&seen, &arena);
    for (size_t i = 0; i < count; i++) {
        assert_null(map_put(&seen, join(&odd[i], 1), &odd[i]));
        assert_true(str_equal(join(&odd[i], 1), key_from_part(&arena, odd[i])));
        for (size_t j = 0; j < count; j++, keys++)
            assert_null(map_put(&seen, join((struct str[]){odd[i], odd[j]}, 2), &odd[i]));
    }
    assert_int_equal(keys, count * count);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 4096, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_parts_are_kept),
        cmocka_unit_test(test_no_two_lists_make_one_key),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
