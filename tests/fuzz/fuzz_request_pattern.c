/*
 * Any JSON as one of WireMock's request patterns: it is refused with a reason, or it matches a
 * request or does not, the same each time, and is as far away as it matches.
 */
#include "mock/wiremock/request_pattern.h"
#include "json/reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static struct journal_exchange a_request(void)
{
    static const struct journal_header headers[] = {
        {{"Host", 4}, {"api.test:4010", 13}}, {{"X-Test-Id", 9}, {"t-1", 3}},
        {{"Accept", 6}, {"a/b", 3}},          {{"accept", 6}, {"c/d", 3}},
        {{"Cookie", 6}, {"sid=7; =; b", 11}},
    };
    return (struct journal_exchange){
        .remote = str_from("127.0.0.1"),
        .method = str_from("PUT"),
        .path = str_from("/v5/things/a%20b"),
        .query = str_from("q=a+b&q=%&=&x"),
        .headers = headers,
        .header_count = sizeof headers / sizeof *headers,
        .body = str_from("{\"a\":[1,{\"b\":null}],\"c\":\"d\"}"),
    };
}

static void match(struct pattern_matching *matching, const struct request_pattern *pattern)
{
    struct journal_exchange exchange = a_request();
    bool matches = request_pattern_matches(matching, pattern, &exchange);
    double distance = request_pattern_distance(matching, pattern, &exchange);
    if (matching->undecided)
        return;
    require(distance >= 0 && distance <= 1);
    require(matches == (distance == 0));
    arena_clear(matching->scratch);
    require(request_pattern_matches(matching, pattern, &exchange) == matches ||
            matching->undecided);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena, scratch;
    struct pattern_matching matching;
    struct source source = {.name = "pattern", .text = str_make((const char *)data, size)};
    struct json_read_options options = {.max_depth = 64};
    struct json_document document;
    struct json_error error;
    arena_init(&arena, 4096, NULL);
    arena_init(&scratch, 4096, NULL);
    pattern_matching_open(&matching, &arena, &scratch);
    matching.regex_steps = 100000;
    if (json_read(&arena, &source, &options, &document, &error)) {
        const struct request_pattern *pattern = request_pattern_read(&matching, document.root);
        require((pattern == NULL) == (matching.problem != NULL));
        if (pattern != NULL)
            match(&matching, pattern);
    }
    pattern_matching_close(&matching);
    arena_clear(&arena);
    arena_clear(&scratch);
    return 0;
}
