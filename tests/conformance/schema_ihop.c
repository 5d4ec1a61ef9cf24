/*
 * schema_ihop: the schema validator behind Bowtie's harness protocol (IHOP).
 *
 * One JSON object a line on stdin, one answer a line on stdout; see
 * https://docs.bowtie.report/ for the protocol:
 *
 *   {"cmd": "start", "version": 1}
 *   {"cmd": "dialect", "dialect": "https://json-schema.org/draft/2020-12/schema"}
 *   {"cmd": "run", "seq": 1, "case": {"schema": ..., "registry": {URI: schema},
 *                                     "tests": [{"instance": ...}]}}
 *   {"cmd": "stop"}
 *
 * Formats annotate, as the dialect says. Whatever goes wrong with one case is
 * that case's answer; a line that is no command ends the program with 1.
 */
#include "schema/compile.h"
#include "schema/validate.h"
#include "json/reader.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>

static const char dialect_uri[] = "https://json-schema.org/draft/2020-12/schema";

enum verdict { GO_ON, STOP, BROKEN };

struct harness {
    struct arena arena; /* of one line */
    struct buf answer;
};

/* ---- start, dialect ---- */

static void answer_start(struct harness *harness)
{
    struct json_writer writer = json_writer_to(&harness->answer);
    json_begin_object(&writer);
    json_put_key(&writer, "version");
    json_put_int(&writer, 1);
    json_put_key(&writer, "implementation");
    json_begin_object(&writer);
    json_put_key(&writer, "language");
    json_put_text(&writer, "c");
    json_put_key(&writer, "name");
    json_put_text(&writer, "understudy");
    json_put_key(&writer, "version");
    json_put_text(&writer, UNDERSTUDY_VERSION);
    /* Names under .example are reserved (RFC 2606): there is no public home yet. */
    json_put_key(&writer, "homepage");
    json_put_text(&writer, "https://understudy.example/");
    json_put_key(&writer, "issues");
    json_put_text(&writer, "https://understudy.example/issues");
    json_put_key(&writer, "source");
    json_put_text(&writer, "https://understudy.example/source");
    json_put_key(&writer, "dialects");
    json_begin_array(&writer);
    json_put_text(&writer, dialect_uri);
    json_end_array(&writer);
    json_end_object(&writer);
    json_end_object(&writer);
}

static void answer_dialect(struct harness *harness, const struct json_node *command)
{
    struct str dialect = json_member_text(command, "dialect", str_make("", 0));
    struct json_writer writer = json_writer_to(&harness->answer);
    json_begin_object(&writer);
    json_put_key(&writer, "ok");
    json_put_bool(&writer, str_is(dialect, dialect_uri));
    json_end_object(&writer);
}

/* ---- run ---- */

static void put_error(struct json_writer *writer, struct str message)
{
    json_put_key(writer, "errored");
    json_put_bool(writer, true);
    json_put_key(writer, "context");
    json_begin_object(writer);
    json_put_key(writer, "message");
    json_put_string(writer, message);
    json_end_object(writer);
}

static void put_result(struct harness *harness, struct json_writer *writer,
                       const struct schema *schema, const struct json_node *instance)
{
    struct validation validation = {.arena = &harness->arena};
    json_begin_object(writer);
    switch (schema_validate(schema, instance, &validation)) {
    case VALIDATE_VALID:
    case VALIDATE_INVALID:
        json_put_key(writer, "valid");
        json_put_bool(writer, validation.count == 0);
        break;
    case VALIDATE_TOO_DEEP:
        put_error(writer, str_from("the instance is nested too deeply"));
        break;
    case VALIDATE_PATTERN_BUDGET:
        put_error(writer, str_from("matching cost more than the budget"));
        break;
    }
    json_end_object(writer);
}

static void put_results(struct harness *harness, struct json_writer *writer,
                        const struct schema *schema, const struct json_node *tests)
{
    json_put_key(writer, "results");
    json_begin_array(writer);
    for (const struct json_node *test = tests != NULL ? json_first(tests) : NULL; test != NULL;
         test = json_next(test)) {
        const struct json_node *instance = json_member(test, "instance");
        if (instance != NULL)
            put_result(harness, writer, schema, instance);
    }
    json_end_array(writer);
}

static void put_diags(struct harness *harness, struct json_writer *writer,
                      const struct diags *diags)
{
    struct buf text;
    buf_init(&text, &harness->arena);
    diags_print(diags, &text);
    put_error(writer, buf_str(&text));
}

static void answer_run(struct harness *harness, const struct json_node *command)
{
    const struct json_node *seq = json_member(command, "seq");
    const struct json_node *test_case = json_member(command, "case");
    const struct json_node *node = json_member(test_case, "schema");
    const struct json_node *registered = json_member(test_case, "registry");
    struct json_writer writer = json_writer_to(&harness->answer);
    json_begin_object(&writer);
    json_put_key(&writer, "seq");
    if (seq != NULL)
        json_put_node(&writer, seq);
    else
        json_put_null(&writer);

    struct schema_registry *registry = schema_registry_new(&(struct schema_options){0});
    struct str uri = str_from("urn:understudy:case");
    if (json_is(registered, JSON_OBJECT))
        for (const struct json_node *entry = json_first(registered); entry != NULL;
             entry = json_next(entry))
            schema_registry_add(registry, json_name(entry), entry, true);
    struct diags diags;
    diags_init(&diags);
    if (node == NULL) {
        put_error(&writer, str_from("the case has no schema"));
    } else {
        schema_registry_add(registry, uri, node, true);
        const struct schema *schema = schema_compile(registry, uri, node, &diags);
        if (schema != NULL)
            put_results(harness, &writer, schema, json_member(test_case, "tests"));
        else
            put_diags(harness, &writer, &diags);
    }
    json_end_object(&writer);
    diags_free(&diags);
    schema_registry_free(registry);
}

/* ---- lines ---- */

static enum verdict answer(struct harness *harness, const struct json_node *command)
{
    struct str name = json_member_text(command, "cmd", str_make("", 0));
    if (str_is(name, "stop"))
        return STOP;
    if (str_is(name, "start"))
        answer_start(harness);
    else if (str_is(name, "dialect"))
        answer_dialect(harness, command);
    else if (str_is(name, "run"))
        answer_run(harness, command);
    else
        return BROKEN;
    return GO_ON;
}

static enum verdict answer_line(struct harness *harness, struct str line)
{
    struct source source = {.name = "stdin", .text = line};
    struct json_document document;
    struct json_error error;
    if (!json_read(&harness->arena, &source, &(struct json_read_options){0}, &document, &error)) {
        fprintf(stderr, "schema_ihop: %s at byte %zu\n", json_fault_text(error.fault),
                error.offset);
        return BROKEN;
    }
    buf_init(&harness->answer, &harness->arena);
    enum verdict verdict = answer(harness, document.root);
    if (verdict == BROKEN)
        fprintf(stderr, "schema_ihop: not a command: %.*s\n", (int)line.len, line.data);
    if (verdict == GO_ON) {
        buf_add_char(&harness->answer, '\n');
        fwrite(harness->answer.data, 1, harness->answer.len, stdout);
        fflush(stdout);
    }
    return verdict;
}

int main(void)
{
    struct harness harness;
    arena_init(&harness.arena, 1 << 16, NULL);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    enum verdict verdict = GO_ON;
    while (verdict == GO_ON && (len = getline(&line, &capacity, stdin)) > 0) {
        verdict = answer_line(&harness, str_make(line, (size_t)len));
        arena_clear(&harness.arena);
    }
    free(line);
    return verdict == BROKEN ? 1 : 0;
}
