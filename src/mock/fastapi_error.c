#include "mock/fastapi_error.h"

#include "schema/format.h"
#include "schema/pattern.h"
#include "schema/pydantic_time.h"
#include "json/number.h"

struct error {
    const struct part *part;
    const struct violation *violation;
    struct buf *out;
    struct buf *ctx;
};

/* ---- writing ---- */

static void put(const struct error *error, const char *type, const char *message)
{
    buf_printf(error->out, "\"type\":\"%s\",\"msg\":", type);
    json_write_string(error->out, str_from(message));
}

/* A message that ends in a text which also is ctx.error. */
static void put_with_error(const struct error *error, const char *type, const char *message,
                           const char *reason)
{
    buf_printf(error->out, "\"type\":\"%s\",\"msg\":", type);
    struct buf text;
    buf_init(&text, error->out->arena);
    buf_printf(&text, "%s, %s", message, reason);
    json_write_string(error->out, buf_str(&text));
    buf_free(&text);
    buf_add_text(error->ctx, "{\"error\":");
    json_write_string(error->ctx, str_from(reason));
    buf_add_char(error->ctx, '}');
}

/* ---- what Python type a schema stands for ---- */

static bool is_named(const struct error *error, const struct schema *schema)
{
    return part_schema_name(error->part, schema->node) != NULL;
}

static bool is_model(const struct schema *schema)
{
    const struct schema_object *object = schema_object(schema);
    return object != NULL && object->count > 0;
}

static const char *format_of(const struct schema *schema)
{
    const struct rule *rule = schema_rule(schema, KEYWORD_FORMAT);
    if (rule != NULL)
        return rule->u.format->name;
    struct str text = json_member_text(schema->node, "format", str_from(""));
    return text.len > 0 ? text.data : "";
}

/* ---- enums and literals ---- */

/* A value as Python's repr prints it, for `expected`. */
static void write_repr(const struct json_node *value, struct buf *out)
{
    switch (value->type) {
    case JSON_STRING: {
        bool has_single = str_contains(json_text(value), str_from("'"));
        bool has_double = str_contains(json_text(value), str_from("\""));
        char quote = has_single && !has_double ? '"' : '\'';
        buf_add_char(out, quote);
        for (uint32_t i = 0; i < value->size; i++) {
            char c = value->c.valuestring[i];
            if (c == '\\' || c == quote)
                buf_add_char(out, '\\');
            buf_add_char(out, c);
        }
        buf_add_char(out, quote);
        return;
    }
    case JSON_TRUE:
        buf_add_text(out, "True");
        return;
    case JSON_FALSE:
        buf_add_text(out, "False");
        return;
    case JSON_NULL:
        buf_add_text(out, "None");
        return;
    default:
        json_write(out, value, JSON_PYTHON);
    }
}

/* 'A', 'B' or 'C' */
static void write_expected(const struct rule *rule, struct buf *out)
{
    if (rule->keyword == KEYWORD_CONST) {
        write_repr(rule->u.value, out);
        return;
    }
    for (const struct json_node *value = json_first(rule->u.value); value != NULL;
         value = json_next(value)) {
        const struct json_node *next = json_next(value);
        write_repr(value, out);
        if (next != NULL)
            buf_add_text(out, json_next(next) == NULL ? " or " : ", ");
    }
}

static void put_choice(const struct error *error, const struct rule *rule)
{
    bool is_enum = rule->keyword == KEYWORD_ENUM && is_named(error, error->violation->schema);
    struct buf expected;
    struct buf message;
    buf_init(&expected, error->out->arena);
    buf_init(&message, error->out->arena);
    write_expected(rule, &expected);
    buf_add_text(&message, "Input should be ");
    buf_add_str(&message, buf_str(&expected));
    buf_printf(error->out, "\"type\":\"%s\",\"msg\":", is_enum ? "enum" : "literal_error");
    json_write_string(error->out, buf_str(&message));
    buf_add_text(error->ctx, "{\"expected\":");
    json_write_string(error->ctx, buf_str(&expected));
    buf_add_char(error->ctx, '}');
    buf_free(&expected);
    buf_free(&message);
}

/* ---- wrong types ---- */

static void put_date_time(const struct error *error)
{
    struct pydantic_time time;
    const struct json_node *value = error->violation->instance;
    switch (pydantic_time_read(value, &time)) {
    case PYDANTIC_TIME_NAIVE:
        put(error, "timezone_aware", "Input should have timezone info");
        return;
    case PYDANTIC_TIME_AWARE:
        if (json_is(value, JSON_STRING)) {
            put_with_error(error, "datetime_from_date_parsing",
                           "Input should be a valid datetime or date",
                           pydantic_date_error(json_text(value)));
            return;
        }
        put(error, "datetime_type", "Input should be a valid datetime");
        return;
    case PYDANTIC_TIME_NOT_A_DATE:
        put_with_error(error, "datetime_from_date_parsing",
                       "Input should be a valid datetime or date", time.error);
        return;
    case PYDANTIC_TIME_OUT_OF_RANGE:
        put_with_error(error, "datetime_parsing", "Input should be a valid datetime", time.error);
        return;
    case PYDANTIC_TIME_WRONG_TYPE:
        put(error, "datetime_type", "Input should be a valid datetime");
        return;
    }
}

static void put_date(const struct error *error)
{
    const struct json_node *value = error->violation->instance;
    if (json_is(value, JSON_STRING))
        put_with_error(error, "date_from_datetime_parsing",
                       "Input should be a valid date or datetime",
                       pydantic_date_error(json_text(value)));
    else
        put(error, "date_type", "Input should be a valid date");
}

/* The complaint of the Rust uuid crate, as far as it follows from the text. */
static void put_uuid(const struct error *error)
{
    const struct json_node *value = error->violation->instance;
    if (!json_is(value, JSON_STRING)) {
        put(error, "uuid_type", "UUID input should be a string, bytes or UUID object");
        return;
    }
    struct str text = json_text(value);
    struct buf reason;
    buf_init(&reason, error->out->arena);
    size_t at = 0;
    while (at < text.len && strchr("0123456789abcdefABCDEF-", text.data[at]) != NULL)
        at++;
    if (at < text.len)
        buf_printf(&reason, "invalid character: found `%c` at %zu", text.data[at], at + 1);
    else
        buf_printf(&reason, "invalid length: expected length 32 for simple format, found %zu",
                   text.len);
    put_with_error(error, "uuid_parsing", "Input should be a valid UUID", buf_text(&reason));
    buf_free(&reason);
}

static void put_url(const struct error *error)
{
    const struct json_node *value = error->violation->instance;
    if (!json_is(value, JSON_STRING))
        put(error, "url_type", "URL input should be a string or URL");
    else
        put_with_error(error, "url_parsing", "Input should be a valid URL",
                       value->size == 0 ? "input is empty" : "relative URL without a base");
}

static void put_string_type(const struct error *error)
{
    put(error, "string_type", "Input should be a valid string");
}

struct format_words {
    const char *name;
    void (*put)(const struct error *error);
};

static const struct format_words formats[] = {
    {"date-time", put_date_time},
    {"pydantic-date-time", put_date_time},
    {"date", put_date},
    {"uuid", put_uuid},
    {"uri", put_url},
};

static void (*format_writer(const struct schema *schema))(const struct error *)
{
    const char *name = format_of(schema);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(name, formats[i].name) == 0)
            return formats[i].put;
    return NULL;
}

static void put_integer_type(const struct error *error)
{
    const struct json_node *value = error->violation->instance;
    if (json_is(value, JSON_STRING))
        put(error, "int_parsing",
            "Input should be a valid integer, unable to parse string as an integer");
    else if (json_is(value, JSON_NUMBER) && !json_number_is_integer(value))
        put(error, "int_from_float",
            "Input should be a valid integer, got a number with a fractional part");
    else
        put(error, "int_type", "Input should be a valid integer");
}

static void put_number_type(const struct error *error)
{
    if (json_is(error->violation->instance, JSON_STRING))
        put(error, "float_parsing",
            "Input should be a valid number, unable to parse string as a number");
    else
        put(error, "float_type", "Input should be a valid number");
}

static void put_boolean_type(const struct error *error)
{
    const struct json_node *value = error->violation->instance;
    bool readable = json_is(value, JSON_STRING) ||
                    (json_is(value, JSON_NUMBER) && json_number_is_integer(value));
    if (readable)
        put(error, "bool_parsing", "Input should be a valid boolean, unable to interpret input");
    else
        put(error, "bool_type", "Input should be a valid boolean");
}

static void put_array_type(const struct error *error)
{
    const struct schema *schema = error->violation->schema;
    if (schema_rule(schema, KEYWORD_PREFIX_ITEMS) != NULL)
        put(error, "tuple_type", "Input should be a valid tuple");
    else if (schema_rule(schema, KEYWORD_UNIQUE_ITEMS) != NULL)
        put(error, "set_type", "Input should be a valid set");
    else
        put(error, "list_type", "Input should be a valid list");
}

static void put_object_type(const struct error *error)
{
    if (is_model(error->violation->schema))
        put(error, "model_attributes_type",
            "Input should be a valid dictionary or object to extract fields from");
    else
        put(error, "dict_type", "Input should be a valid dictionary");
}

static void put_string_or_format(const struct error *error)
{
    void (*by_format)(const struct error *) = format_writer(error->violation->schema);
    if (by_format != NULL)
        by_format(error);
    else
        put_string_type(error);
}

static void put_null_type(const struct error *error)
{
    put(error, "none_required", "Input should be None");
}

struct type_words {
    unsigned type;
    void (*put)(const struct error *error);
};

static const struct type_words types[] = {
    {SCHEMA_STRING, put_string_or_format}, {SCHEMA_INTEGER, put_integer_type},
    {SCHEMA_NUMBER, put_number_type},      {SCHEMA_BOOLEAN, put_boolean_type},
    {SCHEMA_ARRAY, put_array_type},        {SCHEMA_OBJECT, put_object_type},
    {SCHEMA_NULL, put_null_type},
};

static void put_type(const struct error *error)
{
    const struct schema *schema = error->violation->schema;
    const struct rule *choice = schema_rule(schema, KEYWORD_ENUM);
    if (choice == NULL)
        choice = schema_rule(schema, KEYWORD_CONST);
    if (choice != NULL) {
        put_choice(error, choice);
        return;
    }
    const struct rule *rule = schema_rule(schema, KEYWORD_TYPE);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (rule != NULL && (rule->u.types & types[i].type)) {
            types[i].put(error);
            return;
        }
    }
    put_string_type(error);
}

/* ---- broken rules ---- */

static void put_enum(const struct error *error)
{
    const struct rule *rule = schema_rule(error->violation->schema, error->violation->keyword);
    put_choice(error, rule);
}

static void put_length(const struct error *error, const char *type, const char *words,
                       const char *member)
{
    const struct rule *rule = schema_rule(error->violation->schema, error->violation->keyword);
    unsigned long long limit = rule->u.count;
    buf_printf(error->out, "\"type\":\"%s\",\"msg\":\"String should have %s %llu character%s\"",
               type, words, limit, limit == 1 ? "" : "s");
    buf_printf(error->ctx, "{\"%s\":%llu}", member, limit);
}

static void put_max_length(const struct error *error)
{
    put_length(error, "string_too_long", "at most", "max_length");
}

static void put_min_length(const struct error *error)
{
    put_length(error, "string_too_short", "at least", "min_length");
}

static void put_pattern(const struct error *error)
{
    const struct rule *rule = schema_rule(error->violation->schema, KEYWORD_PATTERN);
    struct str pattern = pattern_text(rule->u.pattern);
    struct buf message;
    buf_init(&message, error->out->arena);
    buf_add_text(&message, "String should match pattern '");
    buf_add_str(&message, pattern);
    buf_add_char(&message, '\'');
    buf_add_text(error->out, "\"type\":\"string_pattern_mismatch\",\"msg\":");
    json_write_string(error->out, buf_str(&message));
    buf_add_text(error->ctx, "{\"pattern\":");
    json_write_string(error->ctx, pattern);
    buf_add_char(error->ctx, '}');
    buf_free(&message);
}

static void put_other(const struct error *error)
{
    struct buf reason;
    buf_init(&reason, error->out->arena);
    buf_add_text(&reason, "Value error, ");
    violation_describe(error->violation, &reason);
    buf_add_text(error->out, "\"type\":\"value_error\",\"msg\":");
    json_write_string(error->out, buf_str(&reason));
    buf_add_text(error->ctx, "{\"error\":{}}");
    buf_free(&reason);
}

static void put_format(const struct error *error)
{
    void (*by_format)(const struct error *) = format_writer(error->violation->schema);
    if (by_format != NULL)
        by_format(error);
    else
        put_other(error);
}

struct bound_words {
    enum keyword keyword;
    const char *type;
    const char *words;
    const char *member;
};

static const struct bound_words bounds[] = {
    {KEYWORD_MULTIPLE_OF, "multiple_of", "a multiple of", "multiple_of"},
    {KEYWORD_MAXIMUM, "less_than_equal", "less than or equal to", "le"},
    {KEYWORD_EXCLUSIVE_MAXIMUM, "less_than", "less than", "lt"},
    {KEYWORD_MINIMUM, "greater_than_equal", "greater than or equal to", "ge"},
    {KEYWORD_EXCLUSIVE_MINIMUM, "greater_than", "greater than", "gt"},
};

/* In the message an integral limit has no fraction; in ctx it has one if the field is a float. */
static void put_bound(const struct error *error)
{
    const struct violation *violation = error->violation;
    const struct bound_words *words = bounds;
    while (words->keyword != violation->keyword)
        words++;
    const struct rule *rule = schema_rule(violation->schema, violation->keyword);
    const struct rule *type = schema_rule(violation->schema, KEYWORD_TYPE);
    bool is_float = type == NULL || (type->u.types & SCHEMA_NUMBER);
    int64_t whole;
    buf_printf(error->out, "\"type\":\"%s\",\"msg\":\"Input should be %s ", words->type,
               words->words);
    buf_printf(error->ctx, "{\"%s\":", words->member);
    if (json_number_to_int(rule->u.value, &whole)) {
        buf_add_int(error->out, whole);
        buf_add_int(error->ctx, whole);
        if (is_float)
            buf_add_text(error->ctx, ".0");
    } else {
        json_write_double(error->out, rule->u.value->c.valuedouble, JSON_PYTHON);
        json_write_double(error->ctx, rule->u.value->c.valuedouble, JSON_PYTHON);
    }
    buf_add_char(error->out, '"');
    buf_add_char(error->ctx, '}');
}

static const char *container_word(const struct schema *schema)
{
    if (schema_rule(schema, KEYWORD_PREFIX_ITEMS) != NULL)
        return "Tuple";
    return schema_rule(schema, KEYWORD_UNIQUE_ITEMS) != NULL ? "Set" : "List";
}

static void put_size(const struct error *error, const char *word, bool too_many)
{
    const struct violation *violation = error->violation;
    const struct rule *rule = schema_rule(violation->schema, violation->keyword);
    unsigned long long limit = rule->u.count;
    buf_printf(error->out,
               "\"type\":\"%s\",\"msg\":\"%s should have at %s %llu item%s after validation, not "
               "%u\"",
               too_many ? "too_long" : "too_short", word, too_many ? "most" : "least", limit,
               limit == 1 ? "" : "s", violation->instance->size);
    buf_printf(error->ctx, "{\"field_type\":\"%s\",\"%s\":%llu,\"actual_length\":%u}", word,
               too_many ? "max_length" : "min_length", limit, violation->instance->size);
}

static void put_max_items(const struct error *error)
{
    put_size(error, container_word(error->violation->schema), true);
}

static void put_min_items(const struct error *error)
{
    put_size(error, container_word(error->violation->schema), false);
}

static void put_max_properties(const struct error *error)
{
    put_size(error, "Dictionary", true);
}

static void put_min_properties(const struct error *error)
{
    put_size(error, "Dictionary", false);
}

static void put_missing(const struct error *error)
{
    put(error, "missing", "Field required");
}

static void put_extra(const struct error *error)
{
    put(error, "extra_forbidden", "Extra inputs are not permitted");
}

static void put_discriminator(const struct error *error)
{
    const struct violation *violation = error->violation;
    const struct rule *rule = schema_rule(violation->schema, KEYWORD_DISCRIMINATOR);
    struct str name = rule->u.discriminator.name;
    const struct json_node *tag = json_member_str(violation->instance, name);
    struct buf words;
    buf_init(&words, error->out->arena);
    if (tag == NULL) {
        buf_printf(&words, "Unable to extract tag using discriminator '%.*s'", (int)name.len,
                   name.data);
        put(error, "union_tag_not_found", buf_text(&words));
        buf_printf(error->ctx, "{\"discriminator\":\"'%.*s'\"}", (int)name.len, name.data);
        buf_free(&words);
        return;
    }
    struct buf expected;
    struct buf tag_text;
    buf_init(&expected, error->out->arena);
    buf_init(&tag_text, error->out->arena);
    for (size_t i = 0; i < rule->u.discriminator.key_count; i++) {
        struct str key = rule->u.discriminator.keys[i].value;
        buf_printf(&expected, "%s'%.*s'", i > 0 ? ", " : "", (int)key.len, key.data);
    }
    if (json_is(tag, JSON_STRING))
        buf_add_str(&tag_text, json_text(tag));
    else
        write_repr(tag, &tag_text);
    buf_printf(&words,
               "Input tag '%s' found using '%.*s' does not match any of the expected tags: ",
               buf_text(&tag_text), (int)name.len, name.data);
    buf_add_str(&words, buf_str(&expected));
    buf_add_text(error->out, "\"type\":\"union_tag_invalid\",\"msg\":");
    json_write_string(error->out, buf_str(&words));
    buf_printf(error->ctx, "{\"discriminator\":\"'%.*s'\",\"tag\":", (int)name.len, name.data);
    json_write_string(error->ctx, buf_str(&tag_text));
    buf_add_text(error->ctx, ",\"expected_tags\":");
    json_write_string(error->ctx, buf_str(&expected));
    buf_add_char(error->ctx, '}');
    buf_free(&words);
    buf_free(&expected);
    buf_free(&tag_text);
}

static void (*const writers[KEYWORD_COUNT])(const struct error *error) = {
    [KEYWORD_TYPE] = put_type,
    [KEYWORD_ENUM] = put_enum,
    [KEYWORD_CONST] = put_enum,
    [KEYWORD_MAX_LENGTH] = put_max_length,
    [KEYWORD_MIN_LENGTH] = put_min_length,
    [KEYWORD_PATTERN] = put_pattern,
    [KEYWORD_FORMAT] = put_format,
    [KEYWORD_MULTIPLE_OF] = put_bound,
    [KEYWORD_MAXIMUM] = put_bound,
    [KEYWORD_EXCLUSIVE_MAXIMUM] = put_bound,
    [KEYWORD_MINIMUM] = put_bound,
    [KEYWORD_EXCLUSIVE_MINIMUM] = put_bound,
    [KEYWORD_MAX_ITEMS] = put_max_items,
    [KEYWORD_MIN_ITEMS] = put_min_items,
    [KEYWORD_REQUIRED] = put_missing,
    [KEYWORD_DEPENDENT_REQUIRED] = put_missing,
    [KEYWORD_ADDITIONAL_PROPERTIES] = put_extra,
    [KEYWORD_UNEVALUATED_PROPERTIES] = put_extra,
    [KEYWORD_MAX_PROPERTIES] = put_max_properties,
    [KEYWORD_MIN_PROPERTIES] = put_min_properties,
    [KEYWORD_DISCRIMINATOR] = put_discriminator,
};

void fastapi_error_write(const struct part *part, const struct violation *violation,
                         struct buf *out, struct buf *ctx)
{
    struct error error = {part, violation, out, ctx};
    if (writers[violation->keyword] != NULL)
        writers[violation->keyword](&error);
    else
        put_other(&error);
}

/* ---- unions ---- */

struct label_words {
    unsigned type;
    const char *plain;
    const char *constrained;
};

static const struct label_words labels[] = {
    {SCHEMA_STRING, "str", "constrained-str"},
    {SCHEMA_INTEGER, "int", "constrained-int"},
    {SCHEMA_NUMBER, "float", "constrained-float"},
    {SCHEMA_BOOLEAN, "bool", "bool"},
    {SCHEMA_NULL, "none", "none"},
};

static const char *time_label(const char *format)
{
    static const char *const pairs[][2] = {
        {"date-time", "datetime"}, {"date", "date"}, {"time", "time"},
        {"uuid", "uuid"},          {"uri", "url"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(format, pairs[i][0]) == 0)
            return pairs[i][1];
    return NULL;
}

static bool is_constrained(const struct schema *schema)
{
    for (size_t i = 0; i < schema->rule_count; i++)
        if (schema->rules[i].keyword >= KEYWORD_MAX_LENGTH &&
            schema->rules[i].keyword <= KEYWORD_EXCLUSIVE_MINIMUM &&
            schema->rules[i].keyword != KEYWORD_FORMAT)
            return true;
    return false;
}

static void label_choice(const struct part *part, const struct schema *schema,
                         const struct rule *rule, struct buf *out)
{
    const struct str *name = part_schema_name(part, schema->node);
    if (name != NULL && rule->keyword == KEYWORD_ENUM) {
        buf_printf(out, "str-enum[%.*s]", (int)name->len, name->data);
        return;
    }
    buf_add_text(out, "literal[");
    const struct json_node *value =
        rule->keyword == KEYWORD_CONST ? rule->u.value : json_first(rule->u.value);
    for (bool first = true; value != NULL; first = false) {
        if (!first)
            buf_add_char(out, ',');
        write_repr(value, out);
        value = rule->keyword == KEYWORD_CONST ? NULL : json_next(value);
    }
    buf_add_char(out, ']');
}

static void label_object(const struct part *part, const struct schema *schema, struct buf *out)
{
    const struct str *name = part_schema_name(part, schema->node);
    const struct schema_object *object = schema_object(schema);
    if (name != NULL && object != NULL && object->count > 0) {
        buf_add_str(out, *name);
        return;
    }
    buf_add_text(out, "dict[str,");
    if (object != NULL && object->additional != NULL && object->additional->kind == SCHEMA_RULES)
        fastapi_union_label(part, object->additional, out);
    else
        buf_add_text(out, "any");
    buf_add_char(out, ']');
}

static void label_array(const struct part *part, const struct schema *schema, struct buf *out)
{
    const struct rule *items = schema_rule(schema, KEYWORD_ITEMS);
    buf_add_text(out, schema_rule(schema, KEYWORD_UNIQUE_ITEMS) != NULL ? "set[" : "list[");
    if (items != NULL && items->u.schema->kind == SCHEMA_RULES)
        fastapi_union_label(part, items->u.schema, out);
    else
        buf_add_text(out, "any");
    buf_add_char(out, ']');
}

void fastapi_union_label(const struct part *part, const struct schema *schema, struct buf *out)
{
    schema = schema_resolve(schema);
    const struct rule *choice = schema_rule(schema, KEYWORD_ENUM);
    if (choice == NULL)
        choice = schema_rule(schema, KEYWORD_CONST);
    const struct rule *type = schema_rule(schema, KEYWORD_TYPE);
    unsigned mask = type != NULL ? type->u.types : 0;
    const char *time = (mask & SCHEMA_STRING) ? time_label(format_of(schema)) : NULL;
    if (choice != NULL) {
        label_choice(part, schema, choice, out);
    } else if (time != NULL) {
        buf_add_text(out, time);
    } else if (mask & SCHEMA_ARRAY) {
        label_array(part, schema, out);
    } else if ((mask & SCHEMA_OBJECT) || schema_object(schema) != NULL) {
        label_object(part, schema, out);
    } else {
        for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
            if (mask & labels[i].type) {
                buf_add_text(out, is_constrained(schema) ? labels[i].constrained : labels[i].plain);
                return;
            }
        }
        buf_add_text(out, "any");
    }
}
