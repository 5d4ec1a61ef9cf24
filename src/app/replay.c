/*
 * understudy replay: the requests of a journal once more, in memory.
 *
 * Each is played in its world at the time when it came, so that windows of time
 * fall as they did. Statuses and fault decisions are compared with what was
 * written down; bodies are not, since much in them may rightly differ. Requests
 * that came at the same time may have been counted in another order than they
 * were written down: then the decision of a rule's n-th match is found at
 * another request.
 */
#include "app/recording.h"
#include "app/verbs.h"
#include "base/secret.h"
#include "mock/faults.h"
#include "mock/mock.h"
#include "mock/seed.h"
#include "json/number.h"
#include "json/reader.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>

struct replay {
    const struct options *options;
    struct arena arena;
    struct diags diags;
    struct recording recording;
    struct bill *bill; /* until the mock takes it over */
    struct snapshot *base;
    struct fault_plan *plan;
    uint64_t seed;
    struct mock *mock;
    struct buf out;
    size_t played;
    size_t different;
    size_t disguised; /* of these: their secrets are hidden */
    size_t skipped;
};

/* ---- setting the stage ---- */

static bool has_rule(const struct fault_plan *plan, struct str name)
{
    for (size_t i = 0; plan != NULL && i < fault_plan_count(plan); i++)
        if (str_equal(fault_plan_name(plan, i), name))
            return true;
    return false;
}

static bool decision_seed(const struct json_node *decision, uint64_t *seed)
{
    const struct json_node *node = json_member(decision, "seed");
    char *end;
    if (!json_is(node, JSON_NUMBER))
        return false;
    *seed = strtoull(node->c.valuestring, &end, 10);
    return *end == '\0';
}

/* Unless it was said, the seed is that of the first decision that a rule of the plan made. */
static uint64_t find_seed(const struct replay *replay)
{
    if (replay->options->has_seed)
        return (uint64_t)replay->options->seed;
    for (size_t i = 0; i < replay->recording.count; i++) {
        const struct recorded *item = &replay->recording.items[i];
        struct str rule = json_member_text(item->decision, "rule", str_from(""));
        uint64_t seed;
        if (item->world.len == 0 && has_rule(replay->plan, rule) &&
            decision_seed(item->decision, &seed))
            return seed;
    }
    return 0;
}

/* The first moment of the recording: plans count their time from there. */
static int64_t first_time(const struct recording *recording)
{
    int64_t first = 0;
    for (size_t i = 0; i < recording->count; i++)
        if (recording->items[i].time_ns != 0 && (first == 0 || recording->items[i].time_ns < first))
            first = recording->items[i].time_ns;
    return first;
}

static bool load(struct replay *replay)
{
    const struct options *options = replay->options;
    struct part_options part_options = part_options_from(options, &replay->arena);
    const char *const *operands = options->operands.items;
    replay->bill = bill_load(operands, 1, &part_options, &replay->diags);
    if (replay->bill == NULL ||
        !recording_read(operands[1], &replay->arena, &replay->recording, &replay->diags))
        return false;
    if (options->faults.count > 0) {
        replay->plan = faults_read_files(replay->bill, options->faults.items, options->faults.count,
                                         &replay->arena, &replay->diags);
        if (replay->plan == NULL)
            return false;
    }
    struct seed_options seed = {
        .paths = options->fixtures.items,
        .path_count = options->fixtures.count,
        .seed = options->has_seed ? (uint64_t)options->seed : 0,
        .now_ns = options->clock != NULL ? options->clock_ns : first_time(&replay->recording),
    };
    return seed_read(replay->bill, &seed, &replay->arena, &replay->diags, &replay->base);
}

static void set_stage(struct replay *replay)
{
    const struct options *options = replay->options;
    replay->seed = find_seed(replay);
    struct worlds_options worlds = {
        .world = {.base = replay->base,
                  .seed = replay->seed,
                  .frozen = true,
                  .clock_ns =
                      options->clock != NULL ? options->clock_ns : first_time(&replay->recording)},
        .plan = replay->plan,
        .max_worlds = SIZE_MAX,
    };
    struct mock_options mock = {
        .max_nodes = (size_t)options->max_nodes,
        .max_violations = (size_t)options->max_violations,
        .steady_is_lenient = options->accept_invalid,
        .dynamic = options->dynamic,
        .generation = options->generation,
        .version = UNDERSTUDY_VERSION,
    };
    replay->mock = mock_new(replay->bill, worlds_new(&worlds), &mock);
    replay->bill = NULL;
}

/* ---- playing ---- */

/* What one request led to this time. */
struct outcome {
    int status;
    const struct json_node *decision; /* NULL: no fault */
};

/* As it was written down, in the arena of the exchange. */
static const struct json_node *read_decision(struct arena *arena, struct str text)
{
    struct source *source = arena_alloc_zero(arena, sizeof *source);
    source->name = "decision";
    source->text = arena_copy_str(arena, text);
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    bool good = text.len > 0 && json_read(arena, source, &options, &document, &error);
    return good ? document.root : NULL;
}

/*
 * The world's clock stands at the moment when the request came. A rule that the
 * request brings with it draws by the number of such requests before it, which
 * a journal that lost its first entries does not tell: the decision does.
 */
static void prepare_world(struct replay *replay, const struct recorded *item, struct world *world)
{
    struct str rule = json_member_text(item->decision, "rule", str_from(""));
    uint64_t seed;
    if (item->time_ns != 0)
        clock_freeze(&world->clock, item->time_ns);
    if (request_header(&item->request, "x-understudy-fault").data != NULL &&
        !has_rule(replay->plan, rule) && decision_seed(item->decision, &seed))
        atomic_store(&world->draws, seed ^ world->seed);
}

static struct world *find_world(struct replay *replay, const struct recorded *item)
{
    struct world *world = NULL;
    if (item->world.len == 0)
        return worlds_default(replay->mock->worlds);
    return worlds_get(replay->mock->worlds, item->world, &world) == WORLDS_OK ? world : NULL;
}

static struct outcome play(struct replay *replay, const struct recorded *item, struct arena *arena)
{
    struct outcome outcome = {0};
    struct world *world = find_world(replay, item);
    struct response response = {0};
    void *token = NULL;
    struct handler handler = mock_handler(replay->mock);
    if (world != NULL)
        prepare_world(replay, item, world);
    handler.handle(handler.context, &item->request, &response, arena, &token);
    outcome.status = response.status;
    if (world != NULL) {
        uint64_t newest = journal_statistics(world->journal).added;
        struct journal_entry *entry = journal_find(world->journal, newest);
        if (entry != NULL)
            outcome.decision = read_decision(arena, entry->exchange.fault);
        journal_release(entry);
    }
    handler.sent(handler.context, token, true, response.body.len);
    world_release(world);
    return outcome;
}

/* ---- comparing ---- */

static void begin_difference(struct replay *replay, const struct recorded *item)
{
    buf_printf(&replay->out, "%llu", (unsigned long long)item->id);
    if (item->world.len > 0)
        buf_printf(&replay->out, " (world %.*s)", (int)item->world.len, item->world.data);
    buf_printf(&replay->out, " %.*s %.*s: ", (int)item->request.method.len,
               item->request.method.data, (int)item->request.path.len, item->request.path.data);
}

static void add_value(struct replay *replay, const struct json_node *value)
{
    if (value != NULL)
        json_write(&replay->out, value, JSON_EXACT);
    else
        buf_add_text(&replay->out, "nothing");
}

static bool same_value(const struct json_node *a, const struct json_node *b)
{
    return a == NULL || b == NULL ? a == b : json_equal(a, b);
}

static void tell_value(struct replay *replay, const struct recorded *item, struct str name,
                       const struct json_node *was, const struct json_node *is)
{
    begin_difference(replay, item);
    buf_printf(&replay->out, "the fault's `%.*s` is ", (int)name.len, name.data);
    add_value(replay, is);
    buf_add_text(&replay->out, ", was ");
    add_value(replay, was);
    buf_add_char(&replay->out, '\n');
}

static bool compare_members(struct replay *replay, const struct recorded *item,
                            const struct json_node *is)
{
    bool same = true;
    const struct json_node *was = item->decision;
    for (const struct json_node *member = json_first(was); member != NULL;
         member = json_next(member)) {
        const struct json_node *now = json_member_str(is, json_name(member));
        if (same_value(member, now))
            continue;
        tell_value(replay, item, json_name(member), member, now);
        same = false;
    }
    for (const struct json_node *member = json_first(is); member != NULL;
         member = json_next(member)) {
        if (json_member_str(was, json_name(member)) != NULL)
            continue;
        tell_value(replay, item, json_name(member), NULL, member);
        same = false;
    }
    return same;
}

static bool compare_decisions(struct replay *replay, const struct recorded *item,
                              const struct json_node *is)
{
    const struct json_node *was = item->decision;
    bool both = json_is(was, JSON_OBJECT) && json_is(is, JSON_OBJECT);
    if (both && same_value(json_member(was, "rule"), json_member(is, "rule")))
        return compare_members(replay, item, is);
    if (!both && json_is(was, JSON_OBJECT) == json_is(is, JSON_OBJECT))
        return true;
    begin_difference(replay, item);
    buf_add_text(&replay->out, "the rule that strikes is ");
    add_value(replay, json_member(is, "rule"));
    buf_add_text(&replay->out, ", was ");
    add_value(replay, json_member(was, "rule"));
    buf_add_char(&replay->out, '\n');
    return false;
}

static bool compare_status(struct replay *replay, const struct recorded *item, int status)
{
    if (item->status == status)
        return true;
    begin_difference(replay, item);
    buf_printf(&replay->out, "the status is %d, was %d\n", status, item->status);
    return false;
}

/* A journal file hides credentials; a rule that looks at one then sees another. */
static bool hides_secrets(const struct request *request)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_is(request->headers[i].value, secret_mask))
            return true;
    return str_contains(request->query, str_from(secret_mask));
}

static void play_and_compare(struct replay *replay, const struct recorded *item)
{
    if (item->cut) {
        begin_difference(replay, item);
        buf_add_text(&replay->out, "skipped, for the journal kept only a part of the body\n");
        replay->skipped++;
        return;
    }
    struct arena arena;
    arena_init(&arena, 65536, NULL);
    struct outcome outcome = play(replay, item, &arena);
    bool same = compare_status(replay, item, outcome.status);
    same = compare_decisions(replay, item, outcome.decision) && same;
    replay->played++;
    replay->different += !same;
    replay->disguised += !same && hides_secrets(&item->request);
    arena_clear(&arena);
}

static void print_summary(struct replay *replay)
{
    buf_printf(&replay->out, "%zu requests played again (seed %lld), %zu the same, %zu different",
               replay->played, (long long)replay->seed, replay->played - replay->different,
               replay->different);
    if (replay->skipped > 0)
        buf_printf(&replay->out, ", %zu skipped", replay->skipped);
    buf_add_char(&replay->out, '\n');
    if (replay->disguised > 0)
        buf_printf(&replay->out,
                   "%zu of the different ones %s secrets that the journal hides (%s), which a rule "
                   "may look at; "
                   "GET /__admin/requests?format=jsonl writes a journal that shows them\n",
                   replay->disguised, replay->disguised == 1 ? "has" : "have", secret_mask);
}

int verb_replay(const struct options *options)
{
    struct replay replay = {.options = options};
    arena_init(&replay.arena, 65536, NULL);
    diags_init(&replay.diags);
    buf_init(&replay.out, NULL);
    bool good = load(&replay);
    print_diags(&replay.diags);
    if (good) {
        set_stage(&replay);
        for (size_t i = 0; i < replay.recording.count; i++)
            play_and_compare(&replay, &replay.recording.items[i]);
        print_summary(&replay);
        good = print_out(buf_str(&replay.out)) && replay.different == 0;
    }
    mock_free(replay.mock);
    bill_release(replay.bill);
    snapshot_release(replay.base);
    fault_plan_release(replay.plan);
    diags_free(&replay.diags);
    buf_free(&replay.out);
    arena_clear(&replay.arena);
    return good ? EXIT_FINE : EXIT_MISTAKE;
}
