/*
 * Base paths from `servers`: what the URLs say after the host, with variables
 * filled in. A variable with an `enum` gives a base path for each value.
 */
#include "openapi/load.h"

#include "base/buf.h"

enum { SPELLINGS_MAX = 64 }; /* of one URL, by its variables' values */

/*
 * Where the path of a URL template begins: behind "scheme://host", or at 0 where
 * the URL is relative or hides its host in a variable.
 */
static size_t find_path(struct str url)
{
    for (size_t i = 0; i + 2 < url.len; i++) {
        if (memcmp(url.data + i, "://", 3) != 0)
            continue;
        size_t host = i + 3;
        return host + str_find_char(str_after(url, host), '/');
    }
    return 0;
}

/* Without "scheme://host", query, fragment, dot segments and the last slash. */
static struct str path_of(struct arena *arena, struct str url)
{
    url = str_after(url, find_path(url));
    url.len = str_find_char(url, '?');
    url.len = str_find_char(url, '#');
    struct buf path;
    buf_init(&path, arena);
    while (url.len > 0) {
        struct str segment = str_make(url.data, str_find_char(url, '/'));
        url = str_after(url, segment.len < url.len ? segment.len + 1 : segment.len);
        if (segment.len == 0 || str_is(segment, "."))
            continue;
        if (str_is(segment, "..")) {
            while (path.len > 0 && path.data[--path.len] != '/')
                ;
            continue;
        }
        buf_add_char(&path, '/');
        buf_add_str(&path, segment);
    }
    return buf_str(&path);
}

static void add_base_path(struct contract *contract, struct str path)
{
    if (path.len == 0)
        return;
    for (size_t i = 0; i < contract->base_path_count; i++)
        if (str_equal(contract->base_paths[i], path))
            return;
    size_t size = sizeof *contract->base_paths;
    contract->base_paths =
        arena_grow(&contract->arena, contract->base_paths, contract->base_path_count * size,
                   (contract->base_path_count + 1) * size);
    contract->base_paths[contract->base_path_count++] = path;
}

/* --- variables ---------------------------------------------------------------------- */

/* A URL with its variables filled in, in all the ways that their values allow. */
struct spellings {
    struct str items[SPELLINGS_MAX];
    size_t count;
};

/* The text of a value, which YAML may have taken for a number (8443). */
static bool value_text(const struct json_node *node, struct str *text)
{
    if (!json_is(node, JSON_STRING) && !json_is(node, JSON_NUMBER))
        return false;
    *text = json_text(node);
    return true;
}

/* Each spelling, followed by each of the values. */
static void spellings_multiply(struct arena *arena, struct spellings *spellings,
                               const struct str *values, size_t count)
{
    struct spellings longer = {.count = 0};
    for (size_t i = 0; i < spellings->count; i++)
        for (size_t k = 0; k < count; k++) {
            struct buf text;
            buf_init(&text, arena);
            buf_add_str(&text, spellings->items[i]);
            buf_add_str(&text, values[k]);
            longer.items[longer.count++] = buf_str(&text);
        }
    *spellings = longer;
}

/*
 * The values of a variable: its default, and those of its enum if there is room
 * for that many. 0 with an error if it has none.
 */
static size_t variable_values(struct load load, const struct json_node *url,
                              const struct json_node *variables, struct str name, size_t room,
                              struct str values[SPELLINGS_MAX])
{
    const struct json_node *variable = json_member_str(variables, name);
    if (!value_text(json_member(variable, "default"), &values[0])) {
        diag_error(load.diags, variable != NULL ? json_place(variable) : json_place(url),
                   "declare it under `variables` of the server, with a `default`",
                   "the server variable \"%.*s\" has no default", (int)name.len, name.data);
        return 0;
    }
    const struct json_node *list = json_member(variable, "enum");
    if (!json_is(list, JSON_ARRAY) || list->size > room)
        return 1;
    size_t count = 1;
    for (const struct json_node *value = json_first(list); value != NULL; value = json_next(value))
        if (count < room && value_text(value, &values[count]) &&
            !str_equal(values[count], values[0]))
            count++;
    return count;
}

static bool spell(struct load load, const struct json_node *server, const struct json_node *url,
                  struct spellings *spellings)
{
    struct arena *arena = &load.contract->arena;
    struct str text = json_text(url);
    struct str rest = text;
    size_t path_start = find_path(text);
    *spellings = (struct spellings){.items = {{"", 0}}, .count = 1};
    while (rest.len > 0) {
        size_t open = str_find_char(rest, '{');
        struct str literal = str_make(rest.data, open);
        spellings_multiply(arena, spellings, &literal, 1);
        if (open == rest.len)
            break;
        bool in_path = text.len - rest.len + open >= path_start;
        rest = str_after(rest, open + 1);
        size_t close = str_find_char(rest, '}');
        struct str name = str_make(rest.data, close);
        struct str values[SPELLINGS_MAX];
        size_t room = in_path ? SPELLINGS_MAX / spellings->count : 1;
        size_t count =
            variable_values(load, url, json_member(server, "variables"), name, room, values);
        if (count == 0)
            return false;
        spellings_multiply(arena, spellings, values, count);
        rest = str_after(rest, close < rest.len ? close + 1 : close);
    }
    return true;
}

/* --- the list ------------------------------------------------------------------------- */

static void load_server(struct load load, const struct json_node *server)
{
    const struct json_node *url = json_member(server, "url");
    if (!json_is(url, JSON_STRING)) {
        diag_error(load.diags, json_place(server), "write it as {url: https://host/base/path}",
                   "a server has no `url`");
        return;
    }
    struct spellings spellings;
    if (!spell(load, server, url, &spellings))
        return;
    for (size_t i = 0; i < spellings.count; i++)
        add_base_path(load.contract, path_of(&load.contract->arena, spellings.items[i]));
}

void load_servers(struct load load, const struct json_node *servers)
{
    if (servers == NULL)
        return;
    if (servers->type != JSON_ARRAY) {
        diag_error(load.diags, json_place(servers), "write it as a list of {url: ...}",
                   "`servers` is no list");
        return;
    }
    for (const struct json_node *server = json_first(servers); server != NULL;
         server = json_next(server))
        load_server(load, server);
}
