/* sample: texts match the expressions they were made of, and cost is bounded. */
#include "schema/pattern.h"
#include "schema/sample.h"

#include "support/unit.h"

#include <time.h>

enum { SEEDS = 50 };

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 65536, NULL);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static bool matches(const char *expression, struct str text)
{
    struct diags diags;
    uint32_t budget = 1000000;
    diags_init(&diags);
    struct pattern *pattern =
        pattern_compile(str_from(expression), (struct place){NULL, 0}, &diags);
    assert_non_null(pattern);
    bool good = pattern_match(pattern, text, &budget) == PATTERN_MATCHES;
    pattern_free(pattern);
    diags_free(&diags);
    return good;
}

static const char *const expressions[] = {
    "^abc$",
    "^[a-z]{3}-[0-9]{4}$",
    "^(foo|bar|baz)$",
    "^(a(b|c)|d{2,3})+$",
    "^\\d{3}\\s\\w+$",
    "^\\D\\S\\W$",
    "^[^a-z]{2}$",
    "^[^\\d\\s]+$",
    "^[\\w.-]+@[\\w-]+\\.[a-z]{2,}$",
    "^\\u0041\\x42\\u{43}$",
    "^[\\u4e00-\\u9fa5]{2}$",
    "^[一-龥]+é$",
    "^\\p{Lu}\\p{Ll}+\\p{N}$",
    "^\\p{Script=Latin}+$",
    "^(?:x|y)(?<name>z)$",
    "^.{5,}$",
    "^[.*+?]+\\.\\*$",
    "^a|b$",
    "^(0|[1-9][0-9]*)$",
    "^\\t\\n\\r\\f\\v\\0$",
    "^\\cA$",
    "a*?b+?c??",
    "^(){4}$",
    "",
    "^\\/api\\/v[12]\\/$",
    "^[\\[\\]\\\\]$",
    "^[A-Za-z0-9+/]*={0,2}$",
};

static void test_texts_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++)
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct rng rng;
            struct buf out;
            rng_seed(&rng, seed);
            buf_init(&out, &arena);
            assert_true(sample_pattern(str_from(expressions[i]), &rng, (unsigned)(seed % 5), &out));
            if (!matches(expressions[i], buf_str(&out)))
                fail_msg("%s does not match %.*s", expressions[i], (int)out.len, out.data);
        }
}

/* Whatever looks around is passed over: then the text may be wrong, and somebody checks. */
static void test_lookaround_is_passed_over(void **state)
{
    (void)state;
    static const char expression[] = "^(?=.*[0-9])(?!x(y|z))[a-z]{3}(?<!q)(?<=c)[0-9]$";
    struct rng rng;
    struct buf out;
    rng_seed(&rng, 1);
    buf_init(&out, &arena);
    assert_true(sample_pattern(str_from(expression), &rng, 0, &out));
    assert_int_equal(out.len, 4);
}

static void test_every_alternative_is_drawn(void **state)
{
    (void)state;
    bool seen[3] = {false};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct rng rng;
        struct buf out;
        rng_seed(&rng, seed);
        buf_init(&out, &arena);
        assert_true(sample_pattern(str_from("a|(b|c)"), &rng, 0, &out));
        seen[out.data[0] - 'a'] = true;
    }
    assert_true(seen[0] && seen[1] && seen[2]);
}

static void test_extra_makes_longer_texts(void **state)
{
    (void)state;
    struct rng rng;
    struct buf out;
    rng_seed(&rng, 1);
    buf_init(&out, &arena);
    assert_true(sample_pattern(str_from("^a+b*c{2,}d{1,3}$"), &rng, 7, &out));
    assert_true(str_is(buf_str(&out), "aaaaaaaabbbbbbbcccccccccddd"));
}

static void test_out_of_reach(void **state)
{
    (void)state;
    static const char *const unknown[] = {"^(a)\\1$", "^\\k<n>(?<n>a)$", "[]", "^[^\\s\\S]$"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        struct rng rng;
        struct buf out;
        rng_seed(&rng, 1);
        buf_init(&out, &arena);
        buf_add_text(&out, "before");
        assert_false(sample_pattern(str_from(unknown[i]), &rng, 0, &out));
        assert_true(str_is(buf_str(&out), "before"));
    }
}

/* What comes here was compiled before; but that is no reason to fall over anything else. */
static void test_broken_expressions_end(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "(",    "[",   "\\", "a{",  "(?",   "(?<", "[a-", "[\\", "\\u",    "\\p{",
        "(?<=", "a{2", "[^", "\\c", "(a|(", "|",   ")",   "\\x", "(?P<n>", "a{99999999999}"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct rng rng;
        struct buf out;
        rng_seed(&rng, 1);
        buf_init(&out, &arena);
        sample_pattern(str_from(broken[i]), &rng, 3, &out);
    }
}

static void test_hostile_expressions_cost_little(void **state)
{
    (void)state;
    struct buf nested;
    buf_init(&nested, &arena);
    for (int i = 0; i < 1000; i++)
        buf_add_char(&nested, '(');
    const char *const hostile[] = {"^((((){4096}){4096}){4096}){4096}$", "^(((a{999}){999}){999})$",
                                   "^(((a*)*)*)*$", buf_text(&nested)};
    clock_t start = clock();
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct rng rng;
        struct buf out;
        rng_seed(&rng, 1);
        buf_init(&out, &arena);
        sample_pattern(str_from(hostile[i]), &rng, 4096, &out);
        assert_true(out.len < 1 << 17);
    }
    assert_true(clock() - start < CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_match),
        cmocka_unit_test(test_lookaround_is_passed_over),
        cmocka_unit_test(test_every_alternative_is_drawn),
        cmocka_unit_test(test_extra_makes_longer_texts),
        cmocka_unit_test(test_out_of_reach),
        cmocka_unit_test(test_broken_expressions_end),
        cmocka_unit_test(test_hostile_expressions_cost_little),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
