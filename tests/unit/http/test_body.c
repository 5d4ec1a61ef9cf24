/* body: whatever the source deals out, the body is whole or refused. */
#include "http/body.h"

#include "support/unit.h"

/* Deals out `text` in pieces of `piece` bytes, then gives `end` for ever. */
struct dealer {
    const char *text;
    size_t left;
    size_t piece;
    int end;
    size_t asked; /* the largest number of bytes asked for */
};

static int deal(void *context, void *to, size_t size)
{
    struct dealer *dealer = context;
    if (size > dealer->asked)
        dealer->asked = size;
    size_t n = size < dealer->piece ? size : dealer->piece;
    if (n > dealer->left)
        n = dealer->left;
    if (n == 0)
        return dealer->end;
    memcpy(to, dealer->text, n);
    dealer->text += n;
    dealer->left -= n;
    return (int)n;
}

static struct refusal read_with(struct dealer *dealer, struct framing framing, size_t max,
                                struct arena *arena, struct str *body)
{
    struct body_source source = {.read = deal, .context = dealer};
    arena_init(arena, 1024, NULL);
    return body_read(&framing, max, source, arena, body);
}

static void test_pieces_are_joined(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 12; piece++) {
        struct arena arena;
        struct str body;
        struct dealer dealer = {"hello world", 11, piece, -1, 0};
        struct framing framing = {.has_length = true, .length = 11};
        assert_int_equal(read_with(&dealer, framing, 100, &arena, &body).status, 0);
        assert_true(str_is(body, "hello world"));
        assert_int_equal(body.data[body.len], '\0');
        arena_clear(&arena);
    }
}

static void test_only_the_announced_bytes_are_taken(void **state)
{
    (void)state;
    struct arena arena;
    struct str body;
    struct dealer dealer = {"hello world", 11, 100, -1, 0};
    struct framing framing = {.has_length = true, .length = 5};
    assert_int_equal(read_with(&dealer, framing, 100, &arena, &body).status, 0);
    assert_true(str_is(body, "hello"));
    assert_int_equal(dealer.left, 6);
    arena_clear(&arena);
}

static void test_missing_bytes_are_refused(void **state)
{
    (void)state;
    static const struct {
        int end;
        int status;
    } cases[] = {{-1, 400}, {0, 408}};
    for (int i = 0; i < 2; i++) {
        struct arena arena;
        struct str body;
        struct dealer dealer = {"hello", 5, 2, cases[i].end, 0};
        struct framing framing = {.has_length = true, .length = 6};
        assert_int_equal(read_with(&dealer, framing, 100, &arena, &body).status, cases[i].status);
        arena_clear(&arena);
    }
}

static void test_too_large_is_refused_unread(void **state)
{
    (void)state;
    struct arena arena;
    struct str body;
    struct dealer dealer = {"hello", 5, 5, -1, 0};
    struct framing framing = {.has_length = true, .length = UINT64_MAX};
    assert_int_equal(read_with(&dealer, framing, 100, &arena, &body).status, 413);
    framing.length = 101;
    assert_int_equal(read_with(&dealer, framing, 100, &arena, &body).status, 413);
    assert_int_equal(dealer.asked, 0);
    arena_clear(&arena);
}

static void test_no_body_is_empty(void **state)
{
    (void)state;
    struct arena arena;
    struct str body;
    struct dealer dealer = {"next", 4, 4, -1, 0};
    assert_int_equal(
        read_with(&dealer, (struct framing){.chunked = false}, 100, &arena, &body).status, 0);
    assert_int_equal(body.len, 0);
    assert_non_null(body.data);
    assert_int_equal(dealer.asked, 0);
    arena_clear(&arena);
}

static void test_chunks_end_with_zero(void **state)
{
    (void)state;
    enum { LENGTH = 100000 };
    char *text = test_malloc(LENGTH);
    memset(text, 'c', LENGTH);
    static const struct {
        size_t max;
        int end;
        int status;
    } cases[] = {{LENGTH, 0, 0}, {LENGTH - 1, 0, 413}, {10, 0, 413}, {LENGTH, -1, 400}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena;
        struct str body;
        struct dealer dealer = {text, LENGTH, 777, cases[i].end, 0};
        struct framing framing = {.chunked = true};
        struct refusal refusal = read_with(&dealer, framing, cases[i].max, &arena, &body);
        assert_int_equal(refusal.status, cases[i].status);
        if (refusal.status == 0)
            assert_int_equal(body.len, LENGTH);
        arena_clear(&arena);
    }
    test_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_joined),
        cmocka_unit_test(test_only_the_announced_bytes_are_taken),
        cmocka_unit_test(test_missing_bytes_are_refused),
        cmocka_unit_test(test_too_large_is_refused_unread),
        cmocka_unit_test(test_no_body_is_empty),
        cmocka_unit_test(test_chunks_end_with_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
