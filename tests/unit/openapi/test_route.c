#include "contract_text.h"

static struct contract *contract;

static const char document[] = "openapi: 3.1.0\n"
                               "info: {title: t, version: '1'}\n"
                               "paths:\n";

/* "GET,PUT" as "get: {}, put: {}, " */
static void add_methods(struct buf *text, const char *methods, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (methods[i] != ',')
            buf_add_char(text, (char)(methods[i] | 0x20));
        else
            buf_add_text(text, ": {}, ");
    buf_add_text(text, ": {}");
}

/* Loads a document with these paths, each on a line with its methods: "GET,PUT /a/{b}\n". */
static void serve(const char *servers, const char *routes)
{
    struct buf text;
    struct diags diags;
    buf_init(&text, NULL);
    buf_add_text(&text, document);
    while (*routes != '\0') {
        size_t blank = strcspn(routes, " ");
        size_t end = strcspn(routes, "\n");
        buf_printf(&text, "  '%.*s': {", (int)(end - blank - 1), routes + blank + 1);
        add_methods(&text, routes, blank);
        buf_add_text(&text, "}\n");
        routes += end + 1;
    }
    buf_add_text(&text, servers);
    contract_release(contract);
    diags_init(&diags);
    contract = load_text(buf_text(&text), &diags);
    if (contract == NULL || diags.errors > 0)
        show(&diags);
    assert_non_null(contract);
    assert_int_equal(diags.errors, 0);
    diags_free(&diags);
    buf_free(&text);
}

static int drop_contract(void **state)
{
    (void)state;
    contract_release(contract);
    contract = NULL;
    return 0;
}

/* "PUT /a/{b} b=1" for what is found, or the outcome and the methods allowed. */
static const char *route(const char *request)
{
    static char answer[512];
    static const char *const outcomes[] = {
        [ROUTE_NO_PATH] = "no path", [ROUTE_NO_METHOD] = "no method", [ROUTE_SLASH] = "slash"};
    size_t blank = strcspn(request, " ");
    struct route_match match;
    enum http_method method = http_method_from(str_make(request, blank));
    enum route_outcome outcome =
        route_find(contract, method, str_from(request + blank + 1), &match);
    int length;
    if (outcome != ROUTE_FOUND) {
        length = snprintf(answer, sizeof answer, "%s", outcomes[outcome]);
        for (int i = 0; i < HTTP_METHOD_COUNT; i++)
            if ((match.allow >> i & 1) != 0)
                length += snprintf(answer + length, sizeof answer - (size_t)length, " %s",
                                   http_method_name((enum http_method)i));
        return answer;
    }
    length = snprintf(answer, sizeof answer, "%.*s", (int)match.operation->label.len,
                      match.operation->label.data);
    for (size_t i = 0; i < match.capture_count; i++)
        length += snprintf(answer + length, sizeof answer - (size_t)length, " %.*s=%.*s",
                           (int)match.names[i].len, match.names[i].data, (int)match.captures[i].len,
                           match.captures[i].data);
    return answer;
}

static void methods_and_paths_are_found(void **state)
{
    (void)state;
    serve("", "PUT /v5/spans/batch\nGET /\n");
    assert_string_equal(route("PUT /v5/spans/batch"), "PUT /v5/spans/batch");
    assert_string_equal(route("GET /"), "GET /");
    assert_string_equal(route("GET /v5/spans/batch"), "no method PUT");
    assert_string_equal(route("BREW /v5/spans/batch"), "no method PUT");
    assert_string_equal(route("put /v5/spans/batch"), "no method PUT");
    assert_string_equal(route("PUT /v5/spans"), "no path");
    assert_string_equal(route("PUT /v5/spans/batch/x"), "no path");
    assert_string_equal(route("PUT /V5/spans/batch"), "no path");
    assert_string_equal(route("PUT //v5/spans/batch"), "no path");
    assert_string_equal(route("PUT /v5//spans/batch"), "no path");
    assert_string_equal(route("OPTIONS *"), "no path");
    assert_string_equal(route("GET "), "no path");
    assert_string_equal(route("HEAD /"), "no method GET");
}

static void concrete_segments_come_first(void **state)
{
    (void)state;
    serve("", "GET,DELETE /users/{id}\nGET /users/me\nGET /{any}/me\nGET /users/{id}/posts\n"
              "GET /users/me/photos\n");
    assert_string_equal(route("GET /users/me"), "GET /users/me");
    assert_string_equal(route("GET /users/you"), "GET /users/{id} id=you");
    assert_string_equal(route("GET /groups/me"), "GET /{any}/me any=groups");
    assert_string_equal(route("GET /users/me/photos"), "GET /users/me/photos");
    /* back from the concrete branch where it leads nowhere */
    assert_string_equal(route("GET /users/me/posts"), "GET /users/{id}/posts id=me");
    /* the concrete path lacks the method */
    assert_string_equal(route("DELETE /users/me"), "DELETE /users/{id} id=me");
    assert_string_equal(route("PUT /users/me"), "no method GET DELETE");
    assert_string_equal(route("PUT /users/you"), "no method GET DELETE");
    assert_string_equal(route("PUT /groups/me"), "no method GET");
}

static void segments_are_compared_decoded(void **state)
{
    (void)state;
    serve("", "GET /a b/{x}\nGET /caf%C3%A9\nGET /plus+sign\nGET /a%2Fb\n");
    assert_string_equal(route("GET /a%20b/c%20d"), "GET /a b/{x} x=c%20d");
    assert_string_equal(route("GET /%61%20b/1"), "GET /a b/{x} x=1");
    assert_string_equal(route("GET /caf\xc3\xa9"), "GET /caf%C3%A9");
    assert_string_equal(route("GET /caf%c3%a9"), "GET /caf%C3%A9");
    assert_string_equal(route("GET /plus+sign"), "GET /plus+sign");
    assert_string_equal(route("GET /plus%2Bsign"), "GET /plus+sign");
    assert_string_equal(route("GET /plus sign"), "no path");
    /* %2F is part of a segment, a slash is not */
    assert_string_equal(route("GET /a%2fb"), "GET /a%2Fb");
    assert_string_equal(route("GET /a/b"), "no path");
    assert_string_equal(route("GET /a%20b/c%2Fd"), "GET /a b/{x} x=c%2Fd");
    /* an escape that is none is text */
    assert_string_equal(route("GET /a%20b/%zz"), "GET /a b/{x} x=%zz");
    assert_string_equal(route("GET /a%20b/%"), "GET /a b/{x} x=%");
    assert_string_equal(route("GET /a%2"), "no path");
    assert_string_equal(route("GET /a%00b/1"), "no path");
}

static void segments_can_be_partly_templated(void **state)
{
    (void)state;
    serve("", "GET /f/{name}.{ext}\nGET /f/{name}.json\nGET /f/{all}\nGET /f/v{major}-{minor}-x\n"
              "POST /m/{id}:cancel\nGET /t/{a}{b}\n");
    assert_string_equal(route("GET /f/a.b"), "GET /f/{name}.{ext} name=a ext=b");
    assert_string_equal(route("GET /f/a.b.c"), "GET /f/{name}.{ext} name=a ext=b.c");
    assert_string_equal(route("GET /f/a.json"), "GET /f/{name}.json name=a");
    assert_string_equal(route("GET /f/a.b.json"), "GET /f/{name}.json name=a.b");
    assert_string_equal(route("GET /f/.json"), "GET /f/{all} all=.json");
    assert_string_equal(route("GET /f/..json"), "GET /f/{name}.json name=.");
    assert_string_equal(route("GET /f/a."), "GET /f/{all} all=a.");
    assert_string_equal(route("GET /f/a%2Eb"), "GET /f/{name}.{ext} name=a ext=b");
    assert_string_equal(route("GET /f/v1-2-x"), "GET /f/v{major}-{minor}-x major=1 minor=2");
    assert_string_equal(route("GET /f/v1-2-3-x"), "GET /f/v{major}-{minor}-x major=1 minor=2-3");
    assert_string_equal(route("GET /f/v--x"), "GET /f/{all} all=v--x");
    assert_string_equal(route("GET /f/v----x"), "GET /f/v{major}-{minor}-x major=- minor=-");
    assert_string_equal(route("POST /m/7:cancel"), "POST /m/{id}:cancel id=7");
    assert_string_equal(route("POST /m/7%3Acancel"), "POST /m/{id}:cancel id=7");
    assert_string_equal(route("POST /m/:cancel"), "no path");
    assert_string_equal(route("POST /m/7"), "no path");
    assert_string_equal(route("GET /t/xyz"), "GET /t/{a}{b} a=x b=yz");
    assert_string_equal(route("GET /t/x"), "no path");
}

static void a_variable_is_never_empty(void **state)
{
    (void)state;
    serve("", "GET /a/{b}\nGET /a/{b}/c\n");
    assert_string_equal(route("GET /a/"), "no path");
    assert_string_equal(route("GET /a//c"), "no path");
    assert_string_equal(route("GET /a/b/c"), "GET /a/{b}/c b=b");
}

static void only_a_slash_may_differ(void **state)
{
    (void)state;
    serve("", "PUT /a/b\nGET /c/\nGET /d/{e}\n");
    assert_string_equal(route("PUT /a/b/"), "slash");
    assert_string_equal(route("GET /a/b/"), "slash");
    assert_string_equal(route("GET /c"), "slash");
    assert_string_equal(route("GET /c/"), "GET /c/");
    assert_string_equal(route("GET /d/x/"), "slash");
    assert_string_equal(route("GET /d/"), "no path");
    assert_string_equal(route("PUT /a/b//"), "no path");
    assert_string_equal(route("GET /"), "no path");
    struct route_match match;
    assert_int_equal(route_find(contract, HTTP_GET, str_from("/d/x/"), &match), ROUTE_SLASH);
    assert_null(match.operation);
    assert_int_equal(match.capture_count, 0);
    assert_int_equal(match.allow, 0);
}

static void base_paths_may_precede(void **state)
{
    (void)state;
    serve("servers:\n"
          "- url: https://example.com/api/v1/\n"
          "- url: '{scheme}://h:8443/{base}'\n"
          "  variables:\n"
          "    scheme: {default: https, enum: [https, http]}\n"
          "    base: {default: v2, enum: [v2, v 3]}\n"
          "- url: ./relative\n"
          "- url: https://example.com\n",
          "GET,PUT /pets\nGET /\nGET /api/{x}/pets\nPOST /v1/pets\n");
    assert_int_equal(contract->base_path_count, 4);
    assert_string_equal(route("GET /pets"), "GET /pets");
    assert_string_equal(route("GET /api/v1/pets"), "GET /pets");
    assert_string_equal(route("GET /api/v9/pets"), "GET /api/{x}/pets x=v9");
    assert_string_equal(route("GET /v2/pets"), "GET /pets");
    assert_string_equal(route("GET /v%203/pets"), "GET /pets");
    assert_string_equal(route("GET /%76%32/pets"), "GET /pets");
    assert_string_equal(route("GET /relative/pets"), "GET /pets");
    assert_string_equal(route("GET /v2x/pets"), "no path");
    assert_string_equal(route("GET /v2/"), "GET /");
    assert_string_equal(route("GET /v2"), "slash");
    assert_string_equal(route("DELETE /v2/pets"), "no method GET PUT");
    assert_string_equal(route("POST /v1/pets"), "POST /v1/pets");
    assert_string_equal(route("GET /api%2Fv1/pets"), "no path");
}

static void equal_templates_share_a_path(void **state)
{
    (void)state;
    serve("", "GET /a/{b}\nPUT /a/{c}\nGET /a/{d}\n"); /* warnings: see test_contract.c */
    assert_string_equal(route("GET /a/1"), "GET /a/{b} b=1");
    assert_string_equal(route("PUT /a/1"), "PUT /a/{c} c=1");
    assert_string_equal(route("POST /a/1"), "no method GET PUT");
}

/* Eight levels, each "a" or a variable, so that a path of a's has 2^8 ways to go. */
static void serve_many_ways(void)
{
    struct buf routes;
    buf_init(&routes, NULL);
    for (int ways = 0; ways < 256; ways++) {
        buf_add_text(&routes, "GET ");
        for (int level = 0; level < 8; level++)
            if ((ways >> level & 1) != 0)
                buf_printf(&routes, "/{v%d}", level);
            else
                buf_add_text(&routes, "/a");
        buf_add_text(&routes, "/end\n");
    }
    buf_add_text(&routes, "GET /{a}-{b}-{c}+\n");
    serve("", buf_text(&routes));
    buf_free(&routes);
}

static void hostile_paths_are_cheap(void **state)
{
    (void)state;
    struct route_match match;
    serve_many_ways();
    assert_string_equal(route("GET /a/a/a/a/a/a/a/a/end"), "GET /a/a/a/a/a/a/a/a/end");
    assert_string_equal(route("GET /a/a/a/a/a/a/a/a/other"), "no path");

    struct buf path;
    buf_init(&path, NULL);
    buf_add_char(&path, '/');
    for (int i = 0; i < 200000; i++)
        buf_add_text(&path, "%2D-");
    assert_int_equal(route_find(contract, HTTP_GET, buf_str(&path), &match), ROUTE_NO_PATH);
    path.len = 0;
    for (int i = 0; i < 200000; i++)
        buf_add_text(&path, "/a");
    assert_int_equal(route_find(contract, HTTP_GET, buf_str(&path), &match), ROUTE_NO_PATH);
    buf_free(&path);
}

/* A template as deep as is allowed is found with little stack. */
static void depth_is_bounded(void **state)
{
    (void)state;
    struct buf routes;
    buf_init(&routes, NULL);
    buf_add_text(&routes, "GET ");
    for (int i = 0; i < 64; i++)
        buf_add_text(&routes, "/s");
    struct buf path;
    buf_init(&path, NULL);
    buf_add_str(&path, str_after(buf_str(&routes), 4));
    buf_add_text(&routes, "\n");
    serve("", buf_text(&routes));
    struct route_match match;
    assert_int_equal(route_find(contract, HTTP_GET, buf_str(&path), &match), ROUTE_FOUND);
    buf_free(&path);
    buf_free(&routes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_and_paths_are_found),
        cmocka_unit_test(concrete_segments_come_first),
        cmocka_unit_test(segments_are_compared_decoded),
        cmocka_unit_test(segments_can_be_partly_templated),
        cmocka_unit_test(a_variable_is_never_empty),
        cmocka_unit_test(only_a_slash_may_differ),
        cmocka_unit_test(base_paths_may_precede),
        cmocka_unit_test(equal_templates_share_a_path),
        cmocka_unit_test(hostile_paths_are_cheap),
        cmocka_unit_test(depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, drop_contract);
}
