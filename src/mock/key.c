#include "mock/key.h"

enum {
    SEPARATOR = 0,
    ESCAPE = 1, /* stands before '0' for a separator, before '1' for itself */
};

static bool is_plain(struct str part)
{
    for (size_t i = 0; i < part.len; i++)
        if (part.data[i] == SEPARATOR || part.data[i] == ESCAPE)
            return false;
    return true;
}

static void add_escaped(struct buf *key, struct str part)
{
    for (size_t i = 0; i < part.len; i++) {
        char c = part.data[i];
        if (c == SEPARATOR || c == ESCAPE) {
            buf_add_char(key, ESCAPE);
            c = c == SEPARATOR ? '0' : '1';
        }
        buf_add_char(key, c);
    }
}

void key_add_part(struct buf *key, size_t index, struct str part)
{
    if (index > 0)
        buf_add_char(key, SEPARATOR);
    if (is_plain(part))
        buf_add_str(key, part);
    else
        add_escaped(key, part);
}

struct str key_from_part(struct arena *arena, struct str part)
{
    if (is_plain(part))
        return part;
    struct buf key;
    buf_init(&key, arena);
    add_escaped(&key, part);
    return buf_str(&key);
}
