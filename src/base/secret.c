#include "base/secret.h"

const char *const secret_mask = "***";

bool secret_is_name(struct str name)
{
    static const char *const parts[] = {
        "apikey", "api_key",   "api-key", "authorization", "cookie",     "credential", "passw",
        "secret", "signature", "token",   "accesskey",     "access_key", "access-key"};
    static const char *const wholes[] = {"auth", "key", "sig", "x-auth"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (str_contains_ignoring_case(name, str_from(parts[i])))
            return true;
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++)
        if (str_equal_ignoring_case(name, str_from(wholes[i])))
            return true;
    return false;
}

static void add_parameter(struct str parameter, struct buf *out)
{
    size_t equals = str_find_char(parameter, '=');
    bool hide = equals < parameter.len && secret_is_name(str_make(parameter.data, equals));
    buf_add(out, parameter.data, hide ? equals + 1 : parameter.len);
    if (hide)
        buf_add_text(out, secret_mask);
}

void secret_add_query(struct str query, struct buf *out)
{
    while (query.len > 0) {
        size_t end = str_find_char(query, '&');
        add_parameter(str_make(query.data, end), out);
        bool more = end < query.len;
        if (more)
            buf_add_char(out, '&');
        query = str_after(query, more ? end + 1 : end);
    }
}
