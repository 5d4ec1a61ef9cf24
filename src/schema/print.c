/*
 * print: a compiled schema as a program that one can read.
 *
 *   #0 Thing spec/api.yaml:34
 *       type                  object                          :40
 *       properties            3 declared, others: any value   :36
 *         id  required        string, format uuid             :37
 *         kind                string | null                   :38
 *         kids                array of #0 Thing               :39
 *
 * What fits on a line stands where it is used; all else is numbered as it is
 * met, breadth first, and printed once, so cycles end. A schema that is referred
 * to keeps the name that the document gives it.
 */
#include "schema/schema.h"

#include "base/map.h"
#include "base/mem.h"
#include "schema/format.h"
#include "schema/pattern.h"
#include "json/writer.h"

#include <stdlib.h>

enum {
    SCRATCH_BLOCK = 16384,
    OPERAND_COLUMN = 22,
    PLACE_COLUMN = 64,
    VALUE_SHOWN = 72,  /* bytes of an enum or const */
    INLINE_SHOWN = 64, /* bytes of a schema that stands where it is used */
    INLINE_DEPTH = 3,
    INLINE_BRANCHES = 4,
};

/* Line numbers of a source without counting from its start each time. */
struct lines {
    struct lines *next;
    const struct source *source;
    uint32_t *starts; /* offsets of the lines */
    size_t count;
};

struct printer {
    struct arena arena;
    struct buf *out;
    struct map numbers; /* a schema's address: number + 1 */
    const struct schema **queue;
    size_t count;
    size_t capacity;
    struct lines *lines;
    const struct source *source; /* of the schema that is being printed */
    size_t inline_start;         /* in out, of the schema that is being printed inline */
    unsigned inline_depth;
};

/* ---- places ---- */

static struct lines *lines_of(struct printer *printer, const struct source *source)
{
    struct lines *lines = printer->lines;
    while (lines != NULL && lines->source != source)
        lines = lines->next;
    if (lines != NULL)
        return lines;
    lines = arena_alloc(&printer->arena, sizeof *lines);
    *lines = (struct lines){.next = printer->lines, .source = source, .count = 1};
    for (size_t i = 0; i < source->text.len; i++)
        lines->count += source->text.data[i] == '\n';
    lines->starts = arena_alloc(&printer->arena, lines->count * sizeof *lines->starts);
    size_t line = 0;
    lines->starts[line++] = 0;
    for (size_t i = 0; i < source->text.len; i++)
        if (source->text.data[i] == '\n')
            lines->starts[line++] = (uint32_t)i + 1;
    printer->lines = lines;
    return lines;
}

static size_t line_number(struct printer *printer, const struct json_node *node)
{
    const struct lines *lines = lines_of(printer, node->source);
    size_t low = 0;
    size_t high = lines->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (lines->starts[middle] <= node->offset)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

static void print_place(struct printer *printer, const struct json_node *node)
{
    if (node == NULL || node->source == NULL)
        return;
    if (node->source != printer->source)
        buf_add_text(printer->out, node->source->name);
    buf_printf(printer->out, ":%zu", line_number(printer, node));
}

/* ---- columns ---- */

static void pad(struct printer *printer, size_t line_start, size_t column)
{
    do
        buf_add_char(printer->out, ' ');
    while (printer->out->len - line_start < column);
}

struct line {
    struct printer *printer;
    size_t start;
};

static struct line line_begin(struct printer *printer, const char *indent, const char *word)
{
    struct line line = {printer, printer->out->len};
    buf_printf(printer->out, "%s%s", indent, word);
    pad(printer, line.start, OPERAND_COLUMN + 4);
    return line;
}

static void line_end(struct line line, const struct json_node *node)
{
    if (node != NULL && node->source != NULL) {
        pad(line.printer, line.start, PLACE_COLUMN);
        print_place(line.printer, node);
    }
    buf_add_char(line.printer->out, '\n');
}

/* ---- schemas by number ---- */

static bool is_numbered(const struct printer *printer, const struct schema *schema)
{
    struct str key = str_make((const char *)&schema, sizeof(struct schema *));
    return map_get(&printer->numbers, key) != NULL;
}

static uintptr_t number_of(struct printer *printer, const struct schema *schema)
{
    const struct schema **key = arena_alloc(&printer->arena, sizeof(struct schema *));
    *key = schema;
    struct str bytes = str_make((const char *)key, sizeof(struct schema *));
    uintptr_t known = (uintptr_t)map_get(&printer->numbers, bytes);
    if (known != 0)
        return known - 1;
    if (printer->count == printer->capacity) {
        size_t capacity = printer->capacity > 0 ? printer->capacity * 2 : 64;
        printer->queue =
            arena_grow(&printer->arena, printer->queue, printer->count * sizeof(struct schema *),
                       capacity * sizeof(struct schema *));
        printer->capacity = capacity;
    }
    printer->queue[printer->count++] = schema;
    map_put(&printer->numbers, bytes, (void *)(uintptr_t)printer->count);
    return printer->count - 1;
}

/* The name in the document of what a `$ref` leads to. */
static struct str name_of(const struct schema *target)
{
    return target->node != NULL ? json_name(target->node) : str_make("", 0);
}

static bool print_inline(struct printer *printer, const struct schema *schema);

static void print_reference(struct printer *printer, const struct schema *schema)
{
    if (schema == NULL) {
        buf_add_text(printer->out, "-");
        return;
    }
    const struct schema *target = schema_resolve(schema);
    if (target->kind == SCHEMA_ALWAYS) {
        buf_add_text(printer->out, "any value");
    } else if (target->kind == SCHEMA_NEVER) {
        buf_add_text(printer->out, "no value");
    } else if (!print_inline(printer, target)) {
        buf_printf(printer->out, "#%zu", (size_t)number_of(printer, target));
        struct str name = target != schema ? name_of(target) : str_make("", 0);
        if (name.len > 0)
            buf_printf(printer->out, " %.*s", (int)name.len, name.data);
    }
}

static void print_list(struct printer *printer, const struct schema_list *list, const char *between)
{
    for (size_t i = 0; i < list->count; i++) {
        buf_add_text(printer->out, i > 0 ? between : "");
        print_reference(printer, list->items[i]);
    }
}

/* ---- operands ---- */

static void print_types(struct printer *printer, unsigned types)
{
    static const char *const names[] = {"null",   "boolean", "integer", "number",
                                        "string", "array",   "object"};
    const char *before = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if ((types >> i & 1) == 0)
            continue;
        buf_printf(printer->out, "%s%s", before, names[i]);
        before = " | ";
    }
}

static void print_value(struct printer *printer, const struct json_node *value)
{
    struct buf text;
    buf_init(&text, NULL);
    json_write(&text, value, JSON_EXACT);
    size_t shown = text.len;
    if (shown > VALUE_SHOWN) {
        shown = VALUE_SHOWN;
        while (shown > 0 && ((unsigned char)text.data[shown] & 0xc0) == 0x80)
            shown--;
    }
    buf_add(printer->out, text.data, shown);
    if (shown < text.len)
        buf_add_text(printer->out, "...");
    buf_free(&text);
}

static void print_contains(struct printer *printer, const struct rule *rule)
{
    print_reference(printer, rule->u.contains.schema);
    buf_printf(printer->out, ", at least %llu", (unsigned long long)rule->u.contains.min);
    if (rule->u.contains.max != UINT64_MAX)
        buf_printf(printer->out, ", at most %llu", (unsigned long long)rule->u.contains.max);
}

static void print_condition(struct printer *printer, const struct rule *rule)
{
    print_reference(printer, rule->u.conditional.condition);
    buf_add_text(printer->out, " then ");
    print_reference(printer, rule->u.conditional.then_schema);
    buf_add_text(printer->out, " else ");
    print_reference(printer, rule->u.conditional.else_schema);
}

static void print_dynamic(struct printer *printer, const struct rule *rule)
{
    if (rule->u.dynamic.anchor != NULL)
        buf_printf(printer->out, "%.*s of the outermost, else ",
                   (int)rule->u.dynamic.anchor->name.len, rule->u.dynamic.anchor->name.data);
    print_reference(printer, rule->u.dynamic.fallback);
}

static void print_object(struct printer *printer, const struct schema_object *object)
{
    buf_printf(printer->out, "%zu declared, others: ", object->count);
    if (object->additional == NULL)
        buf_add_text(printer->out, "any value");
    else
        print_reference(printer, object->additional);
}

static void print_format(struct printer *printer, const struct rule *rule)
{
    buf_printf(printer->out, "%s%s", rule->u.format->name,
               rule->u.format_annotates ? " (annotates only)" : "");
}

static void print_discriminator(struct printer *printer, const struct rule *rule)
{
    json_write_string(printer->out, rule->u.discriminator.name);
    buf_printf(printer->out, " chooses %sone of ",
               rule->u.discriminator.exclusive ? "" : "at least ");
    if (rule->u.discriminator.key_count < rule->u.discriminator.list.count)
        print_list(printer, &rule->u.discriminator.list, " | ");
    else
        buf_printf(printer->out, "%zu", rule->u.discriminator.list.count);
}

static void print_operand(struct printer *printer, const struct rule *rule)
{
    switch (rule->keyword) {
    case KEYWORD_TYPE:
        print_types(printer, rule->u.types);
        break;
    case KEYWORD_ENUM:
    case KEYWORD_CONST:
    case KEYWORD_MULTIPLE_OF:
    case KEYWORD_MAXIMUM:
    case KEYWORD_EXCLUSIVE_MAXIMUM:
    case KEYWORD_MINIMUM:
    case KEYWORD_EXCLUSIVE_MINIMUM:
        print_value(printer, rule->u.value);
        break;
    case KEYWORD_MAX_LENGTH:
    case KEYWORD_MIN_LENGTH:
    case KEYWORD_MAX_ITEMS:
    case KEYWORD_MIN_ITEMS:
    case KEYWORD_MAX_PROPERTIES:
    case KEYWORD_MIN_PROPERTIES:
        buf_add_uint(printer->out, rule->u.count);
        break;
    case KEYWORD_PATTERN:
        json_write_string(printer->out, pattern_text(rule->u.pattern));
        break;
    case KEYWORD_FORMAT:
        print_format(printer, rule);
        break;
    case KEYWORD_PREFIX_ITEMS:
        print_list(printer, &rule->u.list, "; ");
        break;
    case KEYWORD_ALL_OF:
        print_list(printer, &rule->u.list, " & ");
        break;
    case KEYWORD_ANY_OF:
    case KEYWORD_ONE_OF:
        print_list(printer, &rule->u.list, " | ");
        break;
    case KEYWORD_CONTAINS:
        print_contains(printer, rule);
        break;
    case KEYWORD_IF:
        print_condition(printer, rule);
        break;
    case KEYWORD_DYNAMIC_REF:
        print_dynamic(printer, rule);
        break;
    case KEYWORD_PROPERTIES:
        print_object(printer, rule->u.object);
        break;
    case KEYWORD_DISCRIMINATOR:
        print_discriminator(printer, rule);
        break;
    case KEYWORD_UNIQUE_ITEMS:
        buf_add_text(printer->out, "true");
        break;
    case KEYWORD_DEPENDENT_REQUIRED:
    case KEYWORD_DEPENDENT_SCHEMAS:
        break; /* line by line below */
    default:
        print_reference(printer, rule->u.schema);
        break;
    }
}

/* ---- schemas that stand where they are used ---- */

/* "array of (string | null)" */
static void print_elements(struct printer *printer, const struct schema *elements)
{
    const struct schema *target = schema_resolve(elements);
    bool choice = target->nullable || schema_rule(target, KEYWORD_ANY_OF) != NULL;
    buf_add_text(printer->out, choice ? " of (" : " of ");
    print_reference(printer, elements);
    buf_add_text(printer->out, choice ? ")" : "");
}

/* An object with declared properties needs lines of its own, a map does not. */
static bool print_map(struct printer *printer, const struct schema_object *object)
{
    if (object->count > 0 || object->pattern_count > 0)
        return false;
    if (object->additional != NULL && object->additional->kind != SCHEMA_ALWAYS)
        print_elements(printer, object->additional);
    return true;
}

/* What a rule adds to "string": ", maxLength 9". False where it needs lines of its own. */
static bool print_inline_rule(struct printer *printer, const struct schema *schema,
                              const struct rule *rule)
{
    bool alone = printer->out->len == printer->inline_start;
    const struct rule *items = schema_rule(schema, KEYWORD_ITEMS);
    switch (rule->keyword) {
    case KEYWORD_TYPE:
        print_types(printer, rule->u.types);
        if (items != NULL)
            print_elements(printer, items->u.schema);
        return true;
    case KEYWORD_ITEMS:
        return schema_rule(schema, KEYWORD_TYPE) != NULL; /* there it was printed */
    case KEYWORD_PROPERTIES:
        return !alone && print_map(printer, rule->u.object);
    case KEYWORD_ANY_OF:
        if (!alone || rule->u.list.count > INLINE_BRANCHES)
            return false;
        print_operand(printer, rule);
        return true;
    case KEYWORD_ENUM:
    case KEYWORD_CONST:
    case KEYWORD_MAX_LENGTH:
    case KEYWORD_MIN_LENGTH:
    case KEYWORD_PATTERN:
    case KEYWORD_FORMAT:
    case KEYWORD_MULTIPLE_OF:
    case KEYWORD_MAXIMUM:
    case KEYWORD_EXCLUSIVE_MAXIMUM:
    case KEYWORD_MINIMUM:
    case KEYWORD_EXCLUSIVE_MINIMUM:
    case KEYWORD_MAX_ITEMS:
    case KEYWORD_MIN_ITEMS:
    case KEYWORD_UNIQUE_ITEMS:
        buf_printf(printer->out, "%s%s ", alone ? "" : ", ", keyword_name(rule->keyword));
        print_operand(printer, rule);
        return true;
    default:
        return false;
    }
}

static bool print_inline_rules(struct printer *printer, const struct schema *schema)
{
    size_t start = printer->inline_start;
    bool good = true;
    printer->inline_start = printer->out->len;
    for (size_t i = 0; good && i < schema->rule_count; i++)
        good = print_inline_rule(printer, schema, &schema->rules[i]);
    if (schema->nullable)
        buf_add_text(printer->out, " | null");
    good = good && printer->out->len - printer->inline_start <= INLINE_SHOWN;
    printer->inline_start = start;
    return good;
}

/* Writes nothing and returns false where the schema is too much for that. */
static bool print_inline(struct printer *printer, const struct schema *schema)
{
    size_t before = printer->out->len;
    if (printer->inline_depth == INLINE_DEPTH || schema->needs_marks ||
        is_numbered(printer, schema))
        return false;
    printer->inline_depth++;
    bool good = print_inline_rules(printer, schema);
    printer->inline_depth--;
    if (!good)
        printer->out->len = before;
    return good;
}

/* ---- lines below a rule ---- */

static struct line begin_named(struct printer *printer, struct str name, const char *suffix)
{
    struct buf word;
    buf_init(&word, &printer->arena);
    json_write_escaped(&word, name);
    buf_add_text(&word, suffix);
    return line_begin(printer, "      ", buf_text(&word));
}

static const char *property_suffix(const struct schema_property *property)
{
    if (property->required_rule != NULL)
        return property->read_only    ? "  required readOnly"
               : property->write_only ? "  required writeOnly"
                                      : "  required";
    return property->read_only ? "  readOnly" : property->write_only ? "  writeOnly" : "";
}

static void print_properties(struct printer *printer, const struct schema_object *object)
{
    for (size_t i = 0; i < object->count; i++) {
        const struct schema_property *property = &object->properties[i];
        struct line line = begin_named(printer, property->name, property_suffix(property));
        print_reference(printer, property->schema);
        line_end(line, property->node != NULL ? property->node : property->required_rule);
    }
    for (size_t i = 0; i < object->pattern_count; i++) {
        struct line line = begin_named(printer, pattern_text(object->patterns[i].pattern), "  ~");
        print_reference(printer, object->patterns[i].schema);
        line_end(line, object->patterns[i].node);
    }
}

static void print_dependencies(struct printer *printer, const struct rule *rule)
{
    for (size_t i = 0; i < rule->u.dependent.count; i++) {
        const struct schema_property *entry = &rule->u.dependent.entries[i];
        struct line line = begin_named(printer, entry->name, "");
        if (rule->keyword == KEYWORD_DEPENDENT_SCHEMAS)
            print_reference(printer, entry->schema);
        else
            print_value(printer, entry->node);
        line_end(line, entry->node);
    }
}

static void print_branch_keys(struct printer *printer, const struct rule *rule)
{
    for (size_t i = 0; i < rule->u.discriminator.key_count; i++) {
        const struct schema_branch_key *key = &rule->u.discriminator.keys[i];
        struct line line = begin_named(printer, key->value, "");
        if (key->branch == SCHEMA_BRANCH_SHARED)
            buf_add_text(printer->out, "several: all are tried");
        else
            print_reference(printer, rule->u.discriminator.list.items[key->branch]);
        line_end(line, NULL);
    }
}

/* ---- schemas ---- */

static void print_rule(struct printer *printer, const struct rule *rule)
{
    struct line line = line_begin(printer, "    ", keyword_name(rule->keyword));
    print_operand(printer, rule);
    line_end(line, rule->node);
    if (rule->keyword == KEYWORD_PROPERTIES)
        print_properties(printer, rule->u.object);
    else if (rule->keyword == KEYWORD_DEPENDENT_REQUIRED ||
             rule->keyword == KEYWORD_DEPENDENT_SCHEMAS)
        print_dependencies(printer, rule);
    else if (rule->keyword == KEYWORD_DISCRIMINATOR)
        print_branch_keys(printer, rule);
}

static void print_head(struct printer *printer, size_t number, const struct schema *schema)
{
    struct str name = name_of(schema);
    bool told = name.len > 0 && !str_is(name, "schema") && !str_is(name, "items");
    buf_printf(printer->out, "#%zu ", number);
    if (told)
        buf_printf(printer->out, "%.*s ", (int)name.len, name.data);
    printer->source = NULL;
    print_place(printer, schema->node);
    printer->source = schema->node->source;
    struct str title = json_member_text(schema->node, "title", str_make("", 0));
    if (title.len > 0 && !str_equal(title, name))
        buf_printf(printer->out, " %.*s", (int)title.len, title.data);
    if (schema->nullable)
        buf_add_text(printer->out, " (or null)");
    if (schema->needs_marks)
        buf_add_text(printer->out, " (marks what is evaluated)");
    buf_add_char(printer->out, '\n');
}

static void print_schema(struct printer *printer, size_t number, const struct schema *schema)
{
    print_head(printer, number, schema);
    if (schema->kind != SCHEMA_RULES) {
        struct line line = line_begin(printer, "    ", "accepts");
        print_reference(printer, schema);
        line_end(line, NULL);
    }
    for (size_t i = 0; i < schema->rule_count; i++)
        print_rule(printer, &schema->rules[i]);
}

void schema_print(const struct schema *schema, struct buf *out)
{
    struct printer printer = {.out = out};
    arena_init(&printer.arena, SCRATCH_BLOCK, NULL);
    map_init(&printer.numbers, &printer.arena);
    number_of(&printer, schema_resolve(schema));
    for (size_t i = 0; i < printer.count; i++)
        print_schema(&printer, i, printer.queue[i]);
    arena_clear(&printer.arena);
}
