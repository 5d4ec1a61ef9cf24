#include "openapi/route.h"

#include "openapi/percent.h"

/*
 * One segment of a template: literals with variables between them, as
 * "", "." and "" with two variables for "{a}.{b}". Literals are kept as they
 * are written and compared decoded.
 */
struct route_pattern {
    struct str *literals; /* variables + 1 */
    size_t variables;
    size_t weight; /* bytes of all literals: more is more concrete */
    struct route_node *node;
};

struct route_literal {
    struct str text;
    struct route_node *node;
};

struct route_node {
    struct route_literal *literals; /* sorted by decoded text */
    size_t literal_count;
    struct route_pattern *patterns; /* by falling weight */
    size_t pattern_count;
    struct operation *operations[HTTP_METHOD_COUNT]; /* of the paths that end here */
    unsigned methods;                                /* bits of `operations` */
};

struct route_table {
    struct route_node root; /* before the first segment */
};

/* Bounds the recursion of a search. */
enum { MAX_SEGMENTS = 64 };

struct route_table *route_table_new(struct arena *arena)
{
    return arena_alloc_zero(arena, sizeof(struct route_table));
}

/* --- templates ---------------------------------------------------------------- */

/* Takes the first segment off `rest`, which starts with its "/". */
static struct str take_segment(struct str *rest)
{
    struct str segment = str_after(*rest, 1);
    segment.len = str_find_char(segment, '/');
    *rest = str_after(*rest, 1 + segment.len);
    return segment;
}

/* Takes "literal{name}" off `segment`; false if only a literal is left. */
static bool take_variable(struct str *segment, struct str *literal, struct str *name)
{
    size_t open = str_find_char(*segment, '{');
    *literal = str_make(segment->data, open);
    if (open == segment->len)
        return false;
    struct str after = str_after(*segment, open + 1);
    size_t close = str_find_char(after, '}');
    *name = str_make(after.data, close);
    *segment = str_after(after, close < after.len ? close + 1 : close);
    return true;
}

/* Braces are balanced, not nested, within one segment, and name something. */
static const char *braces_problem(struct str path)
{
    bool open = false;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.data[i];
        if (c == '{' && open)
            return "has a brace within braces";
        if (c == '}' && !open)
            return "closes a brace that is not open";
        if (c == '}' && path.data[i - 1] == '{')
            return "has a variable without a name";
        if (c == '/' && open)
            return "has a variable that crosses a slash";
        open = c == '{' || (open && c != '}');
    }
    return open ? "has a brace that is not closed" : NULL;
}

size_t route_template_variables(struct str path, struct str names[ROUTE_MAX_CAPTURES])
{
    size_t count = 0;
    struct str literal;
    while (count < ROUTE_MAX_CAPTURES && take_variable(&path, &literal, &names[count]))
        count++;
    return count;
}

const char *route_template_problem(struct str path)
{
    if (path.len == 0 || path.data[0] != '/')
        return "does not start with a slash";
    const char *problem = braces_problem(path);
    if (problem != NULL)
        return problem;
    size_t slashes = 0;
    size_t variables = 0;
    for (size_t i = 0; i < path.len; i++) {
        slashes += path.data[i] == '/';
        variables += path.data[i] == '{';
    }
    if (slashes > MAX_SEGMENTS)
        return "has more than 64 segments";
    if (variables > ROUTE_MAX_CAPTURES)
        return "has more than 16 variables";
    return NULL;
}

/* --- building ----------------------------------------------------------------- */

/*
 * Opens a gap of `size` bytes at `index` in an array of `count` elements, whose
 * room doubles at powers of two.
 */
static void *array_insert(struct arena *arena, void *array, size_t count, size_t index, size_t size)
{
    if ((count & (count - 1)) == 0)
        array = arena_grow(arena, array, count * size, (count > 0 ? count * 2 : 1) * size);
    char *gap = (char *)array + index * size;
    memmove(gap + size, gap, (count - index) * size);
    return array;
}

/* Where `text` is, or belongs, among the literals; *found tells which. */
static size_t literal_index(const struct route_node *node, struct str text, bool *found)
{
    size_t low = 0;
    size_t high = node->literal_count;
    *found = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = percent_compare(node->literals[middle].text, text);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct route_node *add_literal(struct arena *arena, struct route_node *node, struct str text)
{
    bool found;
    size_t index = literal_index(node, text, &found);
    if (found)
        return node->literals[index].node;
    node->literals =
        array_insert(arena, node->literals, node->literal_count, index, sizeof *node->literals);
    struct route_node *below = arena_alloc_zero(arena, sizeof *below);
    node->literals[index] = (struct route_literal){text, below};
    node->literal_count++;
    return below;
}

static bool same_pattern(const struct route_pattern *a, const struct route_pattern *b)
{
    if (a->variables != b->variables)
        return false;
    for (size_t i = 0; i <= a->variables; i++)
        if (percent_compare(a->literals[i], b->literals[i]) != 0)
            return false;
    return true;
}

static struct route_pattern read_pattern(struct arena *arena, struct str segment)
{
    struct route_pattern pattern = {0};
    for (size_t i = 0; i < segment.len; i++)
        pattern.variables += segment.data[i] == '{';
    pattern.literals = arena_alloc(arena, (pattern.variables + 1) * sizeof *pattern.literals);
    struct str name;
    for (size_t i = 0; i <= pattern.variables; i++) {
        take_variable(&segment, &pattern.literals[i], &name);
        pattern.weight += percent_length(pattern.literals[i]);
    }
    return pattern;
}

static struct route_node *add_pattern(struct arena *arena, struct route_node *node,
                                      struct str segment)
{
    struct route_pattern pattern = read_pattern(arena, segment);
    size_t index = 0;
    for (size_t i = 0; i < node->pattern_count; i++) {
        if (same_pattern(&node->patterns[i], &pattern))
            return node->patterns[i].node;
        if (node->patterns[i].weight >= pattern.weight)
            index = i + 1;
    }
    node->patterns =
        array_insert(arena, node->patterns, node->pattern_count, index, sizeof *node->patterns);
    pattern.node = arena_alloc_zero(arena, sizeof *pattern.node);
    node->patterns[index] = pattern;
    node->pattern_count++;
    return pattern.node;
}

const struct operation *route_add(struct arena *arena, struct route_table *table,
                                  struct operation *operation)
{
    struct route_node *node = &table->root;
    for (struct str rest = operation->path; rest.len > 0;) {
        struct str segment = take_segment(&rest);
        bool templated = str_find_char(segment, '{') < segment.len;
        node = templated ? add_pattern(arena, node, segment) : add_literal(arena, node, segment);
    }
    struct operation **place = &node->operations[operation->method];
    if (*place != NULL)
        return *place;
    *place = operation;
    node->methods |= 1u << operation->method;
    return NULL;
}

/* --- searching ---------------------------------------------------------------- */

struct search {
    enum http_method method;
    struct route_match *match;
};

static void capture(struct route_match *match, struct str text)
{
    if (match->capture_count < ROUTE_MAX_CAPTURES)
        match->captures[match->capture_count++] = text;
}

/*
 * Matches one segment. Between two literals a variable takes as little as it
 * can, the last one what is left, and each at least one character; so each
 * literal is looked for once and the cost is linear.
 */
static bool match_pattern(const struct route_pattern *pattern, struct str segment,
                          struct route_match *match)
{
    struct str prefix = pattern->literals[0];
    struct str suffix = pattern->literals[pattern->variables];
    size_t length = percent_length(segment);
    size_t suffix_length = percent_length(suffix);
    if (length <= percent_length(prefix) + suffix_length || !percent_starts_with(segment, prefix))
        return false;
    struct str tail = percent_skip(segment, length - suffix_length);
    if (percent_compare(tail, suffix) != 0)
        return false;
    struct str rest = percent_skip(segment, percent_length(prefix));
    rest.len -= tail.len;
    for (size_t i = 1; i < pattern->variables && rest.len > 0; i++) {
        struct str literal = pattern->literals[i];
        struct str end = percent_skip(rest, 1);
        while (end.len > 0 && !percent_starts_with(end, literal))
            end = percent_skip(end, 1);
        if (end.len == 0)
            return false;
        capture(match, str_make(rest.data, rest.len - end.len));
        rest = percent_skip(end, percent_length(literal));
    }
    capture(match, rest);
    return rest.len > 0;
}

/* The path is used up: is there an operation? */
static bool arrive(const struct route_node *node, const struct search *search)
{
    search->match->allow |= node->methods;
    if (search->method == HTTP_METHOD_COUNT)
        return false;
    search->match->operation = node->operations[search->method];
    return search->match->operation != NULL;
}

/*
 * Searches below `node`, where `rest` starts with a "/" or is empty, and is to
 * be read as if another "/" followed it if `extra_slash` is set. Every node has
 * one way to it, so each is visited at most once.
 */
static bool descend(const struct route_node *node, struct str rest, bool extra_slash,
                    const struct search *search)
{
    if (rest.len == 0 && !extra_slash)
        return arrive(node, search);
    if (rest.len == 0) {
        rest = str_from("/");
        extra_slash = false;
    }
    struct str segment = take_segment(&rest);

    bool found;
    size_t index = literal_index(node, segment, &found);
    if (found && descend(node->literals[index].node, rest, extra_slash, search))
        return true;
    struct route_match *match = search->match;
    size_t captured = match->capture_count;
    for (size_t i = 0; i < node->pattern_count; i++) {
        if (match_pattern(&node->patterns[i], segment, match) &&
            descend(node->patterns[i].node, rest, extra_slash, search))
            return true;
        match->capture_count = captured;
    }
    return false;
}

/* The path below a base path, both by decoded bytes; false if it does not lie there. */
static bool strip_base(struct str *path, struct str base)
{
    struct str rest = *path;
    while (base.len > 0) {
        bool slash = rest.len > 0 && rest.data[0] == '/';
        if (rest.len == 0 || slash != (base.data[0] == '/') ||
            percent_next(&rest) != percent_next(&base))
            return false;
    }
    if (rest.len > 0 && rest.data[0] != '/')
        return false;
    *path = rest;
    return true;
}

static enum route_outcome find_below_base(const struct contract *contract, enum http_method method,
                                          struct str path, struct route_match *match)
{
    const struct route_node *root = &contract->routes->root;
    struct search search = {method, match};
    if (descend(root, path, false, &search))
        return ROUTE_FOUND;
    if (match->allow != 0)
        return ROUTE_NO_METHOD;
    bool ends_in_slash = path.len > 0 && path.data[path.len - 1] == '/';
    struct str other = str_make(path.data, path.len - ends_in_slash);
    bool known = descend(root, other, !ends_in_slash, &search) || match->allow != 0;
    match->allow = 0;
    match->operation = NULL;
    match->capture_count = 0;
    return known ? ROUTE_SLASH : ROUTE_NO_PATH;
}

/* FOUND is better than NO_METHOD, that than SLASH, that than NO_PATH. */
static bool is_better(enum route_outcome a, enum route_outcome b)
{
    static const int rank[] = {
        [ROUTE_FOUND] = 3, [ROUTE_NO_METHOD] = 2, [ROUTE_SLASH] = 1, [ROUTE_NO_PATH] = 0};
    return rank[a] > rank[b];
}

enum route_outcome route_find(const struct contract *contract, enum http_method method,
                              struct str path, struct route_match *match)
{
    enum route_outcome best = ROUTE_NO_PATH;
    unsigned allow = 0;
    *match = (struct route_match){.operation = NULL};
    if (path.len == 0 || path.data[0] != '/')
        return ROUTE_NO_PATH; /* "OPTIONS *", or nonsense */
    for (size_t i = 0; i <= contract->base_path_count && best != ROUTE_FOUND; i++) {
        struct str below = path;
        if (i < contract->base_path_count && !strip_base(&below, contract->base_paths[i]))
            continue;
        match->operation = NULL;
        match->allow = 0;
        match->capture_count = 0;
        enum route_outcome outcome = find_below_base(contract, method, below, match);
        allow |= match->allow;
        if (is_better(outcome, best))
            best = outcome;
    }
    match->allow = best == ROUTE_NO_METHOD ? allow : 0;
    if (best == ROUTE_FOUND)
        route_template_variables(match->operation->path, match->names);
    return best;
}
