#include "mock/template_variable.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "mock/status.h"
#include "json/pointer.h"
#include "json/writer.h"

static const struct template_value nothing = {VALUE_NONE, {"", 0}};

static struct template_value text_value(struct str text)
{
    return (struct template_value){VALUE_TEXT, text};
}

/* What a client sent may be any bytes; only UTF-8 can stand in a body. */
static struct template_value sent_value(struct str text)
{
    return utf8_find_fault(text) == text.len ? text_value(text) : nothing;
}

static struct template_value number_value(const struct telling *telling, int64_t number)
{
    return (struct template_value){
        VALUE_JSON, str_from(arena_printf(telling->scene->arena, "%lld", (long long)number))};
}

static struct buf new_text(const struct telling *telling)
{
    struct buf text;
    buf_init(&text, telling->scene->arena);
    return text;
}

/* ---- about a violation ---- */

/* The first segment of a path says what part of the request it leads into. */
static const struct json_path *first_segment(const struct json_path *path)
{
    while (path != NULL && path->up != NULL)
        path = path->up;
    return path;
}

static struct template_value value_in(const struct telling *telling, struct str argument)
{
    (void)argument;
    const struct json_path *first =
        telling->violation != NULL ? first_segment(telling->violation->path) : NULL;
    return first != NULL ? text_value(first->name) : nothing;
}

/* Segments from the root on, without recursion: paths may be as deep as a body. */
static size_t path_segments(const struct telling *telling, const struct json_path ***out)
{
    size_t count = 0;
    for (const struct json_path *at = telling->violation->path; at != NULL; at = at->up)
        count++;
    *out = arena_alloc(telling->scene->arena, (count + 1) * sizeof(struct json_path *));
    size_t i = count;
    for (const struct json_path *at = telling->violation->path; at != NULL; at = at->up)
        (*out)[--i] = at;
    return count;
}

static struct template_value value_path(const struct telling *telling, struct str argument)
{
    (void)argument;
    if (telling->violation == NULL)
        return nothing;
    const struct json_path **segments;
    size_t count = path_segments(telling, &segments);
    struct buf text = new_text(telling);
    for (size_t i = 1; i < count; i++) {
        if (segments[i]->name.data == NULL) {
            buf_printf(&text, "[%zu]", segments[i]->index);
            continue;
        }
        if (text.len > 0)
            buf_add_char(&text, '.');
        buf_add_str(&text, segments[i]->name);
    }
    return text_value(buf_str(&text));
}

static struct template_value value_pointer(const struct telling *telling, struct str argument)
{
    (void)argument;
    if (telling->violation == NULL)
        return nothing;
    const struct json_path **segments;
    size_t count = path_segments(telling, &segments);
    struct buf text = new_text(telling);
    for (size_t i = 1; i < count; i++) {
        if (segments[i]->name.data != NULL)
            json_pointer_add(&text, segments[i]->name);
        else
            json_pointer_add_index(&text, segments[i]->index);
    }
    return text_value(buf_str(&text));
}

static struct template_value value_loc(const struct telling *telling, struct str argument)
{
    (void)argument;
    if (telling->violation == NULL)
        return nothing;
    const struct json_path **segments;
    size_t count = path_segments(telling, &segments);
    struct buf text = new_text(telling);
    struct json_writer writer = json_writer_to(&text);
    json_begin_array(&writer);
    for (size_t i = 0; i < count; i++) {
        if (segments[i]->name.data != NULL)
            json_put_string(&writer, segments[i]->name);
        else
            json_put_int(&writer, (int64_t)segments[i]->index);
    }
    json_end_array(&writer);
    return (struct template_value){VALUE_JSON, buf_str(&text)};
}

static struct template_value value_field(const struct telling *telling, struct str argument)
{
    (void)argument;
    const struct json_path *last = telling->violation != NULL ? telling->violation->path : NULL;
    if (last == NULL || last->up == NULL)
        return nothing;
    return last->name.data != NULL ? text_value(last->name)
                                   : number_value(telling, (int64_t)last->index);
}

static struct template_value value_keyword(const struct telling *telling, struct str argument)
{
    (void)argument;
    if (telling->violation == NULL)
        return nothing;
    return text_value(str_from(telling->scene->keyword != NULL
                                   ? telling->scene->keyword
                                   : keyword_name(telling->violation->keyword)));
}

static struct template_value value_detail(const struct telling *telling, struct str argument);

static struct template_value value_message(const struct telling *telling, struct str argument)
{
    if (telling->violation == NULL)
        return value_detail(telling, argument);
    struct buf text = new_text(telling);
    violation_describe(telling->violation, &text);
    return text_value(buf_str(&text));
}

static struct template_value value_value(const struct telling *telling, struct str argument)
{
    (void)argument;
    const struct json_node *instance =
        telling->violation != NULL && telling->violation->keyword != KEYWORD_REQUIRED
            ? telling->violation->instance
            : NULL;
    if (instance == NULL)
        return nothing;
    if (instance->type == JSON_STRING)
        return text_value(json_text(instance));
    struct buf text = new_text(telling);
    json_write(&text, instance, JSON_EXACT);
    return (struct template_value){VALUE_JSON, buf_str(&text)};
}

static struct template_value value_rule(const struct telling *telling, struct str argument)
{
    (void)argument;
    const struct json_node *rule = telling->violation != NULL ? telling->violation->rule : NULL;
    if (rule == NULL || rule->source == NULL)
        return nothing;
    struct source_position at = source_position(rule->source, rule->offset);
    return text_value(str_from(
        arena_printf(telling->scene->arena, "%s:%u:%u", rule->source->name, at.line, at.column)));
}

/* ---- about the answer ---- */

static struct template_value value_status(const struct telling *telling, struct str argument)
{
    (void)argument;
    return number_value(telling, telling->scene->status);
}

static struct template_value value_title(const struct telling *telling, struct str argument)
{
    (void)argument;
    return text_value(str_from(status_title(telling->scene->status)));
}

/* "items[0].id: expected string, got null (and 2 more)" */
static struct template_value value_detail(const struct telling *telling, struct str argument)
{
    const struct template_scene *scene = telling->scene;
    if (scene->detail.len > 0 || scene->violations == NULL)
        return text_value(scene->detail);
    struct telling first = {scene, scene->violations};
    struct str place = value_path(&first, argument).text;
    struct buf text = new_text(telling);
    buf_add_str(&text, place.len > 0 ? place : value_in(&first, argument).text);
    buf_add_text(&text, ": ");
    violation_describe(scene->violations, &text);
    if (scene->count > 1)
        buf_printf(&text, " (and %zu more)", scene->count - 1);
    return text_value(buf_str(&text));
}

static struct template_value value_count(const struct telling *telling, struct str argument)
{
    (void)argument;
    return number_value(telling, (int64_t)telling->scene->count);
}

static struct template_value value_now(const struct telling *telling, struct str argument)
{
    (void)argument;
    const struct exchange *exchange = telling->scene->exchange;
    if (exchange == NULL)
        return nothing;
    struct buf text = new_text(telling);
    clock_print_rfc3339(clock_now_ns(&exchange->world->clock), &text);
    return text_value(buf_str(&text));
}

static struct template_value value_uuid(const struct telling *telling, struct str argument)
{
    (void)argument;
    const struct exchange *exchange = telling->scene->exchange;
    if (exchange == NULL)
        return nothing;
    struct rng rng;
    char uuid[37];
    world_rng(exchange->world, &rng);
    rng_uuid4(&rng, uuid);
    return text_value(str_from(arena_printf(telling->scene->arena, "%s", uuid)));
}

static struct template_value value_method(const struct telling *telling, struct str argument)
{
    (void)argument;
    const struct exchange *exchange = telling->scene->exchange;
    return exchange != NULL ? sent_value(exchange->request->method) : nothing;
}

static struct template_value value_request_path(const struct telling *telling, struct str argument)
{
    (void)argument;
    const struct exchange *exchange = telling->scene->exchange;
    return exchange != NULL ? sent_value(exchange->path) : nothing;
}

static struct template_value value_operation(const struct telling *telling, struct str argument)
{
    (void)argument;
    const struct exchange *exchange = telling->scene->exchange;
    return exchange != NULL && exchange->operation != NULL ? text_value(exchange->operation->label)
                                                           : nothing;
}

static struct template_value value_header(const struct telling *telling, struct str argument)
{
    const struct exchange *exchange = telling->scene->exchange;
    for (size_t i = 0; exchange != NULL && i < exchange->request->header_count; i++) {
        const struct name_value *header = &exchange->request->headers[i];
        if (str_equal_ignoring_case(header->name, argument))
            return sent_value(header->value);
    }
    return nothing;
}

/* ---- variables ---- */

struct variable {
    const char *name; /* one that ends in a full stop takes an argument */
    struct template_value (*value)(const struct telling *telling, struct str argument);
};

static const struct variable variables[] = {
    {"status", value_status},
    {"title", value_title},
    {"count", value_count},
    {"now", value_now},
    {"uuid", value_uuid},
    {"request.method", value_method},
    {"request.path", value_request_path},
    {"request.operation", value_operation},
    {"request.header.", value_header},
    {"in", value_in},
    {"path", value_path},
    {"pointer", value_pointer},
    {"loc", value_loc},
    {"field", value_field},
    {"keyword", value_keyword},
    {"value", value_value},
    {"rule", value_rule},
    {"detail", value_detail},
    {"message", value_message},
};

enum {
    VARIABLES = sizeof variables / sizeof *variables,
    OF_MESSAGES = VARIABLES - 2, /* those before `detail` and `message` */
};

static const struct variable *find_variable(struct str name, struct str *argument)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        const char *known = variables[i].name;
        size_t length = strlen(known);
        bool takes_argument = known[length - 1] == '.';
        *argument = str_after(name, takes_argument && name.len > length ? length : name.len);
        if (takes_argument ? name.len > length && str_starts_with(name, known)
                           : str_is(name, known))
            return &variables[i];
    }
    return NULL;
}

struct template_value template_variable_value(const struct telling *telling, struct str name)
{
    struct str argument;
    const struct variable *variable = find_variable(name, &argument);
    return variable != NULL ? variable->value(telling, argument) : nothing;
}

bool template_variable_exists(struct str name, enum template_use use)
{
    struct str argument;
    const struct variable *variable = find_variable(name, &argument);
    return variable != NULL && (use != TEMPLATE_MESSAGE || variable < &variables[OF_MESSAGES]);
}

const char *template_variable_help(struct arena *arena, struct str wrong, enum template_use use)
{
    const char *names[VARIABLES + 1];
    size_t count = use == TEMPLATE_MESSAGE ? OF_MESSAGES : VARIABLES;
    for (size_t i = 0; i < count; i++)
        names[i] = variables[i].name;
    names[count] = NULL;
    return overlay_nearest(arena, wrong, names);
}
