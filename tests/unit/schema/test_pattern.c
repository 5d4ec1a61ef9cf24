/* pattern: what matches, what is refused and in which words, and what a match may cost. */
#include "schema/pattern.h"

#include "base/mem.h"
#include "schema/regex_translate.h"
#include "support/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "regex_facts.h"

static struct diags diags;

static int open_diags(void **state)
{
    (void)state;
    diags_init(&diags);
    return 0;
}

static int close_diags(void **state)
{
    (void)state;
    diags_free(&diags);
    return 0;
}

static struct pattern *compile_str(struct str expression)
{
    return pattern_compile(expression, (struct place){NULL, 0}, &diags);
}

static struct pattern *compile(const char *expression)
{
    struct pattern *pattern = compile_str(str_from(expression));
    if (pattern == NULL)
        fail_msg("%s: %s", expression, diags.first->message);
    return pattern;
}

static enum pattern_outcome match(const struct pattern *pattern, struct str text)
{
    uint32_t budget = UINT32_MAX;
    return pattern_match(pattern, text, &budget);
}

static void expect_match(const char *expression, const char *text, bool matches)
{
    struct pattern *pattern = compile(expression);
    enum pattern_outcome outcome = match(pattern, str_from(text));
    if (outcome != (matches ? PATTERN_MATCHES : PATTERN_DIFFERS))
        fail_msg("%s on \"%s\": outcome %d", expression, text, (int)outcome);
    pattern_free(pattern);
}

/* `count` times `unit`, then `tail`; free() it. */
static struct str repeat(const char *unit, size_t count, const char *tail)
{
    size_t unit_len = strlen(unit);
    size_t tail_len = strlen(tail);
    char *data = mem_alloc(unit_len * count + tail_len + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(data + i * unit_len, unit, unit_len);
    memcpy(data + unit_len * count, tail, tail_len + 1);
    return str_make(data, unit_len * count + tail_len);
}

static void release(struct str text)
{
    free((char *)(uintptr_t)text.data);
}

/* ---- ECMA-262 ---- */

static void agrees_with_javascript_on_matches(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof regex_matches / sizeof *regex_matches; i++) {
        struct str expression = regex_matches[i].pattern;
        struct pattern *pattern = compile_str(expression);
        assert_non_null(pattern);
        enum pattern_outcome outcome = match(pattern, regex_matches[i].text);
        if (outcome != (regex_matches[i].matches ? PATTERN_MATCHES : PATTERN_DIFFERS)) {
            print_error("%.*s on \"%.*s\": outcome %d\n", (int)expression.len, expression.data,
                        (int)regex_matches[i].text.len, regex_matches[i].text.data, (int)outcome);
            wrong++;
        }
        pattern_free(pattern);
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(diags.warnings, 0);
}

static void agrees_with_javascript_on_validity(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof regex_validity / sizeof *regex_validity; i++) {
        struct str expression = regex_validity[i].pattern;
        if (pattern_is_valid(expression) != regex_validity[i].valid) {
            print_error("%.*s: should be %s\n", (int)expression.len, expression.data,
                        regex_validity[i].valid ? "valid" : "invalid");
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* Whatever the grammar refuses is either refused here or warned about. */
static void never_takes_an_invalid_pattern_silently(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof regex_validity / sizeof *regex_validity; i++) {
        size_t before = diags.errors + diags.warnings;
        struct pattern *pattern = compile_str(regex_validity[i].pattern);
        if (!regex_validity[i].valid || pattern == NULL)
            assert_true(diags.errors + diags.warnings > before);
        pattern_free(pattern);
    }
}

static void keeps_the_text_as_written(void **state)
{
    (void)state;
    struct str expression = str_make("a\0[b]", 5);
    struct pattern *pattern = compile_str(expression);
    assert_true(str_equal(pattern_text(pattern), expression));
    assert_int_equal(match(pattern, str_make("xa\0b", 4)), PATTERN_MATCHES);
    assert_int_equal(match(pattern, str_make("ab", 2)), PATTERN_DIFFERS);
    pattern_free(pattern);
    pattern_free(NULL);
}

static void text_that_is_not_utf8_matches_nothing(void **state)
{
    (void)state;
    static const char *const broken[] = {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80",
                                         "\xf4\x90\x80\x80"};
    struct pattern *pattern = compile("^[^]*$");
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_equal(match(pattern, str_from(broken[i])), PATTERN_DIFFERS);
    assert_int_equal(match(pattern, str_from("0123456789\xc3\xa9")), PATTERN_MATCHES);
    assert_int_equal(match(pattern, str_make(NULL, 0)), PATTERN_MATCHES);
    pattern_free(pattern);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_false(pattern_is_valid(str_from(broken[i])));
        assert_null(compile_str(str_from(broken[i])));
    }
}

/* ---- leniency and errors ---- */

static void takes_sloppy_patterns_with_a_warning(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        const char *matching;
        const char *differing;
    } cases[] = {
        {"^\\!\\_\\-\\ $", "!_- ", "!_-"},
        {"^\\Z\\a$", "Za", ""},
        {"^\\\xc3\xa9$", "\xc3\xa9", "\\"},
        {"^[\\w\\!\\#]+$", "a!#", "?"},
        {"^{a}$", "{a}", "a"},
        {"^a{,5}$", "a{,5}", "aaa"},
        {"^a]$", "a]", "a"},
        {"^[\\w-.]+$", "a-.", "/"},
        {"^[+-\\d]+$", "+-5", "."},
        {"^(?i)abc$", "aBC", "abd"},
        {"^(?i:a)b$", "Ab", "AB"},
        {"^(?s)a.b$", "a\nb", "ab"},
        {"^(?:(?s).)a.$", "\naa", "\na\n"},
        {"^(?s:.)a.$", "\nab", "\na\n"},
        {"(?m)^b$", "a\nb", "ab"},
        {"^(?P<x>a)b\\k<x>$", "aba", "ab"},
        {"^\\x4$", "x4", "\x04"},
        {"^\\u12$", "u12", "\x12"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t before = diags.warnings;
        expect_match(cases[i].expression, cases[i].matching, true);
        assert_int_equal(diags.warnings, before + 1);
        expect_match(cases[i].expression, cases[i].differing, false);
    }
    assert_int_equal(diags.errors, 0);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        const char *message;
    } cases[] = {
        {"^(abc]", "the pattern is broken at \"(abc]\": ( is not closed"},
        {"a)b", "the pattern is broken at \")b\": ) closes nothing"},
        {"[a", "the pattern is broken at \"[a\": [ is not closed"},
        {"[_-.]", "the pattern is broken at \"_-.]\": the range is out of order"},
        {"a**", "the pattern is broken at \"*\": there is nothing to repeat"},
        {"a++", "the pattern is broken at \"+\": there is nothing to repeat"},
        {"(*ACCEPT)", "the pattern is broken at \"*ACCEPT)\": there is nothing to repeat"},
        {"{1}", "the pattern is broken at \"{1}\": there is nothing to repeat"},
        {"a{2,1}",
         "the pattern is broken at \"{2,1}\": the numbers of the quantifier are out of order"},
        {"\\p{Klingon}",
         "the pattern is broken at \"\\p{Klingon}\": the Unicode property is unknown to ECMA-262"},
        {"(a)\\2", "the pattern is broken at \"\\2\": it refers to a group that is not there"},
        {"\\k<x>", "the pattern is broken at \"\\k<x>\": it refers to a group that is not there"},
        {"(?<x>a)(?<x>b)", "the pattern is broken at \"x>b)\": two groups have the same name"},
        {"(?<1>a)", "the pattern is broken at \"1>a)\": the group's name is malformed"},
        {"(?#c)",
         "the pattern is broken at \"(?#c)\": (? does not begin a group that is understood"},
        {"(?>a)",
         "the pattern is broken at \"(?>a)\": (? does not begin a group that is understood"},
        {"a\\", "the pattern is broken at \"\\\": it ends with a backslash"},
        {"\\07", "the pattern is broken at \"\\07\": an octal escape is not ECMA-262"},
        {"\\c1", "the pattern is broken at \"\\c1\": \\c needs a letter after it"},
        {"(?=a)+", "the pattern is broken at \"+\": an assertion cannot be repeated"},
        {"0123456789\xff", "the pattern is broken at byte 10: it is not valid UTF-8"},
        {"(?<=a+)b",
         "the pattern cannot be compiled: a lookbehind whose length varies is not supported"},
        {"(?:ab){65536}",
         "the pattern is broken at \"{65536}\": a group cannot be repeated more than 65535 times"},
        {"a{0,9000000}", "the pattern is broken at \"{0,9000000}\": a repetition of more than "
                         "6553500 rounds is too large"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diags own;
        diags_init(&own);
        struct place place = {NULL, 7};
        assert_null(pattern_compile(str_from(cases[i].expression), place, &own));
        assert_int_equal(own.errors, 1);
        assert_int_equal(own.warnings, 0);
        assert_string_equal(own.first->message, cases[i].message);
        assert_int_equal(own.first->place.offset, 7);
        diags_free(&own);
    }
}

static void says_what_it_tolerates(void **state)
{
    (void)state;
    pattern_free(compile("^[\\w\\!]+$"));
    assert_int_equal(diags.first->level, DIAG_WARNING);
    assert_string_equal(
        diags.first->message,
        "the pattern is taken leniently, but not ECMA-262 at \"\\!]+$\": the escape "
        "is unknown to ECMA-262");
    assert_string_equal(diags.first->remedy,
                        "leave the backslash out if the character itself is meant");
}

static void quotes_long_patterns_in_part(void **state)
{
    (void)state;
    assert_null(compile_str(str_from("(\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9")));
    assert_string_equal(
        diags.first->message,
        "the pattern is broken at \"(\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
        "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9...\": ( is not closed");
}

/* Every name of the tables is one that PCRE2 knows, in both senses and inside classes. */
static void all_properties_compile(void **state)
{
    (void)state;
    static const char *const names[] = {"L",
                                        "Letter",
                                        "LC",
                                        "Cn",
                                        "Cs",
                                        "punct",
                                        "cntrl",
                                        "digit",
                                        "Any",
                                        "ASCII",
                                        "Assigned",
                                        "gc=Nd",
                                        "General_Category=Math_Symbol",
                                        "Script=Han",
                                        "sc=Zyyy",
                                        "scx=Hira",
                                        "Script_Extensions=Nyiakeng_Puachue_Hmong",
                                        "Emoji",
                                        "EPres",
                                        "ExtPict",
                                        "XIDS",
                                        "space"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char expression[512];
        snprintf(expression, sizeof expression, "\\p{%s}\\P{%s}[\\p{%s}][^\\P{%s}x]", names[i],
                 names[i], names[i], names[i]);
        pattern_free(compile(expression));
    }
    assert_int_equal(diags.warnings, 0);
}

/* ---- counted repetitions beyond PCRE2's 65535 ---- */

static void counts_beyond_pcre2s_limit(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        size_t least;
        size_t most; /* SIZE_MAX for none */
    } cases[] = {
        {"^.{0,262144}$", 0, 262144},      {"^[\\s\\S]{0,262144}$", 0, 262144},
        {"^a{65536}$", 65536, 65536},      {"^a{65535,65536}$", 65535, 65536},
        {"^a{70000,}$", 70000, SIZE_MAX},  {"^[a-z]{3,100000}?$", 3, 100000},
        {"^\\w{131070}$", 131070, 131070}, {"^a{1,131071}$", 1, 131071},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pattern *pattern = compile(cases[i].expression);
        struct str text = repeat("a", 262200, "");
        size_t lengths[] = {cases[i].least - 1, cases[i].least, cases[i].most, cases[i].most + 1};
        for (size_t k = 0; k < 4; k++) {
            if (lengths[k] > text.len)
                continue;
            bool within = lengths[k] >= cases[i].least && lengths[k] <= cases[i].most;
            assert_int_equal(match(pattern, str_make(text.data, lengths[k])),
                             within ? PATTERN_MATCHES : PATTERN_DIFFERS);
        }
        release(text);
        pattern_free(pattern);
    }
}

static void counts_characters_not_bytes(void **state)
{
    (void)state;
    struct pattern *pattern = compile("^.{0,100000}$");
    struct str text = repeat("\xf0\x9f\x98\x80", 100001, "");
    assert_int_equal(match(pattern, text), PATTERN_DIFFERS);
    assert_int_equal(match(pattern, str_after(text, 4)), PATTERN_MATCHES);
    release(text);
    pattern_free(pattern);
}

/* ---- budgets ---- */

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static const struct {
    const char *expression;
    const char *unit;
    size_t count;
    const char *tail;
} explosive[] = {
    {"^(a+)+$", "a", 40, "!"},
    {"^(a|aa)+$", "a", 60, "!"},
    {"^(a|a)*$", "a", 40, "!"},
    {"^(a*)*$", "a", 40, "!"},
    {"^(([a-z])+.)+[A-Z]([a-z])+$", "a", 60, ""},
    {"^(\\w+\\s?)*$", "aaaa ", 20, "!"},
    {"^(?:a?){30}a{30}[^a]$", "a", 30, "a"},
    {"(x+x+)+[yz]", "x", 60, ""},
    {"\\s+$", " ", 100000, "x"},
    {"^.*.*[=].*$", "x", 20000, "\n="},
    {"^(?:a*[bc]|a)*[de]", "a", 100000, "f"},
};

static void explosive_patterns_run_out_of_budget(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof explosive / sizeof *explosive; i++) {
        struct pattern *pattern = compile(explosive[i].expression);
        struct str text = repeat(explosive[i].unit, explosive[i].count, explosive[i].tail);
        uint32_t budget = 10000000;
        double start = milliseconds();
        enum pattern_outcome outcome = pattern_match(pattern, text, &budget);
        double took = milliseconds() - start;
        if (outcome != PATTERN_OUT_OF_BUDGET || budget != 0 || took > 200)
            fail_msg("%s: outcome %d, %u steps left, %.1f ms", explosive[i].expression,
                     (int)outcome, budget, took);
        release(text);
        pattern_free(pattern);
    }
}

/* A thousand hostile texts cost what one budget allows, not a thousand matches. */
static void many_matches_share_one_budget(void **state)
{
    (void)state;
    struct pattern *pattern = compile("^(?:a|aa)+$");
    struct str text = repeat("a", 20, "!");
    uint32_t budget = 1000000;
    size_t decided = 0;
    while (decided < 1000 && pattern_match(pattern, text, &budget) == PATTERN_DIFFERS)
        decided++;
    assert_true(decided > 0 && decided < 1000);
    assert_int_equal(budget, 0);
    assert_int_equal(pattern_match(pattern, str_from("a"), &budget), PATTERN_OUT_OF_BUDGET);
    release(text);
    pattern_free(pattern);
}

static void charges_at_least_a_step(void **state)
{
    (void)state;
    struct pattern *pattern = compile("^[a-z]{1,64}$");
    uint32_t budget = 2;
    assert_int_equal(pattern_match(pattern, str_from("abc"), &budget), PATTERN_MATCHES);
    assert_int_equal(budget, 1);
    assert_int_equal(pattern_match(pattern, str_from("abc"), &budget), PATTERN_MATCHES);
    assert_int_equal(budget, 0);
    assert_int_equal(pattern_match(pattern, str_from("abc"), &budget), PATTERN_OUT_OF_BUDGET);
    pattern_free(pattern);
}

/* What people write costs little: a body of 10,000 such values stays far below the limit. */
static void honest_patterns_are_cheap(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        const char *text;
        uint32_t most;
    } cases[] = {
        {"^[0-9a-f-]{36}$", "7f3c2b1a-9d8e-4f7a-b6c5-0123456789ab", 1},
        {"^[A-Za-z0-9_-]{1,64}$", "span_1", 1},
        {"^[a-z0-9]+(?:-[a-z0-9]+)*$", "one-two-three-four-five", 20},
        {"^(GET|POST|PUT)$", "PUT", 1},
        {"^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$", "joe.bloggs@example.com", 20},
        {"^v\\d+\\.\\d+\\.\\d+$", "v1.22.333", 10},
        {"error", "no e-r-r-o-r here", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pattern *pattern = compile(cases[i].expression);
        uint32_t budget = 1000;
        pattern_match(pattern, str_from(cases[i].text), &budget);
        if (1000 - budget > cases[i].most)
            fail_msg("%s: %u steps", cases[i].expression, 1000 - budget);
        pattern_free(pattern);
    }
}

/* These need more than the machine's stack that PCRE2's JIT gives itself. */
static void long_texts_are_decided(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        const char *unit;
        size_t count;
    } cases[] = {
        {"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==)?$", "QUJD", 25000},
        {"^(?:[^\"\\\\]|\\\\.)*$", "a", 30000},
        {"^(?:a|b)*$", "ab", 20000},
        {"^[a-z]+(?:-[a-z]+)*$", "a-b", 10000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pattern *pattern = compile(cases[i].expression);
        struct str text = repeat(cases[i].unit, cases[i].count, "");
        assert_int_equal(match(pattern, text), PATTERN_MATCHES);
        release(text);
        text = repeat(cases[i].unit, cases[i].count, "\"!");
        assert_int_equal(match(pattern, text), PATTERN_DIFFERS);
        release(text);
        pattern_free(pattern);
    }
}

/* ---- ticks ---- */

static void expect_translation(const char *expression, const char *translation)
{
    struct buf out;
    buf_init(&out, NULL);
    struct regex_fault fault;
    assert_true(regex_translate(str_from(expression), REGEX_STRICT, &out, &fault));
    assert_string_equal(buf_text(&out), translation);
    buf_free(&out);
}

/* A tick stands wherever a second choice begins; common patterns need none. */
static void ticks_stand_between_choices(void **state)
{
    (void)state;
    expect_translation("^a+$", "^a{1,}$");
    expect_translation("abc", "abc");
    expect_translation("a|b", "a|b");
    expect_translation("^(GET|PUT)$", "^(?:GET|PUT)$");
    expect_translation("a+b", "(?C1)a{1,}b");
    expect_translation("a+|b+", "(?C1)(?:a{1,}|b{1,})");
    expect_translation("^a+b+$", "^a{1,}(?C1)b{1,}$");
    expect_translation("^(a+)+$", "^(?:(?C1)a{1,}){1,}$");
    expect_translation("^a*(b|c)(d)?$", "^a{0,}(?:(?C1)b|c)(?C1)(?:d){0,1}$");
    expect_translation("^(?:a|b)(?:c|d)$", "^(?:a|b)(?:(?C1)c|d)$");
    expect_translation("^a{3}b{2,3}c{4}d?$", "^a{3}b{2,3}c{4}(?C1)d{0,1}$");
    expect_translation("^(a)\\1*$", "^(a)(?:\\g{1}){0,}$");
    expect_translation("^(?=a+)b+$", "(*NO_START_OPT)^(?=a{1,})(?C1)b{1,}$");
}

/* ---- threads and stacks ---- */

enum { WORKER_STACK = 100 * 1024, ROUNDS = 200 };

static struct pattern *shared_pattern;

static void *match_often(void *failed)
{
    struct str long_text = repeat("ab", 20000, "");
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t budget = 10000000;
        struct str text = i % 20 == 0 ? long_text : str_from("abab");
        if (pattern_match(shared_pattern, text, &budget) != PATTERN_MATCHES)
            *(bool *)failed = true;
    }
    release(long_text);
    return NULL;
}

/* The deepest pattern that is taken compiles and matches on a worker's stack. */
static void *compile_deep(void *failed)
{
    enum { DEPTH = 48 };
    char expression[DEPTH * 5 + 1] = "";
    for (int i = 0; i < DEPTH; i++)
        memcpy(expression + i * 3, "(a|", 3);
    for (int i = 0; i < DEPTH; i++)
        memcpy(expression + DEPTH * 3 + i * 2, ")*", 2);
    struct diags own;
    diags_init(&own);
    struct pattern *pattern = pattern_compile(str_from(expression), (struct place){NULL, 0}, &own);
    uint32_t budget = 10000000;
    if (pattern == NULL || pattern_match(pattern, str_from("aaa"), &budget) != PATTERN_MATCHES)
        *(bool *)failed = true;
    pattern_free(pattern);
    diags_free(&own);
    return NULL;
}

static void run_on_small_stacks(void *(*work)(void *))
{
    enum { THREADS = 4 };
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstacksize(&attributes, WORKER_STACK), 0);
    pthread_t threads[THREADS];
    bool failed[THREADS] = {false};
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], &attributes, work, &failed[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_false(failed[i]);
    }
    pthread_attr_destroy(&attributes);
}

static void threads_share_a_pattern(void **state)
{
    (void)state;
    shared_pattern = compile("^(?:a|b)*$");
    run_on_small_stacks(match_often);
    pattern_free(shared_pattern);
}

static void deep_patterns_fit_a_worker(void **state)
{
    (void)state;
    run_on_small_stacks(compile_deep);
}

static void nesting_is_limited(void **state)
{
    (void)state;
    struct str opening = repeat("(?:", 100000, "");
    assert_null(compile_str(opening));
    assert_false(pattern_is_valid(opening));
    release(opening);
    struct str nested =
        repeat("(", 60, "a))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))");
    assert_true(pattern_is_valid(nested));
    assert_null(compile_str(nested));
    release(nested);
}

/* Time for one that is twice as long is twice as much: nothing in the translator is quadratic. */
static void huge_patterns_are_refused_quickly(void **state)
{
    (void)state;
    static const char *const units[] = {"a",       "(a)?",      "[a-z]*", ".{6000000}",
                                        "(?<n>a)", "a|",        "\\p{L}", "(?=a)",
                                        "\\1",     "[^\\s\\S]", "(((",    "\\u{1F600}"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct str expression = repeat(units[i], 200000 / strlen(units[i]), "");
        double start = milliseconds();
        pattern_free(compile_str(expression));
        pattern_is_valid(expression);
        double took = milliseconds() - start;
        if (took > 2000)
            fail_msg("%s...: %.0f ms", units[i], took);
        release(expression);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(agrees_with_javascript_on_matches, open_diags, close_diags),
        cmocka_unit_test(agrees_with_javascript_on_validity),
        cmocka_unit_test_setup_teardown(never_takes_an_invalid_pattern_silently, open_diags,
                                        close_diags),
        cmocka_unit_test_setup_teardown(keeps_the_text_as_written, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(text_that_is_not_utf8_matches_nothing, open_diags,
                                        close_diags),
        cmocka_unit_test_setup_teardown(takes_sloppy_patterns_with_a_warning, open_diags,
                                        close_diags),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test_setup_teardown(says_what_it_tolerates, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(quotes_long_patterns_in_part, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(all_properties_compile, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(counts_beyond_pcre2s_limit, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(counts_characters_not_bytes, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(explosive_patterns_run_out_of_budget, open_diags,
                                        close_diags),
        cmocka_unit_test_setup_teardown(many_matches_share_one_budget, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(charges_at_least_a_step, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(honest_patterns_are_cheap, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(long_texts_are_decided, open_diags, close_diags),
        cmocka_unit_test(ticks_stand_between_choices),
        cmocka_unit_test_setup_teardown(threads_share_a_pattern, open_diags, close_diags),
        cmocka_unit_test(deep_patterns_fit_a_worker),
        cmocka_unit_test_setup_teardown(nesting_is_limited, open_diags, close_diags),
        cmocka_unit_test_setup_teardown(huge_patterns_are_refused_quickly, open_diags, close_diags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
