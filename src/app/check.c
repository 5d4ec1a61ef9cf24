/* understudy check: every mistake in a document, its overlays, fixtures and fault plans. */
#include "app/verbs.h"
#include "base/clock.h"
#include "mock/faults.h"
#include "mock/seed.h"

#include <stdio.h>

static void check_fixtures(struct part *part, const struct options *options, struct arena *arena,
                           struct diags *diags)
{
    struct snapshot *snapshot = NULL;
    struct seed_options seed = {.paths = options->fixtures.items,
                                .path_count = options->fixtures.count};
    seed_read(part, &seed, arena, diags, &snapshot);
    snapshot_release(snapshot);
}

static void check_faults(struct part *part, const struct options *options, struct arena *arena,
                         struct diags *diags)
{
    if (options->faults.count == 0)
        return;
    fault_plan_release(faults_read_files(part->contract, options->faults.items,
                                         options->faults.count, arena, diags));
}

int verb_check(const struct options *options)
{
    struct diags diags;
    struct arena arena;
    diags_init(&diags);
    arena_init(&arena, 16384, NULL);
    struct part_options part_options = part_options_from(options, &arena);
    struct part *part = part_load(options->operands.items[0], &part_options, &diags);
    if (part != NULL) {
        contract_prepare_all(part->contract, &diags);
        check_fixtures(part, options, &arena, &diags);
        check_faults(part, options, &arena, &diags);
    }
    print_diags(&diags);
    bool good = diags.errors == 0;
    if (good)
        printf("%s: fine, %zu operations%s\n", options->operands.items[0],
               part->contract->operation_count, diags.warnings > 0 ? ", with warnings" : "");
    else
        printf("%s: %zu errors, %zu warnings\n", options->operands.items[0], diags.errors,
               diags.warnings);
    diags_free(&diags);
    part_release(part);
    arena_clear(&arena);
    return good ? EXIT_FINE : EXIT_MISTAKE;
}
