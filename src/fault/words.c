#include "fault/words.h"

#include "fault/alias.h"
#include "json/number.h"

#include <stdio.h>

struct vocabulary {
    const char *title;
    const char *words[16]; /* ends with NULL */
};

static const struct vocabulary vocabularies[] = {
    [WORDS_PLAN] = {"a fault plan", {"faults", "sequences"}},
    [WORDS_SEQUENCE] = {"a sequence", {"name", "match", "steps", "then"}},
    [WORDS_RULE] = {"a rule", {"name", "match", "when", "do", "scenario", "state", "next_state"}},
    [WORDS_MATCH] = {"`match`",
                     {"operation", "method", "path", "query", "headers", "body", "attempt"}},
    [WORDS_MATCHER] = {"a matcher", {"equals", "contains", "matches", "absent", "present"}},
    [WORDS_ATTEMPT] = {"`attempt`", {"equals", "min", "max"}},
    [WORDS_WHEN] = {"`when`", {"nth", "skip", "first", "every", "probability", "after", "for"}},
    [WORDS_DO] = {"`do`",
                  {"status", "headers", "body", "delay", "after", "connection", "at", "truncate",
                   "drip", "violate", "quota"}},
    [WORDS_DELAY] = {"`delay`", {"fixed", "uniform", "lognormal"}},
    [WORDS_LOGNORMAL] = {"`lognormal`", {"median", "sigma", "max"}},
    [WORDS_AT] = {"`at`", {"byte"}},
    [WORDS_DRIP] = {"`drip`", {"bytes", "every", "pieces", "over"}},
    [WORDS_QUOTA] = {"`quota`", {"name", "requests", "per", "status", "headers", "body"}},
};

static bool list_has(const char *const *words, struct str word)
{
    for (; *words != NULL; words++)
        if (str_is(word, *words))
            return true;
    return false;
}

const char *words_list(const char *const *words, struct arena *arena)
{
    struct buf text;
    buf_init(&text, arena);
    for (size_t i = 0; words[i] != NULL; i++) {
        if (i > 0)
            buf_add_text(&text, ", ");
        buf_add_text(&text, words[i]);
    }
    return buf_text(&text);
}

static const char *unknown_remedy(const char *nearest, const char *const *words,
                                  struct diags *diags)
{
    if (nearest != NULL)
        return arena_printf(&diags->arena, "did you mean `%s`?", nearest);
    return arena_printf(&diags->arena, "what can stand here: %s", words_list(words, &diags->arena));
}

/* A name from the plan, cut to a length that a message bears. */
static int shown_length(struct str name)
{
    return name.len < 60 ? (int)name.len : 60;
}

static bool is_object(const struct json_node *node, const char *title, const char *const *words,
                      struct diags *diags)
{
    if (json_is(node, JSON_OBJECT))
        return true;
    char shown[WORDS_SHOWN_SIZE];
    words_show(node, shown);
    diag_error(
        diags, json_place(node),
        arena_printf(&diags->arena, "an object with some of: %s", words_list(words, &diags->arena)),
        "%s must be an object, not %s", title, shown);
    return false;
}

static void report_stranger(const struct json_node *member, const char *title, const char *nearest,
                            const char *const *words, struct diags *diags)
{
    struct str name = json_name(member);
    diag_error(diags, json_name_place(member), unknown_remedy(nearest, words, diags),
               "unknown word `%.*s` in %s", shown_length(name), name.data, title);
}

bool words_check_list(const struct json_node *node, const char *title, const char *const *words,
                      struct diags *diags)
{
    if (!is_object(node, title, words, diags))
        return false;
    bool fine = true;
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member)) {
        if (list_has(words, json_name(member)))
            continue;
        report_stranger(member, title, str_nearest(json_name(member), words), words, diags);
        fine = false;
    }
    return fine;
}

bool words_check(const struct json_node *node, enum words_where where, struct diags *diags)
{
    const struct vocabulary *vocabulary = &vocabularies[where];
    const char *const *words = vocabulary->words;
    if (!is_object(node, vocabulary->title, words, diags))
        return false;
    bool fine = true;
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member)) {
        struct str name = json_name(member);
        if (list_has(words, name))
            continue;
        const char *nearest = str_nearest(name, words);
        if (nearest == NULL)
            nearest = alias_nearest(where, name);
        report_stranger(member, vocabulary->title, nearest, words, diags);
        fine = false;
    }
    return fine;
}

bool words_uint(const struct json_node *node, const char *word, uint64_t least, uint64_t most,
                struct diags *diags, uint64_t *out)
{
    int64_t value = -1;
    bool whole = json_is(node, JSON_NUMBER) && json_number_to_int(node, &value);
    if (whole && value >= 0 && (uint64_t)value >= least && (uint64_t)value <= most) {
        *out = (uint64_t)value;
        return true;
    }
    char shown[WORDS_SHOWN_SIZE];
    words_show(node, shown);
    const char *bound =
        most == INT64_MAX
            ? arena_printf(&diags->arena, "of at least %llu", (unsigned long long)least)
            : arena_printf(&diags->arena, "from %llu to %llu", (unsigned long long)least,
                           (unsigned long long)most);
    diag_error(diags, json_place(node), NULL, "`%s` is %s; it must be a whole number %s", word,
               shown, bound);
    return false;
}

bool words_fraction(const struct json_node *node, const char *word, struct diags *diags,
                    double *out)
{
    double value = json_is(node, JSON_NUMBER) ? node->c.valuedouble : -1;
    if (value >= 0 && value <= 1) {
        *out = value;
        return true;
    }
    char shown[WORDS_SHOWN_SIZE];
    words_show(node, shown);
    diag_error(diags, json_place(node), "0.3 is three times in ten, 1 is always",
               "`%s` is %s; it must be a number from 0 to 1", word, shown);
    return false;
}

bool words_text(const struct json_node *node, const char *word, struct diags *diags,
                struct str *out)
{
    if (json_is(node, JSON_STRING) && node->size > 0) {
        *out = json_text(node);
        return true;
    }
    char shown[WORDS_SHOWN_SIZE];
    words_show(node, shown);
    const char *remedy = json_is(node, JSON_NUMBER) ? "put it in quotes" : NULL;
    diag_error(diags, json_place(node), remedy, "`%s` is %s; it must be a text", word, shown);
    return false;
}

bool words_choice(const struct json_node *node, const char *word, const char *const *choices,
                  struct diags *diags, size_t *out)
{
    struct str text = json_is(node, JSON_STRING) ? json_text(node) : str_make("", 0);
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (str_is(text, choices[i])) {
            *out = i;
            return true;
        }
    }
    char shown[WORDS_SHOWN_SIZE];
    words_show(node, shown);
    diag_error(diags, json_place(node), unknown_remedy(str_nearest(text, choices), choices, diags),
               "`%s` cannot be %s", word, shown);
    return false;
}

/* The longest prefix of at most `most` bytes that does not end inside a character. */
static int whole_characters(struct str text, size_t most)
{
    if (text.len <= most)
        return (int)text.len;
    while (most > 0 && ((unsigned char)text.data[most] & 0xc0) == 0x80)
        most--;
    return (int)most;
}

void words_show(const struct json_node *node, char out[WORDS_SHOWN_SIZE])
{
    enum { MOST = 40 };
    if (json_is(node, JSON_STRING) || json_is(node, JSON_NUMBER)) {
        struct str text = json_text(node);
        const char *quote = node->type == JSON_STRING ? "\"" : "";
        snprintf(out, WORDS_SHOWN_SIZE, "%s%.*s%s%s", quote, whole_characters(text, MOST),
                 text.data, text.len > MOST ? "..." : "", quote);
        return;
    }
    const char *name = "nothing";
    if (json_is(node, JSON_ARRAY))
        name = "a list";
    else if (json_is(node, JSON_OBJECT))
        name = "an object";
    else if (json_is(node, JSON_TRUE))
        name = "true";
    else if (json_is(node, JSON_FALSE))
        name = "false";
    else if (json_is(node, JSON_NULL))
        name = "null";
    snprintf(out, WORDS_SHOWN_SIZE, "%s", name);
}
