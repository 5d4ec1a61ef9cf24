#include "schema/sample.h"

enum {
    NESTING_MAX = 24,
    REPEATS_MAX = 4096, /* texts stay bounded whatever the quantifiers say */
    LENGTH_MAX = 1 << 16,
    CLASS_SIZE = 128,
};

struct sampler {
    struct str text;
    size_t at;
    struct rng *rng;
    unsigned extra;
    struct buf *out;
    unsigned depth;
    bool failed;
};

/* ASCII characters that a class or an escape allows. */
struct class
{
    bool has[CLASS_SIZE];
};

static bool sample_alternatives(struct sampler *sampler, bool emit);

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

static void class_add_range(struct class *class, unsigned from, unsigned to)
{
    for (unsigned c = from; c <= to && c < CLASS_SIZE; c++)
        class->has[c] = true;
}

static void class_add_word(struct class *class)
{
    class_add_range(class, '0', '9');
    class_add_range(class, 'A', 'Z');
    class_add_range(class, 'a', 'z');
    class->has['_'] = true;
}

static void class_invert(struct class *class)
{
    for (unsigned c = 0; c < CLASS_SIZE; c++)
        class->has[c] = c >= 0x20 && c < 0x7f && !class->has[c];
}

/* The class of \d, \w, \s, \p{L} and their opposites; false for other escapes. */
static bool class_of_escape(struct sampler *sampler, char letter, struct class *class)
{
    *class = (struct class){{false}};
    switch (letter) {
    case 'd':
    case 'D':
        class_add_range(class, '0', '9');
        break;
    case 'w':
    case 'W':
        class_add_word(class);
        break;
    case 's':
    case 'S':
        class->has[' '] = true;
        break;
    case 'p':
    case 'P': {
        while (more(sampler) && !take(sampler, '}'))
            sampler->at++;
        class_add_range(class, 'a', 'z');
        class_add_range(class, 'A', 'Z');
        break;
    }
    default:
        return false;
    }
    if (letter >= 'A' && letter <= 'Z')
        class_invert(class);
    return true;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *hit = strchr(digits, c | 0x20);
    return c != '\0' && hit != NULL ? (int)(hit - digits) : -1;
}

/* The code point of \xHH, \uHHHH or \u{H...}, after the letter. */
static uint32_t read_hex(struct sampler *sampler, int digits)
{
    uint32_t code = 0;
    bool braces = digits == 4 && take(sampler, '{');
    for (int i = 0; (braces || i < digits) && more(sampler) && hex_digit(peek(sampler)) >= 0; i++)
        code = code * 16 + (uint32_t)hex_digit(sampler->text.data[sampler->at++]);
    if (braces)
        take(sampler, '}');
    return code;
}

/* A character escape's code point, after the backslash was taken. */
static uint32_t read_escape(struct sampler *sampler, char letter)
{
    switch (letter) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'f':
        return '\f';
    case 'v':
        return '\v';
    case 'x':
        return read_hex(sampler, 2);
    case 'u':
        return read_hex(sampler, 4);
    default:
        return (unsigned char)letter;
    }
}

/* One member of a class, or the start of a range; false where a class escape was added. */
static bool read_class_character(struct sampler *sampler, struct class *class, uint32_t *code)
{
    *code = (unsigned char)sampler->text.data[sampler->at++];
    if (*code != '\\' || !more(sampler))
        return true;
    char letter = sampler->text.data[sampler->at++];
    struct class escaped;
    if (!class_of_escape(sampler, letter, &escaped)) {
        *code = letter == 'b' ? 8 : read_escape(sampler, letter);
        return true;
    }
    for (unsigned c = 0; c < CLASS_SIZE; c++)
        class->has[c] = class->has[c] || escaped.has[c];
    return false;
}

static struct class read_class(struct sampler *sampler)
{
    struct class class = {{false}};
    bool inverted = take(sampler, '^');
    while (more(sampler) && peek(sampler) != ']') {
        uint32_t from, to;
        if (!read_class_character(sampler, &class, &from))
            continue;
        to = from;
        bool range = sampler->at + 1 < sampler->text.len && peek(sampler) == '-' &&
                     sampler->text.data[sampler->at + 1] != ']';
        if (range) {
            sampler->at++;
            read_class_character(sampler, &class, &to);
        }
        class_add_range(&class, from, to < CLASS_SIZE ? to : CLASS_SIZE - 1);
    }
    if (!take(sampler, ']'))
        sampler->failed = true;
    if (inverted)
        class_invert(&class);
    return class;
}

/* Letters and digits first: they make the most readable samples. */
static void emit_class(struct sampler *sampler, const struct class *class)
{
    char choices[CLASS_SIZE];
    size_t readable = 0, count = 0;
    for (unsigned c = 0; c < CLASS_SIZE; c++)
        if (class->has[c] &&
            (hex_digit((char)c) >= 0 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            choices[readable++] = (char)c;
    for (unsigned c = 0; readable == 0 && c < CLASS_SIZE; c++)
        if (class->has[c])
            choices[count++] = (char)c;
    count += readable;
    if (count == 0)
        sampler->failed = true;
    else
        buf_add_char(sampler->out, choices[rng_below(sampler->rng, count)]);
}

/* ---- atoms and quantifiers ---- */

static bool sample_group(struct sampler *sampler, bool emit)
{
    if (take(sampler, '?')) {
        bool named = take(sampler, '<');
        if (!named && !take(sampler, ':'))
            return fail(sampler);
        if (named && (peek(sampler) == '=' || peek(sampler) == '!'))
            return fail(sampler);
        while (named && more(sampler) && !take(sampler, '>'))
            sampler->at++;
    }
    return sample_alternatives(sampler, emit) && (take(sampler, ')') || fail(sampler));
}

static bool sample_escape(struct sampler *sampler, bool emit)
{
    if (!more(sampler))
        return fail(sampler);
    char letter = sampler->text.data[sampler->at++];
    struct class class;
    if (letter == 'b' || letter == 'B')
        return true;
    if ((letter >= '1' && letter <= '9') || letter == 'k')
        return fail(sampler);
    if (class_of_escape(sampler, letter, &class)) {
        if (emit)
            emit_class(sampler, &class);
        return true;
    }
    uint32_t code = read_escape(sampler, letter);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return fail(sampler);
    if (emit)
        buf_add_utf8(sampler->out, code);
    return true;
}

static bool sample_atom(struct sampler *sampler, bool emit)
{
    struct class class;
    char c = sampler->text.data[sampler->at++];
    switch (c) {
    case '^':
    case '$':
        return true;
    case '(':
        return sample_group(sampler, emit);
    case '\\':
        return sample_escape(sampler, emit);
    case '[':
        class = read_class(sampler);
        if (emit)
            emit_class(sampler, &class);
        return !sampler->failed;
    case '.':
        class = (struct class){{false}};
        class_add_range(&class, 'a', 'z');
        if (emit)
            emit_class(sampler, &class);
        return true;
    default:
        if (emit)
            buf_add_char(sampler->out, c);
        return true;
    }
}

static unsigned read_number(struct sampler *sampler)
{
    unsigned number = 0;
    while (more(sampler) && peek(sampler) >= '0' && peek(sampler) <= '9')
        number = number < 1000000
                     ? number * 10 + (unsigned)(sampler->text.data[sampler->at++] - '0')
                     : (sampler->at++, number);
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

/* An atom with its quantifier: read once without output to find the quantifier behind it. */
static bool sample_term(struct sampler *sampler, bool emit)
{
    size_t start = sampler->at;
    if (!sample_atom(sampler, false))
        return false;
    unsigned repeats = read_repeats(sampler);
    size_t end = sampler->at;
    for (unsigned i = 0; emit && i < repeats && i < REPEATS_MAX; i++) {
        sampler->at = start;
        if (!sample_atom(sampler, true) || sampler->out->len > LENGTH_MAX)
            return fail(sampler);
    }
    sampler->at = end;
    return !sampler->failed;
}

static bool sample_sequence(struct sampler *sampler, bool emit)
{
    while (more(sampler) && peek(sampler) != '|' && peek(sampler) != ')')
        if (!sample_term(sampler, emit))
            return false;
    return true;
}

/* One of the alternatives is written: the first one. */
static bool sample_alternatives(struct sampler *sampler, bool emit)
{
    if (sampler->depth++ == NESTING_MAX)
        return fail(sampler);
    bool good = sample_sequence(sampler, emit);
    while (good && take(sampler, '|'))
        good = sample_sequence(sampler, false);
    sampler->depth--;
    return good;
}

bool sample_pattern(struct str expression, struct rng *rng, unsigned extra, struct buf *out)
{
    size_t before = out->len;
    struct sampler sampler = {.text = expression, .rng = rng, .extra = extra, .out = out};
    bool good = sample_alternatives(&sampler, true) && !sampler.failed && !more(&sampler);
    if (!good)
        out->len = before;
    return good;
}
