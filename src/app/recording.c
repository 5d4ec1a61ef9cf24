#include "app/recording.h"

#include "base/base64.h"
#include "base/clock.h"
#include "json/reader.h"

#include <errno.h>
#include <stdlib.h>

enum { FILE_MAX_BYTES = 1 << 30 };

struct reading {
    struct arena *arena;
    struct diags *diags;
    struct recorded *items;
    size_t count;
    size_t capacity;
};

/* ---- one entry ---- */

/* JSON Lines have a list of {name, value}. */
static size_t read_header_list(const struct json_node *list, struct name_value *headers)
{
    size_t count = 0;
    for (const struct json_node *header = json_first(list); header != NULL;
         header = json_next(header)) {
        struct str name = json_member_text(header, "name", str_from(""));
        if (name.len > 0)
            headers[count++] =
                (struct name_value){name, json_member_text(header, "value", str_from(""))};
    }
    return count;
}

/* The admin API has {name: value}, or {name: [value, ...]}. */
static size_t read_header_object(const struct json_node *object, struct name_value *headers)
{
    size_t count = 0;
    for (const struct json_node *header = json_first(object); header != NULL;
         header = json_next(header)) {
        bool several = json_is(header, JSON_ARRAY);
        for (const struct json_node *value = several ? json_first(header) : header; value != NULL;
             value = several ? json_next(value) : NULL)
            if (json_is(value, JSON_STRING))
                headers[count++] = (struct name_value){json_name(header), json_text(value)};
    }
    return count;
}

static size_t count_values(const struct json_node *headers)
{
    size_t count = headers->size;
    for (const struct json_node *header = json_first(headers); header != NULL;
         header = json_next(header))
        count += json_is(header, JSON_ARRAY) ? header->size : 0;
    return count;
}

static void read_headers(struct reading *reading, const struct json_node *node,
                         struct request *request)
{
    bool is_list = json_is(node, JSON_ARRAY);
    bool is_object = json_is(node, JSON_OBJECT);
    size_t room = is_list || is_object ? count_values(node) : 0;
    struct name_value *headers = arena_alloc(reading->arena, (room + 2) * sizeof *headers);
    request->headers = headers;
    request->header_count = is_list     ? read_header_list(node, headers)
                            : is_object ? read_header_object(node, headers)
                                        : 0;
}

/* Room for one header more was left when they were read. */
static void add_header(struct request *request, const char *name, struct str value)
{
    struct name_value *headers = (struct name_value *)(uintptr_t)request->headers;
    headers[request->header_count++] = (struct name_value){str_from(name), value};
}

static bool has_header(const struct request *request, const char *name)
{
    return request_header(request, name).data != NULL;
}

static void read_body(struct reading *reading, const struct json_node *node,
                      struct request *request)
{
    struct str encoded =
        json_member_text(node, "body_base64", json_member_text(node, "bodyAsBase64", str_from("")));
    struct buf bytes;
    buf_init(&bytes, reading->arena);
    if (encoded.len > 0 && base64_read(encoded, &bytes))
        request->body = buf_str(&bytes);
    else
        request->body = json_member_text(node, "body", str_from(""));
}

/* JSON Lines have path and query apart, the admin API has them in `url`. */
static void read_url(const struct json_node *node, struct request *request)
{
    struct str url = json_member_text(node, "url", str_from(""));
    size_t query = str_find_char(url, '?');
    request->path = json_member_text(node, "path", str_make(url.data, query));
    request->query =
        json_member_text(node, "query", str_after(url, query < url.len ? query + 1 : url.len));
}

static struct request read_request(struct reading *reading, const struct json_node *node,
                                   struct str world)
{
    struct request request = {
        .method = json_member_text(node, "method", str_from("")),
        .version = str_from("1.1"),
        .remote = str_from("replay"),
        .received_ns = clock_monotonic_ns(),
    };
    read_url(node, &request);
    read_headers(reading, json_member(node, "headers"), &request);
    read_body(reading, node, &request);
    if (world.len > 0 && !has_header(&request, "x-understudy-world"))
        add_header(&request, "x-understudy-world", world);
    return request;
}

static int64_t read_time(const struct json_node *entry)
{
    int64_t time = 0;
    return clock_parse_rfc3339(json_member_text(entry, "time", str_from("")), &time) ? time : 0;
}

static struct recorded *new_item(struct reading *reading)
{
    if (reading->count == reading->capacity) {
        size_t wider = reading->capacity > 0 ? reading->capacity * 2 : 64;
        reading->items =
            arena_grow(reading->arena, reading->items, reading->capacity * sizeof *reading->items,
                       wider * sizeof *reading->items);
        reading->capacity = wider;
    }
    return &reading->items[reading->count++];
}

static void read_entry(struct reading *reading, const struct json_node *entry, struct place place)
{
    const struct json_node *request = json_member(entry, "request");
    /* JSON Lines have their facts beside the request, the admin API has them in it. */
    const struct json_node *number = json_member(request, "number");
    const struct json_node *facts = number != NULL ? request : entry;
    const struct json_node *id = number != NULL ? number : json_member(entry, "id");
    const struct json_node *status = json_member(json_member(entry, "response"), "status");
    if (!json_is(request, JSON_OBJECT) || !json_is(id, JSON_NUMBER)) {
        diag_error(reading->diags, place, "give it what GET /__admin/requests?format=jsonl wrote",
                   "this is no entry of a journal: it has no `id` and `request`");
        return;
    }
    struct str world = json_member_text(facts, "world", str_from(""));
    *new_item(reading) = (struct recorded){
        .id = (uint64_t)id->c.valuedouble,
        .world = world,
        .time_ns = read_time(facts),
        .request = read_request(reading, request, world),
        .cut = json_is_true(json_member(request, "body_cut")),
        .status = json_is(status, JSON_NUMBER) ? status->c.valueint : 0,
        .decision = json_member(json_member(facts, "fault"), "decision"),
    };
}

/* ---- the file ---- */

static void read_line(struct reading *reading, const struct source *file, size_t offset, size_t len)
{
    struct place place = {file, offset};
    struct source *line = arena_alloc_zero(reading->arena, sizeof *line);
    line->name = file->name;
    line->text = str_make(file->text.data + offset, len);
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    if (!json_read(reading->arena, line, &options, &document, &error)) {
        place.offset += error.offset;
        diag_error(reading->diags, place, "each line is one JSON object", "this is no JSON: %s",
                   json_fault_text(error.fault));
        return;
    }
    const struct json_node *list = json_member(document.root, "requests");
    if (!json_is(list, JSON_ARRAY)) {
        read_entry(reading, document.root, place);
        return;
    }
    for (const struct json_node *entry = json_first(list); entry != NULL; entry = json_next(entry))
        read_entry(reading, entry, place);
}

static int compare(const void *left, const void *right)
{
    const struct recorded *a = left;
    const struct recorded *b = right;
    int worlds = str_compare(a->world, b->world);
    if (worlds != 0)
        return worlds;
    return a->id < b->id ? -1 : a->id > b->id;
}

bool recording_read(const char *path, struct arena *arena, struct recording *out,
                    struct diags *diags)
{
    struct source *file = arena_alloc_zero(arena, sizeof *file);
    struct reading reading = {.arena = arena, .diags = diags};
    enum source_outcome outcome = source_read(arena, path, FILE_MAX_BYTES, file);
    if (outcome != SOURCE_OK) {
        diag_error(diags, (struct place){NULL, 0}, "name a journal that was saved to a file",
                   "cannot read %s: %s", path,
                   outcome == SOURCE_TOO_LARGE ? "it is too large" : strerror(errno));
        return false;
    }
    size_t errors = diags->errors;
    for (size_t at = 0; at < file->text.len;) {
        struct str rest = str_after(file->text, at);
        size_t len = str_find_char(rest, '\n');
        if (str_trim(str_make(rest.data, len)).len > 0)
            read_line(&reading, file, at, len);
        at += len + 1;
    }
    if (reading.count > 0)
        qsort(reading.items, reading.count, sizeof *reading.items, compare);
    *out = (struct recording){reading.items, reading.count};
    return diags->errors == errors;
}
