#include "fault/gate.h"

#include <stdlib.h>
#include <string.h>

uint32_t gate_hash(struct str text)
{
    return str_hash(text) | 1;
}

uint32_t gate_node_hash(const struct json_node *node)
{
    if (node->type == JSON_ARRAY || node->type == JSON_OBJECT)
        return 0;
    return json_value_hash(node) | 1;
}

/* --- marks -------------------------------------------------------------------------- */

static uint16_t mark_of_one(char c)
{
    return (uint16_t)(MARKS_PAIRS + (unsigned char)c);
}

static uint16_t mark_of_pair(char a, char b)
{
    return (uint16_t)(((unsigned char)a * 67u + (unsigned char)b) % MARKS_PAIRS);
}

static void set_mark(struct marks *marks, uint16_t mark)
{
    marks->bits[mark / 64] |= UINT64_C(1) << (mark % 64);
}

static bool has_mark(const struct marks *marks, uint16_t mark)
{
    return (marks->bits[mark / 64] >> (mark % 64) & 1) != 0;
}

bool marks_touch(const struct marks *marks, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (has_mark(marks, mark_of_one(text.data[i])))
            return true;
        if (i + 1 < text.len && has_mark(marks, mark_of_pair(text.data[i], text.data[i + 1])))
            return true;
    }
    return false;
}

void marks_add(struct marks *marks, struct str text)
{
    if (text.len == 0)
        return;
    for (size_t i = 0; i + 1 < text.len; i++) {
        set_mark(marks, mark_of_one(text.data[i]));
        set_mark(marks, mark_of_pair(text.data[i], text.data[i + 1]));
    }
    set_mark(marks, mark_of_one(text.data[text.len - 1]));
}

/* The last pairs; of a single character itself. What there is too few of is repeated. */
static void choose_marks(struct str literal, uint16_t out[MARKS_OF_LITERAL])
{
    for (size_t i = 0; i < MARKS_OF_LITERAL; i++) {
        size_t end = literal.len >= i + 2 ? literal.len - i : literal.len;
        out[i] = literal.len == 1 ? mark_of_one(literal.data[0])
                                  : mark_of_pair(literal.data[end - 2], literal.data[end - 1]);
    }
}

/* --- groups -------------------------------------------------------------------------- */

static int compare_keys(const struct gate *a, const struct gate *b)
{
    return memcmp(&a->key, &b->key, sizeof a->key);
}

/* Gates in the order of their keys, whatever that is, then of their rules. */
static int compare_gates(const void *a, const void *b)
{
    const struct gate *const *left = a;
    const struct gate *const *right = b;
    int order = compare_keys(*left, *right);
    return order != 0 ? order : (*left > *right) - (*left < *right);
}

static int compare_values(const void *a, const void *b)
{
    const struct gate_value *left = a;
    const struct gate_value *right = b;
    return (left->hash > right->hash) - (left->hash < right->hash);
}

static void fill_rules(struct gate_rules *rules, const struct gate *gates,
                       const struct gate *const *members, size_t count, struct arena *arena)
{
    rules->values = arena_alloc(arena, count * sizeof *rules->values);
    rules->texts = arena_alloc(arena, count * sizeof *rules->texts);
    rules->others = arena_alloc(arena, count * sizeof *rules->others);
    for (size_t i = 0; i < count; i++) {
        const struct gate *gate = members[i];
        uint32_t rule = (uint32_t)(gate - gates);
        if (gate->value != 0) {
            rules->values[rules->value_count++] = (struct gate_value){gate->value, rule};
        } else if (gate->key.selector != 0 && gate->literal.text.len > 0) {
            struct gate_text *text = &rules->texts[rules->text_count++];
            text->rule = rule;
            choose_marks(gate->literal.text, text->marks);
            if (rules->marks == NULL)
                rules->marks = arena_alloc_zero(arena, sizeof *rules->marks);
            set_mark(rules->marks, text->marks[0]);
        } else {
            rules->others[rules->other_count++] = rule;
        }
    }
    qsort(rules->values, rules->value_count, sizeof *rules->values, compare_values);
}

struct gate_group *gate_groups(const struct gate *gates, size_t count, struct arena *arena,
                               size_t *group_count)
{
    const struct gate **sorted = arena_alloc(arena, count * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &gates[i];
    qsort(sorted, count, sizeof *sorted, compare_gates);
    struct gate_group *groups = arena_alloc_zero(arena, count * sizeof *groups);
    *group_count = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && compare_keys(sorted[i], sorted[end]) == 0;)
            end++;
        struct gate_group *group = &groups[(*group_count)++];
        group->key = sorted[i]->key;
        group->rules = arena_alloc_zero(arena, sizeof *group->rules);
        fill_rules(group->rules, gates, sorted + i, end - i, arena);
    }
    return groups;
}
