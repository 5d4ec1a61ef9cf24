/*
 * JSON-Schema-Test-Suite, draft 2020-12: required, optional and format.
 *
 * Usage: test_json_schema SUITE_DIR EXPECTED_FAILURES
 *
 * A test passes if the schema compiles and the instance is judged as the suite
 * says. Failures that are expected are listed by name, one a line; the list
 * holds both ways: a listed test that passes is a failure too, so that the list
 * never grows old. Exit code 77 (skipped) where the suite is not there.
 */
#include "base/mem.h"
#include "schema/compile.h"
#include "schema/validate.h"
#include "json/reader.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_SKIPPED = 77, FILE_LIMIT = 16 << 20, REMOTES_MAX = 256, LISTED_MAX = 1000 };

struct remote {
    struct str uri;
    const struct json_node *root;
};

struct tally {
    const char *label;
    size_t passed;
    size_t total;
};

struct suite {
    const char *root;
    struct arena arena; /* all documents */
    struct remote remotes[REMOTES_MAX];
    size_t remote_count;
    char *listed[LISTED_MAX]; /* expected failures */
    bool met[LISTED_MAX];     /* seen among the tests */
    size_t listed_count;
    size_t unexpected;
    size_t expected;
    bool verbose;
};

/* ---- files ---- */

static const struct json_node *read_json(struct arena *arena, const char *path)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    struct json_document document;
    struct json_error error;
    if (source_read(arena, path, FILE_LIMIT, source) != SOURCE_OK ||
        !json_read(arena, source, &(struct json_read_options){0}, &document, &error)) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    return document.root;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

typedef void visit_file(struct suite *suite, const char *path, const char *name, void *context);

/* Visits the .json files of a folder by name, and of those below it if `deep`. */
static void visit_folder(struct suite *suite, const char *folder, const char *prefix, bool deep,
                         visit_file *visit, void *context)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        char *path = arena_printf(&suite->arena, "%s/%s", folder, name);
        char *label = arena_printf(&suite->arena, "%s%s", prefix, name);
        if (str_ends_with(str_from(name), ".json"))
            visit(suite, path, label, context);
        else if (deep && name[0] != '.')
            visit_folder(suite, path, arena_printf(&suite->arena, "%s/", label), deep, visit,
                         context);
        free(entries[i]);
    }
    free(entries);
}

static void add_remote(struct suite *suite, const char *path, const char *name, void *context)
{
    (void)context;
    if (suite->remote_count == REMOTES_MAX)
        return;
    suite->remotes[suite->remote_count++] =
        (struct remote){str_from(arena_printf(&suite->arena, "http://localhost:1234/%s", name)),
                        read_json(&suite->arena, path)};
}

static void read_listed(struct suite *suite, const char *path)
{
    struct source source;
    if (source_read(&suite->arena, path, FILE_LIMIT, &source) != SOURCE_OK) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    struct str text = source.text;
    while (text.len > 0) {
        size_t end = str_find_char(text, '\n');
        struct str line = str_trim(str_make(text.data, end));
        if (line.len > 0 && line.data[0] != '#' && suite->listed_count < LISTED_MAX)
            suite->listed[suite->listed_count++] = arena_copy(&suite->arena, line);
        text = str_after(text, end < text.len ? end + 1 : end);
    }
}

/* ---- tests ---- */

static bool is_listed(struct suite *suite, const char *name)
{
    for (size_t i = 0; i < suite->listed_count; i++) {
        if (strcmp(suite->listed[i], name) == 0) {
            suite->met[i] = true;
            return true;
        }
    }
    return false;
}

static void judge(struct suite *suite, struct tally *tally, const char *name, bool passed,
                  const char *why)
{
    bool listed = is_listed(suite, name);
    tally->total++;
    tally->passed += passed;
    suite->expected += !passed && listed;
    if (passed != listed)
        return;
    suite->unexpected++;
    if (passed)
        printf("listed as an expected failure, but passes: %s\n", name);
    else
        printf("fails: %s (%s)\n", name, why);
}

static struct schema_registry *new_registry(const struct suite *suite, bool assert_formats,
                                            const struct json_node *schema)
{
    struct schema_registry *registry = schema_registry_new(
        &(struct schema_options){.dialect = SCHEMA_2020_12, .assert_formats = assert_formats});
    schema_registry_add(registry, str_from("test:schema"), schema, true);
    for (size_t i = 0; i < suite->remote_count; i++)
        schema_registry_add(registry, suite->remotes[i].uri, suite->remotes[i].root, true);
    return registry;
}

static const char *outcome_text(enum validate_outcome outcome)
{
    switch (outcome) {
    case VALIDATE_VALID:
        return "judged valid";
    case VALIDATE_INVALID:
        return "judged invalid";
    case VALIDATE_TOO_DEEP:
        return "too deep";
    case VALIDATE_PATTERN_BUDGET:
        return "out of budget";
    }
    return "?";
}

/* Both ways of running must agree: the one that collects and the one that only decides. */
static bool run_test(const struct schema *schema, const struct json_node *test, const char **why)
{
    struct arena arena;
    arena_init(&arena, 4096, NULL);
    struct validation validation = {.arena = &arena};
    const struct json_node *data = json_member(test, "data");
    bool expected = json_is_true(json_member(test, "valid"));
    enum validate_outcome outcome = schema_validate(schema, data, &validation);
    bool accepted = schema_accepts(schema, data, &arena);
    *why = outcome_text(outcome);
    bool decided = outcome == VALIDATE_VALID || outcome == VALIDATE_INVALID;
    bool valid = outcome == VALIDATE_VALID;
    bool told = valid == (validation.count == 0);
    arena_clear(&arena);
    if (decided && accepted != valid)
        *why = "the two ways of running differ";
    if (decided && !told)
        *why = "violations and outcome differ";
    return decided && told && accepted == valid && valid == expected;
}

static char *diags_line(struct suite *suite, const struct diags *diags)
{
    struct buf line;
    buf_init(&line, &suite->arena);
    if (diags->first != NULL)
        diag_print_line(diags->first, &line);
    return buf_text(&line);
}

struct part {
    struct tally tally;
    bool assert_formats;
};

static void run_group(struct suite *suite, struct part *part, const char *file,
                      const struct json_node *group)
{
    const struct json_node *node = json_member(group, "schema");
    struct schema_registry *registry = new_registry(suite, part->assert_formats, node);
    struct diags diags;
    diags_init(&diags);
    const struct schema *schema = schema_compile(registry, str_from("test:schema"), node, &diags);
    const struct json_node *tests = json_member(group, "tests");
    for (const struct json_node *test = json_first(tests); test != NULL; test = json_next(test)) {
        char *name = arena_printf(&suite->arena, "%s/%s: %s: %s", part->tally.label, file,
                                  json_member(group, "description")->c.valuestring,
                                  json_member(test, "description")->c.valuestring);
        const char *why = "";
        bool passed = schema != NULL && run_test(schema, test, &why);
        if (schema == NULL)
            why = diags_line(suite, &diags);
        judge(suite, &part->tally, name, passed, why);
    }
    diags_free(&diags);
    schema_registry_free(registry);
}

static void run_file(struct suite *suite, const char *path, const char *name, void *context)
{
    const struct json_node *groups = read_json(&suite->arena, path);
    for (const struct json_node *group = json_first(groups); group != NULL;
         group = json_next(group))
        run_group(suite, context, name, group);
}

static void run_part(struct suite *suite, struct part *part, const char *folder)
{
    char *path = arena_printf(&suite->arena, "%s/tests/draft2020-12%s", suite->root, folder);
    visit_folder(suite, path, "", false, run_file, part);
    printf("%-9s %zu of %zu\n", part->tally.label, part->tally.passed, part->tally.total);
}

static void report_unmet(struct suite *suite)
{
    for (size_t i = 0; i < suite->listed_count; i++) {
        if (suite->met[i])
            continue;
        printf("listed as an expected failure, but there is no such test: %s\n", suite->listed[i]);
        suite->unexpected++;
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s SUITE_DIR EXPECTED_FAILURES\n", argv[0]);
        return 2;
    }
    struct suite *suite = mem_alloc_zero(sizeof *suite);
    suite->root = argv[1];
    arena_init(&suite->arena, 1 << 16, NULL);
    DIR *folder = opendir(argv[1]);
    if (folder == NULL) {
        printf("skipped: the JSON-Schema-Test-Suite is not at %s\n", argv[1]);
        return EXIT_SKIPPED;
    }
    closedir(folder);
    read_listed(suite, argv[2]);
    visit_folder(suite, arena_printf(&suite->arena, "%s/remotes", argv[1]), "", true, add_remote,
                 NULL);

    struct part required = {{"required", 0, 0}, false};
    struct part optional = {{"optional", 0, 0}, false};
    struct part format = {{"format", 0, 0}, true};
    run_part(suite, &required, "");
    run_part(suite, &optional, "/optional");
    run_part(suite, &format, "/optional/format");
    report_unmet(suite);

    size_t total = required.tally.total + optional.tally.total + format.tally.total;
    printf("%zu tests, %zu expected failures, %zu surprises\n", total, suite->expected,
           suite->unexpected);
    bool good = suite->unexpected == 0 && required.tally.total > 0;
    arena_clear(&suite->arena);
    free(suite);
    return good ? 0 : 1;
}
