/* Arrays: as long as they must be; where nothing says so, one element, or as many as are wished
 * for. */
#include "schema/making.h"

enum { ITEMS_MAX = 1000, DIFFERENT_TRIES = 12, DEPTH_FOR_OPTIONAL = 4 };

/* What all elements have in common. */
struct elements {
    size_t prefix;   /* elements that have a schema of their own */
    size_t contains; /* elements that some `contains` wants, each after the other */
    bool unique;
};

static struct elements look(const struct wish *wish)
{
    struct elements elements = {0};
    size_t at = 0;
    for (const struct rule *rule; (rule = wish_next(wish, KEYWORD_PREFIX_ITEMS, &at)) != NULL;)
        if (rule->u.list.count > elements.prefix)
            elements.prefix = rule->u.list.count;
    at = 0;
    for (const struct rule *rule; (rule = wish_next(wish, KEYWORD_CONTAINS, &at)) != NULL;)
        if (rule->u.contains.min < ITEMS_MAX)
            elements.contains += (size_t)rule->u.contains.min;
    at = 0;
    elements.unique = wish_next(wish, KEYWORD_UNIQUE_ITEMS, &at) != NULL;
    return elements;
}

/* Which `contains` the n-th of the elements that these want is for. */
static const struct schema *wanted_by(const struct wish *wish, size_t n)
{
    size_t at = 0;
    for (const struct rule *rule; (rule = wish_next(wish, KEYWORD_CONTAINS, &at)) != NULL;) {
        if (n < rule->u.contains.min)
            return rule->u.contains.schema;
        n -= (size_t)rule->u.contains.min;
    }
    return NULL;
}

static const struct schema *element_schema(const struct schema *schema, size_t index)
{
    const struct rule *prefix = schema_rule(schema, KEYWORD_PREFIX_ITEMS);
    if (prefix != NULL && index < prefix->u.list.count)
        return prefix->u.list.items[index];
    const struct rule *items = schema_rule(schema, KEYWORD_ITEMS);
    return items != NULL ? items->u.schema : NULL;
}

/* `contains` comes behind the prefix where there is room, else from the first element on. */
static struct schema_set set_for(struct making *making, const struct wish *wish,
                                 const struct elements *elements, size_t index, size_t length)
{
    struct schema_set set = {NULL, 0};
    for (size_t i = 0; i < wish->count; i++) {
        const struct schema *schema = element_schema(wish->items[i].schema, index);
        if (schema != NULL)
            schema_set_add(making, &set, schema);
    }
    size_t start = elements->prefix + elements->contains <= length ? elements->prefix : 0;
    const struct schema *wanted = index >= start ? wanted_by(wish, index - start) : NULL;
    if (wanted != NULL)
        schema_set_add(making, &set, wanted);
    for (size_t i = 0; set.count == 0 && i < wish->count; i++) {
        const struct rule *rest = schema_rule(wish->items[i].schema, KEYWORD_UNEVALUATED_ITEMS);
        if (rest != NULL)
            schema_set_add(making, &set, rest->u.schema);
    }
    return set;
}

static bool make_element(struct making *making, const struct schema_set *set, size_t index)
{
    if (set->count > 0)
        return make_value(making, set);
    buf_add_uint(making->out, index);
    return true;
}

/* Where in making->out each element begins. */
struct place_list {
    size_t *starts;
    size_t count;
};

static bool is_repeated(const struct making *making, const struct place_list *made, struct str text)
{
    for (size_t i = 0; i + 1 < made->count; i++) {
        size_t end = made->starts[i + 1] - 1; /* the comma */
        size_t start = made->starts[i];
        if (str_equal(str_make(making->out->data + start, end - start), text))
            return true;
    }
    return false;
}

/* Draws again, or passes by what a list of values gave, until it differs from those before. */
static bool make_different(struct making *making, const struct schema_set *set, size_t index,
                           const struct place_list *made)
{
    unsigned skip = making->skip;
    size_t start = making->out->len;
    bool good = false;
    for (unsigned i = 0; i < DIFFERENT_TRIES && !good; i++) {
        making->out->len = start;
        making->skip = i == 0 ? 0 : (unsigned)index + i - 1;
        good = make_element(making, set, index) &&
               !is_repeated(making, made, str_after(buf_str(making->out), start));
    }
    making->skip = skip;
    return good;
}

static bool make_elements(struct making *making, const struct wish *wish,
                          const struct elements *elements, size_t length)
{
    struct place_list made = {arena_alloc(making->arena, (length + 1) * sizeof(size_t)), 0};
    for (size_t i = 0; i < length; i++) {
        struct schema_set set = set_for(making, wish, elements, i, length);
        if (i > 0)
            buf_add_char(making->out, ',');
        made.starts[made.count++] = making->out->len;
        bool good = elements->unique ? make_different(making, &set, i, &made)
                                     : make_element(making, &set, i);
        if (!good)
            return false;
    }
    return true;
}

static bool make_of_length(struct making *making, const struct wish *wish,
                           const struct elements *elements, size_t length)
{
    size_t before = making->out->len;
    unsigned skip = making->skip;
    making->skip = 0;
    buf_add_char(making->out, '[');
    bool good = make_elements(making, wish, elements, length);
    buf_add_char(making->out, ']');
    making->skip = skip;
    if (!good)
        making->out->len = before;
    return good;
}

/* Deep inside nothing is that may be left out: schemas lead back to themselves. */
static size_t usual_length(struct making *making, const struct elements *elements)
{
    const struct example_lengths *lengths = &making->options->arrays;
    bool deep = making->depth > DEPTH_FOR_OPTIONAL;
    if (lengths->given && !deep)
        return lengths->min + making_draw(making, lengths->max - lengths->min + 1);
    if (making->required_only || deep)
        return 0;
    return elements->prefix > 0 ? elements->prefix : 1;
}

bool make_array(struct making *making, const struct wish *wish)
{
    struct elements elements = look(wish);
    uint64_t least = wish_least(wish, KEYWORD_MIN_ITEMS);
    uint64_t most = wish_most(wish, KEYWORD_MAX_ITEMS);
    size_t usual = usual_length(making, &elements);
    if (least < elements.contains)
        least = elements.contains;
    if (least > most || least > ITEMS_MAX)
        return false;
    size_t length = usual > least ? usual : (size_t)least;
    if (length > most)
        length = (size_t)most;
    if (make_of_length(making, wish, &elements, length))
        return true;
    return length > least && make_of_length(making, wish, &elements, (size_t)least);
}
