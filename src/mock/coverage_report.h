/*
 * coverage_report: the contract with what was counted written beside it.
 *
 * What can be covered: each operation (asked for), parameter (sent), declared
 * status (answered), property (sent), enum value (taken) and keyword (satisfied
 * at least once). That a keyword was violated is told but earns nothing: a
 * client that keeps the contract never does it.
 *
 * Only what requests can reach counts: parameters and bodies, not the schemas of
 * answers. `$ref`, `properties`, `items` and their like are ways to a keyword, not
 * keywords of their own here. Each schema is told once, under the component it
 * stands in, or under the first operation that has it inline.
 */
#ifndef MOCK_COVERAGE_REPORT_H
#define MOCK_COVERAGE_REPORT_H

#include "mock/coverage.h"
#include "json/writer.h"

enum coverage_kind {
    COVERAGE_OPERATIONS,
    COVERAGE_PARAMETERS,
    COVERAGE_STATUSES,
    COVERAGE_PROPERTIES,
    COVERAGE_VALUES,
    COVERAGE_KEYWORDS,
    COVERAGE_KINDS,
};

/* "operations", ... "values", "keywords" */
const char *coverage_kind_name(enum coverage_kind kind);

struct coverage_share {
    size_t covered;
    size_t total;
};

struct status_row {
    struct status_row *next;
    int status; /* as in struct response_spec: 0 for "default", -4 for "4XX" */
    bool declared;
    uint32_t count;
};

struct parameter_row {
    const struct parameter *parameter;
    uint32_t present;
    uint32_t absent;
};

struct operation_row {
    struct operation_row *next;
    const struct operation *operation;
    bool broken; /* cannot be served */
    uint32_t count;
    struct parameter_row *parameters; /* operation->parameter_count of them */
    struct status_row *statuses;      /* declared ones first */
};

/* `path` is where the value stands in the group's own: "/a/ * /b", with * for any element. */
struct property_row {
    struct property_row *next;
    struct str path;
    bool required;
    uint32_t count;
};

struct value_row {
    struct value_row *next;
    struct str path;
    const struct json_node *value;
    uint32_t count;
};

struct keyword_row {
    struct keyword_row *next;
    struct str path;
    enum keyword keyword;
    const struct json_node *node; /* the keyword's value in the document, or NULL */
    uint32_t satisfied;
    uint32_t violated;
};

struct schema_group {
    struct schema_group *next;
    struct str name; /* of the component, or "PUT /things: body application/json" */
    const struct json_node *node;
    struct property_row *properties;
    struct value_row *values;
    struct keyword_row *keywords;
};

struct coverage_report {
    const struct tally *tally;
    struct coverage_share shares[COVERAGE_KINDS];
    struct coverage_share all;
    struct operation_row *operations; /* in order of the documents */
    struct schema_group *groups;
};

/* Compiles what was never asked for. Memory is the arena's; borrows the coverage. */
void coverage_report(const struct coverage *coverage, struct arena *arena,
                     struct coverage_report *report);

/* 100 where there is nothing to cover. */
double coverage_percent(struct coverage_share share);

/* The same as it is shown: cut to tenths, so that nothing looks covered that is not. */
double coverage_percent_shown(struct coverage_share share);

/* The report as a JSON object (coverage_json.c), and as one HTML page (coverage_page.c). */
void coverage_write_json(const struct coverage_report *report, struct json_writer *writer);
void coverage_write_page(const struct coverage_report *report, struct buf *out);

/* "404", "4XX", "default" */
void coverage_write_status(int status, struct buf *out);

/* "file:line" of a node, or nothing. */
void coverage_write_place(const struct json_node *node, struct buf *out);

#endif
