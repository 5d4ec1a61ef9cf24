/*
 * Numbers: multiples of a step, chosen within the bounds, written without
 * rounding: the step is a whole number of some power of ten.
 */
#include "schema/making.h"

#include "json/writer.h"

#include <math.h>

enum { USUAL_RANGE = 1000, DIGITS_MAX = 17, SCALE_MAX = 15 };

/* digits / 10^scale */
struct step {
    int64_t digits;
    unsigned scale;
};

struct bounds {
    double low;
    double high;
    bool has_low;
    bool has_high;
    const struct json_node *least; /* as it is written, or NULL */
    const struct json_node *most;
};

/* ---- steps ---- */

static int64_t power_of_ten(unsigned n)
{
    int64_t power = 1;
    while (n-- > 0)
        power *= 10;
    return power;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* "0.25" as 25 / 10^2; false for what has an exponent or too many digits. */
static bool step_from(const struct json_node *node, struct step *step)
{
    struct str text = json_text(node);
    bool fraction = false;
    *step = (struct step){0, 0};
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '.') {
            fraction = true;
            continue;
        }
        if (c < '0' || c > '9' || i > DIGITS_MAX)
            return false;
        step->digits = step->digits * 10 + (c - '0');
        step->scale += fraction;
    }
    return step->digits > 0 && step->scale <= SCALE_MAX;
}

/* The least common multiple; keeps `step` where that would be too large. */
static void step_join(struct step *step, struct step other)
{
    unsigned scale = step->scale > other.scale ? step->scale : other.scale;
    double limit = 9e17;
    double a_wide = (double)step->digits * pow(10, scale - step->scale);
    double b_wide = (double)other.digits * pow(10, scale - other.scale);
    if (a_wide > limit || b_wide > limit)
        return;
    int64_t a = step->digits * power_of_ten(scale - step->scale);
    int64_t b = other.digits * power_of_ten(scale - other.scale);
    int64_t part = a / common_divisor(a, b);
    if ((double)part * (double)b <= limit)
        *step = (struct step){part * b, scale};
}

static bool find_step(const struct wish *wish, bool integer, struct step *step)
{
    size_t at = 0;
    bool any = integer;
    *step = (struct step){1, 0};
    for (const struct rule *rule; (rule = wish_next(wish, KEYWORD_MULTIPLE_OF, &at)) != NULL;) {
        struct step other;
        if (!step_from(rule->u.value, &other))
            continue;
        if (any)
            step_join(step, other);
        else
            *step = other;
        any = true;
    }
    return any;
}

static void write_multiple(struct buf *out, int64_t count, struct step step)
{
    int64_t value = count * step.digits;
    int64_t power = power_of_ten(step.scale);
    int64_t fraction = value % power < 0 ? -(value % power) : value % power;
    if (value < 0 && value / power == 0 && fraction != 0)
        buf_add_char(out, '-');
    buf_add_int(out, value / power);
    if (fraction != 0)
        buf_printf(out, ".%0*lld", (int)step.scale, (long long)fraction);
}

/* ---- bounds ---- */

static void raise(struct bounds *bounds, const struct json_node *value)
{
    if (bounds->has_low && value->c.valuedouble <= bounds->low)
        return;
    bounds->has_low = true;
    bounds->low = value->c.valuedouble;
    bounds->least = value;
}

static void lower(struct bounds *bounds, const struct json_node *value)
{
    if (bounds->has_high && value->c.valuedouble >= bounds->high)
        return;
    bounds->has_high = true;
    bounds->high = value->c.valuedouble;
    bounds->most = value;
}

static struct bounds find_bounds(const struct wish *wish)
{
    static const enum keyword lows[] = {KEYWORD_MINIMUM, KEYWORD_EXCLUSIVE_MINIMUM};
    static const enum keyword highs[] = {KEYWORD_MAXIMUM, KEYWORD_EXCLUSIVE_MAXIMUM};
    struct bounds bounds = {.has_low = false};
    for (size_t i = 0; i < 2; i++) {
        size_t at = 0;
        for (const struct rule *rule; (rule = wish_next(wish, lows[i], &at)) != NULL;)
            raise(&bounds, rule->u.value);
        at = 0;
        for (const struct rule *rule; (rule = wish_next(wish, highs[i], &at)) != NULL;)
            lower(&bounds, rule->u.value);
    }
    if (!bounds.has_low)
        bounds.low = bounds.has_high && bounds.high < USUAL_RANGE ? bounds.high - USUAL_RANGE : 0;
    if (!bounds.has_low && bounds.has_high && bounds.high >= 0)
        bounds.low = 0;
    if (!bounds.has_high)
        bounds.high = bounds.low + USUAL_RANGE;
    return bounds;
}

/* ---- candidates ---- */

static bool accepts(struct making *making, const struct wish *wish, struct str lexeme)
{
    struct arena scratch;
    arena_init(&scratch, 1024, NULL);
    bool good = making_accepts(making, &wish->roots, json_new_number(&scratch, lexeme));
    arena_clear(&scratch);
    return good;
}

static bool try_text(struct making *making, const struct wish *wish, struct buf *text)
{
    if (!accepts(making, wish, buf_str(text)))
        return false;
    buf_add_str(making->out, buf_str(text));
    return true;
}

static bool try_multiple(struct making *making, const struct wish *wish, double count,
                         struct step step)
{
    if (!(fabs(count) * (double)step.digits < 9e18))
        return false;
    struct buf text;
    buf_init(&text, making->arena);
    write_multiple(&text, (int64_t)count, step);
    return try_text(making, wish, &text);
}

static bool try_multiples(struct making *making, const struct wish *wish,
                          const struct bounds *bounds, struct step step)
{
    double size = (double)step.digits / pow(10, step.scale);
    double first = ceil(bounds->low / size);
    double count = floor(bounds->high / size) - first + 1;
    /* The rounding of the division may be off by one, and bounds may be exclusive. */
    double drawn = count > 1 ? floor(rng_unit(making->options->rng) * count) : 0;
    const double candidates[] = {drawn, 0, 1, 2, count - 2, count - 1, -1};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (try_multiple(making, wish, first + candidates[i], step))
            return true;
    return false;
}

/* Between bounds that leave no room for a step. */
static bool try_between(struct making *making, const struct wish *wish, const struct bounds *bounds)
{
    const double candidates[] = {bounds->low / 2 + bounds->high / 2, bounds->low, bounds->high,
                                 nextafter(bounds->low, INFINITY),
                                 nextafter(bounds->high, -INFINITY)};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        struct buf text;
        buf_init(&text, making->arena);
        json_write_double(&text, candidates[i], JSON_PYDANTIC);
        if (isfinite(candidates[i]) && try_text(making, wish, &text))
            return true;
    }
    return false;
}

/* Bounds that no double can hold are values themselves. */
static bool try_bound(struct making *making, const struct wish *wish, const struct json_node *bound)
{
    if (bound == NULL || !accepts(making, wish, json_text(bound)))
        return false;
    buf_add_str(making->out, json_text(bound));
    return true;
}

static bool is_plain(const struct wish *wish)
{
    return (wish->hints & SCHEMA_NUMBER) == 0 && !wish->tricky;
}

bool make_number(struct making *making, const struct wish *wish, bool integer)
{
    struct step step;
    struct bounds bounds = find_bounds(wish);
    bool stepped = find_step(wish, integer, &step);
    if (!stepped)
        step = (struct step){5, 1};
    if (is_plain(wish)) {
        unsigned steps = stepped ? USUAL_RANGE : 2 * USUAL_RANGE;
        write_multiple(making->out, (int64_t)making_draw(making, steps), step);
        return true;
    }
    return try_multiples(making, wish, &bounds, step) ||
           (!integer && try_between(making, wish, &bounds)) ||
           try_bound(making, wish, bounds.least) || try_bound(making, wish, bounds.most);
}
