/*
 * libyaml turns the text into events; this file turns events into nodes.
 *
 * There is no recursion: `frames` holds the collections that are still open.
 * A value that is complete, scalar or collection, goes to `attach`, which puts
 * it where the innermost open collection wants it. What a mapping needs to
 * know of all its keys (repetitions, `<<`) is done when it closes.
 *
 * libyaml counts characters and we count bytes, so a cursor walks along the
 * text with the events.
 */
#include "json/yaml.h"

#include "base/map.h"
#include "base/mem.h"
#include "json/encoding.h"
#include "json/names.h"
#include "json/yaml_fault.h"
#include "json/yaml_merge.h"
#include "json/yaml_scalar.h"
#include "json/yaml_text.h"

#include <stdlib.h>
#include <yaml.h>

enum {
    FEW_MEMBERS = 8, /* names are compared in pairs */
    NAME_CACHE = 1024,
    REPETITIONS_TOLD = 20,  /* each costs a walk through the text for its first line */
    EXPANSION_FACTOR = 10,  /* nodes that aliases may make for each node of the source */
    EXPANSION_BASE = 10000, /* and this many more */
};

/* What `&name` stands for. */
struct anchor {
    struct json_node *node;
    uint32_t height; /* nested collections, its own included */
    uint32_t nodes;
    bool open; /* its collection has not ended: an alias to it would be a cycle */
};

/* A key that waits for its value. */
struct key {
    struct str name; /* in the nodes' arena */
    uint32_t hash;
    uint32_t offset;
    bool usable; /* false: an error was told, its value is dropped */
    bool merges; /* a plain `<<` */
};

/* A collection that is still open. */
struct frame {
    struct json_node *node;
    struct anchor *anchor; /* or NULL */
    uint32_t height;       /* of the highest value inside */
    uint64_t nodes_before; /* all nodes there were when it began */
    bool flow;             /* [ ] or { } */
    bool has_key;
    struct key key;
    const struct json_node *merged; /* the value of `<<`, or NULL */
    uint32_t merged_height;
    uint32_t merged_at; /* members before the `<<` */
};

struct reader {
    yaml_parser_t parser;
    struct arena *arena;  /* of the nodes */
    struct arena scratch; /* of what is forgotten at the end */
    const struct source *source;
    struct yaml_limits limits;
    struct diags *diags;

    struct frame *frames;
    size_t depth;
    size_t capacity;
    struct json_node *root;
    bool stopped; /* an error after which going on makes no sense */

    struct map anchors; /* name -> struct anchor */
    uint32_t nodes;     /* of the source */
    uint64_t expanded;  /* made by aliases and `<<` */
    size_t repetitions;

    struct text_cursor cursor;
    size_t value_end;  /* byte after the last value */
    struct str *names; /* NAME_CACHE names seen lately, so that each is stored about once */
};

/* --- places -------------------------------------------------------------------- */

/* The byte where character `index` begins. */
static size_t byte_at(struct reader *reader, size_t index)
{
    return text_byte_at(&reader->cursor, index);
}

static struct place place_at(const struct reader *reader, size_t byte)
{
    return (struct place){reader->source, byte};
}

/* --- budgets ------------------------------------------------------------------- */

static void stop(struct reader *reader)
{
    reader->stopped = true;
}

static bool within_nodes(struct reader *reader, size_t offset)
{
    if (reader->nodes + reader->expanded <= reader->limits.max_nodes)
        return true;
    diag_error(reader->diags, place_at(reader, offset), "split the document into several files",
               "more than %u values", reader->limits.max_nodes);
    stop(reader);
    return false;
}

static bool within_depth(struct reader *reader, size_t depth, size_t offset)
{
    if (depth <= reader->limits.max_depth)
        return true;
    diag_error(reader->diags, place_at(reader, offset), "nest less deeply",
               "collections are nested more than %u deep", reader->limits.max_depth);
    stop(reader);
    return false;
}

/* Takes `nodes` from what aliases may expand to. */
static bool expand(struct reader *reader, uint32_t nodes, size_t offset)
{
    reader->expanded += nodes;
    uint64_t allowed = (uint64_t)reader->nodes * EXPANSION_FACTOR + EXPANSION_BASE;
    if (reader->expanded <= allowed)
        return within_nodes(reader, offset);
    diag_error(reader->diags, place_at(reader, offset),
               "use fewer aliases of aliases: each one is a copy",
               "aliases expand to more than %d times the document", EXPANSION_FACTOR);
    stop(reader);
    return false;
}

/* --- nodes --------------------------------------------------------------------- */

static struct json_node *new_node(struct reader *reader, enum json_type type, size_t offset)
{
    struct json_node *node = arena_alloc_zero(reader->arena, sizeof *node);
    node->source = reader->source;
    node->offset = (uint32_t)offset;
    node->type = (uint8_t)type;
    reader->nodes++;
    return node;
}

/* The name in the arena. Documents have few different names and say each often. */
static struct str keep_name(struct reader *reader, struct str name, uint32_t hash)
{
    struct str *slot = &reader->names[hash % NAME_CACHE];
    if (slot->data == NULL || !str_equal(*slot, name))
        *slot = arena_copy_str(reader->arena, name);
    return *slot;
}

static void set_name(struct json_node *node, const struct key *key)
{
    node->c.string = (char *)(uintptr_t)key->name.data;
    node->name_length = (uint32_t)key->name.len;
    node->name_hash = key->hash;
    node->name_offset = key->offset;
}

/* --- tags ---------------------------------------------------------------------- */

static void tell_unknown_tag(struct reader *reader, struct str tag, size_t start)
{
    diag_warning(reader->diags, place_at(reader, start),
                 "take it away, or put the text in quotes if `!` is part of it",
                 "the tag `%s` is not known and ignored", tag.data);
}

static void tell_wrong_tag(struct reader *reader, struct str tag, size_t start)
{
    struct str name = scalar_tag_name(tag);
    diag_error(reader->diags, place_at(reader, start), "mend the value or take the tag away",
               "the value does not fit its tag !!%s", name.data);
}

static void check_collection_tag(struct reader *reader, const yaml_char_t *written,
                                 enum scalar_tag fitting, size_t start)
{
    struct str tag = str_from((const char *)written);
    enum scalar_tag known = scalar_tag_of(tag);
    if (known == TAG_UNKNOWN)
        tell_unknown_tag(reader, tag, start);
    else if (known != TAG_NONE && known != TAG_PLAIN && known != fitting)
        tell_wrong_tag(reader, tag, start);
}

/* --- scalars ------------------------------------------------------------------- */

/* What the scalar is, by its tag, its quotes and its text. */
static enum scalar_kind resolve_kind(struct reader *reader, const yaml_event_t *event,
                                     struct str text, size_t start, size_t value)
{
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                 !text_has_plain_tag(reader->source->text, start, value);
    struct str written = str_from((const char *)event->data.scalar.tag);
    enum scalar_tag tag = scalar_tag_of(written);
    enum scalar_kind kind = SCALAR_TEXT;
    if (tag == TAG_UNKNOWN)
        tell_unknown_tag(reader, written, start);
    if (!scalar_resolve(text, tag, plain, &kind))
        tell_wrong_tag(reader, written, value);
    return kind;
}

static void set_text(struct json_node *node, struct str text)
{
    node->c.valuestring = (char *)(uintptr_t)text.data;
    node->size = (uint32_t)text.len;
}

static struct json_node *new_scalar(struct reader *reader, const yaml_event_t *event, size_t start)
{
    struct str text = str_make((const char *)event->data.scalar.value, event->data.scalar.length);
    size_t end = byte_at(reader, event->end_mark.index);
    size_t value = text_has_properties(reader->source->text, start)
                       ? text_skip_properties(reader->source->text, start, end)
                       : start;
    enum scalar_kind kind = resolve_kind(reader, event, text, start, value);
    enum json_type type = scalar_type(kind);
    struct json_node *node = new_node(reader, type, value);
    reader->value_end = text_trim_end(reader->source->text, value, end);
    node->length = (uint32_t)(reader->value_end - value);
    if (kind == SCALAR_NOT_FINITE)
        diag_warning(reader->diags, place_at(reader, value), "write a number, or put it in quotes",
                     "%.*s has no JSON form and becomes null", (int)text.len, text.data);
    if (type == JSON_NUMBER)
        set_text(node, scalar_lexeme(reader->arena, text, kind));
    if (type == JSON_STRING) {
        set_text(node, arena_copy_str(reader->arena, text));
        bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        node->flags = plain && scalar_kind_of(text) == SCALAR_TEXT ? 0 : JSON_QUOTED;
    }
    json_node_finish_scalar(node);
    return node;
}

/* --- putting values where they belong ------------------------------------------ */

static struct frame *top(struct reader *reader)
{
    return reader->depth > 0 ? &reader->frames[reader->depth - 1] : NULL;
}

static bool wants_key(const struct frame *frame)
{
    return frame != NULL && frame->node->type == JSON_OBJECT && !frame->has_key;
}

static bool wants_merge(const struct frame *frame)
{
    return frame != NULL && frame->has_key && frame->key.merges;
}

/* A collection where a key should be: its value will be read and dropped. */
static void refuse_key(struct reader *reader, struct frame *frame, const struct json_node *node)
{
    diag_error(reader->diags, json_place(node),
               "write a text as the key; put a {{template}} in quotes",
               "a key must be a text, not %s", node->type == JSON_ARRAY ? "a list" : "a mapping");
    frame->has_key = true;
    frame->key = (struct key){.usable = false};
}

/* Remembers the value of `<<` until the mapping closes. */
static void set_merged(struct reader *reader, struct frame *frame, const struct json_node *node,
                       uint32_t height)
{
    if (merge_accepts(node)) {
        frame->merged = node;
        frame->merged_height = height;
        frame->merged_at = frame->node->size;
    } else {
        diag_error(reader->diags, place_at(reader, frame->key.offset),
                   "write an alias of a mapping, or put the key in quotes: \"<<\"",
                   "`<<` takes a mapping or a list of mappings");
    }
    frame->has_key = false;
}

/* Goes on after a value that cannot be told, because an error was. */
static void attach_nothing(struct reader *reader)
{
    struct frame *frame = top(reader);
    if (frame == NULL)
        stop(reader);
    else if (wants_key(frame))
        frame->key = (struct key){.usable = false};
    if (frame != NULL && frame->node->type == JSON_OBJECT)
        frame->has_key = !frame->has_key;
}

/* A complete value of `height` nested collections. */
static void attach(struct reader *reader, struct json_node *node, uint32_t height)
{
    struct frame *frame = top(reader);
    if (frame == NULL) {
        reader->root = node;
        return;
    }
    if (wants_key(frame)) {
        refuse_key(reader, frame, node);
        return;
    }
    if (wants_merge(frame)) {
        set_merged(reader, frame, node, height);
        return;
    }
    if (height > frame->height)
        frame->height = height;
    bool in_mapping = frame->node->type == JSON_OBJECT;
    frame->has_key = false;
    if (in_mapping && !frame->key.usable)
        return;
    json_append(frame->node, node);
    if (in_mapping)
        set_name(node, &frame->key); /* json_append forgets names */
}

static struct anchor *add_anchor(struct reader *reader, const yaml_char_t *name)
{
    if (name == NULL)
        return NULL;
    struct anchor *anchor = arena_alloc_zero(&reader->scratch, sizeof *anchor);
    struct str key = arena_copy_str(&reader->scratch, str_from((const char *)name));
    map_put(&reader->anchors, key, anchor);
    return anchor;
}

/* --- keys ---------------------------------------------------------------------- */

static void set_key(struct reader *reader, struct str name, size_t offset, bool merges)
{
    struct frame *frame = top(reader);
    uint32_t hash = str_hash(name);
    frame->has_key = true;
    frame->key = (struct key){.name = keep_name(reader, name, hash),
                              .hash = hash,
                              .offset = (uint32_t)offset,
                              .usable = !merges,
                              .merges = merges && frame->merged == NULL};
    if (merges && frame->merged != NULL)
        diag_error(reader->diags, place_at(reader, offset), "merge a list: `<<: [*one, *two]`",
                   "this mapping has a `<<` already");
}

static void read_key(struct reader *reader, const yaml_event_t *event)
{
    size_t start = byte_at(reader, event->start_mark.index);
    size_t offset = start;
    struct str name = str_make((const char *)event->data.scalar.value, event->data.scalar.length);
    if (text_has_properties(reader->source->text, start)) {
        struct anchor *anchor = add_anchor(reader, event->data.scalar.anchor);
        struct json_node *node = new_scalar(reader, event, start);
        offset = node->offset;
        if (anchor != NULL)
            *anchor = (struct anchor){.node = node, .nodes = 1};
    }
    bool bare = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && offset == start;
    set_key(reader, name, offset, bare && str_is(name, "<<"));
}

/* --- closing a mapping ---------------------------------------------------------- */

static void tell_repetition(struct reader *reader, const struct json_node *first,
                            const struct json_node *again)
{
    reader->repetitions++;
    if (reader->repetitions <= REPETITIONS_TOLD)
        diag_error(reader->diags, json_name_place(again),
                   "keep one of the two, or give it another name",
                   "the key \"%s\" is in this mapping already, at line %u", again->c.string,
                   source_position(reader->source, first->name_offset).line);
    else if (reader->repetitions == REPETITIONS_TOLD + 1)
        diag_error(reader->diags, json_name_place(again), NULL, "and more repeated keys");
}

static void check_few_names(struct reader *reader, const struct json_node *object)
{
    for (struct json_node *again = json_first(object); again != NULL; again = json_next(again))
        for (struct json_node *first = json_first(object); first != again; first = json_next(first))
            if (names_equal(first, again)) {
                tell_repetition(reader, first, again);
                break;
            }
}

static void check_many_names(struct reader *reader, const struct json_node *object)
{
    struct json_node **sorted = mem_alloc(object->size * sizeof(struct json_node *));
    names_sort(object, sorted);
    const struct json_node *first = sorted[0];
    for (size_t i = 1; i < object->size; i++) {
        if (names_equal(first, sorted[i]))
            tell_repetition(reader, first, sorted[i]);
        else
            first = sorted[i];
    }
    free(sorted);
}

static void check_names(struct reader *reader, const struct json_node *object)
{
    if (object->size <= FEW_MEMBERS)
        check_few_names(reader, object);
    else
        check_many_names(reader, object);
}

static void merge(struct reader *reader, struct frame *frame)
{
    size_t offset = frame->node->offset;
    bool affordable = within_depth(reader, reader->depth - 1 + frame->merged_height, offset) &&
                      expand(reader, merge_cost(frame->merged), offset);
    if (!affordable)
        return;
    merge_into(reader->arena, frame->node, frame->merged, frame->merged_at);
    if (frame->merged_height > frame->height + 1)
        frame->height = frame->merged_height - 1;
}

/* --- events -------------------------------------------------------------------- */

static struct frame *push_frame(struct reader *reader)
{
    if (reader->depth == reader->capacity) {
        reader->capacity = reader->capacity > 0 ? reader->capacity * 2 : 32;
        reader->frames = mem_realloc(reader->frames, reader->capacity * sizeof *reader->frames);
    }
    return &reader->frames[reader->depth++];
}

static void open_collection(struct reader *reader, size_t start, enum json_type type,
                            const yaml_char_t *anchor, bool flow)
{
    if (!within_depth(reader, reader->depth + 1, start))
        return;
    struct str text = reader->source->text;
    size_t value = text_has_properties(reader->source->text, start)
                       ? text_skip_properties(text, start, text.len)
                       : start;
    struct frame *frame = push_frame(reader);
    *frame = (struct frame){.nodes_before = reader->nodes + reader->expanded, .flow = flow};
    frame->node = new_node(reader, type, value);
    json_node_finish_scalar(frame->node);
    frame->anchor = add_anchor(reader, anchor);
    if (frame->anchor != NULL)
        *frame->anchor = (struct anchor){.node = frame->node, .open = true};
    within_nodes(reader, value);
}

static void open_list(struct reader *reader, const yaml_event_t *event)
{
    size_t start = byte_at(reader, event->start_mark.index);
    check_collection_tag(reader, event->data.sequence_start.tag, TAG_LIST, start);
    open_collection(reader, start, JSON_ARRAY, event->data.sequence_start.anchor,
                    event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
}

static void open_mapping(struct reader *reader, const yaml_event_t *event)
{
    size_t start = byte_at(reader, event->start_mark.index);
    check_collection_tag(reader, event->data.mapping_start.tag, TAG_MAPPING, start);
    open_collection(reader, start, JSON_OBJECT, event->data.mapping_start.anchor,
                    event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
}

static void close_collection(struct reader *reader, const yaml_event_t *event)
{
    struct frame frame = *top(reader);
    struct json_node *node = frame.node;
    if (frame.flow)
        reader->value_end = byte_at(reader, event->end_mark.index);
    if (reader->value_end > node->offset)
        node->length = (uint32_t)(reader->value_end - node->offset);
    size_t repetitions = reader->repetitions;
    if (node->type == JSON_OBJECT)
        check_names(reader, node);
    if (frame.merged != NULL && reader->repetitions == repetitions)
        merge(reader, &frame); /* which counts on different names */
    uint32_t height = frame.height + 1;
    uint64_t nodes = reader->nodes + reader->expanded - frame.nodes_before;
    if (frame.anchor != NULL)
        *frame.anchor = (struct anchor){.node = node, .height = height, .nodes = (uint32_t)nodes};
    reader->depth--;
    attach(reader, node, height);
}

static void read_scalar(struct reader *reader, const yaml_event_t *event)
{
    if (wants_key(top(reader))) {
        read_key(reader, event);
        return;
    }
    struct anchor *anchor = add_anchor(reader, event->data.scalar.anchor);
    struct json_node *node = new_scalar(reader, event, byte_at(reader, event->start_mark.index));
    if (anchor != NULL)
        *anchor = (struct anchor){.node = node, .nodes = 1};
    if (within_nodes(reader, node->offset))
        attach(reader, node, 0);
}

/* What the alias stands for; an error and NULL where it stands for nothing usable. */
static const struct anchor *find_anchor(struct reader *reader, struct str name, size_t start)
{
    const struct anchor *anchor = map_get(&reader->anchors, name);
    if (anchor == NULL)
        diag_error(reader->diags, place_at(reader, start),
                   "an anchor stands before its aliases; put the text in quotes if `*` is part "
                   "of it",
                   "no anchor &%s stands above this alias", name.data);
    else if (anchor->open)
        diag_error(reader->diags, place_at(reader, start), "repeat what is needed, or use a $ref",
                   "the alias *%s stands inside its own anchor, which would never end", name.data);
    return anchor != NULL && !anchor->open ? anchor : NULL;
}

/* The text of an anchored scalar as a key. */
static struct str key_text(const struct json_node *node)
{
    return node->type == JSON_STRING ? json_text(node) : json_source_text(node);
}

static void read_alias(struct reader *reader, const yaml_event_t *event)
{
    struct frame *frame = top(reader);
    struct str name = str_from((const char *)event->data.alias.anchor);
    size_t start = byte_at(reader, event->start_mark.index);
    reader->value_end = byte_at(reader, event->end_mark.index);
    const struct anchor *anchor = find_anchor(reader, name, start);
    if (anchor == NULL) {
        attach_nothing(reader);
        return;
    }
    if (wants_key(frame) && anchor->node->type < JSON_ARRAY) {
        set_key(reader, key_text(anchor->node), start, false);
        return;
    }
    if (wants_merge(frame)) {
        set_merged(reader, frame, anchor->node, anchor->height);
        return;
    }
    if (!within_depth(reader, reader->depth + anchor->height, start) ||
        !expand(reader, anchor->nodes, start))
        return;
    attach(reader, json_copy(reader->arena, anchor->node), anchor->height);
}

/* A second document, or none at all. */
static void check_document_count(struct reader *reader, const yaml_event_t *event)
{
    size_t start = byte_at(reader, event->start_mark.index);
    if (event->type == YAML_DOCUMENT_START_EVENT && reader->root != NULL) {
        diag_error(reader->diags, place_at(reader, start), "keep one document in a file",
                   "a second document begins here");
        stop(reader);
    }
    if (event->type == YAML_STREAM_END_EVENT && reader->root == NULL)
        diag_error(reader->diags, place_at(reader, 0), NULL, "the file holds no document");
}

static void read_event(struct reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        read_scalar(reader, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        open_list(reader, event);
        break;
    case YAML_MAPPING_START_EVENT:
        open_mapping(reader, event);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_collection(reader, event);
        break;
    case YAML_ALIAS_EVENT:
        read_alias(reader, event);
        break;
    case YAML_DOCUMENT_START_EVENT:
    case YAML_STREAM_END_EVENT:
        check_document_count(reader, event);
        break;
    default:
        break;
    }
}

/* --- the whole text ------------------------------------------------------------- */

static void report_fault(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    bool bytes = parser->error == YAML_READER_ERROR;
    struct yaml_fault fault = {
        .problem = parser->problem != NULL ? parser->problem : "out of memory",
        .context = bytes ? NULL : parser->context,
        .value = bytes ? parser->problem_value : -1,
    };
    if (bytes) {
        fault.offset = parser->problem_offset;
    } else {
        fault.offset = byte_at(reader, parser->problem_mark.index);
        fault.context_offset = byte_at(reader, parser->context_mark.index);
    }
    yaml_fault_report(&fault, reader->source, reader->diags);
}

static void read_events(struct reader *reader)
{
    bool more = true;
    while (more && !reader->stopped) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reader->parser, &event)) {
            report_fault(reader);
            return;
        }
        read_event(reader, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
}

struct yaml_limits yaml_limits_with_defaults(const struct yaml_limits *limits)
{
    struct yaml_limits result = limits != NULL ? *limits : (struct yaml_limits){0};
    if (result.max_depth == 0)
        result.max_depth = YAML_DEFAULT_MAX_DEPTH;
    if (result.max_nodes == 0)
        result.max_nodes = YAML_DEFAULT_MAX_NODES;
    return result;
}

/* Makes the parser, reads everything, takes down what was only needed meanwhile. */
static struct json_node *read_text(struct reader *reader)
{
    struct str text = reader->source->text;
    reader->cursor.text = text;
    if (!yaml_parser_initialize(&reader->parser)) {
        diag_error(reader->diags, place_at(reader, 0), NULL, "out of memory");
        return NULL;
    }
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    const char *bytes = text.len > 0 ? text.data : ""; /* libyaml asserts that there are some */
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)bytes, text.len);
    arena_init(&reader->scratch, 1 << 16, NULL);
    map_init(&reader->anchors, &reader->scratch);
    reader->names = mem_alloc_zero(NAME_CACHE * sizeof *reader->names);
    read_events(reader);
    free(reader->names);
    free(reader->frames);
    arena_clear(&reader->scratch);
    yaml_parser_delete(&reader->parser);
    return reader->root;
}

struct json_node *yaml_read(struct arena *arena, const struct source *source,
                            const struct yaml_limits *limits, struct diags *diags)
{
    size_t errors = diags->errors;
    struct reader reader = {
        .arena = arena,
        .source = encoding_to_utf8(arena, source, diags),
        .limits = yaml_limits_with_defaults(limits),
        .diags = diags,
    };
    if (reader.source == NULL)
        return NULL;
    struct json_node *root = read_text(&reader);
    return diags->errors == errors ? root : NULL;
}
