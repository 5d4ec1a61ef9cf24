/* record_text: what is found in a text is what a reader finds in its tree. */
#include "mock/record_text.h"

#include "json/reader.h"
#include "json/writer.h"

#include "support/unit.h"

static struct str find(struct arena *arena, struct str text, const char *first, const char *second)
{
    struct str_list names = {NULL, 0};
    str_list_add(&names, arena, str_from(first));
    if (second != NULL)
        str_list_add(&names, arena, str_from(second));
    struct record_member member = {.names = &names};
    record_text_find(text, &member, 1);
    return member.value;
}

static struct json_node *parse(struct arena *arena, struct str text)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "record", .text = text};
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    assert_true(json_read(arena, source, &options, &document, &error));
    return document.root;
}

static const char *const texts[] = {
    "{\"id\":\"a\",\"up\":\"b\"}",
    "{\"up\":null,\"id\":\"\",\"n\":-1.5e3}",
    "{}",
    "{\"deep\":{\"up\":1,\"x\":[{\"id\":\"}\"},[],\"]\"]},\"id\":7,\"up\":[\"id\",{}]}",
    "{\"text\":\"a \\\"quote\\\\\",\"id\":\"\\u0041\\\"\",\"up\":\"\\\\\"}",
    " { \"id\" : \"spaced\" ,\n\t\"up\" : { \"id\" : true } }",
    "{\"i\\u0064\":\"by escape\",\"u\\u0070\":\"b\"}",
    "{\"a long name, over a vector\":\"0123456789012345678901234567890123456789\",\"up\":\"x\"}",
    "{\"id\":\"0123456789012345678901234567890\\n123456789\",\"up\":\"x\"}",
    "[\"id\"]",
    "\"id\"",
    "5",
};

static void test_members_are_those_of_the_tree(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str text = str_from(texts[i]);
        const struct json_node *tree = parse(&arena, text);
        static const char *const names[] = {"id", "up", "deep", "text", "n", "absent"};
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            const struct json_node *member = json_member(tree, names[j]);
            struct str found = find(&arena, text, names[j], NULL);
            assert_int_equal(found.data != NULL, member != NULL);
            if (member == NULL)
                continue;
            assert_true(str_equal(found, json_source_text(member)));
            struct str plain = record_text_plain(found, &arena);
            if (member->type == JSON_STRING || member->type == JSON_NUMBER)
                assert_true(plain.data != NULL && str_equal(plain, json_text(member)));
            else
                assert_true(member->type == JSON_NULL ? plain.data == NULL
                                                      : str_equal(plain, found));
        }
    }
    arena_clear(&arena);
}

static void test_nested_members(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct str text = str_from("{\"a\":{\"b\":{\"c\":1},\"d\":\"x\"},\"b\":2}");
    assert_true(str_is(find(&arena, text, "a", "d"), "\"x\""));
    assert_true(str_is(find(&arena, text, "a", "b"), "{\"c\":1}"));
    assert_null(find(&arena, text, "a", "c").data);
    assert_null(find(&arena, text, "b", "c").data);
    arena_clear(&arena);
}

static void test_several_in_one_pass(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct str_list up = {NULL, 0};
    struct str_list id = {NULL, 0};
    str_list_add(&up, &arena, str_from("up"));
    str_list_add(&id, &arena, str_from("id"));
    struct record_member members[] = {{.names = &up}, {.names = &id}, {.names = &up}};
    record_text_find(str_from("{\"id\":1,\"x\":{},\"up\":2,\"never\":\"looked at"), members, 3);
    assert_true(str_is(members[0].value, "2"));
    assert_true(str_is(members[1].value, "1"));
    assert_true(str_is(members[2].value, "2"));
    arena_clear(&arena);
}

/* Records are valid JSON; if one ever were not, nothing behind its end may be read. */
static void test_broken_texts_end(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t length = 0; length < strlen(texts[i]); length++) {
            char *copy = test_malloc(length > 0 ? length : 1);
            memcpy(copy, texts[i], length);
            find(&arena, str_make(copy, length), "up", "id");
            test_free(copy);
        }
    }
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members_are_those_of_the_tree),
        cmocka_unit_test(test_nested_members),
        cmocka_unit_test(test_several_in_one_pass),
        cmocka_unit_test(test_broken_texts_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
