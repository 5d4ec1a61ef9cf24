/*
 * The format and pattern files of the JSON-Schema-Test-Suite, draft 2020-12,
 * put to the checks themselves without the validator between: every schema
 * there is {"format": F} or {"pattern": P}, with keywords that do not matter.
 *
 * Usage: test_formats SUITE_DIR
 * Exit code 77 (skipped) where the suite is not there.
 */
#include "schema/format.h"
#include "schema/pattern.h"
#include "json/reader.h"

#include <stdio.h>
#include <stdlib.h>

enum { EXIT_SKIPPED = 77, FILE_LIMIT = 16 << 20, PATH_SIZE = 4096 };

static const char *const files[] = {
    "optional/format/date-time.json",
    "optional/format/date.json",
    "optional/format/duration.json",
    "optional/format/ecmascript-regex.json",
    "optional/format/email.json",
    "optional/format/hostname.json",
    "optional/format/idn-email.json",
    "optional/format/idn-hostname.json",
    "optional/format/ipv4.json",
    "optional/format/ipv6.json",
    "optional/format/iri-reference.json",
    "optional/format/iri.json",
    "optional/format/json-pointer.json",
    "optional/format/regex.json",
    "optional/format/relative-json-pointer.json",
    "optional/format/time.json",
    "optional/format/unknown.json",
    "optional/format/uri-reference.json",
    "optional/format/uri-template.json",
    "optional/format/uri.json",
    "optional/format/uuid.json",
    "optional/ecmascript-regex.json",
    "optional/non-bmp-regex.json",
    "pattern.json",
    "patternProperties.json",
    NULL,
};

struct tally {
    size_t right;
    size_t wrong;
    size_t passed_over; /* groups that neither have a format nor a pattern */
};

static bool accepts_format(struct str name, const struct json_node *value)
{
    const struct format *format = format_find(name);
    return format == NULL || format_accepts(format, value);
}

static bool matches(struct str expression, struct str text)
{
    struct diags diags;
    diags_init(&diags);
    struct pattern *pattern = pattern_compile(expression, (struct place){NULL, 0}, &diags);
    uint32_t budget = UINT32_MAX;
    bool found = pattern != NULL && pattern_match(pattern, text, &budget) == PATTERN_MATCHES;
    if (pattern == NULL)
        printf("does not compile: %.*s\n", (int)expression.len, expression.data);
    pattern_free(pattern);
    diags_free(&diags);
    return found;
}

/* patternProperties with additionalProperties false: each name must match the one pattern. */
static bool names_match(struct str expression, const struct json_node *value)
{
    const struct json_node *member = value->type == JSON_OBJECT ? json_first(value) : NULL;
    for (; member != NULL; member = json_next(member))
        if (!matches(expression, json_name(member)))
            return false;
    return true;
}

/* False where the schema is none of those that this program understands. */
static bool judge(const struct json_node *schema, const struct json_node *value, bool *accepted)
{
    const struct json_node *rule = json_member(schema, "format");
    if (json_is(rule, JSON_STRING)) {
        *accepted = accepts_format(json_text(rule), value);
        return true;
    }
    rule = json_member(schema, "pattern");
    if (json_is(rule, JSON_STRING)) {
        *accepted = value->type != JSON_STRING || matches(json_text(rule), json_text(value));
        return true;
    }
    rule = json_member(schema, "patternProperties");
    bool closed = json_is(json_member(schema, "additionalProperties"), JSON_FALSE);
    if (json_is(rule, JSON_OBJECT) && rule->size == 1 && closed) {
        *accepted = names_match(json_name(json_first(rule)), value);
        return true;
    }
    return false;
}

static void run_group(const char *file, const struct json_node *group, struct tally *tally)
{
    const struct json_node *schema = json_member(group, "schema");
    const struct json_node *test = json_first(json_member(group, "tests"));
    for (; test != NULL; test = json_next(test)) {
        bool accepted;
        if (!judge(schema, json_member(test, "data"), &accepted)) {
            tally->passed_over++;
            return;
        }
        if (accepted == json_is_true(json_member(test, "valid"))) {
            tally->right++;
            continue;
        }
        tally->wrong++;
        struct str title = json_member_text(group, "description", str_make("", 0));
        struct str what = json_member_text(test, "description", str_make("", 0));
        printf("wrong: %s: %.*s: %.*s: %s\n", file, (int)title.len, title.data, (int)what.len,
               what.data, accepted ? "accepted" : "refused");
    }
}

/* False where the file is absent. */
static bool run_file(const char *suite, const char *file, struct tally *tally)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/tests/draft2020-12/%s", suite, file);
    struct arena arena;
    arena_init(&arena, 65536, NULL);
    struct source source;
    bool found = source_read(&arena, path, FILE_LIMIT, &source) == SOURCE_OK;
    if (found) {
        struct json_document document;
        struct json_error error;
        if (!json_read(&arena, &source, &(struct json_read_options){0}, &document, &error)) {
            fprintf(stderr, "%s is no JSON\n", path);
            exit(1);
        }
        const struct json_node *group = json_first(document.root);
        for (; group != NULL; group = json_next(group))
            run_group(file, group, tally);
    }
    arena_clear(&arena);
    return found;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: test_formats SUITE_DIR\n");
        return 2;
    }
    struct tally tally = {0};
    for (size_t i = 0; files[i] != NULL; i++) {
        if (!run_file(argv[1], files[i], &tally)) {
            printf("skipped: %s of %s is absent\n", files[i], argv[1]);
            return EXIT_SKIPPED;
        }
    }
    printf("formats and patterns: %zu right, %zu wrong, %zu groups passed over\n", tally.right,
           tally.wrong, tally.passed_over);
    return tally.wrong == 0 && tally.right > 0 ? 0 : 1;
}
