/*
 * replay_oracle ROOT SETUP MODE FILE: recorded answers of a real FastAPI +
 * pydantic backend, held against ours, in memory.
 *
 * Each line of FILE is {class, request, backend: {status, headers, body}, contract:
 * {valid, locs}}; headers are those that matter, body is absent where it does not. MODE `deployed`
 * wants the backend's status and body. MODE `contract` wants what the published document says: 422
 * exactly where the body breaks it, at exactly `locs`, each entry equal to the backend's wherever
 * the backend has one for that place; 401 and JSON faults as the backend answers.
 */
#include "recorded.h"
#include "json/number.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX_BYTES = 256 << 20, SHOWN = 20, SKIPPED = 77 };

struct run {
    struct stand_in stand_in;
    bool deployed;
    size_t lines;
    size_t wrong;
};

/* ---- comparing ---- */

/* The recorder's words for what depends on the server. */
static bool stands_for(const struct json_node *want, const struct json_node *got)
{
    if (!json_is(want, JSON_STRING) || !json_is(got, JSON_STRING))
        return false;
    return (str_is(json_text(want), "GENERATED") && got->size == 36) ||
           (str_is(json_text(want), "ACCOUNT") && str_is(json_text(got), "acct_understudy"));
}

/* The recorded backend knows no creator; ours fills one in. */
static const struct json_node *skip_creator(const struct json_node *member)
{
    while (member != NULL && str_is(json_name(member), "created_by"))
        member = json_next(member);
    return member;
}

static bool same(const struct json_node *want, const struct json_node *got)
{
    if (stands_for(want, got))
        return true;
    if (want->type != got->type)
        return false;
    if (want->type == JSON_NUMBER)
        return json_number_compare(want, got) == 0;
    if (want->type != JSON_ARRAY && want->type != JSON_OBJECT)
        return json_equal(want, got);
    const struct json_node *a = json_first(want);
    const struct json_node *b = skip_creator(json_first(got));
    for (; a != NULL && b != NULL; a = json_next(a), b = skip_creator(json_next(b)))
        if (!str_equal(json_name(a), json_name(b)) || !same(a, b))
            return false;
    return a == NULL && b == NULL;
}

static bool has_header(const struct response *response, const struct json_node *wanted)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (str_equal_ignoring_case(response->headers[i].name, json_name(wanted)))
            return str_equal(response->headers[i].value, json_text(wanted));
    return false;
}

static bool same_headers(const struct json_node *wanted, const struct recorded_answer *got)
{
    for (const struct json_node *header = wanted != NULL ? json_first(wanted) : NULL;
         header != NULL; header = json_next(header))
        if (!has_header(got->response, header))
            return false;
    return true;
}

static bool same_as_backend(const struct json_node *backend, const struct recorded_answer *got)
{
    const struct json_node *body = json_member(backend, "body");
    const struct json_node *status = json_member(backend, "status");
    if (status->c.valueint != got->status || !same_headers(json_member(backend, "headers"), got))
        return false;
    if (body == NULL)
        return true;
    if (json_is(body, JSON_STRING) && got->body == NULL)
        return str_equal(json_text(body), got->text);
    return got->body != NULL && same(body, got->body);
}

static const struct json_node *find_entry(const struct json_node *details,
                                          const struct json_node *loc)
{
    for (const struct json_node *entry = json_is(details, JSON_ARRAY) ? json_first(details) : NULL;
         entry != NULL; entry = json_next(entry))
        if (json_equal(json_member(entry, "loc"), loc))
            return entry;
    return NULL;
}

/* Our places are exactly `locs`, each once, and what the backend says there we say too. */
static bool fits_contract(const struct json_node *backend, const struct json_node *locs,
                          const struct recorded_answer *got)
{
    const struct json_node *ours = json_member(got->body, "detail");
    const struct json_node *theirs = json_member(json_member(backend, "body"), "detail");
    if (got->status != 422 || !json_is(ours, JSON_ARRAY) || ours->size != locs->size)
        return false;
    for (const struct json_node *loc = json_first(locs); loc != NULL; loc = json_next(loc)) {
        const struct json_node *entry = find_entry(ours, loc);
        const struct json_node *recorded = find_entry(theirs, loc);
        if (entry == NULL || (recorded != NULL && !same(recorded, entry)))
            return false;
    }
    return true;
}

/* Routes, keys, JSON faults and content types are not the schema's business: the backend rules. */
static bool backend_rules(const struct json_node *backend)
{
    const struct json_node *body = json_member(backend, "body");
    const struct json_node *details = json_member(body, "detail");
    const struct json_node *first = json_is(details, JSON_ARRAY) ? json_first(details) : NULL;
    const struct json_node *loc = json_member(first, "loc");
    bool whole_body = loc != NULL && loc->size == 1;
    int status = json_member(backend, "status")->c.valueint;
    return (status != 200 && status != 422) || whole_body ||
           str_is(json_member_text(first, "type", str_from("")), "json_invalid");
}

static bool fits(const struct run *run, const struct json_node *line,
                 const struct recorded_answer *got)
{
    const struct json_node *backend = json_member(line, "backend");
    const struct json_node *contract = json_member(line, "contract");
    if (run->deployed || backend_rules(backend))
        return same_as_backend(backend, got);
    if (json_is_true(json_member(contract, "valid")))
        return got->status == 200;
    return fits_contract(backend, json_member(contract, "locs"), got);
}

/* ---- */

static void report(const struct json_node *line, const struct recorded_answer *got)
{
    struct buf text;
    buf_init(&text, NULL);
    json_write(&text, json_member(line, "backend"), JSON_EXACT);
    fprintf(stderr, "%s\n  recorded %s\n", json_member_text(line, "class", str_from("?")).data,
            buf_text(&text));
    text.len = 0;
    json_write(&text, json_member(line, "request"), JSON_EXACT);
    fprintf(stderr, "  request  %.600s\n  got      %d %.*s\n", buf_text(&text), got->status,
            (int)got->text.len, got->text.data);
    buf_free(&text);
}

static void run_line(struct run *run, struct str text)
{
    struct arena arena;
    arena_init(&arena, 65536, NULL);
    struct json_node *line = recorded_parse(&arena, text);
    struct recorded_answer got = {0};
    bool readable = line != NULL && json_member(line, "request") != NULL;
    if (readable)
        got = recorded_ask(&run->stand_in, &arena, json_member(line, "request"));
    run->lines++;
    if (!readable || !fits(run, line, &got)) {
        if (run->wrong++ < SHOWN && readable)
            report(line, &got);
    }
    arena_clear(&arena);
}

static void run_file(struct run *run, struct str text)
{
    while (text.len > 0) {
        struct str line = str_make(text.data, str_find_char(text, '\n'));
        text = str_after(text, line.len < text.len ? line.len + 1 : text.len);
        if (line.len > 0)
            run_line(run, line);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: replay_oracle ROOT SETUP contract|deployed FILE\n");
        return 2;
    }
    struct run run = {.deployed = strcmp(argv[3], "deployed") == 0};
    struct arena arena;
    struct source source;
    arena_init(&arena, 65536, NULL);
    if (source_read(&arena, argv[4], FILE_MAX_BYTES, &source) != SOURCE_OK) {
        printf("skipped: %s is absent\n", argv[4]);
        return SKIPPED;
    }
    if (!stand_in_make(&run.stand_in, argv[1], argv[2]))
        return EXIT_FAILURE;
    run_file(&run, source.text);
    unsigned broken = stand_in_broken_answers(&run.stand_in);
    printf("%zu lines, %zu differ, %u answers broke the contract\n", run.lines, run.wrong, broken);
    stand_in_free(&run.stand_in);
    arena_clear(&arena);
    return run.wrong == 0 && (run.deployed || broken == 0) && run.lines > 0 ? EXIT_SUCCESS
                                                                            : EXIT_FAILURE;
}
