#include "app/options.h"

#include "base/clock.h"
#include "openapi/query_format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SERVE = 1 << VERB_SERVE,
    CHECK = 1 << VERB_CHECK,
    SHOW = 1 << VERB_SHOW,
    VALIDATE = 1 << VERB_VALIDATE,
    REPLAY = 1 << VERB_REPLAY,
    ALL = SERVE | CHECK | SHOW | VALIDATE | REPLAY,
};

struct flag;

/* Takes the value; false with a reason in `message`. */
typedef bool flag_reader(const struct flag *flag, struct options *options, const char *value,
                         struct buf *message);

struct flag {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    const char *variable;
    const char *argument; /* NULL: a switch */
    unsigned verbs;
    flag_reader *read;
    size_t offset; /* of the field, for the generic readers */
    int64_t least;
    int64_t most;
    const char *help;
};

/* ---- readers ---- */

static void *field(const struct flag *flag, struct options *options)
{
    return (char *)options + flag->offset;
}

static bool read_text(const struct flag *flag, struct options *options, const char *value,
                      struct buf *message)
{
    (void)message;
    const char **text = field(flag, options);
    *text = value;
    return true;
}

static bool read_switch(const struct flag *flag, struct options *options, const char *value,
                        struct buf *message)
{
    static const char *const words[] = {"0", "1", "false", "true", "no", "yes"};
    bool *on = field(flag, options);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(value, words[i]) == 0) {
            *on = i % 2 == 1;
            return true;
        }
    }
    buf_printf(message, "--%s is true or false, not \"%s\"", flag->name, value);
    return false;
}

static bool read_number(const struct flag *flag, struct options *options, const char *value,
                        struct buf *message)
{
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (*value == '\0' || *end != '\0' || errno != 0 || number < flag->least ||
        number > flag->most) {
        buf_printf(message, "--%s wants a whole number from %lld to %lld, not \"%s\"", flag->name,
                   (long long)flag->least, (long long)flag->most, value);
        return false;
    }
    int64_t *target = field(flag, options);
    *target = number;
    return true;
}

static bool read_seed(const struct flag *flag, struct options *options, const char *value,
                      struct buf *message)
{
    options->has_seed = true;
    return read_number(flag, options, value, message);
}

static bool read_list(const struct flag *flag, struct options *options, const char *value,
                      struct buf *message)
{
    struct text_list *list = field(flag, options);
    if (list->count == OPTIONS_LIST_MAX) {
        buf_printf(message, "--%s may be given %d times at most", flag->name, OPTIONS_LIST_MAX);
        return false;
    }
    list->items[list->count++] = value;
    return true;
}

static bool read_map(const struct flag *flag, struct options *options, const char *value,
                     struct buf *message)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value || equals[1] == '\0') {
        buf_printf(message, "--map wants URL=FILE, not \"%s\"", value);
        return false;
    }
    return read_list(flag, options, value, message);
}

static bool read_clock(const struct flag *flag, struct options *options, const char *value,
                       struct buf *message)
{
    (void)flag;
    if (!clock_parse_rfc3339(str_from(value), &options->clock_ns)) {
        buf_printf(message,
                   "--clock wants an RFC 3339 time such as 2026-01-31T12:00:00Z, not \"%s\"",
                   value);
        return false;
    }
    options->clock = value;
    return true;
}

struct choice {
    const char *word;
    int value;
};

static const struct choice dialects[] = {
    {"auto", DIALECT_AUTO},
    {"fastapi", DIALECT_FASTAPI},
    {"problem", DIALECT_PROBLEM},
    {"steady", DIALECT_STEADY},
    {NULL, 0},
};
static const struct choice logs[] = {
    {"text", LOG_FORMAT_TEXT},
    {"json", LOG_FORMAT_JSON},
    {"off", LOG_FORMAT_OFF},
    {NULL, 0},
};
static const struct choice formats[] = {{"assert", false}, {"annotate", true}, {NULL, 0}};

static bool choose(const struct flag *flag, const struct choice *choices, const char *value,
                   int *chosen, struct buf *message)
{
    for (const struct choice *choice = choices; choice->word != NULL; choice++) {
        if (strcmp(choice->word, value) == 0) {
            *chosen = choice->value;
            return true;
        }
    }
    buf_printf(message, "--%s takes", flag->name);
    for (const struct choice *choice = choices; choice->word != NULL; choice++)
        buf_printf(message, "%s %s", choice == choices ? "" : ",", choice->word);
    buf_printf(message, "; not \"%s\"", value);
    return false;
}

static bool read_dialect(const struct flag *flag, struct options *options, const char *value,
                         struct buf *message)
{
    int chosen = 0;
    bool good = choose(flag, dialects, value, &chosen, message);
    options->dialect = (enum dialect_kind)chosen;
    return good;
}

static bool read_log(const struct flag *flag, struct options *options, const char *value,
                     struct buf *message)
{
    int chosen = 0;
    bool good = choose(flag, logs, value, &chosen, message);
    options->log = (enum log_format)chosen;
    return good;
}

static bool read_formats(const struct flag *flag, struct options *options, const char *value,
                         struct buf *message)
{
    int chosen = 0;
    bool good = choose(flag, formats, value, &chosen, message);
    options->annotate_formats = chosen != 0;
    return good;
}

static bool read_arrays(const struct flag *flag, struct options *options, const char *value,
                        struct buf *message)
{
    struct query_format *format = field(flag, options);
    if (query_arrays_from(str_from(value), &format->arrays))
        return true;
    buf_printf(message, "--%s takes auto, repeat, comma, space, pipe, brackets; not \"%s\"",
               flag->name, value);
    return false;
}

static bool read_objects(const struct flag *flag, struct options *options, const char *value,
                         struct buf *message)
{
    struct query_format *format = field(flag, options);
    if (query_objects_from(str_from(value), &format->objects))
        return true;
    buf_printf(message, "--%s takes auto, flat, flat-comma, brackets, dots; not \"%s\"", flag->name,
               value);
    return false;
}

/* ---- the table ---- */

#define AT(member) offsetof(struct options, member)

static const struct flag flags[] = {
    {"port", 'p', "UNDERSTUDY_PORT", "PORT", SERVE, read_number, AT(port), 0, 65535,
     "port to listen on; 0 takes a free one (default 4010)"},
    {"host", 'h', "UNDERSTUDY_HOST", "ADDR", SERVE, read_text, AT(host), 0, 0,
     "IPv4 address to listen on (default 127.0.0.1; 0.0.0.0 for all)"},
    {"overlay", 'o', "UNDERSTUDY_OVERLAY", "FILE", ALL, read_list, AT(overlays), 0, 0,
     "OpenAPI Overlay to apply to the document; repeatable, in order"},
    {"fixture", 'f', "UNDERSTUDY_FIXTURE", "FILE", SERVE | CHECK | REPLAY, read_list, AT(fixtures),
     0, 0, "records to start with, YAML or JSON; repeatable"},
    {"faults", 0, "UNDERSTUDY_FAULTS", "FILE", SERVE | CHECK | REPLAY, read_list, AT(faults), 0, 0,
     "fault plan, YAML or JSON; repeatable, rules in order"},
    {"map", 0, "UNDERSTUDY_MAP", "URL=FILE", ALL, read_map, AT(maps), 0, 0,
     "read FILE where a $ref names URL; repeatable (nothing is ever fetched)"},
    {"dialect", 0, "UNDERSTUDY_DIALECT", "NAME", SERVE | REPLAY, read_dialect, 0, 0, 0,
     "how errors are worded: auto, fastapi, problem, steady (default auto: by the\n"
     "declared 4xx schema of each operation)"},
    {"query-arrays", 0, "UNDERSTUDY_QUERY_ARRAYS", "FORMAT", SERVE | CHECK | REPLAY, read_arrays,
     AT(query_format), 0, 0,
     "how clients spell arrays in a query, whatever the document says: auto,\n"
     "repeat, comma, space, pipe, brackets (default auto: as it says)"},
    {"query-objects", 0, "UNDERSTUDY_QUERY_OBJECTS", "FORMAT", SERVE | CHECK | REPLAY, read_objects,
     AT(query_format), 0, 0, "the same for objects: auto, flat, flat-comma, brackets, dots"},
    {"form-arrays", 0, "UNDERSTUDY_FORM_ARRAYS", "FORMAT", SERVE | CHECK | REPLAY, read_arrays,
     AT(form_format), 0, 0, "the same for arrays in urlencoded bodies"},
    {"form-objects", 0, "UNDERSTUDY_FORM_OBJECTS", "FORMAT", SERVE | CHECK | REPLAY, read_objects,
     AT(form_format), 0, 0, "the same for objects in urlencoded bodies"},
    {"accept-invalid", 0, "UNDERSTUDY_ACCEPT_INVALID", NULL, SERVE | REPLAY, read_switch,
     AT(accept_invalid), 0, 0,
     "the `steady` dialect answers invalid requests with an example and tells\n"
     "of the faults in headers only"},
    {"dynamic", 0, "UNDERSTUDY_DYNAMIC", NULL, SERVE | REPLAY, read_switch, AT(dynamic), 0, 0,
     "operations without state answer with a new value each time, not with\n"
     "their example"},
    {"array-min", 0, "UNDERSTUDY_ARRAY_MIN", "N", SERVE | REPLAY, read_number, AT(array_min), 0,
     GENERATION_ARRAY_MAX, "least size of made-up arrays, where the schema leaves it open"},
    {"array-max", 0, "UNDERSTUDY_ARRAY_MAX", "N", SERVE | REPLAY, read_number, AT(array_max), 0,
     GENERATION_ARRAY_MAX, "largest size of made-up arrays (default 1)"},
    {"stream-count", 0, "UNDERSTUDY_STREAM_COUNT", "N", SERVE | REPLAY, read_number,
     AT(stream_count), 1, GENERATION_STREAM_MAX,
     "items in a made-up stream of events or JSON lines (default 5)"},
    {"stream-interval", 0, "UNDERSTUDY_STREAM_INTERVAL", "MS", SERVE | REPLAY, read_number,
     AT(stream_interval), 0, GENERATION_INTERVAL_MAX_MS,
     "milliseconds between two items of a stream (default 100)"},
    {"formats", 0, "UNDERSTUDY_FORMATS", "MODE", ALL, read_formats, 0, 0, 0,
     "assert (default) or annotate: whether `format` can make a value invalid"},
    {"random-seed", 0, "UNDERSTUDY_RANDOM_SEED", "N", SERVE | REPLAY, read_seed, AT(seed),
     INT64_MIN, INT64_MAX, "seed of generated ids, examples and fault draws (default: random)"},
    {"clock", 0, "UNDERSTUDY_CLOCK", "TIME", SERVE | REPLAY, read_clock, 0, 0, 0,
     "RFC 3339 time at which the server's clock stands still"},
    {"threads", 0, "UNDERSTUDY_THREADS", "N", SERVE, read_number, AT(threads), 1, 4096,
     "connections served at once (default 256); each holds one thread while\n"
     "it is open"},
    {"max-body", 0, "UNDERSTUDY_MAX_BODY", "BYTES", SERVE, read_number, AT(max_body), 0,
     (int64_t)1 << 31, "largest request body; beyond it 413 (default 16777216)"},
    {"max-nodes", 0, "UNDERSTUDY_MAX_NODES", "N", SERVE | REPLAY, read_number, AT(max_nodes), 1,
     INT32_MAX,
     "values (objects, arrays and what is in them) in a JSON body; beyond it\n"
     "413 (default 1000000: about 120 MB while such a body is held)"},
    {"max-violations", 0, "UNDERSTUDY_MAX_VIOLATIONS", "N", SERVE, read_number, AT(max_violations),
     1, 1000000,
     "violations reported for one request; a cut list says so in the header\n"
     "x-understudy-violations-shown (default 100000)"},
    {"port-file", 0, "UNDERSTUDY_PORT_FILE", "FILE", SERVE, read_text, AT(port_file), 0, 0,
     "write the port there, atomically, when ready to serve"},
    {"log", 0, "UNDERSTUDY_LOG", "FORMAT", SERVE, read_log, 0, 0, 0,
     "text, json or off: one line a request on stdout (default text)"},
    {"watch", 'w', "UNDERSTUDY_WATCH", NULL, SERVE, read_switch, AT(watch), 0, 0,
     "read everything again when a file changes on disk: documents, files that\n"
     "they refer to, overlays, fixtures, fault plans; a broken one leaves the\n"
     "old in place and says why"},
    {"max-worlds", 0, "UNDERSTUDY_MAX_WORLDS", "N", SERVE, read_number, AT(max_worlds), 0, 100000,
     "worlds that clients may name, beside the default one (default 1000)"},
    {"world-idle", 0, "UNDERSTUDY_WORLD_IDLE", "SECONDS", SERVE, read_number, AT(world_idle), 1,
     100000000,
     "after so long without a request a world may go when room is needed\n"
     "(default 1800)"},
    {"journal-file", 0, "UNDERSTUDY_JOURNAL_FILE", "FILE", SERVE, read_text, AT(journal_file), 0, 0,
     "append every exchange to FILE as a line of JSON; secrets are hidden"},
    {"coverage-file", 0, "UNDERSTUDY_COVERAGE_FILE", "FILE", SERVE, read_text, AT(coverage_file), 0,
     0,
     "when the server ends, write there what clients used of the contract: a\n"
     "page if FILE ends in .html, else JSON"},
    {"fail-under", 0, "UNDERSTUDY_FAIL_UNDER", "PERCENT", SERVE, read_number, AT(fail_under), 0,
     100, "exit code 1 if clients covered less of the contract than that"},
    {"fail-on-violation", 0, "UNDERSTUDY_FAIL_ON_VIOLATION", NULL, SERVE, read_switch,
     AT(fail_on_violation), 0, 0, "exit code 1 if any request broke the contract"},
    {"fail-on-unmatched", 0, "UNDERSTUDY_FAIL_ON_UNMATCHED", NULL, SERVE, read_switch,
     AT(fail_on_unmatched), 0, 0, "exit code 1 if any request met no operation"},
    {"strict", 0, "UNDERSTUDY_STRICT", NULL, CHECK, read_switch, AT(strict), 0, 0,
     "warnings count as mistakes: exit code 1"},
    {"verbose", 'v', "UNDERSTUDY_VERBOSE", NULL, SERVE, read_switch, AT(verbose), 0, 0,
     "log what was wrong with each refused request, and which line of the\n"
     "document says so (20 violations each at most); values of the request\n"
     "appear in the log"},
    {"check-answers", 0, "UNDERSTUDY_CHECK_ANSWERS", NULL, SERVE, read_switch, AT(check_answers), 0,
     0,
     "hold every answer against the contract; a broken one is logged and\n"
     "counted in GET /__admin/health"},
};

enum { FLAG_COUNT = sizeof flags / sizeof *flags };

struct verb_words {
    const char *name;
    const char *usage;
    const char *help;
    size_t least, most;   /* operands */
    const char *wants[2]; /* those that must be there, in words */
};

static const struct verb_words verbs[] = {
    [VERB_SERVE] = {"serve",
                    "understudy serve [FLAGS] SPEC...",
                    "Serves the operations of an OpenAPI document: checks every request against\n"
                    "the contract, keeps state, fails on cue. Prints one line with the URL when\n"
                    "ready. SIGTERM and SIGINT end it within a second; SIGHUP reads\n"
                    "all that it was given again. Exit codes: 0 fine, 1 something\n"
                    "that was read is broken or the server could not start, 2 wrong usage.\n"
                    "With one of --fail-under, --fail-on-violation, --fail-on-unmatched and\n"
                    "--coverage-file: 0 the clients kept the contract, 1 they did not, 2 wrong\n"
                    "usage, 3 the document, or what a request met of it, cannot be played.",
                    1,
                    OPTIONS_OPERANDS_MAX,
                    {"an OpenAPI document"}},
    [VERB_CHECK] = {"check",
                    "understudy check [FLAGS] SPEC...",
                    "Reads a document with its overlays, fixtures and fault plans, and prints\n"
                    "every mistake as file:line:column. Exit code 0: none, 1: some.",
                    1,
                    OPTIONS_OPERANDS_MAX,
                    {"an OpenAPI document"}},
    [VERB_SHOW] = {"show",
                   "understudy show [FLAGS] SPEC [OPERATION]",
                   "Prints what was understood: routes, parameters, and the compiled validator\n"
                   "programs. OPERATION is \"PUT /path\" or an operationId.",
                   1,
                   2,
                   {"an OpenAPI document"}},
    [VERB_VALIDATE] = {"validate",
                       "understudy validate [FLAGS] SPEC POINTER [FILE]",
                       "Holds a JSON document (FILE, default stdin) against the schema at POINTER\n"
                       "in SPEC, for example /components/schemas/Pet. Prints each violation. Exit\n"
                       "code 0: valid, 1: invalid.",
                       2,
                       3,
                       {"an OpenAPI document", "a pointer to a schema in it"}},
    [VERB_REPLAY] =
        {"replay",
         "understudy replay [FLAGS] SPEC JOURNAL",
         "Plays the requests of a journal again, in memory, and compares statuses and\n"
         "fault decisions with what was written down. JOURNAL is what GET\n"
         "/__admin/requests?format=jsonl or --journal-file wrote; \"-\" is stdin. Give it\n"
         "the flags of the server that wrote it. Exit code 0: the same, 1: differences.",
         2,
         2,
         {"an OpenAPI document", "a journal"}},
    [VERB_HELP] = {"help", "understudy help [COMMAND]", "Prints this help.", 0, 1, {NULL}},
    [VERB_VERSION] = {"version", "understudy --version", "Prints the version.", 0, 0, {NULL}},
};

enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

/* ---- help ---- */

static void print_flag(const struct flag *flag, struct buf *out)
{
    struct buf left;
    buf_init(&left, NULL);
    if (flag->letter != 0)
        buf_printf(&left, "-%c, ", flag->letter);
    buf_printf(&left, "--%s%s%s", flag->name, flag->argument != NULL ? " " : "",
               flag->argument != NULL ? flag->argument : "");
    buf_printf(out, "  %-24s", buf_text(&left));
    buf_free(&left);
    for (const char *c = flag->help; *c != '\0'; c++) {
        buf_add_char(out, *c);
        if (*c == '\n')
            buf_printf(out, "%-26s", "");
    }
    buf_printf(out, "\n%-26s[%s]\n", "", flag->variable);
}

static void print_overview(struct buf *out)
{
    buf_add_text(out, "understudy: a mock server that learns its part from an OpenAPI document.\n\n"
                      "usage:\n");
    for (size_t i = 0; i < VERB_COUNT; i++)
        buf_printf(out, "  %s\n", verbs[i].usage);
    buf_add_text(out, "  understudy mock SPEC                          as Prism's command line\n"
                      "  understudy SPEC                               as Steady's\n");
    buf_add_text(out, "\nfirst steps:\n"
                      "  understudy serve openapi.yaml                 serve it on 127.0.0.1:4010\n"
                      "  understudy serve --fixture data.yaml --overlay state.yaml openapi.yaml\n"
                      "  understudy check openapi.yaml                 list every mistake in it\n"
                      "  curl http://127.0.0.1:4010/__admin/requests   what clients really sent\n\n"
                      "exit codes: 0 fine, 1 a mistake in something that was read, 2 wrong usage,\n"
                      "3 serve was to judge its clients and could not play the document.\n"
                      "Every flag is an environment variable too, given in brackets.\n\n"
                      "flags of serve:\n");
    for (size_t i = 0; i < FLAG_COUNT; i++)
        print_flag(&flags[i], out);
}

void options_print_help(enum verb verb, struct buf *out)
{
    if (verb == VERB_HELP || verb == VERB_VERSION) {
        print_overview(out);
        return;
    }
    buf_printf(out, "usage: %s\n\n%s\n\nflags:\n", verbs[verb].usage, verbs[verb].help);
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (flags[i].verbs & 1u << verb)
            print_flag(&flags[i], out);
}

/* ---- reading ---- */

static const struct flag *find_flag(const char *name, size_t len, enum verb verb)
{
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if ((flags[i].verbs & 1u << verb) && strlen(flags[i].name) == len &&
            memcmp(flags[i].name, name, len) == 0)
            return &flags[i];
    return NULL;
}

static const struct flag *find_letter(char letter, enum verb verb)
{
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if ((flags[i].verbs & 1u << verb) && flags[i].letter == letter)
            return &flags[i];
    return NULL;
}

static enum options_outcome complain_of_flag(const char *argument, enum verb verb,
                                             struct buf *message)
{
    const char *names[FLAG_COUNT + 3];
    size_t count = 0;
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (flags[i].verbs & 1u << verb)
            names[count++] = flags[i].name;
    names[count++] = "help";
    names[count++] = "version";
    names[count] = NULL;
    struct str wrong = str_from(argument);
    while (wrong.len > 0 && wrong.data[0] == '-')
        wrong = str_after(wrong, 1);
    wrong.len = str_find_char(wrong, '=');
    const char *nearest = str_nearest(wrong, names);
    buf_printf(message, "unknown flag %s of %s; ", argument, verbs[verb].name);
    if (nearest != NULL)
        buf_printf(message, "did you mean --%s?", nearest);
    else
        buf_printf(message, "see understudy %s --help", verbs[verb].name);
    return OPTIONS_WRONG;
}

/* One argument that starts with a dash; *i moves past a value in the next argument. */
static enum options_outcome read_flag(struct options *options, int argc, char **argv, int *i,
                                      struct buf *message)
{
    const char *argument = argv[*i];
    bool is_long = argument[1] == '-';
    const char *equals = is_long ? strchr(argument, '=') : NULL;
    size_t len = equals != NULL ? (size_t)(equals - argument) - 2 : strlen(argument) - 2;
    const struct flag *flag = is_long ? find_flag(argument + 2, len, options->verb)
                                      : find_letter(argument[1], options->verb);
    if (flag == NULL)
        return complain_of_flag(argument, options->verb, message);
    const char *value = equals != NULL                    ? equals + 1
                        : !is_long && argument[2] != '\0' ? argument + 2
                        : flag->argument == NULL          ? "1"
                        : *i + 1 < argc                   ? argv[++*i]
                                                          : NULL;
    if (value == NULL) {
        buf_printf(message, "--%s wants a value: --%s %s", flag->name, flag->name, flag->argument);
        return OPTIONS_WRONG;
    }
    return flag->read(flag, options, value, message) ? OPTIONS_OK : OPTIONS_WRONG;
}

static bool read_variable(const struct flag *flag, struct options *options, struct buf *message)
{
    const char *value = getenv(flag->variable);
    if (value == NULL || *value == '\0')
        return true;
    bool is_list = flag->read == read_list;
    struct str rest = str_from(value);
    bool good = true;
    while (good && is_list && rest.len > 0) {
        struct str item = str_make(rest.data, str_find_char(rest, ':'));
        rest = str_after(rest, item.len < rest.len ? item.len + 1 : rest.len);
        good =
            item.len == 0 || read_list(flag, options, arena_copy(&options->arena, item), message);
    }
    if (!is_list)
        good = flag->read(flag, options, value, message);
    if (!good)
        buf_printf(message, " (from %s)", flag->variable);
    return good;
}

static bool read_environment(struct options *options, struct buf *message)
{
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if ((flags[i].verbs & 1u << options->verb) && !read_variable(&flags[i], options, message))
            return false;
    return true;
}

static bool find_verb(const char *word, enum verb *verb)
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(word, verbs[i].name) == 0) {
            *verb = (enum verb)i;
            return true;
        }
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-help") == 0)
        *verb = VERB_HELP;
    else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        *verb = VERB_VERSION;
    else
        return false;
    return true;
}

bool options_is_verb(const char *word)
{
    enum verb verb;
    return find_verb(word, &verb);
}

static enum options_outcome complain_of_verb(const char *word, struct buf *message)
{
    const char *names[VERB_COUNT + 1];
    for (size_t i = 0; i < VERB_COUNT; i++)
        names[i] = verbs[i].name;
    names[VERB_COUNT] = NULL;
    const char *nearest = str_nearest(str_from(word), names);
    buf_printf(message, "unknown command %s; ", word);
    if (nearest != NULL)
        buf_printf(message, "did you mean %s?", nearest);
    else
        buf_add_text(message, "the commands are serve, check, show, validate, replay and help");
    return OPTIONS_WRONG;
}

static void set_defaults(struct options *options)
{
    *options = (struct options){
        .verb = VERB_HELP,
        .host = "127.0.0.1",
        .port = 4010,
        .threads = 256,
        .max_body = INT64_C(16777216),
        .max_nodes = 1000000,
        .max_violations = 100000,
        .array_min = -1,
        .array_max = -1,
        .stream_count = 5,
        .stream_interval = 100,
        .max_worlds = 1000,
        .world_idle = 1800,
        .log = LOG_FORMAT_TEXT,
#ifndef NDEBUG
        .check_answers = true,
#endif
    };
    arena_init(&options->arena, 1024, NULL);
}

static enum options_outcome read_arguments(struct options *options, int argc, char **argv,
                                           struct buf *message)
{
    bool only_operands = false;
    for (int i = 2; i < argc; i++) {
        const char *argument = argv[i];
        if (!only_operands && strcmp(argument, "--") == 0) {
            only_operands = true;
        } else if (!only_operands && strcmp(argument, "--help") == 0) {
            options->operands.items[0] = verbs[options->verb].name;
            options->operands.count = 1;
            options->verb = VERB_HELP;
            return OPTIONS_OK;
        } else if (!only_operands && argument[0] == '-' && argument[1] != '\0') {
            enum options_outcome outcome = read_flag(options, argc, argv, &i, message);
            if (outcome != OPTIONS_OK)
                return outcome;
        } else if (options->operands.count < OPTIONS_OPERANDS_MAX) {
            options->operands.items[options->operands.count++] = argument;
        }
    }
    return OPTIONS_OK;
}

/* Flags that only make sense together. */
static bool combine_flags(struct options *options, struct buf *message)
{
    options->generation = (struct generation){
        .stream_count = (unsigned)options->stream_count,
        .stream_interval_ms = (unsigned)options->stream_interval,
    };
    const char *problem =
        generation_lengths(-1, options->array_min, options->array_max, &options->generation.arrays);
    if (problem != NULL)
        buf_printf(message, "--array-min %lld, --array-max %lld: %s", (long long)options->array_min,
                   (long long)options->array_max, problem);
    return problem == NULL;
}

static enum options_outcome complain_of_operands(const struct options *options,
                                                 const struct verb_words *words,
                                                 struct buf *message)
{
    size_t count = options->operands.count;
    if (count < words->least)
        buf_printf(message, "%s wants %s; usage: %s", words->name, words->wants[count],
                   words->usage);
    else
        buf_printf(message, "%s does not know what to do with %s; usage: %s", words->name,
                   options->operands.items[words->most], words->usage);
    return OPTIONS_WRONG;
}

enum options_outcome options_read(struct options *options, int argc, char **argv,
                                  struct buf *message)
{
    set_defaults(options);
    if (argc < 2)
        return OPTIONS_OK;
    if (!find_verb(argv[1], &options->verb))
        return complain_of_verb(argv[1], message);
    if (!read_environment(options, message))
        return OPTIONS_WRONG;
    enum options_outcome outcome = read_arguments(options, argc, argv, message);
    if (outcome != OPTIONS_OK)
        return outcome;
    const char *topic = options->operands.count > 0 ? options->operands.items[0] : NULL;
    if (options->verb == VERB_HELP && topic != NULL && !options_is_verb(topic))
        return complain_of_verb(topic, message);
    const struct verb_words *words = &verbs[options->verb];
    if (options->operands.count < words->least || options->operands.count > words->most)
        return complain_of_operands(options, words, message);
    return combine_flags(options, message) ? OPTIONS_OK : OPTIONS_WRONG;
}

void options_free(struct options *options)
{
    arena_clear(&options->arena);
}
