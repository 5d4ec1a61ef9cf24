/* Documents of either language: JSON where the text looks like it, else YAML. */
#include "json/encoding.h"
#include "json/reader.h"
#include "json/yaml.h"

/* --- JSON's faults in words ------------------------------------------------------ */

struct wording {
    const char *message;
    const char *remedy;
};

/* For faults whose bytes say no more; see describe. */
static const struct wording wordings[] = {
    [JSON_EXPECTING_VALUE] = {"expected a value",
                              "write a string in double quotes, a number, true, false, null, [...] "
                              "or {...}"},
    [JSON_EXPECTING_NAME] = {"expected a name in double quotes", "write \"name\": value"},
    [JSON_EXPECTING_COLON] = {"expected `:` after the name", "write \"name\": value"},
    [JSON_EXPECTING_COMMA] = {"expected `,` or the end of the list or object",
                              "put a comma between two values"},
    [JSON_EXTRA_DATA] = {"the text goes on after the end of the document",
                         "take away what follows; one file holds one document"},
    [JSON_CONTROL_CHARACTER] = {"a control character inside a string",
                                "write it as an escape: \\n, \\t or \\u00XX"},
    [JSON_BAD_ESCAPE] = {"JSON has no such escape",
                         "write \\\\ for a backslash; the escapes are \\\" \\\\ \\/ \\b \\f \\n "
                         "\\r \\t \\uXXXX"},
    [JSON_BAD_UNICODE_ESCAPE] = {"\\u takes four hexadecimal digits", "write \\u00e9, for example"},
    [JSON_UNTERMINATED_STRING] = {"the string is never closed",
                                  "add the closing quote; a quote inside is written \\\""},
    [JSON_LONE_SURROGATE] = {"half of a surrogate pair stands alone",
                             "write both halves, or the character itself"},
    [JSON_BAD_UTF8] = {"the bytes are not UTF-8", "save the file as UTF-8"},
};

static char byte_at(struct str text, size_t at)
{
    return at < text.len ? text.data[at] : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The last byte before `at` that is not blank, or NUL. */
static char byte_before(struct str text, size_t at)
{
    while (at > 0 && is_blank(text.data[at - 1]))
        at--;
    return at > 0 ? text.data[at - 1] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

/* What people write who think of JavaScript, Python or YAML. */
static struct wording describe_foreign(struct str text, const struct json_error *error)
{
    char c = byte_at(text, error->offset);
    char before = byte_before(text, error->offset);
    bool wants_name = error->fault == JSON_EXPECTING_NAME;
    if (error->offset >= text.len)
        return (struct wording){"the document ends too early", "close what is still open"};
    if ((c == ']' || c == '}') && before == ',')
        return (struct wording){"a trailing comma is not allowed in JSON", "take the comma away"};
    if (c == '/' || c == '#')
        return (struct wording){"JSON has no comments", "take the comment away, or use YAML"};
    if (c == '\'')
        return (struct wording){"JSON strings are in double quotes", "write \"...\""};
    if (wants_name && (is_letter(c) || is_digit(c)))
        return (struct wording){"JSON names are in double quotes", "write \"name\": value"};
    if (!wants_name && (c == '+' || c == '.'))
        return (struct wording){"a JSON number begins with a digit or `-`",
                                "write 0.5, not .5, and 1, not +1"};
    if (!wants_name && is_letter(c))
        return (struct wording){"JSON has no such word",
                                "the words are true, false and null; put a text in double quotes"};
    return wordings[error->fault];
}

static struct wording describe(struct str text, const struct json_error *error)
{
    char c = byte_at(text, error->offset);
    char before = error->offset > 0 ? text.data[error->offset - 1] : '\0';
    switch (error->fault) {
    case JSON_EXPECTING_VALUE:
    case JSON_EXPECTING_NAME:
        return describe_foreign(text, error);
    case JSON_EXPECTING_COMMA:
        if (is_digit(before) && is_digit(c))
            return (struct wording){"a JSON number has no leading zeros",
                                    "take the zeros away, or write a string"};
        if (is_digit(before) && c == '.')
            return (struct wording){"a JSON number does not end in `.`", "write 1 or 1.0"};
        return c == '/' || c == '#' || error->offset >= text.len ? describe_foreign(text, error)
                                                                 : wordings[error->fault];
    case JSON_EXPECTING_COLON:
    case JSON_EXTRA_DATA:
        return c == '/' || c == '#' ? describe_foreign(text, error) : wordings[error->fault];
    default:
        return wordings[error->fault];
    }
}

static void report_json(const struct source *source, const struct yaml_limits *limits,
                        const struct json_error *error, struct diags *diags)
{
    struct place place = {source, error->offset};
    if (error->fault == JSON_TOO_DEEP) {
        diag_error(diags, place, "nest less deeply", "collections are nested more than %u deep",
                   limits->max_depth);
    } else if (error->fault == JSON_TOO_MANY_NODES) {
        diag_error(diags, place, "split the document into several files", "more than %u values",
                   limits->max_nodes);
    } else {
        struct wording wording = describe(source->text, error);
        diag_error(diags, place, wording.remedy, "%s", wording.message);
    }
}

/* --- choosing ---------------------------------------------------------------------- */

static size_t skip_blanks(struct str text, size_t at)
{
    while (at < text.len && is_blank(text.data[at]))
        at++;
    return at;
}

static bool looks_like_json(struct str text)
{
    char first = byte_at(text, skip_blanks(text, 0));
    return first == '{' || first == '[';
}

static struct json_node *accept_json(const struct json_document *document, struct diags *diags)
{
    const struct json_node *repeated = document->repeated;
    if (repeated == NULL)
        return document->root;
    diag_error(diags, json_name_place(repeated), "keep one of the two, or give it another name",
               "the name \"%s\" is in this object already", repeated->c.string);
    return NULL;
}

/* Behind the first bracket: an unquoted word there is YAML's. */
static bool begins_like_json(struct str text)
{
    size_t at = skip_blanks(text, 0);
    char c = byte_at(text, skip_blanks(text, at + 1));
    return c == '\0' || is_digit(c) || strchr("\"{}[]-,", c) != NULL;
}

/* A text like {a: 1} may be meant as YAML. If it is neither, one language is to blame. */
static struct json_node *read_as_yaml(struct arena *arena, const struct source *source,
                                      const struct yaml_limits *limits,
                                      const struct json_error *error, struct diags *diags)
{
    struct diags trial;
    diags_init(&trial);
    struct json_node *root = yaml_read(arena, source, limits, &trial);
    if (root == NULL && begins_like_json(source->text))
        report_json(source, limits, error, diags);
    else
        diags_append(diags, &trial);
    diags_free(&trial);
    return root;
}

struct json_node *json_read_document(struct arena *arena, const struct source *source,
                                     const struct yaml_limits *given, struct diags *diags)
{
    struct yaml_limits limits = yaml_limits_with_defaults(given);
    const struct source *text = encoding_to_utf8(arena, source, diags);
    if (text == NULL)
        return NULL;
    bool must_be_json = str_ends_with(str_from(source->name), ".json");
    if (!must_be_json && !looks_like_json(text->text))
        return yaml_read(arena, text, &limits, diags);
    struct json_read_options options = {
        .max_depth = limits.max_depth, .max_nodes = limits.max_nodes, .editable = true};
    struct json_document document;
    struct json_error error;
    if (json_read(arena, text, &options, &document, &error))
        return accept_json(&document, diags);
    bool over_budget = error.fault == JSON_TOO_DEEP || error.fault == JSON_TOO_MANY_NODES;
    if (!must_be_json && !over_budget)
        return read_as_yaml(arena, text, &limits, &error, diags);
    report_json(text, &limits, &error, diags);
    return NULL;
}
