#include "verify/retries.h"

#include "base/calendar.h"
#include "verify/attempts.h"

#include <math.h>
#include <stdlib.h>

static const double NS_PER_MS = 1e6;

/* Wall and monotonic time that differ by more mean that somebody moved the world's clock. */
static const double CLOCK_MOVED_MS = 500;

/* A server that asks for a wait gets it, or somewhat more. */
static const double LATEST_SHARE = 1.25;

struct retry_policy retry_policy_default(void)
{
    return (struct retry_policy){
        .factor = 1,
        .max_retries = RETRIES_UNLIMITED,
        .tolerance_ms = 250,
        .early_ms = 25,
        .longest_wait_ms = 60000,
        .window_ms = 120000,
    };
}

/* ---- what an answer asks for ---- */

/* A decimal number and nothing else; false for anything else, also for negative ones. */
static bool read_number(struct str text, double *number)
{
    char digits[32];
    text = str_trim(text);
    if (text.len == 0 || text.len >= sizeof digits)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((text.data[i] < '0' || text.data[i] > '9') && text.data[i] != '.')
            return false;
    memcpy(digits, text.data, text.len);
    digits[text.len] = '\0';
    char *end;
    *number = strtod(digits, &end);
    return *end == '\0' && end != digits;
}

static bool read_digits(struct str text, size_t at, size_t count, unsigned *number)
{
    *number = 0;
    for (size_t i = at; i < at + count; i++) {
        if (i >= text.len || text.data[i] < '0' || text.data[i] > '9')
            return false;
        *number = *number * 10 + (unsigned)(text.data[i] - '0');
    }
    return true;
}

/* "Sun, 22 Nov 2026 10:11:35 GMT" (RFC 9110, 5.6.7) to seconds since 1970. */
static bool read_http_date(struct str text, double *seconds)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    unsigned day, year, hour, minute, second, month = 0;
    text = str_trim(text);
    if (text.len != 29 || !str_ends_with(text, " GMT"))
        return false;
    while (month < 12 && memcmp(months + 3 * month, text.data + 8, 3) != 0)
        month++;
    if (month == 12 || !read_digits(text, 5, 2, &day) || !read_digits(text, 12, 4, &year) ||
        !read_digits(text, 17, 2, &hour) || !read_digits(text, 20, 2, &minute) ||
        !read_digits(text, 23, 2, &second))
        return false;
    *seconds = (double)calendar_days(year, month + 1, day) * 86400 + hour * 3600.0 + minute * 60.0 +
               second;
    return true;
}

/* The wall clock of the world when the answer ended. */
static double answered_ms(const struct journal_entry *entry)
{
    return ((double)entry->exchange.time_ns + (double)entry->outcome.duration_ns) / NS_PER_MS;
}

enum wait_source {
    WAIT_NONE,
    WAIT_MS,      /* retry-after-ms */
    WAIT_SECONDS, /* Retry-After */
    WAIT_DATE,
};

/* The wait that the answer asks for, in milliseconds. */
static enum wait_source asked_wait(const struct journal_entry *entry, double *wait_ms)
{
    double number;
    if (attempt_is_lost(entry))
        return WAIT_NONE;
    if (read_number(answer_header(entry, "retry-after-ms"), wait_ms))
        return WAIT_MS;
    struct str header = answer_header(entry, "retry-after");
    if (read_number(header, &number)) {
        *wait_ms = number * 1000;
        return WAIT_SECONDS;
    }
    if (read_http_date(header, &number)) {
        *wait_ms = number * 1000 - answered_ms(entry);
        return WAIT_DATE;
    }
    return WAIT_NONE;
}

/* ---- the window ---- */

struct window {
    double earliest_ms;
    double latest_ms;
    const char *why;
};

static struct window backoff_window(const struct retry_policy *policy, size_t number)
{
    double exponent = number < 1000 ? (double)number : 1000;
    if (policy->stated) {
        double scale = pow(policy->factor, exponent);
        return (struct window){policy->min_ms * scale, policy->max_ms * scale, "the stated window"};
    }
    double base = 500 * pow(2, exponent);
    base = base < 8000 ? base : 8000;
    return (struct window){0.75 * base, base, "Stainless' backoff"};
}

/* When the n-th retry (from 0) should come after that answer. */
static struct window window_after(const struct journal_entry *entry,
                                  const struct retry_policy *policy, size_t number)
{
    static const char *const names[] = {
        [WAIT_MS] = "retry-after-ms",
        [WAIT_SECONDS] = "Retry-After",
        [WAIT_DATE] = "the date in Retry-After",
    };
    double wait_ms = 0;
    enum wait_source source = asked_wait(entry, &wait_ms);
    if (source == WAIT_NONE || wait_ms <= 0 || wait_ms > policy->longest_wait_ms)
        return backoff_window(policy, number);
    return (struct window){wait_ms, wait_ms * LATEST_SHARE, names[source]};
}

static double gap_between(const struct journal_entry *before, const struct journal_entry *entry)
{
    uint64_t end = attempt_end_ns(before);
    double gap = ((double)entry->exchange.started_ns - (double)end) / NS_PER_MS;
    gap = gap > 0 ? gap : 0;
    double by_world = (double)entry->exchange.time_ns / NS_PER_MS - answered_ms(before);
    return fabs(by_world - gap) > CLOCK_MOVED_MS && by_world > gap ? by_world : gap;
}

/* ---- one attempt ---- */

struct judge {
    const struct retry_policy *policy;
    struct arena *arena;
};

static bool fail(struct retry_attempt *attempt, const char *reason)
{
    attempt->good = false;
    attempt->reason = reason;
    return false;
}

static bool is_retriable(int status)
{
    return status == 408 || status == 409 || status == 429 || status >= 500;
}

/* Why an answer must not be followed by a retry, or NULL. */
static const char *why_not(const struct journal_entry *entry, struct arena *arena)
{
    struct str word = answer_header(entry, "x-should-retry");
    int status = entry->exchange.status;
    if (attempt_is_lost(entry) || str_is(word, "true"))
        return NULL;
    if (str_is(word, "false"))
        return arena_printf(arena, "retried though the answer (%d) said x-should-retry: false",
                            status);
    if (is_retriable(status))
        return NULL;
    if (status >= 400)
        return arena_printf(arena, "retried after %d, which a retry does not mend", status);
    if (entry->exchange.fault_name.len > 0)
        return NULL; /* it may have been of no use to the client */
    return arena_printf(arena, "sent again after %d: the attempt before had succeeded", status);
}

/* How many retries came before this one, as far as is known. */
static size_t retry_number(const struct retry_attempt *attempt, size_t index)
{
    int64_t count = attempt_retry_count(attempt->entry);
    return count > 0 ? (size_t)count - 1 : index - 1;
}

static bool judge_gap(const struct judge *judge, struct retry_attempt *attempt,
                      struct window window)
{
    const struct retry_policy *policy = judge->policy;
    attempt->has_window = true;
    attempt->earliest_ms = window.earliest_ms;
    attempt->latest_ms = window.latest_ms;
    double early =
        policy->early_ms < policy->tolerance_ms ? policy->early_ms : policy->tolerance_ms;
    const char *words = "came after %.0f ms, in its window of %.0f to %.0f ms (%s)";
    attempt->good = true;
    if (attempt->gap_ms < window.earliest_ms - early) {
        words = "too early: came after %.0f ms, but its window is %.0f to %.0f ms (%s)";
        attempt->good = false;
    } else if (attempt->gap_ms > window.latest_ms + policy->tolerance_ms) {
        words = "too late: came after %.0f ms, but its window is %.0f to %.0f ms (%s)";
        attempt->good = false;
    }
    attempt->reason = arena_printf(judge->arena, words, attempt->gap_ms, window.earliest_ms,
                                   window.latest_ms, window.why);
    return attempt->good;
}

static bool judge_retry(const struct judge *judge, struct retry_group *group, size_t index)
{
    struct retry_attempt *attempt = &group->attempts[index];
    const struct journal_entry *before = group->attempts[index - 1].entry;
    size_t number = retry_number(attempt, index);
    if (number + 1 > judge->policy->max_retries)
        return fail(attempt, arena_printf(judge->arena, "retry %zu, where %zu are allowed",
                                          number + 1, judge->policy->max_retries));
    if (!attempt_ended_before(before, attempt->entry)) {
        attempt->good = true;
        attempt->reason = "sent while the attempt before was still waiting for its answer: the "
                          "client's own timeout";
        return true;
    }
    attempt->gap_ms = gap_between(before, attempt->entry);
    const char *reason = why_not(before, judge->arena);
    if (reason != NULL)
        return fail(attempt, reason);
    return judge_gap(judge, attempt, window_after(before, judge->policy, number));
}

/* ---- groups ---- */

/* It ended with a failure that calls for a retry. */
static bool ends_in_need(const struct retry_group *group)
{
    const struct journal_entry *last = group->attempts[group->count - 1].entry;
    bool failed = attempt_is_lost(last) || last->exchange.status >= 400;
    struct str word = answer_header(last, "x-should-retry");
    if (journal_entry_state(last) == JOURNAL_OPEN || !failed || str_is(word, "false"))
        return false;
    return attempt_is_lost(last) || str_is(word, "true") || is_retriable(last->exchange.status);
}

static const char *describe_answer(const struct journal_entry *entry, struct arena *arena)
{
    if (attempt_is_lost(entry))
        return "an answer that did not arrive whole";
    return arena_printf(arena, "%d", entry->exchange.status);
}

static void judge_group(const struct judge *judge, struct retry_group *group)
{
    struct arena *arena = judge->arena;
    size_t retries = group->count - 1;
    group->good = true;
    group->attempts[0].good = true;
    group->attempts[0].reason = "the first attempt";
    for (size_t i = 1; i < group->count; i++) {
        if (judge_retry(judge, group, i) || !group->good)
            continue;
        group->good = false;
        group->reason = arena_printf(arena, "attempt %zu: %s", i + 1, group->attempts[i].reason);
    }
    const struct journal_entry *last = group->attempts[retries].entry;
    if (!group->good)
        return;
    if (ends_in_need(group) && retries < judge->policy->min_retries) {
        group->good = false;
        group->reason =
            arena_printf(arena, "gave up after %zu retries on %s; %zu are wanted", retries,
                         describe_answer(last, arena), judge->policy->min_retries);
    } else if (retries == 0) {
        group->reason = arena_printf(arena, "not retried after %s", describe_answer(last, arena));
    } else {
        group->reason = arena_printf(arena,
                                     retries == 1 ? "%zu retry, as it should be"
                                                  : "%zu retries, each as it should be",
                                     retries);
    }
}

void retries_judge(const struct journal_list *list, const struct retry_policy *policy,
                   struct arena *arena, struct retry_report *report)
{
    struct judge judge = {policy, arena};
    *report = (struct retry_report){.attempts = list->count};
    struct retry_group **last = &report->groups;
    struct retry_group *next;
    for (struct retry_group *group = attempts_group(list, policy, arena); group != NULL;
         group = next) {
        next = group->next;
        report->requests++;
        report->retries += group->count - 1;
        if (group->count == 1 && !ends_in_need(group))
            continue;
        judge_group(&judge, group);
        report->passed += group->good;
        report->failed += !group->good;
        *last = group;
        last = &group->next;
    }
    *last = NULL;
}
