#include "mock/behavior.h"

#include "json/pointer.h"

struct reading {
    struct arena *arena;
    struct diags *diags;
    struct behavior *behavior;
};

static const char *const action_names[] = {"",     "create", "upsert", "read",
                                           "list", "update", "delete", NULL};

static const char *nearest_help(struct arena *arena, struct str wrong, const char *const *words)
{
    const char *nearest = str_nearest(wrong, words);
    if (nearest != NULL)
        return arena_printf(arena, "did you mean \"%s\"?", nearest);
    struct buf all;
    buf_init(&all, arena);
    for (; *words != NULL; words++)
        if (**words != '\0')
            buf_printf(&all, "%s%s", all.len > 0 ? ", " : "known are: ", *words);
    return buf_text(&all);
}

static void report_unknown(struct reading *reading, const struct json_node *member,
                           const char *const *words)
{
    diag_error(reading->diags, json_name_place(member),
               nearest_help(reading->arena, json_name(member), words),
               "x-understudy has no word \"%.*s\" here", (int)member->name_length,
               member->c.string);
}

static void read_action(struct reading *reading, const struct json_node *value)
{
    struct str text = json_is(value, JSON_STRING) ? json_text(value) : str_from("");
    for (size_t i = 1; action_names[i] != NULL; i++) {
        if (str_is(text, action_names[i])) {
            reading->behavior->action = (enum action)i;
            return;
        }
    }
    diag_error(reading->diags, json_place(value), nearest_help(reading->arena, text, action_names),
               "unknown action \"%.*s\"", (int)text.len, text.data);
}

static void read_collection(struct reading *reading, const struct json_node *value)
{
    if (json_is(value, JSON_STRING) && value->size > 0)
        reading->behavior->collection = json_text(value);
    else
        diag_error(reading->diags, json_place(value), "write the collection's name",
                   "the collection must be a non-empty string");
}

static void list_add(struct arena *arena, struct str_list *list, struct str item)
{
    list->items = arena_grow(arena, list->items, list->count * sizeof *list->items,
                             (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = item;
}

/* "/a/b" into its decoded names. */
static void read_items(struct reading *reading, const struct json_node *value)
{
    struct str pointer = json_is(value, JSON_STRING) ? json_text(value) : str_from("?");
    if (!json_pointer_is_valid(pointer)) {
        diag_error(reading->diags, json_place(value), "for example /items",
                   "items must be a JSON Pointer to the records");
        return;
    }
    while (pointer.len > 0) {
        pointer = str_after(pointer, 1);
        struct str token = str_make(pointer.data, str_find_char(pointer, '/'));
        pointer = str_after(pointer, token.len);
        struct buf name;
        buf_init(&name, reading->arena);
        for (size_t i = 0; i < token.len; i++) {
            bool escaped = token.data[i] == '~' && i + 1 < token.len;
            buf_add_char(&name, !escaped ? token.data[i] : token.data[++i] == '0' ? '~' : '/');
        }
        list_add(reading->arena, &reading->behavior->items, buf_str(&name));
    }
}

static void read_key(struct reading *reading, const struct json_node *value)
{
    if (json_is(value, JSON_STRING)) {
        list_add(reading->arena, &reading->behavior->key, json_text(value));
        return;
    }
    bool good = json_is(value, JSON_ARRAY) && value->size > 0;
    for (const struct json_node *name = good ? json_first(value) : NULL; name != NULL;
         name = json_next(name)) {
        if (json_is(name, JSON_STRING))
            list_add(reading->arena, &reading->behavior->key, json_text(name));
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

static void read_fill_word(struct reading *reading, const struct json_node *value,
                           struct fill *fill, int *sources)
{
    struct str word = json_name(value);
    struct str text = json_is(value, JSON_STRING) ? json_text(value) : str_from("");
    if (str_is(word, "default")) {
        fill->fallback = print_json(reading->arena, value);
        return;
    }
    if (str_is(word, "always")) {
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
    } else {
        report_unknown(reading, value, fill_words);
    }
}

static void read_fill(struct reading *reading, const struct json_node *rule, struct fill *fill)
{
    fill->member = json_name(rule);
    int sources = 0;
    for (const struct json_node *value = json_is(rule, JSON_OBJECT) ? json_first(rule) : NULL;
         value != NULL; value = json_next(value))
        read_fill_word(reading, value, fill, &sources);
    if (sources != 1)
        diag_error(reading->diags, json_place(rule),
                   "give exactly one of value, uuid, header, now, path",
                   "fill of \"%.*s\" does not say where the value comes from",
                   (int)fill->member.len, fill->member.data);
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
        read_fill(reading, rule, &behavior->fills[behavior->fill_count++]);
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
            report_unknown(reading, name, words);
    }
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
    {"page", read_page},
};
static const char *const word_names[] = {"collection", "action", "items", "key",
                                         "fill",       "page",   NULL};

static void read_word(struct reading *reading, const struct json_node *member)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is(json_name(member), words[i].name)) {
            words[i].read(reading, member);
            return;
        }
    }
    report_unknown(reading, member, word_names);
}

/* An empty key cannot identify anything: a key that the server can make counts as unset. */
static void mark_keys(struct behavior *behavior)
{
    for (size_t i = 0; i < behavior->fill_count; i++)
        for (size_t j = 0; j < behavior->key.count; j++)
            if (str_equal(behavior->fills[i].member, behavior->key.items[j]))
                behavior->fills[i].not_empty = true;
}

struct behavior *behavior_read(struct arena *arena, const struct json_node *node,
                               struct diags *diags)
{
    struct reading reading = {arena, diags, arena_alloc_zero(arena, sizeof(struct behavior))};
    struct behavior *behavior = reading.behavior;
    size_t errors = diags->errors;
    if (!json_is(node, JSON_OBJECT)) {
        diag_error(diags, json_place(node), "for example {collection: things, action: upsert}",
                   "x-understudy must be an object");
        return NULL;
    }
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member))
        read_word(&reading, member);
    if (behavior->collection.len == 0 && json_member(node, "collection") == NULL)
        diag_error(diags, json_place(node), "add collection: NAME",
                   "x-understudy does not name a collection");
    if (behavior->action == ACTION_ANSWER && json_member(node, "action") == NULL)
        diag_error(diags, json_place(node), "add action: upsert, for example",
                   "x-understudy does not name an action");
    if (behavior->key.count == 0 && json_member(node, "key") == NULL &&
        behavior->action != ACTION_LIST)
        diag_error(diags, json_place(node), "add key: [id], for example",
                   "x-understudy does not say what identifies a record");
    mark_keys(behavior);
    return diags->errors == errors ? behavior : NULL;
}
