/* understudy validate: a JSON document against one schema of a document. */
#include "schema/validate.h"
#include "app/verbs.h"
#include "base/stack.h"
#include "schema/compile.h"
#include "json/pointer.h"
#include "json/yaml.h"

#include <errno.h>
#include <stdio.h>

enum {
    MAX_FILE = 256 * 1024 * 1024,
    MAX_DEPTH = 100000,
    LARGE_STACK = 256 * 1024 * 1024,
};

struct job {
    const struct schema *schema;
    const struct json_node *instance;
    struct validation validation;
    enum validate_outcome outcome;
};

static void run(void *context)
{
    struct job *job = context;
    job->outcome = schema_validate(job->schema, job->instance, &job->validation);
}

static const struct schema *find_schema(struct part *part, const char *pointer, struct diags *diags)
{
    struct contract *contract = part->contract;
    const struct document *document = contract->documents.documents[0];
    struct str text = str_from(pointer);
    if (text.len > 0 && text.data[0] == '#')
        text = str_after(text, 1);
    const struct json_node *node = json_pointer_find(document->root, text);
    if (node == NULL) {
        diag_error(diags, json_place(document->root), "for example /components/schemas/NAME",
                   "the document has nothing at \"%s\"", pointer);
        return NULL;
    }
    return schema_compile(contract->schemas, document->uri, node, diags);
}

static const struct json_node *read_instance(const char *path, struct arena *arena,
                                             struct diags *diags)
{
    static const struct yaml_limits limits = {.max_depth = MAX_DEPTH, .max_nodes = 100000000};
    struct source *source = arena_alloc_zero(arena, sizeof *source);
    enum source_outcome outcome = source_read(arena, path, MAX_FILE, source);
    if (outcome == SOURCE_OK)
        return json_read_document(arena, source, &limits, diags);
    diag_error(diags, (struct place){NULL, 0}, NULL, "cannot read %s: %s", path,
               outcome == SOURCE_TOO_LARGE ? "it is too large" : strerror(errno));
    return NULL;
}

static void print_place(const struct json_node *node, const char *words, struct buf *out)
{
    if (node == NULL || node->source == NULL)
        return;
    struct source_position at = source_position(node->source, node->offset);
    buf_printf(out, "%s%s:%u:%u", words, node->source->name, at.line, at.column);
}

static void print_violations(const struct validation *validation, struct buf *out)
{
    for (const struct violation *violation = validation->first; violation != NULL;
         violation = violation->next) {
        print_place(violation->instance, "", out);
        buf_add_text(out, ": ");
        json_path_print(violation->path, out);
        buf_printf(out, "%s%s: ", violation->path != NULL ? ": " : "",
                   keyword_name(violation->keyword));
        violation_describe(violation, out);
        print_place(violation->rule, " (rule at ", out);
        buf_add_text(out,
                     violation->rule != NULL && violation->rule->source != NULL ? ")\n" : "\n");
    }
    if (validation->truncated)
        buf_printf(out, "%zu violations in all\n", validation->count);
}

static bool judge(struct part *part, const struct options *options, struct arena *arena,
                  struct diags *diags, struct buf *out)
{
    const char *file = options->operands.count > 2 ? options->operands.items[2] : "-";
    struct job job = {
        .schema = find_schema(part, options->operands.items[1], diags),
        .instance = read_instance(file, arena, diags),
        .validation = {.arena = arena, .max_depth = MAX_DEPTH},
    };
    if (job.schema == NULL || job.instance == NULL)
        return false;
    if (!stack_run(run, &job, LARGE_STACK))
        run(&job);
    print_violations(&job.validation, out);
    if (job.outcome == VALIDATE_TOO_DEEP)
        buf_add_text(out, "undecided: nested too deeply\n");
    if (job.outcome == VALIDATE_PATTERN_BUDGET)
        buf_add_text(out, "undecided: a pattern is too costly\n");
    if (job.outcome == VALIDATE_VALID)
        buf_printf(out, "%s: valid\n", strcmp(file, "-") == 0 ? "<stdin>" : file);
    return job.outcome == VALIDATE_VALID;
}

int verb_validate(const struct options *options)
{
    struct diags diags;
    struct arena arena;
    struct buf out;
    diags_init(&diags);
    arena_init(&arena, 65536, NULL);
    buf_init(&out, NULL);
    struct part_options part_options = part_options_from(options, &arena);
    struct part *part = part_load(options->operands.items[0], &part_options, &diags);
    bool valid = part != NULL && judge(part, options, &arena, &diags, &out);
    print_diags(&diags);
    valid = print_out(buf_str(&out)) && valid;
    diags_free(&diags);
    part_release(part);
    buf_free(&out);
    arena_clear(&arena);
    return valid ? EXIT_FINE : EXIT_MISTAKE;
}
