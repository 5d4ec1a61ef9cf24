/* plan_text: plans from texts, for the tests of the fault layer. */
#ifndef UNIT_FAULT_PLAN_TEXT_H
#define UNIT_FAULT_PLAN_TEXT_H

#include "support/unit.h"

#include "fault/plan.h"
#include "json/yaml.h"

#include <stdio.h>
#include <stdlib.h>

/* Reads a plan and leaves its diagnostics, as they are printed, in `printed` (heap). */
static inline struct fault_plan *plan_try(const char *text, struct buf *printed)
{
    static const struct yaml_limits limits = {.max_depth = 64, .max_nodes = 100000};
    struct arena arena;
    struct diags diags;
    /* A copy of its own size, so that a sanitizer sees who looks beyond it or too late. */
    size_t len = strlen(text);
    char *copy = malloc(len + 1);
    memcpy(copy, text, len + 1);
    struct source source = {.name = "plan.yaml", .text = {copy, len}};
    arena_init(&arena, 1024, NULL);
    diags_init(&diags);
    buf_init(printed, NULL);
    struct json_node *root = json_read_document(&arena, &source, &limits, &diags);
    struct fault_plan *plan = diags.errors == 0 ? fault_plan_read(root, &diags) : NULL;
    diags_print(&diags, printed);
    buf_text(printed);
    assert_true((plan == NULL) == (diags.errors > 0));
    diags_free(&diags);
    arena_clear(&arena);
    free(copy);
    return plan;
}

/* A plan that has no mistakes. */
static inline struct fault_plan *plan_of(const char *text)
{
    struct buf printed;
    struct fault_plan *plan = plan_try(text, &printed);
    if (plan == NULL)
        fail_msg("refused:\n%s\n%s", text, buf_text(&printed));
    buf_free(&printed);
    return plan;
}

/* Its JSON in native words (heap; free it). */
static inline char *plan_json(const struct fault_plan *plan)
{
    struct buf out;
    buf_init(&out, NULL);
    struct json_writer writer = json_writer_to(&out);
    fault_plan_write_json(plan, &writer);
    return buf_text(&out);
}

#endif
