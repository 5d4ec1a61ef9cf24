/* exchange: subjects for the tests of the fault layer. */
#ifndef UNIT_FAULT_EXCHANGE_H
#define UNIT_FAULT_EXCHANGE_H

#include "unit/fault/plan_text.h"

#include "fault/decide.h"

enum { SUBJECT_MAX_HEADERS = 8 };

/* An upsert of one item named boom, ready to be changed by a test. */
struct subject {
    struct arena arena;
    struct fault_pair headers[SUBJECT_MAX_HEADERS];
    struct fault_subject fault;
};

static inline void subject_init(struct subject *subject)
{
    arena_init(&subject->arena, 1024, NULL);
    subject->headers[0] = (struct fault_pair){str_from("Host"), str_from("localhost")};
    subject->headers[1] = (struct fault_pair){str_from("X-Api-Key"), str_from("k-123")};
    subject->headers[2] = (struct fault_pair){str_from("x-count"), str_from("1")};
    subject->headers[3] = (struct fault_pair){str_from("X-Tag"), str_from("red")};
    subject->headers[4] = (struct fault_pair){str_from("x-tag"), str_from("blue")};
    subject->headers[5] = (struct fault_pair){str_from("x-latin"), str_from("caf\xe9")};
    subject->fault = (struct fault_subject){
        .method = str_from("PUT"),
        .path = str_from("/v5/things/batch"),
        .query = str_from("page=2&q=a%20b+c&q=second&empty=&flag&&bad=%zz&utf=%C3%A9"),
        .operation = str_from("PUT /v5/things/batch"),
        .operation_id = str_from("putThings"),
        .headers = subject->headers,
        .header_count = 6,
        .attempt = 1,
        .arena = &subject->arena,
    };
}

static inline void subject_free(struct subject *subject)
{
    arena_clear(&subject->arena);
}

/* Sets the body from JSON or YAML. */
static inline void subject_body(struct subject *subject, const char *text)
{
    static const struct yaml_limits limits = {.max_depth = 64, .max_nodes = 100000};
    struct diags diags;
    struct source *source = arena_alloc(&subject->arena, sizeof *source);
    *source =
        (struct source){.name = "body", .text = arena_copy_str(&subject->arena, str_from(text))};
    diags_init(&diags);
    subject->fault.body = json_read_document(&subject->arena, source, &limits, &diags);
    assert_int_equal(diags.errors, 0);
    diags_free(&diags);
}

#endif
