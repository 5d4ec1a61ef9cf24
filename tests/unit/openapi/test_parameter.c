#include "contract_text.h"

#include "json/writer.h"

/*
 * One parameter of one operation, read from one request. `parameter` is the
 * parameter object in YAML's flow style; what comes out is "present JSON",
 * "empty JSON", "malformed JSON" or "absent".
 */
struct request {
    const char *path; /* of "/p/{v}" */
    const char *query;
    struct name_value headers[4];
};

static struct arena arena;
static char answer[4096];

static const char *outcome_text(enum parameter_outcome outcome, const struct json_node *value)
{
    static const char *const words[] = {[PARAMETER_PRESENT] = "",
                                        [PARAMETER_ABSENT] = "absent",
                                        [PARAMETER_MALFORMED] = "malformed ",
                                        [PARAMETER_EMPTY] = "empty "};
    struct buf text;
    buf_init(&text, &arena);
    buf_add_text(&text, words[outcome]);
    if (outcome != PARAMETER_ABSENT) {
        assert_non_null(value);
        json_write(&text, value, JSON_EXACT);
    } else {
        assert_null(value);
    }
    snprintf(answer, sizeof answer, "%s", buf_text(&text));
    return answer;
}

static const char *read_request(const char *parameters, const struct request *request)
{
    struct buf text;
    struct diags diags;
    buf_init(&text, NULL);
    diags_init(&diags);
    buf_printf(&text,
               "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
               "paths:\n  '/p/{v}':\n    get:\n      parameters: [%s]\n"
               "components: {schemas: {Int: {type: integer}, Ids: {type: array, items: {$ref: "
               "'#/components/schemas/Int'}}}}\n",
               parameters);
    struct contract *contract = load_text(buf_text(&text), &diags);
    if (contract == NULL || diags.errors > 0)
        show(&diags);
    assert_non_null(contract);
    struct operation *operation = operation_named(contract, "GET /p/{v}");
    if (!operation_prepare(contract, operation, &diags))
        show(&diags);
    assert_int_equal(operation->state, OPERATION_READY);

    struct route_match match;
    const char *path = request->path != NULL ? request->path : "/p/x";
    assert_int_equal(route_find(contract, HTTP_GET, str_from(path), &match), ROUTE_FOUND);
    struct parameter_input input = {.route = &match,
                                    .query = str_from(request->query != NULL ? request->query : ""),
                                    .headers = request->headers};
    while (input.header_count < 4 && request->headers[input.header_count].name.data != NULL)
        input.header_count++;
    struct json_node *value;
    enum parameter_outcome outcome =
        parameter_read(&operation->parameters[0], &input, &arena, &value);
    const char *result = outcome_text(outcome, value);
    arena_clear(&arena);
    diags_free(&diags);
    contract_release(contract);
    buf_free(&text);
    return result;
}

static const char *query(const char *description, const char *text)
{
    struct buf parameter;
    buf_init(&parameter, NULL);
    buf_printf(&parameter, "{name: q, in: query, %s}", description);
    const char *result = read_request(buf_text(&parameter), &(struct request){.query = text});
    buf_free(&parameter);
    return result;
}

static const char *path(const char *description, const char *segment)
{
    struct buf parameter, whole;
    buf_init(&parameter, NULL);
    buf_init(&whole, NULL);
    buf_printf(&parameter, "{name: v, in: path, required: true, %s}", description);
    buf_printf(&whole, "/p/%s", segment);
    const char *result =
        read_request(buf_text(&parameter), &(struct request){.path = buf_text(&whole)});
    buf_free(&parameter);
    buf_free(&whole);
    return result;
}

static const char *header(const char *description, const char *value)
{
    struct buf parameter;
    buf_init(&parameter, NULL);
    buf_printf(&parameter, "{name: X-Value, in: header, %s}", description);
    struct request request = {.headers = {{str_from("x-VALUE"), str_from(value)}}};
    const char *result = read_request(buf_text(&parameter), &request);
    buf_free(&parameter);
    return result;
}

static const char *cookie(const char *description, const char *value)
{
    struct buf parameter;
    buf_init(&parameter, NULL);
    buf_printf(&parameter, "{name: q, in: cookie, %s}", description);
    struct request request = {.headers = {{str_from("Cookie"), str_from(value)}}};
    const char *result = read_request(buf_text(&parameter), &request);
    buf_free(&parameter);
    return result;
}

#define same(actual, expected) assert_string_equal((actual), (expected))

/* --- the styles, as OpenAPI's table has them ------------------------------------------- */

#define STRING   "schema: {type: string}"
#define INTEGER  "schema: {type: integer}"
#define ARRAY    "schema: {type: array, items: {type: string}}"
#define INTEGERS "schema: {type: array, items: {type: integer}}"
#define COLOR    "schema: {type: object, properties: {R: {type: integer}, G: {type: integer}}}"

static void simple(void **state)
{
    (void)state;
    same(path(STRING, "blue"), "\"blue\"");
    same(path(STRING, "a,b"), "\"a,b\"");
    same(path(ARRAY, "blue,black"), "[\"blue\",\"black\"]");
    same(path(ARRAY, "blue"), "[\"blue\"]");
    same(path(ARRAY, "a%2Cb,c"), "[\"a,b\",\"c\"]");
    same(path(ARRAY, "a%2Cb"), "[\"a\",\"b\"]");
    same(path(INTEGERS, "1,2,x"), "[1,2,\"x\"]");
    same(path(COLOR, "R,100,G,200"), "{\"R\":100,\"G\":200}");
    same(path(COLOR, "R,100,G"), "malformed \"R,100,G\"");
    same(path("explode: true, " ARRAY, "blue,black"), "[\"blue\",\"black\"]");
    same(path("explode: true, " COLOR, "R=100,G=200"), "{\"R\":100,\"G\":200}");
    same(path("explode: true, " COLOR, "R=100,G"), "malformed \"R=100,G\"");
    same(path("explode: true, " COLOR, "R=1%3D2,%47=3"), "{\"R\":\"1=2\",\"G\":3}");
}

static void label(void **state)
{
    (void)state;
    same(path("style: label, " STRING, ".blue"), "\"blue\"");
    same(path("style: label, " STRING, "."), "\"\"");
    same(path("style: label, " STRING, "blue"), "malformed \"blue\"");
    same(path("style: label, schema: {type: number}", ".1.50"), "1.50");
    same(path("style: label, " ARRAY, ".blue,black"), "[\"blue\",\"black\"]");
    same(path("style: label, " ARRAY, ".blue.black"), "[\"blue\",\"black\"]");
    same(path("style: label, explode: true, " ARRAY, ".blue.black"), "[\"blue\",\"black\"]");
    same(path("style: label, explode: true, " ARRAY, ".a,b.c"), "[\"a,b\",\"c\"]");
    same(path("style: label, " COLOR, ".R,100,G,200"), "{\"R\":100,\"G\":200}");
    same(path("style: label, " COLOR, ".R.100.G.200"), "{\"R\":100,\"G\":200}");
    same(path("style: label, explode: true, " COLOR, ".R=100.G=200"), "{\"R\":100,\"G\":200}");
}

static void matrix(void **state)
{
    (void)state;
    same(path("style: matrix, " STRING, ";v=blue"), "\"blue\"");
    same(path("style: matrix, " STRING, ";v"), "\"\"");
    same(path("style: matrix, " STRING, ";%76=a%20b"), "\"a b\"");
    same(path("style: matrix, " STRING, ";w=blue"), "malformed \";w=blue\"");
    same(path("style: matrix, " STRING, "v=blue"), "malformed \"v=blue\"");
    same(path("style: matrix, explode: true, " INTEGER, ";v=5"), "5");
    same(path("style: matrix, explode: true, " INTEGER, ";v=5;v=6"), "malformed \";v=5;v=6\"");
    same(path("style: matrix, " ARRAY, ";v=blue,black"), "[\"blue\",\"black\"]");
    same(path("style: matrix, explode: true, " ARRAY, ";v=blue;v=black"), "[\"blue\",\"black\"]");
    same(path("style: matrix, explode: true, " ARRAY, ";v=blue;w=black"),
         "malformed \";v=blue;w=black\"");
    same(path("style: matrix, " COLOR, ";v=R,100,G,200"), "{\"R\":100,\"G\":200}");
    same(path("style: matrix, explode: true, " COLOR, ";R=100;G=200"), "{\"R\":100,\"G\":200}");
}

static void form(void **state)
{
    (void)state;
    same(query(STRING, "q=blue"), "\"blue\"");
    same(query(STRING, "a=1&q=b%20c+d%2B&b=2"), "\"b c d+\"");
    same(query(STRING, "%71=x"), "\"x\"");
    same(query(STRING, "q"), "\"\"");
    same(query(STRING, "Q=x"), "absent");
    same(query(STRING, "&&q=1&"), "\"1\"");
    same(query(STRING, "q=1=2"), "\"1=2\"");
    same(query(STRING, ""), "absent");
    same(query(ARRAY, "q=blue&q=black&q=brown"), "[\"blue\",\"black\",\"brown\"]");
    same(query(ARRAY, "q=blue"), "[\"blue\"]");
    same(query(ARRAY, "q=a,b"), "[\"a,b\"]");
    same(query(COLOR, "R=100&x=y&G=200"), "{\"R\":100,\"G\":200}");
    same(query(COLOR, "x=y"), "absent");
    same(query(COLOR, "q=1"), "\"1\"");
    same(query("explode: false, " ARRAY, "q=blue,black"), "[\"blue\",\"black\"]");
    same(query("explode: false, " ARRAY, "q=blue%2Cblack"), "[\"blue\",\"black\"]");
    same(query("explode: false, " ARRAY, "q=a%2Cb,c"), "[\"a,b\",\"c\"]");
    same(query("explode: false, " ARRAY, "q=a&q=b"), "malformed \"b\"");
    same(query("explode: false, " ARRAY, "q="), "[\"\"]");
    same(query("explode: false, " INTEGER, "q=1&q=2"), "2");
    same(query("explode: false, " COLOR, "q=R,100,G,200"), "{\"R\":100,\"G\":200}");
    same(query("explode: false, " COLOR, "R=1"), "absent");
}

static void delimited(void **state)
{
    (void)state;
    same(query("style: spaceDelimited, " ARRAY, "q=a%20b%20c"), "[\"a\",\"b\",\"c\"]");
    same(query("style: spaceDelimited, " ARRAY, "q=a+b+c"), "[\"a\",\"b\",\"c\"]");
    same(query("style: spaceDelimited, " COLOR, "q=R%20100%20G%20200"), "{\"R\":100,\"G\":200}");
    same(query("style: spaceDelimited, explode: true, " ARRAY, "q=a&q=b"), "[\"a\",\"b\"]");
    same(query("style: pipeDelimited, " INTEGERS, "q=1|2|3"), "[1,2,3]");
    same(query("style: pipeDelimited, " INTEGERS, "q=1%7C2%7c3"), "[1,2,3]");
    same(query("style: pipeDelimited, " ARRAY, "q=a,b"), "[\"a,b\"]");
    same(query("style: pipeDelimited, " COLOR, "q=R|1|G"), "malformed \"R|1|G\"");
}

static void deep_object(void **state)
{
    (void)state;
#define DEEP "style: deepObject, explode: true, "
    same(query(DEEP COLOR, "q[R]=100&q[G]=200"), "{\"R\":100,\"G\":200}");
    same(query(DEEP COLOR, "q%5BR%5D=100&x[R]=5"), "{\"R\":100}");
    same(query(DEEP COLOR, "q[R]=1&q[R]=2&q[B]=3"), "{\"R\":2,\"B\":\"3\"}");
    same(query(DEEP COLOR, "R=1"), "absent");
    same(query(DEEP COLOR, "q=1"), "\"1\"");
    same(query(DEEP COLOR, "q[R=1"), "absent");
    same(query(DEEP COLOR, "q[R]x[]=1"), "malformed \"\"");
#define TREE                                                                                       \
    DEEP "schema: {type: object, properties: {ids: {type: array, items: {type: integer}}, "        \
         "in: {type: object, properties: {a: {type: boolean}}}, "                                  \
         "list: {type: array, items: {type: object, properties: {n: {type: integer}}}}}}"
    same(query(TREE, "q[ids]=1&q[ids]=2"), "{\"ids\":[1,2]}");
    same(query(TREE, "q[ids][]=1&q[ids][]=2"), "{\"ids\":[1,2]}");
    same(query(TREE, "q[ids][0]=1&q[ids][1]=x"), "{\"ids\":[1,\"x\"]}");
    same(query(TREE, "q[in][a]=true&q[in][b]=c"), "{\"in\":{\"a\":true,\"b\":\"c\"}}");
    same(query(TREE, "q[list][0][n]=1&q[list][1][n]=2&q[list][0][m]=3"),
         "{\"list\":[{\"n\":1,\"m\":\"3\"},{\"n\":2}]}");
    same(query(TREE, "q[ids][x]=1"), "malformed \"\"");
    same(query(TREE, "q[in]=1&q[in][a]=true"), "{\"in\":{\"a\":true}}");
    same(query(DEEP ARRAY, "q[]=a&q[]=b"), "[\"a\",\"b\"]");
    same(query(DEEP ARRAY, "q[1]=a&q[0]=b"), "[\"a\",\"b\"]");
    same(query(DEEP "schema: {type: object}",
               "q[a][b][c][d][e][f][g][h][i][j][k][l][m][n][o][p][q]=1"),
         "malformed \"\"");
}

/* --- conversion ------------------------------------------------------------------------------- */

static void texts_become_what_is_wanted(void **state)
{
    (void)state;
    same(query(INTEGER, "q=5"), "5");
    same(query(INTEGER, "q=-5"), "-5");
    same(query(INTEGER, "q=%2B5"), "5");
    same(query(INTEGER, "q=007"), "7");
    same(query(INTEGER, "q=-007"), "-7");
    same(query(INTEGER, "q=0"), "0");
    same(query(INTEGER, "q=00"), "0");
    same(query(INTEGER, "q=1.5"), "1.5"); /* the validator will say that it is no integer */
    same(query(INTEGER, "q=12345678901234567890"), "12345678901234567890");
    same(query("schema: {type: number}", "q=1.50e-3"), "1.50e-3");
    same(query(INTEGER, "q=abc"), "\"abc\"");
    same(query(INTEGER, "q="), "\"\"");
    same(query(INTEGER, "q=5x"), "\"5x\"");
    same(query(INTEGER, "q=5."), "\"5.\"");
    same(query(INTEGER, "q=.5"), "\".5\"");
    same(query(INTEGER, "q=1e"), "\"1e\"");
    same(query(INTEGER, "q=-"), "\"-\"");
    same(query(INTEGER, "q=NaN"), "\"NaN\"");
    same(query(INTEGER, "q=0x10"), "\"0x10\"");
    same(query("schema: {type: boolean}", "q=true"), "true");
    same(query("schema: {type: boolean}", "q=false"), "false");
    same(query("schema: {type: boolean}", "q=True"), "\"True\"");
    same(query("schema: {type: boolean}", "q=1"), "\"1\"");
    same(query("schema: {type: 'null'}", "q=null"), "null");
    same(query("schema: {type: 'null'}", "q="), "null");
    same(query(STRING, "q=5"), "\"5\"");
    same(query(STRING, "q=null"), "\"null\"");
    same(query("schema: {}", "q=5"), "\"5\"");
    same(query("schema: true", "q=5"), "\"5\"");
    same(query("schema: false", "q=5"), "\"5\"");
    same(query("description: no schema", "q=5"), "\"5\"");
}

static void schemas_are_looked_through(void **state)
{
    (void)state;
    same(query("schema: {$ref: '#/components/schemas/Int'}", "q=5"), "5");
    same(query("schema: {$ref: '#/components/schemas/Ids'}", "q=5&q=6"), "[5,6]");
    same(query("schema: {type: [integer, 'null']}", "q=5"), "5");
    same(query("schema: {type: [integer, 'null']}", "q="), "null");
    same(query("schema: {anyOf: [{type: integer}, {type: 'null'}]}", "q=null"), "null");
    same(query("schema: {anyOf: [{type: string}, {type: 'null'}]}", "q=null"), "\"null\"");
    same(query("schema: {allOf: [{minimum: 1}, {type: integer}]}", "q=5"), "5");
    same(query("schema: {allOf: [{type: [string, integer]}, {type: [integer, boolean]}]}", "q=5"),
         "5");
    same(query("schema: {enum: [1, 2]}", "q=2"), "2");
    same(query("schema: {const: true}", "q=true"), "true");
    same(query("schema: {items: {type: integer}}", "q=1&q=2"), "[1,2]");
    same(query("schema: {type: array, prefixItems: [{type: integer}, {type: boolean}],"
               " items: {type: string}}",
               "q=1&q=true&q=3"),
         "[1,true,\"3\"]");
    same(query("schema: {type: object, additionalProperties: {type: integer}}", "a=1&b=2"),
         "{\"a\":1,\"b\":2}");
    same(query("schema: {type: object, patternProperties: {'^x-': {type: boolean}}}",
               "x-a=true&y=true"),
         "{\"x-a\":true,\"y\":\"true\"}");
    same(query("schema: {type: object, properties: {a: {type: array, items: {type: integer}}}}",
               "a=1&a=2"),
         "{\"a\":[1,2]}");
}

static void the_reading_that_is_valid_wins(void **state)
{
    (void)state;
    same(query("schema: {type: [string, integer]}", "q=5"), "\"5\"");
    same(query("schema: {anyOf: [{type: integer}, {type: string, enum: [auto]}]}", "q=5"), "5");
    same(query("schema: {anyOf: [{type: integer}, {type: string, enum: [auto]}]}", "q=auto"),
         "\"auto\"");
    same(query("schema: {anyOf: [{type: integer, maximum: 9}, {type: string, enum: [auto]}]}",
               "q=50"),
         "50"); /* neither is valid: a number is what was meant */
    same(query("schema: {anyOf: [{type: string}, {type: array, items: {type: string}}]}", "q=a"),
         "\"a\"");
    same(
        query("schema: {anyOf: [{type: string}, {type: array, items: {type: string}}]}", "q=a&q=b"),
        "[\"a\",\"b\"]");
    same(query("schema: {anyOf: [{type: array, items: {type: integer}}, {type: 'null'}]}", "q=7"),
         "[7]");
    same(query("schema: {anyOf: [{type: array, items: {type: integer}}, {type: 'null'}]}", "q="),
         "null");
    same(query("explode: false, schema: {oneOf: [{type: integer}, {type: array, items: "
               "{type: integer}}]}",
               "q=1,2"),
         "[1,2]");
}

static void the_last_scalar_counts(void **state)
{
    (void)state;
    same(query(INTEGER, "q=1&q=2&q=3"), "3");
    same(query(STRING, "q=a&q="), "\"\"");
    same(cookie(INTEGER, "q=1; q=2"), "2");
}

static void empty_values_may_be_allowed(void **state)
{
    (void)state;
    same(query("allowEmptyValue: true, " INTEGER, "q="), "empty \"\"");
    same(query("allowEmptyValue: true, " INTEGER, "q"), "empty \"\"");
    same(query("allowEmptyValue: true, " ARRAY, "q=&q="), "empty \"\"");
    same(query("allowEmptyValue: true, " INTEGER, "q=5"), "5");
    same(query("allowEmptyValue: true, " INTEGER, "p="), "absent");
}

static void bytes_that_are_no_text_are_malformed(void **state)
{
    (void)state;
    same(query(STRING, "q=%zz%"), "\"%zz%\"");
    same(query(STRING, "q=%E2%82%AC"), "\"\xe2\x82\xac\"");
    same(query(STRING, "q=%00x"), "\"\\u0000x\"");
    same(query(STRING, "q=%FF"), "malformed \"\xc3\xbf\"");
    same(query(STRING, "q=%ED%A0%80"), "malformed \"\xc3\xad\xc2\xa0\xc2\x80\"");
    same(query(ARRAY, "q=a&q=%C0%80"), "malformed \"\xc3\x80\xc2\x80\"");
    same(query(COLOR, "R=%80"), "malformed \"\"");
    same(path(STRING, "%ff"), "malformed \"\xc3\xbf\"");
    same(header(STRING, "\xe9"), "malformed \"\xc3\xa9\"");
    same(header(STRING, "\xc3\xa9"), "\"\xc3\xa9\"");
}

/* --- headers, cookies, content ------------------------------------------------------------------
 */

static void headers(void **state)
{
    (void)state;
    same(header(STRING, "  a b\t"), "\"a b\"");
    same(header(STRING, "a%20b"), "\"a%20b\"");
    same(header(INTEGER, "5"), "5");
    same(header(ARRAY, "a, b,c"), "[\"a\",\"b\",\"c\"]");
    same(header(ARRAY, "a%2Cb"), "[\"a%2Cb\"]");
    same(header(COLOR, "R, 100, G, 200"), "{\"R\":100,\"G\":200}");
    same(header("explode: true, " COLOR, "R=100, G=200"), "{\"R\":100,\"G\":200}");
    same(header(STRING, ""), "\"\"");
    struct request twice = {.headers = {{str_from("x-value"), str_from("1, 2")},
                                        {str_from("other"), str_from("x")},
                                        {str_from("X-VALUE"), str_from("3")}}};
    same(read_request("{name: X-Value, in: header, " INTEGERS "}", &twice), "[1,2,3]");
    same(read_request("{name: X-Value, in: header, " STRING "}", &twice), "\"1, 2, 3\"");
    same(read_request("{name: X-None, in: header, " STRING "}", &twice), "absent");
}

static void cookies(void **state)
{
    (void)state;
    same(cookie(INTEGER, "a=b; q=5; c=d"), "5");
    same(cookie(STRING, "q=\"a b\""), "\"a b\"");
    same(cookie(STRING, "q=a%20b+c"), "\"a b+c\"");
    same(cookie(STRING, "a=b;q=x=y;"), "\"x=y\"");
    same(cookie(STRING, "q; a=b"), "absent");
    same(cookie(STRING, "Q=1"), "absent");
    same(cookie(ARRAY, "q=a; q=b"), "[\"a\",\"b\"]");
    same(cookie("explode: false, " ARRAY, "q=a,b"), "[\"a\",\"b\"]");
    same(cookie(COLOR, "R=1; G=2"), "{\"R\":1,\"G\":2}");
    same(cookie("explode: false, " COLOR, "q=R,1,G,2"), "{\"R\":1,\"G\":2}");
    struct request twice = {
        .headers = {{str_from("Cookie"), str_from("a=b")}, {str_from("cookie"), str_from("q=7")}}};
    same(read_request("{name: q, in: cookie, " INTEGER "}", &twice), "7");
    same(read_request("{name: q, in: cookie, " INTEGER "}", &(struct request){0}), "absent");
}

static void content(void **state)
{
    (void)state;
#define JSON "content: {application/json: {schema: {type: object}}}"
    same(query(JSON, "q={\"a\":[1,2.50]}"), "{\"a\":[1,2.50]}");
    same(query(JSON, "q=%7B%22a%22%3A%22b+c%22%7D"), "{\"a\":\"b c\"}");
    same(query(JSON, "q={"), "malformed \"{\"");
    same(query(JSON, "q=plain"), "malformed \"plain\"");
    same(query(JSON, "r=1"), "absent");
    same(query("content: {text/plain: {schema: {type: integer}}}", "q=5"), "\"5\"");
    same(header(JSON, "{\"a\": 1}"), "{\"a\":1}");
    same(path(JSON, "%7B%7D"), "{}");
    same(cookie(JSON, "q=%7B%7D"), "{}");
}

static void deep_json_is_bounded(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, NULL);
    buf_add_text(&text, "q=");
    for (int i = 0; i < 5000; i++)
        buf_add_char(&text, '[');
    assert_int_equal(strncmp(query(JSON, buf_text(&text)), "malformed", 9), 0);
    buf_free(&text);
}

static void open_objects_leave_the_others_their_names(void **state)
{
    (void)state;
    struct request request = {.query = "a=1&limit=5&b=2&f[x]=3&c=4"};
    same(read_request("{name: rest, in: query, schema: {type: object, additionalProperties: "
                      "{type: integer}}}, {name: limit, in: query, " INTEGER "}, {name: f, in: "
                      "query, style: deepObject, schema: {type: object}}",
                      &request),
         "{\"a\":1,\"b\":2,\"c\":4}");
}

static void each_value_knows_how_it_was_sent(void **state)
{
    (void)state;
    struct contract *contract =
        load_sound("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /p:\n    get:\n"
                   "      parameters: [{name: q, in: query, schema: {type: array, items: {type: "
                   "integer}}}]\n");
    struct operation *operation = operation_named(contract, "GET /p");
    assert_true(operation_prepare(contract, operation, NULL));
    struct parameter_input input = {.query = str_from("q=%2B007&q=a%20b")};
    struct json_node *value;
    assert_int_equal(parameter_read(&operation->parameters[0], &input, &arena, &value),
                     PARAMETER_PRESENT);
    assert_str(json_text(json_element(value, 0)), "7");
    assert_str(json_source_text(json_element(value, 0)), "+007");
    assert_str(json_text(json_element(value, 1)), "a b");
    assert_str(json_source_text(json_element(value, 1)), "a b");
    arena_clear(&arena);
    contract_release(contract);
}

/* OpenAPI 3.0 says `nullable` where 3.1 has a type "null". */
static void older_documents_have_nullable(void **state)
{
    (void)state;
    struct contract *contract = load_sound(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /p:\n    get:\n"
        "      parameters: [{name: q, in: query, schema: {type: integer, nullable: true}}]\n"
        "      responses: {'200': {description: d}}\n");
    struct operation *operation = operation_named(contract, "GET /p");
    assert_true(operation_prepare(contract, operation, NULL));
    struct parameter_input input = {.query = str_from("q=")};
    struct json_node *value;
    assert_int_equal(parameter_read(&operation->parameters[0], &input, &arena, &value),
                     PARAMETER_PRESENT);
    assert_int_equal(value->type, JSON_NULL);
    arena_clear(&arena);
    contract_release(contract);
}

static void long_lists_are_read_quickly(void **state)
{
    (void)state;
    struct parameter parameter = {
        .name = str_from("q"), .in = PARAMETER_QUERY, .style = STYLE_FORM, .explode = true};
    struct buf text;
    buf_init(&text, NULL);
    for (int i = 0; i < 50000; i++)
        buf_add_text(&text, "q=1&");
    struct parameter_input input = {.query = buf_str(&text)};
    struct json_node *value;
    assert_int_equal(parameter_read(&parameter, &input, &arena, &value), PARAMETER_PRESENT);
    arena_clear(&arena);
    buf_free(&text);
}

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 4096, NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple),
        cmocka_unit_test(label),
        cmocka_unit_test(matrix),
        cmocka_unit_test(form),
        cmocka_unit_test(delimited),
        cmocka_unit_test(deep_object),
        cmocka_unit_test(texts_become_what_is_wanted),
        cmocka_unit_test(schemas_are_looked_through),
        cmocka_unit_test(the_reading_that_is_valid_wins),
        cmocka_unit_test(the_last_scalar_counts),
        cmocka_unit_test(empty_values_may_be_allowed),
        cmocka_unit_test(bytes_that_are_no_text_are_malformed),
        cmocka_unit_test(headers),
        cmocka_unit_test(cookies),
        cmocka_unit_test(content),
        cmocka_unit_test(deep_json_is_bounded),
        cmocka_unit_test(open_objects_leave_the_others_their_names),
        cmocka_unit_test(each_value_knows_how_it_was_sent),
        cmocka_unit_test(older_documents_have_nullable),
        cmocka_unit_test(long_lists_are_read_quickly),
    };
    return cmocka_run_group_tests(tests, open_arena, NULL);
}
