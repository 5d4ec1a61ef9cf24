#include "mock/breaches.h"

#include "mock/pipeline.h"

void breaches_init(struct breaches *breaches)
{
    pthread_mutex_init(&breaches->lock, NULL);
    for (size_t i = 0; i < BREACH_KINDS; i++) {
        breaches->lists[i].count = 0;
        buf_init(&breaches->lists[i].lines, NULL);
    }
}

void breaches_free(struct breaches *breaches)
{
    for (size_t i = 0; i < BREACH_KINDS; i++)
        buf_free(&breaches->lists[i].lines);
    pthread_mutex_destroy(&breaches->lock);
}

/* Why it was refused: the first of its violations, its JSON, or anything else. */
static void add_reason(const struct exchange *exchange, struct buf *out)
{
    const struct violation *first = exchange->findings.first;
    if (first != NULL) {
        buf_add_text(out, ": ");
        json_path_print(first->path, out);
        buf_add_text(out, ": ");
        violation_describe(first, out);
    } else if (exchange->refusal != NULL) {
        buf_printf(out, ": %s", exchange->refusal);
    } else if (exchange->body_state == BODY_BROKEN) {
        buf_printf(out, ": /body: %s", exchange_json_fault(exchange));
    }
}

/* "  #4 GET /pets: 401: The request carries no credentials." */
static void add_line(const struct exchange *exchange, struct buf *out)
{
    struct str world = exchange->world != NULL ? exchange->world->name : str_from("");
    struct str method = exchange->request->method;
    buf_printf(out, "  #%llu %.*s %.*s",
               (unsigned long long)(exchange->entry != NULL ? exchange->entry->id : 0),
               (int)method.len, method.data, (int)exchange->path.len, exchange->path.data);
    if (world.len > 0)
        buf_printf(out, " in the world %.*s", (int)world.len, world.data);
    buf_printf(out, ": %d", exchange->response->status);
    add_reason(exchange, out);
    buf_add_char(out, '\n');
}

void breaches_add(struct breaches *breaches, const struct exchange *exchange)
{
    struct breach_list *list = &breaches->lists[exchange->breach];
    pthread_mutex_lock(&breaches->lock);
    if (list->count++ < BREACHES_TOLD)
        add_line(exchange, &list->lines);
    pthread_mutex_unlock(&breaches->lock);
}

void step_breach(struct exchange *exchange)
{
    if (exchange->breach != BREACH_NONE)
        breaches_add(&exchange->mock->breaches, exchange);
}
