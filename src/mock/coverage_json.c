/*
 * The coverage report as JSON:
 *
 *     {"percent":61.3,"covered":38,"total":62,
 *      "summary":{"operations":{"covered":1,"total":1,"percent":100},...},
 *      "requests":{"total":9,"violating":1,"unmatched":0},
 *      "operations":[{"operation":"PUT /things","count":9,
 *        "statuses":[{"status":"200","declared":true,"count":8},...],
 *        "parameters":[{"name":"x-a","in":"header","required":false,"present":2,"absent":7}]}],
 *      "schemas":[{"schema":"Thing","place":"api.yaml:80",
 *        "properties":[{"path":"/name","required":true,"count":12}],
 *        "values":[{"path":"/kind","value":"A","count":3}],
 *        "keywords":[{"path":"/name","keyword":"type","place":"api.yaml:84",
 *                     "satisfied":12,"violated":0}]}]}
 */
#include "mock/coverage_report.h"

static void put_count(struct json_writer *writer, const char *name, uint64_t count)
{
    json_put_key(writer, name);
    json_put_int(writer, (int64_t)count);
}

static void put_str(struct json_writer *writer, const char *name, struct str text)
{
    json_put_key(writer, name);
    json_put_string(writer, text);
}

static void put_flag(struct json_writer *writer, const char *name, bool flag)
{
    json_put_key(writer, name);
    json_put_bool(writer, flag);
}

static void put_place(struct json_writer *writer, const struct json_node *node)
{
    struct buf place;
    buf_init(&place, NULL);
    coverage_write_place(node, &place);
    put_str(writer, "place", buf_str(&place));
    buf_free(&place);
}

/* To one decimal; never 100 before all is covered. */
static void put_percent(struct json_writer *writer, struct coverage_share share)
{
    json_put_key(writer, "percent");
    json_put_double(writer, coverage_percent_shown(share));
}

static void put_share(struct json_writer *writer, struct coverage_share share)
{
    put_percent(writer, share);
    put_count(writer, "covered", share.covered);
    put_count(writer, "total", share.total);
}

static void write_summary(const struct coverage_report *report, struct json_writer *writer)
{
    json_put_key(writer, "summary");
    json_begin_object(writer);
    for (int kind = 0; kind < COVERAGE_KINDS; kind++) {
        json_put_key(writer, coverage_kind_name((enum coverage_kind)kind));
        json_begin_object(writer);
        put_share(writer, report->shares[kind]);
        json_end_object(writer);
    }
    json_end_object(writer);
}

static void write_requests(const struct tally *tally, struct json_writer *writer)
{
    json_put_key(writer, "requests");
    json_begin_object(writer);
    put_count(writer, "total", tally->requests);
    put_count(writer, "violating", tally->violating);
    put_count(writer, "unmatched", tally->unmatched);
    json_end_object(writer);
}

static void write_statuses(const struct status_row *row, struct json_writer *writer)
{
    json_put_key(writer, "statuses");
    json_begin_array(writer);
    for (; row != NULL; row = row->next) {
        struct buf status;
        buf_init(&status, NULL);
        coverage_write_status(row->status, &status);
        json_begin_object(writer);
        put_str(writer, "status", buf_str(&status));
        put_flag(writer, "declared", row->declared);
        put_count(writer, "count", row->count);
        json_end_object(writer);
        buf_free(&status);
    }
    json_end_array(writer);
}

static void write_parameters(const struct operation_row *row, struct json_writer *writer)
{
    static const char *const places[] = {"path", "query", "header", "cookie"};
    json_put_key(writer, "parameters");
    json_begin_array(writer);
    for (size_t i = 0; i < row->operation->parameter_count; i++) {
        const struct parameter_row *parameter = &row->parameters[i];
        json_begin_object(writer);
        put_str(writer, "name", parameter->parameter->name);
        put_str(writer, "in", str_from(places[parameter->parameter->in]));
        put_flag(writer, "required", parameter->parameter->required);
        put_count(writer, "present", parameter->present);
        put_count(writer, "absent", parameter->absent);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_operation(const struct operation_row *row, struct json_writer *writer)
{
    json_begin_object(writer);
    put_str(writer, "operation", row->operation->label);
    if (row->operation->id.len > 0)
        put_str(writer, "operationId", row->operation->id);
    put_count(writer, "count", row->count);
    if (row->broken) {
        put_flag(writer, "broken", true);
    } else {
        write_statuses(row->statuses, writer);
        write_parameters(row, writer);
    }
    json_end_object(writer);
}

static void write_properties(const struct property_row *row, struct json_writer *writer)
{
    json_put_key(writer, "properties");
    json_begin_array(writer);
    for (; row != NULL; row = row->next) {
        json_begin_object(writer);
        put_str(writer, "path", row->path);
        put_flag(writer, "required", row->required);
        put_count(writer, "count", row->count);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_values(const struct value_row *row, struct json_writer *writer)
{
    json_put_key(writer, "values");
    json_begin_array(writer);
    for (; row != NULL; row = row->next) {
        json_begin_object(writer);
        put_str(writer, "path", row->path);
        json_put_key(writer, "value");
        json_put_node(writer, row->value);
        put_count(writer, "count", row->count);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_keywords(const struct keyword_row *row, struct json_writer *writer)
{
    json_put_key(writer, "keywords");
    json_begin_array(writer);
    for (; row != NULL; row = row->next) {
        json_begin_object(writer);
        put_str(writer, "path", row->path);
        put_str(writer, "keyword", str_from(keyword_name(row->keyword)));
        put_place(writer, row->node);
        put_count(writer, "satisfied", row->satisfied);
        put_count(writer, "violated", row->violated);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_group(const struct schema_group *group, struct json_writer *writer)
{
    json_begin_object(writer);
    put_str(writer, "schema", group->name);
    put_place(writer, group->node);
    write_properties(group->properties, writer);
    write_values(group->values, writer);
    write_keywords(group->keywords, writer);
    json_end_object(writer);
}

void coverage_write_json(const struct coverage_report *report, struct json_writer *writer)
{
    json_begin_object(writer);
    put_share(writer, report->all);
    write_summary(report, writer);
    write_requests(report->tally, writer);
    json_put_key(writer, "operations");
    json_begin_array(writer);
    for (const struct operation_row *row = report->operations; row != NULL; row = row->next)
        write_operation(row, writer);
    json_end_array(writer);
    json_put_key(writer, "schemas");
    json_begin_array(writer);
    for (const struct schema_group *group = report->groups; group != NULL; group = group->next)
        write_group(group, writer);
    json_end_array(writer);
    json_end_object(writer);
}
