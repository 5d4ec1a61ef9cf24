/* POST /__admin/requests/find, /count, /remove; GET /__admin/requests/unmatched */
#include "mock/admin/wiremock.h"

#include "mock/wiremock/event.h"
#include "json/reader.h"

/* ---- shared ---- */

void wiremock_refuse(const struct admin_call *call, int status, const char *message)
{
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "errors");
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_put_key(&writer, "code");
    json_put_int(&writer, 10);
    json_put_key(&writer, "title");
    json_put_text(&writer, message);
    json_end_object(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
    exchange_answer_json(call->exchange, status, &out);
}

const struct json_node *wiremock_body(const struct admin_call *call)
{
    enum { DEPTH_MOST = 64 };
    struct exchange *exchange = call->exchange;
    struct json_read_options options = {.max_depth = DEPTH_MOST};
    struct json_document document;
    struct json_error error;
    exchange->body_source = (struct source){.name = "body", .text = exchange->request->body};
    if (json_read(exchange->arena, &exchange->body_source, &options, &document, &error))
        return document.root;
    wiremock_refuse(call, 422,
                    arena_printf(exchange->arena, "the body is not JSON: %s at character %zu",
                                 json_fault_text(error.fault), error.character));
    return NULL;
}

const struct request_pattern *wiremock_pattern(const struct admin_call *call,
                                               struct pattern_matching *matching)
{
    const struct json_node *body = wiremock_body(call);
    const struct request_pattern *pattern =
        body != NULL ? request_pattern_read(matching, body) : NULL;
    if (body != NULL && pattern == NULL)
        wiremock_refuse(call, 422, matching->problem);
    return pattern;
}

bool wiremock_undecided(const struct admin_call *call, const struct pattern_matching *matching)
{
    if (matching->undecided)
        wiremock_refuse(call, 422, "the pattern costs too much to match against the journal");
    return matching->undecided;
}

/* ---- find, count, remove ---- */

struct search {
    struct pattern_matching matching;
    const struct request_pattern *pattern;
    struct arena scratch;
};

static bool is_meant(const struct journal_entry *entry, void *context)
{
    struct search *search = context;
    bool meant = !search->matching.undecided &&
                 request_pattern_matches(&search->matching, search->pattern, &entry->exchange);
    arena_clear(&search->scratch);
    return meant;
}

/* The entries that the body's pattern means, oldest first; false where the call was refused. */
static bool find(const struct admin_call *call, struct journal_list *list)
{
    struct search search;
    arena_init(&search.scratch, 16384, NULL);
    pattern_matching_open(&search.matching, call->exchange->arena, &search.scratch);
    search.pattern = wiremock_pattern(call, &search.matching);
    bool good = search.pattern != NULL;
    if (good) {
        struct journal_query query = {.filter = is_meant, .context = &search};
        *list = journal_select(call->exchange->world->journal, &query);
        good = !wiremock_undecided(call, &search.matching);
        if (!good)
            journal_list_free(list);
    }
    pattern_matching_close(&search.matching);
    arena_clear(&search.scratch);
    return good;
}

typedef void entry_writer(const struct journal_entry *entry, struct json_writer *writer);

/* {"NAME": [...], "requestJournalDisabled": false} */
static void answer_entries(const struct admin_call *call, const char *name, entry_writer *write,
                           const struct journal_list *list)
{
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, name);
    json_begin_array(&writer);
    for (size_t i = 0; i < list->count; i++)
        write(list->entries[i], &writer);
    json_end_array(&writer);
    json_put_key(&writer, "requestJournalDisabled");
    json_put_bool(&writer, false);
    json_end_object(&writer);
    exchange_answer_json(call->exchange, 200, &out);
}

void admin_find_requests(const struct admin_call *call)
{
    struct journal_list list;
    if (!find(call, &list))
        return;
    answer_entries(call, "requests", event_write_request, &list);
    journal_list_free(&list);
}

void admin_count_requests(const struct admin_call *call)
{
    struct journal_list list;
    if (!find(call, &list))
        return;
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "count");
    json_put_int(&writer, (int64_t)list.count);
    json_put_key(&writer, "requestJournalDisabled");
    json_put_bool(&writer, false);
    json_end_object(&writer);
    journal_list_free(&list);
    exchange_answer_json(call->exchange, 200, &out);
}

void admin_remove_requests(const struct admin_call *call)
{
    struct journal_list list;
    if (!find(call, &list))
        return;
    journal_remove(call->exchange->world->journal, &list);
    answer_entries(call, "serveEvents", event_write, &list);
    journal_list_free(&list);
}

static bool is_unmatched(const struct journal_entry *entry, void *context)
{
    (void)context;
    return event_is_unmatched(entry);
}

void admin_list_unmatched(const struct admin_call *call)
{
    struct journal_query query = {.filter = is_unmatched};
    struct journal_list list = journal_select(call->exchange->world->journal, &query);
    answer_entries(call, "requests", event_write_request, &list);
    journal_list_free(&list);
}
