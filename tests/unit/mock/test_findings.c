/* findings: violations of rules take their place among those of the schema. */
#include "mock/findings.h"

#include "schema/compile.h"
#include "json/yaml.h"

#include "support/unit.h"

static const char schema_text[] =
    "{properties: {first: {}, items: {type: array, items: {properties: {z: {}, m: {properties: {q: "
    "{}, p: {}}}, a: {}}}}, last: {}}}";

struct bench {
    struct arena arena;
    struct diags diags;
    struct source source;
    struct schema_registry *registry;
    const struct schema *schema;
};

static void bench_open(struct bench *bench)
{
    static const struct yaml_limits limits = {.max_depth = 50, .max_nodes = 1000};
    struct schema_options options = {.assert_formats = true};
    arena_init(&bench->arena, 4096, NULL);
    diags_init(&bench->diags);
    bench->source = (struct source){.name = "schema", .text = str_from(schema_text)};
    struct json_node *root =
        json_read_document(&bench->arena, &bench->source, &limits, &bench->diags);
    bench->registry = schema_registry_new(&options);
    assert_true(schema_registry_add(bench->registry, str_from("urn:test"), root, true));
    bench->schema = schema_compile(bench->registry, str_from("urn:test"), root, &bench->diags);
    assert_non_null(bench->schema);
}

static void bench_close(struct bench *bench)
{
    schema_registry_free(bench->registry);
    diags_free(&bench->diags);
    arena_clear(&bench->arena);
}

/* "query.limit" or "body.items.3.id": digits are an index. */
static const struct json_path *make_path(struct arena *arena, struct str text)
{
    const struct json_path *path = NULL;
    while (text.len > 0) {
        struct str segment = str_make(text.data, str_find_char(text, '.'));
        struct json_path *next = arena_alloc_zero(arena, sizeof *next);
        next->up = path;
        if (segment.data[0] >= '0' && segment.data[0] <= '9')
            for (size_t i = 0; i < segment.len; i++)
                next->index = next->index * 10 + (size_t)(segment.data[i] - '0');
        else
            next->name = segment;
        path = next;
        text = str_after(text, segment.len < text.len ? segment.len + 1 : segment.len);
    }
    return path;
}

static struct violation *make_violation(struct arena *arena, struct str path, bool of_rule)
{
    struct violation *violation = arena_alloc_zero(arena, sizeof *violation);
    violation->keyword = of_rule ? KEYWORD_SERVICE_RULE : KEYWORD_TYPE;
    violation->name = path;
    violation->path = make_path(arena, path);
    return violation;
}

static void append(struct validation *findings, struct violation *violation)
{
    if (findings->last != NULL)
        findings->last->next = violation;
    else
        findings->first = violation;
    findings->last = violation;
    findings->count++;
}

/* Paths are divided by blanks; what comes out is too, with a star at those of rules. */
static void expect(struct bench *bench, const char *own, const char *added, size_t most,
                   const char *merged)
{
    struct validation findings = {.arena = &bench->arena, .max_violations = most};
    struct findings_list list = {.first = NULL};
    struct buf out;
    buf_init(&out, &bench->arena);
    for (struct str rest = str_from(own); rest.len > 0;) {
        struct str path = str_make(rest.data, str_find_char(rest, ' '));
        append(&findings, make_violation(&bench->arena, path, false));
        rest = str_trim(str_after(rest, path.len));
    }
    for (struct str rest = str_from(added); rest.len > 0;) {
        struct str path = str_make(rest.data, str_find_char(rest, ' '));
        findings_add(&list, make_violation(&bench->arena, path, true), bench->schema);
        rest = str_trim(str_after(rest, path.len));
    }
    size_t all = findings.count + list.count;
    findings_merge(&findings, &list, bench->schema);
    struct violation *last = NULL;
    for (struct violation *at = findings.first; at != NULL; at = at->next) {
        if (out.len > 0)
            buf_add_char(&out, ' ');
        if (at->keyword == KEYWORD_SERVICE_RULE)
            buf_add_char(&out, '*');
        buf_add_str(&out, at->name);
        last = at;
    }
    assert_string_equal(buf_text(&out), merged);
    assert_ptr_equal(findings.last, last);
    assert_int_equal(findings.count, all);
    assert_int_equal(findings.truncated, most > 0 && all > most);
}

static void test_order(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    expect(&bench, "body.items.0.z body.items.2", "body.items.1", 0,
           "body.items.0.z *body.items.1 body.items.2");
    expect(&bench, "", "body.items.1.a body.items.1.m body.items.1.z body.items.0", 0,
           "*body.items.0 *body.items.1.z *body.items.1.m *body.items.1.a");
    expect(&bench, "body.items.0.z body.items.0.a", "body.items.0.m.p body.items.0.m.q", 0,
           "body.items.0.z *body.items.0.m.q *body.items.0.m.p body.items.0.a");
    expect(&bench, "query.limit body.first body.items.0.z.deep.0 body.last", "body.items", 0,
           "query.limit body.first *body.items body.items.0.z.deep.0 body.last");
    expect(&bench, "body.items.10.z body.unknown", "body.items.9.nobody body.items.11", 0,
           "*body.items.9.nobody body.items.10.z *body.items.11 body.unknown");
    expect(&bench, "header.x body", "body.items", 0, "header.x body *body.items");
    expect(&bench, "body.items.0.z", "body.items.0.z", 0, "body.items.0.z *body.items.0.z");
    expect(&bench, "body.last", "", 0, "body.last");
    bench_close(&bench);
}

static void test_what_is_too_many_is_counted(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    expect(&bench, "body.items.0.z body.items.3.z", "body.items.1 body.items.2", 3,
           "body.items.0.z *body.items.1 *body.items.2");
    expect(&bench, "body.items.0.z", "body.items.1", 2, "body.items.0.z *body.items.1");
    bench_close(&bench);
}

static void test_many_in_any_order(void **state)
{
    (void)state;
    enum { MANY = 500, STEP = 187 }; /* without a common divisor */
    struct bench bench;
    bench_open(&bench);
    struct validation findings = {.arena = &bench.arena};
    struct findings_list list = {.first = NULL};
    for (size_t i = 0; i < MANY; i++) {
        const char *path = arena_printf(&bench.arena, "body.items.%d", (int)(i * STEP % MANY));
        findings_add(&list, make_violation(&bench.arena, str_from(path), true), bench.schema);
    }
    findings_merge(&findings, &list, bench.schema);
    size_t index = 0;
    for (const struct violation *at = findings.first; at != NULL; at = at->next)
        assert_int_equal(at->path->index, index++);
    assert_int_equal(index, MANY);
    bench_close(&bench);
}

static void test_paths_below(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    const struct json_path *list = make_path(&arena, str_from("body.items"));
    assert_true(path_is_below(make_path(&arena, str_from("body.items.0.a")), list));
    assert_true(path_is_below(make_path(&arena, str_from("body.items")), list));
    assert_false(path_is_below(make_path(&arena, str_from("body")), list));
    assert_false(path_is_below(make_path(&arena, str_from("body.other.0")), list));
    assert_false(path_is_below(make_path(&arena, str_from("body.0.a")), list));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_what_is_too_many_is_counted),
        cmocka_unit_test(test_many_in_any_order),
        cmocka_unit_test(test_paths_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
