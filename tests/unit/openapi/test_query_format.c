/* Arrays and objects of queries and forms, spelled as a client does and not as the document says.
 */
#include "openapi/query_format.h"

#include "contract_text.h"
#include "json/writer.h"

static const char document[] =
    "openapi: 3.1.0\n"
    "info: {title: t, version: '1'}\n"
    "paths:\n"
    "  /p:\n"
    "    post:\n"
    "      parameters:\n"
    "        - {in: query, name: ids, schema: {type: array, items: {type: integer}}}\n"
    "        - {in: query, name: f, schema: {type: object, properties: {a: {type: integer},\n"
    "           b: {type: object, properties: {c: {type: string}}}}}}\n"
    "        - {in: query, name: n, schema: {type: integer}}\n"
    "      requestBody:\n"
    "        content:\n"
    "          application/x-www-form-urlencoded:\n"
    "            schema: {type: object, properties: {ids: {type: array, items: {type: integer}},\n"
    "              f: {type: object, properties: {a: {type: integer}}}, n: {type: integer}}}\n"
    "      responses: {}\n";

static struct arena arena;
static struct contract *contract;
static struct operation *operation;

static int open_document(void **state)
{
    (void)state;
    arena_init(&arena, 4096, NULL);
    contract = load_sound(document);
    operation = operation_named(contract, "POST /p");
    assert_true(operation_prepare(contract, operation, NULL));
    return 0;
}

static int close_document(void **state)
{
    (void)state;
    contract_release(contract);
    arena_clear(&arena);
    return 0;
}

static struct query_format format_of(const char *arrays, const char *objects)
{
    struct query_format format = {QUERY_ARRAYS_AUTO, QUERY_OBJECTS_AUTO};
    assert_true(query_arrays_from(str_from(arrays), &format.arrays));
    assert_true(query_objects_from(str_from(objects), &format.objects));
    return format;
}

static const char *print(const struct json_node *node)
{
    struct buf out;
    buf_init(&out, &arena);
    if (node == NULL)
        return "absent";
    json_write(&out, node, JSON_EXACT);
    return buf_text(&out);
}

static const char *query(size_t index, const char *arrays, const char *objects, const char *text)
{
    struct parameter_input input = {.format = format_of(arrays, objects), .query = str_from(text)};
    struct json_node *value = NULL;
    parameter_read(&operation->parameters[index], &input, &arena, &value);
    return print(value);
}

static void test_arrays_in_queries(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        const char *query;
        const char *value;
    } cases[] = {
        {"auto", "ids=1&ids=2", "[1,2]"},   {"repeat", "ids=1&ids=2", "[1,2]"},
        {"repeat", "ids=1", "[1]"},         {"comma", "ids=1,2,3", "[1,2,3]"},
        {"comma", "ids=1%2C2", "[1,2]"},    {"comma", "ids=7", "[7]"},
        {"space", "ids=1%202", "[1,2]"},    {"space", "ids=1+2", "[1,2]"},
        {"pipe", "ids=1|2", "[1,2]"},       {"brackets", "ids[]=1&ids[]=2", "[1,2]"},
        {"brackets", "ids%5B%5D=1", "[1]"}, {"brackets", "ids=1&ids=2", "[1,2]"},
        {"comma", "n=1", "absent"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(query(0, cases[i].format, "auto", cases[i].query), cases[i].value);
}

static void test_objects_in_queries(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        const char *query;
        const char *value;
    } cases[] = {
        {"auto", "a=1", "{\"a\":1}"},
        {"flat", "a=1", "{\"a\":1}"},
        {"flat-comma", "f=a,1", "{\"a\":1}"},
        {"brackets", "f[a]=1", "{\"a\":1}"},
        {"brackets", "f[b][c]=x&f[a]=2", "{\"b\":{\"c\":\"x\"},\"a\":2}"},
        {"dots", "f.a=1", "{\"a\":1}"},
        {"dots", "f.b.c=x&f.a=2&n=1&fx.a=3", "{\"b\":{\"c\":\"x\"},\"a\":2}"},
        {"dots", "n=1", "absent"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(query(1, "auto", cases[i].format, cases[i].query), cases[i].value);
}

/* What is neither an array nor an object is spelled as ever. */
static void test_scalars_are_left_alone(void **state)
{
    (void)state;
    assert_string_equal(query(2, "comma", "dots", "n=5"), "5");
    assert_string_equal(query(2, "brackets", "brackets", "n=5"), "5");
}

static const char *form(const char *arrays, const char *objects, const char *body)
{
    struct query_format format = format_of(arrays, objects);
    const char *problem = NULL;
    return print(form_read_as(&operation->bodies[0], &format, str_from(body), &arena, &problem));
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *arrays;
        const char *objects;
        const char *body;
        const char *value;
    } cases[] = {
        {"auto", "auto", "ids=1&ids=2&f[a]=3&n=4", "{\"ids\":[1,2],\"f\":{\"a\":3},\"n\":4}"},
        {"comma", "auto", "ids=1,2&n=4", "{\"ids\":[1,2],\"n\":4}"},
        {"pipe", "auto", "ids=1|2", "{\"ids\":[1,2]}"},
        {"space", "auto", "ids=1+2", "{\"ids\":[1,2]}"},
        {"brackets", "brackets", "ids[]=1&ids[]=2&f[a]=3", "{\"ids\":[1,2],\"f\":{\"a\":3}}"},
        {"auto", "flat-comma", "f=a,3", "{\"f\":{\"a\":3}}"},
        {"auto", "dots", "f.a=3&n=4&x.y=5", "{\"f\":{\"a\":3},\"n\":4,\"x.y\":\"5\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(form(cases[i].arrays, cases[i].objects, cases[i].body), cases[i].value);
}

static void test_unknown_words(void **state)
{
    (void)state;
    enum query_arrays arrays = QUERY_ARRAYS_PIPE;
    enum query_objects objects = QUERY_OBJECTS_DOTS;
    static const char *const wrong[] = {"", "tabs", "Comma", "comma ", "flat comma"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(query_arrays_from(str_from(wrong[i]), &arrays));
        assert_false(query_objects_from(str_from(wrong[i]), &objects));
    }
    assert_false(query_arrays_from((struct str){NULL, 0}, &arrays));
    assert_int_equal(arrays, QUERY_ARRAYS_PIPE);
    assert_int_equal(objects, QUERY_OBJECTS_DOTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrays_in_queries),      cmocka_unit_test(test_objects_in_queries),
        cmocka_unit_test(test_scalars_are_left_alone), cmocka_unit_test(test_forms),
        cmocka_unit_test(test_unknown_words),
    };
    return cmocka_run_group_tests(tests, open_document, close_document);
}
