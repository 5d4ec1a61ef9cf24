/* framing: what the fields of a head say of its body and its connection. */
#include "http/framing.h"

#include "support/unit.h"

#include <stdio.h>

struct head {
    struct name_value headers[FRAMING_HEADER_LIMIT];
    struct request request;
};

/* A request with these header lines. */
static struct refusal split(struct head *head, const char *lines)
{
    size_t count;
    struct refusal refusal = framing_split_headers(str_from(lines), head->headers, &count);
    head->request = (struct request){
        .method = str_from("PUT"),
        .path = str_from("/"),
        .version = str_from("1.1"),
        .headers = head->headers,
        .header_count = count,
    };
    return refusal;
}

static struct refusal read_fields(const char *lines, struct framing *framing)
{
    struct head head;
    struct refusal refusal = split(&head, lines);
    return refusal.status != 0 ? refusal : framing_read_fields(&head.request, framing);
}

static int status_at(const char *place, const char **buffer)
{
    struct request request = {.method = str_make(place, 3)};
    return framing_check_place(&request, buffer).status;
}

static void test_place_in_the_buffer(void **state)
{
    (void)state;
    const char *buffer = NULL;
    char *text = test_malloc(64);
    memset(text, '\n', 64);
    assert_int_equal(status_at(text + 4, &buffer), 400);
    assert_int_equal(status_at(text + 1, &buffer), 400);
    assert_int_equal(status_at(text + 2, &buffer), 400); /* two line feeds */
    assert_null(buffer);
    text[0] = '\r';
    assert_int_equal(status_at(text + 2, &buffer), 0);
    assert_ptr_equal(buffer, text);
    assert_int_equal(status_at(text, &buffer), 0);
    assert_int_equal(status_at(text + 16, &buffer), 400);
    text[16] = '\r';
    assert_int_equal(status_at(text + 18, &buffer), 400);
    buffer = text + 16; /* learnt from a request that should have been refused */
    assert_int_equal(status_at(text, &buffer), 0);
    assert_ptr_equal(buffer, text);
    test_free(text);
}

static void test_body_that_is_the_head(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        size_t length;
        int status;
    } cases[] = {
        {"PUT\0/\0", 6, 400}, {"\r\n \tPUT\0", 8, 400}, {"PUT /", 5, 0},
        {"PUT", 3, 0},        {"PUTS\0", 5, 0},         {"\r\n", 2, 0},
        {"", 0, 0},           {"GET\0", 4, 0},          {"{} PUT\0", 7, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request request = {.method = str_from("PUT"),
                                  .body = str_make(cases[i].body, cases[i].length)};
        assert_int_equal(framing_check_body(&request).status, cases[i].status);
    }
}

static void test_lengths(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int status;
        uint64_t length;
    } cases[] = {
        {"0", 0, 0},
        {"5", 0, 5},
        {"007", 0, 7},
        {"5, 5", 0, 5},
        {"5,5 ,\t5", 0, 5},
        {"18446744073709551615", 0, UINT64_MAX},
        {"18446744073709551616", 0, UINT64_MAX},
        {"99999999999999999999999999", 0, UINT64_MAX},
        {"", 400, 0},
        {",", 400, 0},
        {"5,", 0, 5},
        {"5,6", 400, 0},
        {"+5", 400, 0},
        {"-5", 400, 0},
        {"5.0", 400, 0},
        {"5 5", 400, 0},
        {"0x5", 400, 0},
        {"\xd9\xa5", 400, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char lines[128];
        snprintf(lines, sizeof lines, "Host: h\r\nContent-Length: %s\r\n\r\n", cases[i].value);
        struct framing framing;
        struct refusal refusal = read_fields(lines, &framing);
        if (refusal.status != cases[i].status)
            fail_msg("\"%s\": %d", cases[i].value, refusal.status);
        if (refusal.status == 0)
            assert_true(framing.has_length && framing.length == cases[i].length);
    }
}

static void test_coding_excludes_length(void **state)
{
    (void)state;
    struct framing framing;
    assert_int_equal(read_fields("Host: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n", &framing).status,
                     0);
    assert_true(framing.chunked && !framing.has_length);
    assert_int_equal(
        read_fields("Host: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", &framing)
            .status,
        400);
    assert_int_equal(
        read_fields("Host: h\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", &framing).status,
        400);
}

static void test_expectation_and_connection(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        bool continues;
        bool keeps;
    } cases[] = {
        {"Host: h\r\n\r\n", false, true},
        {"Host: h\r\nExpect: 100-Continue\r\n\r\n", true, true},
        {"Host: h\r\nExpect: 200-ok\r\n\r\n", false, true},
        {"Host: h\r\nCONNECTION: Close\r\n\r\n", false, false},
        {"Host: h\r\nConnection: keep-alive\r\n\r\n", false, true},
        {"Host: h\r\nConnection: keep-alive\r\nConnection: TE\r\n\r\n", false, false},
        {"Host: h\r\nConnection: keep-alive, upgrade\r\nUpgrade: x\r\n\r\n", false, false},
        {"Host: h\r\nConnection: \r\n\r\n", false, false},
        {"Host: h\r\nConnection: keep\r\n\r\n", false, false},
        {"Host: h\r\nTransfer-Encoding: chunked\r\n\r\n", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct framing framing;
        assert_int_equal(read_fields(cases[i].lines, &framing).status, 0);
        if (framing.expects_continue != cases[i].continues || framing.keep_alive != cases[i].keeps)
            fail_msg("%s", cases[i].lines);
    }
}

static void test_http_1_0_needs_no_host_and_keeps_nothing_by_itself(void **state)
{
    (void)state;
    struct head head;
    struct framing framing;
    split(&head, "Accept: x\r\n\r\n");
    head.request.version = str_from("1.0");
    assert_int_equal(framing_read_fields(&head.request, &framing).status, 0);
    assert_false(framing.keep_alive);
    head.request.version = str_from("1.1");
    assert_int_equal(framing_read_fields(&head.request, &framing).status, 400);
}

static void test_splitting_is_strict(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        int status;
        size_t count;
    } cases[] = {
        {"", 0, 0},
        {"\r", 0, 0},
        {"\r\n", 0, 0},
        {"A: b\r\n\r", 0, 1},
        {"A: b\r\nC:d\r\n\r\nbody", 0, 2},
        {"A: b\r\n c\r\n\r\n", 400, 1},
        {"A : b\r\n\r\n", 400, 0},
        {"A\r\n\r\n", 400, 0},
        {": b\r\n\r\n", 400, 0},
        {"A: b\n\r\n", 400, 0},
        {"A: b", 400, 0},
        {"A: b\rc\r\n\r\n", 400, 0},
        {"A: b\nC: d\r\n\r\n", 400, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct name_value headers[FRAMING_HEADER_LIMIT];
        size_t count;
        struct refusal refusal = framing_split_headers(str_from(cases[i].lines), headers, &count);
        if (refusal.status != cases[i].status || count != cases[i].count)
            fail_msg("%d, %zu headers: %s", refusal.status, count, cases[i].lines);
    }
}

static void test_splitting_trims_values(void **state)
{
    (void)state;
    struct head head;
    assert_int_equal(split(&head, "A: \t b c\t \r\nEmpty:\r\n\r\n").status, 0);
    assert_true(str_is(head.headers[0].name, "A"));
    assert_true(str_is(head.headers[0].value, "b c"));
    assert_true(str_is(head.headers[1].value, ""));
}

static void test_targets_are_reduced(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"/a", "/a"},          {"*", "*"},         {"http://h/a/b", "/a/b"},
        {"https://h:1/", "/"}, {"http://h", "/"},  {"x", "x"},
        {"x:y", "x:y"},        {"//h/a", "//h/a"}, {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request request = {.path = str_from(cases[i][0])};
        framing_reduce_target(&request);
        assert_true(str_is(request.path, cases[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_place_in_the_buffer),
        cmocka_unit_test(test_body_that_is_the_head),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_coding_excludes_length),
        cmocka_unit_test(test_expectation_and_connection),
        cmocka_unit_test(test_http_1_0_needs_no_host_and_keeps_nothing_by_itself),
        cmocka_unit_test(test_splitting_is_strict),
        cmocka_unit_test(test_splitting_trims_values),
        cmocka_unit_test(test_targets_are_reduced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
