#include "mock/wiremock/json_pattern.h"

#include "openapi/jsonpath.h"
#include "json/number.h"
#include "json/reader.h"
#include "json/writer.h"

/* Deeper ones are compared no further: neither do people write them, nor has a worker the stack. */
enum { DEPTH_MOST = 64 };

/* The tree of a text, in the arena; NULL where it is not JSON, or too deep. */
static struct json_node *parse(struct arena *arena, struct str text)
{
    struct source *source = arena_alloc_zero(arena, sizeof *source);
    struct json_read_options options = {.max_depth = DEPTH_MOST};
    struct json_document document;
    struct json_error error;
    source->name = "value";
    source->text = text;
    return json_read(arena, source, &options, &document, &error) ? document.root : NULL;
}

/* ---- equalToJson ---- */

struct json_pattern {
    const struct json_node *expected;
    bool any_order;
    bool extra_elements;
};

const struct json_pattern *json_pattern_read(struct pattern_matching *matching,
                                             const struct json_node *operand, bool any_order,
                                             bool extra_elements)
{
    struct json_pattern *pattern = arena_alloc(matching->arena, sizeof *pattern);
    const struct json_node *expected =
        json_is(operand, JSON_STRING) ? parse(matching->arena, json_text(operand)) : operand;
    *pattern = (struct json_pattern){expected, any_order, extra_elements};
    if (expected != NULL)
        return pattern;
    pattern_problem(matching, "equalToJson: the string is not JSON of at most %d levels",
                    DEPTH_MOST);
    return NULL;
}

struct comparison {
    struct pattern_matching *matching;
    const struct json_pattern *pattern;
};

static bool node_fits(const struct comparison *comparison, const struct json_node *want,
                      const struct json_node *got);

/* The word after "${json-unit." or "#{json-unit.", with what follows the brace in *rest. */
static bool read_placeholder(struct str text, struct str *word, struct str *rest)
{
    static const char prefix[] = "{json-unit.";
    if (text.len == 0 || (text.data[0] != '$' && text.data[0] != '#') ||
        !str_starts_with(str_after(text, 1), prefix))
        return false;
    struct str inside = str_after(text, sizeof prefix);
    word->data = inside.data;
    word->len = str_find_char(inside, '}');
    if (word->len == inside.len)
        return false;
    *rest = str_after(inside, word->len + 1);
    return true;
}

static bool placeholder_fits(const struct comparison *comparison, struct str word, struct str rest,
                             const struct json_node *got)
{
    if (str_is(word, "ignore") || str_is(word, "ignore-element"))
        return true;
    if (str_is(word, "any-string"))
        return json_is(got, JSON_STRING);
    if (str_is(word, "any-number"))
        return json_is(got, JSON_NUMBER);
    if (str_is(word, "any-boolean"))
        return json_is(got, JSON_TRUE) || json_is(got, JSON_FALSE);
    return str_is(word, "regex") && json_is(got, JSON_STRING) &&
           text_matches_whole(comparison->matching, rest, json_text(got));
}

static bool object_fits(const struct comparison *comparison, const struct json_node *want,
                        const struct json_node *got)
{
    if (!comparison->pattern->extra_elements && want->size != got->size)
        return false;
    for (const struct json_node *member = json_first(want); member != NULL;
         member = json_next(member)) {
        const struct json_node *other = json_member_str(got, json_name(member));
        if (other == NULL || !node_fits(comparison, member, other))
            return false;
    }
    return true;
}

static bool list_fits_in_order(const struct comparison *comparison, const struct json_node *want,
                               const struct json_node *got)
{
    const struct json_node *a = json_first(want);
    const struct json_node *b = json_first(got);
    for (; a != NULL && b != NULL; a = json_next(a), b = json_next(b))
        if (!node_fits(comparison, a, b))
            return false;
    return a == NULL && (b == NULL || comparison->pattern->extra_elements);
}

/* Each wanted element takes the first one that fits and is not taken yet. */
static bool list_fits_anyhow(const struct comparison *comparison, const struct json_node *want,
                             const struct json_node *got)
{
    if (got->size < want->size || (got->size > want->size && !comparison->pattern->extra_elements))
        return false;
    bool *taken = arena_alloc_zero(comparison->matching->scratch, got->size + 1);
    for (const struct json_node *a = json_first(want); a != NULL; a = json_next(a)) {
        const struct json_node *b = json_first(got);
        size_t i = 0;
        while (b != NULL && (taken[i] || !node_fits(comparison, a, b))) {
            b = json_next(b);
            i++;
        }
        if (b == NULL)
            return false;
        taken[i] = true;
    }
    return true;
}

static bool node_fits(const struct comparison *comparison, const struct json_node *want,
                      const struct json_node *got)
{
    struct pattern_matching *matching = comparison->matching;
    struct str word, rest;
    if (matching->json_steps == 0) {
        matching->undecided = true;
        return false;
    }
    matching->json_steps--;
    if (want->type == JSON_STRING && read_placeholder(json_text(want), &word, &rest))
        return placeholder_fits(comparison, word, rest, got);
    if (want->type != got->type)
        return false;
    switch ((enum json_type)want->type) {
    case JSON_OBJECT:
        return object_fits(comparison, want, got);
    case JSON_ARRAY:
        return comparison->pattern->any_order ? list_fits_anyhow(comparison, want, got)
                                              : list_fits_in_order(comparison, want, got);
    case JSON_STRING:
        return str_equal(json_text(want), json_text(got));
    case JSON_NUMBER:
        return json_number_compare(want, got) == 0;
    case JSON_NULL:
    case JSON_TRUE:
    case JSON_FALSE:
        return true;
    }
    return false;
}

bool json_pattern_matches(struct pattern_matching *matching, const struct json_pattern *pattern,
                          struct str text)
{
    struct comparison comparison = {matching, pattern};
    const struct json_node *got = parse(matching->scratch, text);
    return got != NULL && node_fits(&comparison, pattern->expected, got);
}

/* ---- matchesJsonPath: reading ---- */

enum filter_test {
    FILTER_NONE,
    FILTER_EXISTS,
    FILTER_EQUAL,
    FILTER_DIFFERENT,
    FILTER_AT_MOST,
    FILTER_AT_LEAST,
    FILTER_LESS,
    FILTER_GREATER,
    FILTER_MATCHES,
};

struct json_path_pattern {
    struct jsonpath path;
    enum filter_test filter;
    struct jsonpath member;           /* of the filter, from @ */
    const struct json_node *literal;  /* that it is compared with */
    const struct pattern *expression; /* FILTER_MATCHES */
};

/* Longer operators first, so that <= is not taken for <. */
static const struct {
    const char *word;
    enum filter_test test;
} operators[] = {
    {"==", FILTER_EQUAL},    {"!=", FILTER_DIFFERENT}, {"<=", FILTER_AT_MOST},
    {">=", FILTER_AT_LEAST}, {"=~", FILTER_MATCHES},   {"<", FILTER_LESS},
    {">", FILTER_GREATER},
};

enum { OPERATORS = sizeof operators / sizeof *operators };

static bool read_path_text(struct pattern_matching *matching, struct str text, struct str whole,
                           struct jsonpath *path)
{
    struct jsonpath_fault fault;
    if (jsonpath_parse(matching->arena, text, path, &fault))
        return true;
    return pattern_problem(matching,
                           "the JSONPath \"%.*s\" is not understood here: %s (names, indexes, [*] "
                           "and one filter at the end are)",
                           (int)whole.len, whole.data, fault.message);
}

/* 'a' as "a"; anything else must be a JSON literal as it is. */
static const struct json_node *read_literal(struct pattern_matching *matching, struct str text)
{
    if (text.len >= 2 && text.data[0] == '\'' && text.data[text.len - 1] == '\'')
        return json_new_string(matching->arena, str_make(text.data + 1, text.len - 2));
    return parse(matching->arena, text);
}

static bool read_filter_expression(struct pattern_matching *matching, struct str text,
                                   struct json_path_pattern *pattern)
{
    bool ignore_case = str_ends_with(text, "/i");
    if (ignore_case)
        text.len--;
    if (text.len < 2 || text.data[0] != '/' || text.data[text.len - 1] != '/')
        return pattern_problem(matching, "=~ wants /expression/ in a JSONPath filter");
    if (ignore_case)
        return pattern_problem(matching, "expressions of a JSONPath filter cannot ignore case");
    pattern->expression = pattern_of_whole(matching, str_make(text.data + 1, text.len - 2));
    return pattern->expression != NULL;
}

/* Where the operator is, outside of quotes; text.len where there is none. */
static size_t find_operator(struct str text, size_t *which)
{
    char quote = '\0';
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (quote != '\0' || c == '\'' || c == '"') {
            quote = quote == '\0' ? c : c == quote ? '\0' : quote;
            continue;
        }
        for (*which = 0; *which < OPERATORS; ++*which)
            if (str_starts_with(str_after(text, i), operators[*which].word))
                return i;
    }
    return text.len;
}

/* "@.name == 'a'" */
static bool read_filter(struct pattern_matching *matching, struct str text, struct str whole,
                        struct json_path_pattern *pattern)
{
    size_t which = 0;
    size_t at = find_operator(text, &which);
    struct str left = str_trim(str_make(text.data, at));
    if (left.len == 0 || left.data[0] != '@' || str_contains(text, str_from("&&")) ||
        str_contains(text, str_from("||")))
        return pattern_problem(matching,
                               "the filter in \"%.*s\" is not understood here: write one test, "
                               "such as [?(@.name == 'a')]",
                               (int)whole.len, whole.data);
    char *member = arena_copy(matching->arena, left);
    member[0] = '$';
    if (!read_path_text(matching, str_make(member, left.len), whole, &pattern->member))
        return false;
    pattern->filter = FILTER_EXISTS;
    if (at == text.len)
        return true;
    pattern->filter = operators[which].test;
    struct str right = str_trim(str_after(text, at + strlen(operators[which].word)));
    if (pattern->filter == FILTER_MATCHES)
        return read_filter_expression(matching, right, pattern);
    pattern->literal = read_literal(matching, right);
    return pattern->literal != NULL ||
           pattern_problem(matching, "\"%.*s\" is no value to compare with in a JSONPath filter",
                           (int)right.len, right.data);
}

/* Where "[?(" begins, if the text ends in ")]"; else text.len. */
static size_t find_filter(struct str text)
{
    if (!str_ends_with(text, ")]"))
        return text.len;
    for (size_t i = 0; i + 3 <= text.len; i++)
        if (memcmp(text.data + i, "[?(", 3) == 0)
            return i;
    return text.len;
}

const struct json_path_pattern *json_path_pattern_read(struct pattern_matching *matching,
                                                       struct str expression)
{
    struct json_path_pattern *pattern = arena_alloc_zero(matching->arena, sizeof *pattern);
    struct str text = str_trim(expression);
    size_t at = find_filter(text);
    if (!read_path_text(matching, str_make(text.data, at), expression, &pattern->path))
        return NULL;
    if (at == text.len)
        return pattern;
    struct str inside = str_make(text.data + at + 3, text.len - at - 5);
    return read_filter(matching, inside, expression, pattern) ? pattern : NULL;
}

/* ---- matchesJsonPath: matching ---- */

static bool compares(enum filter_test filter, int order)
{
    switch (filter) {
    case FILTER_AT_MOST:
        return order <= 0;
    case FILTER_AT_LEAST:
        return order >= 0;
    case FILTER_LESS:
        return order < 0;
    case FILTER_GREATER:
        return order > 0;
    default:
        return false;
    }
}

static bool value_passes(struct pattern_matching *matching, const struct json_path_pattern *pattern,
                         const struct json_node *value)
{
    const struct json_node *literal = pattern->literal;
    switch (pattern->filter) {
    case FILTER_NONE:
    case FILTER_EXISTS:
        return true;
    case FILTER_EQUAL:
        return json_equal(value, literal);
    case FILTER_DIFFERENT:
        return !json_equal(value, literal);
    case FILTER_MATCHES:
        return json_is(value, JSON_STRING) &&
               pattern_matches_whole(matching, pattern->expression, json_text(value));
    case FILTER_AT_MOST:
    case FILTER_AT_LEAST:
    case FILTER_LESS:
    case FILTER_GREATER:
        break;
    }
    if (json_is(value, JSON_NUMBER) && json_is(literal, JSON_NUMBER))
        return compares(pattern->filter, json_number_compare(value, literal));
    return json_is(value, JSON_STRING) && json_is(literal, JSON_STRING) &&
           compares(pattern->filter, str_compare(json_text(value), json_text(literal)));
}

static bool passes_filter(struct pattern_matching *matching,
                          const struct json_path_pattern *pattern, struct json_node *value)
{
    struct jsonpath_matches found;
    jsonpath_select(matching->scratch, &pattern->member, value, &found);
    for (size_t i = 0; i < found.count; i++)
        if (value_passes(matching, pattern, found.items[i].node))
            return true;
    return false;
}

static bool is_something(const struct json_node *value)
{
    switch ((enum json_type)value->type) {
    case JSON_NULL:
        return false;
    case JSON_ARRAY:
    case JSON_OBJECT:
        return value->size > 0;
    default:
        return true;
    }
}

static struct str text_of(struct arena *arena, const struct json_node *value)
{
    struct buf out;
    if (value->type == JSON_STRING)
        return json_text(value);
    buf_init(&out, arena);
    json_write(&out, value, JSON_EXACT);
    return buf_str(&out);
}

typedef bool value_test(void *context, struct pattern_matching *matching, struct str value);

static bool satisfies(struct pattern_matching *matching, const struct json_node *value,
                      value_test *test, void *context)
{
    return test != NULL ? test(context, matching, text_of(matching->scratch, value))
                        : is_something(value);
}

/* The elements of a list, or an object itself, that pass the filter. */
static bool filtered_satisfies(struct pattern_matching *matching,
                               const struct json_path_pattern *pattern, struct json_node *value,
                               value_test *test, void *context)
{
    if (!json_is(value, JSON_ARRAY))
        return passes_filter(matching, pattern, value) && satisfies(matching, value, test, context);
    for (struct json_node *element = json_first(value); element != NULL;
         element = json_next(element))
        if (passes_filter(matching, pattern, element) &&
            satisfies(matching, element, test, context))
            return true;
    return false;
}

bool json_path_pattern_matches(struct pattern_matching *matching,
                               const struct json_path_pattern *pattern, struct str text,
                               value_test *test, void *context)
{
    struct json_node *root = parse(matching->scratch, text);
    struct jsonpath_matches found;
    if (root == NULL)
        return false;
    jsonpath_select(matching->scratch, &pattern->path, root, &found);
    for (size_t i = 0; i < found.count; i++) {
        struct json_node *value = found.items[i].node;
        bool good = pattern->filter != FILTER_NONE
                        ? filtered_satisfies(matching, pattern, value, test, context)
                        : satisfies(matching, value, test, context);
        if (good)
            return true;
    }
    return false;
}
