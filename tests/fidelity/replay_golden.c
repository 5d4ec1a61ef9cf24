/*
 * replay_golden ROOT KIND MODE FILE FOLDER: golden answers of FastAPI + pydantic, held against
 * ours.
 *
 * KIND field-errors: FILE is {schemas, components, cases}: fields, and what each makes of a
 * value. A document is written to FOLDER whose one operation takes a body of all fields.
 * KIND datetimes: date-times as they are sent and printed, or why they are refused; put to
 * the spans as deployed. KIND requests: whole exchanges with them.
 *
 * MODE deployed reads values as pydantic does (`values: pydantic`); so every case must agree.
 * MODE contract does not, and looks only at what the backend does not take: nor does the
 * contract, and it says so in the same words.
 *
 * Errors must agree byte by byte: FastAPI prints them in one way. What no document tells is
 * listed in unknowable.txt, and must fail as long as it is listed there.
 */
#include "recorded.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX_BYTES = 1 << 20, SKIPPED = 77 };

struct run {
    struct stand_in stand_in;
    struct arena arena;
    const char *root;
    const char *kind;
    const char *folder;
    bool deployed;
    const struct json_node *golden;
    struct str unknowable; /* the list as it was read */
    size_t listed;         /* of this kind, among the cases */
    size_t cases;
    size_t wrong;
};

static struct str print(struct arena *arena, const struct json_node *node, enum json_style style)
{
    struct buf out;
    buf_init(&out, arena);
    json_write(&out, node, style);
    return buf_str(&out);
}

/* ---- the list ---- */

static struct str take_line(struct str *text)
{
    size_t end = str_find_char(*text, '\n');
    struct str line = str_make(text->data, end);
    *text = str_after(*text, end < text->len ? end + 1 : end);
    return line;
}

/* Takes KIND (or, in that mode, KIND-contract) and a blank off a line that begins with it. */
static bool take_kind(const struct run *run, struct str *line)
{
    struct str word = str_make(line->data, str_find_char(*line, ' '));
    bool is_ours =
        str_is(word, run->kind) || (!run->deployed && str_starts_with(word, run->kind) &&
                                    str_is(str_after(word, strlen(run->kind)), "-contract"));
    if (is_ours)
        *line = str_after(*line, word.len < line->len ? word.len + 1 : word.len);
    return is_ours;
}

/* The rest of a line is the case's name, a tab, and the reason. */
static bool is_listed(const struct run *run, struct str name)
{
    struct str text = run->unknowable;
    while (text.len > 0) {
        struct str line = take_line(&text);
        if (take_kind(run, &line) &&
            str_equal(str_make(line.data, str_find_char(line, '\t')), name))
            return true;
    }
    return false;
}

static size_t count_listed(const struct run *run)
{
    size_t count = 0;
    struct str text = run->unknowable;
    while (text.len > 0) {
        struct str line = take_line(&text);
        count += take_kind(run, &line);
    }
    return count;
}

/* ---- one case ---- */

struct outcome {
    struct str name;
    int status;
    struct str want; /* what was to be answered, or the part of it that is compared */
    struct str got;
    struct recorded_answer answer;
};

static void note(struct run *run, const struct outcome *outcome)
{
    bool listed = is_listed(run, outcome->name);
    bool fits = outcome->status == outcome->answer.status && str_equal(outcome->want, outcome->got);
    run->listed += listed;
    if (!run->deployed && outcome->status < 400)
        return;
    run->cases++;
    if (fits != listed)
        return;
    run->wrong++;
    fprintf(stderr, "%.*s\n", (int)outcome->name.len, outcome->name.data);
    if (fits)
        fprintf(stderr, "  passes: take it off unknowable.txt\n");
    else
        fprintf(stderr, "  want %d %.*s\n  got  %d %.*s\n", outcome->status, (int)outcome->want.len,
                outcome->want.data, outcome->answer.status, (int)outcome->answer.text.len,
                outcome->answer.text.data);
}

/* A JSON request to the operation that the case is put to. */
static const struct json_node *json_request(struct run *run, const char *method, const char *path)
{
    const char *text = arena_printf(&run->arena,
                                    "{\"method\":\"%s\",\"path\":\"%s\",\"headers\":{\"x-api-key\":"
                                    "\"k\",\"content-type\":\"application/json\"}}",
                                    method, path);
    return recorded_parse(&run->arena, str_from(text));
}

/* ---- fields ---- */

/* {"openapi": ..., "components": {"schemas": {..., "Fields": {properties: the schemas}}}} */
static void write_document(struct run *run, struct buf *out)
{
    const struct json_node *components = json_member(run->golden, "components");
    buf_add_text(out,
                 "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Fields\",\"version\":\"1\"},"
                 "\"x-understudy\":{\"values\":\"pydantic\",\"nulls\":\"print\"},"
                 "\"paths\":{\"/fields\":{\"post\":{\"x-understudy\":{\"collection\":"
                 "\"fields\",\"action\":\"create\",\"key\":[\"case\"],\"fill\":{\"case\":"
                 "{\"uuid\":4}}},\"requestBody\":{\"required\":true,\"content\":{\"application/"
                 "json\":{\"schema\":{\"$ref\":\"#/components/schemas/Fields\"}}}},"
                 "\"responses\":{\"200\":{\"description\":\"Taken\",\"content\":{"
                 "\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Fields\"}}"
                 "}}}}}},\"components\":{\"schemas\":{");
    for (const struct json_node *schema = json_first(components); schema != NULL;
         schema = json_next(schema)) {
        json_write_string(out, json_name(schema));
        buf_add_char(out, ':');
        json_write(out, schema, JSON_EXACT);
        buf_add_char(out, ',');
    }
    buf_add_text(out, "\"Fields\":{\"type\":\"object\",\"title\":\"Fields\",\"properties\":{"
                      "\"case\":{\"type\":\"string\"}");
    for (const struct json_node *schema = json_first(json_member(run->golden, "schemas"));
         schema != NULL; schema = json_next(schema)) {
        buf_add_char(out, ',');
        json_write_string(out, json_name(schema));
        buf_add_char(out, ':');
        json_write(out, schema, JSON_EXACT);
    }
    buf_add_text(out, "}}}}}");
}

static bool write_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    bool written = fwrite(text.data, 1, text.len, file) == text.len;
    return (fclose(file) == 0) && written;
}

static bool make_fields(struct run *run)
{
    const char *mode = run->deployed ? "deployed" : "contract";
    const char *name = arena_printf(&run->arena, "golden-fields-%s", mode);
    const char *document = arena_printf(&run->arena, "%s/%s.json", run->folder, name);
    const char *setup = arena_printf(&run->arena, "%s/%s-setup.json", run->folder, name);
    struct buf text;
    buf_init(&text, &run->arena);
    write_document(run, &text);
    return write_file(document, buf_str(&text)) &&
           write_file(setup,
                      str_from(arena_printf(
                          &run->arena, "{\"spec\":\"%s.json\",\"dialect\":\"fastapi\",\"seed\":1}",
                          name))) &&
           stand_in_make(&run->stand_in, run->folder, setup);
}

/* The recorded loc begins below the field. */
static void write_field_loc(struct buf *out, struct str field, const struct json_node *loc)
{
    buf_add_text(out, "[\"body\",");
    json_write_string(out, field);
    for (const struct json_node *segment = json_first(loc); segment != NULL;
         segment = json_next(segment)) {
        buf_add_char(out, ',');
        json_write(out, segment, JSON_PYTHON);
    }
    buf_add_char(out, ']');
}

static void write_field_error(struct buf *out, struct str field, const struct json_node *error)
{
    buf_add_char(out, '{');
    for (const struct json_node *member = json_first(error); member != NULL;
         member = json_next(member)) {
        if (member != json_first(error))
            buf_add_char(out, ',');
        json_write_string(out, json_name(member));
        buf_add_char(out, ':');
        if (str_is(json_name(member), "loc"))
            write_field_loc(out, field, member);
        else
            json_write(out, member, JSON_PYTHON);
    }
    buf_add_char(out, '}');
}

static struct str print_field_errors(struct run *run, struct str field,
                                     const struct json_node *errors)
{
    struct buf out;
    buf_init(&out, &run->arena);
    buf_add_text(&out, "{\"detail\":[");
    for (const struct json_node *error = json_first(errors); error != NULL;
         error = json_next(error)) {
        if (error != json_first(errors))
            buf_add_char(&out, ',');
        write_field_error(&out, field, error);
    }
    buf_add_text(&out, "]}");
    return buf_str(&out);
}

static void run_field(struct run *run, const struct json_node *fields_request,
                      const struct json_node *golden_case)
{
    struct str field = json_member_text(golden_case, "field", str_from(""));
    struct str value = json_member_text(golden_case, "value_json", str_from(""));
    const struct json_node *errors = json_member(golden_case, "errors");
    char *body = arena_printf(&run->arena, "{\"%.*s\":%.*s}", (int)field.len, field.data,
                              (int)value.len, value.data);
    char *name = arena_printf(&run->arena, "%.*s %.*s", (int)field.len, field.data, (int)value.len,
                              value.data);
    struct outcome outcome = {.name = str_from(name), .status = errors != NULL ? 422 : 200};
    outcome.answer = recorded_ask_with(&run->stand_in, &run->arena, fields_request, str_from(body));
    if (errors != NULL) {
        outcome.want = print_field_errors(run, field, errors);
        outcome.got = outcome.answer.text;
    } else {
        const struct json_node *printed = json_member_str(outcome.answer.body, field);
        outcome.want = print(&run->arena, json_member(golden_case, "ok"), JSON_PYDANTIC);
        outcome.got = printed != NULL ? json_source_text(printed) : str_from("");
    }
    note(run, &outcome);
}

static void run_fields(struct run *run)
{
    const struct json_node *request = json_request(run, "POST", "/fields");
    const struct json_node *cases = json_member(run->golden, "cases");
    for (const struct json_node *one = json_first(cases); one != NULL; one = json_next(one))
        run_field(run, request, one);
}

/* ---- date-times ---- */

static const char *datetime_message(struct str type)
{
    if (str_is(type, "datetime_type"))
        return "Input should be a valid datetime";
    return str_is(type, "datetime_parsing") ? "Input should be a valid datetime, "
                                            : "Input should be a valid datetime or date, ";
}

static struct str print_datetime_error(struct run *run, const struct json_node *golden_case)
{
    struct str type = json_member_text(golden_case, "type", str_from(""));
    const struct json_node *error = json_member(golden_case, "error");
    struct buf out;
    struct buf message;
    buf_init(&out, &run->arena);
    buf_init(&message, &run->arena);
    buf_add_text(&message, datetime_message(type));
    if (json_is(error, JSON_STRING))
        buf_add_str(&message, json_text(error));
    buf_printf(&out,
               "{\"detail\":[{\"type\":\"%.*s\",\"loc\":[\"body\",\"items\",0,\"start_timestamp\"],"
               "\"msg\":",
               (int)type.len, type.data);
    json_write_string(&out, buf_str(&message));
    buf_add_text(&out, ",\"input\":");
    json_write(&out, json_member(golden_case, "in"), JSON_PYTHON);
    if (json_is(error, JSON_STRING)) {
        buf_add_text(&out, ",\"ctx\":{\"error\":");
        json_write(&out, error, JSON_PYTHON);
        buf_add_char(&out, '}');
    }
    buf_add_text(&out, "}]}");
    return buf_str(&out);
}

static void run_datetime(struct run *run, const struct json_node *request,
                         const struct json_node *golden_case)
{
    struct str in = json_source_text(json_member(golden_case, "in"));
    const struct json_node *out = json_member(golden_case, "out");
    char *body = arena_printf(
        &run->arena, "{\"items\":[{\"name\":\"n\",\"trace_id\":\"t\",\"start_timestamp\":%.*s}]}",
        (int)in.len, in.data);
    struct outcome outcome = {.name = in, .status = out != NULL ? 200 : 422};
    outcome.answer = recorded_ask_with(&run->stand_in, &run->arena, request, str_from(body));
    if (out != NULL) {
        const struct json_node *items = json_member(outcome.answer.body, "items");
        const struct json_node *first = items != NULL ? json_first(items) : NULL;
        outcome.want = json_text(out);
        outcome.got = json_member_text(first, "start_timestamp", str_from(""));
    } else {
        outcome.want = print_datetime_error(run, golden_case);
        outcome.got = outcome.answer.text;
    }
    note(run, &outcome);
}

static void run_datetimes(struct run *run)
{
    const struct json_node *request = json_request(run, "PUT", "/v5/spans/batch");
    for (const struct json_node *one = json_first(run->golden); one != NULL; one = json_next(one))
        run_datetime(run, request, one);
}

/* ---- whole exchanges ---- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

/* \xHH stands for a byte that no JSON text can hold; another \x is itself. */
static struct str decode_bytes(struct arena *arena, struct str text)
{
    struct buf out;
    buf_init(&out, arena);
    for (size_t i = 0; i < text.len; i++) {
        bool escaped = i + 3 < text.len && text.data[i] == '\\' && text.data[i + 1] == 'x';
        int high = escaped ? hex_digit(text.data[i + 2]) : -1;
        int low = escaped ? hex_digit(text.data[i + 3]) : -1;
        if (high < 0 || low < 0) {
            buf_add_char(&out, text.data[i]);
            continue;
        }
        buf_add_char(&out, (char)(high * 16 + low));
        i += 3;
    }
    return out.len > 0 ? buf_str(&out) : str_from("");
}

/* One text of the body and of the headers that the record has. */
static struct str print_answer(struct arena *arena, struct str body, const struct json_node *names,
                               const struct response *response)
{
    struct buf out;
    buf_init(&out, arena);
    buf_add_str(&out, body);
    for (const struct json_node *name = names != NULL ? json_first(names) : NULL; name != NULL;
         name = json_next(name)) {
        struct str value = json_text(name);
        for (size_t i = 0; response != NULL && i < response->header_count; i++)
            if (str_equal_ignoring_case(response->headers[i].name, json_name(name)))
                value = response->headers[i].value;
        buf_printf(&out, "\n%.*s: %.*s", (int)json_name(name).len, json_name(name).data,
                   (int)value.len, value.data);
    }
    return buf_str(&out);
}

static void run_exchange(struct run *run, const struct json_node *golden_case)
{
    const struct json_node *response = json_member(golden_case, "response");
    const struct json_node *headers = json_member(golden_case, "response_headers");
    struct str body = json_member_text(golden_case, "body", str_from(""));
    struct outcome outcome = {
        .name = json_member_text(golden_case, "name", str_from("?")),
        .status = json_member(golden_case, "status")->c.valueint,
    };
    outcome.answer = recorded_ask_with(&run->stand_in, &run->arena, golden_case,
                                       decode_bytes(&run->arena, body));
    struct str text = json_is(response, JSON_STRING) ? json_text(response)
                                                     : print(&run->arena, response, JSON_PYTHON);
    outcome.want = print_answer(&run->arena, text, headers, NULL);
    /* The HTTP layer sends no body to HEAD. */
    bool is_head = str_is(json_member_text(golden_case, "method", str_from("")), "HEAD");
    outcome.got = print_answer(&run->arena, is_head ? str_from("") : outcome.answer.text, headers,
                               outcome.answer.response);
    note(run, &outcome);
}

static void run_exchanges(struct run *run)
{
    for (const struct json_node *one = json_first(run->golden); one != NULL; one = json_next(one))
        run_exchange(run, one);
}

/* ---- */

static bool make_spans(struct run *run)
{
    const char *setup = run->deployed ? "golden.yaml" : "contract.yaml";
    return stand_in_make(&run->stand_in, run->root,
                         arena_printf(&run->arena, "%s/tests/fidelity/%s", run->root, setup));
}

struct kind {
    const char *name;
    bool (*make)(struct run *run);
    void (*play)(struct run *run);
};

static const struct kind kinds[] = {
    {"field-errors", make_fields, run_fields},
    {"datetimes", make_spans, run_datetimes},
    {"requests", make_spans, run_exchanges},
};

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static bool read_list(struct run *run)
{
    struct source source;
    char *path = arena_printf(&run->arena, "%s/tests/fidelity/unknowable.txt", run->root);
    if (source_read(&run->arena, path, FILE_MAX_BYTES, &source) != SOURCE_OK)
        return false;
    run->unknowable = source.text;
    return true;
}

static int report(const struct run *run)
{
    size_t lines = count_listed(run);
    printf("%zu cases, %zu unknowable, %zu wrong\n", run->cases, run->listed, run->wrong);
    if (lines != run->listed)
        fprintf(stderr, "unknowable.txt has %zu lines of %s, of which %zu name a case\n", lines,
                run->kind, run->listed);
    return run->cases > 0 && run->wrong == 0 && lines == run->listed ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const struct kind *kind = argc == 6 ? find_kind(argv[2]) : NULL;
    if (kind == NULL) {
        fprintf(stderr,
                "usage: replay_golden ROOT field-errors|datetimes|requests contract|deployed FILE "
                "FOLDER\n");
        return 2;
    }
    struct run run = {.root = argv[1],
                      .kind = argv[2],
                      .folder = argv[5],
                      .deployed = strcmp(argv[3], "deployed") == 0};
    struct source source;
    arena_init(&run.arena, 1 << 20, NULL);
    if (source_read(&run.arena, argv[4], FILE_MAX_BYTES, &source) != SOURCE_OK) {
        printf("skipped: %s is absent\n", argv[4]);
        arena_clear(&run.arena);
        return SKIPPED;
    }
    run.golden = recorded_parse(&run.arena, source.text);
    int outcome = EXIT_FAILURE;
    if (run.golden != NULL && read_list(&run) && kind->make(&run)) {
        kind->play(&run);
        outcome = report(&run);
        stand_in_free(&run.stand_in);
    }
    arena_clear(&run.arena);
    return outcome;
}
