/* Strings: by format, by pattern, else a word of the right length. */
#include "schema/making.h"

#include "schema/pattern.h"
#include "schema/sample.h"
#include "json/writer.h"

enum { LENGTH_MAX = 1 << 16, DRAWS = 3 };

static const char *const words[] = {"amber", "birch", "cedar", "delta", "ember", "fjord",
                                    "grove", "heron", "inlet", "junco", "kelp",  "larch"};

const char *making_word(struct making *making)
{
    return words[making_draw(making, sizeof words / sizeof *words)];
}

/* ---- formats ---- */

static void add_uuid(struct making *making, struct buf *text)
{
    char uuid[37];
    rng_uuid4(making->options->rng, uuid);
    buf_add_text(text, uuid);
}

static void add_date(struct making *making, struct buf *text)
{
    buf_printf(text, "2026-%02u-%02u", 1 + making_draw(making, 12), 1 + making_draw(making, 28));
}

static void add_local_time(struct making *making, struct buf *text)
{
    buf_printf(text, "%02u:%02u:%02u", making_draw(making, 24), making_draw(making, 60),
               making_draw(making, 60));
}

static void add_time(struct making *making, struct buf *text)
{
    add_local_time(making, text);
    buf_add_char(text, 'Z');
}

static void add_local_date_time(struct making *making, struct buf *text)
{
    add_date(making, text);
    buf_add_char(text, 'T');
    add_local_time(making, text);
}

static void add_date_time(struct making *making, struct buf *text)
{
    add_local_date_time(making, text);
    buf_add_char(text, 'Z');
}

static void add_http_date(struct making *making, struct buf *text)
{
    (void)making;
    buf_add_text(text, "Sun, 06 Nov 1994 08:49:37 GMT");
}

static void add_email(struct making *making, struct buf *text)
{
    buf_printf(text, "%s@example.com", making_word(making));
}

static void add_uri(struct making *making, struct buf *text)
{
    buf_printf(text, "https://example.com/%s", making_word(making));
}

static void add_uri_template(struct making *making, struct buf *text)
{
    add_uri(making, text);
    buf_add_text(text, "/{id}");
}

static void add_hostname(struct making *making, struct buf *text)
{
    buf_printf(text, "%s.example.com", making_word(making));
}

static void add_ipv4(struct making *making, struct buf *text)
{
    buf_printf(text, "192.0.2.%u", 1 + making_draw(making, 254));
}

static void add_ipv6(struct making *making, struct buf *text)
{
    buf_printf(text, "2001:db8::%x", 1 + making_draw(making, 0xfffe));
}

static void add_base64(struct making *making, struct buf *text)
{
    (void)making;
    buf_add_text(text, "dW5kZXJzdHVkeQ==");
}

static void add_base64url(struct making *making, struct buf *text)
{
    (void)making;
    buf_add_text(text, "dW5kZXJzdHVkeQ");
}

static void add_duration(struct making *making, struct buf *text)
{
    buf_printf(text, "PT%uM", 1 + making_draw(making, 59));
}

static void add_pointer(struct making *making, struct buf *text)
{
    buf_printf(text, "/%s", making_word(making));
}

static void add_relative_pointer(struct making *making, struct buf *text)
{
    buf_printf(text, "1/%s", making_word(making));
}

static void add_regex(struct making *making, struct buf *text)
{
    buf_printf(text, "^%s$", making_word(making));
}

static void add_decimal(struct making *making, struct buf *text)
{
    buf_printf(text, "%u.%02u", making_draw(making, 1000), making_draw(making, 100));
}

static void add_integer(struct making *making, struct buf *text)
{
    buf_printf(text, "%u", making_draw(making, 1000));
}

static void add_character(struct making *making, struct buf *text)
{
    buf_add_char(text, making_word(making)[0]);
}

static void add_media_range(struct making *making, struct buf *text)
{
    (void)making;
    buf_add_text(text, "text/plain");
}

static void add_quoted(struct making *making, struct buf *text)
{
    buf_printf(text, "\"%s\"", making_word(making));
}

static void add_bytes(struct making *making, struct buf *text)
{
    buf_add_char(text, ':');
    add_base64(making, text);
    buf_add_char(text, ':');
}

static void add_flag(struct making *making, struct buf *text)
{
    buf_printf(text, "?%u", making_draw(making, 2));
}

static const struct maker {
    const char *format;
    void (*add)(struct making *making, struct buf *text);
} makers[] = {
    {"base64url", add_base64url},
    {"byte", add_base64},
    {"char", add_character},
    {"date", add_date},
    {"date-time", add_date_time},
    {"date-time-local", add_local_date_time},
    {"decimal", add_decimal},
    {"decimal128", add_decimal},
    {"duration", add_duration},
    {"email", add_email},
    {"hostname", add_hostname},
    {"http-date", add_http_date},
    {"idn-email", add_email},
    {"idn-hostname", add_hostname},
    {"int64", add_integer},
    {"ipv4", add_ipv4},
    {"ipv6", add_ipv6},
    {"iri", add_uri},
    {"iri-reference", add_uri},
    {"json-pointer", add_pointer},
    {"media-range", add_media_range},
    {"pydantic-date-time", add_date_time},
    {"regex", add_regex},
    {"relative-json-pointer", add_relative_pointer},
    {"sf-binary", add_bytes},
    {"sf-boolean", add_flag},
    {"sf-string", add_quoted},
    {"time", add_time},
    {"time-local", add_local_time},
    {"uint64", add_integer},
    {"uri", add_uri},
    {"uri-reference", add_uri},
    {"uri-template", add_uri_template},
    {"url", add_uri},
    {"uuid", add_uuid},
};

/* By the word in the document: also formats that are not checked have a look of their own. */
static bool add_formatted(struct making *making, const struct wish *wish, struct buf *text)
{
    for (size_t i = 0; i < wish->count; i++) {
        struct str name = json_member_text(wish->items[i].schema->node, "format", str_from(""));
        for (size_t j = 0; name.len > 0 && j < sizeof makers / sizeof *makers; j++) {
            if (!str_is(name, makers[j].format))
                continue;
            makers[j].add(making, text);
            return true;
        }
    }
    return false;
}

/* ---- candidates ---- */

static bool accepts(struct making *making, const struct wish *wish, const struct buf *text)
{
    struct arena scratch;
    arena_init(&scratch, 4096, NULL);
    bool good = making_accepts(making, &wish->roots, json_new_string(&scratch, buf_str(text)));
    arena_clear(&scratch);
    return good;
}

static bool try_format(struct making *making, const struct wish *wish, struct buf *text)
{
    text->len = 0;
    return add_formatted(making, wish, text) && accepts(making, wish, text);
}

/* Open-ended quantifiers repeat so often that the text has a chance to be as long as it must. */
static bool try_pattern(struct making *making, const struct wish *wish, struct str expression,
                        struct buf *text)
{
    uint64_t length = wish_least(wish, KEYWORD_MIN_LENGTH);
    unsigned least = (unsigned)(length < LENGTH_MAX ? length : LENGTH_MAX);
    const unsigned extras[] = {4, 0, 1, 2, 8, least, least / 2 + 1, least / 3 + 1, least / 4 + 1};
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        text->len = 0;
        if (!sample_pattern(expression, making->options->rng, extras[i], text))
            return false;
        if (accepts(making, wish, text))
            return true;
    }
    return false;
}

static bool try_patterns(struct making *making, const struct wish *wish, struct buf *text)
{
    size_t at = 0;
    for (const struct rule *rule; (rule = wish_next(wish, KEYWORD_PATTERN, &at)) != NULL;)
        if (try_pattern(making, wish, pattern_text(rule->u.pattern), text))
            return true;
    return false;
}

static bool add_word(struct making *making, const struct wish *wish, struct buf *text)
{
    uint64_t least = wish_least(wish, KEYWORD_MIN_LENGTH);
    uint64_t most = wish_most(wish, KEYWORD_MAX_LENGTH);
    if (least > most || least > LENGTH_MAX)
        return false;
    text->len = 0;
    buf_add_text(text, making_word(making));
    while (text->len < least)
        buf_add_char(text, (char)('a' + text->len % 26));
    if (text->len > most)
        text->len = (size_t)most;
    return true;
}

static bool try_words(struct making *making, const struct wish *wish, struct buf *text)
{
    for (unsigned i = 0; i < DRAWS; i++)
        if (add_word(making, wish, text) && accepts(making, wish, text))
            return true;
    return false;
}

bool make_text(struct making *making, const struct wish *wish)
{
    size_t patterns = 0;
    size_t formats = 0;
    struct buf text;
    buf_init(&text, making->arena);
    bool patterned = wish_next(wish, KEYWORD_PATTERN, &patterns) != NULL;
    bool formatted = wish_next(wish, KEYWORD_FORMAT, &formats) != NULL;
    bool plain = !patterned && !formatted && !wish->tricky;
    bool good = try_format(making, wish, &text) || try_patterns(making, wish, &text) ||
                (plain ? add_word(making, wish, &text) : try_words(making, wish, &text));
    if (good)
        json_write_string(making->out, buf_str(&text));
    return good;
}
