/*
 * Holds the records of a request against the overlay's rules (see rules.h).
 *
 * Entries go among the schema's violations, in their place. As in pydantic, the
 * items of a list that is too long are not looked at, and what concerns a record
 * as a whole is judged only if all of its members are valid. Refusals are
 * answered only if there is no violation at all: by the first broken rule in
 * order of the overlay, those that follow references last.
 */
#include "base/utf8.h"
#include "mock/dialect_template.h"
#include "mock/findings.h"
#include "mock/pipeline.h"
#include "mock/rule_reference.h"
#include "mock/rules.h"

struct judging {
    struct exchange *exchange;
    const struct behavior *behavior;
    const struct service_rules *rules;
    const struct schema *body; /* the body's schema, or NULL */
    const struct json_path *list_path;
    const struct json_node *list; /* of records, or the only record */
    bool *invalid;                /* by index: the schema found something; NULL: nothing anywhere */
    struct rule_rows rows;
    const struct json_node **records; /* of the rows */
    struct findings_list entries;
    const struct service_rule *refused_by; /* the first rule that refuses, or NULL */
    struct violation *refusal;
    bool fails; /* a comparison failed by itself: the service would break down */
};

/* ---- places ---- */

static const struct json_path *path_to(const struct judging *judging, const struct json_path *up,
                                       struct str name)
{
    struct json_path *path = arena_alloc(judging->exchange->arena, sizeof *path);
    *path = (struct json_path){.up = up, .name = name};
    return path;
}

static const struct json_path *path_along(const struct judging *judging, const struct json_path *up,
                                          const struct str_list *names)
{
    for (size_t i = 0; i < names->count; i++)
        up = path_to(judging, up, names->items[i]);
    return up;
}

static const struct json_path *path_of_record(const struct judging *judging, size_t index)
{
    if (judging->list->type != JSON_ARRAY)
        return judging->list_path;
    struct json_path *path = arena_alloc(judging->exchange->arena, sizeof *path);
    *path = (struct json_path){.up = judging->list_path, .index = index};
    return path;
}

static const struct json_node *find_along(const struct json_node *node,
                                          const struct str_list *names)
{
    for (size_t i = 0; i < names->count; i++)
        node = json_member_str(node, names->items[i]);
    return node;
}

/* ---- broken rules ---- */

static struct str words_of(const struct judging *judging, const struct service_rule *rule,
                           const struct violation *violation, const char *usual)
{
    if (rule->answer.message.len == 0)
        return str_from(usual);
    struct template_scene scene = {.exchange = judging->exchange,
                                   .arena = judging->exchange->arena,
                                   .status = rule->answer.status,
                                   .violations = violation,
                                   .count = 1};
    struct buf text = exchange_buf(judging->exchange);
    template_write_text(rule->answer.message, &scene, TEMPLATE_PLAIN, &text);
    return buf_str(&text);
}

static void keep(struct judging *judging, const struct service_rule *rule,
                 struct violation *violation)
{
    if (rule->answer.is_entry) {
        findings_add(&judging->entries, violation, judging->body);
    } else {
        judging->refused_by = rule;
        judging->refusal = violation;
    }
}

/* Is there any use in one more violation of this rule? If not, it is only counted. */
static bool is_wanted(struct judging *judging, const struct service_rule *rule)
{
    if (!rule->answer.is_entry)
        return judging->refused_by == NULL || judging->refused_by->index > rule->index;
    size_t most = judging->exchange->findings.max_violations;
    bool has_room = judging->entries.kept < (most > 0 ? most : FINDINGS_DEFAULT_MAX);
    judging->entries.count += !has_room;
    return has_room;
}

/* `schema`, if it is not NULL, has the keyword by whose words the violation is told. */
static void report(struct judging *judging, const struct service_rule *rule,
                   const struct schema *schema, const struct json_path *path,
                   const struct json_node *value, const char *usual)
{
    struct violation *violation = arena_alloc_zero(judging->exchange->arena, sizeof *violation);
    violation->keyword = KEYWORD_SERVICE_RULE;
    violation->rule = rule->node;
    violation->instance = value;
    violation->path = path;
    if (schema != NULL && rule->answer.is_entry && !rule->answer.says_own_words) {
        violation->keyword = schema->rules[0].keyword;
        violation->schema = schema;
        violation->rule = schema->rules[0].node;
    } else {
        violation->name = words_of(judging, rule, violation, usual);
    }
    keep(judging, rule, violation);
}

static const char *count_words(const struct judging *judging, struct str name, int64_t limit,
                               const char *things)
{
    return arena_printf(judging->exchange->arena, "%.*s must have at most %lld %s%s", (int)name.len,
                        name.data, (long long)limit, things, limit == 1 ? "" : "s");
}

/* ---- lists ---- */

static void check_list(struct judging *judging, const struct service_rule *rule)
{
    const struct str_list *names = rule->of_records ? &judging->behavior->items : &rule->of;
    const struct json_node *list = find_along(judging->exchange->body, names);
    if (!json_is(list, JSON_ARRAY) || list->size <= (uint64_t)rule->limit)
        return;
    if (is_wanted(judging, rule)) {
        const struct json_path *body = path_to(judging, NULL, str_from("body"));
        struct str name = names->count > 0 ? names->items[names->count - 1] : str_from("the body");
        report(judging, rule, rule->schema, path_along(judging, body, names), list,
               count_words(judging, name, rule->limit, "item"));
    }
    if (list == judging->list)
        judging->list = NULL;
}

static void check_lists(struct judging *judging)
{
    for (size_t i = 0; i < judging->rules->count; i++)
        if (judging->rules->items[i].schema != NULL && judging->rules->items[i].limit > 0)
            check_list(judging, &judging->rules->items[i]);
}

/* ---- members ---- */

/* U+0000, or the character itself where it can be seen. */
static const char *forbidden_words(const struct judging *judging, struct str name,
                                   struct str character)
{
    struct arena *arena = judging->exchange->arena;
    unsigned char first = (unsigned char)character.data[0];
    if (first <= ' ' || first == 0x7f)
        return arena_printf(arena, "%.*s must not contain U+%04X", (int)name.len, name.data, first);
    return arena_printf(arena, "%.*s must not contain %.*s", (int)name.len, name.data,
                        (int)character.len, character.data);
}

/* The first of the characters that the text has; empty if it has none. */
static struct str find_forbidden(struct str text, struct str characters)
{
    for (size_t at = 0; at < characters.len;) {
        size_t length = utf8_length(characters.data + at, characters.len - at);
        struct str one = str_make(characters.data + at, length > 0 ? length : 1);
        bool found = one.len == 1 ? memchr(text.data, one.data[0], text.len) != NULL
                                  : str_contains(text, one);
        if (found)
            return one;
        at += one.len;
    }
    return str_from("");
}

/* NULL if the value keeps to the limit; else what is wrong, in words. */
static const char *broken_limit(const struct judging *judging, const struct rule_check *check,
                                const struct json_node *value)
{
    struct str name = check->member.written;
    uint64_t limit = (uint64_t)check->limit;
    bool is_text = value->type == JSON_STRING;
    switch (check->rule->kind) {
    case RULE_MAX_ITEMS:
        return value->type == JSON_ARRAY && value->size > limit
                   ? count_words(judging, name, check->limit, "item")
                   : NULL;
    case RULE_MAX_LENGTH:
        return is_text && value->size > limit && utf8_count(json_text(value)) > limit
                   ? count_words(judging, name, check->limit, "character")
                   : NULL;
    case RULE_MAX_BYTES:
        return is_text && value->size > limit ? count_words(judging, name, check->limit, "byte")
                                              : NULL;
    case RULE_FORBID: {
        struct str found =
            is_text ? find_forbidden(json_text(value), check->rule->characters) : str_from("");
        return found.len > 0 ? forbidden_words(judging, name, found) : NULL;
    }
    default:
        return NULL;
    }
}

/* True if no entry was reported. */
static bool check_members(struct judging *judging, size_t index, const struct json_node *const *row)
{
    bool valid = true;
    for (size_t i = 0; i < judging->rules->check_count; i++) {
        const struct rule_check *check = &judging->rules->checks[i];
        if (row[check->member.slot] == NULL)
            continue;
        const struct json_node *value = rule_member_value(&check->member, row);
        const char *words = value != NULL ? broken_limit(judging, check, value) : NULL;
        if (words == NULL)
            continue;
        valid = valid && !check->rule->answer.is_entry;
        if (is_wanted(judging, check->rule))
            report(judging, check->rule, check->schema,
                   path_along(judging, path_of_record(judging, index), &check->member.names), value,
                   words);
    }
    return valid;
}

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
    if (!is_wanted(judging, rule))
        return;
    const struct json_path *path = path_of_record(judging, index);
    const struct json_node *value = judging->records[index];
    if (rule->at_member) {
        path = path_along(judging, path, &rule->at.names);
        value = rule_member_value(&rule->at, row);
    }
    report(judging, rule, NULL, path, value, comparison_words(judging, rule));
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
    bool members_valid = check_members(judging, index, row);
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
    if (!is_wanted(judging, rule))
        return;
    report(judging, rule, NULL, path_along(judging, path_of_record(judging, index), &member->names),
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
            exchange->dialect->refuse(exchange, REFUSE_UNDECIDED, NULL);
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
    check_lists(judging);
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
        .list = find_along(exchange->body, &behavior->items),
    };
    judging.list_path =
        path_along(&judging, path_to(&judging, NULL, str_from("body")), &behavior->items);
    judge(&judging);
}
