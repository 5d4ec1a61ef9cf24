#include "openapi/document.h"

#include "openapi/nearest.h"
#include "openapi/overlay.h"
#include "schema/uri.h"
#include "json/pointer.h"
#include "json/yaml.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DEFAULT_MAX_FILE_BYTES = 64 << 20,
    LONGEST_CHAIN = 100,
    PATH_ROOM = 4096,
};

static const struct document_options no_options;

/* --- paths and URIs ------------------------------------------------------------- */

static const char *current_folder(char *room, size_t size)
{
    return getcwd(room, size) != NULL ? room : "/";
}

/* A path as a URI says it: these characters would end it or mean something else. */
static void add_encoded(struct buf *out, struct str path)
{
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.data[i];
        if (c <= ' ' || c == '%' || c == '#' || c == '?' || c == 0x7f)
            buf_printf(out, "%%%02X", c);
        else
            buf_add_char(out, (char)c);
    }
}

static struct str uri_of_path(struct arena *arena, const char *path)
{
    char room[PATH_ROOM];
    struct buf base;
    struct buf encoded;
    buf_init(&base, arena);
    buf_init(&encoded, arena);
    add_encoded(&base, str_from(current_folder(room, sizeof room)));
    if (!str_ends_with(buf_str(&base), "/")) /* of the root; // would begin a host's name */
        buf_add_char(&base, '/');
    buf_add_text(&encoded, path[0] == '/' ? "" : "./"); /* so that no "a:b" is taken for a scheme */
    add_encoded(&encoded, str_from(path));
    return uri_resolve(arena, buf_str(&base), buf_str(&encoded));
}

/* Without the current folder before it, as people name their files. */
static const char *short_path(struct arena *arena, struct str path)
{
    char room[PATH_ROOM];
    struct str folder = str_from(current_folder(room, sizeof room));
    bool below = path.len > folder.len + 1 && str_starts_with(path, folder.data) &&
                 path.data[folder.len] == '/';
    return arena_copy(arena, below ? str_after(path, folder.len + 1) : path);
}

/* The file that a URL is mapped to: itself, or below a mapped folder; or NULL. */
static const char *mapped_path(struct document_set *set, struct str uri)
{
    for (size_t i = 0; i < set->options->map_count; i++) {
        const struct url_map *map = &set->options->maps[i];
        struct str url = str_from(map->url);
        if (str_equal(url, uri))
            return map->path;
        if (!str_ends_with(url, "/") || !str_starts_with(uri, map->url))
            continue;
        struct str rest = uri_decode(set->arena, str_after(uri, url.len));
        const char *slash = str_ends_with(str_from(map->path), "/") ? "" : "/";
        return arena_printf(set->arena, "%s%s%.*s", map->path, slash, (int)rest.len, rest.data);
    }
    return NULL;
}

static void tell_unmapped(struct document_set *set, struct str uri, struct place place,
                          struct diags *diags)
{
    char *remedy = arena_printf(set->arena, "say which file stands for it: --map %.*s=FILE",
                                (int)uri.len, uri.data);
    diag_error(diags, place, remedy, "%.*s is not fetched from the network", (int)uri.len,
               uri.data);
}

/* The file behind a URI, or NULL with an error. */
static const char *path_of_uri(struct document_set *set, struct str uri, struct place place,
                               struct diags *diags)
{
    const char *mapped = mapped_path(set, uri);
    if (mapped != NULL)
        return mapped;
    struct str path = uri;
    if (str_starts_with(path, "file:///"))
        path = str_after(path, strlen("file://"));
    if (!str_starts_with(path, "/") || str_starts_with(path, "//")) {
        tell_unmapped(set, uri, place, diags);
        return NULL;
    }
    path = uri_decode(set->arena, path);
    if (str_find_char(path, '\0') == path.len)
        return short_path(set->arena, path);
    diag_error(diags, place, "take the %00 away", "no file has a NUL in its name");
    return NULL;
}

/* --- reading -------------------------------------------------------------------- */

static void tell_unreadable(const char *path, int reason, struct place place, struct diags *diags)
{
    const char *remedy = NULL;
    struct str name = str_from(path);
    if (str_starts_with(name, "http://") || str_starts_with(name, "https://"))
        remedy = "documents are not fetched from the network: download it first";
    else if (reason == ENOENT || reason == ENOTDIR)
        remedy = "check the path";
    else if (reason == EISDIR)
        remedy = "name a file in it";
    else if (reason == EACCES || reason == EPERM)
        remedy = "give the program the right to read it";
    diag_error(diags, place, remedy, "cannot read %s: %s", path, strerror(reason));
}

/* Reads and parses a file. NULL with errors, at `place` where they are not in the file. */
static struct json_node *read_file(struct document_set *set, const char *path, struct place place,
                                   const struct source **text, struct diags *diags)
{
    size_t limit = set->options->max_file_bytes;
    limit = limit > 0 ? limit : DEFAULT_MAX_FILE_BYTES;
    struct source *source = arena_alloc(set->arena, sizeof *source);
    switch (source_read(set->arena, path, limit, source)) {
    case SOURCE_OK:
        break;
    case SOURCE_UNREADABLE:
        tell_unreadable(path, errno, place, diags);
        return NULL;
    case SOURCE_TOO_LARGE:
        diag_error(diags, place, "split it into several files", "%s is larger than %zu bytes", path,
                   limit);
        return NULL;
    }
    struct yaml_limits limits = {set->options->max_depth, set->options->max_nodes};
    source_index(source, set->arena);
    struct json_node *root = json_read_document(set->arena, source, &limits, diags);
    *text = root != NULL ? root->source : source;
    return root;
}

static struct document *remember(struct document_set *set, struct str uri, const char *path)
{
    struct document *document = arena_alloc_zero(set->arena, sizeof *document);
    document->uri = uri;
    document->path = path;
    map_put(&set->by_uri, uri, document);
    return document;
}

static void list(struct document_set *set, struct document *document)
{
    if (set->count == set->capacity) {
        size_t capacity = set->capacity > 0 ? set->capacity * 2 : 8;
        size_t item = sizeof(struct document *);
        set->documents =
            arena_grow(set->arena, set->documents, set->capacity * item, capacity * item);
        set->capacity = capacity;
    }
    set->documents[set->count++] = document;
}

/* A pipe or a device would hang or never end. (The main document may be a pipe.) */
static bool is_ordinary_file(const char *path, struct place place, struct diags *diags)
{
    struct stat status;
    if (stat(path, &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
        return true; /* what is wrong with it shows when it is read */
    diag_error(diags, place, "copy it to a file", "%s is no ordinary file", path);
    return false;
}

const struct document *document_find(const struct document_set *set, struct str uri)
{
    const struct document *document = map_get(&set->by_uri, uri);
    return document != NULL && document->root != NULL ? document : NULL;
}

static const struct document *read_reference(struct document_set *set, struct str uri,
                                             struct place place, struct diags *diags)
{
    const char *path = path_of_uri(set, uri, place, diags);
    if (path == NULL || !is_ordinary_file(path, place, diags))
        return NULL;
    struct document *document = remember(set, arena_copy_str(set->arena, uri), path);
    document->root = read_file(set, path, place, &document->source, diags);
    if (document->root == NULL)
        return NULL;
    list(set, document);
    return document;
}

const struct document *document_open(struct document_set *set, const struct document *base,
                                     struct str reference, struct place place, struct diags *diags)
{
    if (reference.len == 0 && base != NULL)
        return base;
    struct str from = base != NULL ? base->uri : str_from("");
    struct str uri = uri_resolve(set->arena, from, reference);
    const struct document *known = map_get(&set->by_uri, uri);
    if (known == NULL)
        return read_reference(set, uri, place, diags);
    if (known->root != NULL)
        return known;
    diag_error(diags, place, NULL, "%s could not be read", known->path);
    return NULL;
}

bool document_load(struct document_set *set, struct arena *arena, const char *path,
                   const struct document_options *options, struct diags *diags)
{
    *set = (struct document_set){.arena = arena, .options = options};
    if (options == NULL)
        set->options = &no_options;
    map_init(&set->by_uri, arena);
    json_index_init(&set->index, arena);
    struct place nowhere = {0};
    struct document *document =
        remember(set, uri_of_path(arena, path), arena_copy(arena, str_from(path)));
    document->root = read_file(set, path, nowhere, &document->source, diags);
    bool usable = document->root != NULL;
    list(set, document);
    for (size_t i = 0; i < set->options->overlay_count; i++) {
        const struct source *source;
        struct json_node *overlay =
            read_file(set, set->options->overlays[i], nowhere, &source, diags);
        struct overlay_limits limits = {set->options->max_depth, set->options->max_nodes};
        struct json_node *root = usable ? document->root : NULL;
        usable &= overlay != NULL && overlay_apply(arena, overlay, root, &limits, diags);
    }
    return usable;
}

/* --- following references ---------------------------------------------------------- */

/* The longest part of a pointer that leads somewhere, and where it leads. */
static size_t resolved_length(const struct json_node *root, struct str pointer,
                              const struct json_node **last)
{
    size_t length = 0;
    *last = root;
    for (size_t end = 1; end <= pointer.len; end++) {
        if (end < pointer.len && pointer.data[end] != '/')
            continue;
        const struct json_node *node = json_pointer_find(root, str_make(pointer.data, end));
        if (node == NULL)
            break;
        *last = node;
        length = end;
    }
    return length;
}

static void tell_missing(const struct document *document, struct str pointer, struct place place,
                         struct diags *diags)
{
    const struct json_node *last;
    size_t resolved = resolved_length(document->root, pointer, &last);
    struct buf token;
    struct buf remedy;
    buf_init(&token, NULL);
    buf_init(&remedy, NULL);
    struct str rest = str_after(pointer, resolved);
    struct str name = json_pointer_unescape(json_pointer_next(&rest), &token);
    const char *help = nearest_remedy(&remedy, nearest_member(last, name), "check the path");
    if (resolved == 0)
        diag_error(diags, place, help, "%s has no \"%.*s\" at its top", document->path,
                   (int)name.len, name.data);
    else
        diag_error(diags, place, help, "there is no \"%.*s\" in %.*s of %s", (int)name.len,
                   name.data, (int)resolved, pointer.data, document->path);
    buf_free(&token);
    buf_free(&remedy);
}

static const struct json_node *find_fragment(struct document_set *set,
                                             const struct document *document, struct str fragment,
                                             struct place place, struct diags *diags)
{
    struct str pointer = uri_decode(set->arena, fragment);
    const struct json_node *node = json_index_find(&set->index, document->root, pointer);
    if (node != NULL)
        return node;
    if (json_pointer_is_valid(pointer))
        tell_missing(document, pointer, place, diags);
    else if (pointer.data[0] == '/')
        diag_error(diags, place, "in a JSON pointer ~ is written ~0 and / is written ~1",
                   "#%.*s is no JSON pointer", (int)fragment.len, fragment.data);
    else
        diag_error(diags, place, "write a path from the top: #/components/...",
                   "#%.*s is no JSON pointer", (int)fragment.len, fragment.data);
    return NULL;
}

const struct json_node *document_follow(struct document_set *set, const struct document **document,
                                        struct str reference, struct place place,
                                        struct diags *diags)
{
    struct uri_reference split = uri_split(reference);
    const struct document *target = document_open(set, *document, split.uri, place, diags);
    if (target == NULL)
        return NULL;
    const struct json_node *node = target->root;
    if (split.fragment.len > 0)
        node = find_fragment(set, target, split.fragment, place, diags);
    if (node != NULL)
        *document = target;
    return node;
}

const struct json_node *document_resolve(struct document_set *set, const struct document **document,
                                         const struct json_node *node, struct diags *diags)
{
    const struct json_node *first = json_member(node, "$ref");
    const struct json_node *reference = first;
    for (int hops = 0; reference != NULL; hops++) {
        if (hops == LONGEST_CHAIN) {
            diag_error(diags, json_place(first), "let one of them say what is meant",
                       "this $ref leads in a circle, or through more than %d others",
                       LONGEST_CHAIN);
            return NULL;
        }
        if (reference->type != JSON_STRING) {
            diag_error(diags, json_place(reference), "write $ref: '#/components/...'",
                       "a $ref must be a string, not %s", json_type_name(reference->type));
            return NULL;
        }
        node = document_follow(set, document, json_text(reference), json_place(reference), diags);
        reference = json_member(node, "$ref");
    }
    return node;
}

/* --- what kind of document --------------------------------------------------------- */

struct kind {
    const char *field;
    const char *message;
    const char *remedy;
};

static const struct kind other_kinds[] = {
    {"swagger", "this is a Swagger 2.0 document; OpenAPI 3.0 and 3.1 are supported",
     "convert it, with swagger2openapi for example"},
    {"overlay", "this is an overlay, not an OpenAPI document",
     "give it with --overlay, beside the document that it changes"},
    {"asyncapi", "this is an AsyncAPI document", "give an OpenAPI document"},
    {"arazzo", "this is an Arazzo document", "give the OpenAPI document that it describes"},
};

static void tell_kind(const struct json_node *root, struct diags *diags)
{
    for (size_t i = 0; i < sizeof other_kinds / sizeof *other_kinds; i++) {
        const struct json_node *field = json_member(root, other_kinds[i].field);
        if (field == NULL)
            continue;
        diag_error(diags, json_name_place(field), other_kinds[i].remedy, "%s",
                   other_kinds[i].message);
        return;
    }
    struct buf remedy;
    buf_init(&remedy, NULL);
    diag_error(diags, json_place(root),
               nearest_remedy(&remedy, nearest_member(root, str_from("openapi")),
                              "an OpenAPI document begins with `openapi: 3.1.0`"),
               "the field `openapi` is missing");
    buf_free(&remedy);
}

/* "3.1" of 3.1, 3.1.0 and 3.1.0-rc1, but not of 3.10. */
static bool is_version(struct str text, const char *line)
{
    size_t length = strlen(line);
    return str_starts_with(text, line) && (text.len == length || text.data[length] == '.');
}

enum openapi_version document_version(const struct document *document, struct diags *diags)
{
    const struct json_node *root = document->root;
    if (root->type != JSON_OBJECT) {
        diag_error(diags, json_place(root), "an OpenAPI document begins with `openapi: 3.1.0`",
                   "an OpenAPI document is an object, not %s", json_type_name(root->type));
        return OPENAPI_UNSUPPORTED;
    }
    const struct json_node *field = json_member(root, "openapi");
    if (field == NULL) {
        tell_kind(root, diags);
        return OPENAPI_UNSUPPORTED;
    }
    struct place place = json_place(field);
    if (field->type != JSON_STRING && field->type != JSON_NUMBER) {
        diag_error(diags, place, "write openapi: 3.1.0", "the version must be a string, not %s",
                   json_type_name(field->type));
        return OPENAPI_UNSUPPORTED;
    }
    struct str version = json_text(field);
    if (field->type == JSON_NUMBER)
        diag_warning(diags, place, "write all three numbers, openapi: 3.1.0, or quotes",
                     "the version is a number here, not a string");
    if (is_version(version, "3.0"))
        return OPENAPI_3_0;
    if (is_version(version, "3.1"))
        return OPENAPI_3_1;
    if (is_version(version, "3.2")) {
        diag_warning(diags, place, NULL,
                     "OpenAPI 3.2 is read as 3.1: what is new in it is ignored");
        return OPENAPI_3_1;
    }
    diag_error(diags, place, "convert the document to 3.0 or 3.1",
               "OpenAPI %.*s is not supported; 3.0 and 3.1 are", (int)version.len, version.data);
    return OPENAPI_UNSUPPORTED;
}
