/* What the client prefers, in the header and in the query. */
#include "mock/prefer.h"
#include "support/unit.h"

static struct preference read_all(const struct name_value *headers, size_t count, const char *query,
                                  bool *any, struct arena *arena)
{
    struct request request = {.headers = headers, .header_count = count, .query = str_from(query)};
    struct preference preference;
    *any = prefer_read(&request, arena, &preference);
    return preference;
}

/* "code example dynamic seed problem" */
static const char *words_of(const struct preference *preference, struct arena *arena)
{
    struct str example = preference->example.data != NULL ? preference->example : str_from("-");
    return arena_printf(arena, "%d %.*s %s %lld %s", preference->status, (int)example.len,
                        example.data,
                        !preference->says_dynamic ? "-"
                        : preference->dynamic     ? "yes"
                                                  : "no",
                        preference->has_seed ? (long long)preference->seed : -1,
                        preference->problem != NULL ? "bad" : "fine");
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *header; /* NULL: none */
        const char *query;
        const char *words; /* NULL: nothing is preferred */
    } cases[] = {
        {NULL, "", NULL},
        {NULL, "a=1&_code=404", NULL},
        {"return=minimal", "", NULL},
        {"respond-async, wait=10", "a__b=1", NULL},
        {"code=404", "", "404 - - -1 fine"},
        {"code=404, example=cat", "", "404 cat - -1 fine"},
        {"code=404; example=cat", "", "404 cat - -1 fine"},
        {"CODE = \"404\"", "", "404 - - -1 fine"},
        {"return=minimal, dynamic=true", "", "0 - yes -1 fine"},
        {"dynamic=false", "", "0 - no -1 fine"},
        {"dynamic=true, seed=42", "", "0 - yes 42 fine"},
        {"code=404, code=500", "", "404 - - -1 fine"},
        {NULL, "__code=503", "503 - - -1 fine"},
        {NULL, "a=1&__example=a%20b&__dynamic=true", "0 a b yes -1 fine"},
        {NULL, "__code=503&__seed=7", "503 - - 7 fine"},
        {"code=404", "__code=503&__example=x", "404 x - -1 fine"},
        {"code=abc", "", "0 - - -1 bad"},
        {"code=99", "", "0 - - -1 bad"},
        {"code=100", "", "0 - - -1 bad"},
        {"code=600", "", "0 - - -1 bad"},
        {"code=", "", "0 - - -1 bad"},
        {"code", "", "0 - - -1 bad"},
        {"dynamic=maybe", "", "0 - - -1 bad"},
        {"example=", "", "0 - - -1 bad"},
        {"seed=-1", "", "0 - - -1 bad"},
        {"seed=99999999999999999999", "", "0 - - -1 bad"},
        {",;,=,", "", NULL},
    };
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct name_value header = {str_from("Prefer"), str_from(cases[i].header)};
        bool any;
        struct preference preference =
            read_all(&header, cases[i].header != NULL ? 1 : 0, cases[i].query, &any, &arena);
        if (any != (cases[i].words != NULL))
            fail_msg("%s?%s", cases[i].header, cases[i].query);
        if (any)
            assert_string_equal(words_of(&preference, &arena), cases[i].words);
    }
    arena_clear(&arena);
}

/* A list may come in several header lines (RFC 9110, 5.3). */
static void test_several_headers(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024, NULL);
    const struct name_value headers[] = {
        {str_from("prefer"), str_from("code=404")},
        {str_from("accept"), str_from("code=500")},
        {str_from("PREFER"), str_from("dynamic=true, code=500")},
    };
    bool any;
    struct preference preference = read_all(headers, 3, "", &any, &arena);
    assert_true(any);
    assert_string_equal(words_of(&preference, &arena), "404 - yes -1 fine");
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_several_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
