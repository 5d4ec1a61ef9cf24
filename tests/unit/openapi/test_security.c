#include "contract_text.h"

#define HEAD "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"

static const char schemes[] =
    "components:\n"
    "  securitySchemes:\n"
    "    Key: {type: apiKey, in: header, name: X-Api-Key}\n"
    "    QueryKey: {type: apiKey, in: query, name: api key}\n"
    "    Cookie: {type: apiKey, in: cookie, name: session}\n"
    "    Bearer: {type: http, scheme: bearer}\n"
    "    Basic: {type: http, scheme: BASIC}\n"
    "    Digest: {type: http, scheme: Digest}\n"
    "    OAuth: {type: oauth2, flows: {}}\n"
    "    OpenId: {$ref: '#/components/x-schemes/OpenId'}\n"
    "    Tls: {type: mutualTLS}\n"
    "  x-schemes: {OpenId: {type: openIdConnect, openIdConnectUrl: 'https://h'}}\n";

/* True if a request with that query and up to two headers satisfies `security`. */
static bool passes(const char *security, const char *query, struct name_value first,
                   struct name_value second)
{
    struct buf text;
    buf_init(&text, NULL);
    buf_printf(&text, HEAD "paths: {/a: {get: {security: %s}}}\n%s", security, schemes);
    struct contract *contract = load_sound(buf_text(&text));
    struct operation *operation = operation_named(contract, "GET /a");
    struct arena arena;
    arena_init(&arena, 256, NULL);
    struct name_value headers[] = {first, second};
    struct parameter_input input = {.query = str_from(query),
                                    .headers = headers,
                                    .header_count = (first.name.data != NULL) +
                                                    (size_t)(second.name.data != NULL)};
    bool passed =
        operation->security_count == 0 || security_satisfied(operation, &input, &arena) != NULL;
    arena_clear(&arena);
    contract_release(contract);
    buf_free(&text);
    return passed;
}

static struct name_value header(const char *name, const char *value)
{
    return (struct name_value){str_from(name), str_from(value)};
}

static const struct name_value no_header;

#define PASSES(security, query, header) passes((security), (query), (header), no_header)

static void keys_are_found_where_they_belong(void **state)
{
    (void)state;
    assert_true(PASSES("[{Key: []}]", "", header("x-api-key", "k")));
    assert_false(PASSES("[{Key: []}]", "", header("x-api-key", "")));
    assert_false(PASSES("[{Key: []}]", "", header("x-api-key", "  ")));
    assert_false(PASSES("[{Key: []}]", "X-Api-Key=k", no_header));
    assert_true(PASSES("[{QueryKey: []}]", "a=b&api+key=k", no_header));
    assert_true(PASSES("[{QueryKey: []}]", "api%20key=k", no_header));
    assert_false(PASSES("[{QueryKey: []}]", "api+key=", no_header));
    assert_false(PASSES("[{QueryKey: []}]", "", header("api key", "k")));
    assert_true(PASSES("[{Cookie: []}]", "", header("Cookie", "a=b; session=k")));
    assert_false(PASSES("[{Cookie: []}]", "", header("Cookie", "a=b; Session=k")));
}

static void authorization_has_a_scheme(void **state)
{
    (void)state;
    assert_true(PASSES("[{Bearer: []}]", "", header("authorization", "Bearer t")));
    assert_true(PASSES("[{Bearer: []}]", "", header("Authorization", "bEARER   t")));
    assert_false(PASSES("[{Bearer: []}]", "", header("Authorization", "Bearer ")));
    assert_false(PASSES("[{Bearer: []}]", "", header("Authorization", "Bearer")));
    assert_false(PASSES("[{Bearer: []}]", "", header("Authorization", "Bearert t")));
    assert_false(PASSES("[{Bearer: []}]", "", header("Authorization", "Basic dTpw")));
    assert_true(PASSES("[{Basic: []}]", "", header("Authorization", "basic dTpw")));
    assert_true(PASSES("[{Digest: []}]", "", header("Authorization", "Digest a=b")));
    assert_false(PASSES("[{Digest: []}]", "", header("Authorization", "Bearer t")));
    assert_true(PASSES("[{OAuth: [read]}]", "", header("Authorization", "Bearer t")));
    assert_true(PASSES("[{OpenId: []}]", "", header("Authorization", "Bearer t")));
    assert_false(PASSES("[{OpenId: []}]", "", no_header));
    assert_true(PASSES("[{Tls: []}]", "", no_header));
}

static void alternatives_and_combinations(void **state)
{
    (void)state;
    struct name_value key = header("x-api-key", "k");
    struct name_value token = header("authorization", "Bearer t");
    assert_true(PASSES("[]", "", no_header));
    assert_true(PASSES("[{}]", "", no_header));
    assert_true(PASSES("[{Key: []}, {}]", "", no_header));
    assert_true(PASSES("[{Key: []}, {Bearer: []}]", "", key));
    assert_true(PASSES("[{Key: []}, {Bearer: []}]", "", token));
    assert_false(PASSES("[{Key: []}, {Bearer: []}]", "", no_header));
    assert_false(PASSES("[{Key: [], Bearer: []}]", "", key));
    assert_true(passes("[{Key: [], Bearer: []}]", "", key, token));
}

static void the_root_speaks_for_operations_that_say_nothing(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, NULL);
    buf_printf(&text,
               HEAD
               "security: [{Key: []}]\n"
               "paths: {/a: {get: {}, put: {security: []}, post: {security: [{Bearer: []}]}}}\n"
               "%s",
               schemes);
    struct contract *contract = load_sound(buf_text(&text));
    assert_int_equal(contract->scheme_count, 9);
    const struct operation *get = operation_named(contract, "GET /a");
    assert_int_equal(get->security_count, 1);
    assert_str(get->security[0].schemes[0]->name, "Key");
    assert_int_equal(operation_named(contract, "PUT /a")->security_count, 0);
    const struct operation *post = operation_named(contract, "POST /a");
    assert_int_equal(post->security[0].schemes[0]->kind, SECURITY_HTTP_BEARER);
    contract_release(contract);
    buf_free(&text);
}

static void credentials_are_given_out(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 256, NULL);
    struct name_value headers[] = {header("Authorization", "Bearer  abc ")};
    struct parameter_input input = {
        .query = str_from("k=a%2Bb+c"), .headers = headers, .header_count = 1};
    struct security_scheme bearer = {.kind = SECURITY_HTTP_BEARER, .key = str_from("Bearer")};
    struct security_scheme key = {
        .kind = SECURITY_API_KEY, .in = PARAMETER_QUERY, .key = str_from("k")};
    assert_str(security_credential(&bearer, &input, &arena), "abc");
    assert_str(security_credential(&key, &input, &arena), "a+b c");
    key.key = str_from("other");
    assert_null(security_credential(&key, &input, &arena).data);
    arena_clear(&arena);
}

static void expect_error(const char *scheme, const char *words)
{
    struct buf text;
    struct diags diags;
    buf_init(&text, NULL);
    diags_init(&diags);
    buf_printf(&text,
               HEAD "paths: {/a: {get: {security: [{S: []}]}, put: {}}}\n"
                    "components: {securitySchemes: {S: %s}}\n",
               scheme);
    struct contract *contract = load_text(buf_text(&text), &diags);
    assert_non_null(contract);
    assert_says(&diags, DIAG_ERROR, words);
    assert_says(&diags, DIAG_ERROR, "there is no usable security scheme \"S\"");
    assert_int_equal(operation_named(contract, "GET /a")->state, OPERATION_BROKEN);
    assert_true(operation_prepare(contract, operation_named(contract, "PUT /a"), NULL));
    diags_free(&diags);
    contract_release(contract);
    buf_free(&text);
}

static void broken_schemes_break_those_who_use_them(void **state)
{
    (void)state;
    expect_error("5", "a security scheme must be an object");
    expect_error("{}", "has no type that OpenAPI knows");
    expect_error("{type: apikey, in: header, name: x}", "has no type that OpenAPI knows");
    expect_error("{type: apiKey, in: header}", "has no `name`");
    expect_error("{type: apiKey, in: body, name: x}", "does not say where the key is");
    expect_error("{type: http}", "has no `scheme`");
    expect_error("{$ref: '#/components/none'}", "\"none\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_found_where_they_belong),
        cmocka_unit_test(authorization_has_a_scheme),
        cmocka_unit_test(alternatives_and_combinations),
        cmocka_unit_test(the_root_speaks_for_operations_that_say_nothing),
        cmocka_unit_test(credentials_are_given_out),
        cmocka_unit_test(broken_schemes_break_those_who_use_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
