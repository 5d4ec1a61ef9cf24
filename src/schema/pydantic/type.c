#include "schema/pydantic/type.h"

#include "schema/format.h"
#include "schema/pattern.h"
#include "schema/pydantic/duration.h"
#include "schema/pydantic/number.h"
#include "schema/pydantic/text.h"
#include "schema/pydantic/time.h"

static void read_null(const struct json_node *input, struct arena *arena,
                      struct pydantic_reading *out)
{
    (void)arena;
    if (input->type == JSON_NULL)
        pydantic_accept(out, input, PYDANTIC_EXACT);
    else
        pydantic_refuse(out, "none_required", "Input should be None", NULL);
}

static void read_bytes(const struct json_node *input, struct arena *arena,
                       struct pydantic_reading *out)
{
    (void)arena;
    if (input->type == JSON_STRING)
        pydantic_accept(out, input, PYDANTIC_LAX);
    else
        pydantic_refuse(out, "bytes_type", "Input should be a valid bytes", NULL);
}

#define INTEGER_WORDS "int_type", "Input should be a valid integer"
#define UUID_WORDS    "uuid_parsing", "Input should be a valid UUID"
#define URL_LABEL     "function-wrap[wrap_val()]"
#define ADDRESS_LABEL(version)                                                                     \
    "lax-or-strict[lax=function-plain[ip_v" version "_address_validator()],strict=json-or-python[" \
    "json=function-after[IPv" version "Address(), str],python=is-instance[IPv" version             \
    "Address]]]"

/* The first row of a type is that for all formats that have none of their own. */
static const struct pydantic_type table[] = {
    {SCHEMA_STRING, NULL, "str", "constrained-str", pydantic_read_string, "string_type",
     "Input should be a valid string"},
    {SCHEMA_STRING, "date-time", "datetime", NULL, pydantic_read_date_time, "datetime_type",
     "Input should be a valid datetime"},
    {SCHEMA_STRING, "pydantic-date-time", "datetime", NULL, pydantic_read_date_time,
     "datetime_type", "Input should be a valid datetime"},
    {SCHEMA_STRING, "date", "date", NULL, pydantic_read_date, "date_type",
     "Input should be a valid date"},
    {SCHEMA_STRING, "time", "time", NULL, pydantic_read_time, "time_type",
     "Input should be a valid time"},
    {SCHEMA_STRING, "duration", "timedelta", NULL, pydantic_read_duration, "time_delta_type",
     "Input should be a valid timedelta"},
    {SCHEMA_STRING, "uuid", "uuid", NULL, pydantic_read_uuid, UUID_WORDS},
    {SCHEMA_STRING, "uri", URL_LABEL, NULL, pydantic_read_url, "url_type",
     "URL input should be a string or URL"},
    {SCHEMA_STRING, "ipv4", ADDRESS_LABEL("4"), NULL, pydantic_read_ipv4, "ip_v4_address",
     "Input is not a valid IPv4 address"},
    {SCHEMA_STRING, "ipv6", ADDRESS_LABEL("6"), NULL, pydantic_read_ipv6, "ip_v6_address",
     "Input is not a valid IPv6 address"},
    {SCHEMA_STRING, "binary", "bytes", NULL, read_bytes, "bytes_type",
     "Input should be a valid bytes"},
    {SCHEMA_INTEGER, NULL, "int", "constrained-int", pydantic_read_integer, INTEGER_WORDS},
    {SCHEMA_NUMBER, NULL, "float", "constrained-float", pydantic_read_float, "float_type",
     "Input should be a valid number"},
    {SCHEMA_BOOLEAN, NULL, "bool", NULL, pydantic_read_boolean, "bool_type",
     "Input should be a valid boolean"},
    {SCHEMA_NULL, NULL, "none", NULL, read_null, "none_required", "Input should be None"},
};

/* pydantic's HttpUrl is an AnyUrl with its own limit on the length. */
static const struct pydantic_type http_url = {SCHEMA_STRING,
                                              "uri",
                                              URL_LABEL,
                                              NULL,
                                              pydantic_read_http_url,
                                              "url_type",
                                              "URL input should be a string or URL"};

const struct pydantic_type pydantic_decimal = {
    SCHEMA_NUMBER,
    NULL,
    "decimal",
    NULL,
    pydantic_read_decimal,
    "decimal_type",
    "Decimal input should be an integer, float, string or Decimal object"};

enum { HTTP_URL_LENGTH = 2083 };

static bool is_http_url(const struct schema *schema, const struct pydantic_type *type)
{
    const struct rule *longest = schema_rule(schema, KEYWORD_MAX_LENGTH);
    return type->read == pydantic_read_url && longest != NULL &&
           longest->u.count == HTTP_URL_LENGTH;
}

static struct str format_of(const struct schema *schema)
{
    const struct rule *rule = schema_rule(schema, KEYWORD_FORMAT);
    if (rule != NULL)
        return str_from(rule->u.format->name);
    return json_member_text(schema->node, "format", str_from(""));
}

const struct pydantic_type *pydantic_type_of(const struct schema *schema)
{
    const struct rule *rule = schema_rule(schema, KEYWORD_TYPE);
    bool is_key = rule == NULL && schema_rule(schema, KEYWORD_FORMAT) != NULL;
    if ((rule == NULL && !is_key) || schema_rule(schema, KEYWORD_ENUM) != NULL ||
        schema_rule(schema, KEYWORD_CONST) != NULL)
        return NULL;
    unsigned types = is_key ? SCHEMA_STRING : rule->u.types;
    if (types != SCHEMA_NULL)
        types &= ~(unsigned)SCHEMA_NULL;
    const struct pydantic_type *found = NULL;
    struct str format = format_of(schema);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct pydantic_type *row = &table[i];
        bool fits = row->format == NULL
                        ? row->types == types
                        : format.len > 0 && (row->types & types) && str_is(format, row->format);
        if (fits)
            found = row;
    }
    return found != NULL && is_http_url(schema, found) ? &http_url : found;
}

/* A set of two schemas, one of which is `type: number`, the other a text of digits. */
bool pydantic_is_decimal(const struct schema *schema)
{
    static const char digits[] = "^(?!^[-+.]*$)[+-]?0*";
    const struct rule *any = schema_rule(schema, KEYWORD_ANY_OF);
    if (any == NULL)
        return false;
    bool number = false;
    bool text = false;
    for (size_t i = 0; i < any->u.list.count; i++) {
        const struct rule *type = schema_rule(any->u.list.items[i], KEYWORD_TYPE);
        const struct rule *pattern = schema_rule(any->u.list.items[i], KEYWORD_PATTERN);
        number = number || (type != NULL && type->u.types == SCHEMA_NUMBER);
        text =
            text || (pattern != NULL && str_starts_with(pattern_text(pattern->u.pattern), digits));
    }
    return number && text;
}
