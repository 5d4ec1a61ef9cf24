#include "json/yaml_merge.h"

#include "base/mem.h"
#include "json/names.h"
#include "json/worklist.h"

#include <stdlib.h>

bool merge_accepts(const struct json_node *value)
{
    if (value->type == JSON_OBJECT)
        return true;
    for (const struct json_node *item = json_first(value); item != NULL; item = json_next(item))
        if (item->type != JSON_OBJECT)
            return false;
    return value->type == JSON_ARRAY;
}

uint32_t merge_cost(const struct json_node *from)
{
    struct worklist open;
    worklist_init(&open);
    worklist_push(&open, (struct work){.node = from});
    uint32_t count = 0;
    while (open.count > 0) {
        const struct json_node *container = worklist_pop(&open).node;
        count += container->size;
        for (const struct json_node *child = json_first(container); child != NULL;
             child = json_next(child))
            if (child->c.child != NULL)
                worklist_push(&open, (struct work){.node = child});
    }
    worklist_free(&open);
    return count;
}

/* json_append is for arrays: it forgets the name. */
static void append_member(struct json_node *object, struct json_node *member)
{
    char *name = member->c.string;
    uint32_t length = member->name_length;
    uint32_t hash = member->name_hash;
    json_append(object, member);
    member->c.string = name;
    member->name_length = length;
    member->name_hash = hash;
}

static void append_copies(struct arena *arena, struct json_node *object,
                          const struct json_node *from)
{
    for (const struct json_node *member = json_first(from); member != NULL;
         member = json_next(member))
        append_member(object, json_copy(arena, member));
}

/* Of members with the same name the first stays. */
static void remove_later_twins(struct json_node *object)
{
    if (object->size == 0)
        return;
    size_t count = object->size;
    struct json_node **sorted = mem_alloc(count * sizeof(struct json_node *));
    names_sort(object, sorted);
    const struct json_node *first = sorted[0];
    for (size_t i = 1; i < count; i++) {
        if (names_equal(first, sorted[i]))
            json_remove(object, sorted[i]);
        else
            first = sorted[i];
    }
    free(sorted);
}

/* Moves the members from index `tail` on to index `to`. */
static void move_tail(struct json_node *object, size_t tail, size_t to)
{
    size_t count = object->size;
    struct json_node **members = mem_alloc((count + 1) * sizeof(struct json_node *));
    size_t filled = 0;
    for (struct json_node *member = json_first(object); member != NULL; member = json_next(member))
        members[filled++] = member;
    object->c.child = NULL;
    object->size = 0;
    for (size_t i = 0; i < to; i++)
        append_member(object, members[i]);
    for (size_t i = tail; i < count; i++)
        append_member(object, members[i]);
    for (size_t i = to; i < tail; i++)
        append_member(object, members[i]);
    free(members);
}

void merge_into(struct arena *arena, struct json_node *object, const struct json_node *from,
                size_t at)
{
    size_t own = object->size;
    if (from->type == JSON_OBJECT)
        append_copies(arena, object, from);
    else
        for (const struct json_node *item = json_first(from); item != NULL; item = json_next(item))
            append_copies(arena, object, item);
    remove_later_twins(object);
    move_tail(object, own, at);
}
