/*
 * workbench: schemas and instances as text, violations as text.
 *
 * A workbench owns everything that one test makes. Violations are compared as
 * one line each: "keyword /path" and, where there is one, "name".
 */
#ifndef UNIT_SCHEMA_WORKBENCH_H
#define UNIT_SCHEMA_WORKBENCH_H

#include "schema/compile.h"
#include "schema/validate.h"
#include "json/reader.h"
#include "json/yaml.h"

#include "support/unit.h"

enum { WORKER_STACK = 102400 }; /* as civetweb gives to its threads */

struct workbench {
    struct arena arena;
    struct diags diags;
    struct schema_registry *registry;
    struct validation validation;
};

static inline void workbench_open(struct workbench *bench, struct schema_options options)
{
    arena_init(&bench->arena, 1 << 14, NULL);
    diags_init(&bench->diags);
    bench->registry = schema_registry_new(&options);
    bench->validation = (struct validation){.arena = &bench->arena};
}

static inline void workbench_close(struct workbench *bench)
{
    schema_registry_free(bench->registry);
    diags_free(&bench->diags);
    arena_clear(&bench->arena);
}

/* Reads JSON or YAML; the text must live as long as the workbench. */
static inline struct json_node *workbench_read(struct workbench *bench, const char *name,
                                               const char *text)
{
    struct source *source = arena_alloc(&bench->arena, sizeof *source);
    *source = (struct source){.name = name, .text = str_from(text)};
    struct yaml_limits limits = {.max_depth = 1000, .max_nodes = 1000000};
    struct json_node *root = json_read_document(&bench->arena, source, &limits, &bench->diags);
    assert_non_null(root);
    return root;
}

static inline const struct schema *workbench_compile(struct workbench *bench, const char *text)
{
    const struct json_node *root = workbench_read(bench, "schema.json", text);
    assert_true(schema_registry_add(bench->registry, str_from("urn:test"), root, true));
    return schema_compile(bench->registry, str_from("urn:test"), root, &bench->diags);
}

static inline char *workbench_diags(struct workbench *bench)
{
    struct buf out;
    buf_init(&out, &bench->arena);
    for (const struct diag *diag = bench->diags.first; diag != NULL; diag = diag->next) {
        diag_print_line(diag, &out);
        buf_add_char(&out, '\n');
    }
    return buf_text(&out);
}

static inline void workbench_list(const struct violation *violation, struct buf *out)
{
    for (; violation != NULL; violation = violation->next) {
        buf_add_text(out, keyword_name(violation->keyword));
        buf_add_char(out, ' ');
        json_path_print(violation->path, out);
        if (violation->name.data != NULL)
            buf_printf(out, " \"%.*s\"", (int)violation->name.len, violation->name.data);
        buf_add_char(out, '\n');
    }
}

/* The violations of an instance, a line each; "" where it is valid. */
static inline char *workbench_validate(struct workbench *bench, const struct schema *schema,
                                       const char *instance)
{
    const struct json_node *node = workbench_read(bench, "instance.json", instance);
    struct validation *validation = &bench->validation;
    validation->first = validation->last = NULL;
    validation->count = 0;
    enum validate_outcome outcome = schema_validate(schema, node, validation);
    assert_int_equal(outcome, validation->count > 0 ? VALIDATE_INVALID : VALIDATE_VALID);
    assert_int_equal(schema_accepts(schema, node, &bench->arena), outcome == VALIDATE_VALID);
    struct buf out;
    buf_init(&out, &bench->arena);
    workbench_list(validation->first, &out);
    return buf_text(&out);
}

/* Compiles, validates, compares. For tests of one schema and one instance. */
static inline void expect_in(struct schema_options options, const char *schema_text,
                             const char *instance, const char *violations)
{
    struct workbench bench;
    workbench_open(&bench, options);
    const struct schema *schema = workbench_compile(&bench, schema_text);
    assert_string_equal(schema == NULL ? workbench_diags(&bench) : "", "");
    assert_string_equal(workbench_validate(&bench, schema, instance), violations);
    workbench_close(&bench);
}

static inline void expect(const char *schema_text, const char *instance, const char *violations)
{
    expect_in((struct schema_options){.assert_formats = true}, schema_text, instance, violations);
}

#endif
