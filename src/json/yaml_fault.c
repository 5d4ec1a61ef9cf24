#include "json/yaml_fault.h"

#include "base/utf8.h"
#include "json/yaml_text.h"

enum shown_at {
    AT_PROBLEM,
    AT_PROBLEM_OF, /* and the message goes on "begun at line N", where the construct begins */
    AT_CONTEXT,    /* where the construct begins that never ends well */
};

struct wording {
    const char *problem;
    const char *context; /* NULL: any */
    const char *message;
    const char *remedy;
    enum shown_at at;
};

/* Looked through from the top; the first row that fits wins. */
static const struct wording wordings[] = {
    /* mappings and lists by indentation */
    {"could not find expected ':'", NULL, "this line is neither `key: value` nor a list entry",
     "write `key: value` with a blank after the colon; indent a text that goes on from the line "
     "above, or put it in quotes",
     AT_CONTEXT},
    {"mapping values are not allowed in this context", NULL, "`: ` in the middle of a text",
     "put a text that contains `: ` in quotes; indent a key like the keys beside it", AT_PROBLEM},
    {"mapping keys are not allowed in this context", NULL, "`? ` cannot stand here",
     "put a text that begins with `? ` in quotes", AT_PROBLEM},
    {"block sequence entries are not allowed in this context", NULL, "a list cannot begin here",
     "begin the list with `- ` on the next line, or put the text in quotes", AT_PROBLEM},
    {"did not find expected key", NULL, "expected another key of the mapping",
     "give all keys of one mapping the same indentation, and leave nothing after a closing quote "
     "or bracket",
     AT_PROBLEM_OF},
    {"did not find expected '-' indicator", NULL, "expected `- `, the next entry of the list",
     "give all entries of one list the same indentation", AT_PROBLEM_OF},
    {"did not find expected <document start>", NULL,
     "this does not belong to the document above it",
     "give all keys at the top the same indentation; one file holds one document", AT_PROBLEM},

    /* brackets */
    {"did not find expected ',' or ']'", NULL, "expected `,` or `]` in the list",
     "close the list, or put texts with special characters in quotes", AT_PROBLEM_OF},
    {"did not find expected ',' or '}'", NULL, "expected `,` or `}` in the mapping",
     "close the mapping, or put texts with special characters in quotes", AT_PROBLEM_OF},
    {"did not find expected node content", NULL, "expected a value here",
     "write the value, `null` or \"\"; put a text with special characters in quotes", AT_PROBLEM},
    {"found unexpected ':'", NULL, "an unquoted `:` inside brackets",
     "put the text in quotes, or write a blank after the colon", AT_PROBLEM},

    /* quoted texts */
    {"found unexpected end of stream", NULL, "the quoted text is never closed",
     "add the closing quote; a quote inside a text is '' in single and \\\" in double quotes",
     AT_CONTEXT},
    {"found unexpected document indicator", NULL, "the quoted text runs into `---` or `...`",
     "add the closing quote", AT_CONTEXT},
    {"found unknown escape character", NULL, "no such escape in a double-quoted text",
     "write \\\\ for a backslash, or use single quotes, where nothing is escaped", AT_PROBLEM},
    {"did not find expected hexdecimal number", NULL,
     "this escape takes hexadecimal digits: \\xHH, \\uHHHH or \\UHHHHHHHH",
     "write all its digits, or \\\\ for a backslash", AT_PROBLEM},
    {"found invalid Unicode character escape code", NULL, "YAML has no surrogate-pair escapes",
     "write the character itself, or \\U0001F600 with eight digits", AT_PROBLEM},

    /* block texts */
    {"found a tab character where an indentation space is expected", NULL,
     "a tab cannot be used for indentation", "replace the tab by blanks", AT_PROBLEM},
    {"found a tab character that violates indentation", NULL,
     "a tab cannot be used for indentation", "replace the tab by blanks", AT_PROBLEM},
    {"found an indentation indicator equal to 0", NULL,
     "the indentation after `|` or `>` is a digit from 1 to 9",
     "leave it out: it is found by itself", AT_PROBLEM},
    {"did not find expected comment or line break", "while scanning a block scalar",
     "the text after `|` or `>` begins on the next line",
     "put a line break here; or quotes around a text that begins with `|` or `>`", AT_PROBLEM},

    /* anchors, aliases, tags, directives */
    {"did not find expected alphabetic or numeric character", "while scanning an alias",
     "`*` begins an alias, and no name follows", "put a text that begins with `*` in quotes",
     AT_CONTEXT},
    {"did not find expected alphabetic or numeric character", "while scanning an anchor",
     "`&` begins an anchor, and no name follows", "put a text that begins with `&` in quotes",
     AT_CONTEXT},
    {"found undefined tag handle", NULL, "this tag has a handle that no %TAG line declares",
     "put a text that begins with `!` in quotes", AT_PROBLEM},
    {"found incompatible YAML document", NULL, "this version of YAML is not supported",
     "take the %YAML line away", AT_PROBLEM},
    {NULL, "while scanning a tag", "`!` begins a tag, and this is none",
     "put a text that begins with `!` in quotes", AT_CONTEXT},
    {NULL, "while parsing a tag", "`!` begins a tag, and this is none",
     "put a text that begins with `!` in quotes", AT_CONTEXT},
    {NULL, "while scanning a directive", "`%` at the beginning of a line is a directive",
     "put a text that begins with `%` in quotes and indent it", AT_CONTEXT},
    {NULL, "while scanning a %YAML directive", "this %YAML line cannot be read",
     "take the %YAML line away", AT_CONTEXT},
    {NULL, "while parsing a %TAG directive", "this %TAG line cannot be read",
     "take the %TAG line away", AT_CONTEXT},
};

static struct place place_at(const struct source *source, size_t offset)
{
    return (struct place){source, offset};
}

static bool fits(const struct wording *wording, const struct yaml_fault *fault)
{
    if (wording->problem != NULL && strcmp(wording->problem, fault->problem) != 0)
        return false;
    return wording->context == NULL ||
           (fault->context != NULL && strcmp(wording->context, fault->context) == 0);
}

static const struct wording *find_wording(const struct yaml_fault *fault)
{
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
        if (fits(&wordings[i], fault))
            return &wordings[i];
    return NULL;
}

/* "found character that cannot start any token": which character it is decides. */
static void report_character(const struct yaml_fault *fault, const struct source *source,
                             struct diags *diags)
{
    struct place place = place_at(source, fault->offset);
    char c = fault->offset < source->text.len ? source->text.data[fault->offset] : ' ';
    if (c == '\t')
        diag_error(diags, place, "replace the tab by blanks",
                   "a tab cannot be used for indentation");
    else
        diag_error(diags, place, "put the text in quotes", "a text cannot begin with `%c`", c);
}

static void report_bytes(const struct yaml_fault *fault, const struct source *source,
                         struct diags *diags)
{
    struct place place = place_at(source, fault->offset);
    if (strcmp(fault->problem, "control characters are not allowed") == 0)
        diag_error(diags, place, "take it away, or write it as an escape in double quotes",
                   "the control character U+%04X is not allowed", (unsigned)fault->value);
    else
        diag_error(diags, place, "save the file as UTF-8", "the byte 0x%02X is not UTF-8",
                   (unsigned)(unsigned char)source->text.data[fault->offset]);
}

/* An unclosed bracket shows at the end of the text; its beginning says more. */
static void report_unclosed(const struct yaml_fault *fault, const struct source *source,
                            struct diags *diags)
{
    char open = source->text.data[fault->context_offset];
    diag_error(diags, place_at(source, fault->context_offset),
               open == '[' ? "add the closing `]`" : "add the closing `}`",
               "the %s is never closed", open == '[' ? "list" : "mapping");
}

static bool ends_unclosed(const struct yaml_fault *fault, const struct source *source)
{
    if (fault->context == NULL || strncmp(fault->context, "while parsing a flow", 20) != 0)
        return false;
    if (fault->context_offset >= source->text.len ||
        strchr("[{", source->text.data[fault->context_offset]) == NULL)
        return false;
    return fault->offset >= source->text.len;
}

/* At the last character: an empty last line would show nothing. */
static void report_end(const struct source *source, struct diags *diags)
{
    size_t at = text_trim_end(source->text, 0, source->text.len);
    at -= at > 0;
    while (at > 0 && utf8_is_continuation(source->text.data[at]))
        at--;
    diag_error(diags, place_at(source, at), "write the value, and close what is open",
               "the text ends where a value should be");
}

/* The line that begins at `start`, without its line break and the blanks around it. */
static struct str trimmed_line(struct str text, size_t start, size_t *indentation)
{
    size_t end = start;
    while (end < text.len && text.data[end] != '\n')
        end++;
    size_t at = start;
    while (at < end && text.data[at] == ' ')
        at++;
    *indentation = at - start;
    return str_make(text.data + at, text_trim_end(text, at, end) - at);
}

static size_t line_start(struct str text, size_t at)
{
    while (at > 0 && text.data[at - 1] != '\n')
        at--;
    return at;
}

/*
 * `key value` and below it `other: value`: both lines are one text to YAML, and
 * it stumbles over the second one's colon. True, and told, if it looks like that.
 */
static bool report_lost_colon(const struct yaml_fault *fault, const struct source *source,
                              struct diags *diags)
{
    struct str text = source->text;
    size_t here = line_start(text, fault->offset < text.len ? fault->offset : text.len);
    if (here == 0 || strcmp(fault->problem, "mapping values are not allowed in this context") != 0)
        return false;
    size_t above = line_start(text, here - 1);
    size_t indentation;
    size_t other;
    struct str line = trimmed_line(text, above, &indentation);
    struct str next = trimmed_line(text, here, &other);
    size_t word = 0;
    while (word < line.len && line.data[word] != ' ')
        word++;
    bool plain = line.len > 0 && memchr(line.data, ':', line.len) == NULL &&
                 strchr("-#'\"[{&*!|>", line.data[0]) == NULL;
    if (!plain || other != indentation || fault->offset - here - other > str_find_char(next, ':'))
        return false;
    diag_error(diags, place_at(source, above + indentation + word), "write `key: value`",
               "no `:` after %.*s", (int)word, line.data);
    return true;
}

static void report_wording(const struct wording *wording, const struct yaml_fault *fault,
                           const struct source *source, struct diags *diags)
{
    if (fault->context == NULL || wording->at == AT_PROBLEM) {
        diag_error(diags, place_at(source, fault->offset), wording->remedy, "%s", wording->message);
    } else if (wording->at == AT_CONTEXT) {
        diag_error(diags, place_at(source, fault->context_offset), wording->remedy, "%s",
                   wording->message);
    } else {
        diag_error(diags, place_at(source, fault->offset), wording->remedy, "%s begun at line %u",
                   wording->message, source_position(source, fault->context_offset).line);
    }
}

void yaml_fault_report(const struct yaml_fault *fault, const struct source *source,
                       struct diags *diags)
{
    if (fault->value >= 0) {
        report_bytes(fault, source, diags);
        return;
    }
    if (strcmp(fault->problem, "found character that cannot start any token") == 0) {
        report_character(fault, source, diags);
        return;
    }
    if (ends_unclosed(fault, source)) {
        report_unclosed(fault, source, diags);
        return;
    }
    if (strcmp(fault->problem, "did not find expected node content") == 0 &&
        fault->offset >= source->text.len) {
        report_end(source, diags);
        return;
    }
    if (report_lost_colon(fault, source, diags))
        return;
    const struct wording *wording = find_wording(fault);
    if (wording != NULL)
        report_wording(wording, fault, source, diags);
    else
        diag_error(diags, place_at(source, fault->offset), NULL, "YAML: %s%s%s", fault->problem,
                   fault->context != NULL ? ", " : "",
                   fault->context != NULL ? fault->context : "");
}
