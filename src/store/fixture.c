#include "store/fixture.h"

#include "json/writer.h"

#include <errno.h>

void fixture_init(struct fixture *fixture, struct arena *arena)
{
    *fixture = (struct fixture){.arena = arena};
    map_init(&fixture->by_name, arena);
}

/* --- collecting -------------------------------------------------------------------- */

/* The index of the collection of that name, plus one; 0: none. */
static size_t find(const struct fixture *fixture, struct str name)
{
    return (size_t)(uintptr_t)map_get(&fixture->by_name, name);
}

const struct fixture_collection *fixture_find(const struct fixture *fixture, struct str name)
{
    size_t found = find(fixture, name);
    return found > 0 ? &fixture->collections[found - 1] : NULL;
}

/* The collection that a member of the document names, made if it is new. */
static struct fixture_collection *need(struct fixture *fixture, const struct json_node *member)
{
    struct str name = json_name(member);
    size_t found = find(fixture, name);
    if (found > 0)
        return &fixture->collections[found - 1];
    if (fixture->count == fixture->capacity) {
        size_t capacity = fixture->capacity > 0 ? fixture->capacity * 2 : 4;
        fixture->collections = arena_grow(fixture->arena, fixture->collections,
                                          fixture->capacity * sizeof *fixture->collections,
                                          capacity * sizeof *fixture->collections);
        fixture->capacity = capacity;
    }
    fixture->collections[fixture->count++] =
        (struct fixture_collection){.name = name, .place = json_name_place(member)};
    map_put(&fixture->by_name, name, (void *)(uintptr_t)fixture->count);
    return &fixture->collections[fixture->count - 1];
}

static void add_record(struct fixture *fixture, struct fixture_collection *collection,
                       struct str key, const struct json_node *node)
{
    if (collection->count == collection->capacity) {
        size_t capacity = collection->capacity > 0 ? collection->capacity * 2 : 16;
        collection->records = arena_grow(fixture->arena, collection->records,
                                         collection->capacity * sizeof *collection->records,
                                         capacity * sizeof *collection->records);
        collection->capacity = capacity;
    }
    collection->records[collection->count++] = (struct fixture_record){key, node};
}

/* --- the shape of a file ----------------------------------------------------------- */

static const char *type_of(const struct json_node *node)
{
    return json_type_name((enum json_type)node->type);
}

static void read_list(struct fixture *fixture, const struct json_node *list, struct diags *diags)
{
    struct fixture_collection *collection = need(fixture, list);
    size_t index = 0;
    for (const struct json_node *item = json_first(list); item != NULL; item = json_next(item)) {
        if (json_is(item, JSON_OBJECT))
            add_record(fixture, collection, str_make(NULL, 0), item);
        else
            diag_error(diags, json_place(item), "write the record as an object: {name: value, ...}",
                       "record %zu of \"%s\" is of type %s, not an object", index, list->c.string,
                       type_of(item));
        index++;
    }
}

static bool holds_an_object(const struct json_node *object)
{
    for (const struct json_node *item = json_first(object); item != NULL; item = json_next(item))
        if (json_is(item, JSON_OBJECT))
            return true;
    return false;
}

static void read_keyed(struct fixture *fixture, const struct json_node *object, struct diags *diags)
{
    struct fixture_collection *collection = need(fixture, object);
    if (json_first(object) != NULL && !holds_an_object(object)) {
        diag_error(diags, json_place(object), "put it into a list: `- {name: value, ...}`",
                   "\"%s\" looks like a single record; expected a list of records",
                   object->c.string);
        return;
    }
    for (const struct json_node *item = json_first(object); item != NULL; item = json_next(item)) {
        if (json_is(item, JSON_OBJECT))
            add_record(fixture, collection, json_name(item), item);
        else
            diag_error(diags, json_place(item),
                       "write a list of records, or one object under each key",
                       "record \"%s\" of \"%s\" is of type %s, not an object", item->c.string,
                       object->c.string, type_of(item));
    }
}

static void read_collection(struct fixture *fixture, const struct json_node *member,
                            struct diags *diags)
{
    if (json_is(member, JSON_ARRAY))
        read_list(fixture, member, diags);
    else if (json_is(member, JSON_OBJECT))
        read_keyed(fixture, member, diags);
    else
        diag_error(diags, json_place(member), "write the records as a list; `[]` stands for none",
                   "collection \"%s\" is of type %s, not a list of records", member->c.string,
                   type_of(member));
}

static void read_root(struct fixture *fixture, const struct json_node *root, struct diags *diags)
{
    if (json_is(root, JSON_NULL))
        diag_error(diags, json_place(root), "name a collection and list its records: `NAME: [...]`",
                   "the fixture is empty");
    else if (!json_is(root, JSON_OBJECT))
        diag_error(diags, json_place(root), "name the collection: `NAME: [...]`",
                   "a fixture is an object that names collections; this is of type %s",
                   type_of(root));
    else
        for (const struct json_node *m = json_first(root); m != NULL; m = json_next(m))
            read_collection(fixture, m, diags);
}

bool fixture_read(struct fixture *fixture, const struct source *source,
                  const struct yaml_limits *limits, struct diags *diags)
{
    size_t errors = diags->errors;
    const struct json_node *root = json_read_document(fixture->arena, source, limits, diags);
    if (root != NULL)
        read_root(fixture, root, diags);
    return diags->errors == errors;
}

bool fixture_read_file(struct fixture *fixture, const char *path, const struct yaml_limits *limits,
                       struct diags *diags)
{
    const struct place nowhere = {NULL, 0};
    struct source *source = arena_alloc(fixture->arena, sizeof *source);
    switch (source_read(fixture->arena, path, FIXTURE_MAX_BYTES, source)) {
    case SOURCE_UNREADABLE:
        diag_error(diags, nowhere,
                   errno == EISDIR ? "name a file in it" : "check the path and its permissions",
                   "cannot read the fixture %s: %s", path, strerror(errno));
        return false;
    case SOURCE_TOO_LARGE:
        diag_error(diags, nowhere, "split it into several files", "the fixture %s is over %d MB",
                   path, FIXTURE_MAX_BYTES >> 20);
        return false;
    case SOURCE_OK:
        break;
    }
    return fixture_read(fixture, source, limits, diags);
}

/* --- out again --------------------------------------------------------------------- */

static void export_collection(struct collection *collection, struct buf *out)
{
    const struct record_query everything = {.limit = 0};
    struct record_list list = collection_list(collection, &everything);
    json_write_string(out, collection_name(collection));
    buf_add_text(out, ": [");
    for (size_t i = 0; i < list.count; i++) {
        buf_add_text(out, i > 0 ? ",\n    " : "\n    ");
        buf_add_str(out, record_text(list.records[i]));
    }
    buf_add_text(out, list.count > 0 ? "\n  ]" : "]");
    record_list_free(&list);
}

void fixture_export(struct store *store, struct buf *out)
{
    /* A store of its own on top of a snapshot stands still while it is read. */
    const struct store_limits no_limits = {.max_records = 0};
    struct snapshot *snapshot = store_snapshot(store);
    struct store *still = store_new(&no_limits, snapshot);
    snapshot_release(snapshot);
    buf_add_char(out, '{');
    struct collection *first = store_first(still);
    for (struct collection *c = first; c != NULL; c = collection_next(c)) {
        buf_add_text(out, c == first ? "\n  " : ",\n  ");
        export_collection(c, out);
    }
    buf_add_text(out, "\n}\n");
    store_free(still);
}
