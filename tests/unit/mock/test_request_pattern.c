/* request_pattern: WireMock's words, against requests made up here. */
#include "mock/wiremock/event.h"
#include "mock/wiremock/request_pattern.h"
#include "json/reader.h"

#include "support/unit.h"

#include <stdlib.h>

struct bench {
    struct arena arena;
    struct arena scratch;
    struct pattern_matching matching;
};

static void bench_open(struct bench *bench)
{
    arena_init(&bench->arena, 4096, NULL);
    arena_init(&bench->scratch, 4096, NULL);
    pattern_matching_open(&bench->matching, &bench->arena, &bench->scratch);
}

static void bench_close(struct bench *bench)
{
    pattern_matching_close(&bench->matching);
    arena_clear(&bench->arena);
    arena_clear(&bench->scratch);
}

static const struct request_pattern *read_pattern(struct bench *bench, const char *text)
{
    struct source *source = arena_alloc_zero(&bench->arena, sizeof *source);
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    source->name = "pattern";
    source->text = str_from(text);
    assert_true(json_read(&bench->arena, source, &options, &document, &error));
    return request_pattern_read(&bench->matching, document.root);
}

static const struct journal_header headers[] = {
    {{"Host", 4}, {"api.test:4010", 13}},
    {{"X-Test-Id", 9}, {"t-1", 3}},
    {{"Accept", 6}, {"text/plain", 10}},
    {{"accept", 6}, {"application/json", 16}},
    {{"Cookie", 6}, {"sid=7; theme=dark", 17}},
    {{"Authorization", 13}, {"Basic YWxpY2U6c2VjcmV0", 22}}, /* alice:secret */
};

static const char body[] = "{\"name\": \"a\\nb\", \"n\": 1.0, \"tags\": [\"x\", \"y\", \"z\"],"
                           " \"parts\": [{\"id\": 1, \"k\": null}, {\"id\": 2, \"k\": \"v\"}],"
                           " \"one\": {\"id\": 3}}";

static struct journal_exchange a_request(void)
{
    return (struct journal_exchange){
        .remote = str_from("127.0.0.1"),
        .method = str_from("PUT"),
        .path = str_from("/v5/things/a%20b"),
        .query = str_from("q=a+b&q=c&empty="),
        .headers = headers,
        .header_count = 6,
        .body = str_from(body),
    };
}

struct expectation {
    const char *pattern;
    bool matches;
};

static void expect_each(const struct journal_exchange *exchange,
                        const struct expectation *expectations, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct bench bench;
        bench_open(&bench);
        const struct request_pattern *pattern = read_pattern(&bench, expectations[i].pattern);
        if (pattern == NULL)
            fail_msg("%s: %s", expectations[i].pattern, bench.matching.problem);
        bool matches = request_pattern_matches(&bench.matching, pattern, exchange);
        double distance = request_pattern_distance(&bench.matching, pattern, exchange);
        if (matches != expectations[i].matches || (distance == 0) != matches || distance > 1)
            fail_msg("%s: matches %d, distance %f", expectations[i].pattern, matches, distance);
        assert_false(bench.matching.undecided);
        bench_close(&bench);
    }
}

#define EXPECT(...)                                                                                \
    do {                                                                                           \
        static const struct expectation expectations[] = {__VA_ARGS__};                            \
        struct journal_exchange exchange = a_request();                                            \
        expect_each(&exchange, expectations, sizeof expectations / sizeof *expectations);          \
    } while (0)

static void test_urls_and_methods(void **state)
{
    (void)state;
    EXPECT({"{}", true}, {"{\"method\": \"PUT\"}", true}, {"{\"method\": \"ANY\"}", true},
           {"{\"method\": \"GET\"}", false}, {"{\"methods\": [\"GET\", \"PUT\"]}", true},
           {"{\"methods\": [\"GET\", \"ANY\"]}", true},
           {"{\"url\": \"/v5/things/a%20b?q=a+b&q=c&empty=\"}", true},
           {"{\"url\": \"/v5/things/a%20b\"}", false},
           {"{\"urlPath\": \"/v5/things/a%20b\"}", true}, {"{\"urlPath\": \"/v5/things\"}", false},
           {"{\"urlPattern\": \"/v5/things/.*q=c.*\"}", true},
           {"{\"urlPattern\": \"/v5/things/\"}", false}, /* the whole of it */
           {"{\"urlPathPattern\": \"/v[0-9]/things/[^/]+\"}", true},
           {"{\"urlPathPattern\": \"things\"}", false},
           {"{\"urlPathTemplate\": \"/v5/things/{id}\"}", true},
           {"{\"urlPathTemplate\": \"/v5/things/{id}/parts\"}", false},
           {"{\"urlPathTemplate\": \"/v5/{kind}/{id}\", \"pathParameters\": {\"id\": "
            "{\"equalTo\": \"a b\"}, \"kind\": {\"equalTo\": \"things\"}}}",
            true},
           {"{\"urlPathTemplate\": \"/v5/things/{id}\", \"pathParameters\": {\"id\": "
            "{\"equalTo\": \"c\"}}}",
            false},
           {"{\"url\": null, \"urlPath\": \"/v5/things/a%20b\"}", true});
}

static void test_origins(void **state)
{
    (void)state;
    EXPECT(
        {"{\"host\": {\"equalTo\": \"api.test\"}, \"port\": 4010, \"scheme\": \"http\"}", true},
        {"{\"port\": 80}", false}, {"{\"scheme\": \"https\"}", false},
        {"{\"clientIp\": {\"equalTo\": \"127.0.0.1\"}}", true},
        {"{\"basicAuth\": {\"username\": \"alice\", \"password\": \"secret\"}}", true},
        {"{\"basicAuthCredentials\": {\"username\": \"alice\", \"password\": \"wrong\"}}", false});
}

static void test_headers_parameters_and_cookies(void **state)
{
    (void)state;
    EXPECT(
        {"{\"headers\": {\"x-test-id\": {\"equalTo\": \"t-1\"}}}", true},
        {"{\"headers\": {\"x-test-id\": {\"equalTo\": \"T-1\"}}}", false},
        {"{\"headers\": {\"x-test-id\": {\"equalTo\": \"T-1\", \"caseInsensitive\": true}}}", true},
        {"{\"headers\": {\"Accept\": {\"contains\": \"json\"}}}", true}, /* one of the values */
        {"{\"headers\": {\"Accept\": {\"matches\": \"text/.*\"}}}", true},
        {"{\"headers\": {\"Accept\": {\"matches\": \"text\"}}}", false},
        {"{\"headers\": {\"Accept\": {\"hasExactly\": [{\"equalTo\": \"text/plain\"}]}}}", false},
        {"{\"headers\": {\"Accept\": {\"hasExactly\": [{\"contains\": \"json\"}, "
         "{\"contains\": \"text\"}]}}}",
         true},
        {"{\"headers\": {\"Accept\": {\"includes\": [{\"equalTo\": \"text/plain\"}]}}}", true},
        {"{\"headers\": {\"X-None\": {\"absent\": true}}}", true},
        {"{\"headers\": {\"Host\": {\"absent\": true}}}", false},
        {"{\"headers\": {\"X-None\": {\"equalTo\": \"\"}}}", false},
        /* Denials hold of what is not there. */
        {"{\"headers\": {\"X-None\": {\"doesNotMatch\": \"a\"}}}", true},
        {"{\"headers\": {\"X-None\": {\"not\": {\"equalTo\": \"a\"}}}}", true},
        {"{\"headers\": {\"x-test-id\": {\"doesNotMatch\": \"t-.\"}}}", false},
        {"{\"headers\": {\"x-test-id\": {\"doesNotContain\": \"x\"}}}", true},
        {"{\"headers\": {\"x-test-id\": {\"and\": [{\"contains\": \"t\"}, {\"contains\": "
         "\"9\"}]}}}",
         false},
        {"{\"headers\": {\"x-test-id\": {\"or\": [{\"contains\": \"t\"}, {\"absent\": true}]}}}",
         true},
        {"{\"queryParameters\": {\"q\": {\"equalTo\": \"a b\"}}}", true},
        {"{\"queryParameters\": {\"q\": {\"equalTo\": \"c\"}}}", true},
        {"{\"queryParameters\": {\"q\": {\"hasExactly\": [{\"equalTo\": \"c\"}, {\"equalTo\": "
         "\"a b\"}]}}}",
         true},
        {"{\"queryParameters\": {\"empty\": {\"equalTo\": \"\"}}}", true},
        {"{\"queryParameters\": {\"none\": {\"absent\": true}}}", true},
        {"{\"queryParameters\": {\"empty\": {\"absent\": true}}}", false},
        {"{\"cookies\": {\"sid\": {\"equalTo\": \"7\"}, \"theme\": {\"matches\": \"d.*\"}}}", true},
        {"{\"cookies\": {\"sid\": {\"equalTo\": \"8\"}}}", false});
}

static void test_bodies(void **state)
{
    (void)state;
    EXPECT({"{\"bodyPatterns\": [{\"contains\": \"parts\"}, {\"matches\": \".*one.*\"}]}", true},
           {"{\"bodyPatterns\": [{\"equalTo\": \"{}\"}]}", false},
           {"{\"bodyPatterns\": [{\"absent\": true}]}", false},
           {"{\"bodyPatterns\": [{\"binaryEqualTo\": \"e30=\"}]}", false},
           {"{\"bodyPatterns\": [{\"anything\": \"(always)\"}]}", true});
}

static void test_equal_to_json(void **state)
{
    (void)state;
    static const struct expectation expectations[] = {
        {"{\"bodyPatterns\": [{\"equalToJson\": \"{\\\"a\\\":[1,2],\\\"b\\\":1}\"}]}", true},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"b\": 1.0, \"a\": [1, 2]}}]}", true},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"a\": [2, 1], \"b\": 1}}]}", false},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"a\": [2, 1], \"b\": 1}, "
         "\"ignoreArrayOrder\": true}]}",
         true},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"b\": 1}}]}", false},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"b\": 1}, \"ignoreExtraElements\": true}]}",
         true},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"a\": [1]}, \"ignoreExtraElements\": true}]}",
         true},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"a\": [2]}, \"ignoreExtraElements\": true}]}",
         false},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"a\": [2]}, \"ignoreExtraElements\": true, "
         "\"ignoreArrayOrder\": true}]}",
         true},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"a\": \"${json-unit.ignore}\", \"b\": "
         "\"${json-unit.any-number}\"}}]}",
         true},
        {"{\"bodyPatterns\": [{\"equalToJson\": {\"a\": [1, 2], \"b\": "
         "\"#{json-unit.any-string}\"}}]}",
         false},
    };
    struct journal_exchange exchange = a_request();
    exchange.body = str_from("{\"a\": [1, 2], \"b\": 1}");
    expect_each(&exchange, expectations, sizeof expectations / sizeof *expectations);
    static const struct expectation of_text[] = {
        {"{\"bodyPatterns\": [{\"equalToJson\": \"\\\"${json-unit.regex}[a-c]+\\\"\"}]}", true},
        {"{\"bodyPatterns\": [{\"equalToJson\": \"\\\"${json-unit.regex}[ab]+\\\"\"}]}", false},
    };
    exchange.body = str_from("\"abc\"");
    expect_each(&exchange, of_text, 2);
    static const struct expectation of_none[] = {
        {"{\"bodyPatterns\": [{\"equalToJson\": {}}]}", false},
        {"{\"bodyPatterns\": [{\"not\": {\"equalToJson\": {}}}]}", true},
    };
    exchange.body = str_from("{not json");
    expect_each(&exchange, of_none, 2);
}

static void test_json_paths(void **state)
{
    (void)state;
    EXPECT(
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.name\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.nothing\"}]}", false},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[0].k\"}]}", false}, /* null */
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[*].k\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$['tags'][-1]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[?(@.id == 2)]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[?(@.id == 5)]\"}]}", false},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[?(@.k == 'v')]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[?(@.k != 'v')]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[?(@.id >= 3)]\"}]}", false},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[?(@.id < 2)]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[?(@.k =~ /[u-w]/)]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[?(@.k)]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.parts[?(@.other)]\"}]}", false},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.tags[?(@ == 'y')]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$.one[?(@.id == 3)]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$[?(@.n == 1)]\"}]}", true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": {\"expression\": \"$.n\", \"equalTo\": "
         "\"1.0\"}}]}",
         true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": {\"expression\": \"$.tags[*]\", \"equalTo\": "
         "\"z\"}}]}",
         true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": {\"expression\": \"$.name\", \"matches\": "
         "\"a.b\"}}]}",
         true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": {\"expression\": \"$.x\", \"absent\": "
         "\"(absent)\"}}]}",
         true},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": {\"expression\": \"$.n\", \"absent\": "
         "true}}]}",
         false});
}

static void test_forms(void **state)
{
    (void)state;
    static const struct expectation expectations[] = {
        {"{\"formParameters\": {\"a\": {\"equalTo\": \"x y\"}}}", true},
        {"{\"formParameters\": {\"b\": {\"absent\": true}}}", true},
        {"{\"formParameters\": {\"a\": {\"equalTo\": \"x\"}}}", false},
    };
    struct journal_exchange exchange = a_request();
    exchange.body = str_from("a=x+y");
    expect_each(&exchange, expectations, 3);
}

static void test_mistakes_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *problem;
    } mistakes[] = {
        {"[]", "a request pattern is a JSON object"},
        {"{\"urlPatern\": \"/\"}", "did you mean urlPattern?"},
        {"{\"url\": \"/\", \"urlPath\": \"/\"}", "only one of url"},
        {"{\"method\": 5}", "method wants a method"},
        {"{\"methods\": [5]}", "a method is a string"},
        {"{\"headers\": []}", "headers wants an object"},
        {"{\"headers\": {\"a\": \"b\"}}", "a value pattern is an object"},
        {"{\"headers\": {\"a\": {}}}", "a value pattern is empty"},
        {"{\"headers\": {\"a\": {\"equalTo\": 5}}}", "equalTo wants a string"},
        {"{\"headers\": {\"a\": {\"equalTo\": \"a\", \"contains\": \"b\"}}}", "has one test"},
        {"{\"headers\": {\"a\": {\"equalsTo\": \"a\"}}}", "did you mean equalTo?"},
        {"{\"headers\": {\"a\": {\"matches\": \"(\"}}}", "is no regular expression"},
        {"{\"headers\": {\"a\": {\"and\": {}}}}", "and wants a list"},
        {"{\"bodyPatterns\": {}}", "bodyPatterns wants a list"},
        {"{\"bodyPatterns\": [{\"equalToXml\": \"<a/>\"}]}", "\"equalToXml\" is no value pattern"},
        {"{\"bodyPatterns\": [{\"equalToJson\": \"{\"}]}", "the string is not JSON"},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$..a\"}]}", "is not understood here"},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$[?(@.a == 1 && @.b == 2)]\"}]}",
         "write one test"},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": \"$[?(@.a == b)]\"}]}", "no value to compare"},
        {"{\"bodyPatterns\": [{\"matchesJsonPath\": 5}]}", "wants an expression"},
        {"{\"pathParameters\": {\"id\": {\"equalTo\": \"a\"}}}", "go with urlPathTemplate"},
        {"{\"basicAuth\": {\"username\": \"a\"}}", "wants a username and a password"},
        {"{\"port\": \"80\"}", "port wants a number"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct bench bench;
        bench_open(&bench);
        assert_null(read_pattern(&bench, mistakes[i].pattern));
        assert_non_null(bench.matching.problem);
        if (strstr(bench.matching.problem, mistakes[i].problem) == NULL)
            fail_msg("%s: %s", mistakes[i].pattern, bench.matching.problem);
        bench_close(&bench);
    }
}

static void test_nesting_and_cost_are_bounded(void **state)
{
    (void)state;
    struct bench bench;
    struct buf text;
    bench_open(&bench);
    buf_init(&text, &bench.arena);
    buf_add_text(&text, "{\"headers\": {\"a\": ");
    for (int i = 0; i < 30; i++)
        buf_add_text(&text, "{\"not\": ");
    buf_add_text(&text, "{\"absent\": true}");
    for (int i = 0; i < 32; i++)
        buf_add_char(&text, '}');
    assert_null(read_pattern(&bench, buf_text(&text)));
    assert_non_null(strstr(bench.matching.problem, "too deeply"));
    bench_close(&bench);

    /* In any order, the last element of one list is the first of the other. */
    bench_open(&bench);
    buf_init(&text, &bench.arena);
    buf_add_char(&text, '[');
    for (int i = 0; i < 4000; i++)
        buf_printf(&text, "%d,", i);
    buf_add_text(&text, "-1]");
    struct journal_exchange exchange = a_request();
    exchange.body = buf_str(&text);
    struct buf pattern;
    buf_init(&pattern, &bench.arena);
    buf_add_text(&pattern, "{\"bodyPatterns\": [{\"ignoreArrayOrder\": true, \"equalToJson\": [");
    for (int i = 4000; i-- > 0;)
        buf_printf(&pattern, "%d,", i);
    buf_add_text(&pattern, "-2]}]}");
    const struct request_pattern *costly = read_pattern(&bench, buf_text(&pattern));
    assert_non_null(costly);
    assert_false(request_pattern_matches(&bench.matching, costly, &exchange));
    assert_true(bench.matching.undecided);
    bench_close(&bench);
}

static void test_nearer_is_nearer(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "{\"method\": \"PUT\", \"urlPath\": \"/v5/things/a%20b\"}",
        "{\"method\": \"PUT\", \"urlPath\": \"/v5/things/a%20c\"}",
        "{\"method\": \"GET\", \"urlPath\": \"/v5/things/a%20b\"}",
        "{\"method\": \"GET\", \"urlPath\": \"/v5/things/a%20c\"}",
        "{\"method\": \"GET\", \"urlPath\": \"/elsewhere\"}",
    };
    double before = -1;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct bench bench;
        struct journal_exchange exchange = a_request();
        bench_open(&bench);
        double distance =
            request_pattern_distance(&bench.matching, read_pattern(&bench, patterns[i]), &exchange);
        assert_true(distance > before);
        before = distance;
        bench_close(&bench);
    }
}

static void test_ids(void **state)
{
    (void)state;
    struct buf id;
    buf_init(&id, NULL);
    event_write_id(0x1f, &id);
    assert_string_equal(buf_text(&id), "00000000-0000-4000-8000-00000000001f");
    assert_int_equal(event_read_id(buf_str(&id)), 0x1f);
    assert_int_equal(event_read_id(str_from("31")), 31);
    assert_int_equal(event_read_id(str_from("")), 0);
    assert_int_equal(event_read_id(str_from("1f")), 0);
    assert_int_equal(event_read_id(str_from("9999999999999999999999")), 0);
    assert_int_equal(event_read_id(str_from("00000000-0000-4000-8000-00000000001g")), 0);
    buf_free(&id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls_and_methods),
        cmocka_unit_test(test_origins),
        cmocka_unit_test(test_headers_parameters_and_cookies),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_equal_to_json),
        cmocka_unit_test(test_json_paths),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_mistakes_are_told),
        cmocka_unit_test(test_nesting_and_cost_are_bounded),
        cmocka_unit_test(test_nearer_is_nearer),
        cmocka_unit_test(test_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
