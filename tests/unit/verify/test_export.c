/* export: the journal as a HAR archive and as curl commands. */
#include "verify/curl.h"
#include "verify/har.h"

#include "support/unit.h"

static struct journal_header told_headers[] = {
    {{"Host", 4}, {"api.test:4010", 13}},  {{"X-API-Key", 9}, {"k-1", 3}},
    {{"Content-Type", 12}, {"text/x", 6}}, {{"X-Empty", 7}, {"", 0}},
    {{"Cookie", 6}, {"a=1; b=2", 8}},      {{"Content-Length", 14}, {"9", 1}},
};
static const struct journal_header answered_headers[] = {
    {{"content-type", 12}, {"application/json", 16}},
    {{"set-cookie", 10}, {"sid=7; Path=/; HttpOnly", 23}},
};

static struct journal_exchange an_exchange(void)
{
    return (struct journal_exchange){
        .time_ns = 1700000000123456000,
        .method = str_from("PUT"),
        .path = str_from("/things/a"),
        .query = str_from("q=a+b%21&token=t"),
        .headers = told_headers,
        .header_count = 6,
        .body = str_from("it's {1}"),
        .operation = str_from("PUT /things/{id}"),
        .status = 200,
        .response_headers = answered_headers,
        .response_header_count = 2,
        .response_body = str_from("{}"),
        .violations = str_from("[{\"path\":\"/body\"}]"),
        .fault_name = str_from("flaky"),
    };
}

static void expect_curl(const struct journal_exchange *exchange, enum journal_secrets secrets,
                        const char *wanted)
{
    struct journal *journal = journal_new(NULL);
    struct journal_entry *entry = journal_retain(journal_add(journal, exchange));
    struct buf out;
    journal_finish(entry, true, 2, 1500000);
    buf_init(&out, NULL);
    curl_write(entry, secrets, &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_free(&out);
    journal_release(entry);
    journal_free(journal);
}

static void test_curl_says_what_was_sent(void **state)
{
    (void)state;
    struct journal_exchange exchange = an_exchange();
    expect_curl(&exchange, JOURNAL_SHOW_SECRETS,
                "# 1 2023-11-14T22:13:20.123456Z PUT /things/{id} -> 200, fault flaky\n"
                "curl -sS -X 'PUT' --globoff 'http://api.test:4010/things/a?q=a+b%21&token=t' \\\n"
                "  -H 'X-API-Key: k-1' \\\n"
                "  -H 'Content-Type: text/x' \\\n"
                "  -H 'X-Empty;' \\\n"
                "  -H 'Cookie: a=1; b=2' \\\n"
                "  --data-raw 'it'\\''s {1}'\n\n");
}

static void test_curl_hides_secrets(void **state)
{
    (void)state;
    struct journal_exchange exchange = an_exchange();
    exchange.header_count = 2;
    exchange.body = str_from("");
    exchange.method = str_from("GET");
    expect_curl(&exchange, JOURNAL_HIDE_SECRETS,
                "# 1 2023-11-14T22:13:20.123456Z PUT /things/{id} -> 200, fault flaky\n"
                "curl -sS --globoff 'http://api.test:4010/things/a?q=a+b%21&token=***' \\\n"
                "  -H 'X-API-Key: ***'\n\n");
}

static void test_curl_of_what_no_shell_takes(void **state)
{
    (void)state;
    struct journal_exchange exchange = an_exchange();
    exchange.header_count = 1;
    exchange.path = str_from("/a/../b'\n");
    exchange.query = str_from("");
    exchange.operation = str_from("");
    exchange.fault_name = str_from("line\nbreak");
    exchange.world = str_from("w1");
    exchange.body = str_make("@a\0b", 4);
    expect_curl(&exchange, JOURNAL_SHOW_SECRETS,
                "# 1 2023-11-14T22:13:20.123456Z no operation -> 200, fault line?break\n"
                "printf %s 'QGEAYg==' | base64 -d | curl -sS -X 'PUT' --path-as-is --globoff "
                "'http://api.test:4010/a/../b'\\''\n' \\\n"
                "  -H 'Content-Type:' \\\n"
                "  -H 'X-Understudy-World: w1' \\\n"
                "  --data-binary @-\n\n");
    exchange.method = str_from("HEAD");
    exchange.path = str_from("/");
    exchange.body = str_from("");
    exchange.world = str_from("");
    exchange.fault_name = str_from("");
    expect_curl(&exchange, JOURNAL_SHOW_SECRETS,
                "# 1 2023-11-14T22:13:20.123456Z no operation -> 200\n"
                "curl -sS --head --globoff 'http://api.test:4010/'\n\n");
}

static void expect_har(const struct journal_exchange *exchange, enum journal_secrets secrets,
                       const char *wanted)
{
    struct journal *journal = journal_new(NULL);
    struct journal_query all = {.filter = NULL};
    struct buf out;
    journal_finish(journal_add(journal, exchange), true, 2, 1500000);
    struct journal_list list = journal_select(journal, &all);
    buf_init(&out, NULL);
    struct json_writer writer = json_writer_to(&out);
    har_write(&list, "0.1", secrets, &writer);
    assert_string_equal(buf_text(&out), wanted);
    buf_free(&out);
    journal_list_free(&list);
    journal_free(journal);
}

static void test_har(void **state)
{
    (void)state;
    struct journal_exchange exchange = an_exchange();
    expect_har(
        &exchange, JOURNAL_HIDE_SECRETS,
        "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"understudy\",\"version\":\"0.1\"},"
        "\"entries\":[{\"startedDateTime\":\"2023-11-14T22:13:20.123456Z\",\"time\":1.5,"
        "\"cache\":{},\"timings\":{\"send\":0,\"wait\":1.5,\"receive\":0},"
        "\"request\":{\"method\":\"PUT\","
        "\"url\":\"http://api.test:4010/things/a?q=a+b%21&token=***\","
        "\"httpVersion\":\"HTTP/1.1\","
        "\"cookies\":[{\"name\":\"a\",\"value\":\"***\"},{\"name\":\"b\",\"value\":\"***\"}],"
        "\"headers\":[{\"name\":\"Host\",\"value\":\"api.test:4010\"},"
        "{\"name\":\"X-API-Key\",\"value\":\"***\"},"
        "{\"name\":\"Content-Type\",\"value\":\"text/x\"},"
        "{\"name\":\"X-Empty\",\"value\":\"\"},{\"name\":\"Cookie\",\"value\":\"***\"},"
        "{\"name\":\"Content-Length\",\"value\":\"9\"}],"
        "\"queryString\":[{\"name\":\"q\",\"value\":\"a b!\"},"
        "{\"name\":\"token\",\"value\":\"***\"}],"
        "\"postData\":{\"mimeType\":\"text/x\",\"text\":\"it's {1}\"},"
        "\"headersSize\":-1,\"bodySize\":8},"
        "\"response\":{\"status\":200,\"statusText\":\"\",\"httpVersion\":\"HTTP/1.1\","
        "\"cookies\":[{\"name\":\"sid\",\"value\":\"***\"}],"
        "\"headers\":[{\"name\":\"content-type\",\"value\":\"application/json\"},"
        "{\"name\":\"set-cookie\",\"value\":\"***\"}],"
        "\"content\":{\"size\":2,\"mimeType\":\"application/json\",\"text\":\"{}\"},"
        "\"redirectURL\":\"\",\"headersSize\":-1,\"bodySize\":2},"
        "\"_id\":1,\"_operation\":\"PUT /things/{id}\",\"_fault\":\"flaky\","
        "\"_violations\":[{\"path\":\"/body\"}]}]}}");
}

static void test_har_of_bytes(void **state)
{
    (void)state;
    struct journal_exchange exchange = {
        .method = str_from("POST"),
        .path = str_from("/"),
        .body = str_from("\xff"),
        .response_body = str_from("\xfe"),
    };
    expect_har(&exchange, JOURNAL_SHOW_SECRETS,
               "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"understudy\","
               "\"version\":\"0.1\"},\"entries\":[{\"startedDateTime\":\"1970-01-01T00:00:00Z\","
               "\"time\":1.5,\"cache\":{},\"timings\":{\"send\":0,\"wait\":1.5,\"receive\":0},"
               "\"request\":{\"method\":\"POST\",\"url\":\"http://127.0.0.1/\","
               "\"httpVersion\":\"HTTP/1.1\",\"cookies\":[],\"headers\":[],\"queryString\":[],"
               "\"postData\":{\"mimeType\":\"\",\"text\":\"/w==\",\"_encoding\":\"base64\"},"
               "\"headersSize\":-1,\"bodySize\":1},"
               "\"response\":{\"status\":0,\"statusText\":\"\",\"httpVersion\":\"HTTP/1.1\","
               "\"cookies\":[],\"headers\":[],"
               "\"content\":{\"size\":1,\"mimeType\":\"\",\"text\":\"/g==\","
               "\"encoding\":\"base64\"},"
               "\"redirectURL\":\"\",\"headersSize\":-1,\"bodySize\":1},\"_id\":1}]}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curl_says_what_was_sent),
        cmocka_unit_test(test_curl_hides_secrets),
        cmocka_unit_test(test_curl_of_what_no_shell_takes),
        cmocka_unit_test(test_har),
        cmocka_unit_test(test_har_of_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
