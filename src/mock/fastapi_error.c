#include "mock/fastapi_error.h"

#include "base/utf8.h"
#include "mock/fastapi_union.h"
#include "schema/format.h"
#include "schema/pattern.h"
#include "schema/pydantic/number.h"
#include "schema/pydantic/read.h"
#include "schema/pydantic/time.h"
#include "schema/pydantic/type.h"

#include "json/number.h"
#include <stdlib.h>

/* What is asked, and where the answer goes. */
struct query {
    const struct part *part;
    const struct violation *violation;
    const struct json_node *sent; /* the value as it was sent, or NULL */
    struct arena *arena;
    struct fastapi_memo *memo;
    struct fastapi_error *error;
    bool is_decimal; /* limits are Decimals: integral ones print without a fraction */
};

static void put(const struct query *query, const char *type, const char *message)
{
    *query->error = (struct fastapi_error){.type = type, .message = str_from(message)};
}

void fastapi_error_with_reason(struct fastapi_error *error, const char *type, const char *message,
                               struct str reason, struct arena *arena)
{
    struct buf text;
    struct buf context;
    buf_init(&text, arena);
    buf_init(&context, arena);
    buf_printf(&text, "%s, ", message);
    buf_add_str(&text, reason);
    buf_add_text(&context, "{\"error\":");
    json_write_string(&context, reason);
    buf_add_char(&context, '}');
    *error = fastapi_error_of(type, buf_str(&text), buf_str(&context));
}

static void put_with_reason(const struct query *query, const char *type, const char *message,
                            const char *reason)
{
    fastapi_error_with_reason(query->error, type, message, str_from(reason), query->arena);
}

static const struct rule *broken_rule(const struct query *query)
{
    return schema_rule(query->violation->schema, query->violation->keyword);
}

/* ---- Python's repr ---- */

/* Controls, blanks and signs that Python takes for unprintable; unassigned ones are let pass. */
static bool is_printable(uint32_t point)
{
    static const uint32_t ranges[][2] = {
        {0x0000, 0x001f}, {0x007f, 0x00a0},   {0x00ad, 0x00ad},   {0x0600, 0x0605},
        {0x061c, 0x061c}, {0x06dd, 0x06dd},   {0x070f, 0x070f},   {0x1680, 0x1680},
        {0x180e, 0x180e}, {0x2000, 0x200f},   {0x2028, 0x202f},   {0x205f, 0x206f},
        {0x3000, 0x3000}, {0xd800, 0xf8ff},   {0xfeff, 0xfeff},   {0xfff0, 0xfffb},
        {0xfffe, 0xffff}, {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff}, {0xe01f0, 0x10ffff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (point >= ranges[i][0] && point <= ranges[i][1])
            return false;
    return true;
}

/* The first character of the text; returns its bytes. */
static size_t write_repr_character(struct str text, struct buf *out)
{
    static const unsigned lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t length = utf8_length(text.data, text.len);
    if (length == 0)
        return 1;
    uint32_t point = (unsigned char)text.data[0] & lead_bits[length];
    for (size_t i = 1; i < length; i++)
        point = point << 6 | ((unsigned char)text.data[i] & 0x3f);
    if (is_printable(point))
        buf_add(out, text.data, length);
    else if (point < 0x100)
        buf_printf(out, "\\x%02x", point);
    else
        buf_printf(out, point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
    return length;
}

void fastapi_write_repr_text(struct str text, struct buf *out)
{
    bool has_single = str_find_char(text, '\'') < text.len;
    bool has_double = str_find_char(text, '"') < text.len;
    char quote = has_single && !has_double ? '"' : '\'';
    buf_add_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '\n' || c == '\r' || c == '\t')
            buf_printf(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        else if (c == '\\' || c == (unsigned char)quote)
            buf_printf(out, "\\%c", c);
        else if (c >= 0x20 && c < 0x7f)
            buf_add_char(out, (char)c);
        else
            i += write_repr_character(str_after(text, i), out) - 1;
    }
    buf_add_char(out, quote);
}

static void write_repr_children(const struct json_node *value, struct buf *out)
{
    for (const struct json_node *child = json_first(value); child != NULL;
         child = json_next(child)) {
        if (value->type == JSON_OBJECT) {
            fastapi_write_repr_text(json_name(child), out);
            buf_add_text(out, ": ");
        }
        fastapi_write_repr(child, out);
        if (json_next(child) != NULL)
            buf_add_text(out, ", ");
    }
}

void fastapi_write_repr(const struct json_node *value, struct buf *out)
{
    switch (value->type) {
    case JSON_STRING:
        fastapi_write_repr_text(json_text(value), out);
        return;
    case JSON_TRUE:
        buf_add_text(out, "True");
        return;
    case JSON_FALSE:
        buf_add_text(out, "False");
        return;
    case JSON_NULL:
        buf_add_text(out, "None");
        return;
    case JSON_ARRAY:
    case JSON_OBJECT:
        buf_add_char(out, value->type == JSON_ARRAY ? '[' : '{');
        write_repr_children(value, out);
        buf_add_char(out, value->type == JSON_ARRAY ? ']' : '}');
        return;
    default:
        json_write(out, value, JSON_PYTHON);
    }
}

/* ---- enums and literals ---- */

/* 'A', 'B' or 'C' */
static struct str expected_values(const struct rule *rule, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena);
    if (rule->keyword == KEYWORD_CONST) {
        fastapi_write_repr(rule->u.value, &out);
        return buf_str(&out);
    }
    for (const struct json_node *value = json_first(rule->u.value); value != NULL;
         value = json_next(value)) {
        const struct json_node *next = json_next(value);
        fastapi_write_repr(value, &out);
        if (next != NULL)
            buf_add_text(&out, json_next(next) == NULL ? " or " : ", ");
    }
    return buf_str(&out);
}

/* pydantic reads an integer before it looks for it among the Enum's. */
static bool put_too_large(const struct query *query)
{
    const struct rule *type = schema_rule(query->violation->schema, KEYWORD_TYPE);
    struct pydantic_reading reading;
    int64_t whole;
    if (type == NULL || type->u.types != SCHEMA_INTEGER || query->sent == NULL)
        return false;
    bool readable = json_is(query->sent, JSON_STRING) || (query->sent->flags & JSON_PLAIN_INTEGER);
    pydantic_read_integer(query->sent, query->arena, &reading);
    if (!readable || reading.value == NULL || json_number_to_int(reading.value, &whole))
        return false;
    put(query, "int_parsing_size",
        "Unable to parse input string as an integer, exceeded maximum size");
    query->error->input = reading.value;
    return true;
}

static void write_choice(const struct query *query, const struct rule *rule, bool is_enum)
{
    struct str expected = expected_values(rule, query->arena);
    struct buf message;
    struct buf context;
    buf_init(&message, query->arena);
    buf_init(&context, query->arena);
    buf_add_text(&message, "Input should be ");
    buf_add_str(&message, expected);
    buf_add_text(&context, "{\"expected\":");
    json_write_string(&context, expected);
    buf_add_char(&context, '}');
    *query->error =
        fastapi_error_of(is_enum ? "enum" : "literal_error", buf_str(&message), buf_str(&context));
    struct buf quoted;
    buf_init(&quoted, query->arena);
    json_write_string(&quoted, buf_str(&message));
    query->error->quoted = buf_str(&quoted);
}

/* A named schema with these keywords comes from an Enum, an inline one from a Literal. */
static void put_choice(const struct query *query, const struct rule *rule)
{
    bool is_enum = part_schema_name(query->part, query->violation->schema->node) != NULL;
    if (is_enum && put_too_large(query))
        return;
    size_t slot = ((uintptr_t)rule / sizeof *rule) % FASTAPI_MEMO_SLOTS;
    if (query->memo->rules[slot] == rule) {
        *query->error = *query->memo->errors[slot];
        return;
    }
    write_choice(query, rule, is_enum);
    query->memo->rules[slot] = rule;
    struct fastapi_error *kept = arena_alloc(query->arena, sizeof *kept);
    *kept = *query->error;
    query->memo->errors[slot] = kept;
}

static void put_broken_choice(const struct query *query)
{
    put_choice(query, broken_rule(query));
}

/* ---- wrong types and formats ---- */

/* A date-time or date that pydantic takes and the contract does not. */
static void put_lenient_time(const struct query *query, const struct pydantic_type *type)
{
    struct pydantic_time time;
    bool is_text = json_is(query->sent, JSON_STRING);
    if (str_is(str_from(type->format), "date")) {
        if (is_text)
            put_with_reason(query, "date_from_datetime_parsing",
                            "Input should be a valid date or datetime",
                            pydantic_date_error(json_text(query->sent)));
        else
            put(query, type->error, type->message);
    } else if (pydantic_time_read(query->sent, &time) == PYDANTIC_TIME_NAIVE) {
        put(query, "timezone_aware", "Input should have timezone info");
    } else if (is_text) {
        put_with_reason(query, "datetime_from_date_parsing",
                        "Input should be a valid datetime or date",
                        pydantic_date_error(json_text(query->sent)));
    } else {
        put(query, type->error, type->message);
    }
}

static bool is_date_or_date_time(const struct pydantic_type *type)
{
    return type->read == pydantic_read_date_time || type->read == pydantic_read_date;
}

/* What pydantic says of the value; where only the contract objects, what strict mode would. */
static void put_reading(const struct query *query, const struct pydantic_type *type)
{
    struct pydantic_reading reading;
    type->read(query->sent, query->arena, &reading);
    if (reading.value == NULL && reading.reason.len > 0)
        fastapi_error_with_reason(query->error, reading.error, reading.message, reading.reason,
                                  query->arena);
    else if (reading.value == NULL)
        *query->error =
            fastapi_error_of(reading.error, str_from(reading.message), str_from(reading.context));
    else if (is_date_or_date_time(type))
        put_lenient_time(query, type);
    else
        put(query, type->error, type->message);
}

static void put_array_type(const struct query *query)
{
    const struct schema *schema = query->violation->schema;
    if (schema_rule(schema, KEYWORD_PREFIX_ITEMS) != NULL)
        put(query, "tuple_type", "Input should be a valid tuple");
    else if (schema_rule(schema, KEYWORD_UNIQUE_ITEMS) != NULL)
        put(query, "set_type", "Input should be a valid set");
    else
        put(query, "list_type", "Input should be a valid list");
}

static void put_object_type(const struct query *query)
{
    const struct schema_object *object = schema_object(query->violation->schema);
    if (object != NULL && object->count > 0)
        put(query, "model_attributes_type",
            "Input should be a valid dictionary or object to extract fields from");
    else
        put(query, "dict_type", "Input should be a valid dictionary");
}

static void put_type(const struct query *query)
{
    const struct schema *schema = query->violation->schema;
    const struct rule *choice = schema_rule(schema, KEYWORD_ENUM);
    const struct rule *constant = schema_rule(schema, KEYWORD_CONST);
    const struct rule *rule = schema_rule(schema, KEYWORD_TYPE);
    const struct pydantic_type *type = pydantic_type_of(schema);
    if (choice != NULL || constant != NULL)
        put_choice(query, choice != NULL ? choice : constant);
    else if (type != NULL)
        put_reading(query, type);
    else if (rule->u.types & SCHEMA_OBJECT)
        put_object_type(query);
    else if (rule->u.types & SCHEMA_ARRAY)
        put_array_type(query);
    else
        put(query, "string_type", "Input should be a valid string");
}

/* A rule that pydantic has no word for. */
static void put_other(const struct query *query)
{
    struct buf message;
    buf_init(&message, query->arena);
    buf_add_text(&message, "Value error, ");
    violation_describe(query->violation, &message);
    *query->error = fastapi_error_of("value_error", buf_str(&message), str_from("{\"error\":{}}"));
}

static void put_format(const struct query *query)
{
    const struct pydantic_type *type = pydantic_type_of(query->violation->schema);
    if (type != NULL && type->format != NULL)
        put_reading(query, type);
    else
        put_other(query);
}

/* ---- limits ---- */

static bool is_url(const struct query *query)
{
    const struct pydantic_type *type = pydantic_type_of(query->violation->schema);
    return type != NULL && type->format != NULL && strcmp(type->format, "uri") == 0;
}

static void put_max_length(const struct query *query)
{
    unsigned long long limit = broken_rule(query)->u.count;
    bool url = is_url(query);
    *query->error = fastapi_error_of(
        url ? "url_too_long" : "string_too_long",
        str_from(arena_printf(query->arena, "%s should have at most %llu character%s",
                              url ? "URL" : "String", limit, limit == 1 ? "" : "s")),
        str_from(arena_printf(query->arena, "{\"max_length\":%llu}", limit)));
}

static void put_min_length(const struct query *query)
{
    unsigned long long limit = broken_rule(query)->u.count;
    if (is_url(query)) {
        put_reading(query, pydantic_type_of(query->violation->schema));
        return;
    }
    *query->error = fastapi_error_of(
        "string_too_short",
        str_from(arena_printf(query->arena, "String should have at least %llu character%s", limit,
                              limit == 1 ? "" : "s")),
        str_from(arena_printf(query->arena, "{\"min_length\":%llu}", limit)));
}

static void put_pattern(const struct query *query)
{
    struct str pattern = pattern_text(broken_rule(query)->u.pattern);
    struct buf context;
    buf_init(&context, query->arena);
    buf_add_text(&context, "{\"pattern\":");
    json_write_string(&context, pattern);
    buf_add_char(&context, '}');
    *query->error =
        fastapi_error_of("string_pattern_mismatch",
                         str_from(arena_printf(query->arena, "String should match pattern '%.*s'",
                                               (int)pattern.len, pattern.data)),
                         buf_str(&context));
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

/* A float as Rust's Display prints it: the shortest digits, never an exponent. */
static void write_plain_double(double number, struct buf *out)
{
    struct buf digits;
    buf_init(&digits, out->arena);
    json_write_double(&digits, number, JSON_PYTHON);
    struct str text = buf_str(&digits);
    size_t e = str_find_char(text, 'e');
    if (e == text.len) {
        text.len -= str_ends_with(text, ".0") ? 2 : 0;
        buf_add_str(out, text);
        return;
    }
    long exponent = strtol(buf_text(&digits) + e + 1, NULL, 10);
    if (number < 0)
        buf_add_char(out, '-');
    if (exponent < 0)
        buf_printf(out, "0.%0*d", (int)(-exponent - 1), 0);
    for (size_t i = number < 0; i < e; i++) {
        if (text.data[i] == '.')
            continue;
        buf_add_char(out, text.data[i]);
    }
    size_t behind = e - (number < 0) > 1 ? e - (number < 0) - 2 : 0;
    for (long i = (long)behind; exponent > 0 && i < exponent; i++)
        buf_add_char(out, '0');
}

/* In the message an integral limit has no fraction; in ctx it has one if the field is a float. */
static void put_bound(const struct query *query)
{
    const struct schema *schema = query->violation->schema;
    const struct bound_words *words = bounds;
    while (words->keyword != query->violation->keyword)
        words++;
    const struct json_node *limit = broken_rule(query)->u.value;
    const struct rule *type = schema_rule(schema, KEYWORD_TYPE);
    bool is_float = type == NULL || (type->u.types & SCHEMA_NUMBER);
    struct buf number;
    struct buf exact;
    buf_init(&number, query->arena);
    buf_init(&exact, query->arena);
    int64_t whole;
    if (is_float || !json_number_is_integer(limit)) {
        write_plain_double(limit->c.valuedouble, &number);
        if (query->is_decimal && json_number_is_integer(limit))
            buf_add_str(&exact, buf_str(&number));
        else
            json_write_double(&exact, limit->c.valuedouble, JSON_PYTHON);
    } else {
        if (json_number_to_int(limit, &whole))
            buf_add_int(&number, whole);
        else
            json_write(&number, limit, JSON_EXACT);
        buf_add_str(&exact, buf_str(&number));
    }
    *query->error = fastapi_error_of(
        words->type,
        str_from(
            arena_printf(query->arena, "Input should be %s %s", words->words, buf_text(&number))),
        str_from(arena_printf(query->arena, "{\"%s\":%s}", words->member, buf_text(&exact))));
}

static void put_size(const struct query *query, const char *word, bool too_many)
{
    unsigned long long limit = broken_rule(query)->u.count;
    unsigned size = query->violation->instance->size;
    *query->error = fastapi_error_of(
        too_many ? "too_long" : "too_short",
        str_from(arena_printf(query->arena,
                              "%s should have at %s %llu item%s after validation, not %u", word,
                              too_many ? "most" : "least", limit, limit == 1 ? "" : "s", size)),
        str_from(arena_printf(query->arena,
                              "{\"field_type\":\"%s\",\"%s\":%llu,\"actual_length\":%u}", word,
                              too_many ? "max_length" : "min_length", limit, size)));
}

/* A set is given up at the first element too many: how many there would be is not known. */
static void put_full_set(const struct query *query)
{
    unsigned long long limit = broken_rule(query)->u.count;
    *query->error = fastapi_error_of(
        "too_long",
        str_from(arena_printf(query->arena,
                              "Set should have at most %llu item%s after validation, not more",
                              limit, limit == 1 ? "" : "s")),
        str_from(arena_printf(query->arena,
                              "{\"field_type\":\"Set\",\"max_length\":%llu,\"actual_length\":null}",
                              limit)));
}

static const char *container_word(const struct schema *schema)
{
    if (schema_rule(schema, KEYWORD_PREFIX_ITEMS) != NULL)
        return "Tuple";
    return schema_rule(schema, KEYWORD_UNIQUE_ITEMS) != NULL ? "Set" : "List";
}

static void put_max_items(const struct query *query)
{
    if (schema_rule(query->violation->schema, KEYWORD_UNIQUE_ITEMS) != NULL) {
        put_full_set(query);
        return;
    }
    put_size(query, container_word(query->violation->schema), true);
}

static void put_min_items(const struct query *query)
{
    put_size(query, container_word(query->violation->schema), false);
}

static void put_max_properties(const struct query *query)
{
    put_size(query, "Dictionary", true);
}

static void put_min_properties(const struct query *query)
{
    put_size(query, "Dictionary", false);
}

/* ---- members ---- */

static void put_missing(const struct query *query)
{
    put(query, "missing", "Field required");
}

static void put_extra(const struct query *query)
{
    put(query, "extra_forbidden", "Extra inputs are not permitted");
}

/* What the key's schema says of the name. */
static void put_key(const struct query *query)
{
    const struct violation *violation = query->violation;
    if (violation->branch_count > 0 && violation->branches[0] != NULL)
        fastapi_error_find(query->part, violation->branches[0], query->arena, query->memo,
                           query->error);
    else
        put_other(query);
}

static void put_tag(const struct query *query)
{
    fastapi_tag_error(query->violation, query->arena, query->error);
}

static const struct schema *number_member(const struct schema *decimal)
{
    const struct schema_list *members = &schema_rule(decimal, KEYWORD_ANY_OF)->u.list;
    for (size_t i = 0; i < members->count; i++) {
        const struct rule *type = schema_rule(members->items[i], KEYWORD_TYPE);
        if (type != NULL && type->u.types == SCHEMA_NUMBER)
            return members->items[i];
    }
    return NULL;
}

/* The limits of a Decimal are with the number that it may be written as. */
static void put_decimal(const struct query *query)
{
    struct pydantic_reading reading = {.value = NULL};
    struct validation validation = {
        .arena = query->arena, .max_violations = 1, .root = query->violation->path};
    if (query->sent != NULL)
        pydantic_read_decimal(query->sent, query->arena, &reading);
    if (reading.value != NULL)
        schema_validate(number_member(query->violation->schema), reading.value, &validation);
    if (validation.first == NULL) {
        put_reading(query, &pydantic_decimal);
        return;
    }
    struct query limit = *query;
    limit.violation = validation.first;
    limit.is_decimal = true;
    put_bound(&limit);
}

/* A union of models by their tag has looked for the tag first. */
static void put_alternatives(const struct query *query)
{
    if (schema_rule(query->violation->schema, KEYWORD_DISCRIMINATOR) != NULL &&
        !json_is(query->sent, JSON_OBJECT))
        put(query, "model_attributes_type",
            "Input should be a valid dictionary or object to extract fields from");
    else if (pydantic_is_decimal(query->violation->schema))
        put_decimal(query);
    else
        put_other(query);
}

static void (*const writers[KEYWORD_COUNT])(const struct query *query) = {
    [KEYWORD_TYPE] = put_type,
    [KEYWORD_ENUM] = put_broken_choice,
    [KEYWORD_CONST] = put_broken_choice,
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
    [KEYWORD_PROPERTY_NAMES] = put_key,
    [KEYWORD_MAX_PROPERTIES] = put_max_properties,
    [KEYWORD_MIN_PROPERTIES] = put_min_properties,
    [KEYWORD_ANY_OF] = put_alternatives,
    [KEYWORD_ONE_OF] = put_alternatives,
    [KEYWORD_DISCRIMINATOR] = put_tag,
};

void fastapi_error_find(const struct part *part, const struct violation *violation,
                        struct arena *arena, struct fastapi_memo *memo, struct fastapi_error *out)
{
    struct query query = {
        .part = part, .violation = violation, .arena = arena, .memo = memo, .error = out};
    if (violation->instance != NULL)
        query.sent = pydantic_sent(violation->instance, arena);
    if (writers[violation->keyword] != NULL)
        writers[violation->keyword](&query);
    else
        put_other(&query);
}
