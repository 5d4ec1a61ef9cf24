#include "mock/seed.h"

#include "base/clock.h"
#include "base/rng.h"
#include "mock/record.h"
#include "schema/validate.h"
#include "store/fixture.h"

enum { VIOLATIONS_PER_RECORD = 100 };

struct seeding {
    struct bill *bill;
    const struct seed_options *options;
    struct arena *arena;
    struct diags *diags;
    struct store *store;
    struct rng rng;
};

/* Without a request: headers and path variables give their defaults. */
static void make_fill(void *context, const struct fill *fill, struct buf *out)
{
    struct seeding *seeding = context;
    char uuid[37];
    switch (fill->kind) {
    case FILL_VALUE:
    case FILL_HEADER:
    case FILL_PATH:
        buf_add_str(out, fill->fallback);
        return;
    case FILL_UUID4:
        rng_uuid4(&seeding->rng, uuid);
        buf_printf(out, "\"%s\"", uuid);
        return;
    case FILL_NOW:
        buf_add_char(out, '"');
        clock_print_rfc3339(seeding->options->now_ns, out);
        buf_add_char(out, '"');
        return;
    case FILL_PAGE: /* of answers, not of records */
        return;
    }
}

static void report(struct seeding *seeding, const struct json_node *record,
                   const struct violation *violation)
{
    struct buf path;
    struct buf words;
    buf_init(&path, seeding->arena);
    buf_init(&words, seeding->arena);
    json_path_print(violation->path, &path);
    violation_describe(violation, &words);
    const struct json_node *at = violation->instance != NULL && violation->instance->source != NULL
                                     ? violation->instance
                                     : record;
    const char *remedy = NULL;
    if (violation->rule != NULL && violation->rule->source != NULL) {
        struct source_position rule =
            source_position(violation->rule->source, violation->rule->offset);
        remedy = arena_printf(seeding->arena, "the rule is at %s:%u:%u",
                              violation->rule->source->name, rule.line, rule.column);
    }
    diag_error(seeding->diags, json_place(at), remedy, "%s: %s", buf_text(&path), buf_text(&words));
}

static bool check(struct seeding *seeding, const struct behavior *behavior,
                  const struct json_node *record, const struct json_node *completed)
{
    struct validation validation = {.arena = seeding->arena,
                                    .direction = DIRECTION_RESPONSE,
                                    .max_violations = VIOLATIONS_PER_RECORD};
    enum validate_outcome outcome =
        schema_validate(behavior->record_schema, completed, &validation);
    for (const struct violation *violation = validation.first; violation != NULL;
         violation = violation->next)
        report(seeding, record, violation);
    if (outcome == VALIDATE_TOO_DEEP || outcome == VALIDATE_PATTERN_BUDGET)
        diag_error(seeding->diags, json_place(record), "make it simpler",
                   "the record is too costly to check");
    return outcome == VALIDATE_VALID;
}

/* A member that the records do not have: left out of them, or kept although it looks like a slip.
 */
static void warn_of_member(struct seeding *seeding, const struct shape *record,
                           const struct json_node *member)
{
    const struct schema_object *object = record->object;
    struct str name = json_name(member);
    if (schema_object_find(object, name, str_hash(name)) != NULL)
        return;
    const char **names = arena_alloc(seeding->arena, (object->count + 1) * sizeof *names);
    for (size_t i = 0; i < object->count; i++)
        names[i] = arena_copy(seeding->arena, object->properties[i].name);
    names[object->count] = NULL;
    const char *nearest = str_nearest(name, names);
    if (record->open && (nearest == NULL || object->additional != NULL || object->count == 0))
        return;
    diag_warning(seeding->diags, json_name_place(member),
                 nearest != NULL ? arena_printf(seeding->arena, "did you mean \"%s\"?", nearest)
                                 : "declare it in the schema of the answer, or take it away",
                 "the schema of the records has no member \"%.*s\"%s", (int)name.len, name.data,
                 record->open ? "" : ": it is left out");
}

static void warn_of_members(struct seeding *seeding, const struct shape *record,
                            const struct json_node *node)
{
    if (record == NULL || record->object == NULL || !json_is(node, JSON_OBJECT))
        return;
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member))
        warn_of_member(seeding, record, member);
}

static void add_record(struct seeding *seeding, const struct part *part,
                       const struct behavior *behavior, const struct fixture_record *entry,
                       struct collection *collection)
{
    struct record_maker maker;
    struct shape_source source = {.context = seeding,
                                  .fill = make_fill,
                                  .scratch = seeding->arena,
                                  .print_nulls = part->print_nulls,
                                  .style = part_number_style(part)};
    record_maker_init(&maker, behavior, &source);
    struct json_node *record = json_copy(seeding->arena, entry->node);
    if (entry->key.data != NULL && behavior->key.count == 1 &&
        json_member_str(record, behavior->key.items[0]) == NULL)
        json_set(seeding->arena, record, behavior->key.items[0],
                 json_new_string(seeding->arena, entry->key));
    record_maker_complete(&maker, record);
    if (!check(seeding, behavior, entry->node, record))
        return;
    warn_of_members(seeding, behavior->record, entry->node);
    struct buf text;
    buf_init(&text, seeding->arena);
    struct str key = record_maker_key(&maker, record);
    record_maker_write(&maker, record, &text);
    enum store_outcome outcome = collection_create(collection, key, buf_str(&text));
    if (outcome == STORE_EXISTS)
        diag_error(seeding->diags, json_place(entry->node), "give each record a key of its own",
                   "another record of \"%.*s\" has the key \"%.*s\"", (int)behavior->collection.len,
                   behavior->collection.data, (int)key.len, key.data);
    else if (outcome == STORE_FULL)
        diag_error(seeding->diags, json_place(entry->node), "raise the store's limits",
                   "the store is full");
}

static void report_unknown_collection(struct seeding *seeding,
                                      const struct fixture_collection *collection)
{
    const struct bill *bill = seeding->bill;
    const char **names =
        arena_alloc_zero(seeding->arena, (bill_operation_count(bill) + 1) * sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < bill->count; i++) {
        const struct part *part = bill->parts[i];
        for (size_t j = 0; j < part->contract->operation_count; j++) {
            const struct behavior *behavior = part->roles[j].behavior;
            if (behavior != NULL && behavior->collection.len > 0)
                names[count++] = arena_copy(seeding->arena, behavior->collection);
        }
    }
    const char *nearest = str_nearest(collection->name, names);
    const char *remedy =
        nearest != NULL ? arena_printf(seeding->arena, "did you mean \"%s\"?", nearest)
        : count > 0     ? arena_printf(seeding->arena, "there is, for example, \"%s\"", names[0])
                        : "an overlay with x-understudy names collections";
    diag_error(seeding->diags, collection->place, remedy,
               "no operation keeps a collection \"%.*s\"", (int)collection->name.len,
               collection->name.data);
}

static void add_collection(struct seeding *seeding, const struct fixture_collection *entries)
{
    struct part *part = NULL;
    const struct behavior *behavior = bill_find_writer(seeding->bill, entries->name, &part);
    if (behavior == NULL) {
        report_unknown_collection(seeding, entries);
        return;
    }
    struct collection *collection = store_collection(seeding->store, entries->name);
    for (size_t i = 0; i < entries->count; i++)
        add_record(seeding, part, behavior, &entries->records[i], collection);
}

/* An empty store, whose snapshots fit where the former ones do. */
static struct store *new_store(const struct seed_options *options)
{
    struct store *store = store_new(&options->limits, options->former);
    for (struct collection *c = store_first(store); c != NULL; c = collection_next(c))
        collection_clear(c);
    return store;
}

bool seed_read(struct bill *bill, const struct seed_options *options, struct arena *arena,
               struct diags *diags, struct snapshot **snapshot)
{
    struct fixture fixture;
    size_t errors = diags->errors;
    struct seeding seeding = {.bill = bill,
                              .options = options,
                              .arena = arena,
                              .diags = diags,
                              .store = new_store(options)};
    rng_seed(&seeding.rng, options->seed);
    fixture_init(&fixture, arena);
    for (size_t i = 0; i < options->path_count; i++)
        fixture_read_file(&fixture, options->paths[i], NULL, diags);
    for (size_t i = 0; i < fixture.count; i++)
        add_collection(&seeding, &fixture.collections[i]);
    *snapshot = diags->errors == errors ? store_snapshot(seeding.store) : NULL;
    store_free(seeding.store);
    return *snapshot != NULL;
}
