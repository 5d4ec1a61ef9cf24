/*
 * The survey: which groups an expression has, before any of it is translated.
 * A group's beginning can then be written in the light of its end.
 */
#include "schema/regex_parser.h"
#include "schema/unicode.h"

/* ---- names ---- */

/*
 * IdentifierStart and IdentifierPart for ASCII. All other characters are let
 * through: PCRE2 never sees the names, and a table of them would decide nothing.
 */
static bool is_name_char(uint32_t c, bool first)
{
    if (c >= 0x80)
        return c != UNICODE_INVALID;
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    return letter || (!first && c >= '0' && c <= '9');
}

bool regex_group_name(struct arena *arena, struct str text, size_t *at, struct str *name)
{
    struct buf decoded;
    buf_init(&decoded, arena);
    while (*at < text.len && text.data[*at] != '>') {
        uint32_t c = unicode_next(text, at);
        if (c == '\\') {
            if (*at == text.len || text.data[(*at)++] != 'u' || !regex_unicode_escape(text, at, &c))
                return false;
        }
        if (!is_name_char(c, decoded.len == 0))
            return false;
        buf_add_utf8(&decoded, c);
    }
    if (*at == text.len || decoded.len == 0)
        return false;
    *at += 1;
    *name = buf_str(&decoded);
    return true;
}

/* ---- the walk ---- */

struct walk {
    struct arena *arena;
    struct str text;
    size_t at;
    size_t group; /* the innermost open one, or SIZE_MAX */
    struct regex_survey *out;
    size_t capacity;
};

static int peek(const struct walk *walk, size_t ahead)
{
    size_t at = walk->at + ahead;
    return at < walk->text.len ? (unsigned char)walk->text.data[at] : -1;
}

static void skip_class(struct walk *walk)
{
    for (walk->at++; peek(walk, 0) >= 0 && peek(walk, 0) != ']'; walk->at++)
        if (peek(walk, 0) == '\\')
            walk->at++;
}

static void note_capture(struct walk *walk, size_t name_at)
{
    struct regex_survey *out = walk->out;
    out->captures++;
    size_t at = name_at;
    struct str name;
    if (name_at == 0 || !regex_group_name(walk->arena, walk->text, &at, &name))
        return;
    struct regex_name *entry = arena_alloc(walk->arena, sizeof *entry);
    entry->number = out->captures;
    if (map_put(&out->names, name, entry) != NULL && out->repeated_name == SIZE_MAX)
        out->repeated_name = name_at;
}

static void add_group(struct walk *walk)
{
    struct regex_survey *out = walk->out;
    if (out->group_count == walk->capacity) {
        struct regex_group *old = out->groups;
        walk->capacity = walk->capacity > 0 ? walk->capacity * 2 : 16;
        out->groups = arena_alloc(walk->arena, walk->capacity * sizeof *out->groups);
        if (old != NULL)
            memcpy(out->groups, old, out->group_count * sizeof *out->groups);
    }
    out->groups[out->group_count] = (struct regex_group){.parent = walk->group};
    walk->group = out->group_count++;
}

static void open_group(struct walk *walk)
{
    add_group(walk);
    bool special = peek(walk, 1) == '?';
    bool python = special && peek(walk, 2) == 'P';
    size_t angle = python ? 3 : 2;
    bool angled = special && peek(walk, angle) == '<';
    int kind = peek(walk, angled ? angle + 1 : angle);
    if (special && (kind == '=' || kind == '!'))
        walk->out->has_assertions = true;
    else if (angled)
        note_capture(walk, walk->at + angle + 1);
    else if (!special)
        note_capture(walk, 0);
    walk->at += special ? 2 : 1;
}

static void close_group(struct walk *walk)
{
    walk->at++;
    if (walk->group == SIZE_MAX)
        return;
    struct regex_group *group = &walk->out->groups[walk->group];
    walk->group = group->parent;
    int next = peek(walk, 0);
    group->repeated = next == '*' || next == '+' || next == '{';
    group->quantified = group->repeated || next == '?';
}

static void note_alternative(struct walk *walk)
{
    if (walk->group == SIZE_MAX)
        walk->out->alternates = true;
    else
        walk->out->groups[walk->group].alternates = true;
    walk->at++;
}

static void note_escape(struct walk *walk)
{
    int next = peek(walk, 1);
    if (next == 'k' || (next >= '1' && next <= '9'))
        walk->out->has_references = true;
    walk->at += 2;
}

static void step(struct walk *walk)
{
    switch (peek(walk, 0)) {
    case '\\':
        note_escape(walk);
        break;
    case '[':
        skip_class(walk);
        walk->at++;
        break;
    case '(':
        open_group(walk);
        break;
    case ')':
        close_group(walk);
        break;
    case '|':
        note_alternative(walk);
        break;
    case '*':
    case '+':
    case '?':
    case '{':
        walk->out->has_quantifiers = true;
        walk->at++;
        break;
    default:
        walk->at++;
        break;
    }
}

void regex_survey(struct arena *arena, struct str text, struct regex_survey *out)
{
    *out = (struct regex_survey){.repeated_name = SIZE_MAX};
    map_init(&out->names, arena);
    struct walk walk = {.arena = arena, .text = text, .group = SIZE_MAX, .out = out};
    while (walk.at < text.len)
        step(&walk);
}
