/* Limits: how many items, characters and bytes, and which characters. */
#include "base/utf8.h"
#include "mock/judging.h"

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
    const struct json_node *list = judging_find(judging->exchange->body, names);
    if (!json_is(list, JSON_ARRAY) || list->size <= (uint64_t)rule->limit)
        return;
    if (judging_wants(judging, rule)) {
        const struct json_path *body = judging_path_to(judging, NULL, str_from("body"));
        struct str name = names->count > 0 ? names->items[names->count - 1] : str_from("the body");
        judging_report(judging, rule, rule->schema, judging_path_along(judging, body, names), list,
                       count_words(judging, name, rule->limit, "item"));
    }
    if (list == judging->list)
        judging->list = NULL;
}

void judging_check_lists(struct judging *judging)
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

/* `character`: what a FORBID rule found. */
static bool breaks_limit(const struct rule_check *check, const struct json_node *value,
                         struct str *character)
{
    uint64_t limit = (uint64_t)check->limit;
    bool is_text = value->type == JSON_STRING;
    switch (check->rule->kind) {
    case RULE_MAX_ITEMS:
        return value->type == JSON_ARRAY && value->size > limit;
    case RULE_MAX_LENGTH:
        return is_text && value->size > limit && utf8_count(json_text(value)) > limit;
    case RULE_MAX_BYTES:
        return is_text && value->size > limit;
    case RULE_FORBID:
        *character =
            is_text ? find_forbidden(json_text(value), check->rule->characters) : str_from("");
        return character->len > 0;
    default:
        return false;
    }
}

static const char *limit_words(const struct judging *judging, const struct rule_check *check,
                               struct str character)
{
    static const char *const things[] = {
        [RULE_MAX_ITEMS] = "item", [RULE_MAX_LENGTH] = "character", [RULE_MAX_BYTES] = "byte"};
    if (!judging_needs_words(check->rule, check->schema))
        return NULL;
    return check->rule->kind == RULE_FORBID
               ? forbidden_words(judging, check->member.written, character)
               : count_words(judging, check->member.written, check->limit,
                             things[check->rule->kind]);
}

static void report_member(struct judging *judging, const struct rule_check *check, size_t index,
                          const struct json_node *value, struct str character)
{
    if (!judging_wants(judging, check->rule))
        return;
    const struct json_path *path =
        judging_path_along(judging, judging_path_of_record(judging, index), &check->member.names);
    judging_report(judging, check->rule, check->schema, path, value,
                   limit_words(judging, check, character));
}

bool judging_check_members(struct judging *judging, size_t index,
                           const struct json_node *const *row)
{
    bool valid = true;
    for (size_t i = 0; i < judging->rules->check_count; i++) {
        const struct rule_check *check = &judging->rules->checks[i];
        if (row[check->member.slot] == NULL)
            continue;
        const struct json_node *value = rule_member_value(&check->member, row);
        struct str character = str_from("");
        if (value == NULL || !breaks_limit(check, value, &character))
            continue;
        valid = valid && !check->rule->answer.is_entry;
        report_member(judging, check, index, value, character);
    }
    return valid;
}
