#include "mock/message.h"

void response_header(struct response *response, const char *name, struct str value)
{
    if (response->header_count == RESPONSE_MAX_HEADERS)
        return;
    response->headers[response->header_count++] = (struct name_value){str_from(name), value};
}

struct str request_header(const struct request *request, const char *name)
{
    struct str wanted = str_from(name);
    for (size_t i = 0; i < request->header_count; i++)
        if (request->headers[i].name.len == wanted.len &&
            str_equal_ignoring_case(request->headers[i].name, wanted))
            return request->headers[i].value;
    return (struct str){NULL, 0};
}
