/*
 * The text is copied once, with room behind it, and read in place in that copy:
 * a string's NUL goes over its closing quote, an escape is decoded over itself,
 * so no string is allocated. The source stays as it was, to be spliced.
 *
 * There is no stack. `open` is the innermost container that is still open, and
 * while a container is open its c.next, not needed until it has a sibling,
 * holds the container around it.
 */
#include "json/reader.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "json/names.h"
#include "json/quoted.h"
#include "json/scan.h"

#include <stdlib.h>

enum {
    FIRST_CHUNK = 16,    /* nodes allocated at once: doubled each time */
    LARGEST_CHUNK = 128, /* zeroed at once, and still in the first cache when used */
    SMALL_OBJECT = 16,   /* members whose names are compared in pairs */
};

struct reader {
    const struct json_read_options *options;
    const struct source *source;
    struct arena *arena;
    char *text; /* the copy: same offsets as the source */
    char *end;  /* its end, where a NUL stands */
    char *at;   /* the next byte to read */

    struct json_node *free; /* nodes of the newest chunk that are not yet used */
    struct json_node *free_end;
    size_t chunk;

    struct json_node *root;
    struct json_node *open; /* the innermost open container, or NULL */
    struct json_node *last; /* the newest child of `open`, or NULL */
    struct str name;        /* of the member whose value comes next */
    size_t name_offset;
    uint32_t depth;
    uint32_t deepest;
    uint32_t nodes;
    const struct json_node *repeated;

    enum json_fault fault;
    size_t fault_offset;
    /* The first one, or NULL. Python reads it, so a fault further on comes first. */
    const char *lone_surrogate;
};

static size_t offset_of(const struct reader *r, const char *at)
{
    return (size_t)(at - r->text);
}

static bool fail(struct reader *r, enum json_fault fault, const char *at)
{
    r->fault = fault;
    r->fault_offset = offset_of(r, at);
    return false;
}

/* --- nodes -------------------------------------------------------------------- */

static struct json_node *take_node(struct reader *r)
{
    if (r->free == r->free_end) {
        r->free = arena_alloc_zero(r->arena, r->chunk * sizeof *r->free);
        r->free_end = r->free + r->chunk;
        r->chunk = r->chunk < LARGEST_CHUNK ? r->chunk * 2 : LARGEST_CHUNK;
    }
    return r->free++;
}

static void append_child(struct json_node *container, struct json_node *last,
                         struct json_node *child)
{
    container->size++;
    if (last == NULL) {
        container->c.child = &child->c;
        child->c.prev = &child->c;
        return;
    }
    last->c.next = &child->c;
    child->c.prev = &last->c;
    container->c.child->prev = &child->c;
}

/* A node for the value at r->at in its place in the tree, or NULL if there are too many. */
static struct json_node *add_node(struct reader *r, enum json_type type, int cjson_type)
{
    if (r->nodes == r->options->max_nodes && r->nodes > 0) {
        fail(r, JSON_TOO_MANY_NODES, r->at);
        return NULL;
    }
    r->nodes++;
    struct json_node *node = take_node(r);
    node->c.type = cjson_type;
    node->source = r->source;
    node->offset = (uint32_t)offset_of(r, r->at);
    node->type = (uint8_t)type;
    node->flags = JSON_COMPACT;
    if (r->open == NULL) {
        r->root = node;
        return node;
    }
    if (r->open->type == JSON_OBJECT) {
        node->c.string = (char *)(uintptr_t)r->name.data;
        node->name_offset = (uint32_t)r->name_offset;
        node->name_length = (uint32_t)r->name.len;
        node->name_hash = str_hash(r->name);
    }
    append_child(r->open, r->last, node);
    r->last = node;
    return node;
}

/* --- blanks ------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_blanks(struct reader *r)
{
    if ((unsigned char)*r->at > ' ') /* nearly always */
        return;
    if (!is_blank(*r->at))
        return;
    if (r->open != NULL)
        r->open->flags &= (uint8_t)~JSON_COMPACT;
    while (is_blank(*r->at))
        r->at++;
}

/* --- strings ------------------------------------------------------------------ */

/* A string, of which r->at is at the opening quote. `text` ends with a NUL. */
static bool read_quoted(struct reader *r, struct str *text)
{
    char *quote = r->at;
    char *end = scan_ascii(quote + 1);
    r->at = end;
    if (*end != '"') {
        struct quoted q = {.quote = quote, .at = end, .end = r->end};
        if (!quoted_decode(&q))
            return fail(r, q.fault, q.fault_at);
        if (r->lone_surrogate == NULL)
            r->lone_surrogate = q.lone_surrogate;
        end = q.out;
        r->at = q.at;
    }
    r->at++;
    *end = '\0';
    *text = str_make(quote + 1, (size_t)(end - quote - 1));
    return true;
}

static bool read_string(struct reader *r)
{
    struct json_node *node = add_node(r, JSON_STRING, cJSON_String);
    struct str text;
    if (node == NULL || !read_quoted(r, &text))
        return false;
    node->c.valuestring = (char *)(uintptr_t)text.data;
    node->size = (uint32_t)text.len;
    node->length = (uint32_t)(offset_of(r, r->at) - node->offset);
    return true;
}

/* --- numbers and words -------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *at)
{
    while (is_digit(*at))
        at++;
    return at;
}

/*
 * The end of the number at `at`, or NULL where there is none. A fraction or an
 * exponent without digits is left over, as Python's scanner leaves it: what is
 * wrong is then that no comma follows.
 */
static const char *number_end(const char *at)
{
    at += *at == '-';
    if (!is_digit(*at))
        return NULL;
    at = *at == '0' ? at + 1 : skip_digits(at);
    if (*at == '.' && is_digit(at[1]))
        at = skip_digits(at + 1);
    if (*at == 'e' || *at == 'E') {
        const char *digits = at + 1;
        digits += *digits == '-' || *digits == '+';
        if (is_digit(*digits))
            at = skip_digits(digits);
    }
    return at;
}

/*
 * A lexeme needs a NUL after it, where the delimiter stands that is still to be
 * read. So it moves one byte to the left, over the delimiter that was read.
 */
static char *terminate(char *lexeme, size_t len)
{
    memmove(lexeme - 1, lexeme, len);
    lexeme[len - 1] = '\0';
    return lexeme - 1;
}

static bool read_lexeme(struct reader *r, size_t len)
{
    struct json_node *node = add_node(r, JSON_NUMBER, cJSON_Number);
    if (node == NULL)
        return false;
    node->c.valuestring = terminate(r->at, len);
    node->size = (uint32_t)len;
    node->length = (uint32_t)len;
    json_node_finish_scalar(node);
    r->at += len;
    return true;
}

/* Python guards the conversion of integers, which is quadratic (sys.get_int_max_str_digits). */
static bool is_too_long_for_python(const char *at, const char *end)
{
    enum { PYTHON_DIGITS_MAX = 4300 };
    at += *at == '-';
    return end - at > PYTHON_DIGITS_MAX && skip_digits(at) == end;
}

static bool read_number(struct reader *r)
{
    const char *end = number_end(r->at);
    if (end == NULL)
        return fail(r, JSON_EXPECTING_VALUE, r->at);
    if (r->options->python && is_too_long_for_python(r->at, end))
        return fail(r, JSON_TOO_MANY_DIGITS, r->at);
    return read_lexeme(r, (size_t)(end - r->at));
}

/* The copy has room for looking past its end. */
static bool stands(const struct reader *r, const char *word, size_t len)
{
    return memcmp(r->at, word, len) == 0;
}

static bool read_word(struct reader *r, const char *word, size_t len, enum json_type type,
                      int cjson_type)
{
    if (!stands(r, word, len))
        return fail(r, JSON_EXPECTING_VALUE, r->at);
    struct json_node *node = add_node(r, type, cjson_type);
    if (node == NULL)
        return false;
    node->c.valueint = type == JSON_TRUE;
    node->length = (uint32_t)len;
    r->at += len;
    return true;
}

/* NaN and the infinities, which are no JSON, so that no container of them is copied as it is. */
static bool read_not_finite(struct reader *r, const char *word, size_t len)
{
    if (!r->options->python || !stands(r, word, len))
        return *r->at == '-' ? read_number(r) : fail(r, JSON_EXPECTING_VALUE, r->at);
    struct json_node *around = r->open;
    if (!read_lexeme(r, len))
        return false;
    struct json_node *node = around != NULL ? r->last : r->root;
    node->flags &= (uint8_t)~JSON_COMPACT;
    if (around != NULL)
        around->flags &= (uint8_t)~JSON_COMPACT;
    return true;
}

/* --- containers --------------------------------------------------------------- */

static bool open_container(struct reader *r, enum json_type type, int cjson_type)
{
    if (r->depth == r->options->max_depth && r->depth > 0)
        return fail(r, JSON_TOO_DEEP, r->at);
    struct json_node *around = r->open;
    struct json_node *node = add_node(r, type, cjson_type);
    if (node == NULL)
        return false;
    if (r->options->editable)
        node->flags = 0;
    node->c.next = around != NULL ? &around->c : NULL;
    r->open = node;
    r->last = NULL;
    r->depth++;
    if (r->depth > r->deepest)
        r->deepest = r->depth;
    r->at++;
    return true;
}

/* Two members have the same name: the later value takes the place of the earlier. */
static void replace_repeated(struct reader *r, struct json_node *object, struct json_node *earlier,
                             struct json_node *later)
{
    json_remove(object, later);
    json_replace(object, earlier, later);
    bool first = r->repeated == NULL || later->name_offset < r->repeated->name_offset;
    if (first || r->repeated == earlier)
        r->repeated = later;
}

static bool has_equal_hashes(const struct json_node *object)
{
    uint32_t seen[SMALL_OBJECT];
    size_t count = 0;
    bool equal = false;
    for (const struct json_node *m = json_first(object); m != NULL; m = json_next(m)) {
        for (size_t i = 0; i < count; i++)
            equal |= seen[i] == m->name_hash;
        seen[count++] = m->name_hash;
    }
    return equal;
}

/* Sorting brings equal names together, in the order of the document. */
static void merge_repeated(struct reader *r, struct json_node *object)
{
    size_t count = object->size;
    struct json_node **sorted = mem_alloc(count * sizeof(struct json_node *));
    names_sort(object, sorted);
    for (size_t i = 1; i < count; i++)
        if (names_equal(sorted[i - 1], sorted[i]))
            replace_repeated(r, object, sorted[i - 1], sorted[i]);
    free(sorted);
}

static void close_container(struct reader *r)
{
    struct json_node *node = r->open;
    struct json_node *around = json_from_cjson(node->c.next);
    r->at++;
    node->c.next = NULL;
    node->length = (uint32_t)(offset_of(r, r->at) - node->offset);
    if (node->type == JSON_OBJECT && (node->size > SMALL_OBJECT || has_equal_hashes(node)))
        merge_repeated(r, node);
    if (around != NULL && (node->flags & JSON_COMPACT) == 0)
        around->flags &= (uint8_t)~JSON_COMPACT;
    r->open = around;
    r->last = node;
    r->depth--;
}

/* --- the text as a whole ------------------------------------------------------ */

/* A scalar, or the opening of a container. */
static bool read_value(struct reader *r)
{
    switch (*r->at) {
    case '"':
        return read_string(r);
    case '{':
        return open_container(r, JSON_OBJECT, cJSON_Object);
    case '[':
        return open_container(r, JSON_ARRAY, cJSON_Array);
    case 't':
        return read_word(r, "true", 4, JSON_TRUE, cJSON_True);
    case 'f':
        return read_word(r, "false", 5, JSON_FALSE, cJSON_False);
    case 'n':
        return read_word(r, "null", 4, JSON_NULL, cJSON_NULL);
    case 'N':
        return read_not_finite(r, "NaN", 3);
    case 'I':
        return read_not_finite(r, "Infinity", 8);
    case '-':
        return read_not_finite(r, "-Infinity", 9);
    default:
        return read_number(r);
    }
}

/* A member's name and its colon. */
static bool read_name(struct reader *r)
{
    if (*r->at != '"')
        return fail(r, JSON_EXPECTING_NAME, r->at);
    r->name_offset = offset_of(r, r->at);
    if (!read_quoted(r, &r->name))
        return false;
    skip_blanks(r);
    if (*r->at != ':')
        return fail(r, JSON_EXPECTING_COLON, r->at);
    r->at++;
    skip_blanks(r);
    return true;
}

/*
 * From the end of a value, or the opening of a container, to the next value:
 * closes what ends here. False at the end of the root and at a fault.
 */
static bool find_next_value(struct reader *r)
{
    while (r->open != NULL) {
        skip_blanks(r);
        bool in_object = r->open->type == JSON_OBJECT;
        if (*r->at == (in_object ? '}' : ']')) {
            close_container(r);
            continue;
        }
        if (r->last != NULL) {
            if (*r->at != ',')
                return fail(r, JSON_EXPECTING_COMMA, r->at);
            r->at++;
            skip_blanks(r);
        }
        return !in_object || read_name(r);
    }
    return false;
}

static bool read_text(struct reader *r)
{
    skip_blanks(r);
    do {
        if (!read_value(r))
            return false;
    } while (find_next_value(r));
    if (r->fault != JSON_OK)
        return false;
    skip_blanks(r);
    if (r->at != r->end)
        return fail(r, JSON_EXTRA_DATA, r->at);
    return r->lone_surrogate == NULL || fail(r, JSON_LONE_SURROGATE, r->lone_surrogate);
}

/* One byte before the text (see terminate) and SCAN_WIDTH after it, with the NUL. */
static void copy_text(struct reader *r)
{
    struct str text = r->source->text;
    r->text = (char *)arena_alloc(r->arena, 1 + text.len + SCAN_WIDTH) + 1;
    if (text.len > 0)
        memcpy(r->text, text.data, text.len);
    r->end = r->text + text.len;
    memset(r->end, 0, SCAN_WIDTH);
    r->at = r->text;
}

static size_t bom_length(struct str text)
{
    return str_starts_with(text, "\xef\xbb\xbf") ? 3 : 0;
}

/* Half a surrogate pair in three bytes, which Python's json lets pass ("surrogatepass"). */
static bool is_encoded_surrogate(struct str text)
{
    return text.len >= 3 && text.data[0] == '\xed' && (text.data[1] & 0xe0) == 0xa0 &&
           utf8_is_continuation(text.data[1]) && utf8_is_continuation(text.data[2]);
}

/* Index of the first byte that cannot be decoded, or text.len. */
static size_t find_bad_byte(struct str text, bool python)
{
    size_t bad = utf8_find_fault(text);
    while (python && is_encoded_surrogate(str_after(text, bad)))
        bad += 3 + utf8_find_fault(str_after(text, bad + 3));
    return bad;
}

/*
 * Python decodes the whole body before it parses, so bytes that are no UTF-8
 * beat every fault of syntax, wherever they are; and its positions do not count
 * the BOM that it takes off.
 */
static struct json_error describe(const struct reader *r, size_t bom)
{
    struct str text = r->source->text;
    struct json_error error = {.fault = r->fault, .offset = r->fault_offset};
    size_t bad = find_bad_byte(text, r->options->python);
    if (bad < text.len) {
        error.fault = JSON_BAD_UTF8;
        error.offset = bad;
    } else if (r->fault == JSON_BAD_UTF8) {
        error.fault = JSON_LONE_SURROGATE;
    }
    error.character = utf8_count(str_make(text.data, error.offset)) - (bom > 0);
    return error;
}

bool json_read(struct arena *arena, const struct source *source,
               const struct json_read_options *options, struct json_document *out,
               struct json_error *error)
{
    if (source->text.len > UINT32_MAX - SCAN_WIDTH) { /* offsets are 32 bits wide */
        *error = (struct json_error){.fault = JSON_TOO_MANY_NODES};
        return false;
    }
    struct reader r = {.options = options, .source = source, .arena = arena, .chunk = FIRST_CHUNK};
    copy_text(&r);
    size_t bom = options->python ? bom_length(source->text) : 0;
    r.at += bom;
    if (!read_text(&r)) {
        *error = describe(&r, bom);
        return false;
    }
    *out = (struct json_document){
        .root = r.root, .depth = r.deepest, .nodes = r.nodes, .repeated = r.repeated};
    return true;
}

const char *json_fault_text(enum json_fault fault)
{
    static const char *const texts[] = {
        [JSON_OK] = "No fault",
        [JSON_EXPECTING_VALUE] = "Expecting value",
        [JSON_EXPECTING_NAME] = "Expecting property name enclosed in double quotes",
        [JSON_EXPECTING_COLON] = "Expecting ':' delimiter",
        [JSON_EXPECTING_COMMA] = "Expecting ',' delimiter",
        [JSON_EXTRA_DATA] = "Extra data",
        [JSON_CONTROL_CHARACTER] = "Invalid control character at",
        [JSON_BAD_ESCAPE] = "Invalid \\escape",
        [JSON_BAD_UNICODE_ESCAPE] = "Invalid \\uXXXX escape",
        [JSON_UNTERMINATED_STRING] = "Unterminated string starting at",
        [JSON_LONE_SURROGATE] = "Lone surrogate escape",
        [JSON_BAD_UTF8] = "Invalid UTF-8",
        [JSON_TOO_DEEP] = "Too many nested arrays and objects",
        [JSON_TOO_MANY_NODES] = "Too many values",
        [JSON_TOO_MANY_DIGITS] = "Too many digits",
    };
    return texts[fault];
}
