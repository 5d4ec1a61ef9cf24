#include "mock/prism_words.h"

#include "json/writer.h"

/* Ajv's words; the value of the rule goes where the %s stands. */
static const char *const sentences[KEYWORD_COUNT] = {
    [KEYWORD_FALSE_SCHEMA] = "boolean schema is false",
    [KEYWORD_CONST] = "must be equal to constant",
    [KEYWORD_MAX_LENGTH] = "must NOT have more than %s characters",
    [KEYWORD_MIN_LENGTH] = "must NOT have fewer than %s characters",
    [KEYWORD_PATTERN] = "must match pattern \"%s\"",
    [KEYWORD_FORMAT] = "must match format \"%s\"",
    [KEYWORD_MULTIPLE_OF] = "must be multiple of %s",
    [KEYWORD_MAXIMUM] = "must be <= %s",
    [KEYWORD_EXCLUSIVE_MAXIMUM] = "must be < %s",
    [KEYWORD_MINIMUM] = "must be >= %s",
    [KEYWORD_EXCLUSIVE_MINIMUM] = "must be > %s",
    [KEYWORD_MAX_ITEMS] = "must NOT have more than %s items",
    [KEYWORD_MIN_ITEMS] = "must NOT have fewer than %s items",
    [KEYWORD_CONTAINS] = "must contain at least 1 valid item(s)",
    [KEYWORD_UNIQUE_ITEMS] = "must NOT have duplicate items",
    [KEYWORD_MAX_PROPERTIES] = "must NOT have more than %s properties",
    [KEYWORD_MIN_PROPERTIES] = "must NOT have fewer than %s properties",
    [KEYWORD_PROPERTY_NAMES] = "property name must be valid",
    [KEYWORD_ANY_OF] = "must match a schema in anyOf",
    [KEYWORD_ONE_OF] = "must match exactly one schema in oneOf",
    [KEYWORD_NOT] = "must NOT be valid",
    [KEYWORD_UNEVALUATED_ITEMS] = "must NOT have unevaluated items",
};

static bool is_missing(const struct violation *violation)
{
    return violation->keyword == KEYWORD_REQUIRED ||
           violation->keyword == KEYWORD_DEPENDENT_REQUIRED;
}

/* The whole body is missing: there is no object around it. */
static bool is_missing_body(const struct violation *violation)
{
    return is_missing(violation) && violation->path != NULL && violation->path->up == NULL;
}

const struct json_path *prism_path(const struct violation *violation)
{
    bool of_parent = (is_missing(violation) && !is_missing_body(violation)) ||
                     violation->keyword == KEYWORD_ADDITIONAL_PROPERTIES ||
                     violation->keyword == KEYWORD_UNEVALUATED_PROPERTIES;
    return of_parent && violation->path != NULL && violation->path->up != NULL ? violation->path->up
                                                                               : violation->path;
}

/* The segments below the first, with dots between them. */
static void write_dotted(const struct json_path *path, struct buf *out)
{
    if (path->up == NULL)
        return;
    write_dotted(path->up, out);
    if (path->up->up != NULL)
        buf_add_char(out, '.');
    if (path->name.data != NULL)
        buf_add_str(out, path->name);
    else
        buf_add_uint(out, path->index);
}

static void write_place(const struct json_path *path, struct buf *out)
{
    const struct json_path *first = path;
    while (first != NULL && first->up != NULL)
        first = first->up;
    if (first == NULL)
        return;
    buf_add_text(out, "Request ");
    buf_add_str(out, first->name);
    if (path != first) {
        buf_add_text(out, str_is(first->name, "body") ? " property " : " parameter ");
        write_dotted(path, out);
    }
    buf_add_char(out, ' ');
}

/* A scalar without quotes. */
static void write_bare(const struct json_node *node, struct buf *out)
{
    if (json_is(node, JSON_STRING))
        buf_add_str(out, json_text(node));
    else if (node != NULL)
        json_write(out, node, JSON_EXACT);
}

/* "string,null", "A, B, C" */
static void write_list(const struct json_node *node, const char *separator, struct buf *out)
{
    if (!json_is(node, JSON_ARRAY)) {
        write_bare(node, out);
        return;
    }
    for (const struct json_node *element = json_first(node); element != NULL;
         element = json_next(element)) {
        if (element != json_first(node))
            buf_add_text(out, separator);
        write_bare(element, out);
    }
}

static void write_sentence(const char *sentence, const struct json_node *rule, struct buf *out)
{
    const char *gap = strstr(sentence, "%s");
    size_t before = gap != NULL ? (size_t)(gap - sentence) : strlen(sentence);
    buf_add(out, sentence, before);
    if (gap == NULL)
        return;
    write_bare(rule, out);
    buf_add_text(out, gap + 2);
}

static void write_quoted(const char *words, struct str name, struct buf *out)
{
    buf_printf(out, "%s '%.*s'", words, (int)name.len, name.data);
}

void prism_message(const struct violation *violation, struct buf *out)
{
    if (is_missing_body(violation)) {
        buf_add_text(out, "Body parameter is required");
        return;
    }
    write_place(prism_path(violation), out);
    switch (violation->keyword) {
    case KEYWORD_REQUIRED:
    case KEYWORD_DEPENDENT_REQUIRED:
        write_quoted("must have required property", violation->name, out);
        return;
    case KEYWORD_FALSE_SCHEMA:
        if (violation->schema == NULL)
            buf_add_str(out, violation->name);
        else
            buf_add_text(out, sentences[KEYWORD_FALSE_SCHEMA]);
        return;
    case KEYWORD_TYPE:
        buf_add_text(out, "must be ");
        write_list(violation->rule, ",", out);
        return;
    case KEYWORD_ENUM:
        buf_add_text(out, "must be equal to one of the allowed values: ");
        write_list(violation->rule, ", ", out);
        return;
    case KEYWORD_ADDITIONAL_PROPERTIES:
        write_quoted("must NOT have additional properties; found", violation->name, out);
        return;
    case KEYWORD_UNEVALUATED_PROPERTIES:
        write_quoted("must NOT have unevaluated properties; found", violation->name, out);
        return;
    case KEYWORD_DISCRIMINATOR:
        write_quoted("value of tag", violation->name, out);
        buf_add_text(out, " must be in oneOf");
        return;
    default:
        break;
    }
    if (sentences[violation->keyword] != NULL)
        write_sentence(sentences[violation->keyword], violation->rule, out);
    else
        violation_describe(violation, out);
}

static void write_location(const struct json_path *path, struct buf *out)
{
    if (path == NULL)
        return;
    write_location(path->up, out);
    if (path->up != NULL)
        buf_add_char(out, ',');
    if (path->name.data != NULL)
        json_write_string(out, path->name);
    else
        buf_printf(out, "\"%zu\"", path->index);
}

void prism_write_location(const struct violation *violation, struct buf *out)
{
    write_location(prism_path(violation), out);
}

void prism_write_judgement(const struct violation *violation, struct buf *out)
{
    struct buf message;
    buf_init(&message, out->arena);
    prism_message(violation, &message);
    buf_printf(out, "],\"severity\":\"Error\",\"code\":\"%s\",\"message\":",
               keyword_name(violation->keyword));
    json_write_string(out, buf_str(&message));
    buf_free(&message);
}
