#include "json/pointer.h"

#include <stdlib.h>

/* --- finding ------------------------------------------------------------------ */

struct str json_pointer_next(struct str *rest)
{
    struct str after = str_after(*rest, 1);
    size_t len = str_find_char(after, '/');
    *rest = str_after(after, len);
    return str_make(after.data, len);
}

/* True if the token, with ~0 and ~1 resolved, is the name. Its escapes are valid. */
static bool token_names(struct str token, struct str name)
{
    size_t at = 0;
    for (size_t i = 0; i < token.len; i++, at++) {
        char c = token.data[i];
        if (c == '~')
            c = token.data[++i] == '1' ? '/' : '~';
        if (at == name.len || name.data[at] != c)
            return false;
    }
    return at == name.len;
}

static struct json_node *find_member(const struct json_node *object, struct str token)
{
    if (str_find_char(token, '~') == token.len)
        return json_member_str(object, token);
    struct json_node *member = json_first(object);
    while (member != NULL && !token_names(token, json_name(member)))
        member = json_next(member);
    return member;
}

bool json_pointer_index(struct str token, size_t *index)
{
    *index = 0;
    if (token.len == 0 || token.len > 10 || (token.data[0] == '0' && token.len > 1))
        return false;
    for (size_t i = 0; i < token.len; i++) {
        if (token.data[i] < '0' || token.data[i] > '9')
            return false;
        *index = *index * 10 + (size_t)(token.data[i] - '0');
    }
    return true;
}

static struct json_node *find_element(const struct json_node *array, struct str token)
{
    size_t index;
    return json_pointer_index(token, &index) ? json_element(array, index) : NULL;
}

struct str json_pointer_unescape(struct str token, struct buf *out)
{
    out->len = 0;
    for (size_t i = 0; i < token.len; i++) {
        char c = token.data[i];
        if (c == '~' && i + 1 < token.len)
            c = token.data[++i] == '1' ? '/' : '~';
        buf_add_char(out, c);
    }
    return buf_str(out);
}

struct json_node *json_pointer_find(const struct json_node *root, struct str pointer)
{
    if (!json_pointer_is_valid(pointer))
        return NULL;
    struct json_node *node = root != NULL ? json_from_cjson(&root->c) : NULL;
    while (node != NULL && pointer.len > 0) {
        struct str token = json_pointer_next(&pointer);
        if (node->type == JSON_OBJECT)
            node = find_member(node, token);
        else if (node->type == JSON_ARRAY)
            node = find_element(node, token);
        else
            node = NULL;
    }
    return node;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* RFC 3986, section 2.1. False at a % without two hexadecimal digits. */
static bool percent_decode(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '%') {
            buf_add_char(out, text.data[i]);
            continue;
        }
        int high = i + 2 < text.len ? hex_value(text.data[i + 1]) : -1;
        int low = i + 2 < text.len ? hex_value(text.data[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        buf_add_char(out, (char)(high * 16 + low));
        i += 2;
    }
    return true;
}

struct json_node *json_pointer_find_fragment(const struct json_node *root, struct str fragment)
{
    if (str_find_char(fragment, '%') == fragment.len)
        return json_pointer_find(root, fragment);
    struct buf decoded;
    buf_init(&decoded, NULL);
    struct json_node *found =
        percent_decode(fragment, &decoded) ? json_pointer_find(root, buf_str(&decoded)) : NULL;
    buf_free(&decoded);
    return found;
}

/* --- naming ------------------------------------------------------------------- */

void json_pointer_add(struct buf *out, struct str token)
{
    buf_add_char(out, '/');
    for (size_t i = 0; i < token.len; i++) {
        if (token.data[i] == '~')
            buf_add_text(out, "~0");
        else if (token.data[i] == '/')
            buf_add_text(out, "~1");
        else
            buf_add_char(out, token.data[i]);
    }
}

void json_pointer_add_index(struct buf *out, size_t index)
{
    buf_add_char(out, '/');
    buf_add_uint(out, index);
}

bool json_pointer_is_valid(struct str pointer)
{
    if (pointer.len > 0 && pointer.data[0] != '/')
        return false;
    for (size_t i = 0; i < pointer.len; i++) {
        if (pointer.data[i] != '~')
            continue;
        bool escape =
            i + 1 < pointer.len && (pointer.data[i + 1] == '0' || pointer.data[i + 1] == '1');
        if (!escape)
            return false;
    }
    return true;
}
