/*
 * Holds the records of a request against the overlay's rules (see rules.h).
 *
 * Entries go among the schema's violations, in their place. As in pydantic, the
 * items of a list that is too long are not looked at, and what concerns a record
 * as a whole is judged only if all of its members are valid. Refusals are
 * answered only if there is no violation at all: by the first broken rule in
 * order of the overlay, those that follow references last.
 */
#include "mock/dialect_template.h"
#include "mock/judging.h"
#include "mock/pipeline.h"

/* ---- comparisons ---- */

static const char *const operator_words[] = {
    [OPERATOR_LESS] = "less than",       [OPERATOR_LESS_OR_EQUAL] = "less than or equal to",
    [OPERATOR_GREATER] = "greater than", [OPERATOR_GREATER_OR_EQUAL] = "greater than or equal to",
    [OPERATOR_EQUAL] = "equal to",       [OPERATOR_NOT_EQUAL] = "different from",
};

static const char *comparison_words(const struct judging *judging, const struct service_rule *rule)
{
    struct str left = rule->left.written;
    struct str right = rule->right.written;
    if (!judging_needs_words(rule, NULL))
        return NULL;
    return arena_printf(judging->exchange->arena, "%.*s must be %s %.*s", (int)left.len, left.data,
                        operator_words[rule->comparison.op], (int)right.len, right.data);
}

static enum compare_outcome compare(const struct service_rule *rule,
                                    const struct json_node *const *row)
{
    const struct json_node *left = rule_member_value(&rule->left, row);
    const struct json_node *right = rule_member_value(&rule->right, row);
    if (left != NULL && right != NULL)
        return rule_compare(&rule->comparison, left, right);
    bool is_missed = rule->when == WHEN_ALWAYS || (rule->when == WHEN_LEFT && left != NULL);
    return is_missed ? COMPARE_BROKEN : COMPARE_HOLDS;
}

static void report_comparison(struct judging *judging, const struct service_rule *rule,
                              size_t index, const struct json_node *const *row)
{
    if (!judging_wants(judging, rule))
        return;
    const struct json_path *path = judging_path_of_record(judging, index);
    const struct json_node *value = judging->records[index];
    if (rule->at_member) {
        path = judging_path_along(judging, path, &rule->at.names);
        value = rule_member_value(&rule->at, row);
    }
    judging_report(judging, rule, NULL, path, value, comparison_words(judging, rule));
}

static void check_comparisons(struct judging *judging, size_t index,
                              const struct json_node *const *row)
{
    for (size_t i = 0; i < judging->rules->count; i++) {
        const struct service_rule *rule = &judging->rules->items[i];
        if (rule->kind != RULE_COMPARE)
            continue;
        enum compare_outcome outcome = compare(rule, row);
        judging->fails = judging->fails || outcome == COMPARE_FAILS;
        if (outcome == COMPARE_BROKEN)
            report_comparison(judging, rule, index, row);
    }
}

/* ---- records ---- */

static void read_row(const struct service_rules *rules, const struct json_node *record,
                     const struct json_node **row)
{
    memset(row, 0, rules->slot_count * sizeof(struct json_node *));
    if (record->type != JSON_OBJECT)
        return;
    for (const struct json_node *member = json_first(record); member != NULL;
         member = json_next(member)) {
        size_t slot = rules_find_slot(rules, json_name(member), member->name_hash);
        if (slot != SIZE_MAX && member->type != JSON_NULL)
            row[slot] = member;
    }
}

static void check_record(struct judging *judging, size_t index)
{
    const struct json_node **row = rule_row(&judging->rows, index);
    const struct json_node *record = judging->records[index];
    read_row(judging->rules, record, row);
    bool members_valid = judging_check_members(judging, index, row);
    bool schema_satisfied = judging->invalid == NULL || !judging->invalid[index];
    if (record->type == JSON_OBJECT && members_valid && schema_satisfied)
        check_comparisons(judging, index, row);
}

static void make_rows(struct judging *judging)
{
    struct arena *arena = judging->exchange->arena;
    bool is_list = judging->list->type == JSON_ARRAY;
    size_t count = is_list ? judging->list->size : 1;
    size_t slots = judging->rules->slot_count;
    judging->rows.count = count;
    judging->rows.slot_count = slots;
    judging->rows.values = arena_alloc(arena, (count * slots + 1) * sizeof *judging->rows.values);
    judging->records = arena_alloc(arena, (count + 1) * sizeof *judging->records);
    const struct json_node *record = is_list ? json_first(judging->list) : judging->list;
    for (size_t i = 0; i < count; i++, record = json_next(record))
        judging->records[i] = record;
}

/* Marks the record in which the schema found that. False if it is about the list itself. */
static bool mark_one(struct judging *judging, const struct violation *violation, size_t count)
{
    size_t depth = path_length(judging->list_path);
    size_t length = path_length(violation->path);
    if (length < depth)
        return !path_is_below(judging->list_path, violation->path);
    if (!path_is_below(violation->path, judging->list_path))
        return true;
    bool is_list = judging->list->type == JSON_ARRAY;
    if (is_list && length == depth)
        return false;
    size_t index = is_list ? path_cut(violation->path, length, depth + 1)->index : 0;
    if (index < count)
        judging->invalid[index] = true;
    return true;
}

/* False if the schema found something wrong with the list: then no record is judged. */
static bool mark_invalid(struct judging *judging)
{
    const struct validation *findings = &judging->exchange->findings;
    if (findings->first == NULL)
        return true;
    size_t count = judging->list->type == JSON_ARRAY ? judging->list->size : 1;
    judging->invalid = arena_alloc_zero(judging->exchange->arena, count + 1);
    for (const struct violation *violation = findings->first; violation != NULL;
         violation = violation->next) {
        if (!mark_one(judging, violation, count))
            return false;
    }
    return true;
}

static void check_records(struct judging *judging)
{
    if (!mark_invalid(judging))
        return;
    make_rows(judging);
    for (size_t i = 0; i < judging->rows.count; i++)
        check_record(judging, i);
}

/* ---- references ---- */

struct referring {
    struct judging *judging;
    const struct service_rule *rule;
};

static void report_reference(void *context, size_t index, const char *words)
{
    struct referring *referring = context;
    struct judging *judging = referring->judging;
    const struct service_rule *rule = referring->rule;
    const struct rule_member *member = &rule->reference.member;
    if (!judging_wants(judging, rule))
        return;
    judging_report(
        judging, rule, NULL,
        judging_path_along(judging, judging_path_of_record(judging, index), &member->names),
        rule_member_value(member, rule_row(&judging->rows, index)), words);
}

static void check_references(struct judging *judging)
{
    const struct behavior *behavior = judging->behavior;
    struct exchange *exchange = judging->exchange;
    struct referring referring = {judging, NULL};
    struct reference_check check = {
        .rows = &judging->rows,
        .key = &behavior->key,
        .arena = exchange->arena,
        .broken = report_reference,
        .context = &referring,
    };
    if (behavior->collection.len > 0)
        check.collection = store_collection(exchange->world->store, behavior->collection);
    for (size_t i = 0; i < judging->rules->count && !exchange->answered; i++) {
        referring.rule = &judging->rules->items[i];
        check.reference = &referring.rule->reference;
        if (referring.rule->kind == RULE_REFERENCE && !rule_reference_check(&check))
            dialect_refuse(exchange, REFUSE_UNDECIDED, NULL);
    }
}

/* ---- the answer ---- */

static void refuse(struct judging *judging)
{
    struct exchange *exchange = judging->exchange;
    const struct rule_answer *answer = &judging->refused_by->answer;
    struct template_scene scene = {
        .exchange = exchange,
        .arena = exchange->arena,
        .status = answer->status,
        .detail = judging->refusal->name,
        .violations = judging->refusal,
        .count = 1,
    };
    if (answer->body == NULL) {
        dialect_refuse_as(exchange, answer->status, scene.detail);
        dialect_dress(exchange, &scene);
        return;
    }
    struct buf body = exchange_buf(exchange);
    template_write(answer->body, &scene, &body);
    exchange_answer(exchange, answer->status, answer->content_type, buf_str(&body));
}

/* What Starlette answers to an exception that nobody caught. */
static void break_down(struct exchange *exchange)
{
    struct str words = str_from("Internal Server Error");
    struct template_scene scene = {
        .exchange = exchange, .arena = exchange->arena, .status = 500, .detail = words};
    exchange_answer(exchange, scene.status, "text/plain; charset=utf-8", words);
    dialect_dress(exchange, &scene);
}

static bool is_valid_so_far(const struct judging *judging)
{
    return judging->exchange->findings.count == 0 && judging->entries.count == 0 &&
           !judging->exchange->answered;
}

static void judge(struct judging *judging)
{
    struct exchange *exchange = judging->exchange;
    judging_check_lists(judging);
    if (judging->list != NULL)
        check_records(judging);
    if (judging->fails)
        break_down(exchange);
    bool has_rows = judging->rows.count > 0;
    if (judging->rules->has_references && has_rows && is_valid_so_far(judging) &&
        judging->refused_by == NULL)
        check_references(judging);
    if (judging->entries.count > 0)
        findings_merge(&exchange->findings, &judging->entries, judging->body);
    if (is_valid_so_far(judging) && judging->refused_by != NULL)
        refuse(judging);
}

void step_rules(struct exchange *exchange)
{
    const struct behavior *behavior = exchange->role->behavior;
    if (behavior == NULL || behavior->rules == NULL || exchange->body == NULL)
        return;
    struct judging judging = {
        .exchange = exchange,
        .behavior = behavior,
        .rules = behavior->rules,
        .body = exchange->media != NULL ? exchange->media->schema : NULL,
        .list = judging_find(exchange->body, &behavior->items),
    };
    judging.list_path = judging_path_along(
        &judging, judging_path_to(&judging, NULL, str_from("body")), &behavior->items);
    judge(&judging);
}
