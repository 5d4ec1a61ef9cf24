/* understudy check: every mistake in a document, its overlays, fixtures and fault plans. */
#include "app/verbs.h"
#include "base/clock.h"
#include "mock/faults.h"
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
    bool good = diags.errors == 0;
    struct buf line;
    buf_init(&line, NULL);
    for (size_t i = 0; i < options->operands.count; i++)
        buf_printf(&line, "%s%s", i > 0 ? ", " : "", options->operands.items[i]);
    if (good)
        buf_printf(&line, ": fine, %zu operation%s%s\n", bill_operation_count(bill),
                   bill_operation_count(bill) == 1 ? "" : "s",
                   diags.warnings > 0 ? ", with warnings" : "");
    else
        buf_printf(&line, ": %zu errors, %zu warnings\n", diags.errors, diags.warnings);
    good = print_out(buf_str(&line)) && good;
    buf_free(&line);
    diags_free(&diags);
    bill_release(bill);
    arena_clear(&arena);
    return good ? EXIT_FINE : EXIT_MISTAKE;
}
