/*
 * clock: what time it is, real or pretended.
 *
 * Wall time feeds timestamps; monotonic time feeds measurements and delays. A
 * `struct clock` may be frozen and advanced by an admin call; it is locked
 * inside and may be used by many threads.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/buf.h"

#include <pthread.h>
#include <stdatomic.h>

struct clock {
    atomic_bool
        pretended;        /* false until somebody froze or advanced it: then it is just real time */
    pthread_mutex_t lock; /* guards the rest */
    bool frozen;
    int64_t frozen_ns; /* the pretended wall time while frozen */
    int64_t offset_ns; /* pretended minus real time while running */
};

void clock_init(struct clock *clock);

/* Pretended wall time in nanoseconds since 1970-01-01T00:00:00Z. */
int64_t clock_now_ns(struct clock *clock);

/* Stops at the given instant. */
void clock_freeze(struct clock *clock, int64_t wall_ns);
/* Moves forward (or back), frozen or running; stops where 64 bits end: in 1677 and 2262. */
void clock_advance(struct clock *clock, int64_t by_ns);
/* Runs on from the pretended instant. */
void clock_resume(struct clock *clock);

/* later - earlier, or the end of what 64 bits hold: between 1677 and 2262 lie more. */
int64_t clock_difference(int64_t later_ns, int64_t earlier_ns);

/* Real wall time, as clock_now_ns, whatever anybody pretends. */
int64_t clock_real_ns(void);

bool clock_is_frozen(struct clock *clock);

/* Real monotonic nanoseconds, for measuring. */
uint64_t clock_monotonic_ns(void);

/* Appends "2024-01-02T03:04:05.123456Z" (RFC 3339, UTC; microseconds only where not 0). */
void clock_print_rfc3339(int64_t wall_ns, struct buf *out);

/* Appends "2024-01-02T03:04:05.123Z": always with three digits, as logs like it. */
void clock_print_millis(int64_t wall_ns, struct buf *out);

/* Appends "Sun, 22 Nov 2026 10:11:35 GMT" (RFC 9110, 5.6.7). */
void clock_print_http_date(int64_t wall_ns, struct buf *out);

/*
 * Reads an RFC 3339 date-time ("2024-01-02T03:04:05.5+01:00"; a blank in place of
 * T and small letters are allowed, digits beyond nanoseconds are dropped). False
 * if it is none, and for leap seconds and years before 1678 or after 2261, which
 * 64 bits of nanoseconds do not hold.
 */
bool clock_parse_rfc3339(struct str text, int64_t *wall_ns);

#endif
