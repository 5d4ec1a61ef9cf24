/* idna, with punycode and unicode below it: labels, names, normalization. */
#include "schema/idna.h"

#include "schema/punycode.h"
#include "schema/unicode.h"
#include "schema/unicode_tables.h"
#include "support/unit.h"

#include <stdio.h>

/* ---- Punycode ---- */

/* RFC 3492, section 7.1, and some of our own; the basic code points in lower case. */
static const struct {
    const char *text;
    const char *encoded;
} punycodes[] = {
    {"\xd9\x84\xd9\x8a\xd9\x87\xd9\x85\xd8\xa7\xd8\xa8\xd8\xaa\xd9\x83\xd9\x84\xd9\x85\xd9\x88\xd8"
     "\xb4"
     "\xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a\xd8\x9f",
     "egbpdaj6bu4bxfgehfvwxn"},
    {"\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8"
     "\xad"
     "\xe6\x96\x87",
     "ihqwcrb4cv8a8dqg056pqjye"},
    {"pro\xc4\x8dprost\xc4\x9bnemluv\xc3\xad\xc4\x8d"
     "esky",
     "proprostnemluvesky-uyb24dma41a"},
    {"3\xe5\xb9\xb4"
     "b\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5\x85\x88\xe7\x94\x9f",
     "3b-ww4c5e180e575a65lsy2b"},
    {"b\xc3\xbc"
     "cher",
     "bcher-kva"},
    {"\xc3\xbc", "tda"},
    {"\xf0\x9f\x98\x80", "e28h"},
    {"\xf4\x8f\xbf\xbf", "dn32g"},
    {"\xc2\x80", "a"},
    {"-\xc2\x80-", "---ba"},
    {"abc", "abc-"},
    {"", ""},
};

static size_t decode_utf8(const char *text, uint32_t *points)
{
    struct str str = str_from(text);
    size_t count = 0;
    for (size_t at = 0; at < str.len;)
        points[count++] = unicode_next(str, &at);
    return count;
}

static void punycode_goes_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof punycodes / sizeof *punycodes; i++) {
        uint32_t points[PUNYCODE_MAX];
        size_t count = decode_utf8(punycodes[i].text, points);
        char encoded[PUNYCODE_MAX];
        size_t len = punycode_encode(points, count, encoded);
        assert_true(str_is(str_make(encoded, len), punycodes[i].encoded));
        uint32_t decoded[PUNYCODE_MAX];
        assert_int_equal(punycode_decode(str_from(punycodes[i].encoded), decoded), count);
        assert_memory_equal(decoded, points, count * sizeof *points);
    }
}

static void punycode_refuses_nonsense(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "x",        /* the integer has no end */
        "99999999", /* overflows */
        "a_b",
        "\xc3\xbc",
        "-\xc3\xbc",
        "abc-\xff",
        "zzzzzzzzzzzz",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm-", /* 65 characters */
        "999999b",                                                            /* beyond U+10FFFF */
    };
    uint32_t points[PUNYCODE_MAX];
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_true(punycode_decode(str_from(broken[i]), points) == SIZE_MAX);
    char encoded[PUNYCODE_MAX];
    uint32_t many[PUNYCODE_MAX];
    for (size_t i = 0; i < PUNYCODE_MAX; i++)
        many[i] = 0x4e00 + (uint32_t)i * 97;
    assert_true(punycode_encode(many, PUNYCODE_MAX, encoded) == SIZE_MAX);
    assert_true(punycode_encode(many, PUNYCODE_MAX + 1, encoded) == SIZE_MAX);
}

/* ---- Unicode ---- */

static void decodes_utf8_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t point;
        size_t len;
    } cases[] = {
        {"a", 'a', 1},
        {"\xc2\x80", 0x80, 2},
        {"\xdf\xbf", 0x7ff, 2},
        {"\xe0\xa0\x80", 0x800, 3},
        {"\xef\xbf\xbf", 0xffff, 3},
        {"\xf0\x90\x80\x80", 0x10000, 4},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
        {"\x80", UNICODE_INVALID, 1},
        {"\xc1\xbf", UNICODE_INVALID, 1},
        {"\xe0\x9f\xbf", UNICODE_INVALID, 1},
        {"\xed\xa0\x80", UNICODE_INVALID, 1},
        {"\xf4\x90\x80\x80", UNICODE_INVALID, 1},
        {"\xc3", UNICODE_INVALID, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 0;
        assert_int_equal(unicode_next(str_from(cases[i].bytes), &at), cases[i].point);
        assert_int_equal(at, cases[i].len);
    }
}

static void knows_properties(void **state)
{
    (void)state;
    assert_true(unicode_properties('a').permitted);
    assert_false(unicode_properties('A').permitted);
    assert_false(unicode_properties(0x10ffff).permitted);
    assert_false(unicode_properties(UNICODE_INVALID).permitted);
    assert_true(unicode_properties(0xdf).permitted);
    assert_int_equal(unicode_properties(0x5d0).bidi, BIDI_R);
    assert_int_equal(unicode_properties(0x628).bidi, BIDI_AL);
    assert_int_equal(unicode_properties(0x628).joining, JOINING_DUAL);
    assert_int_equal(unicode_properties(0x627).joining, JOINING_RIGHT);
    assert_int_equal(unicode_properties(0x94d).combining_class, 9);
    assert_true(unicode_properties(0x94d).mark);
    assert_true(unicode_properties(0x301).may_compose);
    assert_int_equal(unicode_properties(0x3b1).script, SCRIPT_GREEK);
    assert_int_equal(unicode_properties(0x4e08).script, SCRIPT_HAN);
}

/* What unicode.c relies on: sorted tables, and only first parts decompose, at most twice. */
static void tables_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 1; i < unicode_run_count; i++)
        assert_true(unicode_runs[i - 1].first < unicode_runs[i].first);
    const struct unicode_composition *all = unicode_compositions;
    for (size_t i = 0; i < unicode_composition_count; i++) {
        assert_true(i == 0 || all[i - 1].composed < all[i].composed);
        size_t depth = 1;
        uint32_t first = all[i].first;
        for (size_t k = 0; k < unicode_composition_count; k++) {
            assert_int_not_equal(all[k].composed, all[i].second);
            if (all[k].composed == first) {
                first = all[k].first;
                k = SIZE_MAX;
                depth++;
            }
        }
        assert_true(depth <= 2);
    }
    for (size_t i = 1; i < unicode_composition_count; i++) {
        const struct unicode_composition *a = &all[unicode_compositions_by_parts[i - 1]];
        const struct unicode_composition *b = &all[unicode_compositions_by_parts[i]];
        assert_true(a->first < b->first || (a->first == b->first && a->second < b->second));
    }
}

static void knows_normal_form_c(void **state)
{
    (void)state;
    static const struct {
        uint32_t points[6];
        size_t count;
        bool normal;
    } cases[] = {
        {{'a', 'b'}, 2, true},
        {{0xe9}, 1, true},
        {{'e', 0x301}, 2, false},
        {{'x', 0x301}, 2, true},
        {{'a', 0x323, 0x302}, 3, false}, /* composes twice, to U+1EAD */
        {{0x1ea1, 0x302}, 2, false},
        {{0xe2, 0x323}, 2, false},
        {{0x1ead}, 1, true},
        {{'d', 0x307, 0x323}, 3, false}, /* out of order */
        {{0x1e0b, 0x323}, 2, false},     /* in order only when taken apart */
        {{0x1e0d, 0x307}, 2, true},
        {{'q', 0x323, 0x307}, 3, true},
        {{'q', 0x307, 0x323}, 3, false},
        {{'a', 0x30c, 0x301}, 3, false},
        {{0x1ce, 0x301}, 2, true},
        {{'a', 0x301, 0x301}, 3, false}, /* the first composes */
        {{0xe1, 0x301}, 2, true},        /* the second cannot */
        {{0x301}, 1, true},
        {{0x301, 'a'}, 2, true},
        {{0x3b1, 0x313}, 2, false},
        {{0x9c7, 0x9be}, 2, false}, /* two letters compose to a vowel sign */
        {{0x9c7, 0x995}, 2, true},
        {{0xac00}, 1, true},
        {{0xdddd, 0xac01}, 2, true},
        {{'a', 0x5b0, 0x94d}, 3, false},
        {{'e', 0x5b0, 0x301}, 3, false}, /* composes across a lower class */
        {{'e', 0x59a, 0x301}, 3, false},
        {{'e', 0x300, 0x301}, 3, false},
        {{0xe8, 0x301}, 2, true}, /* blocked by the same class */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (unicode_is_nfc(cases[i].points, cases[i].count) != cases[i].normal)
            fail_msg("case %zu", i);
}

/* The longest text, each of whose characters decomposes into three. */
static void long_texts_fit(void **state)
{
    (void)state;
    uint32_t points[UNICODE_NFC_MAX];
    for (size_t i = 0; i < UNICODE_NFC_MAX; i++)
        points[i] = 0x1f02;
    points[0] = 0x301; /* may compose: the text is taken apart and put together again */
    assert_true(unicode_is_nfc(points, UNICODE_NFC_MAX));
    points[UNICODE_NFC_MAX - 2] = 0x3b1;
    points[UNICODE_NFC_MAX - 1] = 0x313;
    assert_false(unicode_is_nfc(points, UNICODE_NFC_MAX));
}

/* ---- names ---- */

#define LABEL_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const hostnames[] = {
    "a",
    "localhost",
    "example.com",
    "EXAMPLE.com",
    "a.b.c.d",
    "1.2.3.4",
    "9to5.example",
    "a-b",
    "a--b",
    "ab--cd",
    "xn--bcher-kva.example",
    "XN--BCHER-KVA.EXAMPLE",
    "xn--fiqs8s",
    "0.0",
    LABEL_63,
    LABEL_63 "." LABEL_63 "." LABEL_63
             ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "xn--4dbcagdahymbxekheh6e0a7fei0b.xn--fiqs8s",
    NULL};

static const char *const not_hostnames[] = {
    "",
    ".",
    "..",
    "a.",
    ".a",
    "a..b",
    "-a",
    "a-",
    "a.-b",
    "a-.b",
    "a_b",
    "a b",
    "a!",
    "a\n",
    "b\xc3\xbc"
    "cher.example",
    "\xef\xbd\x81",
    "a\xe3\x80\x82"
    "b",
    LABEL_63 "a",
    LABEL_63 "a.b",
    LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63,
    LABEL_63 "." LABEL_63 "." LABEL_63
             ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "xn--",
    "xn--a",
    "xn--\xc3\xbc",
    "xn--abc-",
    "xn--abc-",
    "xn--zzzzzzzzzzzz",
    "xn--tda-",
    "xn--a-ecp.ru",
    "xn--0ca24w",
    "xn--u-ccb",

    "\xff",
    NULL};

static const char *const idn_hostnames[] = {
    "a",
    "example.com",
    "b\xc3\xbc"
    "cher.example",
    "stra\xc3\x9f"
    "e.de",
    "\xe4\xb8\xad\xe5\x9b\xbd",
    "a\xe3\x80\x82"
    "b\xef\xbc\x8e"
    "c\xef\xbd\xa1"
    "d",
    "xn--bcher-kva",
    "xn--bcher-kva.b\xc3\xbc"
    "cher",
    "\xd7\x90\xd7\x91.com",
    "com.\xd7\x90",
    "\xd7\x90"
    "1",
    "\xd7\x90\xcc\x81", /* ends in a mark */
    "\xd8\xa8\xd9\xa1",
    "\xd7\x90\xd7\xb3\xd7\x91",
    "l\xc2\xb7l",
    "\xce\xb1\xcd\xb5\xce\xb2",
    "\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d\xe0\xa4\xb7",
    "\xd8\xa8\xe2\x80\x8c\xd8\xa8",
    "\xd8\xa8\xd9\x8b\xe2\x80\x8c\xd9\x8b\xd8\xa8", /* transparent marks between */
    "\xe3\x83\xbb\xe3\x82\xab",
    "\xe3\x80\x86",
    "ni\xc3\xb1o",
    "x\xcc\x81",
    NULL};

static const char *const not_idn_hostnames[] = {"",
                                                ".",
                                                "a.",
                                                "\xe3\x80\x82",
                                                "a\xe3\x80\x82\xe3\x80\x82"
                                                "b",
                                                "a_b",
                                                "-\xc3\xbc",
                                                "\xc3\xbc-",
                                                "ab--cd",
                                                "\xc3\xbc"
                                                "b--c",
                                                "\xc3\x9c", /* a capital */
                                                "B\xc3\xbc"
                                                "cher",
                                                "ni\x6e\xcc\x83o", /* not in normalization form C */
                                                "\xcc\x81"
                                                "a",
                                                "\xe2\x82\xac",
                                                "\xe2\x98\x83",
                                                "\xef\xbc\xa1",
                                                "\xef\xac\x81",
                                                "\xe1\x84\x80",
                                                "\xd7\x90"
                                                "a",
                                                "a\xd7\x90",
                                                "1\xd7\x90",
                                                "1a.\xd7\x90",
                                                "\xd7\x90-",
                                                "\xd7\x90"
                                                "1\xd9\xa1",
                                                "\xd7\xb3\xd7\x91",
                                                "\xc2\xb7",
                                                "l\xc2\xb7",
                                                "\xce\xb1\xcd\xb5",
                                                "\xe3\x83\xbb",
                                                "a\xe3\x83\xbb"
                                                "b",
                                                "\xe2\x80\x8d",
                                                "\xe0\xa4\x95\xe2\x80\x8d",
                                                "a\xe2\x80\x8c"
                                                "b",
                                                "\xd8\xa7\xe2\x80\x8c\xd8\xa8",
                                                "\xd8\xa8\xe2\x80\x8c",
                                                "\xe2\x80\x8c\xd8\xa8",
                                                "\xd9\xa1\xdb\xb1",
                                                "\xdb\xb1\xd8\xa8\xd9\xa1",
                                                "xn--bcher-kva.xn--a",
                                                "\xcd\xb8",
                                                /* unassigned */ "\xed\xa0\x80",
                                                NULL};

static void expect_all(bool (*check)(struct str), const char *const *names, bool valid)
{
    for (size_t i = 0; names[i] != NULL; i++)
        if (check(str_from(names[i])) != valid)
            fail_msg("%zu: %s should be %s", i, names[i], valid ? "valid" : "invalid");
}

static void judges_host_names(void **state)
{
    (void)state;
    expect_all(idna_is_hostname, hostnames, true);
    expect_all(idna_is_hostname, not_hostnames, false);
}

static void judges_international_host_names(void **state)
{
    (void)state;
    expect_all(idna_is_idn_hostname, idn_hostnames, true);
    expect_all(idna_is_idn_hostname, not_idn_hostnames, false);
}

/* The limits count what goes over the wire: the A-labels. */
static void counts_octets_of_a_labels(void **state)
{
    (void)state;
    char label[256] = "";
    for (int i = 0; i < 58; i++)
        strcat(label, "\xc3\xbc");
    assert_false(idna_is_idn_hostname(str_from(label))); /* xn--tda and 57 more: 64 */
    label[2 * 57] = '\0';
    assert_true(idna_is_idn_hostname(str_from(label)));
    label[2 * 20] = '\0'; /* 26 octets */
    char name[1024] = "";
    for (int i = 0; i < 10; i++) {
        strcat(name, i > 0 ? "." : "");
        strcat(name, label);
    }
    assert_false(idna_is_idn_hostname(str_from(name)));
    name[9 * 41 - 1] = '\0';
    assert_true(idna_is_idn_hostname(str_from(name)));
}

static void nul_is_no_end(void **state)
{
    (void)state;
    assert_false(idna_is_hostname(str_make("a\0b", 3)));
    assert_false(idna_is_hostname(str_make("a\0", 2)));
    assert_false(idna_is_idn_hostname(str_make("\0", 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(punycode_goes_both_ways),
        cmocka_unit_test(punycode_refuses_nonsense),
        cmocka_unit_test(decodes_utf8_strictly),
        cmocka_unit_test(knows_properties),
        cmocka_unit_test(tables_are_in_order),
        cmocka_unit_test(knows_normal_form_c),
        cmocka_unit_test(long_texts_fit),
        cmocka_unit_test(judges_host_names),
        cmocka_unit_test(judges_international_host_names),
        cmocka_unit_test(counts_octets_of_a_labels),
        cmocka_unit_test(nul_is_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
