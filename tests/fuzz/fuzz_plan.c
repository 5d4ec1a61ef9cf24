/*
 * Any text as a fault plan, or as the header with one rule: it is refused with
 * diagnostics, or it can be written, read again as the same plan, and decide.
 */
#include "fault/decide.h"
#include "json/yaml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static struct fault_plan *read_plan(struct arena *arena, struct str text, struct diags *diags)
{
    static const struct yaml_limits limits = {.max_depth = 64, .max_nodes = 10000};
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "plan", .text = text};
    size_t errors = diags->errors;
    struct json_node *root = json_read_document(arena, source, &limits, diags);
    struct fault_plan *plan = diags->errors == errors ? fault_plan_read(root, diags) : NULL;
    require((plan != NULL) == (diags->errors == errors));
    return plan;
}

static struct str write_plan(struct arena *arena, const struct fault_plan *plan)
{
    struct buf out;
    buf_init(&out, arena);
    struct json_writer writer = json_writer_to(&out);
    fault_plan_write_json(plan, &writer);
    buf_text(&out);
    return buf_str(&out);
}

static void check_round_trip(struct arena *arena, const struct fault_plan *plan,
                             struct diags *diags)
{
    struct str first = write_plan(arena, plan);
    struct fault_plan *again = read_plan(arena, first, diags);
    require(again != NULL);
    require(str_equal(first, write_plan(arena, again)));
    fault_plan_release(again);
}

static void decide(struct arena *arena, struct fault_plan *plan)
{
    static const struct fault_pair headers[] = {{{"x-api-key", 9}, {"k1", 2}}};
    struct fault_state *state = fault_state_new(plan, 1, 0);
    struct fault_subject subject = {
        .method = str_from("PUT"),
        .path = str_from("/v5/things/batch"),
        .query = str_from("a=%20&b"),
        .operation = str_from("PUT /v5/things/batch"),
        .headers = headers,
        .header_count = 1,
        .attempt = 1,
        .arena = arena,
    };
    for (int64_t i = 0; i < 4; i++) {
        struct fault_decision decision;
        struct buf out;
        buf_init(&out, arena);
        struct json_writer writer = json_writer_to(&out);
        if (!fault_decide(state, &subject, i * 1000000000, &decision))
            continue;
        struct fault_transport transport = fault_decision_transport(&decision, 100);
        require(transport.byte <= 100);
        require(!transport.truncate || transport.truncate_at < 100);
        fault_decision_write_json(&decision, &writer);
        fault_state_write_json(state, i, &writer);
    }
    fault_state_release(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena arena;
    struct diags diags;
    arena_init(&arena, 4096, NULL);
    diags_init(&diags);
    /* A leading '!' asks for the header's format; a plan never begins so. */
    bool header = data[0] == '!';
    struct str text = arena_copy_str(&arena, str_make((const char *)data + header, size - header));
    struct fault_plan *plan =
        header ? fault_plan_read_header(text, &diags) : read_plan(&arena, text, &diags);
    if (plan != NULL) {
        check_round_trip(&arena, plan, &diags);
        decide(&arena, plan);
        fault_plan_release(plan);
    }
    struct buf printed;
    buf_init(&printed, &arena);
    diags_print(&diags, &printed);
    diags_free(&diags);
    arena_clear(&arena);
    return 0;
}
