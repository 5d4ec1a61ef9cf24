#include "fault/alias.h"

#include "fault/translation.h"

/*
 * Every alias, and the native words whose values may hold some. W: WireMock,
 * M: MockServer, T: toxiproxy.
 */
static const struct alias aliases[] = {
    {WORDS_RULE, "match", as_section, {"match"}},
    {WORDS_RULE, "when", as_section, {"when"}},
    {WORDS_RULE, "do", as_section, {"do"}},
    /* W: a stub mapping */
    {WORDS_RULE, "request", as_section, {"match"}},
    {WORDS_RULE, "response", as_section, {"do"}},
    {WORDS_RULE, "scenarioName", as_it_is, {"scenario"}},
    {WORDS_RULE, "requiredScenarioState", as_it_is, {"state"}},
    {WORDS_RULE, "newScenarioState", as_it_is, {"next_state"}},
    /* M: an expectation */
    {WORDS_RULE, "httpRequest", as_section, {"match"}},
    {WORDS_RULE, "httpResponse", as_section, {"do"}},
    {WORDS_RULE, "httpError", as_section, {"do"}},
    {WORDS_RULE, "chaos", as_section, {"do"}},
    /* T: a toxic */
    {WORDS_RULE, "type", as_toxic, {NULL}},
    {WORDS_RULE, "attributes", as_attributes, {NULL}},
    {WORDS_RULE, "toxicity", as_it_is, {"when", "probability"}},
    {WORDS_RULE, "stream", as_stream, {NULL}},

    {WORDS_MATCH, "method", as_matcher, {"match", "method"}},
    {WORDS_MATCH, "path", as_matcher, {"match", "path"}},
    {WORDS_MATCH, "query", as_matchers, {"match", "query"}},
    {WORDS_MATCH, "headers", as_matchers, {"match", "headers"}},
    {WORDS_MATCH, "body", as_matchers, {"match", "body"}},
    {WORDS_MATCH, "urlPath", as_matcher, {"match", "path"}},             /* W */
    {WORDS_MATCH, "urlPathPattern", as_path_pattern, {"match", "path"}}, /* W */
    {WORDS_MATCH, "queryParameters", as_matchers, {"match", "query"}},   /* W */
    {WORDS_MATCH, "operationId", as_it_is, {"match", "operation"}},      /* M */

    {WORDS_WHEN, "toxicity", as_it_is, {"when", "probability"}}, /* T */

    {WORDS_DO, "headers", as_members, {"do", "headers"}},
    {WORDS_DO, "drip", as_members, {"do", "drip"}},
    {WORDS_DO, "quota", as_members, {"do", "quota"}},
    /* W */
    {WORDS_DO, "jsonBody", as_it_is, {"do", "body"}},
    {WORDS_DO, "fixedDelayMilliseconds", as_milliseconds, {"do", "delay"}},
    {WORDS_DO, "delayDistribution", as_distribution, {"do", "delay"}},
    {WORDS_DO, "chunkedDribbleDelay", as_dribble, {"do", "drip"}},
    {WORDS_DO, "fault", as_wiremock_fault, {"do", "connection"}},
    /* M */
    {WORDS_DO, "statusCode", as_it_is, {"do", "status"}},
    {WORDS_DO, "errorStatus", as_it_is, {"do", "status"}},
    {WORDS_DO, "errorProbability", as_it_is, {"when", "probability"}},
    {WORDS_DO, "dropConnection", as_close, {"do", "connection"}},
    {WORDS_DO, "dropConnectionProbability", as_drop_probability, {"when", "probability"}},
    {WORDS_DO, "delay", as_time, {"do", "delay"}},
    {WORDS_DO, "latency", as_latency, {"do", "delay"}}, /* T too */
    {WORDS_DO, "retryAfter", as_it_is, {"do", "headers", "Retry-After"}},
    {WORDS_DO, "succeedFirst", as_it_is, {"when", "skip"}},
    {WORDS_DO, "failRequestCount", as_it_is, {"when", "first"}},
    {WORDS_DO, "outageAfterMillis", as_milliseconds, {"when", "after"}},
    {WORDS_DO, "outageDurationMillis", as_milliseconds, {"when", "for"}},
    {WORDS_DO, "truncateBodyAtFraction", as_percentage, {"do", "truncate"}},
    {WORDS_DO, "malformedBody", as_malformed, {"do", "violate"}},
    {WORDS_DO, "slowResponseChunkSize", as_it_is, {"do", "drip", "bytes"}},
    {WORDS_DO, "slowResponseChunkDelay", as_time, {"do", "drip", "every"}},
    {WORDS_DO, "quotaName", as_it_is, {"do", "quota", "name"}},
    {WORDS_DO, "quotaLimit", as_it_is, {"do", "quota", "requests"}},
    {WORDS_DO, "quotaWindowMillis", as_milliseconds, {"do", "quota", "per"}},
    {WORDS_DO, "quotaErrorStatus", as_it_is, {"do", "quota", "status"}},
    /* T */
    {WORDS_DO, "reset_peer", as_reset_peer, {"do", "connection"}},
    {WORDS_DO, "timeout", as_timeout, {"do", "connection"}},
    {WORDS_DO, "limit_data", as_limit_data, {"do", "connection"}},
    {WORDS_DO, "slicer", as_slicer, {"do", "drip"}},
    {WORDS_DO, "bandwidth", as_bandwidth, {"do", "drip"}},
};

enum { ALIAS_COUNT = sizeof aliases / sizeof aliases[0] };

/* Words that authors may bring with them, and what to write instead. */
struct foreign {
    enum words_where where;
    const char *word;
    const char *remedy;
};

static const struct foreign foreigners[] = {
    {WORDS_RULE, "priority", "rules are tried in their order: move it up or down"},
    {WORDS_RULE, "times", "write when: {first: n}"},
    {WORDS_RULE, "transformers", "bodies are sent as written"},
    {WORDS_MATCH, "url", "write `path` and `query`"},
    {WORDS_MATCH, "urlPattern", "write `path: {matches: ...}` and `query`"},
    {WORDS_MATCH, "bodyPatterns", "write body: {/items/0/name: {equals: ...}}"},
    {WORDS_MATCH, "cookies", "write headers: {cookie: {contains: ...}}"},
    {WORDS_DO, "when", "a rule has `when` beside `do`: {when: {first: 2}, do: {status: 503}}"},
    {WORDS_DO, "match", "a rule has `match` beside `do`: {match: {attempt: 1}, do: {status: 503}}"},
    {WORDS_DO, "seed", "draws come from the world's seed: --random-seed"},
    {WORDS_DO, "degradationRampMillis", "write several rules with `after` and `for`"},
    {WORDS_DO, "slow_close", "write connection: hang with at: end"},
    {WORDS_DO, "proxyBaseUrl", "the answer is the operation's own where `do` has no status"},
    {WORDS_DO, "bodyFileName", "write the text itself as `body`"},
    {WORDS_DO, "transformers", "bodies are sent as written"},
    {WORDS_DO, "probability", "write it in `when`"},
    {WORDS_DO, "responseBytes", "write connection: garbage"},
};

enum { FOREIGN_COUNT = sizeof foreigners / sizeof foreigners[0] };

/* --- walking --------------------------------------------------------------------- */

const struct alias *alias_find(enum words_where where, struct str word)
{
    for (size_t i = 0; i < ALIAS_COUNT; i++)
        if (aliases[i].where == where && str_is(word, aliases[i].word))
            return &aliases[i];
    return NULL;
}

static const struct foreign *foreign_find(enum words_where where, struct str word)
{
    for (size_t i = 0; i < FOREIGN_COUNT; i++)
        if (foreigners[i].where == where && str_is(word, foreigners[i].word))
            return &foreigners[i];
    return NULL;
}

bool alias_refuse_foreign(struct translation *t, enum words_where where, struct str word,
                          struct place place)
{
    const struct foreign *foreign = foreign_find(where, word);
    if (foreign != NULL)
        diag_error(t->diags, place, foreign->remedy, "`%s` means nothing here", foreign->word);
    return foreign != NULL;
}

/* `section` is the native object that plain members go to; NULL: the rule itself. */
static void translate_member(struct translation *t, enum words_where where, const char *section,
                             const struct json_node *member)
{
    const struct alias *alias = alias_find(where, json_name(member));
    const char *name = member->c.string;
    if (alias != NULL) {
        alias->translate(t, alias, member);
    } else if (!alias_refuse_foreign(t, where, json_name(member), json_name_place(member))) {
        const char *const path[PATH_MAX_NAMES] = {section != NULL ? section : name,
                                                  section != NULL ? name : NULL};
        native_put(t, path, member, json_copy(t->arena, member));
    }
}

static void translate_members(struct translation *t, enum words_where where, const char *section,
                              const struct json_node *object)
{
    for (const struct json_node *member = json_first(object); member != NULL;
         member = json_next(member))
        translate_member(t, where, section, member);
}

static enum words_where section_words(const char *section)
{
    if (strcmp(section, "match") == 0)
        return WORDS_MATCH;
    return strcmp(section, "when") == 0 ? WORDS_WHEN : WORDS_DO;
}

void as_section(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    const char *section = alias->path[0];
    if (!json_is(from, JSON_OBJECT)) {
        native_put(t, alias->path, from, json_copy(t->arena, from));
        return;
    }
    native_object(t, t->rule, section, from);
    translate_members(t, section_words(section), section, from);
}

void as_it_is(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    native_put(t, alias->path, from, json_copy(t->arena, from));
}

/* An object that other words may add to. */
void as_members(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    const char *const *path = alias->path;
    if (!json_is(from, JSON_OBJECT)) {
        native_put(t, path, from, json_copy(t->arena, from));
        return;
    }
    native_object(t, native_object(t, t->rule, path[0], from), path[1], from);
    for (const struct json_node *member = json_first(from); member != NULL;
         member = json_next(member))
        native_put(t, (const char *const[PATH_MAX_NAMES]){path[0], path[1], member->c.string},
                   member, json_copy(t->arena, member));
}

/* --- matchers ---------------------------------------------------------------------- */

/* `equalTo` is `equals`; the other words are the same. */
static struct json_node *native_matcher(struct translation *t, const struct json_node *from)
{
    struct json_node *matcher = json_copy(t->arena, from);
    struct json_node *equal_to = json_member(matcher, "equalTo");
    if (equal_to == NULL)
        return matcher;
    if (json_member(matcher, "equals") != NULL) {
        native_report_twice(t, equal_to, "equals");
        return matcher;
    }
    /* Rebuilt, because a node's name cannot be changed in place. */
    struct json_node *rebuilt = native_at(from, json_new(t->arena, JSON_OBJECT));
    for (const struct json_node *member = json_first(from); member != NULL;
         member = json_next(member)) {
        const char *name = str_is(json_name(member), "equalTo") ? "equals" : member->c.string;
        native_set(t, rebuilt, name, member, json_copy(t->arena, member));
    }
    return rebuilt;
}

void as_matcher(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    native_put(t, alias->path, from, native_matcher(t, from));
}

void as_matchers(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    if (!json_is(from, JSON_OBJECT)) {
        as_it_is(t, alias, from);
        return;
    }
    struct json_node *fields = native_at(from, json_new(t->arena, JSON_OBJECT));
    for (const struct json_node *member = json_first(from); member != NULL;
         member = json_next(member))
        native_set(t, fields, member->c.string, member, native_matcher(t, member));
    native_put(t, alias->path, from, fields);
}

/* WireMock's path patterns cover the whole path; ours search in it. */
void as_path_pattern(struct translation *t, const struct alias *alias, const struct json_node *from)
{
    if (!json_is(from, JSON_STRING)) {
        as_it_is(t, alias, from);
        return;
    }
    struct json_node *matcher = native_at(from, json_new(t->arena, JSON_OBJECT));
    const char *anchored = arena_printf(t->arena, "^(?:%s)$", from->c.valuestring);
    native_set(t, matcher, "matches", from, native_text(t, from, anchored));
    native_put(t, alias->path, from, matcher);
}

/* --- from outside ---------------------------------------------------------------------- */

struct json_node *alias_translate(struct arena *arena, const struct json_node *rule,
                                  struct diags *diags)
{
    struct translation t = {arena, diags, rule, NULL};
    if (!json_is(rule, JSON_OBJECT))
        return json_copy(arena, rule);
    t.rule = native_at(rule, json_new(arena, JSON_OBJECT));
    translate_members(&t, WORDS_RULE, NULL, rule);
    return t.rule;
}

struct json_node *alias_translate_action(struct arena *arena, const struct json_node *action,
                                         struct diags *diags)
{
    struct translation t = {arena, diags, action, NULL};
    t.rule = native_at(action, json_new(arena, JSON_OBJECT));
    as_section(&t, alias_find(WORDS_RULE, str_from("do")), action);
    return t.rule;
}

const char *alias_nearest(enum words_where where, struct str word)
{
    const char *names[ALIAS_COUNT + 1];
    size_t count = 0;
    for (size_t i = 0; i < ALIAS_COUNT; i++)
        if (aliases[i].where == where)
            names[count++] = aliases[i].word;
    names[count] = NULL;
    return str_nearest(word, names);
}
