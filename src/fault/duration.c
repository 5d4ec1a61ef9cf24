#include "fault/duration.h"

#include "fault/words.h"

#include <math.h>

struct unit {
    const char *name;
    uint64_t us;
};

/* Each divides the next. */
static const struct unit units[] = {
    {"us", 1}, {"ms", 1000}, {"s", 1000000}, {"m", 60000000}, {"h", UINT64_C(3600000000)},
};

enum { UNIT_COUNT = sizeof units / sizeof units[0] };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const struct unit *unit_named(struct str name)
{
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (str_is(name, units[i].name))
            return &units[i];
    return NULL;
}

/* Takes digits, and one dot with digits, off the front of *rest. False if there are none. */
static bool take_number(struct str *rest, double *number)
{
    size_t i = 0;
    double value = 0;
    while (i < rest->len && is_digit(rest->data[i]))
        value = value * 10 + (rest->data[i++] - '0');
    if (i == 0)
        return false;
    if (i < rest->len && rest->data[i] == '.') {
        size_t dot = i++;
        double digits = 0;
        double scale = 1;
        for (; i < rest->len && is_digit(rest->data[i]); i++, scale *= 10)
            digits = digits * 10 + (rest->data[i] - '0');
        if (i == dot + 1)
            return false;
        value += digits / scale;
    }
    *rest = str_after(*rest, i);
    *number = value;
    return true;
}

static struct str take_letters(struct str *rest)
{
    size_t i = 0;
    while (i < rest->len && is_letter(rest->data[i]))
        i++;
    struct str taken = str_make(rest->data, i);
    *rest = str_after(*rest, i);
    return taken;
}

enum duration_outcome duration_parse(struct str text, uint64_t *out)
{
    /* Longer texts say nothing more, and the sums below stay finite. */
    enum { LONGEST_TEXT = 64 };
    struct str rest = str_trim(text);
    if (rest.len == 0)
        return DURATION_EMPTY;
    if (rest.data[0] == '-')
        return DURATION_NEGATIVE;
    if (rest.len > LONGEST_TEXT)
        return DURATION_BAD_NUMBER;
    double us = 0;
    while (rest.len > 0) {
        double number;
        if (!take_number(&rest, &number))
            return DURATION_BAD_NUMBER;
        struct str name = take_letters(&rest);
        if (name.len == 0)
            return rest.len == 0 ? DURATION_NO_UNIT : DURATION_BAD_NUMBER;
        const struct unit *unit = unit_named(name);
        if (unit == NULL)
            return DURATION_BAD_UNIT;
        us += number * (double)unit->us;
    }
    if (us > (double)DURATION_MAX_US)
        return DURATION_TOO_LONG;
    *out = (uint64_t)(us + 0.5);
    return DURATION_OK;
}

static const char *outcome_text(enum duration_outcome outcome)
{
    switch (outcome) {
    case DURATION_EMPTY:
        return "is empty";
    case DURATION_NEGATIVE:
        return "is negative, and no time can be";
    case DURATION_NO_UNIT:
        return "has no unit";
    case DURATION_BAD_UNIT:
        return "has a unit that is not known here";
    case DURATION_TOO_LONG:
        return "is longer than a day";
    case DURATION_BAD_NUMBER:
    case DURATION_OK:
        break;
    }
    return "is not a duration";
}

static const char *outcome_remedy(enum duration_outcome outcome, const char *shown,
                                  struct diags *diags)
{
    if (outcome == DURATION_NO_UNIT)
        return arena_printf(&diags->arena, "write %sms or %ss, whichever is meant", shown, shown);
    if (outcome == DURATION_TOO_LONG)
        return "24h is the longest";
    return "write a number with its unit: 250ms, 1.5s, 100us, 2m, 1h";
}

bool duration_read(const struct json_node *node, const char *word, struct diags *diags,
                   uint64_t *out)
{
    enum duration_outcome outcome = DURATION_BAD_NUMBER;
    if (json_is(node, JSON_STRING) || json_is(node, JSON_NUMBER))
        outcome = duration_parse(json_text(node), out);
    if (outcome == DURATION_OK)
        return true;
    char shown[WORDS_SHOWN_SIZE];
    words_show(node, shown);
    const char *bare =
        outcome == DURATION_NO_UNIT ? arena_copy(&diags->arena, str_trim(json_text(node))) : shown;
    diag_error(diags, json_place(node), outcome_remedy(outcome, bare, diags),
               "`%s` is %s, which %s", word, shown, outcome_text(outcome));
    return false;
}

/* --- delays ------------------------------------------------------------------ */

static bool read_uniform(const struct json_node *node, struct diags *diags, struct delay *out)
{
    if (!json_is(node, JSON_ARRAY) || node->size != 2) {
        diag_error(diags, json_place(node), "write uniform: [50ms, 250ms]",
                   "`uniform` must be a list of the shortest and the longest delay");
        return false;
    }
    const struct json_node *low = json_first(node);
    const struct json_node *high = json_next(low);
    bool fine = duration_read(low, "uniform", diags, &out->low_us);
    fine &= duration_read(high, "uniform", diags, &out->high_us);
    if (fine && out->low_us > out->high_us) {
        diag_error(diags, json_place(node), "put the shorter one first",
                   "the shortest delay of `uniform` is longer than its longest");
        return false;
    }
    out->kind = DELAY_UNIFORM;
    return fine;
}

static bool read_sigma(const struct json_node *node, struct diags *diags, double *out)
{
    enum { SIGMA_MAX = 10 };
    double sigma = json_is(node, JSON_NUMBER) ? node->c.valuedouble : -1;
    if (sigma >= 0 && sigma <= SIGMA_MAX) {
        *out = sigma;
        return true;
    }
    char shown[WORDS_SHOWN_SIZE];
    words_show(node, shown);
    diag_error(diags, json_place(node), "0.4 is a common value; 0 is no spread at all",
               "`sigma` is %s; it must be a number from 0 to %d", shown, SIGMA_MAX);
    return false;
}

static bool read_lognormal(const struct json_node *node, struct diags *diags, struct delay *out)
{
    if (!words_check(node, WORDS_LOGNORMAL, diags))
        return false;
    const struct json_node *median = json_member(node, "median");
    const struct json_node *sigma = json_member(node, "sigma");
    const struct json_node *max = json_member(node, "max");
    if (median == NULL || sigma == NULL) {
        diag_error(diags, json_place(node), "write lognormal: {median: 80ms, sigma: 0.4}",
                   "`lognormal` needs both `median` and `sigma`");
        return false;
    }
    out->kind = DELAY_LOGNORMAL;
    out->high_us = DURATION_MAX_US;
    bool fine = duration_read(median, "median", diags, &out->low_us);
    fine &= read_sigma(sigma, diags, &out->sigma);
    if (max != NULL)
        fine &= duration_read(max, "max", diags, &out->high_us);
    if (fine && out->high_us < out->low_us) {
        diag_error(diags, json_place(max), "raise `max` or lower `median`",
                   "`max` is shorter than the median");
        return false;
    }
    return fine;
}

static bool read_fixed(const struct json_node *node, struct diags *diags, struct delay *out)
{
    out->kind = DELAY_FIXED;
    return duration_read(node, "delay", diags, &out->low_us);
}

bool delay_read(const struct json_node *node, struct diags *diags, struct delay *out)
{
    *out = (struct delay){0};
    if (!json_is(node, JSON_OBJECT))
        return read_fixed(node, diags, out);
    if (!words_check(node, WORDS_DELAY, diags))
        return false;
    if (node->size != 1) {
        diag_error(
            diags, json_place(node),
            "write 250ms, {uniform: [50ms, 250ms]} or {lognormal: {median: 80ms, sigma: 0.4}}",
            "`delay` must have exactly one of `fixed`, `uniform` and `lognormal`");
        return false;
    }
    const struct json_node *kind = json_first(node);
    if (str_is(json_name(kind), "fixed"))
        return read_fixed(kind, diags, out);
    if (str_is(json_name(kind), "uniform"))
        return read_uniform(kind, diags, out);
    return read_lognormal(kind, diags, out);
}

/* A draw from the standard normal distribution (Box and Muller). */
static double draw_normal(struct rng *rng)
{
    static const double two_pi = 6.283185307179586;
    double u = 1 - rng_unit(rng); /* 0 < u <= 1: its logarithm is finite */
    double v = rng_unit(rng);
    return sqrt(-2 * log(u)) * cos(two_pi * v);
}

uint64_t delay_draw(const struct delay *delay, struct rng *rng)
{
    switch (delay->kind) {
    case DELAY_NONE:
        return 0;
    case DELAY_FIXED:
        return delay->low_us;
    case DELAY_UNIFORM:
        return delay->low_us + rng_below(rng, delay->high_us - delay->low_us + 1);
    case DELAY_LOGNORMAL:
        break;
    }
    double us = (double)delay->low_us * exp(delay->sigma * draw_normal(rng));
    return us < (double)delay->high_us ? (uint64_t)(us + 0.5) : delay->high_us;
}
