#include "mock/bill.h"

#include "base/mem.h"

#include <stdlib.h>

static struct bill *bill_new(size_t capacity)
{
    struct bill *bill = mem_alloc_zero(sizeof *bill);
    atomic_init(&bill->references, 1);
    bill->parts = mem_alloc_zero((capacity + 1) * sizeof(struct part *));
    return bill;
}

struct bill *bill_of(struct part *part)
{
    struct bill *bill = bill_new(1);
    bill->parts[bill->count++] = part;
    return bill;
}

struct bill *bill_retain(struct bill *bill)
{
    atomic_fetch_add(&bill->references, 1);
    return bill;
}

void bill_release(struct bill *bill)
{
    if (bill == NULL || atomic_fetch_sub(&bill->references, 1) > 1)
        return;
    for (size_t i = 0; i < bill->count; i++)
        part_release(bill->parts[i]);
    free((void *)bill->parts);
    free(bill);
}

/* ---- clashes ---- */

/* "/a/{id}/b" as "/a/{}/b": the names of variables do not tell two templates apart. */
static struct str without_names(struct arena *arena, struct str path)
{
    struct buf out;
    buf_init(&out, arena);
    for (size_t i = 0; i < path.len; i++) {
        buf_add_char(&out, path.data[i]);
        if (path.data[i] == '{')
            while (i + 1 < path.len && path.data[i + 1] != '}')
                i++;
    }
    return buf_str(&out);
}

static bool share_base_path(const struct contract *a, const struct contract *b)
{
    bool a_bare = true, b_bare = true;
    for (size_t j = 0; j < b->base_path_count; j++)
        b_bare = b_bare && b->base_paths[j].len == 0;
    for (size_t i = 0; i < a->base_path_count; i++) {
        if (a->base_paths[i].len == 0)
            continue;
        a_bare = false;
        for (size_t j = 0; j < b->base_path_count; j++)
            if (str_equal(a->base_paths[i], b->base_paths[j]))
                return true;
    }
    return a_bare && b_bare;
}

static void report_clash(const struct operation *later, const struct operation *earlier,
                         struct diags *diags)
{
    struct place place = json_place(later->node);
    struct source_position first = {0, 0};
    const char *name = "another document";
    if (earlier->node->source != NULL) {
        first = source_position(earlier->node->source, earlier->node->offset);
        name = earlier->node->source->name;
    }
    diag_error(diags, place,
               "serve the documents apart, or give each a base path of its own in `servers`",
               "%.*s is also an operation of %s (line %u)", (int)later->label.len,
               later->label.data, name, first.line);
}

static void find_clashes(const struct bill *bill, struct diags *diags)
{
    struct arena arena;
    arena_init(&arena, 65536, NULL);
    for (size_t later = 1; later < bill->count; later++) {
        const struct contract *mine = bill->parts[later]->contract;
        for (size_t earlier = 0; earlier < later; earlier++) {
            const struct contract *other = bill->parts[earlier]->contract;
            if (!share_base_path(mine, other))
                continue;
            struct map taken;
            map_init(&taken, &arena);
            for (size_t i = 0; i < other->operation_count; i++)
                map_put(&taken, without_names(&arena, other->operations[i].label),
                        &other->operations[i]);
            for (size_t i = 0; i < mine->operation_count; i++) {
                const struct operation *clash =
                    map_get(&taken, without_names(&arena, mine->operations[i].label));
                if (clash != NULL)
                    report_clash(&mine->operations[i], clash, diags);
            }
        }
    }
    arena_clear(&arena);
}

struct bill *bill_load(const char *const *paths, size_t count, const struct part_options *options,
                       struct diags *diags)
{
    struct bill *bill = bill_new(count);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        struct part *part = part_load(paths[i], options, diags);
        if (part != NULL)
            bill->parts[bill->count++] = part;
        else
            good = false;
    }
    size_t errors = diags->errors;
    find_clashes(bill, diags);
    if (good && diags->errors == errors)
        return bill;
    for (size_t i = 0; i < bill->count; i++)
        part_discard(bill->parts[i], diags);
    free((void *)bill->parts);
    free(bill);
    return NULL;
}

/* ---- looking up ---- */

/* How near an outcome comes to an answer: FOUND is nearest. */
static int nearness(enum route_outcome outcome)
{
    switch (outcome) {
    case ROUTE_FOUND:
        return 3;
    case ROUTE_NO_METHOD:
        return 2;
    case ROUTE_SLASH:
        return 1;
    case ROUTE_NO_PATH:
        return 0;
    }
    return 0;
}

enum route_outcome bill_route(const struct bill *bill, enum http_method method, struct str path,
                              struct route_match *match, struct part **part)
{
    *part = bill->parts[0];
    enum route_outcome best = route_find(bill->parts[0]->contract, method, path, match);
    for (size_t i = 1; i < bill->count && best != ROUTE_FOUND; i++) {
        struct route_match other;
        enum route_outcome outcome = route_find(bill->parts[i]->contract, method, path, &other);
        if (nearness(outcome) <= nearness(best))
            continue;
        best = outcome;
        *match = other;
        *part = bill->parts[i];
    }
    return best;
}

struct operation *bill_find_operation(const struct bill *bill, struct str name, struct part **part)
{
    for (size_t i = 0; i < bill->count; i++) {
        struct operation *operation = contract_find_operation(bill->parts[i]->contract, name);
        if (operation == NULL)
            continue;
        if (part != NULL)
            *part = bill->parts[i];
        return operation;
    }
    return NULL;
}

const char *bill_nearest_operation(const struct bill *bill, struct str wrong, struct arena *arena)
{
    const char **labels =
        arena_alloc_zero(arena, (bill_operation_count(bill) * 2 + 1) * sizeof *labels);
    size_t count = 0;
    for (size_t i = 0; i < bill->count; i++) {
        const struct contract *contract = bill->parts[i]->contract;
        for (size_t j = 0; j < contract->operation_count; j++) {
            labels[count++] = arena_copy(arena, contract->operations[j].label);
            if (contract->operations[j].id.len > 0)
                labels[count++] = arena_copy(arena, contract->operations[j].id);
        }
    }
    return str_nearest(wrong, labels);
}

const struct behavior *bill_find_writer(const struct bill *bill, struct str collection,
                                        struct part **part)
{
    for (size_t i = 0; i < bill->count; i++) {
        const struct behavior *behavior = part_find_writer(bill->parts[i], collection);
        if (behavior == NULL)
            continue;
        if (part != NULL)
            *part = bill->parts[i];
        return behavior;
    }
    return NULL;
}

size_t bill_operation_count(const struct bill *bill)
{
    size_t count = 0;
    for (size_t i = 0; i < bill->count; i++)
        count += bill->parts[i]->contract->operation_count;
    return count;
}

bool bill_prepare_all(struct bill *bill, struct diags *diags)
{
    bool good = true;
    for (size_t i = 0; i < bill->count; i++)
        good = contract_prepare_all(bill->parts[i]->contract, diags) && good;
    return good;
}
