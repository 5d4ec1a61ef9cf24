/* understudy show: what was understood of a document. */
#include "app/verbs.h"
#include "mock/dialect.h"

#include <stdio.h>

static const char *const location_names[] = {
    [PARAMETER_PATH] = "path",
    [PARAMETER_QUERY] = "query",
    [PARAMETER_HEADER] = "header",
    [PARAMETER_COOKIE] = "cookie",
};

static const char *const action_names[] = {"answer", "create", "upsert", "read",
                                           "list",   "update", "delete"};

static void show_schema(const char *title, struct str name, const struct schema *schema,
                        struct buf *out)
{
    buf_printf(out, "\n  %s %.*s\n", title, (int)name.len, name.data);
    if (schema != NULL)
        schema_print(schema, out);
    else
        buf_add_text(out, "    anything\n");
}

static void show_security(const struct operation *operation, struct buf *out)
{
    for (size_t i = 0; i < operation->security_count; i++) {
        const struct security_requirement *requirement = &operation->security[i];
        buf_add_text(out, i == 0 ? "  security " : " or ");
        for (size_t j = 0; j < requirement->count; j++)
            buf_printf(out, "%s%.*s", j > 0 ? " and " : "", (int)requirement->schemes[j]->name.len,
                       requirement->schemes[j]->name.data);
        if (requirement->count == 0)
            buf_add_text(out, "none");
    }
    if (operation->security_count > 0)
        buf_add_char(out, '\n');
}

static void show_parameters(const struct operation *operation, struct buf *out)
{
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        struct buf title;
        buf_init(&title, NULL);
        buf_printf(&title, "%s parameter%s", location_names[parameter->in],
                   parameter->required ? " (required)" : "");
        show_schema(buf_text(&title), parameter->name, parameter->schema, out);
        buf_free(&title);
    }
}

static void show_bodies(const struct operation *operation, struct buf *out)
{
    for (size_t i = 0; i < operation->body_count; i++)
        show_schema(operation->body_required ? "body (required)" : "body",
                    operation->bodies[i].range, operation->bodies[i].schema, out);
    for (size_t i = 0; i < operation->response_count; i++) {
        const struct response_spec *response = &operation->responses[i];
        struct buf title;
        buf_init(&title, NULL);
        if (response->status > 0)
            buf_printf(&title, "response %d", response->status);
        else if (response->status < 0)
            buf_printf(&title, "response %dXX", -response->status);
        else
            buf_add_text(&title, "response default");
        for (size_t j = 0; j < response->content_count; j++)
            show_schema(buf_text(&title), response->content[j].range, response->content[j].schema,
                        out);
        if (response->content_count == 0)
            buf_printf(out, "\n  %s: no content\n", buf_text(&title));
        buf_free(&title);
    }
}

static void show_problems(const struct operation *operation, struct buf *out)
{
    for (const struct diag *diag = operation->problems.first; diag != NULL; diag = diag->next) {
        buf_add_text(out, "  broken: ");
        diag_print_line(diag, out);
        buf_add_char(out, '\n');
    }
}

static void show_operation(struct part *part, struct operation *operation, struct buf *out)
{
    const struct role *role = part_role(part, operation);
    buf_printf(out, "%.*s\n", (int)operation->label.len, operation->label.data);
    if (role == NULL) {
        show_problems(operation, out);
        return;
    }
    buf_printf(out, "  dialect %s\n", dialect_find(role->dialect)->name);
    if (role->behavior != NULL)
        buf_printf(out, "  %s %.*s\n", action_names[role->behavior->action],
                   (int)role->behavior->collection.len, role->behavior->collection.data);
    show_security(operation, out);
    show_parameters(operation, out);
    show_bodies(operation, out);
}

static void show_routes(struct part *part, struct buf *out)
{
    const struct contract *contract = part->contract;
    buf_printf(out, "%.*s %.*s\n", (int)contract->title.len, contract->title.data,
               (int)contract->version.len, contract->version.data);
    for (size_t i = 0; i < contract->base_path_count; i++)
        if (contract->base_paths[i].len > 0)
            buf_printf(out, "base path %.*s\n", (int)contract->base_paths[i].len,
                       contract->base_paths[i].data);
    for (size_t i = 0; i < contract->operation_count; i++) {
        struct operation *operation = &contract->operations[i];
        buf_printf(out, "%-7s %.*s", http_method_name(operation->method), (int)operation->path.len,
                   operation->path.data);
        if (operation->id.len > 0)
            buf_printf(out, "  (%.*s)", (int)operation->id.len, operation->id.data);
        buf_add_text(out, part_role(part, operation) != NULL ? "\n" : "  BROKEN\n");
    }
}

static bool show(struct part *part, const struct options *options, struct buf *out)
{
    struct contract *contract = part->contract;
    if (options->operands.count > 1) {
        struct operation *operation =
            contract_find_operation(contract, str_from(options->operands.items[1]));
        if (operation == NULL) {
            fprintf(stderr, "understudy: the document has no operation \"%s\"; it has:\n",
                    options->operands.items[1]);
            for (size_t i = 0; i < contract->operation_count && i < 20; i++)
                fprintf(stderr, "  %.*s\n", (int)contract->operations[i].label.len,
                        contract->operations[i].label.data);
            return false;
        }
        show_operation(part, operation, out);
        return true;
    }
    show_routes(part, out);
    for (size_t i = 0; i < contract->operation_count; i++) {
        buf_add_char(out, '\n');
        show_operation(part, &contract->operations[i], out);
    }
    return true;
}

int verb_show(const struct options *options)
{
    struct diags diags;
    struct arena arena;
    struct buf out;
    diags_init(&diags);
    arena_init(&arena, 1024, NULL);
    buf_init(&out, NULL);
    struct part_options part_options = part_options_from(options, &arena);
    struct part *part = part_load(options->operands.items[0], &part_options, &diags);
    if (part == NULL || diags.errors > 0)
        print_diags(&diags);
    bool good = part != NULL && show(part, options, &out) && print_out(buf_str(&out));
    good = good && diags.errors == 0;
    diags_free(&diags);
    part_release(part);
    buf_free(&out);
    arena_clear(&arena);
    return good ? EXIT_FINE : EXIT_MISTAKE;
}
