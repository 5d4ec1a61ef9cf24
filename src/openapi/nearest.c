#include "openapi/nearest.h"

enum { LOOKED_AT = 1000 };

const char *nearest_member(const struct json_node *object, struct str wrong)
{
    if (!json_is(object, JSON_OBJECT))
        return NULL;
    const char *best = NULL;
    unsigned limit = wrong.len / 3 > 1 ? (unsigned)(wrong.len / 3) : 1; /* as str_nearest */
    size_t looked = 0;
    for (const struct json_node *member = json_first(object);
         member != NULL && looked < LOOKED_AT && limit > 0; member = json_next(member), looked++) {
        struct str name = json_name(member);
        size_t apart = name.len > wrong.len ? name.len - wrong.len : wrong.len - name.len;
        if (apart > limit)
            continue;
        unsigned distance = str_distance(wrong, name);
        if (distance > limit)
            continue;
        best = name.data;
        limit = distance > 0 ? distance - 1 : 0;
    }
    return best;
}

const char *nearest_remedy(struct buf *out, const char *nearest, const char *otherwise)
{
    if (nearest == NULL)
        return otherwise;
    buf_printf(out, "did you mean \"%s\"?", nearest);
    return buf_text(out);
}
