/*
 * fixture: the records that a store starts with, as somebody wrote them.
 *
 * A fixture file, YAML or JSON, names collections and lists their records:
 *
 *     orders:                      # a list of records
 *       - {id: a, name: first}
 *     users:                       # or records under their keys
 *       alice: {name: Alice}
 *
 * This module knows the shape of the file and nothing of contracts: checking
 * each record against its schema and finding its key is the caller's business,
 * who walks `struct fixture`. Everything it points to lives in the arena.
 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/map.h"
#include "store/store.h"
#include "json/yaml.h"

struct fixture_record {
    struct str key;               /* where records stand under keys; else NULL data */
    const struct json_node *node; /* an object; json_place and json_name_place tell where */
};

struct fixture_collection {
    struct str name;
    struct place place; /* of its name, where it was first seen */
    struct fixture_record *records;
    size_t count;
    size_t capacity;
};

/* The collections of one or more files, in order of appearance. */
struct fixture {
    struct arena *arena;
    struct map by_name; /* index plus one, as a pointer */
    struct fixture_collection *collections;
    size_t count;
    size_t capacity;
};

/* An empty fixture. What is read into it lives in the arena. */
void fixture_init(struct fixture *fixture, struct arena *arena);

enum { FIXTURE_MAX_BYTES = 64 << 20 };

/*
 * Reads the file at `path` ("-" is standard input; at most FIXTURE_MAX_BYTES)
 * and adds its records to fixture; a collection that another file began goes
 * on. `limits` may be NULL. True if there was no mistake; else every mistake was
 * added to diags, with its place and remedy, and the fixture holds what could
 * be understood.
 */
bool fixture_read_file(struct fixture *fixture, const char *path, const struct yaml_limits *limits,
                       struct diags *diags);

/* The same from a text in memory; `source` must live as long as the fixture. */
bool fixture_read(struct fixture *fixture, const struct source *source,
                  const struct yaml_limits *limits, struct diags *diags);

/* The collection of that name, or NULL. */
const struct fixture_collection *fixture_find(const struct fixture *fixture, struct str name);

/*
 * Appends the store's content as a fixture file in JSON, one record a line,
 * that fixture_read takes back. Keys are left out: they are found in the
 * records again. The records are those of one moment.
 */
void fixture_export(struct store *store, struct buf *out);

#endif
