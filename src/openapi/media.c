/*
 * Which entry of a `content` map a Content-Type means.
 *
 * RFC 9110, 8.3.1 and 12.5.1: types and parameter names have no case; the most
 * specific entry wins. A parameter that only one side has does not part them:
 * "application/json" is served by an entry "application/json; charset=utf-8".
 */
#include "openapi/contract.h"

#include "base/buf.h"

static struct str before(struct str text, char c)
{
    text.len = str_find_char(text, c);
    return text;
}

struct str media_type_essence(struct str content_type)
{
    return str_trim(before(content_type, ';'));
}

/*
 * Takes the next "; name=value" off `rest`. A quoted value keeps its quotes; a
 * ";" inside them does not end it. False at the end.
 */
static bool next_parameter(struct str *rest, struct name_value *parameter)
{
    size_t start = str_find_char(*rest, ';');
    if (start == rest->len)
        return false;
    struct str text = str_after(*rest, start + 1);
    size_t end = 0;
    bool quoted = false;
    for (; end < text.len && (quoted || text.data[end] != ';'); end++) {
        if (text.data[end] == '"')
            quoted = !quoted;
        else if (quoted && text.data[end] == '\\' && end + 1 < text.len)
            end++;
    }
    *rest = str_after(text, end);
    text.len = end;
    size_t equals = str_find_char(text, '=');
    parameter->name = str_trim(str_make(text.data, equals));
    parameter->value =
        equals < text.len ? str_trim(str_after(text, equals + 1)) : str_make(text.data, 0);
    return true;
}

/* A quoted-string (RFC 9110, 5.6.4) without its quotes and backslashes; a token as it is. */
static struct str unquote(struct arena *arena, struct str value)
{
    if (value.len < 2 || value.data[0] != '"' || value.data[value.len - 1] != '"')
        return value;
    struct str inner = str_make(value.data + 1, value.len - 2);
    if (str_find_char(inner, '\\') == inner.len)
        return inner;
    struct buf plain;
    buf_init(&plain, arena);
    for (size_t i = 0; i < inner.len; i++) {
        if (inner.data[i] == '\\' && i + 1 < inner.len)
            i++;
        buf_add_char(&plain, inner.data[i]);
    }
    return buf_str(&plain);
}

bool media_type_parameter(struct str content_type, const char *name, struct arena *arena,
                          struct str *value)
{
    struct name_value parameter;
    struct str rest = content_type;
    while (next_parameter(&rest, &parameter))
        if (str_equal_ignoring_case(parameter.name, str_from(name))) {
            *value = unquote(arena, parameter.value);
            return true;
        }
    return false;
}

/* True if each parameter of `range` is in `content_type` with the same value. */
static bool parameters_agree(struct str range, struct str content_type)
{
    struct name_value wanted;
    while (next_parameter(&range, &wanted)) {
        bool found = false;
        struct name_value sent;
        struct str rest = content_type;
        while (!found && next_parameter(&rest, &sent))
            found = str_equal_ignoring_case(sent.name, wanted.name) &&
                    str_equal_ignoring_case(sent.value, wanted.value);
        if (!found)
            return false;
    }
    return true;
}

/* "text" and "plain" of "text/plain"; false where there is no slash. */
static bool split_type(struct str essence, struct str *type, struct str *subtype)
{
    size_t slash = str_find_char(essence, '/');
    if (slash == essence.len)
        return false;
    *type = str_make(essence.data, slash);
    *subtype = str_after(essence, slash + 1);
    return true;
}

enum media_fit media_type_fit(struct str range, struct str content_type)
{
    struct str essence = media_type_essence(content_type);
    struct str wanted = media_type_essence(range);
    struct str type, subtype, wanted_type, wanted_subtype;
    if (str_is(wanted, "*/*"))
        return MEDIA_FITS_ANY;
    if (!split_type(essence, &type, &subtype) || !split_type(wanted, &wanted_type, &wanted_subtype))
        return MEDIA_DIFFERS;
    if (!str_equal_ignoring_case(type, wanted_type))
        return MEDIA_DIFFERS;
    if (str_is(wanted_subtype, "*"))
        return MEDIA_FITS_TYPE;
    if (!str_equal_ignoring_case(subtype, wanted_subtype))
        return MEDIA_DIFFERS;
    if (wanted.len == range.len)
        return MEDIA_FITS_EXACTLY;
    return parameters_agree(range, content_type) ? MEDIA_FITS_WITH_PARAMETERS
                                                 : MEDIA_FITS_BUT_PARAMETERS;
}

const struct media_type *media_type_find(const struct media_type *types, size_t count,
                                         struct str content_type)
{
    const struct media_type *best = NULL;
    enum media_fit best_fit = MEDIA_DIFFERS;
    for (size_t i = 0; i < count; i++) {
        enum media_fit fit = media_type_fit(types[i].range, content_type);
        if (fit > best_fit) {
            best_fit = fit;
            best = &types[i];
        }
    }
    return best;
}

bool media_type_is_json(struct str content_type)
{
    struct str essence = media_type_essence(content_type);
    if (str_equal_ignoring_case(essence, str_from("application/json")))
        return true;
    struct str suffix = str_from("+json");
    size_t slash = str_find_char(essence, '/');
    return slash > 0 && essence.len > slash + 1 + suffix.len &&
           str_equal_ignoring_case(str_after(essence, essence.len - suffix.len), suffix);
}
