/*
 * A value is written as text, then read back and held against the schema: what
 * is made by rule of thumb is only ever used if it is right. Where a value
 * offers choices they are gone through until one comes out right; a few tries
 * of the whole differ in their draws and in how much of the optional parts they
 * write.
 */
#include "schema/making.h"

#include "base/stack.h"
#include "json/reader.h"
#include "json/writer.h"

enum {
    TRIES = 6,
    COMBINATIONS = 40, /* of the choices in one value */
    PATIENCE = 8,      /* from here on combinations are tried with required members only */
    BUDGET = 100000,   /* schemas looked at in one try */
    CHECKS = 300,      /* of objects and arrays, in one try */
    CHECK_COST = 10,   /* of any value, out of the budget */
    CHECK_WORK = 50000,
    SHALLOW = 10, /* values in each other that a worker's stack holds */
    DEEP = 40,
    LARGE_STACK = 1 << 20,
};

static const unsigned type_order[] = {SCHEMA_OBJECT, SCHEMA_ARRAY,   SCHEMA_STRING, SCHEMA_INTEGER,
                                      SCHEMA_NUMBER, SCHEMA_BOOLEAN, SCHEMA_NULL};

enum { TYPE_COUNT = sizeof type_order / sizeof *type_order };

unsigned making_draw(struct making *making, unsigned bound)
{
    return (unsigned)rng_below(making->options->rng, bound);
}

/* ---- checking ---- */

static bool accepts(const struct making *making, const struct schema *schema,
                    const struct json_node *value, struct arena *scratch)
{
    struct validation validation = {.arena = scratch,
                                    .direction = making->options->direction,
                                    .max_violations = 1,
                                    .match_budget = CHECK_WORK,
                                    .work_budget = CHECK_WORK};
    return schema_validate(schema, value, &validation) == VALIDATE_VALID;
}

bool making_accepts(struct making *making, const struct schema_set *set,
                    const struct json_node *value)
{
    if (*making->budget < CHECK_COST)
        return false;
    *making->budget -= CHECK_COST;
    struct arena scratch;
    arena_init(&scratch, 4096, NULL);
    bool good = true;
    for (size_t i = 0; good && i < set->count; i++)
        good = accepts(making, set->items[i], value, &scratch);
    arena_clear(&scratch);
    return good;
}

static bool accepts_text(struct making *making, const struct schema_set *set, struct str text)
{
    struct arena scratch;
    struct source source = {.name = "example", .text = text};
    if (*making->checks == 0)
        return false;
    (*making->checks)--;
    struct json_document document;
    struct json_error error;
    arena_init(&scratch, 16384, NULL);
    bool good = json_read(&scratch, &source, &(struct json_read_options){0}, &document, &error) &&
                making_accepts(making, set, document.root);
    arena_clear(&scratch);
    return good;
}

/* ---- what the document gives ---- */

/* Values in use elsewhere (of an array that wants them different) are passed by. */
static bool use(struct making *making, const struct wish *wish, const struct json_node *value,
                unsigned *skip)
{
    if (value == NULL || !making_accepts(making, &wish->roots, value))
        return false;
    if (*skip > 0) {
        (*skip)--;
        return false;
    }
    json_write(making->out, value, JSON_EXACT);
    return true;
}

/* The values of a list from `first` on, round to where it began. */
static bool use_one_of(struct making *making, const struct wish *wish, const struct json_node *list,
                       size_t first, unsigned *skip)
{
    size_t count = json_is(list, JSON_ARRAY) ? list->size : 0;
    const struct json_node *value = count > 0 ? json_element(list, first) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (use(making, wish, value, skip))
            return true;
        value = json_next(value) != NULL ? json_next(value) : json_first(list);
    }
    return false;
}

static bool use_examples(struct making *making, const struct wish *wish, unsigned *skip)
{
    for (size_t i = 0; i < wish->count; i++) {
        const struct json_node *node = wish->items[i].schema->node;
        if (!wish->items[i].whole)
            continue;
        const struct json_node *fallback = json_member(node, "default");
        if (use(making, wish, json_member(node, "example"), skip) ||
            use_one_of(making, wish, json_member(node, "examples"), 0, skip) ||
            (!json_is(fallback, JSON_NULL) && use(making, wish, fallback, skip)))
            return true;
    }
    return false;
}

enum given {
    GIVEN_NONE, /* the value is to be made */
    GIVEN_USED,
    GIVEN_WRONG, /* there is a list of values, but none of them will do */
};

static enum given use_given(struct making *making, const struct wish *wish)
{
    unsigned skip = making->skip;
    bool invent = making->options->invent || skip > 0;
    size_t at = 0;
    if (!invent && use_examples(making, wish, &skip))
        return GIVEN_USED;
    const struct rule *constant = wish_next(wish, KEYWORD_CONST, &at);
    if (constant != NULL)
        return use(making, wish, constant->u.value, &skip) ? GIVEN_USED : GIVEN_WRONG;
    at = 0;
    const struct rule *choice = wish_next(wish, KEYWORD_ENUM, &at);
    if (choice == NULL)
        return GIVEN_NONE;
    size_t count = choice->u.value->size;
    size_t first = making->options->invent && count > 0 ? making_draw(making, (unsigned)count) : 0;
    return use_one_of(making, wish, choice->u.value, first, &skip) ? GIVEN_USED : GIVEN_WRONG;
}

/* ---- making ---- */

static bool make_of_type(struct making *making, const struct wish *wish, unsigned type)
{
    switch (type) {
    case SCHEMA_OBJECT:
        return make_object(making, wish);
    case SCHEMA_ARRAY:
        return make_array(making, wish);
    case SCHEMA_STRING:
        return make_text(making, wish);
    case SCHEMA_INTEGER:
        return make_number(making, wish, true);
    case SCHEMA_NUMBER:
        return make_number(making, wish, false);
    case SCHEMA_BOOLEAN:
        buf_add_text(making->out, making_draw(making, 2) == 0 ? "false" : "true");
        return true;
    default:
        buf_add_text(making->out, "null");
        return true;
    }
}

/* The n-th type that may be: those come first of which the keywords speak. */
static unsigned type_at(const struct wish *wish, unsigned n)
{
    for (int hinted = 1; hinted >= 0; hinted--)
        for (size_t i = 0; i < TYPE_COUNT; i++) {
            unsigned type = type_order[i];
            bool fits = (wish->types & type) != 0 && ((wish->hints & type) != 0) == (hinted == 1);
            if (fits && n-- == 0)
                return type;
        }
    return 0;
}

/* An integer is a number as well; where both may be only the more general one is made. */
static unsigned count_types(struct wish *wish)
{
    if ((wish->types & SCHEMA_NUMBER) != 0)
        wish->types &= ~(unsigned)SCHEMA_INTEGER;
    unsigned count = 0;
    for (size_t i = 0; i < TYPE_COUNT; i++)
        count += (wish->types & type_order[i]) != 0;
    return count;
}

static bool make_fresh(struct making *making, struct wish *wish, unsigned number)
{
    unsigned count = count_types(wish);
    if (count > 1)
        wish->choices++;
    /* Other combinations of branches first, then other types. */
    unsigned n = number / (wish->choices > 1 ? 4 : 1) % count;
    return make_of_type(making, wish, type_at(wish, n));
}

/* One combination of the choices; *settled becomes true where no other one would differ. */
static bool make_combination(struct making *making, const struct schema_set *set, unsigned number,
                             bool *settled)
{
    struct wish wish;
    size_t before = making->out->len;
    bool possible = wish_read(making, set, number, &wish);
    bool good = false;
    bool check = wish.tricky || making->suspicious;
    if (possible) {
        enum given given = use_given(making, &wish);
        good = given == GIVEN_USED || (given == GIVEN_NONE && make_fresh(making, &wish, number));
        if (good && given == GIVEN_NONE && check)
            good = accepts_text(making, set, str_after(buf_str(making->out), before));
    }
    if (!good)
        making->out->len = before;
    *settled = wish.choices == 0 && !check;
    return good;
}

static bool has_patience(const struct making *making)
{
    return *making->budget > CHECK_COST && *making->checks > 0;
}

static bool make_some_combination(struct making *making, const struct schema_set *set)
{
    bool required_only = making->required_only;
    bool good = false;
    bool settled = false;
    for (unsigned i = 0; i < COMBINATIONS && !good && !settled && has_patience(making); i++) {
        making->required_only = required_only || i >= PATIENCE;
        /* With less in them, the first combinations once more. */
        good = make_combination(making, set, i < PATIENCE ? i : i - PATIENCE, &settled);
    }
    making->required_only = required_only;
    return good;
}

bool make_value(struct making *making, const struct schema_set *set)
{
    if (making->depth == making->max_depth) {
        making->too_deep = true;
        return false;
    }
    making->depth++;
    bool good = make_some_combination(making, set);
    making->depth--;
    return good;
}

/* ---- the whole ---- */

struct example {
    struct making making;
    const struct schema *schema;
    bool made;
};

static bool try_once(struct example *example, unsigned number)
{
    struct making *making = &example->making;
    struct schema_set set = {NULL, 0};
    unsigned budget = BUDGET;
    unsigned checks = CHECKS;
    size_t before = making->out->len;
    schema_set_add(making, &set, example->schema);
    making->budget = &budget;
    making->checks = &checks;
    making->depth = 0;
    making->suspicious = number > 0;
    making->required_only = making->options->required_only || number >= TRIES / 2;
    if (make_value(making, &set) &&
        accepts_text(making, &set, str_after(buf_str(making->out), before)))
        return true;
    making->out->len = before;
    return false;
}

static void try_all(void *context)
{
    struct example *example = context;
    struct making *making = &example->making;
    bool shallow = making->max_depth == SHALLOW;
    for (unsigned i = 0; i < TRIES && !example->made && !(shallow && making->too_deep); i++)
        example->made = try_once(example, i);
}

bool example_write(const struct schema *schema, const struct example_options *options,
                   struct arena *arena, struct buf *out)
{
    struct rng rng = *options->rng;
    struct example example = {
        .schema = schema,
        .making = {.options = options, .arena = arena, .out = out, .max_depth = SHALLOW}};
    try_all(&example);
    if (example.made || !example.making.too_deep)
        return example.made;
    *options->rng = rng;
    example.making.max_depth = DEEP;
    return stack_run(try_all, &example, LARGE_STACK) && example.made;
}
