#include "mock/wiremock/value_pattern.h"

#include "base/base64.h"
#include "base/diag.h"
#include "mock/wiremock/json_pattern.h"
#include "schema/pattern.h"

#include <stdarg.h>

enum {
    REGEX_STEPS = 50000000, /* half a second */
    JSON_STEPS = 5000000,
    NESTING_MOST = 20,
};

enum value_test {
    TEST_EQUAL_TO,
    TEST_CONTAINS,
    TEST_DOES_NOT_CONTAIN,
    TEST_MATCHES,
    TEST_DOES_NOT_MATCH,
    TEST_ABSENT,
    TEST_ANYTHING,
    TEST_BINARY_EQUAL_TO,
    TEST_EQUAL_TO_JSON,
    TEST_MATCHES_JSON_PATH,
    TEST_NOT,
    TEST_AND,
    TEST_OR,
    TEST_HAS_EXACTLY,
    TEST_INCLUDES,
    TEST_COUNT,
};

static const char *const test_names[TEST_COUNT + 1] = {
    [TEST_EQUAL_TO] = "equalTo",
    [TEST_CONTAINS] = "contains",
    [TEST_DOES_NOT_CONTAIN] = "doesNotContain",
    [TEST_MATCHES] = "matches",
    [TEST_DOES_NOT_MATCH] = "doesNotMatch",
    [TEST_ABSENT] = "absent",
    [TEST_ANYTHING] = "anything",
    [TEST_BINARY_EQUAL_TO] = "binaryEqualTo",
    [TEST_EQUAL_TO_JSON] = "equalToJson",
    [TEST_MATCHES_JSON_PATH] = "matchesJsonPath",
    [TEST_NOT] = "not",
    [TEST_AND] = "and",
    [TEST_OR] = "or",
    [TEST_HAS_EXACTLY] = "hasExactly",
    [TEST_INCLUDES] = "includes",
};

struct value_pattern {
    enum value_test test;
    bool ignore_case;
    struct str operand;
    const struct pattern *expression;
    const struct json_pattern *json;
    const struct json_path_pattern *path;
    const struct value_pattern **parts; /* NOT, AND, OR, HAS_EXACTLY, INCLUDES */
    size_t part_count;
};

/* ---- what is shared ---- */

struct pattern_cell {
    struct pattern_cell *next;
    struct pattern *pattern;
};

void pattern_matching_open(struct pattern_matching *matching, struct arena *arena,
                           struct arena *scratch)
{
    *matching = (struct pattern_matching){
        .arena = arena, .scratch = scratch, .regex_steps = REGEX_STEPS, .json_steps = JSON_STEPS};
}

void pattern_matching_close(struct pattern_matching *matching)
{
    for (struct pattern_cell *cell = matching->expressions; cell != NULL; cell = cell->next)
        pattern_free(cell->pattern);
    matching->expressions = NULL;
}

bool pattern_problem(struct pattern_matching *matching, const char *format, ...)
{
    struct buf words;
    va_list args;
    if (matching->problem != NULL)
        return false;
    buf_init(&words, matching->arena);
    va_start(args, format);
    buf_vprintf(&words, format, args);
    va_end(args);
    matching->problem = buf_text(&words);
    return false;
}

/* ---- expressions ---- */

/* Java's words for ECMA's engine: the whole text, and a dot that takes line breaks, too. */
static struct str whole_expression(struct arena *arena, struct str expression)
{
    struct buf out;
    bool in_class = false;
    buf_init(&out, arena);
    buf_add_text(&out, "^(?:");
    for (size_t i = 0; i < expression.len; i++) {
        char c = expression.data[i];
        if (c == '\\' && i + 1 < expression.len) {
            buf_add(&out, expression.data + i++, 2);
            continue;
        }
        in_class = c == '[' || (in_class && c != ']');
        if (c == '.' && !in_class)
            buf_add_text(&out, "[\\s\\S]");
        else
            buf_add_char(&out, c);
    }
    buf_add_text(&out, ")$");
    return buf_str(&out);
}

static struct pattern *compile_whole(struct pattern_matching *matching, struct arena *arena,
                                     struct str expression)
{
    struct diags diags;
    diags_init(&diags);
    struct str whole = whole_expression(arena, expression);
    struct pattern *pattern = pattern_compile(whole, (struct place){NULL, 0}, &diags);
    if (pattern == NULL)
        pattern_problem(matching, "\"%.*s\" is no regular expression that can be used here: %s",
                        (int)expression.len, expression.data,
                        diags.first != NULL ? diags.first->message : "");
    diags_free(&diags);
    return pattern;
}

const struct pattern *pattern_of_whole(struct pattern_matching *matching, struct str expression)
{
    struct pattern *pattern = compile_whole(matching, matching->arena, expression);
    if (pattern == NULL)
        return NULL;
    struct pattern_cell *cell = arena_alloc(matching->arena, sizeof *cell);
    *cell = (struct pattern_cell){matching->expressions, pattern};
    matching->expressions = cell;
    return pattern;
}

bool text_matches_whole(struct pattern_matching *matching, struct str expression, struct str text)
{
    struct pattern *pattern = compile_whole(matching, matching->scratch, expression);
    bool matches = pattern != NULL && pattern_matches_whole(matching, pattern, text);
    pattern_free(pattern);
    return matches;
}

bool pattern_matches_whole(struct pattern_matching *matching, const struct pattern *pattern,
                           struct str text)
{
    enum pattern_outcome outcome = pattern_match(pattern, text, &matching->regex_steps);
    matching->undecided |= outcome == PATTERN_OUT_OF_BUDGET;
    return outcome == PATTERN_MATCHES;
}

/* ---- reading ---- */

static const struct value_pattern *read(struct pattern_matching *matching,
                                        const struct json_node *node, int depth);

static bool is_option(struct str name)
{
    static const char *const options[] = {"caseInsensitive", "ignoreArrayOrder",
                                          "ignoreExtraElements", "expression", NULL};
    for (const char *const *option = options; *option != NULL; option++)
        if (str_is(name, *option))
            return true;
    return false;
}

static enum value_test test_from(struct str name)
{
    int test = 0;
    while (test < TEST_COUNT && !str_is(name, test_names[test]))
        test++;
    return (enum value_test)test;
}

/* The one member that says what to test; NULL and a problem where there is none, or two. */
static const struct json_node *find_test(struct pattern_matching *matching,
                                         const struct json_node *node, enum value_test *test)
{
    const struct json_node *found = NULL;
    if (!json_is(node, JSON_OBJECT)) {
        pattern_problem(matching, "a value pattern is an object such as {\"equalTo\": \"a\"}");
        return NULL;
    }
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member)) {
        struct str name = json_name(member);
        if (is_option(name))
            continue;
        *test = test_from(name);
        if (*test == TEST_COUNT) {
            const char *nearest = str_nearest(name, test_names);
            pattern_problem(matching, "\"%.*s\" is no value pattern that is known here%s%s%s",
                            (int)name.len, name.data, nearest != NULL ? "; did you mean " : "",
                            nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
            return NULL;
        }
        if (found != NULL) {
            pattern_problem(matching, "a value pattern has one test, not %s and %.*s; use \"and\"",
                            found->c.string, (int)name.len, name.data);
            return NULL;
        }
        found = member;
    }
    if (found == NULL)
        pattern_problem(matching, "a value pattern is empty; for example {\"equalTo\": \"a\"}");
    return found;
}

static bool read_operand(struct pattern_matching *matching, const struct json_node *operand,
                         struct value_pattern *pattern)
{
    if (!json_is(operand, JSON_STRING))
        return pattern_problem(matching, "%s wants a string", operand->c.string);
    pattern->operand = json_text(operand);
    return true;
}

static bool read_expression(struct pattern_matching *matching, const struct json_node *operand,
                            struct value_pattern *pattern)
{
    if (!read_operand(matching, operand, pattern))
        return false;
    pattern->expression = pattern_of_whole(matching, pattern->operand);
    return pattern->expression != NULL;
}

static bool read_parts(struct pattern_matching *matching, const struct json_node *operand,
                       struct value_pattern *pattern, int depth)
{
    bool one = pattern->test == TEST_NOT;
    if (one ? !json_is(operand, JSON_OBJECT) : !json_is(operand, JSON_ARRAY))
        return pattern_problem(matching, "%s wants %s", operand->c.string,
                               one ? "a value pattern" : "a list of value patterns");
    const struct json_node *part = one ? operand : json_first(operand);
    pattern->parts =
        arena_alloc(matching->arena, (operand->size + 1) * sizeof(const struct value_pattern *));
    for (; part != NULL; part = one ? NULL : json_next(part)) {
        pattern->parts[pattern->part_count] = read(matching, part, depth + 1);
        if (pattern->parts[pattern->part_count++] == NULL)
            return false;
    }
    return true;
}

static bool read_path(struct pattern_matching *matching, const struct json_node *operand,
                      struct value_pattern *pattern, int depth)
{
    const struct json_node *expression = operand;
    if (json_is(operand, JSON_OBJECT)) {
        expression = json_member(operand, "expression");
        if (operand->size > 1) {
            pattern->parts = arena_alloc(matching->arena, sizeof(const struct value_pattern *));
            pattern->parts[0] = read(matching, operand, depth + 1);
            pattern->part_count = 1;
            if (pattern->parts[0] == NULL)
                return false;
        }
    }
    if (!json_is(expression, JSON_STRING))
        return pattern_problem(matching,
                               "matchesJsonPath wants an expression such as \"$.items[0].name\"");
    pattern->path = json_path_pattern_read(matching, json_text(expression));
    return pattern->path != NULL;
}

static bool read_test(struct pattern_matching *matching, const struct json_node *node,
                      const struct json_node *operand, struct value_pattern *pattern, int depth)
{
    switch (pattern->test) {
    case TEST_EQUAL_TO:
    case TEST_CONTAINS:
    case TEST_DOES_NOT_CONTAIN:
    case TEST_BINARY_EQUAL_TO:
        return read_operand(matching, operand, pattern);
    case TEST_MATCHES:
    case TEST_DOES_NOT_MATCH:
        return read_expression(matching, operand, pattern);
    case TEST_EQUAL_TO_JSON:
        pattern->json = json_pattern_read(matching, operand,
                                          json_is_true(json_member(node, "ignoreArrayOrder")),
                                          json_is_true(json_member(node, "ignoreExtraElements")));
        return pattern->json != NULL;
    case TEST_MATCHES_JSON_PATH:
        return read_path(matching, operand, pattern, depth);
    case TEST_NOT:
    case TEST_AND:
    case TEST_OR:
    case TEST_HAS_EXACTLY:
    case TEST_INCLUDES:
        return read_parts(matching, operand, pattern, depth);
    case TEST_ABSENT:
    case TEST_ANYTHING:
    case TEST_COUNT:
        return true;
    }
    return true;
}

static const struct value_pattern *read(struct pattern_matching *matching,
                                        const struct json_node *node, int depth)
{
    struct value_pattern *pattern = arena_alloc_zero(matching->arena, sizeof *pattern);
    if (depth == NESTING_MOST) {
        pattern_problem(matching, "value patterns are nested too deeply");
        return NULL;
    }
    const struct json_node *operand = find_test(matching, node, &pattern->test);
    if (operand == NULL)
        return NULL;
    pattern->ignore_case = json_is_true(json_member(node, "caseInsensitive"));
    return read_test(matching, node, operand, pattern, depth) ? pattern : NULL;
}

const struct value_pattern *value_pattern_read(struct pattern_matching *matching,
                                               const struct json_node *node)
{
    return read(matching, node, 0);
}

/* ---- matching ---- */

static bool matches_base64(struct pattern_matching *matching, struct str operand, struct str value)
{
    struct buf encoded;
    buf_init(&encoded, matching->scratch);
    base64_add(&encoded, value);
    return str_equal(buf_str(&encoded), operand);
}

static bool matches_part(struct pattern_matching *matching, const struct value_pattern *pattern,
                         struct str value, bool wanted)
{
    for (size_t i = 0; i < pattern->part_count; i++)
        if (value_pattern_matches(matching, pattern->parts[i], value) == wanted)
            return true;
    return false;
}

static bool selected_matches(void *context, struct pattern_matching *matching, struct str value)
{
    return value_pattern_matches(matching, context, value);
}

static bool matches_path(struct pattern_matching *matching, const struct value_pattern *pattern,
                         struct str value)
{
    if (pattern->part_count == 0)
        return json_path_pattern_matches(matching, pattern->path, value, NULL, NULL);
    const struct value_pattern *part = pattern->parts[0];
    if (part->test == TEST_ABSENT)
        return !json_path_pattern_matches(matching, pattern->path, value, NULL, NULL);
    return json_path_pattern_matches(matching, pattern->path, value, selected_matches,
                                     (void *)(uintptr_t)part);
}

/* Of a value that is there. */
static bool matches_text(struct pattern_matching *matching, const struct value_pattern *pattern,
                         struct str value)
{
    switch (pattern->test) {
    case TEST_EQUAL_TO:
        return pattern->ignore_case ? str_equal_ignoring_case(pattern->operand, value)
                                    : str_equal(pattern->operand, value);
    case TEST_CONTAINS:
        return str_contains(value, pattern->operand);
    case TEST_DOES_NOT_CONTAIN:
        return !str_contains(value, pattern->operand);
    case TEST_MATCHES:
        return pattern_matches_whole(matching, pattern->expression, value);
    case TEST_DOES_NOT_MATCH:
        return !pattern_matches_whole(matching, pattern->expression, value);
    case TEST_BINARY_EQUAL_TO:
        return matches_base64(matching, pattern->operand, value);
    case TEST_EQUAL_TO_JSON:
        return json_pattern_matches(matching, pattern->json, value);
    case TEST_MATCHES_JSON_PATH:
        return matches_path(matching, pattern, value);
    case TEST_NOT:
        return !matches_part(matching, pattern, value, true);
    case TEST_AND:
        return !matches_part(matching, pattern, value, false);
    case TEST_OR:
        return matches_part(matching, pattern, value, true);
    case TEST_HAS_EXACTLY:
    case TEST_INCLUDES:
        return value_pattern_matches_any(matching, pattern, &value, 1);
    case TEST_ABSENT:
    case TEST_COUNT:
        return false;
    case TEST_ANYTHING:
        return true;
    }
    return false;
}

/* What is said of something that is not there: as WireMock has it, denials hold. */
static bool matches_absence(struct pattern_matching *matching, const struct value_pattern *pattern)
{
    struct str nothing = {NULL, 0};
    switch (pattern->test) {
    case TEST_ABSENT:
    case TEST_ANYTHING:
    case TEST_DOES_NOT_MATCH:
    case TEST_DOES_NOT_CONTAIN:
        return true;
    case TEST_NOT:
        return !matches_part(matching, pattern, nothing, true);
    case TEST_AND:
        return !matches_part(matching, pattern, nothing, false);
    case TEST_OR:
        return matches_part(matching, pattern, nothing, true);
    default:
        return false;
    }
}

bool value_pattern_matches(struct pattern_matching *matching, const struct value_pattern *pattern,
                           struct str value)
{
    return value.data == NULL ? matches_absence(matching, pattern)
                              : matches_text(matching, pattern, value);
}

static bool one_matches(struct pattern_matching *matching, const struct value_pattern *pattern,
                        const struct str *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (value_pattern_matches(matching, pattern, values[i]))
            return true;
    return false;
}

/* Each pattern has its value; with hasExactly there are no other values. */
static bool all_found(struct pattern_matching *matching, const struct value_pattern *pattern,
                      const struct str *values, size_t count)
{
    for (size_t i = 0; i < pattern->part_count; i++)
        if (!one_matches(matching, pattern->parts[i], values, count))
            return false;
    return pattern->test == TEST_INCLUDES || count == pattern->part_count;
}

bool value_pattern_matches_any(struct pattern_matching *matching,
                               const struct value_pattern *pattern, const struct str *values,
                               size_t count)
{
    if (pattern->test == TEST_HAS_EXACTLY || pattern->test == TEST_INCLUDES)
        return all_found(matching, pattern, values, count);
    if (count == 0)
        return matches_absence(matching, pattern);
    return one_matches(matching, pattern, values, count);
}

/* ---- distance ---- */

double text_distance(struct str a, struct str b)
{
    enum { COMPARED = 64 }; /* what str_distance looks at */
    size_t longest = a.len > b.len ? a.len : b.len;
    if (str_equal(a, b))
        return 0;
    double most = (double)(longest < COMPARED ? longest : COMPARED);
    double distance = (double)str_distance(a, b) / most;
    return distance > 0 ? distance : 1 / most;
}

double value_pattern_distance(struct pattern_matching *matching,
                              const struct value_pattern *pattern, const struct str *values,
                              size_t count)
{
    double nearest = 1;
    if (value_pattern_matches_any(matching, pattern, values, count))
        return 0;
    for (size_t i = 0; i < count && pattern->test == TEST_EQUAL_TO; i++) {
        double distance = text_distance(pattern->operand, values[i]);
        nearest = distance < nearest ? distance : nearest;
    }
    return nearest;
}
