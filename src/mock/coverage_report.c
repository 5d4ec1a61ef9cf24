#include "mock/coverage_report.h"

/* ---- words ---- */

const char *coverage_kind_name(enum coverage_kind kind)
{
    static const char *const names[COVERAGE_KINDS] = {
        [COVERAGE_OPERATIONS] = "operations", [COVERAGE_PARAMETERS] = "parameters",
        [COVERAGE_STATUSES] = "statuses",     [COVERAGE_PROPERTIES] = "properties",
        [COVERAGE_VALUES] = "values",         [COVERAGE_KEYWORDS] = "keywords",
    };
    return names[kind];
}

double coverage_percent(struct coverage_share share)
{
    return share.total > 0 ? 100.0 * (double)share.covered / (double)share.total : 100.0;
}

double coverage_percent_shown(struct coverage_share share)
{
    return (double)(int64_t)(coverage_percent(share) * 10) / 10;
}

void coverage_write_status(int status, struct buf *out)
{
    if (status > 0)
        buf_add_int(out, status);
    else if (status < 0)
        buf_printf(out, "%dXX", -status);
    else
        buf_add_text(out, "default");
}

void coverage_write_place(const struct json_node *node, struct buf *out)
{
    if (node != NULL && node->source != NULL)
        buf_printf(out, "%s:%u", node->source->name,
                   source_position(node->source, node->offset).line);
}

/* ---- the walk ---- */

/* A schema that is still to be looked at, and where its value stands. */
struct spot {
    struct spot *next;
    const struct schema *schema;
    struct str path;
};

/* A group that is still to be filled. */
struct pending {
    struct pending *next;
    struct schema_group *group;
    const struct schema *root;
};

struct walk {
    struct arena *arena;
    struct coverage_report *report;
    struct part *part; /* at present */
    const struct coverage_part *counts;
    struct map seen; /* ids of the part's schemas */
    struct operation_row **last_operation;
    struct schema_group **last_group;
    struct pending *first_pending;
    struct pending **last_pending;
    struct spot *spots; /* of the group at hand, nearest first */
    struct schema_group *group;
    struct property_row **last_property;
    struct value_row **last_value;
    struct keyword_row **last_keyword;
};

static void earn(struct walk *walk, enum coverage_kind kind, bool covered)
{
    struct coverage_report *report = walk->report;
    report->shares[kind].total++;
    report->shares[kind].covered += covered;
    report->all.total++;
    report->all.covered += covered;
}

/* True the first time that it is asked about a schema. */
static bool is_new(struct walk *walk, const struct schema *schema)
{
    struct str key = str_make((const char *)&schema->id, sizeof schema->id);
    if (map_get(&walk->seen, key) != NULL)
        return false;
    map_put(&walk->seen, key, walk);
    return true;
}

static void open_group(struct walk *walk, struct str name, const struct schema *root)
{
    struct schema_group *group = arena_alloc_zero(walk->arena, sizeof *group);
    struct pending *pending = arena_alloc_zero(walk->arena, sizeof *pending);
    *group = (struct schema_group){.name = name, .node = root->node};
    *pending = (struct pending){.group = group, .root = root};
    *walk->last_pending = pending;
    walk->last_pending = &pending->next;
}

/* ---- the rows of one schema ---- */

static struct str path_below(struct walk *walk, struct str path, struct str step)
{
    struct buf out;
    buf_init(&out, walk->arena);
    buf_add_str(&out, path);
    buf_add_char(&out, '/');
    buf_add_str(&out, step);
    return buf_str(&out);
}

static void add_property(struct walk *walk, const struct spot *spot,
                         const struct schema_property *property)
{
    struct property_row *row = arena_alloc_zero(walk->arena, sizeof *row);
    row->path = path_below(walk, spot->path, property->name);
    row->required = property->required_rule != NULL;
    row->count = coverage_reached(walk->counts, property->schema);
    *walk->last_property = row;
    walk->last_property = &row->next;
    earn(walk, COVERAGE_PROPERTIES, row->count > 0);
}

static void add_value(struct walk *walk, const struct spot *spot, const struct json_node *value)
{
    const struct counter_block *block = counters_find(walk->counts->schemas, spot->schema->id);
    struct value_row *row = arena_alloc_zero(walk->arena, sizeof *row);
    row->path = spot->path;
    row->value = value;
    row->count = counter_read(block, coverage_place_value(spot->schema, value));
    *walk->last_value = row;
    walk->last_value = &row->next;
    earn(walk, COVERAGE_VALUES, row->count > 0);
}

static void add_keyword(struct walk *walk, const struct spot *spot, struct keyword_row keyword)
{
    struct keyword_row *row = arena_alloc(walk->arena, sizeof *row);
    *row = keyword;
    row->path = spot->path;
    *walk->last_keyword = row;
    walk->last_keyword = &row->next;
    earn(walk, COVERAGE_KEYWORDS, row->satisfied > 0);
}

/*
 * `required` and `additionalProperties: false` are part of one rule with
 * `properties`; what is known of them is how often they were broken.
 */
static void add_member_keyword(struct walk *walk, const struct spot *spot, size_t rule,
                               enum keyword keyword, const struct json_node *node, uint32_t place)
{
    const struct counter_block *block = counters_find(walk->counts->schemas, spot->schema->id);
    uint32_t broken = counter_read(block, place);
    uint32_t failed = counter_read(block, coverage_place_rule(rule, false));
    uint32_t elsewhere = failed > broken ? failed - broken : 0;
    add_keyword(walk, spot,
                (struct keyword_row){
                    .keyword = keyword,
                    .node = node,
                    .satisfied = counter_read(block, coverage_place_rule(rule, true)) + elsewhere,
                    .violated = broken,
                });
}

static void add_members(struct walk *walk, const struct spot *spot, size_t index)
{
    const struct schema *schema = spot->schema;
    const struct schema_object *object = schema->rules[index].u.object;
    const struct json_node *required = NULL;
    for (size_t i = 0; i < object->count; i++) {
        if (object->properties[i].schema != NULL)
            add_property(walk, spot, &object->properties[i]);
        if (required == NULL)
            required = object->properties[i].required_rule;
    }
    if (required != NULL)
        add_member_keyword(walk, spot, index, KEYWORD_REQUIRED, required,
                           coverage_place_missing(schema));
    if (object->additional != NULL && object->additional->kind == SCHEMA_NEVER)
        add_member_keyword(walk, spot, index, KEYWORD_ADDITIONAL_PROPERTIES,
                           object->additional_rule, coverage_place_undeclared(schema));
}

/* Ways to other schemas, which have keywords of their own. */
static bool is_way(const struct rule *rule)
{
    switch (rule->keyword) {
    case KEYWORD_REF:
    case KEYWORD_DYNAMIC_REF:
    case KEYWORD_PROPERTIES:
    case KEYWORD_ITEMS:
    case KEYWORD_PREFIX_ITEMS:
    case KEYWORD_ALL_OF:
    case KEYWORD_DEPENDENT_SCHEMAS:
        return true;
    case KEYWORD_FORMAT:
        return rule->u.format_annotates;
    default:
        return false;
    }
}

static void add_rule(struct walk *walk, const struct spot *spot, size_t index)
{
    const struct rule *rule = &spot->schema->rules[index];
    const struct counter_block *block = counters_find(walk->counts->schemas, spot->schema->id);
    if (rule->keyword == KEYWORD_PROPERTIES)
        add_members(walk, spot, index);
    if (rule->keyword == KEYWORD_ENUM)
        for (const struct json_node *value = json_first(rule->u.value); value != NULL;
             value = json_next(value))
            add_value(walk, spot, value);
    if (!is_way(rule))
        add_keyword(walk, spot,
                    (struct keyword_row){
                        .keyword = rule->keyword,
                        .node = rule->node,
                        .satisfied = counter_read(block, coverage_place_rule(index, true)),
                        .violated = counter_read(block, coverage_place_rule(index, false)),
                    });
}

/* ---- from schema to schema ---- */

static struct str child_path(struct walk *walk, struct str path, const struct rule *rule, size_t n)
{
    if (keyword_is_in_place(rule->keyword))
        return path;
    if (rule->keyword == KEYWORD_PROPERTIES && n < rule->u.object->count)
        return path_below(walk, path, rule->u.object->properties[n].name);
    if (rule->keyword == KEYWORD_PREFIX_ITEMS)
        return path_below(walk, path, str_from(arena_printf(walk->arena, "%zu", n)));
    return path_below(walk, path, str_from("*"));
}

static void push_children(struct walk *walk, const struct spot *spot)
{
    for (size_t i = spot->schema->rule_count; i-- > 0;) {
        const struct rule *rule = &spot->schema->rules[i];
        for (size_t n = rule_child_count(rule); n-- > 0;) {
            const struct schema *child = rule_child(rule, n);
            if (child == NULL || child->kind != SCHEMA_RULES)
                continue;
            struct spot *next = arena_alloc(walk->arena, sizeof *next);
            *next = (struct spot){walk->spots, child, child_path(walk, spot->path, rule, n)};
            walk->spots = next;
        }
    }
}

static void visit(struct walk *walk, const struct spot *spot)
{
    const struct schema *schema = spot->schema;
    const struct str *name = part_schema_name(walk->part, schema->node);
    if (!is_new(walk, schema))
        return;
    if (name != NULL && schema->node != walk->group->node) {
        open_group(walk, *name, schema);
        return;
    }
    for (size_t i = 0; i < schema->rule_count; i++)
        add_rule(walk, spot, i);
    push_children(walk, spot);
}

static bool is_empty(const struct schema_group *group)
{
    return group->properties == NULL && group->values == NULL && group->keywords == NULL;
}

static void fill_group(struct walk *walk, const struct pending *pending)
{
    struct schema_group *group = pending->group;
    struct spot root = {NULL, pending->root, str_from("")};
    walk->group = group;
    walk->last_property = &group->properties;
    walk->last_value = &group->values;
    walk->last_keyword = &group->keywords;
    for (size_t i = 0; i < root.schema->rule_count; i++)
        add_rule(walk, &root, i);
    push_children(walk, &root);
    while (walk->spots != NULL) {
        struct spot *spot = walk->spots;
        walk->spots = spot->next;
        visit(walk, spot);
    }
    if (is_empty(group))
        return;
    *walk->last_group = group;
    walk->last_group = &group->next;
}

/* A schema of a parameter or a body, under the name of its component or a name of ours. */
static void add_root(struct walk *walk, const struct schema *schema, const char *own_name)
{
    if (schema == NULL || schema->kind != SCHEMA_RULES || !is_new(walk, schema))
        return;
    const struct str *name = part_schema_name(walk->part, schema->node);
    open_group(walk, name != NULL ? *name : str_from(own_name), schema);
}

/* ---- operations ---- */

static struct status_row *add_status(struct walk *walk, struct status_row ***last, int status,
                                     bool declared)
{
    struct status_row *row = arena_alloc(walk->arena, sizeof *row);
    *row = (struct status_row){.status = status, .declared = declared};
    **last = row;
    *last = &row->next;
    return row;
}

/* The statuses that were answered, each to the response that declares it, or as it is. */
static void add_statuses(struct walk *walk, struct operation_row *row)
{
    const struct operation *operation = row->operation;
    const struct counter_block *block = counters_find(walk->counts->operations, operation->index);
    struct status_row **last = &row->statuses;
    for (size_t i = 0; i < operation->response_count; i++)
        add_status(walk, &last, operation->responses[i].status, true);
    for (int code = 100; block != NULL && code < 600; code++) {
        uint32_t count = counter_read(block, coverage_place_status(operation, code));
        const struct response_spec *response =
            count > 0 ? operation_response(operation, code) : NULL;
        struct status_row *declared = row->statuses;
        while (response != NULL && declared->status != response->status)
            declared = declared->next;
        if (response != NULL)
            declared->count += count;
        else if (count > 0)
            add_status(walk, &last, code, false)->count = count;
    }
    for (const struct status_row *status = row->statuses; status != NULL; status = status->next)
        if (status->declared)
            earn(walk, COVERAGE_STATUSES, status->count > 0);
}

static void add_parameters(struct walk *walk, struct operation_row *row)
{
    static const char *const places[] = {"path", "query", "header", "cookie"};
    const struct operation *operation = row->operation;
    const struct counter_block *block = counters_find(walk->counts->operations, operation->index);
    row->parameters =
        arena_alloc(walk->arena, (operation->parameter_count + 1) * sizeof *row->parameters);
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        row->parameters[i] = (struct parameter_row){
            .parameter = parameter,
            .present = counter_read(block, coverage_place_parameter(i, true)),
            .absent = counter_read(block, coverage_place_parameter(i, false)),
        };
        earn(walk, COVERAGE_PARAMETERS, row->parameters[i].present > 0);
        add_root(walk, parameter->schema,
                 arena_printf(walk->arena, "%.*s: %s %.*s", (int)operation->label.len,
                              operation->label.data, places[parameter->in],
                              (int)parameter->name.len, parameter->name.data));
    }
}

static void add_bodies(struct walk *walk, const struct operation *operation)
{
    for (size_t i = 0; i < operation->body_count; i++)
        add_root(walk, operation->bodies[i].schema,
                 arena_printf(walk->arena, "%.*s: body %.*s", (int)operation->label.len,
                              operation->label.data, (int)operation->bodies[i].range.len,
                              operation->bodies[i].range.data));
}

static void add_operation(struct walk *walk, struct operation *operation)
{
    struct operation_row *row = arena_alloc_zero(walk->arena, sizeof *row);
    row->operation = operation;
    row->broken = part_role(walk->part, operation) == NULL;
    row->count = counter_read(counters_find(walk->counts->operations, operation->index),
                              coverage_place_hits());
    *walk->last_operation = row;
    walk->last_operation = &row->next;
    earn(walk, COVERAGE_OPERATIONS, row->count > 0);
    if (row->broken)
        return;
    add_statuses(walk, row);
    add_parameters(walk, row);
    add_bodies(walk, operation);
}

static void add_part(struct walk *walk, struct part *part, const struct coverage_part *counts)
{
    walk->part = part;
    walk->counts = counts;
    walk->first_pending = NULL;
    walk->last_pending = &walk->first_pending;
    map_init(&walk->seen, walk->arena);
    for (size_t i = 0; i < part->contract->operation_count; i++)
        add_operation(walk, &part->contract->operations[i]);
    for (struct pending *pending = walk->first_pending; pending != NULL; pending = pending->next)
        fill_group(walk, pending);
}

void coverage_report(const struct coverage *coverage, struct arena *arena,
                     struct coverage_report *report)
{
    *report = (struct coverage_report){.tally = &coverage->tally};
    struct walk walk = {.arena = arena,
                        .report = report,
                        .last_operation = &report->operations,
                        .last_group = &report->groups};
    for (size_t i = 0; i < coverage->bill->count; i++)
        add_part(&walk, coverage->bill->parts[i], &coverage->parts[i]);
}
