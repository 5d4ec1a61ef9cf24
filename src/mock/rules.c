#include "mock/rules.h"

#include "mock/template.h"

enum {
    DEFAULT_ENTRY_STATUS = 422,
    LEAST_STATUS = 400,
    LAST_STATUS = 599,
    SLOTS_MAX = 100,
    POINTER_NAMES_MAX = 16,
    LIMIT_MAX = 1000000000,
};

struct reading {
    const struct overlay_reader *reader;
    struct service_rules *rules;
    struct service_rule *rule; /* the one that is read */
};

static void report(const struct reading *reading, const struct json_node *at, const char *remedy,
                   const char *message)
{
    diag_error(reading->reader->diags, json_place(at), remedy, "%s", message);
}

/* ---- members ---- */

static size_t add_slot(struct reading *reading, struct str name, const struct json_node *node)
{
    struct service_rules *rules = reading->rules;
    uint32_t hash = str_hash(name);
    for (size_t i = 0; i < rules->slot_count; i++)
        if (rules->slots[i].hash == hash && str_equal(rules->slots[i].name, name))
            return i;
    if (rules->slot_count == SLOTS_MAX) {
        report(reading, node, "make fewer rules", "the rules name more than 100 members");
        return 0;
    }
    struct arena *arena = reading->reader->arena;
    rules->slots = arena_grow(arena, rules->slots, rules->slot_count * sizeof *rules->slots,
                              (rules->slot_count + 1) * sizeof *rules->slots);
    rules->slots[rules->slot_count] = (struct rule_slot){name, hash};
    return rules->slot_count++;
}

/* `written` is the member's name, or a pointer into the record; `node` is where it stands. */
static bool read_member_text(struct reading *reading, struct str written,
                             const struct json_node *node, struct rule_member *out)
{
    *out = (struct rule_member){.written = written, .node = node};
    if (!str_starts_with(written, "/")) {
        str_list_add(&out->names, reading->reader->arena, written);
    } else if (!overlay_decode_pointer(reading->reader->arena, written, &out->names)) {
        report(reading, node, "for example /owner/id", "this is no JSON Pointer into a record");
        return false;
    }
    if (out->names.count > POINTER_NAMES_MAX) {
        report(reading, node, "name a member nearer to the record", "the pointer is too long");
        return false;
    }
    out->slot = add_slot(reading, out->names.items[0], node);
    return true;
}

static bool read_member(struct reading *reading, const struct json_node *value,
                        struct rule_member *out)
{
    struct str text;
    return overlay_read_text(reading->reader, value, "a member's name", &text) &&
           read_member_text(reading, text, value, out);
}

/* A required member of a rule's object. */
static void read_named_member(struct reading *reading, const struct json_node *object,
                              const char *name, struct rule_member *out)
{
    const struct json_node *value = json_member(object, name);
    if (value != NULL)
        read_member(reading, value, out);
    else
        diag_error(reading->reader->diags, json_place(object), "name a member of the records",
                   "the rule has no \"%s\"", name);
}

/* ---- limits ---- */

/* A schema of one keyword, so that dialects word the violation as they word the keyword. */
static const struct schema *make_schema(struct arena *arena, const struct json_node *node,
                                        enum keyword keyword, int64_t limit)
{
    struct rule *rule = arena_alloc_zero(arena, sizeof *rule);
    rule->keyword = keyword;
    rule->node = node;
    rule->u.count = (uint64_t)limit;
    struct schema *schema = arena_alloc_zero(arena, sizeof *schema);
    schema->kind = SCHEMA_RULES;
    schema->node = node;
    schema->rules = rule;
    schema->rule_count = 1;
    return schema;
}

static const struct schema *schema_for(const struct reading *reading, const struct json_node *node,
                                       int64_t limit)
{
    switch (reading->rule->kind) {
    case RULE_MAX_ITEMS:
        return make_schema(reading->reader->arena, node, KEYWORD_MAX_ITEMS, limit);
    case RULE_MAX_LENGTH:
        return make_schema(reading->reader->arena, node, KEYWORD_MAX_LENGTH, limit);
    default:
        return NULL;
    }
}

static struct rule_check *add_check(struct reading *reading)
{
    struct service_rules *rules = reading->rules;
    rules->checks = arena_grow(reading->reader->arena, rules->checks,
                               rules->check_count * sizeof *rules->checks,
                               (rules->check_count + 1) * sizeof *rules->checks);
    struct rule_check *check = &rules->checks[rules->check_count++];
    *check = (struct rule_check){.rule = reading->rule};
    return check;
}

/* {id: 256, "/owner/name": 40} */
static void read_member_limits(struct reading *reading, const struct json_node *value)
{
    if (!json_is(value, JSON_OBJECT) || value->size == 0) {
        report(reading, value, "for example {id: 256}", "this rule wants limits for members");
        return;
    }
    for (const struct json_node *member = json_first(value); member != NULL;
         member = json_next(member)) {
        struct rule_check *check = add_check(reading);
        read_member_text(reading, json_name(member), member, &check->member);
        overlay_read_count(reading->reader, member, 0, LIMIT_MAX, "the limit", &check->limit);
        check->schema = schema_for(reading, member, check->limit);
    }
}

static void read_max_items(struct reading *reading, const struct json_node *value)
{
    struct service_rule *rule = reading->rule;
    const struct json_node *of = json_member(rule->node, "of");
    if (json_is(value, JSON_OBJECT)) {
        read_member_limits(reading, value);
        if (of != NULL)
            report(reading, of, "give a number, or leave `of` out",
                   "`of` is for a list in the body, but the limits are for members");
        return;
    }
    if (overlay_read_count(reading->reader, value, 1, LIMIT_MAX, "the most items", &rule->limit))
        rule->schema = schema_for(reading, value, rule->limit);
    rule->of_records = of == NULL;
    if (of != NULL)
        overlay_read_pointer(reading->reader, of, &rule->of);
}

/* ---- forbidden characters ---- */

static void read_forbid(struct reading *reading, const struct json_node *value)
{
    static const char *const words[] = {"characters", "in", NULL};
    if (!overlay_check_words(reading->reader, value, words))
        return;
    const struct json_node *characters = json_member(value, "characters");
    const struct json_node *in = json_member(value, "in");
    if (characters == NULL)
        report(reading, value, "for example characters: \"\\0\"",
               "the rule does not say which characters");
    else
        overlay_read_text(reading->reader, characters, "characters", &reading->rule->characters);
    if (!json_is(in, JSON_ARRAY) || in->size == 0) {
        report(reading, in != NULL ? in : value, "for example in: [id, name]",
               "the rule does not list members");
        return;
    }
    for (const struct json_node *name = json_first(in); name != NULL; name = json_next(name))
        read_member(reading, name, &add_check(reading)->member);
}

/* ---- comparisons ---- */

static const char *const as_words[] = {"",  "number", "string", "date-time", "pydantic-date-time",
                                       NULL};
static const char *const operator_words[] = {"<", "<=", ">", ">=", "==", "!=", NULL};
static const char *const when_words[] = {"both", "left", "always", NULL};
static const char *const mixed_words[] = {"utc", "pass", "fail", NULL};

/* The index of an optional word; 0 where it is absent or wrong. */
static int read_option(struct reading *reading, const struct json_node *object, const char *name,
                       const char *const *words)
{
    const struct json_node *value = json_member(object, name);
    int chosen = value != NULL ? overlay_read_choice(reading->reader, value, words, name) : 0;
    return chosen > 0 ? chosen : 0;
}

static void read_compare(struct reading *reading, const struct json_node *value)
{
    static const char *const words[] = {"left", "op", "right", "as", "when", "mixed", NULL};
    struct service_rule *rule = reading->rule;
    if (!overlay_check_words(reading->reader, value, words))
        return;
    read_named_member(reading, value, "left", &rule->left);
    read_named_member(reading, value, "right", &rule->right);
    if (json_member(value, "op") == NULL)
        report(reading, value, "for example op: \">=\"", "the rule has no \"op\"");
    rule->comparison = (struct rule_comparison){
        .as = (enum compare_as)read_option(reading, value, "as", as_words),
        .op = (enum compare_operator)read_option(reading, value, "op", operator_words),
        .mixed = (enum compare_mixed)read_option(reading, value, "mixed", mixed_words),
    };
    rule->when = (enum rule_when)read_option(reading, value, "when", when_words);
}

/* ---- references ---- */

static void read_same(struct reading *reading, const struct json_node *value)
{
    struct rule_reference *reference = &reading->rule->reference;
    bool is_list = json_is(value, JSON_ARRAY);
    size_t count = is_list ? value->size : 1;
    reference->same =
        arena_alloc_zero(reading->reader->arena, (count + 1) * sizeof *reference->same);
    const struct json_node *name = is_list ? json_first(value) : value;
    for (size_t i = 0; i < count; i++, name = json_next(name))
        if (read_member(reading, name, &reference->same[reference->same_count]))
            reference->same_count++;
}

static void read_reference(struct reading *reading, const struct json_node *value)
{
    static const char *const words[] = {"member", "to", "same", "cycles", "unknown", NULL};
    static const char *const choices[] = {"allow", "forbid", NULL};
    struct rule_reference *reference = &reading->rule->reference;
    size_t errors = reading->reader->diags->errors;
    if (!overlay_check_words(reading->reader, value, words))
        return;
    read_named_member(reading, value, "member", &reference->member);
    read_named_member(reading, value, "to", &reference->to);
    if (json_member(value, "same") != NULL)
        read_same(reading, json_member(value, "same"));
    reference->cycles_forbidden = read_option(reading, value, "cycles", choices) == 1;
    reference->unknown_forbidden = read_option(reading, value, "unknown", choices) == 1;
    bool forbids = json_member(value, "same") != NULL || reference->cycles_forbidden ||
                   reference->unknown_forbidden;
    if (!forbids && reading->reader->diags->errors == errors)
        report(reading, value, "add same: MEMBER, cycles: forbid or unknown: forbid",
               "the rule forbids nothing");
    reading->rules->has_references = true;
}

/* ---- how it is answered ---- */

static const char *const error_types[] = {"value_error", "too_long", "string_too_long", NULL};
enum { TYPE_VALUE_ERROR, TYPE_TOO_LONG, TYPE_STRING_TOO_LONG };

/* The type whose words the keyword has by itself. */
static int own_type(enum rule_kind kind)
{
    return kind == RULE_MAX_ITEMS    ? TYPE_TOO_LONG
           : kind == RULE_MAX_LENGTH ? TYPE_STRING_TOO_LONG
                                     : TYPE_VALUE_ERROR;
}

static void read_message(struct reading *reading, const struct json_node *value)
{
    if (value != NULL &&
        overlay_read_text(reading->reader, value, "the message", &reading->rule->answer.message))
        template_check(reading->reader, value, TEMPLATE_MESSAGE);
}

static void read_at(struct reading *reading, const struct json_node *value)
{
    struct service_rule *rule = reading->rule;
    if (rule->kind != RULE_COMPARE) {
        report(reading, value, "leave it out: the entry stands at the member itself",
               "`at` is for comparisons");
        return;
    }
    if (json_is(value, JSON_STRING) && str_is(json_text(value), "item"))
        return;
    rule->at_member = read_member(reading, value, &rule->at);
}

static void read_error(struct reading *reading, const struct json_node *value)
{
    static const char *const words[] = {"type", "message", "at", NULL};
    struct service_rule *rule = reading->rule;
    if (!overlay_check_words(reading->reader, value, words))
        return;
    const struct json_node *type = json_member(value, "type");
    const struct json_node *message = json_member(value, "message");
    int own = own_type(rule->kind);
    int chosen = message != NULL ? TYPE_VALUE_ERROR : own;
    if (type != NULL)
        chosen = overlay_read_choice(reading->reader, type, error_types, "type of error");
    if (chosen > TYPE_VALUE_ERROR && chosen != own)
        report(reading, type, "write type: value_error, or leave it out",
               "this rule has no error of that type");
    if (chosen > TYPE_VALUE_ERROR && message != NULL)
        report(reading, message, "leave the message out, or write type: value_error",
               "this type of error has words of its own");
    rule->answer.says_own_words = chosen == TYPE_VALUE_ERROR;
    read_message(reading, message);
    if (json_member(value, "at") != NULL)
        read_at(reading, json_member(value, "at"));
}

static void read_body(struct reading *reading, const struct json_node *node)
{
    struct rule_answer *answer = &reading->rule->answer;
    const struct json_node *type = json_member(node, "content_type");
    struct str text = str_from("application/json");
    answer->body = json_member(node, "body");
    if (answer->body != NULL)
        template_check(reading->reader, answer->body, TEMPLATE_BODY);
    if (type != NULL && overlay_read_text(reading->reader, type, "content_type", &text) &&
        (answer->body == NULL || !media_type_is_json(text)))
        report(reading, type, "a rule's body is JSON; others are made by `errors`",
               "there is no JSON body of that type");
    answer->content_type = arena_copy(reading->reader->arena, text);
}

static int usual_status(enum rule_kind kind)
{
    switch (kind) {
    case RULE_MAX_BYTES:
    case RULE_FORBID:
        return 400;
    case RULE_REFERENCE:
        return 409;
    default:
        return DEFAULT_ENTRY_STATUS;
    }
}

static void read_answer(struct reading *reading, const struct json_node *node)
{
    struct rule_answer *answer = &reading->rule->answer;
    const struct json_node *status = json_member(node, "status");
    const struct json_node *detail = json_member(node, "detail");
    const struct json_node *error = json_member(node, "error");
    int64_t number = usual_status(reading->rule->kind);
    if (status != NULL)
        overlay_read_count(reading->reader, status, LEAST_STATUS, LAST_STATUS, "the status",
                           &number);
    answer->status = (int)number;
    answer->says_own_words = own_type(reading->rule->kind) == TYPE_VALUE_ERROR;
    read_message(reading, detail);
    read_body(reading, node);
    answer->is_entry =
        answer->status == DEFAULT_ENTRY_STATUS && detail == NULL && answer->body == NULL;
    if (error == NULL)
        return;
    if (!answer->is_entry)
        report(reading, error, "give `detail` or `body` instead, or status: 422 alone",
               "`error` makes an entry beside the schema's, whose status is 422");
    read_error(reading, error);
}

/* ---- one rule, and the list ---- */

struct kind_word {
    const char *name;
    enum rule_kind kind;
    void (*read)(struct reading *reading, const struct json_node *value);
};

static const struct kind_word kinds[] = {
    {"max_items", RULE_MAX_ITEMS, read_max_items},
    {"max_length", RULE_MAX_LENGTH, read_member_limits},
    {"max_bytes", RULE_MAX_BYTES, read_member_limits},
    {"forbid", RULE_FORBID, read_forbid},
    {"compare", RULE_COMPARE, read_compare},
    {"reference", RULE_REFERENCE, read_reference},
};

static const char *const rule_words[] = {
    "max_items", "max_length", "max_bytes", "forbid", "compare",      "reference", "of",
    "status",    "error",      "detail",    "body",   "content_type", NULL};

static const struct kind_word *find_kind(const struct json_node *node, size_t *count)
{
    const struct kind_word *found = NULL;
    *count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (json_member(node, kinds[i].name) == NULL)
            continue;
        found = &kinds[i];
        ++*count;
    }
    return found;
}

static void read_rule(struct reading *reading, const struct json_node *node)
{
    size_t count;
    if (!overlay_check_words(reading->reader, node, rule_words))
        return;
    const struct kind_word *kind = find_kind(node, &count);
    if (count != 1) {
        report(reading, node,
               "a rule has one of max_items, max_length, max_bytes, forbid, compare, reference",
               count == 0 ? "the rule does not say what it demands"
                          : "the rule demands several things at once");
        return;
    }
    reading->rule->kind = kind->kind;
    if (json_member(node, "of") != NULL && kind->kind != RULE_MAX_ITEMS)
        report(reading, json_member(node, "of"), "leave it out", "`of` is for max_items");
    kind->read(reading, json_member(node, kind->name));
    read_answer(reading, node);
}

static void make_table(struct service_rules *rules, struct arena *arena)
{
    size_t size = 8;
    while (size < rules->slot_count * 4)
        size *= 2;
    uint8_t *table = arena_alloc_zero(arena, size);
    for (size_t i = 0; i < rules->slot_count; i++) {
        size_t at = rules->slots[i].hash & (size - 1);
        while (table[at] != 0)
            at = (at + 1) & (size - 1);
        table[at] = (uint8_t)(i + 1);
    }
    rules->table = table;
    rules->table_size = size;
}

struct service_rules *rules_read(const struct overlay_reader *reader, const struct json_node *node)
{
    struct service_rules *rules = arena_alloc_zero(reader->arena, sizeof *rules);
    struct reading reading = {reader, rules, NULL};
    if (!json_is(node, JSON_ARRAY)) {
        report(&reading, node, "for example [{max_items: 1000}]", "rules must be a list");
        return rules;
    }
    rules->items = arena_alloc_zero(reader->arena, (node->size + 1) * sizeof *rules->items);
    for (const struct json_node *item = json_first(node); item != NULL; item = json_next(item)) {
        reading.rule = &rules->items[rules->count];
        reading.rule->index = rules->count++;
        reading.rule->node = item;
        read_rule(&reading, item);
    }
    make_table(rules, reader->arena);
    return rules;
}
