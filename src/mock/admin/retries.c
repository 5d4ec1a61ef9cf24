/*
 * GET /__admin/retries: the verdict on the retries in this world's journal.
 *
 * ?min= ?max= ?factor=   a backoff window of one's own (durations: 250ms, 2s), for Stainless'
 * ?max_retries= ?min_retries=   how many there may and must be
 * ?tolerance= ?max_wait= ?window=   see struct retry_policy
 * ?operation=            only the attempts of one operation
 */
#include "verify/retries.h"
#include "fault/duration.h"
#include "mock/admin/admin.h"

#include <math.h>
#include <stdlib.h>

/* What a query parameter sets; one of the two is not NULL. */
struct knob {
    const char *name;
    double *duration_ms;
    size_t *count;
};

static bool read_duration(struct str text, double *ms)
{
    uint64_t us;
    if (duration_parse(text, &us) != DURATION_OK)
        return false;
    *ms = (double)us / 1000;
    return true;
}

static bool read_count(struct str text, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (i == 9 || text.data[i] < '0' || text.data[i] > '9')
            return false;
        *count = *count * 10 + (size_t)(text.data[i] - '0');
    }
    return text.len > 0;
}

static bool read_factor(struct arena *arena, struct str text, double *factor)
{
    char *end;
    const char *digits = arena_copy(arena, text);
    *factor = strtod(digits, &end);
    return text.len > 0 && *end == '\0' && *factor >= 1 && *factor <= 1000;
}

static bool turn(const struct admin_call *call, const struct knob *knob)
{
    struct str text = admin_query(call, knob->name);
    if (text.data == NULL)
        return true;
    bool good = knob->duration_ms != NULL ? read_duration(text, knob->duration_ms)
                                          : read_count(text, knob->count);
    if (!good)
        admin_refuse(call, 400,
                     arena_printf(call->exchange->arena, "%s wants %s, not \"%.*s\"", knob->name,
                                  knob->duration_ms != NULL
                                      ? "a duration with its unit, such as 250ms or 2s"
                                      : "a whole number",
                                  (int)text.len, text.data));
    return good;
}

/* A window needs both ends; a factor needs a window. */
static bool read_window(const struct admin_call *call, struct retry_policy *policy)
{
    bool has_min = admin_query(call, "min").data != NULL;
    bool has_max = admin_query(call, "max").data != NULL;
    struct str factor = admin_query(call, "factor");
    policy->stated = has_min || has_max;
    const char *problem = NULL;
    if (has_min != has_max)
        problem = "a backoff window has both ?min= and ?max=";
    else if (factor.data != NULL && !policy->stated)
        problem = "?factor= goes with ?min= and ?max=";
    else if (policy->stated && policy->min_ms > policy->max_ms)
        problem = "min is greater than max";
    else if (factor.data != NULL && !read_factor(call->exchange->arena, factor, &policy->factor))
        problem = "factor wants a number from 1 to 1000";
    if (problem != NULL)
        admin_refuse(call, 400, problem);
    return problem == NULL;
}

static bool read_policy(const struct admin_call *call, struct retry_policy *policy)
{
    const struct knob knobs[] = {
        {"min", &policy->min_ms, NULL},
        {"max", &policy->max_ms, NULL},
        {"tolerance", &policy->tolerance_ms, NULL},
        {"max_wait", &policy->longest_wait_ms, NULL},
        {"window", &policy->window_ms, NULL},
        {"max_retries", NULL, &policy->max_retries},
        {"min_retries", NULL, &policy->min_retries},
    };
    *policy = retry_policy_default();
    for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++)
        if (!turn(call, &knobs[i]))
            return false;
    return read_window(call, policy);
}

static bool is_of_operation(const struct journal_entry *entry, void *context)
{
    const struct str *operation = context;
    return operation->len == 0 || str_equal(entry->exchange.operation, *operation);
}

void admin_judge_retries(const struct admin_call *call)
{
    struct exchange *exchange = call->exchange;
    struct retry_policy policy;
    struct retry_report report;
    struct str operation;
    if (!read_policy(call, &policy) || !admin_query_operation(call, &operation))
        return;
    struct journal_query query = {.filter = is_of_operation, .context = &operation};
    struct journal_list list = journal_select(exchange->world->journal, &query);
    retries_judge(&list, &policy, exchange->arena, &report);
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    retries_write_json(&report, &policy, &writer);
    journal_list_free(&list);
    exchange_answer_json(exchange, 200, &out);
}
