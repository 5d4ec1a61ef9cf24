#include "http/framing.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

static const struct refusal none = {0, NULL};

static struct refusal refuse(int status, const char *detail)
{
    return (struct refusal){.status = status, .detail = detail};
}

/* --- place --- */

static const char blank_lines[] =
    "more than one empty line, or a blank, stands before the request line";

struct refusal framing_check_place(const struct request *request, const char **buffer)
{
    const char *method = request->method.data;
    const char *start = method - (uintptr_t)method % alignof(max_align_t);
    bool is_behind_line = method == start + 2 && start[0] == '\r' && start[1] == '\n';
    if (method != start && !is_behind_line)
        return refuse(400, blank_lines);
    if (*buffer == NULL || (uintptr_t)start < (uintptr_t)*buffer)
        *buffer = start;
    return start == *buffer ? none : refuse(400, blank_lines);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct refusal framing_check_body(const struct request *request)
{
    struct str rest = request->body;
    while (rest.len > 0 && is_blank(rest.data[0]))
        rest = str_after(rest, 1);
    struct str method = request->method;
    bool is_head = rest.len > method.len && rest.data[method.len] == '\0' &&
                   str_equal(str_make(rest.data, method.len), method);
    return is_head ? refuse(400, blank_lines) : none;
}

/* --- layout --- */

/* The characters of a token beside letters and digits (RFC 9110, 5.6.2). */
static bool is_token_sign(char c)
{
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && c != '-' && !(c >= '0' && c <= '9') && !is_token_sign(c))
            return false;
    }
    return text.len > 0;
}

static const char *end_of(struct str text)
{
    return text.data + text.len;
}

static bool is_request_line_exact(const struct request *request)
{
    struct str target = request->query.data != NULL ? request->query : request->path;
    const char *version_word = request->version.data - strlen("HTTP/");
    return end_of(request->method) + 1 == request->path.data && end_of(target) + 1 == version_word;
}

/* "Name : value" has a second NUL after the name, "Name: value" has the blank there. */
static bool has_blank_before_colon(const struct name_value *header)
{
    const char *name_end = end_of(header->name);
    return header->value.data > name_end + 1 && name_end[1] == '\0';
}

/* Does the head end after this value? It was "\r\n\r\n" and is "\0\0\r\0". */
static bool is_end_of_head(const char *value_end)
{
    return value_end[1] == '\0' && value_end[2] == '\r' && value_end[3] == '\0';
}

static struct refusal check_headers(const struct request *request)
{
    const char *line = end_of(request->version) + 2;
    const char *last = NULL;
    for (size_t i = 0; i < request->header_count; i++) {
        const struct name_value *header = &request->headers[i];
        if (header->name.data != line)
            return refuse(400, "a line of the head does not end in CR LF, or begins with a blank");
        if (!is_token(header->name))
            return refuse(400, "the name of a header holds a character that is not allowed");
        if (has_blank_before_colon(header))
            return refuse(400, "there is a blank between the name of a header and its colon");
        last = end_of(header->value);
        line = last + 2;
    }
    if (last != NULL && !is_end_of_head(last)) {
        if (request->header_count == FRAMING_HEADER_LIMIT)
            return refuse(431, "the request has more than 64 headers");
        return refuse(400, "a line of the head is no header (folded lines are not allowed)");
    }
    return none;
}

struct refusal framing_check_layout(const struct request *request)
{
    if (!is_token(request->method) || !is_request_line_exact(request))
        return refuse(400, "the request line is not \"METHOD TARGET HTTP/1.1\" with single blanks");
    return check_headers(request);
}

/* --- splitting --- */

/* Takes the next line, which must end in CR LF, off the text. */
static bool next_line(struct str *text, struct str *line)
{
    size_t end = str_find_char(*text, '\r');
    if (end + 1 >= text->len || text->data[end + 1] != '\n')
        return false;
    *line = str_make(text->data, end);
    *text = str_after(*text, end + 2);
    return memchr(line->data, '\n', line->len) == NULL;
}

struct refusal framing_split_headers(struct str text, struct name_value *headers, size_t *count)
{
    *count = 0;
    while (text.len > 0 && !str_is(text, "\r") && !str_starts_with(text, "\r\n")) {
        struct str line;
        if (!next_line(&text, &line))
            return refuse(400, "a line of the head does not end in CR LF");
        size_t colon = str_find_char(line, ':');
        struct str name = str_make(line.data, colon);
        if (colon == line.len || !is_token(name))
            return refuse(400, "a line of the head is no header");
        if (*count == FRAMING_HEADER_LIMIT)
            return refuse(431, "the request has more than 64 headers");
        headers[(*count)++] = (struct name_value){name, str_trim(str_after(line, colon + 1))};
    }
    return none;
}

/* --- fields --- */

/* One pass over the headers gathers what the frame depends on. */
struct frame_fields {
    struct str host, encoding, length, connection;
    size_t hosts, encodings, lengths, connections;
    bool lengths_differ;
    bool upgrade;
    bool expects_continue;
};

static void gather(const struct name_value *header, struct frame_fields *fields)
{
    struct str value = header->value;
    if (str_equal_ignoring_case(header->name, str_from("host"))) {
        fields->host = value;
        fields->hosts++;
    } else if (str_equal_ignoring_case(header->name, str_from("transfer-encoding"))) {
        fields->encoding = value;
        fields->encodings++;
    } else if (str_equal_ignoring_case(header->name, str_from("content-length"))) {
        fields->lengths_differ |= fields->lengths > 0 && !str_equal(value, fields->length);
        fields->length = value;
        fields->lengths++;
    } else if (str_equal_ignoring_case(header->name, str_from("connection"))) {
        fields->connection = value;
        fields->connections++;
    } else if (str_equal_ignoring_case(header->name, str_from("upgrade"))) {
        fields->upgrade = true;
    } else if (str_equal_ignoring_case(header->name, str_from("expect"))) {
        fields->expects_continue = str_equal_ignoring_case(value, str_from("100-continue"));
    }
}

/* Takes the next member off a comma-separated list; false at its end. */
static bool next_member(struct str *list, struct str *member)
{
    if (list->len == 0)
        return false;
    size_t comma = str_find_char(*list, ',');
    *member = str_trim(str_make(list->data, comma));
    *list = str_after(*list, comma < list->len ? comma + 1 : comma);
    return true;
}

/* Digits only; what does not fit becomes UINT64_MAX, which is over every limit. */
static bool read_number(struct str text, uint64_t *number)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    *number = value;
    return text.len > 0;
}

/* RFC 9112, 6.3: one number, or a list of the same number over and over. */
static struct refusal read_length(struct str text, uint64_t *length)
{
    struct str member;
    bool first = true;
    while (next_member(&text, &member)) {
        uint64_t number;
        if (!read_number(member, &number))
            return refuse(400, "Content-Length is not a number");
        if (!first && number != *length)
            return refuse(400, "Content-Length has several values that differ");
        *length = number;
        first = false;
    }
    return first ? refuse(400, "Content-Length is not a number") : none;
}

static struct refusal check_host(const struct frame_fields *fields, bool is_1_1)
{
    if (fields->hosts == 0 && is_1_1)
        return refuse(400, "the Host header is missing");
    if (fields->hosts > 1)
        return refuse(400, "there is more than one Host header");
    for (size_t i = 0; i < fields->host.len; i++) {
        char c = fields->host.data[i];
        if (c == ' ' || c == '\t' || c == '/' || c == '\\' || c == '@' || c == '?' || c == '#')
            return refuse(400, "the Host header is not a host with an optional port");
    }
    return none;
}

static struct refusal check_encoding(const struct frame_fields *fields, bool is_1_1)
{
    if (fields->encodings == 0)
        return none;
    if (fields->lengths > 0)
        return refuse(400, "Transfer-Encoding and Content-Length exclude each other");
    if (!is_1_1)
        return refuse(400, "Transfer-Encoding is not known to HTTP/1.0");
    if (fields->encodings > 1 || !str_equal_ignoring_case(fields->encoding, str_from("chunked")))
        return refuse(400, "the only Transfer-Encoding that is understood is \"chunked\"");
    return none;
}

/*
 * civetweb keeps a connection only where this agrees: it looks at the first
 * Connection header alone, and ends it after an upgrade or after trailers. Those
 * may follow any chunked body, announced or not, and it does not tell.
 */
static bool wants_keep_alive(const struct frame_fields *fields, bool is_1_1)
{
    if (fields->upgrade || fields->encodings > 0 || fields->connections > 1)
        return false;
    if (fields->connections == 0)
        return is_1_1;
    bool keep = false;
    struct str list = fields->connection;
    struct str member;
    while (next_member(&list, &member)) {
        if (str_equal_ignoring_case(member, str_from("close")))
            return false;
        keep |= str_equal_ignoring_case(member, str_from("keep-alive"));
    }
    return keep;
}

struct refusal framing_read_fields(const struct request *request, struct framing *out)
{
    *out = (struct framing){.chunked = false};
    struct frame_fields fields = {.hosts = 0};
    for (size_t i = 0; i < request->header_count; i++)
        gather(&request->headers[i], &fields);
    bool is_1_1 = str_is(request->version, "1.1");

    struct refusal refusal = check_host(&fields, is_1_1);
    if (refusal.status == 0)
        refusal = check_encoding(&fields, is_1_1);
    if (refusal.status == 0 && fields.lengths_differ)
        refusal = refuse(400, "Content-Length has several values that differ");
    if (refusal.status == 0 && fields.lengths > 0)
        refusal = read_length(fields.length, &out->length);
    if (refusal.status != 0)
        return refusal;

    out->chunked = fields.encodings > 0;
    out->has_length = fields.lengths > 0;
    out->expects_continue = fields.expects_continue && is_1_1;
    out->keep_alive = wants_keep_alive(&fields, is_1_1);
    return none;
}

/* --- target --- */

void framing_reduce_target(struct request *request)
{
    struct str path = request->path;
    if (str_starts_with(path, "/") || str_is(path, "*"))
        return;
    size_t colon = str_find_char(path, ':');
    struct str rest = str_after(path, colon);
    if (!str_starts_with(rest, "://"))
        return;
    rest = str_after(rest, strlen("://"));
    struct str reduced = str_after(rest, str_find_char(rest, '/'));
    request->path = reduced.len > 0 ? reduced : str_from("/");
}

/* --- copy --- */

struct move {
    const char *from;
    const char *to;
};

static void shift(struct str *text, struct move move)
{
    if (text->data != NULL)
        text->data = move.to + (text->data - move.from);
}

void framing_keep_head(struct request *request, struct arena *arena)
{
    const char *begin = request->method.data;
    const char *end = end_of(request->version);
    if (request->header_count > 0)
        end = end_of(request->headers[request->header_count - 1].value);
    struct str copy = arena_copy_str(arena, str_make(begin, (size_t)(end - begin)));
    struct move move = {.from = begin, .to = copy.data};

    struct name_value *headers = arena_alloc(arena, request->header_count * sizeof *headers);
    for (size_t i = 0; i < request->header_count; i++) {
        headers[i] = request->headers[i];
        shift(&headers[i].name, move);
        shift(&headers[i].value, move);
        headers[i].value = str_trim(headers[i].value);
    }
    request->headers = headers;
    shift(&request->method, move);
    shift(&request->path, move);
    shift(&request->query, move);
    shift(&request->version, move);
}
