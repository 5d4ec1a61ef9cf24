#include "mock/behavior.h"

#include "mock/dialect_template.h"
#include "mock/overlay_words.h"
#include "mock/rules.h"

struct reading {
    struct arena *arena;
    struct diags *diags;
    struct overlay_reader words;
    struct behavior *behavior;
};

static const char *const action_names[] = {"",     "create", "upsert", "read",
                                           "list", "update", "delete", NULL};

static void read_action(struct reading *reading, const struct json_node *value)
{
    int action = overlay_read_choice(&reading->words, value, action_names, "action");
    if (action > 0)
        reading->behavior->action = (enum action)action;
}

static void read_collection(struct reading *reading, const struct json_node *value)
{
    overlay_read_text(&reading->words, value, "the collection", &reading->behavior->collection);
}

static void read_items(struct reading *reading, const struct json_node *value)
{
    overlay_read_pointer(&reading->words, value, &reading->behavior->items);
}

static void read_key(struct reading *reading, const struct json_node *value)
{
    if (json_is(value, JSON_STRING)) {
        str_list_add(&reading->behavior->key, reading->arena, json_text(value));
        return;
    }
    bool good = json_is(value, JSON_ARRAY) && value->size > 0;
    for (const struct json_node *name = good ? json_first(value) : NULL; name != NULL;
         name = json_next(name)) {
        if (json_is(name, JSON_STRING))
            str_list_add(&reading->behavior->key, reading->arena, json_text(name));
        else
            good = false;
    }
    if (!good)
        diag_error(reading->diags, json_place(value), "for example [id]",
                   "key must be a list of member names");
}

static struct str print_json(struct arena *arena, const struct json_node *node)
{
    struct buf text;
    buf_init(&text, arena);
    json_write(&text, node, JSON_EXACT);
    return buf_str(&text);
}

static const char *const fill_words[] = {"value", "uuid",    "header", "now",
                                         "path",  "default", "always", NULL};
static const char *const wrap_words[] = {"value", "uuid",    "header", "now",
                                         "path",  "default", "page",   NULL};

static void read_page_fact(struct reading *reading, const struct json_node *value,
                           struct fill *fill)
{
    static const char *const facts[] = {"more", "count", "total", NULL};
    fill->kind = FILL_PAGE;
    int fact = overlay_read_choice(&reading->words, value, facts, "fact about a page");
    if (fact >= 0)
        fill->source = str_from(facts[fact]);
}

static void read_fill_word(struct reading *reading, const struct json_node *value,
                           const char *const *words, struct fill *fill, int *sources)
{
    bool is_wrap = words == wrap_words;
    struct str word = json_name(value);
    struct str text = json_is(value, JSON_STRING) ? json_text(value) : str_from("");
    if (str_is(word, "default")) {
        fill->fallback = print_json(reading->arena, value);
        return;
    }
    if (str_is(word, "always") && !is_wrap) {
        fill->always = json_is_true(value);
        return;
    }
    ++*sources;
    if (str_is(word, "value")) {
        fill->kind = FILL_VALUE;
        fill->fallback = print_json(reading->arena, value);
    } else if (str_is(word, "uuid")) {
        fill->kind = FILL_UUID4;
        int64_t version = json_is(value, JSON_NUMBER) ? value->c.valueint : 0;
        if (version != 4)
            diag_error(reading->diags, json_place(value), "write uuid: 4",
                       "only version 4 UUIDs are made");
    } else if (str_is(word, "header") || str_is(word, "path")) {
        fill->kind = str_is(word, "header") ? FILL_HEADER : FILL_PATH;
        fill->source = text;
        if (text.len == 0)
            diag_error(reading->diags, json_place(value), "write its name", "%.*s wants a name",
                       (int)word.len, word.data);
    } else if (str_is(word, "now")) {
        fill->kind = FILL_NOW;
        if (!str_is(text, "rfc3339"))
            diag_error(reading->diags, json_place(value), "write now: rfc3339",
                       "unknown form of the current time");
    } else if (str_is(word, "page") && is_wrap) {
        read_page_fact(reading, value, fill);
    } else {
        overlay_report_unknown(&reading->words, value, words);
    }
}

static void read_fill(struct reading *reading, const struct json_node *rule,
                      const char *const *words, struct fill *fill)
{
    fill->member = json_name(rule);
    int sources = 0;
    for (const struct json_node *value = json_is(rule, JSON_OBJECT) ? json_first(rule) : NULL;
         value != NULL; value = json_next(value))
        read_fill_word(reading, value, words, fill, &sources);
    if (sources != 1)
        diag_error(reading->diags, json_place(rule),
                   words == wrap_words ? "give exactly one of value, uuid, header, now, path, page"
                                       : "give exactly one of value, uuid, header, now, path",
                   "%s of \"%.*s\" does not say where the value comes from",
                   words == wrap_words ? "wrap" : "fill", (int)fill->member.len, fill->member.data);
}

static void read_fills(struct reading *reading, const struct json_node *value)
{
    if (!json_is(value, JSON_OBJECT)) {
        diag_error(reading->diags, json_place(value), "for example {id: {uuid: 4}}",
                   "fill must be an object of members");
        return;
    }
    struct behavior *behavior = reading->behavior;
    behavior->fills = arena_alloc_zero(reading->arena, (value->size + 1) * sizeof(struct fill));
    for (const struct json_node *rule = json_first(value); rule != NULL; rule = json_next(rule))
        read_fill(reading, rule, fill_words, &behavior->fills[behavior->fill_count++]);
}

static void read_wraps(struct reading *reading, const struct json_node *value)
{
    if (!json_is(value, JSON_OBJECT)) {
        diag_error(reading->diags, json_place(value), "for example {has_more: {page: more}}",
                   "wrap must be an object of members");
        return;
    }
    struct behavior *behavior = reading->behavior;
    behavior->wraps = arena_alloc_zero(reading->arena, (value->size + 1) * sizeof(struct fill));
    for (const struct json_node *rule = json_first(value); rule != NULL; rule = json_next(rule))
        read_fill(reading, rule, wrap_words, &behavior->wraps[behavior->wrap_count++]);
}

static void read_page(struct reading *reading, const struct json_node *value)
{
    static const char *const words[] = {"limit", "after", NULL};
    for (const struct json_node *name = json_is(value, JSON_OBJECT) ? json_first(value) : NULL;
         name != NULL; name = json_next(name)) {
        struct str text = json_is(name, JSON_STRING) ? json_text(name) : str_from("");
        if (str_is(json_name(name), "limit"))
            reading->behavior->limit = text;
        else if (str_is(json_name(name), "after"))
            reading->behavior->after = text;
        else
            overlay_report_unknown(&reading->words, name, words);
    }
}

static void read_rules(struct reading *reading, const struct json_node *value)
{
    reading->behavior->rules = rules_read(&reading->words, value);
}

static void read_errors(struct reading *reading, const struct json_node *value)
{
    reading->behavior->errors = error_bodies_read(&reading->words, value);
}

struct word {
    const char *name;
    void (*read)(struct reading *reading, const struct json_node *value);
};

static const struct word words[] = {
    {"collection", read_collection},
    {"action", read_action},
    {"items", read_items},
    {"key", read_key},
    {"fill", read_fills},
    {"wrap", read_wraps},
    {"page", read_page},
    {"rules", read_rules},
    {"errors", read_errors},
};
static const char *const word_names[] = {"collection", "action", "items", "key",    "fill",
                                         "wrap",       "page",   "rules", "errors", NULL};

static void read_word(struct reading *reading, const struct json_node *member)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is(json_name(member), words[i].name)) {
            words[i].read(reading, member);
            return;
        }
    }
    overlay_report_unknown(&reading->words, member, word_names);
}

/* An empty key cannot identify anything: a key that the server can make counts as unset. */
static void mark_keys(struct behavior *behavior)
{
    for (size_t i = 0; i < behavior->fill_count; i++)
        for (size_t j = 0; j < behavior->key.count; j++)
            if (str_equal(behavior->fills[i].member, behavior->key.items[j]))
                behavior->fills[i].not_empty = true;
}

/* Without the store: only rules for what is sent, or bodies of errors. */
static bool keeps_nothing(const struct json_node *node)
{
    static const char *const store_words[] = {"collection", "action", "key",
                                              "fill",       "wrap",   "page"};
    for (size_t i = 0; i < sizeof store_words / sizeof *store_words; i++)
        if (json_member(node, store_words[i]) != NULL)
            return false;
    return json_member(node, "rules") != NULL || json_member(node, "errors") != NULL;
}

static void check_store_words(struct reading *reading, const struct json_node *node)
{
    const struct behavior *behavior = reading->behavior;
    if (behavior->collection.len == 0 && json_member(node, "collection") == NULL)
        diag_error(reading->diags, json_place(node), "add collection: NAME",
                   "x-understudy does not name a collection");
    if (behavior->action == ACTION_ANSWER && json_member(node, "action") == NULL)
        diag_error(reading->diags, json_place(node), "add action: upsert, for example",
                   "x-understudy does not name an action");
    if (behavior->key.count == 0 && json_member(node, "key") == NULL &&
        behavior->action != ACTION_LIST)
        diag_error(reading->diags, json_place(node), "add key: [id], for example",
                   "x-understudy does not say what identifies a record");
}

struct behavior *behavior_read(struct arena *arena, const struct json_node *node,
                               struct diags *diags)
{
    struct reading reading = {
        arena, diags, {arena, diags}, arena_alloc_zero(arena, sizeof(struct behavior))};
    size_t errors = diags->errors;
    if (!json_is(node, JSON_OBJECT)) {
        diag_error(diags, json_place(node), "for example {collection: things, action: upsert}",
                   "x-understudy must be an object");
        return NULL;
    }
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member))
        read_word(&reading, member);
    if (!keeps_nothing(node))
        check_store_words(&reading, node);
    mark_keys(reading.behavior);
    return diags->errors == errors ? reading.behavior : NULL;
}
