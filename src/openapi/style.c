#include "openapi/style.h"

#include "openapi/percent.h"

enum {
    PIECES_MAX = 10000, /* of one delimited value */
    SCALARS = SCHEMA_BOOLEAN | SCHEMA_INTEGER | SCHEMA_NUMBER | SCHEMA_STRING,
};

static const char *const style_names[] = {
    [STYLE_SIMPLE] = "simple",
    [STYLE_LABEL] = "label",
    [STYLE_MATRIX] = "matrix",
    [STYLE_FORM] = "form",
    [STYLE_SPACE_DELIMITED] = "spaceDelimited",
    [STYLE_PIPE_DELIMITED] = "pipeDelimited",
    [STYLE_DEEP_OBJECT] = "deepObject",
};

const char *parameter_style_name(enum parameter_style style)
{
    return style_names[style];
}

bool parameter_style_from(struct str name, enum parameter_style *style)
{
    for (size_t i = 0; i < sizeof style_names / sizeof *style_names; i++)
        if (str_is(name, style_names[i])) {
            *style = (enum parameter_style)i;
            return true;
        }
    return false;
}

/* --- one text, opened ------------------------------------------------------------ */

struct pieces {
    struct str *items;
    size_t count;
};

/* A text without its prefix, and how to go on with it. */
struct opened {
    bool has_scalar;
    struct str scalar;
    struct str list; /* what the delimiter splits */
    char delimiter;
    bool named; /* elements are spelled "name=element" */
    bool keyed; /* members are spelled "key=value", not "key,value" */
};

/* "name=value", or "name" for an empty value; by decoded name. */
static bool strip_name(struct str text, struct str name, struct str *value)
{
    size_t equals = str_find_char(text, '=');
    struct str left = str_make(text.data, equals);
    while (left.len > 0 && name.len > 0 && percent_next(&left) == name.data[0])
        name = str_after(name, 1);
    *value = str_after(text, equals < text.len ? equals + 1 : equals);
    return left.len == 0 && name.len == 0;
}

static bool open_label(struct opened *opened, struct str raw)
{
    if (raw.len == 0 || raw.data[0] != '.')
        return false;
    opened->scalar = opened->list = str_after(raw, 1);
    /* 3.0.3 and 3.1.0 print ".a.b" without explode, their corrections ".a,b". */
    bool comma = !opened->keyed && str_find_char(raw, ',') < raw.len;
    opened->delimiter = comma ? ',' : '.';
    return true;
}

static bool open_matrix(struct opened *opened, struct str name, struct str raw)
{
    if (raw.len == 0 || raw.data[0] != ';')
        return false;
    opened->list = str_after(raw, 1);
    bool single = str_find_char(opened->list, ';') == opened->list.len;
    opened->has_scalar = single && strip_name(opened->list, name, &opened->scalar);
    opened->delimiter = opened->keyed ? ';' : ',';
    opened->named = opened->keyed;
    if (opened->keyed)
        return true;
    opened->list = opened->scalar;
    return opened->has_scalar;
}

static bool open_text(struct spelling spelling, struct str name, struct str raw,
                      struct opened *opened)
{
    static const char delimiters[] = {[STYLE_SIMPLE] = ',',
                                      [STYLE_FORM] = ',',
                                      [STYLE_DEEP_OBJECT] = ',',
                                      [STYLE_SPACE_DELIMITED] = ' ',
                                      [STYLE_PIPE_DELIMITED] = '|'};
    *opened =
        (struct opened){.has_scalar = true, .scalar = raw, .list = raw, .keyed = spelling.explode};
    if (spelling.style == STYLE_LABEL)
        return open_label(opened, raw);
    if (spelling.style == STYLE_MATRIX)
        return open_matrix(opened, name, raw);
    opened->delimiter = delimiters[spelling.style];
    return true;
}

/* --- splitting -------------------------------------------------------------------- */

/* Index of the first delimiter, or text.len; *width is the bytes that it takes. */
static size_t find_delimiter(struct str text, char delimiter, bool encoded, size_t *width)
{
    struct str rest = text;
    *width = 1;
    if (!encoded)
        return str_find_char(text, delimiter);
    while (rest.len > 0) {
        struct str at = rest;
        if (percent_next(&rest) == delimiter) {
            *width = at.len - rest.len;
            return text.len - at.len;
        }
    }
    return text.len;
}

/*
 * Splits at bare delimiters, or at encoded ones if there is no bare one, since
 * many clients encode the whole value. The empty text is one empty piece. False
 * for more pieces than anybody needs.
 */
static bool split(struct converter *converter, struct str text, char delimiter, struct pieces *out)
{
    if (delimiter == ' ' && converter->coding == TEXT_FORM && str_find_char(text, '+') < text.len)
        delimiter = '+';
    bool bare = str_find_char(text, delimiter) < text.len;
    bool encoded = !bare && converter->coding != TEXT_PLAIN;
    size_t room = 0;
    *out = (struct pieces){NULL, 0};
    for (bool more = true; more;) {
        size_t width;
        size_t at = find_delimiter(text, delimiter, encoded, &width);
        if (out->count == PIECES_MAX)
            return false;
        if (out->count == room) {
            size_t wider = room > 0 ? room * 2 : 4;
            out->items = arena_grow(converter->arena, out->items, room * sizeof *out->items,
                                    wider * sizeof *out->items);
            room = wider;
        }
        struct str piece = str_make(text.data, at);
        out->items[out->count++] = converter->coding == TEXT_PLAIN ? str_trim(piece) : piece;
        more = at < text.len;
        text = str_after(text, more ? at + width : at);
    }
    return true;
}

/* --- arrays and objects from pieces ------------------------------------------------- */

static struct json_node *read_element(struct converter *converter, const struct wanted *wanted,
                                      size_t index, struct str raw)
{
    struct wanted element = wanted_element(wanted, index);
    return convert_scalar(converter, &element, raw);
}

static struct json_node *array_of(struct converter *converter, const struct opened *opened,
                                  struct str name, const struct wanted *wanted,
                                  const struct pieces *pieces)
{
    struct json_node *array = json_new(converter->arena, JSON_ARRAY);
    for (size_t i = 0; i < pieces->count; i++) {
        struct str text = pieces->items[i];
        if (opened->named && !strip_name(text, name, &text))
            return NULL;
        json_append(array, read_element(converter, wanted, i, text));
    }
    return array;
}

static void set_member(struct converter *converter, struct json_node *object,
                       const struct wanted *wanted, struct str raw_key, struct str raw)
{
    struct str key = convert_decode(converter, raw_key);
    struct wanted member = wanted_member(wanted, key);
    json_set(converter->arena, object, key, convert_scalar(converter, &member, raw));
}

static struct json_node *object_of(struct converter *converter, const struct opened *opened,
                                   const struct wanted *wanted, const struct pieces *pieces)
{
    struct json_node *object = json_new(converter->arena, JSON_OBJECT);
    size_t step = opened->keyed ? 1 : 2;
    if (pieces->count % step != 0)
        return NULL;
    for (size_t i = 0; i < pieces->count; i += step) {
        struct str key = pieces->items[i];
        struct str value = pieces->items[i + step - 1];
        if (opened->keyed) {
            size_t equals = str_find_char(key, '=');
            if (equals == key.len)
                return NULL;
            value = str_after(key, equals + 1);
            key.len = equals;
        }
        set_member(converter, object, wanted, key, value);
    }
    return object;
}

struct json_node *style_read_text(struct converter *converter, struct spelling spelling,
                                  struct str name, const struct wanted *wanted, struct str raw)
{
    struct opened opened;
    if (!open_text(spelling, name, raw, &opened))
        return NULL;
    unsigned types = wanted_types(wanted);
    struct readings readings = {.count = 0};
    if (opened.has_scalar)
        readings_add_scalars(&readings, converter, types & SCALARS, opened.scalar);
    struct pieces pieces;
    if ((types & (SCHEMA_ARRAY | SCHEMA_OBJECT)) != 0 &&
        split(converter, opened.list, opened.delimiter, &pieces)) {
        if ((types & SCHEMA_ARRAY) != 0)
            readings_add(&readings, array_of(converter, &opened, name, wanted, &pieces));
        if ((types & SCHEMA_OBJECT) != 0)
            readings_add(&readings, object_of(converter, &opened, wanted, &pieces));
    }
    if (opened.has_scalar)
        readings_add_scalars(&readings, converter, types & SCHEMA_NULL, opened.scalar);
    struct json_node *chosen = readings_choose(&readings, converter, wanted);
    bool scalar_was_wanted = (types & (SCALARS | SCHEMA_NULL)) != 0 || types == 0;
    if (chosen == NULL && opened.has_scalar && scalar_was_wanted)
        return convert_string(converter, opened.scalar);
    return chosen;
}

/* --- fields: groups in brackets ------------------------------------------------------ */

enum { GROUP_DEPTH_MAX = 16 };

/* Takes "[key]" off `keys`; false if that is not what it starts with. */
static bool take_key(struct str *keys, struct str *key)
{
    size_t close = str_find_char(*keys, ']');
    if (keys->len < 2 || keys->data[0] != '[' || close == keys->len)
        return false;
    *key = str_make(keys->data + 1, close - 1);
    *keys = str_after(*keys, close + 1);
    return true;
}

/* "" (the next element) or a number. */
static bool is_index(struct str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (key.data[i] < '0' || key.data[i] > '9')
            return false;
    return key.len <= 4;
}

static size_t index_value(struct str key)
{
    size_t value = 0;
    for (size_t i = 0; i < key.len; i++)
        value = value * 10 + (size_t)(key.data[i] - '0');
    return value;
}

/* A container for what comes below a key: an array where that is wanted and `keys` index one. */
static struct json_node *new_container(struct converter *converter, const struct wanted *wanted,
                                       struct str keys)
{
    struct str key;
    unsigned types = wanted_types(wanted);
    bool array = (types & SCHEMA_ARRAY) != 0 &&
                 ((types & SCHEMA_OBJECT) == 0 || (take_key(&keys, &key) && is_index(key)));
    return json_new(converter->arena, array ? JSON_ARRAY : JSON_OBJECT);
}

/* The element that an index names if it is there; "" names one that is not. */
static struct json_node *existing(const struct json_node *container, struct str key)
{
    if (container->type == JSON_OBJECT)
        return json_member_str(container, key);
    return key.len > 0 ? json_element(container, index_value(key)) : NULL;
}

static void put(struct converter *converter, struct json_node *container, struct str key,
                struct json_node *value)
{
    if (container->type == JSON_ARRAY)
        json_append(container, value);
    else
        json_set(converter->arena, container, key, value);
}

/* A member that wants to be an array and is named by repetition, "a[ids]=1&a[ids]=2". */
static struct json_node *repeated_member(struct converter *converter, struct json_node *container,
                                         struct str key, const struct wanted *wanted)
{
    if ((wanted_types(wanted) & SCHEMA_ARRAY) == 0 || (wanted_types(wanted) & SCALARS) != 0)
        return NULL;
    struct json_node *array = existing(container, key);
    if (json_is(array, JSON_ARRAY))
        return array;
    array = json_new(converter->arena, JSON_ARRAY);
    put(converter, container, key, array);
    return array;
}

static bool put_in_group(struct converter *converter, struct json_node *root,
                         const struct wanted *root_wanted, struct str keys, struct str raw)
{
    struct json_node *container = root;
    struct wanted wanted = *root_wanted;
    for (size_t depth = 0; depth < GROUP_DEPTH_MAX; depth++) {
        struct str key;
        if (!take_key(&keys, &key) || (container->type == JSON_ARRAY && !is_index(key)))
            return false;
        struct wanted below = container->type == JSON_ARRAY
                                  ? wanted_element(&wanted, container->size)
                                  : wanted_member(&wanted, key);
        if (keys.len == 0) {
            struct json_node *array = repeated_member(converter, container, key, &below);
            if (array != NULL)
                json_append(array, read_element(converter, &below, array->size, raw));
            else
                put(converter, container, key, convert_scalar(converter, &below, raw));
            return true;
        }
        struct json_node *next = existing(container, key);
        if (!json_is(next, JSON_OBJECT) && !json_is(next, JSON_ARRAY)) {
            next = new_container(converter, &below, keys);
            put(converter, container, key, next);
        }
        container = next;
        wanted = below;
    }
    return false;
}

struct json_node *style_read_group(struct converter *converter, const struct wanted *wanted,
                                   struct field *group)
{
    struct json_node *root = new_container(converter, wanted, group->keys);
    for (struct field *field = group; field != NULL; field = field->next_of_group)
        if (!put_in_group(converter, root, wanted, field->keys, field->value))
            return NULL;
    for (struct field *field = group; field != NULL; field = field->next_of_group)
        field->used = true;
    return root;
}

/* --- fields: repetition, and members that are fields ---------------------------------- */

static struct field *last_of(struct field *field)
{
    while (field->next_of_name != NULL)
        field = field->next_of_name;
    return field;
}

static void mark_used(struct field *field)
{
    for (; field != NULL; field = field->next_of_name)
        field->used = true;
}

static struct json_node *list_of(struct converter *converter, const struct wanted *wanted,
                                 const struct field *field)
{
    struct json_node *array = json_new(converter->arena, JSON_ARRAY);
    for (; field != NULL; field = field->next_of_name)
        json_append(array, read_element(converter, wanted, array->size, field->value));
    return array;
}

/* One or several fields of one name as one value. NULL if only an object is wanted. */
static struct json_node *read_repeated(struct converter *converter, const struct wanted *wanted,
                                       struct field *first, struct json_node *members)
{
    unsigned types = wanted_types(wanted);
    struct str last = last_of(first)->value;
    bool several = first->next_of_name != NULL;
    struct json_node *list = (types & SCHEMA_ARRAY) != 0 ? list_of(converter, wanted, first) : NULL;
    struct readings readings = {.count = 0};
    if (several)
        readings_add(&readings, list);
    readings_add_scalars(&readings, converter, types & SCALARS, last);
    if (!several)
        readings_add(&readings, list);
    readings_add(&readings, members);
    readings_add_scalars(&readings, converter, types & SCHEMA_NULL, last);
    struct json_node *chosen = readings_choose(&readings, converter, wanted);
    return chosen != NULL ? chosen : convert_string(converter, last);
}

static void add_member(struct converter *converter, const struct wanted *wanted,
                       struct json_node *object, struct field *first)
{
    struct wanted member = wanted_member(wanted, first->name);
    json_set(converter->arena, object, first->name, read_repeated(converter, &member, first, NULL));
    mark_used(first);
}

struct json_node *style_read_members(struct converter *converter, const struct wanted *wanted,
                                     const struct field_list *fields,
                                     const struct name_claim *claim)
{
    struct json_node *object = json_new(converter->arena, JSON_OBJECT);
    size_t count;
    const struct str *names = wanted_names(wanted, converter->arena, &count);
    for (size_t i = 0; i < count; i++) {
        struct field *first = field_list_named(fields, names[i]);
        bool claimed = claim->strong && claim->is_claimed(claim->context, names[i]);
        if (first != NULL && !claimed)
            add_member(converter, wanted, object, first);
    }
    bool open = wanted_has_open_members(wanted);
    for (size_t i = 0; open && i < fields->count; i++) {
        struct field *field = fields->items[i];
        bool first_of_name = field_list_named(fields, field->name) == field;
        if (first_of_name && !field->used && !claim->is_claimed(claim->context, field->name))
            add_member(converter, wanted, object, field);
    }
    return object->size > 0 ? object : NULL;
}

struct json_node *style_read_fields(struct converter *converter, struct spelling spelling,
                                    struct str name, const struct wanted *wanted,
                                    const struct field_list *fields, const struct name_claim *claim,
                                    bool *absent)
{
    struct field *first = field_list_named(fields, name);
    struct field *group = field_list_grouped(fields, name);
    unsigned types = wanted_types(wanted);
    *absent = false;
    if (spelling.style == STYLE_DEEP_OBJECT && group != NULL)
        return style_read_group(converter, wanted, group);

    bool exploded = spelling.explode || spelling.style == STYLE_DEEP_OBJECT;
    struct json_node *members = NULL;
    if (exploded && spelling.style != STYLE_DEEP_OBJECT && (types & SCHEMA_OBJECT) != 0)
        members = style_read_members(converter, wanted, fields, claim);
    *absent = first == NULL && members == NULL;
    if (first == NULL)
        return members;
    mark_used(first);
    if (exploded)
        return read_repeated(converter, wanted, first, members);
    /* The last of repeated scalars counts; a list that is not exploded is sent once. */
    bool scalar_was_wanted = (types & (SCALARS | SCHEMA_NULL)) != 0;
    if (first->next_of_name != NULL && !scalar_was_wanted && !converter->lenient)
        return NULL;
    return style_read_text(converter, spelling, name, wanted, last_of(first)->value);
}
