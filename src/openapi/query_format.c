#include "openapi/query_format.h"

#include "base/buf.h"

static const struct {
    const char *word;
    struct spelling spelling;
} array_formats[] = {
    [QUERY_ARRAYS_AUTO] = {"auto", {STYLE_FORM, true}},
    [QUERY_ARRAYS_REPEAT] = {"repeat", {STYLE_FORM, true}},
    [QUERY_ARRAYS_COMMA] = {"comma", {STYLE_FORM, false}},
    [QUERY_ARRAYS_SPACE] = {"space", {STYLE_SPACE_DELIMITED, false}},
    [QUERY_ARRAYS_PIPE] = {"pipe", {STYLE_PIPE_DELIMITED, false}},
    [QUERY_ARRAYS_BRACKETS] = {"brackets", {STYLE_DEEP_OBJECT, true}},
};

static const struct {
    const char *word;
    struct spelling spelling;
} object_formats[] = {
    [QUERY_OBJECTS_AUTO] = {"auto", {STYLE_FORM, true}},
    [QUERY_OBJECTS_FLAT] = {"flat", {STYLE_FORM, true}},
    [QUERY_OBJECTS_FLAT_COMMA] = {"flat-comma", {STYLE_FORM, false}},
    [QUERY_OBJECTS_BRACKETS] = {"brackets", {STYLE_DEEP_OBJECT, true}},
    [QUERY_OBJECTS_DOTS] = {"dots", {STYLE_DEEP_OBJECT, true}},
};

bool query_arrays_from(struct str word, enum query_arrays *arrays)
{
    for (size_t i = 0; i < sizeof array_formats / sizeof *array_formats; i++)
        if (str_is(word, array_formats[i].word)) {
            *arrays = (enum query_arrays)i;
            return true;
        }
    return false;
}

bool query_objects_from(struct str word, enum query_objects *objects)
{
    for (size_t i = 0; i < sizeof object_formats / sizeof *object_formats; i++)
        if (str_is(word, object_formats[i].word)) {
            *objects = (enum query_objects)i;
            return true;
        }
    return false;
}

struct spelling query_spelling(const struct query_format *format, unsigned types,
                               struct spelling declared)
{
    if ((types & SCHEMA_ARRAY) != 0 && format->arrays != QUERY_ARRAYS_AUTO)
        return array_formats[format->arrays].spelling;
    if ((types & SCHEMA_OBJECT) != 0 && format->objects != QUERY_OBJECTS_AUTO)
        return object_formats[format->objects].spelling;
    return declared;
}

/* Appends "name[a][b]" for "name.a.b". */
static void add_bracketed(struct buf *out, struct str name, struct str rest)
{
    buf_add_str(out, name);
    while (rest.len > 0) {
        rest = str_after(rest, 1); /* the dot */
        struct str key = str_make(rest.data, str_find_char(rest, '.'));
        buf_add_char(out, '[');
        buf_add_str(out, key);
        buf_add_char(out, ']');
        rest = str_after(rest, key.len);
    }
}

static bool is_dotted(struct str field, struct str name)
{
    return field.len > name.len && field.data[name.len] == '.' &&
           str_equal(str_make(field.data, name.len), name);
}

struct str query_without_dots(struct str query, struct str name, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena);
    while (query.len > 0) {
        struct str pair = str_make(query.data, str_find_char(query, '&'));
        struct str field = str_make(pair.data, str_find_char(pair, '='));
        if (is_dotted(field, name))
            add_bracketed(&out, name, str_after(field, name.len));
        else
            buf_add_str(&out, field);
        buf_add_str(&out, str_after(pair, field.len));
        query = str_after(query, pair.len);
        if (query.len > 0) {
            buf_add_char(&out, '&');
            query = str_after(query, 1);
        }
    }
    return buf_str(&out);
}
