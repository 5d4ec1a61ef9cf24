/* understudy check: every mistake in a document, its overlays, fixtures and fault plans. */
#include "app/verbs.h"
#include "base/clock.h"
#include "mock/faults.h"
#include "mock/overlay_words.h"
#include "mock/seed.h"

static void check_fixtures(struct bill *bill, const struct options *options, struct arena *arena,
                           struct diags *diags)
{
    struct snapshot *snapshot = NULL;
    struct seed_options seed = {.paths = options->fixtures.items,
                                .path_count = options->fixtures.count};
    seed_read(bill, &seed, arena, diags, &snapshot);
    snapshot_release(snapshot);
}

static void check_faults(struct bill *bill, const struct options *options, struct arena *arena,
                         struct diags *diags)
{
    if (options->faults.count == 0)
        return;
    fault_plan_release(
        faults_read_files(bill, options->faults.items, options->faults.count, arena, diags));
}

static bool is_listed(const struct str_list *names, struct str name)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_equal(names->items[i], name))
            return true;
    return false;
}

/* Which files have mistakes of that level; all the documents where no place is known. */
static void name_files(const struct diags *diags, enum diag_level level,
                       const struct options *options, struct arena *arena, struct buf *out)
{
    struct str_list names = {0};
    for (const struct diag *diag = diags->first; diag != NULL; diag = diag->next) {
        const struct source *source = diag->place.source;
        if (diag->level == level && source != NULL && !is_listed(&names, str_from(source->name)))
            str_list_add(&names, arena, str_from(source->name));
    }
    for (size_t i = 0; names.count == 0 && i < options->operands.count; i++)
        buf_printf(out, "%s%s", i > 0 ? ", " : "", options->operands.items[i]);
    for (size_t i = 0; i < names.count; i++)
        buf_printf(out, "%s%.*s", i > 0 ? ", " : "", (int)names.items[i].len, names.items[i].data);
}

static void print_verdict(const struct diags *diags, const struct options *options, bool good,
                          size_t operations, struct arena *arena, struct buf *out)
{
    static const struct diags nothing;
    enum diag_level level = diags->errors > 0 ? DIAG_ERROR : DIAG_WARNING;
    name_files(good ? &nothing : diags, level, options, arena, out);
    if (good)
        buf_printf(out, ": fine, %zu operation%s%s\n", operations, operations == 1 ? "" : "s",
                   diags->warnings > 0 ? ", with warnings" : "");
    else
        buf_printf(out, ": %zu error%s, %zu warning%s%s\n", diags->errors,
                   diags->errors == 1 ? "" : "s", diags->warnings, diags->warnings == 1 ? "" : "s",
                   diags->errors == 0 ? " (--strict)" : "");
}

int verb_check(const struct options *options)
{
    struct diags diags;
    struct arena arena;
    diags_init(&diags);
    arena_init(&arena, 16384, NULL);
    struct part_options part_options = part_options_from(options, &arena);
    struct bill *bill =
        bill_load(options->operands.items, options->operands.count, &part_options, &diags);
    if (bill != NULL) {
        bill_prepare_all(bill, &diags);
        check_fixtures(bill, options, &arena, &diags);
        check_faults(bill, options, &arena, &diags);
    }
    print_diags(&diags);
    bool good = diags.errors == 0 && !(options->strict && diags.warnings > 0);
    struct buf line;
    buf_init(&line, NULL);
    print_verdict(&diags, options, good, good ? bill_operation_count(bill) : 0, &arena, &line);
    good = print_out(buf_str(&line)) && good;
    buf_free(&line);
    diags_free(&diags);
    bill_release(bill);
    arena_clear(&arena);
    return good ? EXIT_FINE : EXIT_MISTAKE;
}
