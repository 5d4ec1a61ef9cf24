/*
 * alias_wire: other tools' ways to break a connection or a body.
 */
#include "fault/translation.h"

/* --- connections ---------------------------------------------------------------------- */

void as_wiremock_fault(struct translation *t, const struct alias *alias,
                       const struct json_node *from)
{
    static const char *const names[] = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE",
                                        "RANDOM_DATA_THEN_CLOSE", "MALFORMED_RESPONSE_CHUNK", NULL};
    static const char *const natives[] = {"reset", "empty", "garbage", "garbage"};
    enum { MALFORMED_CHUNK = 3 };
    size_t index;
    if (!words_choice(from, alias->word, names, t->diags, &index))
        return;
    native_put_text(t, "do", "connection", from, natives[index]);
    if (index == MALFORMED_CHUNK) /* a good head, then garbage */
        native_put_text(t, "do", "at", from, "head");
}

/* True for true; a flag that is false says nothing; all else is an error. */
static bool flag_is_set(struct translation *t, const struct alias *alias,
                        const struct json_node *from)
{
    if (!json_is(from, JSON_TRUE) && !json_is(from, JSON_FALSE))
        diag_error(t->diags, json_place(from), NULL, "`%s` must be true or false", alias->word);
    return json_is(from, JSON_TRUE);
}

void as_close(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    if (flag_is_set(t, alias, from))
        native_put_text(t, "do", "connection", from, "close");
}

void as_drop_probability(struct translation *t, const struct alias *alias,
                         const struct json_node *from)
{
    as_it_is(t, alias, from);
    native_put_text(t, "do", "connection", from, "close");
}

void as_malformed(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    if (flag_is_set(t, alias, from))
        native_put_text(t, "do", "violate", from, "malformed-json");
}

void as_percentage(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    double fraction;
    if (words_fraction(from, alias->word, t->diags, &fraction))
        native_put(t, alias->path, from,
                   native_text(t, from, arena_printf(t->arena, "%.15g%%", fraction * 100)));
}

/* --- toxiproxy ------------------------------------------------------------------------- */

/* {name, type, stream, toxicity, attributes}: the type is one of the words of `do`. */
void as_toxic(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    (void)alias;
    static const char *const types[] = {"latency", "bandwidth",  "slicer", "reset_peer",
                                        "timeout", "limit_data", NULL};
    if (json_is(from, JSON_STRING) &&
        alias_refuse_foreign(t, WORDS_DO, json_text(from), json_place(from)))
        return;
    size_t index;
    if (!words_choice(from, "type", types, t->diags, &index))
        return;
    const struct alias *toxic = alias_find(WORDS_DO, str_from(types[index]));
    const struct json_node *attributes = json_member(t->origin, "attributes");
    struct json_node *none = native_at(from, json_new(t->arena, JSON_OBJECT));
    toxic->translate(t, toxic, attributes != NULL ? attributes : none);
}

void as_attributes(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    (void)alias;
    if (json_member(t->origin, "type") == NULL)
        diag_error(t->diags, json_name_place(from), "add type: latency, or what is meant",
                   "`attributes` without the `type` that they are of");
}

void as_stream(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    static const char *const streams[] = {"downstream", NULL};
    size_t index;
    words_choice(from, alias->word, streams, t->diags, &index);
}

static void put_drip(struct translation *t, const char *name, const struct json_node *from,
                     struct json_node *value)
{
    native_put(t, (const char *const[PATH_MAX_NAMES]){"do", "drip", name}, from, value);
}

/* One attribute of a toxic: a whole number, 0 where it is left out. */
static bool toxic_number(struct translation *t, const struct json_node *from, const char *title,
                         const char *word, uint64_t *out)
{
    const char *const words[] = {word, NULL};
    const struct json_node *value = json_member(from, word);
    *out = 0;
    return words_check_list(from, title, words, t->diags) &&
           (value == NULL || words_uint(value, word, 0, INT64_MAX, t->diags, out));
}

static void put_milliseconds_delay(struct translation *t, const struct json_node *from,
                                   uint64_t milliseconds)
{
    if (milliseconds > 0)
        native_put_text(t, "do", "delay", from,
                        arena_printf(t->arena, "%llums", (unsigned long long)milliseconds));
}

void as_reset_peer(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    uint64_t timeout;
    if (!toxic_number(t, from, "`reset_peer`", "timeout", &timeout))
        return;
    native_put(t, alias->path, from, native_text(t, from, "reset"));
    put_milliseconds_delay(t, from, timeout);
}

/* No data, and the connection closes after the timeout; with 0, never. */
void as_timeout(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    uint64_t timeout;
    if (!toxic_number(t, from, "`timeout`", "timeout", &timeout))
        return;
    native_put(t, alias->path, from, native_text(t, from, timeout == 0 ? "hang" : "close"));
    put_milliseconds_delay(t, from, timeout);
}

void as_limit_data(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    uint64_t bytes;
    if (!toxic_number(t, from, "`limit_data`", "bytes", &bytes))
        return;
    native_put(t, alias->path, from, native_text(t, from, "close"));
    struct json_node *at = native_at(from, json_new(t->arena, JSON_OBJECT));
    native_set(t, at, "byte", from, native_uint(t, from, bytes));
    native_put(t, (const char *const[PATH_MAX_NAMES]){"do", "at"}, from, at);
}

void as_slicer(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    (void)alias;
    static const char *const words[] = {"average_size", "size_variation", "delay", NULL};
    const struct json_node *size = json_member(from, "average_size");
    const struct json_node *variation = json_member(from, "size_variation");
    const struct json_node *delay = json_member(from, "delay");
    if (!words_check_list(from, "`slicer`", words, t->diags))
        return;
    if (size == NULL || delay == NULL) {
        diag_error(t->diags, json_place(from), "write drip: {bytes: 64, every: 100ms}",
                   "`slicer` needs `average_size` and `delay`");
        return;
    }
    if (variation != NULL && variation->c.valuedouble != 0)
        diag_error(t->diags, json_place(variation), "leave it out: pieces are of one size",
                   "`size_variation` has no equivalent here");
    put_drip(t, "bytes", size, json_copy(t->arena, size));
    put_drip(t, "every", delay, duration_of(t, delay, "us"));
}

/* rate is in KB/s; toxiproxy itself sends a tenth of a second's worth at a time. */
void as_bandwidth(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    (void)alias;
    static const char *const words[] = {"rate", NULL};
    enum { RATE_MAX = 1000000, BYTES_IN_A_TENTH = 100 };
    const struct json_node *rate = json_member(from, "rate");
    uint64_t kilobytes;
    if (!words_check_list(from, "`bandwidth`", words, t->diags) ||
        !words_uint(rate != NULL ? rate : from, "rate", 1, RATE_MAX, t->diags, &kilobytes))
        return;
    put_drip(t, "bytes", from, native_uint(t, from, kilobytes * BYTES_IN_A_TENTH));
    put_drip(t, "every", from, native_text(t, from, "100ms"));
}
