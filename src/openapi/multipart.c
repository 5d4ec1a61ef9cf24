/*
 * multipart/form-data: RFC 2046, 5.1 for the frame, RFC 7578 for the parts.
 *
 * One pass over the body. A NUL byte is a byte like any other; nothing is
 * copied but what must be changed; the only search is for the next delimiter,
 * whose first byte is found by memchr.
 */
#include "openapi/body.h"

#include "openapi/percent.h"

enum {
    BOUNDARY_MAX = 70, /* RFC 2046, 5.1.1 */
    HEADERS_MAX = 32,  /* of one part */
    LINE_MAX_BYTES = 4096,
};

struct multipart {
    const struct media_type *media;
    struct arena *arena;
    struct str delimiter; /* CR LF "--" boundary */
    struct str rest;      /* what has not been read */
    struct field_list fields;
    const char *problem;
};

static bool refuse(struct multipart *multipart, const char *problem)
{
    multipart->problem = problem;
    return false;
}

/* --- the frame -------------------------------------------------------------------- */

static bool is_boundary(struct str text)
{
    if (text.len == 0 || text.len > BOUNDARY_MAX || text.data[text.len - 1] == ' ')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain && (c == '\0' || strchr("'()+_,-./:=? ", c) == NULL))
            return false;
    }
    return true;
}

static bool starts_with(struct str text, struct str prefix)
{
    return text.len >= prefix.len && memcmp(text.data, prefix.data, prefix.len) == 0;
}

/* Index of the next delimiter, or text.len. */
static size_t find_delimiter(struct str text, struct str delimiter)
{
    struct str rest = text;
    while (rest.len > 0) {
        rest = str_after(rest, str_find_char(rest, '\r'));
        if (starts_with(rest, delimiter))
            return text.len - rest.len;
        rest = str_after(rest, rest.len > 0);
    }
    return text.len;
}

enum after_delimiter {
    ANOTHER_PART,
    THE_END,
    NEITHER, /* it was no delimiter, but content that begins like one */
};

/* What follows a delimiter: "--", or blanks and a line break, which it takes off. */
static enum after_delimiter take_after_delimiter(struct str *rest)
{
    if (str_starts_with(*rest, "--"))
        return THE_END;
    struct str after = *rest;
    while (after.len > 0 && (after.data[0] == ' ' || after.data[0] == '\t'))
        after = str_after(after, 1);
    if (!str_starts_with(after, "\r\n"))
        return NEITHER;
    *rest = str_after(after, 2);
    return ANOTHER_PART;
}

/*
 * Takes what stands before the next delimiter off `rest`, and the delimiter's
 * line too. NEITHER if there is none.
 */
static enum after_delimiter take_content(struct multipart *multipart, struct str *content)
{
    struct str text = multipart->rest;
    struct str delimiter = multipart->delimiter;
    for (size_t from = 0; from < text.len;) {
        size_t at = from + find_delimiter(str_after(text, from), delimiter);
        if (at == text.len)
            break;
        multipart->rest = str_after(text, at + delimiter.len);
        enum after_delimiter next = take_after_delimiter(&multipart->rest);
        *content = str_make(text.data, at);
        if (next != NEITHER)
            return next;
        from = at + 1;
    }
    return NEITHER;
}

/* --- one part ----------------------------------------------------------------------- */

struct part {
    struct str disposition;
    struct str content_type;
    struct str transfer_encoding;
};

/* Takes the header lines and the empty one after them off `text`. */
static bool read_headers(struct multipart *multipart, struct str *text, struct part *part)
{
    const struct {
        const char *name;
        struct str *value;
    } known[] = {
        {"Content-Disposition", &part->disposition},
        {"Content-Type", &part->content_type},
        {"Content-Transfer-Encoding", &part->transfer_encoding},
    };
    *part = (struct part){.content_type = str_from("")};
    for (size_t count = 0; count <= HEADERS_MAX; count++) {
        if (text->len == 0 && count > 0)
            return true; /* no empty line, no content: RFC 2046's grammar allows it */
        size_t end = find_delimiter(*text, str_from("\r\n"));
        if (end == text->len)
            return refuse(multipart, "A part has no empty line after its headers");
        struct str line = str_make(text->data, end);
        *text = str_after(*text, end + 2);
        if (line.len == 0)
            return true;
        if (line.len > LINE_MAX_BYTES)
            return refuse(multipart, "A part has a header line that is too long");
        size_t colon = str_find_char(line, ':');
        if (colon == line.len)
            return refuse(multipart, "A part has a header line without a colon");
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (str_equal_ignoring_case(str_make(line.data, colon), str_from(known[i].name)))
                *known[i].value = str_trim(str_after(line, colon + 1));
    }
    return refuse(multipart, "A part has too many headers");
}

/* RFC 7578, 4.2 */
static bool read_name(struct multipart *multipart, const struct part *part, struct str *name)
{
    struct str kind = media_type_essence(part->disposition);
    if (!str_equal_ignoring_case(kind, str_from("form-data")))
        return refuse(multipart, "A part has no \"Content-Disposition: form-data\"");
    if (!media_type_parameter(part->disposition, "name", multipart->arena, name))
        return refuse(multipart, "A part has no name in its Content-Disposition");
    *name = text_from_bytes(multipart->arena, *name);
    return true;
}

static bool changes_bytes(struct str transfer_encoding)
{
    static const char *const harmless[] = {"", "7bit", "8bit", "binary"};
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (str_equal_ignoring_case(transfer_encoding, str_from(harmless[i])))
            return false;
    return true;
}

/* True if the part's type is one of "image/png, image/jpeg", or not known to the client. */
static bool type_is_declared(struct str declared, struct str content_type)
{
    struct str unknown = str_from("application/octet-stream");
    if (content_type.len == 0 || declared.len == 0 ||
        str_equal_ignoring_case(media_type_essence(content_type), unknown))
        return true;
    while (declared.len > 0) {
        size_t comma = str_find_char(declared, ',');
        if (media_type_fit(str_trim(str_make(declared.data, comma)), content_type) != MEDIA_DIFFERS)
            return true;
        declared = str_after(declared, comma < declared.len ? comma + 1 : comma);
    }
    return false;
}

static bool read_part(struct multipart *multipart, struct str text)
{
    struct part part;
    struct str name;
    if (multipart->fields.count == MULTIPART_MAX_PARTS)
        return refuse(multipart, "The body has too many parts");
    if (!read_headers(multipart, &text, &part) || !read_name(multipart, &part, &name))
        return false;
    if (changes_bytes(part.transfer_encoding))
        return refuse(multipart,
                      "A part has a Content-Transfer-Encoding, which RFC 7578 abolished");
    struct str declared =
        json_member_text(body_encoding(multipart->media, name), "contentType", str_from(""));
    if (!type_is_declared(declared, part.content_type)) {
        struct str sent = text_from_bytes(multipart->arena, part.content_type);
        const char *problem = arena_printf(
            multipart->arena, "The part \"%.*s\" is of type %.*s, not %.*s", (int)name.len,
            name.data, (int)sent.len, sent.data, (int)declared.len, declared.data);
        return refuse(multipart, problem);
    }
    struct field *field = field_list_add(&multipart->fields, name, text);
    field->content_type = part.content_type;
    return true;
}

/* --- all parts ------------------------------------------------------------------------ */

static bool read_parts(struct multipart *multipart)
{
    /* The first delimiter may stand at the very start, without its line break. */
    struct str preamble;
    struct str opening = str_after(multipart->delimiter, 2);
    enum after_delimiter next = NEITHER;
    if (starts_with(multipart->rest, opening)) {
        struct str rest = str_after(multipart->rest, opening.len);
        next = take_after_delimiter(&rest);
        if (next != NEITHER)
            multipart->rest = rest;
    }
    if (next == NEITHER)
        next = take_content(multipart, &preamble);
    if (next == NEITHER)
        return refuse(multipart, "The body does not contain the boundary that Content-Type names");
    while (next == ANOTHER_PART) {
        struct str content;
        next = take_content(multipart, &content);
        if (next == NEITHER)
            return refuse(multipart, "The body ends before its closing boundary");
        if (!read_part(multipart, content))
            return false;
    }
    return true;
}

struct json_node *multipart_read(const struct media_type *media, struct str content_type,
                                 struct str body, struct arena *arena, const char **problem)
{
    struct multipart multipart = {.media = media, .arena = arena, .rest = body};
    struct str boundary;
    if (!media_type_parameter(content_type, "boundary", arena, &boundary) ||
        !is_boundary(boundary)) {
        *problem = "Content-Type names no boundary, or one that RFC 2046 does not allow";
        return NULL;
    }
    multipart.delimiter =
        str_from(arena_printf(arena, "\r\n--%.*s", (int)boundary.len, boundary.data));
    field_list_init(&multipart.fields, arena);
    if (!read_parts(&multipart)) {
        *problem = multipart.problem;
        return NULL;
    }
    struct converter converter = {
        .arena = arena, .origin = "multipart", .coding = TEXT_PLAIN, .lenient = true};
    return body_from_fields(media, &multipart.fields, &converter);
}
