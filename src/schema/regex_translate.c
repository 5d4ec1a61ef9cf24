#include "schema/regex_translate.h"

#include "base/utf8.h"
#include "schema/regex_parser.h"
#include "schema/unicode.h"

enum group_kind {
    GROUP_ATOM,      /* may be repeated */
    GROUP_ASSERTION, /* looks ahead or behind: may not */
    GROUP_FLAGS,     /* (?i) is no group at all */
};

/* A group that is not closed yet. */
struct regex_open {
    size_t offset; /* of its parenthesis */
    const struct regex_group *group;
    enum group_kind kind;
    bool fresh;   /* at the start of each of its alternatives */
    bool dot_all; /* outside of it */
};

enum {
    PCRE2_REPEAT_MAX = 65535,
    REPEAT_PIECES_MAX = 100,       /* of PCRE2_REPEAT_MAX each */
    TRANSLATION_MAX = 1024 * 1024, /* bytes; PCRE2 takes far less */
};

static const uint32_t UNLIMITED = UINT32_MAX;

/* ---- faults ---- */

bool regex_fail(struct regex_parser *parser, size_t offset, const char *reason, const char *remedy)
{
    *parser->fault = (struct regex_fault){offset, reason, remedy};
    return false;
}

bool regex_tolerates(struct regex_parser *parser, size_t offset, const char *reason,
                     const char *remedy)
{
    return parser->mode == REGEX_LENIENT || regex_fail(parser, offset, reason, remedy);
}

int regex_peek(const struct regex_parser *parser, size_t ahead)
{
    size_t at = parser->at + ahead;
    return at < parser->text.len ? (unsigned char)parser->text.data[at] : -1;
}

/* ---- writing ---- */

static void add_tick(struct regex_parser *parser)
{
    buf_add_text(parser->out, "(?C1)");
    parser->fresh = true;
}

/* Puts a tick before what was written from `start` on. */
static void insert_tick(struct regex_parser *parser, size_t start)
{
    struct buf *out = parser->out;
    size_t len = out->len - start;
    add_tick(parser);
    size_t tick = out->len - start - len;
    memmove(out->data + start + tick, out->data + start, len);
    memcpy(out->data + start, "(?C1)", tick);
}

static void add_literal(struct buf *out, uint32_t c)
{
    bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c >= 0xd800 && c <= 0xdfff)
        buf_add_text(out, regex_nothing); /* half a pair: never in UTF-8 */
    else if (word || c >= 0x80)
        buf_add_utf8(out, c);
    else
        buf_printf(out, "\\x{%x}", c);
}

/* ---- quantifiers ---- */

struct quantifier {
    uint32_t min;
    uint32_t max; /* UNLIMITED for none */
    bool lazy;
};

/* Reads digits at *at; saturates below UNLIMITED. */
static bool read_number(const struct regex_parser *parser, size_t *at, uint32_t *out)
{
    size_t start = *at;
    uint64_t number = 0;
    for (; *at < parser->text.len; *at += 1) {
        char c = parser->text.data[*at];
        if (c < '0' || c > '9')
            break;
        number = number * 10 + (uint64_t)(c - '0');
        if (number >= UNLIMITED)
            number = UNLIMITED - 1;
    }
    *out = (uint32_t)number;
    return *at > start;
}

/* Reads {n}, {n,} or {n,m} at `at`; false where there is none. */
static bool read_braces(struct regex_parser *parser, struct quantifier *out)
{
    size_t at = parser->at + 1;
    const struct str text = parser->text;
    if (!read_number(parser, &at, &out->min))
        return false;
    out->max = out->min;
    if (at < text.len && text.data[at] == ',') {
        at++;
        if (!read_number(parser, &at, &out->max))
            out->max = UNLIMITED;
    }
    if (at == text.len || text.data[at] != '}')
        return false;
    parser->at = at + 1;
    return true;
}

/* Reads a quantifier if one is there. */
static bool read_quantifier(struct regex_parser *parser, struct quantifier *out)
{
    switch (regex_peek(parser, 0)) {
    case '*':
        *out = (struct quantifier){0, UNLIMITED, false};
        parser->at++;
        break;
    case '+':
        *out = (struct quantifier){1, UNLIMITED, false};
        parser->at++;
        break;
    case '?':
        *out = (struct quantifier){0, 1, false};
        parser->at++;
        break;
    case '{':
        if (!read_braces(parser, out))
            return false;
        break;
    default:
        return false;
    }
    out->lazy = regex_peek(parser, 0) == '?';
    parser->at += out->lazy;
    return true;
}

static void add_repeat(struct buf *out, struct str atom, uint32_t min, uint32_t max, bool lazy)
{
    buf_add_str(out, atom);
    if (max == UNLIMITED)
        buf_printf(out, "{%u,}", min);
    else if (min == max)
        buf_printf(out, "{%u}", min);
    else
        buf_printf(out, "{%u,%u}", min, max);
    if (lazy)
        buf_add_char(out, '?');
}

/* Up to `count` rounds beyond PCRE2's limit: (?:A{65535}...|A{0,65534}), nested. */
static void add_optional_rounds(struct buf *out, struct str atom, uint32_t count, bool lazy)
{
    uint32_t levels = count / PCRE2_REPEAT_MAX;
    for (uint32_t i = 0; i < levels; i++) {
        buf_add_text(out, "(?:");
        if (lazy) {
            add_repeat(out, atom, 0, PCRE2_REPEAT_MAX - 1, true);
            buf_add_char(out, '|');
        }
        add_repeat(out, atom, PCRE2_REPEAT_MAX, PCRE2_REPEAT_MAX, false);
    }
    add_repeat(out, atom, 0, count % PCRE2_REPEAT_MAX, lazy);
    for (uint32_t i = 0; i < levels; i++) {
        if (!lazy) {
            buf_add_char(out, '|');
            add_repeat(out, atom, 0, PCRE2_REPEAT_MAX - 1, false);
        }
        buf_add_char(out, ')');
    }
}

/* Repeats the single character or class that was written from `start` on. */
static bool repeat_beyond_limit(struct regex_parser *parser, size_t start, size_t offset,
                                struct quantifier quantifier)
{
    const uint32_t most = PCRE2_REPEAT_MAX * REPEAT_PIECES_MAX;
    if (quantifier.min > most || (quantifier.max > most && quantifier.max != UNLIMITED))
        return regex_fail(parser, offset, "a repetition of more than 6553500 rounds is too large",
                          "use minLength and maxLength");
    struct buf *out = parser->out;
    struct str atom = arena_copy_str(parser->arena, str_after(buf_str(out), start));
    out->len = start;
    uint32_t rest = quantifier.min;
    for (; rest > PCRE2_REPEAT_MAX; rest -= PCRE2_REPEAT_MAX)
        add_repeat(out, atom, PCRE2_REPEAT_MAX, PCRE2_REPEAT_MAX, false);
    if (quantifier.max == UNLIMITED) {
        add_repeat(out, atom, rest, UNLIMITED, quantifier.lazy);
        return true;
    }
    add_repeat(out, atom, rest, rest, false);
    add_optional_rounds(out, atom, quantifier.max - quantifier.min, quantifier.lazy);
    return true;
}

static bool is_beyond_limit(struct quantifier quantifier)
{
    return quantifier.min > PCRE2_REPEAT_MAX ||
           (quantifier.max > PCRE2_REPEAT_MAX && quantifier.max != UNLIMITED);
}

/* Reads the quantifier, if any, of the atom written from `start` on, or of a group. */
static bool quantify(struct regex_parser *parser, size_t start, bool is_group)
{
    size_t offset = parser->at;
    struct quantifier quantifier;
    if (!read_quantifier(parser, &quantifier))
        return true;
    if (quantifier.min > quantifier.max)
        return regex_fail(parser, offset, "the numbers of the quantifier are out of order", NULL);
    bool choice = quantifier.min != quantifier.max;
    if (is_beyond_limit(quantifier) && !parser->validates) {
        if (is_group)
            return regex_fail(parser, offset, "a group cannot be repeated more than 65535 times",
                              NULL);
        if (!repeat_beyond_limit(parser, start, offset, quantifier))
            return false;
    } else {
        struct str nothing = str_make("", 0);
        add_repeat(parser->out, nothing, quantifier.min, quantifier.max, quantifier.lazy);
    }
    if (choice && !is_group && !parser->fresh)
        insert_tick(parser, start);
    if (choice)
        parser->fresh = false;
    return true;
}

/* ---- groups ---- */

/* Reads "ims-ims" and the ":" or ")" after it; for lenient mode. */
static bool read_flags(struct regex_parser *parser, struct buf *flags, bool *dot_all)
{
    bool on = true;
    for (;; parser->at++) {
        int c = regex_peek(parser, 0);
        if (c == ':' || c == ')')
            return true;
        if (c == 's')
            *dot_all = on;
        else if (c == 'i' || c == 'm')
            buf_add_char(flags, (char)c);
        else if (c == '-' && on)
            buf_add_char(flags, (char)c);
        else
            return false;
        on = on && c != '-';
    }
}

/* (?i) and (?i:...), where the mode allows them. */
static bool open_with_flags(struct regex_parser *parser, enum group_kind *kind)
{
    static const char groups[] =
        "write (?:...), (?=...), (?!...), (?<=...), (?<!...) or (?<name>...)";
    size_t start = parser->at;
    if (!regex_tolerates(parser, start, "(? does not begin a group that ECMA-262 knows", groups))
        return false;
    parser->at += 2;
    buf_add_text(parser->out, "(?");
    if (!read_flags(parser, parser->out, &parser->dot_all))
        return regex_fail(parser, start, "(? does not begin a group that is understood", groups);
    int end = regex_peek(parser, 0);
    *kind = end == ')' ? GROUP_FLAGS : GROUP_ATOM;
    buf_add_char(parser->out, (char)end);
    parser->at++;
    return true;
}

static const char *capture_text(const struct regex_parser *parser)
{
    return parser->survey.has_references ? "(" : "(?:";
}

/* A named group; `prefix` bytes stand before its name. */
static bool open_named(struct regex_parser *parser, size_t prefix)
{
    size_t name_at = parser->at + prefix;
    struct str name;
    parser->at = name_at;
    buf_add_text(parser->out, capture_text(parser));
    if (!regex_group_name(parser->arena, parser->text, &parser->at, &name))
        return regex_fail(parser, name_at, "the group's name is malformed",
                          "write it like (?<name>...)");
    if (name_at == parser->survey.repeated_name)
        return regex_fail(parser, name_at, "two groups have the same name", NULL);
    return true;
}

/* Reads what opens the group and writes its translation. */
static bool read_opening(struct regex_parser *parser, enum group_kind *kind)
{
    static const char *const assertions[] = {"(?=", "(?!", "(?<=", "(?<!"};
    struct str rest = str_after(parser->text, parser->at);
    *kind = GROUP_ATOM;
    if (!str_starts_with(rest, "(?")) {
        parser->at++;
        buf_add_text(parser->out, capture_text(parser));
        return true;
    }
    if (str_starts_with(rest, "(?:")) {
        parser->at += 3;
        buf_add_text(parser->out, "(?:");
        return true;
    }
    for (size_t i = 0; i < sizeof assertions / sizeof *assertions; i++) {
        if (!str_starts_with(rest, assertions[i]))
            continue;
        parser->at += strlen(assertions[i]);
        buf_add_text(parser->out, assertions[i]);
        *kind = GROUP_ASSERTION;
        return true;
    }
    bool python = str_starts_with(rest, "(?P<");
    if (python && !regex_tolerates(parser, parser->at, "(?P<name>...) is Python's, not ECMA-262's",
                                   "write (?<name>...)"))
        return false;
    if (python || str_starts_with(rest, "(?<"))
        return open_named(parser, python ? 4 : 3);
    return open_with_flags(parser, kind);
}

static bool open_group(struct regex_parser *parser)
{
    struct regex_open open = {.offset = parser->at, .dot_all = parser->dot_all};
    if (parser->opened == parser->survey.group_count)
        return regex_fail(parser, parser->at, "the group is malformed", NULL);
    const struct regex_group *group = &parser->survey.groups[parser->opened++];
    if (!parser->fresh && group->quantified && !group->repeated)
        add_tick(parser);
    if (!read_opening(parser, &open.kind))
        return false;
    if (open.kind == GROUP_FLAGS)
        return true;
    if (group->repeated || (group->alternates && !parser->fresh))
        add_tick(parser);
    open.group = group;
    open.fresh = parser->fresh;
    parser->open[parser->depth++] = open;
    return true;
}

static bool next_alternative(struct regex_parser *parser)
{
    buf_add_char(parser->out, '|');
    parser->at++;
    parser->fresh = parser->depth > 0 ? parser->open[parser->depth - 1].fresh : true;
    return true;
}

static bool close_group(struct regex_parser *parser)
{
    if (parser->depth == 0)
        return regex_fail(parser, parser->at, ") closes nothing", "write \\) for a parenthesis");
    struct regex_open open = parser->open[--parser->depth];
    parser->at++;
    parser->dot_all = open.dot_all;
    buf_add_char(parser->out, ')');
    if (open.group->repeated || open.group->alternates)
        parser->fresh = false;
    if (open.kind == GROUP_ATOM)
        return quantify(parser, 0, true);
    return !open.group->quantified ||
           regex_fail(parser, parser->at, "an assertion cannot be repeated", NULL);
}

/* ---- terms ---- */

/*
 * In a group of its own: PCRE2 10.42's JIT takes a repeated reference to a
 * group that did not take part for one that cannot match.
 */
static void add_reference(struct buf *out, uint32_t number)
{
    buf_printf(out, "(?:\\g{%u})", number);
}

static bool number_reference(struct regex_parser *parser)
{
    size_t start = parser->at;
    size_t at = start + 1;
    uint32_t number;
    read_number(parser, &at, &number);
    if (number > parser->survey.captures)
        return regex_fail(parser, start, "it refers to a group that is not there", NULL);
    parser->at = at;
    add_reference(parser->out, number);
    return true;
}

static bool name_reference(struct regex_parser *parser)
{
    size_t start = parser->at;
    struct str name;
    parser->at += 3;
    if (parser->at > parser->text.len || parser->text.data[start + 2] != '<' ||
        !regex_group_name(parser->arena, parser->text, &parser->at, &name))
        return regex_fail(parser, start, "\\k needs a group's name after it",
                          "write it like \\k<name>");
    const struct regex_name *group = map_get(&parser->survey.names, name);
    if (group == NULL)
        return regex_fail(parser, start, "it refers to a group that is not there", NULL);
    add_reference(parser->out, group->number);
    return true;
}

static bool escape(struct regex_parser *parser)
{
    size_t start = parser->out->len;
    int letter = regex_peek(parser, 1);
    if (letter == 'b' || letter == 'B') {
        buf_add_text(parser->out, letter == 'b' ? "\\b" : "\\B");
        parser->at += 2;
        return true;
    }
    if (regex_is_set_escape(letter))
        return regex_set_escape(parser, false) && quantify(parser, start, false);
    if (letter == 'k')
        return name_reference(parser) && quantify(parser, start, false);
    if (letter >= '1' && letter <= '9')
        return number_reference(parser) && quantify(parser, start, false);
    uint32_t c;
    if (!regex_character_escape(parser, false, &c))
        return false;
    add_literal(parser->out, c);
    return quantify(parser, start, false);
}

static bool literal(struct regex_parser *parser)
{
    size_t start = parser->out->len;
    add_literal(parser->out, unicode_next(parser->text, &parser->at));
    return quantify(parser, start, false);
}

static bool lone_bracket(struct regex_parser *parser)
{
    size_t start = parser->at;
    struct quantifier quantifier;
    if (regex_peek(parser, 0) == '{' && read_braces(parser, &quantifier))
        return regex_fail(parser, start, "there is nothing to repeat", "write \\{ for a brace");
    if (!regex_tolerates(parser, start, "{, } and ] mean nothing on their own",
                         "write a backslash before it"))
        return false;
    return literal(parser);
}

static bool dot(struct regex_parser *parser)
{
    size_t start = parser->out->len;
    buf_add_text(parser->out, parser->dot_all ? regex_anything : "[^\\n\\r\\x{2028}\\x{2029}]");
    parser->at++;
    return quantify(parser, start, false);
}

static bool class_term(struct regex_parser *parser)
{
    size_t start = parser->out->len;
    return regex_class(parser) && quantify(parser, start, false);
}

static bool anchor(struct regex_parser *parser)
{
    buf_add_char(parser->out, parser->text.data[parser->at++]);
    return true;
}

static bool term(struct regex_parser *parser)
{
    switch (regex_peek(parser, 0)) {
    case '^':
    case '$':
        return anchor(parser);
    case '|':
        return next_alternative(parser);
    case '(':
        return open_group(parser);
    case ')':
        return close_group(parser);
    case '*':
    case '+':
    case '?':
        return regex_fail(parser, parser->at, "there is nothing to repeat",
                          "write a backslash before it if the character itself is meant");
    case '{':
    case '}':
    case ']':
        return lone_bracket(parser);
    case '.':
        return dot(parser);
    case '[':
        return class_term(parser);
    case '\\':
        return escape(parser);
    default:
        return literal(parser);
    }
}

/* ---- the whole ---- */

static bool terms(struct regex_parser *parser)
{
    size_t start = parser->out->len;
    while (parser->at < parser->text.len) {
        if (!term(parser))
            return false;
        if (!parser->validates && parser->out->len - start > TRANSLATION_MAX)
            return regex_fail(parser, parser->at, "the expression is too large", NULL);
    }
    return parser->depth == 0 || regex_fail(parser, parser->open[parser->depth - 1].offset,
                                            "( is not closed", "write \\( for a parenthesis");
}

/*
 * An expression that may begin anywhere ticks at each beginning, unless each
 * try is short anyway because nothing repeats. PCRE2 10.42 draws wrong
 * conclusions from lookaheads when it looks for places to begin at: it finds
 * no match for (?=b)c?b in "ab".
 */
static bool expression(struct regex_parser *parser)
{
    const struct regex_survey *survey = &parser->survey;
    if (survey->has_assertions)
        buf_add_text(parser->out, "(*NO_START_OPT)");
    bool anchored = regex_peek(parser, 0) == '^' && !survey->alternates;
    parser->fresh = true;
    if (anchored || !survey->has_quantifiers)
        return terms(parser);
    add_tick(parser);
    if (survey->alternates)
        buf_add_text(parser->out, "(?:");
    if (!terms(parser))
        return false;
    if (survey->alternates)
        buf_add_char(parser->out, ')');
    return true;
}

static bool parse(struct str text, enum regex_mode mode, bool validates, struct buf *out,
                  struct regex_fault *fault)
{
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct regex_parser parser = {
        .text = text,
        .mode = mode,
        .validates = validates,
        .out = out,
        .fault = fault,
        .arena = &arena,
    };
    size_t utf8_fault = utf8_find_fault(text);
    if (utf8_fault < text.len)
        return regex_fail(&parser, utf8_fault, "it is not valid UTF-8", NULL);
    regex_survey(&arena, text, &parser.survey);
    parser.open = arena_alloc(&arena, (parser.survey.group_count + 1) * sizeof *parser.open);
    bool done = expression(&parser);
    arena_clear(&arena);
    return done;
}

bool regex_translate(struct str text, enum regex_mode mode, struct buf *out,
                     struct regex_fault *fault)
{
    return parse(text, mode, false, out, fault);
}

bool regex_is_valid(struct str text)
{
    struct regex_fault fault;
    struct buf translation;
    buf_init(&translation, NULL);
    bool valid = parse(text, REGEX_STRICT, true, &translation, &fault);
    buf_free(&translation);
    return valid;
}
