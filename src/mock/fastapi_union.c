#include "mock/fastapi_union.h"

#include "schema/pydantic/type.h"

/* ---- members ---- */

const struct schema_list *fastapi_union_members(const struct violation *violation)
{
    bool is_union = violation->keyword == KEYWORD_ANY_OF || violation->keyword == KEYWORD_ONE_OF;
    if (!is_union || violation->matched > 0 || pydantic_is_decimal(violation->schema))
        return NULL;
    const struct rule *rule = schema_rule(violation->schema, violation->keyword);
    return rule != NULL ? &rule->u.list : NULL;
}

bool fastapi_accepts_null_only(const struct schema *schema)
{
    const struct rule *type = schema_rule(schema_resolve(schema), KEYWORD_TYPE);
    return type != NULL && type->u.types == SCHEMA_NULL;
}

size_t fastapi_union_size(const struct schema_list *members)
{
    size_t real = 0;
    for (size_t i = 0; i < members->count; i++)
        real += !fastapi_accepts_null_only(members->items[i]);
    return real;
}

/* ---- labels ---- */

static bool is_limit(enum keyword keyword)
{
    return keyword >= KEYWORD_MAX_LENGTH && keyword <= KEYWORD_EXCLUSIVE_MINIMUM &&
           keyword != KEYWORD_FORMAT;
}

static bool is_constrained(const struct schema *schema)
{
    for (size_t i = 0; i < schema->rule_count; i++)
        if (is_limit(schema->rules[i].keyword))
            return true;
    return false;
}

/* "Cat" of Cat, Cat-Input and app__models__Cat; the title where that is the class's own name. */
static struct str class_name(struct str name, const struct json_node *node)
{
    struct str title = json_member_text(node, "title", str_from(""));
    if (str_ends_with(name, "-Input"))
        name.len -= strlen("-Input");
    else if (str_ends_with(name, "-Output"))
        name.len -= strlen("-Output");
    if (title.len > 0 && str_find_char(title, '[') < title.len)
        return title;
    for (size_t i = name.len; i >= 2; i--)
        if (name.data[i - 1] == '_' && name.data[i - 2] == '_')
            return i < name.len ? str_after(name, i) : name;
    return name;
}

static void label_choice(const struct part *part, const struct schema *schema,
                         const struct rule *rule, struct buf *out)
{
    const struct str *name = part_schema_name(part, schema->node);
    const struct rule *type = schema_rule(schema, KEYWORD_TYPE);
    if (name != NULL) {
        bool of_integers = type != NULL && type->u.types == SCHEMA_INTEGER;
        buf_add_text(out, of_integers ? "int-enum[" : "str-enum[");
        buf_add_str(out, class_name(*name, schema->node));
        buf_add_char(out, ']');
        return;
    }
    buf_add_text(out, "literal[");
    const struct json_node *value =
        rule->keyword == KEYWORD_CONST ? rule->u.value : json_first(rule->u.value);
    for (bool first = true; value != NULL; first = false) {
        if (!first)
            buf_add_char(out, ',');
        fastapi_write_repr(value, out);
        value = rule->keyword == KEYWORD_CONST ? NULL : json_next(value);
    }
    buf_add_char(out, ']');
}

/* "int,str": the members with commas between them, null left out. */
static void label_members(const struct part *part, const struct schema_list *members,
                          const char *comma, struct buf *out)
{
    bool first = true;
    for (size_t i = 0; i < members->count; i++) {
        if (fastapi_accepts_null_only(members->items[i]) && fastapi_union_size(members) > 0)
            continue;
        if (!first)
            buf_add_text(out, comma);
        first = false;
        fastapi_union_label(part, members->items[i], out);
    }
}

static void label_union(const struct part *part, const struct schema_list *members, struct buf *out)
{
    size_t real = fastapi_union_size(members);
    bool nullable = real < members->count && real > 0;
    if (nullable)
        buf_add_text(out, "nullable[");
    if (real > 1)
        buf_add_text(out, "union[");
    label_members(part, members, ",", out);
    if (real > 1)
        buf_add_char(out, ']');
    if (nullable)
        buf_add_char(out, ']');
}

static void label_object(const struct part *part, const struct schema *schema, struct buf *out)
{
    const struct str *name = part_schema_name(part, schema->node);
    const struct schema_object *object = schema_object(schema);
    const struct rule *keys = schema_rule(schema, KEYWORD_PROPERTY_NAMES);
    if (object != NULL && object->count > 0) {
        if (name != NULL)
            buf_add_str(out, class_name(*name, schema->node));
        else
            buf_add_str(out, json_member_text(schema->node, "title", str_from("model")));
        return;
    }
    buf_add_text(out, "dict[");
    if (keys != NULL)
        fastapi_union_label(part, keys->u.schema, out);
    else
        buf_add_text(out, "str");
    buf_add_char(out, ',');
    if (object != NULL && object->additional != NULL)
        fastapi_union_label(part, object->additional, out);
    else
        buf_add_text(out, "any");
    buf_add_char(out, ']');
}

static void label_array(const struct part *part, const struct schema *schema, struct buf *out)
{
    const struct rule *prefix = schema_rule(schema, KEYWORD_PREFIX_ITEMS);
    const struct rule *items = schema_rule(schema, KEYWORD_ITEMS);
    bool unique = schema_rule(schema, KEYWORD_UNIQUE_ITEMS) != NULL;
    buf_add_text(out, prefix != NULL ? "tuple[" : unique ? "set[" : "list[");
    if (prefix != NULL)
        label_members(part, &prefix->u.list, ", ", out);
    else if (items != NULL)
        fastapi_union_label(part, items->u.schema, out);
    else
        buf_add_text(out, "any");
    buf_add_char(out, ']');
}

/* One member for each tag. */
static void label_tagged(const struct part *part, const struct rule *rule, struct buf *out)
{
    buf_add_text(out, "tagged-union[");
    for (size_t i = 0; i < rule->u.discriminator.key_count; i++) {
        size_t branch = rule->u.discriminator.keys[i].branch;
        if (i > 0)
            buf_add_char(out, ',');
        if (branch != SCHEMA_BRANCH_SHARED)
            fastapi_union_label(part, rule->u.discriminator.list.items[branch], out);
    }
    buf_add_char(out, ']');
}

/* Of a key's schema: its type is not written, since it is always a string. */
static const char *untyped_label(const struct schema *schema)
{
    return is_constrained(schema) ? "constrained-str" : "any";
}

void fastapi_union_label(const struct part *part, const struct schema *schema, struct buf *out)
{
    schema = schema_resolve(schema);
    const struct rule *choice = schema_rule(schema, KEYWORD_ENUM);
    if (choice == NULL)
        choice = schema_rule(schema, KEYWORD_CONST);
    const struct rule *any = schema_rule(schema, KEYWORD_ANY_OF);
    const struct rule *tagged = schema_rule(schema, KEYWORD_DISCRIMINATOR);
    const struct rule *rule = schema_rule(schema, KEYWORD_TYPE);
    const struct pydantic_type *type = pydantic_type_of(schema);
    unsigned types = rule != NULL ? rule->u.types : 0;
    if (choice != NULL) {
        label_choice(part, schema, choice, out);
    } else if (type != NULL) {
        bool constrained = type->constrained != NULL && is_constrained(schema);
        buf_add_text(out, constrained ? type->constrained : type->label);
    } else if (types & SCHEMA_ARRAY) {
        label_array(part, schema, out);
    } else if ((types & SCHEMA_OBJECT) || schema_object(schema) != NULL) {
        label_object(part, schema, out);
    } else if (pydantic_is_decimal(schema)) {
        buf_add_text(out, pydantic_decimal.label);
    } else if (tagged != NULL) {
        label_tagged(part, tagged, out);
    } else if (any != NULL) {
        label_union(part, &any->u.list, out);
    } else {
        buf_add_text(out, untyped_label(schema));
    }
}

/* ---- discriminators ---- */

/* The tag as the message shows it: a string bare, anything else as Python prints it. */
static struct str tag_text(const struct json_node *tag, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena);
    if (tag->type == JSON_STRING)
        return json_text(tag);
    fastapi_write_repr(tag, &out);
    return buf_str(&out);
}

static struct str expected_tags(const struct rule *rule, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena);
    for (size_t i = 0; i < rule->u.discriminator.key_count; i++) {
        if (i > 0)
            buf_add_text(&out, ", ");
        fastapi_write_repr_text(rule->u.discriminator.keys[i].value, &out);
    }
    return buf_str(&out);
}

void fastapi_tag_error(const struct violation *violation, struct arena *arena,
                       struct fastapi_error *out)
{
    const struct rule *rule = schema_rule(violation->schema, KEYWORD_DISCRIMINATOR);
    struct str name = rule->u.discriminator.name;
    const struct json_node *tag = json_member_str(violation->instance, name);
    struct buf quoted;
    struct buf context;
    buf_init(&quoted, arena);
    buf_init(&context, arena);
    fastapi_write_repr_text(name, &quoted);
    buf_add_text(&context, "{\"discriminator\":");
    json_write_string(&context, buf_str(&quoted));
    if (tag == NULL) {
        buf_add_char(&context, '}');
        char *message =
            arena_printf(arena, "Unable to extract tag using discriminator %s", buf_text(&quoted));
        *out = fastapi_error_of("union_tag_not_found", str_from(message), buf_str(&context));
        return;
    }
    struct str text = tag_text(tag, arena);
    struct str expected = expected_tags(rule, arena);
    buf_add_text(&context, ",\"tag\":");
    json_write_string(&context, text);
    buf_add_text(&context, ",\"expected_tags\":");
    json_write_string(&context, expected);
    buf_add_char(&context, '}');
    struct buf message;
    buf_init(&message, arena);
    buf_add_text(&message, "Input tag '");
    buf_add_str(&message, text);
    buf_printf(&message,
               "' found using %s does not match any of the expected tags: ", buf_text(&quoted));
    buf_add_str(&message, expected);
    *out = fastapi_error_of("union_tag_invalid", buf_str(&message), buf_str(&context));
}
