/* buf: growing on the heap and in an arena, numbers, formats, UTF-8. */
#include "base/buf.h"

#include "support/unit.h"

static void assert_buf(struct buf *buf, const char *wanted)
{
    assert_int_equal(buf->len, strlen(wanted));
    assert_string_equal(buf_text(buf), wanted);
}

/* Appends enough to grow many times, with other allocations in between. */
static void grow(struct buf *buf)
{
    for (unsigned i = 0; i < 5000; i++) {
        buf_add_uint(buf, i % 10);
        if (i % 100 == 0 && buf->arena != NULL)
            arena_alloc(buf->arena, 1);
    }
    assert_int_equal(buf->len, 5000);
    for (unsigned i = 0; i < 5000; i++)
        assert_int_equal(buf->data[i], '0' + i % 10);
}

static void test_grows_on_the_heap(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL);
    assert_int_equal(buf_str(&buf).len, 0);
    grow(&buf);
    buf_free(&buf);
    assert_int_equal(buf.len, 0);
    assert_null(buf.data);
    buf_add_char(&buf, 'x');
    assert_buf(&buf, "x");
    buf_free(&buf);
}

static void test_grows_in_an_arena(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 512, NULL);
    struct buf buf;
    buf_init(&buf, &arena);
    grow(&buf);
    buf_free(&buf);
    assert_ptr_equal(buf.arena, &arena);
    buf_add_text(&buf, "again");
    assert_buf(&buf, "again");
    arena_clear(&arena);
}

static void test_two_bufs_in_one_arena(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 256, NULL);
    struct buf a, b;
    buf_init(&a, &arena);
    buf_init(&b, &arena);
    for (int i = 0; i < 1000; i++) {
        buf_add_char(&a, 'a');
        buf_add_char(&b, 'b');
    }
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(a.data[i], 'a');
        assert_int_equal(b.data[i], 'b');
    }
    arena_clear(&arena);
}

static void test_slices_and_nuls(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL);
    buf_add_str(&buf, str_make(NULL, 0));
    buf_add(&buf, NULL, 0);
    buf_add_text(&buf, "");
    assert_int_equal(buf.len, 0);
    buf_add_str(&buf, str_make("a\0b", 3));
    assert_int_equal(buf.len, 3);
    assert_memory_equal(buf_text(&buf), "a\0b\0", 4);
    assert_int_equal(buf.len, 3);
    buf_free(&buf);
}

static void test_numbers(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL);
    buf_add_uint(&buf, 0);
    buf_add_char(&buf, ' ');
    buf_add_uint(&buf, UINT64_MAX);
    buf_add_char(&buf, ' ');
    buf_add_int(&buf, INT64_MIN);
    buf_add_char(&buf, ' ');
    buf_add_int(&buf, INT64_MAX);
    buf_add_char(&buf, ' ');
    buf_add_int(&buf, -1);
    assert_buf(&buf, "0 18446744073709551615 -9223372036854775808 9223372036854775807 -1");
    buf_free(&buf);
}

static void test_formats_of_any_length(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL);
    buf_printf(&buf, "%s-%d", "x", 5);
    assert_buf(&buf, "x-5");
    buf_printf(&buf, "%s", "");
    assert_buf(&buf, "x-5");
    buf_printf(&buf, "%01000d", 7);
    assert_int_equal(buf.len, 1003);
    assert_int_equal(buf.data[1002], '7');
    buf_free(&buf);
}

static void test_a_format_that_fits_exactly(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 128, NULL);
    for (int width = 110; width < 140; width++) {
        struct buf buf;
        buf_init(&buf, &arena);
        buf_printf(&buf, "%0*d", width, 3);
        char *behind = arena_alloc(&arena, 16);
        memset(behind, 0x5a, 16);
        assert_int_equal(buf.len, width);
        assert_int_equal(buf.data[width - 1], '3');
    }
    arena_clear(&arena);
}

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        uint32_t code_point;
        const char *bytes;
    } cases[] = {
        {'A', "A"},
        {0x7f, "\x7f"},
        {0x80, "\xc2\x80"},
        {0x7ff, "\xdf\xbf"},
        {0x800, "\xe0\xa0\x80"},
        {0xffff, "\xef\xbf\xbf"},
        {0x10000, "\xf0\x90\x80\x80"},
        {0x10ffff, "\xf4\x8f\xbf\xbf"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf buf;
        buf_init(&buf, NULL);
        buf_add_utf8(&buf, cases[i].code_point);
        assert_buf(&buf, cases[i].bytes);
        buf_free(&buf);
    }
}

static void test_reserve_keeps_what_is_there(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, NULL);
    buf_add_text(&buf, "abc");
    buf_reserve(&buf, 100000);
    assert_true(buf.capacity >= 100003);
    assert_buf(&buf, "abc");
    const char *before = buf.data;
    for (int i = 0; i < 99000; i++)
        buf_add_char(&buf, 'x');
    assert_ptr_equal(buf.data, before);
    buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_on_the_heap),
        cmocka_unit_test(test_grows_in_an_arena),
        cmocka_unit_test(test_two_bufs_in_one_arena),
        cmocka_unit_test(test_slices_and_nuls),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_formats_of_any_length),
        cmocka_unit_test(test_a_format_that_fits_exactly),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_reserve_keeps_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
