/*
 * condition: reading `match` into conditions.
 *
 * Each condition is a selector (a field of the exchange) and a matcher (what
 * it must be like). Rules that look at the same field share its selector.
 */
#include "fault/rule.h"

#include "fault/words.h"
#include "json/pointer.h"

/* Conditions are collected here, because their number is known only at the end. */
struct condition_list {
    struct fault_plan *plan;
    struct diags *diags;
    struct gate *gate;
    struct condition *conditions;
    size_t count;
    size_t capacity;
};

/* --- selectors ------------------------------------------------------------------ */

static struct str lower_case(struct arena *arena, struct str text)
{
    char *copy = arena_copy(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + ('a' - 'A'));
    return str_make(copy, text.len);
}

static const struct selector *selector_for(struct fault_plan *plan, enum selector_kind kind,
                                           struct str name)
{
    struct str field =
        kind == SELECT_HEADER ? lower_case(&plan->arena, name) : arena_copy_str(&plan->arena, name);
    const char *text = arena_printf(&plan->arena, "%d %s", (int)kind, field.data);
    struct str key = str_make(text, field.len + 2);
    struct selector *selector = map_get(&plan->selectors, key);
    if (selector != NULL)
        return selector;
    selector = arena_alloc_zero(&plan->arena, sizeof *selector);
    selector->kind = kind;
    selector->name = field;
    selector->index = (uint32_t)plan->selectors.count;
    selector->name_bit = header_name_bit(field);
    map_put(&plan->selectors, key, selector);
    return selector;
}

/* The first field that must equal a scalar goes into the gate, else one that must be there. */
static void gate_by_field(struct gate *gate, const struct selector *selector,
                          const struct matcher *matcher)
{
    bool by_itself = selector->kind == SELECT_METHOD ||
                     (selector->kind == SELECT_PATH && matcher->equals != NULL);
    uint32_t value = 0;
    if (matcher->equals != NULL)
        value = selector->kind == SELECT_BODY ? gate_node_hash(matcher->equals)
                                              : gate_hash(json_text(matcher->equals));
    bool says_more = gate->key.selector == 0 || (gate->value == 0 && value != 0);
    if (by_itself || matcher->presence == PRESENCE_ABSENT || !says_more)
        return;
    gate->key.selector = selector->index + 1;
    gate->value = value;
    gate->literal = matcher->literal;
}

static void condition_add(struct condition_list *list, enum selector_kind kind, struct str name,
                          struct matcher matcher)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        struct condition *grown = arena_alloc(&list->plan->arena, capacity * sizeof *grown);
        if (list->count > 0)
            memcpy(grown, list->conditions, list->count * sizeof *grown);
        list->conditions = grown;
        list->capacity = capacity;
    }
    const struct selector *selector = selector_for(list->plan, kind, name);
    list->conditions[list->count++] = (struct condition){selector, matcher};
    gate_by_field(list->gate, selector, &matcher);
}

/* --- matchers ------------------------------------------------------------------- */

static bool is_scalar(const struct json_node *node)
{
    return node->type != JSON_OBJECT && node->type != JSON_ARRAY;
}

/* All but the body are texts: what they are compared with must be one, or a number or flag. */
static bool operand_fits(const struct json_node *node, enum selector_kind kind, const char *word,
                         struct diags *diags)
{
    if (kind == SELECT_BODY || (is_scalar(node) && node->type != JSON_NULL))
        return true;
    char shown[WORDS_SHOWN_SIZE];
    words_show(node, shown);
    diag_error(diags, json_place(node),
               node->type == JSON_NULL ? "write absent: true for a field that is not there" : NULL,
               "`%s` is %s, but the field is a text", word, shown);
    return false;
}

/* What a field is compared with: a text, but for the body any value. */
static const struct json_node *read_operand(struct fault_plan *plan, const struct json_node *node,
                                            enum selector_kind kind, const char *word,
                                            struct diags *diags)
{
    if (!operand_fits(node, kind, word, diags))
        return NULL;
    if (kind == SELECT_BODY)
        return rule_own_copy(plan, node);
    struct str text = json_text(node);
    if (json_is(node, JSON_TRUE) || json_is(node, JSON_FALSE))
        text = str_from(json_is(node, JSON_TRUE) ? "true" : "false");
    return json_new_string(&plan->arena, text);
}

static const struct pattern *read_pattern(struct fault_plan *plan, const struct json_node *node,
                                          struct diags *diags)
{
    struct str text;
    if (!words_text(node, "matches", diags, &text))
        return NULL;
    struct plan_pattern *entry = arena_alloc(&plan->arena, sizeof *entry);
    entry->pattern = pattern_compile(arena_copy_str(&plan->arena, text), json_place(node), diags);
    if (entry->pattern == NULL)
        return NULL;
    entry->next = plan->patterns;
    plan->patterns = entry;
    return entry->pattern;
}

/* --- what an expression's matches have ------------------------------------------------ */

/* Where the group or class that begins at `at` ends; 0 where that is hard to tell. */
static size_t skip_brackets(struct str text, size_t at)
{
    size_t depth = 0;
    bool in_class = false;
    for (size_t i = at; i < text.len; i++) {
        char c = text.data[i];
        if (c == '\\') {
            i++;
        } else if (in_class) {
            in_class = c != ']';
        } else if (c == '[') {
            size_t first = i + 1 < text.len && text.data[i + 1] == '^' ? i + 2 : i + 1;
            if (first < text.len && text.data[first] == ']')
                return 0; /* empty here, and elsewhere not */
            in_class = true;
        } else if (c == '(') {
            depth++;
        } else if (c == ')') {
            depth--;
        }
        if (depth == 0 && !in_class && i > at)
            return i + 1;
    }
    return 0;
}

/* Verbs, and groups that set flags, change the meaning of what follows. */
static bool sets_flags(struct str text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        char next = text.data[i + 1];
        if (text.data[i] == '(' && next == '*')
            return true;
        if (text.data[i] == '(' && next == '?' &&
            (i + 2 >= text.len || strchr(":=!<", text.data[i + 2]) == NULL))
            return true;
    }
    return false;
}

static bool is_plain(char c)
{
    return c != '\0' && (unsigned char)c < 0x80 && strchr("^$\\.*+?()[]{}|", c) == NULL;
}

/* Where the piece of an expression that begins at `at` ends; 0 where that is hard to tell. */
static size_t piece_end(struct str text, size_t at)
{
    char next = at + 1 < text.len ? text.data[at + 1] : '\0';
    bool is_letter = (next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z') ||
                     (next >= 'a' && next <= 'z');
    size_t brace;
    switch (text.data[at]) {
    case '\\':
        return next == '\0' || (is_letter && strchr("dDwWsSbB", next) == NULL) ? 0 : at + 2;
    case '(':
    case '[':
        return skip_brackets(text, at);
    case '{':
        brace = at + str_find_char(str_after(text, at), '}');
        return brace < text.len ? brace + 1 : 0;
    default:
        return at + 1;
    }
}

/* Plain characters in a row that every match has. */
struct run {
    size_t start;
    size_t end;
};

/*
 * The longest such row outside of groups and classes; what stands behind something that is hard
 * to read is not looked at. Where there are alternatives each could do without.
 */
static struct run longest_run(struct str text)
{
    struct run best = {0, 0};
    struct run run = {0, 0};
    for (size_t at = 0, end; at < text.len; at = end) {
        end = piece_end(text, at);
        bool alternative = end == 0 ? str_find_char(str_after(text, at), '|') < text.len - at
                                    : text.data[at] == '|';
        if (alternative)
            return (struct run){0, 0};
        if (end == 0)
            return best;
        /* What is repeated may be there no times at all. */
        bool is_sure = end == text.len || strchr("*?{", text.data[end]) == NULL;
        if (!is_plain(text.data[at]) || !is_sure)
            continue;
        run = (struct run){run.end == at ? run.start : at, end};
        if (run.end - run.start > best.end - best.start)
            best = run;
    }
    return best;
}

static void read_literal(struct fault_plan *plan, struct str expression, struct matcher *matcher)
{
    if (sets_flags(expression))
        return;
    bool first = str_starts_with(expression, "^");
    struct run run = longest_run(expression);
    struct str text = str_make(expression.data + run.start, run.end - run.start);
    matcher->literal =
        (struct literal){arena_copy_str(&plan->arena, text), first && run.start == 1};
}

/* `absent: true` is `present: false`, and the other way round. */
static void read_presence(const struct json_node *node, bool means_present, struct diags *diags,
                          struct matcher *matcher)
{
    if (node == NULL)
        return;
    if (!json_is(node, JSON_TRUE) && !json_is(node, JSON_FALSE)) {
        diag_error(diags, json_place(node), NULL, "`%s` must be true or false",
                   means_present ? "present" : "absent");
        return;
    }
    bool present = json_is(node, JSON_TRUE) == means_present;
    matcher->presence = present ? PRESENCE_REQUIRED : PRESENCE_ABSENT;
}

static void check_matcher(const struct json_node *node, const struct matcher *matcher,
                          struct diags *diags)
{
    if (node->size == 0)
        diag_error(diags, json_place(node), "write a value, or {present: true}",
                   "the matcher is empty");
    if (json_member(node, "absent") != NULL && json_member(node, "present") != NULL)
        diag_error(diags, json_place(node), "keep one of them",
                   "`absent` and `present` say the same thing twice");
    bool looks = matcher->equals != NULL || matcher->contains != NULL || matcher->matches != NULL;
    if (matcher->presence == PRESENCE_ABSENT && looks)
        diag_error(diags, json_place(node), "keep `absent` alone, or leave it out",
                   "a field that is absent has no value to match");
}

static struct matcher read_matcher_object(struct fault_plan *plan, const struct json_node *node,
                                          enum selector_kind kind, struct diags *diags)
{
    struct matcher matcher = {0};
    words_check(node, WORDS_MATCHER, diags);
    const struct json_node *equals = json_member(node, "equals");
    const struct json_node *contains = json_member(node, "contains");
    const struct json_node *matches = json_member(node, "matches");
    if (equals != NULL)
        matcher.equals = read_operand(plan, equals, kind, "equals", diags);
    if (contains != NULL)
        matcher.contains = read_operand(plan, contains, kind, "contains", diags);
    if (matches != NULL)
        matcher.matches = read_pattern(plan, matches, diags);
    if (matcher.matches != NULL)
        read_literal(plan, json_text(matches), &matcher);
    else if (json_is(matcher.contains, JSON_STRING))
        matcher.literal.text = json_text(matcher.contains);
    read_presence(json_member(node, "absent"), false, diags, &matcher);
    read_presence(json_member(node, "present"), true, diags, &matcher);
    check_matcher(node, &matcher, diags);
    return matcher;
}

static struct matcher read_matcher(struct fault_plan *plan, const struct json_node *node,
                                   enum selector_kind kind, struct diags *diags)
{
    if (json_is(node, JSON_OBJECT))
        return read_matcher_object(plan, node, kind, diags);
    return (struct matcher){.equals = read_operand(plan, node, kind, node->c.string, diags)};
}

/* --- fields ---------------------------------------------------------------------- */

static bool fields_are_object(const struct json_node *node, const char *remedy, struct diags *diags)
{
    if (json_is(node, JSON_OBJECT))
        return true;
    char shown[WORDS_SHOWN_SIZE];
    words_show(node, shown);
    diag_error(diags, json_place(node), remedy, "`%s` must be an object of fields, not %s",
               node->c.string, shown);
    return false;
}

static void read_fields(struct condition_list *list, const struct json_node *node,
                        enum selector_kind kind)
{
    const char *remedy =
        kind == SELECT_HEADER ? "write headers: {x-api-key: secret}" : "write query: {page: \"2\"}";
    if (!fields_are_object(node, remedy, list->diags))
        return;
    for (const struct json_node *field = json_first(node); field != NULL; field = json_next(field))
        condition_add(list, kind, json_name(field),
                      read_matcher(list->plan, field, kind, list->diags));
}

static void read_body(struct condition_list *list, const struct json_node *node)
{
    if (!fields_are_object(node, "write body: {/items/0/name: boom}", list->diags))
        return;
    for (const struct json_node *field = json_first(node); field != NULL;
         field = json_next(field)) {
        struct str pointer = json_name(field);
        if (!json_pointer_is_valid(pointer)) {
            diag_error(list->diags, json_name_place(field),
                       "a pointer is empty or starts with /, for example /items/0/name",
                       "`%.*s` is not a JSON Pointer", pointer.len < 60 ? (int)pointer.len : 60,
                       pointer.data);
            continue;
        }
        condition_add(list, SELECT_BODY, pointer,
                      read_matcher(list->plan, field, SELECT_BODY, list->diags));
    }
}

static void upper_case(char *text, size_t len)
{
    for (size_t i = 0; i < len && text[i] != ' '; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - ('a' - 'A'));
}

/* Any token may be a method, so one that looks like a slip is no more than a warning. */
static void warn_of_method(const struct condition_list *list, const struct json_node *node,
                           struct str method)
{
    static const char *const known[] = {"GET",  "PUT",     "POST",  "PATCH", "DELETE",
                                        "HEAD", "OPTIONS", "TRACE", NULL};
    const char *nearest = str_nearest(method, known);
    if (nearest != NULL && !str_is(method, nearest))
        diag_warning(list->diags, json_place(node),
                     arena_printf(&list->diags->arena, "did you mean %s?", nearest),
                     "\"%.*s\" is no method of HTTP", (int)method.len, method.data);
}

static void read_method(struct condition_list *list, const struct json_node *node)
{
    struct matcher matcher = read_matcher(list->plan, node, SELECT_METHOD, list->diags);
    if (matcher.equals != NULL) {
        upper_case(matcher.equals->c.valuestring, matcher.equals->size);
        warn_of_method(list, node, json_text(matcher.equals));
        list->gate->key.method = gate_hash(json_text(matcher.equals));
    }
    condition_add(list, SELECT_METHOD, str_make("", 0), matcher);
}

static void read_path(struct condition_list *list, const struct json_node *node)
{
    struct matcher matcher = read_matcher(list->plan, node, SELECT_PATH, list->diags);
    if (matcher.equals != NULL) {
        struct str path = json_text(matcher.equals);
        list->gate->key.path = gate_hash(path);
        if (!str_starts_with(path, "/"))
            diag_error(list->diags, json_place(node), "a path starts with /",
                       "no request has the path \"%s\"", path.data);
        if (str_find_char(path, '?') < path.len)
            diag_error(list->diags, json_place(node), "write what stands behind ? as `query`",
                       "a path ends before the ?");
    }
    condition_add(list, SELECT_PATH, str_make("", 0), matcher);
}

/* "put /v5/things" is written for "PUT /v5/things"; an operationId is taken as it is. */
static void read_operation(struct condition_list *list, const struct json_node *node,
                           struct rule *rule)
{
    struct str text;
    if (!words_text(node, "operation", list->diags, &text))
        return;
    char *copy = arena_copy(&list->plan->arena, text);
    if (str_find_char(text, ' ') < text.len)
        upper_case(copy, text.len);
    rule->operation = str_make(copy, text.len);
    rule->operation_place = json_place(node);
    list->gate->key.operation = gate_hash(rule->operation);
}

static void read_attempt(const struct json_node *node, struct diags *diags, struct rule *rule)
{
    uint64_t least = 1;
    uint64_t most = UINT32_MAX;
    if (!json_is(node, JSON_OBJECT)) {
        if (words_uint(node, "attempt", 1, UINT32_MAX, diags, &least))
            most = least;
    } else if (words_check(node, WORDS_ATTEMPT, diags)) {
        const struct json_node *equals = json_member(node, "equals");
        const struct json_node *min = json_member(node, "min");
        const struct json_node *max = json_member(node, "max");
        if (min != NULL)
            words_uint(min, "min", 1, UINT32_MAX, diags, &least);
        if (max != NULL)
            words_uint(max, "max", 1, UINT32_MAX, diags, &most);
        if (equals != NULL && (min != NULL || max != NULL))
            diag_error(diags, json_place(node), "keep `equals`, or `min` and `max`",
                       "`equals` says already which attempt is meant");
        else if (equals != NULL && words_uint(equals, "equals", 1, UINT32_MAX, diags, &least))
            most = least;
    }
    if (least > most)
        diag_error(diags, json_place(node), "raise `max` or lower `min`",
                   "no attempt is both that late and that early");
    rule->attempt_min = (uint32_t)least;
    rule->attempt_max = (uint32_t)most;
}

void condition_read(struct fault_plan *plan, const struct json_node *match, struct diags *diags,
                    struct rule *rule, struct gate *gate)
{
    if (match == NULL)
        return;
    words_check(match, WORDS_MATCH, diags);
    if (!json_is(match, JSON_OBJECT))
        return;
    struct condition_list list = {.plan = plan, .diags = diags, .gate = gate};
    for (const struct json_node *member = json_first(match); member != NULL;
         member = json_next(member)) {
        struct str word = json_name(member);
        if (str_is(word, "operation"))
            read_operation(&list, member, rule);
        else if (str_is(word, "method"))
            read_method(&list, member);
        else if (str_is(word, "path"))
            read_path(&list, member);
        else if (str_is(word, "query"))
            read_fields(&list, member, SELECT_QUERY);
        else if (str_is(word, "headers"))
            read_fields(&list, member, SELECT_HEADER);
        else if (str_is(word, "body"))
            read_body(&list, member);
        else if (str_is(word, "attempt"))
            read_attempt(member, diags, rule);
    }
    rule->conditions = list.conditions;
    rule->condition_count = list.count;
}
