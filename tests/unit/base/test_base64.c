/* base64: the test vectors of RFC 4648, section 10, and all byte values. */
#include "base/base64.h"

#include "support/unit.h"

static void assert_encoded(struct str bytes, const char *wanted)
{
    struct buf out;
    buf_init(&out, NULL);
    base64_add(&out, bytes);
    assert_string_equal(buf_text(&out), wanted);
    buf_free(&out);
    struct buf back;
    buf_init(&back, NULL);
    assert_true(base64_read(str_from(wanted), &back));
    assert_true(str_equal(buf_str(&back), bytes));
    buf_free(&back);
}

static void test_what_is_no_base64(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zg==\n", "Zm9 ", "Zm-_", "=AAA", "A=AA"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct buf out;
        buf_init(&out, NULL);
        buf_add_text(&out, "x");
        if (base64_read(str_from(wrong[i]), &out))
            fail_msg("%s", wrong[i]);
        assert_int_equal(out.len, 1);
        buf_free(&out);
    }
}

static void test_vectors(void **state)
{
    (void)state;
    assert_encoded(str_from(""), "");
    assert_encoded(str_from("f"), "Zg==");
    assert_encoded(str_from("fo"), "Zm8=");
    assert_encoded(str_from("foo"), "Zm9v");
    assert_encoded(str_from("foob"), "Zm9vYg==");
    assert_encoded(str_from("fooba"), "Zm9vYmE=");
    assert_encoded(str_from("foobar"), "Zm9vYmFy");
    assert_encoded(str_make("\xfb\xef\xff\x00", 4), "++//AA==");
    assert_encoded(str_make("\x00\x10\x83\x10\x51\x87\x20\x92\x8b", 9), "ABCDEFGHIJKL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_what_is_no_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
