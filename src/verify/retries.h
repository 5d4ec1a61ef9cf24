/*
 * retries: did the client retry when it should, as it should?
 *
 * Attempts of one logical request are found in the journal:
 * - the same Idempotency-Key on the same operation is one request;
 * - else x-stainless-retry-count, which is 0 for the first attempt, continues
 *   the request of the same method, path, query and body that is due;
 * - else the same method, path, query and body within a window of time after an
 *   answer that failed is a retry of it.
 *
 * Each retry is judged against the answer before it. Retriable are answers that
 * did not arrive whole, 408, 409, 429 and 5xx; x-should-retry has the last word.
 * The wait is what retry-after-ms or Retry-After (seconds or an HTTP date) ask
 * for, up to a quarter longer, where that is not beyond `longest_wait_ms`; else
 * the backoff: Stainless' min(0.5 * 2^n, 8) s, times 0.75 to 1, for the n-th
 * retry from 0, or a window that the caller states. (How Stainless' clients
 * decide: their _calculate_retry_timeout and _should_retry.)
 *
 * A gap runs from the end of an answer to the next attempt, by the monotonic
 * clock; where the world's clock was moved in between, by the world's.
 *
 * Pure: looks at entries, which the caller keeps, and at nothing else.
 */
#ifndef VERIFY_RETRIES_H
#define VERIFY_RETRIES_H

#include "base/arena.h"
#include "verify/journal.h"

#define RETRIES_UNLIMITED SIZE_MAX

struct retry_policy {
    bool stated;   /* the n-th retry comes after min_ms to max_ms, times factor^n; */
    double min_ms; /* else Stainless' backoff */
    double max_ms;
    double factor;
    size_t max_retries;     /* more of them fail; or RETRIES_UNLIMITED */
    size_t min_retries;     /* who gives up before, on a retriable answer, fails */
    double tolerance_ms;    /* how much later than its window a retry may come */
    double early_ms;        /* how much earlier: the client's clock started before ours */
    double longest_wait_ms; /* longer ones are not heeded */
    double window_ms;       /* the same again after this is another request */
};

/* Stainless' backoff, any number of retries, 250 ms tolerance, 60 s, 120 s. */
struct retry_policy retry_policy_default(void);

struct retry_attempt {
    const struct journal_entry *entry;
    double gap_ms;      /* since the answer before; of the first attempt 0 */
    bool has_window;    /* false for the first, and where no wait can be told */
    double earliest_ms; /* the window, without tolerance */
    double latest_ms;
    bool good;
    const char *reason;
};

struct retry_group {
    struct retry_group *next;
    struct str key; /* the idempotency key, or method and path */
    struct str operation;
    struct retry_attempt *attempts;
    size_t count;
    bool good;
    const char *reason; /* of the group: the first thing wrong, or what was right */
};

struct retry_report {
    struct retry_group *groups; /* retried ones, and those that gave up; by first attempt */
    size_t requests;            /* logical ones, all of them */
    size_t attempts;
    size_t retries;
    size_t passed; /* groups */
    size_t failed;
};

/* Groups and judges. Memory is the arena's; borrows the entries. */
void retries_judge(const struct journal_list *list, const struct retry_policy *policy,
                   struct arena *arena, struct retry_report *report);

/*
 *     {"policy":{...},"groups":[{"key":"k-1","operation":"PUT /things","attempts":[
 *        {"id":7,"status":503,"state":"sent","time":"...","gap_ms":null,"expected_ms":null,
 *         "verdict":"pass","reason":"the first attempt"},
 *        {"id":8,...,"gap_ms":512.4,"expected_ms":[375,500],...}],
 *       "verdict":"fail","reason":"..."}],
 *      "totals":{"requests":1,"attempts":2,"retries":1,"groups":1,"passed":0,"failed":1},
 *      "verdict":"fail"}
 */
void retries_write_json(const struct retry_report *report, const struct retry_policy *policy,
                        struct json_writer *writer);

#endif
