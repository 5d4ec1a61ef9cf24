/* node: finding, building, replacing, removing and copying, and cJSON's view of it all. */
#include "json/node.h"

#include "support/unit.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 4096, NULL);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static struct json_node *number(const char *lexeme)
{
    return json_new_number(&arena, str_from(lexeme));
}

static void set(struct json_node *object, const char *name, struct json_node *value)
{
    json_set(&arena, object, str_from(name), value);
}

/* The names in order, each followed by a blank; and the links of the list hold. */
static void assert_names(const struct json_node *object, const char *expected)
{
    struct buf names;
    buf_init(&names, &arena);
    size_t count = 0;
    const struct json_node *last = NULL;
    for (const struct json_node *m = json_first(object); m != NULL; m = json_next(m)) {
        if (last != NULL)
            assert_ptr_equal(m->c.prev, &last->c);
        buf_add_str(&names, json_name(m));
        buf_add_char(&names, ' ');
        last = m;
        count++;
    }
    if (last != NULL)
        assert_ptr_equal(object->c.child->prev, &last->c);
    assert_int_equal(object->size, count);
    assert_string_equal(buf_text(&names), expected);
}

static struct json_node *object_of(const char *names)
{
    struct json_node *object = json_new(&arena, JSON_OBJECT);
    for (; *names != '\0'; names++)
        json_set(&arena, object, str_make(names, 1), number("1"));
    return object;
}

static void test_members_are_found_by_exact_name(void **state)
{
    (void)state;
    struct json_node *object = json_new(&arena, JSON_OBJECT);
    set(object, "id", json_new_string(&arena, str_from("x")));
    json_set(&arena, object, str_make("a\0b", 3), number("7"));
    assert_non_null(json_member(object, "id"));
    assert_null(json_member(object, "ID"));
    assert_null(json_member(object, "a"));
    assert_non_null(json_member_str(object, str_make("a\0b", 3)));
    assert_null(json_member(NULL, "id"));
    assert_null(json_member(number("1"), "id"));
    assert_ptr_equal(cJSON_GetObjectItemCaseSensitive(json_cjson(object), "id"),
                     json_member(object, "id"));
}

static void test_setting_replaces_in_place(void **state)
{
    (void)state;
    struct json_node *object = object_of("abc");
    assert_names(object, "a b c ");
    const char *each[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++) {
        struct json_node *value = number("2");
        set(object, each[i], value);
        assert_names(object, "a b c ");
        assert_ptr_equal(json_member(object, each[i]), value);
    }
    struct json_node *only = object_of("x");
    set(only, "x", number("3"));
    assert_names(only, "x ");
    set(only, "y", number("4"));
    assert_names(only, "x y ");
    struct json_node *same = json_member(only, "x");
    set(only, "x", same);
    assert_names(only, "x y ");
}

static void test_removal_at_every_place(void **state)
{
    (void)state;
    const char *left[] = {"b c ", "a c ", "a b "};
    for (size_t i = 0; i < 3; i++) {
        struct json_node *object = object_of("abc");
        json_remove(object, json_member_str(object, str_make(&"abc"[i], 1)));
        assert_names(object, left[i]);
        set(object, "z", number("1"));
    }
    struct json_node *object = object_of("a");
    json_remove(object, json_member(object, "a"));
    assert_names(object, "");
    set(object, "b", number("1"));
    assert_names(object, "b ");
}

static void test_elements(void **state)
{
    (void)state;
    struct json_node *array = json_new(&arena, JSON_ARRAY);
    assert_null(json_element(array, 0));
    for (int i = 0; i < 5; i++)
        json_append(array, json_new_bool(&arena, i % 2 == 0));
    assert_int_equal(cJSON_GetArraySize(json_cjson(array)), 5);
    assert_true(json_is_true(json_element(array, 4)));
    assert_false(json_is_true(json_element(array, 3)));
    assert_null(json_element(array, 5));
    assert_null(json_element(json_element(array, 0), 0));
}

/* As merging does: a member that is known to be new goes to the end under its name. */
static void test_a_copied_member_is_appended_under_its_name(void **state)
{
    (void)state;
    struct json_node *object = object_of("ab");
    struct json_node *copy = json_copy(&arena, json_member(object, "a"));
    struct json_node *other = object_of("c");
    json_append(other, copy);
    assert_names(other, "c a ");
    assert_ptr_equal(json_member(other, "a"), copy);
    struct json_node *array = json_new(&arena, JSON_ARRAY);
    json_append(array, json_copy(&arena, copy));
    assert_null(json_element(array, 0)->c.string);
    assert_int_equal(json_element(array, 0)->name_hash, 0);
}

static void test_text_of_members(void **state)
{
    (void)state;
    struct json_node *object = object_of("n");
    set(object, "s", json_new_string(&arena, str_from("text")));
    assert_true(str_is(json_member_text(object, "s", str_from("no")), "text"));
    assert_true(str_is(json_member_text(object, "n", str_from("no")), "no"));
    assert_true(str_is(json_member_text(object, "x", str_from("no")), "no"));
    assert_true(str_is(json_member_text(NULL, "x", str_from("no")), "no"));
}

static void test_numbers_are_read_exactly(void **state)
{
    (void)state;
    const char *lexemes[] = {"0",
                             "-0",
                             "1",
                             "-1",
                             "1.0",
                             "0.1",
                             "-0.30000000000000004",
                             "123456789012345",
                             "1234567890123456",
                             "9007199254740993",
                             "1e22",
                             "1e23",
                             "1.5e-7",
                             "1E+2",
                             "123e-22",
                             "1e-400",
                             "5e-324",
                             "1.7976931348623157e308",
                             "12345678901234567890",
                             "0.000000000000000000000000000001",
                             "1e0000000000000000000000000000000000005",
                             "999999999999999e22"};
    for (size_t i = 0; i < sizeof lexemes / sizeof *lexemes; i++) {
        const struct json_node *node = number(lexemes[i]);
        double expected = strtod(lexemes[i], NULL);
        assert_memory_equal(&node->c.valuedouble, &expected, sizeof expected);
        bool plain = strpbrk(lexemes[i], ".eE") == NULL;
        assert_int_equal((node->flags & JSON_PLAIN_INTEGER) != 0, plain);
        assert_int_equal(node->c.type, cJSON_Number);
    }
    assert_true(isinf(number("1e400")->c.valuedouble));
    assert_true(isinf(number("-Infinity")->c.valuedouble));
    assert_true(isnan(number("NaN")->c.valuedouble));
    assert_int_equal(number("NaN")->c.valueint, 0);
    assert_int_equal(number("NaN")->flags, JSON_NOT_FINITE);
    assert_int_equal(number("1e10")->c.valueint, INT_MAX);
    assert_int_equal(number("-1e10")->c.valueint, INT_MIN);
    assert_int_equal(number("-7.9")->c.valueint, -7);
}

static void test_a_copy_is_deep_and_apart(void **state)
{
    (void)state;
    struct json_node *root = json_new(&arena, JSON_OBJECT);
    struct json_node *inner = root;
    for (int depth = 0; depth < 5000; depth++) {
        struct json_node *next = json_new(&arena, depth % 2 == 0 ? JSON_ARRAY : JSON_OBJECT);
        if (inner->type == JSON_OBJECT)
            set(inner, "in", next);
        else
            json_append(inner, next);
        inner = next;
    }
    set(root, "after", json_new_string(&arena, str_make("a\0b", 3)));
    root->flags |= JSON_COMPACT;

    struct arena other;
    arena_init(&other, 4096, NULL);
    struct json_node *copy = json_copy(&other, root);
    assert_int_equal(copy->flags & JSON_COMPACT, 0);
    assert_names(copy, "in after ");
    assert_true(str_equal(json_text(json_member(copy, "after")), str_make("a\0b", 3)));
    assert_ptr_not_equal(json_member(copy, "after"), json_member(root, "after"));
    int depth = 0;
    for (const struct json_node *n = copy; json_first(n) != NULL; n = json_first(n))
        depth++;
    assert_int_equal(depth, 5000);
    json_remove(copy, json_member(copy, "in"));
    assert_names(root, "in after ");
    arena_clear(&other);
}

static void test_type_names(void **state)
{
    (void)state;
    const char *names[] = {"null", "boolean", "boolean", "number", "string", "array", "object"};
    for (int type = JSON_NULL; type <= JSON_OBJECT; type++)
        assert_string_equal(json_type_name((enum json_type)type), names[type]);
    assert_true(cJSON_IsNull(json_cjson(json_new(&arena, JSON_NULL))));
    assert_true(cJSON_IsTrue(json_cjson(json_new_bool(&arena, true))));
    assert_true(cJSON_IsString(json_cjson(json_new(&arena, JSON_STRING))));
    assert_true(cJSON_IsNumber(json_cjson(json_new(&arena, JSON_NUMBER))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members_are_found_by_exact_name),
        cmocka_unit_test(test_setting_replaces_in_place),
        cmocka_unit_test(test_removal_at_every_place),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_a_copied_member_is_appended_under_its_name),
        cmocka_unit_test(test_text_of_members),
        cmocka_unit_test(test_numbers_are_read_exactly),
        cmocka_unit_test(test_a_copy_is_deep_and_apart),
        cmocka_unit_test(test_type_names),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
