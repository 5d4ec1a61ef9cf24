#include "fault/sequence.h"

#include "fault/words.h"

enum ending {
    ENDING_PASS,
    ENDING_REPEAT,
    ENDING_STAY,
};

struct sequence {
    struct arena *arena;
    struct str name;
    const struct json_node *node;
    const struct json_node *match; /* or NULL */
    size_t step_count;
    enum ending ending;
};

static bool read_sequence(struct sequence *sequence, struct diags *diags)
{
    static const char *const endings[] = {"pass", "repeat", "stay", NULL};
    const struct json_node *node = sequence->node;
    const struct json_node *name = json_member(node, "name");
    const struct json_node *steps = json_member(node, "steps");
    const struct json_node *then = json_member(node, "then");
    size_t ending = ENDING_PASS;
    bool fine = words_check(node, WORDS_SEQUENCE, diags);
    if (!json_is(node, JSON_OBJECT))
        return false;
    if (name == NULL)
        diag_error(diags, json_place(node), "add name: and a name of its own",
                   "a sequence needs a `name`");
    fine &= name != NULL && words_text(name, "name", diags, &sequence->name);
    if (!json_is(steps, JSON_ARRAY) || steps->size == 0) {
        diag_error(diags, json_place(steps != NULL ? steps : node),
                   "write steps: [{status: 503}, {connection: reset}]",
                   "a sequence needs a list of `steps`");
        fine = false;
    }
    if (then != NULL)
        fine &= words_choice(then, "then", endings, diags, &ending);
    sequence->match = json_member(node, "match");
    sequence->step_count = json_is(steps, JSON_ARRAY) ? steps->size : 0;
    sequence->ending = (enum ending)ending;
    return fine;
}

/* The state in which step `number` (from 1) is due; NULL: stay. */
static const char *state_of(const struct sequence *sequence, size_t number)
{
    if (number == 1)
        return "Started";
    return arena_printf(sequence->arena, "step %zu", number);
}

static const char *state_after(const struct sequence *sequence, size_t number)
{
    if (number < sequence->step_count)
        return state_of(sequence, number + 1);
    if (sequence->ending == ENDING_PASS)
        return "over";
    return sequence->ending == ENDING_REPEAT ? "Started" : NULL;
}

static void set_copy(struct sequence *sequence, struct json_node *rule, const char *name,
                     const struct json_node *value)
{
    json_set(sequence->arena, rule, str_from(name), json_copy(sequence->arena, value));
}

/* A text that the sequence implies, at the place of the step. */
static void set_text(struct sequence *sequence, struct json_node *rule, const char *name,
                     const char *text)
{
    struct json_node *value = json_new_string(sequence->arena, str_from(text));
    value->source = rule->source;
    value->offset = rule->offset;
    json_set(sequence->arena, rule, str_from(name), value);
    value->name_offset = rule->offset;
}

static struct json_node *step_rule(struct sequence *sequence, const struct json_node *step,
                                   size_t number)
{
    struct json_node *rule = json_new(sequence->arena, JSON_OBJECT);
    const char *next = state_after(sequence, number);
    rule->source = step->source;
    rule->offset = step->offset;
    rule->length = step->length;
    set_text(sequence, rule, "name",
             arena_printf(sequence->arena, "%.*s, step %zu", (int)sequence->name.len,
                          sequence->name.data, number));
    if (sequence->match != NULL)
        set_copy(sequence, rule, "match", sequence->match);
    set_copy(sequence, rule, "do", step);
    set_text(sequence, rule, "scenario", arena_copy(sequence->arena, sequence->name));
    set_text(sequence, rule, "state", state_of(sequence, number));
    if (next != NULL)
        set_text(sequence, rule, "next_state", next);
    return rule;
}

void sequence_expand(struct arena *arena, const struct json_node *node, struct diags *diags,
                     struct json_node *rules)
{
    struct sequence sequence = {.arena = arena, .node = node};
    if (!read_sequence(&sequence, diags))
        return;
    const struct json_node *step = json_first(json_member(node, "steps"));
    for (size_t number = 1; step != NULL; step = json_next(step), number++)
        json_append(rules, step_rule(&sequence, step, number));
}
