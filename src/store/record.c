#include "store/record.h"

#include "base/mem.h"

#include <stdlib.h>

struct record *record_new(struct str key, struct str text, uint64_t hash)
{
    struct record *record = mem_alloc(sizeof *record + key.len + text.len);
    atomic_init(&record->references, 1);
    record->key_length = (uint32_t)key.len;
    record->text_length = (uint32_t)text.len;
    record->hash = hash;
    record->sequence = 0;
    if (key.len > 0)
        memcpy(record->bytes, key.data, key.len);
    if (text.len > 0)
        memcpy(record->bytes + key.len, text.data, text.len);
    return record;
}

struct record *record_retain(struct record *record)
{
    atomic_fetch_add_explicit(&record->references, 1, memory_order_relaxed);
    return record;
}

void record_release(struct record *record)
{
    if (record == NULL)
        return;
    if (atomic_fetch_sub_explicit(&record->references, 1, memory_order_acq_rel) == 1)
        free(record);
}
