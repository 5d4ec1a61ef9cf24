/*
 * alias_time: other tools' ways to say how long.
 */
#include "fault/translation.h"

/* A number of some unit as a duration; what is no number stays, for the reader to report. */
struct json_node *duration_of(struct translation *t, const struct json_node *number,
                              const char *unit)
{
    if (!json_is(number, JSON_NUMBER))
        return json_copy(t->arena, number);
    return native_text(t, number, arena_printf(t->arena, "%s%s", number->c.valuestring, unit));
}

void as_milliseconds(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    native_put(t, alias->path, from, duration_of(t, from, "ms"));
}

/* MockServer: {timeUnit: MILLISECONDS, value: 250} */
static struct json_node *duration_of_units(struct translation *t, const struct json_node *from)
{
    static const char *const words[] = {"timeUnit", "value", NULL};
    static const char *const names[] = {"MICROSECONDS", "MILLISECONDS", "SECONDS",
                                        "MINUTES",      "HOURS",        NULL};
    static const char *const units[] = {"us", "ms", "s", "m", "h"};
    const struct json_node *name = json_member(from, "timeUnit");
    const struct json_node *value = json_member(from, "value");
    size_t unit = 0;
    if (!words_check_list(from, "a time of {timeUnit, value}", words, t->diags))
        return NULL;
    if (name == NULL || value == NULL) {
        diag_error(t->diags, json_place(from), "write 250ms",
                   "a time needs both `timeUnit` and `value`");
        return NULL;
    }
    if (!words_choice(name, "timeUnit", names, t->diags, &unit))
        return NULL;
    return native_at(from, duration_of(t, value, units[unit]));
}

void as_time(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    bool units = json_member(from, "timeUnit") != NULL || json_member(from, "value") != NULL;
    struct json_node *value = units ? duration_of_units(t, from) : json_copy(t->arena, from);
    if (value != NULL)
        native_put(t, alias->path, from, value);
}

/* A delay object of one member. */
static struct json_node *delay_of(struct translation *t, const struct json_node *from,
                                  const char *kind, struct json_node *value)
{
    struct json_node *delay = native_at(from, json_new(t->arena, JSON_OBJECT));
    native_set(t, delay, kind, from, value);
    return delay;
}

/* toxiproxy: {latency: 1000, jitter: 100} is uniform in latency - jitter ... latency + jitter. */
static struct json_node *delay_of_jitter(struct translation *t, const struct json_node *from)
{
    static const char *const words[] = {"latency", "jitter", NULL};
    enum { MOST_MS = 86400000 };
    const struct json_node *latency = json_member(from, "latency");
    const struct json_node *jitter = json_member(from, "jitter");
    uint64_t middle = 0;
    uint64_t spread = 0;
    bool fine = words_check_list(from, "`latency`", words, t->diags);
    if (latency != NULL)
        fine &= words_uint(latency, "latency", 0, MOST_MS, t->diags, &middle);
    if (jitter != NULL)
        fine &= words_uint(jitter, "jitter", 0, MOST_MS, t->diags, &spread);
    if (fine && spread > middle) {
        diag_error(t->diags, json_place(jitter), "lower `jitter` or raise `latency`",
                   "`jitter` is larger than `latency`: the delay could be negative");
        return NULL;
    }
    if (!fine)
        return NULL;
    unsigned long long low = middle - spread;
    unsigned long long high = middle + spread;
    if (spread == 0)
        return native_text(t, from, arena_printf(t->arena, "%llums", high));
    struct json_node *bounds = native_at(from, json_new(t->arena, JSON_ARRAY));
    json_append(bounds, native_text(t, from, arena_printf(t->arena, "%llums", low)));
    json_append(bounds, native_text(t, from, arena_printf(t->arena, "%llums", high)));
    return delay_of(t, from, "uniform", bounds);
}

void as_latency(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    bool units = json_member(from, "timeUnit") != NULL || json_member(from, "value") != NULL;
    struct json_node *value = NULL;
    if (units)
        value = duration_of_units(t, from);
    else if (json_is(from, JSON_OBJECT))
        value = delay_of_jitter(t, from);
    else
        value = json_copy(t->arena, from);
    if (value != NULL)
        native_put(t, alias->path, from, value);
}

static struct json_node *distribution_uniform(struct translation *t, const struct json_node *from)
{
    static const char *const words[] = {"type", "lower", "upper", NULL};
    const struct json_node *lower = json_member(from, "lower");
    const struct json_node *upper = json_member(from, "upper");
    if (!words_check_list(from, "a uniform `delayDistribution`", words, t->diags))
        return NULL;
    if (lower == NULL || upper == NULL) {
        diag_error(t->diags, json_place(from), "write delay: {uniform: [50ms, 250ms]}",
                   "a uniform `delayDistribution` needs `lower` and `upper`");
        return NULL;
    }
    struct json_node *bounds = native_at(from, json_new(t->arena, JSON_ARRAY));
    json_append(bounds, duration_of(t, lower, "ms"));
    json_append(bounds, duration_of(t, upper, "ms"));
    return delay_of(t, from, "uniform", bounds);
}

static struct json_node *distribution_lognormal(struct translation *t, const struct json_node *from)
{
    static const char *const words[] = {"type", "median", "sigma", "maxValue", NULL};
    const struct json_node *median = json_member(from, "median");
    const struct json_node *sigma = json_member(from, "sigma");
    const struct json_node *max = json_member(from, "maxValue");
    if (!words_check_list(from, "a lognormal `delayDistribution`", words, t->diags))
        return NULL;
    struct json_node *shape = native_at(from, json_new(t->arena, JSON_OBJECT));
    if (median != NULL)
        native_set(t, shape, "median", median, duration_of(t, median, "ms"));
    if (sigma != NULL)
        native_set(t, shape, "sigma", sigma, json_copy(t->arena, sigma));
    if (max != NULL)
        native_set(t, shape, "max", max, duration_of(t, max, "ms"));
    return delay_of(t, from, "lognormal", shape);
}

static struct json_node *distribution_fixed(struct translation *t, const struct json_node *from)
{
    static const char *const words[] = {"type", "milliseconds", NULL};
    const struct json_node *milliseconds = json_member(from, "milliseconds");
    if (!words_check_list(from, "a fixed `delayDistribution`", words, t->diags))
        return NULL;
    if (milliseconds == NULL) {
        diag_error(t->diags, json_place(from), "write delay: 250ms",
                   "a fixed `delayDistribution` needs `milliseconds`");
        return NULL;
    }
    return duration_of(t, milliseconds, "ms");
}

void as_distribution(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    static const char *const types[] = {"uniform", "lognormal", "fixed", NULL};
    static struct json_node *(*const readers[])(struct translation *, const struct json_node *) = {
        distribution_uniform, distribution_lognormal, distribution_fixed};
    const struct json_node *type = json_member(from, "type");
    size_t index;
    if (!words_choice(type != NULL ? type : from, "type", types, t->diags, &index))
        return;
    struct json_node *delay = readers[index](t, from);
    if (delay != NULL)
        native_put(t, alias->path, from, delay);
}

void as_dribble(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    (void)alias;
    static const char *const words[] = {"numberOfChunks", "totalDuration", NULL};
    static const char *const pieces[PATH_MAX_NAMES] = {"do", "drip", "pieces"};
    static const char *const over[PATH_MAX_NAMES] = {"do", "drip", "over"};
    const struct json_node *chunks = json_member(from, "numberOfChunks");
    const struct json_node *total = json_member(from, "totalDuration");
    if (!words_check_list(from, "`chunkedDribbleDelay`", words, t->diags))
        return;
    if (chunks == NULL || total == NULL) {
        diag_error(t->diags, json_place(from), "write drip: {pieces: 5, over: 1s}",
                   "`chunkedDribbleDelay` needs `numberOfChunks` and `totalDuration`");
        return;
    }
    native_put(t, pieces, chunks, json_copy(t->arena, chunks));
    native_put(t, over, total, duration_of(t, total, "ms"));
}
