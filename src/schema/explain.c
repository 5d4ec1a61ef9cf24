/* explain: violations and their places in words. */
#include "schema/validate.h"

#include "base/mem.h"
#include "schema/format.h"
#include "schema/pattern.h"
#include "json/number.h"
#include "json/pointer.h"
#include "json/writer.h"

#include <stdlib.h>

enum {
    VALUE_SHOWN = 60,     /* bytes of a value */
    CHOICES_SHOWN = 12,   /* values of an enum */
    BRANCHES_ENTERED = 8, /* nested anyOf until a branch's own words are shown */
    PATH_ON_STACK = 32
};

void json_path_print(const struct json_path *path, struct buf *out)
{
    size_t count = 0;
    for (const struct json_path *at = path; at != NULL; at = at->up)
        count++;
    if (count == 0)
        return;
    const struct json_path *shallow[PATH_ON_STACK];
    const struct json_path **chain =
        count <= PATH_ON_STACK ? shallow : mem_alloc(count * sizeof(struct json_path *));
    size_t i = count;
    for (const struct json_path *at = path; at != NULL; at = at->up)
        chain[--i] = at;
    for (i = 0; i < count; i++) {
        if (chain[i]->name.data != NULL)
            json_pointer_add(out, chain[i]->name);
        else
            json_pointer_add_index(out, chain[i]->index);
    }
    if (chain != shallow)
        free(chain);
}

/* ---- values ---- */

static const char *instance_type(const struct json_node *instance)
{
    if (instance->type == JSON_NUMBER && (instance->flags & JSON_NOT_FINITE) == 0 &&
        json_number_is_integer(instance))
        return "integer";
    return json_type_name(instance->type);
}

/* A scalar as JSON, cut where it is long; containers by their type. */
static void add_value(struct buf *out, const struct json_node *value)
{
    if (value->type == JSON_ARRAY || value->type == JSON_OBJECT) {
        buf_add_text(out, "an ");
        buf_add_text(out, json_type_name(value->type));
        return;
    }
    size_t start = out->len;
    json_write(out, value, JSON_EXACT);
    if (out->len - start <= VALUE_SHOWN)
        return;
    out->len = start + VALUE_SHOWN;
    while (out->len > start && ((unsigned char)out->data[out->len] & 0xc0) == 0x80)
        out->len--;
    buf_add_text(out, "...");
}

static void add_name(struct buf *out, struct str name)
{
    json_write_string(out, name);
}

static const struct {
    enum schema_type type;
    const char *name;
} types[] = {
    {SCHEMA_NULL, "null"},     {SCHEMA_BOOLEAN, "boolean"}, {SCHEMA_INTEGER, "integer"},
    {SCHEMA_NUMBER, "number"}, {SCHEMA_STRING, "string"},   {SCHEMA_ARRAY, "array"},
    {SCHEMA_OBJECT, "object"},
};

static void add_types(struct buf *out, unsigned wanted)
{
    const char *before = "";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if ((wanted & types[i].type) == 0)
            continue;
        buf_printf(out, "%s%s", before, types[i].name);
        before = " or ";
    }
}

/* ---- one sentence for each keyword ---- */

typedef void describe_function(const struct violation *violation, const struct rule *rule,
                               struct buf *out);

static void add_got(const struct violation *violation, struct buf *out)
{
    buf_add_text(out, ", got ");
    add_value(out, violation->instance);
}

static void describe_false(const struct violation *violation, const struct rule *rule,
                           struct buf *out)
{
    (void)rule;
    if (violation->schema == NULL && violation->name.len > 0)
        buf_add_str(out, violation->name);
    else
        buf_add_text(out, "no value is allowed here");
}

static void describe_type(const struct violation *violation, const struct rule *rule,
                          struct buf *out)
{
    buf_add_text(out, "expected ");
    add_types(out, rule->u.types);
    buf_add_text(out, ", got ");
    buf_add_text(out, instance_type(violation->instance));
}

static void describe_enum(const struct violation *violation, const struct rule *rule,
                          struct buf *out)
{
    size_t shown = 0;
    buf_add_text(out, rule->u.value->size == 0 ? "no value is allowed here" : "expected ");
    if (rule->u.value->size == 0)
        return;
    if (rule->u.value->size > 1)
        buf_add_text(out, "one of ");
    for (const struct json_node *item = json_first(rule->u.value);
         item != NULL && shown < CHOICES_SHOWN; item = json_next(item), shown++) {
        buf_add_text(out, shown > 0 ? ", " : "");
        add_value(out, item);
    }
    if (rule->u.value->size > shown)
        buf_printf(out, " and %zu more", rule->u.value->size - shown);
    add_got(violation, out);
}

static void describe_const(const struct violation *violation, const struct rule *rule,
                           struct buf *out)
{
    buf_add_text(out, "expected ");
    if (rule->u.value->type == JSON_ARRAY || rule->u.value->type == JSON_OBJECT)
        buf_printf(out, "exactly the %s in the schema", json_type_name(rule->u.value->type));
    else
        add_value(out, rule->u.value);
    add_got(violation, out);
}

static size_t count_characters(const struct json_node *string)
{
    size_t count = 0;
    struct str text = json_text(string);
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return count;
}

static void describe_count(const struct violation *violation, const struct rule *rule,
                           struct buf *out)
{
    bool most = false;
    const char *things = "characters";
    size_t got = violation->instance->size;
    switch (violation->keyword) {
    case KEYWORD_MAX_LENGTH:
        most = true;
        got = count_characters(violation->instance);
        break;
    case KEYWORD_MIN_LENGTH:
        got = count_characters(violation->instance);
        break;
    case KEYWORD_MAX_ITEMS:
        most = true;
        things = "items";
        break;
    case KEYWORD_MIN_ITEMS:
        things = "items";
        break;
    case KEYWORD_MAX_PROPERTIES:
        most = true;
        things = "properties";
        break;
    default:
        things = "properties";
        break;
    }
    buf_printf(out, "expected at %s %llu %s, got %zu", most ? "most" : "least",
               (unsigned long long)rule->u.count, things, got);
}

static void describe_pattern(const struct violation *violation, const struct rule *rule,
                             struct buf *out)
{
    struct str text = pattern_text(rule->u.pattern);
    buf_printf(out, "expected a string that matches %.*s", (int)text.len, text.data);
    add_got(violation, out);
}

static void describe_format(const struct violation *violation, const struct rule *rule,
                            struct buf *out)
{
    buf_printf(out, "expected %s", rule->u.format->description);
    add_got(violation, out);
}

static void describe_limit(const struct violation *violation, const struct rule *rule,
                           struct buf *out)
{
    const char *words = "a multiple of";
    switch (violation->keyword) {
    case KEYWORD_MAXIMUM:
        words = "at most";
        break;
    case KEYWORD_EXCLUSIVE_MAXIMUM:
        words = "less than";
        break;
    case KEYWORD_MINIMUM:
        words = "at least";
        break;
    case KEYWORD_EXCLUSIVE_MINIMUM:
        words = "more than";
        break;
    default:
        break;
    }
    buf_printf(out, "expected %s ", words);
    add_value(out, rule->u.value);
    add_got(violation, out);
}

static void describe_contains(const struct violation *violation, const struct rule *rule,
                              struct buf *out)
{
    bool most = violation->keyword == KEYWORD_MAX_CONTAINS;
    uint64_t limit = most ? rule->u.contains.max : rule->u.contains.min;
    buf_printf(out, "expected at %s %llu items that fit \"contains\", got %zu",
               most ? "most" : "least", (unsigned long long)limit, violation->matched);
}

static void describe_unique(const struct violation *violation, const struct rule *rule,
                            struct buf *out)
{
    (void)violation;
    (void)rule;
    buf_add_text(out, "expected items that differ from each other");
}

static void describe_required(const struct violation *violation, const struct rule *rule,
                              struct buf *out)
{
    bool whole = violation->schema == NULL; /* no schema's property, but a parameter or the body */
    (void)rule;
    if (whole && violation->path != NULL && violation->path->up == NULL) {
        buf_add_text(out, "a body is required");
        return;
    }
    buf_add_text(out, whole ? "the parameter " : "the property ");
    add_name(out, violation->name);
    buf_add_text(out, violation->keyword == KEYWORD_REQUIRED
                          ? " is required"
                          : " is required beside another that is there");
}

static void describe_unexpected(const struct violation *violation, const struct rule *rule,
                                struct buf *out)
{
    (void)rule;
    if (violation->keyword == KEYWORD_UNEVALUATED_ITEMS) {
        buf_add_text(out, "the item is not allowed here");
        return;
    }
    buf_add_text(out, "the property ");
    add_name(out, violation->name);
    buf_add_text(out, violation->keyword == KEYWORD_WRITE_ONLY
                          ? " is writeOnly and must not be in a response"
                          : " is not allowed here");
}

static void describe_name(const struct violation *violation, const struct rule *rule,
                          struct buf *out)
{
    (void)rule;
    buf_add_text(out, "the property name ");
    add_name(out, violation->name);
    buf_add_text(out, " is not allowed");
}

static void describe_any_of(const struct violation *violation, const struct rule *rule,
                            struct buf *out)
{
    (void)rule;
    if (violation->keyword == KEYWORD_ONE_OF && violation->matched > 1)
        buf_printf(out, "expected exactly one of the alternatives to fit, %zu do",
                   violation->matched);
    else
        buf_add_text(out, "expected one of the alternatives to fit");
}

static void describe_not(const struct violation *violation, const struct rule *rule,
                         struct buf *out)
{
    (void)violation;
    (void)rule;
    buf_add_text(out, "the value fits a schema that it must not fit");
}

static void describe_discriminator(const struct violation *violation, const struct rule *rule,
                                   struct buf *out)
{
    const struct json_node *tag = json_member_str(violation->instance, violation->name);
    buf_add_text(out, "expected ");
    add_name(out, violation->name);
    buf_add_text(out, " to be ");
    for (size_t i = 0; i < rule->u.discriminator.key_count && i < CHOICES_SHOWN; i++) {
        buf_add_text(out, i > 0 ? ", " : "");
        add_name(out, rule->u.discriminator.keys[i].value);
    }
    if (rule->u.discriminator.key_count > CHOICES_SHOWN)
        buf_printf(out, " or %zu more", rule->u.discriminator.key_count - CHOICES_SHOWN);
    buf_add_text(out, tag != NULL ? ", got " : ", but it is missing");
    if (tag != NULL)
        add_value(out, tag);
}

static void describe_service_rule(const struct violation *violation, const struct rule *rule,
                                  struct buf *out)
{
    (void)rule;
    buf_add_str(out, violation->name);
}

static const struct {
    describe_function *describe;
    enum keyword holder; /* the rule that has the operand, where it is not the keyword's own */
} sentences[KEYWORD_COUNT] = {
    [KEYWORD_FALSE_SCHEMA] = {describe_false, 0},
    [KEYWORD_TYPE] = {describe_type, 0},
    [KEYWORD_ENUM] = {describe_enum, 0},
    [KEYWORD_CONST] = {describe_const, 0},
    [KEYWORD_MAX_LENGTH] = {describe_count, 0},
    [KEYWORD_MIN_LENGTH] = {describe_count, 0},
    [KEYWORD_PATTERN] = {describe_pattern, 0},
    [KEYWORD_FORMAT] = {describe_format, 0},
    [KEYWORD_MULTIPLE_OF] = {describe_limit, 0},
    [KEYWORD_MAXIMUM] = {describe_limit, 0},
    [KEYWORD_EXCLUSIVE_MAXIMUM] = {describe_limit, 0},
    [KEYWORD_MINIMUM] = {describe_limit, 0},
    [KEYWORD_EXCLUSIVE_MINIMUM] = {describe_limit, 0},
    [KEYWORD_MAX_ITEMS] = {describe_count, 0},
    [KEYWORD_MIN_ITEMS] = {describe_count, 0},
    [KEYWORD_CONTAINS] = {describe_contains, 0},
    [KEYWORD_MIN_CONTAINS] = {describe_contains, KEYWORD_CONTAINS},
    [KEYWORD_MAX_CONTAINS] = {describe_contains, KEYWORD_CONTAINS},
    [KEYWORD_UNIQUE_ITEMS] = {describe_unique, 0},
    [KEYWORD_REQUIRED] = {describe_required, KEYWORD_PROPERTIES},
    [KEYWORD_ADDITIONAL_PROPERTIES] = {describe_unexpected, KEYWORD_PROPERTIES},
    [KEYWORD_PROPERTY_NAMES] = {describe_name, 0},
    [KEYWORD_MAX_PROPERTIES] = {describe_count, 0},
    [KEYWORD_MIN_PROPERTIES] = {describe_count, 0},
    [KEYWORD_DEPENDENT_REQUIRED] = {describe_required, 0},
    [KEYWORD_ANY_OF] = {describe_any_of, 0},
    [KEYWORD_ONE_OF] = {describe_any_of, 0},
    [KEYWORD_NOT] = {describe_not, 0},
    [KEYWORD_DISCRIMINATOR] = {describe_discriminator, 0},
    [KEYWORD_WRITE_ONLY] = {describe_unexpected, KEYWORD_PROPERTIES},
    [KEYWORD_UNEVALUATED_ITEMS] = {describe_unexpected, 0},
    [KEYWORD_UNEVALUATED_PROPERTIES] = {describe_unexpected, 0},
    [KEYWORD_SERVICE_RULE] = {describe_service_rule, 0},
};

/* The rule that was broken: where a schema has two of a keyword, the one at that node. */
static const struct rule *broken_rule(const struct violation *violation, enum keyword holder)
{
    const struct schema *schema = violation->schema;
    if (schema == NULL)
        return NULL;
    for (size_t i = 0; i < schema->rule_count; i++)
        if (schema->rules[i].keyword == holder && schema->rules[i].node == violation->rule)
            return &schema->rules[i];
    return schema_rule(schema, holder);
}

static void describe_alone(const struct violation *violation, struct buf *out)
{
    describe_function *describe = sentences[violation->keyword].describe;
    enum keyword holder = sentences[violation->keyword].holder;
    if (holder == KEYWORD_FALSE_SCHEMA)
        holder = violation->keyword;
    const struct rule *rule = broken_rule(violation, holder);
    if (describe == NULL)
        buf_printf(out, "the value breaks \"%s\"", keyword_name(violation->keyword));
    else
        describe(violation, rule, out);
}

/* What to look at next: the nearest branch's first violation, or what a name's schema says. */
static const struct violation *inner(const struct violation *violation)
{
    if (violation->branch_count == 0 || violation->matched > 1)
        return NULL;
    return violation->branches[violation->best];
}

static bool is_same_place(const struct violation *inner_one, const struct violation *outer)
{
    struct buf a;
    struct buf b;
    buf_init(&a, NULL);
    buf_init(&b, NULL);
    json_path_print(inner_one->path, &a);
    json_path_print(outer->path, &b);
    bool same = str_equal(buf_str(&a), buf_str(&b));
    buf_free(&a);
    buf_free(&b);
    return same;
}

void violation_describe(const struct violation *violation, struct buf *out)
{
    describe_alone(violation, out);
    for (int i = 0; i < BRANCHES_ENTERED; i++) {
        const struct violation *next = inner(violation);
        if (next == NULL)
            return;
        buf_add_text(out, violation->keyword == KEYWORD_PROPERTY_NAMES ? ": " : "; the nearest: ");
        if (!is_same_place(next, violation)) {
            json_path_print(next->path, out);
            buf_add_char(out, ' ');
        }
        describe_alone(next, out);
        violation = next;
    }
}

bool violation_place(const struct violation *violation, struct buf *out)
{
    const struct json_node *rule = violation->rule;
    if (rule == NULL || rule->source == NULL)
        return false;
    struct source_position at = source_position(rule->source, rule->offset);
    buf_add_text(out, rule->source->name);
    buf_add_char(out, ':');
    buf_add_uint(out, at.line);
    buf_add_char(out, ':');
    buf_add_uint(out, at.column);
    return true;
}
