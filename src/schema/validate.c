#include "schema/validate.h"

#include "base/stack.h"
#include "schema/marks.h"
#include "schema/run.h"

enum {
    MAX_VIOLATIONS = 1000,
    /* On the caller's stack: a worker has 100 KB, of which a pattern's match may want 32. */
    MAX_DEPTH = 256,
    MAX_STACK = 40 * 1024,
    /* On a stack of the run's own, for what is deeper. */
    DEEP_DEPTH = 20000,
    DEEP_STACK = 16 << 20,
    DEEP_MARGIN = 64 * 1024,
    BRANCH_ROOM = 4, /* violations in branches for each one that is kept at the top */
    MATCH_BUDGET = 10 * 1000 * 1000,
    /* Alternatives that go the same way down multiply at each level: half a second. */
    WORK_BUDGET = 20 * 1000 * 1000,
};

check_function *const check_table[KEYWORD_COUNT] = {
    [KEYWORD_REF] = check_ref,
    [KEYWORD_DYNAMIC_REF] = check_dynamic_ref,
    [KEYWORD_TYPE] = check_type,
    [KEYWORD_ENUM] = check_enum,
    [KEYWORD_CONST] = check_const,
    [KEYWORD_MAX_LENGTH] = check_max_length,
    [KEYWORD_MIN_LENGTH] = check_min_length,
    [KEYWORD_PATTERN] = check_pattern,
    [KEYWORD_FORMAT] = check_format,
    [KEYWORD_MULTIPLE_OF] = check_multiple_of,
    [KEYWORD_MAXIMUM] = check_maximum,
    [KEYWORD_EXCLUSIVE_MAXIMUM] = check_exclusive_maximum,
    [KEYWORD_MINIMUM] = check_minimum,
    [KEYWORD_EXCLUSIVE_MINIMUM] = check_exclusive_minimum,
    [KEYWORD_MAX_ITEMS] = check_max_items,
    [KEYWORD_MIN_ITEMS] = check_min_items,
    [KEYWORD_PREFIX_ITEMS] = check_prefix_items,
    [KEYWORD_ITEMS] = check_items,
    [KEYWORD_CONTAINS] = check_contains,
    [KEYWORD_UNIQUE_ITEMS] = check_unique_items,
    [KEYWORD_PROPERTIES] = check_properties,
    [KEYWORD_PROPERTY_NAMES] = check_property_names,
    [KEYWORD_MAX_PROPERTIES] = check_max_properties,
    [KEYWORD_MIN_PROPERTIES] = check_min_properties,
    [KEYWORD_DEPENDENT_REQUIRED] = check_dependent_required,
    [KEYWORD_DEPENDENT_SCHEMAS] = check_dependent_schemas,
    [KEYWORD_ALL_OF] = check_all_of,
    [KEYWORD_ANY_OF] = check_any_of,
    [KEYWORD_ONE_OF] = check_one_of,
    [KEYWORD_NOT] = check_not,
    [KEYWORD_IF] = check_if,
    [KEYWORD_DISCRIMINATOR] = check_discriminator,
    [KEYWORD_UNEVALUATED_ITEMS] = check_unevaluated_items,
    [KEYWORD_UNEVALUATED_PROPERTIES] = check_unevaluated_properties,
};

/* ---- scratch ---- */

struct scratch_mark scratch_mark(const struct run *run)
{
    return (struct scratch_mark){run->scratch, run->scratch->used};
}

static void add_block(struct run *run, size_t count)
{
    struct scratch_block *block = run->scratch->above;
    if (block == NULL || block->size < count) {
        size_t size = count > SCRATCH_MORE ? count : SCRATCH_MORE;
        block = arena_alloc(run->arena, sizeof *block);
        *block = (struct scratch_block){.below = run->scratch, .size = size};
        block->words = arena_alloc(run->arena, size * sizeof *block->words);
        run->scratch->above = block;
    }
    block->used = 0;
    run->scratch = block;
}

uint64_t *scratch_take(struct run *run, size_t count)
{
    if (run->scratch->size - run->scratch->used < count)
        add_block(run, count);
    uint64_t *words = run->scratch->words + run->scratch->used;
    run->scratch->used += count;
    if (count > 0)
        memset(words, 0, count * sizeof *words);
    return words;
}

void scratch_release(struct run *run, struct scratch_mark mark)
{
    run->scratch = mark.block;
    run->scratch->used = mark.used;
}

/* ---- reports ---- */

bool run_give_up(struct run *run, enum validate_outcome outcome)
{
    if (run->outcome == VALIDATE_VALID)
        run->outcome = outcome;
    return false;
}

struct report_list *run_redirect(struct run *run, struct report_list *list)
{
    struct report_list *former = run->list;
    run->list = list;
    return former;
}

/* Paths are chains of stack frames: one that is kept is copied, up to the caller's root. */
static const struct json_path *keep_path(const struct run *run, const struct json_path *path)
{
    const struct json_path *kept = NULL;
    const struct json_path **link = &kept;
    for (; path != NULL && path != run->validation->root; path = path->up) {
        struct json_path *copy = arena_alloc(run->arena, sizeof *copy);
        *copy = *path;
        *link = copy;
        link = &copy->up;
    }
    *link = path;
    return kept;
}

static size_t path_depth(const struct json_path *path)
{
    size_t depth = 0;
    for (; path != NULL; path = path->up)
        depth++;
    return depth;
}

static const struct violation_choice *keep_choices(const struct run *run,
                                                   const struct choosing *choosing)
{
    const struct violation_choice *kept = NULL;
    const struct violation_choice **link = &kept;
    for (; choosing != NULL; choosing = choosing->up) {
        if (choosing->tag.data == NULL)
            continue;
        struct violation_choice *copy = arena_alloc(run->arena, sizeof *copy);
        *copy = (struct violation_choice){NULL, path_depth(choosing->path), choosing->tag};
        *link = copy;
        link = &copy->up;
    }
    return kept;
}

/* A branch's first violation is always kept: an empty list would look like success. */
static bool has_room(struct run *run)
{
    struct report_list *list = run->list;
    if (list->limit > 0)
        return list->kept < list->limit;
    if (list->kept > 0 && run->room == 0)
        return false;
    if (run->room > 0)
        run->room--;
    return true;
}

struct violation *run_report(const struct spot *spot, enum keyword keyword,
                             const struct json_node *rule, const struct json_node *instance,
                             const struct json_path *path)
{
    struct run *run = spot->run;
    if (!run->collect)
        return NULL;
    struct report_list *list = run->list;
    list->count++;
    if (!has_room(run))
        return NULL;
    struct violation *violation = arena_alloc(run->arena, sizeof *violation);
    *violation = (struct violation){.keyword = keyword,
                                    .schema = spot->schema,
                                    .rule = rule,
                                    .instance = instance,
                                    .path = keep_path(run, path),
                                    .choices = keep_choices(run, run->choosing)};
    if (list->last != NULL)
        list->last->next = violation;
    else
        list->first = violation;
    list->last = violation;
    list->kept++;
    return violation;
}

bool run_fail(const struct spot *spot, enum keyword keyword, const struct json_node *rule)
{
    run_report(spot, keyword, rule, spot->instance, spot->path);
    return false;
}

/* ---- applying ---- */

static inline bool apply_rules(struct spot *spot)
{
    struct run *run = spot->run;
    const struct rule *end = spot->schema->rules + spot->schema->rule_count;
    bool valid = true;
    for (const struct rule *rule = spot->schema->rules; rule < end; rule++) {
        bool satisfied = check_table[rule->keyword](spot, rule);
        if (run->validation->observe != NULL && run->outcome == VALIDATE_VALID)
            run->validation->observe(run->validation->observe_context, spot->schema, rule,
                                     spot->instance, satisfied);
        if (!satisfied) {
            valid = false;
            if (run_is_over(run))
                break;
        }
    }
    return valid;
}

/* A schema with an unevaluated* keyword sees only what itself and its parts evaluate. */
static __attribute__((noinline)) bool apply_marking(struct spot *spot)
{
    struct run *run = spot->run;
    struct scratch_mark mark = scratch_mark(run);
    struct marks *outer = spot->marks;
    struct marks own = marks_new(run, spot->instance);
    spot->marks = &own;
    bool valid = apply_rules(spot);
    spot->marks = outer;
    marks_merge(outer, &own);
    scratch_release(run, mark);
    return valid;
}

static __attribute__((noinline)) void enter_scope(struct run *run,
                                                  const struct schema_resource *resource)
{
    if (run->scope_count > 0 && run->scope[run->scope_count - 1] == resource)
        return;
    if (run->scope_count == run->scope_capacity) {
        run->scope =
            arena_grow(run->arena, run->scope, run->scope_count * sizeof(struct schema_resource *),
                       run->scope_capacity * 2 * sizeof(struct schema_resource *));
        run->scope_capacity *= 2;
    }
    run->scope[run->scope_count++] = resource;
}

/* By depth, and by what is really used: frames differ from build to build. */
static inline bool is_too_deep(const struct run *run)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return run->depth >= run->max_depth || run->stack_base - here > run->max_stack;
}

static bool is_container(const struct json_node *node)
{
    return node->type == JSON_OBJECT || node->type == JSON_ARRAY;
}

static bool pass_unchecked(struct run *run, const struct schema *schema,
                           const struct json_node *instance)
{
    if (run->validation->observe != NULL)
        run->validation->observe(run->validation->observe_context, schema, NULL, instance, true);
    return true;
}

bool run_apply(struct run *run, const struct schema *schema, const struct json_node *instance,
               const struct json_path *path, struct marks *marks)
{
    if (schema->kind == SCHEMA_ALWAYS || (schema->nullable && instance->type == JSON_NULL))
        return pass_unchecked(run, schema, instance);
    struct spot spot = {run, schema, instance, path, marks};
    if (schema->kind == SCHEMA_NEVER)
        return run_fail(&spot, KEYWORD_FALSE_SCHEMA, schema->node);
    if (is_too_deep(run))
        return run_give_up(run, VALIDATE_TOO_DEEP);
    if (run->work-- == 0)
        return run_give_up(run, VALIDATE_PATTERN_BUDGET);
    size_t scope_count = run->scope_count;
    if (schema->dynamic)
        enter_scope(run, schema->resource);
    run->depth++;
    bool marking = schema->needs_marks && is_container(instance);
    bool valid = marking ? apply_marking(&spot) : apply_rules(&spot);
    run->depth--;
    run->scope_count = scope_count;
    return valid;
}

/* ---- the run ---- */

struct limits {
    uint32_t depth;
    size_t stack;
    uintptr_t stack_base;
};

/* A place on the stack that all frames of the run are below. */
static inline __attribute__((always_inline)) uintptr_t stack_here(void)
{
    return (uintptr_t)__builtin_frame_address(0);
}

static void run_init(struct run *run, struct validation *validation, struct limits limits)
{
    run->validation = validation;
    run->arena = validation->arena;
    run->collect = false;
    run->outcome = VALIDATE_VALID;
    run->depth = 0;
    run->max_depth = limits.depth;
    run->max_stack = limits.stack;
    run->stack_base = limits.stack_base;
    run->budget = validation->match_budget > 0 ? validation->match_budget : MATCH_BUDGET;
    run->work = validation->work_budget > 0 ? validation->work_budget : WORK_BUDGET;
    run->room = 0;
    run->list = NULL;
    run->choosing = NULL;
    run->scope = run->first_scope;
    run->scope_count = 0;
    run->scope_capacity = SCOPE_LOCAL;
    run->scratch = &run->first_block;
    run->first_block = (struct scratch_block){.size = SCRATCH_WORDS, .words = run->first_words};
}

static enum validate_outcome run_outcome(const struct run *run, bool valid)
{
    if (run->outcome != VALIDATE_VALID)
        return run->outcome;
    return valid ? VALIDATE_VALID : VALIDATE_INVALID;
}

typedef enum validate_outcome run_function(const struct schema *schema,
                                           const struct json_node *instance,
                                           struct validation *validation, struct limits limits);

static enum validate_outcome collect(const struct schema *schema, const struct json_node *instance,
                                     struct validation *validation, struct limits limits)
{
    struct run run;
    run_init(&run, validation, limits);
    size_t limit = validation->max_violations > 0 ? validation->max_violations : MAX_VIOLATIONS;
    struct report_list list = {.first = validation->first,
                               .last = validation->last,
                               .kept = validation->count < limit ? validation->count : limit,
                               .limit = limit,
                               .count = validation->count};
    run.collect = true;
    run.room = limit * BRANCH_ROOM;
    run.list = &list;
    bool valid = run_apply(&run, schema, instance, validation->root, NULL);
    validation->first = list.first;
    validation->last = list.last;
    validation->count = list.count;
    validation->truncated = list.count > list.kept;
    return run_outcome(&run, valid);
}

static enum validate_outcome decide(const struct schema *schema, const struct json_node *instance,
                                    struct validation *validation, struct limits limits)
{
    struct run run;
    run_init(&run, validation, limits);
    bool valid = run_apply(&run, schema, instance, NULL, NULL);
    return run_outcome(&run, valid);
}

/* ---- deep values: once more, on a larger stack ---- */

struct deep_run {
    run_function *function;
    const struct schema *schema;
    const struct json_node *instance;
    struct validation *validation;
    enum validate_outcome outcome;
};

static void run_deep(void *argument)
{
    struct deep_run *deep = argument;
    struct limits limits = {DEEP_DEPTH, DEEP_STACK - DEEP_MARGIN, stack_here()};
    deep->outcome = deep->function(deep->schema, deep->instance, deep->validation, limits);
}

static enum validate_outcome run_anyhow(run_function *function, const struct schema *schema,
                                        const struct json_node *instance,
                                        struct validation *validation)
{
    if (validation->max_depth > 0) {
        struct limits given = {validation->max_depth, SIZE_MAX, stack_here()};
        return function(schema, instance, validation, given);
    }
    struct validation before = *validation;
    struct violation *last = before.last;
    struct limits usual = {MAX_DEPTH, MAX_STACK, stack_here()};
    enum validate_outcome outcome = function(schema, instance, validation, usual);
    if (outcome != VALIDATE_TOO_DEEP)
        return outcome;
    *validation = before;
    if (last != NULL)
        last->next = NULL;
    struct deep_run deep = {function, schema, instance, validation, VALIDATE_TOO_DEEP};
    stack_run(run_deep, &deep, DEEP_STACK);
    return deep.outcome;
}

enum validate_outcome schema_validate(const struct schema *schema, const struct json_node *instance,
                                      struct validation *validation)
{
    return run_anyhow(collect, schema, instance, validation);
}

bool schema_accepts(const struct schema *schema, const struct json_node *instance,
                    struct arena *scratch)
{
    struct validation validation = {.arena = scratch};
    return run_anyhow(decide, schema, instance, &validation) == VALIDATE_VALID;
}
