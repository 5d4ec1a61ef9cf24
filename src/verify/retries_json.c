/* How the verdict on retries reads as JSON. */
#include "base/clock.h"
#include "verify/bytes.h"
#include "verify/retries.h"

#include <math.h>

static void put_count(struct json_writer *writer, const char *name, size_t count)
{
    json_put_key(writer, name);
    json_put_int(writer, (int64_t)count);
}

/* Whole ones without a fraction, others to a tenth. */
static void put_number(struct json_writer *writer, double number)
{
    double tenths = round(number * 10);
    if (fmod(tenths, 10) == 0 && fabs(tenths) < 1e15)
        json_put_int(writer, (int64_t)(tenths / 10));
    else
        json_put_double(writer, tenths / 10);
}

static void put_verdict(struct json_writer *writer, bool good, const char *reason)
{
    json_put_key(writer, "verdict");
    json_put_text(writer, good ? "pass" : "fail");
    if (reason == NULL)
        return;
    json_put_key(writer, "reason");
    json_put_text(writer, reason);
}

static void write_policy(const struct retry_policy *policy, struct json_writer *writer)
{
    json_begin_object(writer);
    json_put_key(writer, "backoff");
    json_put_text(writer, policy->stated ? "stated" : "stainless");
    if (policy->stated) {
        json_put_key(writer, "min_ms");
        put_number(writer, policy->min_ms);
        json_put_key(writer, "max_ms");
        put_number(writer, policy->max_ms);
        json_put_key(writer, "factor");
        put_number(writer, policy->factor);
    }
    json_put_key(writer, "tolerance_ms");
    put_number(writer, policy->tolerance_ms);
    json_put_key(writer, "longest_wait_ms");
    put_number(writer, policy->longest_wait_ms);
    if (policy->max_retries != RETRIES_UNLIMITED)
        put_count(writer, "max_retries", policy->max_retries);
    if (policy->min_retries > 0)
        put_count(writer, "min_retries", policy->min_retries);
    json_end_object(writer);
}

static void put_time(struct json_writer *writer, int64_t time_ns)
{
    struct buf text;
    buf_init(&text, NULL);
    clock_print_rfc3339(time_ns, &text);
    json_put_key(writer, "time");
    json_put_string(writer, buf_str(&text));
    buf_free(&text);
}

static void write_attempt(const struct retry_attempt *attempt, bool first,
                          struct json_writer *writer)
{
    static const char *const states[] = {
        [JOURNAL_OPEN] = "open", [JOURNAL_SENT] = "sent", [JOURNAL_BROKEN] = "broken"};
    const struct journal_entry *entry = attempt->entry;
    json_begin_object(writer);
    put_count(writer, "id", entry->id);
    put_count(writer, "status", (size_t)entry->exchange.status);
    json_put_key(writer, "state");
    json_put_text(writer, states[journal_entry_state(entry)]);
    put_time(writer, entry->exchange.time_ns);
    json_put_key(writer, "gap_ms");
    if (first)
        json_put_null(writer);
    else
        put_number(writer, attempt->gap_ms);
    json_put_key(writer, "expected_ms");
    if (attempt->has_window) {
        json_begin_array(writer);
        put_number(writer, attempt->earliest_ms);
        put_number(writer, attempt->latest_ms);
        json_end_array(writer);
    } else {
        json_put_null(writer);
    }
    put_verdict(writer, attempt->good, attempt->reason);
    json_end_object(writer);
}

static void write_group(const struct retry_group *group, struct json_writer *writer)
{
    json_begin_object(writer);
    bytes_put_member(writer, "key", group->key);
    json_put_key(writer, "operation");
    if (group->operation.len > 0)
        bytes_put(writer, group->operation);
    else
        json_put_null(writer);
    json_put_key(writer, "attempts");
    json_begin_array(writer);
    for (size_t i = 0; i < group->count; i++)
        write_attempt(&group->attempts[i], i == 0, writer);
    json_end_array(writer);
    put_verdict(writer, group->good, group->reason);
    json_end_object(writer);
}

void retries_write_json(const struct retry_report *report, const struct retry_policy *policy,
                        struct json_writer *writer)
{
    json_begin_object(writer);
    json_put_key(writer, "policy");
    write_policy(policy, writer);
    json_put_key(writer, "groups");
    json_begin_array(writer);
    for (const struct retry_group *group = report->groups; group != NULL; group = group->next)
        write_group(group, writer);
    json_end_array(writer);
    json_put_key(writer, "totals");
    json_begin_object(writer);
    put_count(writer, "requests", report->requests);
    put_count(writer, "attempts", report->attempts);
    put_count(writer, "retries", report->retries);
    put_count(writer, "groups", report->passed + report->failed);
    put_count(writer, "passed", report->passed);
    put_count(writer, "failed", report->failed);
    json_end_object(writer);
    put_verdict(writer, report->failed == 0, NULL);
    json_end_object(writer);
}
