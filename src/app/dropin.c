#include "app/dropin.h"

#include "app/options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PRISM = 1 << GUEST_PRISM,
    STEADY = 1 << GUEST_STEADY,
};

enum takes {
    TAKES_NOTHING, /* or =true, =false, and with yargs' "--no-" before it */
    TAKES_VALUE,
};

struct guest_flag;
struct translation;

/* Adds the native words for the flag; `value` is "true" for a bare switch. */
typedef void flag_translator(struct translation *t, const struct guest_flag *flag,
                             const char *value);

struct guest_flag {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    unsigned guests;
    enum takes takes;
    flag_translator *translate;
    const char *native; /* for the translator, with dashes */
};

struct translation {
    struct arena *arena;
    struct buf *warnings;
    struct buf *message;
    enum guest guest;
    bool by_name; /* called by the tool's own name */
    char **argv;
    int argc;
};

static void add(struct translation *t, const char *word)
{
    t->argv[t->argc++] = arena_copy(t->arena, str_from(word));
}

/* ---- translators ---- */

/* It is so anyway. */
static void as_always(struct translation *t, const struct guest_flag *flag, const char *value)
{
    if (strcmp(value, "false") == 0)
        buf_printf(t->warnings, "understudy: warning: --%s cannot be switched off here\n",
                   flag->name);
}

/* How many processes, which colours: nobody can tell the difference. */
static void ignored(struct translation *t, const struct guest_flag *flag, const char *value)
{
    (void)t;
    (void)flag;
    (void)value;
}

static void without_effect(struct translation *t, const struct guest_flag *flag, const char *value)
{
    (void)value;
    buf_printf(t->warnings, "understudy: warning: --%s has no effect here\n", flag->name);
}

static void with_value(struct translation *t, const struct guest_flag *flag, const char *value)
{
    add(t, flag->native);
    add(t, value);
}

static void if_true(struct translation *t, const struct guest_flag *flag, const char *value)
{
    if (strcmp(value, "false") != 0)
        add(t, flag->native);
}

static void if_false(struct translation *t, const struct guest_flag *flag, const char *value)
{
    if (strcmp(value, "false") == 0)
        add(t, flag->native);
}

static void quiet_if_true(struct translation *t, const struct guest_flag *flag, const char *value)
{
    (void)flag;
    if (strcmp(value, "false") != 0)
        add(t, "--log=off");
}

/* Prism's levels: only `silent` says less than a line a request. */
static void prism_level(struct translation *t, const struct guest_flag *flag, const char *value)
{
    (void)flag;
    if (strcmp(value, "silent") == 0)
        add(t, "--log=off");
}

/* Both bounds. In one word each: an argument makes two words at most. */
static void array_size(struct translation *t, const struct guest_flag *flag, const char *value)
{
    (void)flag;
    add(t, arena_printf(t->arena, "--array-min=%s", value));
    add(t, arena_printf(t->arena, "--array-max=%s", value));
}

/* -1 means: another one each time, which is what no seed means here. */
static void seed_value(struct translation *t, const struct guest_flag *flag, const char *value)
{
    if (strcmp(value, "-1") != 0)
        with_value(t, flag, value);
}

/* ---- the table ---- */

static const struct guest_flag flags[] = {
    {"cors", 0, PRISM, TAKES_NOTHING, as_always, NULL},
    {"errors", 0, PRISM, TAKES_NOTHING, ignored, NULL},
    {"multiprocess", 'm', PRISM, TAKES_NOTHING, ignored, NULL},
    {"dynamic", 'd', PRISM, TAKES_NOTHING, if_true, "--dynamic"},
    {"ignoreExamples", 0, PRISM, TAKES_NOTHING, if_true, "--dynamic"},
    {"verboseLevel", 'v', PRISM, TAKES_VALUE, prism_level, NULL},
    {"seed", 0, PRISM, TAKES_VALUE, seed_value, "--random-seed"},
    {"json-schema-faker-fillProperties", 0, PRISM, TAKES_NOTHING, without_effect, NULL},

    {"auto-reload", 'r', STEADY, TAKES_NOTHING, if_true, "--watch"},
    {"interactive", 'i', STEADY, TAKES_NOTHING, without_effect, NULL},
    {"quiet", 'q', STEADY, TAKES_NOTHING, quiet_if_true, NULL},
    {"log-format", 0, STEADY, TAKES_VALUE, with_value, "--log"},
    {"log-level", 'v', STEADY, TAKES_VALUE, without_effect, NULL},
    {"log-bodies", 0, STEADY, TAKES_NOTHING, without_effect, NULL},
    {"no-color", 0, STEADY, TAKES_NOTHING, ignored, NULL},
    {"reject-on-sdk-error", 0, STEADY, TAKES_NOTHING, if_false, "--accept-invalid"},
    {"strict", 0, STEADY, TAKES_NOTHING, if_false, "--accept-invalid"}, /* older names */
    {"relaxed", 0, STEADY, TAKES_NOTHING, if_true, "--accept-invalid"},
    {"fail-on-ambiguous", 0, STEADY, TAKES_NOTHING, if_true, "--fail-on-unmatched"},
    {"fail-on-warnings", 0, STEADY, TAKES_NOTHING, if_true, "--fail-on-violation"},
    {"validator-strict-oneof", 0, STEADY, TAKES_NOTHING, as_always, NULL},
    {"validator-query-array-format", 0, STEADY, TAKES_VALUE, with_value, "--query-arrays"},
    {"validator-query-object-format", 0, STEADY, TAKES_VALUE, with_value, "--query-objects"},
    {"validator-form-array-format", 0, STEADY, TAKES_VALUE, with_value, "--form-arrays"},
    {"validator-form-object-format", 0, STEADY, TAKES_VALUE, with_value, "--form-objects"},
    {"generator-seed", 0, STEADY, TAKES_VALUE, seed_value, "--random-seed"},
    {"generator-array-size", 0, STEADY, TAKES_VALUE, array_size, NULL},
    {"generator-array-min", 0, STEADY, TAKES_VALUE, with_value, "--array-min"},
    {"generator-array-max", 0, STEADY, TAKES_VALUE, with_value, "--array-max"},
    {"stream-count", 0, STEADY, TAKES_VALUE, with_value, "--stream-count"},
    {"stream-interval", 0, STEADY, TAKES_VALUE, with_value, "--stream-interval"},
};

/* `name` may end in "=value"; it may begin with "no-" for a switch. */
static const struct guest_flag *find_flag(enum guest guest, const char *argument, bool *negated)
{
    bool is_long = argument[1] == '-';
    const char *name = argument + (is_long ? 2 : 1);
    size_t len = strcspn(name, "=");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        const struct guest_flag *flag = &flags[i];
        size_t flag_len = strlen(flag->name);
        *negated = false;
        if ((flag->guests & 1u << guest) == 0)
            continue;
        if (!is_long && flag->letter != 0 && name[0] == flag->letter)
            return flag;
        if (is_long && len == flag_len && memcmp(name, flag->name, len) == 0)
            return flag;
        *negated = is_long && flag->takes == TAKES_NOTHING && len == flag_len + 3 &&
                   memcmp(name, "no-", 3) == 0 && memcmp(name + 3, flag->name, flag_len) == 0;
        if (*negated)
            return flag;
    }
    return NULL;
}

static bool is_boolean(const char *word)
{
    return word != NULL && (strcmp(word, "true") == 0 || strcmp(word, "false") == 0);
}

/* The flag's value; *i moves past one that stands in the next argument. */
static const char *value_of(const struct guest_flag *flag, bool negated, int argc, char **argv,
                            int *i)
{
    const char *argument = argv[*i];
    bool is_long = argument[1] == '-';
    const char *equals = is_long ? strchr(argument, '=') : NULL;
    const char *next = *i + 1 < argc ? argv[*i + 1] : NULL;
    if (negated)
        return "false";
    if (equals != NULL)
        return equals + 1;
    if (flag->takes == TAKES_VALUE && !is_long && argument[2] != '\0')
        return argument + 2;
    bool takes_next = flag->takes == TAKES_VALUE ? next != NULL : is_boolean(next);
    if (takes_next)
        ++*i;
    if (takes_next)
        return next;
    return flag->takes == TAKES_VALUE ? NULL : "true";
}

/* Words that the two programs write alike and mean differently. */
static const char *other_meaning(const struct translation *t, const char *argument)
{
    static const struct {
        const char *theirs;
        const char *ours;
        bool by_name; /* only where there is no doubt whose word it is */
    } words[] = {
        {"-h", "--help", true},
        {"--log=false", "--log=off", false},
        {"--no-log", "--log=off", false},
        {"--log=true", "--log=text", false},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (t->guest == GUEST_STEADY && strcmp(argument, words[i].theirs) == 0 &&
            (t->by_name || !words[i].by_name))
            return words[i].ours;
    return NULL;
}

/* From `first` on: their flags become ours, everything else stays. */
static bool translate_arguments(struct translation *t, int first, int argc, char **argv)
{
    for (int i = first; i < argc; i++) {
        bool negated = false;
        bool is_flag = argv[i][0] == '-' && argv[i][1] != '\0';
        const char *word = other_meaning(t, argv[i]);
        const struct guest_flag *flag =
            word == NULL && is_flag ? find_flag(t->guest, argv[i], &negated) : NULL;
        if (flag == NULL) {
            add(t, word != NULL ? word : argv[i]);
            continue;
        }
        const char *value = value_of(flag, negated, argc, argv, &i);
        if (value == NULL) {
            buf_printf(t->message, "--%s wants a value", flag->name);
            return false;
        }
        flag->translate(t, flag, value);
    }
    return true;
}

/* ---- which tool is meant ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool looks_like_file(const char *word)
{
    return strpbrk(word, "./") != NULL || access(word, R_OK) == 0;
}

/* Flags or a document where a verb should be: Steady is called like that. */
static bool lacks_verb(const char *word)
{
    static const char *const ours[] = {"--help", "-help", "--version", "-V", "-h"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcmp(word, ours[i]) == 0)
            return false;
    return !options_is_verb(word) && (word[0] == '-' || looks_like_file(word));
}

static enum guest guest_of(int argc, char **argv)
{
    const char *name = argc > 0 ? base_name(argv[0]) : "";
    if (strcmp(name, "steady") == 0)
        return GUEST_STEADY;
    if (strcmp(name, "prism") == 0 || (argc > 1 && strcmp(argv[1], "mock") == 0))
        return GUEST_PRISM;
    return argc > 1 && lacks_verb(argv[1]) ? GUEST_STEADY : GUEST_NONE;
}

static bool refuse(struct translation *t, const char *words)
{
    buf_add_text(t->message, words);
    return false;
}

static bool translate_prism(struct translation *t, int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "--help";
    if (strcmp(verb, "proxy") == 0)
        return refuse(t, "Prism's proxy is not played here; `mock` is");
    if (strcmp(verb, "mock") != 0) {
        t->guest = GUEST_NONE;
        return translate_arguments(t, 1, argc, argv);
    }
    add(t, "serve");
    return translate_arguments(t, 2, argc, argv);
}

/* Steady's ways, where the environment does not say otherwise. */
static void add_manners(struct translation *t)
{
    if (getenv("UNDERSTUDY_DIALECT") == NULL)
        add(t, "--dialect=steady");
    /* It ends with 1 after an invalid request, and with 3 where the document is broken. */
    if (getenv("UNDERSTUDY_FAIL_ON_VIOLATION") == NULL)
        add(t, "--fail-on-violation");
}

static bool translate_steady(struct translation *t, int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "--help";
    if (t->by_name && strcmp(first, "explain") == 0)
        return refuse(t, "Steady's explanations are not played here; each error says its "
                         "suggestion");
    if (t->by_name && strcmp(first, "validate") == 0) {
        add(t, "check");
        return translate_arguments(t, 2, argc, argv);
    }
    if (strcmp(first, "--help") == 0 || strcmp(first, "--version") == 0) {
        add(t, first);
        return true;
    }
    add(t, "serve");
    if (t->by_name)
        add_manners(t);
    return translate_arguments(t, 1, argc, argv);
}

bool dropin_translate(int argc, char **argv, struct arena *arena, struct command_line *out,
                      struct buf *warnings, struct buf *message)
{
    enum { ADDED_MAX = 8 }; /* words that no argument stands for */
    *out = (struct command_line){argc, argv, guest_of(argc, argv)};
    if (out->guest == GUEST_NONE)
        return true;
    struct translation t = {
        .arena = arena, .warnings = warnings, .message = message, .guest = out->guest};
    t.by_name = strcmp(base_name(argv[0]), "steady") == 0;
    t.argv = arena_alloc_zero(arena, ((size_t)argc * 2 + ADDED_MAX) * sizeof *t.argv);
    add(&t, "understudy");
    bool good = out->guest == GUEST_PRISM ? translate_prism(&t, argc, argv)
                                          : translate_steady(&t, argc, argv);
    *out = (struct command_line){t.argc, t.argv, t.guest};
    return good;
}
