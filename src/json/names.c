#include "json/names.h"

#include "base/mem.h"

#include <stdlib.h>

enum {
    DIGIT_BITS = 8,
    DIGIT_VALUES = 1 << DIGIT_BITS,
    HASH_BITS = 32,
};

/* The hash stands beside the pointer so that the passes below need not follow it. */
struct named {
    uint32_t hash;
    struct json_node *member;
};

/* One stable pass of a radix sort by the digit of the hash that starts at bit `shift`. */
static void sort_by_digit(const struct named *from, struct named *into, size_t count,
                          unsigned shift)
{
    size_t start[DIGIT_VALUES + 1] = {0};
    for (size_t i = 0; i < count; i++)
        start[(from[i].hash >> shift & (DIGIT_VALUES - 1)) + 1]++;
    for (size_t digit = 1; digit < DIGIT_VALUES; digit++)
        start[digit] += start[digit - 1];
    for (size_t i = 0; i < count; i++)
        into[start[from[i].hash >> shift & (DIGIT_VALUES - 1)]++] = from[i];
}

static bool in_order(struct named a, struct named b)
{
    return str_compare(json_name(a.member), json_name(b.member)) <= 0;
}

/* Merges two sorted neighbours, the left one first where names are equal. */
static void merge(const struct named *left, size_t left_count, const struct named *right,
                  size_t right_count, struct named *into)
{
    while (left_count > 0 && right_count > 0) {
        bool take_left = in_order(*left, *right);
        *into++ = take_left ? *left++ : *right++;
        left_count -= take_left;
        right_count -= !take_left;
    }
    memcpy(into, left, left_count * sizeof *into);
    memcpy(into + left_count, right, right_count * sizeof *into);
}

/* Members of one hash, by name: a bottom-up merge sort. */
static void sort_by_text(struct named *run, size_t count, struct named *scratch)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t left = count - at < width ? count - at : width;
            size_t right = count - at - left < width ? count - at - left : width;
            merge(run + at, left, run + at + left, right, scratch + at);
        }
        memcpy(run, scratch, count * sizeof *run);
    }
}

static void sort(struct named *items, size_t count, struct named *scratch)
{
    for (unsigned shift = 0; shift < HASH_BITS; shift += 2 * DIGIT_BITS) {
        sort_by_digit(items, scratch, count, shift);
        sort_by_digit(scratch, items, count, shift + DIGIT_BITS);
    }
    size_t end;
    for (size_t at = 0; at < count; at = end) {
        for (end = at + 1; end < count && items[end].hash == items[at].hash;)
            end++;
        sort_by_text(items + at, end - at, scratch);
    }
}

void names_sort(const struct json_node *object, struct json_node **sorted)
{
    size_t count = object->size;
    struct named *items = mem_alloc((2 * count + 1) * sizeof *items);
    size_t filled = 0;
    for (struct json_node *member = json_first(object); member != NULL; member = json_next(member))
        items[filled++] = (struct named){member->name_hash, member};
    sort(items, count, items + count);
    for (size_t i = 0; i < count; i++)
        sorted[i] = items[i].member;
    free(items);
}
