#include "mock/part.h"

#include "base/mem.h"
#include "mock/behavior.h"
#include "mock/behavior_check.h"
#include "mock/behavior_names.h"
#include "mock/dialect_template.h"
#include "mock/rules.h"

#include <stdlib.h>

enum { ARENA_BLOCK = 16384 };

enum json_style part_number_style(const struct part *part)
{
    return part->pydantic_values ? JSON_PYDANTIC : JSON_EXACT;
}

/* ---- which dialect an operation speaks ---- */

static const struct schema *property_schema(const struct schema *schema, const char *name)
{
    const struct schema_object *object = schema != NULL ? schema_object(schema) : NULL;
    if (object == NULL)
        return NULL;
    struct str wanted = str_from(name);
    const struct schema_property *property = schema_object_find(object, wanted, str_hash(wanted));
    return property != NULL ? property->schema : NULL;
}

static const struct schema *item_schema(const struct schema *schema)
{
    const struct rule *rule =
        schema != NULL ? schema_rule(schema_resolve(schema), KEYWORD_ITEMS) : NULL;
    return rule != NULL ? rule->u.schema : NULL;
}

static const struct media_type *json_content(const struct response_spec *response)
{
    for (size_t i = 0; response != NULL && i < response->content_count; i++)
        if (media_type_is_json(response->content[i].range))
            return &response->content[i];
    return NULL;
}

/* HTTPValidationError by its shape: detail is a list of {loc, msg, type}. */
static bool speaks_fastapi(const struct operation *operation)
{
    const struct media_type *content = json_content(operation_response(operation, 422));
    const struct schema *entry =
        item_schema(property_schema(content != NULL ? content->schema : NULL, "detail"));
    return property_schema(entry, "loc") != NULL && property_schema(entry, "msg") != NULL &&
           property_schema(entry, "type") != NULL;
}

static enum dialect_kind dialect_of(const struct part *part, const struct operation *operation)
{
    if (part->dialect != DIALECT_AUTO)
        return part->dialect;
    return speaks_fastapi(operation) ? DIALECT_FASTAPI : DIALECT_PROBLEM;
}

/* ---- roles ---- */

/* The schema of the records inside an answer: along `items`, then into the array. */
static const struct schema *record_schema(const struct behavior *behavior,
                                          const struct schema *answer)
{
    for (size_t i = 0; answer != NULL && i < behavior->items.count; i++) {
        const struct schema_object *object = schema_object(answer);
        struct str name = behavior->items.items[i];
        const struct schema_property *property =
            object != NULL ? schema_object_find(object, name, str_hash(name)) : NULL;
        answer = property != NULL ? property->schema : NULL;
    }
    const struct schema *element = item_schema(answer);
    return element != NULL ? element : answer;
}

static bool check_fills(const struct behavior *behavior, const struct json_node *node,
                        struct diags *diags)
{
    const struct schema_object *object = schema_object(behavior->record_schema);
    const struct json_node *fills = json_member(node, "fill");
    size_t errors = diags->errors;
    for (size_t i = 0; i < behavior->fill_count; i++) {
        struct str name = behavior->fills[i].member;
        const struct json_node *member = json_member_str(fills, name);
        if (schema_object_find(object, name, str_hash(name)) == NULL)
            diag_error(
                diags, json_name_place(member), "name a property that the answer's schema declares",
                "fill of \"%.*s\": the records have no such property", (int)name.len, name.data);
    }
    return diags->errors == errors;
}

/* Prints constant fills in the shape that the schema gives them (defaults inside, key order). */
static void shape_constants(struct part *part, struct behavior *behavior,
                            const struct json_node *node)
{
    const struct schema_object *object = schema_object(behavior->record_schema);
    struct shape_source source = {.scratch = &part->arena,
                                  .print_nulls = part->print_nulls,
                                  .style = part_number_style(part)};
    for (size_t i = 0; i < behavior->fill_count; i++) {
        struct fill *fill = &behavior->fills[i];
        const struct json_node *value =
            json_member(json_member_str(json_member(node, "fill"), fill->member), "value");
        if (fill->kind != FILL_VALUE || value == NULL)
            continue;
        const struct schema_property *property =
            schema_object_find(object, fill->member, str_hash(fill->member));
        struct buf text;
        buf_init(&text, &part->arena);
        shape_write(shape_make(&part->shapes, property->schema), value, &source, &text);
        fill->fallback = buf_str(&text);
    }
}

static const struct media_type *json_body(const struct operation *operation)
{
    for (size_t i = 0; i < operation->body_count; i++)
        if (media_type_is_json(operation->bodies[i].range))
            return &operation->bodies[i];
    return NULL;
}

/* The members of a record as it is sent; NULL where any member may be sent. */
static const struct schema_object *sent_members(const struct behavior *behavior,
                                                const struct operation *operation)
{
    const struct media_type *body = json_body(operation);
    const struct schema *schema = body != NULL ? record_schema(behavior, body->schema) : NULL;
    const struct schema_object *object = schema != NULL ? schema_object(schema) : NULL;
    bool open = object == NULL || object->count == 0 || object->additional != NULL ||
                object->pattern_count > 0;
    return open ? NULL : object;
}

/* A pydantic model drops what it does not declare: it cannot get into a new record. */
static void ignore_undeclared(struct behavior *behavior, struct shape *record,
                              const struct operation *operation)
{
    const struct schema_object *sent = sent_members(behavior, operation);
    bool is_new = behavior->action == ACTION_CREATE || behavior->action == ACTION_UPSERT;
    if (sent == NULL || !is_new)
        return;
    for (size_t i = 0; i < record->count; i++) {
        struct str name = record->object->properties[i].name;
        record->members[i].ignored = schema_object_find(sent, name, str_hash(name)) == NULL;
    }
    for (size_t i = 0; i < behavior->fill_count; i++) {
        struct str name = behavior->fills[i].member;
        if (schema_object_find(sent, name, str_hash(name)) == NULL)
            behavior->fills[i].always = true;
    }
}

static bool finish_behavior(struct part *part, struct role *role, const struct operation *operation,
                            struct diags *diags)
{
    struct behavior *behavior = role->behavior;
    const struct json_node *node = operation->behavior;
    if (behavior->action == ACTION_DELETE || behavior->action == ACTION_ANSWER)
        return true;
    const struct schema *answer = role->success != NULL ? role->success->schema : NULL;
    behavior->record_schema = answer != NULL ? record_schema(behavior, answer) : NULL;
    if (behavior->record_schema == NULL || schema_object(behavior->record_schema) == NULL) {
        const struct json_node *items = json_member(node, "items");
        diag_error(diags, json_place(items != NULL ? items : node),
                   "items must lead to objects with declared properties in the success answer",
                   "the answer of %.*s has no records there", (int)operation->label.len,
                   operation->label.data);
        return false;
    }
    if (!check_fills(behavior, node, diags))
        return false;
    shape_constants(part, behavior, node);
    struct shape *record = shape_make_record(&part->shapes, behavior->record_schema,
                                             behavior->fills, behavior->fill_count);
    if (part->pydantic_values)
        ignore_undeclared(behavior, record, operation);
    behavior->record = record;
    behavior->answer = shape_make(&part->shapes, answer);
    if (behavior->wrap_count > 0) {
        if (!behavior_check_wraps(behavior, answer, node, diags))
            return false;
        behavior->answer =
            shape_make_record(&part->shapes, answer, behavior->wraps, behavior->wrap_count);
    }
    const struct media_type *body = json_body(operation);
    struct behavior_promise promise = {
        .behavior = behavior,
        .label = operation->label,
        .sent = body != NULL ? record_schema(behavior, body->schema) : NULL,
        .node = node,
        .print_nulls = part->print_nulls,
    };
    behavior_check_promises(&promise, diags);
    return true;
}

static bool finish_rules(struct part *part, struct behavior *behavior,
                         const struct operation *operation, struct diags *diags)
{
    if (behavior->rules == NULL)
        return true;
    const struct media_type *body = json_body(operation);
    struct overlay_reader reader = {&part->arena, diags};
    struct rules_subject subject = {
        .label = operation->label,
        .record = body != NULL ? record_schema(behavior, body->schema) : NULL,
        .kept = behavior->collection.len > 0 ? behavior->record_schema : NULL,
        .key = &behavior->key,
        .takes_body = body != NULL,
    };
    return rules_finish(behavior->rules, &subject, &reader);
}

static const struct dialect *make_voice(struct part *part, enum dialect_kind kind,
                                        const struct error_bodies *own)
{
    return dialect_with_bodies(&part->arena, dialect_find(kind), own, part->errors);
}

static bool finish_role(struct part *part, struct operation *operation, struct diags *diags)
{
    struct role *role = &part->roles[operation->index];
    const struct response_spec *success = operation_success(operation);
    role->dialect = dialect_of(part, operation);
    role->status = success != NULL && success->status >= 200 ? success->status : 200;
    role->success = json_content(success);
    role->success_node = success != NULL ? success->node : NULL;
    struct behavior *behavior = role->behavior;
    role->voice = make_voice(part, role->dialect, behavior != NULL ? behavior->errors : NULL);
    if (behavior != NULL && (!finish_behavior(part, role, operation, diags) ||
                             !finish_rules(part, behavior, operation, diags)))
        return false;
    atomic_store_explicit(&role->ready, true, memory_order_release);
    return true;
}

static bool finish_role_locked(struct part *part, struct operation *operation)
{
    struct role *role = &part->roles[operation->index];
    pthread_mutex_lock(&part->lock);
    bool ready = atomic_load_explicit(&role->ready, memory_order_relaxed);
    if (!ready) {
        struct diags diags;
        diags_init(&diags);
        ready = finish_role(part, operation, &diags);
        diags_free(&diags);
    }
    pthread_mutex_unlock(&part->lock);
    return ready;
}

const struct role *part_role(struct part *part, struct operation *operation)
{
    struct role *role = &part->roles[operation->index];
    if (atomic_load_explicit(&role->ready, memory_order_acquire))
        return role;
    if (!operation_prepare(part->contract, operation, NULL))
        return NULL;
    return finish_role_locked(part, operation) ? role : NULL;
}

const struct behavior *part_find_writer(struct part *part, struct str collection)
{
    const struct behavior *found = NULL;
    for (size_t i = 0; i < part->contract->operation_count; i++) {
        const struct role *role = &part->roles[i];
        if (role->behavior == NULL || !str_equal(role->behavior->collection, collection) ||
            role->behavior->record == NULL)
            continue;
        enum action action = role->behavior->action;
        if (action == ACTION_UPSERT || action == ACTION_CREATE)
            return role->behavior;
        found = role->behavior;
    }
    return found;
}

/* ---- loading ---- */

static void index_named_schemas(struct part *part)
{
    map_init(&part->named_schemas, &part->arena);
    const struct json_node *schemas =
        json_member(json_member(part->contract->root, "components"), "schemas");
    for (const struct json_node *node = schemas != NULL ? json_first(schemas) : NULL; node != NULL;
         node = json_next(node)) {
        struct str *name = arena_alloc(&part->arena, sizeof *name);
        *name = json_name(node);
        struct str key = arena_copy_str(&part->arena, str_make((const char *)&node, sizeof node));
        map_put(&part->named_schemas, key, name);
    }
}

const struct str *part_schema_name(const struct part *part, const struct json_node *node)
{
    return map_get(&part->named_schemas, str_make((const char *)&node, sizeof node));
}

/* x-understudy at the document's root: what goes for all of it. */
static void read_root(struct part *part, struct diags *diags)
{
    static const char *const words[] = {"nulls", "values", "errors", NULL};
    const struct json_node *root = part->contract->behavior;
    struct overlay_reader reader = {&part->arena, diags};
    if (root == NULL || !overlay_check_words(&reader, root, words))
        return;
    part->print_nulls = str_is(json_member_text(root, "nulls", str_from("")), "print");
    part->pydantic_values = str_is(json_member_text(root, "values", str_from("")), "pydantic");
    const struct json_node *errors = json_member(root, "errors");
    part->errors = errors != NULL ? error_bodies_read(&reader, errors) : NULL;
}

/* Operations that act on the store are finished at load, so that their mistakes are found. */
static void read_behaviors(struct part *part, struct diags *diags)
{
    struct contract *contract = part->contract;
    for (size_t i = 0; i < contract->operation_count; i++) {
        struct operation *operation = &contract->operations[i];
        if (operation->behavior == NULL)
            continue;
        struct role *role = &part->roles[i];
        role->behavior = behavior_read(&part->arena, operation->behavior, diags);
        if (role->behavior != NULL && operation_prepare(contract, operation, diags))
            finish_role(part, operation, diags);
    }
}

/* Answers to unknown paths speak as the first operation does that declares a 422. */
static void choose_main_dialect(struct part *part)
{
    part->main_dialect = part->dialect != DIALECT_AUTO ? part->dialect : DIALECT_PROBLEM;
    for (size_t i = 0; part->dialect == DIALECT_AUTO && i < part->contract->operation_count; i++) {
        struct operation *operation = &part->contract->operations[i];
        if (operation_response(operation, 422) == NULL)
            continue;
        const struct role *role = part_role(part, operation);
        if (role == NULL)
            continue;
        part->main_dialect = role->dialect;
        return;
    }
}

struct part *part_load(const char *path, const struct part_options *options, struct diags *diags)
{
    size_t errors = diags->errors;
    struct contract *contract = contract_load(path, &options->contract, diags);
    if (contract == NULL)
        return NULL;
    size_t broken_operations = diags->errors - errors;
    struct part *part = mem_alloc_zero(sizeof *part);
    atomic_init(&part->references, 1);
    part->contract = contract;
    arena_init(&part->arena, ARENA_BLOCK, NULL);
    pthread_mutex_init(&part->lock, NULL);
    part->dialect = options->dialect;
    part->query_format = options->query_format;
    part->form_format = options->form_format;
    part->roles =
        arena_alloc_zero(&part->arena, (contract->operation_count + 1) * sizeof *part->roles);
    shape_maker_init(&part->shapes, &part->arena);
    index_named_schemas(part);
    read_root(part, diags);
    read_behaviors(part, diags);
    behavior_check_names(part, diags);
    if (diags->errors - errors > broken_operations) {
        part_discard(part, diags);
        return NULL;
    }
    choose_main_dialect(part);
    part->main_voice = make_voice(part, part->main_dialect, NULL);
    return part;
}

struct part *part_retain(struct part *part)
{
    atomic_fetch_add(&part->references, 1);
    return part;
}

static void free_part(struct part *part)
{
    arena_clear(&part->arena);
    pthread_mutex_destroy(&part->lock);
    free(part);
}

void part_release(struct part *part)
{
    if (part == NULL || atomic_fetch_sub(&part->references, 1) > 1)
        return;
    contract_release(part->contract);
    free_part(part);
}

void part_discard(struct part *part, struct diags *diags)
{
    contract_discard(part->contract, diags);
    free_part(part);
}
