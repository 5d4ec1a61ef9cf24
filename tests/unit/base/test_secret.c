/* secret: names of credentials, and queries without them. */
#include "base/secret.h"

#include "support/unit.h"

static void test_names(void **state)
{
    (void)state;
    static const char *const secrets[] = {"Authorization",
                                          "proxy-authorization",
                                          "Cookie",
                                          "Set-Cookie",
                                          "x-api-key",
                                          "API_KEY",
                                          "apikey",
                                          "access_token",
                                          "X-Auth",
                                          "auth",
                                          "Key",
                                          "sig",
                                          "signature",
                                          "password",
                                          "client_secret",
                                          "X-Amz-Security-Token",
                                          "X-Amz-Credential"};
    static const char *const others[] = {
        "",       "host",    "content-type", "author", "x-selected-account-id",
        "monkey", "keyword", "design",       "id",     "authority"};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        assert_true(secret_is_name(str_from(secrets[i])));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(secret_is_name(str_from(others[i])));
}

static void assert_masked(const char *query, const char *wanted)
{
    struct buf out;
    buf_init(&out, NULL);
    secret_add_query(str_from(query), &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_free(&out);
}

static void test_queries(void **state)
{
    (void)state;
    assert_masked("", "");
    assert_masked("a=1", "a=1");
    assert_masked("token=abc", "token=***");
    assert_masked("a=1&token=abc&b=2", "a=1&token=***&b=2");
    assert_masked("token=a=b&key=", "token=***&key=***");
    assert_masked("token&key", "token&key");
    assert_masked("&&a&=b&", "&&a&=b&");
    assert_masked("a=token=x", "a=token=x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
