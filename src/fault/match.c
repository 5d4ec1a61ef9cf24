#include "fault/match.h"

#include "base/utf8.h"
#include "fault/rule.h"
#include "json/number.h"
#include "json/pointer.h"

/* Steps that all patterns of all rules may take for one exchange. */
enum { PATTERN_BUDGET = 1000000 };

/* A field of the subject, as a selector found it. */
struct field {
    bool known;
    const struct json_node *node; /* SELECT_BODY; NULL: absent */
    const struct str *values;     /* all else, decoded */
    size_t count;
    struct str only;     /* where `values` points if there is one */
    uint32_t hash;       /* of the one value or the scalar node, for gates; else 0 */
    struct marks *marks; /* of the one text; NULL until a gate asks */
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

uint64_t header_name_bit(struct str name)
{
    if (name.len == 0)
        return 1;
    unsigned first = (unsigned char)lower(name.data[0]);
    unsigned last = (unsigned char)lower(name.data[name.len - 1]);
    return UINT64_C(1) << ((first * 7 + last * 3 + name.len * 5) % 64);
}

/* --- the query string --------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded; a stray % stands for itself (WHATWG URL, 5.1). */
static struct str decode(struct arena *arena, struct str text)
{
    if (str_find_char(text, '%') == text.len && str_find_char(text, '+') == text.len)
        return text;
    char *out = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i] == '+' ? ' ' : text.data[i];
        bool escape = c == '%' && i + 2 < text.len && hex_value(text.data[i + 1]) >= 0 &&
                      hex_value(text.data[i + 2]) >= 0;
        if (escape) {
            c = (char)(hex_value(text.data[i + 1]) * 16 + hex_value(text.data[i + 2]));
            i += 2;
        }
        out[len++] = c;
    }
    return str_make(out, len);
}

static struct str take_parameter(struct str *rest)
{
    size_t end = str_find_char(*rest, '&');
    struct str part = str_make(rest->data, end);
    *rest = str_after(*rest, end < rest->len ? end + 1 : end);
    return part;
}

static void read_query(struct probe *probe)
{
    struct str rest = probe->subject->query;
    struct arena *arena = probe->subject->arena;
    size_t most = 0;
    if (rest.len == 0 || probe->query != NULL)
        return;
    for (size_t i = 0; i <= rest.len; i++)
        most += i == rest.len || rest.data[i] == '&';
    probe->query = arena_alloc(arena, most * sizeof *probe->query);
    while (rest.len > 0) {
        struct str part = take_parameter(&rest);
        if (part.len == 0)
            continue;
        size_t equals = str_find_char(part, '=');
        struct str value = str_after(part, equals < part.len ? equals + 1 : equals);
        probe->query[probe->query_count++] =
            (struct fault_pair){decode(arena, str_make(part.data, equals)), decode(arena, value)};
    }
}

/* --- finding fields -------------------------------------------------------------------- */

/* The bits of all names that there are; each is found when the first rule asks. */
static uint64_t header_bits(struct probe *probe)
{
    const struct fault_subject *subject = probe->subject;
    if (probe->header_bits != 0)
        return probe->header_bits;
    for (size_t i = 0; i < subject->header_count; i++)
        probe->header_bits |= header_name_bit(subject->headers[i].name);
    return probe->header_bits;
}

static void set_only(struct field *field, struct str value)
{
    field->only = value;
    field->values = &field->only;
    field->count = 1;
    field->hash = gate_hash(value);
}

typedef bool same_name(struct str a, struct str b);

/* The values of all pairs of that name. */
static void find_pairs(struct arena *arena, const struct fault_pair *pairs, size_t count,
                       struct str name, same_name *same, struct field *field)
{
    size_t first = count;
    size_t hits = 0;
    for (size_t i = 0; i < count; i++) {
        if (!same(pairs[i].name, name))
            continue;
        first = hits++ == 0 ? i : first;
    }
    if (hits == 1)
        set_only(field, pairs[first].value);
    if (hits < 2)
        return;
    struct str *values = arena_alloc(arena, hits * sizeof *values);
    for (size_t i = first; i < count; i++)
        if (same(pairs[i].name, name))
            values[field->count++] = pairs[i].value;
    field->values = values;
}

static void find_field(struct probe *probe, const struct selector *selector, struct field *field)
{
    const struct fault_subject *subject = probe->subject;
    switch (selector->kind) {
    case SELECT_METHOD:
        set_only(field, subject->method);
        break;
    case SELECT_PATH:
        set_only(field, subject->path);
        break;
    case SELECT_QUERY:
        read_query(probe);
        find_pairs(subject->arena, probe->query, probe->query_count, selector->name, str_equal,
                   field);
        break;
    case SELECT_HEADER:
        if ((header_bits(probe) & selector->name_bit) != 0)
            find_pairs(subject->arena, subject->headers, subject->header_count, selector->name,
                       str_equal_ignoring_case, field);
        break;
    case SELECT_BODY:
        if (subject->body != NULL)
            field->node = json_pointer_find(subject->body, selector->name);
        if (field->node != NULL)
            field->hash = gate_node_hash(field->node);
        break;
    }
}

static struct field *field_of(struct probe *probe, const struct selector *selector)
{
    if (probe->fields == NULL)
        probe->fields = arena_alloc_zero(probe->subject->arena,
                                         probe->plan->selectors.count * sizeof *probe->fields);
    struct field *field = &probe->fields[selector->index];
    if (!field->known) {
        find_field(probe, selector, field);
        field->known = true;
    }
    return field;
}

/* --- matching ---------------------------------------------------------------------------- */

static enum match_outcome match_pattern(struct probe *probe, const struct matcher *matcher,
                                        struct str text)
{
    if (!literal_is_in(&matcher->literal, text))
        return MATCH_NO;
    if (utf8_find_fault(text) < text.len)
        return MATCH_NO; /* a pattern speaks of characters, and these bytes are none */
    switch (pattern_match(matcher->matches, text, &probe->budget)) {
    case PATTERN_MATCHES:
        return MATCH_YES;
    case PATTERN_DIFFERS:
        return MATCH_NO;
    case PATTERN_OUT_OF_BUDGET:
        break;
    }
    return MATCH_UNDECIDED;
}

static enum match_outcome match_text(struct probe *probe, const struct matcher *matcher,
                                     struct str text)
{
    if (matcher->equals != NULL && !str_equal(json_text(matcher->equals), text))
        return MATCH_NO;
    if (matcher->contains != NULL && !str_contains(text, json_text(matcher->contains)))
        return MATCH_NO;
    if (matcher->matches != NULL)
        return match_pattern(probe, matcher, text);
    return MATCH_YES;
}

static enum match_outcome match_texts(struct probe *probe, const struct matcher *matcher,
                                      const struct field *field)
{
    if (matcher->presence == PRESENCE_ABSENT)
        return field->count == 0 ? MATCH_YES : MATCH_NO;
    enum match_outcome outcome = MATCH_NO;
    for (size_t i = 0; i < field->count && outcome == MATCH_NO; i++)
        outcome = match_text(probe, matcher, field->values[i]);
    return outcome;
}

/* A part of a string, or an element of an array. */
static bool node_contains(const struct json_node *node, const struct json_node *part)
{
    if (node->type == JSON_STRING && part->type == JSON_STRING)
        return str_contains(json_text(node), json_text(part));
    if (node->type != JSON_ARRAY)
        return false;
    for (const struct json_node *element = json_first(node); element != NULL;
         element = json_next(element))
        if (json_equal(element, part))
            return true;
    return false;
}

static enum match_outcome match_node(struct probe *probe, const struct matcher *matcher,
                                     const struct json_node *node)
{
    if (matcher->presence == PRESENCE_ABSENT)
        return node == NULL ? MATCH_YES : MATCH_NO;
    if (node == NULL)
        return MATCH_NO;
    if (matcher->equals != NULL && !json_equal(matcher->equals, node))
        return MATCH_NO;
    if (matcher->contains != NULL && !node_contains(node, matcher->contains))
        return MATCH_NO;
    if (matcher->matches == NULL)
        return MATCH_YES;
    return node->type == JSON_STRING ? match_pattern(probe, matcher, json_text(node)) : MATCH_NO;
}

static enum match_outcome match_condition(struct probe *probe, const struct condition *condition)
{
    const struct field *field = field_of(probe, condition->selector);
    if (condition->selector->kind == SELECT_BODY)
        return match_node(probe, &condition->matcher, field->node);
    return match_texts(probe, &condition->matcher, field);
}

void probe_init(struct probe *probe, const struct fault_plan *plan,
                const struct fault_subject *subject)
{
    *probe = (struct probe){
        .plan = plan,
        .subject = subject,
        .budget = PATTERN_BUDGET,
    };
}

/* --- gates ------------------------------------------------------------------------------- */

static void let_through(struct probe *probe, uint32_t rule)
{
    if (probe->candidates == NULL)
        probe->candidates = arena_alloc_zero(
            probe->subject->arena, (probe->plan->rule_count / 64 + 1) * sizeof *probe->candidates);
    probe->candidates[rule / 64] |= UINT64_C(1) << (rule % 64);
}

/* Hashes are never 0: that is one that nobody asked for yet. */
static bool hash_is(uint32_t wanted, uint32_t *hash, struct str text)
{
    if (*hash == 0)
        *hash = gate_hash(text);
    return *hash == wanted;
}

/* Most groups of a plan are closed for most exchanges: what costs least is asked first. */
static bool group_is_open(struct probe *probe, const struct gate_key *key)
{
    const struct fault_subject *subject = probe->subject;
    if (key->method != 0 && !hash_is(key->method, &probe->method, subject->method))
        return false;
    if (key->operation != 0 && !hash_is(key->operation, &probe->operation, subject->operation) &&
        !hash_is(key->operation, &probe->operation_id, subject->operation_id))
        return false;
    if (key->path != 0 && !hash_is(key->path, &probe->path, subject->path))
        return false;
    return subject->attempt >= key->attempt_min && subject->attempt <= key->attempt_max;
}

static void let_values_through(struct probe *probe, const struct gate_rules *rules, uint32_t hash)
{
    size_t low = 0;
    size_t high = rules->value_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rules->values[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < rules->value_count && rules->values[low].hash == hash; low++)
        let_through(probe, rules->values[low].rule);
}

static bool has_marks(const struct marks *marks, const struct gate_text *text)
{
    for (size_t i = 0; i < MARKS_OF_LITERAL; i++) {
        uint16_t mark = text->marks[i];
        if ((marks->bits[mark / 64] >> (mark % 64) & 1) == 0)
            return false;
    }
    return true;
}

static void let_texts_through(struct probe *probe, const struct gate_rules *rules,
                              struct field *field, struct str text)
{
    if (rules->marks == NULL || !marks_touch(rules->marks, text))
        return;
    if (field->marks == NULL) {
        field->marks = arena_alloc_zero(probe->subject->arena, sizeof *field->marks);
        marks_add(field->marks, text);
    }
    for (size_t i = 0; i < rules->text_count; i++)
        if (has_marks(field->marks, &rules->texts[i]))
            let_through(probe, rules->texts[i].rule);
}

/* One of several values may do; and an array may have an element that does. */
static void let_all_through(struct probe *probe, const struct gate_rules *rules, bool values)
{
    for (size_t i = 0; values && i < rules->value_count; i++)
        let_through(probe, rules->values[i].rule);
    for (size_t i = 0; i < rules->text_count; i++)
        let_through(probe, rules->texts[i].rule);
}

static void look_at_field(struct probe *probe, const struct gate_group *group)
{
    const struct gate_rules *rules = group->rules;
    const struct selector *selector = probe->plan->selectors.entries[group->key.selector - 1].value;
    if (selector->kind == SELECT_HEADER && (header_bits(probe) & selector->name_bit) == 0)
        return;
    struct field *field = field_of(probe, selector);
    if (field->node == NULL && field->count == 0)
        return;
    for (size_t i = 0; i < rules->other_count; i++)
        let_through(probe, rules->others[i]);
    if (field->count > 1) {
        let_all_through(probe, rules, true);
        return;
    }
    let_values_through(probe, rules, field->hash);
    if (field->count == 1)
        let_texts_through(probe, rules, field, field->only);
    else if (json_is(field->node, JSON_STRING))
        let_texts_through(probe, rules, field, json_text(field->node));
    else
        let_all_through(probe, rules, false);
}

bool probe_gates(struct probe *probe)
{
    const struct fault_plan *plan = probe->plan;
    for (size_t i = 0; i < plan->group_count; i++) {
        const struct gate_group *group = &plan->groups[i];
        if (!group_is_open(probe, &group->key))
            continue;
        if (group->key.selector != 0)
            look_at_field(probe, group);
        for (size_t j = 0; group->key.selector == 0 && j < group->rules->other_count; j++)
            let_through(probe, group->rules->others[j]);
    }
    return probe->candidates != NULL;
}

size_t probe_next(struct probe *probe, size_t from)
{
    size_t count = probe->plan->rule_count;
    while (from < count) {
        uint64_t rest = probe->candidates[from / 64] >> (from % 64);
        if (rest != 0)
            return from + (size_t)__builtin_ctzll(rest);
        from += 64 - from % 64;
    }
    return count;
}

/* --- rules ------------------------------------------------------------------------------- */

static bool operation_matches(const struct rule *rule, const struct fault_subject *subject)
{
    return rule->operation.len == 0 || str_equal(rule->operation, subject->operation) ||
           str_equal(rule->operation, subject->operation_id);
}

enum match_outcome probe_rule(struct probe *probe, size_t index)
{
    const struct fault_plan *plan = probe->plan;
    const struct fault_subject *subject = probe->subject;
    const struct rule *rule = &plan->rules[index];
    if (!operation_matches(rule, subject))
        return MATCH_NO;
    enum match_outcome outcome = MATCH_YES;
    for (size_t i = 0; i < rule->condition_count && outcome == MATCH_YES; i++)
        outcome = match_condition(probe, &rule->conditions[i]);
    return outcome;
}
