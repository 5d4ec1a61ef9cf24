#include "mock/overlay_words.h"

#include "base/buf.h"
#include "json/number.h"
#include "json/pointer.h"

void str_list_add(struct str_list *list, struct arena *arena, struct str item)
{
    list->items = arena_grow(arena, list->items, list->count * sizeof *list->items,
                             (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = item;
}

const char *overlay_nearest(struct arena *arena, struct str wrong, const char *const *words)
{
    const char *nearest = str_nearest(wrong, words);
    if (nearest != NULL && *nearest != '\0')
        return arena_printf(arena, "did you mean \"%s\"?", nearest);
    struct buf all;
    buf_init(&all, arena);
    for (; *words != NULL; words++)
        if (**words != '\0')
            buf_printf(&all, "%s%s", all.len > 0 ? ", " : "known are: ", *words);
    return buf_text(&all);
}

static int find_word(struct str text, const char *const *words)
{
    for (int i = 0; text.len > 0 && words[i] != NULL; i++)
        if (str_is(text, words[i]))
            return i;
    return -1;
}

void overlay_report_unknown(const struct overlay_reader *reader, const struct json_node *member,
                            const char *const *words)
{
    diag_error(reader->diags, json_name_place(member),
               overlay_nearest(reader->arena, json_name(member), words),
               "x-understudy has no word \"%.*s\" here", (int)member->name_length,
               member->c.string);
}

bool overlay_check_words(const struct overlay_reader *reader, const struct json_node *object,
                         const char *const *words)
{
    size_t errors = reader->diags->errors;
    if (!json_is(object, JSON_OBJECT))
        diag_error(reader->diags, json_place(object),
                   overlay_nearest(reader->arena, str_from(""), words),
                   "expected an object, got %s", json_type_name((enum json_type)object->type));
    for (const struct json_node *member = json_is(object, JSON_OBJECT) ? json_first(object) : NULL;
         member != NULL; member = json_next(member))
        if (find_word(json_name(member), words) < 0)
            overlay_report_unknown(reader, member, words);
    return reader->diags->errors == errors;
}

int overlay_read_choice(const struct overlay_reader *reader, const struct json_node *value,
                        const char *const *words, const char *what)
{
    struct str text = json_is(value, JSON_STRING) ? json_text(value) : str_from("");
    int found = find_word(text, words);
    if (found < 0)
        diag_error(reader->diags, json_place(value), overlay_nearest(reader->arena, text, words),
                   "unknown %s \"%.*s\"", what, (int)text.len, text.data);
    return found;
}

bool overlay_read_text(const struct overlay_reader *reader, const struct json_node *value,
                       const char *what, struct str *out)
{
    bool good = json_is(value, JSON_STRING) && value->size > 0;
    if (good)
        *out = json_text(value);
    else
        diag_error(reader->diags, json_place(value), "write it as text",
                   "%s must be a non-empty string", what);
    return good;
}

bool overlay_read_count(const struct overlay_reader *reader, const struct json_node *value,
                        int64_t least, int64_t most, const char *what, int64_t *out)
{
    bool good = json_is(value, JSON_NUMBER) && json_number_to_int(value, out) && *out >= least &&
                *out <= most;
    if (!good)
        diag_error(reader->diags, json_place(value),
                   arena_printf(reader->arena, "for example %lld",
                                (long long)(least > 0   ? least
                                            : most < 10 ? most
                                                        : 10)),
                   "%s must be a whole number from %lld to %lld", what, (long long)least,
                   (long long)most);
    return good;
}

static struct str decode_token(struct arena *arena, struct str token)
{
    struct buf name;
    buf_init(&name, arena);
    for (size_t i = 0; i < token.len; i++) {
        bool escaped = token.data[i] == '~' && i + 1 < token.len;
        buf_add_char(&name, !escaped ? token.data[i] : token.data[++i] == '0' ? '~' : '/');
    }
    return buf_str(&name);
}

bool overlay_decode_pointer(struct arena *arena, struct str pointer, struct str_list *out)
{
    if (!json_pointer_is_valid(pointer))
        return false;
    while (pointer.len > 0) {
        pointer = str_after(pointer, 1);
        struct str token = str_make(pointer.data, str_find_char(pointer, '/'));
        pointer = str_after(pointer, token.len);
        str_list_add(out, arena, decode_token(arena, token));
    }
    return true;
}

bool overlay_read_pointer(const struct overlay_reader *reader, const struct json_node *value,
                          struct str_list *out)
{
    struct str pointer = json_is(value, JSON_STRING) ? json_text(value) : str_from("?");
    bool good = overlay_decode_pointer(reader->arena, pointer, out);
    if (!good)
        diag_error(reader->diags, json_place(value), "for example /items",
                   "%.*s must be a JSON Pointer to the records", (int)value->name_length,
                   value->c.string);
    return good;
}
