/* Holds parameters and body against the contract; answers if anything is wrong. */
#include "mock/dialect.h"
#include "mock/pipeline.h"
#include "mock/sl_violations.h"
#include "openapi/style.h"
#include "schema/pydantic/read.h"

static const char *const location_names[] = {
    [PARAMETER_PATH] = "path",
    [PARAMETER_QUERY] = "query",
    [PARAMETER_HEADER] = "header",
    [PARAMETER_COOKIE] = "cookie",
};

static const struct json_path *path_below(struct exchange *exchange, const struct json_path *up,
                                          struct str name)
{
    struct json_path *path = arena_alloc(exchange->arena, sizeof *path);
    *path = (struct json_path){.up = up, .name = name};
    return path;
}

static void prepare_findings(struct exchange *exchange)
{
    exchange->findings.arena = exchange->arena;
    exchange->findings.direction = DIRECTION_REQUEST;
    exchange->findings.max_violations = exchange->mock->options.max_violations;
    coverage_watch(exchange);
}

/* A violation that no schema knows: something is missing, or cannot be read, as a whole. */
static void add_finding(struct exchange *exchange, enum keyword keyword,
                        const struct json_path *path, const struct json_node *rule,
                        const struct json_node *value)
{
    struct validation *findings = &exchange->findings;
    struct violation *violation = arena_alloc_zero(exchange->arena, sizeof *violation);
    violation->keyword = keyword;
    violation->rule = rule;
    violation->instance = value;
    violation->path = path;
    violation->name = path->name;
    if (findings->last != NULL)
        findings->last->next = violation;
    else
        findings->first = violation;
    findings->last = violation;
    findings->count++;
}

static void answer_if_wrong(struct exchange *exchange, enum validate_outcome outcome)
{
    if (outcome == VALIDATE_TOO_DEEP || outcome == VALIDATE_PATTERN_BUDGET)
        dialect_refuse(exchange, REFUSE_UNDECIDED, NULL);
}

static enum parameter_outcome read_parameter(const struct exchange *exchange,
                                             const struct parameter *parameter,
                                             const struct parameter_input *input,
                                             struct json_node **value)
{
    if (exchange->dialect->read_parameter != NULL)
        return exchange->dialect->read_parameter(exchange, parameter, input, value);
    return parameter_read(parameter, input, exchange->arena, value);
}

/* Why the parameter's text has no value. */
static struct str malformed(const struct exchange *exchange, const struct parameter *parameter)
{
    if (media_type_is_json(parameter->content_type))
        return str_from("must be JSON");
    return str_from(arena_printf(exchange->arena,
                                 "must be written in style \"%s\", in UTF-8 (%%XX where escaped)",
                                 parameter_style_name(parameter->style)));
}

static void check_parameter(struct exchange *exchange, const struct parameter *parameter,
                            size_t index, const struct parameter_input *input)
{
    struct json_node *value = NULL;
    enum parameter_outcome outcome = read_parameter(exchange, parameter, input, &value);
    coverage_count_parameter(exchange, index, outcome != PARAMETER_ABSENT);
    if (outcome == PARAMETER_ABSENT && !parameter->required)
        return;
    const struct json_path *root =
        path_below(exchange, NULL, str_from(location_names[parameter->in]));
    const struct json_path *path = path_below(exchange, root, parameter->name);
    if (outcome == PARAMETER_ABSENT) {
        add_finding(exchange, KEYWORD_REQUIRED, path, parameter->node, NULL);
        return;
    }
    if (outcome == PARAMETER_MALFORMED) {
        add_finding(exchange, KEYWORD_FALSE_SCHEMA, path, parameter->node, value);
        exchange->findings.last->name = malformed(exchange, parameter);
        return;
    }
    exchange->parameters[index] = value;
    if (parameter->schema == NULL || outcome == PARAMETER_EMPTY)
        return;
    exchange->findings.root = path;
    answer_if_wrong(exchange, schema_validate(parameter->schema, value, &exchange->findings));
}

void step_parameters(struct exchange *exchange)
{
    const struct operation *operation = exchange->operation;
    prepare_findings(exchange);
    struct parameter_input input = exchange_input(exchange);
    exchange->parameters = arena_alloc_zero(exchange->arena, (operation->parameter_count + 1) *
                                                                 sizeof *exchange->parameters);
    for (size_t i = 0; i < operation->parameter_count && !exchange->answered; i++)
        check_parameter(exchange, &operation->parameters[i], i, &input);
}

/* FastAPI takes a null for no body at all. */
static bool has_no_body(const struct exchange *exchange)
{
    return exchange->body_state == BODY_NONE ||
           (exchange->dialect->null_is_no_body && json_is(exchange->body, JSON_NULL));
}

/* The media type whose schema the body is held against. */
static const struct media_type *judged_by(const struct exchange *exchange)
{
    if (exchange->media != NULL || !exchange->dialect->opaque_body_is_value)
        return exchange->media;
    return exchange->operation->body_count > 0 ? &exchange->operation->bodies[0] : NULL;
}

static void refuse_media_type(struct exchange *exchange)
{
    const struct operation *operation = exchange->operation;
    struct buf detail = exchange_buf(exchange);
    buf_add_text(&detail, "The operation does not take a body of this content type, but");
    for (size_t i = 0; i < operation->body_count; i++)
        buf_printf(&detail, "%s %.*s", i > 0 ? "," : "", (int)operation->bodies[i].range.len,
                   operation->bodies[i].range.data);
    buf_add_char(&detail, '.');
    dialect_refuse(exchange, REFUSE_MEDIA_TYPE, buf_text(&detail));
}

static void check_body(struct exchange *exchange)
{
    const struct operation *operation = exchange->operation;
    const struct json_path *path = path_below(exchange, NULL, str_from("body"));
    if (operation->body_count == 0)
        return;
    if (has_no_body(exchange)) {
        if (operation->body_required)
            add_finding(exchange, KEYWORD_REQUIRED, path, operation->body_node, NULL);
        return;
    }
    const struct media_type *media = judged_by(exchange);
    if (media == NULL) {
        refuse_media_type(exchange);
        return;
    }
    if (media->schema == NULL)
        return;
    if (exchange->part->pydantic_values)
        exchange->body =
            pydantic_read(media->schema, exchange->body, PYDANTIC_VALUES, exchange->arena);
    exchange->findings.root = path;
    answer_if_wrong(exchange, schema_validate(media->schema, exchange->body, &exchange->findings));
}

void step_body(struct exchange *exchange)
{
    check_body(exchange);
}

void step_verdict(struct exchange *exchange)
{
    exchange->sound = exchange->findings.count == 0;
    if (exchange->sound)
        return;
    exchange->dialect->answer_violations(exchange);
    /* The problem dialect has done so itself. */
    if (exchange->mock->options.tells_violations &&
        !dialect_is(exchange->dialect, &dialect_problem))
        sl_violations_add(exchange);
}
