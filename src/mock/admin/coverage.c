/*
 * GET /__admin/coverage and /__admin/coverage.html, DELETE /__admin/coverage: of this world, or
 * with ?worlds=all of all that are and were.
 */
#include "mock/admin/admin.h"
#include "mock/coverage_report.h"

/* False, and refused, where that is not said rightly. */
static bool read_worlds(const struct admin_call *call, bool *all)
{
    static const char *const choices[2] = {"one", "all"};
    return admin_query_choice(call, "worlds", choices, all);
}

/* The caller releases it, once the report is no longer needed. NULL: refused. */
static struct coverage *report_for(const struct admin_call *call, struct coverage_report *report)
{
    bool all;
    if (!read_worlds(call, &all))
        return NULL;
    struct exchange *exchange = call->exchange;
    struct coverage *coverage =
        all ? coverage_of_all(exchange->mock) : coverage_of_world(exchange->mock, exchange->world);
    coverage_report(coverage, exchange->arena, report);
    return coverage;
}

void admin_show_coverage(const struct admin_call *call)
{
    struct coverage_report report;
    struct coverage *coverage = report_for(call, &report);
    if (coverage == NULL)
        return;
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    coverage_write_json(&report, &writer);
    coverage_release(coverage);
    exchange_answer_json(call->exchange, 200, &out);
}

void admin_show_coverage_page(const struct admin_call *call)
{
    struct coverage_report report;
    struct coverage *coverage = report_for(call, &report);
    if (coverage == NULL)
        return;
    struct buf out = exchange_buf(call->exchange);
    coverage_write_page(&report, &out);
    coverage_release(coverage);
    exchange_answer(call->exchange, 200, "text/html; charset=utf-8", buf_str(&out));
}

void admin_forget_coverage(const struct admin_call *call)
{
    struct exchange *exchange = call->exchange;
    bool all;
    if (!read_worlds(call, &all))
        return;
    coverage_forget(exchange->mock, all ? NULL : exchange->world);
    exchange_answer_empty(exchange, 204);
}
