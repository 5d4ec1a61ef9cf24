#include "verify/journal.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    DEFAULT_ENTRIES = 1000,
    DEFAULT_BYTES = 16 << 20,
    DEFAULT_BODY = 64 << 10,
    SMALLEST_RING = 16,
};

struct journal {
    pthread_mutex_t lock;
    struct journal_entry **ring; /* grows up to the limit, so that an unused journal is small */
    size_t capacity;
    size_t oldest; /* index in the ring */
    size_t count;
    size_t bytes;
    uint64_t added;
    uint64_t dropped;
    struct journal_options limits;
};

/* --- entries: one block each ------------------------------------------------------- */

static const size_t string_fields[] = {
    offsetof(struct journal_exchange, world),      offsetof(struct journal_exchange, remote),
    offsetof(struct journal_exchange, method),     offsetof(struct journal_exchange, path),
    offsetof(struct journal_exchange, query),      offsetof(struct journal_exchange, body),
    offsetof(struct journal_exchange, operation),  offsetof(struct journal_exchange, response_body),
    offsetof(struct journal_exchange, violations), offsetof(struct journal_exchange, warnings),
    offsetof(struct journal_exchange, fault_name), offsetof(struct journal_exchange, fault),
    offsetof(struct journal_exchange, connection),
};
enum { STRING_FIELDS = sizeof string_fields / sizeof string_fields[0] };

static struct str *string_field(struct journal_exchange *exchange, size_t i)
{
    return (struct str *)(void *)((char *)exchange + string_fields[i]);
}

static size_t header_bytes(const struct journal_header *headers, size_t count)
{
    size_t bytes = count * sizeof *headers;
    for (size_t i = 0; i < count; i++)
        bytes += headers[i].name.len + headers[i].value.len;
    return bytes;
}

static size_t bytes_of(struct journal_exchange *exchange)
{
    size_t bytes = header_bytes(exchange->headers, exchange->header_count) +
                   header_bytes(exchange->response_headers, exchange->response_header_count);
    for (size_t i = 0; i < STRING_FIELDS; i++)
        bytes += string_field(exchange, i)->len;
    return bytes;
}

/* Moves a string to *at, which moves on. */
static void pack_string(struct str *string, char **at)
{
    if (string->len > 0)
        memcpy(*at, string->data, string->len);
    string->data = *at;
    *at += string->len;
}

/* Moves headers to `table` and their strings to *at. */
static const struct journal_header *pack_headers(const struct journal_header *headers, size_t count,
                                                 struct journal_header *table, char **at)
{
    for (size_t i = 0; i < count; i++) {
        table[i] = headers[i];
        pack_string(&table[i].name, at);
        pack_string(&table[i].value, at);
    }
    return table;
}

/* The first `most` bytes, or fewer where the cut would split a character. */
static struct str cut(struct str text, size_t most)
{
    if (text.len <= most)
        return text;
    for (size_t back = 1; back < 4 && back <= most; back++)
        if (utf8_length(text.data + most - back, text.len - (most - back)) > back)
            return str_make(text.data, most - back);
    return str_make(text.data, most);
}

/* A copy of everything, with two references: the ring's and the caller's. */
static struct journal_entry *entry_new(const struct journal_exchange *facts, size_t max_body)
{
    struct journal_exchange exchange = *facts;
    exchange.body = cut(facts->body, max_body);
    exchange.response_body = cut(facts->response_body, max_body);
    size_t size = sizeof(struct journal_entry) + bytes_of(&exchange);
    struct journal_entry *entry = mem_alloc(size);
    *entry = (struct journal_entry){
        .body_size = facts->body.len,
        .response_body_size = facts->response_body.len,
        .size = size,
    };
    atomic_init(&entry->references, 2);
    struct journal_header *table = (struct journal_header *)(entry + 1);
    struct journal_header *response_table = table + exchange.header_count;
    char *at = (char *)(response_table + exchange.response_header_count);
    exchange.headers = pack_headers(exchange.headers, exchange.header_count, table, &at);
    exchange.response_headers = pack_headers(exchange.response_headers,
                                             exchange.response_header_count, response_table, &at);
    for (size_t i = 0; i < STRING_FIELDS; i++)
        pack_string(string_field(&exchange, i), &at);
    entry->exchange = exchange;
    return entry;
}

struct journal_entry *journal_retain(struct journal_entry *entry)
{
    atomic_fetch_add_explicit(&entry->references, 1, memory_order_relaxed);
    return entry;
}

void journal_release(struct journal_entry *entry)
{
    if (entry == NULL)
        return;
    if (atomic_fetch_sub_explicit(&entry->references, 1, memory_order_acq_rel) == 1)
        free(entry);
}

void journal_finish(struct journal_entry *entry, bool complete, uint64_t bytes_sent,
                    uint64_t duration_ns)
{
    atomic_store_explicit(&entry->outcome.bytes_sent, bytes_sent, memory_order_relaxed);
    atomic_store_explicit(&entry->outcome.duration_ns, duration_ns, memory_order_relaxed);
    atomic_store_explicit(&entry->outcome.state, complete ? JOURNAL_SENT : JOURNAL_BROKEN,
                          memory_order_release);
    journal_release(entry);
}

enum journal_state journal_entry_state(const struct journal_entry *entry)
{
    return (enum journal_state)atomic_load_explicit(&entry->outcome.state, memory_order_acquire);
}

/* --- the ring ---------------------------------------------------------------------- */

struct journal *journal_new(const struct journal_options *options)
{
    struct journal *journal = mem_alloc_zero(sizeof *journal);
    pthread_mutex_init(&journal->lock, NULL);
    struct journal_options limits = options != NULL ? *options : (struct journal_options){0, 0, 0};
    if (limits.max_entries == 0)
        limits.max_entries = DEFAULT_ENTRIES;
    if (limits.max_bytes == 0)
        limits.max_bytes = DEFAULT_BYTES;
    if (limits.max_body == 0)
        limits.max_body = DEFAULT_BODY;
    journal->limits = limits;
    return journal;
}

void journal_free(struct journal *journal)
{
    journal_clear(journal);
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}

/* The i-th entry from the oldest. */
static struct journal_entry **slot(const struct journal *journal, size_t i)
{
    return &journal->ring[(journal->oldest + i) % journal->capacity];
}

static void grow_ring(struct journal *journal)
{
    size_t capacity = journal->capacity > 0 ? journal->capacity * 2 : SMALLEST_RING;
    struct journal_entry **ring = mem_alloc(capacity * sizeof *ring);
    for (size_t i = 0; i < journal->count; i++)
        ring[i] = *slot(journal, i);
    free(journal->ring);
    journal->ring = ring;
    journal->capacity = capacity;
    journal->oldest = 0;
}

static struct journal_entry *take_oldest(struct journal *journal)
{
    struct journal_entry *entry = *slot(journal, 0);
    journal->oldest = (journal->oldest + 1) % journal->capacity;
    journal->count--;
    journal->bytes -= entry->size;
    journal->dropped++;
    return entry;
}

/* Takes entries out until the limits hold; they come as a list. */
static struct journal_entry *trim(struct journal *journal)
{
    struct journal_entry *dropped = NULL;
    while (journal->count > 1 && (journal->count > journal->limits.max_entries ||
                                  journal->bytes > journal->limits.max_bytes)) {
        struct journal_entry *entry = take_oldest(journal);
        entry->next_dropped = dropped;
        dropped = entry;
    }
    return dropped;
}

static void push(struct journal *journal, struct journal_entry *entry)
{
    if (journal->count == journal->capacity)
        grow_ring(journal);
    *slot(journal, journal->count) = entry;
    journal->count++;
    journal->bytes += entry->size;
    entry->id = ++journal->added;
}

struct journal_entry *journal_add(struct journal *journal, const struct journal_exchange *exchange)
{
    struct journal_entry *entry = entry_new(exchange, journal->limits.max_body);
    pthread_mutex_lock(&journal->lock);
    push(journal, entry);
    struct journal_entry *dropped = trim(journal);
    pthread_mutex_unlock(&journal->lock);
    while (dropped != NULL) {
        struct journal_entry *next = dropped->next_dropped;
        journal_release(dropped);
        dropped = next;
    }
    return entry;
}

void journal_clear(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    struct journal former = *journal;
    journal->ring = NULL;
    journal->capacity = 0;
    journal->oldest = 0;
    journal->count = 0;
    journal->bytes = 0;
    journal->dropped = 0;
    pthread_mutex_unlock(&journal->lock);
    for (size_t i = 0; i < former.count; i++)
        journal_release(*slot(&former, i));
    free(former.ring);
}

struct journal_statistics journal_statistics(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    struct journal_statistics statistics = {
        .added = journal->added,
        .dropped = journal->dropped,
        .entries = journal->count,
        .bytes = journal->bytes,
    };
    pthread_mutex_unlock(&journal->lock);
    return statistics;
}

/* --- questions --------------------------------------------------------------------- */

/* How many entries have an id of at most that: ids rise, with gaps where some were removed. */
static size_t count_up_to(const struct journal *journal, uint64_t id)
{
    size_t low = 0;
    size_t high = journal->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((*slot(journal, middle))->id <= id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct journal_entry *journal_find(struct journal *journal, uint64_t id)
{
    struct journal_entry *entry = NULL;
    pthread_mutex_lock(&journal->lock);
    size_t count = count_up_to(journal, id);
    if (count > 0 && (*slot(journal, count - 1))->id == id)
        entry = journal_retain(*slot(journal, count - 1));
    pthread_mutex_unlock(&journal->lock);
    return entry;
}

void journal_remove(struct journal *journal, const struct journal_list *list)
{
    size_t kept = 0;
    size_t next = 0; /* in the list */
    pthread_mutex_lock(&journal->lock);
    for (size_t i = 0; i < journal->count; i++) {
        struct journal_entry *entry = *slot(journal, i);
        while (next < list->count && list->entries[next]->id < entry->id)
            next++;
        if (next < list->count && list->entries[next] == entry) {
            journal->bytes -= entry->size;
            journal_release(entry); /* never the last reference: the list has one */
        } else {
            *slot(journal, kept++) = entry;
        }
    }
    journal->count = kept;
    pthread_mutex_unlock(&journal->lock);
}

/* All entries after an id, retained, in the order asked for. */
static struct journal_list entries_after(struct journal *journal, const struct journal_query *query)
{
    pthread_mutex_lock(&journal->lock);
    size_t skipped = count_up_to(journal, query->after_id);
    struct journal_list list = {.count = journal->count - skipped};
    list.entries = mem_alloc(list.count * sizeof *list.entries);
    for (size_t i = 0; i < list.count; i++) {
        size_t at = query->newest_first ? journal->count - 1 - i : skipped + i;
        list.entries[i] = journal_retain(*slot(journal, at));
    }
    pthread_mutex_unlock(&journal->lock);
    return list;
}

/* Keeps what the filter wants, up to the limit, and releases the rest. */
static void narrow(struct journal_list *list, const struct journal_query *query)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct journal_entry *entry = list->entries[i];
        bool wanted = (query->limit == 0 || kept < query->limit) &&
                      (query->filter == NULL || query->filter(entry, query->context));
        if (wanted)
            list->entries[kept++] = entry;
        else
            journal_release(entry);
    }
    list->count = kept;
}

struct journal_list journal_select(struct journal *journal, const struct journal_query *query)
{
    struct journal_list list = entries_after(journal, query);
    narrow(&list, query);
    return list;
}

void journal_list_free(struct journal_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        journal_release(list->entries[i]);
    free(list->entries);
    *list = (struct journal_list){.count = 0};
}

size_t journal_count(struct journal *journal, const struct journal_query *query)
{
    struct journal_query all = {.filter = NULL};
    struct journal_list list = journal_select(journal, query != NULL ? query : &all);
    size_t count = list.count;
    journal_list_free(&list);
    return count;
}
