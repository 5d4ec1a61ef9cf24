#include "mock/prefer.h"

#include "mock/answer.h"
#include "mock/dialect.h"
#include "mock/mistake.h"
#include "mock/pipeline.h"
#include "mock/status.h"

/* ---- reading ---- */

static bool read_number(struct str text, uint64_t *out)
{
    uint64_t number = 0;
    if (text.len == 0 || text.len > 18)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    *out = number;
    return true;
}

static const char *read_code(struct str value, struct preference *out)
{
    uint64_t status;
    if (!read_number(value, &status) || status < 200 || status > 599)
        return "the preferred `code` must be a status from 200 to 599";
    if (out->status == 0)
        out->status = (int)status;
    return NULL;
}

static const char *read_example(struct str value, struct preference *out)
{
    if (value.len == 0)
        return "the preferred `example` has no name";
    if (out->example.data == NULL)
        out->example = value;
    return NULL;
}

static const char *read_dynamic(struct str value, struct preference *out)
{
    if (!str_is(value, "true") && !str_is(value, "false"))
        return "the preference `dynamic` must be true or false";
    if (!out->says_dynamic)
        out->dynamic = str_is(value, "true");
    out->says_dynamic = true;
    return NULL;
}

static const char *read_seed(struct str value, struct preference *out)
{
    uint64_t seed;
    if (!read_number(value, &seed))
        return "the preferred `seed` must be a whole number";
    if (!out->has_seed)
        out->seed = seed;
    out->has_seed = true;
    return NULL;
}

static const struct {
    const char *word;
    const char *parameter;
    const char *(*read)(struct str value, struct preference *out);
} words[] = {
    {"code", "__code", read_code},
    {"example", "__example", read_example},
    {"dynamic", "__dynamic", read_dynamic},
    {"seed", "__seed", read_seed},
};

enum { WORD_COUNT = sizeof words / sizeof *words };

static void read_word(size_t index, struct str value, struct preference *out)
{
    const char *problem = words[index].read(value, out);
    if (out->problem == NULL)
        out->problem = problem;
}

static struct str unquote(struct str text)
{
    bool quoted = text.len >= 2 && text.data[0] == '"' && text.data[text.len - 1] == '"';
    return quoted ? str_make(text.data + 1, text.len - 2) : text;
}

/* One "name=value"; RFC 7240 allows blanks around the sign. */
static bool read_preference(struct str text, struct preference *out)
{
    size_t equals = str_find_char(text, '=');
    struct str name = str_trim(str_make(text.data, equals));
    struct str value = str_after(text, equals < text.len ? equals + 1 : equals);
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (!str_equal_ignoring_case(name, str_from(words[i].word)))
            continue;
        read_word(i, unquote(str_trim(value)), out);
        return true;
    }
    return false;
}

static bool read_header(struct str value, struct preference *out)
{
    bool any = false;
    while (value.len > 0) {
        size_t end = 0;
        while (end < value.len && value.data[end] != ',' && value.data[end] != ';')
            end++;
        any = read_preference(str_make(value.data, end), out) || any;
        value = str_after(value, end < value.len ? end + 1 : end);
    }
    return any;
}

static bool read_query(struct str query, struct arena *arena, struct preference *out)
{
    bool any = false;
    while (query.len > 0) {
        struct str pair = str_make(query.data, str_find_char(query, '&'));
        query = str_after(query, pair.len < query.len ? pair.len + 1 : pair.len);
        size_t equals = str_find_char(pair, '=');
        struct str name = str_make(pair.data, equals);
        for (size_t i = 0; i < WORD_COUNT; i++) {
            if (!str_is(name, words[i].parameter))
                continue;
            struct str value = str_after(pair, equals < pair.len ? equals + 1 : equals);
            read_word(i, percent_decode(arena, value, true), out);
            any = true;
        }
    }
    return any;
}

bool prefer_read(const struct request *request, struct arena *arena, struct preference *out)
{
    static const char header[] = "prefer";
    bool any = false;
    *out = (struct preference){.status = 0};
    for (size_t i = 0; i < request->header_count; i++)
        if (request->headers[i].name.len == sizeof header - 1 &&
            str_equal_ignoring_case(request->headers[i].name, str_from(header)))
            any = read_header(request->headers[i].value, out) || any;
    if (str_contains(request->query, str_from("__")))
        any = read_query(request->query, arena, out) || any;
    return any;
}

/* ---- answering ---- */

/* Nothing is wanted that the operation would not do by itself. */
static bool is_as_usual(const struct exchange *exchange, const struct preference *preference)
{
    bool same_status = preference->status == 0 || preference->status == exchange->role->status;
    return same_status && preference->example.data == NULL && !preference->dynamic;
}

/* The names of the examples that there are, for who asked for another. */
static void refuse_example(struct exchange *exchange, const struct media_type *content)
{
    const struct json_node *examples = json_member(content->node, "examples");
    struct buf message = exchange_buf(exchange);
    buf_add_text(&message, "the answer has no example of the preferred name; ");
    if (!json_is(examples, JSON_OBJECT) || examples->size == 0) {
        buf_add_text(&message, "it has none with a name");
    } else {
        buf_add_text(&message, "there are:");
        for (const struct json_node *example = json_first(examples); example != NULL;
             example = json_next(example))
            buf_printf(&message, "%s %.*s", example == json_first(examples) ? "" : ",",
                       (int)example->name_length, example->c.string);
    }
    mistake_answer(exchange, 404, buf_text(&message));
}

/* The contract says nothing of such an answer; the client gets the status that it wants. */
static void answer_undeclared(struct exchange *exchange, int status)
{
    if (status < 400)
        exchange_answer_empty(exchange, status);
    else
        dialect_refuse_as(exchange, status, str_from(status_title(status)));
}

static void answer_content(struct exchange *exchange, int status, const struct media_type *content,
                           const struct preference *preference)
{
    struct answer_wish wish = {
        .example = preference->example,
        .dynamic = preference->dynamic,
        .has_seed = preference->has_seed,
        .seed = preference->seed,
    };
    struct buf out = exchange_buf(exchange);
    switch (answer_write(exchange, content, &wish, &out)) {
    case ANSWER_WRITTEN:
        exchange_answer(exchange, status, "application/json", buf_str(&out));
        return;
    case ANSWER_NO_EXAMPLE:
        refuse_example(exchange, content);
        return;
    case ANSWER_IMPOSSIBLE:
        answer_undeclared(exchange, status);
        return;
    }
}

void step_prefer(struct exchange *exchange)
{
    struct preference preference;
    if (!prefer_read(exchange->request, exchange->arena, &preference))
        return;
    if (preference.problem != NULL) {
        mistake_answer(exchange, 400, preference.problem);
        return;
    }
    if (is_as_usual(exchange, &preference))
        return;
    int status = preference.status != 0 ? preference.status : exchange->role->status;
    const struct media_type *content = answer_declared(exchange->operation, status);
    if (content != NULL)
        answer_content(exchange, status, content, &preference);
    else if (operation_response(exchange->operation, status) != NULL)
        exchange_answer_empty(exchange, status);
    else
        answer_undeclared(exchange, status);
}
