/* diag: collected, sorted, printed with the line and a caret at the right character. */
#include "base/diag.h"

#include "base/clock.h"
#include "base/mem.h"

#include "support/unit.h"

#include <stdlib.h>

static struct place at(const struct source *source, size_t offset)
{
    return (struct place){source, offset};
}

static void assert_printed(const struct diags *diags, const char *wanted)
{
    struct buf out;
    buf_init(&out, NULL);
    diags_print(diags, &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_free(&out);
}

/* One error at `offset` of a text prints as wanted. */
static void assert_excerpt(const char *text, size_t offset, const char *wanted)
{
    struct source source = {.name = "f", .text = str_from(text)};
    struct diags diags;
    diags_init(&diags);
    diag_error(&diags, at(&source, offset), NULL, "bad");
    assert_printed(&diags, wanted);
    diags_free(&diags);
}

static void test_a_whole_diagnostic(void **state)
{
    (void)state;
    struct source source = {.name = "spec/a.yaml", .text = str_from("one: 1\ntwo: 2\n")};
    struct diags diags;
    diags_init(&diags);
    char remedy[] = "write three";
    diag_warning(&diags, at(&source, 12), remedy, "expected %d, found \"%s\"", 3, "2");
    memset(remedy, 'x', 5);
    assert_int_equal(diags.warnings, 1);
    assert_int_equal(diags.errors, 0);
    assert_printed(&diags, "spec/a.yaml:2:6: warning: expected 3, found \"2\"\n"
                           "  two: 2\n"
                           "       ^\n"
                           "  help: write three\n");
    struct buf line;
    buf_init(&line, NULL);
    diag_print_line(diags.first, &line);
    assert_string_equal(buf_text(&line), "spec/a.yaml:2:6: expected 3, found \"2\" (write three)");
    buf_free(&line);
    diags_free(&diags);
}

static void test_no_particular_place(void **state)
{
    (void)state;
    struct diags diags;
    diags_init(&diags);
    diag_error(&diags, at(NULL, 0), "look elsewhere", "no such file");
    assert_printed(&diags, "error: no such file\n  help: look elsewhere\n");
    struct buf line;
    buf_init(&line, NULL);
    diag_print_line(diags.first, &line);
    assert_string_equal(buf_text(&line), "no such file (look elsewhere)");
    buf_free(&line);
    diags_free(&diags);
}

static void test_the_caret_stands_under_the_character(void **state)
{
    (void)state;
    assert_excerpt("abc", 0, "f:1:1: error: bad\n  abc\n  ^\n");
    assert_excerpt("abc", 2, "f:1:3: error: bad\n  abc\n    ^\n");
    assert_excerpt("\u00e9\u20ac: x", 7, "f:1:5: error: bad\n  \u00e9\u20ac: x\n      ^\n");
    assert_excerpt("\ta:\tx", 4, "f:1:5: error: bad\n  \ta:\tx\n  \t  \t^\n");
    assert_excerpt("a\r\nb c\r\nd", 5, "f:2:3: error: bad\n  b c\n    ^\n");
}

static void test_places_at_the_ends(void **state)
{
    (void)state;
    assert_excerpt("", 0, "f:1:1: error: bad\n  \n  ^\n");
    assert_excerpt("abc", 3, "f:1:4: error: bad\n  abc\n     ^\n");
    assert_excerpt("abc", 99, "f:1:4: error: bad\n  abc\n     ^\n");
    assert_excerpt("abc\n", 4, "f:2:1: error: bad\n  \n  ^\n");
    assert_excerpt("abc\ndef", 3, "f:1:4: error: bad\n  abc\n     ^\n");
    assert_excerpt("\n\n", 1, "f:2:1: error: bad\n  \n  ^\n");
}

static void test_control_characters_are_not_shown(void **state)
{
    (void)state;
    assert_excerpt("a\x1b[2J\x7f"
                   "b",
                   6, "f:1:7: error: bad\n  a?[2J?b\n        ^\n");
    struct diags diags;
    diags_init(&diags);
    diag_error(&diags, at(NULL, 0), "write \x1b", "the name \"%s\"", "a\nb\x07");
    assert_printed(&diags, "error: the name \"a?b?\"\n  help: write ?\n");
    struct buf line;
    buf_init(&line, NULL);
    diag_print_line(diags.first, &line);
    assert_string_equal(buf_text(&line), "the name \"a?b?\" (write ?)");
    buf_free(&line);
    diags_free(&diags);
}

/* The line under the message, without its indent. */
static struct str excerpt_of(const struct buf *out)
{
    struct str rest = buf_str(out);
    rest = str_after(rest, str_find_char(rest, '\n') + 3);
    return str_make(rest.data, str_find_char(rest, '\n'));
}

static void test_long_lines_are_cut_around_the_caret(void **state)
{
    (void)state;
    enum { LENGTH = 5000 };
    char *text = mem_alloc(LENGTH);
    const size_t offsets[] = {0, 79, 80, 81, 2500, 4990, 5000};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        memset(text, '.', LENGTH);
        if (offsets[i] < LENGTH)
            text[offsets[i]] = '!';
        struct source source = {.name = "f", .text = str_make(text, LENGTH)};
        struct diags diags;
        diags_init(&diags);
        diag_error(&diags, at(&source, offsets[i]), NULL, "bad");
        struct buf out;
        buf_init(&out, NULL);
        diags_print(&diags, &out);
        struct str line = excerpt_of(&out);
        assert_in_range(line.len, 80, 160);
        size_t caret =
            str_find_char(str_after(buf_str(&out), (size_t)(line.data - out.data)), '^') -
            line.len - strlen("\n  ");
        assert_int_equal(caret, str_find_char(line, '!'));
        buf_free(&out);
        diags_free(&diags);
    }
    free(text);
}

static void test_sorted_by_source_and_place(void **state)
{
    (void)state;
    struct source a = {.name = "a", .text = str_from("12\n34")};
    struct source b = {.name = "b", .text = str_from("56")};
    struct source a_again = {.name = "a", .text = str_from("12\n34")};
    struct diags diags;
    diags_init(&diags);
    diag_error(&diags, at(&b, 0), NULL, "6");
    diag_error(&diags, at(&a, 4), NULL, "5");
    diag_error(&diags, at(&a_again, 3), NULL, "4");
    diag_error(&diags, at(&a, 1), NULL, "2");
    diag_warning(&diags, at(&a, 1), NULL, "3");
    diag_error(&diags, at(NULL, 9), NULL, "1");
    assert_printed(&diags, "error: 1\n"
                           "a:1:2: error: 2\n  12\n   ^\n"
                           "a:1:2: warning: 3\n  12\n   ^\n"
                           "a:2:1: error: 4\n  34\n  ^\n"
                           "a:2:2: error: 5\n  34\n   ^\n"
                           "b:1:1: error: 6\n  56\n  ^\n");
    diags_free(&diags);
}

static void test_none_print_nothing(void **state)
{
    (void)state;
    struct diags diags;
    diags_init(&diags);
    assert_printed(&diags, "");
    diags_free(&diags);
}

static void test_a_flood_is_counted_but_not_kept(void **state)
{
    (void)state;
    struct diags diags, other;
    diags_init(&diags);
    diags_init(&other);
    for (int i = 0; i < 1500; i++)
        diag_error(&diags, at(NULL, 0), NULL, "%d", i);
    assert_int_equal(diags.errors, 1500);
    struct buf out;
    buf_init(&out, NULL);
    diags_print(&diags, &out);
    assert_true(str_ends_with(buf_str(&out), "error: 999\n500 more diagnostics not shown\n"));
    diag_warning(&other, at(NULL, 0), NULL, "first");
    diags_append(&other, &diags);
    assert_int_equal(other.errors, 1500);
    assert_int_equal(other.warnings, 1);
    out.len = 0;
    diags_print(&other, &out);
    assert_true(str_starts_with(buf_str(&out), "warning: first\nerror: 0\n"));
    assert_true(str_ends_with(buf_str(&out), "error: 998\n501 more diagnostics not shown\n"));
    buf_free(&out);
    diags_free(&other);
    diags_free(&diags);
}

static void test_appended_ones_are_copies(void **state)
{
    (void)state;
    struct source source = {.name = "f", .text = str_from("x")};
    struct diags one, two;
    diags_init(&one);
    diags_init(&two);
    diag_error(&two, at(&source, 0), "do", "say");
    diags_append(&one, &two);
    diags_free(&two);
    assert_printed(&one, "f:1:1: error: say\n  x\n  ^\n  help: do\n");
    diags_free(&one);
}

static void test_freed_ones_can_be_used_again(void **state)
{
    (void)state;
    struct diags diags;
    diags_init(&diags);
    diag_error(&diags, at(NULL, 0), NULL, "old");
    diags_free(&diags);
    assert_int_equal(diags.errors, 0);
    diag_error(&diags, at(NULL, 0), NULL, "new");
    assert_printed(&diags, "error: new\n");
    diags_free(&diags);
}

/* A thousand mistakes at the end of 4 MB in one line must not cost 4 GB of looking. */
static void test_many_places_in_a_large_text_are_quick(void **state)
{
    (void)state;
    enum { SIZE = 4 << 20 };
    char *text = mem_alloc(SIZE);
    memset(text, 'x', SIZE);
    struct source source = {.name = "f", .text = str_make(text, SIZE)};
    struct diags diags;
    diags_init(&diags);
    for (size_t i = 0; i < 1000; i++)
        diag_error(&diags, at(&source, SIZE - 1 - i), NULL, "bad");
    struct buf out;
    buf_init(&out, NULL);
    uint64_t start = clock_monotonic_ns();
    diags_print(&diags, &out);
    uint64_t took = clock_monotonic_ns() - start;
    assert_true(str_starts_with(buf_str(&out), "f:1:4193305: error: bad\n"));
    assert_in_range(took, 0, UINT64_C(2000000000));
    buf_free(&out);
    diags_free(&diags);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_diagnostic),
        cmocka_unit_test(test_no_particular_place),
        cmocka_unit_test(test_the_caret_stands_under_the_character),
        cmocka_unit_test(test_places_at_the_ends),
        cmocka_unit_test(test_control_characters_are_not_shown),
        cmocka_unit_test(test_long_lines_are_cut_around_the_caret),
        cmocka_unit_test(test_sorted_by_source_and_place),
        cmocka_unit_test(test_none_print_nothing),
        cmocka_unit_test(test_a_flood_is_counted_but_not_kept),
        cmocka_unit_test(test_appended_ones_are_copies),
        cmocka_unit_test(test_freed_ones_can_be_used_again),
        cmocka_unit_test(test_many_places_in_a_large_text_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
