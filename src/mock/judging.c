#include "mock/judging.h"

#include "mock/template.h"

/* ---- places ---- */

const struct json_path *judging_path_to(const struct judging *judging, const struct json_path *up,
                                        struct str name)
{
    struct json_path *path = arena_alloc(judging->exchange->arena, sizeof *path);
    *path = (struct json_path){.up = up, .name = name};
    return path;
}

const struct json_path *judging_path_along(const struct judging *judging,
                                           const struct json_path *up, const struct str_list *names)
{
    for (size_t i = 0; i < names->count; i++)
        up = judging_path_to(judging, up, names->items[i]);
    return up;
}

const struct json_path *judging_path_of_record(const struct judging *judging, size_t index)
{
    if (judging->list->type != JSON_ARRAY)
        return judging->list_path;
    struct json_path *path = arena_alloc(judging->exchange->arena, sizeof *path);
    *path = (struct json_path){.up = judging->list_path, .index = index};
    return path;
}

const struct json_node *judging_find(const struct json_node *node, const struct str_list *names)
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

bool judging_wants(struct judging *judging, const struct service_rule *rule)
{
    if (!rule->answer.is_entry)
        return judging->refused_by == NULL || judging->refused_by->index > rule->index;
    size_t most = judging->exchange->findings.max_violations;
    bool has_room = judging->entries.kept < (most > 0 ? most : FINDINGS_DEFAULT_MAX);
    judging->entries.count += !has_room;
    return has_room;
}

/* In the words of a keyword, or in those of the rule? */
static bool speaks_as_keyword(const struct service_rule *rule, const struct schema *schema)
{
    return schema != NULL && rule->answer.is_entry && !rule->answer.says_own_words;
}

bool judging_needs_words(const struct service_rule *rule, const struct schema *schema)
{
    return rule->answer.message.len == 0 && !speaks_as_keyword(rule, schema);
}

void judging_report(struct judging *judging, const struct service_rule *rule,
                    const struct schema *schema, const struct json_path *path,
                    const struct json_node *value, const char *usual)
{
    struct violation *violation = arena_alloc_zero(judging->exchange->arena, sizeof *violation);
    violation->keyword = KEYWORD_SERVICE_RULE;
    violation->rule = rule->node;
    violation->instance = value;
    violation->path = path;
    if (speaks_as_keyword(rule, schema)) {
        violation->keyword = schema->rules[0].keyword;
        violation->schema = schema;
        violation->rule = schema->rules[0].node;
    } else {
        violation->name = words_of(judging, rule, violation, usual);
    }
    keep(judging, rule, violation);
}
