/* check_value: rules that look at a value alone. */
#include "schema/run.h"

#include "schema/format.h"
#include "schema/pattern.h"
#include "json/number.h"

/* ---- type, enum, const ---- */

static const unsigned type_bits[] = {
    [JSON_NULL] = SCHEMA_NULL,     [JSON_FALSE] = SCHEMA_BOOLEAN, [JSON_TRUE] = SCHEMA_BOOLEAN,
    [JSON_NUMBER] = SCHEMA_NUMBER, [JSON_STRING] = SCHEMA_STRING, [JSON_ARRAY] = SCHEMA_ARRAY,
    [JSON_OBJECT] = SCHEMA_OBJECT,
};

static bool is_integer(const struct json_node *number)
{
    if ((number->flags & JSON_PLAIN_INTEGER) != 0)
        return true;
    return (number->flags & JSON_NOT_FINITE) == 0 && json_number_is_integer(number);
}

bool check_type(struct spot *spot, const struct rule *rule)
{
    const struct json_node *instance = spot->instance;
    if ((instance->flags & JSON_REFUSED) != 0)
        return run_fail(spot, KEYWORD_TYPE, rule->node);
    if ((rule->u.types & type_bits[instance->type]) != 0)
        return true;
    if ((rule->u.types & SCHEMA_INTEGER) != 0 && instance->type == JSON_NUMBER &&
        is_integer(instance))
        return true;
    return run_fail(spot, KEYWORD_TYPE, rule->node);
}

static bool equals(const struct json_node *instance, const struct json_node *value)
{
    if (instance->type == JSON_STRING && value->type == JSON_STRING)
        return str_equal(json_text(instance), json_text(value));
    return json_equal(instance, value);
}

static bool is_among(const struct json_node *instance, const struct schema_choices *choices)
{
    uint32_t hash =
        instance->type == JSON_STRING ? str_hash(json_text(instance)) : json_value_hash(instance);
    size_t mask = choices->slot_count - 1;
    for (size_t i = hash & mask; choices->slots[i].node != NULL; i = (i + 1) & mask)
        if (choices->slots[i].hash == hash && equals(instance, choices->slots[i].node))
            return true;
    return false;
}

bool check_enum(struct spot *spot, const struct rule *rule)
{
    return is_among(spot->instance, &rule->u.choices) || run_fail(spot, KEYWORD_ENUM, rule->node);
}

bool check_const(struct spot *spot, const struct rule *rule)
{
    return equals(spot->instance, rule->u.value) || run_fail(spot, KEYWORD_CONST, rule->node);
}

/* ---- strings ---- */

/* Code points: the bytes that do not continue one, eight at a time. */
static size_t count_characters(struct str text)
{
    size_t continuations = 0;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.data + i, sizeof word);
        uint64_t high = word & 0x8080808080808080u;
        /* 10xxxxxx: the high bit set and the next one not. */
        uint64_t marks = high & ~(word << 1);
        continuations += (size_t)__builtin_popcountll(marks);
    }
    for (; i < text.len; i++)
        continuations += ((unsigned char)text.data[i] & 0xc0) == 0x80;
    return text.len - continuations;
}

bool check_max_length(struct spot *spot, const struct rule *rule)
{
    const struct json_node *instance = spot->instance;
    if (instance->type != JSON_STRING || instance->size <= rule->u.count ||
        count_characters(json_text(instance)) <= rule->u.count)
        return true;
    return run_fail(spot, KEYWORD_MAX_LENGTH, rule->node);
}

bool check_min_length(struct spot *spot, const struct rule *rule)
{
    const struct json_node *instance = spot->instance;
    if (instance->type != JSON_STRING)
        return true;
    if (instance->size >= rule->u.count && count_characters(json_text(instance)) >= rule->u.count)
        return true;
    return run_fail(spot, KEYWORD_MIN_LENGTH, rule->node);
}

bool check_pattern(struct spot *spot, const struct rule *rule)
{
    if (spot->instance->type != JSON_STRING)
        return true;
    switch (pattern_match(rule->u.pattern, json_text(spot->instance), &spot->run->budget)) {
    case PATTERN_MATCHES:
        return true;
    case PATTERN_OUT_OF_BUDGET:
        return run_give_up(spot->run, VALIDATE_PATTERN_BUDGET);
    case PATTERN_DIFFERS:
        break;
    }
    return run_fail(spot, KEYWORD_PATTERN, rule->node);
}

bool check_format(struct spot *spot, const struct rule *rule)
{
    const struct format *format = rule->u.format;
    unsigned type = type_bits[spot->instance->type];
    if (type == SCHEMA_NUMBER)
        type |= SCHEMA_INTEGER;
    bool judged = (spot->instance->flags & JSON_CONVERTED) != 0;
    if (judged || rule->u.format_annotates || (format->types & type) == 0 ||
        format->check(spot->instance))
        return true;
    return run_fail(spot, KEYWORD_FORMAT, rule->node);
}

/* ---- numbers: NaN satisfies no range, nothing that is not finite is a multiple ---- */

static bool is_finite_number(const struct json_node *node)
{
    return (node->flags & JSON_NOT_FINITE) == 0;
}

static bool is_nan(const struct json_node *node)
{
    return !is_finite_number(node) && node->c.valuedouble != node->c.valuedouble;
}

bool check_multiple_of(struct spot *spot, const struct rule *rule)
{
    const struct json_node *instance = spot->instance;
    if (instance->type != JSON_NUMBER ||
        (is_finite_number(instance) && json_number_is_multiple(instance, rule->u.value)))
        return true;
    return run_fail(spot, KEYWORD_MULTIPLE_OF, rule->node);
}

/* True if the number compares to the limit as one of `low` to `high` says. */
static bool check_limit(struct spot *spot, const struct rule *rule, int low, int high)
{
    const struct json_node *instance = spot->instance;
    if (instance->type != JSON_NUMBER)
        return true;
    if (!is_nan(instance)) {
        int order = json_number_compare(instance, rule->u.value);
        order = (order > 0) - (order < 0);
        if (order >= low && order <= high)
            return true;
    }
    return run_fail(spot, rule->keyword, rule->node);
}

bool check_maximum(struct spot *spot, const struct rule *rule)
{
    return check_limit(spot, rule, -1, 0);
}

bool check_exclusive_maximum(struct spot *spot, const struct rule *rule)
{
    return check_limit(spot, rule, -1, -1);
}

bool check_minimum(struct spot *spot, const struct rule *rule)
{
    return check_limit(spot, rule, 0, 1);
}

bool check_exclusive_minimum(struct spot *spot, const struct rule *rule)
{
    return check_limit(spot, rule, 1, 1);
}
