/*
 * http_text: requests and responses as people write them into files.
 *
 *     PUT /v5/things?a=1          200
 *     x-api-key: k                content-type: application/json
 *
 *     {"body": 1}                 {"answer": 1}
 */
#ifndef SUPPORT_HTTP_TEXT_H
#define SUPPORT_HTTP_TEXT_H

#include "mock/message.h"

enum { TEXT_MAX_HEADERS = 32 };

struct http_text {
    struct str first; /* the first line */
    struct name_value headers[TEXT_MAX_HEADERS];
    size_t header_count;
    struct str body;
};

/* Splits a text; lines end in LF or CRLF. One line break at the very end is no part of the body. */
struct http_text http_text_read(struct str text);

/* The value of a header (any case); data is NULL where there is none. */
struct str http_text_header(const struct http_text *text, const char *name);

#endif
