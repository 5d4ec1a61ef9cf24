/* rule_reference: what it finds is what a slow and simple search finds. */
#include "mock/rule_reference.h"

#include "base/rng.h"
#include "mock/key.h"

#include "support/unit.h"

enum { SLOT_ID, SLOT_PARENT, SLOT_GROUP, SLOTS };

/* A record in the batch or in the store; texts are empty where a member is absent. */
struct fact {
    char id[4];
    char parent[4];
    char group[4];
};

struct world {
    struct arena arena;
    struct store *store;
    struct collection *collection;
    struct str_list key;
    struct rule_reference reference;
    struct rule_member group;
    const struct json_node **values;
    struct rule_rows rows;
    struct buf told; /* "0: parent ...\n" */
};

static struct rule_member member_at(struct arena *arena, const char *name, size_t slot)
{
    struct rule_member member = {.written = str_from(name), .slot = slot};
    str_list_add(&member.names, arena, str_from(name));
    return member;
}

static void world_open(struct world *world, bool with_store)
{
    static const struct store_limits limits = {0};
    *world = (struct world){.store = with_store ? store_new(&limits, NULL) : NULL};
    arena_init(&world->arena, 4096, NULL);
    buf_init(&world->told, &world->arena);
    if (with_store)
        world->collection = store_collection(world->store, str_from("things"));
    str_list_add(&world->key, &world->arena, str_from("id"));
    world->group = member_at(&world->arena, "group", SLOT_GROUP);
    world->reference = (struct rule_reference){
        .member = member_at(&world->arena, "parent", SLOT_PARENT),
        .to = member_at(&world->arena, "id", SLOT_ID),
        .same = &world->group,
        .same_count = 1,
        .cycles_forbidden = true,
    };
}

static void world_close(struct world *world)
{
    if (world->store != NULL)
        store_free(world->store);
    arena_clear(&world->arena);
}

static const struct json_node *text_node(struct world *world, const char *text)
{
    return *text != '\0' ? json_new_string(&world->arena, str_from(text)) : NULL;
}

static void set_batch(struct world *world, const struct fact *facts, size_t count)
{
    world->values = arena_alloc(&world->arena, (count * SLOTS + 1) * sizeof *world->values);
    for (size_t i = 0; i < count; i++) {
        world->values[i * SLOTS + SLOT_ID] = text_node(world, facts[i].id);
        world->values[i * SLOTS + SLOT_PARENT] = text_node(world, facts[i].parent);
        world->values[i * SLOTS + SLOT_GROUP] = text_node(world, facts[i].group);
    }
    world->rows = (struct rule_rows){world->values, count, SLOTS};
}

static void add_member(struct buf *text, const char *name, const char *value)
{
    if (*value != '\0')
        buf_printf(text, "%s\"%s\":\"%s\"", text->len > 1 ? "," : "", name, value);
}

static void put(struct world *world, const struct fact *fact)
{
    struct buf text;
    buf_init(&text, &world->arena);
    buf_add_char(&text, '{');
    add_member(&text, "group", fact->group);
    add_member(&text, "id", fact->id);
    add_member(&text, "parent", fact->parent);
    buf_add_char(&text, '}');
    struct str key = key_from_part(&world->arena, str_from(fact->id));
    collection_upsert(world->collection, key, buf_str(&text));
}

static void tell(void *context, size_t index, const char *words)
{
    struct world *world = context;
    buf_printf(&world->told, "%zu: %s\n", index, words);
}

static bool check(struct world *world)
{
    struct reference_check check = {
        .reference = &world->reference,
        .rows = &world->rows,
        .collection = world->collection,
        .key = &world->key,
        .arena = &world->arena,
        .broken = tell,
        .context = world,
    };
    world->told.len = 0;
    return rule_reference_check(&check);
}

static void expect(struct world *world, const struct fact *facts, size_t count, const char *told)
{
    set_batch(world, facts, count);
    assert_true(check(world));
    assert_string_equal(buf_text(&world->told), told);
}

/* ---- by hand ---- */

static void test_parents_in_the_batch(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, false);
    static const struct fact good[] = {{"b", "a", "g"}, {"a", "", "g"}, {"c", "?", "g"}};
    static const struct fact other[] = {{"b", "a", "g"}, {"a", "", "h"}, {"c", "a", ""}};
    static const struct fact circle[] = {{"z", "b", ""}, {"a", "b", ""}, {"b", "a", ""}};
    static const struct fact self[] = {{"a", "a", "g"}};
    static const struct fact last_counts[] = {{"a", "b", "g"}, {"b", "a", "g"}, {"a", "", "g"}};
    expect(&world, good, 3, "");
    expect(&world, other, 3,
           "0: parent refers to a record with another group\n"
           "2: parent refers to a record with another group\n");
    expect(&world, circle, 3, "2: parent forms a cycle\n");
    expect(&world, self, 1, "0: parent forms a cycle\n");
    expect(&world, last_counts, 3, "");
    world.reference.unknown_forbidden = true;
    expect(&world, good, 3, "2: parent refers to a record that does not exist\n");
    world_close(&world);
}

static void test_parents_in_the_store(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, true);
    put(&world, &(struct fact){"s", "t", "g"});
    put(&world, &(struct fact){"t", "u", "g"});
    put(&world, &(struct fact){"o", "", "h"});
    static const struct fact good[] = {{"a", "s", "g"}, {"b", "a", "g"}};
    static const struct fact other[] = {{"a", "o", "g"}};
    static const struct fact closes[] = {{"a", "", "g"}, {"u", "s", "g"}};
    static const struct fact opens[] = {{"u", "s", "g"}, {"t", "", "g"}};
    expect(&world, good, 2, "");
    expect(&world, other, 1, "0: parent refers to a record with another group\n");
    expect(&world, closes, 2, "1: parent forms a cycle\n");
    expect(&world, opens, 2, ""); /* the batch replaces what is stored */
    world_close(&world);
}

static void test_a_circle_that_was_there_before_is_not_the_batches(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, true);
    put(&world, &(struct fact){"x", "y", "g"});
    put(&world, &(struct fact){"y", "x", "g"});
    static const struct fact leads_in[] = {{"a", "x", "g"}};
    expect(&world, leads_in, 1, "");
    world_close(&world);
}

static void test_keys_of_several_members(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, true);
    str_list_add(&world.key, &world.arena, str_from("group"));
    world.reference.unknown_forbidden = true;
    collection_upsert(world.collection, str_make("s\0g", 3),
                      str_from("{\"id\":\"s\",\"group\":\"g\"}"));
    static const struct fact facts[] = {{"a", "s", "g"}, {"b", "s", "h"}, {"a", "", "h"}};
    expect(&world, facts, 3, "1: parent refers to a record that does not exist\n");
    world_close(&world);
}

static void test_a_walk_that_is_too_long_is_not_decided(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, true);
    for (size_t i = 0; i <= REFERENCE_STORED_MAX; i++) {
        char *key = arena_printf(&world.arena, "%zu", i);
        char *text = arena_printf(&world.arena, "{\"id\":\"%zu\",\"parent\":\"%zu\"}", i, i + 1);
        collection_upsert(world.collection, str_from(key), str_from(text));
    }
    static const struct fact at_start[] = {{"a", "0", ""}};
    static const struct fact further_up[] = {{"a", "9", ""}};
    set_batch(&world, at_start, 1);
    assert_false(check(&world));
    set_batch(&world, further_up, 1);
    assert_true(check(&world));
    world_close(&world);
}

/* ---- against a slow search ---- */

enum { IDS = 8, BATCH_MAX = 10 };

static const struct fact *find_slowly(const struct fact *batch, size_t count,
                                      const struct fact *stored, const char *id)
{
    for (size_t i = count; i-- > 0;)
        if (strcmp(batch[i].id, id) == 0)
            return &batch[i];
    for (size_t i = 0; i < IDS; i++)
        if (strcmp(stored[i].id, id) == 0)
            return &stored[i];
    return NULL;
}

static bool in_circle(const struct fact *batch, size_t count, const struct fact *stored,
                      const struct fact *start)
{
    const struct fact *at = start;
    for (size_t steps = 0; steps < IDS + BATCH_MAX + 1; steps++) {
        at = *at->parent != '\0' ? find_slowly(batch, count, stored, at->parent) : NULL;
        if (at == NULL)
            return false;
        if (at == start)
            return true;
    }
    return false;
}

static struct fact random_fact(struct rng *rng, bool may_lack_id)
{
    struct fact fact = {.id = ""};
    if (!may_lack_id || rng_below(rng, 8) > 0)
        fact.id[0] = (char)('a' + (int)rng_below(rng, IDS));
    if (rng_below(rng, 4) > 0)
        fact.parent[0] = (char)('a' + (int)rng_below(rng, IDS + 1));
    if (rng_below(rng, 16) > 0)
        fact.group[0] = (char)('0' + (int)(rng_below(rng, 8) == 0));
    return fact;
}

/* The stored records must not have circles of their own. */
static void store_tree(struct world *world, struct rng *rng, struct fact *stored)
{
    for (size_t i = 0; i < IDS; i++) {
        stored[i] = (struct fact){.id = ""};
        if (rng_below(rng, 2) == 0)
            continue;
        stored[i] = random_fact(rng, false);
        stored[i].id[0] = (char)('a' + (int)i);
        if (stored[i].parent[0] != '\0' && stored[i].parent[0] <= stored[i].id[0])
            stored[i].parent[0] = '\0';
        put(world, &stored[i]);
    }
}

static void compare_with_slow_search(struct world *world, const struct fact *batch, size_t count,
                                     const struct fact *stored)
{
    bool any_circle = false;
    for (size_t i = 0; i < count; i++) {
        bool counts =
            *batch[i].id == '\0' || find_slowly(batch, count, stored, batch[i].id) == &batch[i];
        const struct fact *parent =
            *batch[i].parent != '\0' ? find_slowly(batch, count, stored, batch[i].parent) : NULL;
        bool is_other = counts && parent != NULL && strcmp(parent->group, batch[i].group) != 0;
        char *line =
            arena_printf(&world->arena, "%zu: parent refers to a record with another group\n", i);
        assert_int_equal(str_contains(buf_str(&world->told), str_from(line)), is_other);
        char *circle = arena_printf(&world->arena, "%zu: parent forms a cycle\n", i);
        bool reported = str_contains(buf_str(&world->told), str_from(circle));
        bool is_circle = counts && in_circle(batch, count, stored, &batch[i]);
        assert_true(is_circle || !reported);
        any_circle = any_circle || is_circle;
    }
    assert_int_equal(str_contains(buf_str(&world->told), str_from("cycle")), any_circle);
}

static void test_random_batches(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 4);
    size_t circles = 0;
    size_t others = 0;
    for (size_t round = 0; round < 3000; round++) {
        struct world world;
        struct fact stored[IDS];
        struct fact batch[BATCH_MAX];
        size_t count = 1 + (size_t)rng_below(&rng, BATCH_MAX);
        world_open(&world, true);
        store_tree(&world, &rng, stored);
        for (size_t i = 0; i < count; i++)
            batch[i] = random_fact(&rng, true);
        set_batch(&world, batch, count);
        assert_true(check(&world));
        compare_with_slow_search(&world, batch, count, stored);
        circles += str_contains(buf_str(&world.told), str_from("cycle"));
        others += str_contains(buf_str(&world.told), str_from("another"));
        world_close(&world);
    }
    assert_true(circles > 500 && circles < 2500);
    assert_true(others > 500 && others < 2900);
}

static void test_keys_are_made_as_the_store_knows_them(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, true);
    world.reference.unknown_forbidden = true;
    put(&world, &(struct fact){"\1", "", "g"});
    set_batch(&world, &(struct fact){"a", "\1", "g"}, 1);
    assert_true(check(&world));
    assert_int_equal(world.told.len, 0);
    set_batch(&world, &(struct fact){"a", "\2", "g"}, 1);
    assert_true(check(&world));
    assert_int_not_equal(world.told.len, 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parents_in_the_batch),
        cmocka_unit_test(test_parents_in_the_store),
        cmocka_unit_test(test_a_circle_that_was_there_before_is_not_the_batches),
        cmocka_unit_test(test_keys_of_several_members),
        cmocka_unit_test(test_keys_are_made_as_the_store_knows_them),
        cmocka_unit_test(test_a_walk_that_is_too_long_is_not_decided),
        cmocka_unit_test(test_random_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
