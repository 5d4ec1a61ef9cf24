#include "media_text.h"

static const char *form_bytes(const char *description, struct str body)
{
    struct arena arena;
    const char *problem = NULL;
    const struct media_type *media = media_from(description);
    arena_init(&arena, 1024, NULL);
    const struct json_node *node = form_read(media, body, &arena, &problem);
    const char *answer = media_answer(node, problem);
    arena_clear(&arena);
    return answer;
}

static const char *form(const char *description, const char *body)
{
    return form_bytes(description, str_from(body));
}

#define same(actual, expected) assert_string_equal((actual), (expected))

#define PET                                                                                        \
    "schema: {type: object, properties: {id: {type: integer}, name: {type: string}, "              \
    "tags: {type: array, items: {type: string}}, alive: {type: boolean}}}"

static void declared_properties_come_first_and_have_types(void **state)
{
    (void)state;
    same(form(PET, "name=Tom&id=5"), "{\"id\":5,\"name\":\"Tom\"}");
    same(form(PET, "extra=1&alive=true&id=x"), "{\"id\":\"x\",\"alive\":true,\"extra\":\"1\"}");
    same(form(PET, "name=a+b%2Bc%26"), "{\"name\":\"a b+c&\"}");
    same(form(PET, "n%61me=Tom"), "{\"name\":\"Tom\"}");
    same(form(PET, ""), "{}");
    same(form(PET, "&&"), "{}");
    same(form(PET, "name"), "{\"name\":\"\"}");
    same(form("schema: {}", "a=1&b=2"), "{\"a\":\"1\",\"b\":\"2\"}");
    same(form("example: no schema", "a=1"), "{\"a\":\"1\"}");
    same(form("schema: {type: object, additionalProperties: {type: integer}}", "a=1&b=x"),
         "{\"a\":1,\"b\":\"x\"}");
}

static void repetition_makes_arrays_where_they_are_wanted(void **state)
{
    (void)state;
    same(form(PET, "tags=a&tags=b"), "{\"tags\":[\"a\",\"b\"]}");
    same(form(PET, "tags=a"), "{\"tags\":[\"a\"]}");
    same(form(PET, "tags[]=a&tags[]=b"), "{\"tags\":[\"a\",\"b\"]}");
    same(form(PET, "name=a&name=b&id=1&id=2"), "{\"id\":2,\"name\":\"b\"}");
    same(form(PET, "x=1&x=2"), "{\"x\":[\"1\",\"2\"]}");
    same(form(PET, "tags=[\"a\",\"b\"]"), "{\"tags\":[\"a\",\"b\"]}");
}

#define OWNER                                                                                      \
    "schema: {type: object, properties: {name: {type: string}, owner: {type: object, "             \
    "properties: {name: {type: string}, age: {type: integer}}}}}"

static void objects_are_json_or_in_brackets_or_spread_out(void **state)
{
    (void)state;
    same(form(OWNER, "owner={\"age\":5}"), "{\"owner\":{\"age\":5}}");
    same(form(OWNER, "owner=%7B%22age%22%3A+5%7D"), "{\"owner\":{\"age\":5}}");
    same(form(OWNER, "owner={age"), "{\"owner\":\"{age\"}");
    same(form(OWNER, "owner[age]=5&owner[name]=x"), "{\"owner\":{\"age\":5,\"name\":\"x\"}}");
    same(form(OWNER, "age=5&name=Tom"), "{\"name\":\"Tom\",\"owner\":{\"age\":5}}");
}

static void encoding_decides(void **state)
{
    (void)state;
    same(form(PET ", encoding: {tags: {explode: false}}", "tags=a,b"), "{\"tags\":[\"a\",\"b\"]}");
    same(form(PET ", encoding: {tags: {style: pipeDelimited}}", "tags=a|b"),
         "{\"tags\":[\"a\",\"b\"]}");
    same(form(PET ", encoding: {tags: {style: spaceDelimited}}", "tags=a+b"),
         "{\"tags\":[\"a\",\"b\"]}");
    same(form(PET ", encoding: {tags: {contentType: application/json}}", "tags=[\"x\"]"),
         "{\"tags\":[\"x\"]}");
    same(form(PET ", encoding: {name: {contentType: application/json}}", "name=\"x\""),
         "{\"name\":\"x\"}");
    same(form(OWNER ", encoding: {owner: {style: deepObject}}", "owner[age]=5&age=7"),
         "{\"owner\":{\"age\":5},\"age\":\"7\"}");
    same(form(OWNER ", encoding: {owner: {style: form, explode: false}}", "owner=age,5,name,x"),
         "{\"owner\":{\"age\":5,\"name\":\"x\"}}");
    same(form(OWNER ", encoding: {owner: {style: form, explode: false}}", "owner=age,5,name"),
         "{\"owner\":\"age,5,name\"}");
    same(form(OWNER ", encoding: {owner: {style: form}}", "age=5"), "{\"owner\":{\"age\":5}}");
}

static void nothing_breaks_it(void **state)
{
    (void)state;
    same(form_bytes(PET, str_make("name=a\0b&id=\0", 13)),
         "{\"id\":\"\\u0000\",\"name\":\"a\\u0000b\"}");
    same(form(PET, "name=%zz%&%=%"), "{\"name\":\"%zz%\",\"%\":\"%\"}");
    same(form(PET, "name=%ff&%fe=1"), "{\"name\":\"\xc3\xbf\",\"\xc3\xbe\":\"1\"}");
    same(form(PET, "=1"), "{\"\":\"1\"}");
    same(form(PET, "tags[x][y=1&tags]=2"), "{\"tags[x][y\":\"1\",\"tags]\":\"2\"}");
    same(form(OWNER, "owner[a]b]=1"), "{\"owner[a]b]\":\"1\"}");
}

static void fields_are_counted(void **state)
{
    (void)state;
    struct buf body;
    buf_init(&body, NULL);
    for (int i = 0; i < FORM_MAX_FIELDS; i++)
        buf_printf(&body, "f%d=1&", i);
    const char *answer = form_bytes(PET, buf_str(&body));
    assert_int_equal(strncmp(answer, "{\"f0\":\"1\",", 10), 0);
    buf_add_text(&body, "last=1");
    same(form_bytes(PET, buf_str(&body)), "refused: The form has more than 1000 fields");
    buf_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declared_properties_come_first_and_have_types),
        cmocka_unit_test(repetition_makes_arrays_where_they_are_wanted),
        cmocka_unit_test(objects_are_json_or_in_brackets_or_spread_out),
        cmocka_unit_test(encoding_decides),
        cmocka_unit_test(nothing_breaks_it),
        cmocka_unit_test(fields_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, release_media);
}
