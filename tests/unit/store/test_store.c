/* store: records, order, limits, snapshots; a model; many threads. */
#include "store/store.h"

#include "base/rng.h"
#include "base/siphash.h"

#include "support/unit.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static const struct store_limits no_limits;
static const struct record_query everything;

static struct str s(const char *text)
{
    return str_from(text);
}

static struct store *new_store(void)
{
    return store_new(&no_limits, NULL);
}

static void assert_str(struct str got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    assert_memory_equal(got.data, wanted, got.len);
}

static void assert_text(struct collection *collection, const char *key, const char *wanted)
{
    struct record *record = collection_get(collection, s(key));
    if (wanted == NULL) {
        assert_null(record);
        return;
    }
    assert_non_null(record);
    assert_str(record_text(record), wanted);
    record_release(record);
}

/* The keys of a listing, joined by blanks. */
static void assert_keys(struct collection *collection, struct record_query query,
                        const char *wanted)
{
    char joined[256] = "";
    struct record_list list = collection_list(collection, &query);
    for (size_t i = 0; i < list.count; i++) {
        struct str key = record_key(list.records[i]);
        assert_true(strlen(joined) + key.len + 2 < sizeof joined);
        if (i > 0)
            strcat(joined, " ");
        strncat(joined, key.data, key.len);
    }
    record_list_free(&list);
    assert_string_equal(joined, wanted);
}

/* --- one record -------------------------------------------------------------------- */

static void test_upsert_creates_then_replaces(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    assert_text(c, "a", NULL);
    assert_int_equal(collection_upsert(c, s("a"), s("{\"n\":1}")), STORE_CREATED);
    assert_int_equal(collection_upsert(c, s("a"), s("{\"n\":22}")), STORE_REPLACED);
    assert_text(c, "a", "{\"n\":22}");
    assert_int_equal(collection_count(c), 1);
    assert_int_equal(collection_bytes(c), 1 + strlen("{\"n\":22}"));
    store_free(store);
}

static void test_keys_are_bytes(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    collection_upsert(c, str_make("a\0b", 3), s("1"));
    collection_upsert(c, str_make("a\0c", 3), s("2"));
    collection_upsert(c, str_make("a", 1), s("3"));
    collection_upsert(c, str_make(NULL, 0), s("4"));
    collection_upsert(c, str_make("\xff\xfe", 2), str_make(NULL, 0));
    assert_int_equal(collection_count(c), 5);
    struct record *record = collection_get(c, str_make("a\0c", 3));
    assert_str(record_text(record), "2");
    assert_int_equal(record_key(record).len, 3);
    record_release(record);
    assert_text(c, "a", "3");
    assert_text(c, "", "4");
    assert_text(c, "\xff\xfe", "");
    store_free(store);
}

static void test_create_refuses_a_taken_key(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    assert_int_equal(collection_create(c, s("a"), s("1")), STORE_CREATED);
    assert_int_equal(collection_create(c, s("a"), s("2")), STORE_EXISTS);
    assert_text(c, "a", "1");
    assert_int_equal(collection_bytes(c), 2);
    store_free(store);
}

static void test_replace_wants_the_expected_record(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    assert_int_equal(collection_replace(c, s("a"), s("0"), NULL), STORE_ABSENT);
    collection_upsert(c, s("a"), s("1"));
    struct record *first = collection_get(c, s("a"));
    assert_int_equal(collection_replace(c, s("a"), s("2"), first), STORE_REPLACED);
    assert_int_equal(collection_replace(c, s("a"), s("3"), first), STORE_CHANGED);
    assert_text(c, "a", "2");
    assert_int_equal(collection_replace(c, s("a"), s("4"), NULL), STORE_REPLACED);
    assert_text(c, "a", "4");
    collection_remove(c, s("a"), NULL);
    assert_int_equal(collection_replace(c, s("a"), s("5"), first), STORE_ABSENT);
    record_release(first);
    store_free(store);
}

static void test_remove_hands_out_the_record(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    collection_upsert(c, s("a"), s("1"));
    struct record *removed;
    assert_true(collection_remove(c, s("a"), &removed));
    assert_str(record_text(removed), "1");
    record_release(removed);
    assert_false(collection_remove(c, s("a"), &removed));
    assert_null(removed);
    assert_false(collection_remove(c, s("a"), NULL));
    assert_int_equal(collection_count(c), 0);
    assert_int_equal(collection_bytes(c), 0);
    store_free(store);
}

static void test_a_retained_record_outlives_everything(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    collection_upsert(c, s("a"), s("first"));
    struct record *record = collection_get(c, s("a"));
    collection_upsert(c, s("a"), s("second"));
    store_free(store);
    assert_str(record_text(record), "first");
    record_release(record);
}

/* --- collections ------------------------------------------------------------------- */

static void test_collections_are_found_and_listed_in_order(void **state)
{
    (void)state;
    struct store *store = new_store();
    assert_null(store_first(store));
    assert_null(store_find(store, s("b")));
    struct collection *b = store_collection(store, s("b"));
    struct collection *a = store_collection(store, s("a"));
    assert_ptr_equal(store_collection(store, s("b")), b);
    assert_ptr_equal(store_find(store, s("a")), a);
    assert_null(store_find(store, s("ab")));
    assert_ptr_equal(store_first(store), b);
    assert_ptr_equal(collection_next(b), a);
    assert_null(collection_next(a));
    assert_str(collection_name(b), "b");
    store_free(store);
}

static void test_clear_empties_one_collection(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *a = store_collection(store, s("a"));
    struct collection *b = store_collection(store, s("b"));
    collection_upsert(a, s("x"), s("1"));
    collection_upsert(b, s("x"), s("2"));
    collection_clear(a);
    assert_int_equal(collection_count(a), 0);
    assert_int_equal(collection_bytes(a), 0);
    assert_text(a, "x", NULL);
    assert_text(b, "x", "2");
    collection_upsert(a, s("y"), s("3"));
    assert_keys(a, everything, "y");
    store_free(store);
}

/* --- order and pages --------------------------------------------------------------- */

static void test_order_is_that_of_insertion(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    const char *keys[] = {"m", "z", "a", "k", "b"};
    for (size_t i = 0; i < 5; i++)
        collection_upsert(c, s(keys[i]), s("1"));
    collection_upsert(c, s("z"), s("replaced"));
    assert_keys(c, everything, "m z a k b");
    collection_remove(c, s("a"), NULL);
    assert_keys(c, everything, "m z k b");
    collection_upsert(c, s("a"), s("again"));
    assert_keys(c, everything, "m z k b a");
    assert_keys(c, (struct record_query){.newest_first = true}, "a b k z m");
    store_free(store);
}

static uint64_t sequence_of(struct collection *collection, const char *key)
{
    struct record *record = collection_get(collection, s(key));
    uint64_t sequence = record->sequence;
    record_release(record);
    return sequence;
}

static void test_pages_start_behind_a_record(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    const char *keys[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; i < 5; i++)
        collection_upsert(c, s(keys[i]), s("1"));
    uint64_t b = sequence_of(c, "b");
    uint64_t d = sequence_of(c, "d");
    assert_keys(c, (struct record_query){.limit = 2}, "a b");
    assert_keys(c, (struct record_query){.after = b, .limit = 2}, "c d");
    assert_keys(c, (struct record_query){.after = d, .limit = 2}, "e");
    assert_keys(c, (struct record_query){.after = d + 1}, "");
    assert_keys(c, (struct record_query){.after = UINT64_MAX}, "");
    assert_keys(c, (struct record_query){.after = d, .newest_first = true}, "c b a");
    assert_keys(c, (struct record_query){.after = b, .limit = 9, .newest_first = true}, "a");
    assert_keys(c, (struct record_query){.after = 1, .newest_first = true}, "");
    collection_remove(c, s("b"), NULL);
    assert_keys(c, (struct record_query){.after = b, .limit = 1}, "c");
    store_free(store);
}

static void test_a_page_tells_the_total_and_whether_there_is_more(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    struct record_list list = collection_list(c, &everything);
    assert_int_equal(list.count, 0);
    assert_int_equal(list.total, 0);
    assert_false(list.more);
    record_list_free(&list);
    for (int i = 0; i < 3; i++)
        collection_upsert(c, str_make(&"abc"[i], 1), s("1"));
    list = collection_list(c, &(struct record_query){.limit = 2});
    assert_int_equal(list.total, 3);
    assert_true(list.more);
    uint64_t last = list.records[1]->sequence;
    record_list_free(&list);
    list = collection_list(c, &(struct record_query){.limit = 2, .after = last});
    assert_int_equal(list.count, 1);
    assert_int_equal(list.total, 3);
    assert_false(list.more);
    record_list_free(&list);
    list = collection_list(c, &(struct record_query){.limit = 3});
    assert_false(list.more);
    record_list_free(&list);
    store_free(store);
}

/* --- batches ------------------------------------------------------------------------ */

static enum store_outcome put_all(struct collection *c, const char *keys, const char *text,
                                  bool create)
{
    struct store_item items[16];
    size_t count = 0;
    for (; keys[count] != '\0'; count++)
        items[count] = (struct store_item){.key = str_make(keys + count, 1), .text = s(text)};
    return collection_put_all(c, items, count, create);
}

static void test_a_batch_is_put_in_its_order(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    assert_int_equal(put_all(c, "", "1", false), STORE_CREATED);
    assert_int_equal(put_all(c, "m", "1", false), STORE_CREATED);
    assert_int_equal(put_all(c, "xamb", "22", false), STORE_CREATED);
    assert_int_equal(put_all(c, "m", "333", false), STORE_CREATED);
    assert_keys(c, everything, "m x a b");
    assert_text(c, "m", "333");
    assert_text(c, "b", "22");
    assert_int_equal(collection_count(c), 4);
    assert_int_equal(collection_bytes(c), 4 + 3 + 3 * 2);
    store_free(store);
}

static void test_a_batch_creates_all_or_nothing(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    assert_int_equal(put_all(c, "abc", "1", true), STORE_CREATED);
    assert_int_equal(put_all(c, "xyzc", "2", true), STORE_EXISTS);
    assert_int_equal(put_all(c, "c", "2", true), STORE_EXISTS);
    assert_keys(c, everything, "a b c");
    assert_text(c, "c", "1");
    assert_int_equal(collection_bytes(c), 6);
    store_free(store);
}

static void test_a_batch_finds_room_or_leaves_all_as_it_is(void **state)
{
    (void)state;
    struct store *store = store_new(&(struct store_limits){3, 12}, NULL);
    struct collection *c = store_collection(store, s("things"));
    assert_int_equal(put_all(c, "ab", "1", false), STORE_CREATED);
    assert_int_equal(put_all(c, "bcd", "2", false), STORE_FULL);
    assert_int_equal(put_all(c, "ab", "123456", false), STORE_FULL);
    assert_keys(c, everything, "a b");
    assert_text(c, "b", "1");
    assert_int_equal(collection_count(c), 2);
    assert_int_equal(collection_bytes(c), 4);
    assert_int_equal(put_all(c, "abc", "123", false), STORE_CREATED);
    assert_int_equal(collection_bytes(c), 12);
    store_free(store);
}

/* --- limits ------------------------------------------------------------------------ */

static void test_limit_of_records(void **state)
{
    (void)state;
    struct store *store = store_new(&(struct store_limits){.max_records = 2}, NULL);
    struct collection *c = store_collection(store, s("things"));
    assert_int_equal(collection_upsert(c, s("a"), s("1")), STORE_CREATED);
    assert_int_equal(collection_upsert(c, s("b"), s("1")), STORE_CREATED);
    assert_int_equal(collection_upsert(c, s("c"), s("1")), STORE_FULL);
    assert_int_equal(collection_create(c, s("c"), s("1")), STORE_FULL);
    assert_int_equal(collection_upsert(c, s("a"), s("22")), STORE_REPLACED);
    assert_int_equal(collection_count(c), 2);
    assert_int_equal(collection_bytes(c), 5);
    collection_remove(c, s("b"), NULL);
    assert_int_equal(collection_upsert(c, s("c"), s("1")), STORE_CREATED);
    store_free(store);
}

static void test_limit_of_bytes(void **state)
{
    (void)state;
    struct store *store = store_new(&(struct store_limits){.max_bytes = 10}, NULL);
    struct collection *c = store_collection(store, s("things"));
    assert_int_equal(collection_upsert(c, s("a"), s("123456789")), STORE_CREATED);
    assert_int_equal(collection_upsert(c, s("b"), s("")), STORE_FULL);
    assert_int_equal(collection_upsert(c, s("a"), s("1234567890")), STORE_FULL);
    assert_text(c, "a", "123456789");
    assert_int_equal(collection_upsert(c, s("a"), s("abcdefghi")), STORE_REPLACED);
    assert_int_equal(collection_upsert(c, s("a"), s("1")), STORE_REPLACED);
    assert_int_equal(collection_upsert(c, s("b"), s("1234567")), STORE_CREATED);
    assert_int_equal(collection_bytes(c), 10);
    store_free(store);
}

static void test_a_base_beyond_the_limits_can_still_shrink(void **state)
{
    (void)state;
    struct store *seed = new_store();
    struct collection *c = store_collection(seed, s("things"));
    collection_upsert(c, s("a"), s("12345"));
    collection_upsert(c, s("b"), s("12345"));
    struct snapshot *base = store_snapshot(seed);
    store_free(seed);
    struct store *store = store_new(&(struct store_limits){1, 4}, base);
    c = store_collection(store, s("things"));
    assert_int_equal(collection_upsert(c, s("a"), s("123456")), STORE_FULL);
    assert_int_equal(collection_upsert(c, s("a"), s("1")), STORE_REPLACED);
    assert_int_equal(collection_upsert(c, s("c"), s("")), STORE_FULL);
    assert_true(collection_remove(c, s("b"), NULL));
    store_free(store);
    snapshot_release(base);
}

/* --- snapshots and bases ----------------------------------------------------------- */

/* "things" with a, b, c. */
static struct snapshot *seeded_base(void)
{
    struct store *seed = new_store();
    struct collection *c = store_collection(seed, s("things"));
    for (int i = 0; i < 3; i++)
        collection_upsert(c, str_make(&"abc"[i], 1), s("seed"));
    struct snapshot *base = store_snapshot(seed);
    store_free(seed);
    return base;
}

static void test_stores_of_one_base_do_not_see_each_other(void **state)
{
    (void)state;
    struct snapshot *base = seeded_base();
    struct store *one = store_new(&no_limits, base);
    struct store *two = store_new(&no_limits, base);
    struct collection *c1 = store_find(one, s("things"));
    struct collection *c2 = store_find(two, s("things"));
    assert_int_equal(collection_count(c1), 3);
    collection_upsert(c1, s("a"), s("one"));
    collection_upsert(c1, s("d"), s("one"));
    collection_remove(c2, s("b"), NULL);
    store_collection(two, s("others"));
    assert_keys(c1, everything, "a b c d");
    assert_keys(c2, everything, "a c");
    assert_text(c1, "a", "one");
    assert_text(c2, "a", "seed");
    assert_null(store_find(one, s("others")));
    struct record *shared_1 = collection_get(c1, s("c"));
    struct record *shared_2 = collection_get(c2, s("c"));
    assert_ptr_equal(shared_1, shared_2);
    record_release(shared_1);
    record_release(shared_2);
    store_free(one);
    store_free(two);
    assert_int_equal(snapshot_count(base), 3);
    snapshot_release(base);
}

static void test_reset_goes_back_to_the_base(void **state)
{
    (void)state;
    struct snapshot *base = seeded_base();
    struct store *store = store_new(&no_limits, base);
    store_reset(store);
    struct collection *things = store_collection(store, s("things"));
    struct collection *others = store_collection(store, s("others"));
    uint64_t next = sequence_of(things, "c") + 1;
    collection_upsert(things, s("d"), s("new"));
    collection_upsert(others, s("x"), s("new"));
    collection_remove(things, s("a"), NULL);
    store_reset(store);
    assert_keys(things, everything, "a b c");
    assert_int_equal(collection_bytes(things), 15);
    assert_int_equal(collection_count(others), 0);
    assert_ptr_equal(store_find(store, s("things")), things);
    collection_upsert(things, s("e"), s("after"));
    assert_true(sequence_of(things, "e") == next);
    store_free(store);
    snapshot_release(base);
}

static void test_another_base_is_for_the_next_reset(void **state)
{
    (void)state;
    struct snapshot *base = seeded_base();
    struct store *store = store_new(&no_limits, base);
    struct store *unused = store_new(&no_limits, base);
    struct store *maker = store_new(&no_limits, base);
    struct store *stranger = new_store();
    struct collection *things = store_collection(store, s("things"));
    collection_upsert(things, s("d"), s("new"));
    collection_clear(store_collection(maker, s("things")));
    collection_upsert(store_collection(maker, s("things")), s("z"), s("newest"));
    struct snapshot *other = store_snapshot(maker);
    struct snapshot *strange = store_snapshot(stranger);
    assert_false(store_set_base(store, strange));
    assert_true(store_set_base(store, other));
    assert_true(store_set_base(unused, other));
    snapshot_release(base);
    snapshot_release(other);
    snapshot_release(strange);
    assert_keys(things, everything, "a b c d");
    assert_keys(store_collection(unused, s("things")), everything, "z");
    store_reset(store);
    assert_keys(things, everything, "z");
    store_free(store);
    store_free(unused);
    store_free(maker);
    store_free(stranger);
}

static void test_reset_without_a_base_empties(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    collection_upsert(c, s("a"), s("1"));
    store_reset(store);
    assert_int_equal(collection_count(c), 0);
    assert_keys(c, everything, "");
    store_free(store);
}

static void test_snapshots_bring_back_their_moment(void **state)
{
    (void)state;
    struct snapshot *base = seeded_base();
    struct store *store = store_new(&no_limits, base);
    struct collection *things = store_collection(store, s("things"));
    collection_upsert(things, s("d"), s("1"));
    struct snapshot *early = store_snapshot(store);
    collection_upsert(things, s("d"), s("2"));
    collection_remove(things, s("a"), NULL);
    collection_upsert(store_collection(store, s("others")), s("x"), s("1"));
    struct snapshot *late = store_snapshot(store);
    assert_int_equal(snapshot_count(early), 4);
    assert_int_equal(snapshot_count(late), 4);

    assert_true(store_restore(store, early));
    assert_keys(things, everything, "a b c d");
    assert_text(things, "d", "1");
    assert_int_equal(collection_count(store_find(store, s("others"))), 0);

    collection_clear(things);
    assert_true(store_restore(store, late));
    assert_keys(things, everything, "b c d");
    assert_text(things, "d", "2");
    assert_text(store_find(store, s("others")), "x", "1");

    struct store *other = store_new(&no_limits, base);
    assert_true(store_restore(other, late));
    assert_keys(store_find(other, s("things")), everything, "b c d");
    assert_text(store_find(other, s("others")), "x", "1");
    store_reset(other);
    assert_keys(store_find(other, s("things")), everything, "a b c");

    store_free(other);
    store_free(store);
    snapshot_release(early);
    snapshot_release(late);
    snapshot_release(base);
}

static void test_a_strange_snapshot_is_refused(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    collection_upsert(c, s("mine"), s("1"));
    struct snapshot *strange = seeded_base();
    assert_false(store_restore(store, strange));
    assert_keys(c, everything, "mine");
    snapshot_release(strange);
    store_free(store);
}

/* --- memory ------------------------------------------------------------------------ */

/* Bytes in use on the heap; 0 where a sanitizer's allocator does not tell. */
static size_t heap_bytes(void)
{
    return mallinfo2().uordblks;
}

static void test_an_unused_store_costs_less_than_1_kb(void **state)
{
    (void)state;
    enum { STORES = 100 };
    struct snapshot *base = seeded_base();
    struct store *stores[STORES];
    size_t before = heap_bytes();
    for (size_t i = 0; i < STORES; i++)
        stores[i] = store_new(&no_limits, base);
    size_t each = (heap_bytes() - before) / STORES;
    for (size_t i = 0; i < STORES; i++)
        store_free(stores[i]);
    snapshot_release(base);
    if (before == 0)
        skip();
    assert_in_range(each, 1, 1023);
}

static void upsert_numbered(struct collection *collection, size_t from, size_t count)
{
    char key[32];
    char text[64];
    for (size_t i = from; i < from + count; i++) {
        snprintf(key, sizeof key, "key-%06zu", i);
        snprintf(text, sizeof text, "{\"id\":\"key-%06zu\",\"name\":\"thing\"}", i);
        collection_upsert(collection, s(key), s(text));
    }
}

static void test_memory_stays_flat(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    upsert_numbered(c, 0, 1000);
    size_t before = heap_bytes();
    for (int round = 0; round < 20; round++)
        upsert_numbered(c, 0, 1000);
    size_t same_keys = heap_bytes();
    for (size_t round = 1; round < 20; round++) {
        upsert_numbered(c, round * 1000, 1000);
        struct record_list old = collection_list(c, &(struct record_query){.limit = 1000});
        for (size_t i = 0; i < old.count; i++)
            collection_remove(c, record_key(old.records[i]), NULL);
        record_list_free(&old);
    }
    size_t new_keys = heap_bytes();
    size_t count = collection_count(c);
    store_free(store);
    assert_int_equal(count, 1000);
    if (before == 0)
        skip();
    assert_in_range(same_keys, before - 1024, before + 1024);
    assert_in_range(new_keys, before - 100000, before + 100000);
}

static void test_removing_gives_memory_back(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    size_t before = heap_bytes();
    upsert_numbered(c, 0, 20000);
    size_t full = heap_bytes();
    char key[32];
    for (size_t i = 0; i < 19990; i++) {
        snprintf(key, sizeof key, "key-%06zu", i);
        collection_remove(c, s(key), NULL);
    }
    size_t left = heap_bytes() - before;
    assert_keys(c, (struct record_query){.limit = 2}, "key-019990 key-019991");
    store_free(store);
    if (before == 0)
        skip();
    assert_in_range(left, 1, (full - before) / 50);
}

/* --- against a model --------------------------------------------------------------- */

/* The slow, plain store that the real one must agree with. */
enum { MODEL_KEYS = 40, MODEL_MOST = 400 };

struct model {
    int keys[MODEL_MOST]; /* in order of insertion */
    unsigned texts[MODEL_KEYS];
    int count;
};

static int model_find(const struct model *model, int key)
{
    for (int i = 0; i < model->count; i++)
        if (model->keys[i] == key)
            return i;
    return -1;
}

static void model_remove(struct model *model, int at)
{
    model->count--;
    memmove(model->keys + at, model->keys + at + 1, (size_t)(model->count - at) * sizeof(int));
}

static void assert_like_model(struct collection *collection, const struct model *model)
{
    struct record_list list = collection_list(collection, &everything);
    assert_int_equal(list.count, model->count);
    assert_int_equal(collection_count(collection), model->count);
    size_t bytes = 0;
    for (size_t i = 0; i < list.count; i++) {
        char text[32];
        snprintf(text, sizeof text, "%d", model->keys[i]);
        assert_str(record_key(list.records[i]), text);
        snprintf(text, sizeof text, "%u", model->texts[model->keys[i]]);
        assert_str(record_text(list.records[i]), text);
        bytes += record_size(list.records[i]);
    }
    assert_int_equal(collection_bytes(collection), bytes);
    record_list_free(&list);
}

struct world {
    struct store *store;
    struct collection *collection;
    struct model model;
    struct snapshot *snapshot;
    struct model snapshot_model;
};

static void random_step(struct world *world, struct rng *rng)
{
    int key = (int)rng_below(rng, MODEL_KEYS);
    unsigned value = (unsigned)rng_below(rng, 1000000);
    char key_text[16], value_text[16];
    snprintf(key_text, sizeof key_text, "%d", key);
    snprintf(value_text, sizeof value_text, "%u", value);
    struct model *model = &world->model;
    int at = model_find(model, key);
    uint64_t act = rng_below(rng, 100);
    if (act < 50) {
        enum store_outcome outcome =
            collection_upsert(world->collection, s(key_text), s(value_text));
        assert_int_equal(outcome, at < 0 ? STORE_CREATED : STORE_REPLACED);
        if (at < 0)
            model->keys[model->count++] = key;
        model->texts[key] = value;
    } else if (act < 60) {
        enum store_outcome outcome =
            collection_create(world->collection, s(key_text), s(value_text));
        assert_int_equal(outcome, at < 0 ? STORE_CREATED : STORE_EXISTS);
        if (at < 0) {
            model->keys[model->count++] = key;
            model->texts[key] = value;
        }
    } else if (act < 95) {
        assert_int_equal(collection_remove(world->collection, s(key_text), NULL), at >= 0);
        if (at >= 0)
            model_remove(model, at);
    } else if (act < 97) {
        snapshot_release(world->snapshot);
        world->snapshot = store_snapshot(world->store);
        world->snapshot_model = *model;
    } else if (act < 99 && world->snapshot != NULL) {
        assert_true(store_restore(world->store, world->snapshot));
        *model = world->snapshot_model;
    } else {
        store_reset(world->store);
        model->count = 0;
    }
}

static void test_random_steps_agree_with_a_model(void **state)
{
    (void)state;
    struct world world = {.store = new_store()};
    world.collection = store_collection(world.store, s("things"));
    struct rng rng;
    rng_seed(&rng, 42);
    for (int i = 0; i < 20000; i++) {
        random_step(&world, &rng);
        if (i % 16 == 0)
            assert_like_model(world.collection, &world.model);
    }
    snapshot_release(world.snapshot);
    store_free(world.store);
}

static void test_pages_of_any_size_make_the_whole(void **state)
{
    (void)state;
    struct store *store = new_store();
    struct collection *c = store_collection(store, s("things"));
    upsert_numbered(c, 0, 500);
    for (size_t i = 0; i < 500; i += 3) {
        char key[32];
        snprintf(key, sizeof key, "key-%06zu", i);
        collection_remove(c, s(key), NULL);
    }
    for (int newest_first = 0; newest_first < 2; newest_first++) {
        struct record_query query = {.newest_first = newest_first};
        struct record_list whole = collection_list(c, &query);
        assert_int_equal(whole.count, 333);
        for (query.limit = 1; query.limit < 40; query.limit += 6) {
            size_t seen = 0;
            query.after = 0;
            bool more = true;
            while (more) {
                struct record_list page = collection_list(c, &query);
                for (size_t i = 0; i < page.count; i++)
                    assert_ptr_equal(page.records[i], whole.records[seen++]);
                query.after = page.records[page.count - 1]->sequence;
                more = page.more;
                record_list_free(&page);
            }
            assert_int_equal(seen, whole.count);
        }
        record_list_free(&whole);
    }
    store_free(store);
}

/* --- threads (cmocka's asserts are for the main thread: the others only count) ----- */

enum { THREADS = 8 };

static void run_threads(void *(*run)(void *), void *context)
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, context), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

struct race {
    struct store *store;
    struct snapshot *base;
    atomic_uint ticket;
    atomic_uint wins;
    atomic_uint faults;
};

static void look_at_list(struct race *race, struct collection *collection)
{
    struct record_list list = collection_list(collection, &(struct record_query){.limit = 20});
    for (size_t i = 0; i < list.count; i++) {
        bool ordered = i == 0 || list.records[i - 1]->sequence < list.records[i]->sequence;
        if (!ordered || record_text(list.records[i]).len == 0)
            race->faults++;
    }
    record_list_free(&list);
}

static void use_a_world_of_its_own(struct race *race)
{
    struct store *world = store_new(&no_limits, race->base);
    struct collection *c = store_collection(world, s("things"));
    if (collection_count(c) != 3 || collection_upsert(c, s("b"), s("x")) != STORE_REPLACED)
        race->faults++;
    store_reset(world);
    struct record *b = collection_get(c, s("b"));
    if (b == NULL || !str_is(record_text(b), "seed"))
        race->faults++;
    record_release(b);
    store_free(world);
}

static void *do_everything(void *context)
{
    struct race *race = context;
    struct rng rng;
    rng_seed(&rng, atomic_fetch_add(&race->ticket, 1));
    for (int i = 0; i < 3000; i++) {
        char name[16], key[16], text[32];
        snprintf(name, sizeof name, "c%u", (unsigned)rng_below(&rng, 4));
        snprintf(key, sizeof key, "%u", (unsigned)rng_below(&rng, 100));
        snprintf(text, sizeof text, "%s/%s", name, key);
        struct collection *c = store_collection(race->store, s(name));
        uint64_t act = rng_below(&rng, 1000);
        if (act < 500) {
            collection_upsert(c, s(key), s(text));
        } else if (act < 800) {
            struct record *record = collection_get(c, s(key));
            if (record != NULL && !str_is(record_text(record), text))
                race->faults++;
            record_release(record);
        } else if (act < 900) {
            collection_remove(c, s(key), NULL);
        } else if (act < 950) {
            look_at_list(race, c);
        } else if (act < 970) {
            struct snapshot *snapshot = store_snapshot(race->store);
            if (act < 960)
                store_restore(race->store, snapshot);
            snapshot_release(snapshot);
        } else if (act < 980) {
            store_reset(race->store);
        } else if (act < 985) {
            collection_clear(c);
        } else {
            use_a_world_of_its_own(race);
        }
    }
    return NULL;
}

static void test_threads_do_everything_at_once(void **state)
{
    (void)state;
    struct race race = {.base = seeded_base()};
    race.store = store_new(&no_limits, race.base);
    run_threads(do_everything, &race);
    assert_int_equal(race.faults, 0);
    for (struct collection *c = store_first(race.store); c != NULL; c = collection_next(c)) {
        struct record_list list = collection_list(c, &everything);
        size_t bytes = 0;
        for (size_t i = 0; i < list.count; i++)
            bytes += record_size(list.records[i]);
        assert_int_equal(collection_count(c), list.count);
        assert_int_equal(collection_bytes(c), bytes);
        record_list_free(&list);
    }
    store_free(race.store);
    snapshot_release(race.base);
}

static void *create_the_same(void *context)
{
    struct race *race = context;
    for (unsigned i = 0; i < 500; i++) {
        char key[16];
        snprintf(key, sizeof key, "%u", i);
        struct collection *c = store_collection(race->store, s("things"));
        race->wins += collection_create(c, s(key), s("1")) == STORE_CREATED;
    }
    return NULL;
}

static void test_one_creator_wins(void **state)
{
    (void)state;
    struct race race = {.store = new_store()};
    run_threads(create_the_same, &race);
    assert_int_equal(race.wins, 500);
    assert_null(collection_next(store_first(race.store)));
    store_free(race.store);
}

static void *count_up(void *context)
{
    struct race *race = context;
    struct collection *c = store_collection(race->store, s("things"));
    for (int done = 0; done < 200;) {
        struct record *record = collection_get(c, s("counter"));
        char digits[16] = "";
        strncat(digits, record_text(record).data, record_text(record).len);
        char text[16];
        snprintf(text, sizeof text, "%d", atoi(digits) + 1);
        done += collection_replace(c, s("counter"), s(text), record) == STORE_REPLACED;
        record_release(record);
    }
    return NULL;
}

static void test_expected_replacements_lose_nothing(void **state)
{
    (void)state;
    struct race race = {.store = new_store()};
    struct collection *c = store_collection(race.store, s("things"));
    collection_upsert(c, s("counter"), s("0"));
    run_threads(count_up, &race);
    assert_text(c, "counter", "1600");
    store_free(race.store);
}

static void *fill_up(void *context)
{
    struct race *race = context;
    struct collection *c = store_collection(race->store, s("things"));
    for (unsigned i = 0; i < 500; i++) {
        char key[16];
        snprintf(key, sizeof key, "%u", atomic_fetch_add(&race->ticket, 1));
        race->wins += collection_upsert(c, s(key), s("1")) == STORE_CREATED;
    }
    return NULL;
}

static void test_limits_hold_among_threads(void **state)
{
    (void)state;
    struct race race = {.store = store_new(&(struct store_limits){.max_records = 1000}, NULL)};
    run_threads(fill_up, &race);
    assert_int_equal(race.wins, 1000);
    assert_int_equal(collection_count(store_first(race.store)), 1000);
    store_free(race.store);
}

/* One thread writes the same number under two keys, first "a", then "b". */
static void *write_pairs(void *context)
{
    struct race *race = context;
    struct collection *c = store_collection(race->store, s("things"));
    for (unsigned i = 1000; i < 4000; i++) {
        char text[16];
        snprintf(text, sizeof text, "%u", i);
        collection_upsert(c, s("a"), s(text));
        collection_upsert(c, s("b"), s(text));
    }
    atomic_fetch_add(&race->wins, 1);
    return NULL;
}

static int number_of(const struct record *record)
{
    char digits[16] = "";
    strncat(digits, record_text(record).data, record_text(record).len);
    return atoi(digits);
}

static void test_a_listing_is_of_one_moment(void **state)
{
    (void)state;
    struct race race = {.store = new_store()};
    struct collection *c = store_collection(race.store, s("things"));
    collection_upsert(c, s("a"), s("0999"));
    collection_upsert(c, s("b"), s("0999"));
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, write_pairs, &race), 0);
    while (race.wins == 0) {
        struct record_list list = collection_list(c, &everything);
        int lead = number_of(list.records[0]) - number_of(list.records[1]);
        record_list_free(&list);
        if (lead != 0 && lead != 1)
            race.faults++;
    }
    pthread_join(writer, NULL);
    assert_int_equal(race.faults, 0);
    store_free(race.store);
}

enum { BATCH = 32 };

/* Batches of the same keys, each all of one number. */
static void *write_batches(void *context)
{
    struct race *race = context;
    struct collection *c = store_collection(race->store, s("things"));
    char keys[BATCH][4];
    struct store_item items[BATCH];
    for (unsigned round = 0; round < 1000; round++) {
        char text[16];
        snprintf(text, sizeof text, "%u", atomic_fetch_add(&race->ticket, 1));
        for (unsigned i = 0; i < BATCH; i++) {
            /* forwards and backwards, so that wrong locking would come to a standstill */
            snprintf(keys[i], sizeof keys[i], "%u", round % 2 == 0 ? i : BATCH - 1 - i);
            items[i] = (struct store_item){.key = s(keys[i]), .text = s(text)};
        }
        collection_put_all(c, items, BATCH, false);
    }
    atomic_fetch_add(&race->wins, 1);
    return NULL;
}

static void test_nobody_sees_a_part_of_a_batch(void **state)
{
    (void)state;
    struct race race = {.store = new_store()};
    struct collection *c = store_collection(race.store, s("things"));
    pthread_t writers[2];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&writers[i], NULL, write_batches, &race), 0);
    for (unsigned round = 0; race.wins < 2; round++) {
        struct snapshot *snapshot = store_snapshot(race.store);
        race.faults += snapshot_count(snapshot) % BATCH != 0;
        snapshot_release(snapshot);
        struct record_list list = collection_list(c, &everything);
        race.faults += list.count % BATCH != 0;
        for (size_t i = 1; i < list.count; i++)
            race.faults += number_of(list.records[i]) != number_of(list.records[0]);
        record_list_free(&list);
        if (round % 4 == 0)
            store_reset(race.store);
    }
    for (size_t i = 0; i < 2; i++)
        pthread_join(writers[i], NULL);
    assert_int_equal(race.faults, 0);
    assert_int_equal(collection_count(c) % BATCH, 0);
    store_free(race.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upsert_creates_then_replaces),
        cmocka_unit_test(test_keys_are_bytes),
        cmocka_unit_test(test_create_refuses_a_taken_key),
        cmocka_unit_test(test_replace_wants_the_expected_record),
        cmocka_unit_test(test_remove_hands_out_the_record),
        cmocka_unit_test(test_a_retained_record_outlives_everything),
        cmocka_unit_test(test_collections_are_found_and_listed_in_order),
        cmocka_unit_test(test_clear_empties_one_collection),
        cmocka_unit_test(test_order_is_that_of_insertion),
        cmocka_unit_test(test_pages_start_behind_a_record),
        cmocka_unit_test(test_a_page_tells_the_total_and_whether_there_is_more),
        cmocka_unit_test(test_a_batch_is_put_in_its_order),
        cmocka_unit_test(test_a_batch_creates_all_or_nothing),
        cmocka_unit_test(test_a_batch_finds_room_or_leaves_all_as_it_is),
        cmocka_unit_test(test_limit_of_records),
        cmocka_unit_test(test_limit_of_bytes),
        cmocka_unit_test(test_a_base_beyond_the_limits_can_still_shrink),
        cmocka_unit_test(test_stores_of_one_base_do_not_see_each_other),
        cmocka_unit_test(test_reset_goes_back_to_the_base),
        cmocka_unit_test(test_another_base_is_for_the_next_reset),
        cmocka_unit_test(test_reset_without_a_base_empties),
        cmocka_unit_test(test_snapshots_bring_back_their_moment),
        cmocka_unit_test(test_a_strange_snapshot_is_refused),
        cmocka_unit_test(test_an_unused_store_costs_less_than_1_kb),
        cmocka_unit_test(test_memory_stays_flat),
        cmocka_unit_test(test_removing_gives_memory_back),
        cmocka_unit_test(test_random_steps_agree_with_a_model),
        cmocka_unit_test(test_pages_of_any_size_make_the_whole),
        cmocka_unit_test(test_threads_do_everything_at_once),
        cmocka_unit_test(test_one_creator_wins),
        cmocka_unit_test(test_expected_replacements_lose_nothing),
        cmocka_unit_test(test_limits_hold_among_threads),
        cmocka_unit_test(test_a_listing_is_of_one_moment),
        cmocka_unit_test(test_nobody_sees_a_part_of_a_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
