/* shard: keys whose hashes collide, holes, rebuilding, copy on write. */
#include "store/shard.h"

#include "support/unit.h"

#include <stdio.h>

static struct shard *insert(struct shard *shard, const char *key, uint64_t hash, uint64_t sequence)
{
    struct record *record = record_new(str_from(key), str_from(key), hash);
    record->sequence = sequence;
    return shard_insert(shard_own(shard), record);
}

static struct shard *remove_key(struct shard *shard, const char *key, uint64_t hash)
{
    struct record *removed;
    shard = shard_own(shard);
    shard = shard_remove(shard, shard_find(shard, str_from(key), hash), &removed);
    assert_true(str_is(record_key(removed), key));
    record_release(removed);
    return shard;
}

static void assert_found(const struct shard *shard, const char *key, uint64_t hash, bool wanted)
{
    uint32_t index = shard_find(shard, str_from(key), hash);
    assert_int_equal(index != SHARD_NONE, wanted);
    assert_int_equal(shard_at(shard, index) != NULL, wanted);
    if (wanted)
        assert_true(str_is(record_key(shard_at(shard, index)), key));
}

static void test_the_empty_shard(void **state)
{
    (void)state;
    assert_found(NULL, "a", 1, false);
    assert_int_equal(shard_after(NULL, 5), 0);
    assert_null(shard_own(NULL));
    assert_null(shard_retain(NULL));
    shard_release(NULL);
}

static void test_colliding_keys_stay_apart(void **state)
{
    (void)state;
    struct shard *shard = NULL;
    char key[16];
    for (unsigned i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "k%u", i);
        shard = insert(shard, key, 0xffffffff, i + 1);
    }
    for (unsigned i = 0; i < 100; i += 2) {
        snprintf(key, sizeof key, "k%u", i);
        shard = remove_key(shard, key, 0xffffffff);
    }
    for (unsigned i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "k%u", i);
        assert_found(shard, key, 0xffffffff, i % 2 == 1);
    }
    assert_found(shard, "k1", 0, false);
    assert_int_equal(shard->live, 50);
    shard_release(shard);
}

static void test_a_removed_key_comes_back_at_the_end(void **state)
{
    (void)state;
    struct shard *shard = insert(NULL, "a", 7, 1);
    shard = insert(shard, "b", 7, 2);
    shard = remove_key(shard, "a", 7);
    assert_found(shard, "b", 7, true);
    shard = insert(shard, "a", 7, 3);
    assert_found(shard, "a", 7, true);
    assert_int_equal(shard_at(shard, shard_find(shard, str_from("a"), 7))->sequence, 3);
    assert_int_equal(shard_after(shard, 0), 0);
    assert_int_equal(shard_after(shard, 1), 1);
    assert_int_equal(shard_after(shard, 2), 2);
    assert_int_equal(shard_after(shard, 3), shard->used);
    shard_release(shard);
}

static void test_holes_are_cleaned_up(void **state)
{
    (void)state;
    struct shard *shard = NULL;
    char key[16];
    for (unsigned i = 0; i < 10000; i++) {
        snprintf(key, sizeof key, "k%u", i);
        shard = insert(shard, key, i * 2654435761u, i + 1);
        if (i >= 10) {
            snprintf(key, sizeof key, "k%u", i - 10);
            shard = remove_key(shard, key, (i - 10) * 2654435761u);
        }
        assert_true(shard->capacity <= 64);
    }
    assert_int_equal(shard->live, 10);
    shard_release(shard);
}

static void test_only_the_sole_owner_writes_in_place(void **state)
{
    (void)state;
    struct shard *shard = insert(NULL, "a", 1, 1);
    assert_ptr_equal(shard_own(shard), shard);
    struct shard *other = shard_retain(shard);
    struct shard *copy = insert(shard, "b", 2, 2);
    assert_ptr_not_equal(copy, other);
    assert_found(other, "b", 2, false);
    assert_found(copy, "a", 1, true);
    assert_found(copy, "b", 2, true);
    assert_ptr_equal(shard_at(copy, 0), shard_at(other, 0));
    assert_int_equal(shard_at(other, 0)->references, 2);
    shard_release(copy);
    assert_int_equal(shard_at(other, 0)->references, 1);
    assert_ptr_equal(shard_own(other), other);
    shard_release(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_empty_shard),
        cmocka_unit_test(test_colliding_keys_stay_apart),
        cmocka_unit_test(test_a_removed_key_comes_back_at_the_end),
        cmocka_unit_test(test_holes_are_cleaned_up),
        cmocka_unit_test(test_only_the_sole_owner_writes_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
