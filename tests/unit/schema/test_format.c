/* format: what each format takes and what it refuses. */
#include "schema/format.h"

#include "schema/format_checks.h"
#include "schema/schema.h"
#include "support/unit.h"
#include "json/reader.h"

#include <stdio.h>

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

static const struct format *format_of(const char *name)
{
    const struct format *format = format_find(str_from(name));
    if (format == NULL)
        fail_msg("there is no format %s", name);
    return format;
}

static void expect_text(const char *name, struct str text, bool valid)
{
    if (format_accepts(format_of(name), json_new_string(&arena, text)) != valid)
        fail_msg("%s: \"%.*s\" should be %s", name, (int)text.len, text.data,
                 valid ? "valid" : "invalid");
}

enum { EXAMPLES = 40 };

struct text_case {
    const char *format;
    const char *valid[EXAMPLES];
    const char *invalid[EXAMPLES];
};

static void expect_texts(const struct text_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < EXAMPLES && cases[i].valid[k] != NULL; k++)
            expect_text(cases[i].format, str_from(cases[i].valid[k]), true);
        for (size_t k = 0; k < EXAMPLES && cases[i].invalid[k] != NULL; k++)
            expect_text(cases[i].format, str_from(cases[i].invalid[k]), false);
    }
}

/* clang-format off */
static const struct text_case times[] = {
    {"date-time",
     {"2024-02-29T00:00:00Z", "2024-02-29t23:59:59z", "0000-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999999Z",
      "2024-05-17T12:34:56.1-23:59", "2024-05-17T12:34:56-00:00", "2016-12-31T23:59:60Z", "2016-12-31T23:59:60.5Z",
      "2017-01-01T05:29:60+05:30", "2016-12-31T18:59:60-05:00", "2016-12-31T00:00:60+00:01", "2016-12-31T23:58:60-00:01"},
     {"", "T", "2024-02-29", "2023-02-29T00:00:00Z", "2024-02-29 00:00:00Z", "2024-02-29T00:00:00", "2024-02-29T00:00Z",
      "2024-02-29T00:00:00.Z", "2024-02-29T00:00:00,5Z", "2024-02-29T24:00:00Z", "2024-02-29T00:60:00Z", "2024-02-29T00:00:61Z",
      "2024-02-29T12:00:60Z", "2024-02-29T00:00:00+24:00", "2024-02-29T00:00:00+00:60", "2024-02-29T00:00:00+0000",
      "2024-02-29T00:00:00+00", "2024-02-29T00:00:00+00:0", "2024-02-29T00:00:00ZZ", "2024-02-29T00:00:00Z ", " 2024-02-29T00:00:00Z",
      "24-02-29T00:00:00Z", "2024-2-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z",
      "2024-04-31T00:00:00Z", "2024-02-29T0:00:00Z", "2024-02-29T00:00:00.5", "2024-02-29T00:00:00\xe2\x88\x92" "05:00"}},
    {"date-time-local",
     {"2024-02-29T00:00:00", "2024-02-29t12:00:00.25", "2024-06-30T23:59:60"},
     {"", "2024-02-29", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00+00:00", "2024-02-30T00:00:00", "2024-02-29T00:00", "2024-02-29T"}},
    {"date",
     {"2024-02-29", "2000-02-29", "1999-12-31", "0001-01-01", "0000-02-29"},
     {"", "2024-02-30", "1900-02-29", "2024-2-9", "2024/02/29", "20240229", "2024-02-29Z", "2024-02-2\xc2\xb9", "-024-01-01", "2024-1-001"}},
    {"time",
     {"00:00:00Z", "23:59:59.999z", "12:00:00+14:00", "12:00:00-00:00", "23:59:60Z", "00:59:60+01:00", "22:59:60-01:00"},
     {"", "Z", "12:00:00", "12:00Z", "24:00:00Z", "12:00:00.Z", "1:00:00Z", "12:00:00+1:00", "22:59:60Z", "23:59:60+01:00", "12-00-00Z", "12:00:00 Z"}},
    {"time-local",
     {"00:00:00", "23:59:59.5", "12:00:60"},
     {"", "12:00", "12:00:00Z", "25:00:00", "12:00:00.", "12:00:00+00:00"}},
    {"duration",
     {"P1Y", "P1M", "P1D", "P1W", "P52W", "PT1H", "PT1M", "PT1S", "P1Y1M", "P1Y1M1D", "P1M1D", "PT1H1M", "PT1M1S", "PT1H1M1S", "P1DT1S", "P1YT1H", "P0Y", "P00D",
      "P123456789012345678901234567890D"},
     {"", "P", "PT", "P1", "1D", "p1D", "P1d", "P1DT", "P1S", "PT1D", "PT1Y", "P1D1M", "P1Y1D", "PT1H1S", "PT1S1H", "P1W1D", "P1WT1H", "P1Y1W", "P1.5D", "PT0.5S",
      "P-1D", "-P1D", "+P1D", "P1D ", "P 1D", "P1DPT1H", "P1YM", "PT1H1M1S1S", "P1D1D", "PD", "PTH"}},
    {"http-date",
     {"Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2024 23:59:60 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Wed Nov 16 08:49:37 1994"},
     {"", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000", "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
      "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 2023 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
      "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 94", "Sun Nov  6 08:49:37 1994 ", "Sun, 06 Nov 1994 08:49:37 GMT ",
      "Sun, 06 Nov 1994", "Sun,", "Sun", "Sun Nov", "Sun Nov ", "Sunday, "}},
    {"pydantic-date-time",
     {"2024-02-29T00:00:00Z", "2024-02-29 00:00:00", "2024-02-29T00:00", "1700000000"},
     {"", "yesterday", "2024-02-30T00:00:00Z"}},
};

static const struct text_case addresses[] = {
    {"ipv4",
     {"0.0.0.0", "255.255.255.255", "192.0.2.1", "10.0.0.10"},
     {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "01.2.3.4", "1.2.3.00", "1.2.3.4 ", " 1.2.3.4", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4/8", "1.2.3.4\n",
      "a.b.c.d", "0x1.2.3.4", "1.2.3.-4", "1.2.3.+4", "1.2.3.1000", "1,2,3,4"}},
    {"ipv6",
     {"::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "ABCD:EF01:2345:6789:abcd:ef01:2345:6789", "::1.2.3.4", "::ffff:1.2.3.4",
      "1:2:3:4:5:6:1.2.3.4", "1::5:1.2.3.4", "0:0:0:0:0:0:0:0", "fe80::0001"},
     {"", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2::3", "1:::2", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "12345::", "::g",
      "1.2.3.4", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::1.2.3.04", "::1.2.3.4:1", "fe80::1%eth0", "[::1]", "::1/128", " ::1", "::1 ", "1:2"}},
    {"hostname",
     {"example.com", "a", "xn--bcher-kva.example"},
     {"", "a.", "a_b", "b\xc3\xbc" "cher.example", "xn--a"}},
    {"idn-hostname",
     {"example.com", "b\xc3\xbc" "cher.example", "\xe4\xb8\xad\xe5\x9b\xbd\xe3\x80\x82\xe4\xb8\xad\xe5\x9b\xbd"},
     {"", "a.", "\xc3\x9c" "ber", "a\xe2\x82\xac"}},
    {"email",
     {"a@b", "joe@example.com", "joe.bloggs+tag@example.co.uk", "!#$%&'*+-/=?^_`{|}~@example.com", "\"\"@a", "\"a b\"@a.b", "\"a\\\"b\"@a.b", "\"a\\ b\"@c", "a@[1.2.3.4]", "a@[IPv6:::1]",
      "a@[ipv6:2001:db8::1]", "a@[x400:abc]", "a@1.2", "a@x-y.z", "0@0",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b"},
     {"", "@", "a", "a@", "@b", "a@b@c", "a b@c", ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@b..c", "a@-b", "a@b-", "a@b_c", "a@b c", "\"a@b", "\"a\"b@c", "\"a\nb\"@c", "\"a\\\"@c", "a@[1.2.3]",
      "a@[1.2.3.4", "a@1.2.3.4]", "a@[]", "a@[IPv6:1]", "a@[IPv6:]", "a@[x:]", "a@[x:a]b]", "(c)a@b", "a@b(c)", "a,b@c", "Joe <a@b>", "\xc3\xa9@b", "a@\xc3\xa9.b",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b",
      "a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
    {"idn-email",
     {"a@b", "\xc3\xa9@b.c", "a@\xc3\xa9.b", "\"\xc3\xa9 \"@b", "\xe7\x94\xa8\xe6\x88\xb7@\xe4\xbe\x8b\xe5\xad\x90.\xe5\xb9\xbf\xe5\x91\x8a"},
     {"", "\xc3\xa9", "\xc3\xa9@", "@\xc3\xa9", ".\xc3\xa9@b", "a@\xc3\xa9-", "a@[\xc3\xa9]", "a@b@\xc3\xa9", "a b@\xc3\xa9"}},
};

static const struct text_case references[] = {
    {"uri",
     {"a:", "http://example.com", "http://example.com:80/a/b;c?d=e&f#g", "http://example.com:/", "http://u:p@h/", "http://[::1]:80/", "http://[v1F.a:b]/", "http://", "file:///etc/hosts",
      "urn:isbn:0451450523", "mailto:a@b.c", "tel:+1-816-555-1212", "a+b-c.d:e", "x:/a//b", "x:a:b", "http://h/%C3%A9", "http://h?q?/#f?/", "http://1.2.3.4.5/", "http://h_x/", "http://h/a@b:c",
      "data:,a%20b", "A:b", "http://@h/", "http://h/!$&'()*+,;=-._~"},
     {"", "a", "/a", "//h/a", "#f", "?q", ":a", "1a:b", "a_b:c", "-a:b", "http://h/ b", "http://h/\"", "http://h/<", "http://h/\\", "http://h/^", "http://h/`", "http://h/{", "http://h/|", "http://h/%",
      "http://h/%4", "http://h/%4g", "http://h/[a]", "http://h?[", "http://h#[", "http://h#a#b", "http://[::1", "http://::1/", "http://[::1]a/", "http://[::g]/", "http://[v1]/", "http://[v.a]/",
      "http://[vx.a]/", "http://a@b@c/", "http://h:x/", "http://h:8:8/", "http://h/\xc3\xa9", "http://\xc3\xa9/", "http://h/\n", "http://[fe80::1%25eth0]/", "a b:c"}},
    {"uri-reference",
     {"", "a", "a/b:c", "./a:b", "/a", "//", "//h", "//h:1/p", "?q", "#f", "../a", "a?b#c", "http://h", "%41", ";a", "@", "a@b"},
     {"a b", ":", ":a", "1:b", "a%", "%zz", "[", "a[b]", "\\\\a\\b", "//h:x", "//a@b@c", "#a#b", "\xc3\xa9", "a|b", "<a>", "//[::1"}},
    {"iri",
     {"http://\xc3\xa9.com/\xc3\xa9?\xc3\xa9#\xc3\xa9", "a:\xe4\xb8\xad", "http://h/?\xee\x80\x80", "http://u\xc3\xa9@h/", "http://h/\xf0\x90\x8c\x80", "urn:a:b", "http://h/?\xf3\xb0\x80\x80"},
     {"", "\xc3\xa9", "\xc3\xa9:a", "http://h/\xee\x80\x80", "http://h/#\xee\x80\x80", "http://h/\xef\xb7\x90", "http://h/\xef\xbf\xbe", "http://h/\xf0\x9f\xbf\xbe", "http://h/\xf3\xa0\x80\x81", "http://h/\xc2\x80",
      "http://h/ ", "http://2001:db8::1/", "http://h/\xef\xbf\xb0", "http://h/%\xc3\xa9"}},
    {"iri-reference",
     {"", "\xc3\xa9", "#\xc3\xa9", "//\xc3\xa9/\xc3\xa9", "/\xe4\xb8\xad", "?\xee\x80\x80"},
     {"\xc3\xa9:a", "\\\xc3\xa9", "#\xc3\xa9\\", "\xee\x80\x80", "a \xc3\xa9", "\xc2\x85"}},
    {"uri-template",
     {"", "a", "{a}", "{a,b}", "{a:3}", "{a:1000}", "{a*}", "{a_1.b}", "{%41}", "{+a}{#a}{.a}{/a}{;a}{?a}{&a}", "{=a}{!a}{@a}{|a}", "/u/{id}{?q,limit*}", "a[b]#?c", "%41", "it's", "\xc3\xa9", "\xee\x80\x80", "{a}{b}"},
     {"{", "}", "{}", "{a", "a}", "{{a}}", "{a}}", "{a,}", "{,}", "{a,,b}", "{a:0}", "{a:01}", "{a:10000}", "{a:}", "{a:b}", "{a:1*}", "{a**}", "{*a}", "{a b}", "{a-b}", "{.}", "{a.}", "{.a.}", "{..a}", "{a..b}", "{%4}",
      "{%zz}", "{+}", "{++a}", "%", "%4", "a b", "a\"b", "a<b", "a\\b", "a^b", "a`b", "a|b", "a\x01", "{\xc3\xa9}"}},
};

static const struct text_case texts[] = {
    {"uuid",
     {"123e4567-e89b-12d3-a456-426614174000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "00000000-0000-0000-0000-000000000000"},
     {"", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000", "123e4567-e89b-12d3-a456-42661417400g", "{123e4567-e89b-12d3-a456-426614174000}",
      "123e4567_e89b_12d3_a456_426614174000", "123e4567-e89b-12d3-a4564-26614174000", "123e4567-e89b-12d3-a456-4266141740-0", "-23e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-42661417400:",
      "123e4567-e89b-12d3-a456-42661417400@", "123e4567-e89b-12d3-a456-42661417400`", "123e4567-e89b-12d3-a456-42661417400/", "123e4567-e89b-12d3-a456-4266141740\xc3\xa9"}},
    {"regex",
     {"", "^a+$", "(?<n>a)\\k<n>", "[^]", "\\p{L}", "(?<=a*)b", "a{3,99999999}"},
     {"(", "[", "a**", "\\p{X}", "(?i)a", "\\", "a{2,1}", "(?P<n>a)", "\\a"}},
    {"json-pointer",
     {"", "/", "/a", "/a/0/b", "/~0~1", "//", "/ ", "/\xc3\xa9", "/a~01"},
     {"a", "/~", "/~2", "/a~", "#/a", "0", "/a/~a"}},
    {"relative-json-pointer",
     {"0", "1", "10", "0#", "1/a", "2/0/b~1", "0/", "0+1", "0-1/a", "1+10#", "0-0"},
     {"", "/a", "-1", "+1", "01", "00", "1a", "1#a", "##", "0##", "1/~", "1/~2", "0+", "0+01", "0--1", "1 ", "#", "0+a"}},
    {"byte",
     {"", "QQ==", "QUI=", "QUJD", "+/+/", "QUJDRA=="},
     {"Q", "QQ", "QUI", "QQ=", "QQ===", "=", "====", "Q===", "QQ==QUJD", "Q=Q=", "QUJ-", "QUJ_", "QUJD\n", "QU JD", "QU\xc3\xa9"}},
    {"base64url",
     {"", "QQ==", "QQ", "QUI", "QUJD", "-_-_", "QUI="},
     {"Q", "QUJDR", "QQ=", "=", "QUJ+", "QU/D", "QUJD=", "Q=Q=", "QUJD "}},
    {"char",
     {"a", " ", "\xc3\xa9", "\xf0\x9f\x98\x80", "\n"},
     {"", "ab", "e\xcc\x81", "\xf0\x9f\x98\x80 "}},
    {"media-range",
     {"*/*", "text/*", "text/html", "application/vnd.api+json", "text/html;q=0.5", "text/html ; charset=utf-8", "a/b;c=\"d e\"", "a/b;c=\"d\\\"e\";f=g", "a/b;", "a/b;;c=d", "*/*;q=1"},
     {"", "*", "text", "text/", "/html", "*/html", "text html", "text/html,", "text/html; q", "text/html;q=", "text/html;=1", "a/b;c=\"d", "a/b c", "a/b/c", "t\xc3\xa9xt/a", "a/b;c=\"\x01\""}},
    {"sf-string",
     {"\"\"", "\"a b\"", "\"a\\\"b\"", "\"\\\\\""},
     {"", "a", "\"", "\"a", "a\"", "\"a\"b\"", "\"a\\b\"", "\"\\", "\"\\\"", "\"\xc3\xa9\"", "\"\t\"", "\"a\" "}},
    {"sf-token",
     {"a", "*", "foo123/456", "*a:b", "A!#$%&'*+-.^_`|~"},
     {"", "1a", "a b", ":a", "/a", "a\"", "\xc3\xa9", "a\n", "a,"}},
    {"sf-binary",
     {"::", ":QQ==:", ":QUJD:"},
     {"", ":", "QQ==", ":QQ:", ":Q Q=:", ":QQ==", "QQ==:", ":QU-D:"}},
    {"sf-boolean",
     {"?0", "?1"},
     {"", "?", "?2", "0", "true", "?0 ", "?00"}},
    {"int64",
     {"0", "-0", "1", "9223372036854775807", "-9223372036854775808"},
     {"", "-", "+1", "01", "1.0", "1e3", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999999999", " 1", "1 ", "a"}},
    {"uint64",
     {"0", "18446744073709551615", "-0"},
     {"", "-1", "18446744073709551616", "01", "1.0", "+1"}},
    {"decimal",
     {"0", "-1", "1.50", "123456789012345678901234567890.123", "-0.0"},
     {"", "-", ".5", "1.", "1e3", "01", "+1", "1,5", "NaN", "1.2.3", " 1"}},
    {"decimal128",
     {"0", "1.5", "-1e6144", "1e-6176", "9.999999999999999999999999999999999E6144", "1234567890123456789012345678901234", "12345678901234567890123456789012340000", "0.00000000000000000000000000000000000001", "NaN",
      "INF", "-INF", "0e99999999999999999999", "0.000e-99999999999999999999"},
     {"", "1e6145", "1e-6177", "12345678901234567890123456789012345", "Infinity", "nan", "+1", "1e", "1e+", "1e1.5", "0x1", "1e99999999999999999999", "1e-99999999999999999999"}},
};
/* clang-format on */

static void judges_times(void **state)
{
    (void)state;
    expect_texts(times, sizeof times / sizeof *times);
}

static void judges_addresses(void **state)
{
    (void)state;
    expect_texts(addresses, sizeof addresses / sizeof *addresses);
}

static void judges_references(void **state)
{
    (void)state;
    expect_texts(references, sizeof references / sizeof *references);
}

static void judges_texts(void **state)
{
    (void)state;
    expect_texts(texts, sizeof texts / sizeof *texts);
}

/* ---- numbers ---- */

struct number_case {
    const char *format;
    const char *valid[EXAMPLES];
    const char *invalid[EXAMPLES];
};

/* clang-format off */
static const struct number_case numbers[] = {
    {"int8", {"0", "-0", "127", "-128", "1.0", "1e2", "12.0e1", "-128.000"}, {"128", "-129", "1.5", "1e3", "0.1", "1e-1", "1e400"}},
    {"int16", {"32767", "-32768", "3.2767e4"}, {"32768", "-32769", "0.5"}},
    {"int32", {"2147483647", "-2147483648", "2147483647.0", "1e9", "0e999999999"}, {"2147483648", "-2147483649", "1e10", "1.1", "2147483647.5", "1e999999999", "1e-999999999"}},
    {"int64", {"9223372036854775807", "-9223372036854775808", "9.223372036854775807e18"}, {"9223372036854775808", "-9223372036854775809", "0.5", "1e19"}},
    {"uint8", {"0", "-0", "255", "2.55e2"}, {"-1", "256", "0.5"}},
    {"uint16", {"0", "65535"}, {"-1", "65536"}},
    {"uint32", {"0", "4294967295", "4294967295.0"}, {"-1", "4294967296", "-0.5"}},
    {"uint64", {"0", "-0", "-0.0", "18446744073709551615", "18446744073709551615.0", "1.8446744073709551615e19", "1e19", "9223372036854775808"}, {"-1", "18446744073709551616", "18446744073709551616.0", "1e20", "0.5", "-1.0", "18446744073709551615.5"}},
    {"double-int", {"9007199254740991", "-9007199254740991", "0", "1e3"}, {"9007199254740992", "-9007199254740992", "0.5"}},
    {"float", {"0", "1.5", "3.4028234663852886e38", "-3.4028235677973362e38", "1e-400", "16777217"}, {"3.4028235677973366e38", "1e39", "-1e39", "1e400"}},
    {"double", {"0", "1.7976931348623157e308", "-1e308", "1e-400", "123456789012345678901234567890"}, {"1e309", "-1e309", "1e999"}},
    {"decimal", {"0", "1.5", "1e5", "-1e400"}, {NULL}},
    {"decimal128", {"0", "1.5", "1e6144", "1e-6176", "1234567890123456789012345678901234"}, {"1e6145", "1e-6177", "12345678901234567890123456789012345"}},
    {"sf-integer", {"0", "999999999999999", "-999999999999999", "1.0", "1e14"}, {"1000000000000000", "-1000000000000000", "0.5", "1e15"}},
    {"sf-decimal", {"0", "1", "1.125", "-999999999999.999", "1.1000", "5e-3", "1e11"}, {"1.1234", "1000000000000", "1e12", "5e-4", "1e-4"}},
    {"pydantic-date-time", {"0", "1700000000", "1700000000.5"}, {"1e300"}},
};
/* clang-format on */

static const struct json_node *read_number(const char *text)
{
    struct source *source = arena_alloc_zero(&arena, sizeof *source);
    source->name = "number";
    source->text = str_from(text);
    struct json_document document;
    struct json_error error;
    struct json_read_options options = {.python = true};
    assert_true(json_read(&arena, source, &options, &document, &error));
    assert_int_equal(document.root->type, JSON_NUMBER);
    return document.root;
}

static void expect_number(const char *name, const char *text, bool valid)
{
    if (format_accepts(format_of(name), read_number(text)) != valid)
        fail_msg("%s: %s should be %s", name, text, valid ? "valid" : "invalid");
}

static void judges_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        for (size_t k = 0; k < EXAMPLES && numbers[i].valid[k] != NULL; k++)
            expect_number(numbers[i].format, numbers[i].valid[k], true);
        for (size_t k = 0; k < EXAMPLES && numbers[i].invalid[k] != NULL; k++)
            expect_number(numbers[i].format, numbers[i].invalid[k], false);
    }
}

static void refuses_what_is_not_finite(void **state)
{
    (void)state;
    static const char *const names[] = {"int8",       "int64",      "uint8",     "uint64",
                                        "double-int", "float",      "double",    "decimal",
                                        "decimal128", "sf-integer", "sf-decimal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        expect_number(names[i], "NaN", false);
        expect_number(names[i], "Infinity", false);
        expect_number(names[i], "-Infinity", false);
    }
}

/* ---- all formats ---- */

static void the_table_is_sorted_and_complete(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct format *format = format_table(); format->name != NULL; format++, count++) {
        assert_ptr_equal(format_find(str_from(format->name)), format);
        assert_non_null(format->check);
        assert_true(strlen(format->description) > 0);
        assert_int_not_equal(format->types & (SCHEMA_STRING | SCHEMA_NUMBER), 0);
        assert_int_equal(
            format->types & ~(unsigned)(SCHEMA_STRING | SCHEMA_NUMBER | SCHEMA_INTEGER), 0);
        assert_true(count == 0 || strcmp(format[-1].name, format->name) < 0);
    }
    assert_int_equal(count, 50);
    assert_null(format_find(str_from("")));
    assert_null(format_find(str_from("Date")));
    assert_null(format_find(str_from("date-tim")));
    assert_null(format_find(str_from("date-timex")));
    assert_null(format_find(str_make("date\0", 5)));
}

/* A format says nothing of values of another type. */
static void other_types_pass(void **state)
{
    (void)state;
    struct json_node *others[] = {json_new(&arena, JSON_NULL), json_new_bool(&arena, true),
                                  json_new_bool(&arena, false), json_new(&arena, JSON_ARRAY),
                                  json_new(&arena, JSON_OBJECT)};
    struct json_node *text = json_new_string(&arena, str_from("\x01 neither one nor the other"));
    const struct json_node *number = read_number("-1.5e300");
    for (const struct format *format = format_table(); format->name != NULL; format++) {
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            assert_true(format_accepts(format, others[i]));
        if ((format->types & SCHEMA_STRING) == 0)
            assert_true(format_accepts(format, text));
        if ((format->types & SCHEMA_NUMBER) == 0)
            assert_true(format_accepts(format, number));
    }
}

static void annotations_take_any_text(void **state)
{
    (void)state;
    static const char *const names[] = {"binary", "commonmark", "html", "password"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        expect_text(names[i], str_from(""), true);
        expect_text(names[i], str_make("\0<p", 3), true);
    }
}

/* A NUL byte is a character like others, not the end; and no format takes one but pointers. */
static void nul_is_no_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].valid[0][0] != '\0' && strcmp(texts[i].format, "regex") != 0) {
            struct buf text;
            buf_init(&text, &arena);
            buf_add_text(&text, texts[i].valid[0]);
            buf_add_char(&text, '\0');
            expect_text(texts[i].format, buf_str(&text), false);
        }
    expect_text("date-time", str_make("2024-02-29T00:00:00Z\0", 21), false);
    expect_text("date", str_make("2024-02-29\0", 11), false);
    expect_text("ipv4", str_make("1.2.3.4\0", 8), false);
    expect_text("ipv6", str_make("::1\0", 4), false);
    expect_text("email", str_make("a\0@b", 4), false);
    expect_text("email", str_make("a@b\0", 4), false);
    expect_text("uri", str_make("a:\0", 3), false);
    expect_text("uri-template", str_make("{\0a}", 4), false);
    expect_text("uri-template", str_make("\0", 1), false);
    expect_text("http-date", str_make("Sun, 06 Nov 1994 08:49:37 GMT\0", 30), false);
    expect_text("media-range", str_make("a/\0", 3), false);
    expect_text("json-pointer", str_make("/\0", 2), true);
    expect_text("char", str_make("\0", 1), true);
}

/* Each prefix of each example stands at the very end of its own memory: ASan sees a byte too far.
 */
static void prefixes_are_read_no_further(void **state)
{
    (void)state;
    static const struct {
        const struct text_case *cases;
        size_t count;
    } all[] = {{times, sizeof times / sizeof *times},
               {addresses, sizeof addresses / sizeof *addresses},
               {references, sizeof references / sizeof *references},
               {texts, sizeof texts / sizeof *texts}};
    for (size_t a = 0; a < sizeof all / sizeof *all; a++)
        for (size_t i = 0; i < all[a].count; i++) {
            const struct text_case *given = &all[a].cases[i];
            for (size_t k = 0; k < EXAMPLES && given->valid[k] != NULL; k++)
                for (size_t len = 0; len <= strlen(given->valid[k]); len++) {
                    char *held = test_malloc(len > 0 ? len : 1);
                    memcpy(held, given->valid[k], len);
                    struct json_node node = {.type = JSON_STRING, .size = (uint32_t)len};
                    node.c.valuestring = held;
                    format_accepts(format_of(given->format), &node);
                    test_free(held);
                }
        }
}

static void helpers_agree_with_the_table(void **state)
{
    (void)state;
    assert_true(format_is_date_time(str_from("2024-02-29T00:00:00Z")));
    assert_false(format_is_date_time(str_from("2024-02-29T00:00:00")));
    assert_true(format_is_date(str_from("2024-02-29")));
    assert_false(format_is_date(str_from("2023-02-29")));
    assert_true(format_is_uuid(str_from("123e4567-e89b-12d3-a456-426614174000")));
    assert_false(format_is_uuid(str_from("123e4567-e89b-12d3-a456-42661417400")));
    assert_true(format_is_ipv4(str_from("1.2.3.4")));
    assert_true(format_is_ipv6(str_from("::1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(judges_times, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(judges_addresses, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(judges_references, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(judges_texts, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(judges_numbers, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_finite, open_arena, close_arena),
        cmocka_unit_test(the_table_is_sorted_and_complete),
        cmocka_unit_test_setup_teardown(other_types_pass, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(annotations_take_any_text, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(nul_is_no_end, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(prefixes_are_read_no_further, open_arena, close_arena),
        cmocka_unit_test(helpers_agree_with_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
