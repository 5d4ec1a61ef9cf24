/* utf8: every length, every kind of malformed sequence (RFC 3629, section 4). */
#include "base/utf8.h"

#include "base/buf.h"

#include "support/unit.h"

static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        struct buf out;
        char room[8];
        buf_init(&out, NULL);
        out.data = room;
        out.capacity = sizeof room;
        buf_add_utf8(&out, c);
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        if (utf8_length(room, out.len) != (surrogate ? 0 : out.len))
            fail_msg("U+%04X", c);
        if (!surrogate && out.len > 1 && utf8_length(room, out.len - 1) != 0)
            fail_msg("U+%04X is whole without its last byte", c);
    }
}

static void assert_fault(const char *text, size_t wanted)
{
    assert_int_equal(utf8_find_fault(str_from(text)), wanted);
}

static void test_faults(void **state)
{
    (void)state;
    assert_fault("", 0);
    assert_fault("abc", 3);
    assert_fault("a\u00e9\u20ac\U0001f600", 10);
    assert_fault("a\x80", 1);
    assert_fault("a\xbf"
                 "b",
                 1);
    assert_fault("\xc0\x80", 0);
    assert_fault("\xc1\xbf", 0);
    assert_fault("\xe0\x9f\xbf", 0);
    assert_fault("\xed\xa0\x80", 0);
    assert_fault("\xf0\x8f\xbf\xbf", 0);
    assert_fault("\xf4\x90\x80\x80", 0);
    assert_fault("\xf5\x80\x80\x80", 0);
    assert_fault("\xff", 0);
    assert_fault("ab\xc3", 2);
    assert_fault("ab\xe2\x82", 2);
    assert_fault("ab\xe2\x82x", 2);
    assert_fault("ab\xf0\x9f\x98", 2);
    assert_int_equal(utf8_find_fault(str_make("a\0b", 3)), 3);
}

static void test_count(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(str_from("")), 0);
    assert_int_equal(utf8_count(str_from("a\u00e9\u20ac\U0001f600")), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
