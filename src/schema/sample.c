/*
 * The expression is walked once from left to right. An atom's end is found
 * first, so that its quantifier is known before it is written; of alternatives
 * one is drawn. Every step costs, so nested quantifiers end.
 */
#include "schema/sample.h"

enum {
    NESTING_MAX = 24,
    STEPS_MAX = 100000,
    REPEATS_MAX = 4096,
    LENGTH_MAX = 1 << 16,
    ASCII = 128,
};

struct sampler {
    struct str text;
    size_t at;
    struct rng *rng;
    unsigned extra;
    struct buf *out;
    unsigned depth;
    unsigned steps;
    bool failed;
};

/* What a set allows: of ASCII each character, beyond it one range. */
struct set {
    bool has[ASCII];
    uint32_t from; /* 0: nothing beyond ASCII */
    uint32_t to;
};

static bool write_alternatives(struct sampler *sampler);

static bool more(const struct sampler *sampler)
{
    return sampler->at < sampler->text.len;
}

static char peek(const struct sampler *sampler)
{
    return more(sampler) ? sampler->text.data[sampler->at] : '\0';
}

static bool take(struct sampler *sampler, char wanted)
{
    if (!more(sampler) || peek(sampler) != wanted)
        return false;
    sampler->at++;
    return true;
}

static bool fail(struct sampler *sampler)
{
    sampler->failed = true;
    return false;
}

static bool step(struct sampler *sampler)
{
    if (sampler->steps == 0 || sampler->out->len > LENGTH_MAX)
        return fail(sampler);
    sampler->steps--;
    return true;
}

/* ---- characters ---- */

/* The code point at `at`, which moves behind it. Patterns are valid UTF-8. */
static uint32_t read_code_point(struct sampler *sampler)
{
    unsigned char lead = (unsigned char)sampler->text.data[sampler->at++];
    if (lead < 0x80)
        return lead;
    uint32_t code = lead < 0xe0 ? lead & 0x1f : lead < 0xf0 ? lead & 0x0f : lead & 0x07;
    while (more(sampler) && ((unsigned char)peek(sampler) & 0xc0) == 0x80)
        code = code << 6 | ((unsigned char)sampler->text.data[sampler->at++] & 0x3f);
    return code;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *hit = c != '\0' ? strchr(digits, c | 0x20) : NULL;
    return hit != NULL ? (int)(hit - digits) : -1;
}

/* The code point of \xHH, \uHHHH or \u{H...}, after the letter. */
static uint32_t read_hex(struct sampler *sampler, int digits)
{
    uint32_t code = 0;
    bool braces = digits == 4 && take(sampler, '{');
    for (int i = 0; (braces ? i < 8 : i < digits) && hex_digit(peek(sampler)) >= 0; i++)
        code = code * 16 + (uint32_t)hex_digit(sampler->text.data[sampler->at++]);
    if (braces)
        take(sampler, '}');
    return code;
}

/* A character escape's code point, after the backslash and the letter were taken. */
static uint32_t read_escape(struct sampler *sampler, char letter)
{
    static const char letters[] = "ntrfv0";
    static const char meanings[] = "\n\t\r\f\v\0";
    if (letter == 'x')
        return read_hex(sampler, 2);
    if (letter == 'u')
        return read_hex(sampler, 4);
    if (letter == 'c' && more(sampler))
        return (unsigned char)sampler->text.data[sampler->at++] & 0x1f;
    const char *hit = letter != '\0' ? strchr(letters, letter) : NULL;
    return hit != NULL ? (unsigned char)meanings[hit - letters] : (unsigned char)letter;
}

static bool is_scalar_value(uint32_t code)
{
    return code <= 0x10ffff && (code < 0xd800 || code >= 0xe000);
}

/* ---- sets ---- */

static void set_add(struct set *set, uint32_t from, uint32_t to)
{
    for (uint32_t c = from; c <= to && c < ASCII; c++)
        set->has[c] = true;
    if (to < ASCII || set->from != 0)
        return;
    set->from = from < ASCII ? ASCII : from;
    set->to = to;
}

static void set_add_all(struct set *set, const char *characters)
{
    for (; *characters != '\0'; characters++)
        set->has[(unsigned char)*characters] = true;
}

static void set_invert(struct set *set)
{
    bool beyond = set->from != 0;
    for (unsigned c = 0; c < ASCII; c++)
        set->has[c] = c >= 0x20 && c < 0x7f && !set->has[c];
    set->from = beyond ? 0 : 0xe0; /* what else there is; the caller checks */
    set->to = beyond ? 0 : 0xf6;
}

/* \p{...}: roughly, by the first letter of a category; letters for all others. */
static void set_add_property(struct set *set, struct str name)
{
    size_t equals = str_find_char(name, '=');
    if (equals < name.len)
        name = str_after(name, equals + 1);
    char first = name.len > 0 ? name.data[0] : 'L';
    char second = name.len > 1 ? name.data[1] : '\0';
    if (first == 'N' || str_is(name, "digit"))
        set_add(set, '0', '9');
    else if (first == 'P' || first == 'S')
        set_add_all(set, "-+=$!#");
    else if (first == 'Z')
        set->has[' '] = true;
    else {
        if (second != 'l')
            set_add(set, 'A', 'Z');
        if (second != 'u')
            set_add(set, 'a', 'z');
    }
}

/* The set of \d, \w, \s, \p{L} and their opposites; false for other escapes. */
static bool read_set_escape(struct sampler *sampler, char letter, struct set *set)
{
    *set = (struct set){.from = 0};
    switch (letter | 0x20) {
    case 'd':
        set_add(set, '0', '9');
        break;
    case 'w':
        set_add(set, '0', '9');
        set_add(set, 'A', 'Z');
        set_add(set, 'a', 'z');
        set->has['_'] = true;
        break;
    case 's':
        set_add_all(set, " \t\n\r\f\v");
        break;
    case 'p': {
        if (!take(sampler, '{'))
            return false;
        struct str name = str_after(sampler->text, sampler->at);
        name.len = str_find_char(name, '}');
        sampler->at += name.len;
        take(sampler, '}');
        set_add_property(set, name);
        break;
    }
    default:
        return false;
    }
    if (letter >= 'A' && letter <= 'Z')
        set_invert(set);
    return true;
}

static void set_join(struct set *set, const struct set *other)
{
    for (unsigned c = 0; c < ASCII; c++)
        set->has[c] |= other->has[c];
    if (set->from == 0) {
        set->from = other->from;
        set->to = other->to;
    }
}

/* One member of a class, or the start of a range; false where a whole set was added. */
static bool read_class_character(struct sampler *sampler, struct set *set, uint32_t *code)
{
    *code = read_code_point(sampler);
    if (*code != '\\' || !more(sampler))
        return true;
    char letter = sampler->text.data[sampler->at++];
    struct set escaped;
    if (!read_set_escape(sampler, letter, &escaped)) {
        *code = letter == 'b' ? 8 : read_escape(sampler, letter);
        return true;
    }
    set_join(set, &escaped);
    return false;
}

/* A class, behind its opening bracket. */
static struct set read_class(struct sampler *sampler)
{
    struct set set = {.from = 0};
    bool inverted = take(sampler, '^');
    while (more(sampler) && peek(sampler) != ']') {
        uint32_t from, to;
        if (!read_class_character(sampler, &set, &from))
            continue;
        to = from;
        bool range = sampler->at + 1 < sampler->text.len && peek(sampler) == '-' &&
                     sampler->text.data[sampler->at + 1] != ']';
        if (range) {
            sampler->at++;
            read_class_character(sampler, &set, &to);
        }
        set_add(&set, from, to);
    }
    if (!take(sampler, ']'))
        sampler->failed = true;
    if (inverted)
        set_invert(&set);
    return set;
}

static bool is_readable(unsigned c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters and digits first: they make the most readable samples. */
static bool write_one_of(struct sampler *sampler, const struct set *set)
{
    char choices[ASCII];
    size_t count = 0;
    for (int readable = 1; readable >= 0 && count == 0; readable--)
        for (unsigned c = 0; c < ASCII; c++)
            if (set->has[c] && is_readable(c) == (readable == 1))
                choices[count++] = (char)c;
    if (count > 0) {
        buf_add_char(sampler->out, choices[rng_below(sampler->rng, count)]);
        return true;
    }
    uint32_t code = set->from;
    if (code != 0)
        code += (uint32_t)rng_below(sampler->rng, set->to - set->from + 1u);
    if (code == 0 || !is_scalar_value(code))
        return fail(sampler);
    buf_add_utf8(sampler->out, code);
    return true;
}

/* ---- the ends of things ---- */

static void skip_class(struct sampler *sampler)
{
    while (more(sampler) && !take(sampler, ']'))
        sampler->at += peek(sampler) == '\\' && sampler->at + 1 < sampler->text.len ? 2 : 1;
}

/* Behind the parenthesis that closes what is open. */
static void skip_group(struct sampler *sampler)
{
    for (unsigned open = 1; more(sampler) && open > 0;) {
        char c = sampler->text.data[sampler->at++];
        if (c == '\\' && more(sampler))
            sampler->at++;
        else if (c == '[')
            skip_class(sampler);
        else
            open = c == '(' ? open + 1 : c == ')' ? open - 1 : open;
    }
}

static void skip_escape(struct sampler *sampler)
{
    struct set set;
    char letter = peek(sampler);
    if (!more(sampler))
        return;
    sampler->at++;
    if (!read_set_escape(sampler, letter, &set))
        read_escape(sampler, letter);
}

static void skip_atom(struct sampler *sampler)
{
    switch (peek(sampler)) {
    case '(':
        sampler->at++;
        skip_group(sampler);
        return;
    case '[':
        sampler->at++;
        skip_class(sampler);
        return;
    case '\\':
        sampler->at++;
        skip_escape(sampler);
        return;
    default:
        read_code_point(sampler);
    }
}

/* To the next bar of this level (true), or to the end of the level. */
static bool skip_alternative(struct sampler *sampler)
{
    while (more(sampler) && peek(sampler) != ')') {
        if (peek(sampler) == '|')
            return true;
        skip_atom(sampler);
    }
    return false;
}

/* ---- quantifiers ---- */

static unsigned read_number(struct sampler *sampler)
{
    unsigned number = 0;
    for (; peek(sampler) >= '0' && peek(sampler) <= '9'; sampler->at++)
        if (number < 1000000)
            number = number * 10 + (unsigned)(peek(sampler) - '0');
    return number;
}

/* How often the atom before shall stand, as its quantifier (if any) allows. */
static unsigned read_repeats(struct sampler *sampler)
{
    unsigned least = 1, most = 1;
    if (take(sampler, '*')) {
        least = 0;
        most = REPEATS_MAX;
    } else if (take(sampler, '+')) {
        most = REPEATS_MAX;
    } else if (take(sampler, '?')) {
        least = 0;
    } else if (take(sampler, '{')) {
        least = read_number(sampler);
        most = least;
        if (take(sampler, ','))
            most = peek(sampler) == '}' ? REPEATS_MAX : read_number(sampler);
        if (!take(sampler, '}'))
            sampler->failed = true;
    } else {
        return 1;
    }
    take(sampler, '?');
    unsigned wanted = least + sampler->extra;
    return wanted < most ? wanted : most;
}

/* ---- writing ---- */

/* Behind "(?": true where text is to be written, false for what looks around or sets flags. */
static bool enter_special_group(struct sampler *sampler)
{
    take(sampler, 'P');
    if (take(sampler, '<')) {
        if (peek(sampler) == '=' || peek(sampler) == '!')
            return false;
        while (more(sampler) && !take(sampler, '>'))
            sampler->at++;
        return true;
    }
    if (peek(sampler) == '=' || peek(sampler) == '!')
        return false;
    while (more(sampler) && peek(sampler) != ')' && peek(sampler) != ':')
        sampler->at++; /* flags */
    return take(sampler, ':');
}

/* What looks around is passed over: the caller checks. */
static bool write_group(struct sampler *sampler)
{
    if (take(sampler, '?') && !enter_special_group(sampler)) {
        skip_group(sampler);
        return true;
    }
    return write_alternatives(sampler) && (take(sampler, ')') || fail(sampler));
}

static bool write_escape(struct sampler *sampler)
{
    char letter = peek(sampler);
    struct set set;
    sampler->at++;
    if (letter == 'b' || letter == 'B')
        return true;
    if ((letter >= '1' && letter <= '9') || letter == 'k')
        return fail(sampler);
    if (read_set_escape(sampler, letter, &set))
        return write_one_of(sampler, &set);
    uint32_t code = read_escape(sampler, letter);
    if (!is_scalar_value(code))
        return fail(sampler);
    buf_add_utf8(sampler->out, code);
    return true;
}

static bool write_atom(struct sampler *sampler)
{
    struct set set = {.from = 0};
    switch (peek(sampler)) {
    case '^':
    case '$':
        sampler->at++;
        return true;
    case '(':
        sampler->at++;
        return write_group(sampler);
    case '\\':
        sampler->at++;
        return more(sampler) ? write_escape(sampler) : fail(sampler);
    case '[':
        sampler->at++;
        set = read_class(sampler);
        return !sampler->failed && write_one_of(sampler, &set);
    case '.':
        sampler->at++;
        set_add(&set, 'a', 'z');
        return write_one_of(sampler, &set);
    default:
        buf_add_utf8(sampler->out, read_code_point(sampler));
        return true;
    }
}

static bool write_term(struct sampler *sampler)
{
    size_t start = sampler->at;
    skip_atom(sampler);
    unsigned repeats = read_repeats(sampler);
    size_t end = sampler->at;
    for (unsigned i = 0; i < repeats && !sampler->failed; i++) {
        sampler->at = start;
        if (!step(sampler) || !write_atom(sampler))
            return false;
    }
    sampler->at = end;
    return !sampler->failed;
}

static bool write_sequence(struct sampler *sampler)
{
    while (more(sampler) && peek(sampler) != '|' && peek(sampler) != ')')
        if (!write_term(sampler))
            return false;
    return true;
}

static bool write_chosen(struct sampler *sampler)
{
    size_t start = sampler->at;
    unsigned count = 1;
    for (; skip_alternative(sampler); sampler->at++)
        count++;
    size_t end = sampler->at;
    sampler->at = start;
    for (uint64_t skipped = rng_below(sampler->rng, count); skipped > 0; skipped--) {
        skip_alternative(sampler);
        sampler->at++;
    }
    bool good = write_sequence(sampler);
    sampler->at = end;
    return good;
}

static bool write_alternatives(struct sampler *sampler)
{
    if (sampler->depth == NESTING_MAX)
        return fail(sampler);
    sampler->depth++;
    bool good = write_chosen(sampler);
    sampler->depth--;
    return good;
}

bool sample_pattern(struct str expression, struct rng *rng, unsigned extra, struct buf *out)
{
    size_t before = out->len;
    struct sampler sampler = {
        .text = expression, .rng = rng, .extra = extra, .out = out, .steps = STEPS_MAX};
    bool good = write_alternatives(&sampler) && !sampler.failed && !more(&sampler);
    if (!good)
        out->len = before;
    return good;
}
