#include "verify/attempts.h"

#include "base/map.h"

#include <stdlib.h>

/* ---- what an entry says of itself ---- */

static struct str find_header(const struct journal_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_ignoring_case(headers[i].name, str_from(name)))
            return headers[i].value;
    return (struct str){NULL, 0};
}

struct str attempt_header(const struct journal_entry *entry, const char *name)
{
    return find_header(entry->exchange.headers, entry->exchange.header_count, name);
}

struct str answer_header(const struct journal_entry *entry, const char *name)
{
    return find_header(entry->exchange.response_headers, entry->exchange.response_header_count,
                       name);
}

int64_t attempt_retry_count(const struct journal_entry *entry)
{
    struct str text = attempt_header(entry, "x-stainless-retry-count");
    int64_t count = 0;
    if (text.len == 0 || text.len > 9)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return -1;
        count = count * 10 + (text.data[i] - '0');
    }
    return count;
}

uint64_t attempt_end_ns(const struct journal_entry *entry)
{
    if (journal_entry_state(entry) == JOURNAL_OPEN)
        return UINT64_MAX;
    return entry->exchange.started_ns + entry->outcome.duration_ns;
}

bool attempt_ended_before(const struct journal_entry *entry, const struct journal_entry *other)
{
    static const uint64_t noted_after_ns = 5000000;
    uint64_t end = attempt_end_ns(entry);
    return end != UINT64_MAX && end <= other->exchange.started_ns + noted_after_ns;
}

bool attempt_is_lost(const struct journal_entry *entry)
{
    return entry->exchange.status == 0 || journal_entry_state(entry) == JOURNAL_BROKEN;
}

static bool has_failed(const struct journal_entry *entry)
{
    return attempt_is_lost(entry) || entry->exchange.status >= 400;
}

static struct str idempotency_key(const struct journal_entry *entry)
{
    struct str key = attempt_header(entry, "idempotency-key");
    return key.len > 0 ? key : attempt_header(entry, "x-idempotency-key");
}

/* ---- families: requests that look the same ---- */

enum { OPEN_MOST = 32 }; /* requests of one look that may be waiting for a retry at once */

struct request {
    struct retry_group *group;
    size_t capacity;
};

struct family {
    struct family *next; /* of the same hash */
    const struct journal_entry *first;
    struct request *open[OPEN_MOST]; /* oldest first */
    size_t open_count;
};

struct sorting {
    struct arena *arena;
    const struct retry_policy *policy;
    struct map families; /* by hash */
    struct retry_group **last;
};

static bool looks_alike(const struct journal_entry *a, const struct journal_entry *b)
{
    struct str key = idempotency_key(a);
    if (!str_equal(key, idempotency_key(b)) || !str_equal(a->exchange.method, b->exchange.method) ||
        !str_equal(a->exchange.path, b->exchange.path))
        return false;
    return key.len > 0 ||
           (a->body_size == b->body_size && str_equal(a->exchange.query, b->exchange.query) &&
            str_equal(a->exchange.body, b->exchange.body));
}

static uint32_t look_of(const struct journal_entry *entry)
{
    struct str key = idempotency_key(entry);
    uint32_t look = str_hash(entry->exchange.method) * 31 + str_hash(entry->exchange.path);
    return look * 31 + str_hash(key.len > 0 ? key : entry->exchange.body);
}

static struct family *family_of(struct sorting *sorting, const struct journal_entry *entry)
{
    uint32_t look = look_of(entry);
    struct str key = str_make((const char *)&look, sizeof look);
    struct family *first = map_get(&sorting->families, key);
    for (struct family *family = first; family != NULL; family = family->next)
        if (looks_alike(family->first, entry))
            return family;
    struct family *family = arena_alloc_zero(sorting->arena, sizeof *family);
    *family = (struct family){.next = first, .first = entry};
    map_put(&sorting->families, arena_copy_str(sorting->arena, key), family);
    return family;
}

/* ---- which request an attempt belongs to ---- */

static const struct journal_entry *last_attempt(const struct request *request)
{
    return request->group->attempts[request->group->count - 1].entry;
}

static bool is_within(const struct sorting *sorting, const struct journal_entry *before,
                      const struct journal_entry *entry)
{
    uint64_t end = attempt_end_ns(before);
    if (end == UINT64_MAX || entry->exchange.started_ns <= end)
        return true;
    return (double)(entry->exchange.started_ns - end) / 1e6 <= sorting->policy->window_ms;
}

/* True if the entry can be the next attempt after the request's last one. */
static bool continues(const struct sorting *sorting, const struct request *request,
                      const struct journal_entry *entry)
{
    const struct journal_entry *before = last_attempt(request);
    int64_t count = attempt_retry_count(entry);
    if (idempotency_key(entry).len > 0)
        return true;
    if (count == 0 || !is_within(sorting, before, entry))
        return false;
    if (count > 0)
        return attempt_retry_count(before) < count;
    return has_failed(before) && attempt_ended_before(before, entry);
}

/* A retry of number n follows number n - 1, if that is there: then nothing is missing. */
static bool follows_closely(const struct request *request, const struct journal_entry *entry)
{
    return attempt_retry_count(last_attempt(request)) + 1 == attempt_retry_count(entry) &&
           attempt_ended_before(last_attempt(request), entry);
}

static struct request *find_request(const struct sorting *sorting, const struct family *family,
                                    const struct journal_entry *entry)
{
    struct request *found = NULL;
    for (size_t i = 0; i < family->open_count; i++) {
        struct request *request = family->open[i];
        if (!continues(sorting, request, entry))
            continue;
        if (follows_closely(request, entry))
            return request;
        if (found == NULL)
            found = request;
    }
    return found;
}

static struct str describe_key(struct sorting *sorting, const struct journal_entry *entry)
{
    struct str key = idempotency_key(entry);
    if (key.len > 0)
        return key;
    struct buf out;
    buf_init(&out, sorting->arena);
    buf_add_str(&out, entry->exchange.method);
    buf_add_char(&out, ' ');
    buf_add_str(&out, entry->exchange.path);
    return buf_str(&out);
}

static struct request *open_request(struct sorting *sorting, struct family *family,
                                    const struct journal_entry *entry)
{
    struct request *request = arena_alloc_zero(sorting->arena, sizeof *request);
    request->group = arena_alloc_zero(sorting->arena, sizeof *request->group);
    request->group->key = describe_key(sorting, entry);
    request->group->operation = entry->exchange.operation;
    *sorting->last = request->group;
    sorting->last = &request->group->next;
    if (family->open_count == OPEN_MOST) {
        memmove(family->open, family->open + 1, (OPEN_MOST - 1) * sizeof(struct request *));
        family->open_count--;
    }
    family->open[family->open_count++] = request;
    return request;
}

static void add_attempt(struct sorting *sorting, struct request *request,
                        const struct journal_entry *entry)
{
    struct retry_group *group = request->group;
    if (group->count == request->capacity) {
        size_t capacity = request->capacity > 0 ? request->capacity * 2 : 2;
        group->attempts =
            arena_grow(sorting->arena, group->attempts, group->count * sizeof *group->attempts,
                       capacity * sizeof *group->attempts);
        request->capacity = capacity;
    }
    group->attempts[group->count++] = (struct retry_attempt){.entry = entry};
}

static int compare_starts(const void *a, const void *b)
{
    const struct journal_entry *first = *(const struct journal_entry *const *)a;
    const struct journal_entry *second = *(const struct journal_entry *const *)b;
    uint64_t one = first->exchange.started_ns;
    uint64_t other = second->exchange.started_ns;
    if (one != other)
        return one < other ? -1 : 1;
    return first->id < second->id ? -1 : first->id > second->id;
}

struct retry_group *attempts_group(const struct journal_list *list,
                                   const struct retry_policy *policy, struct arena *arena)
{
    struct retry_group *groups = NULL;
    struct sorting sorting = {.arena = arena, .policy = policy, .last = &groups};
    map_init(&sorting.families, arena);
    size_t size = list->count * sizeof(struct journal_entry *);
    struct journal_entry **entries = arena_alloc(arena, size + 1);
    if (list->count > 0)
        memcpy(entries, list->entries, size);
    qsort(entries, list->count, sizeof *entries, compare_starts);
    for (size_t i = 0; i < list->count; i++) {
        struct family *family = family_of(&sorting, entries[i]);
        struct request *request = find_request(&sorting, family, entries[i]);
        if (request == NULL)
            request = open_request(&sorting, family, entries[i]);
        add_attempt(&sorting, request, entries[i]);
    }
    return groups;
}
